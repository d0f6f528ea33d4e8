"""`shape-mismatch`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens.facts import MISMATCH, Analysis
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    "shape-mismatch",
    severity="error",
    bad="""
        import torch

        rows = torch.zeros(4, 3) + torch.zeros(5, 3)
        """,
    good="""
        import torch

        rows = torch.zeros(5, 3) + torch.zeros(5, 3)
        """,
)
def shape_mismatch(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """Shapes that certainly do not fit: running the line raises an error. The message states what the operation needs
    and what it gets. Where one argument of a layer's constructor is to blame, `in-features-mismatch` says so instead.
    """
    for problem in analysis.problems:
        if problem.rule == MISMATCH and not problem.data:
            yield Found(problem.place, problem.message, problem.related)
