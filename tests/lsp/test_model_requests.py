"""The requests of our own client, with the real evaluator; and the links of hints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import CAPABILITIES, Client

SOURCE = """\
from torch import nn
from parts import Block
small = nn.Linear(3, 4)  # paramlens: budget 20
net = nn.Sequential(
    Block(8),
    nn.Linear(8, 2),
)
"""
PARTS = """\
from torch import nn
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Linear(width, width)
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("models")
    (folder / "parts.py").write_text(PARTS)
    budgets = [{"model": "net", "max-params": 80}]
    client = Client(folder, analyzer="", settings={"budgets": budgets, "logLevel": "debug"})
    properties = ["tooltip", "label.location"]
    hints = {"inlayHint": {"resolveSupport": {"properties": properties}}}
    client.start({**CAPABILITIES, "textDocument": {**CAPABILITIES["textDocument"], **hints}})
    client.open("model.py", SOURCE)
    yield client
    client.close()


def ask(client: Client, method: str, line: int, **more: object) -> object:
    position = {"line": line, "character": 0}
    document = {"uri": client.uri("model.py")}
    return client.request(f"paramlens/{method}", {"textDocument": document, "position": position, **more})


def test_the_model_under_the_cursor(client: Client) -> None:
    found = ask(client, "modelAt", 5)
    assert found == {
        "name": "net",
        "className": "torch.nn.Sequential",
        "total": 90,
        "text": "90 params · 360 B",
        "state": "over",
        "uses": ["90 of 80 parameters (112.5%)"],
        "uri": client.uri("model.py"),
        "range": {"start": {"line": 3, "character": 6}, "end": {"line": 6, "character": 1}},
    }
    small = ask(client, "modelAt", 2)
    assert isinstance(small, dict)
    assert (small["state"], small["uses"]) == ("within", ["16 of 20 parameters (80%)"])
    assert ask(client, "modelAt", 0) is None


def test_its_markdown(client: Client) -> None:
    found = ask(client, "summary", 3)
    assert isinstance(found, dict)
    assert found["name"] == "net"
    assert "| 0: Block |  | 72 |\n| &nbsp;&nbsp;&nbsp;&nbsp;inner: Linear |" in found["markdown"]


def test_the_edit_that_sets_a_budget(client: Client) -> None:
    assert ask(client, "budget", 2, limit="1k") == {
        "newText": "# paramlens: budget 1k",
        "uri": client.uri("model.py"),
        "range": {"start": {"line": 2, "character": 25}, "end": {"line": 2, "character": 47}},
    }
    answer = ask(client, "budget", 2, limit="lots")
    assert isinstance(answer, dict)
    assert "expected a number" in answer["problem"]


def test_the_tree_leads_into_other_files(client: Client) -> None:
    nodes = client.request("paramlens/outline", {"textDocument": {"uri": client.uri("model.py")}})
    assert [node["label"] for node in nodes] == ["small: Linear", "net: Sequential"]
    block, linear = nodes[1]["children"]
    assert (block["uri"], block["range"]["start"]["line"]) == (client.uri("model.py"), 4)
    (inner,) = block["children"]
    assert (inner["uri"], inner["range"]["start"]["line"]) == (client.uri("parts.py"), 4)
    assert linear["description"] == "18 · 20%"


@pytest.mark.parametrize("params", [{}, {"textDocument": 3}, {"textDocument": {"uri": 4}, "position": {}}, []])
def test_nonsense_is_answered(client: Client, params: object) -> None:
    for method in ("modelAt", "summary", "budget", "outline"):
        assert "id" in client.answer(client.ask(f"paramlens/{method}", params))


def first_hint(client: Client, line: int) -> dict[str, Any]:
    span = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 99}}
    document = {"uri": client.uri("model.py")}
    (hint,) = client.request("textDocument/inlayHint", {"textDocument": document, "range": span})
    resolved: dict[str, Any] = client.request("inlayHint/resolve", hint)
    (part,) = resolved["label"]
    assert part["value"] == hint["label"]
    return resolved


def test_a_hint_leads_to_the_line_of_its_reason(client: Client) -> None:
    resolved = first_hint(client, 3)
    (part,) = resolved["label"]
    assert resolved["tooltip"].endswith("\nmost of it in Linear, parts.py line 5")
    assert part["location"]["uri"] == client.uri("parts.py")
    assert part["location"]["range"]["start"] == {"line": 4, "character": 21}


def test_it_is_a_command_for_the_client_that_has_it(tmp_path: Path) -> None:
    client = Client(tmp_path, analyzer="")
    try:
        hints = {"inlayHint": {"resolveSupport": {"properties": ["tooltip", "label.location", "label.command"]}}}
        capabilities = {**CAPABILITIES, "textDocument": {**CAPABILITIES["textDocument"], **hints}}
        client.start(capabilities, initializationOptions={"commands": ["paramlens.reveal"]})
        client.open("model.py", "from torch import nn\nnet = nn.Sequential(\n    nn.Linear(3, 4),\n)\n")
        (part,) = first_hint(client, 1)["label"]
        span = {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 19}}
        target = {"uri": client.uri("model.py"), "range": span}
        title = "Go to Linear, line 3"
        assert part["command"] == {"title": title, "command": "paramlens.reveal", "arguments": [target]}
        assert "location" not in part
    finally:
        client.close()


def test_the_log_says_as_much_as_asked(client: Client) -> None:
    client.hints("model.py")
    client.wait(lambda: any("2 models" in each["message"] for each in client.heard("window/logMessage")))
