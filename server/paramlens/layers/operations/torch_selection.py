"""torch functions that choose, place and index: gather, index_select, narrow, scatter, diag, …"""

from __future__ import annotations

from typing import Any

from paramlens.dims import Sym, maximum, minimum
from paramlens.layers.declare import operation
from paramlens.layers.operations.data import FLOATS
from paramlens.layers.operations.indexing import index_value
from paramlens.layers.operations.naming import torch_names, torch_operation
from paramlens.layers.operations.rearranging import along, flatten_tensor, size_along
from paramlens.layers.operations.tensors import (
    as_size,
    as_tensor,
    elements_of,
    known_int,
    make,
    same,
    shape_value,
    size_value,
)
from paramlens.shapes import DTYPE_BYTES, Shape, ShapeMismatch, Size, element_count, expand, normalize_axis
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, Value, undetermined

METHOD = "torch.Tensor"


@torch_operation("narrow narrow_copy")
def narrow(input: TensorValue, dim: Any, start: Any, length: Any) -> TensorValue:
    return along(as_tensor(input), dim, as_size(length))


@torch_operation("select")
def select(input: TensorValue, dim: Any, index: Any) -> TensorValue:
    x = as_tensor(input)
    if x.shape is None:
        return x.with_shape(None)
    axis = normalize_axis(known_int(dim, "the axis"), len(x.shape))
    position = index if isinstance(index, (int, Sym)) else 0
    entry = (*(slice(None),) * axis, position)
    result = index_value(x, entry)
    assert isinstance(result, TensorValue)
    return result if isinstance(index, (int, Sym)) else same(result)


