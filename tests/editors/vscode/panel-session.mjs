// The model panel in real VS Code: opened, clicked through to a line, followed while the cursor moves and the model is
// edited, compared with the last commit, and there again after a reload.
//   node panel-session.mjs --vsix FILE --server "COMMAND ARGUMENT..." [--screenshots FOLDER]
// Environment: PARAMLENS_VSCODE, folder made by install-vscode.sh; PARAMLENS_CHROMIUM, the browser.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Editor } from "./editor.mjs";
import { builtVsix, removeFolder, startBrowser, startVSCode, until } from "./session.mjs";
import { stepsOf } from "./steps.mjs";

const here = import.meta.dirname;
const { values: options } = parseArgs({
  options: {
    vsix: { type: "string", default: builtVsix() },
    server: { type: "string", default: "paramlens serve" },
    screenshots: { type: "string", default: join(here, "../../../build/screenshots") },
  },
});
const install = resolve(process.env.PARAMLENS_VSCODE ?? join(here, "../../../build/vscode"));
const folder = mkdtempSync(join(tmpdir(), "paramlens-panel-"));
const workspace = join(folder, "workspace");
const modelFile = join(workspace, "model.py");
const text = readFileSync(join(here, "../workspace/model.py"), "utf8");
mkdirSync(options.screenshots, { recursive: true });

/** The line, from 1, of the first `part` of the model file. */
const lineOf = (part) => text.slice(0, text.indexOf(part)).split("\n").length;

function makeWorkspace() {
  cpSync(join(here, "../workspace"), workspace, { recursive: true });
  const git = (...words) => execFileSync("git", ["-C", workspace, "-c", "user.name=n", "-c", "user.email=e", ...words], { stdio: "pipe" });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "-m", "first");
}

let page;

const step = stepsOf({ page: () => page, screenshots: options.screenshots });

/** The panel's page: VS Code puts it into a frame within a frame. A notebook has a frame of its own. */
const panel = () => page.frameLocator(`iframe.webview[src*="extensionId=paramlens"]`).frameLocator("iframe#active-frame");
const row = (name) => panel().locator("tbody tr", { hasText: name });
const heading = (total) => panel().getByRole("heading", { name: `${total} parameters` }).waitFor({ timeout: 30_000 });
const cursorLine = async () => /Ln (\d+)/.exec(await page.locator('[id="status.editor.selection"]').innerText())?.[1];

async function openPanel(editor) {
  await step("panel opened by its command", async () => {
    await editor.hint("model = keras.Sequential([", "34,826", 60_000);
    await editor.command("Paramlens: Show Model Panel");
    await heading("34,826");
    if ((await row("Conv2D").count()) !== 2) throw new Error(`rows: ${await panel().locator("tbody").innerText()}`);
  });
  await step("panel clicked through to a line", async () => {
    await row("Dense").click();
    await until("the cursor on the Dense line", async () => (await cursorLine()) === String(lineOf("layers.Dense(")));
  });
  await step("panel follows the cursor", async () => {
    await editor.goBefore(text, "layers.Conv2D(64");
    await until("the selected row", async () => (await row("18,496").last().getAttribute("aria-selected")) === "true");
  });
}

async function useViews() {
  await step("panel map", async () => {
    await panel().getByRole("tab", { name: "Map" }).click();
    await panel().getByRole("img", { name: /Map of model: Conv2D 53\.1%, Dense 46%/ }).waitFor();
  });
  await step("panel graph", async () => {
    await panel().getByRole("tab", { name: "Graph" }).click();
    await panel().getByRole("button", { name: /^Dense 7 16,010, output \(None, 10\), from Dropout 6 \(None, 1600\)/ }).waitFor();
  });
}

/** In the page: the line of the notebook on which the cursor is. */
function lineAtCursor() {
  const focused = document.querySelector(".notebookOverlay .monaco-editor.focused");
  const top = focused?.querySelector(".cursors-layer .cursor")?.style.top;
  const lines = [...(focused?.querySelectorAll(".view-lines > .view-line") ?? [])];
  return lines.find((line) => line.style.top === top)?.textContent.replaceAll("\u00a0", " ") ?? "";
}

