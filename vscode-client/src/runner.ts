/** Starting, stopping and restarting the server. */
import { homedir } from "node:os";
import * as vscode from "vscode";
import { OLDEST } from "./interpreters";
import { announceSettings, createClient, startClient, type Client } from "./client";
import { selectedPythons } from "./python-extensions";
import { findServer, type ImportStrategy, type Search, type Surroundings } from "./server";
import { SECTION } from "./settings";
import type { Status } from "./status";

const STOP_MS = 3000;
const DOWNLOADS = "https://www.python.org/downloads/";

/** Owns the one client. Starts and stops queue up, so that two never overlap. */
export class Runner {
  private client: Client | undefined;
  private started = "";
  private queue = Promise.resolve();

  constructor(
    private readonly extension: string,
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
      const missing = search.needsPython ? `no Python ${OLDEST.join(".")} or later was found to run the server with.` : "no server found.";
      this.report(`Paramlens: ${missing}`, search.tried, search.needsPython);
      return;
    }
    search.passedOver.forEach((reason) => {
      this.output.info(reason);
    });
    this.output.info(`Server (${search.source}): ${[search.program, ...search.args].join(" ")}`);
    this.status.found(search.source);
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
    if (!client?.needsStop()) return;
    // One that does not end in time, because it is busy starting, is killed; the next one starts all the same.
    await client.dispose(STOP_MS).catch((problem: unknown) => {
      this.output.warn(String(problem));
    });
  }

  private report(message: string, details: readonly string[], needsPython = false): void {
    details.forEach((detail) => {
      this.output.error(detail);
    });
    this.status.failed(message);
    const actions = needsPython ? interpreterActions() : [];
    const setting = { title: "Open Setting", run: () => openSettings(needsPython ? "paramlens.interpreter" : "paramlens.server") };
    const logs = { title: "Show Logs", run: () => { this.output.show(); } };
    const text = needsPython ? message : `${message} ${details.join(" ")}`;
    void vscode.window.showErrorMessage(text, ...actions, setting, logs).then((action) => action?.run());
  }

  private surroundings(): Surroundings {
    const settings = vscode.workspace.getConfiguration(SECTION);
    return {
      command: settings.get<string[]>("server.command", []),
      importStrategy: settings.get<ImportStrategy>("importStrategy", "useBundled"),
      interpreter: settings.get("interpreter", ""),
      selected: selectedPythons,
      folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
      trusted: vscode.workspace.isTrusted,
      extension: this.extension,
      home: homedir(),
      searchPath: process.env["PATH"] ?? "",
      platform: process.platform,
    };
  }
}

interface Action extends vscode.MessageItem {
  readonly run: () => unknown;
}

/** What helps who has no interpreter: the Python extension's own choice where it is there, else Python itself. */
function interpreterActions(): Action[] {
  if (vscode.extensions.getExtension("ms-python.python")) {
    return [{ title: "Select Interpreter", run: () => vscode.commands.executeCommand("python.setInterpreter") }];
  }
  return [{ title: "Get Python", run: () => vscode.env.openExternal(vscode.Uri.parse(DOWNLOADS)) }];
}

/** A remote window has settings of its own for what belongs to the machine. */
function openSettings(query: string): Thenable<unknown> {
  const target = vscode.env.remoteName === undefined ? "openSettings" : "openRemoteSettings";
  return vscode.commands.executeCommand(`workbench.action.${target}`, { query });
}
