// The pictures of the documentation, taken in real VS Code.
//   node pictures.mjs --server "COMMAND ARGUMENT..." [--vsix FILE] [--pictures FOLDER]
// Environment: PARAMLENS_VSCODE, folder made by install-vscode.sh; PARAMLENS_CHROMIUM, the browser.
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Editor } from "./editor.mjs";
import { removeFolder, startBrowser, startVSCode, until } from "./session.mjs";

const root = join(import.meta.dirname, "../../..");
const { values: options } = parseArgs({
  options: {
    vsix: { type: "string", default: join(root, "vscode-client/build/paramlens.vsix") },
    server: { type: "string", default: "paramlens serve" },
    pictures: { type: "string", default: join(root, "docs/images") },
  },
});
const install = resolve(process.env.PARAMLENS_VSCODE ?? join(root, "build/vscode"));
const chromium = process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium";

const settings = {
  "security.workspace.trust.enabled": false,
  "breadcrumbs.enabled": false,
  "editor.minimap.enabled": false,
  "editor.occurrencesHighlight": "off",
  "editor.renderLineHighlight": "none",
  "editor.stickyScroll.enabled": false,
  "editor.unicodeHighlight.ambiguousCharacters": false,
  "workbench.activityBar.location": "hidden",
  "workbench.layoutControl.enabled": false,
};

const folder = mkdtempSync(join(tmpdir(), "paramlens-pictures-"));
const workspace = join(folder, "networks");
for (const name of ["model.py", "sizes.py"]) cpSync(join(root, "tests/editors/workspace", name), join(workspace, name));
cpSync(join(root, "examples/resnet.py"), join(workspace, "resnet.py"));
mkdirSync(options.pictures, { recursive: true });

async function openWindow(browser, vscode, width, height) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1.5 });
  await page.goto(vscode.address(workspace, join(workspace, "model.py")));
  const editor = new Editor(page);
  await page.locator(".monaco-editor[data-uri] .view-line").first().waitFor();
  if (await page.locator(".part.sidebar").isVisible()) await page.keyboard.press("Control+b");
  await editor.hint("model = keras.Sequential([", "34,826", 60_000);
  return editor;
}

async function hints(browser, vscode) {
  const editor = await openWindow(browser, vscode, 1500, 530);
  const { page } = editor;
  await page.keyboard.press("Control+Backslash");
  await until("two editors", async () => (await page.locator(".editor-group-container").count()) === 2);
  await editor.open("resnet.py");
  await editor.hint("self.conv1 = nn.Conv2d(in_planes", "36,864", 60_000);
  await narrowLeft(page, 585);
  await page.mouse.move(900, 300);
  for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, 640); // to the first class; one turn is 56 pixels
  await page.mouse.move(5, 5);
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(options.pictures, "vscode-hints.png") });
  await page.close();
}

/** Drags the border between the two editors to `x`. */
async function narrowLeft(page, x) {
  const right = await page.locator(".editor-group-container").last().boundingBox();
  await page.mouse.move(right.x, right.y + 200);
  await page.mouse.down();
  await page.mouse.move(x, right.y + 200, { steps: 5 });
  await page.mouse.up();
}

async function hover(browser, vscode) {
  const editor = await openWindow(browser, vscode, 1000, 470);
  await editor.pointAt("layers.Conv2D(64", "Conv2D");
  await until("hover", async () => (await editor.hoverText()).includes("18,496 parameters"));
  await editor.page.waitForTimeout(1000);
  await editor.page.screenshot({ path: join(options.pictures, "vscode-hover.png") });
  await editor.page.close();
}

const vscode = await startVSCode({ install, folder, extension: options.vsix });
const browser = await startBrowser(chromium);
try {
  vscode.settings({ "paramlens.server.command": options.server.split(" ") }, settings);
  await hints(browser, vscode);
  await hover(browser, vscode);
} finally {
  await browser.close();
  await vscode.stop();
  removeFolder(folder);
}
