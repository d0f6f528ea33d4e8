// What Paramlens asks of the Python extension, in the shape of its public interface (npm: @vscode/python-extension):
// an interpreter that a setting names is the active one.
const vscode = require("vscode");

const selected = () => vscode.workspace.getConfiguration("standIn").get("python", "");

exports.activate = ({ subscriptions }) => {
  const changed = new vscode.EventEmitter();
  const active = () => ({ id: selected(), path: selected() });
  const tell = (change) => change.affectsConfiguration("standIn.python") && changed.fire({ ...active(), resource: undefined });
  subscriptions.push(changed, vscode.workspace.onDidChangeConfiguration(tell));
  return {
    ready: Promise.resolve(),
    environments: {
      onDidChangeActiveEnvironmentPath: changed.event,
      getActiveEnvironmentPath: active,
      resolveEnvironment: async ({ id, path }) => (path === "" ? undefined : { id, path, executable: { uri: vscode.Uri.file(path) } }),
    },
  };
};
