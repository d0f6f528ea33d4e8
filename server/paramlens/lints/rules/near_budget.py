"""`near-budget`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens.budgets import NEAR_RULE
from paramlens.facts import Analysis
from paramlens.lints.declare import Found, rule
from paramlens.lints.rules.params_budget import budget_problems

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    NEAR_RULE,
    severity="information",
    bad="""
        from torch import nn

        net = nn.Linear(1000, 1000)  # paramlens: budget 1_050_000
        """,
    good="""
        from torch import nn

        net = nn.Linear(1000, 1000)  # paramlens: budget 2M
        """,
)
def near_budget(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """A model uses at least 90% of a budget without breaking it."""
    for problem in budget_problems(analysis, settings):
        if problem.rule == NEAR_RULE:
            yield Found(problem.place, problem.message, problem.related)
