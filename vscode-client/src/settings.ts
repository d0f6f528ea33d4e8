/** The settings as the server gets them: only what somebody set, so that a default never hides `pyproject.toml`. */
import type { WorkspaceConfiguration } from "vscode";

export const SECTION = "paramlens";

const SERVER_SETTINGS = [
  "dtype",
  "optimizer",
  "batchSize",
  "samples",
  "exclude",
  "budgets",
  "rules",
  "python",
  "inlayHints.enable",
  "inlayHints.format",
  "inlayHints.show",
  "codeLens.enable",
  "logLevel",
] as const;

export type Configuration = Pick<WorkspaceConfiguration, "get" | "inspect">;

/** A nested object such as `{batchSize: 64, inlayHints: {enable: false}}`. */
export function serverSettings(configuration: Configuration): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const name of SERVER_SETTINGS) {
    if (isSet(configuration, name)) insert(settings, name.split("."), configuration.get(name));
  }
  return settings;
}

function isSet(configuration: Configuration, name: string): boolean {
  const places = configuration.inspect(name);
  if (!places) return false;
  const { globalValue, workspaceValue, workspaceFolderValue } = places;
  const { globalLanguageValue, workspaceLanguageValue, workspaceFolderLanguageValue } = places;
  return [
    globalValue,
    workspaceValue,
    workspaceFolderValue,
    globalLanguageValue,
    workspaceLanguageValue,
    workspaceFolderLanguageValue,
  ].some((value) => value !== undefined);
}

function insert(settings: Record<string, unknown>, [head = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    settings[head] = value;
    return;
  }
  const inner = (settings[head] ?? {}) as Record<string, unknown>;
  insert(inner, rest, value);
  settings[head] = inner;
}
