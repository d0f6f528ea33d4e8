// The steps of a session in the editor: each is timed, told on a line, and leaves a screenshot.
import { join } from "node:path";

/** Makes `step(name, work)`. Steps build on one another, so the first that fails ends the session. */
export function stepsOf({ page, screenshots }) {
  return async function step(name, work) {
    const start = performance.now();
    const report = async (word) => {
      console.log(`${word} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s  ${name}`);
      const file = `vscode-${word === "ok  " ? "" : "failed-"}${name.replaceAll(/[^a-z]+/gi, "-").toLowerCase()}.png`;
      await page()?.screenshot({ path: join(screenshots, file) });
    };
    try {
      await work();
    } catch (problem) {
      await report("FAIL");
      throw problem;
    }
    await report("ok  ");
  };
}
