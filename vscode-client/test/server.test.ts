import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { findServer, type Search, type Surroundings } from "../src/server";

// The programs made here are shell scripts.
describe("finding the server", { skip: process.platform === "win32" }, () => {
  let root = "";
  let workspace = "";

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "paramlens-"));
    workspace = path.join(root, "workspace");
    mkdirSync(workspace);
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function program(name: string, exitCode = 0): string {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\nexit ${String(exitCode)}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** An interpreter that answers whether it has the package. */
  function interpreter(name: string, hasParamlens = true): string {
    return program(name, hasParamlens ? 0 : 1);
  }

  function search(around: Partial<Surroundings> = {}): Promise<Search> {
    return findServer({
      command: [],
      python: "",
      selectedPython: () => Promise.resolve(undefined),
      folders: [workspace],
      trusted: true,
      safeFolder: root,
      home: path.join(root, "home"),
      searchPath: path.join(root, "bin"),
      platform: "linux",
      ...around,
    });
  }

  function command(found: Search): readonly string[] {
    return "tried" in found ? found.tried : [found.program, ...found.args];
  }

  test("the command setting wins over everything else", async () => {
    program("bin/paramlens");
    interpreter("workspace/.venv/bin/python");
    const own = program("own/server");
    const found = await search({ command: [own, "serve", "--log"], python: interpreter("py") });
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
    program("bin/paramlens");
    assert.deepEqual(command(await search({ command: ["nowhere"] })), [
      "paramlens.server.command: there is no program “nowhere”.",
    ]);
  });

  test("the interpreter setting runs the module", async () => {
    const python = interpreter("py");
    const found = await search({ python });
    assert.deepEqual(command(found), [python, "-m", "paramlens", "serve"]);
  });

  test("an interpreter without the package is reported", async () => {
    program("bin/paramlens");
    const python = interpreter("py", false);
    assert.deepEqual(command(await search({ python })), [
      `paramlens.server.python: “${python}” does not have the package paramlens.`,
    ]);
  });

  test("the selected interpreter comes before the .venv, the .venv before PATH", async () => {
    const onPath = program("bin/paramlens");
    assert.deepEqual(command(await search()), [onPath, "serve"]);
    const inVenv = interpreter("workspace/.venv/bin/python");
    assert.deepEqual(command(await search()), [inVenv, "-m", "paramlens", "serve"]);
    const selected = interpreter("selected");
    const found = await search({ selectedPython: () => Promise.resolve(selected) });
    assert.deepEqual(command(found), [selected, "-m", "paramlens", "serve"]);
  });

  test("interpreters without the package are passed over, and the search says so", async () => {
    const selected = interpreter("selected", false);
    const inVenv = interpreter("workspace/.venv/bin/python", false);
    assert.deepEqual(command(await search({ selectedPython: () => Promise.resolve(selected) })), [
      `the Python extension's interpreter: “${selected}” does not have the package paramlens.`,
      `the workspace's .venv: “${inVenv}” does not have the package paramlens.`,
      "There is no program “paramlens” on PATH.",
    ]);
  });

  test("nothing of an untrusted workspace is run", async () => {
    const onPath = program("bin/paramlens");
    interpreter("workspace/.venv/bin/python");
    const asked = { selectedPython: () => Promise.reject(new Error("must not be asked")) };
    const found = await search({ trusted: false, ...asked });
    assert.deepEqual(command(found), [onPath, "serve"]);
    assert.equal("folder" in found && found.folder, root);
  });

  test("relative entries of PATH are not searched", async () => {
    program("bin/paramlens");
    const relative = path.relative(process.cwd(), path.join(root, "bin"));
    assert.deepEqual(command(await search({ searchPath: relative })), ["There is no program “paramlens” on PATH."]);
  });

  test("without a folder open, PATH is searched", async () => {
    const onPath = program("bin/paramlens");
    assert.deepEqual(command(await search({ folders: [] })), [onPath, "serve"]);
  });
});
