"""What the run did not reach is evaluated on its own: functions and classes that build layers, with named unknowns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate.frames import LimitReached, Thrown
from paramlens.evaluate.frameworks.conversion import brief
from paramlens.syntax import code
from paramlens.values import ClassValue, FunctionValue, ModuleValue, Reason, Undetermined, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter
    from paramlens.evaluate.journal import Mark


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
    """Call once with every argument unknown and, where there are defaults, once more with these.

    What is exact with unknown arguments is exact; what the defaults add holds for them alone, and says so.
    """
    _run(vm, value, signature, assumed="")
    defaults = _written_defaults(signature) if signature is not None else ""
    if defaults:
        _run(vm, value, signature, assumed=defaults)


def _run(vm: Interpreter, value: Value, signature: FunctionValue | None, assumed: str) -> None:
    args, kwargs = _arguments(value, signature, use_defaults=bool(assumed))
    vm.phase = 1 + max(vm.assumptions)
    vm.assumptions[vm.phase] = assumed
    vm.step_limit = vm.steps + vm.limits.steps // 10
    vm.idle_limit = vm.steps + vm.limits.idle_steps // 5
    mark = vm.journal.mark()
    try:
        if isinstance(value, ClassValue):
            vm.instantiate(value, args, kwargs, None)
        else:
            vm.call(value, args, kwargs)
    except (Thrown, LimitReached, Undetermined, RecursionError) as problem:
        vm.note(Unknown(Reason.RAISED, str(problem), value.place if isinstance(value, ClassValue) else None))
    finally:
        _undo_changes(vm, mark)
        vm.journal.release()


def _undo_changes(vm: Interpreter, mark: Mark) -> None:
    """What nothing calls changes nothing of what the run made."""
    made = mark.made
    for value, contents in vm.journal.base(mark).items():
        if not made.has(value):
            value.restore(contents)


def _arguments(
    value: Value, signature: FunctionValue | None, *, use_defaults: bool
) -> tuple[list[Value], dict[str, Value]]:
    if signature is None:
        return [], {}
    params = signature.code.params
    positional = [*params.positional_only, *params.positional][1 if isinstance(value, ClassValue) else 0 :]

    def argument(param: code.Param) -> Value:
        if param.name in signature.defaults and (use_defaults or _is_neutral(signature, param)):
            return signature.defaults[param.name]
        return Unknown(Reason.UNKNOWN_ARGUMENT, param.name)

    return [argument(param) for param in positional], {param.name: argument(param) for param in params.keyword_only}


def _is_neutral(signature: FunctionValue, param: code.Param) -> bool:
    """`device=None`, `dtype=None` and `name=None` never change a count."""
    return param.name in ("device", "dtype", "name") and signature.defaults.get(param.name, 0) is None


def _written_defaults(signature: FunctionValue) -> str:
    params = signature.code.params
    named = [p.name for p in (*params.positional_only, *params.positional, *params.keyword_only)]
    shown = [f"{n}={brief(signature.defaults[n])}" for n in named if signature.defaults.get(n) is not None]
    return ", ".join(shown)
