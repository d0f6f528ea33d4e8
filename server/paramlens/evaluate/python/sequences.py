"""`list`, `tuple`, `range`, `slice`."""

from __future__ import annotations

import functools
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.comparison import any_equal
from paramlens.evaluate.python.construct import data_class
from paramlens.evaluate.python.items import bound_of, in_order, index_of
from paramlens.evaluate.python.limits import check_count
from paramlens.evaluate.python.natives import (
    MISSING,
    ask_compare,
    ask_truth,
    changing,
    compute,
    is_concrete,
    known,
    limited,
    method,
    plain,
    to_python,
    touch,
    whole,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.operators import binary_methods, compare_methods, container_methods, text_methods
from paramlens.values import ListValue, Reason, SetValue, TrackedList, Undetermined, Value, undetermined

COMPARISONS = "== != < <= > >="


def sequence_methods(*, changes: bool) -> dict[str, Value]:
    return {
        **text_methods(),
        **container_methods(changes=changes),
        **binary_methods("+ *"),
        **compare_methods(COMPARISONS),
    }


LIST_METHODS = sequence_methods(changes=True)
TUPLE_METHODS = sequence_methods(changes=False)
RANGE_METHODS: dict[str, Value] = {**text_methods(), **container_methods(), **compare_methods()}


# ------------------------------------------------------------------------------------------------------------ list


@method(LIST_METHODS, "append")
def append(vm: Machine, self: ListValue, item: Value, /) -> None:
    touch(vm, self)
    if self.rest is None:  # behind items that are not known, one more item changes nothing that is
        check_count(len(self.items) + 1)
        self.items.append(item)
        if isinstance(self, TrackedList) and isinstance(item, ListValue):
            self.appended.append((item, len(item.items)))


@method(LIST_METHODS, "extend", "__iadd__")
def extend(vm: Machine, self: ListValue, iterable: Value, /) -> Value:
    """An iterable that is not known leaves the items so far, and an unknown rest."""
    touch(vm, self)
    source = plain(iterable)
    if self.rest is not None:
        return self
    if isinstance(source, ListValue) and source.rest is not None:
        items, rest = list(source.items), source.rest
    else:
        try:
            items, rest = limited(vm, iterable), None
        except Undetermined as error:
            items, rest = [], error.unknown
    check_count(len(self.items) + len(items))
    self.items.extend(items)
    self.rest = rest
    return self


def extend_list(vm: Machine, self: ListValue, iterable: Value, /) -> None:
    extend(vm, self, iterable)


method(LIST_METHODS, "extend")(extend_list)


@method(LIST_METHODS, "insert")
def insert(vm: Machine, self: ListValue, index: Value, item: Value, /) -> None:
    with changing(vm, self):
        position = index_of(vm, index, "list")
        if self.rest is None:
            check_count(len(self.items) + 1)
            self.items.insert(position, item)
        elif 0 <= position < len(self.items):
            self.items.insert(position, item)
        elif position < 0:
            raise Undetermined(self.rest)


@method(LIST_METHODS, "pop")
def pop(vm: Machine, self: ListValue, index: Value = -1, /) -> Value:
    with changing(vm, self):
        items = whole(self)
        if not items:
            vm.throw("IndexError", "pop from empty list")
        position = index_of(vm, index, "list")
        if not -len(items) <= position < len(items):
            vm.throw("IndexError", "pop index out of range")
        return items.pop(position)


@method(LIST_METHODS, "remove")
def remove(vm: Machine, self: ListValue, item: Value, /) -> None:
    with changing(vm, self):
        items = whole(self)
        for position, other in enumerate(items):
            if any_equal(vm, item, (other,), None):
                del items[position]
                return
        vm.throw("ValueError", "list.remove(x): x not in list")


@method(LIST_METHODS, "clear")
def clear(vm: Machine, self: ListValue) -> None:
    touch(vm, self)
    self.items, self.rest = [], None


@method(LIST_METHODS, "copy", "__copy__")
def copy(vm: Machine, self: ListValue) -> ListValue:
    return ListValue(list(self.items), self.rest)


@method(LIST_METHODS, "reverse")
def reverse(vm: Machine, self: ListValue) -> None:
    with changing(vm, self):
        whole(self).reverse()


@method(LIST_METHODS, "sort")
def sort(vm: Machine, self: ListValue, *, key: Value = None, reverse: Value = False) -> None:
    with changing(vm, self):
        self.items = ordered_by(vm, list(whole(self)), key, reverse)
        self.unordered = False


@method(LIST_METHODS, "__imul__")
def multiply_in_place(vm: Machine, self: ListValue, times: Value) -> ListValue:
    with changing(vm, self):
        count = known(plain(times))
        if not isinstance(count, int):
            raise undetermined(Reason.UNKNOWN_LOOP, str(count))
        check_count(len(whole(self)) * max(count, 0))
        self.items *= count if self.items else 1
    return self


@method(LIST_METHODS, "__reversed__")
@method(TUPLE_METHODS, "__reversed__")
@method(RANGE_METHODS, "__reversed__")
def reversed_(vm: Machine, self: Value) -> Value:
    return vm.make_iterator(limited(vm, self)[::-1])


@method(LIST_METHODS, "index")
@method(TUPLE_METHODS, "index")
def index(vm: Machine, self: Value, item: Value, start: Value = 0, stop: Value = None, /) -> Value:
    items = whole(self) if isinstance(self, ListValue) else self
    positions = range(len(items))[bound_of(vm, start) : bound_of(vm, stop)]
    for position in positions:
        if any_equal(vm, item, (items[position],), None):
            return position
    vm.throw(
        "ValueError",
        "the value is not in the list" if isinstance(self, ListValue) else "tuple.index(x): x not in tuple",
    )


@method(LIST_METHODS, "count")
@method(TUPLE_METHODS, "count")
def count(vm: Machine, self: Value, item: Value, /) -> Value:
    return sum(any_equal(vm, item, (other,), None) for other in (whole(self) if isinstance(self, ListValue) else self))


@functools.total_ordering
class Comparable:
    """A sort key compared by the interpreter's `<`."""

    __slots__ = ("value", "vm")

    def __init__(self, vm: Machine, value: Value) -> None:
        self.vm = vm
        self.value = value

    def __lt__(self, other: Comparable) -> bool:
        return ask_compare(self.vm, "<", self.value, other.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Comparable) and ask_compare(self.vm, "==", self.value, other.value)

    __hash__ = None  # type: ignore[assignment]


def ordered_by(vm: Machine, items: list[Value], key: Value, reverse: Value) -> list[Value]:
    """The items sorted, stably, by `key(item)` where a key is given."""
    descending = ask_truth(vm, reverse)
    keys = items if key is None else [vm.call(key, (item,)) for item in items]
    for value in keys:
        if len(items) > 1:
            known(value)
    if len({type(value) for value in keys}) == 1 and all(map(is_concrete, keys)):
        order = compute(vm, sorted, range(len(items)), key=keys.__getitem__, reverse=descending)
    else:
        order = sorted(range(len(items)), key=lambda at: Comparable(vm, keys[at]), reverse=descending)
    return [items[at] for at in order]


def make_list(vm: Machine, iterable: Value = (), /) -> ListValue:
    source = plain(iterable)
    if isinstance(source, ListValue):
        return ListValue(list(source.items), source.rest)
    made = ListValue(limited(vm, iterable))
    made.unordered = isinstance(source, SetValue) and not in_order(source)
    return made


@method(LIST_METHODS, "__init__")
def init_list(vm: Machine, self: ListValue, iterable: Value = (), /) -> None:
    clear_and_extend(vm, self, iterable)


def clear_and_extend(vm: Machine, self: ListValue, iterable: Value) -> None:
    touch(vm, self)
    self.items, self.rest = [], None
    extend(vm, self, iterable)


# ------------------------------------------------------------------------------------------- tuple, range, slice


def make_tuple(vm: Machine, iterable: Value = (), /) -> tuple[Value, ...]:
    return tuple(limited(vm, iterable))


def make_range(vm: Machine, start: Value, stop: Value = MISSING, step: Value = 1, /) -> range:
    """`range(…)`; a bound that is not known raises Undetermined(UNKNOWN_LOOP)."""
    if stop is MISSING:
        start, stop = 0, start
    return compute(vm, range, *(range_bound(vm, bound) for bound in (start, stop, step)))  # type: ignore[no-any-return]


def range_bound(vm: Machine, value: Value) -> Any:
    bound = known(plain(value))
    if isinstance(bound, Sym):
        raise undetermined(Reason.UNKNOWN_LOOP, str(bound))
    return index_of(vm, bound, "range") if not isinstance(bound, float | str | slice) and bound is not None else bound


def make_slice(vm: Machine, start: Value, stop: Value = MISSING, step: Value = None, /) -> slice:
    return slice(start) if stop is MISSING else slice(start, stop, step)


@method(RANGE_METHODS, "index")
def range_index(vm: Machine, self: range, item: Value, /) -> Value:
    return compute(vm, self.index, to_python(item))


@method(RANGE_METHODS, "count")
def range_count(vm: Machine, self: range, item: Value, /) -> Value:
    return compute(vm, self.count, to_python(item))


SLICE_METHODS: dict[str, Value] = {**compare_methods()}


@method(SLICE_METHODS, "indices")
def slice_indices(vm: Machine, self: slice, length: Value, /) -> Value:
    return compute(vm, to_python(self).indices, to_python(length))


LIST = data_class("list", OBJECT, make_list, LIST_METHODS, empty=ListValue)
TUPLE = data_class("tuple", OBJECT, make_tuple, TUPLE_METHODS)
RANGE = data_class("range", OBJECT, make_range, RANGE_METHODS)
SLICE = data_class("slice", OBJECT, make_slice, SLICE_METHODS)

SEQUENCE_CLASSES = {cls.name: cls for cls in (LIST, TUPLE, RANGE, SLICE)}
