"""`functools` and `operator`: functions that wrap or stand for others."""

from __future__ import annotations

from collections.abc import Callable

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import value_class
from paramlens.evaluate.python.natives import (
    MISSING,
    ask_truth,
    functions,
    known,
    limited,
    make_class,
    native,
    plain,
    to_python,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.operators import COMPARE_NAMES
from paramlens.values import (
    ClassValue,
    FunctionValue,
    Instance,
    ListValue,
    NativeFunction,
    PartialValue,
    PropertyValue,
    Reason,
    Undetermined,
    Value,
    undetermined,
)

FUNCTOOLS: dict[str, Value] = {}
OPERATOR: dict[str, Value] = {}


def make_partial(vm: Machine, function: Value, /, *args: Value, **kwargs: Value) -> PartialValue:
    """A partial of a partial is one partial, as in Python."""
    known(function)
    if isinstance(function, PartialValue):
        return PartialValue(function.function, (*function.args, *args), {**function.kwargs, **kwargs})
    return PartialValue(function, args, dict(kwargs))


def make_partial_method(vm: Machine, function: Value, /, *args: Value, **kwargs: Value) -> NativeFunction:
    def call(vm: Machine, self: Value, *more: Value, **named: Value) -> Value:
        return vm.call(function, (self, *args, *more), {**kwargs, **named})

    return NativeFunction("partialmethod", call)


def make_cached_property(vm: Machine, function: Value) -> PropertyValue:
    return PropertyValue(function, None, True)


FUNCTOOLS["partial"] = value_class("partial", OBJECT, make_partial, {})
FUNCTOOLS["partialmethod"] = value_class("partialmethod", OBJECT, make_partial_method, {})
FUNCTOOLS["cached_property"] = value_class("cached_property", OBJECT, make_cached_property, {})
FUNCTOOLS["WRAPPER_ASSIGNMENTS"] = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")
FUNCTOOLS["WRAPPER_UPDATES"] = ("__dict__",)


@native(FUNCTOOLS, "reduce")
def reduce(vm: Machine, function: Value, iterable: Value, initial: Value = MISSING, /) -> Value:
    items = limited(vm, iterable)
    if initial is MISSING:
        if not items:
            vm.throw("TypeError", "reduce() of empty iterable with no initial value")
        initial, items = items[0], items[1:]
    for item in items:
        initial = vm.call(function, (initial, item))
    return initial


def remembering(vm: Machine, function: Value) -> Value:
    """A function that is called once for the same arguments: its results are shared objects."""
    results = ListValue()  # pairs of arguments and result, a value of the program: a branch that is undone made none

    def call(vm: Machine, *args: Value, **kwargs: Value) -> Value:
        key = (*args, *kwargs.items())
        for pair in results.items:
            equal = same_arguments(vm, pair[0], key) if isinstance(pair, tuple) else None
            if equal is None:
                raise Undetermined(vm.unknown(Reason.BRANCHES, "a result that is kept"))
            if equal:
                return pair[1]
        if results.rest is not None:
            raise Undetermined(results.rest)
        made = vm.call(function, args, kwargs)
        vm.touch(results)
        results.items.append((key, made))
        return made

    return NativeFunction(getattr(function, "name", "cached"), call)


def same_arguments(vm: Machine, a: Value, b: Value) -> bool | None:
    """Whether two argument lists are equal; None when it is not known."""
    if a is b:
        return True
    if isinstance(a, tuple) and isinstance(b, tuple):
        if len(a) != len(b):
            return False
        found = [same_arguments(vm, x, y) for x, y in zip(a, b, strict=True)]
        return False if False in found else None if None in found else True
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b and (type(a) is type(b) or None)  # 1 and 1.0 are one argument or two, by how many there are
    return vm.truth(vm.compare("==", a, b))


@native(FUNCTOOLS, "lru_cache")
def lru_cache(vm: Machine, maxsize: Value = 128, typed: Value = False) -> Value:
    if isinstance(maxsize, FunctionValue | NativeFunction | PartialValue | ClassValue):
        return remembering(vm, maxsize)
    return NativeFunction("lru_cache", remembering)


native(FUNCTOOLS, "cache")(remembering)


@native(FUNCTOOLS, "wraps")
def wraps(vm: Machine, wrapped: Value, assigned: Value = None, updated: Value = None) -> Value:
    return NativeFunction("wraps", lambda vm, wrapper: update_wrapper(vm, wrapper, wrapped))


@native(FUNCTOOLS, "update_wrapper")
def update_wrapper(vm: Machine, wrapper: Value, wrapped: Value, assigned: Value = None, updated: Value = None) -> Value:
    """The wrapper, with the name, the attributes and `__wrapped__` of the function that it wraps."""
    if isinstance(wrapper, FunctionValue):
        vm.touch(wrapper)
        if isinstance(wrapped, FunctionValue):
            wrapper.attributes.update(wrapped.attributes)
            wrapper.attributes["__name__"] = wrapped.attributes.get("__name__", wrapped.name)
        wrapper.attributes["__wrapped__"] = wrapped
    return wrapper


@native(FUNCTOOLS, "total_ordering")
def total_ordering(vm: Machine, cls: Value) -> Value:
    """`a <= b` is `a < b or a == b`, and so on, from whichever of the four the class defines."""
    if isinstance(cls, ClassValue):
        vm.touch(cls)
        if "__lt__" in cls.namespace:
            define_missing(cls, "__gt__", lambda vm, a, b: negated(vm, either(vm, "<", a, b)))
            define_missing(cls, "__le__", lambda vm, a, b: either(vm, "<", a, b))
            define_missing(cls, "__ge__", lambda vm, a, b: negated(vm, vm.compare("<", a, b)))
    return cls


def define_missing(cls: ClassValue, name: str, function: Callable[..., Value]) -> None:
    cls.namespace.setdefault(name, NativeFunction(name, function))


def either(vm: Machine, op: str, a: Value, b: Value) -> Value:
    return ask_truth(vm, vm.compare(op, a, b)) or ask_truth(vm, vm.compare("==", a, b))


def negated(vm: Machine, value: Value) -> Value:
    return not ask_truth(vm, value)


@native(FUNCTOOLS, "cmp_to_key")
def cmp_to_key(vm: Machine, function: Value) -> Value:
    table: dict[str, Value] = {}
    holder = make_class("K", (OBJECT,), table)
    native(table, "__lt__")(lambda vm, a, b: vm.compare("<", vm.call(function, (a.payload, b.payload)), 0))

    def key(vm: Machine, item: Value) -> Instance:
        made = vm.new_instance(holder)
        made.payload = item
        return made

    return NativeFunction("cmp_to_key", key)


@native(FUNCTOOLS, "singledispatch", "singledispatchmethod")
def singledispatch(vm: Machine, function: Value) -> Value:
    """Which implementation runs hangs on the class of the argument: calls of the function are not known."""

    def call(vm: Machine, *args: Value, **kwargs: Value) -> Value:
        raise undetermined(Reason.UNSUPPORTED, "singledispatch")

    def register(vm: Machine, self: Value, *args: Value) -> Value:
        if len(args) == 1 and not isinstance(args[0], ClassValue):
            return args[0]
        return args[1] if len(args) == 2 else NativeFunction("register", lambda vm, function: function)

    cls = make_class("singledispatch", (OBJECT,), functions({"__call__": call, "register": register}))
    return vm.new_instance(cls)


# -------------------------------------------------------------------------------------------------------- operator

OPERATOR_NAMES = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "<<": "lshift", ">>": "rshift", "&": "and_", "|": "or_", "^": "xor",
}  # fmt: skip


