"""torch functions that make tensors: zeros, arange, tensor, randn, zeros_like, new_ones, …"""

from __future__ import annotations

import math
from typing import Any

from paramlens.dims import Dim, Sym, ceil_div, maximum
from paramlens.layers.declare import operation
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.arithmetic import broadcast_shape, elementwise
from paramlens.layers.operations.naming import prefixed, torch_names, words
from paramlens.layers.operations.tensors import (
    as_array,
    as_size,
    as_sizes,
    as_tensor,
    copy,
    dtype_name,
    elements_of,
    first_reason,
    known_text,
    make,
    same,
    sequence,
    shape_value,
    unknown_tensor,
)
from paramlens.shapes import Shape, Size, element_count
from paramlens.values import TensorValue

FILL_LIMIT = 1_000  # numbers of constant tensors are kept up to here


def filled(shape: Shape | None, kind: str, dtype: str | None, value: Any = None) -> TensorValue:
    """A tensor of one repeated number (None: not known)."""
    count = None if shape is None else element_count(shape)
    keep = isinstance(count, int) and 0 < count <= FILL_LIMIT and numbers.is_number(value)
    return make(shape, kind, dtype, [value] * count if keep and isinstance(count, int) else None)


def range_length(start: Any, stop: Any, step: Any) -> Size:
    """max(0, ceil((stop − start) / step)); None when an end is not known."""
    ends = (start, stop, step)
    if any(isinstance(end, Sym) for end in ends):
        if all(isinstance(end, (int, Sym)) for end in ends):
            return _dim_length(start, stop, step)
        return None
    if not all(isinstance(end, (int, float)) for end in ends) or step == 0:
        return None
    length: int = math.ceil((stop - start) / step)
    return max(0, length)


def _dim_length(start: Dim, stop: Dim, step: Dim) -> Dim:
    return maximum(0, ceil_div(stop - start, step))


def arange_of(ends: tuple[Any, ...], kind: str, dtype: str | None, floats: str) -> TensorValue:
    """`arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`; numbers are kept for integers."""
    ends = tuple(end.data if isinstance(end, TensorValue) and end.shape == () else end for end in ends)
    start, stop, step = (0, ends[0], 1) if len(ends) == 1 else (*ends, 1)[:3]
    known = all(numbers.is_number(end) for end in (start, stop, step))
    dtype = dtype or (numbers.infer_dtype([start, stop, step], floats) if known else None)
    length = range_length(start, stop, step)
    elements = None
    if isinstance(length, int) and length <= numbers.LIMIT and all(isinstance(end, (int)) for end in (start, step)):
        elements = [start + i * step for i in range(length)]
    return make((length,), kind, dtype, elements, first_reason(ends))


# ----------------------------------------------------------------------------------------------- from sizes alone


def _declare_constant(name: str, value: Any) -> None:
    @operation(f"torch.{name}")
    def create(*sizes: Any, size: Any = None, dtype: Any = None, **options: Any) -> TensorValue:
        shape = as_sizes(*sizes) if size is None else as_sizes(size)
        return filled(shape, "torch", dtype_name(dtype) or "float32", value)

    @operation(f"torch.{name}_like")
    def create_like(input: TensorValue, dtype: Any = None, **options: Any) -> TensorValue:
        like = as_tensor(input)
        return filled(like.shape, "torch", dtype_name(dtype) or like.dtype, value)


for _name, _value in {"zeros": 0, "ones": 1, "empty": None, "rand": None, "randn": None}.items():
    _declare_constant(_name, _value)


def _declare_new(name: str, value: Any) -> None:
    @operation(f"torch.Tensor.new_{name}")
    def create(input: TensorValue, *sizes: Any, size: Any = None, dtype: Any = None, **options: Any) -> TensorValue:
        shape = as_sizes(*sizes) if size is None else as_sizes(size)
        return filled(shape, "torch", dtype_name(dtype) or input.dtype, value)


for _name, _value in {"zeros": 0, "ones": 1, "empty": None}.items():
    _declare_new(_name, _value)


@operation("torch.full")
def full(size: Any, fill_value: Any, dtype: Any = None, **options: Any) -> TensorValue:
    inferred = numbers.infer_dtype([fill_value], "float32") if numbers.is_number(fill_value) else None
    return filled(as_sizes(size), "torch", dtype_name(dtype) or inferred, fill_value)


