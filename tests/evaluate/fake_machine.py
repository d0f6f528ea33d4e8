"""A machine just large enough to run the natives without the interpreter: builtin data, native classes, no scopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from paramlens.dims import Sym
from paramlens.evaluate.python import arithmetic, comparison, formatting, items
from paramlens.evaluate.python.abstract import instance_of
from paramlens.evaluate.python.builtins import BUILTINS, CLASSES
from paramlens.evaluate.python.natives import from_python, plain, to_python
from paramlens.values import (
    BoundMethod,
    ClassMethodValue,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    Mutable,
    NativeFunction,
    PartialValue,
    Place,
    PropertyValue,
    Reason,
    SetValue,
    StaticMethodValue,
    Undetermined,
    Unknown,
    Value,
)

PLAIN_CLASSES = {
    ListValue: "list", DictValue: "dict", IteratorValue: "generator", FunctionValue: "function",
    NativeFunction: "builtin_function_or_method", BoundMethod: "method", ModuleValue: "module", Sym: "int",
    type(None): "NoneType", PropertyValue: "property", ClassValue: "type",
}  # fmt: skip


class Thrown(Exception):
    """An exception of the analysed program."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class FakeMachine:
    """The interpreter's face for tests."""

    place = Place("model.py", 1, 1, 1, 2)

    def __init__(self) -> None:
        self.assigned_variables: set[str] = set()

    def is_installed_code(self, path: str | None = None) -> bool:
        return False

    def step(self) -> None:
        return None

    def call(self, function: Value, args: Sequence[Value] = (), kwargs: dict[str, Value] | None = None) -> Value:
        kwargs = kwargs or {}
        if isinstance(function, Unknown):
            return function
        if isinstance(function, NativeFunction):
            return function.call(self, *args, **kwargs)
        if isinstance(function, BoundMethod):
            return self.call(function.function, (function.receiver, *args), kwargs)
        if isinstance(function, PartialValue):
            return self.call(function.function, (*function.args, *args), {**function.kwargs, **kwargs})
        if isinstance(function, ClassValue):
            return self.instantiate(function, args, kwargs)
        if isinstance(function, Instance):
            return self.call(self.get_attribute(function, "__call__"), args, kwargs)
        raise AssertionError(function)

    def iterate(self, value: Value) -> list[Value]:
        if isinstance(value, Instance) and plain(value) is value:
            return self.iterate(self.call(self.get_attribute(value, "__iter__")))
        return items.iterate(self, value)

    def truth(self, value: Value) -> bool | None:
        return comparison.truth(value)

    def find(self, cls: ClassValue, name: str) -> Value:
        return next((base.namespace[name] for base in cls.mro if name in base.namespace), None)

    def get_attribute(self, value: Value, name: str, default: Value = ...) -> Value:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, ClassValue):
            found = self.find(value, name)
            if isinstance(found, ClassMethodValue):
                return BoundMethod(found.function, value)
            if found is not None:
                return getattr(found, "function", found) if isinstance(found, StaticMethodValue) else found
        else:
            if isinstance(value, Instance) and name in value.attributes:
                return value.attributes[name]
            cls = self.type_of(value)
            found = self.find(cls, name)
            if isinstance(found, PropertyValue):
                return self.call(found.getter, (value,))
            if isinstance(found, ClassMethodValue):
                return BoundMethod(found.function, cls)
            if isinstance(found, NativeFunction):
                return BoundMethod(found, value)
            if found is not None:
                return found
            fallback = self.find(cls, "__getattr__")
            if fallback is not None:
                return self.call(fallback, (value, name))
        if default is ...:
            self.throw("AttributeError", name)
        return default

    def set_attribute(self, value: Value, name: str, new: Value) -> None:
        value.attributes[name] = new

    def delete_attribute(self, value: Value, name: str) -> None:
        del value.attributes[name]

    def get_item(self, value: Value, index: Value) -> Value:
        return items.get_item(self, value, index)

    def set_item(self, value: Value, index: Value, new: Value) -> None:
        items.set_item(self, value, index, new)

    def type_of(self, value: Value) -> Any:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Instance):
            return value.cls
        if isinstance(value, SetValue):
            return CLASSES["frozenset" if value.frozen else "set"]
        return CLASSES[PLAIN_CLASSES.get(type(value), type(value).__name__)]

    def is_instance(self, value: Value, cls: Value) -> bool | None:
        if isinstance(value, Unknown):
            return None
        if isinstance(cls, tuple):
            return any(self.is_instance(value, each) for each in cls)
        return instance_of(self.type_of(value), cls)

    def is_subclass(self, cls: ClassValue, parent: Value) -> bool | None:
        return any(each in cls.mro for each in (parent if isinstance(parent, tuple) else (parent,)))

    def binary(self, op: str, left: Value, right: Value) -> Value:
        return arithmetic.binary(self, op, left, right)

    def compare(self, op: str, left: Value, right: Value) -> Value:
        return comparison.compare(self, op, left, right)

    def text(self, value: Value) -> Value:
        return formatting.text_of(self, value)

    def hashable(self, value: Value) -> Value:
        if isinstance(value, Unknown):
            raise Undetermined(value)
        if isinstance(value, ListValue | DictValue | slice) or (isinstance(value, SetValue) and not value.frozen):
            self.throw("TypeError", "unhashable type")
        if isinstance(value, tuple):
            return tuple(self.hashable(item) for item in value)
        return plain(value)

    def touch(self, value: Mutable) -> None:
        value.contents()

    def instantiate(self, cls: ClassValue, args: Sequence[Value] = (), kwargs: dict[str, Value] | None = None) -> Value:
        maker: Callable[..., Value] | None = next((base.construct for base in cls.mro if base.construct), None)
        assert maker is not None
        made = maker(self, cls, tuple(args), kwargs or {})
        if cls.construct is None:
            self.call(self.find(cls, "__init__"), (made, *args), kwargs)
        return made

    def throw(self, kind: str, message: str = "") -> NoReturn:
        raise Thrown(kind, message)

    def unknown(self, reason: Reason, detail: str = "") -> Unknown:
        return Unknown(reason, detail, self.place)

    def import_module(self, name: str) -> Any:
        return ModuleValue(name)

    def builtin_class(self, name: str) -> ClassValue:
        return CLASSES[name]

    def make_iterator(self, items: list[Value]) -> IteratorValue:
        return IteratorValue(items)

    def is_module_instance(self, value: Value) -> bool:
        return False

    def new_instance(self, cls: ClassValue) -> Instance:
        return Instance(cls)


