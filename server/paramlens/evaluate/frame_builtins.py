"""Builtins that look at the running frame: `super`, `globals`, `locals`, `vars`, `dir`, `exit`, `exec` and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from paramlens.evaluate import reflection
from paramlens.evaluate.executed_text import EXECUTING
from paramlens.values import (
    ClassValue,
    DictValue,
    Instance,
    ListValue,
    NativeFunction,
    Reason,
    SuperValue,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def _super(vm: Interpreter, cls: Value = None, receiver: Value = None) -> Value:
    frame = vm.current_frame
    if cls is None and frame is not None:
        cls, receiver = frame.owner, frame.receiver
    if not isinstance(cls, ClassValue) or not isinstance(receiver, Instance | ClassValue):
        raise Undetermined(vm.unknown(Reason.UNSUPPORTED, "super()"))
    return SuperValue(cls, receiver)


def _globals(vm: Interpreter) -> Value:
    frame = vm.current_frame
    return vm.module_dict(frame.module) if frame is not None else DictValue(open=True)


def _locals(vm: Interpreter) -> Value:
    frame = vm.current_frame
    if frame is not None and frame.scope is not frame.module.scope:
        return DictValue(dict(frame.scope.names))
    return _globals(vm)


def _hasattr(vm: Interpreter, value: Value, name: Value) -> Value:
    if not isinstance(name, str):
        raise Undetermined(name if isinstance(name, Unknown) else vm.unknown(Reason.UNKNOWN_ARGUMENT, "name"))
    found = vm.has_attribute(value, name)
    return found if found is not None else vm.unknown(Reason.UNRESOLVED_ATTRIBUTE, name)


def _import(vm: Interpreter, name: Value, *args: Value, **kwargs: Value) -> Value:
    return vm.import_module(name) if isinstance(name, str) else vm.unknown(Reason.UNRESOLVED_IMPORT)


def _dir(vm: Interpreter, *value: Value) -> Value:
    return reflection.names_of(vm, value[0]) if value else ListValue(sorted(_locals(vm).items))


def _exit(vm: Interpreter, code: Value = None) -> NoReturn:
    vm.throw("SystemExit", str(code) if isinstance(code, int | str) else "")


def _vars(vm: Interpreter, *value: Value) -> Value:
    if not value:
        return _locals(vm)
    plain = vm.plain(value[0])
    return (
        plain if plain is not value[0] and isinstance(plain, DictValue) else vm.get_attribute(value[0], "__dict__")
    )


_NATIVES: dict[str, Callable[..., Value]] = {
    "vars": _vars,
    "dir": _dir,
    "super": _super,
    "globals": _globals,
    "locals": _locals,
    "hasattr": _hasattr,
    "exit": _exit,
    "quit": _exit,
    "__import__": _import,
}
FRAME_BUILTINS: dict[str, Value] = {
    **EXECUTING,
    **{name: NativeFunction(name, call) for name, call in _NATIVES.items()},
}
