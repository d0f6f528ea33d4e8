"""`everything-frozen`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens import written
from paramlens.costs import certain_total
from paramlens.facts import Analysis
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    "everything-frozen",
    severity="warning",
    bad="""
        import torch
        from torch import nn

        net = nn.Linear(8, 2)
        net.requires_grad_(False)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        """,
    good="""
        import torch
        from torch import nn

        net = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 2))
        net[0].requires_grad_(False)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        """,
)
def everything_frozen(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """Every parameter of a model is frozen, and yet it is fitted, or an optimizer is given its parameters: nothing is
    left to train. Nothing is said of frozen models that are not trained.
    """
    for model in analysis.models:
        total = certain_total(model.tally)
        if total and model.tally.trainable == 0 and model.name in analysis.trained:
            message = f"{model.name} is trained, but all of its {written.parameters(total)} are frozen"
            yield Found(model.place, message)
