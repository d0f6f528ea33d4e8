/** The command behind the code lens: the model's layers to choose from, each leading to its line. */
import * as vscode from "vscode";
import type { Range } from "vscode-languageclient/node";

export const SHOW_MODELS = "paramlens.showModels";

/** Goes to the line that its argument names: of a hint, or of a layer in the tree. */
export const REVEAL = "paramlens.reveal";

export interface Target {
  readonly uri?: string;
  readonly range?: Range;
}

/** The lens's one argument. Texts are ready to show; `range` is in LSP positions. */
export interface ModelTable {
  readonly uri: string;
  readonly title: string;
  readonly rows: readonly ModelRow[];
}

export interface ModelRow {
  /** The layer's name or class. */
  readonly label: string;
  /** Its parameters, such as `18,496`. */
  readonly description: string;
  /** More about it, such as its weights and output shape. */
  readonly detail?: string;
  readonly range?: Range;
  /** Where `range` lies, unless it is the table's own document: another cell of the notebook. */
  readonly uri?: string;
}

interface RowItem extends vscode.QuickPickItem {
  readonly row: ModelRow;
}

/** Shows `table`, or without one (the command palette) every model of the file in front. */
export async function showModels(table?: ModelTable): Promise<void> {
  const tables = table ? [table] : await tablesInFront();
  const items = tables.flatMap(({ rows }) => rows.map(asItem));
  if (items.length === 0) {
    void vscode.window.showInformationMessage("Paramlens found no model in this file.");
    return;
  }
  const title = tables.map((each) => each.title).join(" · ");
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
  const home = tables.find(({ rows }) => chosen && rows.includes(chosen.row));
  if (home && chosen?.row.range) await reveal({ uri: chosen.row.uri ?? home.uri, range: chosen.row.range });
}

async function tablesInFront(): Promise<ModelTable[]> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri) return [];
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 1000);
  return lenses
    .filter(({ command }) => command?.command === SHOW_MODELS)
    .flatMap(({ command }) => (command?.arguments ?? []) as ModelTable[]);
}

function asItem(row: ModelRow): RowItem {
  const { label, description, detail } = row;
  return detail === undefined ? { row, label, description } : { row, label, description, detail };
}

export async function reveal({ uri, range }: Target): Promise<void> {
  if (uri === undefined || range === undefined) return;
  const { start, end } = range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection });
}
