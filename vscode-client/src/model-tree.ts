/** The view “Model Layers” in the Explorer: the models of the file in front as a tree of layers with counts. */
import * as vscode from "vscode";
import { REVEAL } from "./models";
import type { OutlineNode, Requests } from "./protocol";

const PAUSE_MS = 250;
const VIEW = "paramlens.layers";
const HAS_MODELS = "paramlens.hasModels";

export class ModelTree implements vscode.TreeDataProvider<OutlineNode>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<undefined>();
  private readonly parts: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;
  private roots: readonly OutlineNode[] = [];
  private document = "";
  private round = 0;

  readonly onDidChangeTreeData = this.changes.event;

  constructor(
    private readonly requests: Requests,
    onFile: vscode.Event<vscode.Uri>,
  ) {
    this.parts = vscode.Disposable.from(
      this.changes,
      vscode.window.registerTreeDataProvider(VIEW, this),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.soon();
      }),
      onFile((uri) => {
        if (uri.toString() === vscode.window.activeTextEditor?.document.uri.toString()) this.soon();
      }),
    );
  }

  getChildren(node?: OutlineNode): OutlineNode[] {
    return [...(node?.children ?? this.roots)];
  }

  getTreeItem(node: OutlineNode): vscode.TreeItem {
    const isModel = this.roots.includes(node);
    const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children.length === 0 ? None : isModel ? Expanded : Collapsed);
    item.description = node.description;
    item.tooltip = [node.label, node.description, node.detail && `output ${node.detail}`].filter(Boolean).join("\n");
    item.iconPath = new vscode.ThemeIcon(isModel ? "layers" : node.children.length > 0 ? "symbol-class" : "symbol-field");
    if (node.range) item.command = { title: "Show", command: REVEAL, arguments: [node] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.parts.dispose();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), PAUSE_MS);
  }

  private async ask(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || document.uri.scheme === "output") return; // the focus is in a view or the log: what is shown stays
    const round = ++this.round;
    const found = document.languageId === "python" ? await this.requests.outline(document) : [];
    const uri = document.uri.toString();
    if (round !== this.round || (uri === this.document && JSON.stringify(found) === JSON.stringify(this.roots))) return;
    this.roots = found;
    this.document = uri;
    await vscode.commands.executeCommand("setContext", HAS_MODELS, found.length > 0);
    this.changes.fire(undefined);
  }
}
