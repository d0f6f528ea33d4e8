import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Figure, Graph, Model, Part } from "../src/panel/protocol";
import { aligned, changedKeys, compared, difference, visiblePairs } from "../src/panel/view/compare";
import { collapsed, drawn, neighbour } from "../src/panel/view/graph";
import { tiles } from "../src/panel/view/icicle";
import { nextSort, openAtFirst, ownTitle, partsAt, percent, treeOf, visibleRows } from "../src/panel/view/tree";
import { changed, expandedOf, selectedOf, shownModel, viewFrom } from "../src/panel/view/view";

const URI = "file:///w/net.py";

function figure(number: number | null, text = number === null ? "?" : number.toLocaleString("en-US")): Figure {
  return { text, number };
}

interface Sketch {
  readonly name: string;
  readonly class?: string;
  readonly count?: number | null;
  readonly line?: number;
  readonly children?: readonly Sketch[];
}

/** A part with the sums of its children where no count is given. */
function part(sketch: Sketch, id = "", whole = 0): Part {
  const children = (sketch.children ?? []).map((child, index) => part(child, id === "" ? String(index) : `${id}.${String(index)}`, whole));
  const count = sketch.count === undefined ? children.reduce((sum, child) => sum + (child.added ?? 0), 0) : sketch.count;
  const line = sketch.line ?? 0;
  return {
    id,
    name: sketch.name,
    class: sketch.class ?? "Linear",
    kind: "dense",
    qualified: sketch.class ?? "torch.nn.Linear",
    status: count === null ? "unknown" : "exact",
    total: figure(count),
    own: figure(0),
    trainable: figure(count),
    added: count,
    share: count === null || whole === 0 ? null : count / whole,
    output: "",
    memory: figure(count === null ? null : 4 * count),
    macs: figure(null, ""),
    reason: "",
    weights: [],
    shared: false,
    tied: 0,
    uri: URI,
    range: { start: { line, character: 0 }, end: { line, character: 9 } },
    children,
  };
}

function model(children: readonly Sketch[], name = "net"): Model {
  const sketch = { name, class: "Net", children };
  const total = part(sketch).added ?? 0;
  const root = part(sketch, "", total);
  const { total: all } = root;
  const figures = { total: all, trainable: all, nonTrainable: figure(0), memory: root.memory, training: all, macs: root.macs };
  return { name, class: "Net", qualified: `net.py::${name}`, status: "exact", optimizer: "Adam", formula: "", reason: "", budgets: [], root, uri: URI, ...figures };
}

const NET = model([
  { name: "stem", class: "Conv2d", count: 30, line: 1 },
  {
    name: "blocks",
    class: "Sequential",
    line: 2,
    children: [
      { name: "0", class: "Block", children: [{ name: "conv", class: "Conv2d", count: 100, line: 7 }, { name: "norm", class: "BatchNorm2d", count: 10, line: 8 }] },
      { name: "1", class: "Block", children: [{ name: "conv", class: "Conv2d", count: 200, line: 7 }, { name: "norm", class: "BatchNorm2d", count: 20, line: 8 }] },
    ],
  },
  { name: "head", count: 40, line: 3 },
]);

