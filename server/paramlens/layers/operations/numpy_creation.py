"""numpy functions that make arrays: array, zeros, arange, linspace, random.*, and the dtypes as functions."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import operation
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.arithmetic import elementwise
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    as_tensor,
    dtype_name,
    elements_of,
    known_bool,
    known_text,
    make,
    plain,
)
from paramlens.layers.operations.torch_creation import arange_of, eye_elements, filled
from paramlens.shapes import Shape, Size
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, undetermined


def to_numpy(value: Any, dtype: str | None = None) -> TensorValue:
    """A numpy array with the contents of a tensor, number or nested sequence."""
    tensor = as_tensor(value, "numpy", dtype if not isinstance(value, TensorValue) else None)
    return make(tensor.shape, "numpy", dtype or tensor.dtype, elements_of(tensor), tensor.reason)


@operation(*prefixed("numpy", words("array asarray asanyarray ascontiguousarray asfortranarray copy require")))
def array(a: Any = None, dtype: Any = None, *arguments: Any, object: Any = None, **options: Any) -> TensorValue:
    return to_numpy(object if a is None else a, dtype_name(dtype))


def _declare_constant(name: str, value: Any) -> None:
    @operation(f"numpy.{name}")
    def create(shape: Any, dtype: Any = None, order: Any = "C", **options: Any) -> TensorValue:
        return filled(as_sizes(shape), "numpy", dtype_name(dtype) or "float64", value)

    @operation(f"numpy.{name}_like")
    def create_like(a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None) -> TensorValue:
        like = as_tensor(a, "numpy")
        sizes = like.shape if shape is None else as_sizes(shape)
        return filled(sizes, "numpy", dtype_name(dtype) or like.dtype, value)


for _name, _value in {"zeros": 0, "ones": 1, "empty": None}.items():
    _declare_constant(_name, _value)


@operation("numpy.full")
def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **options: Any) -> TensorValue:
    value = fill_value if numbers.is_number(fill_value) else None
    inferred = None if value is None else numbers.infer_dtype([value], "float64")
    return filled(as_sizes(shape), "numpy", dtype_name(dtype) or inferred, value)


@operation("numpy.full_like")
def full_like(a: Any, fill_value: Any, dtype: Any = None, **options: Any) -> TensorValue:
    like = as_tensor(a, "numpy")
    return filled(like.shape, "numpy", dtype_name(dtype) or like.dtype, fill_value)


@operation("numpy.arange")
def arange(
    *ends: Any, start: Any = None, stop: Any = None, step: Any = None, dtype: Any = None, **o: Any
) -> TensorValue:
    if len(ends) > 3:
        dtype = ends[-1]
        ends = ends[:3]
    if stop is not None:
        ends = (*ends, stop) if start is None else (start, stop)
    elif start is not None:
        ends = (start,)
    if step is not None:
        ends = (*((0,) if len(ends) == 1 else ()), *ends, step)
    result = arange_of(ends, "numpy", dtype_name(dtype), "float64")
    return result if result.data is not None else _float_arange(ends, result)


def _float_arange(ends: tuple[Any, ...], result: TensorValue) -> TensorValue:
    """start + i·((start + step) − start), as numpy fills a range of floats."""
    start, stop, step = (0, ends[0], 1) if len(ends) == 1 else (*ends, 1)[:3]
    known = all(isinstance(end, (int, float)) for end in (start, stop, step))
    length = result.shape[0] if result.shape else None
    if not known or not isinstance(length, int) or length > numbers.LIMIT or result.dtype != "float64":
        return result
    delta = (float(start) + step) - float(start)
    return make((length,), "numpy", "float64", [start + i * delta for i in range(length)])


@operation("numpy.linspace")
def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, dtype: Any = None, axis: Any = 0
) -> Any:
    """`num` numbers: start + i·step, the last one exactly `stop` where the end is included."""
    count, ends = as_size(num), elementwise(start, stop, kind="numpy")
    if known_bool(retstep):
        raise undetermined(Reason.UNSUPPORTED, "linspace with retstep")
    if ends.shape != ():
        return make(None if ends.shape is None else (count, *ends.shape), "numpy", "float64")
    name, included = dtype_name(dtype) or "float64", known_bool(endpoint)
    elements = None
    if isinstance(count, int) and 0 < count <= numbers.LIMIT and isinstance(start, (int, float)):
        elements = _linspace(start, stop, count, included) if isinstance(stop, (int, float)) else None
    return make((count,), "numpy", name, elements)


def _linspace(start: float, stop: float, count: int, endpoint: bool) -> list[float]:
    gaps = count - 1 if endpoint else count
    step = (stop - start) / gaps if gaps else 0.0
    result = [i * step + start for i in range(count)]
    if endpoint and count > 1:
        result[-1] = float(stop)
    return [float(item) for item in result]


@operation("numpy.logspace", "numpy.geomspace")
def logspace(start: Any, stop: Any, num: Any = 50, *arguments: Any, **named: Any) -> TensorValue:
    ends = elementwise(start, stop, kind="numpy")
    return make(None if ends.shape is None else (as_size(num), *ends.shape), "numpy", "float64")


@operation("numpy.eye")
def eye(N: Dim, M: Any = None, k: Any = 0, dtype: Any = None, **options: Any) -> TensorValue:
    rows, columns = as_size(N), as_size(N if M is None else M)
    return make((rows, columns), "numpy", dtype_name(dtype) or "float64", eye_elements(rows, columns, k))


@operation("numpy.identity")
def identity(n: Dim, dtype: Any = None, **options: Any) -> TensorValue:
    return eye(n, None, 0, dtype)


@operation("numpy.tri")
def tri(N: Dim, M: Any = None, k: Any = 0, dtype: Any = None, **options: Any) -> TensorValue:
    return make((as_size(N), as_size(N if M is None else M)), "numpy", dtype_name(dtype) or "float64")


@operation(*prefixed("numpy", words("hanning hamming blackman bartlett kaiser")))
def window(M: Dim, *arguments: Any) -> TensorValue:
    return make((as_size(M),), "numpy", "float64")


@operation("numpy.indices")
def indices(dimensions: Any, dtype: Any = None, **options: Any) -> TensorValue:
    sizes = as_sizes(dimensions)
    return make(None if sizes is None else (len(sizes), *sizes), "numpy", "int64")


@operation("numpy.meshgrid")
def meshgrid(*xi: Any, indexing: Any = "xy", sparse: Any = False, copy: Any = True) -> tuple[TensorValue, ...]:
    return grid_of(xi, "numpy", known_text(indexing), known_bool(sparse))


def grid_of(vectors: tuple[Any, ...], kind: str, indexing: str, sparse: bool = False) -> tuple[TensorValue, ...]:
    """A grid for each vector, all of shape (n₁, n₂, …), the first two changed places for "xy"."""
    parts = [as_tensor(item, kind) for item in vectors]
    sizes: list[Size] = [None if part.shape is None else 1 if part.shape == () else part.shape[0] for part in parts]
    places = list(range(len(sizes)))
    if indexing == "xy" and len(sizes) > 1:
        places[:2] = 1, 0
    grids = []
    for own, part in enumerate(parts):
        shape = tuple(sizes[place] if not sparse or place == own else 1 for place in places)
        grids.append(make(shape, kind, part.dtype))
    return tuple(grids)


# --------------------------------------------------------------------------------------------------- random numbers

_BY_SIZES = words("rand randn")
_BY_SIZE = words("random random_sample ranf sample standard_normal standard_cauchy standard_exponential")
_DISTRIBUTIONS = {
    "normal": 2, "uniform": 2, "lognormal": 2, "laplace": 2, "logistic": 2, "gumbel": 2, "beta": 2, "binomial": 2,
    "gamma": 2, "exponential": 1, "poisson": 1, "geometric": 1, "chisquare": 1, "pareto": 1, "rayleigh": 1,
    "weibull": 1,
    "triangular": 3, "standard_t": 1, "standard_gamma": 1, "vonmises": 2, "negative_binomial": 2,
}  # fmt: skip


def sampled(shape: Shape | None, dtype: str | None = "float64") -> TensorValue:
    return make(shape, "numpy", dtype)


@operation(*prefixed("numpy.random", _BY_SIZES))
def random_by_sizes(*sizes: Any) -> TensorValue:
    return sampled(as_sizes(*sizes) if sizes else ())


@operation(*prefixed("numpy.random", _BY_SIZE))
def random_by_size(size: Any = None, **options: Any) -> TensorValue:
    return sampled(() if size is None else as_sizes(size))


def _declare_distribution(name: str, count: int) -> None:
    @operation(f"numpy.random.{name}")
    def draw(*arguments: Any, size: Any = None, **named: Any) -> TensorValue:
        """The size comes after the distribution's own parameters; without one these broadcast."""
        size = arguments[count] if len(arguments) > count else size
        if size is not None:
            return sampled(as_sizes(size))
        own = [*arguments[:count], *named.values()]
        return sampled(elementwise(*own, kind="numpy").shape if own else ())


