"""`collections.namedtuple` and `typing.NamedTuple`: classes whose instances hold a tuple in `payload`."""

from __future__ import annotations

from collections.abc import Callable

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import new_method
from paramlens.evaluate.python.formatting import repr_of
from paramlens.evaluate.python.natives import ask_truth, known, limited, make_class, plain, to_python, touch
from paramlens.evaluate.python.sequences import TUPLE
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    DictValue,
    Instance,
    NativeFunction,
    PropertyValue,
    Value,
)

NAMED_TUPLE = make_class("NamedTuple", (TUPLE,), {}, None, "typing")


def is_named_tuple(cls: ClassValue) -> bool:
    """Whether a class statement names `typing.NamedTuple` as its base."""
    return any(base is NAMED_TUPLE for base in cls.bases)


def finish_class(vm: Machine, cls: ClassValue) -> None:
    """Make the annotated names of a class body the fields of the tuple."""
    fields = tuple(cls.annotations)
    defaults = {name: cls.namespace[name] for name in fields if name in cls.namespace}
    vm.touch(cls)
    add_fields(cls, fields, defaults)


def namedtuple(
    vm: Machine,
    typename: Value,
    field_names: Value,
    *,
    rename: Value = False,
    defaults: Value = None,
    module: Value = None,
) -> ClassValue:
    """`namedtuple("Point", "x y")`."""
    names = known(plain(field_names))
    listed = names.replace(",", " ").split() if isinstance(names, str) else [to_python(n) for n in limited(vm, names)]
    if ask_truth(vm, rename):
        listed = [
            name if name.isidentifier() and not name.startswith("_") else f"_{i}" for i, name in enumerate(listed)
        ]
    values = limited(vm, defaults) if defaults is not None else []
    title = to_python(typename)
    cls = make_class(title, (TUPLE,), {})
    cls.annotations = dict.fromkeys(listed)
    add_fields(cls, tuple(listed), dict(zip(listed[len(listed) - len(values) :], values, strict=True)))
    return cls


def typed_namedtuple(vm: Machine, typename: Value, fields: Value = (), **kwargs: Value) -> ClassValue:
    """`NamedTuple("Point", [("x", int), ("y", int)])`."""
    names = [limited(vm, pair)[0] for pair in limited(vm, fields)] or list(kwargs)
    return namedtuple(vm, typename, tuple(names))


NAMED_TUPLE.construct = lambda vm, cls, args, kwargs: typed_namedtuple(vm, *args, **kwargs)


def add_fields(cls: ClassValue, fields: tuple[str, ...], defaults: dict[str, Value]) -> None:
    """Give a class the constructor, the properties and the methods of a named tuple."""

    def values(vm: Machine, args: tuple[Value, ...], kwargs: dict[str, Value]) -> tuple[Value, ...]:
        if len(args) > len(fields):
            vm.throw("TypeError", f"{cls.name} takes {len(fields)} arguments but {len(args)} were given")
        given = dict(zip(fields, args, strict=False))
        for name, value in kwargs.items():
            if name not in fields or name in given:
                vm.throw("TypeError", f"{cls.name} got an unexpected argument '{name}'")
            given[name] = value
        for name in fields:
            if name not in given and name not in defaults:
                vm.throw("TypeError", f"{cls.name} missing argument: '{name}'")
        return tuple(given[name] if name in given else defaults[name] for name in fields)

    def construct(vm: Machine, kind: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Instance:
        instance = vm.new_instance(kind)
        instance.payload = values(vm, args, kwargs)
        return instance

    def initialize(vm: Machine, self: Instance, *args: Value, **kwargs: Value) -> None:
        if self.payload is None:
            touch(vm, self)
            self.payload = values(vm, args, kwargs)

    def make(vm: Machine, kind: ClassValue, iterable: Value) -> Instance:
        return construct(vm, kind, tuple(limited(vm, iterable)), {})

    def as_dict(vm: Machine, self: Instance) -> DictValue:
        return DictValue(dict(zip(fields, self.payload, strict=True)))

    def replace(vm: Machine, self: Instance, **changes: Value) -> Instance:
        return construct(vm, self.cls, (), {**dict(zip(fields, self.payload, strict=True)), **changes})

    def represent(vm: Machine, self: Instance) -> str:
        pairs = zip(fields, self.payload, strict=True)
        return f"{self.cls.name}({', '.join(f'{name}={repr_of(vm, value)}' for name, value in pairs)})"

    cls.construct = construct
    for position, name in enumerate(fields):
        cls.namespace[name] = PropertyValue(NativeFunction(name, field_getter(position)))
    cls.namespace |= {
        "_fields": fields,
        "_field_defaults": DictValue(dict(defaults)),
        "__new__": new_method(construct),
        "_make": ClassMethodValue(NativeFunction("_make", make)),
    }
    for name, method in (
        ("_asdict", as_dict),
        ("_replace", replace),
        ("__init__", initialize),
        ("__repr__", represent),
    ):
        cls.namespace.setdefault(name, NativeFunction(name, method))


def field_getter(position: int) -> Callable[[Machine, Instance], Value]:
    def get(vm: Machine, self: Instance) -> Value:
        return self.payload[position]

    return get
