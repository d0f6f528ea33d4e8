"""Functions of Keras and TensorFlow that make tensors: zeros, arange, eye, random numbers, placeholders."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.einops_patterns import transformed
from paramlens.layers.operations.keras_elementwise import broadcasted, same_shape, tensor
from paramlens.layers.operations.keras_shapes import first_given
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.tensors import as_size, as_sizes, dtype_name, known_text, make
from paramlens.layers.operations.torch_creation import arange_of, eye_elements, filled
from paramlens.values import TensorValue, Value

KIND = "keras"
_PLACES = ("keras.ops", "tensorflow", "keras.backend")


def _declare_constant(name: str, value: Any) -> None:
    @operation(*(f"{place}.{name}" for place in (_PLACES if value is not None else ("keras.ops",))))
    def create(shape: Any = None, dtype: Any = None, **named: Any) -> TensorValue:
        return filled(as_sizes(shape), KIND, dtype_name(dtype) or "float32", value)


for _name, _value in {"zeros": 0, "ones": 1, "empty": None}.items():
    _declare_constant(_name, _value)


@operation(*prefixed("keras.ops", words("zeros_like ones_like empty_like full_like")))
def like(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same_shape(tensor(x))


@operation("keras.ops.full", "tensorflow.fill")
def full(shape: Any = None, fill_value: Any = None, dtype: Any = None, **named: Any) -> TensorValue:
    value = first_given(fill_value, named, "value")
    name = dtype_name(dtype) or (numbers.infer_dtype([value], "float32") if numbers.is_number(value) else None)
    return filled(as_sizes(first_given(shape, named, "dims")), KIND, name, value)


@operation("keras.ops.arange", "keras.backend.arange")
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> TensorValue:
    step = 1 if step is None else step
    return arange_of((0, start, step) if stop is None else (start, stop, step), KIND, dtype_name(dtype), "float32")


@operation("tensorflow.range")
def tensorflow_range(
    start: Any = None, limit: Any = None, delta: Any = 1, dtype: Any = None, name: Any = None
) -> TensorValue:
    ends = (0, limit if start is None else start) if limit is None or start is None else (start, limit)
    return arange_of((*ends, delta), KIND, dtype_name(dtype), "float32")


@operation("keras.ops.linspace", "keras.ops.logspace", "keras.ops.geomspace", "tensorflow.linspace")
def linspace(start: Any, stop: Any, num: Any = 50, *arguments: Any, **named: Any) -> TensorValue:
    ends = broadcasted(start, stop)
    return ends.with_shape(None if ends.shape is None else (as_size(num), *ends.shape), dtype="float32")


@operation("keras.ops.eye", "keras.ops.tri", "tensorflow.eye")
def eye(N: Any = None, M: Any = None, k: Any = 0, dtype: Any = None, **named: Any) -> TensorValue:
    rows = as_size(first_given(N, named, "num_rows"))
    wide = first_given(M, named, "num_columns")
    return make((rows, rows if wide is None else as_size(wide)), KIND, dtype_name(dtype) or "float32")


@operation("keras.ops.identity", "keras.backend.eye")
def identity(n: Any = None, dtype: Any = None, **named: Any) -> TensorValue:
    size = as_size(first_given(n, named, "size"))
    return make((size, size), KIND, dtype_name(dtype) or "float32", eye_elements(size, size, 0))


@operation(*prefixed("keras.ops", words("bartlett blackman hamming hanning")), "keras.ops.kaiser",
           *prefixed("tensorflow.signal", words("hann_window hamming_window")))  # fmt: skip
def window(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    """As many numbers as the argument says."""
    return make((as_size(x),), KIND, "float32")


# --------------------------------------------------------------------------------------------------- random numbers

_RANDOM = {
    "keras.random": words("normal uniform randint truncated_normal"),
    "tensorflow.random": words("normal uniform truncated_normal stateless_normal stateless_uniform"),
    "keras.backend": words("random_normal random_uniform truncated_normal random_binomial random_bernoulli"),
}


@operation(*(name for where, row in _RANDOM.items() for name in prefixed(where, row)))
def random(shape: Any, *arguments: Any, **named: Any) -> TensorValue:
    return filled(as_sizes(shape), KIND, dtype_name(named.get("dtype")))


@operation(*prefixed("keras.random", words("beta binomial gamma")))
def distribution(shape: Any, *arguments: Any, **named: Any) -> TensorValue:
    return filled(as_sizes(shape), KIND, "float32")


@operation("keras.random.categorical", "tensorflow.random.categorical")
def categorical(logits: Any, num_samples: Any, *arguments: Any, **named: Any) -> TensorValue:
    """(batch, classes) → (batch, num_samples)"""
    x = tensor(logits)
    return x.with_shape(None if x.shape is None else (*x.shape[:-1], as_size(num_samples)), dtype="int32")


@operation("tensorflow.random.shuffle")
def shuffle(value: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same_shape(tensor(value))


@operation(*prefixed("keras.backend", words("random_normal_variable random_uniform_variable")))
def random_variable(shape: Any, *arguments: Any, **named: Any) -> TensorValue:
    return filled(as_sizes(shape), KIND, "float32")


# ------------------------------------------------------------------------------------------------------- the rest


@operation("keras.ops.rearrange")
def rearrange(tensor_: Any = None, pattern: Any = None, **axes_lengths: Any) -> Value:
    x = tensor(axes_lengths.pop("tensor", tensor_))
    sizes = {name: as_size(length) for name, length in axes_lengths.items()}
    return x.with_shape(transformed(known_text(pattern), x.shape, sizes, reducing=False))
