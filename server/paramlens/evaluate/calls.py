"""Calling any value: functions, methods, classes, partials, natives, callable instances."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.dims import Sym, Undecided
from paramlens.evaluate import aliases, functions
from paramlens.evaluate.alternatives import Alternatives
from paramlens.evaluate.choices import NEVER_A_LAYER, chosen_from, item_of, one_of
from paramlens.evaluate.frames import Frame, LimitReached, Thrown
from paramlens.evaluate.frameworks import namespace, torch_parametrize
from paramlens.evaluate.python.natives import forget
from paramlens.shapes import ShapeMismatch
from paramlens.syntax import code
from paramlens.values import (
    BoundMethod,
    ClassMethodValue,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    NativeFunction,
    PartialValue,
    Place,
    Reason,
    SetValue,
    StaticMethodValue,
    Undetermined,
    Unknown,
    Value,
    derived,
    fresh,
    shortened,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

# Keys of the keyword dict that stand for arguments which are there but not known.
MORE_POSITIONAL, MORE_KEYWORDS = "*", "**"


def evaluate_call(vm: Interpreter, node: code.Call, frame: Frame) -> Value:
    """A call expression; the place of its node becomes the place of what it constructs."""
    from paramlens.evaluate.expressions import evaluate

    vm.step()
    callee = evaluate(vm, node.func, frame)
    args, kwargs = evaluate_arguments(vm, node.args, frame)
    vm.current = (frame, node)
    place = frame.place(node)
    result = call(vm, callee, args, kwargs, place)
    if frame.module is vm.main and type(result) is Instance and result.state is not None:
        vm.received.setdefault(id(result), place)
    return result


def evaluate_arguments(
    vm: Interpreter, arguments: tuple[code.Arg, ...], frame: Frame
) -> tuple[list[Value], dict[str, Value]]:
    """Positional and keyword arguments with `*` and `**` unpacked."""
    from paramlens.evaluate.expressions import evaluate

    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    for argument in arguments:
        value = evaluate(vm, argument.value, frame)
        if argument.star == "*":
            try:
                args.extend(vm.iterate(value))
            except Undetermined as problem:
                kwargs[MORE_POSITIONAL] = problem.unknown
        elif argument.star == "**":
            _add_keywords(vm, kwargs, value)
        elif argument.keyword is not None:
            kwargs[argument.keyword] = value
        else:
            args.append(value)
    return args, kwargs


def _add_keywords(vm: Interpreter, kwargs: dict[str, Value], value: Value) -> None:
    mapping = vm.plain(value)
    if isinstance(mapping, DictValue):
        for key, item in mapping.items.items():
            if isinstance(key, str):
                kwargs[key] = item
        if mapping.open:
            kwargs[MORE_KEYWORDS] = Unknown(Reason.UNKNOWN_ARGUMENT, "**")
    elif isinstance(mapping, Unknown):
        kwargs[MORE_KEYWORDS] = mapping
    else:
        keys = vm.get_attribute(value, "keys", None)
        for key in vm.iterate(vm.call(keys)) if keys is not None else ():
            kwargs[key] = vm.get_item(value, key)


def call(
    vm: Interpreter, callee: Value, args: Sequence[Value], kwargs: dict[str, Value], place: Place | None = None
) -> Value:
    """Call a value. `place` is given when a call expression of the program does it directly."""
    kind = type(callee)
    if kind is FunctionValue:
        return functions.call_function(vm, callee, args, kwargs)
    if kind is BoundMethod:
        return call(vm, callee.function, (callee.receiver, *args), kwargs, place)
    if kind is NativeFunction:
        return call_native(vm, callee, args, kwargs)
    if kind is ClassValue:
        return vm.instantiate(callee, args, kwargs, place)
    if kind is PartialValue:
        return call(vm, callee.function, (*callee.args, *args), {**callee.kwargs, **kwargs}, place)
    if kind is Instance:
        method = vm.class_attribute(callee.cls, "__call__")
        if method is not None:
            return call(vm, method, (callee, *args), kwargs, place)
        if any(isinstance(base, Unknown) for base in callee.cls.mro):
            return Unknown(Reason.UNKNOWN_CALL, callee.cls.name, place)
        vm.throw("TypeError", f"'{callee.cls.name}' object is not callable")
    if kind is Alternatives:
        return _call_options(vm, callee.options, args, kwargs)
    if kind in (StaticMethodValue, ClassMethodValue):
        return call(vm, callee.function, args, kwargs, place)
    if isinstance(callee, Unknown):
        torch_parametrize.may_have_changed(vm, callee, (*args, *kwargs.values()))
        result = fresh(callee.reason, shortened(f"{callee.label}()") if callee.label else "", place or callee.place)
        return vm.note(aliases.call(vm, callee, args, kwargs, result) if callee.options else result)
    if isinstance(callee, ModuleValue) and (function := namespace.called_module(vm, callee.name)) is not None:
        return call(vm, function, args, kwargs, place)
    return vm.throw("TypeError", f"'{vm.type_name(callee)}' object is not callable")


def _call_options(
    vm: Interpreter, options: tuple[Instance, ...], args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a module that is one of several."""
    from paramlens.evaluate.branches import either_value

    if len(options) == 1:
        return call(vm, options[0], args, dict(kwargs))
    return either_value(
        vm,
        lambda: call(vm, options[0], args, dict(kwargs)),
        lambda: _call_options(vm, options[1:], args, kwargs),
        "the output",
    )


