"""`collections`: OrderedDict, defaultdict, Counter, deque, namedtuple, ChainMap, UserDict."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import new_method
from paramlens.evaluate.python.items import set_key
from paramlens.evaluate.python.keys import find, merged
from paramlens.evaluate.python.limits import check_count
from paramlens.evaluate.python.mappings import DICT, add_all, make_dict
from paramlens.evaluate.python.namedtuples import namedtuple
from paramlens.evaluate.python.natives import (
    MISSING,
    changing,
    closed,
    known,
    limited,
    make_class,
    method,
    native,
    plain,
    prepared,
    to_python,
    touch,
    whole,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.sequences import LIST_METHODS, extend
from paramlens.values import ClassValue, DictValue, Instance, ListValue, NativeFunction, Value

ORDERED: dict[str, Value] = {}
DEFAULT: dict[str, Value] = {}
COUNTER: dict[str, Value] = {}
DEQUE: dict[str, Value] = {
    name: LIST_METHODS[name]
    for name in [
        "__len__",
        "__contains__",
        "__iter__",
        "__getitem__",
        "__setitem__",
        "__delitem__",
        "__eq__",
        "__ne__",
        "__bool__",
        "__reversed__",
        "append",
        "clear",
        "extend",
        "insert",
        "remove",
        "reverse",
        "index",
        "count",
        "pop",
        "copy",
        "__iadd__",
    ]
    if name in LIST_METHODS
}


def construct_ordered(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    """An OrderedDict is a dict: both keep their order."""
    if cls is ORDERED_DICT:
        return make_dict(vm, *args, **kwargs)
    instance = vm.new_instance(cls)
    instance.payload = DictValue()
    return instance


ORDERED_DICT = make_class("OrderedDict", (DICT,), ORDERED, construct_ordered, "collections")
ORDERED["__new__"] = new_method(construct_ordered)


# ----------------------------------------------------------------------------------------------------- defaultdict


def construct_default(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    made = DictValue()
    if cls is DEFAULT_DICT:
        fill_default(vm, made, *args, **kwargs)
        return made
    instance = vm.new_instance(cls)
    instance.payload = made
    return instance


def fill_default(
    vm: Machine, target: DictValue, factory: Value = None, source: Value = MISSING, **kwargs: Value
) -> None:
    target.factory = known(factory)
    if source is not MISSING:
        add_all(vm, target, source)
    add_all(vm, target, DictValue(dict(kwargs)))


@method(DEFAULT, "__init__")
def init_default(vm: Machine, self: DictValue, factory: Value = None, *args: Value, **kwargs: Value) -> None:
    fill_default(vm, self, factory, *args, **kwargs)


DEFAULT_DICT = make_class("defaultdict", (DICT,), DEFAULT, construct_default, "collections")


# --------------------------------------------------------------------------------------------------------- Counter


def construct_counter(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    instance = vm.new_instance(cls)
    instance.payload = DictValue()
    if cls is COUNTER_CLASS:
        count_all(vm, instance.payload, *args, **kwargs)
    return instance


def count_all(vm: Machine, target: DictValue, source: Value = MISSING, /, **kwargs: Value) -> None:
    mapping = plain(source)
    if isinstance(mapping, DictValue):
        for key, value in closed(mapping).items():
            add_count(vm, target, key, value)
    elif source is not MISSING and source is not None:
        for item in limited(vm, source):
            add_count(vm, target, vm.hashable(item), 1)
    for name, value in kwargs.items():
        add_count(vm, target, name, value)


def add_count(vm: Machine, target: DictValue, key: Value, number: Value) -> None:
    present = find(target, key)
    set_key(vm, target, key, number if present is MISSING else vm.binary("+", present, number))


@method(COUNTER, "__init__", "update")
def update_counter(vm: Machine, self: DictValue, source: Value = MISSING, /, **kwargs: Value) -> None:
    with changing(vm, self):
        count_all(vm, self, source, **kwargs)


@native(COUNTER, "__missing__")
def counter_missing(vm: Machine, self: Value, key: Value) -> int:
    return 0


@method(COUNTER, "most_common")
def most_common(vm: Machine, self: DictValue, n: Value = None) -> Value:
    entries = list(closed(self).items())
    entries.sort(key=lambda entry: to_python(entry[1]), reverse=True)
    return ListValue(list(entries[: to_python(n)]))


@method(COUNTER, "elements")
def elements(vm: Machine, self: DictValue) -> Value:
    check_count(sum(to_python(times) for times in closed(self).values()))
    return vm.make_iterator([key for key, times in self.items.items() for _ in range(to_python(times))])


@method(COUNTER, "total")
def total(vm: Machine, self: DictValue) -> Value:
    return sum(to_python(times) for times in closed(self).values())


COUNTER_CLASS = make_class("Counter", (DICT,), COUNTER, construct_counter, "collections")


# ----------------------------------------------------------------------------------------------------------- deque


def construct_deque(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    instance = vm.new_instance(cls)
    instance.payload = ListValue()
    init_deque(vm, instance, *args, **kwargs)
    return instance


@native(DEQUE, "__init__")
def init_deque(vm: Machine, self: Instance, iterable: Value = (), maxlen: Value = None) -> None:
    items: ListValue = prepared(self).payload
    touch(vm, self)
    touch(vm, items)
    items.items, items.rest = [], None
    self.attributes["maxlen"] = known(maxlen)
    extend(vm, items, iterable)
    trim(vm, self, 0)


def trim(vm: Machine, self: Instance, end: int) -> None:
    """Drop what is more than `maxlen`, from the left (0) or the right (-1)."""
    limit, items = self.attributes.get("maxlen"), self.payload
    while limit is not None and len(whole(items)) > limit:
        items.items.pop(end)


def deque_method(name: str, change: str, end: int) -> None:
    plain_change = LIST_METHODS[change].call

    @native(DEQUE, name)
    def call(vm: Machine, self: Instance, item: Value) -> None:
        plain_change(vm, self.payload, *((0,) if change == "insert" else ()), item)
        trim(vm, self, end)


deque_method("append", "append", 0)
deque_method("extend", "extend", 0)
deque_method("appendleft", "insert", -1)


@native(DEQUE, "extendleft")
def extendleft(vm: Machine, self: Instance, iterable: Value) -> None:
    for item in limited(vm, iterable):
        DEQUE["appendleft"].call(vm, self, item)


@method(DEQUE, "popleft")
def popleft(vm: Machine, self: ListValue) -> Value:
    with changing(vm, self):
        if not whole(self):
            vm.throw("IndexError", "pop from an empty deque")
        return self.items.pop(0)


@method(DEQUE, "rotate")
def rotate(vm: Machine, self: ListValue, n: Value = 1) -> None:
    with changing(vm, self):
        items = whole(self)
        if items:
            shift = to_python(n) % len(items)
            self.items = items[-shift:] + items[:-shift] if shift else items


DEQUE_CLASS = make_class("deque", (OBJECT,), DEQUE, construct_deque, "collections")


# ------------------------------------------------------------------------------------------------------ ChainMap


def chain_map(vm: Machine, *maps: Value) -> DictValue:
    """A lookup in several mappings, as one dict made now: the first one wins."""
    result: dict[Value, Value] = {}
    unknown_keys = False
    for mapping in reversed([known(plain(each)) for each in maps]):
        result = merged(result, mapping)
        unknown_keys = unknown_keys or mapping.open
    return DictValue(result, open=unknown_keys)


COLLECTIONS: dict[str, Value] = {
    "OrderedDict": ORDERED_DICT,
    "defaultdict": DEFAULT_DICT,
    "Counter": COUNTER_CLASS,
    "deque": DEQUE_CLASS,
    "namedtuple": NativeFunction("namedtuple", namedtuple),
    "ChainMap": NativeFunction("ChainMap", chain_map),
    "UserDict": DICT,
}
