"""`in-features-mismatch`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens.facts import MISMATCH, Analysis
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    "in-features-mismatch",
    severity="error",
    bad="""
        import torch
        from torch import nn

        net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10))
        net(torch.zeros(1, 1, 28, 28))
        """,
    good="""
        import torch
        from torch import nn

        net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1352, 10))
        net(torch.zeros(1, 1, 28, 28))
        """,
)
def in_features_mismatch(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """A layer is made for another input size than it gets: running the call raises an error. The message names the
    argument (`in_features`, `in_channels`, `num_features`, `input_size`) and the size that would fit; the related
    place is the constructor, where a quick fix writes it.
    """
    for problem in analysis.problems:
        if problem.rule == MISMATCH and problem.data:
            message = f"{problem.message}: {problem.data['argument']} should be {problem.data['wanted']}"
            yield Found(problem.place, message, problem.related, problem.data)
