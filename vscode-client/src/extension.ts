/** Joins the parts to the editor's commands and events. */
import * as vscode from "vscode";
import { CurrentModel } from "./current-model";
import { copySummary, setBudget, toggleHints } from "./model-commands";
import { ModelTree } from "./model-tree";
import { REVEAL, reveal, SHOW_MODELS, showModels } from "./models";
import { registerModelPanel } from "./panel/panel";
import { Requests } from "./protocol";
import { onSelectedPython } from "./python-extensions";
import { Runner } from "./runner";
import { SECTION } from "./settings";
import { Status } from "./status";

const SHOW_LOGS = "paramlens.showLogs";
const SHOW_MODEL = "paramlens.showModel";

/** Settings that say which server is started and how. */
const OF_THE_START = ["server", "interpreter", "importStrategy"];

let running: Runner | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("Paramlens", { log: true });
  const status = new Status(SHOW_MODEL, SHOW_LOGS);
  const runner = new Runner(context.extensionPath, output, status);
  running = runner;
  const requests = new Requests(() => runner.running);
  const current = new CurrentModel(requests);
  context.subscriptions.push(
    output,
    status,
    current,
    current.onChange((model) => {
      status.atCursor(model);
    }),
    status.onFile(() => {
      current.soon();
    }),
    new ModelTree(requests, status.onFile),
    registerModelPanel({ extension: context.extensionUri, server: () => runner.running, onNews: status.onFile }),
    ...commands(runner, requests, output),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const needsStart = OF_THE_START.some((name) => change.affectsConfiguration(`${SECTION}.${name}`));
      if (needsStart) void runner.restart();
      else if (change.affectsConfiguration(SECTION)) void runner.announceSettings();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void runner.restartIfOther()),
  );
  void runner.restart();
  const otherPython = onSelectedPython(() => {
    void runner.restartIfOther();
    void runner.announceSettings();
  });
  void otherPython.then((listener) => context.subscriptions.push(listener));
}

function commands(runner: Runner, requests: Requests, output: vscode.LogOutputChannel): vscode.Disposable[] {
  const { registerCommand } = vscode.commands;
  return [
    registerCommand("paramlens.restartServer", () => runner.restart()),
    registerCommand(SHOW_LOGS, () => {
      output.show();
    }),
    registerCommand(SHOW_MODELS, showModels),
    registerCommand(REVEAL, reveal),
    registerCommand("paramlens.setBudget", () => setBudget(requests)),
    registerCommand("paramlens.copySummary", () => copySummary(requests)),
    registerCommand("paramlens.toggleHints", toggleHints),
  ];
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
