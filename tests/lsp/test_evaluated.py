"""The server with the real evaluator."""

from __future__ import annotations

from pathlib import Path

from client import Client

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
