"""Evaluating expressions: one small function for each kind of node."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlens.evaluate import branches, calls, functions, names
from paramlens.evaluate.choices import one_of
from paramlens.evaluate.comprehensions import evaluate_comprehension
from paramlens.evaluate.frames import Frame, Thrown
from paramlens.evaluate.python.limits import check_nested
from paramlens.evaluate.python.natives import forget
from paramlens.syntax import code
from paramlens.values import DictValue, ListValue, Reason, SetValue, Undetermined, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def evaluate(vm: Interpreter, node: code.Expr, frame: Frame) -> Value:
    """The value of an expression."""
    return EXPRESSIONS[type(node)](vm, node, frame)


def evaluate_index(vm: Interpreter, node: code.Expr, frame: Frame) -> Value:
    """The value between the brackets of a subscript."""
    return evaluate(vm, node, frame)


def evaluate_elements(vm: Interpreter, elements: tuple[code.Expr, ...], frame: Frame) -> tuple[list[Value], Any]:
    """The items of a display with `*` unpacked, and why more may follow (None when all are known)."""
    items: list[Value] = []
    for element in elements:
        if not isinstance(element, code.Starred):
            items.append(evaluate(vm, element, frame))
            continue
        try:
            items.extend(vm.iterate(evaluate(vm, element.value, frame)))
        except Undetermined as problem:
            return items, problem.unknown
    return items, None


def _const(vm: Interpreter, node: code.Const, frame: Frame) -> Value:
    return node.value


def _name(vm: Interpreter, node: code.Name, frame: Frame) -> Value:
    value = names.load(vm, frame, node.id)
    if value is names.MISSING:
        return vm.note(Unknown(Reason.UNRESOLVED_NAME, node.id, frame.place(node)))
    return value


def _attribute(vm: Interpreter, node: code.Attribute, frame: Frame) -> Value:
    owner = evaluate(vm, node.value, frame)
    vm.current = (frame, node)
    found = vm.get_attribute(owner, node.attr)
    if isinstance(found, Unknown):
        vm.risks += 1  # it may not be there
    return found


def _subscript(vm: Interpreter, node: code.Subscript, frame: Frame) -> Value:
    container = evaluate(vm, node.value, frame)
    index = evaluate_index(vm, node.index, frame)
    vm.current = (frame, node)
    return vm.get_item(container, index)


def _slice(vm: Interpreter, node: code.Slice, frame: Frame) -> Value:
    parts = (node.lower, node.upper, node.step)
    return slice(*(evaluate(vm, part, frame) if part is not None else None for part in parts))


def _binary(vm: Interpreter, node: code.BinOp, frame: Frame) -> Value:
    left = evaluate(vm, node.left, frame)
    right = evaluate(vm, node.right, frame)
    vm.current = (frame, node)
    return vm.binary(node.op, left, right)


def _unary(vm: Interpreter, node: code.UnaryOp, frame: Frame) -> Value:
    operand = evaluate(vm, node.operand, frame)
    vm.current = (frame, node)
    return vm.unary(node.op, operand)


def _bool(vm: Interpreter, node: code.BoolOp, frame: Frame) -> Value:
    return _bool_rest(vm, node.op, node.values, frame)


def _bool_rest(vm: Interpreter, op: str, operands: tuple[code.Expr, ...], frame: Frame) -> Value:
    first = evaluate(vm, operands[0], frame)
    if len(operands) == 1:
        return first
    truth = vm.truth(first)
    if truth is None:
        return branches.either_value(vm, lambda: _bool_rest(vm, op, operands[1:], frame), lambda: first, f"… {op} …")
    if truth is (op == "or"):
        return first
    return _bool_rest(vm, op, operands[1:], frame)


def condition(vm: Interpreter, node: code.Expr, frame: Frame) -> bool | None:
    """The truth of a condition; `unknown and False` is false and `unknown or True` is true."""
    if isinstance(node, code.UnaryOp) and node.op == "not":
        inner = condition(vm, node.operand, frame)
        return None if inner is None else not inner
    if not isinstance(node, code.BoolOp):
        return vm.truth(evaluate(vm, node, frame))
    decisive = node.op == "or"
    result: bool | None = not decisive
    for operand in node.values:
        truth = condition(vm, operand, frame) if result is not None else _tentative(vm, operand, frame)
        if truth is decisive:
            return decisive
        result = None if truth is None else result
    return result


def _tentative(vm: Interpreter, node: code.Expr, frame: Frame) -> bool | None:
    """The truth of an operand that may not be evaluated at all: what it changes is undone."""
    mark = vm.journal.mark()
    try:
        return condition(vm, node, frame)
    except Thrown:
        return None
    finally:
        vm.journal.undo(mark)
        vm.journal.release()


def _compare(vm: Interpreter, node: code.Compare, frame: Frame) -> Value:
    left = evaluate(vm, node.left, frame)
    result: Value = True
    for op, operand in zip(node.ops, node.comparators, strict=True):
        right = evaluate(vm, operand, frame)
        vm.current = (frame, node)
        result = vm.compare(op, left, right)
        if len(node.ops) > 1 and vm.truth(result) is not True:
            return result
        left = right
    return result


def _conditional(vm: Interpreter, node: code.IfExp, frame: Frame) -> Value:
    truth = condition(vm, node.test, frame)
    if truth is None:
        return branches.either_value(
            vm, lambda: evaluate(vm, node.body, frame), lambda: evaluate(vm, node.orelse, frame), "the conditional"
        )
    return evaluate(vm, node.body if truth else node.orelse, frame)


def _tuple(vm: Interpreter, node: code.Tuple, frame: Frame) -> Value:
    items, rest = evaluate_elements(vm, node.elements, frame)
    return check_nested(tuple(items)) if rest is None else rest


def _list(vm: Interpreter, node: code.List, frame: Frame) -> Value:
    items, rest = evaluate_elements(vm, node.elements, frame)
    return ListValue(items, rest)


def _set(vm: Interpreter, node: code.Set, frame: Frame) -> Value:
    items, rest = evaluate_elements(vm, node.elements, frame)
    return SetValue({vm.hashable(item): None for item in items}) if rest is None else rest


def _dict(vm: Interpreter, node: code.Dict, frame: Frame) -> Value:
    result = DictValue()
    for key, item in node.items:
        value = evaluate(vm, item, frame)
        if key is None:
            _merge_mapping(vm, result, value)
            continue
        try:
            result.items[vm.hashable(evaluate(vm, key, frame))] = value
        except Undetermined as problem:
            forget(vm, result, one_of(problem.unknown, value))
    return result


def _merge_mapping(vm: Interpreter, result: DictValue, value: Value) -> None:
    mapping = vm.plain(value)
    if isinstance(mapping, DictValue):
        if mapping.open:
            forget(vm, result, Unknown(Reason.UNKNOWN_ARGUMENT, "a dict with keys that are not known"))
        result.items.update(mapping.items)
    elif isinstance(mapping, Unknown):
        forget(vm, result, mapping)
    else:
        for key in vm.iterate(vm.call(vm.get_attribute(value, "keys"))):
            result.items[vm.hashable(key)] = vm.get_item(value, key)


def _joined(vm: Interpreter, node: code.JoinedStr, frame: Frame) -> Value:
    pieces: list[str] = []
    for part in node.parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        value = evaluate(vm, part.value, frame)
        spec = _joined(vm, part.spec, frame) if part.spec is not None else ""
        piece = vm.format(value, part.conversion, spec) if isinstance(spec, str) else spec
        if not isinstance(piece, str):
            return piece
        pieces.append(piece)
    return "".join(pieces)


def _named(vm: Interpreter, node: code.NamedExpr, frame: Frame) -> Value:
    value = evaluate(vm, node.value, frame)
    while frame.around is not None:  # a comprehension binds it outside of itself
        frame = frame.around
    names.store(vm, frame, node.target.id, value)
    return value


def _await(vm: Interpreter, node: code.Await, frame: Frame) -> Value:
    return evaluate(vm, node.value, frame)


def _yield(vm: Interpreter, node: code.Yield, frame: Frame) -> Value:
    value = evaluate(vm, node.value, frame) if node.value is not None else None
    functions.note_yield(vm, frame, value)
    return None


def _yield_from(vm: Interpreter, node: code.YieldFrom, frame: Frame) -> Value:
    for item in vm.iterate(evaluate(vm, node.value, frame)):
        functions.note_yield(vm, frame, item)
    return vm.unknown(Reason.UNSUPPORTED, "the result of a generator")


def _lambda(vm: Interpreter, node: code.Lambda, frame: Frame) -> Value:
    return functions.define_lambda(vm, node, frame)


def _starred(vm: Interpreter, node: code.Starred, frame: Frame) -> Value:
    return evaluate(vm, node.value, frame)


EXPRESSIONS: dict[type, Callable[[Any, Any, Frame], Value]] = {
    code.Const: _const,
    code.Name: _name,
    code.Attribute: _attribute,
    code.Subscript: _subscript,
    code.Slice: _slice,
    code.Call: calls.evaluate_call,
    code.BinOp: _binary,
    code.UnaryOp: _unary,
    code.BoolOp: _bool,
    code.Compare: _compare,
    code.IfExp: _conditional,
    code.Starred: _starred,
    code.Tuple: _tuple,
    code.List: _list,
    code.Set: _set,
    code.Dict: _dict,
    code.Comprehension: evaluate_comprehension,
    code.JoinedStr: _joined,
    code.NamedExpr: _named,
    code.Await: _await,
    code.Yield: _yield,
    code.YieldFrom: _yield_from,
    code.Lambda: _lambda,
}
