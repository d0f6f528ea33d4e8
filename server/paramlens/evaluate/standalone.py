"""What the run did not reach is evaluated on its own: functions and classes that build layers, with named unknowns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate.frames import LimitReached, Thrown
from paramlens.syntax import code
from paramlens.values import ClassValue, FunctionValue, ModuleValue, Reason, Undetermined, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def evaluate_rest(vm: Interpreter, module: ModuleValue) -> None:
    """Call every function and class of the file that nothing called. Their facts stand back behind those of the run."""
    for value in list(module.scope.names.values()):
        if isinstance(value, FunctionValue) and value.module is module and id(value.code) not in vm.entered_functions:
            _call(vm, value, value)
        elif isinstance(value, ClassValue) and value.module is module and _builds_layers(vm, value):
            initializer = vm.class_attribute(value, "__init__")
            if not isinstance(initializer, FunctionValue):
                _call(vm, value, None)
            elif id(initializer.code) not in vm.entered_functions:
                _call(vm, value, initializer)


def _builds_layers(vm: Interpreter, cls: ClassValue) -> bool:
    from paramlens.evaluate.frameworks.framework_classes import framework_of

    return framework_of(cls) is not None


def _call(vm: Interpreter, value: Value, signature: FunctionValue | None) -> None:
    """Call with defaults where there are some and named unknowns for the other arguments."""
    kwargs: dict[str, Value] = {}
    args: list[Value] = []
    assumed: list[str] = []
    if signature is not None:
        params = signature.code.params
        positional = [*params.positional_only, *params.positional]
        skip = 1 if isinstance(value, ClassValue) else 0
        for param in positional[skip:]:
            args.append(_argument(signature, param, assumed))
        for param in params.keyword_only:
            kwargs[param.name] = _argument(signature, param, assumed)
    vm.phase += 1
    vm.assumptions[vm.phase] = ", ".join(assumed)
    vm.step_limit = vm.steps + vm.limits.steps // 10
    place = value.place if isinstance(value, ClassValue) else None
    try:
        if isinstance(value, ClassValue):
            vm.instantiate(value, args, kwargs, None)
        else:
            vm.call(value, args, kwargs)
    except (Thrown, LimitReached, Undetermined, RecursionError) as problem:
        vm.note(Unknown(Reason.RAISED, str(problem), place))


def _argument(signature: FunctionValue, param: code.Param, assumed: list[str]) -> Value:
    if param.name in signature.defaults:
        default = signature.defaults[param.name]
        if default is not None:
            assumed.append(f"{param.name}={default}" if isinstance(default, int | float | str) else param.name)
        return default
    return Unknown(Reason.UNKNOWN_ARGUMENT, param.name)
