"""Lines that do not parse, where the rest of their block does: what they might do is in doubt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from paramlens.evaluate import branches, names
from paramlens.evaluate.frames import Frame, Signal
from paramlens.evaluate.python.natives import forget
from paramlens.syntax import code
from paramlens.values import DictValue, Instance, ListValue, Reason, SetValue, Unknown, Value, fresh

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_DEFINES = re.compile(r"\s*(?:@|(?:async\s+)?def\b|class\b)")
_LEAVES = re.compile(r"\b(?:return|yield)\b")
_CALLING = frozenset({"forward", "call", "__call__", "training_step", "validation_step", "test_step", "predict_step"})
_CHANGING = re.compile(
    r"\bdel\b|\bsuper\b|\b(?:set|del)attr\b|\.(?:add|append|extend|insert|pop|remove|clear|update|register|requires|freeze"
    r"|load|apply|build|train|eval|to|half)\w*\b|\btrainable\b|\bgrad\b"
)


def execute(vm: Interpreter, node: code.Unparsed, frame: Frame) -> Signal | None:
    """Names and attributes that the text may assign are unknown afterwards, and what it may change is incomplete."""
    why = Unknown(Reason.SYNTAX, "", frame.place(node))
    vm.note(why)
    doubt(vm, node, frame, why)
    if not _LEAVES.search(node.text) or _DEFINES.match(node.text):
        return None
    leaving = Signal("return", why)
    if _LEAVES.match(node.text.lstrip()):
        return leaving
    return branches.either(vm, frame, lambda: leaving, lambda: None)


def doubt(vm: Interpreter, node: code.Unparsed, frame: Frame, why: Unknown) -> None:
    """What a text that did not run may have assigned or changed."""
    if not _DEFINES.match(node.text):
        for dotted in node.attributes:
            _forget_attribute(vm, dotted.split("."), frame, why)
        values = [names.load(vm, frame, name) for name in node.mentioned]
        function = getattr(frame.function.code, "name", "") if frame.function is not None else ""
        assigns = "=" in node.text.replace("==", "") and bool(node.attributes)
        if function not in _CALLING or _CHANGING.search(node.text) or assigns:
            for value in (*values, frame.receiver):
                _may_have_changed(vm, value, why)
    for name in node.names:
        names.store(vm, frame, name, fresh(Reason.SYNTAX, name, why.place))


def _forget_attribute(vm: Interpreter, path: list[str], frame: Frame, why: Unknown) -> None:
    value: Value = names.load(vm, frame, path[0])
    for name in path[1:-1]:
        if not isinstance(value, Instance):
            return
        value = value.attributes.get(name)
    if isinstance(value, Instance):
        vm.touch(value)
        value.attributes[path[-1]] = why


def _may_have_changed(vm: Interpreter, value: Value, why: Unknown) -> None:
    if isinstance(value, Instance) and value.state is not None:
        vm.mark_incomplete(value, why)
    elif isinstance(value, ListValue | DictValue | SetValue):
        forget(vm, value, why)
