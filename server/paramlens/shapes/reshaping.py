"""One shape made another: reshape, permutation, reduction, repetition, axes added and removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paramlens.dims import compare
from paramlens.shapes.sizes import (
    Shape,
    ShapeMismatch,
    Size,
    element_count,
    merge_sizes,
    normalize_axes,
    normalize_axis,
    same_size,
    written_shape,
)


def reshape(shape: Shape, target: Sequence[Size]) -> Shape:
    """The target, with its one -1 (or its one unknown) worked out from the element count.

    The division is exact in code that runs; a certain remainder or a certain difference in count is a mismatch.
    """
    _check_target(target)
    count = element_count(shape)
    unknown = [axis for axis, size in enumerate(target) if size is None or size == -1]
    if len(unknown) > 1 or count is None:
        return tuple(None if axis in unknown else size for axis, size in enumerate(target))
    rest = element_count(tuple(size for axis, size in enumerate(target) if axis not in unknown))
    if rest is None:
        return tuple(target)
    if not unknown:
        if compare(count, "==", rest) is False:
            raise ShapeMismatch(f"expects {count} elements to reshape {written_shape(shape)}, got {rest}")
        return tuple(target)
    axis = unknown[0]
    if isinstance(rest, int) and rest == 0:
        if target[axis] is None and count == 0:
            return tuple(target)
        raise ShapeMismatch(f"expects sizes other than 0 beside -1, got {written_shape(target)}")
    if compare(count % rest, "==", 0) is False:
        raise ShapeMismatch(f"expects a multiple of {rest} elements, got {count} in {written_shape(shape)}")
    return (*target[:axis], count // rest, *target[axis + 1 :])


def keras_reshape(shape: Shape, target: Sequence[Size]) -> Shape:
    """Keras' `Reshape` layer: the first axis (batch) stays, the others are reshaped to `target`."""
    if not shape:
        raise ShapeMismatch("expects an input with a batch axis, got a scalar")
    return (shape[0], *reshape(shape[1:], target))


def flatten(shape: Shape, start: int = 0, end: int = -1) -> Shape:
    """The axes from `start` to `end`, both included, become one; a scalar becomes `(1,)`."""
    if not shape:
        return (1,)
    start, end = normalize_axis(start, len(shape)), normalize_axis(end, len(shape))
    if start > end:
        raise ShapeMismatch(f"expects a first axis before the last, got {start} and {end}")
    return (*shape[:start], element_count(shape[start : end + 1]), *shape[end + 1 :])


def permute(shape: Shape, order: Sequence[int]) -> Shape:
    """Axis i of the result is axis order[i] of the input."""
    axes = normalize_axes(order, len(shape))
    if len(axes) != len(shape):
        raise ShapeMismatch(f"expects {len(shape)} axes for a tensor of rank {len(shape)}, got {len(axes)}")
    return tuple(shape[axis] for axis in axes)


def transpose(shape: Shape, first: int = -2, second: int = -1) -> Shape:
    """Two axes change places."""
    axes = list(range(len(shape)))
    first, second = normalize_axis(first, len(shape)), normalize_axis(second, len(shape))
    axes[first], axes[second] = axes[second], axes[first]
    return permute(shape, axes)


def move_axis(shape: Shape, source: int | Sequence[int], destination: int | Sequence[int]) -> Shape:
    """The source axes go to the destinations, the others keep their order (`numpy.moveaxis`)."""
    sources, destinations = normalize_axes(source, len(shape)), normalize_axes(destination, len(shape))
    if len(sources) != len(destinations):
        raise ShapeMismatch(f"expects as many destinations as sources ({len(sources)}), got {len(destinations)}")
    order = [axis for axis in range(len(shape)) if axis not in sources]
    for place, axis in sorted(zip(destinations, sources, strict=True)):
        order.insert(place, axis)
    return permute(shape, order)


