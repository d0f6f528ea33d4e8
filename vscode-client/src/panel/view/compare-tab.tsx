/** The model beside another one: as it was in the last commit, or another model of an open file. */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Figure, Model } from "../protocol";
import type { Send } from "./app";
import { changedKeys, compared, difference, signed, visiblePairs, type Change, type Pair } from "./compare";
import { tell } from "./host";
import { openPart } from "./open";
import { title } from "./tree";
import { TreeGrid, type GridColumn } from "./treegrid";
import { modelKey, type Other, type View } from "./view";

const MARKS: Readonly<Record<Change, string>> = { same: "", changed: "changed", added: "new", removed: "gone" };

interface Props {
  readonly view: View;
  readonly model: Model;
  readonly send: Send;
}

interface Found {
  readonly model: Model | undefined;
  readonly label: string;
  readonly problem: string;
}

export function Compare({ view, model, send }: Props): JSX.Element {
  const { other, uri = "" } = view.kept;
  useEffect(() => {
    if (other.kind === "commit" && uri !== "") tell({ type: "commit", uri });
  }, [other.kind, uri]);
  const found = otherModel(view, model);
  return (
    <div class="compare">
      <div class="tools">
        <OtherChoice view={view} model={model} send={send} />
        <label class="check">
          <input
            type="checkbox"
            checked={view.kept.onlyChanged}
            onChange={({ currentTarget }) => { send({ type: "onlyChanged", on: currentTarget.checked }); }}
          />
          Only what differs
        </label>
      </div>
      {found.model ? (
        <Side before={found.model} after={model} label={found.label} onlyChanged={view.kept.onlyChanged} />
      ) : (
        <p class="nothing">{found.problem}</p>
      )}
    </div>
  );
}

function otherModel(view: View, model: Model): Found {
  const { other, uri = "" } = view.kept;
  if (other.kind === "model") {
    const found = view.documents.get(other.uri)?.models.find(({ name }) => name === other.model);
    return { model: found, label: other.model, problem: `${other.model} is in no open file any more.` };
  }
  const commit = view.commits.get(uri);
  if (!commit) return { model: undefined, label: "", problem: "Reading the last commit…" };
  const found = commit.models.find(({ name }) => name === model.name);
  const problem = commit.problem === "" ? `There was no model ${model.name} in the ${commit.label}.` : commit.problem;
  return { model: found, label: commit.label, problem };
}

function OtherChoice({ view, model, send }: Props): JSX.Element {
  const { other, uri = "" } = view.kept;
  const options = [...view.documents.values()].flatMap((document) =>
    document.models
      .filter(({ name }) => document.uri !== uri || name !== model.name)
      .map((each) => ({ key: modelKey(document.uri, each.name), text: `${each.name} (${document.name})`, uri: document.uri, model: each.name })),
  );
  const choose = (key: string): void => {
    const found = options.find((option) => option.key === key);
    const next: Other = found ? { kind: "model", uri: found.uri, model: found.model } : { kind: "commit" };
    send({ type: "other", other: next });
  };
  return (
    <label>
      <span class="quiet">{model.name} compared with</span>{" "}
      <select
        value={other.kind === "commit" ? "commit" : modelKey(other.uri, other.model)}
        onChange={({ currentTarget }) => { choose(currentTarget.value); }}
      >
        <option value="commit">the last commit</option>
        {options.map(({ key, text }) => (
          <option value={key} key={key}>{text}</option>
        ))}
      </select>
    </label>
  );
}

interface SideProps {
  readonly before: Model;
  readonly after: Model;
  readonly label: string;
  readonly onlyChanged: boolean;
}

