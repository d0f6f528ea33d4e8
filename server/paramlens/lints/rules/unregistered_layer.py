"""`unregistered-layer`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens import written
from paramlens.facts import Analysis, PartFact, PartKind
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    "unregistered-layer",
    severity="warning",
    bad="""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = [nn.Linear(8, 8) for _ in range(4)]

            def forward(self, x):
                for block in self.blocks:
                    x = block(x)
                return x
        """,
    good="""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = nn.ModuleList([nn.Linear(8, 8) for _ in range(4)])

            def forward(self, x):
                for block in self.blocks:
                    x = block(x)
                return x
        """,
)
def unregistered_layer(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """A torch module keeps modules that it makes itself in a plain list, tuple or dict, and no other module holds them:
    their parameters are not in `parameters()`, so they are neither trained, moved to a device nor saved. A `ModuleList`
    or `ModuleDict` registers them. Of Keras, which follows lists and dicts by itself: a container that is changed in a
    way that it does not see.
    """
    for part in analysis.parts:
        if part.kind is PartKind.UNREGISTERED:
            yield Found(part.place, _unregistered(part), data={"attribute": part.name})
        elif part.kind is PartKind.UNTRACKED:
            yield Found(
                part.place,
                f"layers are put into self.{part.name} of {part.owner} in a way that Keras does not see: "
                "assign the whole container once it is filled",
            )


def _unregistered(part: PartFact) -> str:
    size = f", {written.parameters(part.count)}," if part.count is not None else ""
    return (
        f"self.{part.name} of {part.owner} is a plain container: its {part.instances} modules{size} "
        "are not registered, so they are neither trained nor saved"
    )
