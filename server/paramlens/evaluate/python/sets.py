"""`set` and `frozenset`."""

from __future__ import annotations

from collections.abc import Callable

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.arithmetic import SET_OPERATORS
from paramlens.evaluate.python.comparison import includes
from paramlens.evaluate.python.construct import data_class
from paramlens.evaluate.python.keys import has_key
from paramlens.evaluate.python.limits import check_count
from paramlens.evaluate.python.natives import changing, forget, limited, members, method, plain, touch
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.operators import binary_methods, compare_methods, container_methods, text_methods
from paramlens.values import Reason, SetValue, Undetermined, Value, undetermined

COMPARISONS = "== != < <= > >="


def shared_methods() -> dict[str, Value]:
    return {
        **text_methods(),
        **container_methods(),
        **binary_methods("| & - ^"),
        **compare_methods(COMPARISONS),
    }


SET_METHODS = shared_methods()
FROZENSET_METHODS = shared_methods()
TABLES = (SET_METHODS, FROZENSET_METHODS)


def gathered(vm: Machine, iterable: Value) -> SetValue:
    """The members of an iterable as a new set."""
    source = plain(iterable)
    if isinstance(source, SetValue):
        return SetValue(dict(source.items), rest=source.rest)
    return SetValue({vm.hashable(item): None for item in limited(vm, iterable)})


def combining(op: str) -> Callable[..., Value]:
    """`union`, `intersection`, …: the operator over any iterables."""

    def call(vm: Machine, self: SetValue, *others: Value) -> Value:
        result = SetValue(dict(self.items), frozen=self.frozen, rest=self.rest)
        for other in others:
            result = SET_OPERATORS[op](result, gathered(vm, other))
            check_count(len(result.items))
        return result

    return call


def replacing(op: str) -> Callable[..., Value]:
    """`update`, `difference_update`, …: the same, in place."""

    def call(vm: Machine, self: SetValue, *others: Value) -> None:
        with changing(vm, self):
            result = combining(op)(vm, self, *others)
            self.items, self.rest = result.items, result.rest

    return call


def in_place(op: str) -> Callable[..., Value]:
    def call(vm: Machine, self: SetValue, other: Value) -> Value:
        replacing(op)(vm, self, other)
        return self

    return call


def inclusion(op: str) -> Callable[..., Value]:
    return lambda vm, self, other: includes(op, members(self), members(gathered(vm, other)))


OPERATIONS = {
    "|": ("union", "update", "__ior__"),
    "&": ("intersection", "intersection_update", "__iand__"),
    "-": ("difference", "difference_update", "__isub__"),
    "^": ("symmetric_difference", "symmetric_difference_update", "__ixor__"),
}
for symbol, (pure, update, augmented) in OPERATIONS.items():
    method(SET_METHODS, update)(replacing(symbol))
    method(SET_METHODS, augmented)(in_place(symbol))
    for table in TABLES:
        method(table, pure)(combining(symbol))
for table in TABLES:
    method(table, "issubset")(inclusion("<="))
    method(table, "issuperset")(inclusion(">="))


@method(SET_METHODS, "isdisjoint")
@method(FROZENSET_METHODS, "isdisjoint")
def isdisjoint(vm: Machine, self: SetValue, other: Value) -> Value:
    return not any(has_key(members(self), item) for item in members(gathered(vm, other)))


@method(SET_METHODS, "copy", "__copy__")
@method(FROZENSET_METHODS, "copy", "__copy__")
def copy(vm: Machine, self: SetValue) -> SetValue:
    return SetValue(dict(self.items), frozen=self.frozen, rest=self.rest)


@method(SET_METHODS, "add")
def add(vm: Machine, self: SetValue, item: Value, /) -> None:
    touch(vm, self)
    try:
        key = vm.hashable(item)
    except Undetermined as error:  # what was in it stays in it
        self.rest = error.unknown
        return
    if not has_key(self.items, key):
        check_count(len(self.items) + 1)
        self.items[key] = None


@method(SET_METHODS, "discard")
def discard(vm: Machine, self: SetValue, item: Value, /) -> None:
    with changing(vm, self):
        key = vm.hashable(item)
        if has_key(self.items, key):
            del self.items[key]


def remove(vm: Machine, self: SetValue, item: Value, /) -> None:
    with changing(vm, self):
        key = vm.hashable(item)
        if not has_key(self.items, key) and not has_key(members(self), key):
            vm.throw("KeyError", repr(key) if isinstance(key, str | int) else "")
        del self.items[key]


method(SET_METHODS, "remove")(remove)


@method(SET_METHODS, "pop")
def pop(vm: Machine, self: SetValue) -> Value:
    """Which member a set of several gives is not known."""
    with changing(vm, self):
        items = members(self)
        if not items:
            vm.throw("KeyError", "pop from an empty set")
        if len(items) > 1:
            raise undetermined(Reason.ENVIRONMENT, "the order of a set")
        return items.popitem()[0]


@method(SET_METHODS, "clear")
def clear(vm: Machine, self: SetValue) -> None:
    touch(vm, self)
    self.items, self.rest = {}, None


def make_set(vm: Machine, iterable: Value = (), /) -> SetValue:
    return gathered(vm, iterable)


def make_frozenset(vm: Machine, iterable: Value = (), /) -> SetValue:
    made = gathered(vm, iterable)
    return SetValue(made.items, frozen=True, rest=made.rest)


@method(SET_METHODS, "__init__")
def init_set(vm: Machine, self: SetValue, iterable: Value = (), /) -> None:
    try:
        made = gathered(vm, iterable)
    except Undetermined as error:
        forget(vm, self, error.unknown)
        return
    touch(vm, self)
    self.items, self.rest = made.items, made.rest


SET = data_class("set", OBJECT, make_set, SET_METHODS, empty=SetValue)
FROZENSET = data_class("frozenset", OBJECT, make_frozenset, FROZENSET_METHODS)

SET_CLASSES = {cls.name: cls for cls in (SET, FROZENSET)}
