"""The rounds of a loop: when there are too many to run, and what is not known in one of an unknown number of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.evaluate import branches, names
from paramlens.evaluate.frames import Signal, Thrown
from paramlens.syntax import code
from paramlens.values import Instance, ListValue, Reason, fresh

if TYPE_CHECKING:
    from paramlens.evaluate.frames import Frame
    from paramlens.evaluate.interpreter import Interpreter


class Rounds:
    """The rounds of a loop that makes no layers, against what is left of the idle budget: a training loop of 20,000
    epochs is not run to the end of it, but left to what an unknown number of rounds does."""

    FEWEST = 8

    def __init__(self, vm: Interpreter, count: int | None) -> None:
        self._vm, self._count, self._done = vm, count, 0
        self._start, self._limit = vm.steps, vm.idle_limit

    def are_too_many(self) -> bool:
        """Whether the rounds that are left do not fit; where they cannot be counted, half of the budget is the end."""
        self._done += 1
        vm = self._vm
        if self._done < self.FEWEST or vm.idle_limit != self._limit:
            return False
        if self._count is None:
            return vm.steps - self._start > (self._limit - self._start) // 2
        left = self._count - self._done
        return vm.steps + left * (vm.steps - self._start) // self._done > self._limit


def perhaps_no_round(
    vm: Interpreter, body: code.Block, frame: Frame, rounds: Callable[[], Signal | None]
) -> Signal | None:
    """The rounds of a loop, or none. Where one certainly raises there was none; yet a loop is written to be run, and
    the error may be one of what is not known here: what rounds count and collect is not what it was before."""
    raised = False

    def some() -> Signal | None:
        nonlocal raised
        try:
            return rounds()
        except Thrown:
            raised = True
            raise

    signal = branches.either(vm, frame, some, lambda: None)
    if raised:
        forget_counters(vm, body, frame)
    return signal


def forget_counters(vm: Interpreter, body: code.Block, frame: Frame) -> None:
    """What each round changes (`step += 1`, `seen.append(x)`) is not in every round what it is in the first."""
    for target, grows in _changed(body):
        owner = target.value if isinstance(target, code.Attribute) else target
        held = frame.scope.names.get(owner.id) if isinstance(owner, code.Name) else None
        if isinstance(target, code.Attribute):
            value = held.attributes.get(target.attr) if isinstance(held, Instance) else None
            label = target.attr
        else:
            value, label = held, getattr(owner, "id", "")
        unknown = fresh(Reason.BRANCHES, f"{label} of a round", frame.place(body[0]))
        if isinstance(value, int | float) and not isinstance(value, bool) and not grows:
            if isinstance(held, Instance):
                vm.touch(held)
                held.attributes[label] = replace(unknown, weightless=True)
            else:
                names.store(vm, frame, label, replace(unknown, weightless=True))
        elif grows and type(value) is ListValue and value.rest is None and not _holds_objects(value):
            vm.touch(value)
            value.rest = unknown


def _holds_objects(value: ListValue) -> bool:
    return any(isinstance(item, Instance) for item in value.items)


def _changed(body: code.Block) -> list[tuple[code.Expr, bool]]:
    """The targets of `+=` and the like in a block, and the receivers of `append`, with whether they grow."""
    found: list[tuple[code.Expr, bool]] = []
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, code.AugAssign):
            found.append((node.target, False))
        elif isinstance(node, code.ExprStmt) and isinstance(node.value, code.Call):
            method = node.value.func
            if isinstance(method, code.Attribute) and method.attr == "append":
                found.append((method.value, True))
        for inner in ("body", "orelse", "final", "handlers", "cases"):
            children = getattr(node, inner, ())
            if isinstance(children, tuple):
                stack.extend(children)
    return found
