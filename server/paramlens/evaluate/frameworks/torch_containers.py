"""The containers of torch: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.evaluate.choices import chosen_from, one_of
from paramlens.evaluate.frameworks.state import LayerState
from paramlens.evaluate.frameworks.torch_module import ensure_state
from paramlens.evaluate.frameworks.torch_registries import is_module
from paramlens.values import (
    DictValue,
    Instance,
    IteratorValue,
    NativeFunction,
    Reason,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

Table = dict[str, NativeFunction]
SEQUENTIAL: Table = {}
MODULE_LIST: Table = {}
MODULE_DICT: Table = {}
PARAMETER_LIST: Table = {}
PARAMETER_DICT: Table = {}
LISTS = (SEQUENTIAL, MODULE_LIST, PARAMETER_LIST)
DICTS = (MODULE_DICT, PARAMETER_DICT)


def method(name: str, *tables: Table) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a method `(vm, self, …)` of one or more containers."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        for table in tables:
            table[name] = NativeFunction(f"container.{name}", function)
        return function

    return register


def entries(self: Instance) -> dict[str, Value]:
    """What the container holds, by key: its modules, and for parameter containers its parameters."""
    keys = _keys(self)
    if self.state is not None and self.state.wrapped.get("holds") == "parameters":
        return {k: v for k, v in self.attributes.items() if k in keys or isinstance(v, TensorValue | Unknown)}
    hidden = self.state.hidden if self.state is not None else frozenset()
    return {k: v for k, v in self.attributes.items() if k in keys or (k not in hidden and is_module(v))}


def _keys(self: Instance) -> frozenset[str]:
    return self.state.wrapped.get("keys", frozenset()) if self.state is not None else frozenset()


def _put(vm: Interpreter, self: Instance, key: str, value: Value) -> None:
    _put_all(vm, self, {key: value})


def _put_all(vm: Interpreter, self: Instance, values: dict[str, Value]) -> None:
    vm.touch(self)
    state: LayerState = ensure_state(vm, self)
    state.wrapped = {**state.wrapped, "keys": _keys(self) | values.keys()}
    parameters = state.wrapped.get("holds") == "parameters"
    for key, value in values.items():
        self.attributes[key] = vm.as_parameter(value) if parameters and isinstance(value, TensorValue) else value


def _put_after(vm: Interpreter, self: Instance, values: list[Value]) -> None:
    """Add entries at the end, as lists do."""
    start = len(entries(self))
    _put_all(vm, self, {str(start + position): value for position, value in enumerate(values)})
    if vm.repeating and values:
        vm.mark_incomplete(self, vm.unknown(Reason.UNKNOWN_LOOP, "the number of its modules"))


def _refill(vm: Interpreter, self: Instance, items: list[Value]) -> None:
    """Number the entries anew, as lists do after an insertion or removal."""
    vm.touch(self)
    for key in entries(self):
        del self.attributes[key]
    _put_all(vm, self, {str(position): item for position, item in enumerate(items)})


def _items(vm: Interpreter, value: Value, self: Instance) -> list[Value]:
    try:
        return vm.iterate(value)
    except Undetermined as problem:
        vm.mark_incomplete(self, problem.unknown)
        return []


# ---------------------------------------------------------------------------------------------------- construction


@method("__init__", SEQUENTIAL)
def _init_sequential(vm: Interpreter, self: Instance, *args: Value) -> None:
    ensure_state(vm, self)
    only = vm.plain(args[0]) if len(args) == 1 else None
    if isinstance(only, DictValue):
        _update(vm, self, only)
        return
    _put_all(vm, self, {str(position): module for position, module in enumerate(args)})


@method("__init__", MODULE_LIST)
def _init_list(vm: Interpreter, self: Instance, modules: Value = None) -> None:
    ensure_state(vm, self)
    if modules is not None:
        _extend(vm, self, modules)


@method("__init__", MODULE_DICT)
def _init_dict(vm: Interpreter, self: Instance, modules: Value = None) -> None:
    ensure_state(vm, self)
    if modules is not None:
        _update(vm, self, modules)


@method("__init__", PARAMETER_LIST)
def _init_parameters(vm: Interpreter, self: Instance, values: Value = None) -> None:
    ensure_state(vm, self).wrapped = {"holds": "parameters"}
    if values is not None:
        _extend(vm, self, values)


@method("__init__", PARAMETER_DICT)
def _init_parameter_dict(vm: Interpreter, self: Instance, parameters: Value = None) -> None:
    ensure_state(vm, self).wrapped = {"holds": "parameters"}
    if parameters is not None:
        _update(vm, self, parameters)


# ------------------------------------------------------------------------------------------------- lists and dicts


@method("append", *LISTS)
def _append(vm: Interpreter, self: Instance, module: Value) -> Value:
    _put_after(vm, self, [module])
    return self


@method("extend", *LISTS)
@method("__iadd__", *LISTS)
def _extend(vm: Interpreter, self: Instance, modules: Value) -> Value:
    values = list(entries(modules).values()) if isinstance(modules, Instance) and modules.state else None
    _put_after(vm, self, values if values is not None else _items(vm, modules, self))
    return self


@method("__add__", *LISTS)
def _add(vm: Interpreter, self: Instance, other: Value) -> Value:
    new = vm.instantiate(self.cls)
    _extend(vm, new, self)
    _extend(vm, new, other)
    return new


@method("insert", SEQUENTIAL, MODULE_LIST)
def _insert(vm: Interpreter, self: Instance, index: Value, module: Value) -> Value:
    items = list(entries(self).values())
    items.insert(int(index), module)
    _refill(vm, self, items)
    return self


@method("update", *DICTS)
def _update(vm: Interpreter, self: Instance, modules: Value) -> None:
    plain = vm.plain(modules)
    if isinstance(plain, DictValue):
        pairs: list[Value] = list(plain.items.items())
        if plain.open:
            vm.mark_incomplete(self, vm.unknown(Reason.UNKNOWN_ARGUMENT, "the keys of a dict"))
    elif isinstance(plain, Instance) and plain.state is not None:
        pairs = list(entries(plain).items())
    else:
        pairs = [tuple(vm.iterate(pair)) for pair in _items(vm, plain, self)]
    for key, module in pairs:
        _set(vm, self, key, module)


@method("__setitem__", *LISTS, *DICTS)
def _set(vm: Interpreter, self: Instance, key: Value, module: Value) -> None:
    if not isinstance(key, str | int):
        why = key if isinstance(key, Unknown) else vm.unknown(Reason.UNKNOWN_ARGUMENT, str(key))
        vm.mark_incomplete(self, why, doubtful=bool(entries(self)))
        return
    _put(vm, self, _name_of(self, key), module)


def _name_of(self: Instance, key: Value) -> str:
    if isinstance(key, bool) or not isinstance(key, int):
        return str(key)
    names = list(entries(self))
    return names[key] if -len(names) <= key < len(names) else str(key)


@method("__getitem__", *LISTS)
def _get(vm: Interpreter, self: Instance, index: Value) -> Value:
    held = entries(self)
    if isinstance(index, slice):
        return _slice(vm, self, index)
    if isinstance(index, str):
        return held[index] if index in held else vm.throw("KeyError", index)
    if isinstance(index, Unknown) or not isinstance(index, int):
        return _any_of(index if isinstance(index, Unknown) else vm.unknown(Reason.UNKNOWN_ARGUMENT, str(index)), self)
    if self.state.incomplete is not None and (index < 0 or index >= len(held)):
        return self.state.incomplete
    values = list(held.values())
    return values[index] if -len(values) <= index < len(values) else vm.throw("IndexError", "index out of range")


def _slice(vm: Interpreter, self: Instance, index: slice) -> Value:
    bounds = (index.start, index.stop, index.step)
    if self.state.incomplete is not None or any(isinstance(bound, Unknown) for bound in bounds):
        why = vm.unknown(Reason.UNKNOWN_ARGUMENT, "a slice of modules")
        return one_of(why, _sliced(vm, self, slice(None)))
    return _sliced(vm, self, index)


def _any_of(index: Unknown, self: Instance) -> Unknown:
    """One of the modules, by an index or key that is not known."""
    return one_of(replace(chosen_from(index, self), options=()), *entries(self).values())


def _sliced(vm: Interpreter, self: Instance, index: slice) -> Instance:
    new = vm.new_instance(self.cls)
    ensure_state(vm, new).wrapped = {k: v for k, v in self.state.wrapped.items() if k == "holds"}
    vm.created(new)
    chosen = list(entries(self).items())[index]
    renumber = not vm.is_instance(self, vm.framework_class("torch.nn.Sequential"))
    for position, (key, module) in enumerate(chosen):
        _put(vm, new, str(position) if renumber else key, module)
    return new


@method("__getitem__", *DICTS)
def _get_key(vm: Interpreter, self: Instance, key: Value) -> Value:
    held = entries(self)
    if isinstance(key, Unknown):
        return _any_of(key, self)
    if key in held:
        return held[key]
    return self.state.incomplete if self.state.incomplete is not None else vm.throw("KeyError", str(key))


@method("__delitem__", *LISTS, *DICTS)
def _delete(vm: Interpreter, self: Instance, key: Value) -> None:
    if isinstance(key, Unknown):
        raise Undetermined(key)
    vm.touch(self)
    held = entries(self)
    names = list(held)[key] if isinstance(key, int | slice) else [str(key)]
    gone = [names] if isinstance(names, str) else list(names)
    if held and all(name.isdigit() for name in held):
        _refill(vm, self, [value for name, value in held.items() if name not in gone])
        return
    for name in gone:
        self.attributes.pop(name, None)


@method("pop", *LISTS, *DICTS)
def _pop(vm: Interpreter, self: Instance, key: Value = -1) -> Value:
    value = vm.get_item(self, key)
    _delete(vm, self, key)
    return value


@method("__len__", *LISTS, *DICTS)
def _len(vm: Interpreter, self: Instance) -> Value:
    if self.state.incomplete is not None:
        raise Undetermined(self.state.incomplete)
    return len(entries(self))


@method("__iter__", *LISTS)
def _iter(vm: Interpreter, self: Instance) -> Value:
    return IteratorValue(list(entries(self).values()), self.state.incomplete)


@method("__iter__", *DICTS)
@method("keys", *DICTS)
def _dict_keys(vm: Interpreter, self: Instance) -> Value:
    return IteratorValue(list(entries(self)), self.state.incomplete)


@method("values", *DICTS)
def _values(vm: Interpreter, self: Instance) -> Value:
    return IteratorValue(list(entries(self).values()), self.state.incomplete)


@method("items", *DICTS)
def _dict_items(vm: Interpreter, self: Instance) -> Value:
    return IteratorValue(list(entries(self).items()), self.state.incomplete)


@method("__contains__", *DICTS)
def _contains(vm: Interpreter, self: Instance, key: Value) -> Value:
    if self.state.incomplete is not None and key not in entries(self):
        raise Undetermined(self.state.incomplete)
    return key in entries(self)


@method("get", PARAMETER_DICT)
def _get_or(vm: Interpreter, self: Instance, key: Value, default: Value = None) -> Value:
    return entries(self).get(key, default)


@method("clear", *DICTS)
def _clear(vm: Interpreter, self: Instance) -> None:
    _refill(vm, self, [])


@method("forward", SEQUENTIAL)
def _forward(vm: Interpreter, self: Instance, input: Value) -> Value:
    for module in entries(self).values():
        vm.step()
        input = vm.call(module, (input,))
    if self.state.incomplete is not None:
        return TensorValue(None, reason=self.state.incomplete)
    return input


CONTAINERS: dict[str, Table] = {
    "torch.nn.Sequential": SEQUENTIAL,
    "torch.nn.ModuleList": MODULE_LIST,
    "torch.nn.ModuleDict": MODULE_DICT,
    "torch.nn.ParameterList": PARAMETER_LIST,
    "torch.nn.ParameterDict": PARAMETER_DICT,
}
