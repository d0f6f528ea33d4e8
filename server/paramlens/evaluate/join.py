"""Joining two possible values of one variable after an unknown condition: what agrees stays, the rest is unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.alike import alike, same, unwrapped
from paramlens.evaluate.alternatives import alternatives
from paramlens.evaluate.choices import one_of
from paramlens.evaluate.journal import Changes, Journal, Made, Mark
from paramlens.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    GeneratorValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    Mutable,
    ParameterValue,
    Reason,
    Scope,
    SetValue,
    TensorValue,
    Unknown,
    Value,
    fresh,
)

MISSING = object()


def join(a: Value, b: Value, name: str = "", made: Made | None = None) -> Value:
    """The value known to be both `a` and `b`, else Unknown(BRANCHES, name).

    `made` is what both branches made: what they made in the same way stands for one another.
    """
    if same(a, b):
        return a
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(join(x, y, name, made) for x, y in zip(a, b, strict=True))
    if type(a) is TensorValue and type(b) is TensorValue and a.kind == b.kind and a.producer is b.producer:
        return TensorValue(_join_shapes(a.shape, b.shape), kind=a.kind, dtype=a.dtype if a.dtype == b.dtype else None)
    if isinstance(a, Instance) and isinstance(b, Instance):
        inner = unwrapped(a, b) or unwrapped(b, a) or (a if made is not None and alike(a, b, made) else None)
        if inner is not None:
            return inner
        either = alternatives(a, b)
        if either is not None:
            return either
    for value in (a, b):
        if isinstance(value, Unknown) and value.reason is not Reason.BRANCHES:
            return one_of(fresh(value.reason, name or value.detail, value.place), a, b)
    unknown = one_of(fresh(Reason.BRANCHES, name), a, b)
    return replace(unknown, weightless=True) if _is_weightless(a) and _is_weightless(b) else unknown


def _is_weightless(value: Value, depth: int = 0) -> bool:
    """Whether a value certainly holds no module and no parameter that a layer would register."""
    if isinstance(value, Unknown):
        return value.weightless
    if isinstance(value, tuple):
        return depth < 3 and all(_is_weightless(item, depth + 1) for item in value)
    if isinstance(value, Instance):
        return value.state is None and not any(isinstance(base, Unknown) for base in value.cls.mro)
    return value is None or isinstance(value, bool | int | float | str | bytes | Sym | FunctionValue | ClassValue)


def _join_shapes(a: Any, b: Any) -> Any:
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b, strict=True))


def merge(journal: Journal, other: Changes, mark: Mark) -> None:
    """Join the present state with `other`, which started from the state at `mark` too."""
    base = journal.base(mark)
    made = mark.made
    for value in other:
        if made.has(value):  # made in the other branch: only there it has contents
            journal.touch(value)
            value.restore(other[value])
    for value in {**other, **base}:
        if made.has(value):
            continue
        mine = value.contents()
        theirs = other[value] if value in other else base[value]
        journal.touch(value)
        value.restore(_join_contents(value, mine, theirs, made))


def _join_contents(value: Mutable, a: Any, b: Any, made: Made) -> Any:
    if isinstance(value, Scope):
        return _join_names(a, b, made)
    if isinstance(value, Instance):
        state = a[3]
        if state is not None:
            state = state.joined(b[3])
        return (a[0], _join_names(a[1], b[1], made), join(a[2], b[2]), state)
    if isinstance(value, ListValue):
        return _join_lists(a, b, made)
    if isinstance(value, DictValue):
        return _join_names(a[0], b[0], made), a[1] or b[1] or a[0].keys() != b[0].keys()
    if isinstance(value, SetValue):
        return _join_sets(a, b)
    if isinstance(value, GeneratorValue):
        if a[3] is None and b[3] is None:
            return (*_join_positions(a, b), None)
        return [], 0, Unknown(Reason.BRANCHES, "a generator"), None
    if isinstance(value, IteratorValue):
        return _join_positions(a, b)
    if isinstance(value, ParameterValue):
        trainable = join(a[3], b[3], value.name)
        return (_join_shapes(a[0], b[0]), a[1], a[2] if same(a[2], b[2]) else None, trainable)
    if isinstance(value, TensorValue):
        return (_join_shapes(a[0], b[0]), a[1], a[2] if same(a[2], b[2]) else None)
    if isinstance(value, ModuleValue):
        return None
    if isinstance(a, tuple):  # ClassValue: namespace and traits
        return tuple(_join_names(x, y, made) for x, y in zip(a, b, strict=True))
    return _join_names(a, b, made)


def _join_positions(a: Any, b: Any) -> tuple[list[Value], int, Unknown | None]:
    """Iterators: what one of two branches took more is what may follow."""
    if a[1] == b[1] and len(a[0]) == len(b[0]):
        return a[0], a[1], a[2] if a[2] is not None else b[2]
    left = a[0] if len(a[0]) >= len(b[0]) else b[0]
    return [], 0, one_of(fresh(Reason.BRANCHES, "how far an iterator is"), ListValue(list(left)))


def _join_names(a: dict[Any, Value], b: dict[Any, Value], made: Made) -> dict[Any, Value]:
    joined: dict[Any, Value] = {}
    for name in {**b, **a}:
        left, right = a.get(name, MISSING), b.get(name, MISSING)
        if left is MISSING or right is MISSING:
            there = right if left is MISSING else left
            unknown = replace(fresh(Reason.BRANCHES, str(name)), weightless=_is_weightless(there))
            joined[name] = one_of(unknown, there)
        else:
            joined[name] = join(left, right, str(name), made)
    return joined


def _join_lists(a: tuple[list[Value], Any], b: tuple[list[Value], Any], made: Made) -> tuple[list[Value], Any]:
    length = min(len(a[0]), len(b[0]))
    items = [join(x, y, "", made) for x, y in zip(a[0][:length], b[0][:length], strict=True)]
    rest = a[1] if a[1] is not None else b[1]
    if len(a[0]) != len(b[0]) and rest is None:
        rest = Unknown(Reason.BRANCHES, "the length of a list")
    return items, rest


def _join_sets(a: tuple[dict[Value, None], Any], b: tuple[dict[Value, None], Any]) -> tuple[dict[Value, None], Any]:
    rest = a[1] if a[1] is not None else b[1]
    if a[0].keys() != b[0].keys() and rest is None:
        rest = Unknown(Reason.BRANCHES, "the members of a set")
    return {member: None for member in a[0] if member in b[0]}, rest
