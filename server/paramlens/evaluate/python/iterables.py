"""The builtin functions over iterables: `map`, `zip`, `sorted`, `sum`, `max`, …"""

from __future__ import annotations

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.arithmetic import extreme_of_numbers
from paramlens.evaluate.python.items import advance, any_of_set, in_order, peek
from paramlens.evaluate.python.limits import check_count
from paramlens.evaluate.python.natives import (
    MISSING,
    ask_compare,
    ask_truth,
    known,
    limited,
    native,
    plain,
    touch,
)
from paramlens.evaluate.python.sequences import ordered_by
from paramlens.values import (
    Instance,
    IteratorValue,
    ListValue,
    Reason,
    SetValue,
    Undetermined,
    Unknown,
    Value,
    undetermined,
)

ITERATING: dict[str, Value] = {}


def taken(
    vm: Machine, iterables: tuple[Value, ...], strict: bool = False
) -> tuple[list[tuple[Value, ...]], Unknown | None]:
    """The rows of `zip(*iterables)` and what may follow them; iterators move on as Python moves them."""
    sources = [peek(vm, iterable, partly=len(iterables) > 1) for iterable in iterables]
    if not sources:
        return [], None
    count = min(len(items) for items, _, _ in sources)
    ends = [len(items) for items, rest, _ in sources if rest is None]
    rest = None if count in ends else next(rest for items, rest, _ in sources if len(items) == count)
    stopped = next((at for at, (items, _, _) in enumerate(sources) if len(items) == count), len(sources))
    for at, (items, _, iterator) in enumerate(sources):
        if iterator is not None:
            touch(vm, iterator)
            iterator.position += min(count + (1 if at < stopped else 0), len(items))
    if strict and rest is None and any(len(items) != count or more is not None for items, more, _ in sources):
        vm.throw("ValueError", "zip() arguments have different lengths")
    rows = [tuple(items[at] for items, _, _ in sources) for at in range(count)]
    return rows, rest


@native(ITERATING, "zip")
def zip_(vm: Machine, *iterables: Value, strict: Value = False) -> Value:
    rows, rest = taken(vm, iterables, ask_truth(vm, strict))
    return IteratorValue(list(rows), rest)


@native(ITERATING, "enumerate")
def enumerate_(vm: Machine, iterable: Value, start: Value = 0) -> Value:
    rows, rest = taken(vm, (iterable,))
    first = known(plain(start))
    return IteratorValue([(first + at, row[0]) for at, row in enumerate(rows)], rest)


@native(ITERATING, "map")
def map_(vm: Machine, function: Value, *iterables: Value) -> Value:
    """The calls are made when the items are asked for; an endless source is refused."""
    rows, rest = taken(vm, iterables)
    if rest is not None:
        raise Undetermined(rest)
    return vm.deferred(lambda: ([vm.call(function, row) for row in rows], None))


@native(ITERATING, "filter")
def filter_(vm: Machine, function: Value, iterable: Value) -> Value:
    items = limited(vm, iterable)

    def run() -> tuple[list[Value], None]:
        verdicts = [item if function is None else vm.call(function, (item,)) for item in items]
        return [item for item, verdict in zip(items, verdicts, strict=True) if ask_truth(vm, verdict)], None

    return vm.deferred(run)


@native(ITERATING, "reversed")
def reversed_(vm: Machine, iterable: Value) -> Value:
    value = known(iterable)
    if isinstance(value, Instance):
        method = vm.get_attribute(value, "__reversed__", None)
        if method is not None:
            return vm.call(method)
        count = known(vm.call(vm.get_attribute(value, "__len__")))
        check_count(count)
        return IteratorValue([vm.get_item(value, at) for at in range(count - 1, -1, -1)])
    return IteratorValue(limited(vm, value)[::-1])


@native(ITERATING, "sorted")
def sorted_(vm: Machine, iterable: Value, *, key: Value = None, reverse: Value = False) -> Value:
    return ListValue(ordered_by(vm, limited(vm, iterable), key, reverse))


