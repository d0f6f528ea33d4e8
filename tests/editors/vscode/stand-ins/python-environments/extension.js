// What Paramlens asks of the Python Environments extension, in the shape of its public interface
// (npm: @vscode/python-environments): an interpreter that a setting names is the selected one.
const { dirname } = require("node:path");
const vscode = require("vscode");

const selected = () => vscode.workspace.getConfiguration("standIn").get("environments", "");

function environmentOf(executable) {
  const folder = vscode.Uri.file(dirname(dirname(executable)));
  return {
    envId: { id: executable, managerId: "ms-python.python:venv" },
    name: "stand-in",
    displayName: "Stand-in",
    displayPath: executable,
    version: "3.0.0",
    environmentPath: folder,
    execInfo: { run: { executable } },
    sysPrefix: folder.fsPath,
  };
}

exports.activate = ({ subscriptions }) => {
  const changed = new vscode.EventEmitter();
  const tell = (change) => change.affectsConfiguration("standIn.environments") && changed.fire({ uri: undefined, old: undefined, new: undefined });
  subscriptions.push(changed, vscode.workspace.onDidChangeConfiguration(tell));
  return {
    onDidChangeEnvironment: changed.event,
    getEnvironment: async () => (selected() === "" ? undefined : environmentOf(selected())),
  };
};
