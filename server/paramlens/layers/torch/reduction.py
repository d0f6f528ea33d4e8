"""How a loss ends: one number, or one for each element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.layers.declare import Built
from paramlens.layers.torch.arguments import known, require
from paramlens.shapes import Shape
from paramlens.values import Unknown


def reduction_of(size_average: Any, reduce: Any, reduction: Any) -> Any:
    """The reduction that the older arguments size_average and reduce stand for, or the newer one."""
    for argument in (size_average, reduce):
        if isinstance(argument, Unknown):
            return argument
    if size_average is None and reduce is None:
        return reduction
    averages = True if size_average is None else size_average
    reduces = True if reduce is None else reduce
    if averages and reduces:
        return "mean"
    return "sum" if reduces else "none"


def reduced(name: str, shape: Shape, reduction: Any, *more: str) -> Shape:
    """() for mean and sum, the shape for none. Raises ShapeMismatch for any other word."""
    known(reduction)
    allowed = ("none", "mean", "sum", *more)
    require(reduction not in allowed, f"{name} expects reduction {', '.join(allowed)}, got {reduction!r}")
    return shape if reduction == "none" else ()


def loss(forward: Callable[..., Shape], reduction: Any, buffers: dict[str, Shape | None] | None = None) -> Built:
    """A layer without weights that returns a loss."""
    return Built(buffers=buffers or {}, attributes={"reduction": reduction}, forward=forward)
