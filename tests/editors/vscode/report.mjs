// The pages and pictures of `paramlens report` in a real browser: the same numbers as `paramlens count`, sorted, folded
// and filtered, used with the keyboard alone, printed, read without scripts, and looked at by axe in light and dark.
//   node report.mjs --cli "COMMAND" [--screenshots FOLDER]
// Environment: PARAMLENS_CHROMIUM, the browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { failures, seriousFindings, step } from "./page-checks.mjs";
import { startBrowser, until } from "./session.mjs";

const root = join(import.meta.dirname, "../../..");
const { values: options } = parseArgs({
  options: {
    cli: { type: "string", default: "paramlens" },
    screenshots: { type: "string", default: join(root, "build/screenshots") },
  },
});
const folder = mkdtempSync(join(tmpdir(), "report-"));
mkdirSync(options.screenshots, { recursive: true });

const SETTINGS = `
[[tool.paramlens.budgets]]
model = "net"
max-params = "12M"
max-memory = "40MiB"
max-layer-share = 0.6

[[tool.paramlens.budgets]]
model = "gpt"
max-params = "200M"

[[tool.paramlens.budgets]]
model = "body"
max-params = 1000
`;
const HOSTILE = `</script><script>document.title="no"</script>"'&`;
const UNCERTAIN = `from torch import nn
from unknown_library import make_block, width
head = nn.Sequential(nn.Linear(width, 10), nn.ReLU(), nn.Linear(10, 4))
body = nn.Sequential(make_block(), nn.Linear(64, 10))
class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module(${JSON.stringify(HOSTILE)}, nn.Linear(3, 3))
        self.add_module("größe 寸法", nn.Linear(3, 4))
odd = Odd()
`;
/** Enough models that their parts are shown when they are opened. */
const MANY = `from torch import nn
def stack(width):
    return nn.Sequential(*[nn.Sequential(nn.Linear(width, width), nn.ReLU()) for _ in range(50)])
${Array.from({ length: 60 }, (_, number) => `stack_${String(number)} = stack(${String(number + 1)})`).join("\n")}
`;

function run(...words) {
  const [program, ...first] = options.cli.split(" ");
  return execFileSync(program, [...first, ...words], { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28 });
}

/** A project with budgets that are broken, nearly broken, kept and not certain, and its reports. */
function prepare() {
  mkdirSync(join(folder, "project"));
  writeFileSync(join(folder, "project/pyproject.toml"), SETTINGS);
  for (const name of ["resnet", "gpt", "mnist_cnn"]) cpSync(join(root, `examples/${name}.py`), join(folder, `project/${name}.py`));
  writeFileSync(join(folder, "project/uncertain.py"), UNCERTAIN);
  writeFileSync(join(folder, "many.py"), MANY);
  run("report", "project", "-o", "project.html");
  run("report", "project/resnet.py", "-o", "one.html");
  run("report", "project", "--model", "net", "-o", "net.svg");
  run("report", "many.py", "-o", "many.html");
  return JSON.parse(run("count", "project", "--format", "json")).files.flatMap(({ models }) => models);
}

class Page {
  constructor(page, problems) {
    this.page = page;
    this.problems = problems;
  }

  /** Opens all models. */
  async openAll() {
    await this.page.getByRole("button", { name: "Open all models" }).click();
    await this.page.waitForTimeout(150);
  }

  model(name) {
    return this.page.locator("details.model").filter({ has: this.page.getByRole("heading", { level: 2, name: new RegExp(`^${name}\\b`) }) });
  }

  /** The names of the visible parts of a model, or of the models in the summary, from top to bottom. */
  names(table) {
    return table.locator("tbody tr:not([hidden]) th").evaluateAll((cells) =>
      cells.map((cell) => [...cell.childNodes].find((node) => node.nodeType === 3 || node.matches("a, [aria-hidden]")).textContent.trim()),
    );
  }

  picture(name, fullPage = true) {
    return this.page.screenshot({ path: join(options.screenshots, `report-${name}.png`), fullPage });
  }
}

async function open(browser, file, settings = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...settings });
  page.setDefaultTimeout(8000);
  const problems = [];
  const address = pathToFileURL(join(folder, file)).href;
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => request.url().split("#")[0] === address || problems.push(`asked for ${request.url()}`));
  await page.goto(address);
  return new Page(page, problems);
}

