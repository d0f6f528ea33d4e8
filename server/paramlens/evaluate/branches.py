"""Unknown conditions: run both ways from the same state and join what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from paramlens.evaluate.frames import Frame, Pending, Signal, Thrown
from paramlens.evaluate.join import join, merge
from paramlens.values import Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter
    from paramlens.evaluate.journal import Mark

Run = Callable[[], Signal | None]


def either(vm: Interpreter, frame: Frame, first: Run, second: Run, born: int | None = None) -> Signal | None:
    """Run both alternatives from the present state and go on with the join of their results.

    A program is taken to be one that works: an alternative that certainly raises is not the one taken.
    `born` is given where an alternative was run before: what is younger was made by it.
    """
    journal = vm.journal
    mark = journal.mark()
    if born is not None:
        mark.made.born = born
    waiting = len(frame.pending)
    held = True
    try:
        one, error = _attempt(vm, first)
        changes = journal.changes(mark)
        rebase(vm, frame, waiting, mark)
        journal.undo(mark)
        two, other_error = _attempt(vm, second)
        if error is not None and other_error is not None:
            raise other_error
        if error is not None:
            vm.risks += 1
            return two
        if other_error is not None:
            vm.risks += 1
            rebase(vm, frame, waiting, mark)
            journal.undo(mark)
            journal.apply(changes)
            return one
        if _kind(one) == _kind(two):
            merge(journal, changes, mark)
            if one is None or two is None or one.kind != "return":
                return one
            return Signal("return", join(one.value, two.value, "the returned value", mark.made))
        held = False  # the mark stays until the branch that left is joined
        if one is None or (two is not None and two.kind == "return"):
            leaving, second_changes = two, journal.changes(mark)
            rebase(vm, frame, waiting, mark)
            journal.undo(mark)
            journal.apply(changes)
            assert leaving is not None
            frame.pending.append(Pending(leaving, second_changes, mark))
            return one
        frame.pending.append(Pending(one, changes, mark))
        return two
    finally:
        if held:
            journal.release()


def either_value(vm: Interpreter, first: Callable[[], Value], second: Callable[[], Value], name: str = "") -> Value:
    """The join of two expressions of which one is evaluated."""
    journal = vm.journal
    mark = journal.mark()
    try:
        try:
            with _undecided(vm):
                one = first()
        except Thrown:
            journal.undo(mark)
            return second()
        changes = journal.changes(mark)
        journal.undo(mark)
        try:
            with _undecided(vm):
                two = second()
        except Thrown:
            journal.undo(mark)
            journal.apply(changes)
            return one
        merge(journal, changes, mark)
        return join(one, two, name, mark.made)
    finally:
        journal.release()


def settle(vm: Interpreter, frame: Frame, start: int, kinds: tuple[str, ...], signal: Signal | None) -> Signal | None:
    """Join the branches that left early with one of `kinds` since `pending[start]`, where control meets them again."""
    for index in range(len(frame.pending) - 1, start - 1, -1):
        pending = frame.pending[index]
        if pending.signal.kind not in kinds:
            continue
        del frame.pending[index]
        merge(vm.journal, pending.changes, pending.mark)
        vm.journal.release()
        if pending.signal.kind == "return":
            value = signal.value if signal is not None and signal.kind == "return" else None
            made = pending.mark.made
            signal = Signal("return", join(value, pending.signal.value, "the returned value", made))
    return signal


def rebase(vm: Interpreter, frame: Frame, start: int, mark: Mark) -> None:
    """Make branches that wait inside an alternative relative to its beginning, before the alternative is undone."""
    journal = vm.journal
    for pending in frame.pending[start:]:
        if pending.mark <= mark:
            continue
        then = journal.base(pending.mark)
        for value, _ in journal.log[mark : pending.mark]:
            if value not in pending.changes:
                pending.changes[value] = then[value] if value in then else value.contents()
        pending.mark = mark


def perhaps_broken(vm: Interpreter, frame: Frame, mark: Mark, waiting: int, rest: Run, recover: Run) -> Signal | None:
    """Join a block that ran since `mark`, and `rest` after it, with leaving it anywhere for `recover`."""
    journal = vm.journal
    changes, born = journal.changes(mark), mark.made.born
    rebase(vm, frame, waiting, mark)
    journal.undo(mark)

    def whole() -> Signal | None:
        journal.apply(changes)
        return rest()

    def broken() -> Signal | None:
        start = journal.mark()
        start.made.born = born
        try:
            merge(journal, changes, start)
        finally:
            journal.release()
        return recover()

    return either(vm, frame, whole, broken, born)


def rescue(vm: Interpreter, frame: Frame) -> Signal | None:
    """What a function returns whose last way out raises: that of the branches that returned before, if any did."""
    journal, signal = vm.journal, None
    for index, pending in enumerate(frame.pending):
        if index == 0:
            journal.undo(pending.mark)
            journal.apply(pending.changes)
            signal = pending.signal
        elif signal is not None:
            signal = Signal(signal.kind, join(signal.value, pending.signal.value, "the returned value"))
    for _ in frame.pending:
        journal.release()
    frame.pending.clear()
    return signal


def _attempt(vm: Interpreter, run: Run) -> tuple[Signal | None, Thrown | None]:
    try:
        with _undecided(vm):
            return run(), None
    except Thrown as error:
        return None, error


@contextmanager
def _undecided(vm: Interpreter) -> Iterator[None]:
    """What runs meanwhile perhaps does not run."""
    vm.undecided += 1
    try:
        yield
    finally:
        vm.undecided -= 1


def _kind(signal: Signal | None) -> str:
    return signal.kind if signal is not None else ""
