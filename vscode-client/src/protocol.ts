/** The requests that the server answers beside those of the protocol. */
import type * as vscode from "vscode";
import type { Range } from "vscode-languageclient/node";
import type { Client } from "./client";

/** The model at a position. Texts are ready to show; `range` is where it is made, in `uri`. */
export interface ModelStatus {
  readonly name: string;
  readonly className: string;
  readonly total: number | null;
  readonly text: string;
  readonly state: "none" | "within" | "near" | "over";
  /** What it uses of its budgets, the largest share first. */
  readonly uses: readonly string[];
  readonly uri?: string;
  readonly range?: Range;
}

export interface ModelSummary {
  readonly name: string;
  readonly markdown: string;
}

/** An edit, or why there is none. */
export interface BudgetEdit {
  readonly problem?: string;
  readonly uri?: string;
  readonly range?: Range;
  readonly newText?: string;
}

export interface OutlineNode {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly uri?: string;
  readonly range?: Range;
  readonly children: readonly OutlineNode[];
}

export class Requests {
  constructor(private readonly client: () => Client | undefined) {}

  modelAt(document: vscode.TextDocument, position: vscode.Position): Promise<ModelStatus | undefined> {
    return this.ask("modelAt", document, { position });
  }

  summary(document: vscode.TextDocument, position: vscode.Position): Promise<ModelSummary | undefined> {
    return this.ask("summary", document, { position });
  }

  budget(document: vscode.TextDocument, position: vscode.Position, limit: string): Promise<BudgetEdit | undefined> {
    return this.ask("budget", document, { position, limit });
  }

  async outline(document: vscode.TextDocument): Promise<readonly OutlineNode[]> {
    return (await this.ask<readonly OutlineNode[]>("outline", document, {})) ?? [];
  }

  /** Nothing where there is no server, no answer, or one to an earlier text. */
  private async ask<T>(name: string, document: vscode.TextDocument, params: object): Promise<T | undefined> {
    const client = this.client();
    if (!client?.isRunning()) return undefined;
    try {
      const textDocument = { uri: client.code2ProtocolConverter.asUri(document.uri) };
      const answer = await client.sendRequest<T | null>(`paramlens/${name}`, { textDocument, ...params });
      return answer ?? undefined;
    } catch {
      return undefined; // the text changed meanwhile: what follows asks again
    }
  }
}
