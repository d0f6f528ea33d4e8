"""`# paramlens: input (1, 3, 224, 224)`: the shape of a model's input where the code does not say it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from paramlens.evaluate.frames import LimitReached, Thrown
from paramlens.facts import Problem
from paramlens.syntax.code import Comment, Source
from paramlens.values import Instance, ModuleValue, Place, TensorValue, Undetermined, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_WORDS = re.compile(r"input\s*(.*)", re.DOTALL)


def apply_comments(vm: Interpreter, module: ModuleValue, source: Source) -> None:
    """Call the model made on a comment's line with an input of the shape that the comment gives."""
    for comment in source.comments:
        words = _WORDS.fullmatch(comment.text)
        if words is None:
            continue
        shapes = read_shapes(words[1])
        model = _model_on_line(vm, module, comment.line + 1)
        if shapes is None:
            _report(vm, module, comment, f"expected shapes such as input (1, 3, 224, 224), got {comment.text!r}")
        elif model is None:
            _report(vm, module, comment, "no model is made on the line of this comment")
        else:
            _call(vm, model, shapes)


def read_shapes(text: str) -> list[tuple[int | None, ...]] | None:
    """One shape or several: `(1, 3, 224, 224)`, `(None, 8), (None, 4)`."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    shapes: list[Any] = list(value) if isinstance(value, tuple | list) and value and _is_shape(value[0]) else [value]
    return shapes if all(_is_shape(shape) for shape in shapes) else None


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple) and all(size is None or (type(size) is int and size > 0) for size in value)


def _model_on_line(vm: Interpreter, module: ModuleValue, line: int) -> Instance | None:
    """The outermost instance whose constructor call stands on the line."""
    made = [
        (place.column, -place.end_line, instance)
        for place, instance, phase, _ in vm.sites
        if phase == 0 and place.path == module.path and place.line <= line <= place.end_line
    ]
    given = [value for value in module.scope.names.values() if isinstance(value, Instance)]
    for value in given:
        place = vm.received.get(id(value))
        if place is not None and place.line <= line <= place.end_line:
            made.append((place.column, -place.end_line, value))
    return min(made, key=lambda item: item[:2])[2] if made else None


def _call(vm: Interpreter, model: Instance, shapes: list[tuple[int | None, ...]]) -> None:
    kind = model.state.framework if model.state is not None else "torch"
    tensors: list[Value] = [TensorValue(shape, kind=kind, dtype="float32") for shape in shapes]
    vm.step_limit = vm.steps + vm.limits.steps
    try:
        vm.call(model, tensors)
    except (Thrown, LimitReached, Undetermined, RecursionError):
        return  # what its forward does not tell stays unknown


def _report(vm: Interpreter, module: ModuleValue, comment: Comment, message: str) -> None:
    start, end = comment.column + 1, comment.column + 1 + len(comment.text)
    place = Place(module.path or "", comment.line + 1, start, comment.line + 1, end)
    vm.problems.setdefault(("comment", place), Problem("comment", "warning", place, message))
