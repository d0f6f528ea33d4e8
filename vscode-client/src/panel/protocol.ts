/** What the server says of models (`paramlens/models`), and what the extension and the panel's page tell each other. */

/** A number as text, and as a number where it is certain. */
export interface Figure {
  readonly text: string;
  readonly number: number | null;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Where a part was made. Both are missing where that is not shown, as in the last commit's text. */
export interface Located {
  readonly uri?: string;
  readonly range?: Range;
}

export type Status = "exact" | "symbolic" | "lower-bound" | "unknown";

/** Kinds of layers that are coloured alike; what holds others is of the kind of the largest among them. */
export type Kind = "convolution" | "dense" | "embedding" | "attention" | "normalization" | "recurrent" | "other";

/** A layer or module. `id` is its position among the children at each level; that of the model itself is empty. */
export interface Part extends Located {
  readonly id: string;
  readonly name: string;
  readonly class: string;
  readonly kind: Kind;
  readonly qualified: string;
  readonly status: Status;
  readonly total: Figure;
  readonly own: Figure;
  readonly trainable: Figure;
  /** What it adds to the model: parameters that a part before it holds too are not counted again. */
  readonly added: number | null;
  readonly share: number | null;
  readonly output: string;
  readonly memory: Figure;
  readonly macs: Figure;
  readonly reason: string;
  readonly weights: readonly (readonly [name: string, shape: string, count: string])[];
  readonly shared: boolean;
  readonly tied: number;
  readonly children: readonly Part[];
}

export interface BudgetUse {
  readonly title: string;
  readonly limit: Figure;
  readonly used: Figure;
  readonly ratio: number | null;
  /** What is only known to be at least so much is not within. */
  readonly state: "over" | "near" | "within" | "unknown";
  readonly severity: string;
}

export interface GraphNode {
  readonly kind: "input" | "output" | "layer" | "operation";
  readonly name: string;
  /** The part that a layer is, or in whose call an operation stands. */
  readonly part: string;
  readonly shape: string;
}

export type GraphEdge = readonly [source: number, target: number, shape: string];

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Why there are no nodes. */
  readonly reason: string;
}

export interface Model extends Located {
  readonly name: string;
  readonly class: string;
  readonly qualified: string;
  readonly status: Status;
  readonly total: Figure;
  readonly trainable: Figure;
  readonly nonTrainable: Figure;
  readonly memory: Figure;
  readonly training: Figure;
  readonly optimizer: string;
  readonly macs: Figure;
  readonly formula: string;
  readonly reason: string;
  readonly budgets: readonly BudgetUse[];
  readonly root: Part;
  readonly graph?: Graph;
}

export interface ModelsAnswer {
  readonly uri: string;
  readonly version: number | null;
  readonly final: boolean;
  readonly models: readonly Model[];
}

/** The request's parameters. With `text`, that text is analysed in the place of the document's own. */
export interface ModelsParams {
  readonly textDocument: { readonly uri: string };
  readonly text?: string;
  readonly graph?: boolean;
}

export const MODELS = "paramlens/models";

/** The models of a document as they were in the last commit, or why they are not known. */
export interface Commit {
  readonly uri: string;
  readonly label: string;
  readonly models: readonly Model[];
  readonly problem: string;
}

/** One document's models; `name` is how people know the file. */
export interface DocumentModels {
  readonly uri: string;
  readonly name: string;
  readonly models: readonly Model[];
}

export type ToView =
  | { readonly type: "document"; readonly document: DocumentModels }
  | { readonly type: "closed"; readonly uri: string }
  | { readonly type: "show"; readonly uri: string; readonly model?: string }
  | { readonly type: "cursor"; readonly uri: string; readonly line: number }
  | { readonly type: "commit"; readonly commit: Commit }
  | { readonly type: "server"; readonly problem: string };

export type ToHost =
  | { readonly type: "ready"; readonly uri?: string }
  | { readonly type: "open"; readonly uri: string; readonly range: Range }
  | { readonly type: "want"; readonly graph: boolean; readonly all: boolean }
  | { readonly type: "commit"; readonly uri: string };
