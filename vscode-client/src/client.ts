/** The language client for one found server. */
import * as vscode from "vscode";
import {
  CloseAction,
  DidChangeConfigurationNotification,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type LanguageClientOptions,
  type Middleware,
} from "vscode-languageclient/node";
import { REVEAL } from "./models";
import { selectedPython } from "./python-extensions";
import type { ServerCommand } from "./server";
import { SECTION, serverSettings } from "./settings";
import type { FileStatus, Status } from "./status";

const DOCUMENTS = ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ scheme, language: "python" }));

const MOST_RESTARTS = 4;

const middleware: Middleware = {
  workspace: {
    configuration: async (params, token, next) => {
      const answers = await next(params, token);
      if (!Array.isArray(answers)) return answers;
      const python = await selectedPython();
      return params.items.map(({ section, scopeUri }, index) => {
        if (section !== SECTION) return answers[index] as unknown;
        const scope = scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri);
        const settings = serverSettings(vscode.workspace.getConfiguration(SECTION, scope));
        return python === undefined ? settings : { python, ...settings };
      });
    },
    // Without the values, should the server have registered for them: it asks for what it needs.
    didChangeConfiguration: (_sections, next) => next(undefined),
  },
};

/** Leaves what goes wrong before the server ran to the log: the caller reports it once, in its own words. */
export class Client extends LanguageClient {
  hasRun = false;
  problem = "It ended at once.";

  override error(message: string, data?: unknown, showNotification?: boolean | "force"): void {
    super.error(message, data, this.hasRun && showNotification);
  }
}

export function createClient(found: ServerCommand, output: vscode.LogOutputChannel, status: Status): Client {
  const { program: command, args, folder: cwd } = found;
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    initializationOptions: { [SECTION]: {}, commands: [REVEAL] },
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    // A failed start is not tried again but reported, by `startClient`.
    initializationFailedHandler: (problem: unknown) => {
      client.problem = problem instanceof Error ? problem.message : String(problem);
      return false;
    },
    errorHandler: {
      error: (...event) => patience.error(...event),
      closed: () => (client.hasRun ? patience.closed() : { action: CloseAction.DoNotRestart }),
    },
    middleware,
  };
  const client = new Client(SECTION, "Paramlens", { command, args: [...args], options: { cwd } }, options);
  const patience = client.createDefaultErrorHandler(MOST_RESTARTS);
  client.onDidChangeState(({ newState }) => {
    client.hasRun ||= newState === State.Running;
    status.server(newState);
  });
  client.onNotification("paramlens/fileStatus", (file: FileStatus) => {
    status.file(file);
  });
  return client;
}

/** Starts the server. When it ends during the start, the client's own promise stays open. */
export async function startClient(client: Client): Promise<void> {
  const ended = new Promise<never>((_resolve, reject) => {
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped || newState === State.StartFailed) reject(new Error(client.problem));
    });
  });
  await Promise.race([client.start(), ended]);
}

/** Says that settings changed, without their values: the server asks for those. */
export async function announceSettings(client: Client): Promise<void> {
  if (client.isRunning()) await client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
}
