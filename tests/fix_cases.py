"""Broken files that a quick fix puts right: the text, the cursor (`|`), the action, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from paramlens.facts import Analysis
from paramlens.features.code_actions import Action, code_actions
from paramlens.features.edits import applied
from paramlens.jobs import Job, run
from paramlens.lines import split_lines
from paramlens.settings import Settings, from_toml

PATH = "/project/model.py"


@dataclass(frozen=True)
class FixCase:
    """`fails` is what the file raises as it stands when `check` runs behind it; empty where it only wastes.

    `counts` are the trainable parameters of names of the fixed file, and `written` is a part of its text.
    """

    name: str
    text: str
    title: str
    written: str
    counts: dict[str, int]
    fails: str = ""
    check: str = ""

    @property
    def broken(self) -> str:
        return self.text.replace("|", "", 1)

    @property
    def cursor(self) -> tuple[int, int]:
        before = self.text[: self.text.index("|")].split("\n")
        return len(before), len(before[-1]) + 1

    def action(self) -> Action:
        """The action that is offered at the cursor under the title."""
        offered = code_actions(analysed(self.broken), self.cursor, self.cursor)
        (found,) = [action for action in offered if action.title == self.title]
        return found

    def fixed(self) -> str:
        return applied(split_lines(self.broken), self.action().edits)


def analysed(text: str, table: str = "") -> Analysis:
    loaded = from_toml(table, "/project/pyproject.toml") if table else None
    settings = loaded.settings if loaded is not None else Settings()
    return run(Job(PATH, text, settings=settings), lambda path: None)


CASES = [
    FixCase(
        "in_features",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)   # 26 x 26
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(8 * 12 * 12, 10)  # one pooling too many

    def forward(self, x):
        x = self.pool(self.conv(x))
        return self.fc|(x.flatten(1))


net = Net()
out = net(torch.zeros(2, 1, 28, 28))
""",
        "Set in_features to 1352",
        "self.fc = nn.Linear(1352, 10)  # one pooling too many",
        {"net": 13_610},
        fails="RuntimeError",
    ),
    FixCase(
        "in_channels_by_keyword",
        """\
import torch
import torch.nn as nn

net = nn.Sequential(
    nn.Conv2d(3, 16, 3),
    nn.ReLU(),
    nn.Conv2d(
        in_channels=8|,  # from the layer above
        out_channels=4,
        kernel_size=1,
    ),
)
net(torch.zeros(1, 3, 8, 8))
""",
        "Set in_channels to 16",
        "        in_channels=16,  # from the layer above\n        out_channels=4,\n",
        {"net": 516},
        fails="RuntimeError",
    ),
    FixCase(
        "num_features",
        """\
import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 16, 3, bias=False), nn.BatchNorm2d( 8| ), nn.ReLU())
net(torch.zeros(4, 3, 8, 8))
""",
        "Set num_features to 16",
        "nn.BatchNorm2d( 16 )",
        {"net": 464},
        fails="RuntimeError",
    ),
    FixCase(
        "input_size",
        """\
import torch
from torch import nn

rnn = nn.LSTM(5|, 7, batch_first=True)
rnn(torch.zeros(2, 3, 6))
""",
        "Set input_size to 6",
        "nn.LSTM(6, 7, batch_first=True)",
        {"rnn": 420},
        fails="RuntimeError",
    ),
    FixCase(
        "bias_before_batch_norm",
        """\
import torch
from torch import nn

net = nn.Sequential(
    nn.Conv2d|(
        3,
        8,
        kernel_size=3,
    ),
    nn.BatchNorm2d(8),
)
""",
        "Add bias=False",
        "        kernel_size=3,\n        bias=False,\n    ),\n",
        {"net": 232},
        check="assert net(torch.zeros(2, 3, 8, 8)).shape == (2, 8, 6, 6)",
    ),
    FixCase(
        "use_bias_before_batch_norm",
        """\
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((8, 8, 3)),
    layers.Conv2D|(4, 3),
    layers.BatchNormalization(),
])
""",
        "Add use_bias=False",
        "    layers.Conv2D(4, 3, use_bias=False),\n",
        {"model": 116},
        check="assert model.output_shape == (None, 6, 6, 4)",
    ),
    FixCase(
        "list_of_modules",
        """\
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = [nn.Linear(4, 4)| for _ in range(3)]

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
""",
        "Wrap in nn.ModuleList",
        "self.blocks = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])",
        {"net": 60},
        fails="ValueError",
    ),
    FixCase(
        "dict_of_modules",
        """\
import torch
from torch.nn import Linear, Module


class Net(Module):
    def __init__(self):
        super().__init__()
        self.heads = {"a|": Linear(4, 2), "b": Linear(4, 3)}

    def forward(self, x):
        return {name: head(x) for name, head in self.heads.items()}


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
""",
        "Wrap in torch.nn.ModuleDict",
        'self.heads = torch.nn.ModuleDict({"a": Linear(4, 2), "b": Linear(4, 3)})',
        {"net": 25},
        fails="ValueError",
    ),
    FixCase(
        "input_shape",
        """\
import keras
import numpy as np
from keras.layers import Dense

x_train = np.zeros((100, 12))
model = keras.Sequential([|
    Dense(8),
    Dense(2),
])
count = model.count_params()
""",
        "Add keras.Input(shape=(12,)), the shape of x_train",
        "model = keras.Sequential([\n    keras.Input(shape=(12,)),\n    Dense(8),\n",
        {"model": 122},
        fails="ValueError",
    ),
]
