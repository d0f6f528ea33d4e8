/** Joins the parts to the editor's commands and events. */
import * as vscode from "vscode";
import { SHOW_MODELS, showModels } from "./models";
import { registerModelPanel } from "./panel/panel";
import { onSelectedPython } from "./python-extension";
import { Runner } from "./runner";
import { SECTION } from "./settings";
import { Status } from "./status";

let running: Runner | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Paramlens", { log: true });
  const status = new Status();
  const runner = new Runner(context.extensionPath, output, status);
  running = runner;
  context.subscriptions.push(
    output,
    status,
    vscode.commands.registerCommand("paramlens.restartServer", () => runner.restart()),
    vscode.commands.registerCommand("paramlens.showOutput", () => {
      output.show();
    }),
    vscode.commands.registerCommand(SHOW_MODELS, showModels),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("paramlens.server")) void runner.restart();
      else if (change.affectsConfiguration(SECTION)) void runner.announceSettings();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void runner.restartIfOther()),
  );
  context.subscriptions.push(
    registerModelPanel({ extension: context.extensionUri, server: () => runner.running, onNews: status.onFile }),
  );
  await runner.restart();
  context.subscriptions.push(
    await onSelectedPython(() => {
      void runner.restartIfOther();
      void runner.announceSettings();
    }),
  );
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
