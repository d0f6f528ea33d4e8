"""`params-budget`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens.budgets import RULE, check_model
from paramlens.facts import Analysis, Problem
from paramlens.lints import comments
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    RULE,
    severity="error",
    bad="""
        from torch import nn

        net = nn.Linear(1000, 1000)  # paramlens: budget 900k
        """,
    good="""
        from torch import nn

        net = nn.Linear(1000, 1000)  # paramlens: budget 2M
        """,
)
def params_budget(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """A model certainly breaks a budget of the settings or of a comment on its line. The message says how much it has,
    by how much that is over, and which lines cost most. The severity is the budget's own unless the rule has one.
    """
    for problem in budget_problems(analysis, settings):
        if problem.rule == RULE:
            yield Found(problem.place, problem.message, problem.related, severity=problem.severity)


def budget_problems(analysis: Analysis, settings: Settings) -> Iterator[Problem]:
    """What models break of all budgets or come near to."""
    for model in analysis.models:
        for budget in comments.budgets_for(analysis, model, settings):
            yield from check_model(model, budget, settings.costs)
