import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { describe, test } from "node:test";
import { lastCommitted } from "../src/panel/git";
import { pageHtml } from "../src/panel/page";

describe("the text of the last commit", () => {
  function repository(): string {
    const folder = mkdtempSync(path.join(tmpdir(), "paramlens-git-"));
    const git = (...words: string[]): void => {
      execFileSync("git", ["-C", folder, "-c", "user.name=n", "-c", "user.email=e", ...words], { stdio: "pipe" });
    };
    git("init", "--quiet");
    writeFileSync(path.join(folder, "net.py"), "größe = 1\n");
    git("add", ".");
    git("commit", "--quiet", "-m", "first");
    return folder;
  }

  test("is that of the commit, not of the folder", async () => {
    const folder = repository();
    writeFileSync(path.join(folder, "net.py"), "changed\n");
    const found = await lastCommitted(path.join(folder, "net.py"));
    assert.equal(found?.text, "größe = 1\n");
    assert.match(found.label, /^[0-9a-f]{7,}$/);
    rmSync(folder, { recursive: true });
  });

  test("is not there for a file that is new, or in no repository", async () => {
    const folder = repository();
    writeFileSync(path.join(folder, "new.py"), "");
    assert.equal(await lastCommitted(path.join(folder, "new.py")), undefined);
    rmSync(path.join(folder, ".git"), { recursive: true });
    assert.equal(await lastCommitted(path.join(folder, "net.py")), undefined);
    rmSync(folder, { recursive: true });
  });

  test("no program that the repository names is run", { skip: process.platform === "win32" }, async () => {
    const folder = repository();
    const trap = path.join(folder, "trap");
    writeFileSync(trap, `#!/bin/sh\ntouch "${trap}.sprung"\ncat "$1"\n`);
    chmodSync(trap, 0o755);
    writeFileSync(path.join(folder, ".gitattributes"), "*.py diff=trap filter=trap\n");
    for (const name of ["diff.trap.textconv", "filter.trap.smudge", "core.fsmonitor", "core.pager"]) {
      execFileSync("git", ["-C", folder, "config", name, trap]);
    }
    assert.equal((await lastCommitted(path.join(folder, "net.py")))?.text, "größe = 1\n");
    assert.ok(!existsSync(`${trap}.sprung`));
    rmSync(folder, { recursive: true });
  });
});

test("the page allows its own script and style sheet alone", () => {
  const html = pageHtml({ script: "https://e/panel.js", style: "https://e/panel.css", source: "https://e" });
  const [, policy = ""] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
  const [, nonce = ""] = /<script nonce="([^"]+)"/.exec(html) ?? [];
  assert.ok(nonce.length >= 16);
  assert.equal(policy, `default-src 'none'; style-src https://e; script-src 'nonce-${nonce}'`);
  assert.doesNotMatch(html, /\son\w+=|unsafe|style="/);
  assert.notEqual(html, pageHtml({ script: "https://e/panel.js", style: "https://e/panel.css", source: "https://e" }));
});
