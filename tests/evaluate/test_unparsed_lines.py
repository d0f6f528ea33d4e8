"""Lines that do not parse: what they might change is never shown as certain."""

from __future__ import annotations

import pytest
from paramlens.evaluate.analyze import analyze
from paramlens.facts import Analysis, Status

HEAD = "from torch import nn\n\n\n"


def statuses(analysis: Analysis) -> dict[str, tuple[Status, object]]:
    """Status and total of the models by name."""
    return {model.name: (model.tally.status, model.tally.total) for model in analysis.models}


def net(*lines: str) -> Analysis:
    """A model whose constructor has these lines after a layer of 16 parameters."""
    body = "".join(f"        {line}\n" for line in lines)
    return analyze(
        "/nowhere/x.py",
        f"{HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.a = nn.Linear(3, 4)\n{body}\n\nnet = Net()\nother = nn.Linear(1, 1)\n",
    )


@pytest.mark.parametrize(
    "line",
    [
        "self.b = nn.Linear(10,",
        "self.add_module('b', nn.Linear(",
        "if self.a is",
        "setattr(self, 'b', ",
        "    self.b = 1",
    ],
)
def test_a_constructor_with_a_broken_line_has_no_exact_count(line: str) -> None:
    found = statuses(net(line, "self.c = nn.Linear(1, 2)"))
    assert found["net"] == (Status.LOWER_BOUND, 20)
    assert found["other"] == (Status.EXACT, 2)


def test_a_layer_that_the_broken_line_replaces_is_not_counted() -> None:
    assert statuses(net("self.a = nn.Linear("))["net"][0] is Status.UNKNOWN


def test_a_broken_return_gives_nothing_known() -> None:
    text = f"{HEAD}def make():\n    layer = nn.Linear(1, 1)\n    return nn.Sequential(layer,\n\n\nmade = make()\n"
    assert "made" not in statuses(analyze("/nowhere/x.py", text))


@pytest.mark.parametrize("line", ["width =", "width = f(", "for width in range(", "with f() as width", "width +="])
def test_a_name_that_a_broken_line_may_assign_is_unknown(line: str) -> None:
    text = f"{HEAD}width = 1\n{line}\nat_top = nn.Linear(width, 1)\n\n\ndef make():\n    width = 1\n    {line}\n    return nn.Linear(width, 1)\n\n\nmade = make()\n"  # noqa: E501
    found = statuses(analyze("/nowhere/x.py", text))
    assert {status for status, _ in found.values()} == {Status.SYMBOLIC}
    assert set(found) == {"at_top", "made"}


def test_a_module_that_a_broken_statement_may_fill_is_not_exact() -> None:
    text = f"{HEAD}stack = nn.Sequential(nn.Linear(1, 1))\nstack.append(nn.Linear(\nlayers = []\nlayers.append(\nnet = nn.Sequential(*layers)\n"  # noqa: E501
    found = statuses(analyze("/nowhere/x.py", text))
    assert found["stack"] == (Status.LOWER_BOUND, 2)
    assert found["net"][0] is not Status.EXACT
