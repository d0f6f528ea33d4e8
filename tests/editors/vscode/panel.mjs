// The model panel's page in a real browser, with what a real server says of the examples: clicked through, used with the
// keyboard alone, and looked at by axe in four themes.
//   node panel.mjs --server "COMMAND ARGUMENT..." [--screenshots FOLDER]
// Environment: PARAMLENS_CHROMIUM, the browser. The extension has to be built.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { failures, seriousFindings, step } from "./page-checks.mjs";
import { startBrowser, until } from "./session.mjs";
import { StdioServer } from "./stdio-server.mjs";
import { THEMES, properties } from "./themes.mjs";

const root = join(import.meta.dirname, "../../..");
const client = join(root, "vscode-client");
const { values: options } = parseArgs({
  options: {
    server: { type: "string", default: "paramlens serve" },
    screenshots: { type: "string", default: join(root, "build/screenshots") },
  },
});
const ORIGIN = "http://panel.test";
const { pageHtml } = await compiled("src/panel/page.ts");

mkdirSync(options.screenshots, { recursive: true });

/** A module of the extension, compiled with its own compiler. */
async function compiled(file) {
  const { buildSync } = createRequire(join(client, "package.json"))("esbuild");
  const { outputFiles } = buildSync({ entryPoints: [join(client, file)], write: false, bundle: true, platform: "node", format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** What the extension would tell the page of the examples. */
async function examples() {
  const server = new StdioServer(options.server);
  await server.start(root);
  const documents = {};
  for (const name of ["resnet", "mnist_cnn", "gpt"]) {
    const file = join(root, `examples/${name}.py`);
    const [uri, text] = [pathToFileURL(file).href, readFileSync(file, "utf8")];
    server.open(uri, text);
    const { models } = await server.models(uri, { graph: true });
    documents[name] = { uri, name: `examples/${name}.py`, models, text };
  }
  const { resnet } = documents;
  const before = resnet.text.replace("expansion, num_classes)", "expansion, 100)").replaceAll("self.bn2", "self.norm2");
  assert.notEqual(before, resnet.text);
  const commit = { uri: resnet.uri, label: "last commit (1a2b3c4)", models: (await server.models(resnet.uri, { text: before })).models, problem: "" };
  const edited = resnet.text.replace("expansion, num_classes)", "expansion, 7)");
  server.change(resnet.uri, 2, edited);
  const after = { ...resnet, models: (await server.models(resnet.uri, { graph: true })).models };
  const file = pathToFileURL(join(root, "examples/symbolic.py")).href;
  server.open(file, SYMBOLIC);
  const symbolic = { uri: file, name: "examples/symbolic.py", models: (await server.models(file, { graph: true })).models };
  server.stop();
  return { ...documents, commit, after, symbolic };
}

const SYMBOLIC = `from torch import nn
from unknown_library import make_block, width
head = nn.Sequential(nn.Linear(width, 10), nn.ReLU(), nn.Linear(10, 4))
body = nn.Sequential(make_block(), nn.Linear(64, 10))  # paramlens: budget 500
`;

class Page {
  constructor(page) {
    this.page = page;
  }

  tell(message) {
    return this.page.evaluate((data) => window.postMessage(data, "*"), message);
  }

  /** What the page told the extension since it was asked last. */
  told() {
    return this.page.evaluate(() => window.told.splice(0));
  }

  show(document) {
    return this.tell({ type: "document", document }).then(() => this.tell({ type: "show", uri: document.uri }));
  }

  row(key) {
    return this.page.locator(`tr[data-key="${key}"]`);
  }

  async keys() {
    return this.page.locator("tbody tr[data-key]").evaluateAll((rows) => rows.map((row) => row.dataset.key));
  }

  focused() {
    return this.page.evaluate(() => document.activeElement?.dataset?.key ?? document.activeElement?.textContent);
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  tab(name) {
    return this.page.getByRole("tab", { name }).click();
  }

  picture(name) {
    return this.page.screenshot({ path: join(options.screenshots, `panel-${name}.png`) });
  }
}

async function openPage(browser, theme, width = 760) {
  const page = await browser.newPage({ viewport: { width, height: 760 }, deviceScaleFactor: 1.25, reducedMotion: "reduce" });
  page.setDefaultTimeout(8000);
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => request.url().startsWith(ORIGIN) || request.url().startsWith("data:") || problems.push(`asked for ${request.url()}`));
  await page.route(`${ORIGIN}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === "") await route.fulfill({ contentType: "text/html", body: pageHtml({ script: `${ORIGIN}/panel.js`, style: `${ORIGIN}/panel.css`, source: ORIGIN }) });
    else await route.fulfill({ path: join(client, "dist", name) });
  });
  await page.addInitScript(
    ([kind, colours]) => {
      window.told = [];
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.told.push(message),
        getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
        setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
      });
      const dress = () => {
        for (const [name, value] of colours) document.documentElement.style.setProperty(name, value);
        document.body.className = kind;
      };
      document.addEventListener("DOMContentLoaded", dress);
    },
    [THEMES[theme].kind, properties(THEMES[theme])],
  );
  await page.goto(`${ORIGIN}/`);
  return { shown: new Page(page), problems };
}

async function session(browser, data) {
  const { shown, problems } = await openPage(browser, "dark", 950);
  const { page } = shown;

  await step("panel: says that it is ready, and what to do without a model", async () => {
    assert.deepEqual((await shown.told())[0], { type: "ready" });
    await page.getByText("Open a Python file").waitFor();
  });
  await step("panel: totals and the parts of the model", async () => {
    await shown.show(data.resnet);
    await page.getByRole("heading", { name: "11,173,962 parameters" }).waitFor();
    assert.deepEqual(await shown.keys(), ["", "/conv1", "/bn1", "/stages", "/fc"]);
    assert.match(await shown.row("/fc").innerText(), /5,130.*<0\.1%.*\(1, 10\).*20 KiB.*5\.1 k/s);
    await until("the total is read out", async () => (await page.getByRole("status").textContent()) === "net: 11,173,962 parameters");
  });
  await step("panel: keys of a tree grid", async () => {
    await shown.row("").focus();
    await shown.press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight");
    assert.equal(await shown.row("/stages").getAttribute("aria-expanded"), "true");
    assert.deepEqual((await shown.keys()).slice(3, 8), ["/stages", "/stages/0", "/stages/1", "/stages/2", "/stages/3"]);
    await shown.press("ArrowRight", "ArrowRight", "ArrowRight");
    assert.equal(await shown.focused(), "/stages/0/0");
    assert.equal(await shown.row("/stages/0/0").getAttribute("aria-level"), "4");
    await shown.press("ArrowLeft", "ArrowLeft");
    assert.equal(await shown.focused(), "/stages/0");
    assert.equal(await shown.row("/stages/0").getAttribute("aria-expanded"), "false");
    await shown.press("End");
    assert.equal(await shown.focused(), "/fc");
    await shown.press("Home", "ArrowLeft");
    assert.deepEqual(await shown.keys(), [""]);
    await shown.press("ArrowRight");
  });
  await step("panel: Enter and a click go to the line", async () => {
    await shown.told();
    await shown.press("End", "Enter");
    await shown.row("/conv1").click();
    const [first, second] = (await shown.told()).filter(({ type }) => type === "open");
    const lines = data.resnet.text.split("\n");
    assert.match(lines[first.range.start.line], /self\.fc = nn\.Linear/);
    assert.match(lines[second.range.start.line], /self\.conv1 = nn\.Conv2d\(3/);
    assert.equal(first.uri, data.resnet.uri);
  });
  await step("panel: sorts siblings, and says so", async () => {
    await page.getByRole("button", { name: "Parameters" }).click();
    assert.equal(await page.getByRole("columnheader", { name: "Parameters" }).getAttribute("aria-sort"), "descending");
    assert.deepEqual((await shown.keys()).filter((key) => key.split("/").length === 2), ["/stages", "/fc", "/conv1", "/bn1"]);
    await page.getByRole("button", { name: "Parameters" }).click();
    assert.deepEqual((await shown.keys()).filter((key) => key.split("/").length === 2), ["/bn1", "/conv1", "/fc", "/stages"]);
  });
  await step("panel: an edit keeps what is open, the order and the focus", async () => {
    await shown.row("/fc").focus();
    const before = await shown.keys();
    await shown.tell({ type: "document", document: data.after });
    await page.getByRole("heading", { name: (11173962 - 3 * 513).toLocaleString("en-US") }).waitFor();
    assert.deepEqual(await shown.keys(), before);
    assert.equal(await shown.focused(), "/fc");
    await shown.tell({ type: "document", document: data.resnet });
  });
  await step("panel: follows the cursor into parts that are closed", async () => {
    const line = data.resnet.text.split("\n").findIndex((text) => text.includes("self.conv2 = nn.Conv2d("));
    await shown.tell({ type: "cursor", uri: data.resnet.uri, line });
    await until("the first part of the line", async () => (await shown.row("/stages/0/0/conv2").getAttribute("aria-selected")) === "true");
    await until("its row", async () => (await page.locator("tr.here").count()) >= 1);
    await page.getByRole("region", { name: "Selected part" }).getByText("36,864").first().waitFor();
  });
  await step("panel: keeps its state over a reload", async () => {
    const before = await shown.keys();
    await page.reload();
    const [first] = await until("the page is ready", async () => {
      const told = await shown.told();
      return told.length > 0 && told;
    });
    assert.deepEqual(first, { type: "ready", uri: data.resnet.uri });
    await shown.tell({ type: "document", document: data.resnet });
    await page.getByRole("heading", { name: "11,173,962" }).waitFor();
    assert.deepEqual(await shown.keys(), before);
  });
  await step("panel: tabs with arrow keys; a map whose tiles lead to lines", async () => {
    await page.getByRole("tab", { name: "Parts" }).focus();
    await shown.press("ArrowRight");
    assert.equal(await shown.focused(), "Map");
    const tiles = page.locator(".tile");
    await until("tiles", async () => (await tiles.count()) > 20);
    await shown.told();
    await tiles.last().click();
    assert.equal((await shown.told()).filter(({ type }) => type === "open").length, 1);
    await page.getByRole("img", { name: /^Map of net: stages >99\.9%/ }).waitFor();
  });
  await step("panel: a graph with shapes, opened and closed by keyboard", async () => {
    await shown.tab("Graph");
    await until("the page asks", async () => (await shown.told()).some(({ type, graph }) => type === "want" && graph));
    await page.getByRole("button", { name: "Close all parts" }).click();
    const nodes = page.locator(".node");
    await until("the closed graph", async () => (await nodes.count()) === 6);
    assert.deepEqual(await page.locator(".link text").allTextContents(), ["(1, 3, 32, 32)", "(1, 64, 32, 32)", "(1, 64, 32, 32)", "(1, 512)", "(1, 10)"]);
    await nodes.first().focus();
    await shown.press("ArrowDown", "ArrowDown", "ArrowDown");
    assert.match(await page.locator(":focus").getAttribute("aria-label"), /^stages Sequential · 11,166,976, output \(1, 512, 4, 4\), from bn1 \(1, 64, 32, 32\)$/);
    await shown.press(" ");
    await until("the open part", async () => (await nodes.count()) === 9);
  });
  await step("panel: compares with the last commit", async () => {
    await shown.tab("Compare");
    await until("the page asks", async () => (await shown.told()).some(({ type, uri }) => type === "commit" && uri === data.resnet.uri));
    await shown.tell({ type: "commit", commit: data.commit });
    assert.match(await shown.row("").innerText(), /11,220,132\s+11,173,962\s+−46,170/);
    assert.match(await shown.row("/fc").innerText(), /51,300\s+5,130\s+−46,170/);
    await page.getByLabel("Only what differs").check();
    await until("only what differs", async () => !(await shown.keys()).includes("/conv1"));
    assert.match(await shown.row("/stages/0/0/norm2").innerText(), /gone\s+128\s+–\s+−128/);
    assert.match(await shown.row("/stages/0/0/bn2").innerText(), /new\s+–\s+128\s+\+128/);
  });
  await step("panel: compares with another model", async () => {
    await shown.tell({ type: "document", document: data.mnist_cnn });
    await page.getByRole("combobox", { name: "net compared with" }).selectOption({ label: "model (examples/mnist_cnn.py)" });
    await until("both totals", async () => /34,826\s+11,173,962/.test(await page.locator(".totals").innerText()));
  });
  await step("panel: what is not certain is shown with its reason, never as 0", async () => {
    await shown.tab("Parts");
    await shown.show(data.symbolic);
    await page.getByRole("heading", { name: /10·unknown_library\.width \+ 54 parameters/ }).waitFor();
    await page.getByRole("combobox", { name: "Model", exact: true }).selectOption({ label: "body · Sequential" });
    await page.getByRole("heading", { name: "≥ 650 parameters" }).waitFor();
    await page.locator(".figures .reason").getByText("unknown_library").waitFor();
    assert.match(await page.getByRole("meter").getAttribute("aria-valuetext"), /≥ 650 of 500 · over by 30%/);
    await shown.picture("uncertain");
  });
  await step("panel: nothing was blocked by the content security policy, nothing asked of a network", () => assert.deepEqual(problems, []));
  await page.close();
}

const WIDTHS = [480, 520, 560, 640, 720, 760, 840, 950, 1100, 1280];
const COLUMNS = ["Part", "Parameters", "Share", "Output", "Weights", "Multiply-adds"];

/** Narrow panels leave columns out, and wrap; nothing is cut or has to be scrolled to sideways. */
async function fit(browser, data, theme) {
  const { shown } = await openPage(browser, theme);
  const { page } = shown;
  const cut = [];
  const look = async (name, width) => {
    await page.setViewportSize({ width, height: 760 });
    cut.push(...(await page.evaluate(wider)).map((text) => `${name} at ${width}: ${text}`));
    if ([480, 640, 950, 1280].includes(width)) await shown.picture(`${theme}-${name}-${width}`);
  };
  await step(`panel: ${theme}: nothing is cut from 480 to 1280 pixels`, async () => {
    for (const name of ["resnet", "gpt", "symbolic"]) {
      await shown.tab("Parts").catch(() => undefined);
      await shown.show(name === "resnet" ? withBudgets(data.resnet) : data[name]);
      const all = page.getByRole("button", { name: "Expand all" });
      if (await all.isVisible()) await all.click();
      for (const width of WIDTHS) await look(name, width);
      const titles = await page.getByRole("columnheader").allInnerTexts();
      assert.deepEqual(titles.map((title) => title.replace(/ .$/, "")), COLUMNS);
    }
    await shown.show(data.resnet);
    await shown.tell({ type: "commit", commit: data.commit });
    await shown.tab("Compare");
    await page.getByLabel("Only what differs").waitFor();
    for (const width of WIDTHS) await look("compare", width);
    assert.equal(cut.join("\n"), "");
  });
  await page.close();
}

/** In the page: what is wider than the room it has. */
function wider() {
  const kept = [...document.querySelectorAll("body, .scroll, .figures, .details, .tabs, .tools, .totals, th, td, .words")];
  const shown = kept.filter((element) => element.offsetParent !== null || element === document.body);
  const places = shown.filter((element) => element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right > innerWidth + 1);
  return places.map((element) => `${element.tagName} ${element.className}: ${element.textContent.slice(0, 40)} (${element.scrollWidth} in ${element.clientWidth})`);
}

/** Each view in a theme, looked at by axe. */
async function look(browser, data, theme) {
  const { shown, problems } = await openPage(browser, theme);
  await step(`panel: ${theme}: nothing serious for axe`, async () => {
    const findings = [];
    const check = async (name) => {
      await shown.page.waitForTimeout(150);
      await shown.picture(`${theme}-${name}`);
      findings.push(...(await seriousFindings(shown.page)).map((text) => `${name}: ${text}`));
    };
    await check("empty");
    await shown.show(withBudgets(data.resnet));
    await shown.row("/stages").focus();
    await shown.press("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown");
    await check("table");
    await shown.tab("Map");
    await check("map");
    await shown.tab("Graph");
    await check("graph");
    await shown.tell({ type: "commit", commit: data.commit });
    await shown.tab("Compare");
    await check("compare");
    for (const [tab, name] of theme === "dark" ? [["Parts", "gpt"], ["Map", "gpt-map"], ["Graph", "gpt-graph"]] : []) {
      await shown.show(data.gpt);
      await shown.tab(tab);
      await check(name);
    }
    assert.equal(findings.join("\n"), "");
    assert.deepEqual(problems, []);
  });
  await shown.page.close();
}

/** Budgets as the server tells them, one kept and one broken. */
function withBudgets(document) {
  const use = (title, used, limit, ratio) => ({ title, used: { text: used, number: 1 }, limit: { text: limit, number: 1 }, ratio, state: ratio > 1 ? "over" : "within", severity: "error" });
  const budgets = [use("parameters", "11,173,962", "10,000,000", 1.117), use("memory of the weights", "42.6 MiB", "64 MiB", 0.666)];
  return { ...document, models: document.models.map((model) => ({ ...model, budgets })) };
}

const begin = performance.now();
const data = await examples();
const browser = await startBrowser(process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium");
try {
  await session(browser, data);
  for (const theme of Object.keys(THEMES)) await look(browser, data, theme);
  for (const theme of ["light", "dark"]) await fit(browser, data, theme);
} finally {
  await browser.close();
}
console.log(`panel: ${failures.length > 0 ? `failed: ${failures.join("; ")}` : "passed"} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exit(failures.length > 0 ? 1 : 0);
