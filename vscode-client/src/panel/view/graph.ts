/** The graph as far as the tree of parts is open, and where its nodes and edges are drawn. */
import { Graph as Layout, layout } from "@dagrejs/dagre";
import type { Graph } from "../protocol";
import { ownTitle, title, withAncestors, type Entry, type Tree } from "./tree";

export interface Vertex {
  readonly key: string;
  readonly kind: "input" | "output" | "layer" | "operation" | "group";
  readonly label: string;
  readonly detail: string;
  readonly entry: Entry | undefined;
  readonly shape: string;
}

export interface Link {
  readonly source: string;
  readonly target: string;
  readonly shape: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly vertices: readonly (Vertex & Box)[];
  readonly links: readonly (Link & { readonly points: readonly Point[]; readonly at: Point })[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of a box, and its size. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

const CHARACTER = 6.8;
const MARGIN = 12;

/** Parts that are not open in the tree stand as one vertex for all that is within them. */
export function collapsed(graph: Graph, tree: Tree, expanded: ReadonlySet<string>): { vertices: Vertex[]; links: Link[] } {
  const vertices = new Map<string, Vertex>();
  const keys = graph.nodes.map((node, number) => {
    const entry = tree.byId.get(node.part);
    const outer = node.kind === "operation" || node.kind === "layer" ? closedPart(entry, expanded, node.kind) : undefined;
    const key = outer ? `part ${outer.key}` : `node ${String(number)}`;
    const known = vertices.get(key);
    if (!known) vertices.set(key, outer ? group(key, outer) : single(key, node, entry));
    return key;
  });
  const links = new Map<string, Link>();
  for (const [from, to, shape] of graph.edges) {
    const [source, target] = [keys[from] ?? "", keys[to] ?? ""];
    if (source !== target) links.set(`${source} ${target} ${shape}`, { source, target, shape });
  }
  return { vertices: [...vertices.values()], links: [...links.values()] };
}

/** The outermost part around a node, within the model, that is not open. */
function closedPart(entry: Entry | undefined, expanded: ReadonlySet<string>, kind: string): Entry | undefined {
  if (!entry) return undefined;
  const around = withAncestors(entry).slice(1);
  const closed = around.find(({ key, children }) => children.length > 0 && !expanded.has(key));
  if (kind === "operation" && !closed) return around.find(({ children }) => children.length === 0);
  return closed;
}

function group(key: string, entry: Entry): Vertex {
  const { part } = entry;
  const kind = entry.children.length > 0 ? "group" : "layer";
  return { key, kind, label: ownTitle(entry), detail: detail(entry), entry, shape: part.output };
}

function single(key: string, { kind, name, shape }: Graph["nodes"][number], entry: Entry | undefined): Vertex {
  if (kind === "layer" && entry?.parent) {
    return { key, kind, label: ownTitle(entry), detail: detail(entry), entry, shape };
  }
  const own = kind === "input" && entry?.parent ? entry : undefined;
  return { key, kind, label: name, detail: kind === "input" || kind === "output" ? shape : "", entry: own, shape };
}

function detail({ part }: Entry): string {
  const name = title(part) === part.class ? "" : part.class;
  return [name, part.total.text === "0" ? "" : part.total.text].filter((text) => text !== "").join(" · ");
}

export function drawn(graph: Graph, tree: Tree, expanded: ReadonlySet<string>): Drawing {
  const { vertices, links } = collapsed(graph, tree, expanded);
  const plan = new Layout({ multigraph: true });
  plan.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 26, edgesep: 14, marginx: MARGIN, marginy: MARGIN });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const vertex of vertices) plan.setNode(vertex.key, size(vertex));
  links.forEach(({ source, target, shape }, number) => {
    plan.setEdge(source, target, { width: shape.length * CHARACTER, height: 18, labelpos: "c" }, String(number));
  });
  layout(plan);
  const { width = 0, height = 0 } = plan.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    vertices: vertices.map((vertex) => ({ ...vertex, ...(plan.node(vertex.key) as unknown as Box) })),
    links: links.map((link, number) => {
      const { points = [], x = 0, y = 0 } = plan.edge(link.source, link.target, String(number)) as Partial<Point> & {
        points?: Point[];
      };
      return { ...link, points, at: { x, y } };
    }),
  };
}

function size(vertex: Vertex): { width: number; height: number } {
  if (vertex.kind === "operation") return { width: Math.max(34, vertex.label.length * CHARACTER + 18), height: 28 };
  const longest = Math.max(vertex.label.length, vertex.detail.length);
  return { width: Math.max(84, longest * CHARACTER + 24), height: vertex.detail === "" ? 30 : 44 };
}

/** A smooth line through the points of an edge. */
export function path(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const text = (point: Point): string => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
  const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  let line = `M ${text(first)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    line += next ? ` Q ${text(point)} ${text(middle(point, next))}` : ` L ${text(point)}`;
  });
  return line;
}

/** Where the arrow keys lead from a vertex: along the edges, and to the neighbours at about the same height. */
export function neighbour(drawing: Drawing, key: string, arrow: string): string | undefined {
  const from = drawing.vertices.find((vertex) => vertex.key === key);
  if (!from) return drawing.vertices[0]?.key;
  if (arrow === "ArrowDown") return drawing.links.find(({ source }) => source === key)?.target;
  if (arrow === "ArrowUp") return drawing.links.find(({ target }) => target === key)?.source;
  const sign = arrow === "ArrowRight" ? 1 : -1;
  return drawing.vertices
    .filter((other) => sign * (other.x - from.x) > 0 && Math.abs(other.y - from.y) < 40)
    .sort((a, b) => sign * (a.x - b.x))[0]?.key;
}
