// One VS Code server with its own fresh folders, and a headless browser to look at it.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const QUIET = {
  "chat.disableAIFeatures": true,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "window.menuBarVisibility": "compact",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.reduceMotion": "on",
  "workbench.tips.enabled": false,
};

/** The extension that `make vsix` made. */
export function builtVsix() {
  const build = join(import.meta.dirname, "../../../build");
  const names = existsSync(build) ? readdirSync(build) : [];
  return join(build, names.find((name) => name.endsWith(".vsix")) ?? "paramlens.vsix");
}

/** Starts the server of the installation in `install`, with `extensions` (.vsix files) in it. */
export async function startVSCode({ install, folder, extensions, environment = {} }) {
  const userData = join(folder, "user");
  const env = {
    ...process.env,
    ...environment,
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "", itemUrl: "", resourceUrlTemplate: "" }),
  };
  for (const name of ["CONFIG", "DATA", "CACHE", "STATE", "RUNTIME"]) {
    const place = join(folder, "xdg", name.toLowerCase());
    mkdirSync(place, { recursive: true, mode: 0o700 });
    env[`XDG_${name}_${name === "RUNTIME" ? "DIR" : "HOME"}`] = place;
  }
  const program = join(install, "bin", "code-server");
  const common = ["--user-data-dir", userData, "--extensions-dir", join(folder, "extensions"), "--disable-telemetry"];
  const installed = extensions.flatMap((extension) => ["--install-extension", extension]);
  execFileSync(program, [...common, ...installed], { env, stdio: "pipe" });

  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const quiet = ["--auth", "none", "--disable-update-check", "--disable-getting-started-override", "--ignore-last-opened"];
  const child = spawn(program, [...common, ...quiet, "--bind-addr", host], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (log += data));
  await until("the VS Code server answers", () => healthy(`http://${host}/healthz`), 30_000);

  return {
    log: () => log,
    address: (directory, file) => {
      const payload = JSON.stringify([["openFile", `vscode-remote://${host}${file}`]]);
      return `http://${host}/?folder=${encodeURIComponent(directory)}&payload=${encodeURIComponent(payload)}`;
    },
    /** Settings of the user. Those with a machine scope are read from a file of their own. */
    settings: (machine, user = {}) => {
      writeSettings(join(userData, "User"), { ...QUIET, ...user });
      writeSettings(join(userData, "Machine"), machine);
    },
    /** The processes below that were started with these words, such as the language server's. */
    processes: (words) => descendants(child.pid).filter((pid) => commandOf(pid).includes(words)),
    /** Their whole commands. */
    commands: (words) => descendants(child.pid).map(commandOf).filter((command) => command.includes(words)),
    stop: () => stopTree(child),
  };
}

export function startBrowser(executablePath) {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  const args = ["--no-sandbox", ...quiet, "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, args });
}

/** Calls `probe` until it returns something true, and returns that. */
export async function until(what, probe, timeout = 20_000) {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${timeout / 1000} s: ${what}`);
    await sleep(50);
  }
}

function writeSettings(folder, settings) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings, null, 2));
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function healthy(address) {
  try {
    return (await fetch(address)).ok;
  } catch {
    return false;
  }
}

/** The server's children outlive it by seconds and still write into its folders. */
async function stopTree(child) {
  const pids = descendants(child.pid);
  child.kill("SIGTERM");
  const end = Date.now() + 5000;
  while (pids.some(alive) && Date.now() < end) await sleep(100);
  for (const pid of pids.filter(alive)) process.kill(pid, "SIGKILL");
}

function descendants(root) {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // The process ended meanwhile.
    }
  }
  const found = [root];
  for (let index = 0; index < found.length; index++) {
    for (const [pid, parent] of parents) if (parent === found[index]) found.push(pid);
  }
  return found;
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