def binary_function(op: str) -> Callable[..., Value]:
    return lambda vm, a, b: vm.binary(op, a, b)


def compare_function(op: str) -> Callable[..., Value]:
    return lambda vm, a, b: vm.compare(op, a, b)


for operator_text, operator_name in OPERATOR_NAMES.items():
    for written_name in {operator_name, f"__{operator_name.strip('_')}__", f"i{operator_name.strip('_')}"}:
        native(OPERATOR, written_name)(binary_function(operator_text))
for operator_text, operator_name in {**COMPARE_NAMES, "is": "is_", "is not": "is_not"}.items():
    native(OPERATOR, operator_name)(compare_function(operator_text))
native(OPERATOR, "concat")(binary_function("+"))
native(OPERATOR, "contains")(lambda vm, container, item: vm.compare("in", item, container))
native(OPERATOR, "getitem")(lambda vm, container, index: vm.get_item(container, index))
native(OPERATOR, "setitem")(lambda vm, container, index, value: vm.set_item(container, index, value))
native(OPERATOR, "truth")(ask_truth)
native(OPERATOR, "not_")(negated)
native(OPERATOR, "index")(lambda vm, value: known(plain(value)))


@native(OPERATOR, "itemgetter")
def itemgetter(vm: Machine, *items: Value) -> Value:
    def get(vm: Machine, value: Value) -> Value:
        found = tuple(vm.get_item(value, item) for item in items)
        return found[0] if len(items) == 1 else found

    return NativeFunction("itemgetter", get)


@native(OPERATOR, "attrgetter")
def attrgetter(vm: Machine, *names: Value) -> Value:
    paths = [to_python(name).split(".") for name in names]

    def follow(vm: Machine, value: Value, path: list[str]) -> Value:
        for name in path:
            value = vm.get_attribute(value, name)
        return value

    def get(vm: Machine, value: Value) -> Value:
        found = tuple(follow(vm, value, path) for path in paths)
        return found[0] if len(paths) == 1 else found

    return NativeFunction("attrgetter", get)


@native(OPERATOR, "methodcaller")
def methodcaller(vm: Machine, name: Value, /, *args: Value, **kwargs: Value) -> Value:
    text = to_python(name)
    return NativeFunction("methodcaller", lambda vm, value: vm.call(vm.get_attribute(value, text), args, kwargs))


def negate(vm: Machine, value: Value) -> Value:
    return vm.binary("-", 0, value)


native(OPERATOR, "neg")(negate)

FUNCTION_MODULES = {"functools": FUNCTOOLS, "operator": OPERATOR}
