"""The text of values: `str`, `repr`, `format` and the fields of f-strings and `str.format`."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.limits import check_text
from paramlens.evaluate.python.natives import closed, compute, is_concrete, known, members, plain, to_python, whole
from paramlens.evaluate.python.percent import check_width
from paramlens.values import (
    ClassValue,
    DictValue,
    Instance,
    ListValue,
    Reason,
    SetValue,
    Value,
    undetermined,
)


def text_of(vm: Machine, value: Value) -> str:
    """`str(value)`. Raises Undetermined where it is not known (symbols, object addresses)."""
    value = known(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Instance):
        return special_text(vm, value, "__str__")
    return repr_of(vm, value)


def repr_of(vm: Machine, value: Value, depth: int = 0) -> str:
    """`repr(value)`."""
    value = known(value)
    if depth > 20:
        raise undetermined(Reason.RECURSION_LIMIT, "repr")
    if is_concrete(value):
        text: str = compute(vm, repr, value)
        return text
    if isinstance(value, Instance):
        return special_text(vm, value, "__repr__")
    if isinstance(value, ClassValue):
        module = vm.get_attribute(value, "__module__", "builtins")
        return f"<class '{value.name}'>" if module == "builtins" else f"<class '{module}.{value.name}'>"
    written = container_text(vm, value, depth + 1)
    check_text(len(written))
    return written


def special_text(vm: Machine, value: Instance, name: str) -> str:
    method = vm.get_attribute(value, name, None)
    if method is None:
        raise undetermined(Reason.ENVIRONMENT, "the address of an object")
    text = plain(known(vm.call(method)))
    if not isinstance(text, str):
        vm.throw("TypeError", f"{name} returned non-string")
    return text


def container_text(vm: Machine, value: Value, depth: int) -> str:
    def each(items: Any) -> str:
        return ", ".join(repr_of(vm, item, depth) for item in items)

    if isinstance(value, tuple):
        return f"({each(value)},)" if len(value) == 1 else f"({each(value)})"
    if isinstance(value, ListValue):
        return f"[{each(whole(value))}]"
    if isinstance(value, DictValue) and value.factory is None:
        pairs = closed(value).items()
        return "{" + ", ".join(f"{repr_of(vm, key, depth)}: {repr_of(vm, item, depth)}" for key, item in pairs) + "}"
    if isinstance(value, SetValue) and len(members(value)) <= 1:
        inner = f"{{{each(value.items)}}}" if value.items else ""
        return f"frozenset({inner})" if value.frozen else inner or "set()"
    if isinstance(value, ClassValue) and value.module is None and value.declaration is None:
        return f"<class '{value.qualified_name}'>"
    if isinstance(value, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(value))
    raise undetermined(Reason.ENVIRONMENT, "the address of an object")


CONVERSIONS: dict[str, Callable[[Machine, Value], str]] = {
    "r": repr_of,
    "s": text_of,
    "a": lambda vm, value: ascii_of(repr_of(vm, value)),
}


def ascii_of(text: str) -> str:
    """Text with everything outside ASCII escaped, as `ascii()` writes it."""
    return "".join(char if ord(char) < 128 else ascii(char)[1:-1] for char in text)


def format_value(vm: Machine, value: Value, conversion: str | None, spec: Value) -> str:
    """`{value!conversion:spec}` of an f-string; `conversion` is "r", "s", "a" or None."""
    value, spec = known(value), known(spec) or ""
    if conversion:
        value = CONVERSIONS[conversion](vm, value)
    check_width(spec)
    if isinstance(value, Instance) and not is_concrete(plain(value)):
        return format_instance(vm, value, spec)
    if isinstance(value, Instance):
        return format_data_instance(vm, value, spec)
    if not spec:
        return text_of(vm, value)
    text: str = compute(vm, format, to_python(value), spec)
    return text


def format_instance(vm: Machine, value: Instance, spec: str) -> str:
    method = vm.get_attribute(value, "__format__", None)
    if method is not None:
        text: str = known(vm.call(method, (spec,)))
        return text
    if not spec:
        return text_of(vm, value)
    vm.throw("TypeError", f"unsupported format string passed to {value.cls.name}.__format__")


def format_data_instance(vm: Machine, value: Instance, spec: str) -> str:
    """An instance of a subclass of str, int, …: numbers format their value, the others what `str` gives."""
    if any(isinstance(base, ClassValue) and base.qualified_name == "enum.Enum" for base in value.cls.mro):
        raise undetermined(Reason.UNSUPPORTED, "the text of an enum member")
    text: str = compute(vm, format, plain(value), spec)
    return text


# ------------------------------------------------------------------------------------------------------- str.format


def format_template(vm: Machine, template: str, args: Sequence[Value], named: DictValue) -> str:
    """`template.format(*args, **named)`."""
    return expand(vm, template, args, named, [0], 2)


def expand(
    vm: Machine, template: str, args: Sequence[Value], named: DictValue, automatic: list[int], depth: int
) -> str:
    check_text(len(template))
    pieces: list[str] = []
    for literal, field, spec, conversion in compute(vm, parsed, template):
        pieces.append(literal)
        if field is not None:
            value = field_value(vm, field, args, named, automatic)
            if spec and depth:
                spec = expand(vm, spec, args, named, automatic, depth - 1)
            pieces.append(format_value(vm, value, conversion, spec))
    text = "".join(pieces)
    check_text(len(text))
    return text


def parsed(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    return list(string.Formatter().parse(template))


def field_value(vm: Machine, field: str, args: Sequence[Value], named: DictValue, automatic: list[int]) -> Value:
    """The value of a field such as `0`, `name`, `config[key]`, `obj.attr`; an empty one is the next in order."""
    first, rest = split_field(field)
    if first == "":
        first = automatic[0]
        automatic[0] += 1
    if isinstance(first, int):
        if first >= len(args):
            vm.throw("IndexError", f"Replacement index {first} out of range for positional args tuple")
        value = args[first]
    else:
        value = vm.get_item(named, first)
    for is_attribute, name in rest:
        value = vm.get_attribute(known(value), name) if is_attribute else vm.get_item(known(value), name)
    return value


STEP = re.compile(r"\.([^.\[\]]+)|\[([^\]]+)\]")


def split_field(field: str) -> tuple[Any, list[tuple[bool, Any]]]:
    """The first name (or number) of a field and the steps after it: (is an attribute, name or number)."""
    head = re.match(r"[^.\[]*", field)
    first = head.group() if head else ""
    steps = [
        (True, attribute) if attribute else (False, int(key) if key.isdigit() else key)
        for attribute, key in STEP.findall(field[len(first) :])
    ]
    return (int(first) if first.isdigit() else first), steps
