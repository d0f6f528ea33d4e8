// A session in real VS Code: what a person sees while a model is opened, hovered, edited and changed on disk.
//   node run.mjs --vsix FILE --server "COMMAND ARGUMENT..." [--screenshots FOLDER]
// Environment: PARAMLENS_VSCODE, folder made by install-vscode.sh; PARAMLENS_CHROMIUM, the browser.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Editor } from "./editor.mjs";
import { removeFolder, startBrowser, startVSCode, until } from "./session.mjs";

const here = import.meta.dirname;
const { values: options } = parseArgs({
  options: {
    vsix: { type: "string", default: join(here, "../../../vscode-client/build/paramlens.vsix") },
    server: { type: "string", default: "paramlens serve" },
    screenshots: { type: "string", default: join(here, "../../../build/screenshots") },
  },
});
const install = resolve(process.env.PARAMLENS_VSCODE ?? join(here, "../../../build/vscode"));
const chromium = process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium";
const serverCommand = { "paramlens.server.command": options.server.split(" ") };
const trusting = { "security.workspace.trust.enabled": false };

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

let page;

/** Steps build on one another, so the first that fails ends the session. */
async function step(name, work) {
  const start = performance.now();
  const report = async (word) => {
    console.log(`${word} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s  ${name}`);
    const file = `vscode-${word === "ok  " ? "" : "failed-"}${name.replaceAll(/[^a-z]+/gi, "-").toLowerCase()}.png`;
    await page?.screenshot({ path: join(options.screenshots, file) });
  };
  try {
    await work();
  } catch (problem) {
    await report("FAIL");
    throw problem;
  }
  await report("ok  ");
}

async function openWindow(browser, vscode) {
  await page?.close();
  page = await browser.newPage({ viewport: { width: 1100, height: 640 } });
  await page.goto(vscode.address(workspace, modelFile));
  const editor = new Editor(page);
  await page.locator(".monaco-editor[data-uri] .view-line").first().waitFor();
  return editor;
}

function expect(text, ...parts) {
  for (const part of parts) if (!text.includes(part)) throw new Error(`expected “${part}” in:\n${text}`);
}

async function readModel(editor) {
  await step("hints", async () => {
    await editor.hint(CONV_1, "320", 60_000);
    await editor.hint(CONV_2, "18,496");
    await editor.hint(DENSE, "16,010");
    await editor.hint(MODEL, "34,826");
  });
  await step("hover", async () => {
    await editor.pointAt(CONV_2, "Conv2D");
    const parts = ["18,496 parameters", "kernel", "3, 3, 32, 64"];
    await until(`hover with ${parts.join(" and ")}`, async () => {
      const text = await editor.hoverText();
      return parts.every((part) => text.includes(part));
    });
  });
  await page.mouse.move(5, 5);
  await step("squiggle and problems panel", async () => {
    await until("a squiggle", () => editor.squiggles());
    expect(await editor.problems(), "budget");
  });
  await step("code lens", () => until("code lens", async () => (await editor.lensText()).includes("34,826")));
  await step("layers behind the code lens", async () => {
    await editor.lens().click();
    const rows = await until("rows to choose from", async () => (await editor.quickPickRows()).join("\n"));
    expect(rows, "320", "18,496"); // those further down are drawn when scrolled to
  });
  await page.keyboard.press("Escape");
  await step("status bar", () => until("status bar item", () => editor.status()));
}

async function changeModel(editor) {
  await step("edit", async () => {
    await editor.goBefore(readFileSync(modelFile, "utf8"), "32, 3");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    await page.keyboard.type("16");
    await editor.hint(CONV_1, "160");
    await editor.hint(CONV_2, "9,280");
    await editor.hint(MODEL, "25,450");
    await until("no squiggle under budget", async () => (await editor.squiggles()) === 0);
  });
  await step("undo", async () => {
    for (let count = 0; count < 4 && !(await editor.lines()).join().includes("Conv2D(32"); count++) {
      await page.keyboard.press("Control+z");
    }
    await editor.hint(CONV_2, "18,496");
    await until("nothing unsaved", async () => (await page.locator(".tab.dirty").count()) === 0);
  });
  await step("imported file changed on disk", async () => {
    writeFileSync(sizesFile, "CLASSES = 20\n");
    await editor.hint(DENSE, "32,020");
    await editor.hint(MODEL, "50,836");
  });
  await step("open file changed on disk", async () => {
    writeFileSync(modelFile, readFileSync(modelFile, "utf8").replace("Conv2D(64", "Conv2D(8"));
    await editor.hint("layers.Conv2D(8", "2,312");
  });
}

async function mishaps(editor, vscode) {
  await step("restart the server", async () => {
    await editor.command("Paramlens: Restart Server");
    await editor.hint("layers.Conv2D(8", "2,312");
  });
  await step("no server notification", async () => {
    vscode.settings({ "paramlens.server.command": ["no-such-program"] }, trusting);
    await until("notification", async () => (await editor.toasts()).includes("no-such-program"));
    await until("no hints", async () => !(await editor.lines()).join().includes("2,312"));
  });
  await step("open the setting from the notification", async () => {
    await page.getByRole("button", { name: "Open Setting" }).click();
    await page.locator(".settings-editor .setting-item-category", { hasText: "Server" }).first().waitFor({ timeout: 10_000 });
  });
  await page.keyboard.press("Escape");
  await step("a server that ends at once", async () => {
    vscode.settings({ "paramlens.server.command": ["false"] }, trusting);
    await until("notification", async () => (await editor.toasts()).includes("did not start"));
  });
  await step("the setting mended", async () => {
    vscode.settings(serverCommand, trusting);
    await editor.hint("layers.Conv2D(8", "2,312");
  });
}

/** Restricted Mode: the user's own command is used, the workspace's is not. */
async function restricted(browser, vscode) {
  const trap = join(folder, "trap");
  writeFileSync(trap, `#!/bin/sh\ntouch "${trap}.sprung"\n`, { mode: 0o755 });
  mkdirSync(join(workspace, ".vscode"), { recursive: true });
  writeFileSync(join(workspace, ".vscode/settings.json"), JSON.stringify({ "paramlens.server.command": [trap] }));
  vscode.settings(serverCommand, {});
  let editor;
  await step("restricted mode", async () => {
    editor = await openWindow(browser, vscode);
    await page.getByText("Restricted Mode").first().waitFor();
    await editor.hint(CONV_1, "320", 60_000);
    if (existsSync(`${trap}.sprung`)) throw new Error("a program named by an untrusted workspace was run");
  });
  return editor;
}

/** A model's cell uses the imports of the cell before it. */
async function notebook(editor) {
  writeFileSync(sizesFile, "CLASSES = 10\n");
  await step("notebook", async () => {
    await editor.open("notebook.ipynb");
    await editor.hint(CONV_1, "320");
    await editor.hint(CONV_2, "18,496");
    await editor.hint(DENSE, "16,010");
    await editor.hint(MODEL, "34,826");
  });
}

async function session() {
  const vscode = await startVSCode({ install, folder, extension: options.vsix });
  const browser = await startBrowser(chromium);
  try {
    vscode.settings(serverCommand, trusting);
    let editor;
    await step("open the window", async () => {
      editor = await openWindow(browser, vscode);
    });
    await readModel(editor);
    await changeModel(editor);
    await mishaps(editor, vscode);
    await notebook(await restricted(browser, vscode));
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
console.log(`VS Code: ${problem ? "failed" : "passed"} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exit(problem ? 1 : 0);
