// Which interpreter runs the server in real VS Code, and whose packages it reads, beside the Python Environments and the
// Python extension. Neither is published where these tests could install it: small stand-ins of their public interfaces are.
//   node interpreters-session.mjs [--vsix FILE] [--screenshots FOLDER]
// Environment: PARAMLENS_VSCODE, folder made by install-vscode.sh; PARAMLENS_CHROMIUM, the browser.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Editor } from "./editor.mjs";
import { builtVsix, removeFolder, startBrowser, startVSCode, until } from "./session.mjs";
import { stepsOf } from "./steps.mjs";
import { Surroundings } from "./surroundings.mjs";

const build = join(import.meta.dirname, "../../../build");
const { values: options } = parseArgs({
  options: {
    vsix: { type: "string", default: builtVsix() },
    screenshots: { type: "string", default: join(build, "screenshots") },
  },
});
const folder = mkdtempSync(join(tmpdir(), "paramlens-interpreters-"));
const workspace = join(folder, "workspace");
const trusting = { "security.workspace.trust.enabled": false };
const LAYER = "layer = nn.Linear(9, WIDTH)";
mkdirSync(workspace);
mkdirSync(options.screenshots, { recursive: true });
writeFileSync(join(workspace, "model.py"), `from torch import nn\nfrom widths import WIDTH\n\n${LAYER}\n`);
const surroundings = new Surroundings(folder);

/** An environment with a module `widths` of its own; its interpreter. */
function environment(name, width) {
  const place = join(folder, name);
  execFileSync(surroundings.python, ["-m", "venv", "--without-pip", place]);
  const [version] = readdirSync(join(place, "lib"));
  writeFileSync(join(place, "lib", version, "site-packages", "widths.py"), `WIDTH = ${width}\n`);
  return join(place, "bin", "python");
}

/** The stand-in packed as a file to install. */
function packed(name) {
  const file = join(folder, `${name}.vsix`);
  const place = join(folder, `packed-${name}`);
  cpSync(join(import.meta.dirname, "stand-ins", name), join(place, "extension"), { recursive: true });
  execFileSync(surroundings.python, ["-m", "zipfile", "-c", file, "extension"], { cwd: place });
  return file;
}

let page;
const step = stepsOf({ page: () => page, screenshots: options.screenshots });

async function openWindow(browser, vscode) {
  await page?.close();
  page = await browser.newPage({ viewport: { width: 1360, height: 800 } });
  await page.goto(vscode.address(workspace, join(workspace, "model.py")));
  await page.locator(".monaco-editor[data-uri] .view-line").first().waitFor({ timeout: 60_000 });
  return new Editor(page);
}

/** Waits until one server runs, by this interpreter. */
async function runs(vscode, python) {
  let servers = [];
  const right = () => {
    servers = vscode.commands("launch.py serve");
    return servers.length === 1 && servers[0].startsWith(`${python} -I -S `);
  };
  await until(`the server run by ${python}`, right, 30_000).catch((problem) => {
    throw new Error(`${problem.message}; there are:\n${servers.join("\n")}`);
  });
}

async function session(browser, vscode, pythons) {
  const { environments, python, setting } = pythons;
  const select = (inEnvironments, inPython, machine = { "paramlens.interpreter": setting }) =>
    vscode.settings({ ...machine, "standIn.environments": inEnvironments, "standIn.python": inPython }, trusting);
  let editor;
  await step("interpreter of the Python Environments extension", async () => {
    select(environments, python);
    editor = await openWindow(browser, vscode);
    await editor.hint(LAYER, "30", 60_000); // 10 · 3
    await runs(vscode, environments);
  });
  await step("another one selected there", async () => {
    select(python, python);
    await runs(vscode, python);
    await editor.hint(LAYER, "50");
  });
  await step("one selected there that does not exist", async () => {
    select(environments, python);
    await runs(vscode, environments);
    select(join(folder, "none", "bin", "python"), python);
    await runs(vscode, python);
  });
  await step("interpreter of the Python extension", async () => {
    select("", environments);
    await runs(vscode, environments);
    await editor.hint(LAYER, "30");
    select("", python);
    await runs(vscode, python);
    await editor.hint(LAYER, "50");
  });
  await step("interpreter of the setting", async () => {
    select("", "");
    await runs(vscode, setting);
  });
  await step("interpreter on PATH", async () => {
    select("", "", {});
    await runs(vscode, surroundings.python);
  });
  await step("none of the selected ones in a workspace that is not trusted", async () => {
    vscode.settings({ "standIn.environments": environments, "standIn.python": python });
    editor = await openWindow(browser, vscode);
    await page.getByText("Restricted Mode").first().waitFor();
    await runs(vscode, surroundings.python);
  });
}

async function all() {
  const pythons = { environments: environment("environments", 3), python: environment("python", 5), setting: environment("setting", 7) };
  const extensions = [resolve(options.vsix), packed("python-environments"), packed("python")];
  const install = resolve(process.env.PARAMLENS_VSCODE ?? join(build, "vscode"));
  const vscode = await startVSCode({ install, folder, extensions, environment: surroundings.environment });
  const browser = await startBrowser(process.env.PARAMLENS_CHROMIUM ?? "/usr/bin/chromium");
  try {
    await session(browser, vscode, pythons);
  } finally {
    await browser.close();
    await vscode.stop();
  }
}

const begin = performance.now();
const problem = await all().catch((thrown) => thrown);
removeFolder(folder);
if (problem) console.log(problem.message);
console.log(`VS Code, interpreters: ${problem ? "failed" : "passed"} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exit(problem ? 1 : 0);
