"""Python's comparisons, truth and membership on plain data and symbolic integers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from paramlens import dims
from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.keys import has_key, holds
from paramlens.evaluate.python.natives import compute, is_concrete, is_number, known, members, plain, type_name
from paramlens.values import (
    BoundMethod,
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    Mutable,
    Reason,
    SetValue,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
    undetermined,
)

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def truth(value: Value) -> bool | None:
    """`bool(value)` of builtin data, functions, classes; None when it is not known."""
    value = plain(value)
    if isinstance(value, Unknown | TensorValue):
        return None
    if isinstance(value, Sym):
        return dims.compare(value, "!=", 0)
    if isinstance(value, ListValue | SetValue):
        return True if value.items else (False if value.rest is None else None)
    if isinstance(value, DictValue):
        if not value.open:
            return bool(value.items)
        return True if any(not isinstance(item, Unknown) for item in value.items.values()) else None
    if isinstance(value, int | float | complex | str | bytes | tuple | range):
        return bool(value)
    return value is not None


def identical(a: Value, b: Value) -> bool | Unknown:
    """`a is b`; for small data that Python shares, equality of value and type."""
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    if a is b:
        return True
    if a is None or b is None or isinstance(a, Mutable) or isinstance(b, Mutable) or type(a) is not type(b):
        return False
    if isinstance(a, bool):
        return bool(a == b)
    if isinstance(a, BoundMethod) and not isinstance(a.receiver, Unknown):
        return False
    if is_concrete(a) and is_concrete(b) and a != b:
        return False
    if isinstance(a, int | str) and a == b:
        return True
    return Unknown(Reason.UNSUPPORTED, "is")


def compare(vm: Machine, op: str, a: Value, b: Value) -> Value:
    """`a op b` for builtin data: a bool, or the Unknown that the answer depends on."""
    try:
        return compare_known(vm, op, a, b)
    except Undetermined as error:
        return error.unknown


def compare_known(vm: Machine, op: str, a: Value, b: Value) -> Value:
    if op in ("is", "is not"):
        same = identical(a, b)
        return same if isinstance(same, Unknown) else same == (op == "is")
    if op in ("in", "not in"):
        return contains(vm, a, b) == (op == "in")
    left, right = known(plain(a)), known(plain(b))
    if is_number(left) and is_number(right):
        return compare_numbers(vm, op, left, right)
    if is_concrete(left) and is_concrete(right):
        return compute(vm, OPERATORS[op], left, right)
    if isinstance(left, TensorValue) or isinstance(right, TensorValue):
        raise undetermined(Reason.UNSUPPORTED, op)
    if op == "!=":
        return not equal(vm, left, right)
    if op == "==":
        return equal(vm, left, right)
    return ordered(vm, op, left, right)


def compare_numbers(vm: Machine, op: str, a: Any, b: Any) -> bool:
    """Numbers of which some may be symbolic; a symbol is an integer of at least 1."""
    if not isinstance(a, Sym) and not isinstance(b, Sym):
        return bool(compute(vm, OPERATORS[op], a, b))
    if isinstance(b, Sym) and not isinstance(a, Sym):
        a, b, op = b, a, MIRRORED[op]
    answer = compare_symbol(op, a, b)
    if answer is None:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, f"{a} {op} {b}")
    return answer


def compare_symbol(op: str, a: Sym, b: Any) -> bool | None:
    """A symbol against any real number, by the integer bounds of that number."""
    if isinstance(b, int | Sym):
        return dims.compare(a, op, b)
    if isinstance(b, complex) or b != b:
        return {"==": False, "!=": True}.get(op) if isinstance(b, complex) and b.imag else None
    if b in (float("inf"), float("-inf")):
        return op in (("<", "<=", "!=") if b > 0 else (">", ">=", "!="))
    if b.is_integer():
        return dims.compare(a, op, int(b))
    if op in ("==", "!="):
        return op == "!="
    floor = int(b // 1)
    return dims.compare(a, "<=" if op in ("<", "<=") else ">", floor)


def equal(vm: Machine, a: Value, b: Value) -> bool:
    """`==` of builtin containers and of objects with identity."""
    if a is b and not isinstance(a, tuple | ListValue):
        return True
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all_equal(vm, a, b)
    if isinstance(a, ListValue) and isinstance(b, ListValue):
        return lists_equal(vm, a, b)
    if isinstance(a, DictValue) and isinstance(b, DictValue):
        return dicts_equal(vm, a, b)
    if isinstance(a, SetValue) and isinstance(b, SetValue):
        first, second = members(a), members(b)
        return len(first) == len(second) and all(has_key(second, item) for item in first)
    if isinstance(a, BoundMethod) and isinstance(b, BoundMethod):
        return a.function is b.function and a.receiver is b.receiver
    if isinstance(a, slice) and isinstance(b, slice):
        return all_equal(vm, (a.start, a.stop, a.step), (b.start, b.stop, b.step))
    return a is b


def lists_equal(vm: Machine, a: ListValue, b: ListValue) -> bool:
    shared = min(len(a.items), len(b.items))
    if (a.rest or b.rest) is None:
        return all_equal(vm, a.items, b.items)
    if not all_equal(vm, a.items[:shared], b.items[:shared]):
        return False
    raise undetermined(Reason.UNKNOWN_ARGUMENT, "the length of a list")


def all_equal(vm: Machine, a: Any, b: Any) -> bool:
    """Element-wise equality: one certain difference decides, whatever the others are."""
    if len(a) != len(b):
        return False
    open_question: Unknown | None = None
    for x, y in zip(a, b, strict=True):
        vm.step()
        if x is y and not isinstance(x, Unknown) and x == x:
            continue
        answer = same_element(vm, x, y)
        if answer is False:
            return False
        if isinstance(answer, Unknown) and open_question is None:
            open_question = answer
    if open_question is not None:
        raise Undetermined(open_question)
    return True


def same_element(vm: Machine, x: Value, y: Value) -> bool | Unknown:
    for value in (x, y):
        if isinstance(value, Unknown):
            return value
    outcome = vm.compare("==", x, y)
    if isinstance(outcome, Unknown):
        return outcome
    answer = vm.truth(outcome)
    return Unknown(Reason.DATA_DEPENDENT, "==") if answer is None else answer


def dicts_equal(vm: Machine, a: DictValue, b: DictValue) -> bool:
    if a.open or b.open:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "a dict with keys that are not known")
    if len(a.items) != len(b.items) or not all(has_key(b.items, key) for key in a.items):
        return False
    return all_equal(vm, list(a.items.values()), [b.items[key] for key in a.items])


def ordered(vm: Machine, op: str, a: Value, b: Value) -> bool:
    """`< <= > >=` of containers: sequences by their first difference, sets by inclusion."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return ordered_items(vm, op, a, b)
    if isinstance(a, ListValue) and isinstance(b, ListValue):
        if a.rest is not None or b.rest is not None:
            raise undetermined(Reason.UNKNOWN_ARGUMENT, "the length of a list")
        return ordered_items(vm, op, a.items, b.items)
    if isinstance(a, SetValue) and isinstance(b, SetValue):
        return includes(op, members(a), members(b))
    if isinstance(a, Instance) or isinstance(b, Instance):
        raise undetermined(Reason.UNSUPPORTED, op)
    vm.throw("TypeError", f"'{op}' not supported between instances of '{type_name(vm, a)}' and '{type_name(vm, b)}'")


