"""`exec(text)` and `eval(text)`: known text is evaluated where it stands; what other text may reach is doubted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate.frames import Frame
from paramlens.evaluate.module_dicts import ModuleDict
from paramlens.evaluate.python.natives import forget
from paramlens.syntax.code import Refusal
from paramlens.syntax.source import read_expression, read_source
from paramlens.values import (
    DictValue,
    Instance,
    ListValue,
    ModuleValue,
    NativeFunction,
    Reason,
    Scope,
    SetValue,
    Undetermined,
    Unknown,
    Value,
    fresh,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_PLACE = "<executed text>"  # no place of any file: what is made there is no site
_LONGEST = 20_000
_DATA = (bool, int, float, complex, str, bytes, tuple, type(None))


def _eval(vm: Interpreter, text: Value, globals: Value = None, locals: Value = None, /) -> Value:
    """The value of an expression; one that is not known is taken to have no effect."""
    from paramlens.evaluate.expressions import evaluate

    node = read_expression(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    frame = _frame(vm, globals, locals)
    if node is None or isinstance(node, Refusal) or frame is None:
        raise Undetermined(vm.unknown(Reason.UNKNOWN_CALL, "eval()"))  # whatever the text hangs on: maybe a layer
    result = evaluate(vm, node, frame)
    _write_back(vm, frame, globals, locals)
    return result


def _exec(vm: Interpreter, text: Value, globals: Value = None, locals: Value = None, /, **options: Value) -> None:
    """Run statements. Text that is not known may have changed everything that it can reach."""
    from paramlens.evaluate.statements import execute_block

    frame = _frame(vm, globals, locals)
    if not isinstance(text, str) or len(text) > _LONGEST or frame is None:
        _doubt_all(vm, text if isinstance(text, Unknown) else vm.unknown(Reason.UNSUPPORTED, "exec()"), globals, locals)
        return
    for statement in read_source(_PLACE, text).statements:
        block = statement.code()
        if isinstance(block, Refusal):
            vm.throw("SyntaxError", block.message)
        frame.offset = statement.first_line
        execute_block(vm, block, frame)
    _write_back(vm, frame, globals, locals)


def _compile(vm: Interpreter, source: Value, *args: Value, **options: Value) -> Value:
    """The text itself stands for its code."""
    return source if isinstance(source, str) else vm.unknown(Reason.UNSUPPORTED, "code made from text")


def _frame(vm: Interpreter, globals: Value, locals: Value) -> Frame | None:
    """Where the text runs; None where its names are not known."""
    around = vm.current_frame
    if around is None:
        return None
    if globals is None or isinstance(globals, ModuleDict):
        module = ModuleValue(around.module.name, _PLACE, around.module.scope, source=around.module.source)
        scope = around.module.scope if globals is not None else _inner(around)
    elif isinstance(globals, DictValue) and not globals.open:
        module = ModuleValue("builtins", _PLACE, Scope(None, _names(globals)))
        scope = module.scope
    else:
        return None
    if isinstance(locals, DictValue) and locals is not globals and not isinstance(locals, ModuleDict):
        scope = Scope(scope, _names(locals))
    frame = Frame(scope, module, 0, owner=around.owner)
    frame.receiver, frame.function = around.receiver, around.function
    return frame


def _inner(around: Frame) -> Scope:
    """A function's own names are not bound anew by `exec`."""
    own = around.scope is around.module.scope or around.scope.is_class
    return around.scope if own else Scope(around.scope)


def _names(mapping: DictValue) -> dict[str, Value]:
    return {name: value for name, value in mapping.items.items() if isinstance(name, str)}


def _write_back(vm: Interpreter, frame: Frame, globals: Value, locals: Value) -> None:
    """The names that the text bound, as items of the dict that it was given."""
    target = locals if isinstance(locals, DictValue) else globals
    if isinstance(target, DictValue) and not isinstance(target, ModuleDict):
        vm.touch(target)
        target.items.update(frame.scope.names)


def _doubt_all(vm: Interpreter, why: Unknown, globals: Value, locals: Value) -> None:
    """Everything that text which is not known can reach."""
    if isinstance(globals, DictValue) and not isinstance(globals, ModuleDict):
        for mapping in (globals, locals):
            if isinstance(mapping, DictValue):
                _doubt_values(vm, mapping.items, why)
                forget(vm, mapping, why)
        return
    frame = vm.current_frame
    scope = frame.scope if frame is not None else None
    while scope is not None:
        _doubt_values(vm, scope.names, why)
        if frame is not None and scope is frame.module.scope and (scope is frame.scope or globals is not None):
            vm.touch(scope)
            data = [name for name, value in scope.names.items() if isinstance(value, _DATA) and name[:2] != "__"]
            scope.names.update({name: fresh(why.reason, name, vm.place) for name in data})
        scope = scope.parent


def _doubt_values(vm: Interpreter, names: dict[Value, Value], why: Unknown) -> None:
    for value in list(names.values()):
        if isinstance(value, Instance) and value.state is not None:
            vm.mark_incomplete(value, why, doubtful=True)
        elif isinstance(value, ListValue | DictValue | SetValue) and not isinstance(value, ModuleDict):
            forget(vm, value, why)


EXECUTING = {
    "eval": NativeFunction("eval", _eval),
    "exec": NativeFunction("exec", _exec),
    "compile": NativeFunction("compile", _compile),
}
