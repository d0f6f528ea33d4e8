/** The model panel: one beside the editor that follows the file and the line in front. */
import * as vscode from "vscode";
import { lastCommitted } from "./git";
import { pageHtml } from "./page";
import { MODELS, type Commit, type ModelsAnswer, type ModelsParams, type Range, type ToHost, type ToView } from "./protocol";

const VIEW_TYPE = "paramlens.model";
const SHOW_MODEL = "paramlens.showModel";

/** Waits for a burst of news of one document to end. */
const SETTLE_MS = 40;

/** The running server, as far as the panel needs it. */
export interface Server {
  sendRequest(method: string, params: ModelsParams): Promise<ModelsAnswer | null>;
}

export interface Surroundings {
  readonly extension: vscode.Uri;
  readonly server: () => Server | undefined;
  /** Fires for each document of which there are new counts. */
  readonly onNews: vscode.Event<vscode.Uri>;
}

/** Adds the command that opens the panel, and what opens it again after a reload. */
export function registerModelPanel(around: Surroundings): vscode.Disposable {
  let shown: ModelPanel | undefined;
  const hold = (panel: vscode.WebviewPanel): void => {
    const held = new ModelPanel(panel, around);
    shown = held;
    panel.onDidDispose(() => {
      held.dispose();
      if (shown === held) shown = undefined;
    });
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand(SHOW_MODEL, () => {
      if (shown) shown.reveal();
      else hold(vscode.window.createWebviewPanel(VIEW_TYPE, "Model", { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }));
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: (panel) => {
        if (shown) panel.dispose();
        else hold(panel);
        return Promise.resolve();
      },
    }),
    { dispose: () => shown?.dispose() },
  );
}

