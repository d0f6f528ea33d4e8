"""Reading, setting and deleting attributes of any value, as Python's descriptor rules have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate import aliases, modules, reflection
from paramlens.evaluate.alternatives import Alternatives, each, undecided
from paramlens.evaluate.frames import Thrown
from paramlens.evaluate.frameworks import namespace, tensors
from paramlens.evaluate.frameworks.named_results import NamedResult
from paramlens.evaluate.frameworks.torch_registries import is_module
from paramlens.values import (
    LONGEST_DETAIL,
    BoundMethod,
    ClassMethodValue,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ModuleValue,
    NativeFunction,
    ParameterValue,
    PartialValue,
    PropertyValue,
    Reason,
    StaticMethodValue,
    SuperValue,
    TensorValue,
    Unknown,
    Value,
    derived,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MISSING = object()
CALLABLE = (FunctionValue, NativeFunction)


def _of_unknown(value: Unknown, name: str) -> Unknown:
    detail = f"{value.label}.{name}" if value.label else name
    if len(detail) > LONGEST_DETAIL:
        return derived(value, detail, value, "attribute", name)
    return Unknown(value.reason, detail, value.place, value.serial)


def get(vm: Interpreter, value: Value, name: str) -> Value:
    """`value.name`, or MISSING when there certainly is no such attribute."""
    kind = type(value)
    if kind is Instance:
        return _instance(vm, value, name)
    if kind is Alternatives:
        return _alternatives(vm, value, name)
    if kind is Unknown:
        found = _of_unknown(value, name)
        return aliases.attribute(vm, value, name, found) if value.options else found
    if kind is ModuleValue:
        return _module(vm, value, name)
    if kind is ClassValue:
        return _class(vm, value, name)
    if kind is SuperValue:
        return _super(vm, value, name)
    if isinstance(value, TensorValue):
        return tensors.attribute(vm, value, name)
    if kind is NamedResult and name in value.fields:
        return value[value.fields.index(name)]
    special = reflection.attribute(vm, value, name)
    if special is not reflection.MISSING:
        return special
    cls = vm.type_of(value)
    if isinstance(cls, Unknown):
        return cls
    found = class_attribute(cls, name)
    return MISSING if found is None else bind(vm, found, value, cls)


def class_attribute(cls: ClassValue, name: str) -> Value:
    """The raw attribute found along the MRO, or None."""
    for base in cls.mro:
        if type(base) is ClassValue and name in base.namespace:
            return base.namespace[name]
    return None


def bind(vm: Interpreter, found: Value, receiver: Value, cls: ClassValue) -> Value:
    """What reading a class attribute through an instance gives."""
    kind = type(found)
    if kind in CALLABLE:
        return BoundMethod(found, receiver)
    if kind is PropertyValue:
        return vm.call(found.getter, (receiver,))
    if kind is StaticMethodValue:
        return found.function
    if kind is ClassMethodValue:
        return BoundMethod(found.function, cls)
    if kind is Instance:
        getter = class_attribute(found.cls, "__get__")
        if type(getter) is FunctionValue:
            return vm.call(getter, (found, receiver, cls))
    return found


def _data_descriptor(found: Value, method: str) -> FunctionValue | None:
    """`__set__` or `__delete__` of a class attribute that is a descriptor of the program."""
    hook = class_attribute(found.cls, method) if type(found) is Instance else None
    return hook if type(hook) is FunctionValue else None


def _instance(vm: Interpreter, value: Instance, name: str) -> Value:
    hook = class_attribute(value.cls, "__getattribute__")
    if type(hook) is FunctionValue and hook not in vm.running:
        return vm.call(hook, (value, name))
    found = class_attribute(value.cls, name)
    if type(found) is PropertyValue and not (found.cached and name in value.attributes):
        return _property_or_fallback(vm, found, value, name)
    if name in value.attributes and _data_descriptor(found, "__set__") is None:
        return value.attributes[name]
    if value.payload is not None and _is_own_dict(value) and name in value.payload.items:
        return value.payload.items[name]
    if found is not None or _declares(value.cls, name):
        return bind(vm, found, value, value.cls)
    special = reflection.instance_attribute(vm, value, name)
    if special is not reflection.MISSING:
        return special
    if value.state is not None:
        special = vm.layer_attribute(value, name)
        if special is not MISSING:
            return special
    fallback = class_attribute(value.cls, "__getattr__")
    if fallback is not None:
        return vm.call(fallback, (value, name))
    if "__dict__" in value.attributes or any(type(base) is Unknown for base in value.cls.mro):
        return aliases.method(value, name, Unknown(Reason.UNRESOLVED_ATTRIBUTE, name, value.place))
    return MISSING


def _alternatives(vm: Interpreter, value: Alternatives, name: str) -> Value:
    """What the attribute is for every option."""
    results = [get(vm, option, name) for option in value.options]
    if MISSING in results:
        return undecided(value)
    return each(vm, value, results, name)


def _declares(cls: ClassValue, name: str) -> bool:
    return any(type(base) is ClassValue and name in base.namespace for base in cls.mro)


def _property_or_fallback(vm: Interpreter, found: PropertyValue, value: Instance, name: str) -> Value:
    """A property; where its getter raises AttributeError, what `__getattr__` gives."""
    fallback = class_attribute(value.cls, "__getattr__")
    if type(fallback) is not FunctionValue:
        return _property(vm, found, value, name)
    try:
        return _property(vm, found, value, name)
    except Thrown as error:
        if error.kind != "AttributeError":
            raise
        return vm.call(fallback, (value, name))


def _property(vm: Interpreter, found: PropertyValue, value: Instance, name: str) -> Value:
    result = vm.call(found.getter, (value,))
    if found.cached:
        vm.touch(value)
        value.attributes[name] = result
    return result


def _module(vm: Interpreter, value: ModuleValue, name: str) -> Value:
    found = modules.attribute(vm, value, name)
    return MISSING if found is modules.MISSING else found


def _class(vm: Interpreter, cls: ClassValue, name: str) -> Value:
    found = class_attribute(cls, name)
    if found is not None or _declares(cls, name):
        kind = type(found)
        if kind is StaticMethodValue:
            return found.function
        if kind is ClassMethodValue:
            return BoundMethod(found.function, cls)
        return found
    special = reflection.class_attribute(vm, cls, name)
    if special is not reflection.MISSING:
        return special
    metaclass = cls.traits.get("metaclass")
    if isinstance(metaclass, ClassValue):
        found = class_attribute(metaclass, name)
        if found is not None:
            return bind(vm, found, cls, metaclass)
        fallback = class_attribute(metaclass, "__getattr__")
        if fallback is not None:
            return vm.call(fallback, (cls, name))
    if cls.declaration is not None:
        native = namespace.resolve(vm, f"{cls.qualified_name}.{name}")
        if not isinstance(native, Unknown):
            return native
    if cls.declaration is not None or any(type(base) is Unknown for base in cls.mro):
        return Unknown(Reason.UNRESOLVED_ATTRIBUTE, f"{cls.name}.{name}")
    return MISSING


def _incomplete_initializer(receiver: Instance, base: Unknown) -> NativeFunction:
    """`__init__` of a base class that is not known: the instance may own more than is seen."""
    return NativeFunction("__init__", lambda vm, *args, **kwargs: vm.mark_incomplete(receiver, base))


def _super(vm: Interpreter, value: SuperValue, name: str) -> Value:
    receiver = value.receiver
    cls = receiver if isinstance(receiver, ClassValue) else receiver.cls
    mro = cls.mro
    if name == "__call__" and isinstance(receiver, ClassValue) and value.cls not in mro:  # in a metaclass
        return NativeFunction("type.__call__", lambda vm, *a, **kw: vm.instantiate(receiver, a, kw, vm.place))
    start = next((i for i, base in enumerate(mro) if base is value.cls), -1) + 1
    for base in mro[start:]:
        if type(base) is Unknown:
            if isinstance(receiver, Instance) and name == "__init__":
                return _incomplete_initializer(receiver, base)
            return Unknown(base.reason, f"{base.detail}.{name}", base.place)
        if name in base.namespace:
            found = base.namespace[name]
            if isinstance(receiver, ClassValue):
                if type(found) is ClassMethodValue:
                    return BoundMethod(found.function, receiver)
                return found.function if type(found) is StaticMethodValue else found
            return bind(vm, found, receiver, cls)
    if isinstance(receiver, Instance) and receiver.state is not None:
        return vm.layer_attribute(receiver, name)
    return MISSING


def set_(vm: Interpreter, value: Value, name: str, new: Value) -> None:
    """`value.name = new`."""
    if isinstance(value, Unknown | Alternatives):
        aliases.perhaps(vm, value, lambda option: set_(vm, option, name, new))
    elif isinstance(value, Instance):
        found = class_attribute(value.cls, name)
        if type(found) is PropertyValue and not (is_module(value) and is_module(new)):  # torch registers modules first
            if found.setter is not None:
                vm.call(found.setter, (value, new))
                return
            if not found.cached:
                vm.throw("AttributeError", f"can't set attribute '{name}'")
        hook = class_attribute(value.cls, "__setattr__")
        if type(hook) is FunctionValue and hook not in vm.running:
            vm.call(hook, (value, name, new))
            return
        setter = _data_descriptor(found, "__set__")
        if setter is not None and not (is_module(value) and _is_part(new)):  # torch registers these first
            vm.call(setter, (found, value, new))
            return
        store(vm, value, name, new)
    elif isinstance(value, ClassValue):
        vm.touch(value)
        value.namespace[name] = new
    elif isinstance(value, ModuleValue):
        vm.touch(value.scope)
        value.scope.names[name] = new
        vm.bound(value.scope, name)
    elif isinstance(value, FunctionValue):
        vm.touch(value)
        value.attributes[name] = new
    elif isinstance(value, BoundMethod):
        set_(vm, value.function, name, new)
    elif isinstance(value, TensorValue):
        tensors.set_attribute(vm, value, name, new)
    elif isinstance(value, DictValue | PartialValue):
        return
    elif not isinstance(value, NativeFunction):
        vm.throw("AttributeError", f"'{vm.type_name(value)}' object has no attribute '{name}'")


def _is_part(value: Value) -> bool:
    """Whether torch registers a value when it is set on a module."""
    return is_module(value) or isinstance(value, ParameterValue)


def store(vm: Interpreter, value: Instance, name: str, new: Value) -> None:
    """`object.__setattr__`, with what the frameworks do when a layer's attribute is set."""
    vm.touch(value)
    if value.state is not None and vm.layer_set(value, name, new):
        return
    if value.state is None and _is_own_dict(value) and name != "__dict__":
        vm.set_item(value.payload, name, new)
        return
    if name == "__dict__" and value.state is None and type(new) is DictValue and not new.open:
        value.attributes = {key: item for key, item in new.items.items() if isinstance(key, str)}
        return
    value.attributes[name] = new


def _is_own_dict(value: Instance) -> bool:
    """After `self.__dict__ = self` in a subclass of dict: its items are its attributes."""
    return value.attributes.get("__dict__") is value and isinstance(value.payload, DictValue)


def delete(vm: Interpreter, value: Value, name: str) -> None:
    """`del value.name`."""
    if isinstance(value, Unknown | Alternatives):
        aliases.perhaps(vm, value, lambda option: delete(vm, option, name))
    elif isinstance(value, Instance):
        hook = class_attribute(value.cls, "__delattr__")
        if type(hook) is FunctionValue and hook not in vm.running:
            vm.call(hook, (value, name))
            return
        found = class_attribute(value.cls, name)
        deleter = _data_descriptor(found, "__delete__")
        if deleter is not None:
            vm.call(deleter, (found, value))
            return
        vm.touch(value)
        if name not in value.attributes:
            if value.state is None or value.state.incomplete is None:
                vm.throw("AttributeError", name)
            return
        del value.attributes[name]
    elif isinstance(value, ClassValue):
        vm.touch(value)
        value.namespace.pop(name, None)
    elif isinstance(value, ModuleValue):
        vm.touch(value.scope)
        value.scope.names.pop(name, None)
        vm.bound(value.scope, name)