@torch_operation("select_scatter diagonal_scatter slice_scatter as_strided_scatter")
def scatter_part(input: TensorValue, src: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same(as_tensor(input))


@torch_operation("index_select")
def index_select(input: TensorValue, dim: Any, index: TensorValue) -> TensorValue:
    chosen = as_tensor(index)
    size: Size = None if chosen.shape is None else element_count(chosen.shape)
    return along(as_tensor(input), dim, size)


@torch_operation("gather")
def gather(input: TensorValue, dim: Any, index: TensorValue, *, sparse_grad: Any = False) -> TensorValue:
    return as_tensor(input).with_shape(as_tensor(index).shape)


@torch_operation("take", "torch torch.Tensor")
def take(input: TensorValue, index: TensorValue) -> TensorValue:
    return as_tensor(input).with_shape(as_tensor(index).shape)


@torch_operation("take_along_dim")
def take_along_dim(input: TensorValue, indices: TensorValue, dim: Any = None) -> TensorValue:
    """As gather, but the other axes broadcast; without an axis the result is flat."""
    x, chosen = as_tensor(input), as_tensor(indices)
    if dim is None:
        return flatten_tensor(chosen).with_shape(flatten_tensor(chosen).shape, dtype=x.dtype)
    if x.shape is None or chosen.shape is None:
        return x.with_shape(None)
    axis = normalize_axis(known_int(dim), len(x.shape))
    wide = list(expand_both(x.shape, chosen.shape, axis))
    wide[axis] = chosen.shape[axis]
    return x.with_shape(tuple(wide))


def expand_both(left: Shape, right: Shape, skipped: int) -> Shape:
    """The broadcast shape of two of one rank, one axis apart."""
    if len(left) != len(right):
        raise ShapeMismatch(f"expects tensors of one rank, got {len(left)} and {len(right)}")
    return tuple(
        1
        if axis == skipped
        else (b if a == 1 else a if b == 1 or b is None else b if a is None else expand((a,), (b,))[0])
        for axis, (a, b) in enumerate(zip(left, right, strict=True))
    )


@operation(
    *torch_names("scatter scatter_add scatter_reduce index_add index_copy index_fill index_reduce index_put put")
)
def placed(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    """New numbers in some places of a tensor of the same shape."""
    return same(as_tensor(input))


@torch_operation("masked_select")
def masked_select(input: TensorValue, mask: Any) -> TensorValue:
    return as_tensor(input).with_shape((None,))


@torch_operation("nonzero argwhere")
def nonzero(input: TensorValue, *, as_tuple: Any = False) -> Any:
    """One row of indices for each nonzero number, or one vector for each axis."""
    x = as_tensor(input)
    rank = None if x.shape is None else len(x.shape)
    if as_tuple:
        if rank is None:
            raise Undetermined(x.reason or Unknown(Reason.DATA_DEPENDENT))
        return tuple(TensorValue((None,), dtype="int64") for _ in range(max(rank, 1)))
    return TensorValue((None, rank), dtype="int64")


# ------------------------------------------------------------------------------------------------------- diagonals


def diagonal_length(rows: Size, columns: Size, offset: Any) -> Size:
    """min(rows, columns − offset) for offset ≥ 0, min(rows + offset, columns) below; at least 0."""
    if rows is None or columns is None or not isinstance(offset, int):
        return None
    lower, upper = (rows, columns - offset) if offset >= 0 else (rows + offset, columns)
    return maximum(0, minimum(lower, upper))


def diagonal_of(x: TensorValue, offset: Any, first: Any, second: Any) -> TensorValue:
    """The diagonal of two axes as a new last axis."""
    if x.shape is None:
        return x.with_shape(None)
    a, b = (normalize_axis(known_int(axis), len(x.shape)) for axis in (first, second))
    if a == b:
        raise ShapeMismatch(f"diagonal expects two different axes, got {first} and {second}")
    rest = tuple(size for axis, size in enumerate(x.shape) if axis not in (a, b))
    return x.with_shape((*rest, diagonal_length(x.shape[a], x.shape[b], offset)))


def diagonal_matrix(x: TensorValue, k: Any) -> TensorValue:
    """`diag`: a vector to a square matrix, a matrix to its diagonal."""
    if x.shape is None:
        return x.with_shape(None)
    if len(x.shape) == 2:
        return diagonal_of(x, k, 0, 1)
    if len(x.shape) != 1:
        raise ShapeMismatch(f"diag expects a tensor of rank 1 or 2, got rank {len(x.shape)}")
    size = x.shape[0]
    side = None if size is None or not isinstance(k, int) else size + abs(k)
    return x.with_shape((side, side))


@torch_operation("diag")
def diag(input: TensorValue, diagonal: Any = 0) -> TensorValue:
    return diagonal_matrix(as_tensor(input), diagonal)


@torch_operation("diagflat")
def diagflat(input: TensorValue, offset: Any = 0) -> TensorValue:
    return diagonal_matrix(flatten_tensor(as_tensor(input)), offset)


@torch_operation("diagonal")
def diagonal(input: TensorValue, offset: Any = 0, dim1: Any = 0, dim2: Any = 1) -> TensorValue:
    return diagonal_of(as_tensor(input), offset, dim1, dim2)


@torch_operation("diag_embed")
def diag_embed(input: TensorValue, offset: Any = 0, dim1: Any = -2, dim2: Any = -1) -> TensorValue:
    """The last axis becomes the diagonal of two new ones."""
    x = as_tensor(input)
    if not x.shape:
        return x.with_shape(None)
    size = x.shape[-1]
    side = None if size is None or not isinstance(offset, int) else size + abs(offset)
    rank = len(x.shape) + 1
    places = {normalize_axis(known_int(axis), rank) for axis in (dim1, dim2)}
    rest = iter(x.shape[:-1])
    return x.with_shape(tuple(side if axis in places else next(rest) for axis in range(rank)))


@torch_operation("trace")
def trace(input: TensorValue) -> TensorValue:
    return as_tensor(input).with_shape(())


@torch_operation("combinations", "torch")
def combinations(input: TensorValue, r: Any = 2, with_replacement: Any = False) -> TensorValue:
    return as_tensor(input).with_shape((None, as_size(r)))


@torch_operation("multinomial")
def multinomial(input: TensorValue, num_samples: Any, *arguments: Any, **named: Any) -> TensorValue:
    x = as_tensor(input)
    return along(x, -1, as_size(num_samples), "int64")


@torch_operation("vander", "torch")
def vander(x: TensorValue, N: Any = None, increasing: Any = False) -> TensorValue:
    vector = as_tensor(x)
    size = size_along(vector, 0)
    return vector.with_shape((size, size if N is None else as_size(N)))


# ------------------------------------------------------------------------------------------------- questions asked


@operation("torch.Tensor.size")
def size(input: TensorValue, dim: Any = None) -> Value:
    if dim is None:
        return shape_value(input)
    if input.shape is None:
        return input.reason or Unknown(Reason.DATA_DEPENDENT, "the shape")
    return size_value(size_along(input, dim))


@operation("torch.Tensor.dim", "torch.Tensor.ndimension")
def dim(input: TensorValue) -> Value:
    return Unknown(Reason.DATA_DEPENDENT, "the rank") if input.shape is None else len(input.shape)


@operation("torch.Tensor.numel", "torch.Tensor.nelement", "torch.numel")
def numel(input: TensorValue) -> Value:
    x = as_tensor(input)
    count = None if x.shape is None else element_count(x.shape)
    return size_value(count)


@operation("torch.Tensor.element_size")
def element_size(input: TensorValue) -> Value:
    width = DTYPE_BYTES.get(input.dtype or "")
    return Unknown(Reason.DATA_DEPENDENT, "the dtype") if width is None else width


@operation("torch.Tensor.item")
def item(input: TensorValue) -> Value:
    elements = elements_of(input)
    if elements is None or len(elements) != 1:
        raise undetermined(Reason.DATA_DEPENDENT, "item()")
    return elements[0]


@operation("torch.Tensor.tolist")
def tolist(input: TensorValue) -> Value:
    """Nested tuples (which stand for lists); the numbers where they are known."""
    if input.data is None:
        raise undetermined(Reason.DATA_DEPENDENT, "tolist()")
    return input.data


@operation("torch.Tensor.numpy")
def numpy(input: TensorValue, **named: Any) -> TensorValue:
    return make(input.shape, "numpy", input.dtype, elements_of(input), input.reason)


@operation(
    *torch_names("is_complex is_nonzero"),
    *torch_names("is_contiguous is_signed is_pinned is_inference is_same_size is_set_to is_shared", METHOD),
)
def question(input: Any, *arguments: Any, **named: Any) -> Value:
    """Answered only where the dtype or the kind says it."""
    return Unknown(Reason.DATA_DEPENDENT, "a property of a tensor")


@operation("torch.is_tensor")
def is_tensor(obj: Any) -> Value:
    if isinstance(obj, Unknown):
        raise Undetermined(obj)
    return isinstance(obj, TensorValue) and obj.kind == "torch"


@operation("torch.is_floating_point", "torch.Tensor.is_floating_point")
def is_floating_point(input: TensorValue) -> Value:
    return Unknown(Reason.DATA_DEPENDENT, "the dtype") if input.dtype is None else input.dtype in FLOATS


@operation("torch.Tensor.stride", "torch.Tensor.storage_offset", "torch.Tensor.data_ptr", "torch.Tensor.get_device")
def memory_layout(input: TensorValue, *arguments: Any) -> Value:
    return Unknown(Reason.ENVIRONMENT, "the memory of a tensor")


@operation("torch.Tensor.backward")
def backward(input: TensorValue, *arguments: Any, **named: Any) -> Value:
    return None


@operation("torch.Tensor.__getitem__")
def get_item(input: TensorValue, index: Any) -> Value:
    return index_value(input, index)
