"""Generators: their bodies run when items are first asked for, and around the body of a `with` for context managers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from paramlens.evaluate.frames import Frame, LimitReached
from paramlens.evaluate.join import merge
from paramlens.syntax import code
from paramlens.values import FunctionValue, GeneratorValue, ListValue, Reason, Undetermined, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter
    from paramlens.evaluate.journal import Mark

Items = tuple[list[Value], Unknown | None]


def deferred(vm: Interpreter, run: Callable[[], Items]) -> GeneratorValue:
    """An iterator whose items `run` computes when they are asked for."""
    return GeneratorValue(partial(_begin, vm, run))


def of_function(vm: Interpreter, function: FunctionValue, frame: Frame) -> GeneratorValue:
    """What the call of a generator function gives; nothing of its body has run."""
    made = deferred(vm, partial(_collect, vm, function, frame))
    made.drive = partial(_drive, vm, function, frame)
    return made


def _begin(vm: Interpreter, run: Callable[[], Items], generator: GeneratorValue, partly: bool) -> None:
    """Run the whole body. Where perhaps not all items are taken, its effects have perhaps not come about."""
    vm.touch(generator)
    generator.begin = None
    items: list[Value] = []
    rest: Unknown | None = None
    mark = vm.journal.mark()
    try:
        items, rest = run()
        if partly or rest is not None:
            _doubt_effects(vm, mark)
    except Undetermined as problem:
        rest = problem.unknown
    except LimitReached as limit:
        rest = Unknown(limit.reason, limit.detail)
        raise
    finally:
        vm.journal.release()
        vm.touch(generator)
        generator.items, generator.rest = items, rest


def _doubt_effects(vm: Interpreter, mark: Mark) -> None:
    """Join what changed since the mark with what was there."""
    changes, made = vm.journal.changes(mark), mark.made
    if any(not made.has(value) for value in changes):
        vm.journal.undo(mark)
        merge(vm.journal, changes, mark)


def _collect(vm: Interpreter, function: FunctionValue, frame: Frame) -> Items:
    from paramlens.evaluate.functions import run_generator, too_deep

    if too_deep(vm, function, ()):
        return [], Unknown(Reason.RECURSION_LIMIT, function.name, vm.place)
    frame.yields = yields = ListValue()
    rest = run_generator(vm, function, frame)
    return yields.items, yields.rest if rest is None else rest


def _drive(vm: Interpreter, function: FunctionValue, frame: Frame, at_yield: Callable[[Value], Value]) -> None:
    """Run the body, and `at_yield` with what each `yield` gives; what that raises is raised by the `yield`."""
    from paramlens.evaluate.functions import run_generator

    def outside(value: Value) -> Value:
        current = vm.current
        vm.pop()
        try:
            return at_yield(value)
        finally:
            vm.push(function, frame)
            vm.current = current

    frame.at_yield = outside
    run_generator(vm, function, frame)


def around(vm: Interpreter, manager: GeneratorValue, body: Callable[[Value], None]) -> None:
    """Run the body of a `with` where the generator of its context manager yields."""
    drive = manager.drive
    assert drive is not None
    vm.touch(manager)
    manager.begin = None
    entered = False

    def at_yield(value: Value) -> None:
        nonlocal entered
        entered = True
        body(value)

    drive(at_yield)
    if not entered:
        vm.throw("RuntimeError", "generator didn't yield")


def leaves_early(block: Iterable[code.Stmt]) -> bool:
    """Whether a loop body has a `break` or `return` that may leave items of the iterable untaken."""
    for statement in block:
        if isinstance(statement, code.Break | code.Return):
            return True
        if isinstance(statement, code.FunctionDef | code.ClassDef):
            continue
        inner = [getattr(statement, name, ()) for name in ("body", "orelse", "final")]
        inner += [part.body for name in ("handlers", "cases") for part in getattr(statement, name, ())]
        if any(map(leaves_early, inner)):
            return True
    return False
