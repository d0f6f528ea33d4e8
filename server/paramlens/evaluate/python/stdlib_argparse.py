"""`argparse`: a parser holds its options; parsing without a list of words gives every option its default."""

from __future__ import annotations

from typing import Any, NoReturn

from paramlens import dims
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.exceptions import EXCEPTION_CLASSES
from paramlens.evaluate.python.natives import (
    constant,
    functions,
    known,
    limited,
    make_class,
    native,
    plain,
    to_python,
)
from paramlens.evaluate.python.numbers import FLOAT, INT
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.strings import STR
from paramlens.values import DictValue, Instance, ListValue, Reason, Undetermined, Unknown, Value

PARSER: dict[str, Value] = {}
CONVERTERS: dict[Value, type] = {INT: int, FLOAT: float, STR: str}
BOOLEAN_ACTIONS = ("store_true", "store_false")
SINGLE = (None, "?")
SUPPRESS = "==SUPPRESS=="


def start(vm: Machine, self: Instance, **options: Value) -> None:
    """A parser starts with the options of its parents."""
    inherited: list[Value] = []
    for parent in limited(vm, options.get("parents", ())):
        inherited.extend(known(parent).attributes["_options"].items)
    self.attributes.update(
        _options=ListValue(inherited),
        _defaults=DictValue(),
        description=options.get("description"),
        prog=options.get("prog"),
    )


@native(PARSER, "__init__")
def init_parser(vm: Machine, self: Instance, *args: Value, **options: Value) -> None:
    vm.touch(self)
    start(vm, self, **options)


