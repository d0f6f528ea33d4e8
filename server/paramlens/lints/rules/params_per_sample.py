"""`params-per-sample`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens.facts import Analysis, Status
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings

MOST_PER_SAMPLE = 10


@rule(
    "params-per-sample",
    severity="information",
    settings="""
        [tool.paramlens]
        samples = 60000
        """,
    bad="""
        from torch import nn

        net = nn.Linear(784, 1000)
        """,
    good="""
        from torch import nn

        net = nn.Linear(784, 100)
        """,
)
def params_per_sample(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """A model has more than ten trainable parameters for each training sample. Only said where the settings tell how
    many there are (`samples = 60000`); such models can learn their samples by heart, and need regularization, more data
    or pretrained weights.
    """
    samples = settings.samples
    if samples is None:
        return
    for model in analysis.models:
        count = model.tally.trainable
        certain = model.tally.status is Status.EXACT and isinstance(count, int)
        if certain and isinstance(count, int) and count > MOST_PER_SAMPLE * samples:
            ratio = f"{count / samples:,.1f}".removesuffix(".0")
            message = f"{model.name} has {count:,} trainable parameters for {samples:,} samples: {ratio} for each"
            yield Found(model.place, message)
