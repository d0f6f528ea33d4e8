// Sessions in real VS Code with the extension as people get it: one file, on a machine with a bare Python.
//   node run.mjs --cli "COMMAND ARGUMENT..." [--vsix FILE] [--screenshots FOLDER] [--parts "read change ..."]
// The counts on screen are compared with those of the command line. Environment: PARAMLENS_VSCODE, folder made by
// install-vscode.sh; PARAMLENS_CHROMIUM, the browser.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { counted, expectedHints, number } from "./counts.mjs";
import { Editor } from "./editor.mjs";
import { quickFixes } from "./quick-fixes.mjs";
import { builtVsix, removeFolder, startBrowser, startVSCode, until } from "./session.mjs";
import { stepsOf } from "./steps.mjs";
import { Surroundings } from "./surroundings.mjs";

const here = import.meta.dirname;
const build = join(here, "../../../build");
const { values: options } = parseArgs({
  options: {
    vsix: { type: "string", default: builtVsix() },
    cli: { type: "string", default: "paramlens" },
    screenshots: { type: "string", default: join(build, "screenshots") },
    parts: { type: "string", default: "read change fixes furniture mishaps again restricted" },
  },
});
const parts = options.parts.split(" ");
const install = resolve(process.env.PARAMLENS_VSCODE ?? join(build, "vscode"));
const chromium = process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium";
const trusting = { "security.workspace.trust.enabled": false };
const SERVER = "launch.py serve";

const CONV_1 = "layers.Conv2D(";
const CONV_2 = "layers.Conv2D(64";
const DENSE = "layers.Dense(CLASSES";
const MODEL = "model = keras.Sequential([";

const folder = mkdtempSync(join(tmpdir(), "paramlens-vscode-"));
const workspace = join(folder, "workspace");
const modelFile = join(workspace, "model.py");
const sizesFile = join(workspace, "sizes.py");
cpSync(join(here, "../workspace"), workspace, { recursive: true });
mkdirSync(options.screenshots, { recursive: true });
const surroundings = new Surroundings(folder);
const figures = {};

let page;

const step = stepsOf({ page: () => page, screenshots: options.screenshots });

