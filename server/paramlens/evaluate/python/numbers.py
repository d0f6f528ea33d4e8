"""`int`, `float`, `bool`, `complex`."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import data_class, new_method
from paramlens.evaluate.python.limits import INTEGER_BITS, check_bits, check_text
from paramlens.evaluate.python.natives import (
    ask_truth,
    compute,
    delegate,
    known,
    make_class,
    method,
    native,
    plain,
    to_python,
    type_name,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.operators import (
    binary_methods,
    compare_methods,
    text_methods,
    truth_methods,
    unary_methods,
)
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    Instance,
    NativeFunction,
    Reason,
    TensorValue,
    Value,
    undetermined,
)

COMPARISONS = "== != < <= > >="
INT_METHODS: dict[str, Value] = {
    **text_methods(),
    **truth_methods(),
    **binary_methods("+ - * / // % ** << >> & | ^"),
    **unary_methods("- + ~"),
    **compare_methods(COMPARISONS),
}
FLOAT_METHODS: dict[str, Value] = {
    **text_methods(),
    **truth_methods(),
    **binary_methods("+ - * / // % **"),
    **unary_methods("- +"),
    **compare_methods(COMPARISONS),
}


def converted(vm: Machine, value: Value, *names: str) -> Value:
    """A number as plain data: that of a subclass, a one-element tensor, or what `__int__`, `__float__`, … return."""
    value = known(plain(value))
    if isinstance(value, TensorValue):
        if value.data is None or isinstance(value.data, tuple):
            raise undetermined(Reason.DATA_DEPENDENT, "the value of a tensor")
        return value.data
    if isinstance(value, Instance):
        for name in names:
            convert = vm.get_attribute(value, name, None)
            if convert is not None:
                return known(plain(vm.call(convert)))
    return value


def make_int(vm: Machine, x: Value = 0, /, base: Value = None) -> Value:
    """`int(x)`, `int(text, base)`; a symbol is an int already."""
    if base is not None:
        return compute(vm, int, short_text(to_python(x)), known(base))
    value = converted(vm, x, "__int__", "__index__", "__trunc__")
    if isinstance(value, Sym):
        return value
    if isinstance(value, int | float | str | bytes):
        return compute(vm, int, short_text(value))
    vm.throw(
        "TypeError",
        f"int() argument must be a string, a bytes-like object or a real number, not '{type_name(vm, x)}'",
    )


def short_text(value: Any) -> Any:
    """A numeral of a length that converts quickly."""
    if isinstance(value, str | bytes):
        check_bits(len(value)) if len(value) > INTEGER_BITS else check_text(len(value))
    return value


def make_float(vm: Machine, x: Value = 0.0, /) -> Value:
    value = converted(vm, x, "__float__", "__index__")
    if isinstance(value, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(value))
    if isinstance(value, int | float | str | bytes):
        return compute(vm, float, short_text(value))
    vm.throw("TypeError", f"float() argument must be a string or a real number, not '{type_name(vm, x)}'")


def make_bool(vm: Machine, x: Value = False, /) -> Value:
    return ask_truth(vm, x)


def make_complex(vm: Machine, real: Value = 0, imag: Value = None) -> Value:
    if imag is None:
        return compute(vm, complex, short_text(to_python(real)))
    return compute(vm, complex, to_python(real), to_python(imag))


def identity(vm: Machine, self: Value) -> Value:
    return self


for number_name in ("conjugate", "__index__", "__int__", "__trunc__", "__floor__", "__ceil__"):
    method(INT_METHODS, number_name)(identity)
method(FLOAT_METHODS, "__float__", "conjugate")(identity)
native(INT_METHODS, "__float__")(make_float)
native(FLOAT_METHODS, "__int__", "__trunc__")(make_int)


@method(INT_METHODS, "__abs__")
@method(FLOAT_METHODS, "__abs__")
def absolute(vm: Machine, self: Value) -> Value:
    return abs(self)


@method(INT_METHODS, "is_integer")
def is_integer(vm: Machine, self: Value) -> Value:
    return True


for method_name in ("bit_length", "bit_count", "as_integer_ratio", "__hash__"):
    method(INT_METHODS, method_name)(delegate(getattr(int, method_name)))
for method_name in ("is_integer", "as_integer_ratio", "hex", "__hash__", "__floor__", "__ceil__"):
    method(FLOAT_METHODS, method_name)(delegate(getattr(float, method_name)))


@method(INT_METHODS, "to_bytes")
def to_bytes(vm: Machine, self: Value, length: Value = 1, byteorder: Value = "big", *, signed: Value = False) -> Value:
    size = to_python(length)
    check_text(size)
    return compute(vm, to_python(self).to_bytes, size, to_python(byteorder), signed=to_python(signed))


def from_bytes(vm: Machine, cls: ClassValue, data: Value, byteorder: Value = "big", *, signed: Value = False) -> Value:
    raw = to_python(data)
    return compute(vm, int.from_bytes, raw, to_python(byteorder), signed=to_python(signed))


def from_hex(vm: Machine, cls: ClassValue, text: Value) -> Value:
    return compute(vm, float.fromhex, to_python(text))


INT_METHODS["from_bytes"] = ClassMethodValue(NativeFunction("from_bytes", from_bytes))
FLOAT_METHODS["fromhex"] = ClassMethodValue(NativeFunction("fromhex", from_hex))

INT = data_class("int", OBJECT, make_int, INT_METHODS)
FLOAT = data_class("float", OBJECT, make_float, FLOAT_METHODS)
COMPLEX = data_class(
    "complex",
    OBJECT,
    make_complex,
    {
        **text_methods(),
        **truth_methods(),
        **binary_methods("+ - * / **"),
        **unary_methods("- +"),
        **compare_methods(),
        "conjugate": NativeFunction("conjugate", delegate(complex.conjugate)),
    },
)


def construct_bool(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    return make_bool(vm, *args)


BOOL = make_class("bool", (INT,), {"__new__": new_method(construct_bool)}, construct_bool)

NUMBER_CLASSES = {cls.name: cls for cls in (INT, FLOAT, COMPLEX, BOOL)}
