/** Where the parameters are: each part as high as its share, what it holds to the right of it. */
import { hierarchy, partition } from "d3-hierarchy";
import type { Part } from "../protocol";
import type { Entry } from "./tree";

export interface Tile {
  readonly entry: Entry;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 1;

/** Tiles of at least a pixel; nothing where the model's size is not certain. */
export function tiles(root: Entry, width: number, height: number): Tile[] {
  if (!root.part.added) return [];
  const sized = hierarchy(root, ({ children }) => children.filter(({ part }) => part.added !== 0))
    .sum(({ part, children }) => rest(part, children))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  return partition<Entry>()
    .size([height, width])(sized)
    .descendants()
    .filter(({ x0, x1 }) => x1 - x0 >= SMALLEST)
    .map(({ data, x0, x1, y0, y1 }) => ({ entry: data, x: y0, y: x0, width: y1 - y0, height: x1 - x0 }));
}

/** What of a part's addition its own parts do not make up. */
function rest(part: Part, children: readonly Entry[]): number {
  const below = children.reduce((sum, child) => sum + (child.part.added ?? 0), 0);
  return Math.max((part.added ?? 0) - below, 0);
}
