"""The shapes that merging layers and functions give. None where Keras itself keeps a size open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paramlens.layers.keras.arguments import known, normalized_axis, refused
from paramlens.shapes import Shape, ShapeMismatch, Size, concatenate, same_size, written_shape


def elementwise(layer: str, inputs: Sequence[Shape], exactly: int | None = None) -> Shape:
    """Aligned at the last axis, a size of 1 stretches; an open size stays open."""
    if not inputs or (exactly is not None and len(inputs) != exactly):
        raise ShapeMismatch(f"{layer} expects {exactly or 'at least 1'} inputs, got {len(inputs)}")
    for shape in inputs:
        if not shape:
            raise ShapeMismatch(f"{layer} expects inputs with a batch axis, got {written_shape(shape)}")
    merged = inputs[0][1:]
    for shape in inputs[1:]:
        merged = _aligned(layer, merged, shape[1:])
    return (_batch(layer, inputs), *merged)


def concatenated(layer: str, inputs: Sequence[Shape], axis: Any) -> Shape:
    """The first shape, with the sizes along the axis added up."""
    if not inputs:
        raise ShapeMismatch(f"{layer} expects at least 1 input, got none")
    if len({len(shape) for shape in inputs}) > 1:
        raise ShapeMismatch(f"{layer} expects inputs of the same rank, got {[len(shape) for shape in inputs]}")
    along = normalized_axis(layer, axis, len(inputs[0]))
    joined = concatenate(inputs, along)
    return (*inputs[0][:along], joined[along], *inputs[0][along + 1 :])


def dotted(layer: str, inputs: Sequence[Shape], axes: Any) -> Shape:
    """The other axes of the first input, then those of the second without its batch axis; at least rank 2."""
    if len(inputs) != 2:
        raise ShapeMismatch(f"{layer} expects 2 inputs, got {len(inputs)}")
    left, right = inputs
    both = known(axes)
    both = both if isinstance(both, tuple) else (both, both)
    if len(both) != 2 or any(len(shape) < 2 for shape in inputs):
        raise refused(f"{layer} expects two axes and inputs of rank 2 or more, got {both!r}")
    first, second = normalized_axis(layer, both[0], len(left)), normalized_axis(layer, both[1], len(right))
    if 0 in (first, second):
        raise refused(f"{layer} expects other axes than the batch axis, got {both!r}")
    if same_size(left[first], right[second]) is False:
        raise ShapeMismatch(f"{layer} expects the same size along both axes, got {left[first]} and {right[second]}")
    rest = (*left[:first], *left[first + 1 :], *right[1:second], *right[second + 1 :])
    return rest if len(rest) > 1 else (*rest, 1)


def _aligned(layer: str, left: Shape, right: Shape) -> Shape:
    if len(left) < len(right):
        left, right = right, left
    offset = len(left) - len(right)
    return (*left[:offset], *(_stretched(layer, a, b) for a, b in zip(left[offset:], right, strict=True)))


def _stretched(layer: str, left: Size, right: Size) -> Size:
    if left is None or right is None:
        return None
    if same_size(left, 1):
        return right
    if same_size(right, 1):
        return left
    equal = same_size(left, right)
    if equal is False and same_size(left, 1) is False and same_size(right, 1) is False:
        raise ShapeMismatch(f"{layer} expects inputs of the same size, got {left} and {right}")
    if equal:
        return left
    if isinstance(left, int) and same_size(left, 1) is False:
        return left  # the other size is 1 or the same
    if isinstance(right, int) and same_size(right, 1) is False:
        return right
    return None


def _batch(layer: str, inputs: Sequence[Shape]) -> Size:
    """The batch size that all known ones agree on."""
    found: Size = None
    for shape in inputs:
        if shape[0] is None:
            continue
        if found is not None and same_size(found, shape[0]) is False:
            raise ShapeMismatch(f"{layer} expects inputs of one batch size, got {found} and {shape[0]}")
        found = shape[0] if found is None else found
    return found
