"""`enum`: members are instances whose `payload` is the value; the interpreter finishes a class once its body ran."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.arithmetic import BINARY
from paramlens.evaluate.python.formatting import repr_of
from paramlens.evaluate.python.natives import (
    DATA_CLASSES,
    functions,
    holds_data,
    is_concrete,
    known,
    make_class,
    native,
    plain,
    to_python,
)
from paramlens.evaluate.python.numbers import INT, INT_METHODS
from paramlens.evaluate.python.objects import OBJECT, TYPE
from paramlens.evaluate.python.strings import STR, STR_METHODS
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NativeFunction,
    PropertyValue,
    Reason,
    StaticMethodValue,
    Unknown,
    Value,
    undetermined,
)

MEMBERS = "enum_members"  # in ClassValue.traits: name → member, aliases included
ENUM_METHODS: dict[str, Value] = {}
FLAG_METHODS: dict[str, Value] = {}
NOT_MEMBERS = (FunctionValue, NativeFunction, PropertyValue, StaticMethodValue, ClassMethodValue)


@native(ENUM_METHODS, "__str__", "__format__")
def enum_text(vm: Machine, self: Instance, spec: Value = "") -> str:
    return f"{self.cls.name}.{self.attributes['_name_']}"


@native(ENUM_METHODS, "__repr__")
def enum_repr(vm: Machine, self: Instance) -> str:
    return f"<{self.cls.name}.{self.attributes['_name_']}: {repr_of(vm, self.attributes['_value_'])}>"


def construct_functional(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    raise undetermined(Reason.UNSUPPORTED, f"{cls.name}(name, members)")


def flag_operator(op: str) -> NativeFunction:
    def call(vm: Machine, self: Instance, other: Value) -> Value:
        if not isinstance(other, Instance):
            raise undetermined(Reason.UNSUPPORTED, op)
        return flag_of(vm, self.cls, BINARY[op](to_python(self.payload), to_python(other.payload)))

    return NativeFunction(op, call)


def flag_of(vm: Machine, cls: ClassValue, value: int) -> Value:
    """The member of a Flag for a combination of bits; unnamed when no member has it."""
    for member in members(cls).values():
        if member.payload == value:
            return member
    return new_member(vm, cls, None, value)


FLAG_METHODS |= {"__or__": flag_operator("|"), "__and__": flag_operator("&"), "__xor__": flag_operator("^")}


@native(FLAG_METHODS, "__contains__")
def flag_contains(vm: Machine, self: Instance, other: Value) -> bool:
    inner = to_python(known(other).payload)
    return bool(to_python(self.payload) & inner == inner)


@native(FLAG_METHODS, "__bool__")
def flag_truth(vm: Machine, self: Instance) -> bool:
    return bool(to_python(self.payload))


ENUM = make_class("Enum", (OBJECT,), ENUM_METHODS, construct_functional, "enum")
FLAG = make_class("Flag", (ENUM,), FLAG_METHODS, construct_functional, "enum")
INT_ENUM = make_class(
    "IntEnum", (INT, ENUM), {"__str__": INT_METHODS["__str__"], "__repr__": ENUM_METHODS["__repr__"]},
    construct_functional, "enum",
)  # fmt: skip
STR_ENUM = make_class(
    "StrEnum", (STR, ENUM), {"__str__": STR_METHODS["__str__"], "__repr__": ENUM_METHODS["__repr__"]},
    construct_functional, "enum",
)  # fmt: skip
INT_FLAG = make_class("IntFlag", (INT, FLAG), dict(FLAG_METHODS), construct_functional, "enum")
AUTO = make_class("auto", (OBJECT,), {}, lambda vm, cls, args, kwargs: Instance(cls), "enum")
META_METHODS: dict[str, Value] = {}
ENUM_META = make_class("EnumMeta", (TYPE,), META_METHODS, None, "enum")
for enum_class in (ENUM, FLAG, INT_ENUM, STR_ENUM, INT_FLAG):
    enum_class.traits["metaclass"] = ENUM_META


def is_enum(cls: ClassValue) -> bool:
    """Whether a class of the analysed program derives from Enum."""
    return cls not in (ENUM, FLAG, INT_ENUM, STR_ENUM, INT_FLAG) and ENUM in cls.mro


def members(cls: ClassValue) -> dict[str, Instance]:
    """Name → member, in order, aliases included."""
    found: dict[str, Instance] = cls.traits.get(MEMBERS, {})
    return found


def iterate_members(cls: ClassValue) -> list[Value]:
    """What iterating over the class gives: each member once."""
    return [member for name, member in members(cls).items() if member.attributes["_name_"] == name]


def by_name(vm: Machine, cls: ClassValue, name: Value) -> Value:
    """`Color["RED"]`."""
    text = known(plain(name))
    if text not in members(cls):
        vm.throw("KeyError", repr(text))
    return members(cls)[text]


@native(META_METHODS, "__getitem__")
def class_item(vm: Machine, cls: ClassValue, name: Value) -> Value:
    return by_name(vm, cls, name)


@native(META_METHODS, "__iter__")
def class_iter(vm: Machine, cls: ClassValue) -> Value:
    return vm.make_iterator(iterate_members(cls))


@native(META_METHODS, "__len__")
def class_len(vm: Machine, cls: ClassValue) -> int:
    return len(iterate_members(cls))


def lookup(vm: Machine, cls: ClassValue, value: Value) -> Value:
    """`Color(1)`: the member of that value, what `_missing_` returns, or ValueError."""
    wanted = known(value)
    if isinstance(wanted, Instance) and wanted.cls is cls:
        return wanted
    for member in members(cls).values():
        if same_value(vm, member.attributes["_value_"], wanted):
            return member
    missing = next((base.namespace["_missing_"] for base in cls.mro if "_missing_" in namespace_of(base)), None)
    if missing is not None:
        found = known(vm.call(getattr(missing, "function", missing), (cls, wanted)))
        if found is not None:
            return found
    if FLAG in cls.mro:
        return flag_of(vm, cls, to_python(wanted))
    vm.throw("ValueError", f"{wanted!r} is not a valid {cls.name}" if is_concrete(wanted) else cls.name)


def namespace_of(cls: Value) -> dict[str, Value]:
    return cls.namespace if isinstance(cls, ClassValue) else {}


def same_value(vm: Machine, a: Value, b: Value) -> bool:
    answer = vm.compare("==", a, b)
    if not isinstance(answer, bool):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "the value of an enum member")
    return answer


def finish_enum_class(vm: Machine, cls: ClassValue) -> None:
    """Turn the plain values of a class body into members."""
    vm.touch(cls)
    table: dict[str, Instance] = {}
    seen: list[Value] = []
    for name, value in list(cls.namespace.items()):
        if is_member(name, value):
            value = next_value(vm, cls, name, seen) if isinstance(value, Instance) and value.cls is AUTO else value
            seen.append(value)
            alias = next((m for m in table.values() if is_alias(vm, m.attributes["_value_"], value)), None)
            table[name] = alias or new_member(vm, cls, name, value)
            cls.namespace[name] = table[name]
    cls.traits[MEMBERS] = table
    cls.namespace["__members__"] = DictValue(dict(table))
    if holds_data(cls) and INT_ENUM not in cls.mro and STR_ENUM not in cls.mro:
        take_text_of_enum(cls)


def is_member(name: str, value: Value) -> bool:
    """Functions, descriptors, dunder and private names are not members."""
    return not (name.startswith("_") or isinstance(value, NOT_MEMBERS))


def is_alias(vm: Machine, a: Value, b: Value) -> bool:
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return False
    return vm.compare("==", a, b) is True


def next_value(vm: Machine, cls: ClassValue, name: str, seen: list[Value]) -> Value:
    """The value of `auto()`: the last one plus 1, the next power of two of a Flag, the lower-case name of a StrEnum."""
    for base in cls.mro:
        rule = namespace_of(base).get("_generate_next_value_")
        if rule is not None:
            function = getattr(rule, "function", rule)
            return vm.call(function, (name, 1, len(seen), ListValue(list(seen))))
    if STR_ENUM in cls.mro:
        return name.lower()
    numbers = [value for value in seen if isinstance(value, int)]
    if len(numbers) != len(seen):
        return Unknown(Reason.UNSUPPORTED, "auto()")
    if FLAG in cls.mro:
        return 1 << max(numbers).bit_length() if numbers else 1
    return numbers[-1] + 1 if numbers else 1


def new_member(vm: Machine, cls: ClassValue, name: str | None, value: Value) -> Instance:
    """A member. A class's own `__init__` gets the value, a tuple spread; `__new__` is not modelled."""
    member = vm.new_instance(cls)
    if own(cls, "__new__") is not None:
        value = Unknown(Reason.UNSUPPORTED, f"{cls.name}.__new__")
    member.payload = value
    member.attributes.update({"_name_": name, "_value_": value, "name": name, "value": value})
    initializer = own(cls, "__init__")
    if initializer is not None:
        vm.call(initializer, (member, *value) if isinstance(value, tuple) else (member, value))
    return member


