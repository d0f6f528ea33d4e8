"""`object`, `type`, descriptors, functions and iterators: the classes that hold no data."""

from __future__ import annotations

from typing import NoReturn

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import new_method, value_class
from paramlens.evaluate.python.formatting import repr_of, text_of
from paramlens.evaluate.python.items import advance
from paramlens.evaluate.python.natives import MISSING, known, make_class, native, touch
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    PropertyValue,
    Reason,
    StaticMethodValue,
    Value,
    undetermined,
)

OBJECT_METHODS: dict[str, Value] = {}
TYPE_METHODS: dict[str, Value] = {}
ITERATOR_METHODS: dict[str, Value] = {}
PROPERTY_METHODS: dict[str, Value] = {}


def construct_object(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    return vm.new_instance(cls)


@native(OBJECT_METHODS, "__init__", "__init_subclass__")
def do_nothing(vm: Machine, *args: Value, **kwargs: Value) -> None:
    return None


@native(OBJECT_METHODS, "__repr__")
def object_repr(vm: Machine, self: Value) -> str:
    if isinstance(self, Instance):
        raise undetermined(Reason.ENVIRONMENT, "the address of an object")
    return repr_of(vm, self)


@native(OBJECT_METHODS, "__str__")
def object_str(vm: Machine, self: Value) -> str:
    return repr_of(vm, self) if isinstance(self, Instance) else text_of(vm, self)


@native(OBJECT_METHODS, "__setattr__")
def object_setattr(vm: Machine, self: Value, name: Value, value: Value) -> None:
    """Sets the attribute itself, without asking a `__setattr__` of the class."""
    text = known(name)
    hides = isinstance(self, Instance) and self.state is not None and self.state.framework == "torch"
    if not isinstance(self, Instance) or (self.state is not None and not hides):  # a layer registers what is set on it
        vm.set_attribute(self, text, value)
        return
    touch(vm, self)
    self.attributes[text] = value
    if hides:  # torch registers in its own `__setattr__` alone
        self.state.hidden |= {text}


@native(OBJECT_METHODS, "__delattr__")
def object_delattr(vm: Machine, self: Value, name: Value) -> None:
    text = known(name)
    if not isinstance(self, Instance):
        vm.delete_attribute(self, text)
        return
    if text not in self.attributes:
        vm.throw("AttributeError", str(text))
    touch(vm, self)
    del self.attributes[text]


@native(OBJECT_METHODS, "__getattribute__")
def object_getattribute(vm: Machine, self: Value, name: Value) -> Value:
    return vm.get_attribute(known(self), known(name))


@native(OBJECT_METHODS, "__dir__", "__sizeof__", "__reduce__", "__reduce_ex__", "__hash__")
def object_unknown(vm: Machine, self: Value, *args: Value) -> NoReturn:
    raise undetermined(Reason.UNSUPPORTED, "a property of the object itself")


@native(TYPE_METHODS, "mro")
def type_mro(vm: Machine, self: Value) -> Value:
    return ListValue(list(self.mro))


@native(TYPE_METHODS, "__subclasses__")
def type_subclasses(vm: Machine, self: Value) -> NoReturn:
    raise undetermined(Reason.UNSUPPORTED, "__subclasses__")


@native(TYPE_METHODS, "__instancecheck__")
def type_instancecheck(vm: Machine, self: Value, instance: Value) -> Value:
    answer = vm.is_instance(instance, self)
    if answer is None:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "isinstance")
    return answer


def make_type(vm: Machine, value: Value, bases: Value = MISSING, namespace: Value = MISSING) -> Value:
    """`type(value)`, or the class that `type(name, bases, namespace)` makes of what is known."""
    if bases is not MISSING:
        known_bases = isinstance(bases, tuple) and all(type(base) is ClassValue for base in bases)
        items = namespace.items if isinstance(namespace, DictValue) and not namespace.open else None
        if not (isinstance(value, str) and known_bases and items is not None and all(type(k) is str for k in items)):
            raise undetermined(Reason.UNSUPPORTED, "type(name, bases, namespace)")
        return vm.new_class(value, bases, items)
    return known(vm.type_of(known(value)))


# ------------------------------------------------------------------------------------------------------- iterators


@native(ITERATOR_METHODS, "__next__")
def iterator_next(vm: Machine, self: IteratorValue) -> Value:
    item = advance(vm, self)
    if item is MISSING:
        vm.throw("StopIteration")
    return item


@native(ITERATOR_METHODS, "send")
def generator_send(vm: Machine, self: IteratorValue, value: Value) -> Value:
    if value is not None:
        raise undetermined(Reason.UNSUPPORTED, "send")
    return iterator_next(vm, self)


@native(ITERATOR_METHODS, "__iter__")
def iterator_iter(vm: Machine, self: Value) -> Value:
    return self


@native(ITERATOR_METHODS, "close")
def generator_close(vm: Machine, self: IteratorValue) -> None:
    touch(vm, self)
    self.position, self.rest = len(self.items), None


# ------------------------------------------------------------------------------------------------------ descriptors


def make_property(
    vm: Machine, fget: Value = None, fset: Value = None, fdel: Value = None, doc: Value = None
) -> PropertyValue:
    return PropertyValue(fget, fset)


@native(PROPERTY_METHODS, "setter")
def property_setter(vm: Machine, self: PropertyValue, function: Value) -> PropertyValue:
    return PropertyValue(self.getter, function, self.cached)


@native(PROPERTY_METHODS, "getter")
def property_getter(vm: Machine, self: PropertyValue, function: Value) -> PropertyValue:
    return PropertyValue(function, self.setter, self.cached)


@native(PROPERTY_METHODS, "deleter")
def property_deleter(vm: Machine, self: PropertyValue, function: Value) -> PropertyValue:
    return self


def make_static(vm: Machine, function: Value) -> StaticMethodValue:
    return StaticMethodValue(function)


def make_class_method(vm: Machine, function: Value) -> ClassMethodValue:
    return ClassMethodValue(function)


OBJECT = make_class("object", (), OBJECT_METHODS, construct_object)
OBJECT_METHODS["__new__"] = new_method(construct_object)
TYPE = value_class("type", OBJECT, make_type, TYPE_METHODS)
NONE_TYPE = make_class("NoneType", (OBJECT,))
ELLIPSIS_TYPE = make_class("ellipsis", (OBJECT,))
PROPERTY = value_class("property", OBJECT, make_property, PROPERTY_METHODS)
STATIC_METHOD = value_class("staticmethod", OBJECT, make_static, {})
CLASS_METHOD = value_class("classmethod", OBJECT, make_class_method, {})
SUPER = make_class("super", (OBJECT,))
FUNCTION = make_class("function", (OBJECT,))
NATIVE_FUNCTION = make_class("builtin_function_or_method", (OBJECT,))
METHOD = make_class("method", (OBJECT,))
MODULE = make_class("module", (OBJECT,))
NOT_IMPLEMENTED_TYPE = make_class("NotImplementedType", (OBJECT,))
NOT_IMPLEMENTED = Instance(NOT_IMPLEMENTED_TYPE)
GENERATOR = make_class("generator", (OBJECT,), ITERATOR_METHODS)

OBJECT_CLASSES = {
    cls.name: cls
    for cls in (
        OBJECT, TYPE, NONE_TYPE, ELLIPSIS_TYPE, PROPERTY, STATIC_METHOD, CLASS_METHOD, SUPER, FUNCTION,
        NATIVE_FUNCTION, METHOD, MODULE, GENERATOR, NOT_IMPLEMENTED_TYPE,
    )
}  # fmt: skip
