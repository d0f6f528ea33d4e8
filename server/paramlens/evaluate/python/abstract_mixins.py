"""The methods that `collections.abc.Mapping` and its kin give to classes that define the few they are built on."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.natives import MISSING, native
from paramlens.values import Instance, IteratorValue, ListValue, Value

MAPPING: dict[str, Value] = {}
MUTABLE_MAPPING: dict[str, Value] = {}
SEQUENCE: dict[str, Value] = {}


@native(MAPPING, "keys")
def keys(vm: Machine, self: Instance) -> ListValue:
    return ListValue(vm.iterate(self))


@native(MAPPING, "values")
def values(vm: Machine, self: Instance) -> ListValue:
    return ListValue([vm.get_item(self, key) for key in vm.iterate(self)])


@native(MAPPING, "items")
def items(vm: Machine, self: Instance) -> ListValue:
    return ListValue([(key, vm.get_item(self, key)) for key in vm.iterate(self)])


@native(MAPPING, "__contains__")
def contains(vm: Machine, self: Instance, key: Value) -> Value:
    return vm.compare("in", key, ListValue(vm.iterate(self)))


@native(MAPPING, "get")
def get(vm: Machine, self: Instance, key: Value, default: Value = None) -> Value:
    return vm.get_item(self, key) if vm.truth(contains(vm, self, key)) else default


@native(MUTABLE_MAPPING, "update")
def update(vm: Machine, self: Instance, other: Value = (), /, **named: Value) -> None:
    names = vm.get_attribute(other, "keys", None)
    pairs = (
        [(key, vm.get_item(other, key)) for key in vm.iterate(vm.call(names))]
        if names is not None
        else [tuple(vm.iterate(pair)) for pair in vm.iterate(other)]
    )
    for key, value in [*pairs, *named.items()]:
        vm.set_item(self, key, value)


@native(MUTABLE_MAPPING, "setdefault")
def setdefault(vm: Machine, self: Instance, key: Value, default: Value = None) -> Value:
    if not vm.truth(contains(vm, self, key)):
        vm.set_item(self, key, default)
    return vm.get_item(self, key)


@native(MUTABLE_MAPPING, "pop")
def pop(vm: Machine, self: Instance, key: Value, default: Value = MISSING) -> Value:
    if not vm.truth(contains(vm, self, key)):
        return default if default is not MISSING else vm.throw("KeyError", str(key))
    value = vm.get_item(self, key)
    vm.call(vm.get_attribute(self, "__delitem__"), (key,))
    return value


@native(SEQUENCE, "__iter__")
def iterate(vm: Machine, self: Instance) -> IteratorValue:
    length = vm.call(vm.get_attribute(self, "__len__"))
    return vm.make_iterator([vm.get_item(self, position) for position in range(length)])


@native(SEQUENCE, "index")
def index(vm: Machine, self: Instance, value: Value) -> Value:
    return vm.call(vm.get_attribute(ListValue(vm.iterate(self)), "index"), (value,))


@native(SEQUENCE, "count")
def count(vm: Machine, self: Instance, value: Value) -> Value:
    return vm.call(vm.get_attribute(ListValue(vm.iterate(self)), "count"), (value,))


MIXINS: dict[str, dict[str, Value]] = {
    "Mapping": MAPPING,
    "MutableMapping": {**MAPPING, **MUTABLE_MAPPING},
    "Sequence": {**SEQUENCE, "__contains__": MAPPING["__contains__"]},
    "MutableSequence": {**SEQUENCE, "__contains__": MAPPING["__contains__"]},
}