def own(cls: ClassValue, name: str) -> Value:
    """An attribute that a class of the analysed program defines, not one of Python's own."""
    for base in cls.mro:
        if isinstance(base, ClassValue) and base.module is not None and name in base.namespace:
            return base.namespace[name]
    return None


def take_text_of_enum(cls: ClassValue) -> None:
    """`class Mode(str, Enum)`: `str` and `repr` are those of Enum, not of the data type."""
    for name in ("__str__", "__repr__"):
        first = next((base for base in cls.mro if isinstance(base, ClassValue) and name in base.namespace), None)
        if first is not None and first.qualified_name in DATA_CLASSES:
            cls.namespace[name] = ENUM_METHODS[name]


def unique(vm: Machine, cls: Value) -> Value:
    return cls


ENUM_MODULE: dict[str, Value] = {
    "Enum": ENUM,
    "IntEnum": INT_ENUM,
    "StrEnum": STR_ENUM,
    "Flag": FLAG,
    "IntFlag": INT_FLAG,
    "auto": AUTO,
    "EnumMeta": ENUM_META,
    "EnumType": ENUM_META,
    **functions({"unique": unique, "verify": lambda vm, *rules: NativeFunction("verify", unique)}),
    "KEEP": None,
    "STRICT": None,
    "UNIQUE": None,
    "CONTINUOUS": None,
    "global_enum": NativeFunction("global_enum", unique),
}