@operation("torch.full_like")
def full_like(input: TensorValue, fill_value: Any, dtype: Any = None, **options: Any) -> TensorValue:
    like = as_tensor(input)
    return filled(like.shape, "torch", dtype_name(dtype) or like.dtype, fill_value)


@operation("torch.Tensor.new_full")
def new_full(input: TensorValue, size: Any, fill_value: Any, dtype: Any = None, **options: Any) -> TensorValue:
    return filled(as_sizes(size), "torch", dtype_name(dtype) or input.dtype, fill_value)


@operation("torch.randint")
def randint(*bounds: Any, low: Any = 0, high: Any = None, size: Any = None, dtype: Any = None, **o: Any) -> TensorValue:
    return filled(as_sizes(bounds[-1] if size is None else size), "torch", dtype_name(dtype) or "int64")


@operation("torch.randint_like")
def randint_like(input: TensorValue, *bounds: Any, dtype: Any = None, **options: Any) -> TensorValue:
    return filled(as_tensor(input).shape, "torch", dtype_name(dtype))


@operation("torch.randperm")
def randperm(n: Dim, dtype: Any = None, **options: Any) -> TensorValue:
    return make((as_size(n),), "torch", dtype_name(dtype) or "int64")


@operation("torch.normal")
def normal(mean: Any, std: Any = 1.0, size: Any = None, **options: Any) -> TensorValue:
    if size is not None:
        return filled(as_sizes(size), "torch", "float32")
    return elementwise(mean, std, kind="torch", dtype="float32")


@operation("torch.eye")
def eye(n: Dim, m: Any = None, dtype: Any = None, **options: Any) -> TensorValue:
    rows, columns = as_size(n), as_size(n if m is None else m)
    return make((rows, columns), "torch", dtype_name(dtype) or "float32", eye_elements(rows, columns, 0))


def eye_elements(rows: Size, columns: Size, k: Any) -> list[int] | None:
    """The numbers of a matrix with ones on diagonal k, where it is small."""
    if not (isinstance(rows, int) and isinstance(columns, int) and isinstance(k, int)) or rows * columns > FILL_LIMIT:
        return None
    return [int(j - i == k) for i in range(rows) for j in range(columns)]


@operation(*prefixed("torch", words("hann_window hamming_window blackman_window bartlett_window kaiser_window")))
def window(window_length: Dim, *arguments: Any, dtype: Any = None, **options: Any) -> TensorValue:
    return make((as_size(window_length),), "torch", dtype_name(dtype) or "float32")


@operation("torch.empty_strided")
def empty_strided(size: Any, stride: Any, dtype: Any = None, **options: Any) -> TensorValue:
    return filled(as_sizes(size), "torch", dtype_name(dtype) or "float32")


@operation("torch.tril_indices", "torch.triu_indices")
def triangle_indices(row: Any, col: Any, offset: Any = 0, **options: Any) -> TensorValue:
    return make((2, None), "torch", "int64")


# --------------------------------------------------------------------------------------------------- from numbers


@operation("torch.arange")
def arange(
    *ends: Any, start: Any = None, end: Any = None, step: Any = None, dtype: Any = None, **options: Any
) -> TensorValue:
    if end is not None:
        ends = (*ends, end) if start is None else (start, end)
    if step is not None:
        ends = (*((0,) if len(ends) == 1 else ()), *ends, step)
    return arange_of(ends, "torch", dtype_name(dtype), "float32")


@operation("torch.linspace")
def linspace(start: Any, end: Any, steps: Any, dtype: Any = None, **options: Any) -> TensorValue:
    """`steps` numbers from start to end, both included, rounded as torch's CPU kernel rounds float32."""
    count, name = as_size(steps), dtype_name(dtype) or "float32"
    start, end = (item.data if isinstance(item, TensorValue) else item for item in (start, end))
    known = all(isinstance(item, (int, float)) for item in (start, end))
    elements = None
    if known and name == "float32" and isinstance(count, int) and 0 < count <= numbers.LIMIT:
        elements = _linspace_float32(start, end, count)
    return make((count,), "torch", name, elements)


