"""What the Keras rules share: checked arguments, axes by data format, outputs that hang on unknown arguments.

Arguments may be `Unknown`, which compares unequal to everything without complaint; so every argument that is compared
or looked into goes through one of these functions first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim, Sym, Undecided, compare
from paramlens.layers.declare import LayerHandle
from paramlens.shapes import Shape, ShapeMismatch, Size, written_shape
from paramlens.values import Reason, Undetermined, Unknown, undetermined


def known(value: Any) -> Any:
    """The value, when it and the items of a tuple are known. Raises Undetermined otherwise."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, tuple):
        for item in value:
            known(item)
    return value


def written(value: Any) -> str:
    """An argument as a message names it: plain data as written, anything else by its kind."""
    plain = isinstance(value, int | float | complex | str | bytes | tuple | None)
    return repr(value) if plain else f"a {type(value).__name__}"


def refused(message: str) -> Undetermined:
    """The exception for arguments with which the constructor raises an error."""
    return undetermined(Reason.RAISED, message)


def integer(layer: str, name: str, value: Any, least: int = 1) -> Dim:
    """An integer argument of at least `least`. Raises Undetermined where the constructor raises an error."""
    known(value)
    if not isinstance(value, int | Sym):
        raise refused(f"{layer} expects an integer for {name}, got {written(value)}")
    if compare(value, "<", least) is True:
        raise refused(f"{layer} expects {name} of at least {least}, got {value}")
    return value


def optional_integer(layer: str, name: str, value: Any, least: int = 1) -> Dim | None:
    """An integer argument that may be None."""
    return None if value is None else integer(layer, name, value, least)


def sizes(layer: str, name: str, value: Any, rank: int, least: int = 1) -> tuple[Dim, ...]:
    """One integer per axis: an integer stands for all axes."""
    known(value)
    if isinstance(value, tuple):
        if len(value) != rank:
            raise refused(f"{layer} expects {rank} integers for {name}, got {len(value)}")
        return tuple(integer(layer, name, item, least) for item in value)
    return (integer(layer, name, value, least),) * rank


def pairs(layer: str, name: str, value: Any, rank: int) -> tuple[tuple[Dim, Dim], ...]:
    """(before, after) per axis, from an integer, one integer per axis, or one pair per axis."""
    known(value)
    if not isinstance(value, tuple):
        value = (value,) * rank
    if len(value) != rank:
        raise refused(f"{layer} expects {rank} entries for {name}, got {len(value)}")
    both = [sizes(layer, name, item, 2, least=0) for item in value]
    return tuple((before, after) for before, after in both)


def choice(layer: str, name: str, value: Any, *allowed: Any) -> Any:
    """An argument that must be one of these."""
    known(value)
    if value not in allowed:
        raise refused(f"{layer} expects {name} to be one of {', '.join(map(repr, allowed))}, got {written(value)}")
    return value


def is_absent(value: Any) -> bool:
    """Whether the argument is None. Raises Undetermined when that is not known."""
    return known(value) is None


def layer_argument(layer: str, name: str, value: Any) -> LayerHandle:
    """A layer given to another one."""
    known(value)
    if not hasattr(value, "clone"):
        raise refused(f"{layer} expects a layer for {name}, got {written(value)}")
    handle: LayerHandle = value
    return handle


def is_channels_first(layer: str, data_format: Any) -> bool:
    """Whether the channel axis is axis 1. None is the default of Keras, channels last; `th` and `tf` are of Keras 1."""
    known(data_format)
    if data_format is None:
        return False
    name = data_format.lower() if isinstance(data_format, str) else data_format
    allowed = ("channels_last", "channels_first", "tf", "th", "default")
    return choice(layer, "data_format", name, *allowed) in ("channels_first", "th")


def normalized_axis(layer: str, axis: Any, rank: int) -> int:
    """An axis counted from the front. A definite miss is a mismatch."""
    known(axis)
    if not isinstance(axis, int):
        raise refused(f"{layer} expects an integer for axis, got {written(axis)}")
    if not -rank <= axis < rank:
        raise ShapeMismatch(f"{layer} expects an axis from {-rank} to {rank - 1}, got {axis}")
    return axis % rank


def known_size(layer: str, shape: Shape, axis: int) -> Dim:
    """The size of an axis that a weight's shape hangs on. Raises Undetermined when it is not known."""
    position = normalized_axis(layer, axis, len(shape))
    size = shape[position]
    if size is None:
        which = "the last axis" if position == len(shape) - 1 else f"axis {position}"
        raise undetermined(Reason.UNKNOWN_ARGUMENT, f"the size of {which}")
    return size


def channel_count(layer: str, shape: Shape, channels_first: bool) -> Dim:
    """The size of the channel axis, which must be known."""
    return known_size(layer, shape, 1 if channels_first else -1)


def spatial_sizes(shape: Shape, channels_first: bool) -> Shape:
    """The sizes between batch and channels."""
    return shape[2:] if channels_first else shape[1:-1]


def with_spatial(shape: Shape, spatial: Shape, channels: Size, channels_first: bool) -> Shape:
    """The shape with the same batch axis, these spatial sizes and this channel count."""
    return (shape[0], channels, *spatial) if channels_first else (shape[0], *spatial, channels)


def expect_min_rank(layer: str, shape: Shape, least: int) -> None:
    """Raise ShapeMismatch for a shape of fewer axes."""
    if len(shape) < least:
        raise ShapeMismatch(f"{layer} expects rank {least} or more, got rank {len(shape)} {written_shape(shape)}")


def deferred(layer: str, compute: Callable[[], Any]) -> Any:
    """The output, or, where an unknown argument leaves it open, a callable that raises Undetermined when asked.

    Weights stay known although, say, `strides` is not. A definite clash is raised at once, with the layer's name.
    """
    try:
        return compute()
    except ShapeMismatch as error:
        text = str(error)
        raise ShapeMismatch(f"{layer} {text}" if text.startswith("expects ") else text) from None
    except Undecided as error:
        unknown = Unknown(Reason.UNSUPPORTED, str(error))
    except Undetermined as error:
        unknown = error.unknown
        if unknown.reason is Reason.RAISED:
            raise

    def unresolved() -> Any:
        raise Undetermined(unknown)

    return unresolved
