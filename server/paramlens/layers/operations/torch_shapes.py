"""torch functions and methods that change the shape alone."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Sym
from paramlens.layers.declare import operation
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.naming import torch_operation
from paramlens.layers.operations.rearranging import (
    along,
    flatten_tensor,
    join_tensors,
    permute_tensor,
    reshape_tensor,
    size_along,
    split_at,
    split_evenly,
    squeeze_tensor,
    stack_tensors,
    swap_axes,
    tile_tensor,
    unbind_tensor,
    unsqueeze_tensor,
)
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    as_tensor,
    copy,
    dtype_name,
    elements_of,
    known_int,
    known_ints,
    make,
    mapped,
    reshaped,
    same,
    sequence,
)
from paramlens.shapes import (
    DTYPE_BYTES,
    Shape,
    ShapeMismatch,
    Size,
    broadcast,
    chunk_sizes,
    expand,
    move_axis,
    normalize_axis,
    repeat,
    same_size,
    sliding_windows,
    split_sizes,
    tile,
)
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, undetermined

METHOD = "torch.Tensor"


@torch_operation("reshape")
def reshape(input: TensorValue, *sizes: Any, shape: Any = None) -> TensorValue:
    return reshape_tensor(as_tensor(input), as_sizes(*sizes) if shape is None else as_sizes(shape))


@torch_operation("view", METHOD)
def view(input: TensorValue, *sizes: Any, size: Any = None, dtype: Any = None) -> TensorValue:
    """Sizes, or a dtype: then the last axis shrinks or grows with the bytes of an element."""
    if size is not None:
        sizes = (size,)
    if dtype is not None or (len(sizes) == 1 and isinstance(sizes[0], str)):
        return _view_as_dtype(input, dtype_name(sizes[0] if dtype is None else dtype))
    return reshape_tensor(input, as_sizes(*sizes))


def _view_as_dtype(x: TensorValue, dtype: str | None) -> TensorValue:
    old, new = DTYPE_BYTES.get(x.dtype or ""), DTYPE_BYTES.get(dtype or "")
    if old is None or new is None or not x.shape:
        return TensorValue(x.shape if old == new and old is not None else None, dtype=dtype, reason=x.reason)
    size = x.shape[-1]
    return along(x, -1, None if size is None else size * old // new, dtype)


@torch_operation("view_as reshape_as", METHOD)
def view_as(input: TensorValue, other: TensorValue) -> TensorValue:
    return reshape_tensor(input, as_tensor(other).shape)


@torch_operation("flatten")
def flatten(input: TensorValue, start_dim: Any = 0, end_dim: Any = -1) -> TensorValue:
    return flatten_tensor(as_tensor(input), start_dim, end_dim)


@torch_operation("ravel")
def ravel(input: TensorValue) -> TensorValue:
    return flatten_tensor(as_tensor(input))


@torch_operation("unflatten")
def unflatten(input: TensorValue, dim: Any, sizes: Any) -> TensorValue:
    """One axis as several; one of the sizes may be −1."""
    x, target = as_tensor(input), as_sizes(sizes)
    if x.shape is None or target is None:
        return x.with_shape(None)
    place = normalize_axis(known_int(dim), len(x.shape))
    parts = reshape_tensor(TensorValue((x.shape[place],)), target).shape
    assert parts is not None
    return reshaped(x, (*x.shape[:place], *parts, *x.shape[place + 1 :]))


@torch_operation("permute")
def permute(input: TensorValue, *order: Any, dims: Any = None) -> TensorValue:
    order = order if dims is None else (dims,)
    return permute_tensor(as_tensor(input), order[0] if len(order) == 1 and sequence(order[0]) is not None else order)


@torch_operation("transpose swapaxes swapdims")
def transpose(input: TensorValue, dim0: Any, dim1: Any) -> TensorValue:
    return swap_axes(as_tensor(input), dim0, dim1)


@torch_operation("t")
def t(input: TensorValue) -> TensorValue:
    """A matrix transposed; a vector or scalar as it is."""
    x = as_tensor(input)
    if x.shape is None:
        return x.with_shape(None)
    if len(x.shape) > 2:
        raise ShapeMismatch(f"t expects a tensor of rank at most 2, got rank {len(x.shape)}")
    return permute_tensor(x, None)


@torch_operation("adjoint")
def adjoint(input: TensorValue) -> TensorValue:
    return swap_axes(as_tensor(input), -2, -1)


@torch_operation("squeeze")
def squeeze(input: TensorValue, *dim: Any, **named: Any) -> TensorValue:
    axes = named.get("dim", named.get("axis", dim[0] if len(dim) == 1 else dim or None))
    return squeeze_tensor(as_tensor(input), axes)


@torch_operation("unsqueeze")
def unsqueeze(input: TensorValue, dim: Any) -> TensorValue:
    return unsqueeze_tensor(as_tensor(input), known_int(dim, "the axis"))


@torch_operation("expand", METHOD)
def expand_method(input: TensorValue, *sizes: Any, size: Any = None, implicit: bool = False) -> TensorValue:
    target = as_sizes(*sizes) if size is None else as_sizes(size)
    if target is None:
        return input.with_shape(None)
    if input.shape is None:
        return input.with_shape(tuple(None if size == -1 else size for size in target))
    return input.with_shape(expand(input.shape, target))


@torch_operation("broadcast_to")
def broadcast_to(input: TensorValue, size: Any) -> TensorValue:
    return expand_method(as_tensor(input), size)


@torch_operation("expand_as", METHOD)
def expand_as(input: TensorValue, other: TensorValue) -> TensorValue:
    shape = as_tensor(other).shape
    if shape is None or input.shape is None:
        return input.with_shape(shape)
    return input.with_shape(expand(input.shape, shape))


@operation("torch.broadcast_tensors")
def broadcast_tensors(*tensors: Any) -> tuple[TensorValue, ...]:
    items = sequence(tensors[0]) if len(tensors) == 1 else None
    parts = [as_tensor(item) for item in (items if items is not None else tensors)]
    shapes = [part.shape for part in parts if part.shape is not None]
    shape = broadcast(*shapes) if len(shapes) == len(parts) else None
    return tuple(part.with_shape(shape) for part in parts)


@torch_operation("repeat", METHOD)
def repeat_method(input: TensorValue, *sizes: Any, repeats: Any = None) -> TensorValue:
    counts = as_sizes(*sizes) if repeats is None else as_sizes(repeats)
    if input.shape is None or counts is None:
        return input.with_shape(None)
    if len(counts) < len(input.shape):
        raise ShapeMismatch(f"repeat expects at least {len(input.shape)} numbers, got {len(counts)}")
    return input.with_shape(tile(input.shape, counts))


@torch_operation("tile")
def tile_operation(input: TensorValue, *dims: Any, **named: Any) -> TensorValue:
    return tile_tensor(as_tensor(input), as_sizes(*dims) if "dims" not in named else as_sizes(named["dims"]))


@torch_operation("repeat_interleave")
def repeat_interleave(
    input: TensorValue, repeats: Any = None, dim: Any = None, *, output_size: Any = None
) -> TensorValue:
    """Each element `repeats` times; repeats given one by one make a length that depends on them."""
    x = as_tensor(input)
    if repeats is None:
        return TensorValue((None,), dtype="int64")
    count = as_size(repeats)
    if x.shape is None:
        return x.with_shape((None,) if dim is None else None)
    axis = None if dim is None else known_int(dim)
    return x.with_shape(repeat(x.shape, count if output_size is None else None, axis))


@torch_operation("cat concat concatenate", "torch")
def concatenate(tensors: Any, dim: Any = 0, *, out: Any = None) -> TensorValue:
    _expect_tensors(tensors)
    return join_tensors(tensors, dim, "torch")


@torch_operation("stack", "torch")
def stack(tensors: Any, dim: Any = 0, *, out: Any = None) -> TensorValue:
    _expect_tensors(tensors)
    return stack_tensors(tensors, dim, "torch")


def _expect_tensors(tensors: Any) -> None:
    """torch joins tensors alone: what seems to be a number here is computed from a value that is not known."""
    items = sequence(tensors) or ()
    if any(isinstance(item, int | float | Sym) for item in items):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "a tensor")


def at_least(x: TensorValue, rank: int) -> TensorValue:
    """numpy's and torch's `atleast_1d`, `atleast_2d`, `atleast_3d`."""
    if x.shape is None:
        return x.with_shape(None)
    if rank == 3 and len(x.shape) == 2:
        return reshaped(x, (*x.shape, 1))
    if rank == 3 and len(x.shape) == 1:
        return reshaped(x, (1, *x.shape, 1))
    return reshaped(x, (1,) * (rank - len(x.shape)) + x.shape)


def _declare_at_least(rank: int) -> None:
    @operation(f"torch.atleast_{rank}d")
    def declared(*tensors: Any) -> Any:
        items = sequence(tensors[0]) if len(tensors) == 1 else None
        parts = tuple(at_least(as_tensor(item), rank) for item in (items if items is not None else tensors))
        return parts[0] if len(parts) == 1 and items is None else parts


for _rank in (1, 2, 3):
    _declare_at_least(_rank)


def stack_along(tensors: Any, rank: int, axis: int, kind: str) -> TensorValue:
    """`vstack`, `hstack`, `dstack`: tensors of at least `rank` axes joined along `axis`."""
    items = sequence(tensors)
    if items is None:
        raise Undetermined(tensors) if isinstance(tensors, Unknown) else undetermined(Reason.UNSUPPORTED)
    parts = tuple(at_least(as_tensor(item, kind), rank) for item in items)
    if axis == 1 and rank == 1:  # hstack joins vectors along their one axis
        axis = 0 if all(part.shape is not None and len(part.shape) == 1 for part in parts) else 1
        if any(part.shape is None for part in parts):
            return TensorValue(None, kind=kind)
    return join_tensors(parts, axis, kind)


@operation("torch.vstack", "torch.row_stack")
def vstack(tensors: Any, *, out: Any = None) -> TensorValue:
    return stack_along(tensors, 2, 0, "torch")


@operation("torch.hstack")
def hstack(tensors: Any, *, out: Any = None) -> TensorValue:
    return stack_along(tensors, 1, 1, "torch")


@operation("torch.dstack")
def dstack(tensors: Any, *, out: Any = None) -> TensorValue:
    return stack_along(tensors, 3, 2, "torch")


@operation("torch.column_stack")
def column_stack(tensors: Any, *, out: Any = None) -> TensorValue:
    items = sequence(tensors) or ()
    columns = [as_tensor(item) for item in items]
    return join_tensors(tuple(reshaped(x, (*x.shape, 1)) if x.shape and len(x.shape) == 1 else x for x in columns), 1)


@operation("torch.block_diag")
def block_diagonal(*tensors: Any) -> TensorValue:
    shapes = [at_least(as_tensor(item), 2).shape for item in tensors]
    if any(shape is not None and len(shape) > 2 for shape in shapes):
        raise ShapeMismatch("block_diag expects tensors of rank at most 2")
    known = [shape for shape in shapes if shape is not None]
    rows, columns = (_sum([shape[axis] for shape in known]) for axis in (0, 1))
    return TensorValue((rows, columns) if len(known) == len(shapes) else (None, None))


def _sum(sizes: list[Size]) -> Size:
    total: Size = 0
    for size in sizes:
        total = None if total is None or size is None else total + size
    return total


# ------------------------------------------------------------------------------------------------------- splitting


@torch_operation("split unsafe_split")
def split(tensor: TensorValue, split_size_or_sections: Any = None, dim: Any = 0, *, split_size: Any = None) -> Any:
    """Parts of one size (the last may be smaller), or of the sizes listed, which must add up."""
    sections = split_size if split_size_or_sections is None else split_size_or_sections
    x = as_tensor(tensor)
    listed = sequence(sections)
    if listed is not None:
        return _split_listed(x, as_sizes(listed) or (), dim)
    section = as_size(sections)
    if section is None:
        raise Undetermined(sections) if isinstance(sections, Unknown) else undetermined(Reason.UNKNOWN_ARGUMENT)
    sizes = split_sizes(size_along(x, dim), section)
    return _parts_of(x, sizes, dim)


def _parts_of(x: TensorValue, sizes: Shape | None, dim: Any) -> tuple[TensorValue, ...]:
    if sizes is None:
        raise Undetermined(x.reason or Unknown(Reason.DATA_DEPENDENT, "the number of parts"))
    if len(sizes) > numbers.LIMIT:
        raise undetermined(Reason.SIZE_LIMIT)
    return _pieces(x, sizes, dim)


def _pieces(x: TensorValue, sizes: Shape, dim: Any) -> tuple[TensorValue, ...]:
    """The parts along an axis, those of a vector with their numbers."""
    elements = elements_of(x)
    if elements is None or x.shape is None or len(x.shape) != 1 or not all(isinstance(size, int) for size in sizes):
        return tuple(along(x, dim, size) for size in sizes)
    counts = [size for size in sizes if isinstance(size, int)]
    starts = [sum(counts[:index]) for index in range(len(counts))]
    parts = zip(starts, counts, strict=True)
    return tuple(make((count,), x.kind, x.dtype, elements[start : start + count]) for start, count in parts)


def _split_listed(x: TensorValue, sizes: Shape, dim: Any) -> tuple[TensorValue, ...]:
    whole, total = size_along(x, dim), _sum(list(sizes))
    if same_size(whole, total) is False and not isinstance(whole, Sym) and not isinstance(total, Sym):
        raise ShapeMismatch(f"split expects sections that sum to {whole}, got {total}")
    return _pieces(x, sizes, dim)


@torch_operation("split_with_sizes unsafe_split_with_sizes")
def split_with_sizes(input: TensorValue, split_sizes: Any, dim: Any = 0) -> Any:
    return split(input, split_sizes, dim)


@torch_operation("chunk unsafe_chunk")
def chunk(input: TensorValue, chunks: Any, dim: Any = 0) -> Any:
    x, count = as_tensor(input), known_int(chunks, "the number of chunks")
    size = size_along(x, dim)
    if isinstance(size, Sym):
        exact = size % count
        if exact == 0 and isinstance(exact, int):
            return tuple(along(x, dim, size // count) for _ in range(count))
    if size is None or (isinstance(size, Sym) and chunk_sizes(size, count) is None):
        # code that unpacks the chunks runs only where there are as many as asked for; their sizes stay open
        return tuple(along(x, dim, None) for _ in range(count))
    return _parts_of(x, chunk_sizes(size, count), dim)


@torch_operation("tensor_split")
def tensor_split(input: TensorValue, indices_or_sections: Any, dim: Any = 0) -> Any:
    return _tensor_split(as_tensor(input), indices_or_sections, dim)


def _tensor_split(x: TensorValue, sections: Any, dim: Any) -> tuple[TensorValue, ...]:
    listed = sequence(sections)
    return split_evenly(x, sections, dim, exact=False) if listed is None else split_at(x, as_sizes(listed) or (), dim)


def _declare_axis_split(name: str, axis: int) -> None:
    @torch_operation(name)
    def declared(input: TensorValue, indices_or_sections: Any) -> Any:
        x = as_tensor(input)
        return _tensor_split(x, indices_or_sections, 0 if name == "hsplit" and x.shape and len(x.shape) == 1 else axis)


for _name, _axis in {"vsplit": 0, "hsplit": 1, "dsplit": 2}.items():
    _declare_axis_split(_name, _axis)


@torch_operation("unbind")
def unbind(input: TensorValue, dim: Any = 0) -> Any:
    return unbind_tensor(as_tensor(input), dim)


# --------------------------------------------------------------------------------------------------------- moving


@torch_operation("movedim moveaxis")
def movedim(input: TensorValue, source: Any, destination: Any) -> TensorValue:
    return mapped(as_tensor(input), move_axis, known_ints(source), known_ints(destination))


@torch_operation("flip")
def flip(input: TensorValue, *dims: Any, **named: Any) -> TensorValue:
    """Reversed along axes; a vector keeps its numbers."""
    x = as_tensor(input)
    elements = elements_of(x)
    if elements is None or x.shape is None or len(x.shape) != 1:
        return same(x)
    return make(x.shape, x.kind, x.dtype, elements[::-1])


@torch_operation("fliplr flipud roll")
def moved_elements(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return same(as_tensor(input))


@torch_operation("rot90")
def rot90(input: TensorValue, k: Any = 1, dims: Any = (0, 1)) -> TensorValue:
    first, second = known_ints(dims)
    return swap_axes(as_tensor(input), first, second) if known_int(k) % 2 else same(as_tensor(input))


@torch_operation("unfold", METHOD)
def unfold(input: TensorValue, dimension: Any, size: Any, step: Any) -> TensorValue:
    length, stride = as_size(size), as_size(step)
    if input.shape is None:
        return input.with_shape(None)
    axis = known_int(dimension)
    if length is None or stride is None:
        return along(input, axis, None).with_shape((*(along(input, axis, None).shape or ()), length))
    return mapped(input, sliding_windows, axis, length, stride)


@torch_operation("as_strided")
def as_strided(input: TensorValue, size: Any, stride: Any, storage_offset: Any = None) -> TensorValue:
    return as_tensor(input).with_shape(as_sizes(size))


@torch_operation("sum_to_size", METHOD)
def sum_to_size(input: TensorValue, *size: Any) -> TensorValue:
    return input.with_shape(as_sizes(*size))


@torch_operation("view_as_real", "torch")
def view_as_real(input: TensorValue) -> TensorValue:
    floats = {"complex64": "float32", "complex128": "float64"}.get(input.dtype or "")
    return TensorValue(None if input.shape is None else (*input.shape, 2), dtype=floats, reason=input.reason)


@torch_operation("view_as_complex", "torch")
def view_as_complex(input: TensorValue) -> TensorValue:
    complexes = {"float32": "complex64", "float64": "complex128"}.get(input.dtype or "")
    return TensorValue(None if input.shape is None else input.shape[:-1], dtype=complexes, reason=input.reason)


@torch_operation("resize_", METHOD)
def resize_in_place(input: TensorValue, *sizes: Any, **options: Any) -> TensorValue:
    input.shape, input.data = as_sizes(*sizes), None
    return input


def _declare_in_place(name: str, rule: Any) -> None:
    @torch_operation(f"{name}_", METHOD)
    def declared(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
        result = rule(copy(input), *arguments, **named)
        input.shape, input.data = result.shape, result.data
        return input


for _name, _rule in {
    "squeeze": squeeze, "unsqueeze": unsqueeze, "transpose": transpose, "swapaxes": transpose, "swapdims": transpose,
    "t": t, "as_strided": as_strided,
}.items():  # fmt: skip
    _declare_in_place(_name, _rule)

__all__ = ["at_least", "stack_along"]
