"""Numeric functions of numpy. Numbers that are known are computed; symbolic sizes stay symbolic."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from paramlens.dims import Sym, maximum, minimum
from paramlens.layers.declare import operation
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.arithmetic import binary, broadcast_elements, broadcast_shape, elementwise
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.numpy_creation import to_numpy
from paramlens.layers.operations.reductions import cumulative, reduce_tensor
from paramlens.layers.operations.tensors import (
    as_tensor,
    dtype_name,
    elements_of,
    first_reason,
    known_int,
    make,
    plain,
    same,
)
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, Value

BOTH = ("numpy", "numpy.ndarray")


def argument(value: Any) -> TensorValue:
    """An argument as an array. Whether one that is not known is an array or a number is not known either."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return as_tensor(value, "numpy")


def _whole(function: Callable[[float], int]) -> Callable[[Any], Any]:
    """Rounding keeps integers (and symbolic sizes) and gives floats for floats."""
    return lambda x: x if isinstance(x, (int, Sym)) else float(function(x))


def _float(function: Callable[[float], float]) -> Callable[[Any], Any]:
    def apply(x: Any) -> float:
        if isinstance(x, Sym):
            raise ValueError("a function of a symbolic size")
        return float(function(float(x)))

    return apply


_ROUNDING = {"floor": _whole(math.floor), "ceil": _whole(math.ceil), "trunc": _whole(math.trunc),
             "fix": _whole(math.trunc),
             "rint": _whole(round)}  # fmt: skip
_REAL = {
    "sqrt": math.sqrt, "log2": math.log2, "log": math.log, "log10": math.log10, "exp": math.exp, "log1p": math.log1p,
    "expm1": math.expm1, "sin": math.sin, "cos": math.cos, "tan": math.tan, "exp2": lambda x: 2.0**x, "tanh": math.tanh,
    "radians": math.radians, "degrees": math.degrees, "deg2rad": math.radians, "rad2deg": math.degrees,
}  # fmt: skip
_KEEPING: dict[str, Callable[[Any], Any]] = {
    "abs": abs, "absolute": abs, "fabs": lambda x: abs(float(x)), "negative": lambda x: -x, "square": lambda x: x * x,
    "positive": lambda x: x, "sign": lambda x: (x > 0) - (x < 0) if isinstance(x, int) else math.copysign(x != 0, x),
}  # fmt: skip
_SHAPE_ONLY = words(
    "arcsin arccos arctan arcsinh arccosh arctanh sinh cosh cbrt reciprocal conj conjugate angle sinc i0 nan_to_num"
    " invert bitwise_not real imag unwrap spacing"
)
_PREDICATES = words("isnan isinf isfinite isneginf isposinf logical_not signbit isreal iscomplex")


def _declare_unary(name: str, function: Callable[[Any], Any], floats: bool) -> None:
    @operation(f"numpy.{name}")
    def declared(x: Any, *arguments: Any, **named: Any) -> Value:
        tensor = argument(x)
        dtype = "float64" if floats and tensor.dtype in (*numbers.INTEGERS, "bool") else tensor.dtype
        elements = elements_of(tensor)
        computed = None if elements is None or arguments or named else numbers.apply(function, elements)
        if dtype not in ("float64", "int64", None):
            computed = None  # float32 functions round differently
        return plain(make(tensor.shape, "numpy", dtype, computed, tensor.reason))


for _name, _function in {**_ROUNDING, **_KEEPING}.items():
    _declare_unary(_name, _function, _name == "fabs")
for _name, _real in _REAL.items():
    _declare_unary(_name, _float(_real), True)


@operation(*prefixed("numpy", _SHAPE_ONLY), "numpy.ndarray.conj", "numpy.ndarray.byteswap")
def unary_function(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same(to_numpy(argument(x)))


@operation(*prefixed("numpy", _PREDICATES))
def predicate(x: Any, **named: Any) -> TensorValue:
    tensor = to_numpy(argument(x))
    return tensor.with_shape(tensor.shape, dtype="bool")


@operation("numpy.round", "numpy.around", "numpy.round_", "numpy.ndarray.round")
def round_numbers(a: Any, decimals: Any = 0, out: Any = None) -> Value:
    tensor = argument(a)
    elements, places = elements_of(tensor), known_int(decimals)
    computed = None if elements is None or places else numbers.apply(_whole(round), elements)
    return plain(make(tensor.shape, "numpy", tensor.dtype, computed, tensor.reason))


# -------------------------------------------------------------------------------------------------- two arguments

_OPERATORS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "floor_divide": "//",
    "power": "**", "float_power": "**", "mod": "%", "remainder": "%", "equal": "==", "not_equal": "!=", "less": "<",
    "less_equal": "<=", "greater": ">", "greater_equal": ">=", "bitwise_and": "&", "bitwise_or": "|",
    "bitwise_xor": "^", "left_shift": "<<", "right_shift": ">>",
}  # fmt: skip
_BROADCAST = words("arctan2 hypot fmod logaddexp logaddexp2 heaviside copysign nextafter gcd lcm ldexp")
_LOGICAL = words("logical_and logical_or logical_xor isclose isin")


def _declare_operator(name: str, op: str) -> None:
    @operation(f"numpy.{name}")
    def declared(x1: Any, x2: Any, *arguments: Any, **named: Any) -> Value:
        return binary(op, argument(x1), argument(x2))


for _name, _op in _OPERATORS.items():
    _declare_operator(_name, _op)