describe("the tree of parts", () => {
  const tree = treeOf(NET);
  const keys = (...open: string[]): string[] => visibleRows(tree, new Set(["", ...open]), undefined).map(({ entry }) => entry.key);

  test("shows what is open, with places among siblings", () => {
    assert.deepEqual(keys(), ["", "/stem", "/blocks", "/head"]);
    assert.deepEqual(keys("/blocks"), ["", "/stem", "/blocks", "/blocks/0", "/blocks/1", "/head"]);
    const [, stem, blocks] = visibleRows(tree, new Set([""]), undefined);
    assert.deepEqual([stem?.level, stem?.position, stem?.siblings, stem?.expanded], [2, 1, 3, undefined]);
    assert.equal(blocks?.expanded, false);
  });

  test("sorts siblings within their parent; what has no value comes last both ways", () => {
    const sort = (descending: boolean): (string | undefined)[] =>
      visibleRows(treeOf(model([{ name: "a", count: 1 }, { name: "b", count: null }, { name: "c", count: 3 }])), new Set([""]), { column: "total", descending })
        .slice(1)
        .map(({ entry }) => entry.part.name);
    assert.deepEqual(sort(true), ["c", "a", "b"]);
    assert.deepEqual(sort(false), ["a", "c", "b"]);
    const rows = visibleRows(tree, new Set(["", "/blocks"]), { column: "total", descending: true });
    assert.deepEqual(rows.map(({ entry }) => entry.key), ["", "/blocks", "/blocks/1", "/blocks/0", "/head", "/stem"]);
  });

  test("a header goes from large to small, the reverse and back to the source's order", () => {
    const first = nextSort(undefined, "total");
    const second = nextSort(first, "total");
    assert.deepEqual([first, second, nextSort(second, "total")], [{ column: "total", descending: true }, { column: "total", descending: false }, undefined]);
    assert.deepEqual(nextSort(first, "name"), { column: "name", descending: false });
  });

  test("finds all parts that a line makes", () => {
    assert.deepEqual(partsAt(tree, URI, 7).map(({ key }) => key), ["/blocks/0/conv", "/blocks/1/conv"]);
    assert.deepEqual(partsAt(tree, "file:///w/other.py", 7), []);
  });

  test("two children of one name have keys of their own", () => {
    const twins = treeOf(model([{ name: "a", count: 1 }, { name: "a", count: 2 }]));
    assert.equal(twins.byKey.size, 3);
  });

  test("opens a chain of single children at first", () => {
    const chain = treeOf(model([{ name: "a", class: "Sequential", children: [{ name: "b", class: "Sequential", children: [{ name: "c", count: 1 }, { name: "d", count: 1 }] }] }]));
    assert.deepEqual(openAtFirst(chain), ["", "/a", "/a/b"]);
  });

  test("numbered parts are called by their class and number, shares never round to all or nothing", () => {
    const block = tree.byKey.get("/blocks/1");
    assert.ok(block);
    assert.equal(ownTitle(block), "Block 1");
    assert.deepEqual([0, 0.0004, 0.5, 0.9996, 1].map(percent), ["0%", "<0.1%", "50%", ">99.9%", "100%"]);
  });
});

describe("two models side by side", () => {
  const other = model([
    { name: "stem", class: "Conv2d", count: 30 },
    { name: "blocks", class: "Sequential", children: [{ name: "0", class: "Block", children: [{ name: "conv", class: "Conv2d", count: 100 }, { name: "norm", class: "LayerNorm", count: 10 }] }] },
    { name: "classifier", count: 44 },
  ]);

  test("pairs parts by name, and numbered ones by class in order", () => {
    const root = compared(other, NET);
    const seen = visiblePairs(root, new Set(["", "/blocks", "/blocks/0"]), false).map(({ pair }) => `${pair.key} ${pair.change} ${pair.difference}`);
    assert.deepEqual(seen, [
      " changed +216",
      "/stem same 0",
      "/blocks changed +220",
      "/blocks/0 changed 0",
      "/blocks/0/conv same 0",
      "/blocks/0/norm changed 0",
      "/blocks/1 added +220",
      "/classifier removed −44",
      "/head added +40",
    ]);
    assert.deepEqual(changedKeys(root), ["", "/blocks", "/blocks/0"]);
    assert.equal(visiblePairs(root, new Set([""]), true).length, 4);
  });

  test("a numbered layer put in between moves the others", () => {
    const layers = (...counts: number[]): Part[] => counts.map((count, index) => part({ name: String(index), count }));
    const names = aligned(layers(5, 7), layers(5, 6, 7)).map(([a, b]) => `${a?.total.text ?? ""}>${b?.total.text ?? ""}`);
    assert.deepEqual(names, ["5>5", ">6", "7>7"]);
  });

  test("a difference of what is not certain is not a number", () => {
    assert.equal(difference(figure(null, "10·width"), figure(5)), "differs");
    assert.equal(difference(figure(null, "10·width"), figure(null, "10·width")), "");
    assert.equal(difference(figure(1500), figure(5)), "−1,495");
  });
});

describe("the map", () => {
  test("tiles are as high as the shares, and parts of one parent fill it", () => {
    const found = tiles(treeOf(NET).root, 600, 400);
    const height = (key: string): number => found.find(({ entry }) => entry.key === key)?.height ?? 0;
    assert.equal(height(""), 400);
    assert.equal(height("/blocks"), 330);
    assert.equal(height("/blocks/0") + height("/blocks/1"), 330);
    assert.equal(found.find(({ entry }) => entry.key === "/stem")?.width, 150);
  });

  test("there is none where the size is not certain", () => {
    assert.deepEqual(tiles(treeOf(model([{ name: "a", count: null }])).root, 600, 400), []);
  });
});

