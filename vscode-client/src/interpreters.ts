/** What a Python interpreter is, found by asking it. Knows nothing of the editor. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { isProgram } from "./programs";

/** An interpreter that may run the server, and where it comes from, in words for people. */
export interface Candidate {
  readonly python: string;
  readonly source: string;
}

export interface Interpreter {
  readonly implementation: string;
  readonly version: readonly number[];
  /** Endings of the compiled modules that it loads, such as `.cpython-312-x86_64-linux-gnu.so`. */
  readonly endings: readonly string[];
  readonly hasParamlens: boolean;
}

export const OLDEST = [3, 10] as const;
const ASKING_MS = 10_000;

/** Answered on lines, and without `json`: the server waits for it. */
const QUESTION = [
  "import importlib.machinery as m, sys",
  "print(sys.implementation.name, '.'.join(map(str, sys.version_info[:3])), *m.EXTENSION_SUFFIXES, sep='\\n')",
].join("\n");
const PACKAGES_QUESTION = "import importlib.util as u; print(u.find_spec('paramlens') is not None)";

/** What the interpreter says of itself, or why it cannot run the server. Its packages are looked at only when asked for. */
export async function examine(python: string, folder: string, packages: boolean): Promise<Interpreter | string> {
  if (!(await isProgram(python))) return `there is no program “${python}”`;
  const answer = await ask(python, folder, packages);
  if (typeof answer === "string") return `“${python}” does not work: ${answer}`;
  const [major = 0, minor = 0] = answer.version;
  const tooOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return tooOld ? `“${python}” is Python ${answer.version.join(".")}, and ${OLDEST.join(".")} or later is needed` : answer;
}

/** Why the libraries in `libraries` cannot be used by the interpreter; nothing when they can. */
export function unfit(python: string, found: Interpreter, libraries: string): string | undefined {
  const native = path.join(libraries, "libcst", "native");
  if (found.endings.some((ending) => existsSync(native + ending))) return undefined;
  const name = found.implementation === "cpython" ? "Python" : found.implementation;
  return `“${python}” is ${name} ${found.version.join(".")}, for which this extension carries no compiled module`;
}

/** Isolated (-I): nothing of the folder or of PYTHON* variables is looked at; nor (-S) of what is installed, unless asked. */
function ask(python: string, folder: string, packages: boolean): Promise<Interpreter | string> {
  const question = packages ? ["-c", `${QUESTION}\n${PACKAGES_QUESTION}`] : ["-S", "-c", QUESTION];
  return new Promise((resolve) => {
    execFile(python, ["-I", ...question], { cwd: folder, timeout: ASKING_MS }, (error, stdout, stderr) => {
      resolve(answer(error, stdout, stderr, packages));
    });
  });
}

function answer(error: Error | null, stdout: string, stderr: string, packages: boolean): Interpreter | string {
  if (error && "killed" in error && error.killed) return `no answer within ${String(ASKING_MS / 1000)} s`;
  const [complaint = ""] = stderr.trim().split("\n");
  if (error) return complaint || error.message.trim().split("\n", 1).join("");
  const [implementation = "", version = "", ...rest] = stdout.trim().split(/\r?\n/);
  const numbers = version.split(".").map(Number);
  if (numbers.length !== 3 || numbers.some(Number.isNaN)) return "it is no Python interpreter";
  return { implementation, version: numbers, endings: packages ? rest.slice(0, -1) : rest, hasParamlens: packages && rest.at(-1) === "True" };
}
