/** The parts as a table that is a tree: counts, shares with bars, output shapes, memory and multiply-adds. */
import type { JSX } from "preact";
import type { Model, Part } from "../protocol";
import type { Send } from "./app";
import { openPart } from "./open";
import { expandable, nextSort, percent, title, visibleRows, type Column, type Entry } from "./tree";
import { TreeGrid, type GridColumn } from "./treegrid";
import { expandedOf, selectedOf, treeFor, type View } from "./view";

const COLUMNS: readonly { readonly name: Column; readonly title: string; readonly number: boolean }[] = [
  { name: "name", title: "Part", number: false },
  { name: "total", title: "Parameters", number: true },
  { name: "share", title: "Share", number: false },
  { name: "output", title: "Output", number: false },
  { name: "memory", title: "Weights", number: true },
  { name: "macs", title: "Multiply-adds", number: true },
];

export function Table({ view, model, send }: { view: View; model: Model; send: Send }): JSX.Element {
  const tree = treeFor(model);
  const expanded = expandedOf(view, model);
  const { sort } = view.kept;
  const columns = COLUMNS.map((column): GridColumn => {
    const order = sort?.column !== column.name ? "none" : sort.descending ? "descending" : "ascending";
    return { ...column, order };
  });
  const rows = visibleRows(tree, expanded, sort).map((row) => ({
    ...row,
    key: row.entry.key,
    className: view.here.has(row.entry.key) ? "here" : "",
    cells: cells(row.entry),
  }));
  const all = expandable(tree);
  return (
    <>
      {all.length > 1 && (
        <div class="tools">
          <button type="button" onClick={() => { send({ type: "expand", keys: all, open: true }); }}>
            Expand all
          </button>
          <button type="button" onClick={() => { send({ type: "expand", keys: all.slice(1), open: false }); }}>
            Collapse all
          </button>
        </div>
      )}
      <TreeGrid
        label={`Parts of ${model.name}`}
        columns={columns}
        rows={rows}
        selected={selectedOf(view, model)}
        onSort={(column) => { send({ type: "sort", sort: nextSort(sort, column as Column) }); }}
        onSelect={(key) => { send({ type: "select", key }); }}
        onExpand={(keys, open) => { send({ type: "expand", keys, open }); }}
        onOpen={(key) => { openPart(tree.byKey.get(key)?.part); }}
      />
    </>
  );
}

function cells({ part, parent }: Entry): (JSX.Element | string)[] {
  return [
    <Name part={part} top={!parent} />,
    <Total part={part} />,
    <Share part={part} />,
    <span class="shape">{part.output}</span>,
    part.total.number === 0 ? "" : part.memory.text,
    part.macs.text,
  ];
}

function Name({ part, top }: { part: Part; top: boolean }): JSX.Element {
  const shown = title(part);
  const index = !top && shown === part.class && part.name !== "" ? part.name : "";
  return (
    <span class="name">
      {shown}
      {shown !== part.class && <span class="class"> {part.class}</span>}
      {index !== "" && <span class="class"> {index}</span>}
    </span>
  );
}

function Total({ part }: { part: Part }): JSX.Element {
  if (part.shared) return <span class="quiet" title="The same layer as one further up: its parameters count once.">shared</span>;
  const known = part.status === "exact";
  const zero = part.total.number === 0 && known;
  return (
    <span class={known ? (zero ? "quiet" : "") : "uncertain"} title={part.reason === "" ? undefined : part.reason}>
      {part.total.text}
      {part.tied > 0 && <span class="tied" title={`${part.tied.toLocaleString("en-US")} of them are those of a part further up`}> tied</span>}
    </span>
  );
}

function Share({ part }: { part: Part }): JSX.Element | string {
  if (part.share === null || (part.share === 0 && part.total.number === 0)) return "";
  return (
    <span class="share">
      <span class="track" aria-hidden="true">
        <span class="fill" style={{ width: `${String(part.share * 100)}%` }} />
      </span>
      <span class="text">{percent(part.share)}</span>
    </span>
  );
}