def user_class(name: str, *bases: ClassValue, **namespace: Value) -> ClassValue:
    """A class as the interpreter would make it from source."""
    bases = bases or (CLASSES["object"],)
    cls = ClassValue(name, f"model.{name}", bases, dict(namespace), module=ModuleValue("model"))
    order: list[Value] = []
    for base in bases:
        for each in base.mro:
            order = [seen for seen in order if seen is not each] + [each]
    cls.mro = (cls, *order)
    return cls


def outcome(compute: Callable[[], Any]) -> Any:
    """The plain result of a call, or the name of the exception that the program would see."""
    try:
        result = compute()
        if isinstance(result, IteratorValue):
            result = ListValue(result.items[result.position :])
        return to_python(result)
    except Thrown as error:
        return f"raises {error.kind}"


def expected(compute: Callable[[], Any]) -> Any:
    """What Python itself gives, in the same form."""
    try:
        result = compute()
        return list(result) if hasattr(result, "__next__") else result
    except Exception as error:
        kind = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
        return f"raises {kind.__name__}"


def builtin(vm: FakeMachine, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a builtin by name with plain Python arguments."""
    return outcome(lambda: vm.call(BUILTINS[name], [from_python(arg) for arg in args], kwargs))


def method(vm: FakeMachine, receiver: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a method of plain Python data: its result, and the receiver afterwards."""
    value = from_python(receiver)
    result = outcome(lambda: vm.call(vm.get_attribute(value, name), [from_python(a) for a in args], kwargs))
    return result, to_python(value)
