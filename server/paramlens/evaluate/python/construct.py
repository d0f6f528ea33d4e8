"""How the builtin classes make their instances, for themselves and for the classes that derive from them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.natives import make_class, touch
from paramlens.values import ClassValue, Instance, NativeFunction, StaticMethodValue, Value


@functools.lru_cache(maxsize=512)
def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def call_bound(vm: Machine, function: Callable[..., Value], args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    """Call a native; arguments that do not fit its signature throw TypeError in the analysed program."""
    try:
        signature_of(function).bind(vm, *args, **kwargs)
    except TypeError as error:
        message = str(error)
    else:
        return function(vm, *args, **kwargs)
    vm.throw("TypeError", message)


def new_method(construct: Callable[..., Value]) -> StaticMethodValue:
    """`__new__` of a class that is made by `construct`."""

    def new(vm: Machine, cls: ClassValue, /, *args: Value, **kwargs: Value) -> Value:
        return construct(vm, cls, args, kwargs)

    return StaticMethodValue(NativeFunction("__new__", new))


def data_class(
    name: str,
    base: ClassValue,
    make: Callable[..., Value],
    namespace: dict[str, Value],
    *,
    empty: Callable[[], Value] | None = None,
    module: str = "",
) -> ClassValue:
    """A builtin data type. `make(vm, …)` gives the value that its constructor gives.

    An instance of a derived class holds the value in `payload`: made from the arguments for immutable types; for
    mutable ones it starts as `empty()`, and the type's own `__init__` fills it.
    """

    def construct(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        if cls is builtin:
            return call_bound(vm, make, args, kwargs)
        instance = vm.new_instance(cls)
        instance.payload = empty() if empty is not None else call_bound(vm, make, args, kwargs)
        return instance

    builtin = make_class(name, (base,), namespace, construct, module)

    def initialize(vm: Machine, self: Value, *args: Value, **kwargs: Value) -> None:
        if isinstance(self, Instance) and self.payload is None:
            touch(vm, self)
            self.payload = call_bound(vm, make, args, kwargs)

    namespace["__new__"] = new_method(construct)
    if empty is None:
        namespace["__init__"] = NativeFunction("__init__", initialize)
    return builtin


def value_class(name: str, base: ClassValue, make: Callable[..., Value], namespace: dict[str, Value]) -> ClassValue:
    """A class whose call `cls(…)` is `make(vm, …)` and that nobody derives from."""

    def construct(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        return call_bound(vm, make, args, kwargs)

    return make_class(name, (base,), namespace, construct)
