"""The model at the cursor: its budgets, its Markdown, its tree, and the comment that gives it a budget."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import PATH, SOURCE, exact, layer, mnist, place_of
from paramlens.budgets import Budget
from paramlens.facts import Analysis, ModelFact
from paramlens.features.budget_comment import budget_comment
from paramlens.features.markdown_summary import markdown_summary
from paramlens.features.model_at import model_at, model_status
from paramlens.features.outline import outline
from paramlens.jobs import Job, run
from paramlens.lints import budgets_for
from paramlens.settings import Settings

(MODEL,) = mnist().models


def test_the_model_of_any_line_when_there_is_one() -> None:
    assert model_at(mnist(), 7) is not None
    assert model_at(mnist(), 1) is not None


def test_of_several_models_the_one_whose_lines_they_are() -> None:
    text = "import torch.nn as nn\na = nn.Linear(1, 2)\nb = nn.Sequential(\n    nn.Linear(3, 4),\n)\n\nx = 1\n"
    analysis = run(Job(PATH, text), lambda path: None)
    names = [found.name if (found := model_at(analysis, line)) else None for line in range(1, 8)]
    assert names == [None, "a", "b", "b", "b", None, None]


def test_a_layer_in_a_class_belongs_to_the_model_that_has_it() -> None:
    text = (
        "import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = nn.Linear(1, 2)\n\nnet = Net()\nother = nn.Linear(3, 4)\n"
    )
    analysis = run(Job(PATH, text), lambda path: None)
    found = model_at(analysis, 5)
    assert found is not None
    assert found.name == "net"


@pytest.mark.parametrize(
    ("budget", "state", "text"),
    [
        (Budget(max_params=30_000), "over", "34,826 of 30,000 parameters (116.1%)"),
        (Budget(max_params=38_000), "near", "34,826 of 38,000 parameters (91.6%)"),
        (Budget(max_params=34_826), "near", "34,826 of 34,826 parameters (100%)"),
        (Budget(max_trainable_params=1_000_000), "within", "34,826 of 1,000,000 trainable parameters (3.5%)"),
        (Budget(max_memory=2**20), "within", "136 KiB of 1 MiB for the weights (13.3%)"),
        (Budget(max_macs=2_000_000), "over", "2.4 M of 2 M multiply-adds (122%)"),
        (Budget(max_layer_share=0.5), "over", "53% in one layer, of at most 50%"),
    ],
)
def test_how_it_stands_against_a_budget(budget: Budget, state: str, text: str) -> None:
    status = model_status(MODEL, [budget])
    assert (status.state, [use.text for use in status.uses]) == (state, [text])


def test_without_a_budget() -> None:
    status = model_status(MODEL, [])
    assert (status.state, status.text) == ("none", "34,826 params · 136 KiB · 2.4 M multiply-adds")


def test_budgets_of_settings_and_of_comments() -> None:
    comments = ((3, "budget 12M"), (12, "budget max-macs 3M"), (5, "budget 1"), (12, "budget ?"))
    analysis = replace(mnist(), comments=comments)
    settings = Settings(budgets=(Budget("other"), Budget("mod*", max_params=5)))
    assert budgets_for(analysis, MODEL, settings) == [
        Budget("mod*", max_params=5),
        Budget(max_params=12_000_000),
        Budget(max_macs=3_000_000),
    ]


def edited(source: str, needle: str, limit: str) -> str | None:
    place = place_of(source, needle)
    model = ModelFact("net", "Net", place, layer("Net", exact(3), place=place))
    edit = budget_comment(Analysis(PATH, source), model, limit)
    if edit is None:
        return None
    lines = source.split("\n")
    line = lines[edit.line - 1]
    lines[edit.line - 1] = line[: edit.column - 1] + edit.text + line[edit.end_column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("source", "needle", "after"),
    [
        ("net = Net()\n", "Net()", "net = Net()  # paramlens: budget 12M\n"),
        ("net = Net()   \nx = 1", "Net()", "net = Net()  # paramlens: budget 12M\nx = 1"),
        ("net = Net()  # paramlens: budget 3\n", "Net()", "net = Net()  # paramlens: budget 12M\n"),
        ("net = Net()  # paramlens: budget max-params 3\n", "Net()", "net = Net()  # paramlens: budget 12M\n"),
        ("net = Net(\n)  # paramlens: budget 3\n", "Net(\n)", "net = Net(\n)  # paramlens: budget 12M\n"),
        ("net = Net(  # mine\n)\n", "Net(  # mine\n)", "net = Net(  # mine\n)  # paramlens: budget 12M\n"),
        ("net = Net('''#\n''')\n", "Net('''#\n''')", "net = Net('''#\n''')  # paramlens: budget 12M\n"),
        ("net = Net(1, \\\n  2)\n", "Net(1, \\\n  2)", "net = Net(1, \\\n  2)  # paramlens: budget 12M\n"),
        ("net = Net()  # paramlens: budget max-macs 3\n", "Net()", None),
        ("net = Net()  # mine\n", "Net()", None),
    ],
)
def test_the_comment_that_gives_a_budget(source: str, needle: str, after: str | None) -> None:
    assert edited(source, needle, "12M") == after


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a number"):
        edited("net = Net()\n", "Net()", "many")


def test_markdown() -> None:
    text = markdown_summary(MODEL)
    assert text.startswith("### model: Sequential\n\n| Layer | Output | Parameters |\n|---|---|--:|\n| conv2d: Conv2D")
    assert "| conv2d\\_1: Conv2D | (None, 11, 11, 64) | 18,496 |" in text
    assert "34,826 parameters · 34,826 trainable · 0 not trainable" in text


def test_the_tree() -> None:
    (node,) = outline(mnist())
    assert (node.label, node.description, node.place) == ("model: Sequential", "34,826 params · 136 KiB", MODEL.place)
    assert [(child.label, child.description, child.detail) for child in node.children] == [
        ("conv2d: Conv2D", "320 · 0.9%", "(None, 26, 26, 32)"),
        ("max_pooling2d: MaxPooling2D", "", ""),
        ("conv2d_1: Conv2D", "18,496 · 53.1%", "(None, 11, 11, 64)"),
        ("dense: Dense", "16,010 · 46%", ""),
    ]
    assert node.children[2].place == place_of(SOURCE, 'layers.Conv2D(64, 3, activation="relu")')
