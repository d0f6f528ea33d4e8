/** The model's totals and its budgets. */
import type { JSX } from "preact";
import type { BudgetUse, Figure, Model } from "../protocol";

export function Figures({ model }: { model: Model }): JSX.Element {
  return (
    <header class="figures">
      <h1>
        <span class="total">{model.total.text}</span> <span class="quiet">parameters</span>
      </h1>
      <dl>
        <Pair name="trainable" figure={model.trainable} />
        <Pair name="not trainable" figure={model.nonTrainable} />
        <Pair name="weights" figure={model.memory} />
        <Pair name={`training with ${model.optimizer}`} figure={model.training} />
        <Pair name="multiply-adds" figure={model.macs} />
      </dl>
      {model.reason !== "" && <p class="reason">{model.reason}</p>}
      {model.budgets.length > 0 && (
        <div class="budgets">
          {model.budgets.map((use, number) => (
            <Budget use={use} key={number} />
          ))}
        </div>
      )}
    </header>
  );
}

function Pair({ name, figure }: { name: string; figure: Figure }): JSX.Element | null {
  if (figure.text === "") return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{figure.text}</dd>
    </div>
  );
}

function Budget({ use }: { use: BudgetUse }): JSX.Element {
  const { ratio, state } = use;
  const used = ratio === null ? "" : ` · ${ratio > 1 ? "over by " : ""}${share(ratio > 1 ? ratio - 1 : ratio)}`;
  return (
    <div class={`budget ${state}`}>
      <span class="words">
        <span>Budget: {use.title}</span>
        <span>
          {use.used.text} of {use.limit.text}
          {used}
        </span>
      </span>
      {ratio !== null && (
        <div
          class="track"
          role="meter"
          aria-label={`Budget: ${use.title}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.min(Math.round(ratio * 100), 100)}
          aria-valuetext={`${use.used.text} of ${use.limit.text}${used}`}
        >
          <div class="fill" style={{ width: `${String(Math.min(ratio, 1) * 100)}%` }} />
        </div>
      )}
    </div>
  );
}

function share(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)}%`;
}
