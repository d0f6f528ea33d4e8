"""Abstract classes (`collections.abc`, `numbers`, `abc`) and which builtin values are their instances.

`instance_of` answers `isinstance(value, cls)` for a class that `ABSTRACT` lists; `Machine.is_instance` asks it where
the MRO does not already say yes.
"""

from __future__ import annotations

from paramlens.evaluate.python.abstract_mixins import MIXINS
from paramlens.evaluate.python.natives import constant, functions, make_class
from paramlens.evaluate.python.objects import OBJECT, TYPE
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    NativeFunction,
    PropertyValue,
    StaticMethodValue,
    Unknown,
    Value,
)

SEQUENCES = "str bytes list tuple range"
# class: the builtin classes that are its own, and the methods by which any other class is
RULES: dict[str, tuple[str, str]] = {
    "Iterable": (f"{SEQUENCES} dict set frozenset generator", "__iter__"),
    "Iterator": ("generator", "__iter__ __next__"),
    "Generator": ("generator", "send throw close __iter__ __next__"),
    "Reversible": ("list tuple range str bytes dict", "__reversed__ __iter__"),
    "Container": (f"{SEQUENCES} dict set frozenset", "__contains__"),
    "Sized": (f"{SEQUENCES} dict set frozenset", "__len__"),
    "Collection": (f"{SEQUENCES} dict set frozenset", "__len__ __iter__ __contains__"),
    "Sequence": (SEQUENCES, ""),
    "MutableSequence": ("list collections.deque", ""),
    "Mapping": ("dict", ""),
    "MutableMapping": ("dict", ""),
    "Set": ("set frozenset", ""),
    "MutableSet": ("set", ""),
    "Hashable": ("int float complex bool str bytes tuple range frozenset NoneType function type", "__hash__"),
    "Callable": ("function builtin_function_or_method method type partial", "__call__"),
    "ByteString": ("bytes", ""),
    "Awaitable": ("", "__await__"),
    "Coroutine": ("", "__await__ send throw close"),
    "AsyncIterable": ("", "__aiter__"),
    "AsyncIterator": ("", "__aiter__ __anext__"),
    "KeysView": ("", ""),
    "ValuesView": ("", ""),
    "ItemsView": ("", ""),
}
NUMBER_RULES = {
    "Number": "int float complex bool",
    "Complex": "int float complex bool",
    "Real": "int float bool",
    "Rational": "int bool",
    "Integral": "int bool",
}
ABSTRACT: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **{f"collections.abc.{name}": (frozenset(a.split()), frozenset(b.split())) for name, (a, b) in RULES.items()},
    **{f"numbers.{name}": (frozenset(a.split()), frozenset[str]()) for name, a in NUMBER_RULES.items()},
}
# Views of a dict are modelled by plain containers, so nothing can be said of them.
UNDECIDED = frozenset({"collections.abc.KeysView", "collections.abc.ValuesView", "collections.abc.ItemsView"})
PARENTS = {
    "Sequence": "Collection",
    "MutableSequence": "Sequence",
    "Mapping": "Collection",
    "MutableMapping": "Mapping",
    "Set": "Collection",
    "MutableSet": "Set",
    "Collection": "Iterable",
    "Iterator": "Iterable",
    "Generator": "Iterator",
}


def register(cls_: ClassValue) -> None:
    """`SomeABC.register(cls)` hands the class back and makes the answer of isinstance unknown."""

    def call(vm: object, cls: ClassValue, subclass: Value) -> Value:
        cls.traits["registered"] = True
        return subclass

    cls_.namespace["register"] = ClassMethodValue(NativeFunction("register", call))


COLLECTIONS_ABC = {
    name: make_class(name, (OBJECT,), dict(MIXINS.get(name, {})), None, "collections.abc") for name in RULES
}
for abstract_name, parent_name in PARENTS.items():
    COLLECTIONS_ABC[abstract_name].bases = (COLLECTIONS_ABC[parent_name],)
NUMBERS = {name: make_class(name, (OBJECT,), {}, None, "numbers") for name in NUMBER_RULES}


def link(cls: ClassValue) -> tuple[Value, ...]:
    """The MRO along single bases."""
    return (cls, *(link(cls.bases[0]) if cls.bases else ()))


for abstract_class in (*COLLECTIONS_ABC.values(), *NUMBERS.values()):
    abstract_class.mro = link(abstract_class)
    register(abstract_class)


def instance_of(kind: ClassValue | Unknown, cls: ClassValue) -> bool | None:
    """Whether values of class `kind` are instances of an abstract class; None where that is not known.

    The answer for a class that `ABSTRACT` does not list is whether it is in the MRO.
    """
    if isinstance(kind, Unknown):
        return None
    if cls in kind.mro:
        return True
    uncertain = any(isinstance(base, Unknown) for base in kind.mro) or bool(cls.traits.get("registered"))
    if cls.qualified_name not in ABSTRACT:
        return None if uncertain else False
    own, methods = ABSTRACT[cls.qualified_name]
    if cls.qualified_name in UNDECIDED:
        return None
    names = {base.qualified_name for base in kind.mro if isinstance(base, ClassValue)}
    if own & names:
        return True
    if methods and all(defines(kind, name) for name in methods):
        return True
    if cls.qualified_name == "collections.abc.Callable" and kind.declaration is not None:
        return True
    return None if uncertain or kind.declaration is not None else False


def defines(kind: ClassValue, name: str) -> bool:
    return any(
        isinstance(base, ClassValue) and base.qualified_name != "object" and name in base.namespace for base in kind.mro
    )


def decide(cls: ClassValue) -> None:
    """Let isinstance and issubclass ask `instance_of`."""
    cls.traits["instance_check"] = lambda vm, value: instance_of(vm.type_of(value), cls)
    cls.traits["subclass_check"] = lambda vm, kind: instance_of(kind, cls)


for abstract_class in (*COLLECTIONS_ABC.values(), *NUMBERS.values()):
    decide(abstract_class)


def abstract_property(vm: object, function: Value) -> PropertyValue:
    return PropertyValue(function)


ABC_META = make_class("ABCMeta", (TYPE,), {}, None, "abc")
ABC = make_class("ABC", (OBJECT,), {}, None, "abc")
register(ABC)
ABC_MODULE: dict[str, Value] = {
    "ABC": ABC,
    "ABCMeta": ABC_META,
    **functions(
        {
            "abstractmethod": lambda vm, function: function,
            "abstractproperty": abstract_property,
            "abstractclassmethod": lambda vm, function: ClassMethodValue(function),
            "abstractstaticmethod": lambda vm, function: StaticMethodValue(function),
            "get_cache_token": constant(0),
        }
    ),
}
