"""Defining and calling the functions of the analysed program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paramlens.dims import Sym
from paramlens.evaluate import branches, generators
from paramlens.evaluate.frames import Frame, LimitReached, Signal, Thrown
from paramlens.syntax import code
from paramlens.values import (
    ClassMethodValue,
    DictValue,
    FunctionValue,
    IteratorValue,
    ListValue,
    Reason,
    Scope,
    StaticMethodValue,
    Unknown,
    Value,
    fresh,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

IMPLICIT_STATIC = ("__new__", "__init_subclass__", "__class_getitem__")


def define(vm: Interpreter, node: code.FunctionDef, frame: Frame) -> Value:
    """The value of a `def`, decorators applied."""
    function: Value = _make(vm, node, node.name, node.params, frame)
    if frame.scope.is_class and node.name in IMPLICIT_STATIC:
        function = StaticMethodValue(function) if node.name == "__new__" else ClassMethodValue(function)
    return decorate(vm, node.decorators, function, frame)


def define_lambda(vm: Interpreter, node: code.Lambda, frame: Frame) -> FunctionValue:
    """The value of a lambda."""
    return _make(vm, node, "<lambda>", node.params, frame)


def decorate(vm: Interpreter, decorators: tuple[code.Expr, ...], value: Value, frame: Frame) -> Value:
    """Apply decorators inside out. One that is not known is taken to hand back what it is given."""
    from paramlens.evaluate.expressions import evaluate

    for node in reversed(decorators):
        decorator = evaluate(vm, node, frame)
        if isinstance(decorator, Unknown | IteratorValue):  # a `@contextmanager` used as a decorator
            continue
        result = _apply_decorator(vm, decorator, value)
        if not isinstance(result, Unknown):
            value = result
    return value


def _apply_decorator(vm: Interpreter, decorator: Value, value: Value) -> Value:
    """Apply one decorator within a small budget: one that works long (on documentation) hands back its argument."""
    body = getattr(decorator, "code", decorator)
    if id(body) in vm.tedious_decorators:
        return value
    before, limit, idle = vm.steps, vm.decorator_limit, vm.idle_limit
    vm.decorator_limit = min(limit, before - vm.module_steps + vm.limits.decorator_steps)
    try:
        return vm.call(decorator, (value,))
    except LimitReached:
        if vm.steps - vm.module_steps <= vm.decorator_limit or vm.steps - vm.module_steps > limit:
            raise
        vm.tedious_decorators[id(body)] = body
        return value
    finally:
        vm.decorator_limit = limit
        vm.idle_limit = max(vm.idle_limit, idle + vm.steps - before)


def _make(
    vm: Interpreter, node: code.FunctionDef | code.Lambda, name: str, params: code.Params, frame: Frame
) -> FunctionValue:
    from paramlens.evaluate.expressions import evaluate

    defaults = {
        param.name: evaluate(vm, param.default, frame)
        for param in (*params.positional_only, *params.positional, *params.keyword_only)
        if param.default is not None
    }
    function = FunctionValue(node, name, frame.module, frame.offset, frame.scope, defaults, frame.owner)
    if frame.module is vm.main:
        vm.functions.setdefault(id(node), []).append(function)
    return function


def note_yield(vm: Interpreter, frame: Frame, value: Value) -> None:
    """Add an item to what the running generator gives."""
    if frame.at_yield is not None:
        frame.at_yield(value)
    elif frame.yields is not None and frame.yields.rest is None:
        vm.touch(frame.yields)
        frame.yields.items.append(value)
        if len(frame.yields.items) >= vm.limits.iterations:
            raise _GeneratorFull


class _GeneratorFull(Exception):
    """An endless generator has given as many items as are kept."""


def call_function(vm: Interpreter, function: FunctionValue, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Run a function: bind its arguments, run its body, join the ways it may return."""
    scope = Scope(function.scope)
    bind(vm, function, args, kwargs, scope.names)
    frame = Frame(scope, function.module, function.offset, owner=function.owner)
    frame.function = function
    frame.receiver = args[0] if args else None
    if isinstance(function.code, code.FunctionDef) and function.code.is_generator:
        vm.entered(function)
        return generators.of_function(vm, function, frame)
    if len(vm.frames) >= vm.limits.call_depth:
        vm.too_deep(function)
    if too_deep(vm, function, (*args, *kwargs.values())):
        return vm.note(Unknown(Reason.RECURSION_LIMIT, function.name, vm.place))
    vm.push(function, frame)
    try:
        if isinstance(function.code, code.Lambda):
            from paramlens.evaluate.expressions import evaluate

            return evaluate(vm, function.code.body, frame)
        return _run_body(vm, function.code, frame)
    finally:
        vm.pop()


