import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { findServer, type Search, type Surroundings } from "../src/server";

interface Told {
  version?: string;
  implementation?: string;
  ending?: string;
  hasParamlens?: boolean;
}

// The programs made here are shell scripts.
describe("finding the server", { skip: process.platform === "win32" }, () => {
  let root = "";
  let workspace = "";
  let extension = "";

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "paramlens-"));
    workspace = path.join(root, "workspace");
    extension = path.join(root, "extension");
    mkdirSync(workspace);
    const native = path.join(extension, "bundle", "libs", "libcst");
    mkdirSync(native, { recursive: true });
    for (const version of ["310", "312"]) writeFileSync(path.join(native, `native.cp${version}.so`), "");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function program(name: string, script = "exit 0"): string {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** An interpreter that says what it is when it is asked, isolated and in the extension's folder. */
  function interpreter(name: string, told: Told = {}): string {
    const { version = "3.12.1", implementation = "cpython", ending = ".cp312.so", hasParamlens = false } = told;
    const packages = hasParamlens ? "True" : "False";
    const answer = [implementation, version, ending, ".abi3.so"].join("\n");
    return program(name, `[ "$1" = -I ] && [ "$PWD" = '${extension}' ] && echo '${answer}' && { [ "$2" = -S ] || echo ${packages}; }`);
  }

  function search(around: Partial<Surroundings> = {}): Promise<Search> {
    return findServer({
      command: [],
      importStrategy: "useBundled",
      interpreter: "",
      selected: () => Promise.resolve([]),
      folders: [workspace],
      trusted: true,
      extension,
      home: path.join(root, "home"),
      searchPath: path.join(root, "bin"),
      platform: "linux",
      ...around,
    });
  }

  function command(found: Search): readonly string[] {
    return "tried" in found ? found.tried : [found.program, ...found.args];
  }

  function bundled(python: string): string[] {
    return [python, "-I", "-S", path.join(extension, "bundle", "launch.py"), "serve"];
  }

  function selected(...pythons: string[]): Partial<Surroundings> {
    return { selected: () => Promise.resolve(pythons.map((python) => ({ python, source: "the Python extension" }))) };
  }

  test("the command setting wins over everything else", async () => {
    interpreter("bin/python3");
    const own = program("own/server");
    const found = await search({ command: [own, "serve", "--log"], interpreter: interpreter("py") });
    assert.deepEqual(command(found), [own, "serve", "--log"]);
  });

  test("~ and ${workspaceFolder} are replaced in the command setting", async () => {
    const own = program("home/server");
    const found = await search({ command: ["~/server", "${workspaceFolder}/x"] });
    assert.deepEqual(command(found), [own, `${workspace}/x`]);
  });

  test("a relative command lies in a trusted workspace", async () => {
    const own = program("workspace/tools/server");
    const found = await search({ command: ["tools/server"] });
    assert.deepEqual(command(found), [own]);
    assert.equal("folder" in found && found.folder, workspace);
  });

  test("a command setting that names no program is reported and not passed over", async () => {
    interpreter("bin/python3");
    const found = await search({ command: ["nowhere"] });
    assert.deepEqual(command(found), ["paramlens.server.command: there is no program “nowhere”."]);
    assert.equal("tried" in found && found.needsPython, false);
  });

  test("extensions, then the setting, then the .venv, then PATH", async () => {
    const onPath = interpreter("bin/python3");
    assert.deepEqual(command(await search()), bundled(onPath));
    const inVenv = interpreter("workspace/.venv/bin/python");
    assert.deepEqual(command(await search()), bundled(inVenv));
    const set = interpreter("set");
    assert.deepEqual(command(await search({ interpreter: set })), bundled(set));
    const first = interpreter("first");
    const second = interpreter("second");
    assert.deepEqual(command(await search({ interpreter: set, ...selected(first, second) })), bundled(first));
  });

  test("the server is started in the extension's folder", async () => {
    interpreter("bin/python3");
    const found = await search();
    assert.equal("folder" in found && found.folder, extension);
  });

  test("interpreters that are too old, broken or of another kind are passed over, with the reason", async () => {
    const old = interpreter("old", { version: "3.9.18" });
    const broken = program("broken", "echo 'Could not find platform libraries' >&2; exit 1");
    const noPython = program("other", "echo hello");
    const pypy = interpreter("pypy", { implementation: "pypy", version: "3.10.14", ending: ".pypy310.so" });
    const future = interpreter("future", { version: "3.15.0", ending: ".cp315.so" });
    const good = interpreter("bin/python3", { version: "3.10.1", ending: ".cp310.so" });
    const found = await search(selected(old, broken, noPython, path.join(root, "gone"), pypy, future));
    assert.deepEqual(command(found), bundled(good));
    assert.deepEqual("passedOver" in found && found.passedOver, [
      `The Python extension: “${old}” is Python 3.9.18, and 3.10 or later is needed.`,
      `The Python extension: “${broken}” does not work: Could not find platform libraries.`,
      `The Python extension: “${noPython}” does not work: it is no Python interpreter.`,
      `The Python extension: there is no program “${root}/gone”.`,
      `The Python extension: “${pypy}” is pypy 3.10.14, for which this extension carries no compiled module.`,
      `The Python extension: “${future}” is Python 3.15.0, for which this extension carries no compiled module.`,
    ]);
  });

  test("an interpreter behind the first on PATH is found", async () => {
    interpreter("bin/python3", { version: "3.8.1" });
    const good = interpreter("bin2/python3");
    const found = await search({ searchPath: `${path.join(root, "bin")}:${path.join(root, "bin2")}` });
    assert.deepEqual(command(found), bundled(good));
  });

  test("without any interpreter, the program paramlens on PATH is used", async () => {
    const onPath = program("bin/paramlens");
    assert.deepEqual(command(await search()), [onPath, "serve"]);
  });

  test("nothing is found, and it is an interpreter that is missing", async () => {
    const found = await search();
    assert.deepEqual(found, { tried: ["There is no program “paramlens” on PATH."], needsPython: true });
  });

  test("fromEnvironment runs the package of the environment that has it", async () => {
    const without = interpreter("without");
    const having = interpreter("having", { hasParamlens: true, version: "3.13.0", ending: ".cp313.so" });
    const found = await search({ importStrategy: "fromEnvironment", ...selected(without, having) });
    assert.deepEqual(command(found), [having, "-I", "-m", "paramlens", "serve"]);
  });

  test("fromEnvironment falls back to the program on PATH, then to the bundle, and says why", async () => {
    const without = interpreter("without");
    const around = { importStrategy: "fromEnvironment", ...selected(without) } as const;
    const found = await search(around);
    assert.deepEqual(command(found), bundled(without));
    assert.deepEqual("passedOver" in found && found.passedOver, [
      `The Python extension: “${without}” does not have paramlens.`,
      "There is no program “paramlens” on PATH.",
    ]);
    const onPath = program("bin/paramlens");
    assert.deepEqual(command(await search(around)), [onPath, "serve"]);
  });

  test("nothing of an untrusted workspace is run", async () => {
    const inVenv = interpreter("workspace/.venv/bin/python");
    const asked = { selected: () => Promise.reject(new Error("must not be asked")) };
    const onPath = interpreter("bin/python3");
    assert.deepEqual(command(await search({ trusted: false, ...asked })), bundled(onPath));
    const link = path.join(root, "link");
    symlinkSync(inVenv, link);
    const found = await search({ trusted: false, interpreter: link, searchPath: path.dirname(inVenv), ...asked });
    const first = "The workspace is not trusted, so its own interpreter is not run.";
    assert.deepEqual(command(found), [
      first,
      `paramlens.interpreter: “${link}” lies in the workspace, which is not trusted.`,
      `PATH: “${inVenv}” lies in the workspace, which is not trusted.`,
      "There is no program “paramlens” on PATH.",
    ]);
    const refused = await search({ trusted: false, command: ["${workspaceFolder}/.venv/bin/python"] });
    assert.match(command(refused).join(), /not trusted/);
  });

  test("relative entries of PATH are not searched", async () => {
    interpreter("bin/python3");
    const relative = path.relative(process.cwd(), path.join(root, "bin"));
    assert.deepEqual(command(await search({ searchPath: relative })), ["There is no program “paramlens” on PATH."]);
  });

  test("without a folder open, PATH is searched", async () => {
    const onPath = interpreter("bin/python3");
    assert.deepEqual(command(await search({ folders: [] })), bundled(onPath));
  });
});
