"""Where a rule has to be silent: the same code but for what makes it right, or not certain."""

from __future__ import annotations

import pytest
from fix_cases import analysed
from paramlens.evaluate.live import LiveFile
from paramlens.facts import PartFact
from paramlens.stack import on_deep_stack
from paramlens.syntax.source import read_source


def rules(text: str, table: str = "") -> list[str]:
    return [problem.rule for problem in analysed(text, table).problems]


def net(init: str, forward: str, before: str = "", after: str = "") -> str:
    lines = "\n".join(f"        {line}" for line in init.split("\n"))
    body = "\n".join(f"        {line}" for line in forward.split("\n"))
    return f"""\
import torch
import torch.nn as nn
import torch.nn.functional as F
{before}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
{lines}

    def forward(self, x):
{body}

{after}
"""


CONV = "self.conv = nn.Conv2d(3, 8, 3)\nself.bn = nn.BatchNorm2d(8)"


@pytest.mark.parametrize(
    "forward",
    [
        "return self.bn(self.conv(x))",
        "x = self.conv(x)\nx = self.bn(x)\nreturn x",
        "x = self.conv(x)\nx = F.relu(self.bn(x))\nreturn x",
        "if x.ndim == 4:\n    return F.relu(self.bn(self.conv(x)), inplace=True)\nreturn x",
        "nn.init.normal_(self.conv.weight)\nreturn self.bn(self.conv(x))",
    ],
)
def test_a_bias_that_only_a_batch_norm_sees(forward: str) -> None:
    assert rules(net(CONV, forward)) == ["redundant-bias"]


@pytest.mark.parametrize(
    "forward",
    [
        "return self.bn(F.relu(self.conv(x)))",
        "y = self.conv(x)\nreturn self.bn(y) + y",
        "x = self.conv(x)\nx = self.bn(x) + x\nreturn x",
        "x = self.conv(x)\nx = F.relu(x)\nx = self.bn(x)\nreturn x",
        "if self.training:\n    return self.conv(x)\nreturn self.bn(self.conv(x))",
        "x = x + self.conv.bias.sum()\nreturn self.bn(self.conv(x))",
        "for layer in (self.conv, self.bn):\n    x = layer(x)\nreturn x",
        "x = self.conv(x)\nkept = x\nx = self.bn(x)\nreturn x, kept",
    ],
)
def test_a_bias_that_something_else_may_see(forward: str) -> None:
    assert "redundant-bias" not in rules(net(CONV, forward))


@pytest.mark.parametrize(
    "init",
    [
        "self.conv = nn.Conv2d(3, 8, 3, bias=False)\nself.bn = nn.BatchNorm2d(8)",
        "self.conv = nn.Conv2d(3, 8, 3)\nself.bn = nn.GroupNorm(2, 8)",
        "self.conv = nn.Conv2d(3, 8, 3)\nself.bn = nn.Identity()",
        "self.conv = nn.Linear(3, 8)\nself.bn = nn.BatchNorm1d(5)",
        "self.conv = nn.Conv2d(3, 8, 3)\nself.bn = make_norm(8)",
        "self.conv = nn.Conv2d(3, 8, 3)\nself.bn = nn.BatchNorm2d(8) if flag else nn.Identity()",
        "self.conv = nn.Conv2d(3, 8, 3)\nself.bn = nn.BatchNorm2d(8)\nself.conv.bias.requires_grad = False",
    ],
)
def test_what_is_no_bias_or_no_batch_norm(init: str) -> None:
    assert "redundant-bias" not in rules(net(init, "return self.bn(self.conv(x))"))


def test_a_line_that_makes_layers_for_several_uses() -> None:
    text = """\
import torch.nn as nn
def conv(n):
    return nn.Conv2d(n, 8, 3)
first = nn.Sequential(conv(3), nn.BatchNorm2d(8))
second = nn.Sequential(conv(8), nn.ReLU())
"""
    assert "redundant-bias" not in rules(text)
    assert "redundant-bias" in rules(text.replace("nn.ReLU()", "nn.BatchNorm2d(8)"))


