"""Unknown values that may be a layer all the same: what is chosen from things that are layers or make layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from paramlens.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    GeneratorValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    NativeFunction,
    ParameterValue,
    PartialValue,
    Reason,
    SetValue,
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
        return replace(fresh(Reason.BRANCHES, why.label, why.place), options=why.options)
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


# ----------------------------------------------------------------------------------------------- one of known values

CHANGEABLE = (Instance, ListValue, DictValue, SetValue, IteratorValue, ParameterValue)
_CALLABLE = (FunctionValue, NativeFunction, BoundMethod, PartialValue)
_MOST_OPTIONS = 512


def one_of(unknown: Unknown, *values: Value) -> Unknown:
    """The unknown, which may be any of these values: those that can change or be called are noted."""
    found: dict[int, Value] = {id(option): option for option in unknown.options}
    for value in values:
        if isinstance(value, Unknown):
            found.update((id(option), option) for option in value.options)
        elif isinstance(value, CHANGEABLE + _CALLABLE) or (isinstance(value, tuple) and any(map(_matters, value))):
            found[id(value)] = value
    if len(found) == len(unknown.options):
        return unknown
    return replace(unknown, options=tuple(islice(found.values(), _MOST_OPTIONS)))


def _matters(value: Value) -> bool:
    if isinstance(value, Unknown):
        return bool(value.options)
    return isinstance(value, CHANGEABLE + _CALLABLE)


def item_of(unknown: Unknown, container: Value) -> Unknown:
    """An unknown item of a container, or of any of the options of an unknown one."""
    holders = container.options if isinstance(container, Unknown) else (container,)
    return one_of(unknown, *(item for holder in holders for item in _members(holder)))


def _members(holder: Value) -> Iterable[Value]:
    if isinstance(holder, Instance) and holder.payload is not None:
        holder = holder.payload
    if isinstance(holder, Instance) and holder.state is not None:
        return [item for item in holder.attributes.values() if isinstance(item, Instance)]
    if isinstance(holder, GeneratorValue) and holder.begin is not None:
        return ()
    if isinstance(holder, ListValue | IteratorValue) and holder.rest is not None:
        return (*holder.items, *item_of(holder.rest, holder.rest).options)
    return _items(holder)


def _items(value: Value) -> Iterable[Value]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, GeneratorValue) and value.begin is not None:
        return ()
    if isinstance(value, ListValue | IteratorValue):
        return value.items
    if isinstance(value, DictValue):
        return dict.values(value.items)
    return ()
