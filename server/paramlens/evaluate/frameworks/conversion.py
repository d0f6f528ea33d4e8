"""Values to what rules take and back, and views that write through."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from paramlens.dims import Sym
from paramlens.evaluate.frameworks import lineage, shared_memory
from paramlens.evaluate.frameworks.named_results import named
from paramlens.evaluate.frameworks.state import Producer
from paramlens.evaluate.python.limits import Walk
from paramlens.shapes import ShapeMismatch
from paramlens.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    NativeFunction,
    ParameterValue,
    Reason,
    SetValue,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
    born_before_all,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def rule_argument(vm: Interpreter, value: Value, walk: Walk | None = None) -> Any:
    """Lists as tuples, dicts as dicts, subclasses of builtin types as what they hold. Raises Undetermined for more than
    can be walked through."""
    if isinstance(value, ListValue):
        return _rule_arguments(vm, value.items, walk) if value.rest is None else value.rest
    if isinstance(value, tuple):
        return _rule_arguments(vm, value, walk)
    if isinstance(value, DictValue):
        return dict(zip(value.items, _rule_arguments(vm, value.items.values(), walk), strict=True))
    if isinstance(value, SetValue):
        return _rule_arguments(vm, value.items, walk)
    if isinstance(value, range):
        return tuple(value) if len(value) <= 10_000 else Unknown(Reason.SIZE_LIMIT, "range")
    if isinstance(value, IteratorValue):
        return _rule_arguments(vm, value.items[value.position :], walk)
    if isinstance(value, Instance) and value.payload is not None:
        return rule_argument(vm, value.payload, walk)
    if isinstance(value, slice):
        return slice(*_rule_arguments(vm, (value.start, value.stop, value.step), walk))
    if isinstance(value, TensorValue) and value.kind == "numpy" and isinstance(value.data, int | float):
        return value.data
    return value


def _rule_arguments(vm: Interpreter, values: Collection[Value], walk: Walk | None) -> tuple[Any, ...]:
    walk = walk or Walk()
    walk.take(len(values))
    return tuple(rule_argument(vm, value, walk) for value in values)


def from_rule(value: Any) -> Value:
    """Python lists and dicts of a rule's result as values."""
    if isinstance(value, list):
        return ListValue([from_rule(item) for item in value])
    if type(value) is tuple:
        return tuple(from_rule(item) for item in value)
    if isinstance(value, dict):
        return DictValue({key: from_rule(item) for key, item in value.items()})
    return value


def sizes(vm: Interpreter, value: Any) -> Any:
    """A shape: a bare size is a shape of rank 1; unknown sizes become named symbols; None when it is no shape."""
    if isinstance(value, TensorValue):
        return tuple(value.data) if isinstance(value.data, tuple) else None
    if isinstance(value, int | Sym) and not isinstance(value, bool):
        return (value,)
    if not isinstance(value, tuple):
        return None
    found: list[Any] = []
    for position, size in enumerate(value):
        if isinstance(size, Unknown):
            size = vm.symbol_for(size, f"axis {position}")
        elif isinstance(size, TensorValue):
            size = size.data if isinstance(size.data, int) else None
        elif isinstance(size, float) and size.is_integer():
            size = int(size)
        if size is not None and not isinstance(size, int | Sym):
            return None
        found.append(size)
    return tuple(found)


def flat_tensors(value: Value, walk: Walk | None = None) -> Iterator[TensorValue]:
    """The tensors within nested arguments, in order. Raises Undetermined for more than can be walked through."""
    if isinstance(value, TensorValue):
        yield value
        return
    items = _items(value)
    if items:
        walk = walk or Walk()
        walk.take(len(items))
        for item in items:
            yield from flat_tensors(item, walk)


def _items(value: Value) -> Collection[Value]:
    if isinstance(value, ListValue):
        return value.items
    if isinstance(value, tuple | list):
        return value
    if isinstance(value, DictValue):
        return value.items.values()
    return value.values() if isinstance(value, dict) else ()


# ------------------------------------------------------------------------------------------------------ operations