def test_a_norm_that_hangs_on_an_argument() -> None:
    text = """\
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3)
        self.bn = nn.BatchNorm2d(8) if norm == "batch" else nn.GroupNorm(8, 8)
    def forward(self, x):
        return self.bn(self.conv(x))
a, b = Block("batch"), Block("{}")
"""
    assert "redundant-bias" in rules(text.format("batch"))
    assert "redundant-bias" not in rules(text.format("group"))


@pytest.mark.parametrize(
    "tail",
    [
        "x = layers.Conv2D(8, 3, activation='relu')(i)\nx = layers.BatchNormalization()(x)",
        "y = layers.Conv2D(8, 3)(i)\nx = layers.BatchNormalization()(y)\nx = layers.Add()([x, y])",
        "c = layers.Conv2D(8, 3)\nx = layers.BatchNormalization()(c(i))\nx = layers.Add()([x, c(i)])",
        "x = layers.Conv2D(8, 3)(i)\nx = layers.BatchNormalization(axis=1)(x)",
        "x = layers.Conv2D(8, 3)(i)\nx = layers.BatchNormalization(trainable=False)(x)",
    ],
)
def test_graphs_in_which_the_bias_counts(tail: str) -> None:
    text = f"import keras\nfrom keras import layers\ni = keras.Input((8, 8, 3))\n{tail}\nmodel = keras.Model(i, x)\n"
    assert "redundant-bias" not in rules(text)


UNUSED = "self.fc = nn.Linear(3, 3)\nself.spare = nn.Linear(4, 4)"


def test_a_layer_that_nothing_reads() -> None:
    assert rules(net(UNUSED, "return self.fc(x)")) == ["unused-layer"]


@pytest.mark.parametrize(
    ("init", "forward", "before", "after"),
    [
        (UNUSED, "return getattr(self, 'sp' + 'are')(self.fc(x))", "", ""),
        (UNUSED, "for layer in self.children():\n    x = layer(x)\nreturn self.fc(x)", "", ""),
        (UNUSED, "return run(self, self.fc(x))", "", ""),
        (UNUSED, "return self.fc(x)", "", "net = Net()\nprint(net.spare)"),
        (UNUSED, "return self.fc(x)", "", "class More(Net):\n    def forward(self, x):\n        return self.spare(x)"),
        (UNUSED, "return self.fc(x)", "", "LAYERS = ['fc', 'spare']"),
        ("self.fc = nn.Linear(3, 3)\nself.spare = nn.Dropout(0.5)", "return self.fc(x)", "", ""),
    ],
)
def test_layers_that_may_be_used(init: str, forward: str, before: str, after: str) -> None:
    assert "unused-layer" not in rules(net(init, forward, before, after))


def test_a_class_with_an_unknown_base_or_without_a_call_says_nothing() -> None:
    text = net(UNUSED, "return self.fc(x)")
    unknown = text.replace("(nn.Module)", "(Base)").replace("import torch\n", "from lib import Base\n")
    assert rules(unknown) == []
    assert rules(text.replace("def forward", "def other")) == []


BLOCKS = "self.blocks = [nn.Linear(3, 3) for _ in range(3)]"
RUN = "for block in self.blocks:\n    x = block(x)\nreturn x"


def test_a_list_that_hides_its_modules() -> None:
    assert rules(net(BLOCKS, RUN)) == ["unregistered-layer"]


@pytest.mark.parametrize(
    "init",
    [
        f"{BLOCKS}\nself.all = nn.ModuleList(self.blocks)",
        f"{BLOCKS}\nfor i, block in enumerate(self.blocks):\n    self.add_module(str(i), block)",
        "self.blocks = [teacher, teacher]",
        "self.blocks = [nn.ReLU(), nn.ReLU()]",
        "self.blocks = (nn.Linear(3, 3),)",
        "blocks = [nn.Linear(3, 3), nn.Linear(3, 3)]\nself.body = nn.Sequential(*blocks)\nself.blocks = ['a', 'b']",
    ],
)
def test_containers_that_hide_nothing(init: str) -> None:
    before = "teacher = nn.Linear(3, 3)"
    assert "unregistered-layer" not in rules(net(init, RUN, before))


