"""`template % values`, with the fields that Python's own formatting defines."""

from __future__ import annotations

import operator
import re
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.limits import TEXT_LENGTH, check_text
from paramlens.evaluate.python.natives import compute, is_concrete, known, plain, to_python
from paramlens.values import DictValue, Reason, Value, undetermined

LONG_NUMBER = re.compile(r"\d{5,}")
FIELD = re.compile(r"%(?:\((?P<key>[^)]*)\))?[-#0 +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?P<kind>.)", re.DOTALL)


def check_width(text: str) -> None:
    """Refuse a format whose widths could ask for more text than the bound."""
    if any(int(number) > TEXT_LENGTH for number in LONG_NUMBER.findall(text)):
        raise undetermined(Reason.SIZE_LIMIT, f"a string longer than {TEXT_LENGTH}")


def percent_format(vm: Machine, template: str | bytes, values: Value) -> Value:
    """`template % values` on known values; `%s` of other values is their `str`."""
    text = template if isinstance(template, str) else template.decode("latin-1")
    check_width(text)
    check_text(len(text))
    return compute(vm, operator.mod, template, arguments(vm, text, known(plain(values))))


def arguments(vm: Machine, text: str, values: Value) -> Any:
    kinds = [(field["key"], field["kind"]) for field in FIELD.finditer(text) if field["kind"] != "%"]
    if isinstance(values, DictValue) and all(key is not None for key, _ in kinds):
        kind_of = dict(kinds)
        return {key: argument(vm, kind_of.get(key, "s"), value) for key, value in needed(values, kind_of).items()}
    if isinstance(values, tuple):
        kinds += [(None, "d")] * (len(values) - len(kinds))
        if "*" in text:
            return to_python(values)
        return tuple(argument(vm, kind, value) for (_, kind), value in zip(kinds, values, strict=False))
    return argument(vm, kinds[0][1] if kinds else "d", values)


def needed(values: DictValue, kind_of: dict[str, str]) -> dict[str, Value]:
    """The entries that the fields name; one that is missing is left to Python's own KeyError."""
    if values.open and any(key not in values.items for key in kind_of):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "a dict with keys that are not known")
    return {key: values.items[key] for key in kind_of if key in values.items}


def argument(vm: Machine, kind: str, value: Value) -> Any:
    value = known(value)
    if kind == "s" and not is_concrete(value):
        return known(vm.text(value))
    if isinstance(value, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(value))
    return to_python(value)
