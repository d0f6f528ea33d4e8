/** Starting, stopping and restarting the server. */
import { homedir } from "node:os";
import * as vscode from "vscode";
import { announceSettings, createClient, startClient, type Client } from "./client";
import { selectedPython } from "./python-extension";
import { findServer, type Search, type Surroundings } from "./server";
import { SECTION } from "./settings";
import type { Status } from "./status";

const STOP_MS = 3000;

/** Owns the one client. Starts and stops queue up, so that two never overlap. */
export class Runner {
  private client: Client | undefined;
  private started = "";
  private queue = Promise.resolve();

  constructor(
    private readonly safeFolder: string,
    private readonly output: vscode.LogOutputChannel,
    private readonly status: Status,
  ) {}

  get running(): Client | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.startFresh(await findServer(this.surroundings()));
    });
  }

  /** Restarts when the search now finds another server than the one started. */
  restartIfOther(): Promise<void> {
    return this.enqueue(async () => {
      const search = await findServer(this.surroundings());
      if (JSON.stringify(search) !== this.started) await this.startFresh(search);
    });
  }

  announceSettings(): Promise<void> {
    return this.enqueue(async () => {
      if (this.client) await announceSettings(this.client);
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.stopClient());
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((problem: unknown) => {
      this.output.error(String(problem));
    });
    return this.queue;
  }

  private async startFresh(search: Search): Promise<void> {
    await this.stopClient();
    this.started = JSON.stringify(search);
    if ("tried" in search) {
      this.report("Paramlens: no server found.", search.tried);
      return;
    }
    this.output.info(`Server (${search.source}): ${[search.program, ...search.args].join(" ")}`);
    this.client = createClient(search, this.output, this.status);
    try {
      await startClient(this.client);
    } catch (problem) {
      this.report("Paramlens: the server did not start.", [problem instanceof Error ? problem.message : String(problem)]);
    }
  }

  private async stopClient(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) await client.dispose(STOP_MS);
  }

  private report(message: string, details: readonly string[]): void {
    details.forEach((detail) => {
      this.output.error(detail);
    });
    this.status.failed(message);
    void vscode.window
      .showErrorMessage(`${message} ${details.join(" ")}`, "Open Setting", "Show Output")
      .then((action) => {
        if (action === "Open Setting") {
          void openServerSettings();
        } else if (action === "Show Output") {
          this.output.show();
        }
      });
  }

  private surroundings(): Surroundings {
    const settings = vscode.workspace.getConfiguration(SECTION);
    return {
      command: settings.get<string[]>("server.command", []),
      python: settings.get("server.python", ""),
      selectedPython,
      folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
      trusted: vscode.workspace.isTrusted,
      safeFolder: this.safeFolder,
      home: homedir(),
      searchPath: process.env["PATH"] ?? "",
      platform: process.platform,
    };
  }
}

/** A remote window has settings of its own for what belongs to the machine. */
function openServerSettings(): Thenable<unknown> {
  const target = vscode.env.remoteName === undefined ? "openSettings" : "openRemoteSettings";
  return vscode.commands.executeCommand(`workbench.action.${target}`, { query: "paramlens.server" });
}
