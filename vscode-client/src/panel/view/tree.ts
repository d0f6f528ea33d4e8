/** The tree of a model's parts as rows: which are visible, in which order, and which stand at a line. */
import type { Model, Part } from "../protocol";

export type Column = "name" | "total" | "share" | "output" | "memory" | "macs";

export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

/** A part with its place in the tree. `key` is made of names, so that it outlives edits elsewhere. */
export interface Entry {
  readonly part: Part;
  readonly key: string;
  readonly parent: Entry | undefined;
  readonly children: readonly Entry[];
}

export interface Tree {
  readonly root: Entry;
  readonly byKey: ReadonlyMap<string, Entry>;
  readonly byId: ReadonlyMap<string, Entry>;
}

/** A visible row, with what a tree grid tells of it. */
export interface Row {
  readonly entry: Entry;
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** Undefined for a part without parts. */
  readonly expanded: boolean | undefined;
}

export function treeOf(model: Model): Tree {
  const byKey = new Map<string, Entry>();
  const byId = new Map<string, Entry>();
  const enter = (part: Part, key: string, parent: Entry | undefined): Entry => {
    const children: Entry[] = [];
    const entry = { part, key, parent, children };
    byKey.set(key, entry);
    byId.set(part.id, entry);
    for (const child of part.children) {
      const wanted = `${key}/${child.name}`;
      children.push(enter(child, byKey.has(wanted) ? `${wanted}#${child.id}` : wanted, entry));
    }
    return entry;
  };
  return { root: enter(model.root, "", undefined), byKey, byId };
}

/** What a person calls the part: positions alone say little, so the class stands for them. */
export function title(part: Part): string {
  return part.name === "" || /^\d+$/.test(part.name) ? part.class : part.name;
}

/** The title, told apart from that of its siblings: `conv1`, `BasicBlock 0`. */
export function ownTitle({ part, parent }: Entry): string {
  const plain = title(part);
  return parent && plain === part.class && part.name !== "" && part.name !== plain ? `${plain} ${part.name}` : plain;
}

export function visibleRows(tree: Tree, expanded: ReadonlySet<string>, sort: Sort | undefined): Row[] {
  const rows: Row[] = [];
  const add = (entries: readonly Entry[], level: number): void => {
    sorted(entries, sort).forEach((entry, index) => {
      const open = entry.children.length === 0 ? undefined : expanded.has(entry.key);
      rows.push({ entry, level, position: index + 1, siblings: entries.length, expanded: open });
      if (open) add(entry.children, level + 1);
    });
  };
  add([tree.root], 1);
  return rows;
}

/** Siblings in the order of a column; what has no value comes last, either way. */
export function sorted(entries: readonly Entry[], sort: Sort | undefined): readonly Entry[] {
  if (!sort) return entries;
  const sign = sort.descending ? -1 : 1;
  return [...entries].sort((a, b) => {
    const [x, y] = [value(a.part, sort.column), value(b.part, sort.column)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (typeof x === "string" ? compareText(x, String(y)) : x - Number(y));
  });
}

function value(part: Part, column: Column): number | string | null {
  if (column === "name") return title(part);
  if (column === "output") return part.output === "" ? null : part.output;
  return column === "share" ? part.share : part[column].number;
}

function compareText(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** The next order when a column's header is chosen: large to small (names: A to Z), the reverse, as in the source. */
export function nextSort(sort: Sort | undefined, column: Column): Sort | undefined {
  const first = column !== "name" && column !== "output";
  if (sort?.column !== column) return { column, descending: first };
  return sort.descending === first ? { column, descending: !first } : undefined;
}

/** The parts that a line makes: of those whose source covers it, the ones with the shortest source. */
export function partsAt(tree: Tree, uri: string, line: number): Entry[] {
  let best = Number.POSITIVE_INFINITY;
  let found: Entry[] = [];
  for (const entry of tree.byKey.values()) {
    const { range } = entry.part;
    if (!range || entry.part.uri !== uri || line < range.start.line || line > range.end.line) continue;
    const length = range.end.line - range.start.line;
    if (length < best) [best, found] = [length, []];
    if (length === best) found.push(entry);
  }
  return found;
}

/** The entry and those it lies in, the model first. */
export function withAncestors(entry: Entry): Entry[] {
  return [...(entry.parent ? withAncestors(entry.parent) : []), entry];
}

/** What is open at first: the model, and what it holds alone. */
export function openAtFirst(tree: Tree): string[] {
  const keys = [""];
  let { root: entry } = tree;
  while (entry.children.length === 1 && entry.children[0]) {
    entry = entry.children[0];
    keys.push(entry.key);
  }
  return keys;
}

export function expandable(tree: Tree): string[] {
  return [...tree.byKey.values()].filter(({ children }) => children.length > 0).map(({ key }) => key);
}

export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1%";
  if (share > 0.999 && share < 1) return ">99.9%";
  return `${(share * 100).toFixed(1).replace(/\.0$/, "")}%`;
}
