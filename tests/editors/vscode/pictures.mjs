// The pictures of the documentation and of the extension's walkthrough, taken in real VS Code, light and dark.
//   node pictures.mjs [--vsix FILE] [--docs FOLDER] [--media FOLDER]
// Environment: PARAMLENS_VSCODE, folder made by install-vscode.sh; PARAMLENS_CHROMIUM, the browser.
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Editor } from "./editor.mjs";
import { builtVsix, removeFolder, startBrowser, startVSCode, until } from "./session.mjs";

const root = join(import.meta.dirname, "../../..");
const { values: options } = parseArgs({
  options: {
    vsix: { type: "string", default: builtVsix() },
    docs: { type: "string", default: join(root, "docs/images") },
    media: { type: "string", default: join(root, "vscode-client/media") },
  },
});
const install = resolve(process.env.PARAMLENS_VSCODE ?? join(root, "build/vscode"));
const chromium = process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium";
const THEMES = { light: "Default Light Modern", dark: "Default Dark Modern" };
const DOCS = join(options.docs, "vscode-");
const MEDIA = join(options.media, "/");
const CONV_2 = "layers.Conv2D(64";

const settings = {
  "security.workspace.trust.enabled": false,
  "breadcrumbs.enabled": false,
  "editor.minimap.enabled": false,
  "editor.occurrencesHighlight": "off",
  "editor.renderLineHighlight": "none",
  "editor.stickyScroll.enabled": false,
  "editor.unicodeHighlight.ambiguousCharacters": false,
  "window.autoDetectColorScheme": false,
  "workbench.activityBar.location": "hidden",
  "workbench.layoutControl.enabled": false,
};

const folder = mkdtempSync(join(tmpdir(), "paramlens-pictures-"));
const workspace = join(folder, "networks");
for (const name of ["model.py", "sizes.py", "torch_model.py", "pyproject.toml"]) {
  cpSync(join(root, "tests/editors/workspace", name), join(workspace, name));
}
cpSync(join(root, "examples/resnet.py"), join(workspace, "resnet.py"));
for (const place of [options.docs, options.media]) mkdirSync(place, { recursive: true });

async function openWindow(browser, vscode, width, height, file = "model.py") {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1.5 });
  await page.goto(vscode.address(workspace, join(workspace, file)));
  const editor = new Editor(page);
  await page.locator(".monaco-editor[data-uri] .view-line").first().waitFor();
  return editor;
}

async function alone(editor) {
  const { page } = editor;
  if (await page.locator(".part.sidebar").isVisible()) await page.keyboard.press("Control+b");
  await editor.hint(CONV_2, "18,496", 60_000);
}

async function shoot(editor, name, ...places) {
  const { page } = editor;
  for (const message of await page.locator(".notification-toast .codicon-notifications-clear").all()) await message.click();
  await page.waitForTimeout(1000);
  for (const place of places) await page.screenshot({ path: `${place}${name}.png` });
  await page.close();
}

/** A Keras and a PyTorch model side by side. */
async function hints(browser, vscode, theme) {
  const editor = await openWindow(browser, vscode, 1500, 560);
  const { page } = editor;
  await alone(editor);
  await page.keyboard.press("Control+Backslash");
  await until("two editors", async () => (await page.locator(".editor-group-container").count()) === 2);
  await editor.open("resnet.py");
  await editor.hint("self.conv1 = nn.Conv2d(in_planes", "36,864", 60_000);
  await narrowLeft(page, 585);
  await page.mouse.move(900, 300);
  for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, 640); // to the first class; one turn is 56 pixels
  await page.mouse.move(5, 5);
  await shoot(editor, `hints-${theme}`, DOCS);
}

/** Drags the border between the two editors to `x`. */
async function narrowLeft(page, x) {
  const right = await page.locator(".editor-group-container").last().boundingBox();
  await page.mouse.move(right.x, right.y + 200);
  await page.mouse.down();
  await page.mouse.move(x, right.y + 200, { steps: 5 });
  await page.mouse.up();
}

async function hintsAlone(browser, vscode, theme) {
  const editor = await openWindow(browser, vscode, 760, 430);
  await alone(editor);
  await shoot(editor, `hints-${theme}`, MEDIA);
}

async function hover(browser, vscode, theme) {
  for (const [place, width, height] of [
    [DOCS, 1000, 470],
    [MEDIA, 760, 470],
  ]) {
    const editor = await openWindow(browser, vscode, width, height);
    await alone(editor);
    await editor.pointAt(CONV_2, "Conv2D");
    await until("hover", async () => (await editor.hoverText()).includes("18,496 parameters"));
    await shoot(editor, `hover-${theme}`, place);
  }
}

/** The squiggle with its problem, and the status bar. */
async function budget(browser, vscode, theme) {
  const editor = await openWindow(browser, vscode, 900, 520);
  await alone(editor);
  await until("a squiggle", () => editor.squiggles());
  await until("the budget", async () => (await editor.status()).includes("30,000"));
  await editor.pointAt("model = keras.Sequential", "Sequential");
  await until("hover", async () => (await editor.hoverText()).includes("over its budget"));
  await shoot(editor, `budget-${theme}`, MEDIA);
}

async function layers(browser, vscode, theme) {
  const editor = await openWindow(browser, vscode, 1250, 620, "torch_model.py");
  const { page } = editor;
  await editor.hint("self.stem = Block(", "928", 60_000);
  const header = page.locator(".pane-header", { hasText: "Model Layers" });
  await header.waitFor();
  if ((await header.getAttribute("aria-expanded")) !== "true") await header.click();
  const row = page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row", { hasText: "body: Sequential" });
  await row.locator(".monaco-tl-twistie").click();
  const files = page.locator(".pane-header", { hasText: "networks" }); // room for the tree
  if ((await files.getAttribute("aria-expanded")) === "true") await files.click();
  await page.mouse.move(700, 500);
  await shoot(editor, `layers-${theme}`, DOCS, MEDIA);
}

const vscode = await startVSCode({ install, folder, extensions: [resolve(options.vsix)] });
const browser = await startBrowser(chromium);
try {
  for (const [theme, name] of Object.entries(THEMES)) {
    vscode.settings({}, { ...settings, "workbench.colorTheme": name });
    for (const picture of [hints, hintsAlone, hover, budget, layers]) await picture(browser, vscode, theme);
  }
} finally {
  await browser.close();
  await vscode.stop();
  removeFolder(folder);
}
