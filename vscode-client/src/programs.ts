/** Files that can be run, and where they are looked for. Knows nothing of the editor. */
import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import * as path from "node:path";

export interface SearchPath {
  readonly searchPath: string;
  readonly platform: NodeJS.Platform;
}

export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** All programs of that name, in the order of PATH. Relative entries are left out: they would mean the workspace. */
export async function onSearchPath(name: string, around: SearchPath): Promise<string[]> {
  const file = around.platform === "win32" && path.extname(name) === "" ? `${name}.exe` : name;
  const folders = around.searchPath.split(around.platform === "win32" ? ";" : ":");
  const programs = folders.filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, file));
  const found: string[] = [];
  for (const program of programs) if (!found.includes(program) && (await isProgram(program))) found.push(program);
  return found;
}

/** Whether a file lies in one of the folders, be it by way of links. */
export async function liesIn(file: string, folders: readonly string[]): Promise<boolean> {
  const whole = await real(file);
  for (const folder of folders) {
    for (const [inner, outer] of [[file, folder], [whole, await real(folder)]] as const) {
      const relative = path.relative(outer, inner);
      if (relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)) return true;
    }
  }
  return false;
}

function real(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
