"""The functions `keras.layers.add`, `concatenate` and so on, which apply the layer of that name at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.keras.arguments import known
from paramlens.layers.keras.merged_shapes import concatenated, dotted, elementwise
from paramlens.shapes import Shape
from paramlens.values import Reason, TensorValue, undetermined


def _names(function: str, *older: str) -> tuple[str, ...]:
    """Its dotted names in Keras 1, 2 and 3."""
    places = ("layers", "layers.merge", f"layers.merging.{function}", f"src.layers.merging.{function}", "src.layers")
    return (*(f"keras.{place}.{function}" for place in places), *older)


def _merged(inputs: Any, shape_of: Callable[[Sequence[Shape]], Shape]) -> TensorValue:
    """The merged tensor; its shape stays open where that of an input is."""
    tensors = known(inputs)
    if not isinstance(tensors, tuple) or not tensors or not all(isinstance(item, TensorValue) for item in tensors):
        raise undetermined(Reason.UNSUPPORTED, "merging something else than a list of tensors")
    first: TensorValue = tensors[0]
    shapes = [tensor.shape for tensor in tensors if tensor.shape is not None]
    if len(shapes) < len(tensors):
        unknown = next(tensor for tensor in tensors if tensor.shape is None)
        return TensorValue(None, kind=first.kind, dtype=first.dtype, reason=unknown.reason)
    return first.with_shape(shape_of(shapes))


@operation(*_names("add"))
def add(inputs: Any, **kwargs: Any) -> TensorValue:
    """The sum."""
    return _merged(inputs, lambda shapes: elementwise("Add", shapes))


@operation(*_names("subtract"))
def subtract(inputs: Any, **kwargs: Any) -> TensorValue:
    """The first input less the second."""
    return _merged(inputs, lambda shapes: elementwise("Subtract", shapes, exactly=2))


@operation(*_names("multiply"))
def multiply(inputs: Any, **kwargs: Any) -> TensorValue:
    """The product."""
    return _merged(inputs, lambda shapes: elementwise("Multiply", shapes))


@operation(*_names("average"))
def average(inputs: Any, **kwargs: Any) -> TensorValue:
    """The mean."""
    return _merged(inputs, lambda shapes: elementwise("Average", shapes))


@operation(*_names("maximum"))
def maximum(inputs: Any, **kwargs: Any) -> TensorValue:
    """The elementwise maximum."""
    return _merged(inputs, lambda shapes: elementwise("Maximum", shapes))


@operation(*_names("minimum"))
def minimum(inputs: Any, **kwargs: Any) -> TensorValue:
    """The elementwise minimum."""
    return _merged(inputs, lambda shapes: elementwise("Minimum", shapes))


@operation(*_names("concatenate"))
def concatenate(inputs: Any, axis: Any = -1, **kwargs: Any) -> TensorValue:
    """The inputs joined along an axis."""
    return _merged(inputs, lambda shapes: concatenated("Concatenate", shapes, axis))


@operation(*_names("dot"))
def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> TensorValue:
    """The sum of products along one axis of each of two inputs."""
    return _merged(inputs, lambda shapes: dotted("Dot", shapes, axes))


_MODES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}


@operation("keras.layers.merge.__call__", "keras.merge", "keras.legacy.layers.merge")
def merge(
    inputs: Any,
    mode: Any = "sum",
    layers: Any = None,
    concat_axis: Any = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: Any = None,
    name: Any = None,
) -> TensorValue:
    """Keras 1: `merge([a, b], mode="concat", concat_axis=1)`. Modes that are functions or `cos` are not modelled."""
    if mode == "concat":
        return _merged(inputs, lambda shapes: concatenated("Concatenate", shapes, concat_axis))
    if mode == "dot":
        return _merged(inputs, lambda shapes: dotted("Dot", shapes, dot_axes))
    if not isinstance(mode, str) or mode not in _MODES:
        raise undetermined(Reason.UNSUPPORTED, "merge with this mode")
    return _merged(inputs, lambda shapes: elementwise(_MODES[mode], shapes))
