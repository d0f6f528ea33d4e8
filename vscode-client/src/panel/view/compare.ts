/** Two models side by side: which parts stand for one another, and what has changed. */
import type { Figure, Model, Part } from "../protocol";

export type Change = "same" | "changed" | "added" | "removed";

export interface Pair {
  readonly key: string;
  readonly before: Part | undefined;
  readonly after: Part | undefined;
  readonly change: Change;
  readonly difference: string;
  readonly children: readonly Pair[];
}

export function compared(before: Model, after: Model): Pair {
  return pair(before.root, after.root, "");
}

/** A part that stands for another one may still have changed within. */
function pair(before: Part | undefined, after: Part | undefined, key: string): Pair {
  const names = new Map<string, number>();
  const children = aligned(before?.children ?? [], after?.children ?? []).map(([a, b]) => {
    const name = (b ?? a)?.name ?? "";
    const count = names.get(name) ?? 0;
    names.set(name, count + 1);
    return pair(a, b, `${key}/${name}${count > 0 ? `#${String(count)}` : ""}`);
  });
  return { key, before, after, change: changeOf(before, after, children), difference: difference(before?.total, after?.total), children };
}

function changeOf(before: Part | undefined, after: Part | undefined, children: readonly Pair[]): Change {
  if (!before) return "added";
  if (!after) return "removed";
  const same =
    before.total.text === after.total.text &&
    before.class === after.class &&
    before.output === after.output &&
    before.macs.text === after.macs.text &&
    children.every(({ change }) => change === "same");
  return same ? "same" : "changed";
}

/** `+1,024`, `−320`, `0`; where a number is not certain, nothing, or that the two differ. */
export function difference(before: Figure | undefined, after: Figure | undefined): string {
  if (!before && !after) return "";
  const [from, to] = [before ? before.number : 0, after ? after.number : 0];
  if (from === null || to === null) return before?.text === after?.text ? "" : "differs";
  return signed(to - from);
}

export function signed(number: number): string {
  const digits = Math.abs(number).toLocaleString("en-US");
  if (number === 0) return "0";
  return number > 0 ? `+${digits}` : `\u2212${digits}`;
}

/** Siblings that stand for one another: by name, and where names are mere positions, by class, in order. */
export function aligned(before: readonly Part[], after: readonly Part[]): (readonly [Part | undefined, Part | undefined])[] {
  const length = (a: number, b: number): number => lengths[a * (after.length + 1) + b] ?? 0;
  const lengths = new Float64Array((before.length + 1) * (after.length + 1));
  for (let a = before.length - 1; a >= 0; a--) {
    for (let b = after.length - 1; b >= 0; b--) {
      const both = likeness(before[a], after[b]);
      const best = both > 0 ? both + length(a + 1, b + 1) : 0;
      lengths[a * (after.length + 1) + b] = Math.max(best, length(a + 1, b), length(a, b + 1));
    }
  }
  const pairs: (readonly [Part | undefined, Part | undefined])[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    const both = a < before.length && b < after.length ? likeness(before[a], after[b]) : 0;
    if (both > 0 && length(a, b) === both + length(a + 1, b + 1)) pairs.push([before[a++], after[b++]]);
    else if (b >= after.length || (a < before.length && length(a + 1, b) >= length(a, b + 1))) pairs.push([before[a++], undefined]);
    else pairs.push([undefined, after[b++]]);
  }
  return pairs;
}

/** 0 where two parts cannot stand for one another; more where they are also of the same size. */
function likeness(a: Part | undefined, b: Part | undefined): number {
  if (!a || !b) return 0;
  const positions = /^\d*$/.test(a.name) && /^\d*$/.test(b.name);
  if (positions ? a.class !== b.class : a.name !== b.name) return 0;
  return a.total.text === b.total.text && a.class === b.class ? 1.001 : 1;
}

export interface VisiblePair {
  readonly pair: Pair;
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly expanded: boolean | undefined;
}

export function visiblePairs(root: Pair, expanded: ReadonlySet<string>, onlyChanged: boolean): VisiblePair[] {
  const rows: VisiblePair[] = [];
  const add = (pairs: readonly Pair[], level: number): void => {
    const shown = onlyChanged && level > 1 ? pairs.filter(({ change }) => change !== "same") : pairs;
    shown.forEach((each, index) => {
      const open = each.children.length === 0 ? undefined : expanded.has(each.key);
      rows.push({ pair: each, level, position: index + 1, siblings: shown.length, expanded: open });
      if (open) add(each.children, level + 1);
    });
  };
  add([root], 1);
  return rows;
}

/** What to open at first: where something has changed, as far as it is a change within. */
export function changedKeys(root: Pair): string[] {
  const found = [root.key];
  for (const child of root.children) {
    if (child.change === "changed" && child.children.length > 0) found.push(...changedKeys(child));
  }
  return found;
}