def call_native(vm: Interpreter, function: NativeFunction, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Call a function written here; what it cannot know becomes the call's value."""
    for marker in (MORE_POSITIONAL, MORE_KEYWORDS):
        if marker in kwargs:
            _forget_receiver(vm, args, kwargs[marker])
            return vm.note(kwargs[marker])
    try:
        result = function.call(vm, *args, **kwargs)
        if type(result) is Unknown:
            vm.risks += 1
            return _perhaps_chosen(function, result, args)
        return result
    except Undetermined as problem:
        _doubt_receiver(vm, function, args, problem.unknown)
        return vm.note(_perhaps_chosen(function, _result_of(vm, function, args, problem.unknown), args))
    except ShapeMismatch as problem:
        return vm.report_mismatch(problem)
    except (Thrown, LimitReached, RecursionError):
        raise
    except Undecided as problem:
        return vm.note(Unknown(Reason.DATA_DEPENDENT, str(problem), vm.place))
    except Exception as problem:  # a case that the native does not cover must not end the analysis
        vm.trace(function.name, problem)
        unknown = Unknown(Reason.UNSUPPORTED, function.name, vm.place)
        _doubt_receiver(vm, function, args, unknown)
        return vm.note(unknown)


# Natives whose result follows from their arguments alone, and classes of which that is so.
_PURE = frozenset(
    ["len", "max", "min", "sum", "abs", "round", "ceil", "floor", "trunc", "sqrt", "log2", "gcd", "int", "float"]
)
# Natives that give an item of their first argument.
_GIVING_ITEMS = frozenset(["choice", "next", "max", "min", "get", "pop", "popleft", "popitem", "setdefault"])
_NAME = re.compile(r"[\w.]+(\[[^\[\]]*\])*")


def _perhaps_chosen(function: NativeFunction, result: Unknown, args: Sequence[Value]) -> Unknown:
    """What a native gives that is not known: one of the layers in its arguments, perhaps."""
    of_layer = bool(args) and isinstance(args[0], Instance) and not function.name.startswith("container.")
    if function.name in _PURE or of_layer:
        return result
    if function.name.rpartition(".")[2] in _GIVING_ITEMS and args:
        result = item_of(result, args[0])
    if function.name == "getattr" and result.reason in NEVER_A_LAYER:
        return one_of(fresh(Reason.UNRESOLVED_ATTRIBUTE, result.label, result.place), result)
    return chosen_from(result, *args)


def _result_of(vm: Interpreter, function: NativeFunction, args: Sequence[Value], why: Unknown) -> Unknown:
    """What a native gives that hangs on an unknown value: another one; but `int(n)` of a name is taken as `n`."""
    if len(args) == 4 and isinstance(args[1], ClassValue) and isinstance(args[2], tuple):
        args = args[2]  # a class is called with the machine, itself, the arguments and the keywords
    if function.name == "int" and len(args) == 1 and args[0] is why and _NAME.fullmatch(why.label):
        return why  # type: ignore[no-any-return]  # its declared type
    text = _call_text(function.name, args)
    if function.name in _PURE and all(isinstance(arg, Unknown | int | float | Sym) for arg in args):
        return derived(why, text, function.name, *args)
    result = fresh(why.reason, why.detail, why.place or vm.place)
    if function.name == "getattr" or not any(arg is why for arg in args):
        result = one_of(result, why)
    return replace(result, name=text) if any(arg is why for arg in args) else result


def _call_text(name: str, args: Sequence[Value]) -> str:
    """`ceil(width / 4)`, `load(…)`."""
    if not all(isinstance(arg, Unknown | int | float | str | Sym) for arg in args):
        return f"{name}(…)"
    shown = ", ".join(arg.label or "…" if isinstance(arg, Unknown) else str(arg) for arg in args)
    return shortened(f"{name}{shown}" if shown[:1] == "(" and len(args) == 1 else f"{name}({shown})")


# Methods of module containers that only look.
_LOOKING = frozenset(
    f"container.{name}"
    for name in ("__getitem__", "__len__", "__iter__", "keys", "values", "items", "__contains__", "get", "forward")
)


def _doubt_receiver(vm: Interpreter, function: NativeFunction, args: Sequence[Value], why: Unknown) -> None:
    """A change of a module container that could not be followed."""
    if function.name.startswith("container.") and function.name not in _LOOKING and isinstance(args[0], Instance):
        vm.mark_incomplete(args[0], why, doubtful=True)


def _forget_receiver(vm: Interpreter, args: Sequence[Value], why: Unknown) -> None:
    """A native that cannot run may have changed what it was called on."""
    receiver = args[0] if args else None
    if isinstance(receiver, Instance):
        vm.mark_incomplete(receiver, why, doubtful=True)
    elif isinstance(receiver, ListValue | DictValue | SetValue):
        forget(vm, receiver, why)
