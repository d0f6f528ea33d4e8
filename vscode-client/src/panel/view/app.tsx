/** The page: which model, its figures, and the tabs that show it. */
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import type { Model } from "../protocol";
import { Compare } from "./compare-tab";
import { Details } from "./details";
import { Figures } from "./figures";
import { GraphTab } from "./graph-tab";
import { keep, keptState, listen, tell } from "./host";
import { MapTab } from "./map-tab";
import { Table } from "./table";
import { changed, modelKey, shownModel, TABS, viewFrom, type Action, type Tab, type View } from "./view";

const QUIET_MS = 800;

const TITLES: Record<Tab, string> = { table: "Parts", map: "Map", graph: "Graph", compare: "Compare" };

export type Send = (action: Action) => void;

export function App(): JSX.Element {
  const [view, send] = useReducer(changed, undefined, () => viewFrom(keptState()));
  useEffect(() => {
    listen(send);
    const { uri } = view.kept;
    tell(uri === undefined ? { type: "ready" } : { type: "ready", uri });
  }, []);
  useEffect(() => {
    keep(view.kept);
  }, [view.kept]);
  useEffect(() => {
    tell({ type: "want", graph: view.kept.tab === "graph", all: view.kept.tab === "compare" });
  }, [view.kept.tab]);
  const model = shownModel(view);
  return (
    <main>
      <Choice view={view} model={model} send={send} />
      {view.problem !== "" && <p class="problem">{view.problem}</p>}
      {model ? <Shown view={view} model={model} send={send} /> : <Nothing view={view} />}
      <Announced model={model} />
    </main>
  );
}

function Choice({ view, model, send }: { view: View; model: Model | undefined; send: Send }): JSX.Element | null {
  const documents = [...view.documents.values()].filter(({ models }) => models.length > 0);
  if (documents.length === 0) return null;
  const chosen = model ? modelKey(view.kept.uri ?? "", model.name) : "";
  const choose = (key: string): void => {
    for (const { uri, models } of documents) {
      const found = models.find(({ name }) => modelKey(uri, name) === key);
      if (found) send({ type: "model", uri, model: found.name });
    }
  };
  return (
    <div class="choice">
      <label>
        <span class="quiet">Model</span>
        <select
          value={chosen}
          onChange={({ currentTarget }) => {
            choose(currentTarget.value);
          }}
        >
          {!model && <option value="">…</option>}
          {documents.map(({ uri, name, models }) => (
            <optgroup label={name} key={uri}>
              {models.map((each) => (
                <option value={modelKey(uri, each.name)} key={each.name}>
                  {each.name === each.class ? each.name : `${each.name} · ${each.class}`}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
    </div>
  );
}

function Shown({ view, model, send }: { view: View; model: Model; send: Send }): JSX.Element {
  const { tab } = view.kept;
  return (
    <>
      <Figures model={model} />
      <Tabs tab={tab} send={send} />
      <div class="sheet" role="tabpanel" id="sheet" aria-labelledby={`tab-${tab}`}>
        {tab === "table" && <Table view={view} model={model} send={send} />}
        {tab === "map" && <MapTab view={view} model={model} send={send} />}
        {tab === "graph" && <GraphTab view={view} model={model} send={send} />}
        {tab === "compare" && <Compare view={view} model={model} send={send} />}
      </div>
      {tab !== "compare" && <Details view={view} model={model} />}
    </>
  );
}

/** Tabs as the ARIA practices have them: one stop for Tab, arrow keys between them. */
function Tabs({ tab, send }: { tab: Tab; send: Send }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, Home: -TABS.indexOf(tab), End: TABS.length - 1 - TABS.indexOf(tab) };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? tab;
    send({ type: "tab", tab: next });
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views of the model" ref={list} onKeyDown={move}>
      {TABS.map((each) => (
        <button
          type="button"
          role="tab"
          id={`tab-${each}`}
          key={each}
          aria-selected={each === tab}
          aria-controls={each === tab ? "sheet" : undefined}
          tabIndex={each === tab ? 0 : -1}
          onClick={() => {
            send({ type: "tab", tab: each });
          }}
        >
          {TITLES[each]}
        </button>
      ))}
    </div>
  );
}

function Nothing({ view }: { view: View }): JSX.Element {
  const known = view.kept.uri !== undefined && view.documents.has(view.kept.uri);
  return (
    <p class="nothing">
      {known
        ? "No model is made in this file: what is shown here are models that the module makes, such as net = Net()."
        : "Open a Python file that makes a Keras or PyTorch model."}
    </p>
  );
}

/** Reads the total out once it has settled. */
function Announced({ model }: { model: Model | undefined }): JSX.Element {
  const [text, say] = useState("");
  const total = model ? `${model.name}: ${model.total.text} parameters` : "";
  useEffect(() => {
    const timer = setTimeout(say, QUIET_MS, total);
    return () => {
      clearTimeout(timer);
    };
  }, [total]);
  return (
    <p class="hidden" role="status">
      {text}
    </p>
  );
}