async function use(browser, counted) {
  const shown = await open(browser, "project.html");
  const { page } = shown;
  const summary = page.locator("table.models");

  await step("report: the numbers of count", async () => {
    const rows = await summary.locator("tbody tr").evaluateAll((all) => all.map(({ cells }) => [cells[0].querySelector("a").textContent, cells[2].textContent]));
    assert.deepEqual(rows.map(([name]) => name).sort(), counted.map(({ name }) => name).sort());
    for (const { name, total, formula, status } of counted) {
      const [, text] = rows.find(([found]) => found === name);
      assert.equal(text, formula ?? `${status === "exact" ? "" : "≥ "}${total.toLocaleString("en-US")}`);
    }
  });
  await step("report: budgets that are broken, nearly broken, kept and not certain", async () => {
    await page.getByText("1 over budget").waitFor();
    await shown.openAll();
    const net = shown.model("net");
    assert.deepEqual(await net.locator(".budgets li").evaluateAll((bars) => bars.map(({ className }) => className)), ["near", "over", "within"]);
    await net.getByText("11,173,962 of 12,000,000 · 93.1%, near").waitFor();
    assert.deepEqual(await shown.model("body").locator(".budgets li").evaluateAll((bars) => bars.map(({ className }) => className)), ["unknown"]);
    await shown.model("body").getByText("the import could not be resolved: unknown_library.make_block()").first().waitFor();
  });
  await step("report: sorts the summary by a click, and says so", async () => {
    const header = summary.getByRole("columnheader", { name: "Parameters" });
    await header.getByRole("button").click();
    assert.equal(await header.getAttribute("aria-sort"), "descending");
    assert.deepEqual((await shown.names(summary)).slice(0, 3), ["gpt", "net", "model"]);
    assert.equal((await shown.names(summary)).at(-1), "head"); // a formula is no number
    await header.getByRole("button").click();
    assert.equal(await header.getAttribute("aria-sort"), "ascending");
    assert.equal((await shown.names(summary))[0], "odd");
    await header.getByRole("button").click();
    assert.equal(await header.getAttribute("aria-sort"), "none");
  });
  await step("report: sorts parts among their siblings, with the keyboard", async () => {
    const net = shown.model("net");
    const table = net.locator("table.parts");
    await net.getByRole("button", { name: "Collapse all" }).click();
    await table.getByRole("button", { name: "Part", exact: true }).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await table.getByRole("columnheader", { name: "Parameters" }).getAttribute("aria-sort"), "descending");
    assert.deepEqual(await shown.names(table), ["stages", "fc", "conv1", "bn1"]);
    await table.getByRole("button", { name: "stages", exact: true }).focus();
    await page.keyboard.press("Enter");
    assert.deepEqual(await shown.names(table), ["stages", "3", "2", "1", "0", "fc", "conv1", "bn1"]);
    await page.keyboard.press("ArrowLeft");
    assert.deepEqual(await shown.names(table), ["stages", "fc", "conv1", "bn1"]);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "stages.3");
    assert.equal(await table.getByRole("rowheader", { name: "stages.3 Sequential", exact: true }).count(), 1);
  });
  await step("report: a tile of the map leads to the row of its part", async () => {
    const net = shown.model("net");
    await net.getByRole("img", { name: /^Map of net: stages >99\.9%/ }).waitFor();
    await net.locator(".tiles svg[data-row]", { hasText: "stages.3.1.conv1" }).click();
    assert.match(await net.locator("tr.here").innerText(), /conv1 Conv2d\s+2,359,296\s+21\.1%/);
    assert.equal(await net.locator("tr.here").isVisible(), true);
  });
  await step("report: a summary opens and closes with the keyboard, links open models", async () => {
    await page.getByRole("button", { name: "Close all models" }).click();
    const model = shown.model("model");
    await model.locator("summary").focus();
    await page.keyboard.press("Enter");
    assert.equal(await model.getAttribute("open"), "");
    await page.keyboard.press(" ");
    assert.equal(await model.getAttribute("open"), null);
    await summary.getByRole("link", { name: "gpt" }).focus();
    await page.keyboard.press("Enter");
    await until("the model is open", async () => (await shown.model("gpt").getAttribute("open")) === "");
  });
  await step("report: the filter leaves what has all its words, and says how many", async () => {
    await page.getByLabel("Filter").fill("sequential uncertain");
    await page.getByRole("status").getByText("2 of 6 models").waitFor();
    assert.deepEqual(await shown.names(summary), ["head", "body"]);
    assert.equal(await shown.model("gpt").isVisible(), false);
    await page.getByLabel("Filter").fill("");
  });
  await step("report: names of hostile source are text", async () => {
    await shown.openAll();
    const names = await shown.names(shown.model("odd").locator("table.parts"));
    assert.deepEqual(names, [HOSTILE, "größe 寸法"]);
    assert.equal(await page.title(), "6 models");
  });
  await step("report: nothing was blocked by its policy, nothing asked of a network", () => assert.deepEqual(shown.problems, []));
  await page.close();
}

