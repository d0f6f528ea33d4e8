"""`dict`, which also stands for `OrderedDict` and `defaultdict`."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import data_class
from paramlens.evaluate.python.items import set_key
from paramlens.evaluate.python.keys import find, holds, merged
from paramlens.evaluate.python.limits import check_count
from paramlens.evaluate.python.natives import (
    MISSING,
    changing,
    closed,
    known,
    limited,
    method,
    plain,
    touch,
    type_name,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.operators import binary_methods, compare_methods, container_methods, text_methods
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    DictValue,
    Instance,
    ListValue,
    NativeFunction,
    SetValue,
    Value,
)

DICT_METHODS: dict[str, Value] = {
    **text_methods(),
    **container_methods(changes=True),
    **binary_methods("|"),
    **compare_methods(),
}


@method(DICT_METHODS, "get")
def get(vm: Machine, self: DictValue, key: Value, default: Value = None, /) -> Value:
    value = find(self, vm.hashable(key))
    return default if value is MISSING else value


@method(DICT_METHODS, "keys")
def keys(vm: Machine, self: DictValue) -> Value:
    return SetValue(dict.fromkeys(closed(self)), frozen=True)


@method(DICT_METHODS, "values")
def values(vm: Machine, self: DictValue) -> Value:
    return ListValue(list(closed(self).values()))


@method(DICT_METHODS, "items")
def items(vm: Machine, self: DictValue) -> Value:
    return ListValue(list(closed(self).items()))


@method(DICT_METHODS, "copy", "__copy__")
def copy(vm: Machine, self: DictValue) -> DictValue:
    return DictValue(dict(self.items), open=self.open, factory=self.factory)


@method(DICT_METHODS, "clear")
def clear(vm: Machine, self: DictValue) -> None:
    touch(vm, self)
    self.items.clear()
    self.open = False


@method(DICT_METHODS, "setdefault")
def setdefault(vm: Machine, self: DictValue, key: Value, default: Value = None, /) -> Value:
    with changing(vm, self):
        key = vm.hashable(key)
        if not holds(self, key):
            self.items[key] = default
        return self.items[key]


@method(DICT_METHODS, "pop")
def pop(vm: Machine, self: DictValue, key: Value, default: Value = MISSING, /) -> Value:
    with changing(vm, self):
        key = vm.hashable(key)
        if key not in self.items and self.open:  # it may be there; popping it changes nothing that is known
            return find(self, key)
        if find(self, key) is not MISSING:
            return self.items.pop(key)
    if default is MISSING:
        vm.throw("KeyError", repr(key) if isinstance(key, str | int) else type_name(vm, key))
    return default


@method(DICT_METHODS, "popitem")
def popitem(vm: Machine, self: DictValue, last: Value = True) -> Value:
    with changing(vm, self):
        entries = closed(self)
        if not entries:
            vm.throw("KeyError", "popitem(): dictionary is empty")
        key = next(reversed(entries)) if known(last) else next(iter(entries))
        return key, entries.pop(key)


@method(DICT_METHODS, "move_to_end")
def move_to_end(vm: Machine, self: DictValue, key: Value, last: Value = True) -> None:
    with changing(vm, self):
        key = vm.hashable(key)
        if find(self, key) is MISSING:
            vm.throw("KeyError", repr(key))
        value = self.items.pop(key)
        entries = {**self.items, key: value} if known(last) else {key: value, **self.items}
        self.items.clear()
        self.items.update(entries)


@method(DICT_METHODS, "update")
def update(vm: Machine, self: DictValue, other: Value = MISSING, /, **kwargs: Value) -> None:
    """A source that is not known makes every value unknown and the dict open."""
    with changing(vm, self):
        if other is not MISSING:
            add_all(vm, self, other)
        add_all(vm, self, DictValue(dict(kwargs)))


@method(DICT_METHODS, "__ior__")
def update_in_place(vm: Machine, self: DictValue, other: Value, /) -> DictValue:
    with changing(vm, self):
        add_all(vm, self, other)
    return self


def add_all(vm: Machine, target: DictValue, source: Value) -> None:
    """Everything of a mapping, or of an iterable of pairs."""
    touch(vm, target)
    new = known(plain(source))
    if isinstance(new, DictValue):
        names = not new.open and all(isinstance(key, str) for key in new.items)  # these equal no symbolic key
        changes = new.items if names else merged(target.items, new)
        check_count(len(changes))
        target.items.update(changes)  # in place: it may be the attributes of an instance
        target.open = target.open or new.open
        return
    if isinstance(new, Instance) and vm.get_attribute(new, "keys", None) is not None:
        for key in vm.iterate(vm.call(vm.get_attribute(new, "keys"))):
            set_key(vm, target, key, vm.get_item(new, key))
        return
    for position, pair in enumerate(limited(vm, new)):
        entry = limited(vm, pair)
        if len(entry) != 2:
            vm.throw(
                "ValueError",
                f"dictionary update sequence element #{position} has length {len(entry)}; 2 is required",
            )
        set_key(vm, target, entry[0], entry[1])


def make_dict(vm: Machine, source: Value = MISSING, /, **kwargs: Value) -> DictValue:
    made = DictValue()
    if source is not MISSING:
        add_all(vm, made, source)
    add_all(vm, made, DictValue(dict(kwargs)))
    return made


@method(DICT_METHODS, "__init__")
def init_dict(vm: Machine, self: DictValue, source: Value = MISSING, /, **kwargs: Value) -> None:
    update(vm, self, source, **kwargs)


@method(DICT_METHODS, "__reversed__")
def reversed_(vm: Machine, self: DictValue) -> Value:
    return vm.make_iterator(list(closed(self))[::-1])


def fromkeys(vm: Machine, cls: ClassValue, iterable: Value, value: Value = None, /) -> Value:
    made = DictValue()
    for key in limited(vm, iterable):
        set_key(vm, made, key, value)
    if cls is DICT:
        return made
    instance = vm.instantiate(cls)
    if isinstance(plain(instance), DictValue):
        plain(instance).items.update(made.items)
    return instance


DICT_METHODS["fromkeys"] = ClassMethodValue(NativeFunction("fromkeys", fromkeys))
DICT = data_class("dict", OBJECT, make_dict, DICT_METHODS, empty=DictValue)

MAPPING_CLASSES = {"dict": DICT}