def squeeze(shape: Shape, axes: int | Iterable[int] | None = None, strict: bool = False) -> Shape | None:
    """The shape without its axes of size 1 (`axes`: only those); None when the rank cannot be known.

    An axis named in `axes` whose size is not 1 stays, as in torch; with `strict` it is a mismatch, as in NumPy, Keras.
    """
    chosen = tuple(range(len(shape))) if axes is None else normalize_axes(axes, len(shape))
    removed: set[int] = set()
    for axis in chosen:
        is_one = same_size(shape[axis], 1)
        named_strictly = strict and axes is not None
        if named_strictly and is_one is False:
            raise ShapeMismatch(f"expects size 1 on axis {axis}, got {shape[axis]}")
        if is_one is None and not named_strictly:
            return None
        if is_one is not False:
            removed.add(axis)
    return tuple(size for axis, size in enumerate(shape) if axis not in removed)


def expand_dims(shape: Shape, axes: int | Sequence[int]) -> Shape:
    """New axes of size 1 at the given positions of the result."""
    count = 1 if isinstance(axes, int) else len(axes)
    rank = len(shape) + count
    added = set(normalize_axes(axes, rank))
    sizes = iter(shape)
    return tuple(1 if axis in added else next(sizes) for axis in range(rank))


def unsqueeze(shape: Shape, axis: int) -> Shape:
    """A new axis of size 1 at `axis` of the result."""
    return expand_dims(shape, axis)


def expand(shape: Shape, sizes: Sequence[Size]) -> Shape:
    """`Tensor.expand`: axes of size 1 stretch to `sizes`, -1 keeps a size, new axes come in front."""
    added = len(sizes) - len(shape)
    if added < 0:
        raise ShapeMismatch(f"expects at least {len(shape)} sizes to expand {written_shape(shape)}, got {len(sizes)}")
    result: list[Size] = list(sizes[:added])
    if -1 in result:
        raise ShapeMismatch("expects a size for every new axis, got -1")
    for old, new in zip(shape, sizes[added:], strict=True):
        if new == -1 or new is None:
            keeps = new == -1 or (old is not None and compare(old, ">", 1) is True)
            result.append(old if keeps else None)
            continue
        result.append(new if same_size(old, 1) is not False else _expanded(old, new))
    return tuple(result)


def reduce_axes(shape: Shape, axes: int | Iterable[int] | None, keepdims: bool = False) -> Shape:
    """A sum, mean or maximum over `axes` (None: all): they vanish, or stay with size 1."""
    gone = set(range(len(shape)) if axes is None else normalize_axes(axes, len(shape)))
    if keepdims:
        return tuple(1 if axis in gone else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in gone)


def tile(shape: Shape, repeats: Sequence[Size]) -> Shape:
    """`tile` of NumPy, torch and Keras: size·repeats axis by axis, the shorter filled up with 1 in front.

    `Tensor.repeat` is the same but demands at least one repeat per axis.
    """
    rank = max(len(shape), len(repeats))
    sizes = (1,) * (rank - len(shape)) + shape
    counts = (1,) * (rank - len(repeats)) + tuple(repeats)
    return tuple(_multiplied(size, count) for size, count in zip(sizes, counts, strict=True))


def repeat(shape: Shape, repeats: Size, axis: int | None = None) -> Shape:
    """`repeat` of NumPy and Keras, `repeat_interleave` of torch: each element `repeats` times; without axis, flat."""
    if axis is None:
        return (_multiplied(element_count(shape), repeats),)
    axis = normalize_axis(axis, len(shape))
    return (*shape[:axis], _multiplied(shape[axis], repeats), *shape[axis + 1 :])


def _check_target(target: Sequence[Size]) -> None:
    known = [size for size in target if isinstance(size, int)]
    if known.count(-1) > 1:
        raise ShapeMismatch(f"expects at most one -1, got {written_shape(target)}")
    if any(size < -1 for size in known):
        raise ShapeMismatch(f"expects sizes of at least 0 or -1, got {written_shape(target)}")


def _expanded(old: Size, new: Size) -> Size:
    try:
        return merge_sizes(new, old)
    except ShapeMismatch:
        raise ShapeMismatch(f"expects size 1 to expand to {new}, got {old}") from None


def _multiplied(size: Size, count: Size) -> Size:
    return None if size is None or count is None else size * count
