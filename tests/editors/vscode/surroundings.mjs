// What surrounds VS Code in these sessions: a machine on which a bare Python is all there is.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TOOLS = ["sh", "dirname", "readlink", "uname", "cat", "env"];

/** A PATH with few programs and one Python, which can be taken away; PYTHONPATH leads to modules that must not run. */
export class Surroundings {
  constructor(folder) {
    this.bin = join(folder, "bin");
    this.trap = join(folder, "trap");
    mkdirSync(this.bin);
    mkdirSync(this.trap);
    for (const tool of TOOLS) symlinkSync(which(tool), join(this.bin, tool));
    this.python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    for (const name of ["json", "typing", "paramlens"]) writeFileSync(join(this.trap, `${name}.py`), "raise SystemExit(9)\n");
    this.givePython();
  }

  get environment() {
    const without = { VIRTUAL_ENV: undefined, CONDA_PREFIX: undefined, PYTHONDONTWRITEBYTECODE: undefined };
    const own = { VSCODE_CLI: "1" }; // else VS Code asks a login shell for its PATH
    return { ...without, ...own, PATH: this.bin, PYTHONPATH: this.trap, PYTHONSTARTUP: join(this.trap, "json.py") };
  }

  givePython() {
    writeFileSync(join(this.bin, "python3"), `#!/bin/sh\nexec '${this.python}' "$@"\n`, { mode: 0o755 });
  }

  takePython() {
    rmSync(join(this.bin, "python3"));
  }
}

function which(tool) {
  return execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim();
}
