"""Elementwise functions of torch: one declaration per family, over tables of names."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.arithmetic import binary, broadcast_shape, elementwise
from paramlens.layers.operations.naming import torch_names, torch_operation, words
from paramlens.layers.operations.tensors import (
    as_tensor,
    copy,
    dtype_name,
    elements_of,
    make,
    same,
)
from paramlens.shapes import ShapeMismatch, broadcast
from paramlens.values import ParameterValue, Reason, TensorValue, Unknown, Value

METHOD = "torch.Tensor"

UNARY = words(
    "abs absolute acos arccos acosh arccosh angle asin arcsin asinh arcsinh atan arctan atanh arctanh bitwise_not ceil"
    " conj conj_physical cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 fix floor"
    " frac i0 lgamma log log10 log1p log2 logit mvlgamma nan_to_num neg negative positive rad2deg reciprocal"
    " relu round rsqrt sgn sigmoid sign sin sinc sinh sqrt square tan tanh trunc"
    " hardshrink prelu logcumsumexp renorm resolve_conj resolve_neg"
    " softmax log_softmax tril triu dequantize"
)
UNARY_IN_PLACE = words(
    "abs absolute acos arccos acosh arccosh asin arcsin asinh arcsinh atan arctan atanh arctanh bitwise_not ceil"
    " clamp clamp_max clamp_min clip conj_physical cos cosh cumprod cumsum deg2rad digamma erf erfc erfinv exp exp2"
    " expm1 fix floor frac i0 lgamma log log10 log1p log2 logit mvlgamma nan_to_num neg negative polygamma rad2deg"
    " reciprocal relu renorm round rsqrt sgn sigmoid sign sin sinc sinh sqrt square tan tanh tril triu trunc"
)
TORCH_ONLY = words(
    "selu celu rrelu alpha_dropout dropout feature_alpha_dropout feature_dropout"
    " detach detach_copy fake_quantize_per_tensor_affine native_dropout_backward"
)
TORCH_ONLY_IN_PLACE = words("selu celu rrelu alpha_dropout dropout threshold")
FILLS = words(
    "bernoulli_ cauchy_ exponential_ fill_ geometric_ log_normal_ normal_ random_ uniform_ zero_ fill_diagonal_ copy_"
    " masked_fill_ masked_scatter_ scatter_ scatter_add_ scatter_reduce_ index_add_ index_copy_ index_fill_ index_put_"
    " index_reduce_ put_ addmm_ addmv_ addr_ addbmm_ baddbmm_ addcdiv_ addcmul_ lerp_ apply_ map_ map2_ set_"
)
PREDICATES = words("isfinite isinf isnan isneginf isposinf isreal logical_not signbit")
BINARY = words(
    "atan2 arctan2 bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift copysign float_power"
    " fmax fmin fmod gcd heaviside hypot igamma igammac lcm ldexp logaddexp logaddexp2 maximum minimum nextafter"
    " remainder xlogy"
)
COMPARISONS = {
    "eq": "==", "ne": "!=", "not_equal": "!=", "lt": "<", "less": "<", "le": "<=", "less_equal": "<=", "gt": ">",
    "greater": ">", "ge": ">=", "greater_equal": ">=",
}  # fmt: skip
ARITHMETIC = {
    "add": "+", "sub": "-", "subtract": "-", "mul": "*", "multiply": "*", "div": "/", "divide": "/", "true_divide": "/",
    "floor_divide": "//", "pow": "**",
}  # fmt: skip
LOGICAL = words("logical_and logical_or logical_xor isclose")
_FLOATING = frozenset({"sqrt", "log", "log2", "log10", "exp", "exp2"})


def _safely(function: Callable[[Any], Any], x: Any, edge: float) -> Any:
    """A rounding; ArithmeticError where x is so near its edge that the framework's last bits decide."""
    distance = abs(abs(x) % 1 - edge)
    near = isinstance(x, float) and 0 < min(distance, 1 - distance) < 1e-4 * max(1.0, abs(x))
    if near or (edge and distance == 0):
        raise ArithmeticError("too near to call")
    return function(x)


_EXACT: dict[str, Callable[[Any], Any]] = {
    "abs": abs, "neg": lambda x: -x, "square": lambda x: x * x, "floor": lambda x: _safely(math.floor, x, 0),
    "ceil": lambda x: _safely(math.ceil, x, 0),
    "sqrt": math.sqrt, "round": lambda x: _safely(round, x, 0.5), "trunc": lambda x: _safely(math.trunc, x, 0),
    "log": math.log, "log2": math.log2, "log10": math.log10, "exp": math.exp, "exp2": lambda x: 2.0**x,
}  # fmt: skip