async function look(browser, colorScheme, width) {
  const shown = await open(browser, "project.html", { colorScheme, viewport: { width, height: 900 } });
  await step(`report: ${colorScheme}, ${String(width)} pixels: nothing serious for axe, nothing wider than the page`, async () => {
    await shown.picture(`${colorScheme}-${String(width)}`);
    for (const name of ["net", "body", "odd"]) await shown.model(name).locator("summary").click();
    await shown.page.waitForTimeout(150);
    await shown.picture(`${colorScheme}-${String(width)}-open`);
    assert.equal((await seriousFindings(shown.page)).join("\n"), "");
    assert.equal(await shown.page.evaluate(() => document.documentElement.scrollWidth), width);
  });
  await shown.page.close();
}

async function print(browser) {
  const shown = await open(browser, "one.html", { colorScheme: "dark", viewport: { width: 794, height: 1123 } });
  await step("report: prints in the colours of paper, without buttons and cut tables", async () => {
    await shown.page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await shown.page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    assert.equal(await shown.page.getByRole("button", { name: "Expand all" }).isVisible(), false);
    const cut = await shown.page.evaluate(() => [...document.querySelectorAll(".scroll")].some((each) => each.scrollHeight > each.clientHeight + 1 && getComputedStyle(each).overflowY !== "visible"));
    assert.equal(cut, false);
    await shown.picture("print");
    assert.ok((await shown.page.pdf()).length > 10_000);
  });
  await shown.page.close();
}

async function withoutScripts(browser) {
  const shown = await open(browser, "one.html", { javaScriptEnabled: false });
  await step("report: without scripts all parts are there, and no button that does nothing", async () => {
    const net = shown.model("net");
    assert.ok((await net.locator("tbody tr:visible").count()) > 60);
    assert.equal(await shown.page.locator("button:visible").count(), 0);
    assert.match(await net.locator("tbody tr").nth(2).innerText(), /stages Sequential\s+11,166,976\s+>99\.9%/);
  });
  await shown.page.close();
}

async function many(browser) {
  const start = performance.now();
  const shown = await open(browser, "many.html");
  await step("report: the parts of many models come when a model is opened", async () => {
    console.log(`     loaded in ${((performance.now() - start) / 1000).toFixed(2)} s`);
    assert.equal(await shown.page.locator("table.parts").count(), 0);
    await shown.model("stack_7").locator("summary").click();
    await until("its parts", async () => (await shown.page.locator("table.parts").count()) === 1);
    const table = shown.model("stack_7").locator("table.parts");
    assert.equal((await shown.names(table)).length, 50);
    await shown.model("stack_7").getByRole("button", { name: "Expand all" }).click();
    assert.equal((await shown.names(table)).length, 150);
    await shown.picture("many", false);
    assert.deepEqual(shown.problems, []);
  });
  await shown.page.close();
}

/** The picture as an image on a light and a dark page, in both schemes of colours. */
async function pictures(browser) {
  writeFileSync(join(folder, "pictures.html"), `<body style="margin: 0"><div style="padding: 12px; background: #fff"><img src="net.svg" alt=""></div><div style="padding: 12px; background: #0d1117"><img src="net.svg" alt=""></div>`);
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 664, height: 400 }, colorScheme });
    await step(`report: the picture, ${colorScheme}`, async () => {
      await page.goto(pathToFileURL(join(folder, "pictures.html")).href);
      assert.deepEqual(await page.locator("img").evaluateAll((all) => all.map(({ naturalWidth }) => naturalWidth)), [640, 640]);
      await page.screenshot({ path: join(options.screenshots, `report-picture-${colorScheme}.png`), fullPage: true });
      await page.goto(pathToFileURL(join(folder, "net.svg")).href);
      const wide = await page.locator("text").evaluateAll((all) => all.filter((text) => { const box = text.getBBox(); return box.x < 0 || box.x + box.width > 640; }).map(({ textContent }) => textContent));
      assert.deepEqual(wide, []);
    });
    await page.close();
  }
}

const begin = performance.now();
const browser = await startBrowser(process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium");
try {
  const counted = prepare();
  await use(browser, counted);
  for (const width of [1280, 480]) for (const scheme of ["light", "dark"]) await look(browser, scheme, width);
  await print(browser);
  await withoutScripts(browser);
  await many(browser);
  await pictures(browser);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`report: ${failures.length > 0 ? `failed: ${failures.join("; ")}` : "passed"} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exit(failures.length > 0 ? 1 : 0);
