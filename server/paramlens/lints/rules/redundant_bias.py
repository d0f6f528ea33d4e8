"""`redundant-bias`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens import written
from paramlens.facts import Analysis, PartKind
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    "redundant-bias",
    severity="information",
    bad="""
        from torch import nn

        net = nn.Sequential(nn.Conv2d(3, 64, 3), nn.BatchNorm2d(64), nn.ReLU())
        """,
    good="""
        from torch import nn

        net = nn.Sequential(nn.Conv2d(3, 64, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU())
        """,
)
def redundant_bias(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """The output of a convolution or a fully connected layer goes straight into a batch norm and nowhere else, which
    takes the mean away and the bias with it: its parameters are held and trained for nothing. Read off a stack, a
    functional graph, or the code of a class (`self.bn(self.conv(x))`); nothing is said where any layer made on the line
    is used in another way.
    """
    for part in analysis.parts:
        if part.kind is not PartKind.NORMALIZED or part.other is None:
            continue
        name, at = part.other
        keras = part.class_name.startswith("keras.")
        argument = "use_bias=False" if keras else "bias=False"
        where = f" ({written.location(at, analysis.path)})" if at is not None else ""
        saved = ""
        if part.count is not None:
            times = f", {part.instances} times" if part.instances > 1 else ""
            saved = f" saves {written.parameters(part.count)}{times}"
        message = (
            f"the bias of this {written.short_name(part.class_name)} does nothing before "
            f"{written.short_name(name)}{where}: {argument}{saved}"
        )
        related = ((at, f"{written.short_name(name)} takes the mean away"),) if at is not None else ()
        yield Found(part.place, message, related, {"argument": argument.partition("=")[0]})
