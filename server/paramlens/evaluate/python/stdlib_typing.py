"""`typing`, `typing_extensions`, `types`: names that annotations use. What they do at run time is next to nothing."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.abstract import COLLECTIONS_ABC
from paramlens.evaluate.python.construct import value_class
from paramlens.evaluate.python.mappings import DICT, make_dict
from paramlens.evaluate.python.namedtuples import NAMED_TUPLE
from paramlens.evaluate.python.natives import MISSING, functions, known, make_class, to_python
from paramlens.evaluate.python.objects import (
    FUNCTION,
    GENERATOR,
    METHOD,
    MODULE,
    NATIVE_FUNCTION,
    NONE_TYPE,
    OBJECT,
    TYPE,
)
from paramlens.evaluate.python.sequences import LIST, TUPLE
from paramlens.evaluate.python.sets import FROZENSET, SET
from paramlens.evaluate.python.stdlib_collections import COLLECTIONS
from paramlens.evaluate.python.strings import BYTES, STR
from paramlens.values import BoundMethod, ClassValue, DictValue, Instance, NativeFunction, Reason, Value, undetermined

FORMS = [
    "Any",
    "Union",
    "Optional",
    "Literal",
    "Final",
    "ClassVar",
    "Annotated",
    "Concatenate",
    "TypeGuard",
    "TypeIs",
    "Self",
    "Never",
    "NoReturn",
    "LiteralString",
    "Required",
    "NotRequired",
    "ReadOnly",
    "Unpack",
    "TypeAlias",
    "Generic",
    "Protocol",
    "SupportsInt",
    "SupportsFloat",
    "SupportsIndex",
    "SupportsAbs",
    "SupportsRound",
    "SupportsBytes",
    "SupportsComplex",
    "AnyStr",
    "Text",
    "IO",
    "TextIO",
    "BinaryIO",
    "Pattern",
    "Match",
    "ContextManager",
    "AsyncContextManager",
    "AsyncGenerator",
    "Buffer",
]
ALIASES: dict[str, ClassValue] = {
    "List": LIST,
    "Dict": DICT,
    "Tuple": TUPLE,
    "Set": SET,
    "FrozenSet": FROZENSET,
    "Type": TYPE,
    "Text": STR,
    "ByteString": BYTES,
    "AbstractSet": COLLECTIONS_ABC["Set"],
    **{name: COLLECTIONS[collected] for name, collected in (
        ("OrderedDict", "OrderedDict"), ("DefaultDict", "defaultdict"), ("Counter", "Counter"), ("Deque", "deque"),
    )},
}  # fmt: skip


def type_variable(vm: Machine, *args: Value, **kwargs: Value) -> Value:
    return vm.new_instance(TYPE_VARIABLE)


def new_type(vm: Machine, name: Value, kind: Value) -> Value:
    return NativeFunction(str(name), lambda vm, value: value)


def same(vm: Machine, value: Value, *args: Value, **kwargs: Value) -> Value:
    return value


def cast(vm: Machine, kind: Value, value: Value) -> Value:
    return value


def decorator(vm: Machine, *args: Value, **kwargs: Value) -> Value:
    return NativeFunction("decorator", same)


def get_type_hints(vm: Machine, value: Value, *args: Value, **kwargs: Value) -> Value:
    """The annotations of a class, those of its bases first."""
    target = known(value)
    if not isinstance(target, ClassValue):
        raise undetermined(Reason.UNSUPPORTED, "get_type_hints")
    hints: dict[Value, Value] = {}
    for base in reversed(target.mro):
        if isinstance(base, ClassValue):
            hints.update(base.annotations)
    return DictValue(hints)


def unknown_form(vm: Machine, *args: Value) -> Value:
    raise undetermined(Reason.UNSUPPORTED, "a type as a value")


TYPE_VARIABLE = make_class("TypeVar", (OBJECT,), {}, lambda vm, cls, args, kwargs: Instance(cls), "typing")
TYPED_DICT = make_class(
    "TypedDict", (DICT,), {}, lambda vm, cls, args, kwargs: make_dict(vm, *args, **kwargs), "typing"
)  # fmt: skip

TYPING: dict[str, Value] = {
    **{name: make_class(name, (OBJECT,), {}, None, "typing") for name in FORMS},
    **COLLECTIONS_ABC,
    **ALIASES,
    "TYPE_CHECKING": False,
    "NamedTuple": NAMED_TUPLE,
    "TypedDict": TYPED_DICT,
    "TypeVar": TYPE_VARIABLE,
    "ParamSpec": TYPE_VARIABLE,
    "TypeVarTuple": TYPE_VARIABLE,
    "ForwardRef": TYPE_VARIABLE,
    **functions(
        {
            "NewType": new_type,
            "cast": cast,
            "overload": same,
            "final": same,
            "override": same,
            "no_type_check": same,
            "runtime_checkable": same,
            "runtime": same,
            "assert_type": same,
            "reveal_type": same,
            "dataclass_transform": decorator,
            "deprecated": decorator,
            "get_type_hints": get_type_hints,
            "get_origin": unknown_form,
            "get_args": unknown_form,
            "get_overloads": unknown_form,
        }
    ),
}


# ----------------------------------------------------------------------------------------------------------- types


def construct_namespace(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    instance = vm.new_instance(cls)
    init_namespace(vm, instance, **kwargs)
    return instance


def init_namespace(vm: Machine, self: Instance, mapping: Value = MISSING, **kwargs: Value) -> None:
    vm.touch(self)
    self.attributes.update(to_names(mapping))
    self.attributes.update(kwargs)


def to_names(mapping: Value) -> dict[str, Value]:
    if mapping is MISSING:
        return {}
    if not isinstance(known(mapping), DictValue) or mapping.open:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "a mapping")
    return {to_python(name): value for name, value in mapping.items.items()}


def bind_method(vm: Machine, function: Value, receiver: Value) -> BoundMethod:
    return BoundMethod(known(function), receiver)


SIMPLE_NAMESPACE = make_class(
    "SimpleNamespace", (OBJECT,), functions({"__init__": init_namespace}), construct_namespace, "types"
)
TYPES: dict[str, Value] = {
    "SimpleNamespace": SIMPLE_NAMESPACE,
    "FunctionType": FUNCTION,
    "LambdaType": FUNCTION,
    "BuiltinFunctionType": NATIVE_FUNCTION,
    "BuiltinMethodType": NATIVE_FUNCTION,
    "GeneratorType": GENERATOR,
    "ModuleType": MODULE,
    "NoneType": NONE_TYPE,
    "MappingProxyType": NativeFunction("MappingProxyType", same),
    "DynamicClassAttribute": NativeFunction("DynamicClassAttribute", same),
}
METHOD.construct = value_class("method", OBJECT, bind_method, {}).construct
TYPES["MethodType"] = METHOD
TYPING_MODULES = {"typing": TYPING, "typing_extensions": TYPING, "types": TYPES, "collections.abc": COLLECTIONS_ABC}
