/** What the page shows and keeps over reloads, and how messages and choices change it. */
import type { Commit, DocumentModels, Model, ToView } from "../protocol";
import type { Sort } from "./tree";
import { openAtFirst, partsAt, treeOf, withAncestors, type Tree } from "./tree";

export const TABS = ["table", "map", "graph", "compare"] as const;
export type Tab = (typeof TABS)[number];

/** What the model is compared with: the last commit, or another model of an open document. */
export type Other = { readonly kind: "commit" } | { readonly kind: "model"; readonly uri: string; readonly model: string };

/** What is kept over reloads. Maps are by document and model. */
export interface Kept {
  readonly uri: string | undefined;
  readonly model: string | undefined;
  readonly tab: Tab;
  readonly sort: Sort | undefined;
  readonly expanded: Readonly<Record<string, readonly string[]>>;
  readonly selected: Readonly<Record<string, string>>;
  readonly other: Other;
  readonly onlyChanged: boolean;
}

export interface View {
  readonly kept: Kept;
  readonly documents: ReadonlyMap<string, DocumentModels>;
  readonly commits: ReadonlyMap<string, Commit>;
  /** Keys of the parts that the cursor's line makes. */
  readonly here: ReadonlySet<string>;
  readonly problem: string;
}

export type Action =
  | ToView
  | { readonly type: "tab"; readonly tab: Tab }
  | { readonly type: "model"; readonly uri: string; readonly model: string }
  | { readonly type: "sort"; readonly sort: Sort | undefined }
  | { readonly type: "expand"; readonly keys: readonly string[]; readonly open: boolean }
  | { readonly type: "select"; readonly key: string }
  | { readonly type: "other"; readonly other: Other }
  | { readonly type: "onlyChanged"; readonly on: boolean };

const FRESH: Kept = {
  uri: undefined,
  model: undefined,
  tab: "table",
  sort: undefined,
  expanded: {},
  selected: {},
  other: { kind: "commit" },
  onlyChanged: false,
};

export function viewFrom(kept: unknown): View {
  const known = typeof kept === "object" && kept !== null ? (kept as Partial<Kept>) : {};
  return { kept: { ...FRESH, ...known }, documents: new Map(), commits: new Map(), here: new Set(), problem: "" };
}

export function shownDocument({ kept, documents }: View): DocumentModels | undefined {
  return kept.uri === undefined ? undefined : documents.get(kept.uri);
}

/** The model that was chosen; when it is gone, the first of its file. */
export function shownModel(view: View): Model | undefined {
  const models = shownDocument(view)?.models ?? [];
  return models.find(({ name }) => name === view.kept.model) ?? models[0];
}

export function modelKey(uri: string, model: string): string {
  return `${uri}#${model}`;
}

const trees = new WeakMap<Model, Tree>();

export function treeFor(model: Model): Tree {
  const known = trees.get(model);
  if (known) return known;
  const made = treeOf(model);
  trees.set(model, made);
  return made;
}

export function expandedOf({ kept }: View, model: Model): ReadonlySet<string> {
  return new Set(kept.expanded[modelKey(kept.uri ?? "", model.name)] ?? openAtFirst(treeFor(model)));
}

/** The key of the selected part; that of the model where the part is gone. */
export function selectedOf({ kept }: View, model: Model): string {
  const key = kept.selected[modelKey(kept.uri ?? "", model.name)] ?? "";
  return treeFor(model).byKey.has(key) ? key : "";
}

export function changed(view: View, action: Action): View {
  const { kept } = view;
  const keep = (some: Partial<Kept>): View => ({ ...view, kept: { ...kept, ...some } });
  switch (action.type) {
    case "document":
      return { ...view, documents: new Map(view.documents).set(action.document.uri, action.document) };
    case "closed":
      return { ...view, documents: new Map([...view.documents].filter(([uri]) => uri !== action.uri)) };
    case "show":
      return keep({ uri: action.uri, model: action.model ?? (action.uri === kept.uri ? kept.model : undefined) });
    case "cursor":
      return followed(view, action.uri, action.line);
    case "commit":
      return { ...view, commits: new Map(view.commits).set(action.commit.uri, action.commit) };
    case "server":
      return { ...view, problem: action.problem };
    case "tab":
      return keep({ tab: action.tab });
    case "model":
      return { ...keep({ uri: action.uri, model: action.model }), here: new Set() };
    case "sort":
      return keep({ sort: action.sort });
    case "expand":
      return expanded(view, action.keys, action.open);
    case "select":
      return selected(view, action.key);
    case "other":
      return keep({ other: action.other });
    case "onlyChanged":
      return keep({ onlyChanged: action.on });
  }
}

function expanded(view: View, keys: readonly string[], open: boolean): View {
  const model = shownModel(view);
  if (!model) return view;
  const now = new Set(expandedOf(view, model));
  for (const key of keys) {
    if (open) now.add(key);
    else now.delete(key);
  }
  const name = modelKey(view.kept.uri ?? "", model.name);
  return { ...view, kept: { ...view.kept, expanded: { ...view.kept.expanded, [name]: [...now] } } };
}

function selected(view: View, key: string): View {
  const model = shownModel(view);
  if (!model) return view;
  const name = modelKey(view.kept.uri ?? "", model.name);
  return { ...view, kept: { ...view.kept, selected: { ...view.kept.selected, [name]: key } } };
}

/** Selects what the line makes: in the model shown if that has it, else in the first that does. */
function followed(view: View, uri: string, line: number): View {
  const shown = shownModel(view);
  const models = [...(shown ? [shown] : []), ...(view.documents.get(view.kept.uri ?? "")?.models ?? [])];
  for (const model of models) {
    const found = partsAt(treeFor(model), uri, line);
    const [first] = found;
    if (!first) continue;
    const there = { ...view, kept: { ...view.kept, model: model.name } };
    const keys = new Set(found.map(({ key }) => key));
    if (keys.has(selectedOf(there, model)) && model === shown) return { ...view, here: keys };
    const around = withAncestors(first).slice(0, -1).map(({ key }) => key);
    return { ...selected(expanded(there, around, true), first.key), here: keys };
  }
  return view.here.size === 0 ? view : { ...view, here: new Set() };
}
