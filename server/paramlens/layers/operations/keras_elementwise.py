"""Functions of Keras and TensorFlow that keep or broadcast shapes, and reductions: tables of names."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations.arithmetic import elementwise
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.reductions import cumulative, reduce_tensor
from paramlens.layers.operations.tensors import (
    as_sizes,
    as_tensor,
    copy,
    dtype_name,
)
from paramlens.values import Reason, TensorValue, Unknown, Value

OPS, TF, MATH, NN, BACKEND = "keras.ops", "tensorflow", "tensorflow.math", "tensorflow.nn", "keras.backend"


def tensor(value: Any) -> TensorValue:
    """An argument as a tensor of Keras: arrays are converted, torch tensors (of the torch backend) stay."""
    x = as_tensor(value, "keras")
    return TensorValue(x.shape, kind="keras", dtype=x.dtype, data=x.data, reason=x.reason) if x.kind == "numpy" else x


def same_shape(x: TensorValue, dtype: str | None = None) -> TensorValue:
    return TensorValue(x.shape, kind=x.kind, dtype=dtype or x.dtype, reason=x.reason)


def broadcasted(*values: Any, dtype: str | None = None) -> TensorValue:
    tensors = [tensor(value) for value in values]
    return elementwise(*tensors, dtype=dtype if dtype or len({x.dtype for x in tensors}) != 1 else tensors[0].dtype)


# ------------------------------------------------------------------------------------------------------- one tensor

_MATH = (
    "abs angle arccos arccosh arcsin arcsinh arctan arctanh ceil conj cos cosh erf erfinv exp expm1 floor imag log"
    " log1p negative real reciprocal round rsqrt sigmoid sign sin sinh sqrt square tan tanh"
)
UNARY: dict[str, tuple[str, ...]] = {
    OPS: words(
        _MATH
        + " absolute bitwise_invert bitwise_not cbrt cholesky cholesky_inverse conjugate deg2rad erfc exp2 fabs flip"
        " fliplr flipud i0 inv log10 log2 nan_to_num rad2deg roll signbit sinc sort stop_gradient tril triu trunc"
        " celu elu gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu log_sigmoid log_softmax relu"
        " relu6 selu silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish"
        " tanh_shrink threshold normalize layer_normalization rms_normalization batch_normalization slice_update"
        " scatter_update clip"
    ),
    "keras.activations": words(
        "celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear"
        " log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus"
        " sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"
    ),
    "keras.random": words("dropout shuffle"),
    "keras.utils": words("normalize"),
    BACKEND: words(
        "abs clip cos elu exp hard_sigmoid identity l2_normalize log pow relu reverse round sigmoid sign sin softmax"
        " softplus softsign sqrt square stop_gradient tanh dropout zeros_like ones_like cast_to_floatx"
    ),
    TF: words(
        "abs acos acosh asin asinh atan atanh ceil clip_by_norm clip_by_value cos cosh exp floor grad_pass_through"
        " identity negative ones_like reverse roll round sigmoid sign sin sinh sort sqrt square stop_gradient tan"
        " tanh zeros_like convert_to_tensor"
    ),
    MATH: words(
        "abs acos acosh asin asinh atan atanh ceil conj cos cosh digamma erf erfc erfinv exp expm1 floor imag lgamma"
        " log log1p log_sigmoid log_softmax negative real reciprocal reciprocal_no_nan rint round rsqrt sigmoid sign"
        " sin sinh softmax softplus softsign sqrt square tan tanh l2_normalize cumulative_logsumexp"
    ),
    NN: words(
        "batch_normalization bias_add dropout elu gelu l2_normalize leaky_relu local_response_normalization"
        " log_softmax lrn relu relu6 selu sigmoid silu softmax softplus softsign swish tanh"
    ),
    "tensorflow.linalg": words("band_part inv cholesky expm l2_normalize"),
    "tensorflow.image": words(
        "adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation flip_left_right flip_up_down"
        " per_image_standardization random_brightness random_contrast random_flip_left_right random_flip_up_down"
        " random_hue random_saturation rgb_to_hsv hsv_to_rgb rgb_to_yuv yuv_to_rgb"
    ),
}


@operation(*(name for where, row in UNARY.items() for name in prefixed(where, row)))
def unary_function(x: Any = None, *arguments: Any, **named: Any) -> TensorValue:
    """The shape stays. TensorFlow and Keras call the tensor `x`, `input`, `features`, `logits`, …"""
    tensors = [value for value in named.values() if isinstance(value, TensorValue)]
    return same_shape(tensor(tensors[0] if x is None and tensors else x))


@operation(*prefixed(OPS, words("isfinite isinf isnan isneginf isposinf isreal logical_not")),
           *prefixed(MATH, words("is_finite is_inf is_nan logical_not")), "tensorflow.logical_not")  # fmt: skip
def predicate(x: Any) -> TensorValue:
    return same_shape(tensor(x), "bool")


@operation("keras.ops.convert_to_tensor", "keras.ops.array", "keras.ops.copy", "keras.ops.cast",
           "keras.ops.saturate_cast", "keras.backend.cast", "tensorflow.cast", "tensorflow.saturate_cast",
           "tensorflow.constant", "keras.backend.constant", "keras.backend.variable",
           "tensorflow.Variable")  # fmt: skip
def converted(x: Any = None, dtype: Any = None, *arguments: Any, value: Any = None, **named: Any) -> TensorValue:
    """The contents as a tensor; a shape given with them (`tf.constant(0, shape=(3,))`) is the result's."""
    source = value if x is None else x
    name = dtype_name(dtype)
    result = copy(tensor(source), name)
    shape = named.get("shape", arguments[0] if arguments and not isinstance(arguments[0], (bool, str)) else None)
    return result if shape is None else result.with_shape(as_sizes(shape))


