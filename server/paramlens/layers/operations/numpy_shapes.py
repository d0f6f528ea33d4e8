"""numpy functions and array methods that change the shape, choose elements, or answer questions about an array."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations.arithmetic import elementwise
from paramlens.layers.operations.indexing import index_value
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.numpy_creation import to_numpy
from paramlens.layers.operations.numpy_math import argument
from paramlens.layers.operations.rearranging import (
    along,
    flatten_tensor,
    join_tensors,
    permute_tensor,
    reshape_tensor,
    size_along,
    split_sections,
    squeeze_tensor,
    stack_tensors,
    swap_axes,
    tile_tensor,
    unsqueeze_tensor,
)
from paramlens.layers.operations.reductions import reduce_tensor
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    as_tensor,
    copy,
    dtype_name,
    elements_of,
    known_bool,
    known_int,
    known_ints,
    known_text,
    make,
    mapped,
    plain,
    reshaped,
    same,
    sequence,
    shape_value,
    size_value,
)
from paramlens.layers.operations.torch_selection import diagonal_matrix, diagonal_of
from paramlens.layers.operations.torch_shapes import at_least, stack_along
from paramlens.shapes import (
    ShapeMismatch,
    Size,
    element_count,
    expand,
    move_axis,
    normalize_axis,
    pad,
    repeat,
)
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, Value, undetermined

ARRAY = "numpy.ndarray"


def array(value: Any) -> TensorValue:
    return to_numpy(argument(value))


# -------------------------------------------------------------------------------------------------------- reshaping


@operation("numpy.reshape")
def reshape(a: Any, shape: Any = None, order: Any = "C", *, newshape: Any = None, **named: Any) -> TensorValue:
    x = array(a)
    result = reshape_tensor(x, as_sizes(newshape if shape is None else shape))
    return result if known_text(order) == "C" else same(result)


@operation("numpy.ndarray.reshape")
def reshape_method(a: TensorValue, *shape: Any, order: Any = "C", **named: Any) -> TensorValue:
    result = reshape_tensor(a, as_sizes(*shape))
    return result if known_text(order) == "C" else same(result)


@operation("numpy.ravel", "numpy.ndarray.ravel", "numpy.ndarray.flatten")
def ravel(a: Any, order: Any = "C") -> TensorValue:
    result = flatten_tensor(array(a))
    return result if known_text(order) == "C" else same(result)


@operation("numpy.transpose", "numpy.permute_dims")
def transpose(a: Any, axes: Any = None) -> TensorValue:
    return permute_tensor(array(a), axes)


@operation("numpy.ndarray.transpose")
def transpose_method(a: TensorValue, *axes: Any) -> TensorValue:
    if len(axes) == 1 and (axes[0] is None or sequence(axes[0]) is not None):
        return permute_tensor(a, axes[0])
    return permute_tensor(a, axes or None)


@operation("numpy.swapaxes", "numpy.ndarray.swapaxes")
def swapaxes(a: Any, axis1: Any, axis2: Any) -> TensorValue:
    return swap_axes(array(a), axis1, axis2)


@operation("numpy.moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> TensorValue:
    return mapped(array(a), move_axis, known_ints(source), known_ints(destination))


@operation("numpy.rollaxis")
def rollaxis(a: Any, axis: Any, start: Any = 0) -> TensorValue:
    x = array(a)
    if x.shape is None:
        return same(x)
    source, target = normalize_axis(known_int(axis), len(x.shape)), known_int(start)
    target = target + len(x.shape) if target < 0 else target
    return mapped(x, move_axis, source, target - 1 if source < target else target)


@operation("numpy.squeeze", "numpy.ndarray.squeeze")
def squeeze(a: Any, axis: Any = None) -> TensorValue:
    return squeeze_tensor(array(a), axis, strict=True)


@operation("numpy.expand_dims")
def expand_dims(a: Any, axis: Any) -> TensorValue:
    return unsqueeze_tensor(array(a), axis)


@operation("numpy.broadcast_to")
def broadcast_to(array_: Any = None, shape: Any = None, subok: Any = False, **named: Any) -> TensorValue:
    x, target = array(named.get("array", array_)), as_sizes(shape)
    if x.shape is None or target is None:
        return x.with_shape(target)
    return x.with_shape(expand(x.shape, target))


@operation("numpy.broadcast_arrays")
def broadcast_arrays(*args: Any, subok: Any = False) -> tuple[TensorValue, ...]:
    shape = elementwise(*args, kind="numpy").shape
    return tuple(array(item).with_shape(shape) for item in args)


def _declare_at_least(rank: int) -> None:
    @operation(f"numpy.atleast_{rank}d")
    def declared(*arrays: Any) -> Any:
        parts = tuple(at_least(array(item), rank) for item in arrays)
        return parts[0] if len(parts) == 1 else parts


for _rank in (1, 2, 3):
    _declare_at_least(_rank)


# ------------------------------------------------------------------------------------------------ joining, splitting


@operation("numpy.concatenate", "numpy.concat")
def concatenate(arrays: Any, axis: Any = 0, **named: Any) -> TensorValue:
    return join_tensors(arrays, axis, "numpy")


@operation("numpy.stack")
def stack(arrays: Any, axis: Any = 0, **named: Any) -> TensorValue:
    return stack_tensors(arrays, axis, "numpy")


@operation("numpy.vstack", "numpy.row_stack")
def vstack(tup: Any, **named: Any) -> TensorValue:
    return stack_along(tup, 2, 0, "numpy")


@operation("numpy.hstack")
def hstack(tup: Any, **named: Any) -> TensorValue:
    return stack_along(tup, 1, 1, "numpy")


@operation("numpy.dstack")
def dstack(tup: Any) -> TensorValue:
    return stack_along(tup, 3, 2, "numpy")


@operation("numpy.column_stack")
def column_stack(tup: Any) -> TensorValue:
    items = sequence(tup)
    if items is None:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "the arrays to join")
    columns = [as_tensor(item, "numpy") for item in items]
    joined = tuple(reshaped(x, (*x.shape, 1)) if x.shape is not None and len(x.shape) == 1 else x for x in columns)
    return join_tensors(joined, 1, "numpy")


@operation("numpy.append")
def append(arr: Any, values: Any, axis: Any = None) -> TensorValue:
    return join_tensors((arr, values), axis, "numpy")


@operation("numpy.insert", "numpy.delete")
def changed_length(arr: Any, obj: Any, *arguments: Any, **named: Any) -> TensorValue:
    x = array(arr)
    axis = named.get("axis", arguments[-1] if len(arguments) == 2 else None)
    return x.with_shape((None,)) if axis is None else along(x, axis, None)


@operation("numpy.split")
def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> tuple[TensorValue, ...]:
    return split_sections(array(ary), indices_or_sections, axis)


@operation("numpy.array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> tuple[TensorValue, ...]:
    return split_sections(array(ary), indices_or_sections, axis, exact=False)


def _declare_axis_split(name: str, axis: int) -> None:
    @operation(f"numpy.{name}")
    def declared(ary: Any, indices_or_sections: Any) -> tuple[TensorValue, ...]:
        x = array(ary)
        flat = name == "hsplit" and x.shape is not None and len(x.shape) == 1
        return split_sections(x, indices_or_sections, 0 if flat else axis)


for _name, _axis in {"vsplit": 0, "hsplit": 1, "dsplit": 2}.items():
    _declare_axis_split(_name, _axis)


@operation("numpy.repeat", "numpy.ndarray.repeat")
def repeat_elements(a: Any, repeats: Any, axis: Any = None) -> TensorValue:
    x, counts = array(a), as_size(repeats)
    if x.shape is None:
        return x.with_shape((None,) if axis is None else None)
    return x.with_shape(repeat(x.shape, counts, None if axis is None else known_int(axis)))


@operation("numpy.tile")
def tile(A: Any, reps: Any) -> TensorValue:
    return tile_tensor(array(A), as_sizes(reps))


@operation("numpy.resize")
def resize(a: Any, new_shape: Any) -> TensorValue:
    return array(a).with_shape(as_sizes(new_shape))


@operation("numpy.pad")
def pad_array(array_: Any = None, pad_width: Any = None, mode: Any = "constant", **named: Any) -> TensorValue:
    return pad_by_pairs(array(named.get("array", array_)), pad_width)


def pad_by_pairs(x: TensorValue, widths: Any) -> TensorValue:
    """numpy's widths: one number, (before, after) for all axes, or a pair for each axis."""
    if x.shape is None:
        return x.with_shape(None)
    rank = len(x.shape)
    items = elements_or_items(widths)
    if items is None:
        number = as_size(widths)
        pairs: list[tuple[Size, Size]] = [(number, number)] * rank
    elif all(sequence(item) is not None for item in items):
        pairs = [_pair(item) for item in items] * (rank if len(items) == 1 else 1)
    else:
        pairs = [_pair(items)] * rank
    if len(pairs) != rank:
        raise ShapeMismatch(f"pad expects {rank} pairs, got {len(pairs)}")
    return x.with_shape(pad(x.shape, [side for pair in reversed(pairs) for side in pair]))