/** All code cells are one model; its last layer is made in another cell than the model. */
async function notebook(editor) {
  const cell = (text) => page.locator(".notebookOverlay .cell-list-container .view-line", { hasText: text }).first();
  /** Whether the cursor is in a cell, on a line that starts so. */
  const atCursor = async (start) => (await page.evaluate(lineAtCursor)).trimStart().startsWith(start);
  await step("panel of a notebook", async () => {
    await panel().getByRole("tab", { name: "Parts" }).click();
    await page.locator(".monaco-editor[data-uri] .view-line").first().click(); // else it would be opened over the panel
    await editor.open("notebook.ipynb");
    await cell("model = keras.Sequential").click();
    await page.locator(".tab", { hasText: "Model: notebook.ipynb" }).waitFor();
    await heading("34,826");
    await row("Dense").waitFor();
  });
  await step("panel clicked through to a cell and its line", async () => {
    await row("18,496").last().click();
    await until("the cursor on the second Conv2D", () => atCursor("layers.Conv2D(64"));
    await row("Dense").click();
    await until("the cursor in the cell of the head", () => atCursor("head = layers.Dense"));
    const tabs = (await page.locator(".editor-group-container").first().locator(".tab").allInnerTexts()).map((name) => name.trim());
    if (tabs.filter((name) => name.includes("notebook")).length !== 1) throw new Error(`tabs: ${tabs.join(", ")}`);
  });
  await step("panel follows the cursor from cell to cell", async () => {
    await cell("layers.Conv2D(32").click();
    await until("the row of the first Conv2D", async () => (await row("320").last().getAttribute("aria-selected")) === "true");
    await cell("head = layers.Dense").click();
    await until("the row of the head", async () => (await row("Dense").getAttribute("aria-selected")) === "true");
  });
  await step("panel follows an edit in a cell", async () => {
    await cell("layers.Conv2D(64").click();
    await page.keyboard.press("Home");
    for (let count = 0; count < "layers.Conv2D(".length; count++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    await page.keyboard.type("8");
    await heading((34826 - (18496 - 2312) - (1600 - 200) * 10).toLocaleString("en-US"));
  });
  await step("panel goes to a cell of a notebook that is behind another file", async () => {
    await editor.open("sizes.py"); // has no models: the notebook's stay
    await row("Dense").click();
    await until("the cursor in the cell of the head", () => atCursor("head = layers.Dense"));
  });
  await step("panel of the file again", async () => {
    await editor.open("model.py");
    await heading("34,826");
  });
}

async function edit(editor) {
  await step("panel follows an edit", async () => {
    await panel().getByRole("tab", { name: "Parts" }).click();
    await page.locator(".monaco-editor[data-uri] .view-line").first().click();
    await editor.goBefore(text, "64, 3");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    await page.keyboard.type("8");
    await editor.hint("layers.Conv2D(8", "2,312");
    await heading((34826 - (18496 - 2312) - (1600 - 200) * 10).toLocaleString("en-US"));
  });
  await step("panel compares with the last commit", async () => {
    await panel().getByRole("tab", { name: "Compare" }).click();
    await until("both counts", async () => /18,496\s+2,312\s+−16,184/.test(await panel().getByRole("treegrid").innerText()));
  });
}

const KEEPING_MS = 8000; // in a browser, VS Code writes down what is open every few seconds

/** Without the file in the address, which would be opened in the place of what was open. */
async function reload(address) {
  const again = new URL(address);
  again.searchParams.delete("payload");
  await step("panel there again after a reload", async () => {
    await page.waitForTimeout(KEEPING_MS);
    await page.goto(again.href);
    await until("the comparison", async () =>
      /18,496\s+2,312/.test(await panel().getByRole("treegrid").innerText({ timeout: 1000 }).catch(() => "")), 30_000);
  });
}

async function session() {
  makeWorkspace();
  const vscode = await startVSCode({ install, folder, extensions: [options.vsix] });
  const browser = await startBrowser(process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium");
  try {
    const settings = { "security.workspace.trust.enabled": false, "editor.minimap.enabled": false, "files.autoSave": "off" };
    vscode.settings({ "paramlens.server.command": options.server.split(" ") }, settings);
    page = await browser.newPage({ viewport: { width: 1500, height: 800 } });
    await page.goto(vscode.address(workspace, modelFile));
    const editor = new Editor(page);
    await page.locator(".monaco-editor[data-uri] .view-line").first().waitFor({ timeout: 60_000 });
    await openPanel(editor);
    await useViews();
    await notebook(editor);
    await edit(editor);
    await reload(vscode.address(workspace, modelFile));
  } finally {
    await browser.close();
    await vscode.stop();
  }
}

const begin = performance.now();
const problem = await session().catch((thrown) => thrown);
removeFolder(folder);
if (problem) console.log(problem.message);
console.log(`VS Code, model panel: ${problem ? "failed" : "passed"} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exit(problem ? 1 : 0);
