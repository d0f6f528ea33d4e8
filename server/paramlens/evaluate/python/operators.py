"""The operator methods (`__add__`, `__len__`, `__getitem__`, …) that the builtin data types have in common."""

from __future__ import annotations

from collections.abc import Callable

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.arithmetic import binary, unary
from paramlens.evaluate.python.comparison import compare, contains, truth
from paramlens.evaluate.python.formatting import format_value, repr_of, text_of
from paramlens.evaluate.python.items import del_item, get_item, is_huge, iterate, set_item
from paramlens.evaluate.python.natives import closed, known, members, method, native, plain, type_name, whole
from paramlens.values import (
    DictValue,
    Instance,
    ListValue,
    NativeFunction,
    Reason,
    SetValue,
    TensorValue,
    Value,
    undetermined,
)

BINARY_NAMES = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
    "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor",
}  # fmt: skip
COMPARE_NAMES = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
UNARY_NAMES = {"-": "neg", "+": "pos", "~": "invert"}


def length(vm: Machine, value: Value) -> int:
    """`len` of builtin data."""
    holder = known(plain(value))
    if isinstance(holder, ListValue):
        return len(whole(holder))
    if isinstance(holder, DictValue):
        return len(closed(holder))
    if isinstance(holder, SetValue):
        return len(members(holder))
    if isinstance(holder, range) and is_huge(holder):
        raise undetermined(Reason.SIZE_LIMIT, "len")
    if isinstance(holder, str | bytes | tuple | range):
        return len(holder)
    if isinstance(holder, Instance | TensorValue):
        raise undetermined(Reason.UNSUPPORTED, "len")
    vm.throw("TypeError", f"object of type '{type_name(vm, value)}' has no len()")


def binary_methods(operators: str) -> dict[str, Value]:
    """`__add__`, `__radd__`, … for operators written with spaces between them."""

    def make(op: str, reflected: bool) -> Callable[..., Value]:
        def call(vm: Machine, self: Value, other: Value) -> Value:
            return binary(vm, op, other, self) if reflected else binary(vm, op, self, other)

        return call

    table: dict[str, Value] = {}
    for op in operators.split():
        for prefix, reflected in (("__", False), ("__r", True)):
            name = f"{prefix}{BINARY_NAMES[op]}__"
            table[name] = NativeFunction(name, make(op, reflected))
    return table


def compare_methods(operators: str = "== !=") -> dict[str, Value]:
    def make(op: str) -> Callable[..., Value]:
        return lambda vm, self, other: compare(vm, op, self, other)

    return {
        f"__{COMPARE_NAMES[op]}__": NativeFunction(f"__{COMPARE_NAMES[op]}__", make(op)) for op in operators.split()
    }


def unary_methods(operators: str) -> dict[str, Value]:
    def make(op: str) -> Callable[..., Value]:
        return lambda vm, self: unary(vm, op, self)

    return {f"__{UNARY_NAMES[op]}__": NativeFunction(f"__{UNARY_NAMES[op]}__", make(op)) for op in operators.split()}


def text_methods() -> dict[str, Value]:
    """`__str__`, `__repr__`, `__format__`, `__bool__` of a data type."""
    table: dict[str, Value] = {}

    @method(table, "__repr__")
    def represent(vm: Machine, self: Value) -> Value:
        return repr_of(vm, self)

    @method(table, "__str__")
    def text(vm: Machine, self: Value) -> Value:
        return text_of(vm, self)

    @method(table, "__format__")
    def format_(vm: Machine, self: Value, spec: Value) -> Value:
        return format_value(vm, self, None, spec)

    return table


def truth_methods() -> dict[str, Value]:
    table: dict[str, Value] = {}

    @method(table, "__bool__")
    def boolean(vm: Machine, self: Value) -> Value:
        answer = truth(self)
        if answer is None:
            raise undetermined(Reason.DATA_DEPENDENT, "bool")
        return answer

    return table


def container_methods(*, changes: bool = False) -> dict[str, Value]:
    """`__len__`, `__contains__`, `__iter__`, `__getitem__` and, for mutable types, the methods that set items."""
    table: dict[str, Value] = {}

    @method(table, "__len__")
    def len_(vm: Machine, self: Value) -> Value:
        return length(vm, self)

    @method(table, "__contains__")
    def contains_(vm: Machine, self: Value, item: Value) -> Value:
        return contains(vm, item, self)

    @method(table, "__iter__")
    def iter_(vm: Machine, self: Value) -> Value:
        return vm.make_iterator(iterate(vm, self))

    @native(table, "__getitem__")  # the instance itself is needed for a `__missing__` of its class
    def getitem(vm: Machine, self: Value, index: Value) -> Value:
        return get_item(vm, self, index)

    if not changes:
        return table

    @method(table, "__setitem__")
    def setitem(vm: Machine, self: Value, index: Value, value: Value) -> None:
        set_item(vm, self, index, value)

    @method(table, "__delitem__")
    def delitem(vm: Machine, self: Value, index: Value) -> None:
        del_item(vm, self, index)

    return table
