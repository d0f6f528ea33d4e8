import assert from "node:assert/strict";
import { test } from "node:test";
import { limitProblem, suggestedLimit, withBudget } from "../src/limits";

test("a limit with some room is suggested", () => {
  const suggested = [null, 0, 7, 90, 950, 34_826, 11_173_962, 25_557_032, 7_000_000_000].map(suggestedLimit);
  assert.deepEqual(suggested, ["1M", "1M", "8", "99", "1.1k", "39k", "13M", "29M", "7.7G"]);
});

test("what is suggested is a limit", () => {
  for (let total = 1; total < 1e12; total = Math.ceil(total * 1.37)) {
    assert.equal(limitProblem(suggestedLimit(total)), undefined, String(total));
  }
});

test("counts with and without units are limits, other texts are not", () => {
  for (const text of ["12M", "1.5k", "12_000_000", " 34,826 "]) assert.equal(limitProblem(text), undefined, text);
  for (const text of ["", "many", "12 Mio", "-3", "1e6", "64MiB"]) assert.match(limitProblem(text) ?? "", /number/, text);
});

test("a model's budget is set and its other limits stay", () => {
  const before = [{ model: "net", "max-memory": "1GiB" }, { model: "other" }];
  assert.deepEqual(withBudget(before, "net", "12M"), [
    { model: "net", "max-memory": "1GiB", "max-params": "12M" },
    { model: "other" },
  ]);
  assert.deepEqual(withBudget(before, "new", "1k").at(-1), { model: "new", "max-params": "1k" });
});
