// Evaluates GitHub Actions expressions with GitHub's own library: {library, contexts, expressions} on standard input as
// JSON, the list of their results as text on standard output.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { library, contexts, expressions } = JSON.parse(readFileSync(0, "utf-8"));
const { Evaluator, Lexer, Parser, data } = await import(pathToFileURL(library).href);

function known(value) {
  if (value === null) return new data.Null();
  if (Array.isArray(value)) return new data.Array(...value.map(known));
  if (typeof value === "object") {
    return new data.Dictionary(...Object.entries(value).map(([key, item]) => ({ key, value: known(item) })));
  }
  if (typeof value === "boolean") return new data.BooleanData(value);
  return typeof value === "number" ? new data.NumberData(value) : new data.StringData(value);
}

const names = Object.keys(contexts);
const context = known(contexts);
const results = expressions.map((text) => {
  const parsed = new Parser(new Lexer(text).lex().tokens, names, []).parse();
  const result = new Evaluator(parsed, context).evaluate();
  return { text: result.coerceString(), truth: !["", "false", "0"].includes(result.coerceString()) };
});
process.stdout.write(JSON.stringify(results));
