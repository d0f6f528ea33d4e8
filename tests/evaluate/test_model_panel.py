"""The models of real sources as the panel shows them: parts whose additions are the total, and graphs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from paramlens.budgets import Budget
from paramlens.evaluate.live import LiveFile
from paramlens.facts import Analysis, GraphFact
from paramlens.features.model_panel import ModelPanel, Part, model_panels
from paramlens.syntax.source import read_source

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def analysed(text: str, path: str = "/w/model.py") -> tuple[Analysis, dict[str, GraphFact]]:
    file = LiveFile(path, lambda path: None)
    analysis = file.analysis(read_source(path, text))
    graphs = file.graphs(text)
    assert graphs is not None
    return analysis, graphs


def panel(text: str, name: str = "") -> ModelPanel:
    analysis, graphs = analysed(text)
    found = model_panels(analysis, graphs=graphs)
    return next(model for model in found if name in ("", model.name))


def parts(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from parts(child)


def named(model: ModelPanel, dotted: str) -> Part:
    part = model.root
    for name in dotted.split("."):
        part = next(child for child in part.children if child.name == name)
    return part


def drawn(model: ModelPanel) -> list[str]:
    assert model.graph is not None
    nodes = model.graph.nodes
    return [f"{nodes[edge.source].name} {edge.shape} {nodes[edge.target].name}" for edge in model.graph.edges]


# ------------------------------------------------------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("name", "total", "memory", "training"),
    [
        ("mnist_cnn.py", 34_826, 139_304, 557_216),
        ("resnet.py", 11_173_962, 44_695_848, 178_783_392),
        ("gpt.py", 124_439_808, 497_759_232, 1_991_036_928),
    ],
)
def test_the_additions_of_all_parts_are_the_total(name: str, total: int, memory: int, training: int) -> None:
    model = panel((EXAMPLES / name).read_text())
    assert (model.total.number, model.memory.number, model.training.number) == (total, memory, training)
    everything = [*parts(model.root)]
    leaves = [part for part in everything if not part.children]
    assert sum(part.added or 0 for part in leaves) == total
    assert sum(part.share or 0 for part in leaves) == pytest.approx(1)
    for part in everything:
        below = sum(child.added or 0 for child in part.children)
        if part.children:
            assert (part.own.number or 0) + below == part.added


def test_a_part_says_what_it_is_and_where_it_was_made() -> None:
    text = (EXAMPLES / "resnet.py").read_text()
    part = named(panel(text), "stages.3.0.conv1")
    assert (part.class_name, part.qualified, part.path) == ("Conv2d", "torch.nn.Conv2d", (2, 3, 0, 0))
    assert (part.total.text, part.output, part.memory.text) == ("1,179,648", "(1, 512, 4, 4)", "4.5 MiB")
    assert part.macs.number == 9 * 256 * 512 * 4 * 4
    assert part.weights == (("weight", "(512, 256, 3, 3)", "1,179,648"),)
    assert part.place is not None
    assert "self.conv1 = nn.Conv2d(in_planes" in text.splitlines()[part.place.line - 1]


def test_tied_weights_are_added_once() -> None:
    model = panel((EXAMPLES / "gpt.py").read_text())
    head, tokens = named(model, "head"), named(model, "tokens")
    assert (head.total.number, head.added, head.tied) == (38_597_376, 0, 38_597_376)
    assert (tokens.added, tokens.tied) == (38_597_376, 0)


def test_a_layer_that_is_used_twice_is_added_once_and_marked() -> None:
    model = panel("from torch import nn\none = nn.Linear(3, 4)\nnet = nn.Sequential(one, nn.ReLU(), one)\n", "net")
    first, _, second = model.root.children
    assert (model.total.number, first.added, second.added) == (16, 16, 0)
    assert (first.shared, second.shared) == (False, True)


def test_multiply_adds_of_parts_are_those_of_the_model() -> None:
    model = panel((EXAMPLES / "mnist_cnn.py").read_text())
    assert sum(part.macs.number or 0 for part in model.root.children) == model.macs.number == 2_440_960


def test_what_is_not_known_is_a_formula_or_a_reason() -> None:
    text = "from torch import nn\nfrom elsewhere import block, width\n"
    head = panel(text + "net = nn.Sequential(nn.Linear(width, 10), nn.Linear(10, 4))\n")
    assert (head.total.text, head.total.number, head.formula) == ("10·elsewhere.width + 54", None, str(head.formula))
    assert [part.share for part in parts(head.root)] == [None, None, None]
    assert named(head, "1").added == 44
    body = panel(text + "net = nn.Sequential(block(), nn.Linear(10, 4))\n")
    assert (body.total.text, body.total.number) == ("≥ 44", 44)
    assert "elsewhere.block()" in body.reason
    assert body.root.own.text == "?"


def test_budgets_with_what_is_used_of_them() -> None:
    analysis, _ = analysed("from torch import nn\nnet = nn.Sequential(nn.Linear(9, 10), nn.Linear(10, 2))\n")
    budget = Budget(max_params=61, max_memory=1000, max_macs=50, max_layer_share=0.9)
    (model,) = model_panels(analysis, budgets_of=lambda model: (budget,))
    found = {use.title: (use.used.text, use.limit.text, use.ratio) for use in model.budgets}
    assert found == {
        "parameters": ("122", "61", 2.0),
        "memory of the weights": ("488 B", "1,000 B", 0.488),
        "multiply-adds": ("not known", "50", None),
        "largest share of one layer": ("82%", "90%", pytest.approx(100 / 122 / 0.9)),
    }


# ------------------------------------------------------------------------------------------------------------- graphs


def test_the_graph_of_a_sequential_model() -> None:
    assert drawn(panel((EXAMPLES / "mnist_cnn.py").read_text())) == [
        "input (None, 28, 28, 1) Conv2D",
        "Conv2D (None, 26, 26, 32) MaxPooling2D",
        "MaxPooling2D (None, 13, 13, 32) Conv2D",
        "Conv2D (None, 11, 11, 64) MaxPooling2D",
        "MaxPooling2D (None, 5, 5, 64) Flatten",
        "Flatten (None, 1600) Dropout",
        "Dropout (None, 1600) Dense",
        "Dense (None, 10) output",
    ]


def test_the_graph_of_a_forward_with_a_shortcut() -> None:
    model = panel((EXAMPLES / "resnet.py").read_text())
    assert model.graph is not None
    nodes, edges = model.graph.nodes, model.graph.edges
    sums = [number for number, node in enumerate(nodes) if node.name == "+"]
    assert len(sums) == 8
    first = [(nodes[edge.source].name, edge.shape) for edge in edges if edge.target == sums[0]]
    assert first == [("BatchNorm2d", "(1, 64, 32, 32)"), ("BatchNorm2d", "(1, 64, 32, 32)")]
    assert nodes[sums[0]].path == (2, 0, 0)  # it stands in the first block
    assert (edges[-1].shape, nodes[edges[-1].target].kind) == ("(1, 10)", "output")


KERAS = """\
import keras
from keras import layers
"""


def test_a_functional_model_that_is_called_twice_within_another() -> None:
    model = panel(
        KERAS
        + "i = keras.Input((8,))\nx = layers.Dense(4)(i)\ne = keras.Model(i, x + layers.Dense(4)(x))\n"
        + "a, b = keras.Input((8,)), keras.Input((8,))\nnet = keras.Model([a, b], layers.subtract([e(a), e(b)]))\n",
        "net",
    )
    assert sorted(drawn(model)) == sorted(
        2 * ["input (None, 8) Dense", "Dense (None, 4) Dense", "Dense (None, 4) +", "Dense (None, 4) +"]
        + 2 * ["+ (None, 4) subtract"]
        + ["subtract (None, 4) output"]
    )


def test_a_subclassed_keras_model_that_was_called() -> None:
    model = panel(
        KERAS
        + "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        + "        self.a = layers.Dense(4)\n        self.b = layers.Dense(4)\n"
        + "    def call(self, x):\n        return self.a(x) * self.b(x)\nnet = Net()\nnet(keras.Input((7,)))\n"
    )
    assert drawn(model) == [
        "input (None, 7) Dense",
        "input (None, 7) Dense",
        "Dense (None, 4) *",
        "Dense (None, 4) *",
        "* (None, 4) output",
    ]


def test_a_layer_whose_inside_is_not_followed_is_one_step() -> None:
    model = panel(
        "import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(4, 8), nn.TransformerEncoderLayer(8, 2))\n"
        "net(torch.zeros(3, 4))\n"
    )
    assert drawn(model) == [
        "input (3, 4) Linear",
        "Linear (3, 8) TransformerEncoderLayer",
        "TransformerEncoderLayer (3, 8) output",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("from torch import nn\nnet = nn.Linear(3, 4)\n", "never called"),
        (
            "import torch\nfrom torch import nn\nclass Net(nn.Module):\n"
            "    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(3, 4)\n"
            "    def forward(self, x):\n        return unknown(self.a(x))\nnet = Net()\nnet(torch.zeros(2, 3))\n",
            "could not be followed",
        ),
    ],
)
def test_a_model_without_a_known_graph_says_why(text: str, reason: str) -> None:
    graph = panel(text).graph
    assert graph is not None
    assert (graph.nodes, reason in graph.reason) == ((), True)


def test_graphs_belong_to_the_text_that_was_run_last() -> None:
    text = "import torch\nfrom torch import nn\nnet = nn.Linear(3, 4)\nnet(torch.zeros(2, 3))\n"
    file = LiveFile("/w/model.py", lambda path: None)
    source = read_source("/w/model.py", text)
    file.analysis(source)
    other = text.replace("4", "5")
    assert file.graphs(other) is None
    file.analysis(read_source("/w/model.py", other, source))
    assert file.graphs(text) is None
    graphs = file.graphs(other)
    assert graphs is not None
    assert graphs["net"].nodes[-1].shape == (2, 5)
