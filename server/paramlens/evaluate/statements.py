"""Running statements: one small function for each kind of node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from paramlens.evaluate import branches, classes, functions, generators, modules, names, unparsed
from paramlens.evaluate.being_typed import begins_another_name, is_bare_name
from paramlens.evaluate.choices import item_of, one_of
from paramlens.evaluate.expressions import condition, evaluate, evaluate_index
from paramlens.evaluate.frames import BREAK, CONTINUE, Frame, Signal, Thrown
from paramlens.evaluate.loop_rounds import Rounds, forget_counters, perhaps_no_round
from paramlens.evaluate.patterns import match_pattern
from paramlens.syntax import code
from paramlens.values import (
    GeneratorValue,
    Instance,
    IteratorValue,
    ListValue,
    Reason,
    Undetermined,
    Unknown,
    Value,
    fresh,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter
    from paramlens.evaluate.journal import Mark


def execute_block(vm: Interpreter, block: code.Block, frame: Frame) -> Signal | None:
    """Run statements in order until one leaves the block."""
    for statement in block:
        vm.step()
        vm.current = (frame, statement)
        signal = STATEMENTS[type(statement)](vm, statement, frame)
        if signal is not None:
            return signal
    return None


def _expression(vm: Interpreter, node: code.ExprStmt, frame: Frame) -> None:
    try:
        evaluate(vm, node.value, frame)
    except Thrown as error:
        if not is_bare_name(vm, node.value, error, frame):
            raise


def _assign(vm: Interpreter, node: code.Assign, frame: Frame) -> None:
    try:
        value = evaluate(vm, node.value, frame)
    except Thrown as error:
        if not begins_another_name(vm, node, error, frame):
            raise
        value = vm.note(Unknown(Reason.RAISED, error.message, error.place))
    vm.current = (frame, node)  # not what was evaluated last, which may be in a function
    for target in node.targets:
        assign(vm, target, value, frame)


def _annotated(vm: Interpreter, node: code.AnnAssign, frame: Frame) -> None:
    if frame.scope.is_class and isinstance(node.target, code.Name) and frame.owner is not None:
        frame.owner.annotations[node.target.id] = classes.annotation_value(vm, node.annotation, frame)
    if node.value is not None:
        assign(vm, node.target, evaluate(vm, node.value, frame), frame)


def _augmented(vm: Interpreter, node: code.AugAssign, frame: Frame) -> None:
    target = node.target
    if isinstance(target, code.Attribute):
        owner = evaluate(vm, target.value, frame)
        old = vm.get_attribute(owner, target.attr)
        vm.set_attribute(owner, target.attr, vm.in_place(node.op, old, evaluate(vm, node.value, frame), frame, node))
    elif isinstance(target, code.Subscript):
        container = evaluate(vm, target.value, frame)
        index = evaluate_index(vm, target.index, frame)
        old = vm.get_item(container, index)
        vm.set_item(container, index, vm.in_place(node.op, old, evaluate(vm, node.value, frame), frame, node))
    elif isinstance(target, code.Name):
        old = evaluate(vm, target, frame)
        names.store(vm, frame, target.id, vm.in_place(node.op, old, evaluate(vm, node.value, frame), frame, node))


def assign(vm: Interpreter, target: code.Expr, value: Value, frame: Frame) -> None:
    """Bind a value to a target of any form."""
    if isinstance(target, code.Name):
        if type(value) is Unknown and not value.label.replace(".", "_").isidentifier():
            value = replace(value, name=target.id)
        names.store(vm, frame, target.id, value)
    elif isinstance(target, code.Attribute):
        vm.current = (frame, target)
        vm.set_attribute(evaluate(vm, target.value, frame), target.attr, value)
    elif isinstance(target, code.Subscript):
        container = evaluate(vm, target.value, frame)
        vm.set_item(container, evaluate_index(vm, target.index, frame), value)
    elif isinstance(target, code.Tuple | code.List):
        _unpack(vm, target.elements, value, frame)
    elif isinstance(target, code.Starred):
        assign(vm, target.value, value, frame)


def _unpack(vm: Interpreter, targets: tuple[code.Expr, ...], value: Value, frame: Frame) -> None:
    try:
        items = vm.iterate(value)
    except Undetermined as problem:
        _unpack_unknown(vm, targets, problem.unknown, frame)
        return
    star = next((i for i, target in enumerate(targets) if isinstance(target, code.Starred)), None)
    if star is None:
        if len(items) != len(targets):
            vm.throw("ValueError", f"cannot unpack {len(items)} values into {len(targets)} names")
        for target, item in zip(targets, items, strict=True):
            assign(vm, target, item, frame)
        return
    after = len(targets) - star - 1
    if len(items) < len(targets) - 1:
        vm.throw("ValueError", "not enough values to unpack")
    for target, item in zip(targets[:star], items[:star], strict=True):
        assign(vm, target, item, frame)
    assign(vm, targets[star], ListValue(list(items[star : len(items) - after])), frame)
    for target, item in zip(targets[star + 1 :], items[len(items) - after :], strict=True):
        assign(vm, target, item, frame)


def _unpack_unknown(vm: Interpreter, targets: tuple[code.Expr, ...], why: Unknown, frame: Frame) -> None:
    for target in targets:
        inner = target.value if isinstance(target, code.Starred) else target
        detail = inner.id if isinstance(inner, code.Name) and why.reason is Reason.UNKNOWN_ARGUMENT else why.detail
        item = fresh(why.reason, detail, why.place)
        assign(vm, target, one_of(item, why) if inner is not target else item_of(item, why), frame)


def _return(vm: Interpreter, node: code.Return, frame: Frame) -> Signal:
    return Signal("return", evaluate(vm, node.value, frame) if node.value is not None else None)


def _raise(vm: Interpreter, node: code.Raise, frame: Frame) -> None:
    if node.exception is None:
        if vm.handling:
            raise Thrown(vm.handling[-1], frame.place(node))
        vm.throw("RuntimeError", "No active exception to reraise")
    value = evaluate(vm, node.exception, frame)
    if vm.is_class(value):
        value = vm.instantiate(value, (), {})
    raise Thrown(value, frame.place(node), deliberate=True)


def _pass(vm: Interpreter, node: code.Stmt, frame: Frame) -> None:
    return None


def _break(vm: Interpreter, node: code.Break, frame: Frame) -> Signal:
    return BREAK


def _continue(vm: Interpreter, node: code.Continue, frame: Frame) -> Signal:
    return CONTINUE


def _delete(vm: Interpreter, node: code.Delete, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, code.Name):
            names.delete(vm, frame, target.id)
        elif isinstance(target, code.Attribute):
            vm.delete_attribute(evaluate(vm, target.value, frame), target.attr)
        elif isinstance(target, code.Subscript):
            vm.delete_item(evaluate(vm, target.value, frame), evaluate_index(vm, target.index, frame))


def _global(vm: Interpreter, node: code.Global, frame: Frame) -> None:
    frame.scope.globals_ |= frozenset(node.names)


def _nonlocal(vm: Interpreter, node: code.Nonlocal, frame: Frame) -> None:
    frame.scope.nonlocals |= frozenset(node.names)


def _assert(vm: Interpreter, node: code.Assert, frame: Frame) -> None:
    if condition(vm, node.test, frame) is False:
        vm.throw("AssertionError", "")


def _if(vm: Interpreter, node: code.If, frame: Frame) -> Signal | None:
    truth = condition(vm, node.test, frame)
    if truth is None:
        return branches.either(
            vm, frame, lambda: execute_block(vm, node.body, frame), lambda: execute_block(vm, node.orelse, frame)
        )
    return execute_block(vm, node.body if truth else node.orelse, frame)


def _round(vm: Interpreter, body: code.Block, frame: Frame) -> Signal | None:
    """One round of a loop; a round left by `continue` is over normally."""
    start = len(frame.pending)
    signal = execute_block(vm, body, frame)
    signal = branches.settle(vm, frame, start, ("continue",), signal)
    return None if signal is CONTINUE else signal


def _for(vm: Interpreter, node: code.For, frame: Frame) -> Signal | None:
    iterable = evaluate(vm, node.iterable, frame)
    start = len(frame.pending)
    if isinstance(iterable, GeneratorValue) and generators.leaves_early(node.body):
        iterable.start(partly=True)
    try:
        items = vm.iterate(iterable)
    except Undetermined as problem:
        return _for_unknown(vm, node, frame, iterable, problem.unknown)
    signal: Signal | None = None
    rounds = Rounds(vm, len(items))
    for item in items:
        vm.step()
        assign(vm, node.target, item, frame)
        signal = _round(vm, node.body, frame)
        if signal is not None:
            break
        if rounds.are_too_many():
            rest = Unknown(Reason.STEP_LIMIT, "the rounds of a loop", frame.place(node))
            signal = _for_unknown(vm, node, frame, rest, rest)
            break
    else:
        signal = execute_block(vm, node.orelse, frame)
    signal = branches.settle(vm, frame, start, ("break",), signal)
    return None if signal is BREAK else signal


def _some_round(vm: Interpreter, body: code.Block, frame: Frame) -> Signal | None:
    """A round of which it is not known how many went before."""
    forget_counters(vm, body, frame)
    return _round(vm, body, frame)


def _for_unknown(vm: Interpreter, node: code.For, frame: Frame, iterable: Value, why: Unknown) -> Signal | None:
    """A loop whose rounds are not known: no round, or one with an unknown item."""
    known = iterable.items if isinstance(iterable, ListValue | IteratorValue) else []
    item = item_of(Unknown(why.reason, why.detail or "the loop variable", why.place), why)
    start = len(frame.pending)

    def rounds() -> Signal | None:
        for value in known:
            assign(vm, node.target, value, frame)
            signal = _round(vm, node.body, frame)
            if signal is not None:
                return signal
        assign(vm, node.target, vm.loop_symbol(node.target, item), frame)
        forget_counters(vm, node.body, frame)
        vm.repeating += 1
        try:
            return _round(vm, node.body, frame)
        finally:
            vm.repeating -= 1

    signal = perhaps_no_round(vm, node.body, frame, rounds)
    signal = branches.settle(vm, frame, start, ("break",), signal)
    if signal is not None and signal is not BREAK:
        return signal
    return execute_block(vm, node.orelse, frame)


def _while(vm: Interpreter, node: code.While, frame: Frame) -> Signal | None:
    start = len(frame.pending)
    signal: Signal | None = None
    endless = isinstance(node.test, code.Const)
    rounds = Rounds(vm, None)
    for count in range(vm.limits.iterations + 1):
        vm.step()
        if count == vm.limits.iterations:
            raise Undetermined(Unknown(Reason.STEP_LIMIT, "a while loop", frame.place(node)))
        truth = condition(vm, node.test, frame)
        if truth and ((endless and _may_be_left(frame, start)) or rounds.are_too_many()):
            truth = None  # how many rounds there are hangs on what is not known, or takes too long to find out
        if truth is None:
            vm.repeating += 1
            try:
                signal = perhaps_no_round(vm, node.body, frame, lambda: _some_round(vm, node.body, frame))
            finally:
                vm.repeating -= 1
            break
        if not truth:
            signal = execute_block(vm, node.orelse, frame)
            break
        signal = _round(vm, node.body, frame)
        if signal is not None:
            break
    signal = branches.settle(vm, frame, start, ("break",), signal)
    return None if signal is BREAK else signal


def _may_be_left(frame: Frame, start: int) -> bool:
    """Whether a round of a loop has ended in `break` or `return` where a condition is not known."""
    return any(pending.signal.kind in ("break", "return") for pending in frame.pending[start:])


def _try(vm: Interpreter, node: code.Try, frame: Frame) -> Signal | None:
    try:
        signal = _try_handled(vm, node, frame)
    except Thrown:
        final = execute_block(vm, node.final, frame)
        if final is not None:
            return final
        raise
    final = execute_block(vm, node.final, frame)
    return final if final is not None else signal


def _try_handled(vm: Interpreter, node: code.Try, frame: Frame) -> Signal | None:
    risks, waiting, mark = vm.risks, len(frame.pending), vm.journal.mark()
    frame.try_depth += 1
    try:
        signal = execute_block(vm, node.body, frame)
    except Thrown as error:
        frame.try_depth -= 1
        handler = _handler_for(vm, node.handlers, error, frame)
        if handler is None:
            raise
        return _handle(vm, handler, error.value, frame)
    else:
        frame.try_depth -= 1
        handlers = _possible_handlers(vm, node.handlers, frame) if vm.risks != risks else ()
        if handlers:
            return _perhaps_handled(vm, node, handlers, frame, signal, waiting, mark)
    finally:
        vm.journal.release()
    if signal is not None:
        return signal
    return execute_block(vm, node.orelse, frame)


def _handle(vm: Interpreter, handler: code.Handler, value: Value, frame: Frame) -> Signal | None:
    if handler.name:
        names.store(vm, frame, handler.name, value)
    vm.handling.append(value)
    try:
        return execute_block(vm, handler.body, frame)
    finally:
        vm.handling.pop()


def _possible_handlers(
    vm: Interpreter, handlers: tuple[code.Handler, ...], frame: Frame
) -> tuple[code.Handler, ...]:
    """Those that an operation whose outcome is not known may reach; imports are known to work or not."""
    return tuple(
        handler
        for handler in handlers
        if not (isinstance(handler.kind, code.Name) and handler.kind.id in _NOT_BY_CHANCE)
    )


_NOT_BY_CHANCE = ("ImportError", "ModuleNotFoundError", "KeyboardInterrupt", "StopIteration")


def _perhaps_handled(
    vm: Interpreter,
    node: code.Try,
    handlers: tuple[code.Handler, ...],
    frame: Frame,
    signal: Signal | None,
    waiting: int,
    mark: Mark,
) -> Signal | None:
    """A body that went through here, but in which something not known may have raised: join it with the handlers."""

    def rest() -> Signal | None:
        return signal if signal is not None else execute_block(vm, node.orelse, frame)

    def handled(remaining: tuple[code.Handler, ...]) -> Signal | None:
        if len(remaining) > 1:
            return branches.either(vm, frame, lambda: handled(remaining[:1]), lambda: handled(remaining[1:]))
        error = Unknown(Reason.BRANCHES, "an exception", frame.place(node))
        return _handle(vm, remaining[0], error, frame)

    return branches.perhaps_broken(vm, frame, mark, waiting, rest, lambda: handled(handlers))


def _handler_for(
    vm: Interpreter, handlers: tuple[code.Handler, ...], error: Thrown, frame: Frame
) -> code.Handler | None:
    for handler in handlers:
        if handler.kind is None:
            return handler
        kind = evaluate(vm, handler.kind, frame)
        if isinstance(kind, Unknown) or vm.is_instance(error.value, kind) is not False:
            return handler
    return None


def _with(vm: Interpreter, node: code.With, frame: Frame) -> Signal | None:
    return _with_from(vm, node, 0, frame)


def _with_from(vm: Interpreter, node: code.With, index: int, frame: Frame) -> Signal | None:
    """Enter the context managers from the given one on, run the body, and leave them again."""
    if index == len(node.items):
        return execute_block(vm, node.body, frame)
    item = node.items[index]
    manager = evaluate(vm, item.context, frame)
    if isinstance(manager, GeneratorValue) and manager.begin is not None and manager.drive is not None:
        return _with_generator(vm, node, index, manager, frame)
    entered = vm.enter_context(manager)
    if item.target is not None:
        assign(vm, item.target, entered, frame)
    risks, waiting, mark = vm.risks, len(frame.pending), vm.journal.mark()
    try:
        signal = _with_from(vm, node, index + 1, frame)
        if vm.risks != risks and _swallows(manager):
            left = signal
            signal = branches.perhaps_broken(vm, frame, mark, waiting, lambda: left, lambda: None)
    except Thrown as error:
        if vm.suppresses(manager, error):
            return None
        raise
    finally:
        vm.journal.release()
    vm.exit_context(manager)
    return signal


def _with_generator(
    vm: Interpreter, node: code.With, index: int, manager: GeneratorValue, frame: Frame
) -> Signal | None:
    """A `with` of a `@contextmanager` function: its body runs where that yields."""
    signals: list[Signal | None] = []
    target = node.items[index].target

    def body(value: Value) -> None:
        if target is not None:
            assign(vm, target, value, frame)
        signals.append(_with_from(vm, node, index + 1, frame))

    generators.around(vm, manager, body)
    if len({signal.kind if signal is not None else "" for signal in signals}) > 1:
        raise Undetermined(Unknown(Reason.BRANCHES, "how a with statement is left", frame.place(node)))
    return signals[-1] if signals else None


def _swallows(manager: Value) -> bool:
    """Whether a context manager is made to swallow exceptions."""
    return isinstance(manager, Instance) and manager.cls.name == "suppress"


def _match(vm: Interpreter, node: code.Match, frame: Frame) -> Signal | None:
    subject = evaluate(vm, node.subject, frame)
    return _match_cases(vm, node.cases, subject, frame)


def _match_cases(vm: Interpreter, cases: tuple[code.Case, ...], subject: Value, frame: Frame) -> Signal | None:
    for index, case in enumerate(cases):
        matched = match_pattern(vm, case.pattern, subject, frame)
        if matched is not False and case.guard is not None:
            guard = condition(vm, case.guard, frame)
            matched = False if guard is False else (None if guard is None else matched)
        if matched is True:
            return execute_block(vm, case.body, frame)
        if matched is None:
            taken = partial(execute_block, vm, case.body, frame)
            return branches.either(vm, frame, taken, partial(_match_cases, vm, cases[index + 1 :], subject, frame))
    return None


def _function(vm: Interpreter, node: code.FunctionDef, frame: Frame) -> None:
    names.store(vm, frame, node.name, functions.define(vm, node, frame))


def _class(vm: Interpreter, node: code.ClassDef, frame: Frame) -> None:
    names.store(vm, frame, node.name, classes.define(vm, node, frame))


def _import(vm: Interpreter, node: code.Import, frame: Frame) -> None:
    modules.execute_import(vm, node, frame)


def _import_from(vm: Interpreter, node: code.ImportFrom, frame: Frame) -> None:
    modules.execute_import_from(vm, node, frame)


STATEMENTS: dict[type, Callable[[Any, Any, Frame], Signal | None]] = {
    code.ExprStmt: _expression,
    code.Assign: _assign,
    code.AnnAssign: _annotated,
    code.AugAssign: _augmented,
    code.Return: _return,
    code.Raise: _raise,
    code.Pass: _pass,
    code.Break: _break,
    code.Continue: _continue,
    code.Delete: _delete,
    code.Global: _global,
    code.Nonlocal: _nonlocal,
    code.Import: _import,
    code.ImportFrom: _import_from,
    code.Assert: _assert,
    code.If: _if,
    code.For: _for,
    code.While: _while,
    code.Try: _try,
    code.With: _with,
    code.Match: _match,
    code.FunctionDef: _function,
    code.ClassDef: _class,
    code.Unparsed: unparsed.execute,
}
