"""Unknown values that may be a layer all the same: what is chosen from things that are layers or make layers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from paramlens.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    NativeFunction,
    PartialValue,
    Reason,
    Unknown,
    Value,
    fresh,
)

# Reasons of numbers and texts that hang on data or on the machine: by themselves they are no layers.
NEVER_A_LAYER = frozenset({Reason.DATA_DEPENDENT, Reason.ENVIRONMENT, Reason.UNKNOWN_LOOP, Reason.SIZE_LIMIT})
_OBJECTS = (ClassValue, FunctionValue, NativeFunction, BoundMethod, PartialValue, ModuleValue)
_LOOKED_AT = 64


def chosen_from(why: Unknown, *holders: Value) -> Unknown:
    """The unknown `why`, with a reason that lets it be a layer where the holders hold layers or what makes them."""
    if why.reason in NEVER_A_LAYER and any(holds_objects(holder) for holder in holders):
        return fresh(Reason.BRANCHES, why.label, why.place)
    return why


def holds_objects(value: Value, depth: int = 3) -> bool:
    """Whether a container holds layers, classes or functions; looks within no more of it than it must."""
    if not depth:
        return False
    if isinstance(value, Instance) and value.state is not None:
        return any(isinstance(item, Instance) and item.state is not None for item in value.attributes.values())
    return any(
        isinstance(item, _OBJECTS)
        or (isinstance(item, Instance) and item.state is not None)
        or holds_objects(item, depth - 1)
        for item in islice(_items(value), _LOOKED_AT)
    )


def _items(value: Value) -> Iterable[Value]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, ListValue | IteratorValue):
        return value.items
    if isinstance(value, DictValue):
        return dict.values(value.items)
    return ()
