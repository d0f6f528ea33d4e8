/** The map: an icicle of where the parameters are. The table holds the same figures. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Kind, Model } from "../protocol";
import type { Send } from "./app";
import { tiles, type Tile } from "./icicle";
import { openPart } from "./open";
import { useSize } from "./size";
import { ownTitle, percent, title, withAncestors, type Entry } from "./tree";
import { selectedOf, treeFor, type View } from "./view";

const LEGEND: Readonly<Record<Kind, string>> = {
  convolution: "convolutions",
  dense: "dense",
  attention: "attention",
  embedding: "embeddings",
  normalization: "normalization",
  recurrent: "recurrent",
  other: "other",
};

const LINE = 15;
const CHARACTER = 6.6;

export function MapTab({ view, model, send }: { view: View; model: Model; send: Send }): JSX.Element {
  const space = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(space);
  const [top, setTop] = useState("");
  const tree = treeFor(model);
  const root = tree.byKey.get(top) ?? tree.root;
  const found = tiles(root, width, height);
  const selected = selectedOf(view, model);
  const kinds = [...new Set(found.map(({ entry }) => entry.part.kind))];
  const current = tree.byKey.get(selected);
  if (!tree.root.part.added) {
    return <p class="nothing">The map needs a count that is certain: {model.reason === "" ? "this model has no parameters." : model.reason}</p>;
  }
  return (
    <div class="map">
      <div class="tools">
        <Crumbs root={root} model={model} show={setTop} />
        {current && current !== root && current.children.length > 0 && (
          <button type="button" onClick={() => { setTop(current.key); }}>
            Zoom to {title(current.part)}
          </button>
        )}
        <ul class="legend" aria-label="Colours">
          {kinds.map((kind) => (
            <li key={kind}>
              <span class={`swatch ${kind}`} aria-hidden="true" /> {LEGEND[kind]}
            </li>
          ))}
        </ul>
      </div>
      <div class="space" ref={space}>
        <svg role="img" aria-label={summary(root, model)} width={width} height={height}>
          {found.map((tile) => (
            <Area
              tile={tile}
              key={tile.entry.key}
              selected={tile.entry.key === selected}
              here={view.here.has(tile.entry.key)}
              choose={() => {
                send({ type: "select", key: tile.entry.key });
                openPart(tile.entry.part);
              }}
              zoom={() => {
                if (tile.entry.children.length > 0) setTop(tile.entry === root ? (root.parent?.key ?? "") : tile.entry.key);
              }}
            />
          ))}
        </svg>
      </div>
      <p class="quiet">A click goes to the line, a double click zooms. The table “Parts” has the same figures.</p>
    </div>
  );
}

function Crumbs({ root, model, show }: { root: Entry; model: Model; show: (key: string) => void }): JSX.Element {
  return (
    <nav class="crumbs" aria-label="What the map shows">
      {withAncestors(root).map((entry) => (
        <button type="button" key={entry.key} aria-current={entry === root ? "true" : undefined} onClick={() => { show(entry.key); }}>
          {entry.parent ? entry.part.name : model.name}
        </button>
      ))}
    </nav>
  );
}

/** The map in words: its largest parts. */
function summary(root: Entry, model: Model): string {
  const largest = [...root.children]
    .filter(({ part }) => part.share !== null && part.share > 0)
    .sort((a, b) => (b.part.share ?? 0) - (a.part.share ?? 0))
    .slice(0, 5)
    .map(({ part }) => `${title(part)} ${percent(part.share ?? 0)}`);
  return `Map of ${root.parent ? title(root.part) : model.name}: ${largest.join(", ")}`;
}

interface AreaProps {
  readonly tile: Tile;
  readonly selected: boolean;
  readonly here: boolean;
  readonly choose: () => void;
  readonly zoom: () => void;
}

function Area({ tile, selected, here, choose, zoom }: AreaProps): JSX.Element {
  const { entry, x, y, width, height } = tile;
  const { part } = entry;
  const letters = Math.floor((width - 12) / CHARACTER);
  const share = percent(part.share ?? 0);
  const count = `${part.total.text} · ${share}`;
  const two = height >= 2 * LINE + 6;
  const short = ownTitle(entry);
  const name = title(part) === part.class ? short : `${part.name} ${part.class}`;
  return (
    <g class={`tile ${part.kind} ${entry.children.length > 0 ? "holder" : ""} ${selected ? "selected" : ""} ${here ? "here" : ""}`} onClick={choose} onDblClick={zoom}>
      <title>{`${name}: ${count}`}</title>
      <rect x={x + 0.5} y={y + 0.5} width={Math.max(width - 1, 0.5)} height={Math.max(height - 1, 0.5)} />
      {height >= LINE && letters > 2 && (
        <text x={x + 6} y={y + Math.min(height / 2 + 4, 16)}>
          {cut(two ? (name.length <= letters ? name : short) : `${short} ${share}`, letters)}
        </text>
      )}
      {two && letters > 2 && (
        <text x={x + 6} y={y + 16 + LINE} class="count">
          {cut(count.length <= letters ? count : part.total.text, letters)}
        </text>
      )}
    </g>
  );
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}
