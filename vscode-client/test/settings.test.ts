import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { serverSettings, type Configuration } from "../src/settings";

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: { configuration: { properties: Record<string, { default: unknown; scope: string }> }[] };
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const declared = Object.assign({}, ...manifest.contributes.configuration.map((page) => page.properties)) as Record<
  string,
  { default: unknown; scope: string }
>;

/** A configuration in which a person set `values`, with the defaults of package.json for the others. */
function configured(values: Record<string, unknown>): Configuration {
  return {
    get: (name: string) => values[name] ?? declared[`paramlens.${name}`]?.default,
    inspect: (name: string) => ({ key: name, workspaceValue: values[name] }),
  } as Configuration;
}

test("nothing is sent that nobody set", () => {
  assert.deepEqual(serverSettings(configured({})), {});
});

test("settings keep their names, dotted ones nest", () => {
  const settings = serverSettings(
    configured({ batchSize: 64, "inlayHints.enable": false, rules: { "redundant-bias": "off" } }),
  );
  assert.deepEqual(settings, { batchSize: 64, inlayHints: { enable: false }, rules: { "redundant-bias": "off" } });
});

test("how the server is started and traced stays with the editor", () => {
  const everything = Object.fromEntries(
    Object.entries(declared).map(([name, { default: value }]) => [name.replace("paramlens.", ""), value]),
  );
  const sent = serverSettings(configured(everything));
  const names = Object.keys(declared).map((name) => name.split(".")[1] ?? "");
  const own = new Set(["server", "trace", "interpreter", "importStrategy"]);
  assert.deepEqual(new Set(Object.keys(sent)), new Set(names.filter((name) => !own.has(name))));
});

test("a setting that names a program is restricted in untrusted workspaces", () => {
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  for (const [name, { scope }] of Object.entries(declared)) {
    assert.equal(restricted.has(name), scope === "machine-overridable", name);
  }
});
