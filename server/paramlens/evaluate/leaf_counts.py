"""The count of a torch module that holds nothing but weights of known size: most modules, and most of the time."""

from __future__ import annotations

from paramlens.dims import product
from paramlens.facts import Status, Tally
from paramlens.shapes import DTYPE_BYTES
from paramlens.values import Instance, ParameterValue, Unknown

_TALLIES: dict[tuple[tuple[tuple[int, ...], bool, str], ...], Tally] = {}
_MOST_TALLIES = 4_096


def leaf_tally(instance: Instance) -> Tally | None:
    """The exact count of such a module, computed once for all that hold weights of the same sizes; None for others."""
    state = instance.state
    if type(instance) is not Instance or state.framework != "torch":
        return None
    if state.incomplete is not None or state.doubtful or state.needs_input or state.own:
        return None
    weights: list[ParameterValue] = []
    for name, value in instance.attributes.items():
        if isinstance(value, Instance | Unknown):
            return None
        if isinstance(value, ParameterValue) and name not in state.buffers and name not in state.hidden:
            if value in weights:
                return None
            weights.append(value)
    key = tuple([_size(weight) for weight in weights])
    known = _TALLIES.get(key)  # type: ignore[arg-type]  # a key with None is never in it
    if known is None and None not in key:
        known = _tally([size for size in key if size is not None])
        if len(_TALLIES) >= _MOST_TALLIES:
            _TALLIES.clear()
        _TALLIES[tuple([size for size in key if size is not None])] = known
    return known


def _size(weight: ParameterValue) -> tuple[tuple[int, ...], bool, str] | None:
    """Shape, whether it is trainable, and data type, where all of it is known."""
    shape, flag = weight.shape, weight.trainable
    if shape is None or (flag is not True and flag is not False) or any(type(size) is not int for size in shape):
        return None
    return shape, flag, weight.dtype or "float32"  # type: ignore[return-value]  # whole numbers, just asked


def _tally(sizes: list[tuple[tuple[int, ...], bool, str]]) -> Tally:
    counts = [product(shape) for shape, _, _ in sizes]
    whole = sum(counts)
    trainable = sum(count for count, (_, flag, _) in zip(counts, sizes, strict=True) if flag)
    size = sum(count * DTYPE_BYTES.get(dtype, 4) for count, (_, _, dtype) in zip(counts, sizes, strict=True))
    return Tally(Status.EXACT, whole, trainable, whole - trainable, size)