def ordered_items(vm: Machine, op: str, a: Any, b: Any) -> bool:
    for x, y in zip(a, b, strict=False):
        answer = True if x is y and is_concrete(x) and x == x else same_element(vm, x, y)
        if isinstance(answer, Unknown):
            raise Undetermined(answer)
        if not answer:
            outcome = vm.compare(op, x, y)
            decided = vm.truth(known(outcome))
            if decided is None:
                raise undetermined(Reason.DATA_DEPENDENT, op)
            return decided
    return bool(OPERATORS[op](len(a), len(b)))


def includes(op: str, a: dict[Value, None], b: dict[Value, None]) -> bool:
    if op in (">", ">="):
        return includes(MIRRORED[op], b, a)
    return all(has_key(b, item) for item in a) and (op == "<=" or len(a) < len(b))


def contains(vm: Machine, item: Value, container: Value) -> bool:
    """`item in container`. Raises Undetermined when it is not known."""
    holder = known(plain(container))
    if isinstance(holder, DictValue):
        return holds(holder, vm.hashable(item))
    if isinstance(holder, SetValue):
        return has_key(holder.items, vm.hashable(item)) or has_key(members(holder), item)
    if isinstance(holder, str | bytes | range):
        return contains_plain(vm, known(plain(item)), holder)
    if isinstance(holder, tuple):
        return any_equal(vm, item, holder, None)
    if isinstance(holder, ListValue):
        return any_equal(vm, item, holder.items, holder.rest)
    if isinstance(holder, IteratorValue):
        raise undetermined(Reason.UNSUPPORTED, "in")
    if isinstance(holder, TensorValue | Instance):
        raise undetermined(Reason.UNSUPPORTED, "in")
    vm.throw("TypeError", f"argument of type '{type_name(vm, container)}' is not iterable")


def contains_plain(vm: Machine, item: Value, holder: Any) -> bool:
    if isinstance(item, Sym):
        if isinstance(holder, range):
            raise undetermined(Reason.UNKNOWN_ARGUMENT, str(item))
        vm.throw("TypeError", f"'in <string>' requires string as left operand, not {type_name(vm, item)}")
    if isinstance(holder, range) and not is_number(item):
        return False
    return bool(compute(vm, operator.contains, holder, item))


def any_equal(vm: Machine, item: Value, items: Iterable[Value], rest: Unknown | None) -> bool:
    """Whether an item is among others: one certain match decides, whatever the others are."""
    known(item)
    open_question = rest
    for other in items:
        if other is item and item == item:
            return True
        answer = same_element(vm, other, item)
        if answer is True:
            return True
        if isinstance(answer, Unknown) and open_question is None:
            open_question = answer
    if open_question is not None:
        raise Undetermined(open_question)
    return False
