"""Shape changes that all libraries share, as functions of tensors: reshape, transpose, join, split, repeat.

They keep the numbers where the order of elements stays or is easily followed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from paramlens.dims import Sym, compare, maximum, minimum
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.tensors import (
    as_sizes,
    as_tensor,
    elements_of,
    first_reason,
    kind_of,
    known_int,
    known_ints,
    make,
    mapped,
    reshaped,
    sequence,
    unknown_tensor,
)
from paramlens.shapes import (
    Shape,
    ShapeMismatch,
    Size,
    concatenate,
    expand_dims,
    flatten,
    normalize_axis,
    permute,
    reshape,
    same_size,
    squeeze,
    stack,
    tile,
)
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, undetermined


def reshape_tensor(x: TensorValue, target: Shape | None) -> TensorValue:
    """The same elements under sizes of which one may be −1."""
    if target is None:
        return x.with_shape(None)
    if x.shape is None:
        return reshaped(x, tuple(None if size == -1 else size for size in target))
    return reshaped(x, reshape(x.shape, target))


def flatten_tensor(x: TensorValue, start: Any = 0, end: Any = -1) -> TensorValue:
    """The axes from start to end as one. A tensor of unknown rank stays one, unless all axes are flattened."""
    if x.shape is None:
        whole = start == 0 and end == -1 and not isinstance(start, Unknown)
        return x.with_shape((None,) if whole else None)
    return reshaped(x, flatten(x.shape, known_int(start), known_int(end)))


def permute_tensor(x: TensorValue, order: Any) -> TensorValue:
    """Axis i of the result is axis order[i] of the input; no order reverses the axes."""
    if x.shape is None:
        items = None if order is None else sequence(order)
        return x.with_shape((None,) * len(items) if items is not None else None)
    axes = tuple(range(len(x.shape)))[::-1] if order is None else known_ints(order, "the order of axes")
    shape = permute(x.shape, axes)
    return make(shape, x.kind, x.dtype, _permuted(x, [axis % max(len(axes), 1) for axis in axes]), x.reason)


def _permuted(x: TensorValue, order: Sequence[int]) -> list[Any] | None:
    elements = elements_of(x)
    if elements is None or x.shape is None:
        return None
    sizes = [size for size in x.shape if isinstance(size, int)]
    strides = [math.prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    offsets = [0]
    for axis in order:
        offsets = [offset + place * strides[axis] for offset in offsets for place in range(sizes[axis])]
    return [elements[offset] for offset in offsets]


def swap_axes(x: TensorValue, first: Any, second: Any) -> TensorValue:
    """Two axes change places."""
    if x.shape is None:
        return x.with_shape(None)
    order = list(range(len(x.shape)))
    if not order and {known_int(first), known_int(second)} <= {0, -1}:
        return reshaped(x, ())
    a = normalize_axis(known_int(first, "the axis"), len(order))
    b = normalize_axis(known_int(second, "the axis"), len(order))
    order[a], order[b] = order[b], order[a]
    return permute_tensor(x, tuple(order))


def squeeze_tensor(x: TensorValue, axes: Any = None, strict: bool = False) -> TensorValue:
    """Without its axes of size 1. A Keras size of None counts as one that is not 1, as in the library."""
    if x.shape is None:
        return x.with_shape(None)
    chosen = None if axes is None else known_ints(axes, "the axis")
    if chosen is None and x.kind == "keras":
        return reshaped(x, tuple(size for size in x.shape if size is None or same_size(size, 1) is not True))
    if not x.shape and chosen is not None and set(chosen) <= {0, -1} and not strict:
        return reshaped(x, ())
    return reshaped(x, squeeze(x.shape, chosen, strict))


def unsqueeze_tensor(x: TensorValue, axes: Any) -> TensorValue:
    """With new axes of size 1."""
    if x.shape is None:
        return x.with_shape(None)
    return reshaped(x, expand_dims(x.shape, known_ints(axes, "the axis")))


def _parts(tensors: Any, kind: str | None) -> tuple[list[TensorValue], str]:
    """The tensors to join: a sequence of them, or one array split along its first axis."""
    items = sequence(tensors)
    if items is None:
        if isinstance(tensors, Unknown):
            raise Undetermined(tensors)
        if isinstance(tensors, TensorValue) and tensors.shape and isinstance(tensors.shape[0], int):
            if tensors.shape[0] > numbers.LIMIT:
                raise undetermined(Reason.SIZE_LIMIT)
            return [tensors.with_shape(tensors.shape[1:])] * tensors.shape[0], kind or tensors.kind
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "the tensors to join")
    kind = kind or kind_of(*items, default="numpy")
    return [as_tensor(item, kind) for item in items], kind


def _common_dtype(parts: Sequence[TensorValue]) -> str | None:
    dtypes = {part.dtype for part in parts}
    return dtypes.pop() if len(dtypes) == 1 else None


def join_tensors(tensors: Any, axis: Any = 0, kind: str | None = None) -> TensorValue:
    """Concatenation along an existing axis; `axis=None` flattens first, as in numpy."""
    parts, kind = _parts(tensors, kind)
    if axis is None:
        parts, axis = [flatten_tensor(part) for part in parts], 0
    axis = known_int(axis, "the axis")
    dtype = _common_dtype(parts)
    if kind == "torch":  # torch lets an empty one-dimensional tensor join anything
        parts = [part for part in parts if part.shape != (0,)] or parts[:1]
    shapes = [part.shape for part in parts]
    known = [shape for shape in shapes if shape is not None]
    if not parts or len(known) == len(parts):
        shape = concatenate(known, axis)
        elements = None
        if shape and normalize_axis(axis, len(shape)) == 0:
            elements = _chained(parts)
        return make(shape, kind, dtype, elements)
    if not known:
        return unknown_tensor(kind, first_reason(parts), dtype)
    joined = list(concatenate(known, axis))
    joined[normalize_axis(axis, len(joined))] = None
    return make(tuple(joined), kind, dtype)


def _chained(parts: Sequence[TensorValue]) -> list[Any] | None:
    columns = [elements_of(part) for part in parts]
    known = [column for column in columns if column is not None]
    return [element for column in known for element in column] if len(known) == len(columns) else None


def stack_tensors(tensors: Any, axis: Any = 0, kind: str | None = None) -> TensorValue:
    """The tensors along a new axis."""
    parts, kind = _parts(tensors, kind)
    axis, dtype = known_int(axis, "the axis"), _common_dtype(parts)
    known = [part.shape for part in parts if part.shape is not None]
    if parts and not known:
        return unknown_tensor(kind, first_reason(parts), dtype)
    shape = stack([*known, *known[:1] * (len(parts) - len(known))], axis)
    return make(shape, kind, dtype, _chained(parts) if axis == 0 else None)


def along(x: TensorValue, axis: Any, size: Size, dtype: str | None = None) -> TensorValue:
    """The tensor with another size on one axis."""
    if x.shape is None:
        return x.with_shape(None, dtype=dtype)
    place = normalize_axis(known_int(axis, "the axis"), len(x.shape))
    return x.with_shape((*x.shape[:place], size, *x.shape[place + 1 :]), dtype=dtype)


def size_along(x: TensorValue, axis: Any) -> Size:
    """The size of one axis; None where it or the rank is not known."""
    if x.shape is None:
        return None
    return x.shape[normalize_axis(known_int(axis, "the axis"), len(x.shape))]


def split_at(x: TensorValue, indices: Sequence[Size], axis: Any) -> tuple[TensorValue, ...]:
    """Cut before each index, counted as slice bounds are; as `numpy.split(x, [2, 5])`."""
    size = size_along(x, axis)
    bounds: list[Size] = [0, *(_clipped(index, size) for index in indices), size]
    pairs = itertools.pairwise(bounds)
    return tuple(along(x, axis, _difference(start, stop)) for start, stop in pairs)


def _clipped(index: Size, size: Size) -> Size:
    if index is None:
        return None
    if isinstance(index, int) and isinstance(size, int):
        return min(max(index + size if index < 0 else index, 0), size)
    if compare(index, "<", 0) is not False or size is None:
        return index if compare(index, "<", 0) is False else None
    return minimum(index, size)


def _difference(start: Size, stop: Size) -> Size:
    if start is None or stop is None:
        return None
    return maximum(0, stop - start)


def split_evenly(x: TensorValue, sections: Any, axis: Any, exact: bool = True) -> tuple[TensorValue, ...]:
    """`sections` parts; `exact` demands that it divides the size, otherwise the first parts are one larger."""
    count = known_int(sections, "the number of parts")
    if count < 1:
        raise ShapeMismatch(f"expects at least 1 part, got {count}")
    if count > numbers.LIMIT:
        raise undetermined(Reason.SIZE_LIMIT)
    size = size_along(x, axis)
    if size is None:
        return tuple(along(x, axis, None) for _ in range(count))
    if exact:
        if isinstance(size, int) and size % count:
            raise ShapeMismatch(f"expects a size that {count} divides, got {size}")
        return tuple(along(x, axis, size // count) for _ in range(count))
    if isinstance(size, Sym):
        return tuple(along(x, axis, (size + count - 1 - i) // count) for i in range(count))
    return tuple(along(x, axis, size // count + (i < size % count)) for i in range(count))


def split_sections(x: TensorValue, sections: Any, axis: Any, exact: bool = True) -> tuple[TensorValue, ...]:
    """numpy's `split` (exact) and `array_split`: a number of parts, or the indices to cut at."""
    if isinstance(sections, Unknown):
        raise Undetermined(sections)
    items = as_sizes(sections) if not isinstance(sections, (int, Sym)) else None
    if items is not None:
        return split_at(x, items, axis)
    return split_evenly(x, sections, axis, exact)


def unbind_tensor(x: TensorValue, axis: Any = 0) -> tuple[TensorValue, ...]:
    """The slices along one axis, without it."""
    size = size_along(x, axis)
    if not isinstance(size, int):
        raise Undetermined(x.reason or Unknown(Reason.DATA_DEPENDENT, "the number of slices"))
    if size > numbers.LIMIT:
        raise undetermined(Reason.SIZE_LIMIT)
    assert x.shape is not None
    place = normalize_axis(known_int(axis), len(x.shape))
    elements = elements_of(x)
    rest = (*x.shape[:place], *x.shape[place + 1 :])
    if elements is None or place != 0:
        return tuple(x.with_shape(rest) for _ in range(size))
    step = len(elements) // size if size else 0
    return tuple(make(rest, x.kind, x.dtype, elements[i * step : (i + 1) * step]) for i in range(size))


def tile_tensor(x: TensorValue, repeats: Shape | None) -> TensorValue:
    """The tensor repeated as a whole along each axis."""
    return x.with_shape(None) if repeats is None else mapped(x, tile, repeats)
