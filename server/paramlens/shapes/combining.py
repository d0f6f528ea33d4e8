"""Several shapes made one: broadcasting, concatenation, stacking, unification."""

from __future__ import annotations

from collections.abc import Sequence

from paramlens.dims import maximum
from paramlens.shapes.sizes import (
    Shape,
    ShapeMismatch,
    Size,
    at_least,
    merge_sizes,
    normalize_axis,
    same_size,
    written_shape,
    written_size,
)


def broadcast(*shapes: Shape) -> Shape:
    """The shape of an elementwise operation by NumPy's rule: aligned at the last axis, a size of 1 stretches."""
    result: Shape = ()
    for shape in shapes:
        result = _broadcast_two(result, shape)
    return result


def broadcast_sizes(left: Size, right: Size) -> Size:
    """The common size of one axis; raises ShapeMismatch when both are certain to differ and neither can be 1.

    A size against an int other than 1 is that int. Two symbols are equal or one of them is 1, so the result is their
    maximum.
    """
    if left == right or (isinstance(right, int) and right == 1):
        return left
    if isinstance(left, int) and left == 1:
        return right
    if same_size(left, right) is False and _never_one(left) and _never_one(right):
        raise ShapeMismatch(f"expects equal sizes or 1, got {written_size(left)} and {written_size(right)}")
    for size in (left, right):
        if isinstance(size, int):
            return size
    for size in (left, right):
        if _never_one(size):
            return size
    return None if left is None or right is None else maximum(left, right)


def unify(left: Shape, right: Shape) -> Shape | None:
    """The better known of two shapes that are to be the same, size by size; None when they cannot be the same."""
    if len(left) != len(right):
        return None
    try:
        return tuple(merge_sizes(a, b) for a, b in zip(left, right, strict=True))
    except ShapeMismatch:
        return None


def join(left: Shape, right: Shape) -> Shape | None:
    """What is true of both of two alternative shapes: sizes that differ become None; None when the ranks differ."""
    if len(left) != len(right):
        return None
    return tuple(a if a == b else None for a, b in zip(left, right, strict=True))


def concatenate(shapes: Sequence[Shape], axis: int) -> Shape:
    """Sizes add up along `axis` and agree on every other one; shapes of `(0,)` are left out, as torch does."""
    if not shapes:
        raise ShapeMismatch("expects at least one tensor to concatenate, got none")
    # torch: a vector without elements joins tensors of any rank, so a vector among matrices has none
    empty: tuple[Shape, ...] = ((0,), (None,)) if any(len(shape) > 1 for shape in shapes) else ((0,),)
    first, *others = [shape for shape in shapes if shape not in empty] or shapes[:1]
    axis = normalize_axis(axis, len(first))
    result = list(first)
    for other in others:
        if len(other) != len(first):
            raise ShapeMismatch(f"expects tensors of rank {len(first)}, got rank {len(other)}")
        for position, size in enumerate(other):
            if position == axis:
                result[axis] = _sum(result[axis], size)
                continue
            try:
                result[position] = merge_sizes(result[position], size)
            except ShapeMismatch:
                raise ShapeMismatch(
                    f"expects equal sizes except on axis {axis}, got {written_shape(first)} and {written_shape(other)}"
                ) from None
    return tuple(result)


def stack(shapes: Sequence[Shape], axis: int = 0) -> Shape:
    """A new axis of length len(shapes) at `axis`; all shapes must agree."""
    if not shapes:
        raise ShapeMismatch("expects at least one tensor to stack, got none")
    result = shapes[0]
    for shape in shapes[1:]:
        unified = unify(result, shape)
        if unified is None:
            raise ShapeMismatch(f"expects equal shapes, got {written_shape(result)} and {written_shape(shape)}")
        result = unified
    axis = normalize_axis(axis, len(result) + 1)
    return (*result[:axis], len(shapes), *result[axis:])


def _broadcast_two(left: Shape, right: Shape) -> Shape:
    rank = max(len(left), len(right))
    pairs = zip((1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right, strict=True)
    try:
        return tuple(broadcast_sizes(a, b) for a, b in pairs)
    except ShapeMismatch:
        raise ShapeMismatch(
            f"expects shapes that broadcast, got {written_shape(left)} and {written_shape(right)}"
        ) from None


def _never_one(size: Size) -> bool:
    return (isinstance(size, int) and size != 1) or at_least(size, 2) is True


def _sum(left: Size, right: Size) -> Size:
    return None if left is None or right is None else left + right
