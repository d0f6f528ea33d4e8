"""Looking a key up among known and symbolic keys."""

from __future__ import annotations

from collections.abc import Mapping

from paramlens.dims import Sym, compare
from paramlens.evaluate.python.natives import MISSING
from paramlens.values import DictValue, Reason, Undetermined, Unknown, Value, undetermined


def has_symbols(key: Value) -> bool:
    """Whether a key is, or holds, a symbolic integer."""
    return isinstance(key, Sym) or (isinstance(key, tuple) and any(has_symbols(item) for item in key))


def has_key(items: Mapping[Value, Value], key: Value) -> bool:
    """Whether a key is there. Raises Undetermined when that depends on the value of a symbol."""
    if key in items:
        return True
    if isinstance(key, str):
        return False
    if has_symbols(key):
        rivals = [other for other in items if may_equal(key, other)]
    else:
        rivals = [other for other in items if has_symbols(other) and may_equal(key, other)]
    if rivals:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(key))
    return False


def may_equal(a: Value, b: Value) -> bool:
    """Whether two different keys may turn out to be equal."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(x == y or may_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, int | Sym) and isinstance(b, int | Sym):
        return compare(a, "==", b) is not False
    return (isinstance(a, Sym) and isinstance(b, float)) or (isinstance(a, float) and isinstance(b, Sym))


def find(mapping: DictValue, key: Value) -> Value:
    """The value under a key, MISSING when it is certainly not there. Raises Undetermined when that is not known."""
    if has_key(mapping.items, key):
        return mapping.items[key]
    if mapping.late is not None:
        mapping.late(key)
        if key in mapping.items:
            return mapping.items[key]
    if mapping.open:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(key))
    return MISSING


def holds(mapping: DictValue, key: Value) -> bool:
    """`key in mapping`. An unknown value in an open dict may stand for a key that one branch alone has put in."""
    value = find(mapping, key)
    if mapping.open and isinstance(value, Unknown):
        raise Undetermined(value)
    return value is not MISSING


def merged(items: dict[Value, Value], new: DictValue) -> dict[Value, Value]:
    """`{**items, **new}`; keys of `new` that are not known may replace any value of `items`."""
    if new.open:
        replaced = Unknown(Reason.UNKNOWN_ARGUMENT, "a dict with keys that are not known")
        items = dict.fromkeys(items, replaced)
    if any(has_symbols(key) for key in (*items, *new.items)):
        for key in new.items:
            has_key(items, key)
    return {**items, **new.items}
