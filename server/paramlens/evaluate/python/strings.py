"""`str` and `bytes`: Python's own methods run on known values, with the size of the result bounded first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import data_class
from paramlens.evaluate.python.formatting import format_template
from paramlens.evaluate.python.limits import check_text
from paramlens.evaluate.python.natives import (
    MISSING,
    compute,
    from_python,
    known,
    limited,
    method,
    plain,
    to_python,
    type_name,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.operators import binary_methods, compare_methods, container_methods, text_methods
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    DictValue,
    NativeFunction,
    Reason,
    StaticMethodValue,
    TensorValue,
    Value,
    undetermined,
)

COMPARISONS = "== != < <= > >="
SHARED = [
    "capitalize",
    "count",
    "endswith",
    "find",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdigit",
    "islower",
    "isspace",
    "istitle",
    "isupper",
    "lower",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "rfind",
    "rindex",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "upper",
    "__hash__",
]
STR_ONLY = ["casefold", "encode", "isdecimal", "isidentifier", "isnumeric", "isprintable"]
BYTES_ONLY = ["decode", "hex"]
PADDING = ["center", "ljust", "rjust", "zfill"]


def common_methods() -> dict[str, Value]:
    return {
        **text_methods(),
        **container_methods(),
        **binary_methods("+ * %"),
        **compare_methods(COMPARISONS),
    }


STR_METHODS = common_methods()
BYTES_METHODS = common_methods()


def plain_method(name: str, guard: Callable[..., None] | None = None) -> Callable[..., Value]:
    """A method of str or bytes by name; `guard(text, *args)` refuses a result that would be too long."""

    def call(vm: Machine, self: Any, *args: Value, **kwargs: Value) -> Value:
        arguments = [to_python(arg) for arg in args]
        keywords = {key: to_python(arg) for key, arg in kwargs.items()}
        if guard is not None:
            guard(self, *arguments)
        return from_python(compute(vm, getattr(self, name), *arguments, **keywords))

    return call


def guard_width(text: Any, width: Any = 0, *_: Any) -> None:
    if isinstance(width, int):
        check_text(width)


def guard_replace(text: Any, old: Any = "", new: Any = "", *_: Any) -> None:
    if isinstance(old, type(text)) and isinstance(new, type(text)):
        check_text(len(text) + text.count(old) * len(new))


def guard_tabs(text: Any, tabsize: Any = 8) -> None:
    if isinstance(tabsize, int):
        check_text(len(text) + text.count("\t" if isinstance(text, str) else b"\t") * max(tabsize, 0))


GUARDED: dict[str, Callable[..., None]] = {
    **dict.fromkeys(PADDING, guard_width),
    "replace": guard_replace,
    "expandtabs": guard_tabs,
}
for table, names in ((STR_METHODS, [*SHARED, *STR_ONLY]), (BYTES_METHODS, [*SHARED, *BYTES_ONLY])):
    for method_name in names:
        method(table, method_name)(plain_method(method_name))
    for method_name, method_guard in GUARDED.items():
        method(table, method_name)(plain_method(method_name, method_guard))


@method(STR_METHODS, "join")
@method(BYTES_METHODS, "join")
def join(vm: Machine, self: Any, iterable: Value, /) -> Value:
    pieces = []
    for position, item in enumerate(limited(vm, iterable)):
        piece = known(plain(item))
        if not isinstance(piece, type(self)):
            vm.throw(
                "TypeError",
                f"sequence item {position}: expected {type(self).__name__} instance, {type_name(vm, item)} found",
            )
        pieces.append(piece)
    check_text(sum(map(len, pieces)) + len(self) * len(pieces))
    return compute(vm, self.join, pieces)


@method(STR_METHODS, "format")
def format_(vm: Machine, self: str, /, *args: Value, **kwargs: Value) -> Value:
    return format_template(vm, self, args, DictValue(dict(kwargs)))


@method(STR_METHODS, "format_map")
def format_map(vm: Machine, self: str, mapping: Value, /) -> Value:
    return format_template(vm, self, (), known(mapping))


@method(STR_METHODS, "translate")
def translate(vm: Machine, self: str, mapping: Value, /) -> Value:
    table = to_python(mapping)
    if isinstance(table, dict):
        longest = max((len(value) for value in table.values() if isinstance(value, str)), default=1)
        check_text(len(self) * max(longest, 1))
    return compute(vm, self.translate, table)


def maketrans(vm: Machine, *args: Value) -> Value:
    return from_python(compute(vm, str.maketrans, *[to_python(arg) for arg in args]))


STR_METHODS["maketrans"] = StaticMethodValue(NativeFunction("maketrans", maketrans))


def fromhex(vm: Machine, cls: ClassValue, text: Value) -> Value:
    return compute(vm, bytes.fromhex, to_python(text))


BYTES_METHODS["fromhex"] = ClassMethodValue(NativeFunction("fromhex", fromhex))


def make_str(vm: Machine, object: Value = MISSING, encoding: Value = None, errors: Value = "strict") -> Value:
    """`str(object)`, `str(data, encoding)`."""
    if object is MISSING:
        return ""
    if encoding is not None:
        return compute(vm, str, to_python(object), to_python(encoding), to_python(errors))
    return known(vm.text(known(object)))


def make_bytes(vm: Machine, source: Value = b"", encoding: Value = None, errors: Value = "strict") -> Value:
    value = known(plain(source))
    if encoding is not None:
        return compute(vm, bytes, to_python(value), to_python(encoding), to_python(errors))
    if isinstance(value, Sym | TensorValue):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "bytes")
    if isinstance(value, int):
        check_text(value)
        return compute(vm, bytes, value)
    if isinstance(value, bytes | str):
        return compute(vm, bytes, value)
    return compute(vm, bytes, [to_python(item) for item in limited(vm, value)])


STR = data_class("str", OBJECT, make_str, STR_METHODS)
BYTES = data_class("bytes", OBJECT, make_bytes, BYTES_METHODS)

STRING_CLASSES = {cls.name: cls for cls in (STR, BYTES)}
