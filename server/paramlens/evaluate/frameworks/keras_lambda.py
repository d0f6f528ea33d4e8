"""`keras.layers.Lambda`: a layer that calls a function of the program; the shapes that layers declare themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks import keras_layer
from paramlens.values import (
    BoundMethod,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NativeFunction,
    PartialValue,
    Reason,
    TensorValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

LAMBDA = "keras.layers.Lambda"
_PARAMETERS = ("function", "output_shape", "mask", "arguments")
_CALLABLE = (FunctionValue, NativeFunction, BoundMethod, PartialValue)


def initialize(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    """`Lambda(function, output_shape=None, mask=None, arguments=None, …)`."""
    given = {**dict(zip(_PARAMETERS, args, strict=False)), **kwargs}
    state = keras_layer.ensure_state(vm, self)
    state.wrapped = {**state.wrapped, **{name: given.pop(name, None) for name in _PARAMETERS}}
    keras_layer.initialize(vm, self, **given)
    self.attributes["function"] = state.wrapped["function"]


def call(vm: Interpreter, self: Instance, inputs: Value = None, *args: Value, **kwargs: Value) -> Value:
    """Call the function on the inputs, with the layer's `arguments` and what the function asks for."""
    function = self.state.wrapped.get("function")
    extra = self.state.wrapped.get("arguments")
    options: dict[str, Value] = {}
    if isinstance(extra, DictValue):
        options.update({name: value for name, value in extra.items.items() if isinstance(name, str)})
    for name in ("mask", "training"):
        if isinstance(function, FunctionValue) and _takes(function, name):
            options[name] = kwargs.get(name)
    result = vm.call(function, (inputs,), options)
    return with_declared_shape(vm, result, _declared_shape(vm, self, inputs))


def _takes(function: FunctionValue, name: str) -> bool:
    params = function.code.params
    return any(param.name == name for param in (*params.positional_only, *params.positional))


def _declared_shape(vm: Interpreter, self: Instance, inputs: Value) -> Value:
    """The shape that `output_shape` says, batch axis included; None where it says nothing."""
    declared = self.state.wrapped.get("output_shape")
    if declared is None or isinstance(declared, Unknown):
        return None
    if isinstance(declared, _CALLABLE):
        return vm.call(declared, (keras_layer.shape_argument(inputs),))
    sizes = vm.rule_argument(declared)
    sizes = (sizes,) if isinstance(sizes, int) else sizes
    first = next(iter(vm.flat_tensors(inputs)), None)
    if not isinstance(sizes, tuple) or any(isinstance(size, tuple) for size in sizes) or first is None:
        return None
    return (first.shape[0] if first.shape else None, *sizes)


def with_declared_shape(vm: Interpreter, result: Value, declared: Value) -> Value:
    """The result of a call that is also declared to have a shape (`compute_output_shape`, `output_shape`).

    What both know must agree; a batch axis is let be. Where they do not agree, versions of Keras differ in which one
    they go by, so the shape is not known.
    """
    several = _several_shapes(declared)
    if several is not None:
        return _with_declared_shapes(vm, result, several)
    shape = vm.sizes(vm.rule_argument(declared)) if isinstance(declared, tuple | ListValue) else None
    if shape is None or isinstance(result, tuple | ListValue | DictValue):
        return result
    if not isinstance(result, TensorValue) or result.shape is None:
        return TensorValue(shape, kind="keras", dtype="float32")
    if len(shape) != len(result.shape):
        return TensorValue(None, kind="keras", reason=vm.unknown(Reason.BRANCHES, "the declared output shape"))
    sizes = []
    for axis, (computed, said) in enumerate(zip(result.shape, shape, strict=True)):
        if computed is None or said is None or axis == 0:
            sizes.append(computed if said is None or axis == 0 else said)
        elif computed == said:
            sizes.append(computed)
        else:
            return TensorValue(None, kind="keras", reason=vm.unknown(Reason.BRANCHES, "the declared output shape"))
    return TensorValue(tuple(sizes), kind="keras", dtype=result.dtype)


def _several_shapes(declared: Value) -> tuple[Value, ...] | None:
    """The shapes that are declared for several outputs."""
    items = declared.items if isinstance(declared, ListValue) and declared.rest is None else declared
    if not isinstance(items, tuple | list) or not items:
        return None
    return tuple(items) if all(isinstance(item, tuple | ListValue) for item in items) else None


def _with_declared_shapes(vm: Interpreter, result: Value, shapes: tuple[Value, ...]) -> Value:
    """Several outputs, each with its shape; where they are not as many as their shapes they are left as they are."""
    if isinstance(result, Unknown) or (isinstance(result, TensorValue) and result.shape is None):
        items: list[Value] = [result] * len(shapes)
    elif isinstance(result, tuple | ListValue):
        items = list(result if isinstance(result, tuple) else result.items)
        if len(items) != len(shapes) or (isinstance(result, ListValue) and result.rest is not None):
            return result
    else:
        return result
    merged = [with_declared_shape(vm, item, shape) for item, shape in zip(items, shapes, strict=True)]
    return tuple(merged) if isinstance(result, tuple) else ListValue(merged)


METHODS: dict[str, Value] = {
    "__init__": NativeFunction(LAMBDA, initialize),
    "call": NativeFunction(f"{LAMBDA}.call", call),
}
