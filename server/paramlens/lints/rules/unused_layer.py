"""`unused-layer`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens import written
from paramlens.facts import Analysis, PartKind
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    "unused-layer",
    severity="warning",
    bad="""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(8, 8)
                self.fc2 = nn.Linear(8, 2)

            def forward(self, x):
                return self.fc1(x)
        """,
    good="""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(8, 8)
                self.fc2 = nn.Linear(8, 2)

            def forward(self, x):
                return self.fc2(self.fc1(x))
        """,
)
def unused_layer(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """A layer with parameters is made and kept under an attribute that nothing reads: neither the class, which says in
    this file what its call does, nor the rest of the file. The parameters are held, saved and given to the optimizer,
    and never trained. Nothing is said of classes that reach their layers in other ways (`getattr`, `children()`).
    """
    for part in analysis.parts:
        if part.kind is PartKind.UNREAD:
            size = f", {written.parameters(part.count)}" if part.count is not None else ""
            kind = written.short_name(part.class_name)
            yield Found(part.place, f"{part.owner} never uses self.{part.name} ({kind}{size})")