async function openWindow(browser, vscode) {
  await page?.context().close();
  const context = await browser.newContext({ viewport: { width: 1360, height: 800 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  page = await context.newPage();
  await page.goto(vscode.address(workspace, modelFile));
  const editor = new Editor(page);
  await page.locator(".monaco-editor[data-uri] .view-line").first().waitFor({ timeout: 60_000 });
  return editor;
}

function expect(text, ...parts) {
  for (const part of parts) if (!text.includes(part)) throw new Error(`expected “${part}” in:\n${text}`);
}

function text(name) {
  return readFileSync(join(workspace, name), "utf8");
}

/** The report of the command line for a file of the workspace as it is now. */
function report(name) {
  return counted(options.cli, name, workspace);
}

async function showsWhatTheCommandLineCounts(editor, name, timeout) {
  const expected = expectedHints(report(name));
  if (expected.size < 4) throw new Error(`the command line finds ${expected.size} lines in ${name}`);
  await editor.hints(text(name), expected, timeout);
}

/** Points again where the text moved after it was pointed at, as it does when a code lens appears. */
async function hoverShows(editor, source, word, ...parts) {
  let pointed = 0;
  await until(`hover with ${parts.join(" and ")}`, async () => {
    const shown = await editor.hoverText();
    if (parts.every((part) => shown.includes(part))) return true;
    if (Date.now() - pointed > 4000) {
      await page.mouse.move(5, 5);
      await editor.pointAt(source, word);
      pointed = Date.now();
    }
    return false;
  });
}

async function readModel(editor) {
  const { models } = report("model.py");
  const total = number(models[0].total);
  await step("hints on a Keras file", () => showsWhatTheCommandLineCounts(editor, "model.py", 60_000));
  await step("hover with the formula", () =>
    hoverShows(editor, CONV_2, "Conv2D", "18,496 parameters", "kernel", "3, 3, 32, 64", "3·3·32·64 + 64"),
  );
  await page.mouse.move(5, 5);
  await step("squiggle and problems panel", async () => {
    await until("a squiggle", () => editor.squiggles());
    expect(await editor.problems(), "budget of 30,000", total);
  });
  await step("code lens", () => until("code lens", async () => (await editor.lensText()).includes(total)));
  await step("layers behind the code lens", async () => {
    await editor.lens().click();
    const rows = await until("rows to choose from", async () => (await editor.quickPickRows()).join("\n"));
    expect(rows, "320", "18,496"); // those further down are drawn when scrolled to
  });
  await page.keyboard.press("Escape");
  await step("status bar with the budget", () =>
    until("the count against the budget", async () => (await editor.status()).includes(`${total} of 30,000 parameters`)),
  );
  await step("status bar tooltip", async () => {
    await page.locator('[id="paramlens.paramlens.status"]').hover();
    await page.locator(".monaco-hover", { hasText: "Set budget" }).first().waitFor();
    expect(await page.locator(".monaco-hover", { hasText: "Set budget" }).first().innerText(), "keras.Sequential", "116.1%");
  });
  await page.mouse.move(5, 5);
  await step("status bar leads to the model panel", async () => {
    await page.locator('[id="paramlens.paramlens.status"]').click();
    const panel = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
    await until("the panel with the total", async () => (await panel.locator("body").innerText()).includes(total));
    const tab = page.locator(".tab", { hasText: "Model: model.py" });
    await tab.click({ button: "middle" });
    await tab.waitFor({ state: "detached" });
  });
  await step("tree of layers", async () => {
    await page.locator(".pane-header", { hasText: "Model Layers" }).click();
    const rows = await until("rows", async () => {
      const found = await editor.treeRows();
      return found.some((row) => row.includes("53.1%")) && found;
    });
    expect(rows.join("\n"), "model: Sequential", total, "18,496 · 53.1%");
    await page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row", { hasText: "53.1%" }).click();
    await until("the cursor on that layer", async () => (await editor.cursor()).startsWith("Ln 9,"));
  });
  await step("a hint leads to where its input comes from", async () => {
    const hint = page.locator(".view-line", { hasText: CONV_2 }).getByText("▸ 18,496").last();
    const { x, y, width, height } = await hint.boundingBox();
    await until("the cursor on the pooling", async () => {
      await page.mouse.move(5, 5);
      await page.keyboard.down("Control");
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.mouse.move(x + width / 2 + 3, y + height / 2);
      await page.waitForTimeout(500); // it is resolved and drawn as a link in a while
      await page.mouse.down();
      await page.mouse.up();
      await page.keyboard.up("Control");
      return (await editor.cursor()).startsWith("Ln 8,");
    });
  });
  await step("hover of a hint", async () => {
    await page.mouse.move(5, 5);
    await page.locator(".view-line", { hasText: CONV_2 }).getByText("▸ 18,496").last().hover();
    await until("its tooltip", async () => (await editor.hoverText()).includes("Conv2D: 18,496 parameters"));
  });
  await page.mouse.move(5, 5);
  await step("hints on a PyTorch file", async () => {
    await editor.open("torch_model.py");
    await showsWhatTheCommandLineCounts(editor, "torch_model.py");
  });
  await step("back to the Keras file", () => editor.open("model.py"));
}

async function changeModel(editor) {
  const before = text("model.py");
  await step("edit", async () => {
    await editor.goBefore(before, "32, 3");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    await page.keyboard.type("16");
    await until("the edit saved", () => text("model.py").includes("Conv2D(16,"));
    await showsWhatTheCommandLineCounts(editor, "model.py");
    await until("no squiggle under budget", async () => (await editor.squiggles()) === 0);
    await until("the new count in the status bar", async () => (await editor.status()).includes("25,450 of 30,000"));
  });
  await step("undo", async () => {
    for (let count = 0; count < 4 && !(await editor.lines()).join().includes("Conv2D(32"); count++) {
      await page.keyboard.press("Control+z");
    }
    await editor.hint(CONV_2, "18,496");
    await until("the file as it was", () => text("model.py") === before);
  });
  await step("a half-typed line keeps the others", async () => {
    const expected = expectedHints(report("model.py"));
    await editor.goBefore(before, "\nmodel = ");
    await page.keyboard.type("part = layers.Dense(3, ");
    const typed = before.replace("\n\nmodel", "\npart = layers.Dense(3, )\nmodel"); // the editor closes brackets
    await editor.hints(typed, expected);
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Delete");
    await editor.hints(typed.replace("(3, )", "(3,"), expected);
  });
  await step("undo of that", async () => {
    for (let count = 0; count < 12 && (await editor.lines()).join().includes("part"); count++) {
      await page.keyboard.press("Control+z");
    }
    await showsWhatTheCommandLineCounts(editor, "model.py");
    await until("the file as it was", () => text("model.py") === before);
  });
  await step("imported file changed on disk", async () => {
    writeFileSync(sizesFile, "CLASSES = 20\n");
    await editor.hint(DENSE, "32,020");
    await showsWhatTheCommandLineCounts(editor, "model.py");
  });
  await step("open file changed on disk", async () => {
    writeFileSync(modelFile, text("model.py").replace("Conv2D(64", "Conv2D(8"));
    await editor.hint("layers.Conv2D(8", "2,312");
    await showsWhatTheCommandLineCounts(editor, "model.py");
    writeFileSync(modelFile, before);
    await editor.hint(CONV_2, "18,496");
  });
}

async function furniture(editor, vscode) {
  await step("hints toggled", async () => {
    await editor.command("Paramlens: Toggle Hints");
    await until("no hints", async () => !(await editor.lines()).join().includes("▸"));
    await editor.command("Paramlens: Toggle Hints");
    await editor.hint(CONV_2, "18,496");
  });
  await step("compact hints with shapes and multiply-adds", async () => {
    const show = ["parameters", "shapes", "multiply-adds"];
    vscode.settings({ "paramlens.inlayHints.format": "compact", "paramlens.inlayHints.show": show }, trusting);
    const wanted = "▸ 18.5 k · (None, 11, 11, 64) · 2.2 M MAC";
    await until(wanted, async () => (await editor.lines()).some((line) => line.endsWith(wanted)));
  });
  await step("exact hints again", async () => {
    vscode.settings({}, trusting);
    await editor.hint(CONV_2, "18,496");
  });
  await step("summary copied as Markdown", async () => {
    await editor.goBefore(text("model.py"), "model = ");
    await editor.command("Paramlens: Copy the Model's Summary as Markdown");
    await until("it on the clipboard", async () => {
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      return copied.includes("### model: Sequential") && copied.includes("| 3: Conv2D |") && copied.includes("18,496");
    });
  });
  await step("budget asked for", async () => {
    await editor.command("Paramlens: Set Budget of the Model at the Cursor");
    await page.locator(".quick-input-title", { hasText: "Budget of model" }).waitFor();
    await page.locator(".quick-input-widget input").first().fill("60k");
  });
  await step("budget written as a comment", async () => {
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "As a comment" }).first().click();
    const wanted = "])  # paramlens: budget 60k";
    const written = () => text("model.py").includes("model = keras.Sequential([  # paramlens: budget 60k") || text("model.py").includes(wanted);
    await until("the comment in the file", written);
    await showsWhatTheCommandLineCounts(editor, "model.py");
  });
  await step("undo of the budget", async () => {
    await editor.goBefore(text("model.py"), "model = ");
    await page.keyboard.press("Control+z");
    await until("the comment gone", () => !text("model.py").includes("budget"));
  });
  await step("logs", async () => {
    await editor.command("Paramlens: Show Logs");
    // Without its compiled logger this VS Code keeps no log, so it is the channel alone that can be seen.
    await page.locator('.panel [aria-label^="Output"], .panel .composite-bar').first().waitFor();
    await until("the channel", () => page.locator(".panel .monaco-select-box").evaluateAll((all) => all.some((box) => box.value === "Paramlens" || box.selectedOptions?.[0]?.text === "Paramlens")));
    await page.locator(".pane-header", { hasText: "Model Layers" }).waitFor(); // the log in front is no file without models
    await page.keyboard.press("Control+j");
  });
  await step("settings page", async () => {
    await page.keyboard.press("Control+,");
    await page.locator(".settings-editor .search-container").click();
    await page.keyboard.type("paramlens");
    await page.locator(".settings-editor .setting-item-category", { hasText: "Paramlens" }).first().waitFor();
    await page.waitForTimeout(500);
  });
  await page.keyboard.press("Escape");
  await step("walkthrough", async () => {
    await editor.command("Welcome: Open Walkthrough...");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Paramlens" }).first().click();
    await page.locator(".gettingStartedContainer", { hasText: "Counts while you type" }).waitFor();
    await page.waitForTimeout(1000);
  });
  await step("activation time", async () => {
    await editor.command("Developer: Show Running Extensions");
    const row = page.locator(".runtime-extensions-editor .monaco-list-row", { hasText: "paramlens" }).first();
    await row.waitFor();
    figures["activation"] = (await row.innerText()).match(/\d+ms/)?.[0];
  });
  await page.keyboard.press("Escape");
  await step("page of the extension", async () => {
    await page.keyboard.press("Control+Shift+x");
    await page.locator(".sidebar .extension-list-item", { hasText: "Paramlens" }).first().click();
    await page.locator(".extension-editor .header", { hasText: "Paramlens" }).waitFor();
    await page.waitForTimeout(1500);
  });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Shift+e");
  await editor.open("model.py");
  await editor.hint(CONV_2, "18,496");
}

async function mishaps(editor, vscode) {
  await step("restart the server", async () => {
    const [before] = vscode.processes(SERVER);
    await editor.command("Paramlens: Restart Server");
    await until("another process", () => vscode.processes(SERVER).some((pid) => pid !== before));
    await editor.hint(CONV_2, "18,496", 40_000);
  });
  await step("a killed server comes back", async () => {
    const killed = vscode.processes(SERVER);
    if (killed.length !== 1) throw new Error(`${killed.length} servers run`);
    process.kill(killed[0], "SIGKILL");
    await until("another process", () => vscode.processes(SERVER).some((pid) => pid !== killed[0]));
    await editor.goBefore(text("model.py"), "64, 3");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    await page.keyboard.type("8");
    await editor.hint("layers.Conv2D(8", "2,312");
    for (let count = 0; count < 4 && !(await editor.lines()).join().includes("Conv2D(64"); count++) {
      await page.keyboard.press("Control+z");
    }
    await editor.hint(CONV_2, "18,496");
  });
  await step("no interpreter", async () => {
    surroundings.takePython();
    await editor.command("Paramlens: Restart Server");
    await until("notification", async () => (await editor.toasts()).includes("no Python 3.10 or later was found"));
    await until("no hints", async () => !(await editor.lines()).join().includes("18,496"));
    for (const name of ["Get Python", "Open Setting", "Show Logs"]) await page.getByRole("button", { name }).waitFor();
  });
  await step("the setting for it", async () => {
    await page.getByRole("button", { name: "Open Setting" }).click();
    await page.locator(".settings-editor .setting-item-label", { hasText: "Interpreter" }).first().waitFor({ timeout: 10_000 });
  });
  await page.keyboard.press("Escape");
  await step("an interpreter set", async () => {
    vscode.settings({ "paramlens.interpreter": surroundings.python }, trusting);
    await editor.open("model.py");
    await editor.hint(CONV_2, "18,496");
    surroundings.givePython();
  });
  await step("a command that is no program", async () => {
    vscode.settings({ "paramlens.server.command": ["no-such-program"] }, trusting);
    await until("notification", async () => (await editor.toasts()).includes("no-such-program"));
  });
  await step("a server that ends at once", async () => {
    vscode.settings({ "paramlens.server.command": ["sh", "-c", "exit 3"] }, trusting);
    await until("notification", async () => (await editor.toasts()).includes("did not start"));
  });
  await step("settings mended", async () => {
    vscode.settings({}, trusting);
    await editor.hint(CONV_2, "18,496");
  });
}

/** Restricted Mode: what the workspace names or holds is not run. */
async function restricted(browser, vscode) {
  const sprung = join(folder, "sprung");
  const trap = join(folder, "trap.sh");
  writeFileSync(trap, `#!/bin/sh\ntouch "${sprung}"\n`, { mode: 0o755 });
  mkdirSync(join(workspace, ".vscode"), { recursive: true });
  const own = { "paramlens.server.command": [trap], "paramlens.interpreter": trap, "paramlens.importStrategy": "fromEnvironment" };
  writeFileSync(join(workspace, ".vscode/settings.json"), JSON.stringify(own));
  mkdirSync(join(workspace, ".venv/bin"), { recursive: true });
  cpSync(trap, join(workspace, ".venv/bin/python"));
  vscode.settings({}, {});
  let editor;
  await step("restricted mode", async () => {
    editor = await openWindow(browser, vscode);
    await page.getByText("Restricted Mode").first().waitFor();
    await showsWhatTheCommandLineCounts(editor, "model.py", 60_000);
    if (existsSync(sprung)) throw new Error("a program of an untrusted workspace was run");
  });
  return editor;
}

/** A model's cell uses the imports of the cell before it; all cells are one module. */
async function notebook(editor) {
  writeFileSync(sizesFile, "CLASSES = 10\n");
  const all = JSON.parse(text("notebook.ipynb")).cells;
  const cells = all.filter((cell) => cell.cell_type === "code");
  const shown = (index) => page.evaluate((number) => {
    const editors = [...document.querySelectorAll(".notebookOverlay .monaco-editor[data-uri]")];
    editors.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
    const lines = [...(editors[number]?.querySelectorAll(".view-lines > .view-line") ?? [])];
    lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
    return lines.map((line) => line.textContent.replaceAll("\u00a0", " "));
  }, index);
  await step("hints in a notebook", async () => {
    await editor.open("notebook.ipynb");
    for (const [index, cell] of cells.entries()) {
      const number = all.indexOf(cell) + 1;
      const expected = expectedHints(report("notebook.ipynb"), number);
      if (index > 0 && expected.size === 0) throw new Error(`the command line finds nothing in cell ${number}`);
      await editor.hints(cell.source.join(""), expected, 20_000, () => shown(index));
    }
  });
  await step("hover in a notebook", () => hoverShows(editor, CONV_2, "Conv2D", "18,496 parameters", "3·3·32·64 + 64"));
  await page.mouse.move(5, 5);
  await step("diagnostic in a notebook", async () => {
    await until("a squiggle", () => page.locator(".notebookOverlay .squiggly-warning").count());
    expect(await editor.problems(), "budget of 30,000");
  });
  await step("edit in a notebook", async () => {
    await page.locator(".notebookOverlay .view-line", { hasText: CONV_2 }).click();
    await page.keyboard.press("Home");
    for (let count = 0; count < "layers.Conv2D(".length; count++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    await page.keyboard.type("8");
    await editor.hint("layers.Conv2D(8", "2,312");
    await until("no squiggle under budget", async () => (await page.locator(".notebookOverlay .squiggly-warning").count()) === 0);
  });
}

/** How long the first hint takes when VS Code and the file were open before. */
async function openAgain(browser, vscode) {
  await step("first hint after opening a folder again", async () => {
    const start = performance.now();
    const editor = await openWindow(browser, vscode);
    const source = performance.now();
    await editor.hint(CONV_1, "320", 60_000);
    const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
    figures["first hint after the folder is opened"] = seconds(start);
    figures["first hint after the text is there"] = seconds(source);
  });
}

async function session() {
  const { environment } = surroundings;
  const vscode = await startVSCode({ install, folder, extensions: [resolve(options.vsix)], environment });
  const browser = await startBrowser(chromium);
  try {
    vscode.settings({}, trusting);
    let editor;
    await step("open the window", async () => {
      editor = await openWindow(browser, vscode);
    });
    if (parts.includes("read")) await readModel(editor);
    else await editor.hint(CONV_2, "18,496", 60_000);
    if (parts.includes("change")) await changeModel(editor);
    if (parts.includes("fixes")) {
      await quickFixes({ step, editor, text, showsCounts: (name) => showsWhatTheCommandLineCounts(editor, name) });
      await step("back from the mistakes", () => editor.open("model.py"));
    }
    if (parts.includes("furniture")) await furniture(editor, vscode);
    if (parts.includes("mishaps")) await mishaps(editor, vscode);
    if (parts.includes("again")) await openAgain(browser, vscode);
    if (parts.includes("restricted")) await notebook(await restricted(browser, vscode));
  } finally {
    writeFileSync(join(options.screenshots, "vscode-server.log"), vscode.log());
    await browser.close();
    await vscode.stop();
  }
}

const begin = performance.now();
const problem = await session().catch((thrown) => thrown);
removeFolder(folder);
if (problem) console.log(problem.message);
for (const [name, value] of Object.entries(figures)) console.log(`     ${name}: ${value}`);
console.log(`VS Code: ${problem ? "failed" : "passed"} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exit(problem ? 1 : 0);
