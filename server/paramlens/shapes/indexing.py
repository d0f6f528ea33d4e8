"""Parts of axes: slices, splits, chunks, and padding written from the last axis back."""

from __future__ import annotations

from collections.abc import Sequence

from paramlens.dims import Dim, ceil_div, compare, maximum, minimum
from paramlens.shapes.sizes import Shape, ShapeMismatch, Size, written_shape


def slice_length(size: Size, start: Dim | None = None, stop: Dim | None = None, step: Dim | None = None) -> Size:
    """The length of `axis[start:stop:step]` by Python's rule; None for a bound is an omitted one, as in the source.

    For step > 0: ceil(max(stop − start, 0) / step), with both bounds first counted from the front and clipped to size.
    """
    step = 1 if step is None else step
    if isinstance(step, int) and step == 0:
        raise ShapeMismatch("expects a slice step other than 0, got 0")
    if start is None and stop is None:
        reverse = -step if compare(step, "<", 0) is True else step
        if isinstance(reverse, int) and reverse == 1:
            return size
        return ceil_div(size, reverse) if size is not None and compare(reverse, ">", 0) is True else None
    if isinstance(size, int) and all(bound is None or isinstance(bound, int) for bound in (start, stop, step)):
        return len(range(*slice(start, stop, step).indices(size)))
    if compare(step, ">", 0) is not True:
        return None
    if size is None:
        return _length_of_unknown(start, stop)
    first = 0 if start is None else _position(start, size, clipped=False)
    last = size if stop is None else _position(stop, size)
    if first is None or last is None:
        return None
    return ceil_div(maximum(last - first, 0), step)


def split_sizes(size: Size, section: Dim) -> tuple[Size, ...] | None:
    """`torch.split(axis, section)`: parts of `section`, the last one what is left; None: number unknown."""
    if compare(section, "<", 1) is True:
        raise ShapeMismatch(f"expects sections of at least 1, got {section}")
    if size is None:
        return None
    count = ceil_div(size, section)
    if not isinstance(count, int):
        return None
    return (*(section for _ in range(count - 1)), size - section * (count - 1))


def chunk_sizes(size: Size, chunks: int) -> tuple[Size, ...] | None:
    """`torch.chunk(axis, chunks)`: parts of ceil(size / chunks), possibly fewer than asked for; None when unknown."""
    if chunks < 1:
        raise ShapeMismatch(f"expects at least 1 chunk, got {chunks}")
    if size is None:
        return None
    if isinstance(size, int) and size == 0:
        return (0,) * chunks
    return split_sizes(size, ceil_div(size, chunks))


def pad(shape: Shape, pairs: Sequence[Size]) -> Shape:
    """`torch.nn.functional.pad`: (before, after) of the last axis, then of the one before it, and so on."""
    if len(pairs) % 2:
        raise ShapeMismatch(f"expects an even number of paddings, got {len(pairs)}")
    if len(pairs) > 2 * len(shape):
        raise ShapeMismatch(f"expects at most {2 * len(shape)} paddings for rank {len(shape)}, got {len(pairs)}")
    result = list(shape)
    for index in range(len(pairs) // 2):
        axis = len(shape) - 1 - index
        size, before, after = result[axis], pairs[2 * index], pairs[2 * index + 1]
        if size is None or before is None or after is None:
            result[axis] = None
            continue
        padded = size + before + after
        if compare(padded, "<", 0) is True:
            raise ShapeMismatch(f"expects a padding that leaves an output of {written_shape(shape)}, got {padded}")
        result[axis] = padded
    return tuple(result)


def _position(bound: Dim, size: Dim, clipped: bool = True) -> Dim | None:
    """A slice bound counted from the front, clipped to 0 and, if asked, to size; None when its sign is unknown."""
    if compare(bound, ">=", 0) is True:
        return minimum(bound, size) if clipped else bound
    return maximum(size + bound, 0) if compare(bound, "<", 0) is True else None


def _length_of_unknown(start: Dim | None, stop: Dim | None) -> Size:
    """The length of a slice of an axis of unknown size: known where it is empty for every size."""
    if stop is not None and compare(stop, "==", 0) is True:
        return 0
    if start is not None and stop is not None and compare(start, ">=", 0) is True and compare(stop, ">=", 0) is True:
        return 0 if compare(stop, "<=", start) is True else None
    return None
