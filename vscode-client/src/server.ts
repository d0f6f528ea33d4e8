/** Finding the command that starts the server. Knows nothing of the editor, so that it can be tested without one. */
import * as path from "node:path";
import { examine, unfit, type Candidate, type Interpreter } from "./interpreters";
import { isProgram, liesIn, onSearchPath } from "./programs";

export type ImportStrategy = "useBundled" | "fromEnvironment";

export interface Surroundings {
  /** Setting `paramlens.server.command`; empty when not set. */
  readonly command: readonly string[];
  readonly importStrategy: ImportStrategy;
  /** Setting `paramlens.interpreter`; empty when not set. */
  readonly interpreter: string;
  /** The interpreters that are selected in other extensions, the one to be asked first in front. */
  readonly selected: () => Promise<readonly Candidate[]>;
  readonly folders: readonly string[];
  /** Whether programs that lie in the workspace, or that it names, may be run. */
  readonly trusted: boolean;
  /** The extension's own folder: servers are started in it. */
  readonly extension: string;
  readonly home: string;
  readonly searchPath: string;
  readonly platform: NodeJS.Platform;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Which one it is, in words for people. */
  readonly source: string;
  /** What was passed over on the way, one sentence each. */
  readonly passedOver: readonly string[];
}

export interface NoServer {
  /** What was tried and why it did not do, one sentence each. */
  readonly tried: readonly string[];
  /** Whether it is an interpreter that is missing. */
  readonly needsPython: boolean;
}

export type Search = ServerCommand | NoServer;

const NAMES = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
const MOST_ON_PATH = 12;

/** The first command that works. */
export async function findServer(around: Surroundings): Promise<Search> {
  if (around.command.length > 0) return fromCommandSetting(around);
  const tried: string[] = [];
  if (!around.trusted) tried.push("The workspace is not trusted, so its own interpreter is not run.");
  let bundled: ServerCommand | undefined;
  for await (const { python, source } of candidates(around)) {
    if (!around.trusted && (await liesIn(python, around.folders))) {
      tried.push(sentence(source, `“${python}” lies in the workspace, which is not trusted`));
      continue;
    }
    const found = await examine(python, around.extension, around.importStrategy === "fromEnvironment");
    if (typeof found === "string") {
      tried.push(sentence(source, found));
    } else if (around.importStrategy === "fromEnvironment" && found.hasParamlens) {
      return { program: python, args: ["-I", "-m", "paramlens", "serve"], folder: around.extension, source, passedOver: tried };
    } else {
      if (around.importStrategy === "fromEnvironment") tried.push(sentence(source, `“${python}” does not have paramlens`));
      bundled ??= withBundled(python, source, found, around, tried);
      if (bundled && around.importStrategy === "useBundled") return bundled;
    }
  }
  return (await installed(around, tried)) ?? bundled ?? { tried, needsPython: true };
}

async function fromCommandSetting(around: Surroundings): Promise<Search> {
  const [name = "", ...args] = around.command.map((word) => expand(word, around));
  const folder = (around.trusted ? around.folders[0] : undefined) ?? around.extension;
  const program = isBareName(name) ? (await onSearchPath(name, around))[0] : path.resolve(folder, name);
  const source = "paramlens.server.command";
  if (program && !around.trusted && (await liesIn(program, around.folders))) {
    return { tried: [`${source}: “${program}” lies in the workspace, which is not trusted.`], needsPython: false };
  }
  if (program && (await isProgram(program))) return { program, args, folder, source, passedOver: [] };
  return { tried: [`${source}: there is no program “${name}”.`], needsPython: false };
}

/** Interpreters in the order in which they are tried, each once. */
async function* candidates(around: Surroundings): AsyncGenerator<Candidate> {
  const seen = new Set<string>();
  for await (const candidate of allCandidates(around)) {
    if (seen.has(candidate.python)) continue;
    seen.add(candidate.python);
    yield candidate;
  }
}

async function* allCandidates(around: Surroundings): AsyncGenerator<Candidate> {
  if (around.trusted) yield* await around.selected();
  if (around.interpreter !== "") {
    const name = expand(around.interpreter, around);
    const python = isBareName(name) ? (await onSearchPath(name, around))[0] : path.resolve(around.extension, name);
    yield { python: python ?? name, source: "paramlens.interpreter" };
  }
  if (around.trusted) yield* virtualEnvironments(around);
  let count = 0;
  for (const name of NAMES) {
    for (const python of await onSearchPath(name, around)) {
      yield { python, source: "PATH" };
      if (++count >= MOST_ON_PATH) return;
    }
  }
}

async function* virtualEnvironments(around: Surroundings): AsyncGenerator<Candidate> {
  const inside = around.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  for (const folder of around.folders) {
    const python = path.join(folder, ".venv", ...inside);
    if (await isProgram(python)) yield { python, source: "the workspace's .venv" };
  }
}

/** The bundled server: nothing but the standard library and the bundle is imported (-I -S). */
function withBundled(
  python: string,
  source: string,
  found: Interpreter,
  around: Surroundings,
  tried: string[],
): ServerCommand | undefined {
  const bundle = path.join(around.extension, "bundle");
  const reason = unfit(python, found, path.join(bundle, "libs"));
  if (reason !== undefined) {
    tried.push(sentence(source, reason));
    return undefined;
  }
  const args = ["-I", "-S", path.join(bundle, "launch.py"), "serve"];
  const words = `bundled, run by Python ${found.version.join(".")} of ${source}`;
  return { program: python, args, folder: around.extension, source: words, passedOver: tried };
}

/** The program `paramlens` on PATH. With the bundle, only where no interpreter was found. */
async function installed(around: Surroundings, tried: string[]): Promise<ServerCommand | undefined> {
  for (const program of await onSearchPath("paramlens", around)) {
    if (!around.trusted && (await liesIn(program, around.folders))) continue;
    return { program, args: ["serve"], folder: around.extension, source: "paramlens on PATH", passedOver: tried };
  }
  tried.push("There is no program “paramlens” on PATH.");
  return undefined;
}

function sentence(source: string, reason: string): string {
  return `${source.replace(/^t/, "T")}: ${reason}.`;
}

function expand(word: string, around: Surroundings): string {
  const [folder] = around.folders;
  const atHome = word === "~" || /^~[/\\]/.test(word) ? around.home + word.slice(1) : word;
  return folder === undefined ? atHome : atHome.replaceAll("${workspaceFolder}", folder);
}

function isBareName(name: string): boolean {
  return !/[/\\]/.test(name);
}
