/** The graph from input to output, as far as the tree of parts is open, with shapes on its edges. */
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Model } from "../protocol";
import type { Send } from "./app";
import { drawn, neighbour, path, type Box, type Drawing, type Vertex } from "./graph";
import { openPart } from "./open";
import { expandedOf, selectedOf, treeFor, type View } from "./view";

const MOST = 600;
const STEP = 1.25;

export function GraphTab({ view, model, send }: { view: View; model: Model; send: Send }): JSX.Element {
  const tree = treeFor(model);
  const { graph } = model;
  const expanded = expandedOf(view, model);
  const drawing = useMemo(
    () => (graph && graph.nodes.length > 0 ? drawn(graph, tree, expanded) : undefined),
    [graph, tree, [...expanded].sort().join("\n")],
  );
  const [zoom, setZoom] = useState(1);
  const groups = [...expanded].filter((key) => key !== "" && tree.byKey.get(key)?.children.length);
  if (!graph) return <p class="nothing">Drawing the graph…</p>;
  if (!drawing) return <p class="nothing">There is no graph. {graph.reason}</p>;
  return (
    <div class="graph">
      <div class="tools">
        <button type="button" aria-label="Smaller" onClick={() => { setZoom(zoom / STEP); }}>−</button>
        <button type="button" onClick={() => { setZoom(1); }}>{Math.round(zoom * 100)}%</button>
        <button type="button" aria-label="Larger" onClick={() => { setZoom(zoom * STEP); }}>+</button>
        {groups.length > 0 && (
          <button type="button" onClick={() => { send({ type: "expand", keys: groups, open: false }); }}>
            Close all parts
          </button>
        )}
        <span class="quiet">Double click or Space opens a part, Enter goes to its line.</span>
      </div>
      {drawing.vertices.length > MOST ? (
        <p class="nothing">{drawing.vertices.length} nodes are open: close parts to see the graph.</p>
      ) : (
        <Canvas view={view} model={model} send={send} drawing={drawing} zoom={zoom} />
      )}
    </div>
  );
}

interface CanvasProps {
  readonly view: View;
  readonly model: Model;
  readonly send: Send;
  readonly drawing: Drawing;
  readonly zoom: number;
}

function Canvas({ view, model, send, drawing, zoom }: CanvasProps): JSX.Element {
  const area = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState("");
  const selected = selectedOf(view, model);
  const chosen = drawing.vertices.find(({ entry }) => selected !== "" && entry?.key === selected)?.key;
  const known = drawing.vertices.some(({ key }) => key === focused);
  const current = (known ? focused : undefined) ?? chosen ?? drawing.vertices[0]?.key ?? "";
  useLayoutEffect(() => {
    const node = area.current?.querySelector<SVGElement>('[tabindex="0"]');
    if (area.current?.contains(document.activeElement) && document.activeElement !== node) node?.focus();
    node?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current, chosen]);
  const toggle = ({ entry, kind }: Vertex): void => {
    if (entry && kind === "group") send({ type: "expand", keys: [entry.key], open: true });
    else if (entry?.parent?.parent) send({ type: "expand", keys: [entry.parent.key], open: false });
  };
  const press = (event: KeyboardEvent): void => {
    const vertex = drawing.vertices.find(({ key }) => key === current);
    if (!vertex || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key.startsWith("Arrow")) {
      const next = neighbour(drawing, current, event.key);
      if (next !== undefined) setFocused(next);
    } else if (event.key === "Enter") openPart(vertex.entry?.part);
    else if (event.key === " ") toggle(vertex);
    else return;
    event.preventDefault();
  };
  return (
    <div class="space" ref={area} onKeyDown={press}>
      <svg
        role="group"
        aria-label={`Graph of ${model.name}: ${String(drawing.vertices.length)} nodes. Arrow keys follow the edges.`}
        width={drawing.width * zoom}
        height={drawing.height * zoom}
        viewBox={`0 0 ${String(drawing.width)} ${String(drawing.height)}`}
      >
        <defs>
          <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M 0 0 L 8 4 L 0 8 z" />
          </marker>
        </defs>
        <g aria-hidden="true">
          {drawing.links.map(({ source, target, shape, points, at }) => (
            <g class="link" key={`${source} ${target} ${shape}`}>
              <path d={path(points)} marker-end="url(#head)" />
              <text x={at.x} y={at.y + 4}>{shape}</text>
            </g>
          ))}
        </g>
        {drawing.vertices.map((vertex) => (
          <Node
            vertex={vertex}
            key={vertex.key}
            current={vertex.key === current}
            selected={vertex.key === chosen}
            here={vertex.entry !== undefined && view.here.has(vertex.entry.key)}
            from={sources(drawing, vertex.key)}
            focus={() => {
              setFocused(vertex.key);
              if (vertex.entry) send({ type: "select", key: vertex.entry.key });
            }}
            toggle={() => { toggle(vertex); }}
          />
        ))}
      </svg>
    </div>
  );
}

/** What leads to a node, in words. */
function sources(drawing: Drawing, key: string): string {
  const labels = new Map(drawing.vertices.map((vertex) => [vertex.key, vertex.label]));
  const found = drawing.links.filter(({ target }) => target === key);
  return found.map(({ source, shape }) => `${labels.get(source) ?? ""} ${shape}`).join(", ");
}

interface NodeProps {
  readonly vertex: Vertex & Box;
  readonly current: boolean;
  readonly selected: boolean;
  readonly here: boolean;
  readonly from: string;
  readonly focus: () => void;
  readonly toggle: () => void;
}

function Node({ vertex, current, selected, here, from, focus, toggle }: NodeProps): JSX.Element {
  const { x, y, width, height, kind, label, detail, entry, shape } = vertex;
  const classes = ["node", kind, entry?.part.kind ?? "", selected ? "selected" : "", here ? "here" : ""];
  const name = [detail === "" ? label : `${label} ${detail}`, shape === "" || shape === detail ? "" : `output ${shape}`, from === "" ? "" : `from ${from}`];
  return (
    <g
      class={classes.join(" ")}
      transform={`translate(${String(x - width / 2)} ${String(y - height / 2)})`}
      role="button"
      tabindex={current ? 0 : -1}
      aria-label={name.filter((text) => text !== "").join(", ")}
      aria-expanded={kind === "group" ? false : undefined}
      onFocus={focus}
      onClick={() => {
        focus();
        openPart(entry?.part);
      }}
      onDblClick={toggle}
    >
      <rect width={width} height={height} rx={kind === "operation" ? height / 2 : kind === "input" || kind === "output" ? 12 : 4} />
      {kind === "group" && <rect class="stack" x={3} y={height + 2.5} width={width - 6} height={0.5} />}
      <text x={width / 2} y={detail === "" ? height / 2 + 4 : height / 2 - 3}>{label}</text>{" "}
      {detail !== "" && <text class="detail" x={width / 2} y={height / 2 + 13}>{detail}</text>}
    </g>
  );
}
