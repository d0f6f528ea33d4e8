"""Attributes, operators and indexing of tensors, from the declared operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlens.evaluate.frameworks import lineage, shared_memory
from paramlens.layers.declare import OPERATIONS
from paramlens.layers.operations import arithmetic, indexing
from paramlens.layers.operations.attributes import TENSOR_ATTRIBUTES
from paramlens.layers.operations.tensor_names import TENSOR_NAMES
from paramlens.values import (
    BoundMethod,
    ListValue,
    ParameterValue,
    Reason,
    TensorValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

CLASS_NAMES = {"torch": "torch.Tensor", "numpy": "numpy.ndarray", "keras": "keras.KerasTensor"}


def attribute(vm: Interpreter, tensor: TensorValue, name: str) -> Value:
    """`tensor.name`: a property, or a method bound to the tensor."""
    if isinstance(tensor, ParameterValue):
        special = _parameter_attribute(vm, tensor, name)
        if special is not None:
            return special
    cls = CLASS_NAMES[tensor.kind]
    reader = TENSOR_ATTRIBUTES[tensor.kind].get(name)
    if reader is not None:
        result = vm.call_guarded(f"{cls}.{name}", reader, (tensor,))
        shared_memory.share(vm, tensor, result)
        lineage.passed_on(vm, name, (tensor,), vm.flat_tensors(result))
        return result
    if f"{cls}.{name}" in OPERATIONS:
        return BoundMethod(vm.operation_function(f"{cls}.{name}"), tensor)
    if name == "__class__":
        return vm.type_of(tensor)
    if name not in vm.tensor_marks and _certainly_missing(tensor, name):
        return _missing()
    return Unknown(Reason.UNSUPPORTED, f"{cls}.{name}", tensor.reason.place if tensor.reason else None)


def _with_gradient(vm: Interpreter, tensor: ParameterValue, value: Value) -> Value:
    set_attribute(vm, tensor, "requires_grad", value)
    return tensor


def _parameter_attribute(vm: Interpreter, tensor: ParameterValue, name: str) -> Value:
    if name in ("requires_grad", "trainable"):
        return tensor.trainable
    if name == "requires_grad_":
        return vm.native(name, lambda vm, value=True: _with_gradient(vm, tensor, value))
    if name == "detach_":
        return vm.native(name, lambda vm: _with_gradient(vm, tensor, False))
    if name == "name":
        return tensor.name
    return None


def _certainly_missing(tensor: TensorValue, name: str) -> bool:
    """Whether no tensor has such an attribute, unless the program sets it."""
    if tensor.kind == "torch":
        return name not in TENSOR_NAMES and not name.startswith("__")
    return name.startswith("_") and not name.startswith("__") and name != "_keras_history"


def _missing() -> Value:
    """The mark of an attribute that certainly is not there."""
    from paramlens.evaluate.attributes import MISSING

    return MISSING


def set_attribute(vm: Interpreter, tensor: TensorValue, name: str, new: Value) -> None:
    """`tensor.name = new`: freezing, and `weight.data = other`."""
    vm.touch(tensor)
    if isinstance(tensor, ParameterValue) and name in ("requires_grad", "trainable", "_trainable"):
        truth = vm.truth(new)
        tensor.trainable = truth if truth is not None else Unknown(Reason.UNKNOWN_ARGUMENT, name)
    elif name != "data":
        vm.mark_tensors(name)
    elif isinstance(new, TensorValue):
        tensor.shape = new.shape
        tensor.data = new.data


def binary(vm: Interpreter, op: str, left: Value, right: Value) -> Value:
    """An operator with a tensor on at least one side."""
    return vm.operate(
        f"operator {op}", lambda: arithmetic.binary(op, _operand(vm, left), _operand(vm, right)), left, right
    )


def _operand(vm: Interpreter, value: Value) -> Value:
    return value if isinstance(value, TensorValue) else vm.rule_argument(value)


def unary(vm: Interpreter, op: str, tensor: TensorValue) -> Value:
    """`-tensor`, `~tensor`, …"""
    return vm.operate(f"operator {op}", lambda: arithmetic.unary(op, tensor), tensor)


def get_item(vm: Interpreter, tensor: TensorValue, index: Value) -> Value:
    """`tensor[index]`."""
    plain = _index_argument(vm, index)
    result = vm.operate("indexing", lambda: indexing.index_value(tensor, plain), tensor)
    shared_memory.share(vm, tensor, result)
    return result


def _index_argument(vm: Interpreter, index: Value) -> Any:
    """An index as the indexing rule wants it: a list picks items, a tuple indexes several axes."""
    if isinstance(index, ListValue):
        return index
    if isinstance(index, tuple):
        return tuple(_index_argument(vm, part) for part in index)
    return vm.rule_argument(index)


def length(tensor: TensorValue) -> Value:
    """`len(tensor)`: the size of the first axis."""
    if tensor.shape is None or not tensor.shape or tensor.shape[0] is None:
        return tensor.reason or Unknown(Reason.DATA_DEPENDENT, "the length of a tensor")
    return tensor.shape[0]


def iterate(vm: Interpreter, tensor: TensorValue) -> list[Value] | Unknown:
    """The slices along the first axis."""
    size = length(tensor)
    if not isinstance(size, int):
        return size if isinstance(size, Unknown) else Unknown(Reason.UNKNOWN_LOOP, str(size))
    if size > vm.limits.iterations:
        return Unknown(Reason.SIZE_LIMIT, "a loop over a tensor")
    return [get_item(vm, tensor, position) for position in range(size)]
