/** The status bar item: whether the server runs, and the total of the file in front. */
import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";

/** Notification `paramlens/fileStatus`: a short text for one document, such as `34,826 params`; empty for none. */
export interface FileStatus {
  readonly uri: string;
  readonly text: string;
}

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("status", vscode.StatusBarAlignment.Right, 90);
  private readonly texts = new Map<string, string>();
  private readonly fileChanges = new vscode.EventEmitter<vscode.Uri>();
  private icon = "$(loading~spin)";
  private words = "starting";
  private readonly listener = vscode.window.onDidChangeActiveTextEditor(() => {
    this.draw();
  });

  /** Fires for each document of which there are new counts. */
  readonly onFile = this.fileChanges.event;

  constructor() {
    this.item.name = "Paramlens";
    this.item.command = "paramlens.showOutput";
  }

  server(state: State): void {
    if (state === State.Running) this.show("$(layers)", "running");
    else if (state === State.Starting) this.show("$(loading~spin)", "starting");
    else this.show("$(debug-disconnect)", "stopped");
    if (state !== State.Running) this.texts.clear();
  }

  failed(words: string): void {
    this.show("$(error)", words);
  }

  file({ uri, text }: FileStatus): void {
    const where = vscode.Uri.parse(uri);
    this.texts.set(where.toString(), text);
    this.fileChanges.fire(where);
    this.draw();
  }

  dispose(): void {
    vscode.Disposable.from(this.listener, this.fileChanges, this.item).dispose();
  }

  private show(icon: string, words: string): void {
    this.icon = icon;
    this.words = words;
    this.draw();
  }

  private draw(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== "python") {
      this.item.hide();
      return;
    }
    const text = this.texts.get(document.uri.toString());
    this.item.text = text ? `${this.icon} ${text}` : `${this.icon} Paramlens`;
    this.item.tooltip = `Paramlens: ${this.words}`;
    this.item.show();
  }
}