def test_frozen_models_that_nobody_trains() -> None:
    text = "import torch\nfrom torch import nn\nnet = nn.Linear(3, 3)\nnet.requires_grad_(False)\n"
    assert rules(text) == []
    assert rules(f"{text}torch.optim.Adam([{{'params': net.parameters()}}])\n") == ["everything-frozen"]
    assert rules(f"{text}torch.optim.Adam(nn.Linear(3, 3).parameters())\n") == []


KERAS_FROZEN = """\
import keras
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
model.trainable = False
model.compile("adam", "mse")
"""


def test_frozen_keras_models() -> None:
    assert rules(f"{KERAS_FROZEN}model.predict(data)\nmodel.evaluate(data)\n") == []
    assert rules(f"{KERAS_FROZEN}model.fit(data)\n") == ["everything-frozen"]


def test_a_model_that_is_built_by_its_data_is_no_unbuilt_one() -> None:
    text = "import keras\nmodel = keras.Sequential([keras.layers.Dense(3)])\n"
    assert rules(text) == ["unbuilt-model"]
    assert rules(f"{text}model.fit(load())\n") == []
    assert rules(f"{text}model(load())\n") == []


FLATTEN = """\
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear({}, 64), nn.Linear(64, 2))
net(torch.zeros(1, 3, {}, {}))
"""


def test_a_dominant_layer_is_told_with_what_pooling_leaves() -> None:
    text = FLATTEN.format(16 * 14 * 14, 16, 16)
    (problem,) = analysed(text).problems
    assert problem.rule == "dominant-layer"
    pooled = text.replace("nn.Flatten()", "nn.AdaptiveAvgPool2d(1), nn.Flatten()").replace("3136", "16")
    total = analysed(pooled).models[0].tally.total
    assert f"Global pooling before it would leave the model {total:,}" in problem.message


def test_layers_that_dominate_for_another_reason() -> None:
    assert rules(FLATTEN.format(16 * 2 * 2, 4, 4)) == []  # a small model
    images = "import keras\nfrom keras import layers\n"
    mlp = "model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(512), layers.Dense(10)])\n"
    assert rules(images + mlp) == []  # the input itself is flattened


def test_shapes_that_fit_the_defaults_of_a_function_alone_are_no_problem() -> None:
    text = """\
import torch
def joined(n=None):
    return torch.zeros(2, 3) + torch.zeros(2, 4 if n is None else n)
"""
    assert rules(text) == []


def test_what_is_not_known_is_no_number() -> None:
    text = "import torch\ndef rotated(x):\n    return torch.cat((-x[..., 1:], x[..., :1]), dim=-1)\n"
    assert rules(text) == []


def parts(file: LiveFile, text: str) -> tuple[PartFact, ...]:
    source = read_source("/project/model.py", text, parts.before)  # type: ignore[attr-defined]
    parts.before = source  # type: ignore[attr-defined]
    return on_deep_stack(lambda: file.analysis(source)).parts


def test_facts_of_parts_follow_the_edits() -> None:
    """Bodies that the evaluation does not enter are read for every version."""
    first = net(f"{CONV}\nself.spare = nn.Linear(4, 4)", "return self.bn(self.conv(x))")
    versions = [
        first,
        first.replace("self.bn(self.conv(x))", "self.bn(F.relu(self.conv(x)))"),
        first.replace("return self", "x = self.spare(x)\n        return self"),
        "# moved\n\n" + first,
        first.replace("nn.BatchNorm2d(8)", "nn.Identity()"),
        first.replace("\n\n", "\n\nnet = Net()\n", 1),
        first,
    ]
    live = LiveFile("/project/model.py", lambda path: None)
    parts.before = None  # type: ignore[attr-defined]
    for text in versions:
        found = parts(live, text)
        fresh = LiveFile("/project/model.py", lambda path: None)
        source = read_source("/project/model.py", text)
        assert found == on_deep_stack(lambda fresh=fresh, source=source: fresh.analysis(source)).parts  # type: ignore[misc]