@operation(*prefixed("numpy", _BROADCAST))
def binary_function(x1: Any, x2: Any, *arguments: Any, **named: Any) -> TensorValue:
    return elementwise(argument(x1), argument(x2), kind="numpy")


@operation(*prefixed("numpy", _LOGICAL))
def logical_function(x1: Any, x2: Any, *arguments: Any, **named: Any) -> TensorValue:
    return elementwise(argument(x1), argument(x2), kind="numpy", dtype="bool")


def _declare_choice(name: str, choose: Callable[..., Any], pick: Callable[..., Any]) -> None:
    @operation(f"numpy.{name}")
    def declared(x1: Any, x2: Any, *arguments: Any, **named: Any) -> Value:
        a, b = argument(x1), argument(x2)
        shape, left, right = broadcast_shape(a, b), elements_of(a), elements_of(b)
        dtype = a.dtype if a.dtype == b.dtype else None
        elements = None
        if left and right and shape is not None and a.shape is not None and b.shape is not None:
            target = [size for size in shape if isinstance(size, int)]
            columns = (broadcast_elements(side, _sizes(x), target) for side, x in ((left, a), (right, b)))
            elements = numbers.apply(lambda p, q: choose(p, q) if _dims(p, q) else pick(p, q), *columns)
        return plain(make(shape, "numpy", dtype, elements, first_reason([a, b])))


def _sizes(x: TensorValue) -> list[int]:
    return [size for size in x.shape or () if isinstance(size, int)]


def _dims(*values: Any) -> bool:
    return all(isinstance(value, (int, Sym)) for value in values)


for _names, _choose, _pick in ((("maximum", "fmax"), maximum, max), (("minimum", "fmin"), minimum, min)):
    for _name in _names:
        _declare_choice(_name, _choose, _pick)


@operation("numpy.clip", "numpy.ndarray.clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, *arguments: Any, **named: Any) -> Value:
    x = argument(a)
    low, high = named.get("min", a_min), named.get("max", a_max)
    elements = elements_of(x)
    known = all(bound is None or isinstance(bound, (int, float)) for bound in (low, high))
    computed = None
    if elements is not None and known and not any(isinstance(element, Sym) for element in elements):
        lower = elements if low is None else [max(low, element) for element in elements]
        computed = lower if high is None else [min(high, element) for element in lower]
    bounds = [bound for bound in (low, high) if isinstance(bound, TensorValue)]
    shape = elementwise(x, *bounds, kind="numpy").shape if bounds else x.shape
    return plain(make(shape, "numpy", x.dtype, None if bounds else computed, x.reason))


@operation("numpy.where")
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    mask = argument(condition)
    if x is None and y is None:
        if mask.shape is None:
            raise Undetermined(mask.reason or Unknown(Reason.DATA_DEPENDENT))
        return tuple(make((None,), "numpy", "int64") for _ in range(max(1, len(mask.shape))))
    a, b = argument(x), argument(y)
    return elementwise(mask, a, b, kind="numpy", dtype=a.dtype if a.dtype == b.dtype else None)


@operation("numpy.select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> TensorValue:
    return elementwise(*condlist, *choicelist, kind="numpy")


# ------------------------------------------------------------------------------------------------------ reductions

_REDUCTIONS = words(
    "sum prod mean max min amax amin argmax argmin all any ptp std var median count_nonzero nansum nanprod nanmean"
    " nanmax nanmin nanstd nanvar nanmedian nanargmax nanargmin"
)
_METHODS = words("sum prod mean max min argmax argmin all any ptp std var")


def _declare_reduction(name: str) -> None:
    names = [f"numpy.{name}"] + ([f"numpy.ndarray.{name}"] if name in _METHODS else [])

    @operation(*names)
    def declared(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, *rest: Any, keepdims: Any = False, **named: Any
    ) -> Value:
        x = to_numpy(argument(a))
        given = dtype_name(dtype) if name in ("sum", "prod", "mean", "std", "var") else None
        return plain(reduce_tensor(x, axis, keepdims, name="" if named else name, dtype=given))


for _name in _REDUCTIONS:
    _declare_reduction(_name)


@operation("numpy.average")
def average(
    a: Any, axis: Any = None, weights: Any = None, *arguments: Any, keepdims: Any = False, **named: Any
) -> Value:
    return plain(reduce_tensor(to_numpy(argument(a)), axis, keepdims, name="mean" if weights is None else ""))


@operation(*prefixed("numpy", words("percentile quantile nanpercentile nanquantile")))
def quantile(a: Any, q: Any, axis: Any = None, *arguments: Any, keepdims: Any = False, **named: Any) -> TensorValue:
    result, levels = reduce_tensor(to_numpy(argument(a)), axis, keepdims), argument(q)
    if result.shape is None or levels.shape is None:
        return result.with_shape(None)
    return result.with_shape((*levels.shape, *result.shape), dtype="float64")


def _declare_cumulative(name: str) -> None:
    @operation(f"numpy.{name}", f"numpy.ndarray.{name}")
    def declared(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> TensorValue:
        return cumulative(to_numpy(argument(a)), axis, name, dtype_name(dtype))


for _name in ("cumsum", "cumprod"):
    _declare_cumulative(_name)


@operation(*prefixed("numpy", words("allclose array_equal array_equiv")))
def compared(a1: Any, a2: Any, *arguments: Any, **named: Any) -> Value:
    return Unknown(Reason.DATA_DEPENDENT, "the comparison of arrays")