@native(ITERATING, "iter")
def iter_(vm: Machine, value: Value, sentinel: Value = MISSING) -> Value:
    if sentinel is not MISSING:
        raise undetermined(Reason.UNSUPPORTED, "iter(function, sentinel)")
    value = known(value)
    if isinstance(value, IteratorValue):
        return value
    if isinstance(value, Instance):
        method = vm.get_attribute(value, "__iter__", None)
        if method is not None:
            return vm.call(method)
        return vm.make_iterator(vm.iterate(value))
    if isinstance(plain(value), SetValue) and not in_order(plain(value)):
        return IteratorValue([], any_of_set(plain(value)))
    items, rest, _ = peek(vm, value)
    return IteratorValue(items, rest)


@native(ITERATING, "next")
def next_(vm: Machine, iterator: Value, default: Value = MISSING) -> Value:
    value = known(iterator)
    if isinstance(value, Instance):
        if default is not MISSING:
            raise undetermined(Reason.UNSUPPORTED, "next(iterator, default)")
        return vm.call(vm.get_attribute(value, "__next__"))
    if not isinstance(value, IteratorValue):
        cls = vm.type_of(value)
        vm.throw("TypeError", f"'{getattr(cls, 'name', 'object')}' object is not an iterator")
    item = advance(vm, value)
    if item is not MISSING:
        return item
    if default is MISSING:
        vm.throw("StopIteration")
    return default


@native(ITERATING, "all")
def all_(vm: Machine, iterable: Value) -> Value:
    return decided(vm, iterable, False)


@native(ITERATING, "any")
def any_(vm: Machine, iterable: Value) -> Value:
    return decided(vm, iterable, True)


def decided(vm: Machine, iterable: Value, deciding: bool) -> bool:
    """Whether one item has the truth that decides; one that certainly has it settles the question."""
    items, rest, iterator = peek(vm, iterable)
    first = iterator.position if iterator is not None else 0
    if iterator is not None:
        touch(vm, iterator)
        iterator.position = len(iterator.items)
    open_question = rest
    for at, item in enumerate(items):
        answer = None if isinstance(item, Unknown) else vm.truth(item)
        if answer is deciding:
            if iterator is not None and open_question is rest:
                iterator.position = first + at + 1
            return deciding
        if answer is None and open_question is None:
            open_question = item if isinstance(item, Unknown) else Unknown(Reason.DATA_DEPENDENT, "a condition")
    if open_question is not None:
        raise Undetermined(open_question)
    return not deciding


@native(ITERATING, "sum")
def sum_(vm: Machine, iterable: Value, start: Value = 0) -> Value:
    total = start
    for item in limited(vm, iterable):
        total = known(vm.binary("+", known(total), known(item)))
    return total


@native(ITERATING, "max")
def max_(vm: Machine, *values: Value, key: Value = None, default: Value = MISSING) -> Value:
    return extreme(vm, "max", values, key, default)


@native(ITERATING, "min")
def min_(vm: Machine, *values: Value, key: Value = None, default: Value = MISSING) -> Value:
    return extreme(vm, "min", values, key, default)


def extreme(vm: Machine, name: str, values: tuple[Value, ...], key: Value, default: Value) -> Value:
    """The first largest or smallest; of symbolic sizes, the size `max(a, b)` itself where neither is certain."""
    items = [known(item) for item in (limited(vm, values[0]) if len(values) == 1 else values)]
    if not items:
        if default is MISSING:
            vm.throw("ValueError", f"{name}() iterable argument is empty" if values else f"{name} expected arguments")
        return default
    if key is None and any(isinstance(item, Sym) for item in items) and all(isinstance(i, int | Sym) for i in items):
        return extreme_of_numbers(name, items)
    best, best_key = items[0], items[0] if key is None else known(vm.call(key, (items[0],)))
    for item in items[1:]:
        item_key = item if key is None else known(vm.call(key, (item,)))
        if ask_compare(vm, ">" if name == "max" else "<", item_key, best_key):
            best, best_key = item, item_key
    return best