for _name, _count in _DISTRIBUTIONS.items():
    _declare_distribution(_name, _count)


@operation("numpy.random.randint", "numpy.random.random_integers")
def randint(low: Any, high: Any = None, size: Any = None, dtype: Any = None) -> TensorValue:
    if size is not None:
        return sampled(as_sizes(size), dtype_name(dtype) or "int64")
    return sampled(elementwise(low, *(() if high is None else (high,)), kind="numpy").shape, "int64")


@operation("numpy.random.choice")
def choice(a: Any, size: Any = None, replace: Any = True, p: Any = None) -> TensorValue:
    return sampled(() if size is None else as_sizes(size), as_tensor(a, "numpy").dtype)


@operation("numpy.random.permutation")
def permutation(x: Any) -> TensorValue:
    tensor = as_tensor(x, "numpy")
    return sampled((as_size(x),) if tensor.shape == () else tensor.shape, tensor.dtype)


@operation("numpy.random.shuffle")
def shuffle(x: Any) -> None:
    if isinstance(x, TensorValue):
        x.data = None


@operation("numpy.random.multivariate_normal")
def multivariate_normal(mean: Any, cov: Any, size: Any = None, *arguments: Any, **options: Any) -> TensorValue:
    own, outer = as_tensor(mean, "numpy").shape, () if size is None else as_sizes(size)
    return sampled(None if own is None or outer is None else (*outer, *own))


# ----------------------------------------------------------------------------------------------- dtypes as functions


def _declare_dtype(name: str, dtype: str) -> None:
    @operation(f"numpy.{name}")
    def convert(x: Any = 0) -> Any:
        if isinstance(x, Unknown):
            raise Undetermined(x)
        return plain(to_numpy(x, dtype))


for _name in words("float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128"):
    _declare_dtype(_name, _name)
for _name, _dtype in {
    "bool_": "bool", "float_": "float64", "int_": "int64", "single": "float32", "double": "float64", "half": "float16",
    "intp": "int64", "longlong": "int64", "intc": "int32", "short": "int16", "byte": "int8", "ubyte": "uint8",
    "uint": "uint64",
}.items():  # fmt: skip
    _declare_dtype(_name, _dtype)
