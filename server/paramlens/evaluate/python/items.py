"""Subscripts of builtin data, and the items of an iterable."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.choices import item_of
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.keys import find, has_symbols
from paramlens.evaluate.python.limits import COLLECTION_SIZE, check_count
from paramlens.evaluate.python.natives import (
    MISSING,
    changing,
    closed,
    compute,
    forget,
    known,
    members,
    plain,
    to_python,
    touch,
    type_name,
    whole,
)
from paramlens.values import (
    DictValue,
    GeneratorValue,
    Instance,
    IteratorValue,
    ListValue,
    Reason,
    SetValue,
    TensorValue,
    TrackedList,
    Undetermined,
    Unknown,
    Value,
    undetermined,
)

_PLAIN_KEYS = frozenset({type(None), bool, int, float, complex, str, bytes})

# ------------------------------------------------------------------------------------------------------- indices


def index_of(vm: Machine, index: Value, kind: str) -> Any:
    """A subscript of a sequence as an int or a slice of ints; throws TypeError for others."""
    index = known(plain(index))
    if isinstance(index, slice):
        return slice(*(bound_of(vm, part) for part in (index.start, index.stop, index.step)))
    if isinstance(index, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(index))
    if isinstance(index, int):
        return int(index)
    if isinstance(index, TensorValue):
        return compute(vm, operator.index, to_python(index))
    if isinstance(index, Instance):
        return known(vm.call(vm.get_attribute(index, "__index__")))
    vm.throw("TypeError", f"{kind} indices must be integers or slices, not {type_name(vm, index)}")


def bound_of(vm: Machine, part: Value) -> Any:
    part = known(plain(part))
    if isinstance(part, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(part))
    if part is None or isinstance(part, int):
        return part
    return compute(vm, operator.index, to_python(part))


def get_item(vm: Machine, container: Value, index: Value) -> Value:
    """`container[index]` of str, bytes, tuple, list, dict, range."""
    holder = known(plain(container))
    if isinstance(holder, DictValue):
        return get_key(vm, holder, index, container)
    if isinstance(holder, ListValue):
        position = index_of(vm, index, "list")
        if holder.unordered and position != slice(None):
            raise Undetermined(Unknown(Reason.ENVIRONMENT, "the order of a set"))
        if holder.rest is not None:
            return item_before_rest(holder, position)
        result = element(vm, holder.items, position, "list")
        return ListValue(result) if isinstance(position, slice) else result
    if isinstance(holder, str | bytes | tuple | range):
        return element(vm, holder, index_of(vm, index, type(holder).__name__), type(holder).__name__)
    if isinstance(holder, TensorValue | Instance):
        raise undetermined(Reason.UNSUPPORTED, "[]")
    vm.throw("TypeError", f"'{type_name(vm, container)}' object is not subscriptable")


OUT_OF_RANGE = {"str": "string index out of range", "range": "range object index out of range"}


def element(vm: Machine, items: Any, position: Any, kind: str) -> Value:
    try:
        return items[position]
    except (IndexError, OverflowError):
        fault = ("IndexError", OUT_OF_RANGE.get(kind, f"{kind} index out of range"))
    except ValueError as error:
        fault = ("ValueError", str(error))
    vm.throw(*fault)


def item_before_rest(holder: ListValue, position: Any) -> Value:
    """An item of the part of a list that is known; the length is not."""
    if isinstance(position, int) and 0 <= position < len(holder.items):
        return holder.items[position]
    if isinstance(position, slice) and position.stop is not None:
        start, stop, step = position.start or 0, position.stop, position.step or 1
        if start >= 0 and 0 <= stop <= len(holder.items) and step > 0:
            return ListValue(holder.items[position])
    raise Undetermined(holder.rest or Unknown(Reason.UNKNOWN_ARGUMENT))


def get_key(vm: Machine, mapping: DictValue, key: Value, container: Value) -> Value:
    """`mapping[key]`, with `__missing__` of subclasses and the factory of a defaultdict."""
    key = vm.hashable(key)
    value = find(mapping, key)
    if value is not MISSING:
        return value
    if isinstance(container, Instance):
        missing = vm.get_attribute(container, "__missing__", None)
        if missing is not None:
            return vm.call(missing, (key,))
    if mapping.factory is not None:
        made = vm.call(mapping.factory)
        touch(vm, mapping)
        mapping.items[key] = made
        return made
    vm.throw("KeyError", repr(key) if isinstance(key, str | int | float | tuple) else str(type_name(vm, key)))


# ------------------------------------------------------------------------------------------------------- changes


def set_item(vm: Machine, container: Value, index: Value, new: Value) -> None:
    """`container[index] = new`. An index that is not known makes the contents of the container unknown."""
    holder = known(plain(container))
    if isinstance(holder, DictValue):
        set_key(vm, holder, index, new)
    elif isinstance(holder, ListValue):
        with changing(vm, holder):
            set_list_item(vm, holder, index, new)
    elif isinstance(holder, TensorValue | Instance):
        raise undetermined(Reason.UNSUPPORTED, "[]")
    else:
        vm.throw("TypeError", f"'{type_name(vm, container)}' object does not support item assignment")


def set_key(vm: Machine, mapping: DictValue, key: Value, new: Value) -> None:
    try:
        key = vm.hashable(key)
    except Undetermined as error:
        forget(vm, mapping, error.unknown)
        return
    touch(vm, mapping)
    if key not in mapping.items:
        check_count(len(mapping.items) + 1)
        if has_symbols(key) or (not isinstance(key, str) and _hold_symbols(mapping.items)):
            forget(vm, mapping, Unknown(Reason.UNKNOWN_ARGUMENT, str(key)))
    mapping.items[key] = new


def _hold_symbols(keys: Iterable[Value]) -> bool:
    """Whether a key is, or holds, a symbolic integer; looks within no more of them than it must."""
    return not _PLAIN_KEYS.issuperset(map(type, keys)) and any(has_symbols(key) for key in keys)


def set_list_item(vm: Machine, holder: ListValue, index: Value, new: Value) -> None:
    position = index_of(vm, index, "list")
    if isinstance(holder, TrackedList) and not isinstance(new, str | int | float | None):
        holder.replaced = True
    if isinstance(position, slice):
        items = list(vm.iterate(new))
        whole(holder)
        check_count(len(holder.items) + len(items))
        compute(vm, assign_slice, holder.items, position, items)
    elif holder.rest is None:
        element(vm, holder.items, position, "list")
        holder.items[position] = new
    elif 0 <= position < len(holder.items):
        holder.items[position] = new
    elif position < 0:
        raise Undetermined(holder.rest)


def assign_slice(target: list[Value], position: slice, items: list[Value]) -> None:
    target[position] = items


def delete_slice(target: list[Value], position: Any) -> None:
    del target[position]


def del_item(vm: Machine, container: Value, index: Value) -> None:
    """`del container[index]`."""
    holder = known(plain(container))
    if isinstance(holder, DictValue):
        with changing(vm, holder):
            key = vm.hashable(index)
            if find(holder, key) is MISSING:
                vm.throw("KeyError", repr(key) if isinstance(key, str | int | float | tuple) else "")
            del holder.items[key]
    elif isinstance(holder, ListValue):
        with changing(vm, holder):
            position = index_of(vm, index, "list")
            whole(holder)
            if not isinstance(position, slice):
                element(vm, holder.items, position, "list")
            delete_slice(holder.items, position)
    elif isinstance(holder, TensorValue | Instance):
        raise undetermined(Reason.UNSUPPORTED, "del")
    else:
        vm.throw("TypeError", f"'{type_name(vm, container)}' object doesn't support item deletion")


# ----------------------------------------------------------------------------------------------------- iteration


def iterate(vm: Machine, value: Value) -> list[Value]:
    """All items of a builtin iterable; an iterator is used up. Raises Undetermined when they are not all known."""
    holder = known(plain(value))
    if isinstance(holder, ListValue):
        return list(whole(holder))
    if isinstance(holder, SetValue):
        return set_items(holder)
    if isinstance(holder, DictValue):
        return list(closed(holder))
    if isinstance(holder, str | bytes | tuple | range):
        if isinstance(holder, tuple | range):
            check_count(COLLECTION_SIZE + 1 if is_huge(holder) else len(holder))
        return list(holder)
    if isinstance(holder, IteratorValue):
        return remaining(vm, holder)
    if isinstance(holder, TensorValue | Instance):
        raise undetermined(Reason.UNSUPPORTED, "iteration")
    vm.throw("TypeError", f"'{type_name(vm, value)}' object is not iterable")


def in_order(value: SetValue) -> bool:
    """Whether the order in which a set gives its members is known: the hash of a number is the number."""
    return len(value.items) < 2 or all(type(item) is int for item in value.items)


def set_items(value: SetValue) -> list[Value]:
    """The members of a set as Python gives them; strings, whose order differs from run to run, as they were added."""
    items = list(members(value))
    return list(set(items)) if in_order(value) else items


def any_of_set(value: SetValue) -> Unknown:
    """The member that a set gives first."""
    return item_of(Unknown(Reason.ENVIRONMENT, "the order of a set"), ListValue(list(value.items)))


def is_huge(value: Any) -> bool:
    """Whether `len` of a range would overflow."""
    return isinstance(value, range) and max(abs(value.start), abs(value.stop)) > 2**62


def remaining(vm: Machine, iterator: IteratorValue) -> list[Value]:
    """What an iterator still gives; it is used up."""
    touch(vm, iterator)
    items = iterator.items[iterator.position :]
    iterator.position = len(iterator.items)
    if iterator.rest is not None:
        raise Undetermined(iterator.rest)
    return items


def advance(vm: Machine, iterator: IteratorValue) -> Value:
    """The next item of an iterator, or MISSING at its end."""
    if isinstance(iterator, GeneratorValue):
        iterator.start(partly=True)
    if iterator.position < len(iterator.items):
        touch(vm, iterator)
        iterator.position += 1
        return iterator.items[iterator.position - 1]
    if iterator.rest is not None:
        raise Undetermined(iterator.rest)
    return MISSING


def peek(
    vm: Machine, value: Value, *, partly: bool = True
) -> tuple[list[Value], Unknown | None, IteratorValue | None]:
    """The items that an iterable gives, what may follow them, and the iterator to move on once they are taken.

    `partly` says that perhaps not all of them will be taken.
    """
    holder = known(plain(value))
    if isinstance(holder, GeneratorValue):
        holder.start(partly=partly)
    if isinstance(holder, IteratorValue):
        return holder.items[holder.position :], holder.rest, holder
    if isinstance(holder, ListValue):
        return list(holder.items), holder.rest, None
    if isinstance(holder, range) and (is_huge(holder) or len(holder) > COLLECTION_SIZE):
        return list(holder[:COLLECTION_SIZE]), Unknown(Reason.SIZE_LIMIT, "a long range"), None
    return vm.iterate(value), None, None
