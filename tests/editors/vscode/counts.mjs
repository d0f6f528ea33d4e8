// The counts of a file as the command line prints them, and the hints that they make.
import { execFileSync } from "node:child_process";

/** The report of one file by `paramlens count --format json`. */
export function counted(cli, file, cwd) {
  const [program, ...args] = cli.split(" ");
  const answer = execFileSync(program, [...args, "count", "--format", "json", file], { cwd, encoding: "utf8" });
  return JSON.parse(answer).files[0];
}

/** The hint of each 1-based line (of the cell, in a notebook) that has one. Of calls within calls the outer one is told. */
export function expectedHints({ models, sites }, cell) {
  const hints = new Map();
  const places = new Map();
  for (const { line, column, counts, instances, cell: where } of sites) {
    const text = written(counts, instances);
    if (where !== cell || text === "" || (places.get(line) ?? Infinity) <= column) continue;
    places.set(line, column);
    hints.set(line, text);
  }
  for (const { line, total, cell: where } of models) if (where === cell) hints.set(line, `${number(total)} params`);
  return hints;
}

function written(counts, instances) {
  const some = counts.filter((count) => count > 0);
  if (some.length === 0) return "";
  const range = some.length === 1 ? number(some[0]) : `${number(some[0])} – ${number(some.at(-1))}`;
  return instances > 1 ? `${range} ×${number(instances)}` : range;
}

export function number(count) {
  return count.toLocaleString("en-US");
}
