/** The status bar item and the language status: whether the server runs, and the model under the cursor. */
import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";
import type { ModelStatus } from "./protocol";

/** Notification `paramlens/fileStatus`: a short text for one document, such as `34,826 params`; empty for none. */
export interface FileStatus {
  readonly uri: string;
  readonly text: string;
}

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("status", vscode.StatusBarAlignment.Right, 90);
  private readonly language = vscode.languages.createLanguageStatusItem("paramlens", { language: "python" });
  private readonly texts = new Map<string, string>();
  private readonly fileChanges = new vscode.EventEmitter<vscode.Uri>();
  private icon = "$(loading~spin)";
  private words = "starting";
  private model: ModelStatus | undefined;
  private readonly listener = vscode.window.onDidChangeActiveTextEditor(() => {
    this.model = undefined;
    this.draw();
  });

  /** Fires for each document of which there are new counts. */
  readonly onFile = this.fileChanges.event;

  constructor(showModel: string, showLogs: string) {
    this.item.name = "Paramlens";
    this.item.command = showModel;
    this.language.name = "Paramlens";
    this.language.command = { title: "Show Logs", command: showLogs };
  }

  server(state: State): void {
    if (state === State.Running) this.show("$(layers)", "running");
    else if (state === State.Starting) this.show("$(loading~spin)", "starting");
    else this.show("$(debug-disconnect)", "stopped");
    if (state === State.Running) return;
    this.texts.clear();
    this.model = undefined;
    this.draw();
  }

  /** Which server it is, in words for people. */
  found(source: string): void {
    this.language.detail = source;
  }

  failed(words: string): void {
    this.show("$(error)", words);
    this.language.severity = vscode.LanguageStatusSeverity.Error;
  }

  file({ uri, text }: FileStatus): void {
    const where = vscode.Uri.parse(uri);
    this.texts.set(where.toString(), text);
    this.fileChanges.fire(where);
    this.draw();
  }

  atCursor(model: ModelStatus | undefined): void {
    this.model = model;
    this.draw();
  }

  dispose(): void {
    vscode.Disposable.from(this.listener, this.fileChanges, this.language, this.item).dispose();
  }

  private show(icon: string, words: string): void {
    this.icon = icon;
    this.words = words;
    this.language.severity = vscode.LanguageStatusSeverity.Information;
    this.draw();
  }

  private draw(): void {
    this.language.text = `Paramlens: ${this.words}`;
    this.language.busy = this.words === "starting";
    const document = vscode.window.activeTextEditor?.document;
    if (document?.uri.scheme === "output") return; // the focus is in the log: what is shown stays
    if (document?.languageId !== "python") {
      this.item.hide();
      return;
    }
    const { model } = this;
    const text = model ? (model.uses[0] ?? model.text) : this.texts.get(document.uri.toString());
    this.item.text = `${this.icon} ${text === undefined || text === "" ? "Paramlens" : text}`;
    this.item.tooltip = model ? modelTooltip(model) : `Paramlens: ${this.words}`;
    this.item.backgroundColor =
      model?.state === "over" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.show();
  }
}

function modelTooltip(model: ModelStatus): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString("**");
  tooltip.appendText(model.name).appendMarkdown("** ").appendText(model.className);
  for (const line of [model.text, ...model.uses]) tooltip.appendMarkdown("\n\n").appendText(line);
  tooltip.appendMarkdown(
    "\n\n[Set budget](command:paramlens.setBudget) · [Copy as Markdown](command:paramlens.copySummary)",
  );
  tooltip.isTrusted = { enabledCommands: ["paramlens.setBudget", "paramlens.copySummary"] };
  return tooltip;
}
