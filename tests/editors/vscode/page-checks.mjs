// Steps of a session with a page, and what axe finds there.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The names of the steps that failed. */
export const failures = [];

/** Does the work, and prints how it ended; the session goes on after a failure. */
export async function step(name, work) {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1000).toFixed(1).padStart(5);
  try {
    await work();
    console.log(`ok   ${seconds()} s  ${name}`);
  } catch (problem) {
    failures.push(name);
    console.log(`FAIL ${seconds()} s  ${name}\n${problem.message}`);
  }
}

/** What axe finds to be serious or critical. */
export async function seriousFindings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join("\n    ")}`);
}
