"""List, set, dict and generator comprehensions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.evaluate import branches, generators
from paramlens.evaluate.choices import item_of, one_of
from paramlens.evaluate.frames import Frame
from paramlens.syntax import code
from paramlens.values import DictValue, ListValue, Reason, Scope, SetValue, Undetermined, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


class _Collected:
    def __init__(self) -> None:
        self.items: list[tuple[Value, Value]] = []
        self.rest: Unknown | None = None


def evaluate_comprehension(vm: Interpreter, node: code.Comprehension, frame: Frame) -> Value:
    """The collection a comprehension makes; what follows an unknown condition or iterable is the unknown rest."""
    from paramlens.evaluate.expressions import evaluate  # the two modules are one recursion

    collected = _Collected()
    inner = frame.inner(Scope(frame.scope))
    first = evaluate(vm, node.clauses[0].iterable, frame)
    if node.kind == "generator":

        def run() -> generators.Items:
            _run_clauses(vm, node, 0, first, inner, collected)
            return [item for item, _ in collected.items], collected.rest

        return generators.deferred(vm, run)
    _run_clauses(vm, node, 0, first, inner, collected)
    frame.pending.extend(inner.pending)
    if node.kind == "dict":
        return _as_dict(vm, collected)
    items = [item for item, _ in collected.items]
    if node.kind == "list":
        return ListValue(items, collected.rest)
    if collected.rest is not None:
        return collected.rest
    return SetValue({vm.hashable(item): None for item in items})


def _as_dict(vm: Interpreter, collected: _Collected) -> DictValue:
    result = DictValue(open=collected.rest is not None)
    for key, value in collected.items:
        try:
            result.items[vm.hashable(key)] = value
        except Undetermined:
            result.open = True
    return result


def _run_clauses(
    vm: Interpreter, node: code.Comprehension, depth: int, iterable: Value, frame: Frame, out: _Collected
) -> None:
    from paramlens.evaluate.expressions import evaluate
    from paramlens.evaluate.statements import assign

    clause = node.clauses[depth]
    try:
        items = vm.iterate(iterable)
    except Undetermined as problem:
        _run_once(vm, node, depth, problem.unknown, frame)
        out.rest = problem.unknown
        return
    for item in items:
        vm.step()
        assign(vm, clause.target, item, frame)
        wanted = _conditions_hold(vm, clause, frame)
        if wanted is False:
            continue
        if wanted is None and out.rest is None:
            out.rest = Unknown(Reason.BRANCHES, "the condition of a comprehension", frame.place(clause))
        if out.rest is not None:
            _perhaps_collected(vm, node, depth, frame, out)
        elif depth + 1 < len(node.clauses):
            _run_clauses(vm, node, depth + 1, evaluate(vm, node.clauses[depth + 1].iterable, frame), frame, out)
        else:
            _collect(vm, node, frame, out)


def _perhaps_collected(
    vm: Interpreter, node: code.Comprehension, depth: int, frame: Frame, out: _Collected
) -> None:
    """An item that is perhaps passed over, or whose position is not known: only its effects matter."""
    if depth + 1 < len(node.clauses):
        return
    made = branches.either_value(vm, lambda: _element(vm, node, frame), lambda: None)
    if out.rest is not None:
        out.rest = one_of(out.rest, ListValue([made]))


def _element(vm: Interpreter, node: code.Comprehension, frame: Frame) -> Value:
    from paramlens.evaluate.expressions import evaluate

    key = evaluate(vm, node.element, frame)
    return evaluate(vm, node.value, frame) if node.value is not None else key


def _run_once(vm: Interpreter, node: code.Comprehension, depth: int, why: Unknown, frame: Frame) -> None:
    """Evaluate the element once for an unknown item, so that what it constructs is seen."""
    from paramlens.evaluate.statements import assign

    vm.repeating += 1
    try:
        for clause in node.clauses[depth:]:
            assign(vm, clause.target, vm.loop_symbol(clause.target, item_of(replace(why, options=()), why)), frame)
        branches.either_value(vm, lambda: _element(vm, node, frame), lambda: None)
    finally:
        vm.repeating -= 1


def _conditions_hold(vm: Interpreter, clause: code.Clause, frame: Frame) -> bool | None:
    from paramlens.evaluate.expressions import condition

    for test in clause.conditions:
        truth = condition(vm, test, frame)
        if truth is not True:
            return truth
    return True


def _collect(vm: Interpreter, node: code.Comprehension, frame: Frame, out: _Collected) -> None:
    from paramlens.evaluate.expressions import evaluate

    key = evaluate(vm, node.element, frame)
    value = evaluate(vm, node.value, frame) if node.value is not None else None
    if len(out.items) >= vm.limits.iterations:
        out.rest = Unknown(Reason.SIZE_LIMIT, "a comprehension", frame.place(node))
        return
    out.items.append((key, value))