@operation("keras.ops.convert_to_numpy")
def to_numpy(x: Any) -> TensorValue:
    source = tensor(x)
    return TensorValue(source.shape, kind="numpy", dtype=source.dtype, data=source.data, reason=source.reason)


@operation("keras.ops.argsort", "keras.ops.argpartition", "tensorflow.argsort")
def argsort(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same_shape(tensor(x), "int32")


# ------------------------------------------------------------------------------------------------------ two tensors

BINARY: dict[str, tuple[str, ...]] = {
    OPS: words(
        "add subtract multiply divide true_divide divide_no_nan floor_divide mod fmod power maximum minimum fmax fmin"
        " arctan2 logaddexp logaddexp2 hypot heaviside gcd lcm ldexp nextafter"
    ),
    BACKEND: words("maximum minimum"),
    TF: words("add subtract multiply divide pow maximum minimum truediv floordiv scalar_mul atan2 truncatediv complex"),
    MATH: words(
        "add subtract multiply divide divide_no_nan multiply_no_nan pow maximum minimum floordiv floormod mod atan2"
        " squared_difference truediv xdivy xlogy scalar_mul"
    ),
}
COMPARISONS: dict[str, tuple[str, ...]] = {
    OPS: words("equal not_equal greater greater_equal less less_equal logical_and logical_or logical_xor isclose"),
    BACKEND: words("equal not_equal greater greater_equal less less_equal"),
    TF: words("equal not_equal greater greater_equal less less_equal logical_and logical_or"),
    MATH: words("equal not_equal greater greater_equal less less_equal logical_and logical_or logical_xor"),
}


@operation(*(name for where, row in BINARY.items() for name in prefixed(where, row)))
def binary_function(x1: Any = None, x2: Any = None, *arguments: Any, **named: Any) -> TensorValue:
    return broadcasted(*_pair(x1, x2, named))


_STATED_LIKE_FIRST = words(
    "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift right_shift polar"
)


@operation(*prefixed(OPS, _STATED_LIKE_FIRST))
def stated_like_first(x1: Any, x2: Any) -> TensorValue:
    """For symbolic tensors Keras states the first's shape but computes the broadcast one: open where they differ."""
    result, first = broadcasted(x1, x2), tensor(x1).shape
    if result.shape is None or first is None or len(first) != len(result.shape):
        return result.with_shape(None)
    return result.with_shape(tuple(a if a == b else None for a, b in zip(result.shape, first, strict=True)))


@operation(*(name for where, row in COMPARISONS.items() for name in prefixed(where, row)))
def comparison(x1: Any = None, x2: Any = None, *arguments: Any, **named: Any) -> TensorValue:
    return broadcasted(*_pair(x1, x2, named), dtype="bool")


def _pair(x1: Any, x2: Any, named: dict[str, Any]) -> tuple[Any, Any]:
    """Both operands, under whatever names they were given (`x`, `y`, `a`, `b`); None is an unknown axis's size."""
    spare = [value for name, value in named.items() if name in ("x", "y", "a", "b", "scalar", "real", "imag")]
    first = spare.pop(0) if x1 is None and spare else x1
    second = spare.pop(0) if x2 is None and spare else x2
    size = TensorValue((), kind="keras", dtype="int32")
    return size if first is None else first, size if second is None else second


@operation("keras.ops.isin")
def isin(x1: Any, x2: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same_shape(tensor(x1), "bool")


@operation("tensorflow.add_n", "tensorflow.math.add_n", "tensorflow.accumulate_n")
def add_all(inputs: Any, name: Any = None) -> TensorValue:
    return broadcasted(*(inputs if isinstance(inputs, tuple) else (inputs,)))


@operation("keras.ops.where", "tensorflow.where")
def where(condition: Any, x1: Any = None, x2: Any = None, **named: Any) -> TensorValue:
    """Numbers of one tensor or the other; the condition alone gives places (a tensor in TensorFlow)."""
    first, second = named.get("x", x1), named.get("y", x2)
    if first is None and second is None:
        return TensorValue(None, kind="keras", reason=Unknown(Reason.DATA_DEPENDENT, "where the condition holds"))
    return broadcasted(condition, first, second)


@operation("keras.backend.switch")
def switch(condition: Any, then_expression: Any, else_expression: Any) -> TensorValue:
    return broadcasted(condition, then_expression, else_expression)


@operation("keras.ops.select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> TensorValue:
    return broadcasted(*condlist, *choicelist, default)


@operation("keras.ops.allclose", "keras.ops.is_tensor", "keras.backend.is_keras_tensor", "tensorflow.is_tensor")
def question(x: Any, *arguments: Any, **named: Any) -> Value:
    if arguments:
        return Unknown(Reason.DATA_DEPENDENT, "the comparison of tensors")
    if isinstance(x, Unknown):
        return x
    return isinstance(x, TensorValue) and x.kind != "numpy"


# ------------------------------------------------------------------------------------------------------ reductions

REDUCTIONS: dict[str, dict[str, str]] = {
    OPS: {
        name: name
        for name in words(
            "all any amax amin argmax argmin count_nonzero logsumexp max min mean median nanargmax nanargmin nanmax"
            " nanmean nanmedian nanmin nanprod nanstd nansum nanvar prod ptp std sum var"
        )
    },
    BACKEND: {name: name for name in words("all any argmax argmin logsumexp max mean min prod std sum var")},
    TF: {f"reduce_{name}": name for name in words("all any logsumexp max mean min prod sum")},
    MATH: {
        **{f"reduce_{name}": name for name in words("all any logsumexp max mean min prod sum std euclidean_norm")},
        "reduce_variance": "var",
        "count_nonzero": "count_nonzero",
    },
}


def _declare_reduction(full_name: str, name: str) -> None:
    argument_reduction = name in ("argmax", "argmin")

    @operation(full_name)
    def declared(x: Any = None, axis: Any = None, keepdims: Any = False, **named: Any) -> TensorValue:
        source = tensor(next((named[key] for key in ("input_tensor", "input") if key in named), x))
        if argument_reduction and full_name.startswith(BACKEND) and axis is None:
            axis = -1
        return without_data(reduce_tensor(source, axis, keepdims, name=name))


def without_data(x: TensorValue) -> TensorValue:
    return same_shape(x)


for _where, _row in REDUCTIONS.items():
    for _public, _name in _row.items():
        _declare_reduction(f"{_where}.{_public}", _name)


@operation("tensorflow.argmax", "tensorflow.argmin", "tensorflow.math.argmax", "tensorflow.math.argmin")
def argmax(input: Any, axis: Any = None, *arguments: Any, **named: Any) -> TensorValue:
    """TensorFlow: over axis 0 unless one is given."""
    return reduce_tensor(tensor(input), 0 if axis is None else axis, name="argmax")


@operation("keras.ops.average")
def average(x: Any, axis: Any = None, weights: Any = None) -> TensorValue:
    return reduce_tensor(tensor(x), axis)


@operation("keras.ops.norm", "tensorflow.norm", "tensorflow.linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False, **named: Any) -> TensorValue:
    return reduce_tensor(tensor(x), axis, keepdims)


@operation(*prefixed(OPS, words("quantile percentile nanquantile nanpercentile")))
def quantile(x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: Any = False) -> TensorValue:
    result, levels = reduce_tensor(tensor(x), axis, keepdims), tensor(q)
    if result.shape is None or levels.shape is None:
        return result.with_shape(None)
    return result.with_shape((*levels.shape, *result.shape))


@operation("keras.ops.moments", "tensorflow.nn.moments")
def moments(x: Any, axes: Any, keepdims: Any = False, *arguments: Any, **named: Any) -> tuple[TensorValue, TensorValue]:
    flag = keepdims if isinstance(keepdims, bool) and not arguments else False
    mean = reduce_tensor(tensor(x), axes, flag)
    return mean, same_shape(mean)


@operation("keras.ops.trapezoid")
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> TensorValue:
    return reduce_tensor(tensor(y), axis)


def _declare_cumulative(names: tuple[str, ...], name: str, default: int | None) -> None:
    @operation(*names)
    def declared(x: Any, axis: Any = default, dtype: Any = None, **named: Any) -> TensorValue:
        return cumulative(same_shape(tensor(x)), axis, name, dtype_name(dtype) if isinstance(dtype, str) else None)


for _name in ("cumsum", "cumprod"):
    _declare_cumulative((f"keras.ops.{_name}", f"keras.ops.nan{_name}"), _name, None)
    _declare_cumulative((f"keras.backend.{_name}", f"tensorflow.{_name}", f"tensorflow.math.{_name}"), _name, 0)