def construct_parser(vm: Machine, cls: Value, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Instance:
    made = vm.new_instance(cls)
    start(vm, made, **kwargs)
    return made


@native(PARSER, "add_argument")
def add_argument(vm: Machine, self: Instance, *flags: Value, **options: Value) -> Instance:
    made = vm.new_instance(OPTION)
    names = [to_python(flag) for flag in flags]
    made.attributes.update(options)
    made.attributes["_flags"] = tuple(names)
    made.attributes["dest"] = destination(names, options.get("dest"))
    made.attributes["_required"] = (bool(names) and not names[0].startswith("-")) or options.get("required", False)
    listed: ListValue = self.attributes["_options"]
    vm.touch(listed)
    listed.items.append(made)
    return made


def destination(flags: list[str], dest: Value) -> str:
    """The attribute that an option sets: its `dest`, its first long flag, or its name."""
    if isinstance(dest, str):
        return dest
    named = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    return named.lstrip("-").replace("-", "_") if named.startswith("-") else named


@native(PARSER, "add_argument_group", "add_mutually_exclusive_group")
def add_group(vm: Machine, self: Instance, *args: Value, **options: Value) -> Instance:
    return self


@native(PARSER, "add_subparsers")
def add_subparsers(vm: Machine, self: Instance, **options: Value) -> Instance:
    """Which sub-command is called is not known: what its options are is not either."""
    made = vm.new_instance(SUBPARSERS)
    made.attributes["_parser"] = self
    if options.get("dest") is not None:
        add_argument(vm, self, f"--{options['dest']}", required=True)
    return made


def add_parser(vm: Machine, self: Instance, name: Value, **options: Value) -> Instance:
    made = construct_parser(vm, PARSER_CLASS, (), options)
    parser: Instance = self.attributes["_parser"]
    vm.touch(parser)
    parser.attributes["_subparsers"] = (*parser.attributes.get("_subparsers", ()), made)
    return made


@native(PARSER, "set_defaults")
def set_defaults(vm: Machine, self: Instance, **defaults: Value) -> None:
    target: DictValue = self.attributes["_defaults"]
    vm.touch(target)
    target.items.update(defaults)


@native(PARSER, "get_default")
def get_default(vm: Machine, self: Instance, dest: Value) -> Value:
    return vm.get_attribute(defaults_of(vm, self), to_python(dest), None)


native(PARSER, "print_help", "print_usage")(constant(None))


@native(PARSER, "error", "exit")
def error(vm: Machine, self: Instance, *args: Value) -> NoReturn:
    vm.throw("SystemExit", "2")


@native(PARSER, "parse_args")
def parse_args(vm: Machine, self: Instance, args: Value = None, namespace: Value = None) -> Value:
    return parse(vm, self, args, namespace)[0]


@native(PARSER, "parse_known_args")
def parse_known_args(vm: Machine, self: Instance, args: Value = None, namespace: Value = None) -> Value:
    return parse(vm, self, args, namespace)


def parse(vm: Machine, self: Instance, args: Value, namespace: Value) -> tuple[Value, Value]:
    """The namespace and the words that are left over."""
    words = None if args is None else limited(vm, args)
    result = defaults_of(vm, self) if words is None else parse_words(vm, self, [to_python(word) for word in words])
    if isinstance(namespace, Instance):
        vm.touch(namespace)
        namespace.attributes.update({**result.attributes, **namespace.attributes})
        result = namespace
    return result, ListValue()


def defaults_of(vm: Machine, self: Instance) -> Instance:
    """What a run without any words on the command line gives; what it would have to give is a symbol or unknown."""
    made = vm.new_instance(NAMESPACE)
    set_values = self.attributes["_defaults"].items
    for option in self.attributes["_options"].items:
        name = option.attributes["dest"]
        if name in set_values:
            made.attributes[name] = set_values[name]
        elif option.attributes.get("action") not in ("help", "version") and not is_suppressed(option):
            made.attributes.setdefault(name, default_value(vm, option))
    made.attributes.update({name: value for name, value in set_values.items() if name not in made.attributes})
    for parser in self.attributes.get("_subparsers", ()):
        for name in defaults_of(vm, parser).attributes:
            made.attributes.setdefault(name, Unknown(Reason.UNKNOWN_ARGUMENT, name, vm.place))
    return made


def is_suppressed(option: Instance) -> bool:
    return option.attributes.get("default") == SUPPRESS


def default_value(vm: Machine, option: Instance) -> Value:
    given = option.attributes
    optional = given.get("nargs") in ("?", "*")
    if "default" not in given and given["_required"] and not (optional and not given["_flags"][0].startswith("-")):
        if given.get("type") is INT and given.get("nargs") in SINGLE:
            return dims.symbol(given["dest"])
        return Unknown(Reason.UNKNOWN_ARGUMENT, given["dest"], vm.place)
    if given["_required"] is True and given["_flags"][0].startswith("-"):
        return Unknown(Reason.UNKNOWN_ARGUMENT, given["dest"], vm.place)
    if given.get("action") in BOOLEAN_ACTIONS:
        return given.get("default", given["action"] == "store_false")
    if "default" not in given and given.get("type") in (INT, FLOAT) and given.get("nargs") in SINGLE:
        return Unknown(Reason.UNKNOWN_ARGUMENT, given["dest"], vm.place)  # None until it is given, and of no use then
    default = given.get("default")
    if "default" not in given and given.get("nargs") == "*" and not given["_flags"][0].startswith("-"):
        return ListValue()
    if isinstance(default, str) and given.get("type") is not None:
        return vm.call(given["type"], (default,))
    return default


# ------------------------------------------------------------------------------------- a given list of words


KEPT = ("nargs", "const", "required", "choices")
NOT_GIVEN: Any = object()


def parse_words(vm: Machine, self: Instance, words: list[str]) -> Instance:
    """Python's own parser finds which words belong to which option; types are applied to them here."""
    from paramlens.evaluate.python.argparse_words import Parser, Refused  # for the few files that give words

    if self.attributes.get("_subparsers"):
        raise Undetermined(Unknown(Reason.UNSUPPORTED, "sub-commands"))
    parser = Parser(add_help=False)
    options = self.attributes["_options"].items
    for option in options:
        parser.add_argument(*option.attributes["_flags"], **real_options(option))
    try:
        found, _ = parser.parse_known_args(words)
    except Refused as problem:
        message = str(problem)
    else:
        made = vm.new_instance(NAMESPACE)
        made.attributes.update(self.attributes["_defaults"].items)
        for option in options:
            name = option.attributes["dest"]
            value = getattr(found, name)
            if value is NOT_GIVEN:
                made.attributes.setdefault(name, default_value(vm, option))
            else:
                made.attributes[name] = typed(vm, option, value)
        return made
    vm.throw("SystemExit", message)


def real_options(option: Instance) -> dict[str, Any]:
    from argparse import BooleanOptionalAction

    given = option.attributes
    result = {name: to_python(given[name]) for name in KEPT if name in given and name != "choices"}
    if "action" in given:
        action = to_python(given["action"])
        result["action"] = BooleanOptionalAction if action == "boolean_optional" else action
    if given["_flags"] and given["_flags"][0].startswith("-"):
        result["dest"] = given["dest"]
        result["required"] = given.get("required", False) is True
    accumulates = given.get("action") in ("count", "append", "extend", "append_const")
    result["default"] = to_python(given.get("default")) if accumulates else NOT_GIVEN
    if given.get("type") in CONVERTERS and "action" not in given:
        result["type"] = CONVERTERS[given["type"]]
    return result


def typed(vm: Machine, option: Instance, value: Any) -> Value:
    convert = option.attributes.get("type")
    if convert is None or convert in CONVERTERS or not isinstance(value, str | list):
        return ListValue(list(value)) if isinstance(value, list) else value
    if isinstance(value, list):
        return ListValue([vm.call(convert, (word,)) for word in value])
    return vm.call(convert, (value,))


OPTION = make_class("Action", (OBJECT,), {}, None, "argparse")
NAMESPACE = make_class("Namespace", (OBJECT,), {}, None, "argparse")
PARSER_CLASS = make_class("ArgumentParser", (OBJECT,), PARSER, construct_parser, "argparse")
SUBPARSERS = make_class("_SubParsersAction", (OBJECT,), functions({"add_parser": add_parser}), None, "argparse")


@native(NAMESPACE.namespace, "__init__")
def init_namespace(vm: Machine, self: Instance, **values: Value) -> None:
    vm.touch(self)
    self.attributes.update(values)


@native(NAMESPACE.namespace, "__contains__")
def namespace_contains(vm: Machine, self: Instance, name: Value) -> Value:
    return known(plain(name)) in self.attributes


ARGPARSE: dict[str, Value] = {
    "ArgumentParser": PARSER_CLASS,
    "Namespace": NAMESPACE,
    "Action": OPTION,
    "SUPPRESS": SUPPRESS,
    "REMAINDER": "...",
    **{
        name: make_class(name, (OBJECT,), {}, None, "argparse")
        for name in (
            "ArgumentDefaultsHelpFormatter", "HelpFormatter", "RawTextHelpFormatter", "RawDescriptionHelpFormatter",
            "MetavarTypeHelpFormatter",
        )
    },
    "ArgumentTypeError": EXCEPTION_CLASSES["ValueError"],
    "ArgumentError": EXCEPTION_CLASSES["ValueError"],
    "BooleanOptionalAction": "boolean_optional",
}  # fmt: skip
