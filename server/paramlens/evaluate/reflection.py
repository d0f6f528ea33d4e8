"""The double-underscore attributes that model code reads: names, modules, dicts of classes, functions and instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks import namespace
from paramlens.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    NativeFunction,
    PartialValue,
    PropertyValue,
    Reason,
    SuperValue,
    Unknown,
    Value,
    fresh,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MISSING = object()


def attribute(vm: Interpreter, value: Value, name: str) -> Value:
    """Attributes of functions, methods, partials and properties."""
    if isinstance(value, FunctionValue):
        return _function(vm, value, name)
    if isinstance(value, BoundMethod):
        if name == "__self__":
            return value.receiver
        if name == "__func__":
            return value.function
        return vm.get_attribute(value.function, name) if name != "__wrapped__" else MISSING
    if isinstance(value, PartialValue):
        table = {"func": value.function, "args": value.args, "keywords": DictValue(dict(value.kwargs))}
        return table.get(name, MISSING)
    if isinstance(value, NativeFunction) and name in ("__name__", "__qualname__"):
        return value.name.rsplit(".", 1)[-1]
    if isinstance(value, NativeFunction) and name == "__module__":
        return value.name.rpartition(".")[0] or "builtins"
    if isinstance(value, PropertyValue) and name == "fget":
        return value.getter
    if isinstance(value, SuperValue) and name == "__class__":
        return vm.builtin_class("object")
    if name in ("astype", "item") and isinstance(value, int | float):
        return NativeFunction(name, lambda vm, *kind: _numpy_scalar(value, *kind))
    if name == "__class__":
        return vm.type_of(value)
    if name == "__doc__":
        return None
    return MISSING


def _numpy_scalar(value: int | float, kind: Value = None) -> Value:
    """`np.floor(x).astype(int)`: numpy's scalars are kept as Python numbers."""
    if kind is None:
        return value
    name = kind if isinstance(kind, str) else getattr(kind, "name", "")
    if "int" in name:
        return int(value)
    return float(value) if "float" in name else Unknown(Reason.UNSUPPORTED, f"astype({name})")


def _function(vm: Interpreter, value: FunctionValue, name: str) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    if name == "__name__":
        return value.name
    if name == "__class__":
        return vm.type_of(value)
    if name == "__qualname__":
        return f"{value.owner.name}.{value.name}" if value.owner is not None else value.name
    if name == "__module__":
        return value.module.name
    if name == "__dict__":
        return DictValue(dict(value.attributes))
    if name == "__defaults__":
        return tuple(value.defaults.values()) or None
    if name in ("__doc__", "__kwdefaults__"):
        return None
    if name in ("__code__", "__globals__", "__closure__"):
        return fresh(Reason.UNSUPPORTED, f"{value.name}.{name}", vm.place)
    if name == "__annotations__":
        return DictValue(open=True)
    return MISSING


def class_attribute(vm: Interpreter, cls: ClassValue, name: str) -> Value:
    """Attributes that every class has."""
    if name in ("__name__", "__qualname__"):
        return cls.name
    if name == "__module__":
        return cls.module.name if cls.module is not None else cls.qualified_name.rpartition(".")[0] or "builtins"
    if name == "__mro__":
        return cls.mro
    if name == "__bases__":
        return cls.bases
    if name == "__base__":
        return cls.bases[0] if cls.bases else None
    if name == "__class__":
        return cls.traits.get("metaclass") or vm.builtin_class("type")
    if name == "__dict__":
        return vm.class_dict(cls)
    if name == "__annotations__":
        return DictValue(dict(cls.annotations))
    if name == "__doc__":
        return None
    if name == "mro":
        return NativeFunction("mro", lambda vm: vm.make_list(cls.mro))
    return MISSING


def instance_attribute(vm: Interpreter, value: Instance, name: str) -> Value:
    """Attributes that every instance has."""
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return vm.attribute_dict(value)
    if name == "__module__":
        return class_attribute(vm, value.cls, "__module__")
    if name == "__doc__":
        return None
    return MISSING


def names_of(vm: Interpreter, value: Value) -> ListValue:
    """`dir(value)`; of a framework's module only the declared names are known, and there may be more."""
    if isinstance(value, ModuleValue) and value.source is None:
        known = namespace.names_below(value.name)
        return ListValue(known, fresh(Reason.UNSUPPORTED, f"dir({value.name})", vm.place))
    if isinstance(value, ModuleValue):
        names = {*value.scope.names, *value.source.names()}
        rest = fresh(Reason.UNSUPPORTED, f"dir({value.name})", vm.place) if value.source.has_stars else None
        return ListValue(sorted(names - {"*"}), rest)
    classes: tuple[Value, ...] = ()
    names = set()
    if isinstance(value, Instance):
        names, classes = set(value.attributes), value.cls.mro
    elif isinstance(value, ClassValue):
        classes = value.mro
    else:
        return ListValue([], fresh(Reason.UNSUPPORTED, "dir", vm.place))
    for cls in classes:
        names |= set(cls.namespace) if isinstance(cls, ClassValue) else set()
    whole = all(isinstance(cls, ClassValue) and cls.declaration is None for cls in classes)
    rest = None if whole else fresh(Reason.UNSUPPORTED, "dir", vm.place)
    return ListValue(sorted(name for name in names if isinstance(name, str)), rest)