def elements_or_items(value: Any) -> tuple[Any, ...] | None:
    if isinstance(value, TensorValue) and isinstance(value.data, tuple):
        return value.data
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return sequence(value)


def _pair(item: Any) -> tuple[Size, Size]:
    sizes = as_sizes(item) or ()
    if len(sizes) == 1:
        return sizes[0], sizes[0]
    if len(sizes) != 2:
        raise undetermined(Reason.UNSUPPORTED, "these pad widths")
    return sizes[0], sizes[1]


# -------------------------------------------------------------------------------------------- choosing and ordering


@operation(*prefixed("numpy", words("flip fliplr flipud roll tril triu sort partition")))
def same_shape(a: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same(array(a))


@operation("numpy.argsort", "numpy.ndarray.argsort", "numpy.argpartition")
def argsort(a: Any, *arguments: Any, **named: Any) -> TensorValue:
    x = array(a)
    return x.with_shape(x.shape, dtype="int64")


@operation("numpy.rot90")
def rot90(m: Any, k: Any = 1, axes: Any = (0, 1)) -> TensorValue:
    first, second = known_ints(axes)
    return swap_axes(array(m), first, second) if known_int(k) % 2 else same(array(m))


@operation("numpy.unique")
def unique(
    ar: Any,
    return_index: Any = False,
    return_inverse: Any = False,
    return_counts: Any = False,
    axis: Any = None,
    **n: Any,
) -> Any:
    x = array(ar)
    elements = elements_of(x)
    if axis is None:
        distinct = None
        if elements is not None and not any(not isinstance(element, (int, float)) for element in elements):
            distinct = sorted(set(elements))
        values = make((None if distinct is None else len(distinct),), "numpy", x.dtype, distinct)
    else:
        values = along(x, axis, None)
    counted = make((None,) if values.shape is None or axis is not None else values.shape, "numpy", "int64")
    count = None if x.shape is None else element_count(x.shape) if axis is None else size_along(x, axis)
    extras = ((return_index, counted), (return_inverse, make((count,), "numpy", "int64")), (return_counts, counted))
    chosen = [tensor for flag, tensor in extras if known_bool(flag)]
    return (values, *chosen) if chosen else values


@operation("numpy.nonzero", "numpy.ndarray.nonzero")
def nonzero(a: Any) -> Any:
    x = array(a)
    if x.shape is None:
        raise Undetermined(x.reason or Unknown(Reason.DATA_DEPENDENT))
    return tuple(make((None,), "numpy", "int64") for _ in x.shape)


@operation("numpy.argwhere")
def argwhere(a: Any) -> TensorValue:
    x = array(a)
    return make((None, None if x.shape is None else len(x.shape)), "numpy", "int64")


@operation("numpy.flatnonzero")
def flatnonzero(a: Any) -> TensorValue:
    return make((None,), "numpy", "int64")


@operation("numpy.take", "numpy.ndarray.take")
def take(a: Any, indices: Any, axis: Any = None, *arguments: Any, **named: Any) -> Value:
    return plain(take_along(array(a), as_tensor(indices, "numpy"), axis))


def take_along(x: TensorValue, indices: TensorValue, axis: Any) -> TensorValue:
    """The slices at these indices: the axis gives way to the indices' own axes."""
    if indices.shape is None or (x.shape is None and axis is not None):
        return x.with_shape(None)
    if axis is None or x.shape is None:
        return x.with_shape(indices.shape)
    place = normalize_axis(known_int(axis, "the axis"), len(x.shape))
    return x.with_shape((*x.shape[:place], *indices.shape, *x.shape[place + 1 :]))


@operation("numpy.searchsorted", "numpy.digitize")
def searchsorted(a: Any, v: Any, *arguments: Any, **named: Any) -> TensorValue:
    return make(array(v).shape, "numpy", "int64")


@operation("numpy.interp")
def interp(x: Any, xp: Any, fp: Any, *arguments: Any, **named: Any) -> TensorValue:
    return make(array(x).shape, "numpy", "float64")


@operation("numpy.bincount")
def bincount(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    return make((None,), "numpy", "int64")


@operation("numpy.histogram")
def histogram(a: Any, bins: Any = 10, *arguments: Any, **named: Any) -> tuple[TensorValue, TensorValue]:
    count = as_size(bins) if isinstance(bins, int) else None
    return make((count,), "numpy"), make((None if count is None else count + 1,), "numpy", "float64")


@operation("numpy.diff")
def diff(a: Any, n: Any = 1, axis: Any = -1, **named: Any) -> TensorValue:
    x = array(a)
    size, steps = size_along(x, axis), as_size(n)
    return along(x, axis, None if size is None or steps is None or named else size - steps)


@operation("numpy.diag")
def diag(v: Any, k: Any = 0) -> TensorValue:
    return diagonal_matrix(array(v), k)


@operation("numpy.diagflat")
def diagflat(v: Any, k: Any = 0) -> TensorValue:
    return diagonal_matrix(flatten_tensor(array(v)), k)


@operation("numpy.diagonal", "numpy.ndarray.diagonal")
def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> TensorValue:
    return diagonal_of(array(a), offset, axis1, axis2)


@operation("numpy.trace", "numpy.ndarray.trace")
def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, *arguments: Any) -> TensorValue:
    return reduce_tensor(array(a), (axis1, axis2))


# -------------------------------------------------------------------------------------------------------- questions


@operation("numpy.shape")
def shape(a: Any) -> Value:
    return shape_value(array(a))


@operation("numpy.ndim")
def ndim(a: Any) -> Value:
    x = array(a)
    return Unknown(Reason.DATA_DEPENDENT, "the rank") if x.shape is None else len(x.shape)


@operation("numpy.size")
def size(a: Any, axis: Any = None) -> Value:
    x = array(a)
    if axis is not None:
        return size_value(size_along(x, axis), "numpy")
    return size_value(None if x.shape is None else element_count(x.shape), "numpy")


@operation("numpy.ndarray.item")
def item(a: TensorValue, *position: Any) -> Value:
    elements = elements_of(a)
    if elements is None or (not position and len(elements) != 1):
        raise undetermined(Reason.DATA_DEPENDENT, "item()")
    if len(position) == 1:
        return elements[known_int(position[0])]
    return index_value(a, position) if position else elements[0]


@operation("numpy.ndarray.tolist")
def tolist(a: TensorValue) -> Value:
    if a.data is None:
        raise undetermined(Reason.DATA_DEPENDENT, "tolist()")
    return a.data


@operation("numpy.ndarray.astype", "numpy.astype")
def astype(a: TensorValue, dtype: Any, *arguments: Any, **named: Any) -> TensorValue:
    name = dtype_name(dtype)
    return copy(array(a), name) if name else TensorValue(a.shape, kind="numpy", reason=a.reason)


@operation("numpy.ndarray.copy", "numpy.ndarray.view")
def copied(a: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    if arguments or named.get("dtype") is not None:
        return TensorValue(None, kind="numpy") if arguments and arguments[0] not in ("C", "F", "A", "K") else same(a)
    return copy(a)


@operation("numpy.ndarray.fill", "numpy.ndarray.sort")
def changed_in_place(a: TensorValue, *arguments: Any, **named: Any) -> None:
    a.data = None


@operation("numpy.ndarray.__getitem__")
def get_item(a: TensorValue, index: Any) -> Value:
    return index_value(a, index)
