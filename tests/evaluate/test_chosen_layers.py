"""A layer picked by something that is not known is a layer that is not known; arrays changed under another name."""

from __future__ import annotations

import pytest
from paramlens.evaluate.analyze import analyze
from paramlens.facts import Status

HEAD = """
import os, random
import numpy as np
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Linear(2, 2), nn.Linear(3, 3)]
        table = {"a": nn.Linear(2, 2), "b": nn.Linear(3, 3)}
        self.inner = PICK

net = Net()
"""

PICKS = [
    "random.choice(layers)",
    "random.sample(layers, 1)[0]",
    "layers[random.randint(0, 1)]",
    "layers[int(torch.rand(2).argmax())]",
    "nn.ModuleList(layers)[random.randint(0, 1)]",
    'table[os.environ.get("KEY", "a")]',
    'table.get(os.environ.get("KEY", "a"))',
    "(random.shuffle(layers), layers[0])[1]",
    "random.choice([nn.ReLU, nn.PReLU])()",
    'getattr(nn, os.environ.get("ACT", "PReLU"))()',
]


@pytest.mark.parametrize("pick", PICKS)
def test_a_layer_that_is_picked_by_chance_is_not_counted_as_none(pick: str) -> None:
    model = next(m for m in analyze("model.py", HEAD.replace("PICK", pick)).models if m.name == "net")
    assert model.tally.status is not Status.EXACT


@pytest.mark.parametrize("plain", ['os.environ.get("RANK")', "random.random()", "random.choice([1, 2])"])
def test_numbers_and_texts_by_chance_are_no_layers(plain: str) -> None:
    text = HEAD.replace("PICK", f"{plain}\n        self.fc = nn.Linear(4, 4)")
    model = next(m for m in analyze("model.py", text).models if m.name == "net")
    assert (model.tally.status, model.tally.total) == (Status.EXACT, 20)


def test_an_array_changed_in_place_is_changed_under_all_its_names() -> None:
    text = """
import numpy as np
from torch import nn
sizes = np.array([1, 2, 3])
same = sizes
same += 1
net = nn.Linear(int(sizes[0]), int(sizes[1]))
total = np.prod((2, 3))
kept = total
total *= 5
other = nn.Linear(int(kept), 1)
"""
    found = {m.name: m.tally.total for m in analyze("model.py", text).models}
    assert found == {"net": 9, "other": 7}
