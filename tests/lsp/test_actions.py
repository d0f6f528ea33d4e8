"""Code actions and completion over the protocol, with the real evaluator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from client import CAPABILITIES, Client
from fix_cases import CASES, FixCase
from paramlens.lsp.positions import Encoding, LineIndex
from session import Session

RESOLVES = {
    **CAPABILITIES,
    "notebookDocument": {"synchronization": {}},
    "textDocument": {
        **CAPABILITIES["textDocument"],
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True},
    },
}


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    started = Client(tmp_path_factory.mktemp("actions"), analyzer="")
    started.start(RESOLVES)
    yield started
    started.close()


@pytest.fixture
def server(_server: Client, tmp_path_factory: pytest.TempPathFactory) -> Client:
    _server.fresh(tmp_path_factory.mktemp("folder"))
    return _server


def position(text: str) -> dict[str, int]:
    """Where the `|` stands."""
    before = text[: text.index("|")].split("\n")
    return {"line": len(before) - 1, "character": Encoding.UTF16.units(before[-1])}


def actions(server: Client, text: str, **context: Any) -> list[Any]:
    server.open("model.py", text.replace("|", "", 1))
    at = position(text)
    item = {"uri": server.uri("model.py")}
    context = {"diagnostics": [], **context}
    params = {"textDocument": item, "range": {"start": at, "end": at}, "context": context}
    found = server.request("textDocument/codeAction", params)
    assert isinstance(found, list)
    return found


def changed(server: Client, text: str, action: Any) -> str:
    """The text after an action's edits."""
    lines = text.replace("|", "", 1)
    index = LineIndex(lines, Encoding.UTF16)
    edits = action["edit"]["changes"][server.uri("model.py")]
    rows = lines.split("\n")
    for edit in sorted(edits, key=lambda edit: [*edit["range"]["start"].values()], reverse=True):
        start, end = (index.place(*edit["range"][side].values()) for side in ("start", "end"))
        before, after = rows[start[0]][: start[1]], rows[end[0]][end[1] :]
        rows[start[0] : end[0] + 1] = (before + edit["newText"] + after).split("\n")
    return "\n".join(rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_editor_gets_the_fix(server: Client, case: FixCase) -> None:
    (action,) = [action for action in actions(server, case.text) if action["title"] == case.title]
    assert action["kind"] == "quickfix"
    assert changed(server, case.text, action) == case.fixed()
    (fixed,) = action["diagnostics"]
    published = server.hear("textDocument/publishDiagnostics", uri=server.uri("model.py"))["diagnostics"]
    assert (fixed["code"], fixed["range"]) in [(one["code"], one["range"]) for one in published]


def test_only_the_kinds_that_are_asked_for(server: Client) -> None:
    text = "from torch import nn\n|net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))\n"
    kinds = {action["kind"] for action in actions(server, text, only=["refactor"])}
    assert kinds == {"refactor.rewrite"}


def test_an_edit_behind_characters_of_two_units(server: Client) -> None:
    text = 'from torch import nn\nx = "😀", nn.Sequential(nn.Conv2d|(3, 8, 3), nn.BatchNorm2d(8))\n'
    (action,) = [action for action in actions(server, text) if action["title"] == "Add bias=False"]
    line = changed(server, text, action).split("\n")[1]
    assert line == 'x = "😀", nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8))'


BUDGET = """\
import keras
from keras import layers
hidden = 40|96
model = keras.Sequential([keras.Input((784,)), layers.Dense(hidden), layers.Dense(10)])  # paramlens: budget 100k
"""


def test_the_number_that_fits_is_found_when_it_is_chosen(server: Client) -> None:
    (action,) = [action for action in actions(server, BUDGET) if "greatest" in action["title"]]
    assert "edit" not in action
    resolved = server.request("codeAction/resolve", action)
    assert "hidden = 125\n" in changed(server, BUDGET, resolved)  # 125 · 784 + 125 + 10 · 125 + 10 = 99,385


def test_a_number_that_changes_nothing_is_told(server: Client) -> None:
    text = BUDGET.replace("hidden = 40|96", "hidden = 8\nother = 1|2")
    (action,) = [action for action in actions(server, text) if "greatest" in action["title"]]
    assert "edit" not in server.request("codeAction/resolve", action)
    assert "no number" in server.hear("window/showMessage")["message"]


def completed(server: Client, text: str) -> list[tuple[str, str]]:
    server.open("model.py", text.replace("|", "", 1))
    params = {"textDocument": {"uri": server.uri("model.py")}, "position": position(text)}
    found = server.request("textDocument/completion", params) or []
    return [(item["label"], item["textEdit"]["newText"]) for item in found]


NET = """\
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.MaxPool2d(2), nn.Flatten(), {})
net(torch.zeros(2, 1, 28, 28))
"""


@pytest.mark.parametrize(
    "layer",
    [
        "nn.Linear(|, 10)",
        "nn.Linear(in_features=|, out_features=10)",
        "nn.Linear(in_features=|)",
        "nn.Linear(|)",
        "nn.Linear(12|, 10)",
        "nn.Linear(out_features=10, in_features=|)",
    ],
)
def test_the_size_that_arrives_is_offered(server: Client, layer: str) -> None:
    assert completed(server, NET.replace("{}", layer)) == [("1352", "1352")]


def test_channels_are_offered_while_the_bracket_is_open(server: Client) -> None:
    text = "import torch\nfrom torch import nn\nx = nn.BatchNorm2d(|\n"
    assert completed(server, text) == []
    text = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 24, 3)
        self.norm = nn.BatchNorm2d(|
    def forward(self, x):
        return self.norm(self.conv(x))
net = Net()
net(torch.zeros(1, 3, 8, 8))
"""
    assert completed(server, text) == [("24", "24")]


@pytest.mark.parametrize("layer", ["nn.Linear(1352, |)", "nn.ReLU(|)", "nn.Linear(in_features=x.|, 10)", "|"])
def test_nothing_is_offered_elsewhere(server: Client, layer: str) -> None:
    assert completed(server, NET.replace("{}", layer)) == []


def test_no_process_is_started_where_no_size_is_typed() -> None:
    session = Session()
    session.open("import torch.nn as nn\nx = foo(\n")
    params = {"textDocument": {"uri": "file:///w/model.py"}, "position": {"line": 1, "character": 8}}
    assert session.request("textDocument/completion", params) is None
    assert session.aside.asks == []
