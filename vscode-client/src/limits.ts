/** Counts as people write them in budgets. Knows nothing of the editor. */

const UNITS = [
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
] as const;

/** A limit to suggest for a model of that many parameters: the next number of two digits above a tenth more. */
export function suggestedLimit(total: number | null): string {
  if (total === null || total <= 0) return "1M";
  const room = total * 1.1;
  const step = 10 ** Math.max(Math.floor(Math.log10(room)) - 1, 0);
  const limit = Math.ceil(room / step - 1e-6) * step;
  const [unit, size] = UNITS.find(([, each]) => limit >= each) ?? ["", 1];
  return `${String(Number((limit / size).toPrecision(3)))}${unit}`;
}

/** What is wrong with a limit that somebody typed; nothing when it is one. */
export function limitProblem(text: string): string | undefined {
  const isLimit = /^\s*\d[\d_,]*(\.\d+)?\s*[kmgbt]?\s*$/i.test(text);
  return isLimit ? undefined : "A number of parameters, such as 12M, 1.5k or 12_000_000";
}

export interface Budget extends Record<string, unknown> {
  readonly model?: string;
}

/** The budgets with that of one model set; what else it limits stays. */
export function withBudget(budgets: readonly Budget[], model: string, limit: string): Budget[] {
  const before = budgets.find((budget) => budget.model === model);
  const after = { ...before, model, "max-params": limit };
  return before ? budgets.map((budget) => (budget === before ? after : budget)) : [...budgets, after];
}