function Side({ before, after, label, onlyChanged }: SideProps): JSX.Element {
  const root = useMemo(() => compared(before, after), [before, after]);
  const pair = `${before.qualified} ${label} ${after.qualified}`;
  const [open, setOpen] = useState<{ pair: string; keys: ReadonlySet<string> }>({ pair: "", keys: new Set() });
  const [selected, setSelected] = useState("");
  const keys = open.pair === pair ? open.keys : new Set(changedKeys(root));
  const rows = visiblePairs(root, keys, onlyChanged);
  const expand = (changed: readonly string[], on: boolean): void => {
    const next = new Set(keys);
    for (const key of changed) {
      if (on) next.add(key);
      else next.delete(key);
    }
    setOpen({ pair, keys: next });
  };
  return (
    <>
      <Totals before={before} after={after} label={label} />
      {root.change === "same" && <p class="quiet">No part differs.</p>}
      <TreeGrid
        label={`Parts of ${after.name} compared with ${label}`}
        columns={columns(short(label), short(label) === label ? after.name : "now")}
        rows={rows.map((row) => ({ ...row, key: row.pair.key, className: row.pair.change, cells: cells(row.pair, after) }))}
        selected={selected}
        onSelect={setSelected}
        onExpand={expand}
        onOpen={(key) => { openPart(rows.find((row) => row.pair.key === key)?.pair.after); }}
      />
    </>
  );
}

/** `last commit` of `last commit (1a2b3c4)`. */
function short(label: string): string {
  return label.replace(/ \(\w+\)$/, "");
}

function columns(before: string, after: string): GridColumn[] {
  return [
    { name: "name", title: "Part", number: false },
    { name: "before", title: before, number: true },
    { name: "after", title: after, number: true },
    { name: "difference", title: "Difference", number: true },
    { name: "shapes", title: "Output", number: false },
  ];
}

function cells(pair: Pair, model: Model): (JSX.Element | string)[] {
  const part = pair.after ?? pair.before;
  const shown = part ? (pair.key === "" ? model.name : title(part)) : "";
  const shapes = [pair.before?.output ?? "", pair.after?.output ?? ""];
  const both = pair.before && pair.after && shapes[0] !== shapes[1] && !shapes.includes("");
  return [
    <span class="name">
      {shown}
      {part && pair.key !== "" && <span class="class"> {shown === part.class ? part.name : part.class}</span>}
      {part && pair.key === "" && shown !== part.class && <span class="class"> {part.class}</span>}
      {MARKS[pair.change] !== "" && <span class={`mark ${pair.change}`}> {MARKS[pair.change]}</span>}
    </span>,
    pair.before?.total.text ?? "–",
    pair.after?.total.text ?? "–",
    <span class={pair.difference.startsWith("+") ? "more" : pair.difference.startsWith("\u2212") ? "less" : "quiet"}>
      {pair.difference}
    </span>,
    <span class="shape">{both ? shapes.join(" → ") : (shapes[1] ?? "") || (shapes[0] ?? "")}</span>,
  ];
}

const FIGURES: readonly { readonly name: string; readonly of: (model: Model) => Figure; readonly unit: string }[] = [
  { name: "parameters", of: ({ total }) => total, unit: "" },
  { name: "trainable", of: ({ trainable }) => trainable, unit: "" },
  { name: "weights", of: ({ memory }) => memory, unit: "B" },
  { name: "training", of: ({ training }) => training, unit: "B" },
  { name: "multiply-adds", of: ({ macs }) => macs, unit: "" },
];

function Totals({ before, after, label }: { before: Model; after: Model; label: string }): JSX.Element {
  return (
    <table class="totals">
      <thead>
        <tr>
          <th scope="col">Totals</th>
          <th scope="col" class="number">{label}</th>
          <th scope="col" class="number">{after.name} now</th>
          <th scope="col" class="number">Difference</th>
        </tr>
      </thead>
      <tbody>
        {FIGURES.filter(({ of }) => of(before).text !== "" || of(after).text !== "").map(({ name, of, unit }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{of(before).text === "" ? "–" : of(before).text}</td>
            <td class="number">{of(after).text === "" ? "–" : of(after).text}</td>
            <td class="number">{unit === "" ? difference(of(before), of(after)) : bytes(of(before), of(after))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The difference of two sizes in percent: bytes alone would say little. */
function bytes(before: Figure, after: Figure): string {
  if (!before.number || after.number === null) return "";
  const change = ((after.number - before.number) / before.number) * 100;
  return change === 0 ? "0" : `${signed(Math.round(change * 10) / 10)}%`;
}
