"""`json`, `re`, `string`, `textwrap`, `yaml`: text in, data out, where the text is known."""

from __future__ import annotations

import json
import re
import string
import textwrap
from typing import Any

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.config_files import load_json, load_yaml
from paramlens.evaluate.python.limits import check_text
from paramlens.evaluate.python.natives import (
    compute,
    delegate,
    from_python,
    functions,
    known,
    make_class,
    native,
    opaque,
    plain,
    to_python,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.values import Instance, ListValue, NativeFunction, Reason, Value, undetermined

MAX_PATTERN = 200
MAX_SUBJECT = 2_000
NESTED_REPEAT = re.compile(r"[+*}][)\]]*[+*{]|\([^()]*[+*][^()]*\)[+*{]|\(.*\|.*\)[+*{]|\\[1-9]")
REPEAT = re.compile(r"(?<!\\)[+*{]")

# ------------------------------------------------------------------------------------------------------------ json

JSON: dict[str, Value] = {}


@native(JSON, "loads")
def loads(vm: Machine, text: Value, **options: Value) -> Value:
    if options:
        raise undetermined(Reason.UNSUPPORTED, "json.loads with options")
    written = to_python(text)
    if isinstance(written, str):
        check_text(len(written))
    return from_python(compute(vm, json.loads, written))


@native(JSON, "dumps")
def dumps(vm: Machine, value: Value, **options: Value) -> Value:
    plain_options = {name: to_python(option) for name, option in options.items()}
    data = to_python(value)
    text = compute(vm, lambda: json.dumps(data, **plain_options))
    return text


native(JSON, "load")(load_json)
native(JSON, "dump")(lambda vm, *args, **kwargs: None)

# -------------------------------------------------------------------------------------------------------------- re

RE: dict[str, Value] = {
    name: int(getattr(re, name))
    for name in ["A", "ASCII", "I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "U", "UNICODE"]
}
PATTERN: dict[str, Value] = {}
MATCH: dict[str, Value] = {}
PATTERN_CLASS = make_class("Pattern", (OBJECT,), PATTERN, None, "re")
MATCH_CLASS = make_class("Match", (OBJECT,), MATCH, None, "re")


def compiled(vm: Machine, pattern: Value, flags: Value = 0) -> re.Pattern[Any]:
    """A pattern that is short and repeats nothing within a repetition, so that it cannot take long."""
    pattern = known(pattern)
    if isinstance(pattern, Instance) and pattern.cls is PATTERN_CLASS:
        pattern, flags = pattern.attributes["pattern"], pattern.attributes["flags"]
    text = to_python(pattern)
    if not isinstance(text, str):
        raise undetermined(Reason.UNSUPPORTED, "re")
    if len(text) > MAX_PATTERN or NESTED_REPEAT.search(text) or len(REPEAT.findall(text)) > 6:
        raise undetermined(Reason.SIZE_LIMIT, "a long or nested regular expression")
    result: re.Pattern[Any] = compute(vm, compile_pattern, text, to_python(flags))
    return result


def compile_pattern(text: str, flags: int) -> re.Pattern[Any]:
    try:
        return re.compile(text, flags)
    except re.error as problem:
        raise ValueError(str(problem)) from None


def subject(value: Value, pattern: str = "") -> str:
    """A known text, short enough for the number of repetitions in the pattern."""
    text = to_python(value)
    if not isinstance(text, str):
        raise undetermined(Reason.UNSUPPORTED, "re")
    repeats = len(REPEAT.findall(pattern))
    if len(text) > (MAX_SUBJECT if repeats <= 1 else 400 if repeats == 2 else 100):
        raise undetermined(Reason.SIZE_LIMIT, "a long text for a regular expression")
    return text


def match_object(vm: Machine, found: re.Match[str] | None) -> Value:
    """What code may ask of a match, kept as plain data."""
    if found is None:
        return None
    made = vm.new_instance(MATCH_CLASS)
    made.attributes.update(
        _groups=(found.group(), *found.groups()),
        _names=found.groupdict(),
        _spans=tuple(found.span(at) for at in range(len(found.groups()) + 1)),
        string=found.string,
    )
    return made


@native(RE, "compile")
def compile_(vm: Machine, pattern: Value, flags: Value = 0) -> Value:
    made = vm.new_instance(PATTERN_CLASS)
    expression = compiled(vm, pattern, flags)
    made.attributes.update(pattern=expression.pattern, flags=to_python(flags), groups=expression.groups)
    return made


def searching(name: str) -> None:
    def call(vm: Machine, pattern: Value, text: Value, flags: Value = 0) -> Value:
        expression = compiled(vm, pattern, flags)
        return match_object(vm, getattr(expression, name)(subject(text, expression.pattern)))

    RE[name] = PATTERN[name] = NativeFunction(name, call)


for searching_name in ("match", "search", "fullmatch"):
    searching(searching_name)


@native(RE, "findall")
@native(PATTERN, "findall")
def findall(vm: Machine, pattern: Value, text: Value, flags: Value = 0) -> Value:
    expression = compiled(vm, pattern, flags)
    return from_python(expression.findall(subject(text, expression.pattern)))


@native(RE, "finditer")
@native(PATTERN, "finditer")
def finditer(vm: Machine, pattern: Value, text: Value, flags: Value = 0) -> Value:
    expression = compiled(vm, pattern, flags)
    return vm.make_iterator(
        [match_object(vm, found) for found in expression.finditer(subject(text, expression.pattern))]
    )


@native(RE, "split")
@native(PATTERN, "split")
def split(vm: Machine, pattern: Value, text: Value, maxsplit: Value = 0, flags: Value = 0) -> Value:
    expression = compiled(vm, pattern, flags)
    return ListValue(list(expression.split(subject(text, expression.pattern), to_python(maxsplit))))


@native(RE, "sub")
@native(PATTERN, "sub")
def sub(vm: Machine, pattern: Value, replacement: Value, text: Value, count: Value = 0, flags: Value = 0) -> Value:
    expression = compiled(vm, pattern, flags)
    written = known(plain(replacement))
    where = subject(text, expression.pattern)
    if isinstance(written, str):
        return compute(vm, expression.sub, written, where, to_python(count))

    def replaced(found: re.Match[str]) -> str:
        piece = known(plain(vm.call(written, (match_object(vm, found),))))
        if not isinstance(piece, str):
            raise undetermined(Reason.UNSUPPORTED, "re.sub")
        return piece

    return expression.sub(replaced, where, to_python(count))


@native(RE, "escape")
def escape(vm: Machine, text: Value) -> Value:
    return compute(vm, re.escape, to_python(text))


@native(MATCH, "group", "__getitem__")
def group(vm: Machine, self: Instance, *which: Value) -> Value:
    found = tuple(one_group(vm, self, to_python(key)) for key in which or (0,))
    return found[0] if len(found) == 1 else found


def one_group(vm: Machine, self: Instance, key: Any) -> Value:
    groups, names = self.attributes["_groups"], self.attributes["_names"]
    if isinstance(key, str) and key in names:
        return names[key]
    if isinstance(key, int) and 0 <= key < len(groups):
        return groups[key]
    vm.throw("IndexError", "no such group")


@native(MATCH, "groups")
def groups(vm: Machine, self: Instance, default: Value = None) -> Value:
    return tuple(default if item is None else item for item in self.attributes["_groups"][1:])


@native(MATCH, "groupdict")
def groupdict(vm: Machine, self: Instance, default: Value = None) -> Value:
    return from_python({name: default if item is None else item for name, item in self.attributes["_names"].items()})


@native(MATCH, "span")
def span(vm: Machine, self: Instance, group: Value = 0) -> Value:
    return self.attributes["_spans"][to_python(group)]


native(MATCH, "start")(lambda vm, self, group=0: span(vm, self, group)[0])
native(MATCH, "end")(lambda vm, self, group=0: span(vm, self, group)[1])

# ---------------------------------------------------------------------------------------------------------- string

STRING_NAMES = (
    "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits printable punctuation whitespace"
)
STRING: dict[str, Value] = {name: getattr(string, name) for name in STRING_NAMES.split()}
STRING["capwords"] = NativeFunction("capwords", delegate(string.capwords))
TEXTWRAP = functions({name: delegate(getattr(textwrap, name)) for name in ("dedent", "indent", "fill", "shorten")})
YAML = functions(
    {
        **dict.fromkeys(("safe_load", "load", "full_load"), load_yaml),
        **dict.fromkeys(("safe_load_all", "load_all"), opaque(Reason.ENVIRONMENT, "yaml")),
    }
) | functions({"dump": opaque(Reason.UNSUPPORTED, "yaml"), "safe_dump": opaque(Reason.UNSUPPORTED, "yaml")})
YAML |= {
    name: make_class(name, (OBJECT,), {}, None, "yaml")
    for name in ("SafeLoader", "FullLoader", "Loader", "UnsafeLoader", "CLoader", "CSafeLoader", "Dumper")
}

TEXT_MODULES = {"json": JSON, "re": RE, "string": STRING, "textwrap": TEXTWRAP, "yaml": YAML}
