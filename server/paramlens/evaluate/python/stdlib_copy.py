"""`copy`: copies that keep identity where one object stands in two places; weights are copied as new weights."""

from __future__ import annotations

from collections.abc import Callable

from paramlens.evaluate.choices import one_of
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.limits import check_count
from paramlens.evaluate.python.natives import MISSING, known, native
from paramlens.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    Mutable,
    ParameterValue,
    PartialValue,
    Reason,
    SetValue,
    TensorValue,
    Undetermined,
    Value,
    undetermined,
)

COPY: dict[str, Value] = {}
MAX_DEPTH = 200
Memo = dict[int, tuple[Value, Value]]  # id → (the original, kept alive; its copy)


@native(COPY, "copy")
def copy(vm: Machine, value: Value) -> Value:
    """A shallow copy: the same items in a new container."""
    value = known(value)
    if isinstance(value, Instance):
        return copy_instance(vm, value)
    made = empty_copy(value)
    if made is None:
        return value
    fill_shallow(made, value)
    return made


def copy_instance(vm: Machine, value: Instance) -> Value:
    method = vm.get_attribute(value, "__copy__", None)
    if method is not None:
        return vm.call(method)
    if value.state is not None:  # layers: weights, parts and their registries are shared
        unknown = vm.unknown(Reason.UNSUPPORTED, "copy.copy of a layer")
        raise Undetermined(one_of(unknown, value))  # what is added to the copy is added to the layer
    made = Instance(value.cls, value.place)
    made.attributes = dict(value.attributes)
    made.payload = copy(vm, value.payload)
    return made


def empty_copy(value: Value) -> Value:
    """A new object of the same kind, to be filled; None for what Python shares between copies."""
    if isinstance(value, ListValue):
        return ListValue([], value.rest)
    if isinstance(value, DictValue):
        return DictValue({}, open=value.open, factory=value.factory)
    if isinstance(value, SetValue):
        return SetValue({}, frozen=value.frozen, rest=value.rest)
    if isinstance(value, ParameterValue):
        made: TensorValue = ParameterValue(
            value.shape,
            kind=value.kind,
            dtype=value.dtype,
            trainable=value.trainable,
            name=value.name,
            labels=value.labels,
            place=value.place,
        )
        made.data, made.producer, made.reason = value.data, value.producer, value.reason
        return made
    if isinstance(value, TensorValue):
        made = value.with_shape(value.shape, data=value.data)
        made.producer = value.producer
        return made
    return None


def fill_shallow(made: Value, value: Value) -> None:
    if isinstance(value, ListValue | DictValue | SetValue):
        made.items = value.items.copy()


@native(COPY, "deepcopy")
def deepcopy(vm: Machine, value: Value, memo: Value = None) -> Value:
    """A copy of everything that can change; classes, functions and modules are shared."""
    return deep(vm, known(value), {}, 0)


def deep(vm: Machine, value: Value, memo: Memo, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise undetermined(Reason.RECURSION_LIMIT, "copy.deepcopy")
    if isinstance(value, tuple):
        return tuple(deep(vm, item, memo, depth + 1) for item in value)
    if isinstance(value, BoundMethod):
        return BoundMethod(value.function, deep(vm, value.receiver, memo, depth + 1))
    if isinstance(value, PartialValue):
        args = tuple(deep(vm, item, memo, depth + 1) for item in value.args)
        kwargs = {name: deep(vm, item, memo, depth + 1) for name, item in value.kwargs.items()}
        return PartialValue(value.function, args, kwargs)
    if not isinstance(value, Mutable) or isinstance(value, ClassValue | FunctionValue):
        return value
    if id(value) in memo:
        return memo[id(value)][1]
    check_count(len(memo))
    if isinstance(value, IteratorValue):
        raise undetermined(Reason.UNSUPPORTED, "copy.deepcopy of an iterator")
    if isinstance(value, Instance):
        return deep_instance(vm, value, memo, depth)
    made = empty_copy(value)
    if made is None:
        return value
    memo[id(value)] = (value, made)
    fill_deep(vm, made, value, memo, depth + 1)
    return made


def fill_deep(vm: Machine, made: Value, value: Value, memo: Memo, depth: int) -> None:
    if isinstance(value, ListValue):
        made.items = [deep(vm, item, memo, depth) for item in value.items]
    elif isinstance(value, DictValue):
        made.items = {deep(vm, key, memo, depth): deep(vm, item, memo, depth) for key, item in value.items.items()}
    elif isinstance(value, SetValue):
        made.items = {deep(vm, item, memo, depth): None for item in value.items}


def deep_instance(vm: Machine, value: Instance, memo: Memo, depth: int) -> Value:
    """An instance with all that it holds; enum members are themselves, and `__deepcopy__` of a class is called."""
    if "enum_members" in value.cls.traits:
        return value
    method = vm.get_attribute(value, "__deepcopy__", MISSING)
    if method is not MISSING and isinstance(method, BoundMethod) and isinstance(method.function, FunctionValue):
        made = vm.call(method, (DictValue(),))
        memo[id(value)] = (value, made)
        return made
    options = getattr(value, "options", None)
    if options is not None:  # one of several modules
        make: Callable[..., Instance] = type(value)
        copies = make(tuple(deep(vm, option, memo, depth + 1) for option in options))
        memo[id(value)] = (value, copies)
        return copies
    made = Instance(value.cls, value.place)
    memo[id(value)] = (value, made)
    made.attributes = {name: deep(vm, item, memo, depth + 1) for name, item in value.attributes.items()}
    made.payload = deep(vm, value.payload, memo, depth + 1)
    made.state = deep_state(vm, value.state, memo, depth)
    return made


def deep_state(vm: Machine, state: Value, memo: Memo, depth: int) -> Value:
    """What a framework keeps for a layer. It says itself how it is copied: `state.copied(copy_of)`."""
    if state is None:
        return None
    copied = getattr(state, "copied", None)
    if copied is None:
        raise undetermined(Reason.UNSUPPORTED, "copy.deepcopy of a layer")
    return copied(lambda value: deep(vm, value, memo, depth + 1))


@native(COPY, "replace")
def replace(vm: Machine, value: Value, /, **changes: Value) -> Value:
    return vm.call(vm.get_attribute(value, "__replace__"), (), changes)
