"""The server with the real evaluator."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from client import Client

sys.path.insert(0, str(Path(__file__).parent.parent))

from hostile_programs import AFTER, BEFORE, PROGRAMS

SOURCE = """\
import keras
from keras import layers
model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.Flatten(),
])
import torch.nn as nn
head = nn.Linear(3, 4)
"""


def test_hints_while_a_statement_is_half_typed(tmp_path: Path) -> None:
    client = Client(tmp_path, analyzer="")
    try:
        client.start()
        client.open("model.py", SOURCE)
        assert [(line, label) for line, _, label in client.hints("model.py")] == [
            (2, "▸ 320 params · 1.3 KiB"),
            (4, "▸ 320"),
            (8, "▸ 16 params · 64 B"),
        ]
        client.change("model.py", 2, SOURCE.replace("nn.Linear(3, 4)", "nn.Linear(3, "))
        assert (4, "▸ 320") in [(line, label) for line, _, label in client.hints("model.py")]
        client.change("model.py", 3, SOURCE.replace("nn.Linear(3, 4)", "nn.Linear(3, 5)"))
        assert (8, "▸ 20 params · 80 B") in [(line, label) for line, _, label in client.hints("model.py")]
    finally:
        client.close()


@pytest.mark.parametrize("name", ["exponential_with_base", "growing_number", "catastrophic_pattern"])
def test_a_hostile_file_blocks_no_other(shared_evaluator: Client, tmp_path: Path, name: str) -> None:
    client = shared_evaluator
    client.fresh(tmp_path)
    client.open("hostile.py", BEFORE + PROGRAMS[name] + AFTER)
    start = time.monotonic()
    for version in range(1, 4):
        text = f"from torch import nn\nnet = nn.Linear(3, {version})\n"
        client.open("model.py", text) if version == 1 else client.change("model.py", version, text)
        assert [line for line, _, _ in client.hints("model.py")] == [1]
    assert time.monotonic() - start < 10
    assert (1, "▸ 16 params · 64 B") in [(line, label) for line, _, label in client.hints("hostile.py")]
    assert client.heard("window/showMessage") == []


def test_a_broken_budget_is_shown_on_the_first_line_of_the_call(shared_evaluator: Client, tmp_path: Path) -> None:
    client = shared_evaluator
    client.fresh(tmp_path)
    client.open(
        "model.py", "from torch import nn\nnet = nn.Sequential(  # paramlens: budget 10\n    nn.Linear(3, 4),\n)\n"
    )
    (found,) = client.hear("textDocument/publishDiagnostics", uri=client.uri("model.py"))["diagnostics"]
    assert found["code"] == "params-budget"
    assert found["range"] == {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 20}}


@pytest.fixture(scope="module")
def shared_evaluator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    started = Client(tmp_path_factory.mktemp("shared"), analyzer="")
    started.start()
    yield started
    started.close()


HALF = """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 4)
        self.b = nn.Linear(4, 5)


net = Net()
"""


def test_a_half_typed_line_costs_its_own_hints(tmp_path: Path) -> None:
    client = Client(tmp_path, analyzer="")
    try:
        client.start()
        client.open("model.py", HALF)
        whole = [(line, label) for line, _, label in client.hints("model.py")]
        assert (6, "▸ 16") in whole
        assert (7, "▸ 25") in whole
        half = HALF.replace("(3, 4)", "(30, 4)").replace("(4, 5)", "(4, 5)\n        self.c = nn.Lin(")
        client.change("model.py", 2, half)
        found = [(line, label) for line, _, label in client.hints("model.py")]
        assert (6, "▸ 124") in found
        assert (7, "▸ 25") in found
        (total,) = [label for line, label in found if line == 11]
        assert "≥" in total
        assert "149" in total
        client.change("model.py", 3, HALF)
        assert [(line, label) for line, _, label in client.hints("model.py")] == whole
        client.change("model.py", 4, HALF.replace("(4, 5)", "(4, 5"))
        assert [(line, label) for line, _, label in client.hints("model.py")] == whole
    finally:
        client.close()
