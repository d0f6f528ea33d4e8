"""Multiply-adds of layers: their share of one call of the model, or nothing; and what is told after an edit."""

from __future__ import annotations

import pytest
from paramlens.evaluate.live import LiveFile
from paramlens.facts import NOT_CALLED, Analysis
from paramlens.syntax.source import read_source

TORCH = "import sys\nimport torch\nfrom torch import nn\n"
KERAS = "import keras\nfrom keras import layers as L, ops\n"


def analysed(text: str, file: LiveFile | None = None) -> Analysis:
    file = file or LiveFile("/w/model.py", lambda path: None)
    return file.analysis(read_source("/w/model.py", text))


def told(text: str) -> list[tuple[str, object]]:
    """Of every site its class with the multiply-adds, or with the reason."""
    found = []
    for site in analysed(text).sites:
        figure = site.macs_reason if site.macs is None else site.macs
        found.append((site.class_name.rpartition(".")[2], figure))
    return found


def net(body: str, call: str) -> str:
    return (
        f"{TORCH}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 2)\n    def forward(self, x, flag=None):\n{body}"
        f"net = Net()\n{call}\n"
    )


CALL = "net(torch.zeros(3, 4))"
PERHAPS = "whether or how often it runs is not known"


@pytest.mark.parametrize(
    ("body", "call", "first", "second"),
    [
        ("        return self.b(self.a(x))\n", CALL, 16, 8),
        ("        return self.b(self.a(x.reshape(-1, 4)))\n", "net(torch.zeros(3, 5, 4))", 80, 40),
        ("        return self.b(self.a(self.a(x)))\n", CALL, 32, 8),
        ("        return self.b(self.a(x[:1]))\n", CALL, *["the samples do not share it alike"] * 2),
        ("        return self.b(self.a(x))\n", "", NOT_CALLED, NOT_CALLED),
        ("        return self.b(self.a(x)) if sys.argv[1:] else self.b(x)\n", CALL, PERHAPS, PERHAPS),
        ("        while sys.argv[1:]:\n            x = self.a(x)\n        return self.b(x)\n", CALL, PERHAPS, 8),
        (
            "        if sys.argv[1:]:\n            return self.a(x)[:, :2]\n        return self.b(x)\n",
            CALL,
            PERHAPS,
            PERHAPS,
        ),
        ("        return self.b(x)\n", CALL, NOT_CALLED, 8),
    ],
)
def test_a_layer_has_its_share_of_the_model_s_call(body: str, call: str, first: object, second: object) -> None:
    known = [number for number in (first, second) if isinstance(number, int)]
    whole = sum(known) if known and PERHAPS not in (first, second) else first
    assert told(net(body, call)) == [("Linear", first), ("Linear", second), ("Net", whole)]


def test_the_whole_is_not_told_where_a_part_is_not() -> None:
    whole = told(net("        return self.b(self.a(x) if sys.argv[1:] else x)\n", CALL))[2]
    assert whole == ("Net", PERHAPS)


def test_layers_of_one_line_that_differ() -> None:
    text = f"{TORCH}net = nn.Sequential(*[nn.Conv2d(3, 3, 3, 2) for _ in range(2)])\nnet(torch.zeros(2, 3, 9, 9))\n"
    assert told(text)[1:] == [("Conv2d", "those that are made here differ")]


def test_sizes_that_are_not_known_are_formulas() -> None:
    text = f"{TORCH}from elsewhere import width\nnet = nn.Linear(width, 5)\nnet(torch.zeros(1, width))\n"
    assert [str(figure) for _, figure in told(text)] == ["5·elsewhere.width"]
    assert told(text.replace("(1, width)", "(2, width)")) == told(text)


def test_samples_of_sequences() -> None:
    lstm = f"{TORCH}net = nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 3))\n"
    share = [("Sequential", 7 * (16 + 84)), ("Linear", 7 * 16), ("LSTM", 7 * 84)]
    assert told(f"{lstm}net(torch.zeros(7, 2, 4))\n") == share
    assert told(f"{lstm}net(torch.zeros(2, 2, 4))\n") == [
        (name, "which axis holds the samples is not known") for name, _ in share
    ]


def test_a_keras_layer_behind_a_fold() -> None:
    given = f"{KERAS}i = keras.Input((4, 8))\n"
    assert told(f"{given}o = L.Dense(3)(ops.reshape(i, (-1, 32)))\n") == [("Dense", 96)]
    hidden = "which axis holds the samples is not known"
    assert told(f"{given}o = L.Dense(3)(ops.reshape(i, (-1, 8)))\n") == [("Dense", hidden)]
    assert told(f"{given}o = L.Dense(3)(ops.concatenate([i, i], 0))\n") == [("Dense", hidden)]
    assert told(f"{given}o = L.Dense(3)(ops.concatenate([i, i], 1))\n") == [("Dense", 8 * 24)]
    assert told(f"{given}o = L.Dense(3)(ops.transpose(ops.reshape(i, (-1, 8))))\n")[0][1] != 24
    assert told(f"{given}d = L.Dense(8)\no = d(d(i))\n") == [("Dense", "it is called several times")]


EDITS = [
    (net("        return self.b(self.a(x.reshape(-1, 4)))\n", "net(torch.zeros(3, 5, 4))"), "5, 4", "7, 4"),
    (net("        return self.b(self.a(x.reshape(-1, 4)))\n", "net(torch.zeros(3, 5, 4))"), "self.a(x", "self.a(x * 2"),
    (net("        return self.b(self.a(x))\n", CALL), "self.a(x)", "self.a(self.a(x))"),
    (f"{TORCH}a = nn.Linear(4, 4)\nnet = nn.Sequential(a)\ny = net(torch.zeros(2, 3, 4))\n", "2, 3", "2, 5"),
    (f"{TORCH}a = nn.Linear(4, 4)\nnet = nn.Sequential(a, a)\ny = net(torch.zeros(2, 3, 4))\n", "(a, a)", "(a, a, a)"),
    (
        f"{TORCH}a = nn.Linear(4, 4)\nr = nn.GRU(4, 3)\nnet = nn.Sequential(a, r)\ny = net(torch.zeros(2, 3, 4))\n",
        "4, 3)\nnet",
        "4, 3, batch_first=True)\nnet",
    ),
    (f"{KERAS}d = L.Dense(3)\ni = keras.Input((4, 8))\nx = ops.reshape(i, (-1, 8))\ny = d(x)\n", "-1, 8", "-1, 32"),
    (
        f"{KERAS}d = L.Dense(8)\ni = keras.Input((4, 8))\nx = d(i)\ny = x * 2\nm = keras.Model(i, y)\n",
        "x * 2",
        "d(x)",
    ),
]


@pytest.mark.parametrize(("text", "old", "new"), EDITS)
def test_an_edit_tells_what_a_fresh_analysis_tells(text: str, old: str, new: str) -> None:
    changed = text.replace(old, new)
    assert changed != text
    for first, second in ((text, changed), (changed, text)):
        file = LiveFile("/w/model.py", lambda path: None)
        analysed(first, file)
        now, fresh = analysed(second, file), analysed(second)
        assert (now.sites, now.models) == (fresh.sites, fresh.models)
