"""Code actions: what is offered where, and that nothing but the change is written."""

from __future__ import annotations

import difflib

import pytest
from fix_cases import CASES, FixCase, analysed
from paramlens.features.code_actions import Action, code_actions, round_up
from paramlens.features.edits import applied
from paramlens.features.fitting_width import fitting, limits, probe
from paramlens.features.imported_names import imported_name
from paramlens.lines import split_lines
from paramlens.settings import Settings
from paramlens.syntax.call_edits import CannotEdit, with_argument

EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def offered(text: str, table: str = "") -> list[Action]:
    """What is offered at the `|`."""
    before = text[: text.index("|")].split("\n")
    position = len(before), len(before[-1]) + 1
    return list(code_actions(analysed(text.replace("|", "", 1), table), position, position))


def after(text: str, action: Action) -> str:
    return applied(split_lines(text.replace("|", "", 1)), action.edits)


@EVERY_CASE
def test_the_fix_writes_the_right_thing_and_leaves_the_rest(case: FixCase) -> None:
    fixed = case.fixed()
    assert case.written in fixed
    changes = [line for line in difflib.ndiff(case.broken.split("\n"), fixed.split("\n")) if line[0] in "+-"]
    assert len(changes) <= 2


@EVERY_CASE
def test_the_problem_is_gone_and_the_counts_agree(case: FixCase) -> None:
    problem = case.action().problem
    assert problem is not None
    found = analysed(case.fixed())
    assert problem.rule not in {other.rule for other in found.problems}
    assert {m.name: m.tally.trainable for m in found.models if m.name in case.counts} == case.counts


@EVERY_CASE
def test_a_fix_is_offered_at_its_problem_alone(case: FixCase) -> None:
    far = len(case.broken.split("\n")), 1
    assert case.title not in {action.title for action in code_actions(analysed(case.broken), far, far)}


def test_a_problem_can_be_silenced_where_it_stands() -> None:
    text = "from torch import nn\nnet = nn.Sequential(nn.Conv2d|(3, 8, 3), nn.BatchNorm2d(8))\n"
    (action,) = [action for action in offered(text) if action.title.startswith("Ignore")]
    fixed = after(text, action)
    assert fixed.split("\n")[1].endswith("nn.BatchNorm2d(8))  # paramlens: ignore[redundant-bias]")
    assert analysed(fixed).problems == ()


def test_a_budget_can_be_set_for_a_model() -> None:
    text = "from torch import nn\n|net = nn.Linear(1000, 1000)\n"
    (action,) = [action for action in offered(text) if "budget" in action.title]
    assert action.title == "Set a budget of 1200k parameters for net, which has 1,001,000"
    assert after(text, action) == "from torch import nn\nnet = nn.Linear(1000, 1000)  # paramlens: budget 1200k\n"
    assert analysed(after(text, action)).problems == ()


@pytest.mark.parametrize(("count", "written"), [(1, "2"), (95, "110"), (3_500_000, "3900k"), (10_900_000, "12M")])
def test_budgets_are_round_numbers_above(count: int, written: str) -> None:
    assert round_up(count) == written


def test_a_size_that_several_layers_share_is_left_alone() -> None:
    text = """\
import torch
from torch import nn
layers = [nn.Linear|(8, 8) for _ in range(2)]
net = nn.Sequential(*layers)
net(torch.zeros(1, 9))
"""
    assert not [action for action in offered(text) if action.title.startswith("Set in_features")]


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("f()", "f(bias=False)"),
        ("f(1)", "f(1, bias=False)"),
        ("f(1, bias=True)", "f(1, bias=False)"),
        ("f(1, 2, 3, True)", "f(1, 2, 3, False)"),
        ("f(1,\n  2,\n)", "f(1,\n  2,\n  bias=False,\n)"),
        ("f(1,  # one\n  2)  ", "f(1,  # one\n  2,\n  bias=False)"),
        ("f(1, k = 2)", "f(1, k = 2, bias=False)"),
    ],
)
def test_arguments_are_set_as_the_call_is_written(call: str, result: str) -> None:
    assert with_argument(call.rstrip(), "bias", 3, "False") == result


@pytest.mark.parametrize("call", ["f(*args)", "f(1, **kwargs)", "f", "f(1", "f(1) + 2"])
def test_a_call_that_hides_its_arguments_is_left_alone(call: str) -> None:
    with pytest.raises(CannotEdit):
        with_argument(call, "bias", 3, "False")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import torch.nn as nn", "nn"),
        ("from torch import nn as neural", "neural"),
        ("import torch", "torch.nn"),
        ("import torch as t", "t.nn"),
        ("import torch.nn", "torch.nn"),
    ],
)
def test_modules_are_named_as_the_file_does(text: str, name: str) -> None:
    assert imported_name(text, "torch.nn").name == name


def test_an_import_that_lacks_stands_behind_those_of_the_future() -> None:
    found = imported_name('"""Doc."""\nfrom __future__ import annotations\n@x\ndef f(): ...\n', "torch.nn")
    assert (found.name, found.line, found.statement) == ("nn", 3, "from torch import nn")


KERAS = """\
import keras
from keras import layers
hidden = 4096
model = keras.Sequential([keras.Input((784,)), layers.Dense(hidden), layers.Dense(hidden), layers.Dense(10)])  \
# paramlens: budget 1M
"""


def test_the_widest_that_fits_the_budget() -> None:
    analysis = analysed(KERAS)
    asked = probe(analysis, 3, 12)
    assert asked is not None
    (found,) = fitting(asked, analysed(asked.text), limits(analysis, Settings()))
    fixed = applied(split_lines(KERAS), [found.edit])
    assert analysed(fixed).models[0].tally.total == found.total <= 1_000_000
    wider = fixed.replace(f"hidden = {found.width}", f"hidden = {found.width + 1}")
    total = analysed(wider).models[0].tally.total
    assert isinstance(total, int)
    assert total > 1_000_000


@pytest.mark.parametrize("position", [(1, 1), (3, 3), (4, 5)])
def test_no_width_where_no_number_stands(position: tuple[int, int]) -> None:
    assert probe(analysed(KERAS), *position) is None


def test_a_size_of_one_torch_layer_is_not_changed_alone() -> None:
    text = "from torch import nn\nnet = nn.Sequential(nn.Linear(784, 4096), nn.Linear(4096, 10))\n"
    assert probe(analysed(text), 2, 39) is None
