"""Classes made from fields: what `dataclasses`, `attr` and `pydantic` have in common.

`ClassValue.traits["dataclass_fields"]` holds the fields of such a class: name → `RecordField`, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.formatting import repr_of
from paramlens.evaluate.python.natives import MISSING, known
from paramlens.values import ClassValue, Instance, NativeFunction, PropertyValue, Value

FIELDS = "dataclass_fields"


@dataclass(frozen=True)
class RecordField:
    """One field. `parameter` is its name in `__init__`; `stored` is False for an InitVar."""

    name: str
    parameter: str
    annotation: Value = None
    default: Value = MISSING
    factory: Value = MISSING
    takes_self: bool = False
    init: bool = True
    keyword_only: bool = False
    stored: bool = True
    compared: bool = True
    shown: bool = True
    converter: Value = None
    metadata: Value = None


def fields_of(cls: ClassValue) -> dict[str, RecordField]:
    """The fields of a class, those of its bases first."""
    fields: dict[str, RecordField] = {}
    for base in reversed(cls.mro):
        if isinstance(base, ClassValue):
            fields.update(base.traits.get(FIELDS, {}))
    return fields


def is_record(cls: Value) -> bool:
    return isinstance(cls, ClassValue) and any(isinstance(b, ClassValue) and FIELDS in b.traits for b in cls.mro)


def annotation_is(annotation: Value, *names: str) -> bool:
    """Whether an annotation is one of these special forms (`ClassVar`, `InitVar`, …), as a value or as text."""
    if isinstance(annotation, ClassValue):
        return annotation.name in names
    if isinstance(annotation, Instance):
        return annotation.cls.name in names
    return isinstance(annotation, str) and annotation.split("[")[0].rpartition(".")[2].strip() in names


def bind_fields(
    vm: Machine, cls: ClassValue, fields: dict[str, RecordField], args: tuple[Value, ...], kwargs: dict[str, Value]
) -> dict[str, Value]:
    """Parameter → argument, by the rules of a call; throws TypeError for what does not fit."""
    positional = [field.parameter for field in fields.values() if field.init and not field.keyword_only]
    accepted = {field.parameter for field in fields.values() if field.init}
    if len(args) > len(positional):
        vm.throw(
            "TypeError",
            f"{cls.name}.__init__() takes {len(positional) + 1} positional arguments but {len(args) + 1} were given",
        )
    given = dict(zip(positional, args, strict=False))
    for name, value in kwargs.items():
        if name in given:
            vm.throw("TypeError", f"{cls.name}.__init__() got multiple values for argument '{name}'")
        if name not in accepted:
            vm.throw("TypeError", f"{cls.name}.__init__() got an unexpected keyword argument '{name}'")
        given[name] = value
    return given


def fill(vm: Machine, self: Instance, cls: ClassValue, given: dict[str, Value]) -> list[Value]:
    """Store every field's argument or default; the values of InitVars, in order, are returned."""
    passed_on: list[Value] = []
    for field in fields_of(cls).values():
        if field.init and field.parameter in given:
            value = given[field.parameter]
        elif field.factory is not MISSING:
            value = vm.call(field.factory, (self,) if field.takes_self else ())
        elif field.default is not MISSING:
            value = field.default
        elif field.init:
            vm.throw("TypeError", f"{cls.name}.__init__() missing required argument: '{field.parameter}'")
        else:
            continue
        if field.converter is not None:
            value = vm.call(field.converter, (value,))
        if field.stored:
            vm.touch(self)
            vm.set_attribute(self, field.name, value)
        else:
            passed_on.append(value)
    return passed_on


def add_record_methods(
    cls: ClassValue,
    *,
    init: bool = True,
    eq: bool = True,
    text: bool = True,
    order: bool = False,
    after: str = "__post_init__",
) -> None:
    """`__init__`, `__eq__`, `__repr__` from the fields, where the class body has none of its own."""

    def initialize(vm: Machine, self: Instance, *args: Value, **kwargs: Value) -> None:
        passed_on = fill(vm, self, cls, bind_fields(vm, cls, fields_of(cls), args, kwargs))
        hook = vm.get_attribute(self, after, None)
        if hook is not None:
            vm.call(hook, tuple(passed_on))

    if init:
        cls.namespace["__init__"] = NativeFunction("__init__", initialize)
    if eq:
        cls.namespace.setdefault("__eq__", NativeFunction("__eq__", equal))
    if text:
        cls.namespace.setdefault("__repr__", NativeFunction("__repr__", represent))
    if order:
        for name, op in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            cls.namespace[name] = NativeFunction(name, comparing(op))


def compared_values(vm: Machine, self: Instance) -> tuple[Value, ...]:
    fields = fields_of(self.cls).values()
    return tuple(vm.get_attribute(self, field.name) for field in fields if field.compared and field.stored)


def equal(vm: Machine, self: Instance, other: Value) -> Value:
    if self is other:
        return True
    if not isinstance(known(other), Instance) or other.cls is not self.cls:
        return False
    return vm.compare("==", compared_values(vm, self), compared_values(vm, other))


def comparing(op: str) -> Callable[..., Value]:
    def call(vm: Machine, self: Instance, other: Value) -> Value:
        return vm.compare(op, compared_values(vm, self), compared_values(vm, other))

    return call


def represent(vm: Machine, self: Instance) -> str:
    fields = [field for field in fields_of(self.cls).values() if field.shown and field.stored]
    shown = (f"{field.name}={repr_of(vm, vm.get_attribute(self, field.name))}" for field in fields)
    return f"{self.cls.name}({', '.join(shown)})"


def body_default(cls: ClassValue, name: str) -> Value:
    """What the class body assigns to an annotated name; a property there is not a default."""
    value = cls.namespace.get(name, MISSING)
    return MISSING if isinstance(value, PropertyValue) else value


def with_keywords_only(field: RecordField) -> RecordField:
    return replace(field, keyword_only=True)


def replaced(vm: Machine, self: Instance, changes: dict[str, Value]) -> Value:
    """A new instance with some fields changed, made by the constructor."""
    given = {
        field.parameter: vm.get_attribute(self, field.name)
        for field in fields_of(self.cls).values()
        if field.init and field.stored and field.parameter not in changes
    }
    return vm.instantiate(self.cls, (), {**given, **changes})
