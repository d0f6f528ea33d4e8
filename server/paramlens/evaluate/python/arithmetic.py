"""Python's operators on plain data and symbolic integers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from paramlens import dims
from paramlens.dims import Sym, TooLarge, Undecided
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.comparison import compare, contains, truth
from paramlens.evaluate.python.keys import has_key, merged
from paramlens.evaluate.python.limits import check_bits, check_count, check_text, checked
from paramlens.evaluate.python.natives import (
    compute,
    is_number,
    known,
    members,
    plain,
    to_python,
    type_name,
    whole,
)
from paramlens.evaluate.python.percent import percent_format
from paramlens.values import DictValue, ListValue, Reason, SetValue, TensorValue, Value, undetermined

__all__ = ["BINARY", "binary", "compare", "contains", "truth", "unary"]

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}
UNARY: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
SEQUENCES = (str, bytes, tuple, ListValue)


def binary(vm: Machine, op: str, a: Value, b: Value) -> Value:
    """`a op b` for builtin data. Raises Undetermined, or throws TypeError, ZeroDivisionError, … in the program."""
    left, right = known(plain(a)), known(plain(b))
    if op == "%" and isinstance(left, str | bytes):
        return percent_format(vm, left, right)
    if is_number(left) and is_number(right):
        return numeric(vm, op, left, right)
    if op == "+" and any(isinstance(left, kind) and isinstance(right, kind) for kind in SEQUENCES):
        return concatenated(left, right)
    if op == "*":
        if isinstance(left, SEQUENCES) and isinstance(right, int | Sym):
            return repeated(left, right)
        if isinstance(right, SEQUENCES) and isinstance(left, int | Sym):
            return repeated(right, left)
    if op == "|" and isinstance(left, DictValue) and isinstance(right, DictValue):
        factory = left.factory if left.factory is not None else right.factory
        return DictValue(merged(left.items, right), open=left.open or right.open, factory=factory)
    if op in SET_OPERATORS and isinstance(left, SetValue) and isinstance(right, SetValue):
        return SET_OPERATORS[op](left, right)
    if op in SET_OPERATORS and isinstance(left, SetValue) and isinstance(right, ListValue):  # views of dicts
        return SET_OPERATORS[op](left, SetValue({vm.hashable(item): None for item in vm.iterate(right)}))
    return unsupported(vm, op, a, b)


def unsupported(vm: Machine, op: str, a: Value, b: Value) -> Value:
    if isinstance(a, TensorValue) or isinstance(b, TensorValue) or op not in BINARY:
        raise undetermined(Reason.UNSUPPORTED, op)
    vm.throw("TypeError", f"unsupported operand type(s) for {op}: '{type_name(vm, a)}' and '{type_name(vm, b)}'")


def numeric(vm: Machine, op: str, a: Any, b: Any) -> Value:
    """Arithmetic of numbers, with the size of the result bounded before it is computed."""
    if op not in BINARY:
        vm.throw("TypeError", f"unsupported operand type(s) for {op}: '{type_name(vm, a)}' and '{type_name(vm, b)}'")
    if isinstance(a, Sym) or isinstance(b, Sym):
        return symbolic(vm, op, a, b)
    if isinstance(a, int) and isinstance(b, int):
        if op == "**" and b > 0 and a not in (-1, 0, 1):
            check_bits(b)
            check_bits((a.bit_length() - 1) * b)
        elif op == "<<" and a and b > 0:
            check_bits(a.bit_length() + b)
        elif op == "*":
            check_bits(a.bit_length())
            check_bits(b.bit_length())
    return compute(vm, BINARY[op], a, b)


def symbolic(vm: Machine, op: str, a: Any, b: Any) -> Value:
    """Arithmetic with at least one symbolic integer."""
    if not isinstance(a, int | Sym) or not isinstance(b, int | Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(a if isinstance(a, Sym) else b))
    try:
        result = BINARY[op](a, b)
    except ZeroDivisionError as error:
        message = str(error)
    except (Undecided, TooLarge, TypeError, ValueError, OverflowError):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, f"{a} {op} {b}") from None
    else:
        return float(result) if op == "/" and isinstance(result, int) else result
    vm.throw("ZeroDivisionError", message)


def concatenated(left: Any, right: Any) -> Value:
    if isinstance(left, ListValue):
        items = [*whole(left), *right.items]
        check_count(len(items))
        return ListValue(items, right.rest)
    size = len(left) + len(right)
    check_text(size) if isinstance(left, str | bytes) else check_count(size)
    return left + right


def repeated(sequence: Any, times: Any) -> Value:
    """`sequence * times`; empty for a negative count."""
    if isinstance(times, Sym):
        if isinstance(sequence, ListValue):
            raise undetermined(Reason.UNKNOWN_LOOP, str(times))
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(times))
    items = whole(sequence) if isinstance(sequence, ListValue) else sequence
    size = len(items) * max(int(times), 0)
    check_text(size) if isinstance(items, str | bytes) else check_count(size)
    result = items * (times if items else 0)
    return ListValue(result) if isinstance(result, list) else result


def set_union(left: SetValue, right: SetValue) -> SetValue:
    return SetValue({**left.items, **right.items}, frozen=left.frozen, rest=left.rest or right.rest)


def set_intersection(left: SetValue, right: SetValue) -> SetValue:
    other = members(right)
    return SetValue({item: None for item in members(left) if has_key(other, item)}, frozen=left.frozen)


def set_difference(left: SetValue, right: SetValue) -> SetValue:
    other = members(right)
    return SetValue({item: None for item in members(left) if not has_key(other, item)}, frozen=left.frozen)


def set_symmetric(left: SetValue, right: SetValue) -> SetValue:
    first, second = members(left), members(right)
    items = {item: None for item in first if not has_key(second, item)}
    return SetValue(items | {item: None for item in second if not has_key(first, item)}, frozen=left.frozen)


SET_OPERATORS: dict[str, Callable[[SetValue, SetValue], SetValue]] = {
    "|": set_union,
    "&": set_intersection,
    "-": set_difference,
    "^": set_symmetric,
}


def unary(vm: Machine, op: str, a: Value) -> Value:
    """`-a`, `+a`, `~a`, `not a` for builtin data."""
    value = known(plain(a))
    if op == "not":
        answer = truth(value)
        if answer is None:
            raise undetermined(Reason.DATA_DEPENDENT, "not")
        return not answer
    if isinstance(value, Sym):
        return -value - 1 if op == "~" else UNARY[op](value)
    if isinstance(value, int | float | complex):
        return compute(vm, UNARY[op], value)
    if isinstance(value, TensorValue):
        raise undetermined(Reason.UNSUPPORTED, op)
    vm.throw("TypeError", f"bad operand type for unary {op}: '{type_name(vm, a)}'")


def power_modulo(vm: Machine, base: Value, exponent: Value, modulus: Value = None) -> Value:
    """`pow(base, exponent[, modulus])`."""
    if modulus is None:
        return vm.binary("**", base, exponent)
    base, exponent, modulus = (checked(to_python(value)) for value in (base, exponent, modulus))
    return compute(vm, pow, base, exponent, modulus)


def absolute(vm: Machine, value: Value) -> Value:
    """`abs` of a number."""
    number = known(plain(value))
    if isinstance(number, Sym):
        return abs(number)
    return compute(vm, abs, to_python(number))


def extreme_of_numbers(op: str, values: list[Value]) -> Value:
    """`max` or `min` of integers of which some are symbolic."""
    try:
        return dims.maximum(*values) if op == "max" else dims.minimum(*values)
    except (Undecided, TooLarge):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, f"{op} of symbolic sizes") from None