const GRAPH: Graph = {
  nodes: [
    { kind: "input", name: "input", part: "", shape: "(1, 3)" },
    { kind: "layer", name: "Conv2d", part: "0", shape: "(1, 4)" },
    { kind: "layer", name: "Conv2d", part: "1.0.0", shape: "(1, 5)" },
    { kind: "layer", name: "BatchNorm2d", part: "1.0.1", shape: "(1, 5)" },
    { kind: "operation", name: "+", part: "1.0", shape: "(1, 5)" },
    { kind: "layer", name: "Linear", part: "2", shape: "(1, 6)" },
    { kind: "output", name: "output", part: "", shape: "(1, 6)" },
  ],
  edges: [[0, 1, "(1, 3)"], [1, 2, "(1, 4)"], [2, 3, "(1, 5)"], [3, 4, "(1, 5)"], [1, 4, "(1, 4)"], [4, 5, "(1, 5)"], [5, 6, "(1, 6)"]],
  reason: "",
};

describe("the graph", () => {
  const tree = treeOf(NET);
  const labels = (...open: string[]): string[] => collapsed(GRAPH, tree, new Set(["", ...open])).vertices.map(({ label }) => label);

  test("has what is within a closed part as one vertex", () => {
    assert.deepEqual(labels(), ["input", "stem", "blocks", "head", "output"]);
    assert.deepEqual(labels("/blocks"), ["input", "stem", "Block 0", "head", "output"]);
    assert.deepEqual(labels("/blocks", "/blocks/0"), ["input", "stem", "conv", "norm", "+", "head", "output"]);
  });

  test("has each edge between two vertices once, with its shape", () => {
    const { links } = collapsed(GRAPH, tree, new Set([""]));
    assert.deepEqual(links.map(({ shape }) => shape), ["(1, 3)", "(1, 4)", "(1, 5)", "(1, 6)"]);
  });

  test("is drawn from top to bottom without boxes over one another", () => {
    const drawing = drawn(GRAPH, tree, new Set(["", "/blocks", "/blocks/0"]));
    const heights = drawing.vertices.map(({ y, height }) => [y - height / 2, y + height / 2]);
    heights.slice(1).forEach(([top], index) => {
      assert.ok((top ?? 0) >= (heights[index]?.[1] ?? 0));
    });
    assert.ok(drawing.links.every(({ points }) => points.length >= 2));
    const stem = drawing.vertices.find(({ label }) => label === "stem");
    assert.equal(neighbour(drawing, stem?.key ?? "", "ArrowUp"), "node 0");
    assert.equal(neighbour(drawing, stem?.key ?? "", "ArrowLeft"), undefined);
  });
});

describe("the view", () => {
  const first = { type: "document", document: { uri: URI, name: "net.py", models: [NET, model([{ name: "x", count: 1, line: 20 }], "other")] } } as const;
  const shown = changed(changed(viewFrom(undefined), first), { type: "show", uri: URI });

  test("follows the cursor into closed parts, and to the model that the line makes", () => {
    const followed = changed(shown, { type: "cursor", uri: URI, line: 8 });
    assert.equal(selectedOf(followed, NET), "/blocks/0/norm");
    assert.ok(expandedOf(followed, NET).has("/blocks/0"));
    assert.deepEqual([...followed.here], ["/blocks/0/norm", "/blocks/1/norm"]);
    assert.equal(shownModel(changed(followed, { type: "cursor", uri: URI, line: 20 }))?.name, "other");
  });

  test("keeps a selected part that the cursor's line makes too", () => {
    const chosen = changed(shown, { type: "select", key: "/blocks/1/conv" });
    assert.equal(selectedOf(changed(chosen, { type: "cursor", uri: URI, line: 7 }), NET), "/blocks/1/conv");
  });

  test("keeps what is open and selected when the model changes, and forgets a part that is gone", () => {
    const open = changed(changed(shown, { type: "expand", keys: ["/blocks"], open: true }), { type: "select", key: "/head" });
    const edited = model([{ name: "new", count: 5 }, ...[NET.root.children[0], NET.root.children[1]].map((child) => ({ name: child?.name ?? "", class: child?.class ?? "", count: 1, children: [{ name: "0", count: 1 }] }))]);
    const later = changed(open, { ...first, document: { ...first.document, models: [edited] } });
    assert.ok(expandedOf(later, edited).has("/blocks"));
    assert.equal(selectedOf(later, edited), "");
    assert.equal(selectedOf(changed(later, first), NET), "/head");
  });

  test("what was kept over a reload is taken up, whatever it is", () => {
    assert.equal(viewFrom({ tab: "map", uri: URI }).kept.tab, "map");
    assert.equal(viewFrom("nonsense").kept.tab, "table");
  });
});
