/** The commands about the model under the cursor, and the one that shows and hides hints. */
import * as vscode from "vscode";
import { limitProblem, suggestedLimit, withBudget, type Budget } from "./limits";
import type { BudgetEdit, ModelStatus, Requests } from "./protocol";
import { SECTION } from "./settings";

const NO_MODEL = "Paramlens: there is no model with a known size here.";

export async function setBudget(requests: Requests): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const position = editor?.selection.active;
  const model = editor && position && (await requests.modelAt(editor.document, position));
  if (!model) {
    void vscode.window.showInformationMessage(NO_MODEL);
    return;
  }
  const limit = await vscode.window.showInputBox({
    title: `Budget of ${model.name}: the most parameters it may have`,
    prompt: `It has ${model.text}.`,
    value: suggestedLimit(model.total),
    validateInput: limitProblem,
  });
  if (limit === undefined) return;
  const place = await vscode.window.showQuickPick(
    [
      { label: "$(comment) As a comment on its line", detail: `# paramlens: budget ${limit}`, inSource: true },
      { label: "$(settings-gear) In the settings", detail: "They stand in for the budgets of pyproject.toml.", inSource: false },
    ],
    { title: `Where is the budget of ${model.name} to be kept?` },
  );
  if (place?.inSource) await writeComment(await requests.budget(editor.document, position, limit.trim()));
  else if (place) await writeSetting(editor.document.uri, model, limit.trim());
}

async function writeComment(edit: BudgetEdit | undefined): Promise<void> {
  if (edit?.uri === undefined || edit.range === undefined || edit.newText === undefined) {
    void vscode.window.showWarningMessage(`Paramlens: the budget was not written: ${edit?.problem ?? "the text changed"}.`);
    return;
  }
  const { start, end } = edit.range;
  const change = new vscode.WorkspaceEdit();
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  change.replace(vscode.Uri.parse(edit.uri), range, edit.newText);
  await vscode.workspace.applyEdit(change);
}

async function writeSetting(uri: vscode.Uri, model: ModelStatus, limit: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(SECTION, uri);
  const budgets = withBudget(configuration.get<Budget[]>("budgets", []), model.name, limit);
  await configuration.update("budgets", budgets, target(configuration, "budgets"));
}

export async function copySummary(requests: Requests): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const summary = editor && (await requests.summary(editor.document, editor.selection.active));
  if (!summary) {
    void vscode.window.showInformationMessage(NO_MODEL);
    return;
  }
  await vscode.env.clipboard.writeText(summary.markdown);
  vscode.window.setStatusBarMessage(`Paramlens: the layers of ${summary.name} are on the clipboard as Markdown.`, 5000);
}

export async function toggleHints(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(SECTION, vscode.window.activeTextEditor?.document.uri);
  const name = "inlayHints.enable";
  await configuration.update(name, !configuration.get<boolean>(name, true), target(configuration, name));
}

/** Where a setting is set already, else the workspace, else the user's own settings. */
function target(configuration: vscode.WorkspaceConfiguration, name: string): vscode.ConfigurationTarget {
  const places = configuration.inspect(name);
  if (places?.workspaceFolderValue !== undefined) return vscode.ConfigurationTarget.WorkspaceFolder;
  if (places?.workspaceValue !== undefined) return vscode.ConfigurationTarget.Workspace;
  if (places?.globalValue !== undefined) return vscode.ConfigurationTarget.Global;
  const isOpen = (vscode.workspace.workspaceFolders ?? []).length > 0;
  return isOpen ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
}
