/** Finding the command that starts the server. Knows nothing of the editor, so that it can be tested without one. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import * as path from "node:path";

export interface Surroundings {
  /** Setting `paramlens.server.command`; empty when not set. */
  readonly command: readonly string[];
  /** Setting `paramlens.server.python`; empty when not set. */
  readonly python: string;
  /** The interpreter that the Python extension has selected, if there is one. */
  readonly selectedPython: () => Promise<string | undefined>;
  readonly folders: readonly string[];
  /** Whether programs that lie in the workspace may be run. */
  readonly trusted: boolean;
  /** A folder that holds no Python modules: `python -m` imports from the folder it is started in. */
  readonly safeFolder: string;
  readonly home: string;
  readonly searchPath: string;
  readonly platform: NodeJS.Platform;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Where it was found, in words for the log. */
  readonly source: string;
}

export interface NoServer {
  /** What was tried and why it did not do, one sentence each. */
  readonly tried: readonly string[];
}

export type Search = ServerCommand | NoServer;

/** The first command that works. A setting that is set is used or reported, never passed over. */
export async function findServer(around: Surroundings): Promise<Search> {
  if (around.command.length > 0) return fromCommandSetting(around);
  if (around.python !== "") return fromPythonSetting(around);
  const tried: string[] = [];
  if (around.trusted) {
    const found = (await fromSelectedPython(around, tried)) ?? (await fromVirtualEnvironment(around, tried));
    if (found) return found;
  } else {
    tried.push("The workspace is not trusted, so its interpreter and its .venv are not run.");
  }
  const program = await onSearchPath("paramlens", around);
  if (program) return { program, args: ["serve"], folder: around.safeFolder, source: "PATH" };
  return { tried: [...tried, "There is no program “paramlens” on PATH."] };
}

async function fromCommandSetting(around: Surroundings): Promise<Search> {
  const [name = "", ...args] = around.command.map((word) => expand(word, around));
  const folder = (around.trusted ? around.folders[0] : undefined) ?? around.safeFolder;
  const program = isBareName(name) ? await onSearchPath(name, around) : path.resolve(folder, name);
  if (program && (await isProgram(program))) return { program, args, folder, source: "paramlens.server.command" };
  return { tried: [`paramlens.server.command: there is no program “${name}”.`] };
}

async function fromPythonSetting(around: Surroundings): Promise<Search> {
  const name = expand(around.python, around);
  const python = isBareName(name) ? await onSearchPath(name, around) : path.resolve(around.safeFolder, name);
  const tried: string[] = [];
  return (await asModule(python ?? name, "paramlens.server.python", around, tried)) ?? { tried };
}

async function fromSelectedPython(around: Surroundings, tried: string[]): Promise<ServerCommand | undefined> {
  const python = await around.selectedPython();
  return python ? asModule(python, "the Python extension's interpreter", around, tried) : undefined;
}

async function fromVirtualEnvironment(around: Surroundings, tried: string[]): Promise<ServerCommand | undefined> {
  const inside = around.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  for (const folder of around.folders) {
    const python = path.join(folder, ".venv", ...inside);
    if (!(await isProgram(python))) continue;
    const found = await asModule(python, "the workspace's .venv", around, tried);
    if (found) return found;
  }
  return undefined;
}

async function asModule(
  python: string,
  source: string,
  around: Surroundings,
  tried: string[],
): Promise<ServerCommand | undefined> {
  if (!(await isProgram(python))) {
    tried.push(`${source}: there is no program “${python}”.`);
  } else if (!(await hasParamlens(python, around.safeFolder))) {
    tried.push(`${source}: “${python}” does not have the package paramlens.`);
  } else {
    return { program: python, args: ["-m", "paramlens", "serve"], folder: around.safeFolder, source };
  }
  return undefined;
}

function hasParamlens(python: string, folder: string): Promise<boolean> {
  const question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('paramlens') is None)";
  return new Promise((resolve) => {
    execFile(python, ["-c", question], { cwd: folder, timeout: 10_000 }, (error) => {
      resolve(error === null);
    });
  });
}

function expand(word: string, around: Surroundings): string {
  const [folder] = around.folders;
  const atHome = word === "~" || /^~[/\\]/.test(word) ? around.home + word.slice(1) : word;
  return folder === undefined ? atHome : atHome.replaceAll("${workspaceFolder}", folder);
}

function isBareName(name: string): boolean {
  return !/[/\\]/.test(name);
}

/** Relative entries of PATH are left out: they would mean the workspace. */
async function onSearchPath(name: string, around: Surroundings): Promise<string | undefined> {
  const file = around.platform === "win32" && path.extname(name) === "" ? `${name}.exe` : name;
  for (const folder of around.searchPath.split(around.platform === "win32" ? ";" : ":")) {
    const program = path.join(folder, file);
    if (path.isAbsolute(folder) && (await isProgram(program))) return program;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
