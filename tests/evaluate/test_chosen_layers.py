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


def test_a_view_changed_in_place_leaves_no_old_numbers() -> None:
    text = """
import numpy as np
import torch
from torch import nn
a = np.arange(5)
view = a[1:]
view[0] = 11
first = nn.Linear(int(a[1]), 1)
b = torch.arange(6)
rows = b.view(2, 3)
rows += 4
second = nn.Linear(int(b[0]) + 1, 1)
c = torch.arange(6)
c[1:3].fill_(9)
third = nn.Linear(int(c[1]), 1)
untouched = torch.tensor([3, 4])
fourth = nn.Linear(int(untouched[0]), int(untouched.view(2)[1]))
"""
    found = {m.name: m.tally for m in analyze("model.py", text).models}
    assert found["fourth"].total == 16
    assert all(found[name].status is not Status.EXACT for name in ("first", "second", "third"))


@pytest.mark.parametrize(
    "change",
    [
        "net[len(os.listdir('.')) % 2] = nn.Linear(9, 9)",
        'setattr(net, os.environ.get("NAME", "0"), nn.Linear(9, 9))',
        'delattr(net, os.environ.get("NAME", "0"))',
    ],
)
def test_a_layer_replaced_under_an_unknown_name_leaves_no_certain_count(change: str) -> None:
    text = f"import os\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3))\n{change}\n"
    assert analyze("model.py", text).models[0].tally.status is not Status.EXACT
