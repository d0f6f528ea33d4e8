"""What every native function is written with: registration in tables, classes, and the way to plain Python and back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from paramlens.dims import Sym
from paramlens.evaluate.choices import chosen_from, item_of, one_of
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.limits import Walk, check_count, checked
from paramlens.values import (
    ClassValue,
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    Mutable,
    NativeFunction,
    Reason,
    SetValue,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
    fresh,
    undetermined,
)

Native = TypeVar("Native", bound=Callable[..., Any])
Construct = Callable[[Machine, ClassValue, tuple[Value, ...], dict[str, Value]], Value]
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()

# Classes whose instances hold a builtin value in `Instance.payload`.
DATA_CLASSES = frozenset(
    {
        "bool",
        "int",
        "float",
        "complex",
        "str",
        "bytes",
        "tuple",
        "list",
        "dict",
        "set",
        "frozenset",
        "collections.deque",
    }
)


# ------------------------------------------------------------------------------------------------------- tables


def native(table: dict[str, Value], *names: str) -> Callable[[Native], Native]:
    """Put a function of signature `(vm, …)` into a table under these names."""

    def register(function: Native) -> Native:
        for name in names:
            table[name] = NativeFunction(name, function)
        return function

    return register


def method(table: dict[str, Value], *names: str) -> Callable[[Native], Native]:
    """Like `native`, for methods: an instance of a subclass arrives as the builtin value that it holds."""

    def register(function: Native) -> Native:
        def call(vm: Machine, self: Value, /, *args: Value, **kwargs: Value) -> Value:
            return function(vm, known(plain(self)), *args, **kwargs)

        for name in names:
            table[name] = NativeFunction(name, call)
        return function

    return register


def constant(result: Value) -> Callable[..., Value]:
    """A native that ignores its arguments."""
    return lambda vm, *args, **kwargs: result


def opaque(reason: Reason, detail: str) -> Callable[..., Value]:
    """A native whose result is never known."""

    def call(vm: Machine, *args: Value, **kwargs: Value) -> Value:
        return vm.unknown(reason, detail)

    return call


def functions(calls: dict[str, Callable[..., Any]]) -> dict[str, Value]:
    """A namespace of natives from plain `(vm, …)` functions."""
    return {name: NativeFunction(name, call) for name, call in calls.items()}


def make_class(
    name: str,
    bases: tuple[ClassValue, ...] = (),
    namespace: dict[str, Value] | None = None,
    construct: Construct | None = None,
    module: str = "",
) -> ClassValue:
    """A class written here, with its linear MRO (each class once, after all that derive from it)."""
    cls = ClassValue(name, f"{module}.{name}" if module else name, bases, namespace, construct=construct)
    cls.mro = (cls, *merged_mro(bases))
    return cls


def merged_mro(bases: tuple[ClassValue, ...]) -> tuple[Value, ...]:
    """The MRO after the class itself: every base's own, a class kept where it stands last."""
    order: list[Value] = []
    for base in bases:
        for cls in base.mro:
            order = [seen for seen in order if seen is not cls]
            order.append(cls)
    return tuple(order)


# -------------------------------------------------------------------------------------------- plain data and back


def known(value: Value) -> Value:
    """The value, unless it is Unknown: then the result of the whole operation is."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def holds_data(cls: ClassValue) -> bool:
    """Whether the class derives from a builtin data type (`class Config(dict)`, `class Size(IntEnum)`)."""
    return any(isinstance(base, ClassValue) and base.qualified_name in DATA_CLASSES for base in cls.mro)


EMPTY: dict[str, Callable[[], Value]] = {
    "list": ListValue,
    "dict": DictValue,
    "set": SetValue,
    "collections.deque": ListValue,
}


def prepared(value: Value) -> Value:
    """An instance of a mutable builtin type's subclass, with the empty container that `__new__` would give it."""
    if isinstance(value, Instance) and value.payload is None:
        for base in value.cls.mro:
            if isinstance(base, ClassValue) and base.qualified_name in EMPTY:
                value.payload = EMPTY[base.qualified_name]()
                break
    return value


def plain(value: Value) -> Value:
    """The builtin value that an instance of a subclass of a builtin type holds; every other value itself."""
    if isinstance(value, Instance) and holds_data(value.cls) and prepared(value).payload is not None:
        return plain(value.payload)
    return value


def is_number(value: Value) -> bool:
    """A known or symbolic number (bool included, as in Python)."""
    return isinstance(value, int | float | complex | Sym)


def is_concrete(value: Value) -> bool:
    """Plain immutable data through and through, for which Python's own operators are exact."""
    if value is None or value is ... or isinstance(value, int | float | complex | str | bytes | range):
        return True
    if isinstance(value, tuple):
        return all(is_concrete(item) for item in value)
    if isinstance(value, slice):
        return is_concrete(value.start) and is_concrete(value.stop) and is_concrete(value.step)
    return False


def to_python(value: Value, walk: Walk | None = None) -> Any:
    """Abstract data as the Python object it stands for. Raises Undetermined for what is not plain data all through, or
    more than can be walked through."""
    value = known(plain(value))
    if isinstance(value, tuple):
        return tuple(_to_pythons(value, walk))
    if isinstance(value, slice):
        return slice(*_to_pythons((value.start, value.stop, value.step), walk))
    if is_concrete(value):
        return value
    if isinstance(value, ListValue):
        return [*_to_pythons(whole(value), walk)]
    if isinstance(value, DictValue):
        items = closed(value)
        return dict(zip(_to_pythons(items, walk), _to_pythons(items.values(), walk), strict=True))
    if isinstance(value, SetValue):
        found = {*_to_pythons(members(value), walk)}
        return frozenset(found) if value.frozen else found
    if isinstance(value, TensorValue) and value.shape == () and value.data is not None:
        return value.data
    if isinstance(value, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, str(value))
    raise undetermined(Reason.UNSUPPORTED, type(value).__name__)