def run_operation(
    vm: Interpreter, name: str, rule: Callable[..., Any], args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a declared operation on values; results of Keras operations remember how they were made."""
    function = vm.operations[name]
    plain_args = [rule_argument(vm, value) for value in args]
    plain_kwargs = {key: rule_argument(vm, value) for key, value in kwargs.items()}
    given = [*flat_tensors((args, kwargs))]
    sources = tuple(tensor for tensor in given if tensor.producer is not None)
    in_place = name.endswith("_") or name.endswith(_IN_PLACE)
    if in_place:
        for tensor in flat_tensors(tuple(args[:1])):
            vm.touch(tensor)
            shared_memory.changed(vm, tensor)

    def run() -> Value:
        try:
            result = rule(*plain_args, **plain_kwargs)
        except ShapeMismatch:
            if not name.startswith("numpy."):
                raise
            result = rule(*map(_perhaps_array, plain_args), **plain_kwargs)
        return _lists(result) if name.endswith(_LISTS) else named(name, from_rule(result))

    if not sources:
        result = run()
        if args and name.rpartition(".")[2] in shared_memory.VIEWS:
            shared_memory.share(vm, args[0], result)
        lineage.passed_on(vm, name, given, flat_tensors(result), in_place=in_place)
        return result
    try:
        result = run()
    except Undetermined as problem:
        result = TensorValue(None, kind="keras", reason=problem.unknown)
    lineage.passed_on(vm, name, given, flat_tensors(result), in_place=in_place)
    return _linked(result, function, tuple(args), kwargs, sources)


def _perhaps_array(value: Any) -> Any:
    """numpy takes numbers for arrays; yet a formula (`1 - mask`) may be computed from an array."""
    if isinstance(value, Sym) or (isinstance(value, TensorValue) and isinstance(value.data, Sym)):
        return Unknown(Reason.UNKNOWN_ARGUMENT, str(value.data if isinstance(value, TensorValue) else value))
    return tuple(map(_perhaps_array, value)) if isinstance(value, tuple) else value


_IN_PLACE = (".fill", ".sort", ".set_shape", "random.shuffle", ".itemset")
_LISTS = (".tolist", ".as_list", "numpy.split", "numpy.array_split", "ops.split", "tensorflow.split", ".unstack")


def _lists(result: Any) -> Value:
    """Tuples of a rule's result as the lists that these functions give."""
    return ListValue([_lists(item) for item in result]) if isinstance(result, tuple) else from_rule(result)


def link_result(vm: Interpreter, name: str, work: Callable[[], Value], operands: Sequence[Value]) -> Value:
    """The result of a tensor operator, linked to Keras operands."""
    given = [*flat_tensors(operands)]
    sources = tuple(tensor for tensor in given if tensor.producer is not None)
    if not sources:
        result = from_rule(work())
        lineage.passed_on(vm, name, given, flat_tensors(result))
        return result
    try:
        result = from_rule(work())
    except Undetermined as problem:
        result = TensorValue(None, kind="keras", reason=problem.unknown)
    lineage.passed_on(vm, name, given, flat_tensors(result))

    def again(vm: Interpreter, *others: Value) -> Value:
        symbol = name.removeprefix("operator ")
        if name == "indexing":
            return vm.unknown(Reason.UNSUPPORTED, name)
        return vm.binary(symbol, *others) if len(others) == 2 else vm.unary(symbol, *others)

    return _linked(result, NativeFunction(name, again), tuple(operands), {}, sources)


def _linked(
    result: Value, function: Value, args: tuple[Value, ...], kwargs: dict[str, Value], sources: tuple[TensorValue, ...]
) -> Value:
    for index, tensor in enumerate(flat_tensors(result)):
        if tensor.producer is None and not isinstance(tensor, ParameterValue) and tensor not in args:
            tensor.producer = Producer(function, args, kwargs, sources, None, index)
    return result


# ------------------------------------------------------------------------------------------------------------ views


class AttributeDict(DictValue):
    """`vars(instance)` / `instance.__dict__`: a dict that is the instance's attributes."""

    __slots__ = ("owner",)

    def __init__(self, vm: Interpreter, owner: Instance) -> None:
        super().__init__(owner.attributes)
        vm.touch(owner)
        self.owner = owner

    def contents(self) -> tuple[dict[Value, Value], bool]:
        return dict(self.owner.attributes), False

    def restore(self, contents: tuple[dict[Value, Value], bool]) -> None:
        self.owner.attributes = contents[0]
        self.items = contents[0]


# ------------------------------------------------------------------------------------------------------- small ones


def brief(value: Any) -> str:
    """A constructor argument as people write it."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) < 40 else '"…"'
    if isinstance(value, tuple):
        inner = ", ".join(brief(item) for item in value[:6])
        return f"({inner}{', …' if len(value) > 6 else ''}{',' if len(value) == 1 else ''})"
    if isinstance(value, ClassValue | FunctionValue | ModuleValue):
        return value.name
    if isinstance(value, Unknown):
        return value.detail or "?"
    if value is None or isinstance(value, bool | int | float | Sym):
        return str(value)
    instance = getattr(value, "instance", value)
    return f"{instance.cls.name}(…)" if isinstance(instance, Instance) else "…"


def automatic_name(vm: Interpreter, layer: Instance) -> str:
    """`conv2d`, `conv2d_1`, …: by class, in the order in which unnamed layers were made."""
    if id(layer) not in vm.layer_names:
        counts: dict[str, int] = {}
        for _, instance, _, _ in vm.sites:
            if instance.state is None or instance.state.framework != "keras" or instance.state.base.get("name"):
                continue
            base = _snake_case(instance.cls.name)
            number = counts.get(base, 0)
            counts[base] = number + 1
            vm.layer_names[id(instance)] = base if number == 0 else f"{base}_{number}"
    return vm.layer_names.get(id(layer), _snake_case(layer.cls.name))


def _snake_case(name: str) -> str:
    """Keras' own conversion: `Conv2DTranspose` → `conv2d_transpose`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def neutral_context(vm: Interpreter) -> Value:
    """A context manager and decorator that does nothing."""
    cls = vm.classes.get("neutral context")
    if cls is None:
        with born_before_all():
            cls = ClassValue("context", "context", (vm.builtin_class("object"),))
        cls.mro = (cls, vm.builtin_class("object"))
        cls.namespace = {
            "__enter__": NativeFunction("__enter__", lambda vm, self: self),
            "__exit__": NativeFunction("__exit__", lambda vm, self, *args: None),
            "__call__": NativeFunction("__call__", lambda vm, self, function=None, *args: function),
        }
        vm.classes["neutral context"] = cls
    return Instance(cls)
