"""The builtin functions that look at one value: its size, class, attributes, text."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.arithmetic import absolute, power_modulo
from paramlens.evaluate.python.config_files import open_
from paramlens.evaluate.python.formatting import ascii_of, format_value, repr_of
from paramlens.evaluate.python.natives import (
    MISSING,
    compute,
    known,
    native,
    opaque,
    plain,
    to_python,
)
from paramlens.evaluate.python.operators import length
from paramlens.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    NativeFunction,
    ParameterValue,
    PartialValue,
    Reason,
    SuperValue,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
    undetermined,
)

INSPECTING: dict[str, Value] = {}
FUNCTIONS = (FunctionValue, NativeFunction, BoundMethod, PartialValue, ClassValue)

native(INSPECTING, "abs")(absolute)
native(INSPECTING, "pow")(lambda vm, base, exp, mod=None: power_modulo(vm, base, exp, mod))
native(INSPECTING, "ascii")(lambda vm, value: ascii_of(repr_of(vm, value)))
native(INSPECTING, "repr")(repr_of)
native(INSPECTING, "format")(lambda vm, value, spec="": format_value(vm, value, None, spec))
native(INSPECTING, "print")(lambda vm, *values, **options: None)
native(INSPECTING, "breakpoint")(lambda vm, *values, **options: None)
native(INSPECTING, "input")(opaque(Reason.ENVIRONMENT, "input()"))
native(INSPECTING, "open")(open_)
native(INSPECTING, "id")(opaque(Reason.ENVIRONMENT, "the address of an object"))
native(INSPECTING, "memoryview", "bytearray")(opaque(Reason.UNSUPPORTED, "bytes that change"))
native(INSPECTING, "globals", "locals", "__import__")(opaque(Reason.UNSUPPORTED, "the names in scope"))


def on_data(name: str, function: Any) -> None:
    """A builtin that runs on known plain data alone."""

    def call(vm: Machine, value: Value, /) -> Value:
        return compute(vm, function, to_python(value))

    INSPECTING[name] = NativeFunction(name, call)


for data_name, data_function in (("bin", bin), ("hex", hex), ("oct", oct), ("chr", chr), ("ord", ord)):
    on_data(data_name, data_function)


@native(INSPECTING, "hash")
def hash_(vm: Machine, value: Value, /) -> Value:
    """Known for numbers alone: that of a str differs from run to run."""
    number = known(plain(value))
    if isinstance(number, int | float | complex):
        return compute(vm, hash, number)
    raise undetermined(Reason.ENVIRONMENT, "the hash of an object")


@native(INSPECTING, "len")
def len_(vm: Machine, value: Value, /) -> Value:
    holder = plain(value)
    if isinstance(holder, TensorValue) and holder.shape:
        return known(holder.shape[0] if holder.shape[0] is not None else Unknown(Reason.DATA_DEPENDENT, "len"))
    if isinstance(value, Instance):
        method = vm.get_attribute(value, "__len__", None)
        if method is not None:
            return known(vm.call(method))
    if isinstance(value, ClassValue) and isinstance(value.traits.get("metaclass"), ClassValue):
        method = next(
            (base.namespace["__len__"] for base in value.traits["metaclass"].mro if "__len__" in base.namespace), None
        )
        return length(vm, value) if method is None else known(vm.call(method, (value,)))
    return length(vm, value)


@native(INSPECTING, "round")
def round_(vm: Machine, number: Value, ndigits: Value = None) -> Value:
    value = known(plain(number))
    if isinstance(value, Sym):
        if ndigits is None or (isinstance(ndigits, int) and ndigits >= 0):
            return value
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(value))
    return compute(vm, round, to_python(value), known(ndigits))


@native(INSPECTING, "divmod")
def divmod_(vm: Machine, a: Value, b: Value, /) -> Value:
    return known(vm.binary("//", a, b)), known(vm.binary("%", a, b))


@native(INSPECTING, "callable")
def callable_(vm: Machine, value: Value, /) -> Value:
    value = known(value)
    if isinstance(value, FUNCTIONS):
        return True
    if isinstance(value, Instance):
        return vm.is_module_instance(value) or known(vm.get_attribute(value, "__call__", None)) is not None
    return False


# ----------------------------------------------------------------------------------------------- classes of values


@native(INSPECTING, "isinstance")
def isinstance_(vm: Machine, value: Value, cls: Value, /) -> Value:
    answer = vm.is_instance(value, cls)
    if answer is None:
        known(value), known(cls)
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "isinstance")
    return answer


@native(INSPECTING, "issubclass")
def issubclass_(vm: Machine, cls: Value, parent: Value, /) -> Value:
    if not isinstance(known(cls), ClassValue):
        vm.throw("TypeError", "issubclass() arg 1 must be a class")
    answer = vm.is_subclass(cls, parent)
    if answer is None:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "issubclass")
    return answer


# ------------------------------------------------------------------------------------------------------ attributes


def attribute_name(vm: Machine, name: Value) -> str:
    text = known(plain(name))
    if not isinstance(text, str):
        if isinstance(text, TensorValue | Instance):
            raise undetermined(Reason.UNSUPPORTED, "an attribute name")
        vm.throw("TypeError", "attribute name must be string")
    return text


@native(INSPECTING, "getattr")
def getattr_(vm: Machine, value: Value, name: Value, default: Value = MISSING, /) -> Value:
    try:
        text = attribute_name(vm, name)
    except Undetermined as problem:
        raise Undetermined(vm.any_attribute(value, problem.unknown)) from None
    if default is MISSING:
        return vm.get_attribute(known(value), text)
    return vm.get_attribute(known(value), text, default)


@native(INSPECTING, "hasattr")
def hasattr_(vm: Machine, value: Value, name: Value, /) -> Value:
    found = vm.get_attribute(known(value), attribute_name(vm, name), MISSING)
    if isinstance(found, Unknown) and found.reason in (Reason.UNRESOLVED_ATTRIBUTE, Reason.BRANCHES):
        raise Undetermined(found)
    return found is not MISSING


@native(INSPECTING, "setattr")
def setattr_(vm: Machine, value: Value, name: Value, new: Value, /) -> None:
    """Under a name that is not known, the value is kept under one that no code can write: a layer still counts.

    Where a layer holds others already, it may take the place of one of them.
    """
    try:
        text = attribute_name(vm, name)
    except Undetermined as problem:
        if isinstance(value, ParameterValue):
            vm.touch(value)
            value.trainable = vm.unknown(Reason.UNKNOWN_ARGUMENT, "requires_grad")
        if not isinstance(value, Instance):
            raise
        if value.state is not None and (isinstance(new, bool) or any(map(_is_part, value.attributes.values()))):
            vm.mark_incomplete(value, problem.unknown, doubtful=True)
        text = f"?{len(value.attributes)}"
    vm.set_attribute(known(value), text, new)


def _is_part(value: Value) -> bool:
    """Whether a layer that holds this value owns it."""
    return isinstance(value, ParameterValue) or (isinstance(value, Instance) and value.state is not None)


@native(INSPECTING, "delattr")
def delattr_(vm: Machine, value: Value, name: Value, /) -> None:
    try:
        text = attribute_name(vm, name)
    except Undetermined as problem:
        if isinstance(value, Instance) and value.state is not None:
            vm.mark_incomplete(value, problem.unknown, doubtful=True)
        raise
    vm.delete_attribute(known(value), text)


@native(INSPECTING, "vars")
def vars_(vm: Machine, value: Value = MISSING, /) -> Value:
    """`vars(object)`: its attributes themselves. Without an argument it is `locals()`, which is not modelled."""
    if value is MISSING:
        raise undetermined(Reason.UNSUPPORTED, "the names in scope")
    value = known(value)
    if isinstance(value, Instance):
        return vm.get_attribute(value, "__dict__")
    if isinstance(value, ClassValue):
        return DictValue(dict(value.namespace))
    if isinstance(value, ModuleValue) and value.native is None:
        return vm.get_attribute(value, "__dict__")
    raise undetermined(Reason.UNSUPPORTED, "vars")


@native(INSPECTING, "dir")
def dir_(vm: Machine, value: Value = MISSING, /) -> Value:
    """The attribute names of an instance of classes that are all known; otherwise not known."""
    value = known(value)
    if isinstance(value, Instance) and all(isinstance(cls, ClassValue) and cls.module for cls in value.cls.mro[:-1]):
        names = {*value.attributes, *(name for cls in value.cls.mro for name in cls.namespace)}
        return ListValue(sorted(names))
    raise undetermined(Reason.UNSUPPORTED, "dir")


@native(INSPECTING, "super")
def super_(vm: Machine, cls: Value = MISSING, receiver: Value = MISSING, /) -> Value:
    """`super(cls, self)`; the form without arguments belongs to the interpreter, which knows the method it is in."""
    if not isinstance(cls, ClassValue) or receiver is MISSING:
        raise undetermined(Reason.UNSUPPORTED, "super")
    return SuperValue(cls, known(receiver))