def too_deep(vm: Interpreter, function: FunctionValue, args: Sequence[Value]) -> bool:
    """Whether calls nest too deep; a recursion over something unknown has no end to find and stops early."""
    if len(vm.frames) >= vm.limits.call_depth:
        return True
    if function not in vm.running:
        return False
    if any(isinstance(arg, Unknown) for arg in args) and not any(map(_may_shrink, args)):
        return True  # what the recursion makes of something unknown was seen in the round before
    return vm.repeating > 2 and vm.running.count(function) > 2


def _may_shrink(value: Value) -> bool:
    """Whether an argument is one that a recursion can count down or walk through."""
    return isinstance(value, int | Sym | tuple | ListValue | DictValue) and not isinstance(value, bool)


def _run_body(vm: Interpreter, node: code.FunctionDef, frame: Frame) -> Value:
    from paramlens.evaluate.statements import execute_block

    body = node.body.load()
    if isinstance(body, code.Refusal):
        return vm.note(Unknown(Reason.SYNTAX, node.name, frame.place(node)))
    signal: Signal | None = None
    try:
        signal = execute_block(vm, body, frame)
    except Thrown:
        signal = branches.rescue(vm, frame)
        if signal is None:
            raise
    signal = branches.settle(vm, frame, 0, ("return", "break", "continue"), signal)
    return signal.value if signal is not None else None


def run_generator(vm: Interpreter, function: FunctionValue, frame: Frame) -> Unknown | None:
    """Run the body of a generator; why more items may follow than its frame notes."""
    assert isinstance(function.code, code.FunctionDef)
    vm.push(function, frame)
    try:
        result = _run_body(vm, function.code, frame)
    except _GeneratorFull:
        return Unknown(Reason.SIZE_LIMIT, function.name, frame.place(function.code))
    finally:
        vm.pop()
    return result if isinstance(result, Unknown) and result.reason is Reason.SYNTAX else None


def bind(
    vm: Interpreter, function: FunctionValue, args: Sequence[Value], kwargs: dict[str, Value], into: dict[str, Value]
) -> None:
    """Fill the parameters as Python does; TypeError is thrown where a call certainly does not fit."""
    params = function.code.params
    positional = (*params.positional_only, *params.positional)
    more_positional = kwargs.pop("*", None) if "*" in kwargs else None
    more_keywords = kwargs.pop("**", None) if "**" in kwargs else None
    for param, value in zip(positional, args, strict=False):
        into[param.name] = value
    if len(args) > len(positional) and params.var_positional is None:
        vm.throw("TypeError", f"{function.name}() takes {len(positional)} arguments but {len(args)} were given")
    if params.var_positional is not None:
        extra: Value = tuple(args[len(positional) :])
        into[params.var_positional.name] = extra if more_positional is None else more_positional
    by_keyword = {param.name for param in (*params.positional, *params.keyword_only)}
    rest: dict[Value, Value] = {}
    for name, value in kwargs.items():
        if name not in by_keyword:
            if params.var_keyword is None:
                vm.throw("TypeError", f"{function.name}() got an unexpected keyword argument '{name}'")
            rest[name] = value
        elif name in into:
            vm.throw("TypeError", f"{function.name}() got multiple values for argument '{name}'")
        else:
            into[name] = value
    if params.var_keyword is not None:
        into[params.var_keyword.name] = DictValue(rest, open=more_keywords is not None)
    _fill_rest(vm, function, positional, params.keyword_only, more_positional, more_keywords, into)


def _fill_rest(
    vm: Interpreter,
    function: FunctionValue,
    positional: tuple[code.Param, ...],
    keyword_only: tuple[code.Param, ...],
    more_positional: Unknown | None,
    more_keywords: Unknown | None,
    into: dict[str, Value],
) -> None:
    """Defaults for what was not given; parameters that an unknown `*` or `**` may fill are unknown."""
    for group, more in (
        (positional, more_positional if more_positional is not None else more_keywords),
        (keyword_only, more_keywords),
    ):
        for param in group:
            if param.name in into:
                continue
            if more is not None:
                into[param.name] = fresh(Reason.UNKNOWN_ARGUMENT, param.name)
            elif param.name in function.defaults:
                into[param.name] = function.defaults[param.name]
            else:
                vm.throw("TypeError", f"{function.name}() missing a required argument: '{param.name}'")