class ModelPanel implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[] = [];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly asked = new Map<string, number>();
  /** The document that answers for each URI, as a notebook does for its cells; and a URI to ask each document by. */
  private readonly homes = new Map<string, string>();
  private readonly doors = new Map<string, string>();
  private wanted = { graph: false, all: false };
  /** The document that is shown. */
  private shown: string | undefined;
  /** A document that the panel itself has opened: it is not followed there. */
  private led: string | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly around: Surroundings,
  ) {
    const files = vscode.Uri.joinPath(around.extension, "dist");
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [files] };
    webview.html = pageHtml({
      script: webview.asWebviewUri(vscode.Uri.joinPath(files, "panel.js")).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(files, "panel.css")).toString(),
      source: webview.cspSource,
    });
    panel.iconPath = vscode.Uri.joinPath(around.extension, "icon.png");
    this.listeners.push(
      webview.onDidReceiveMessage((message: ToHost) => void this.receive(message)),
      around.onNews((uri) => {
        this.news(uri);
      }),
      panel.onDidChangeViewState(() => {
        if (panel.visible) this.follow(vscode.window.activeTextEditor);
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor && editor.document.uri.toString() !== this.led) this.led = undefined;
        this.follow(editor);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.cursor(textEditor);
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (this.wanted.all && uri.toString() === this.shown) void this.commit(uri.toString());
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.closed(uri.toString());
      }),
    );
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
    this.follow(vscode.window.activeTextEditor);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.listeners).dispose();
  }

  private tell(message: ToView): void {
    void this.panel.webview.postMessage(message);
  }

  private async receive(message: ToHost): Promise<void> {
    switch (message.type) {
      case "ready":
        this.shown ??= message.uri;
        if (this.shown !== undefined) await this.refresh(this.shown);
        this.follow(vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find(isPython));
        return;
      case "open":
        await this.open(message.uri, message.range);
        return;
      case "want":
        this.wanted = message;
        if (this.shown !== undefined && message.graph) await this.refresh(this.shown);
        if (message.all) await Promise.all(vscode.workspace.textDocuments.filter(isPythonDocument).map(({ uri }) => this.refresh(uri.toString())));
        return;
      case "commit":
        await this.commit(message.uri);
    }
  }

  // ------------------------------------------------------------------------------------------------------ following

  /** Shows the models of the editor's file, if it has any. */
  private follow(editor: vscode.TextEditor | undefined): void {
    if (!editor || !isPython(editor)) return;
    void this.refresh(editor.document.uri.toString(), true).then(() => {
      this.cursor(editor);
    });
  }

  private cursor(editor: vscode.TextEditor): void {
    if (!isPython(editor)) return;
    this.tell({ type: "cursor", uri: editor.document.uri.toString(), line: editor.selection.active.line });
  }

  private news(uri: vscode.Uri): void {
    const asked = uri.toString();
    const home = this.homes.get(asked) ?? asked;
    clearTimeout(this.timers.get(home));
    if (!this.panel.visible || (home !== this.shown && this.shown !== undefined && !this.wanted.all)) return;
    this.timers.set(home, setTimeout(() => void this.refresh(asked, this.shown === undefined), SETTLE_MS));
  }

  private closed(uri: string): void {
    const home = this.homes.get(uri) ?? uri;
    if (this.doors.get(home) === uri) this.doors.delete(home);
    if (home === uri) this.tell({ type: "closed", uri });
  }

  /** Asks for the models of a document; with `show`, they are what is shown then, unless there are none. */
  private async refresh(wanted: string, show = false): Promise<void> {
    const uri = this.doors.get(wanted) ?? wanted;
    const number = (this.asked.get(uri) ?? 0) + 1;
    this.asked.set(uri, number);
    const home = this.homes.get(uri) ?? uri;
    const graph = this.wanted.graph && (show || home === this.shown);
    const answer = await this.ask({ textDocument: { uri }, graph });
    if (!answer || this.asked.get(uri) !== number) return;
    if (answer.uri !== uri) {
      this.homes.set(uri, answer.uri);
      this.doors.set(answer.uri, uri);
    }
    this.tell({ type: "document", document: { uri: answer.uri, name: vscode.workspace.asRelativePath(vscode.Uri.parse(answer.uri)), models: answer.models } });
    const follows = show && uri !== this.led && (answer.models.length > 0 || this.shown === undefined);
    if (follows) this.show(answer.uri);
  }

  private show(uri: string): void {
    this.shown = uri;
    this.panel.title = `Model: ${vscode.workspace.asRelativePath(vscode.Uri.parse(uri)).split("/").at(-1) ?? ""}`;
    this.tell({ type: "show", uri });
  }

  /** Nothing where the server has no answer, say because the text changes: it tells when there is one. */
  private async ask(params: ModelsParams): Promise<ModelsAnswer | undefined> {
    const server = this.around.server();
    this.tell({ type: "server", problem: server ? "" : "The server is not running." });
    try {
      return (await server?.sendRequest(MODELS, params)) ?? undefined;
    } catch {
      return undefined;
    }
  }

  // -------------------------------------------------------------------------------------------------------- the rest

  private async open(uri: string, { start, end }: Range): Promise<void> {
    const where = vscode.Uri.parse(uri);
    const beside = this.panel.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
    const known = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === where.toString());
    if (uri !== this.shown) this.led = where.toString();
    await vscode.window.showTextDocument(where, {
      viewColumn: known?.viewColumn ?? beside,
      selection: new vscode.Range(start.line, start.character, end.line, end.character),
    });
  }

  /** The document's models in the last commit. */
  private async commit(uri: string): Promise<void> {
    const { fsPath, scheme } = vscode.Uri.parse(uri);
    const isFile = scheme === "file" && fsPath.endsWith(".py");
    const commit = isFile ? await this.committed(uri, fsPath) : "Only Python files have a last commit to compare with.";
    const known = typeof commit === "string" ? { label: "", models: [], problem: commit } : { ...commit, problem: "" };
    this.tell({ type: "commit", commit: { uri, ...known } });
  }

  /** Or why there is nothing to compare with. */
  private async committed(uri: string, file: string): Promise<Pick<Commit, "label" | "models"> | string> {
    if (!vscode.workspace.isTrusted) return "The folder is not trusted, so git is not run in it.";
    const committed = await lastCommitted(file);
    if (!committed) return "The file is in no commit, or there is no git.";
    const before = await this.ask({ textDocument: { uri }, text: committed.text });
    if (!before) return "The text of the last commit could not be analysed.";
    return { label: `last commit (${committed.label})`, models: before.models };
  }
}

function isPython({ document }: vscode.TextEditor): boolean {
  return isPythonDocument(document);
}

function isPythonDocument({ languageId, uri }: vscode.TextDocument): boolean {
  return languageId === "python" && ["file", "untitled", "vscode-notebook-cell", "vscode-remote"].includes(uri.scheme);
}