def _linspace_float32(start: float, end: float, count: int) -> list[Any]:
    def f32(x: float) -> float:
        return float(numbers.round_to(x, "float32"))

    start, end = f32(start), f32(end)
    if count == 1:
        return [start]
    step = f32(f32(end - start) / (count - 1))
    return [f32(start + step * i) if i < count // 2 else f32(end - step * (count - i - 1)) for i in range(count)]


@operation("torch.logspace")
def logspace(start: Any, end: Any, steps: Any, base: Any = 10.0, dtype: Any = None, **options: Any) -> TensorValue:
    return make((as_size(steps),), "torch", dtype_name(dtype) or "float32")


@operation("torch.range")
def inclusive_range(start: Any = 0, end: Any = None, step: Any = 1, **options: Any) -> TensorValue:
    return make((None,), "torch", "float32")


def to_torch(value: Any, dtype: str | None = None) -> TensorValue:
    """A torch tensor with the contents of a tensor, array, number or nested sequence."""
    tensor = as_array(value, "torch", dtype if not isinstance(value, TensorValue) else None)
    return make(tensor.shape, "torch", dtype or tensor.dtype, elements_of(tensor), tensor.reason)


@operation("torch.tensor", "torch.as_tensor", "torch.asarray", "torch.from_numpy", "torch.scalar_tensor")
def tensor(data: Any, dtype: Any = None, device: Any = None, **options: Any) -> TensorValue:
    return to_torch(data, dtype_name(dtype))


@operation("torch.Tensor.new_tensor")
def new_tensor(input: TensorValue, data: Any, dtype: Any = None, **options: Any) -> TensorValue:
    return to_torch(data, dtype_name(dtype))


_TENSOR_TYPES = {
    "Tensor": "float32", "FloatTensor": "float32", "DoubleTensor": "float64", "HalfTensor": "float16",
    "LongTensor": "int64", "IntTensor": "int32", "ShortTensor": "int16", "ByteTensor": "uint8", "BoolTensor": "bool",
    "cuda.FloatTensor": "float32", "cuda.LongTensor": "int64", "cuda.HalfTensor": "float16",
}  # fmt: skip


def _declare_tensor_type(name: str, dtype: str) -> None:
    @operation(f"torch.{name}")
    def construct(*arguments: Any) -> TensorValue:
        """Sizes when given integers, contents when given one sequence or array."""
        if len(arguments) == 1 and (sequence(arguments[0]) is not None or isinstance(arguments[0], TensorValue)):
            return to_torch(arguments[0], dtype)
        if not arguments:
            return make((0,), "torch", dtype)
        if len(arguments) == 1 and as_size(arguments[0]) is None:
            return unknown_tensor("torch", first_reason(arguments), dtype)
        return make(as_sizes(*arguments), "torch", dtype)


for _name, _dtype in _TENSOR_TYPES.items():
    _declare_tensor_type(_name, _dtype)


@operation(*torch_names("bernoulli poisson"))
def random_like(input: TensorValue, *arguments: Any, **options: Any) -> TensorValue:
    return same(as_tensor(input))


@operation("torch.complex", "torch.polar")
def complex_of(real: TensorValue, imag: TensorValue, **options: Any) -> TensorValue:
    return elementwise(real, imag, kind="torch", dtype="complex64")


@operation("torch.clone", "torch.Tensor.clone", "torch.Tensor.contiguous")
def clone(input: TensorValue, memory_format: Any = None) -> TensorValue:
    return copy(as_tensor(input))


@operation("torch.meshgrid")
def meshgrid(*tensors: Any, indexing: Any = None) -> tuple[TensorValue, ...]:
    """A grid for each tensor, all of shape (n₁, n₂, …); with indexing "xy" the first two sizes change places."""
    items = sequence(tensors[0]) if len(tensors) == 1 else None
    parts = [as_tensor(item) for item in (items if items is not None else tensors)]
    sizes: list[Size] = [None if part.shape is None else 1 if part.shape == () else part.shape[0] for part in parts]
    if indexing is not None and known_text(indexing) == "xy" and len(sizes) > 1:
        sizes[:2] = sizes[1], sizes[0]
    return tuple(make(tuple(sizes), "torch", part.dtype) for part in parts)


@operation("torch.cartesian_prod")
def cartesian_product(*tensors: Any) -> TensorValue:
    sizes = [as_tensor(item).shape for item in tensors]
    if len(sizes) == 1:
        return make(sizes[0], "torch")
    counts = tuple(shape[0] if shape else None for shape in sizes)
    return make((element_count(counts), len(sizes)), "torch")


@operation("torch.broadcast_shapes")
def broadcast_shapes(*shapes: Any) -> Any:
    return shape_value(TensorValue(broadcast_shape(*(TensorValue(as_sizes(shape)) for shape in shapes))))


@operation("torch.Size")
def size(sizes: Any = ()) -> Any:
    return shape_value(TensorValue(as_sizes(sizes)))
