/** The model under the cursor, asked for again when the cursor, the file or its counts change. */
import * as vscode from "vscode";
import type { ModelStatus, Requests } from "./protocol";

const PAUSE_MS = 80;

export class CurrentModel implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<ModelStatus | undefined>();
  private readonly parts: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;
  private round = 0;

  readonly onChange = this.changes.event;

  constructor(private readonly requests: Requests) {
    const soon = () => {
      this.soon();
    };
    this.parts = vscode.Disposable.from(
      this.changes,
      vscode.window.onDidChangeTextEditorSelection(soon),
      vscode.window.onDidChangeActiveTextEditor(soon),
    );
  }

  /** Asks once what happens now has come to rest. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), PAUSE_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.parts.dispose();
  }

  private async ask(): Promise<void> {
    const round = ++this.round;
    const editor = vscode.window.activeTextEditor;
    const model =
      editor?.document.languageId === "python"
        ? await this.requests.modelAt(editor.document, editor.selection.active)
        : undefined;
    if (round === this.round) this.changes.fire(model);
  }
}
