"""`itertools`: the finite ones computed whole, the endless ones to a bounded prefix with an unknown rest."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.items import peek
from paramlens.evaluate.python.iterables import taken
from paramlens.evaluate.python.limits import ENDLESS_PREFIX, check_count
from paramlens.evaluate.python.natives import (
    MISSING,
    ask_compare,
    ask_truth,
    known,
    limited,
    make_class,
    native,
    plain,
    to_python,
    touch,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.values import (
    ClassMethodValue,
    IteratorValue,
    NativeFunction,
    Reason,
    Undetermined,
    Unknown,
    Value,
    undetermined,
)

ITERTOOLS: dict[str, Value] = {}


def endless(items: list[Value], name: str) -> IteratorValue:
    return IteratorValue(items, Unknown(Reason.UNKNOWN_LOOP, f"itertools.{name}"))


@native(ITERTOOLS, "count")
def count(vm: Machine, start: Value = 0, step: Value = 1) -> Value:
    items = [known(start)]
    while len(items) < ENDLESS_PREFIX:
        items.append(known(vm.binary("+", items[-1], step)))
    return endless(items, "count")


@native(ITERTOOLS, "cycle")
def cycle(vm: Machine, iterable: Value) -> Value:
    items = limited(vm, iterable)
    if not items:
        return IteratorValue([])
    return endless(list(itertools.islice(itertools.cycle(items), max(ENDLESS_PREFIX, len(items)))), "cycle")


@native(ITERTOOLS, "repeat")
def repeat(vm: Machine, item: Value, times: Value = MISSING) -> Value:
    if times is MISSING:
        return endless([item] * ENDLESS_PREFIX, "repeat")
    number = known(plain(times))
    if isinstance(number, Sym):
        raise undetermined(Reason.UNKNOWN_LOOP, str(number))
    check_count(number)
    return IteratorValue([item] * max(number, 0))


@native(ITERTOOLS, "chain")
def chain(vm: Machine, *iterables: Value) -> Value:
    """Items up to the first iterable whose end is not known."""
    items: list[Value] = []
    for iterable in iterables:
        more, rest, iterator = peek(vm, iterable)
        items.extend(more)
        check_count(len(items))
        if iterator is not None:
            touch(vm, iterator)
            iterator.position = len(iterator.items)
        if rest is not None:
            return IteratorValue(items, rest)
    return IteratorValue(items)


CHAIN = make_class("chain", (OBJECT,), {}, lambda vm, cls, args, kwargs: chain(vm, *args), "itertools")
CHAIN.namespace["from_iterable"] = ClassMethodValue(
    NativeFunction("from_iterable", lambda vm, cls, iterables: chain(vm, *limited(vm, iterables)))
)
ITERTOOLS["chain"] = CHAIN


@native(ITERTOOLS, "islice")
def islice(vm: Machine, iterable: Value, *bounds: Value) -> Value:
    window = slice(*[to_python(bound) for bound in bounds])
    items, rest, iterator = peek(vm, iterable)
    stop = window.stop
    if rest is not None and (stop is None or stop > len(items)):
        raise Undetermined(rest)
    if iterator is not None:
        touch(vm, iterator)
        reached = len(items) if stop is None else min(max(stop, 0), len(items))
        iterator.position += reached
    return IteratorValue(items[window])


@native(ITERTOOLS, "zip_longest")
def zip_longest(vm: Machine, *iterables: Value, fillvalue: Value = None) -> Value:
    columns = [limited(vm, iterable) for iterable in iterables]
    return IteratorValue(list(itertools.zip_longest(*columns, fillvalue=fillvalue)))


@native(ITERTOOLS, "pairwise")
def pairwise(vm: Machine, iterable: Value) -> Value:
    items = limited(vm, iterable)
    return IteratorValue(list(itertools.pairwise(items)))


@native(ITERTOOLS, "batched")
def batched(vm: Machine, iterable: Value, n: Value) -> Value:
    items, size = limited(vm, iterable), to_python(n)
    if size < 1:
        vm.throw("ValueError", "n must be at least one")
    return IteratorValue([tuple(items[at : at + size]) for at in range(0, len(items), size)])


@native(ITERTOOLS, "starmap")
def starmap(vm: Machine, function: Value, iterable: Value) -> Value:
    return IteratorValue([vm.call(function, limited(vm, row)) for row in limited(vm, iterable)])


@native(ITERTOOLS, "accumulate")
def accumulate(vm: Machine, iterable: Value, func: Value = None, *, initial: Value = None) -> Value:
    items = limited(vm, iterable)
    if initial is not None:
        items = [initial, *items]
    results = items[:1]
    for item in items[1:]:
        results.append(vm.binary("+", results[-1], item) if func is None else vm.call(func, (results[-1], item)))
    return IteratorValue(results)


def chosen(vm: Machine, function: Value, item: Value) -> bool:
    return ask_truth(vm, item if function is None else vm.call(function, (item,)))


@native(ITERTOOLS, "takewhile")
def takewhile(vm: Machine, function: Value, iterable: Value) -> Value:
    """Takes one item more from an iterator than it gives, as Python does."""
    items, rest, iterator = peek(vm, iterable)
    kept: list[Value] = []
    for item in items:
        if not chosen(vm, function, item):
            rest = None
            break
        kept.append(item)
    if iterator is not None:
        touch(vm, iterator)
        iterator.position = min(iterator.position + len(kept) + 1, len(iterator.items))
    return IteratorValue(kept, rest)


@native(ITERTOOLS, "dropwhile")
def dropwhile(vm: Machine, function: Value, iterable: Value) -> Value:
    items = limited(vm, iterable)
    return IteratorValue(list(itertools.dropwhile(lambda item: chosen(vm, function, item), items)))


@native(ITERTOOLS, "filterfalse")
def filterfalse(vm: Machine, function: Value, iterable: Value) -> Value:
    return IteratorValue([item for item in limited(vm, iterable) if not chosen(vm, function, item)])


@native(ITERTOOLS, "compress")
def compress(vm: Machine, data: Value, selectors: Value) -> Value:
    rows, rest = taken(vm, (data, selectors))
    return IteratorValue([item for item, selected in rows if ask_truth(vm, selected)], rest)


@native(ITERTOOLS, "groupby")
def groupby(vm: Machine, iterable: Value, key: Value = None) -> Value:
    groups: list[tuple[Value, list[Value]]] = []
    for item in limited(vm, iterable):
        value = item if key is None else vm.call(key, (item,))
        if groups and ask_compare(vm, "==", groups[-1][0], value):
            groups[-1][1].append(item)
        else:
            groups.append((value, [item]))
    return IteratorValue([(value, IteratorValue(items)) for value, items in groups])


@native(ITERTOOLS, "tee")
def tee(vm: Machine, iterable: Value, n: Value = 2) -> Value:
    items, rest, iterator = peek(vm, iterable)
    if iterator is not None:
        touch(vm, iterator)
        iterator.position = len(iterator.items)
    number = to_python(n)
    check_count(number)
    return tuple(IteratorValue(list(items), rest) for _ in range(number))


@native(ITERTOOLS, "product")
def product(vm: Machine, *iterables: Value, repeat: Value = 1) -> Value:
    times = to_python(repeat)
    check_count(times)
    columns = [limited(vm, iterable) for iterable in iterables] * times
    size = 1
    for column in columns:
        size *= len(column)
        check_count(size)
    return IteratorValue(list(itertools.product(*columns)))


def arranging(function: Callable[..., Any], size_of: Callable[[int, int], int]) -> Callable[..., Value]:
    """`permutations`, `combinations`: `size_of(n, r)` counts the results before they are made."""

    def call(vm: Machine, iterable: Value, r: Value = None) -> Value:
        items = limited(vm, iterable)
        length = len(items) if r is None else to_python(r)
        check_count(0 if length > 64 and length > len(items) else length)
        if len(items) > 200 and length > 2:
            raise undetermined(Reason.SIZE_LIMIT, "itertools")
        check_count(size_of(len(items), length))
        return IteratorValue(list(function(items, length)))

    return call


native(ITERTOOLS, "permutations")(arranging(itertools.permutations, math.perm))
native(ITERTOOLS, "combinations")(arranging(itertools.combinations, math.comb))
native(ITERTOOLS, "combinations_with_replacement")(
    arranging(itertools.combinations_with_replacement, lambda n, r: math.comb(n + r - 1, r) if n else 0)
)
