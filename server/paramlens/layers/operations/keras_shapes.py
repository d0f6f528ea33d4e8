"""Functions of Keras and TensorFlow that change shapes, join, split, choose and multiply tensors."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Sym
from paramlens.layers.declare import operation
from paramlens.layers.operations.arithmetic import elementwise
from paramlens.layers.operations.indexing import index_value
from paramlens.layers.operations.keras_elementwise import same_shape, tensor
from paramlens.layers.operations.numpy_creation import grid_of
from paramlens.layers.operations.numpy_shapes import pad_by_pairs, take_along
from paramlens.layers.operations.rearranging import (
    along,
    flatten_tensor,
    join_tensors,
    permute_tensor,
    reshape_tensor,
    size_along,
    split_evenly,
    split_sections,
    squeeze_tensor,
    stack_tensors,
    swap_axes,
    tile_tensor,
    unbind_tensor,
    unsqueeze_tensor,
)
from paramlens.layers.operations.reductions import reduce_tensor
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    known_int,
    known_ints,
    known_text,
    make,
    mapped,
    sequence,
    shape_value,
)
from paramlens.layers.operations.torch_selection import diagonal_matrix, diagonal_of
from paramlens.layers.operations.torch_shapes import stack_along
from paramlens.shapes import Size, element_count, expand, move_axis, normalize_axis, repeat
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, Value, undetermined

KIND = "keras"


def first_given(x: Any, named: dict[str, Any], *names: str) -> Any:
    """An argument that TensorFlow and Keras name differently."""
    return next((named[name] for name in names if name in named), x)


# -------------------------------------------------------------------------------------------------------- reshaping


@operation("keras.ops.reshape", "tensorflow.reshape", "keras.backend.reshape", "keras.KerasTensor.reshape")
def reshape(x: Any = None, newshape: Any = None, **named: Any) -> TensorValue:
    source, shape = first_given(x, named, "tensor"), first_given(newshape, named, "shape")
    return reshape_tensor(tensor(source), as_sizes(shape))


@operation("keras.ops.ravel", "keras.backend.flatten")
def ravel(x: Any) -> TensorValue:
    return flatten_tensor(tensor(x))


@operation("keras.backend.batch_flatten")
def batch_flatten(x: Any) -> TensorValue:
    return flatten_tensor(tensor(x), 1)


@operation("keras.ops.transpose", "tensorflow.transpose", "keras.backend.transpose")
def transpose(x: Any = None, axes: Any = None, **named: Any) -> TensorValue:
    return permute_tensor(tensor(first_given(x, named, "a")), first_given(axes, named, "perm"))


@operation("keras.backend.permute_dimensions")
def permute_dimensions(x: Any, pattern: Any) -> TensorValue:
    return permute_tensor(tensor(x), pattern)


@operation("tensorflow.linalg.matrix_transpose", "tensorflow.linalg.adjoint")
def matrix_transpose(a: Any, name: Any = None) -> TensorValue:
    return swap_axes(tensor(a), -2, -1)


@operation("keras.ops.swapaxes", "tensorflow.experimental.numpy.swapaxes")
def swapaxes(x: Any, axis1: Any, axis2: Any) -> TensorValue:
    return swap_axes(tensor(x), axis1, axis2)


@operation("keras.ops.moveaxis", "tensorflow.experimental.numpy.moveaxis")
def moveaxis(x: Any, source: Any, destination: Any) -> TensorValue:
    return mapped(tensor(x), move_axis, known_ints(source), known_ints(destination))


@operation("keras.ops.rot90")
def rot90(array: Any, k: Any = 1, axes: Any = (0, 1)) -> TensorValue:
    x = tensor(array)
    first, second = known_ints(axes)
    return swap_axes(x, first, second) if known_int(k) % 2 else same_shape(x)


@operation("keras.ops.squeeze", "tensorflow.squeeze", "keras.backend.squeeze", "keras.KerasTensor.squeeze")
def squeeze(x: Any = None, axis: Any = None, **named: Any) -> TensorValue:
    axes = None if sequence(axis) == () else axis
    return squeeze_tensor(tensor(first_given(x, named, "input")), axes, strict=True)


@operation("keras.ops.expand_dims", "tensorflow.expand_dims", "keras.backend.expand_dims")
def expand_dims(x: Any = None, axis: Any = -1, **named: Any) -> TensorValue:
    return unsqueeze_tensor(tensor(first_given(x, named, "input")), axis)


@operation("keras.ops.broadcast_to", "tensorflow.broadcast_to")
def broadcast_to(x: Any = None, shape: Any = None, **named: Any) -> TensorValue:
    source, target = tensor(first_given(x, named, "input")), as_sizes(shape)
    if source.shape is None or target is None:
        return source.with_shape(target)
    return source.with_shape(expand(source.shape, target))


@operation("keras.ops.view")
def view(x: Any, dtype: Any = None) -> TensorValue:
    return same_shape(tensor(x)) if dtype is None else tensor(x).with_shape(None)


@operation("keras.ops.view_as_real")
def view_as_real(x: Any) -> TensorValue:
    source = tensor(x)
    return source.with_shape(None if source.shape is None else (*source.shape, 2))


@operation("keras.ops.view_as_complex")
def view_as_complex(x: Any) -> TensorValue:
    source = tensor(x)
    return source.with_shape(None if source.shape is None else source.shape[:-1])


# ------------------------------------------------------------------------------------------------ joining, splitting


@operation("keras.ops.concatenate", "keras.backend.concatenate")
def concatenate(xs: Any = None, axis: Any = None, **named: Any) -> TensorValue:
    return _joined(first_given(xs, named, "tensors"), 0 if axis is None else axis)


@operation("tensorflow.concat")
def concat(values: Any, axis: Any, name: Any = None) -> TensorValue:
    return _joined(values, axis)


def _joined(values: Any, axis: Any) -> TensorValue:
    items = sequence(values)
    return join_tensors(values if items is None else tuple(tensor(item) for item in items), axis, KIND)


@operation("keras.ops.append")
def append(x1: Any, x2: Any, axis: Any = None) -> TensorValue:
    return join_tensors((tensor(x1), tensor(x2)), axis, KIND)


@operation("keras.ops.stack", "tensorflow.stack", "keras.backend.stack")
def stack(x: Any = None, axis: Any = 0, **named: Any) -> TensorValue:
    values = first_given(x, named, "values")
    items = sequence(values)
    return stack_tensors(values if items is None else tuple(tensor(item) for item in items), axis, KIND)


def _declare_stack(name: str, rank: int, axis: int) -> None:
    @operation(f"keras.ops.{name}")
    def declared(xs: Any) -> TensorValue:
        items = sequence(xs)
        return stack_along(xs if items is None else tuple(tensor(item) for item in items), rank, axis, KIND)


for _name, _rank, _axis in (("vstack", 2, 0), ("hstack", 1, 1), ("dstack", 3, 2)):
    _declare_stack(_name, _rank, _axis)


@operation("keras.ops.split")
def split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Value:
    return split_sections(tensor(x), indices_or_sections, axis)


@operation("keras.ops.array_split")
def array_split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Value:
    return split_sections(tensor(x), indices_or_sections, axis, exact=False)


def _declare_axis_split(name: str, axis: int) -> None:
    @operation(f"keras.ops.{name}")
    def declared(x: Any, indices_or_sections: Any) -> Value:
        source = tensor(x)
        flat = name == "hsplit" and source.shape is not None and len(source.shape) == 1
        return split_sections(source, indices_or_sections, 0 if flat else axis)


for _name, _axis in (("vsplit", 0), ("hsplit", 1), ("dsplit", 2)):
    _declare_axis_split(_name, _axis)


@operation("tensorflow.split")
def split_by_sizes(value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: Any = None) -> Value:
    """A number of equal parts, or the size of each part, of which one may be −1."""
    x, listed = tensor(value), sequence(num_or_size_splits)
    if listed is None:
        return split_evenly(x, num_or_size_splits, axis)
    sizes = list(as_sizes(listed) or ())
    whole = size_along(x, axis)
    known = [size for size in sizes if isinstance(size, (int, Sym)) and size != -1]
    rest: Size = whole if len(known) == len(sizes) - 1 else None
    for size in known:
        rest = None if rest is None else rest - size
    return tuple(along(x, axis, rest if size == -1 else size) for size in sizes)


@operation("keras.ops.unstack", "tensorflow.unstack")
def unstack(x: Any = None, num: Any = None, axis: Any = 0, **named: Any) -> Value:
    source = tensor(first_given(x, named, "value"))
    if num is not None and size_along(source, axis) is None and source.shape is not None:
        source = along(source, axis, known_int(num))
    return unbind_tensor(source, axis)


@operation("keras.ops.repeat", "tensorflow.repeat")
def repeat_elements(x: Any = None, repeats: Any = None, axis: Any = None, **named: Any) -> TensorValue:
    source, count = tensor(first_given(x, named, "input")), as_size(repeats)
    if source.shape is None:
        return source.with_shape((None,) if axis is None else None)
    return source.with_shape(repeat(source.shape, count, None if axis is None else known_int(axis)))


@operation("keras.backend.repeat_elements")
def repeat_along(x: Any, rep: Any, axis: Any) -> TensorValue:
    return repeat_elements(x, rep, axis)


@operation("keras.backend.repeat")
def repeat_vector(x: Any, n: Any) -> TensorValue:
    source = tensor(x)
    return source.with_shape(None if source.shape is None else (source.shape[0], as_size(n), *source.shape[1:]))


@operation("keras.ops.tile", "tensorflow.tile", "keras.backend.tile")
def tile(x: Any = None, repeats: Any = None, **named: Any) -> TensorValue:
    source = tensor(first_given(x, named, "input"))
    return tile_tensor(source, as_sizes(first_given(repeats, named, "multiples", "n")))


@operation("keras.ops.pad", "tensorflow.pad")
def pad(x: Any = None, pad_width: Any = None, *arguments: Any, **named: Any) -> TensorValue:
    return pad_by_pairs(tensor(first_given(x, named, "tensor")), first_given(pad_width, named, "paddings"))


@operation("keras.backend.spatial_2d_padding")
def spatial_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: Any = None) -> TensorValue:
    rows, columns = sequence(padding) or ((1, 1), (1, 1))
    last = data_format is None or known_text(data_format) == "channels_last"
    pairs = ((0, 0), rows, columns, (0, 0)) if last else ((0, 0), (0, 0), rows, columns)
    return pad_by_pairs(tensor(x), pairs)


@operation("keras.ops.meshgrid", "tensorflow.meshgrid")
def meshgrid(*x: Any, indexing: Any = "xy", **named: Any) -> tuple[TensorValue, ...]:
    return grid_of(tuple(tensor(item) for item in x), KIND, known_text(indexing))


# -------------------------------------------------------------------------------------------- choosing and ordering


@operation("keras.ops.take")
def take(x: Any, indices: Any, axis: Any = None) -> TensorValue:
    return take_along(tensor(x), tensor(indices), axis)


@operation("tensorflow.gather", "keras.backend.gather")
def gather(params: Any = None, indices: Any = None, *arguments: Any, axis: Any = 0, **named: Any) -> TensorValue:
    """Along axis 0 unless told otherwise."""
    if known_int(named.get("batch_dims", 0)):
        raise undetermined(Reason.UNSUPPORTED, "gather with batch_dims")
    return take_along(tensor(first_given(params, named, "reference")), tensor(indices), axis)


@operation("keras.ops.take_along_axis")
def take_along_axis(x: Any, indices: Any, axis: Any = None) -> TensorValue:
    source, chosen = tensor(x), tensor(indices)
    if axis is None:
        return flatten_tensor(chosen)
    if source.shape is None or chosen.shape is None or len(source.shape) != len(chosen.shape):
        return source.with_shape(None)
    place = normalize_axis(known_int(axis), len(source.shape))
    single = along(source, place, 1)
    return along(elementwise(single, along(chosen, place, 1)), place, chosen.shape[place])


@operation("keras.ops.get_item", "keras.KerasTensor.__getitem__")
def get_item(x: Any, key: Any) -> Value:
    return index_value(tensor(x), key)


@operation("keras.ops.slice", "tensorflow.slice")
def slice_of(inputs: Any = None, start_indices: Any = None, shape: Any = None, **named: Any) -> TensorValue:
    """The sizes given; −1 takes what is left."""
    x = tensor(first_given(inputs, named, "input_"))
    sizes, starts = as_sizes(first_given(shape, named, "size")), as_sizes(first_given(start_indices, named, "begin"))
    if sizes is None or x.shape is None or starts is None:
        return x.with_shape(None)
    columns = zip(sizes, starts, x.shape, strict=True)
    return x.with_shape(tuple(_rest(whole, start) if size == -1 else size for size, start, whole in columns))


def _rest(whole: Size, start: Size) -> Size:
    return None if whole is None or start is None else whole - start


@operation("keras.ops.top_k", "tensorflow.math.top_k", "tensorflow.nn.top_k")
def top_k(x: Any = None, k: Any = 1, sorted: Any = True, **named: Any) -> tuple[TensorValue, TensorValue]:
    values = along(same_shape(tensor(first_given(x, named, "input"))), -1, as_size(k))
    return values, same_shape(values, "int32")


@operation("keras.ops.in_top_k", "tensorflow.math.in_top_k", "keras.backend.in_top_k")
def in_top_k(targets: Any, predictions: Any, k: Any) -> TensorValue:
    return same_shape(tensor(targets), "bool")


@operation("keras.ops.unique")
def unique(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    raise undetermined(Reason.DATA_DEPENDENT, "the number of distinct elements")


@operation("keras.ops.nonzero")
def nonzero(x: Any) -> Value:
    source = tensor(x)
    if source.shape is None:
        raise Undetermined(source.reason or Unknown(Reason.DATA_DEPENDENT))
    return tuple(make((None,), KIND, "int32") for _ in source.shape)


@operation("tensorflow.boolean_mask")
def boolean_mask(tensor_: Any = None, mask: Any = None, *arguments: Any, **named: Any) -> TensorValue:
    x, chosen = tensor(first_given(tensor_, named, "tensor")), tensor(mask)
    if x.shape is None or chosen.shape is None or arguments or named.get("axis") is not None:
        return x.with_shape(None)
    return x.with_shape((None, *x.shape[len(chosen.shape) :]))


@operation("tensorflow.gather_nd")
def gather_nd(params: Any, indices: Any, batch_dims: Any = 0, name: Any = None) -> TensorValue:
    """The last axis of the indices chooses along the first axes."""
    x, chosen = tensor(params), tensor(indices)
    depth = chosen.shape[-1] if chosen.shape else None
    if x.shape is None or not isinstance(depth, int) or known_int(batch_dims):
        return x.with_shape(None)
    assert chosen.shape is not None
    return x.with_shape((*chosen.shape[:-1], *x.shape[depth:]))


@operation("keras.ops.searchsorted")
def searchsorted(sorted_sequence: Any, values: Any, side: Any = "left") -> TensorValue:
    return same_shape(tensor(values), "int32")


@operation("keras.ops.digitize")
def digitize(x: Any, bins: Any) -> TensorValue:
    return same_shape(tensor(x), "int32")


@operation("keras.ops.diff")
def diff(a: Any, n: Any = 1, axis: Any = -1) -> TensorValue:
    x, steps = tensor(a), as_size(n)
    size = size_along(x, axis)
    if size is None or steps is None:
        return along(x, axis, None)
    shorter = size - steps
    return along(x, axis, max(0, shorter) if isinstance(shorter, int) else shorter)


@operation("keras.ops.diag")
def diag(x: Any, k: Any = 0) -> TensorValue:
    return diagonal_matrix(tensor(x), k)


@operation("keras.ops.diagflat")
def diagflat(x: Any, k: Any = 0) -> TensorValue:
    return diagonal_matrix(flatten_tensor(tensor(x)), k)


@operation("keras.ops.diagonal")
def diagonal(x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> TensorValue:
    return diagonal_of(tensor(x), offset, axis1, axis2)


@operation("keras.ops.trace")
def trace(x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> TensorValue:
    return reduce_tensor(tensor(x), (axis1, axis2))


@operation("tensorflow.linalg.trace")
def matrix_trace(x: Any, name: Any = None) -> TensorValue:
    return reduce_tensor(tensor(x), (-2, -1))


# -------------------------------------------------------------------------------------------------------- questions


@operation("keras.ops.shape", "keras.backend.int_shape", "keras.KerasTensor.get_shape")
def shape(x: Any) -> Value:
    """The sizes as a tuple, None for one that only a run knows."""
    return shape_value(tensor(x))


@operation("tensorflow.shape", "keras.backend.shape")
def dynamic_shape(x: Any = None, *arguments: Any, **named: Any) -> Value:
    """The sizes as numbers that a run computes with: one that is open is not None there."""
    source = tensor(first_given(x, named, "input"))
    return shape_value(TensorValue(source.shape, reason=source.reason))


@operation("keras.ops.ndim", "keras.backend.ndim", "tensorflow.rank")
def ndim(x: Any = None, **named: Any) -> Value:
    source = tensor(first_given(x, named, "input"))
    return Unknown(Reason.DATA_DEPENDENT, "the rank") if source.shape is None else len(source.shape)


@operation("keras.ops.size", "tensorflow.size", "keras.backend.count_params", "keras.KerasTensor.numel")
def size(x: Any = None, **named: Any) -> Value:
    source = tensor(first_given(x, named, "input"))
    count = None if source.shape is None else element_count(source.shape)
    return Unknown(Reason.DATA_DEPENDENT, "the number of elements") if count is None else count


@operation("keras.ops.dtype", "keras.backend.dtype")
def dtype(x: Any) -> Value:
    found = tensor(x).dtype
    return Unknown(Reason.DATA_DEPENDENT, "the dtype") if found is None else found


@operation("keras.KerasTensor.set_shape")
def set_shape(x: TensorValue, shape: Any) -> None:
    """Sizes that were open become those given."""
    sizes = as_sizes(shape)
    if sizes is not None:
        old = x.shape if x.shape is not None and len(x.shape) == len(sizes) else (None,) * len(sizes)
        x.shape = tuple(before if after is None else after for before, after in zip(old, sizes, strict=True))


@operation("keras.KerasTensor.numpy")
def numpy(x: TensorValue) -> TensorValue:
    return TensorValue(x.shape, kind="numpy", dtype=x.dtype, data=x.data, reason=x.reason)


@operation("tensorflow.ensure_shape")
def ensure_shape(x: Any, shape: Any, name: Any = None) -> TensorValue:
    source, sizes = tensor(x), as_sizes(shape)
    if sizes is None or (source.shape is not None and len(source.shape) != len(sizes)):
        return same_shape(source)
    old = source.shape or (None,) * len(sizes)
    return source.with_shape(tuple(b if a is None else a for b, a in zip(old, sizes, strict=True)))


@operation("tensorflow.broadcast_static_shape")
def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Value:
    parts = [TensorValue(as_sizes(item), kind=KIND) for item in (shape_x, shape_y)]
    return shape_value(elementwise(*parts))