def _to_pythons(values: Collection[Value], walk: Walk | None) -> Iterator[Any]:
    walk = walk or Walk()
    walk.take(len(values))
    return (to_python(value, walk) for value in values)


def from_python(value: Any) -> Value:
    """A Python object as abstract data."""
    if isinstance(value, list):
        return ListValue([from_python(item) for item in value])
    if isinstance(value, tuple):
        return tuple(from_python(item) for item in value)
    if isinstance(value, dict):
        return DictValue({from_python(key): from_python(item) for key, item in value.items()})
    if isinstance(value, set | frozenset):
        return SetValue(dict.fromkeys(from_python(item) for item in value), frozen=isinstance(value, frozenset))
    if value is NotImplemented:
        raise undetermined(Reason.UNSUPPORTED, "NotImplemented")
    if is_concrete(value):
        return value
    raise undetermined(Reason.UNSUPPORTED, type(value).__name__)


def compute(vm: Machine, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run a pure function of Python itself on plain data; what it raises is raised in the analysed program."""
    try:
        return checked(function(*args, **kwargs))
    except (MemoryError, RecursionError):
        raise undetermined(Reason.SIZE_LIMIT, getattr(function, "__name__", "")) from None
    except Undetermined:
        raise
    except Exception as error:
        kind, message = raised(error)
    vm.throw(kind, message)


def raised(error: Exception) -> tuple[str, str]:
    """The builtin exception class name and the message of an error that Python itself raised."""
    kind = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
    return kind.__name__, str(error.args[0]) if len(error.args) == 1 else str(error)


def computed(vm: Machine, function: Callable[..., Any], *args: Value, **kwargs: Value) -> Value:
    """`compute` on abstract arguments, with an abstract result."""
    arguments = [to_python(arg) for arg in args]
    keywords = {name: to_python(arg) for name, arg in kwargs.items()}
    return from_python(compute(vm, function, *arguments, **keywords))


def delegate(function: Callable[..., Any]) -> Callable[..., Value]:
    """A native that runs a pure function of Python itself on the concrete values of its arguments."""

    def call(vm: Machine, *args: Value, **kwargs: Value) -> Value:
        return computed(vm, function, *args, **kwargs)

    return call


# --------------------------------------------------------------------------------------- contents not known any more


def touch(vm: Machine, value: Mutable) -> None:
    """Note the contents of a mutable before a change."""
    vm.touch(value)


def forget(vm: Machine, value: Mutable, unknown: Unknown) -> None:
    """Make the contents of a container unknown, because a change to it could not be followed."""
    touch(vm, value)
    unknown = item_of(chosen_from(unknown, value), value)
    if isinstance(value, ListValue):
        value.items, value.rest = [], one_of(unknown, ListValue(list(unknown.options)))
    elif isinstance(value, SetValue):
        value.items, value.rest = {}, unknown
    elif isinstance(value, DictValue):
        for key in value.replaceable():
            item = fresh(unknown.reason, key if isinstance(key, str) else unknown.detail, unknown.place)
            value.items[key] = replace(item, options=unknown.options)
        value.open = True
    elif isinstance(value, IteratorValue):
        value.items, value.position, value.rest = [], 0, unknown


class changing:
    """`with changing(vm, container):` — a change that turns out not to be known makes the contents unknown."""

    def __init__(self, vm: Machine, value: Mutable) -> None:
        self.vm = vm
        self.value = value

    def __enter__(self) -> None:
        touch(self.vm, self.value)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Undetermined):
            forget(self.vm, self.value, error.unknown)


# ------------------------------------------------------------------------------------------------------ small asks


def closed(value: DictValue) -> dict[Value, Value]:
    """The items of a dict all of whose keys are known."""
    if value.open:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "a dict with keys that are not known")
    return value.items


def whole(value: ListValue) -> list[Value]:
    """The items of a list whose length is known."""
    if value.rest is not None:
        raise Undetermined(value.rest)
    return value.items


def members(value: SetValue) -> dict[Value, None]:
    """The members of a set all of which are known."""
    if value.rest is not None:
        raise Undetermined(value.rest)
    return value.items


def ask_truth(vm: Machine, value: Value) -> bool:
    """Python truth that must be known."""
    known(value)
    answer = vm.truth(value)
    if answer is None:
        raise undetermined(Reason.DATA_DEPENDENT, "a condition")
    return answer


def ask_compare(vm: Machine, op: str, left: Value, right: Value) -> bool:
    """A comparison whose outcome must be known."""
    return ask_truth(vm, vm.compare(op, left, right))


def limited(vm: Machine, value: Value) -> list[Value]:
    """All items of an iterable, within the bound on collections."""
    items = vm.iterate(known(value))
    check_count(len(items))
    return items


def text_argument(value: Value) -> str | None:
    """The string that a value is, or None when it is something else. Raises Undetermined for Unknown."""
    value = known(plain(value))
    return value if isinstance(value, str) else None


def type_name(vm: Machine, value: Value) -> str:
    """The name of a value's class, for error messages."""
    cls = vm.type_of(value)
    return cls.name if isinstance(cls, ClassValue) else "object"