@operation(*torch_names(" ".join(name for name in UNARY if name not in _EXACT)))
def unary_function(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    """One number in, one number out: the shape stays."""
    return same(as_tensor(input))


def _declare_exact(name: str, function: Callable[[Any], Any]) -> None:
    @operation(*torch_names(name))
    def declared(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
        x = as_tensor(input)
        elements = elements_of(x)
        if elements is None or arguments or named or (name in _FLOATING and x.dtype not in numbers.FLOATS):
            return same(x)
        return make(x.shape, x.kind, x.dtype, numbers.apply(function, elements))


for _name, _function in _EXACT.items():
    _declare_exact(_name, _function)


@operation(*torch_names(" ".join(TORCH_ONLY), "torch"))
def unary_torch_function(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return same(as_tensor(input))


def mutate(x: TensorValue) -> TensorValue:
    """The receiver of an in-place operation: the same object, its numbers no longer known."""
    x.data = None
    return x


@operation(
    *torch_names(" ".join(f"{name}_" for name in UNARY_IN_PLACE)),
    *torch_names(" ".join(f"{name}_" for name in TORCH_ONLY_IN_PLACE), "torch"),
)
def unary_in_place(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return mutate(as_tensor(input))


@operation(*torch_names(" ".join(FILLS), METHOD), "torch.fill_", "torch.zero_", "torch.detach_")
def fill_in_place(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    """New numbers for a tensor that keeps its shape."""
    return mutate(as_tensor(input))


@operation(*torch_names(" ".join(PREDICATES)))
def predicate(input: TensorValue) -> TensorValue:
    x = as_tensor(input)
    return x.with_shape(x.shape, dtype="bool")


@operation("torch.Tensor.logical_not_")
def logical_not_in_place(input: TensorValue) -> TensorValue:
    return mutate(input)


@operation(*torch_names(" ".join(BINARY)))
def binary_function(input: TensorValue, other: Any, *arguments: Any, **named: Any) -> TensorValue:
    """Two broadcast tensors in, one out."""
    x = as_tensor(input)
    return elementwise(x, other, kind="torch", dtype=x.dtype if getattr(other, "dtype", x.dtype) == x.dtype else None)


@operation(*torch_names(" ".join(LOGICAL)))
def logical_function(input: TensorValue, other: Any, *arguments: Any, **named: Any) -> TensorValue:
    return elementwise(input, other, kind="torch", dtype="bool")


@operation("torch.isin")
def isin(elements: TensorValue, test_elements: Any, **named: Any) -> TensorValue:
    x = as_tensor(elements)
    return x.with_shape(x.shape, dtype="bool")


def _declare_operator(name: str, op: str) -> None:
    @operation(*torch_names(name))
    def declared(input: TensorValue, other: Any = None, *, alpha: Any = 1, rounding_mode: Any = None, **n: Any) -> Any:
        """`input op other`; what `alpha` or a rounding mode change are the numbers alone."""
        other = n.get("exponent", other)
        if alpha == 1 and rounding_mode is None and not isinstance(alpha, Unknown):
            return binary(op, as_tensor(input), other)
        return elementwise(input, other, kind="torch")


for _name, _op in {**COMPARISONS, **ARITHMETIC}.items():
    _declare_operator(_name, _op)


@operation("torch.rsub")
def reversed_subtraction(input: TensorValue, other: Any, *, alpha: Any = 1) -> Any:
    return elementwise(input, other, kind="torch")


_IN_PLACE_BINARY = words(" ".join([
    *COMPARISONS, *ARITHMETIC, "atan2 arctan2 bitwise_and bitwise_or bitwise_xor bitwise_left_shift",
    "bitwise_right_shift copysign float_power fmod gcd heaviside hypot igamma igammac lcm ldexp nextafter remainder",
    "xlogy logical_and logical_or logical_xor",
]))  # fmt: skip


@operation(*torch_names(" ".join(f"{name}_" for name in _IN_PLACE_BINARY), METHOD))
def binary_in_place(input: TensorValue, other: Any, *arguments: Any, **named: Any) -> TensorValue:
    """The receiver with new numbers; the other side must broadcast to its shape."""
    target, source = input.shape, as_tensor(other).shape
    if target is not None and source is not None:
        broadcast(target, source)
        if len(source) > len(target):
            raise ShapeMismatch(f"an in-place operation keeps rank {len(target)}, got an operand of rank {len(source)}")
    return mutate(input)


@operation(*torch_names("addcdiv addcmul"))
def add_product(input: TensorValue, tensor1: Any, tensor2: Any, *, value: Any = 1) -> TensorValue:
    return elementwise(input, tensor1, tensor2, kind="torch", dtype=input.dtype)


@operation(*torch_names("lerp"))
def lerp(input: TensorValue, end: Any, weight: Any) -> TensorValue:
    return elementwise(input, end, weight, kind="torch", dtype=input.dtype)


@operation(*torch_names("clamp clip clamp_min clamp_max"))
def clamp(input: TensorValue, min: Any = None, max: Any = None, *, out: Any = None) -> TensorValue:
    bounds = [bound for bound in (min, max) if isinstance(bound, TensorValue)]
    x = as_tensor(input)
    return elementwise(x, *bounds, kind="torch", dtype=x.dtype)


@operation("torch.polygamma")
def polygamma(n: Any, input: TensorValue) -> TensorValue:
    return same(as_tensor(input))


@operation("torch.Tensor.polygamma")
def polygamma_method(input: TensorValue, n: Any) -> TensorValue:
    return same(input)


@operation(*torch_names("masked_fill"))
def masked_fill(input: TensorValue, mask: Any, value: Any) -> TensorValue:
    x = as_tensor(input)
    return elementwise(x, mask, kind="torch", dtype=x.dtype)


@operation(*torch_names("masked_scatter"))
def masked_scatter(input: TensorValue, mask: Any, source: Any) -> TensorValue:
    return elementwise(input, mask, kind="torch", dtype=input.dtype)


@operation(*torch_names("frexp"))
def frexp(input: TensorValue) -> tuple[TensorValue, TensorValue]:
    x = as_tensor(input)
    return same(x), x.with_shape(x.shape, dtype="int32")


@torch_operation("where", "torch")
def where(condition: Any, input: Any = None, other: Any = None, *, out: Any = None) -> Any:
    """Numbers of one tensor or the other; with the condition alone, the places where it holds."""
    mask = as_tensor(condition)
    if input is None and other is None:
        rank = 0 if mask.shape is None else max(len(mask.shape), 1)
        return tuple(TensorValue((None,), dtype="int64") for _ in range(rank)) if rank else TensorValue(None)
    a, b = as_tensor(input), as_tensor(other)
    dtype = a.dtype if a.dtype == b.dtype else None
    return make(broadcast_shape(mask, a, b), "torch", dtype, None, mask.reason or a.reason or b.reason)


@operation("torch.Tensor.where")
def where_method(input: TensorValue, condition: Any, other: Any) -> Any:
    return where(condition, input, other)


# ----------------------------------------------------------------------------------------- conversions and devices

_CASTS = {
    "float": "float32", "double": "float64", "half": "float16", "bfloat16": "bfloat16", "long": "int64", "int": "int32",
    "short": "int16", "byte": "uint8", "char": "int8", "bool": "bool", "cfloat": "complex64", "cdouble": "complex128",
    "chalf": "complex32",
}  # fmt: skip


def _declare_cast(name: str, dtype: str) -> None:
    @operation(f"torch.Tensor.{name}")
    def declared(input: TensorValue, memory_format: Any = None) -> TensorValue:
        """The tensor in this dtype; torch returns the same object where nothing changes."""
        if isinstance(input, ParameterValue) and input.dtype == dtype:
            return input
        return copy(input, dtype)


for _name, _dtype in _CASTS.items():
    _declare_cast(_name, _dtype)


@operation(*torch_names("cuda cpu xpu ipu mtia", METHOD))
def to_device(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return input if isinstance(input, ParameterValue) else copy(input)


@operation("torch.Tensor.type")
def type_of(input: TensorValue, dtype: Any = None, *arguments: Any, **named: Any) -> Value:
    """The tensor in another dtype; without one, the name of its type."""
    return Unknown(Reason.UNSUPPORTED, "the type of a tensor as text") if dtype is None else to(input, dtype)


@operation("torch.Tensor.to")
def to(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    """`to(device)`, `to(dtype)`, `to(other)`: the dtype is what a dtype or another tensor says."""
    values = [*arguments, *named.values()]
    others = [value.dtype for value in values if isinstance(value, TensorValue)]
    names = [dtype_name(value) for value in values if not isinstance(value, (TensorValue, bool))]
    known = set(_CASTS.values())
    dtype = next((name for name in [*others, *names] if name in known), None)
    if dtype is None and any(isinstance(value, Unknown) for value in values):
        return TensorValue(input.shape, reason=input.reason)
    if isinstance(input, ParameterValue) and dtype in (None, input.dtype):
        return input
    return copy(input, dtype)


@operation(*torch_names("type_as", METHOD))
def type_as(input: TensorValue, other: TensorValue) -> TensorValue:
    return copy(input, as_tensor(other).dtype)


@operation(*torch_names("detach pin_memory coalesce to_dense to_mkldnn", METHOD))
def unchanged(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return copy(input)


@operation(*torch_names("share_memory_ detach_", METHOD))
def same_object(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    """The receiver itself."""
    return input


@operation("torch.Tensor.requires_grad_")
def requires_grad_in_place(input: TensorValue, requires_grad: Any = True) -> TensorValue:
    """The receiver itself; says whether a parameter is trainable."""
    if isinstance(input, ParameterValue):
        input.trainable = requires_grad
    return input
