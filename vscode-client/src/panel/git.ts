/** A file's text as it is in the last commit. */
import { execFile } from "node:child_process";
import * as path from "node:path";

export interface Committed {
  /** The commit, shortened. */
  readonly label: string;
  readonly text: string;
}

const LIMIT = 16 * 2 ** 20;
const WAIT_MS = 10_000;

/** Undefined where there is no such file in a last commit, or no git. Git is run in the file's folder, without a shell
 * and without what a repository may configure to run. */
export async function lastCommitted(file: string): Promise<Committed | undefined> {
  const folder = path.dirname(file);
  try {
    const label = (await git(folder, "rev-parse", "--short", "HEAD")).trim();
    return { label, text: await git(folder, "cat-file", "blob", `${label}:./${path.basename(file)}`) };
  } catch {
    return undefined;
  }
}

function git(folder: string, ...words: string[]): Promise<string> {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1", LC_ALL: "C" };
  const args = ["-C", folder, "-c", "core.fsmonitor=false", ...words];
  return new Promise((resolve, reject) => {
    execFile("git", args, { env, maxBuffer: LIMIT, timeout: WAIT_MS, encoding: "utf8" }, (error, text) => {
      if (error) reject(new Error(error.message));
      else resolve(text);
    });
  });
}
