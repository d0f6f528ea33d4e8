"""`paramlens/models`: the data of the model panel, from the real evaluator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import Client

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    started = Client(tmp_path_factory.mktemp("models"), analyzer="")
    started.start()
    yield started
    started.close()


def models(client: Client, name: str, **options: Any) -> Any:
    return client.request("paramlens/models", {"textDocument": {"uri": client.uri(name)}, **options})


def test_a_keras_model_with_its_parts_and_its_graph(server: Client, tmp_path: Path) -> None:
    server.fresh(tmp_path)
    server.open("mnist.py", (EXAMPLES / "mnist_cnn.py").read_text())
    answer = models(server, "mnist.py", graph=True)
    assert (answer["uri"], answer["version"], answer["final"]) == (server.uri("mnist.py"), 1, True)
    (model,) = answer["models"]
    assert (model["name"], model["class"], model["qualified"]) == ("model", "Sequential", "mnist.py::model")
    assert model["total"] == {"text": "34,826", "number": 34826}
    assert model["memory"] == {"text": "136 KiB", "number": 139304}
    assert model["range"]["start"] == {"line": 8, "character": 8}
    parts = model["root"]["children"]
    assert [part["total"]["number"] for part in parts] == [0, 320, 0, 18496, 0, 0, 0, 16010]
    assert parts[3]["output"] == "(None, 11, 11, 64)"
    assert [parts[number]["kind"] for number in (2, 3, 7)] == ["other", "convolution", "dense"]
    assert parts[3]["range"]["start"]["line"] == 12
    graph = model["graph"]
    assert graph["reason"] == ""
    assert [node["name"] for node in graph["nodes"]][-2:] == ["Dense", "output"]
    assert graph["edges"][3] == [3, 4, "(None, 11, 11, 64)"]


def test_the_graph_follows_an_edit_and_is_left_out_unless_asked_for(server: Client, tmp_path: Path) -> None:
    server.fresh(tmp_path)
    text = (EXAMPLES / "mnist_cnn.py").read_text()
    server.open("mnist.py", text)
    assert "graph" not in models(server, "mnist.py")["models"][0]
    server.change("mnist.py", 2, text.replace("Conv2D(64", "Conv2D(8"))
    model = models(server, "mnist.py", graph=True)["models"][0]
    assert model["total"]["number"] == 320 + 9 * 32 * 8 + 8 + 5 * 5 * 8 * 10 + 10
    assert model["graph"]["edges"][3][2] == "(None, 11, 11, 8)"


def test_a_part_of_another_file_leads_to_its_line(server: Client, tmp_path: Path) -> None:
    server.fresh(tmp_path)
    (tmp_path / "blocks.py").write_text("from torch import nn\ndef head():\n    return nn.Linear(3, 4)\n")
    server.open("net.py", "from torch import nn\nfrom blocks import head\nnet = nn.Sequential(head(), nn.ReLU())\n")
    part = models(server, "net.py")["models"][0]["root"]["children"][0]
    assert part["uri"] == (tmp_path / "blocks.py").as_uri()
    assert part["range"]["start"] == {"line": 2, "character": 0}


def test_another_text_is_analysed_in_the_place_of_the_documents_own(server: Client, tmp_path: Path) -> None:
    server.fresh(tmp_path)
    (tmp_path / "sizes.py").write_text("WIDTH = 5\n")
    text = "from torch import nn\nfrom sizes import WIDTH\nnet = nn.Linear(WIDTH, 4)\n"
    server.open("net.py", text)
    (before,) = models(server, "net.py", text=text.replace("4)", "2)"))["models"]
    assert before["total"]["number"] == 12
    assert "range" not in before
    assert models(server, "net.py")["models"][0]["total"]["number"] == 24


def test_the_budgets_of_settings_and_comments_with_what_is_used(server: Client, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[[tool.paramlens.budgets]]\nmodel = "net"\nmax-memory = "1KiB"\n')
    server.fresh(tmp_path)
    server.open("net.py", "from torch import nn\nnet = nn.Linear(9, 10)  # paramlens: budget 200\n")
    memory, count = models(server, "net.py")["models"][0]["budgets"]
    assert (memory["state"], count["state"]) == ("within", "within")
    assert (memory["title"], memory["used"]["number"], memory["ratio"]) == ("memory of the weights", 400, 400 / 1024)
    assert (count["title"], count["limit"]["text"], count["ratio"]) == ("parameters", "200", 0.5)


@pytest.mark.parametrize("params", [{}, {"textDocument": {}}, {"textDocument": {"uri": "file:///x.py"}, "text": 3}])
def test_what_makes_no_sense_is_refused(server: Client, params: Any) -> None:
    assert server.answer(server.ask("paramlens/models", params))["error"]["code"] == -32602


def test_a_document_that_is_not_open_has_no_models(server: Client, tmp_path: Path) -> None:
    server.fresh(tmp_path)
    assert models(server, "nothing.py") is None
