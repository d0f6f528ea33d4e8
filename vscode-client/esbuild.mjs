// Bundles the extension and its panel's page into dist/, or with --tests each unit test into build/test/.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";

const tests = process.argv.includes("--tests");
const production = process.argv.includes("--production");
const outdir = tests ? "build/test" : "dist";
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: tests ? readdirSync("test").map((name) => `test/${name}`) : ["src/extension.ts"],
  outdir,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  minify: production,
  sourcemap: production ? false : "linked",
  logLevel: "warning",
});
if (!tests) {
  await build({
    entryPoints: ["main.tsx", "style.css"].map((name) => ({ in: `src/panel/view/${name}`, out: "panel" })),
    outdir,
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "iife",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: production,
    sourcemap: production ? false : "linked",
    logLevel: "warning",
  });
}
