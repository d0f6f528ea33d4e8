"""Names that are not there because they are still being typed: they raise nothing, so that what follows is not lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from paramlens.evaluate.frames import Frame, Thrown
from paramlens.syntax import code

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_MISSING = re.compile(r"'(\w+)'(?: is not defined)?$")


def is_bare_name(vm: Interpreter, node: code.Expr, error: Thrown, frame: Frame) -> bool:
    """Whether a name that is missing is all of a statement: nobody writes one on a line of its own, unless the error is
    expected."""
    while isinstance(node, code.Attribute):
        node = node.value
    return isinstance(node, code.Name) and _is_missing_name(vm, error, frame)


def begins_another_name(vm: Interpreter, node: code.Stmt, error: Thrown, frame: Frame) -> bool:
    """Whether a name is missing in this very statement of the analysed file, and others in the file begin like it."""
    if frame.module is not vm.main or not _is_missing_name(vm, error, frame):
        return False
    name, place = _MISSING.search(error.message), frame.place(node)
    if name is None or error.place is None or not place.line <= error.place.line <= place.end_line:
        return False
    return re.search(rf"\b{re.escape(name[1])}\w", frame.module.source.text) is not None


def _is_missing_name(vm: Interpreter, error: Thrown, frame: Frame) -> bool:
    """Whether an error says that a name is not there, and no `try` waits for it."""
    missing = error.kind in ("AttributeError", "NameError") and not error.deliberate
    return missing and not any(running.try_depth for running in (*vm.frames, frame))
