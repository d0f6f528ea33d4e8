/** The selected part: its weights, what is its own, why its count is not exact, and the way to its line. */
import type { JSX } from "preact";
import type { Model } from "../protocol";
import { openPart } from "./open";
import { title, withAncestors } from "./tree";
import { selectedOf, treeFor, type View } from "./view";

export function Details({ view, model }: { view: View; model: Model }): JSX.Element | null {
  const entry = treeFor(model).byKey.get(selectedOf(view, model));
  if (!entry) return null;
  const { part } = entry;
  const name = [model.name, ...withAncestors(entry).slice(1).map((each) => each.part.name)].join(".");
  const line = part.range ? part.range.start.line + 1 : undefined;
  const facts = [
    part.children.length > 0 && part.own.text !== "0" && part.own.text !== "?" ? `${part.own.text} of its own` : "",
    part.trainable.text !== part.total.text && part.total.text !== "0" ? `${part.trainable.text} trainable` : "",
    part.shared ? "the same layer as one further up: counted once" : "",
    part.tied > 0 ? `${part.tied.toLocaleString("en-US")} tied to a part further up, counted once` : "",
    part.reason,
  ].filter((text) => text !== "");
  return (
    <section class="details" aria-label="Selected part">
      <div class="words">
        <h2>
          {name} <span class="class">{title(part) === part.class && entry.parent ? part.qualified : part.class}</span>
        </h2>
        {line !== undefined && (
          <button type="button" onClick={() => { openPart(part); }}>
            Go to line {line}
          </button>
        )}
      </div>
      {facts.length > 0 && <p class="quiet">{facts.join(" · ")}</p>}
      {part.weights.length > 0 && (
        <ul class="weights">
          {part.weights.map(([weight, shape, count]) => (
            <li key={weight}>
              <span>{weight}</span> <span class="quiet">{shape}</span> <span>{count}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
