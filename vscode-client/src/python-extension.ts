/** The interpreter selected in the Python extension, when that extension is there. */
import * as vscode from "vscode";

const WAIT_MS = 5000;

interface Environment {
  readonly executable: { readonly uri?: vscode.Uri };
}

/** The part of the extension's public interface that is used here. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: unknown): Promise<Environment | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

type Environments = NonNullable<PythonExtension["environments"]>;

async function environments(): Promise<Environments | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  if (!extension) return undefined;
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, WAIT_MS, undefined));
  const api = await Promise.race([Promise.resolve(extension.activate()).catch(() => undefined), late]);
  return api?.environments;
}

/** Path of the selected interpreter. */
export async function selectedPython(): Promise<string | undefined> {
  const known = await environments();
  if (!known) return undefined;
  const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
  const environment = await known.resolveEnvironment(known.getActiveEnvironmentPath(resource));
  return environment?.executable.uri?.fsPath;
}

/** Calls `listener` whenever another interpreter is selected. */
export async function onSelectedPython(listener: () => void): Promise<vscode.Disposable> {
  const known = await environments();
  return known?.onDidChangeActiveEnvironmentPath(listener) ?? new vscode.Disposable(() => undefined);
}
