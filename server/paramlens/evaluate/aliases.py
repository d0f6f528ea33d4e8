"""Effects through an unknown value that may be one of several known ones: each of them may have changed, or not.

`(a if flag else b).append(x)`, `layers[k].requires_grad_(False)`, `(freeze if flag else thaw)(model)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from paramlens.evaluate.alternatives import Alternatives
from paramlens.evaluate.branches import either_value
from paramlens.evaluate.choices import CHANGEABLE, item_of, one_of
from paramlens.evaluate.frames import LimitReached
from paramlens.evaluate.python.natives import forget
from paramlens.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NativeFunction,
    ParameterValue,
    PartialValue,
    Reason,
    SetValue,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def perhaps(vm: Interpreter, unknown: Unknown | Alternatives, change: Callable[[Value], Value]) -> list[Value]:
    """Make a change to each option, and join it with leaving the option as it is; what the changes gave."""
    return [either_value(vm, partial(_attempt, change, option), lambda: None) for option in unknown.options]


def _attempt(change: Callable[[Value], Value], option: Value) -> Value:
    try:
        return change(option)
    except Undetermined as problem:
        return problem.unknown


def attribute(vm: Interpreter, unknown: Unknown, name: str, result: Unknown) -> Unknown:
    """`unknown.name`: what the attribute is for each option."""
    from paramlens.evaluate.attributes import MISSING

    found = [vm.get_attribute(o, name, MISSING) for o in unknown.options if isinstance(o, CHANGEABLE)]
    return one_of(result, *(value for value in found if value is not MISSING))


def call(
    vm: Interpreter,
    callee: Unknown,
    args: Sequence[Value],
    kwargs: dict[str, Value],
    result: Unknown,
) -> Unknown:
    """Call what may be one of several functions. What these make is no fact: perhaps none of it is made."""
    for option in callee.options:
        if isinstance(option, BoundMethod) and getattr(option.function, "name", "") == "get":
            result = item_of(result, option.receiver)
    options = tuple(option for option in callee.options if _may_change_something(vm, option, (*args, *kwargs.values())))
    if not options or len(vm.frames) >= vm.limits.call_depth // 2:
        return result
    before, limit, idle, phase = vm.steps, vm.step_limit, vm.idle_limit, vm.phase
    entered = set(vm.entered_functions)
    most = min(limit, before + 4 * vm.limits.decorator_steps)
    vm.phase = vm.supposed_phase("if it is called")

    def run(option: Value) -> Value:
        vm.step_limit = min(most, vm.steps + vm.limits.decorator_steps)
        try:
            return vm.call(option, args, dict(kwargs))
        except LimitReached:
            if vm.steps > limit:
                raise
            return result

    try:
        return one_of(result, *perhaps(vm, one_of(Unknown(callee.reason), *options), run))
    finally:
        vm.phase, vm.step_limit, vm.entered_functions = phase, limit, entered
        vm.idle_limit = max(vm.idle_limit, idle + vm.steps - before)


_UNKNOWN_METHOD = "a method of a layer: "  # how the names of methods begin that stand for ones that are not known
# Methods written here that change their receiver.
_CHANGES = frozenset(
    (
        *("append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse", "update", "setdefault"),
        *("add", "discard", "__setitem__", "__delitem__", "__iadd__", "appendleft", "extendleft", "popleft", "rotate"),
        *("requires_grad_", "detach_", "apply", "add_module", "register_module", "register_parameter", "__setattr__"),
        *("register_buffer", "set_submodule", "__delattr__", "freeze", "unfreeze", "build", "__init__"),
    )
)
# Those that give its parts.
_PARTS = frozenset(
    (
        *("parameters", "named_parameters", "children", "named_children", "modules", "named_modules"),
        *("values", "items", "copy", "__getitem__", "get_layer", "get_submodule", "get_parameter"),
    )
)


def _may_change_something(vm: Interpreter, function: Value, args: tuple[Value, ...]) -> bool:
    """Whether a call can have an effect: on its receiver, its arguments, or what a function of the file sees."""
    if isinstance(function, BoundMethod) and isinstance(function.function, NativeFunction):
        name = function.function.name.rpartition(".")[2]
        return name in _CHANGES or name in _PARTS or function.function.name.startswith(_UNKNOWN_METHOD)
    if isinstance(function, BoundMethod | Instance):
        return True
    if isinstance(function, PartialValue):
        return _may_change_something(vm, function.function, (*function.args, *function.kwargs.values(), *args))
    if isinstance(function, FunctionValue) and function in vm.running:
        return False  # what it does is being looked at
    if isinstance(function, FunctionValue) and (
        function.module is vm.main or function.scope is not function.module.scope
    ):
        return True
    if isinstance(function, NativeFunction):
        return any(isinstance(arg, Instance) and arg.state is not None for arg in args)
    if not isinstance(function, FunctionValue):
        return False
    return any(isinstance(arg, CHANGEABLE) or (isinstance(arg, Unknown) and arg.options) for arg in args)


def item(unknown: Unknown, result: Unknown) -> Unknown:
    """`unknown[…]` or an item met when iterating it."""
    return item_of(result, unknown) if unknown.options else result


def any_attribute(vm: Interpreter, value: Value, name: Unknown) -> Unknown:
    """`getattr(value, name)`: one of the attributes, or a method, which may change the value in any way."""
    found = replace(name, options=())
    for owner in value.options if isinstance(value, Unknown) else (value,):
        if isinstance(owner, Instance):
            classes = [cls for cls in owner.cls.mro if isinstance(cls, ClassValue) and cls.module is not None]
            own = [(n, f) for cls in classes for n, f in cls.namespace.items() if isinstance(f, FunctionValue)]
            methods = [BoundMethod(function, owner) for n, function in own if n not in _NOT_BY_NAME]
            found = one_of(found, *owner.attributes.values(), *methods)
        frame = vm.current[0] if vm.current is not None else None
        if isinstance(owner, CHANGEABLE) and (frame is None or frame.receiver is not owner):
            found = one_of(found, BoundMethod(_ANY_METHOD, owner))
    return found


_NOT_BY_NAME = frozenset({"__init__", "forward", "call", "build"})


def _doubt(vm: Interpreter, owner: Value, *args: Value, **kwargs: Value) -> None:
    """A method that is not known; one that gets tensors alone, or nothing, leaves what it belongs to as it is."""
    if all(isinstance(arg, TensorValue | Unknown) for arg in (*args, *kwargs.values())):
        return
    if isinstance(owner, ParameterValue):
        vm.touch(owner)
        owner.trainable = vm.unknown(Reason.UNKNOWN_CALL, "a method of a parameter")
    elif isinstance(owner, Instance):
        vm.mark_incomplete(owner, vm.unknown(Reason.UNKNOWN_CALL, f"a method of {owner.cls.name}"), doubtful=True)
    elif isinstance(owner, ListValue | DictValue | SetValue):
        forget(vm, owner, vm.unknown(Reason.UNKNOWN_CALL, "a method"))


# Parts of the names of methods that freeze weights, tie them, or put others in their place.
_CHANGING = (
    "adapter", "add", "append", "freeze", "fuse", "init_weights", "insert", "lora", "merge", "post_init", "prune",
    "quantize", "remove", "replace", "requires_grad", "resize", "tie", "trainable",
)


def method(owner: Instance, name: str, result: Unknown) -> Unknown:
    """A method of a layer that is not known: by its name, calling it may change the layer."""
    if not any(part in name for part in _CHANGING):
        return result

    def call(vm: Interpreter, *args: Value, **kwargs: Value) -> None:
        vm.mark_incomplete(owner, vm.unknown(Reason.UNKNOWN_CALL, f"{owner.cls.name}.{name}"), doubtful=True)

    return one_of(result, BoundMethod(NativeFunction(_UNKNOWN_METHOD + name, call), owner))


_ANY_METHOD = NativeFunction(_UNKNOWN_METHOD, _doubt)
