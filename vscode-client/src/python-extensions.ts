/** The interpreter selected in the Python Environments or the Python extension, as far as they are there. */
import type { PythonEnvironmentApi } from "@vscode/python-environments";
import type { PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";
import type { Candidate } from "./interpreters";

const WAIT_MS = 5000;

/** The parts of the extensions' public interfaces that are used here. One that is older or off may lack them. */
type EnvironmentsApi = Partial<Pick<PythonEnvironmentApi, "getEnvironment" | "onDidChangeEnvironment">>;
type PythonApi = Partial<Pick<PythonExtension, "environments">>;

/** The selected interpreters, the extension to be asked first in front. */
export async function selectedPythons(): Promise<readonly Candidate[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const fromEnvironments = await within(async () => {
    const environment = await (await environmentsApi())?.getEnvironment?.(folder);
    return environment?.execInfo.run.executable;
  });
  const fromPython = await within(async () => {
    const known = (await pythonApi())?.environments;
    const environment = known && (await known.resolveEnvironment(known.getActiveEnvironmentPath(folder)));
    return environment?.executable.uri?.fsPath;
  });
  const found: Candidate[] = [];
  if (fromEnvironments) found.push({ python: fromEnvironments, source: "the Python Environments extension" });
  if (fromPython) found.push({ python: fromPython, source: "the Python extension" });
  return found;
}

/** The environment whose packages are read as source: the selected one. */
export async function selectedPython(): Promise<string | undefined> {
  return (await selectedPythons())[0]?.python;
}

/** Calls `listener` whenever another interpreter is selected. */
export async function onSelectedPython(listener: () => void): Promise<vscode.Disposable> {
  const environments = await within(environmentsApi);
  const python = await within(pythonApi);
  return vscode.Disposable.from(
    environments?.onDidChangeEnvironment?.(listener) ?? new vscode.Disposable(() => undefined),
    python?.environments?.onDidChangeActiveEnvironmentPath(listener) ?? new vscode.Disposable(() => undefined),
  );
}

function environmentsApi(): Promise<EnvironmentsApi | undefined> {
  return api<EnvironmentsApi>("ms-python.vscode-python-envs");
}

function pythonApi(): Promise<PythonApi | undefined> {
  return api<PythonApi>("ms-python.python");
}

async function api<T>(id: string): Promise<T | undefined> {
  return vscode.extensions.getExtension<T>(id)?.activate();
}

/** What other extensions do may fail or never end; then they count as having nothing selected. */
function within<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, WAIT_MS, undefined);
  });
  const done = work().catch(() => undefined);
  return Promise.race([done, late]).finally(() => {
    clearTimeout(timer);
  });
}
