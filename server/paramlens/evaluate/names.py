"""Finding and binding names: function, class and module scopes, builtins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate import modules
from paramlens.evaluate.frames import Frame
from paramlens.values import Scope, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MISSING = object()


def load(vm: Interpreter, frame: Frame, name: str) -> Value:
    """The value of a name, or `MISSING`."""
    scope: Scope | None = frame.scope
    module_scope = frame.module.scope
    if name not in frame.scope.globals_:
        first = True
        while scope is not None and scope is not module_scope:
            if name in scope.names and (first or not scope.is_class):
                return scope.names[name]
            first = False
            scope = scope.parent
    value = modules.lookup(vm, frame.module, name)
    if value is not modules.MISSING:
        return value
    return vm.builtins.get(name, MISSING)


def store(vm: Interpreter, frame: Frame, name: str, value: Value) -> None:
    """Bind a name where Python would."""
    scope = frame.scope
    if name in scope.globals_:
        scope = frame.module.scope
    elif name in scope.nonlocals:
        outer = scope.parent
        while outer is not None and (outer.is_class or name not in outer.names):
            outer = outer.parent
        scope = outer if outer is not None else scope
    vm.journal.touch(scope)
    scope.names[name] = value
    vm.bound(scope, name)


def delete(vm: Interpreter, frame: Frame, name: str) -> None:
    """`del name`."""
    scope = frame.module.scope if name in frame.scope.globals_ else frame.scope
    vm.journal.touch(scope)
    scope.names.pop(name, None)
    vm.bound(scope, name)
