"""libcst statements -> code statements. Bodies of functions and classes were cut out before and are loaded later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import libcst as cst

from paramlens.syntax import code
from paramlens.syntax.lower_expressions import NotLowered, argument, expression, optional, parameters, symbol
from paramlens.syntax.lower_patterns import pattern
from paramlens.syntax.places import Places
from paramlens.syntax.repair import MARK, unparsed
from paramlens.syntax.segment import Cut


@dataclass(frozen=True, slots=True)
class Context:
    """What lowering a statement needs: positions, the cut definitions by their place, and how to go on with them."""

    places: Places
    cuts: dict[tuple[int, int], Cut]
    function_body: Callable[[Cut], code.LazyBlock]
    class_members: Callable[[Cut], tuple[tuple[code.Statement, ...], tuple[int, int]]]
    line: int


def block(context: Context, node: Any) -> code.Block:
    """The statements of a module, an indented block or the rest of a header's line."""
    statements: list[code.Stmt] = []
    for child in node.body:
        if type(child) is cst.SimpleStatementLine:
            statements += [statement(context, small) for small in child.body]
        else:
            statements.append(statement(context, child))
    return tuple(statements)


def statement(context: Context, node: Any) -> code.Stmt:
    lower = _LOWER.get(type(node))
    if lower is None:
        raise NotLowered(f"{type(node).__name__} is not supported")
    return lower(context, node)


def _compound_span(context: Context, node: Any, *blocks: code.Block) -> code.Span:
    """From the statement's first word to the end of its last nested statement."""
    line, column = context.places.at(context.places.start(node))
    for body in reversed(blocks):
        if body:
            last = body[-1].span
            return code.Span(line, column, last.end_line, last.end_column)
    return context.places.span(node)


def _expression(context: Context, node: cst.Expr) -> code.Stmt:
    if isinstance(node.value, cst.Call) and isinstance(node.value.func, cst.Name) and node.value.func.value == MARK:
        return _unparsed(context, node.value)
    return code.ExprStmt(context.places.span(node), expression(context.places, node.value))


def _unparsed(context: Context, node: cst.Call) -> code.Stmt:
    """What `repair` put in the place of lines that do not parse."""
    text = expression(context.places, node.args[0].value) if node.args else None
    written = text.value if isinstance(text, code.Const) and isinstance(text.value, str) else ""
    line, _ = context.places.at(context.places.start(node))
    first = written.split("\n")[0]
    indent = len(first) - len(first.lstrip())  # which need not be that of the block
    return unparsed(written, code.Span(line, indent, line, max(len(first), indent)))


def _assign(context: Context, node: cst.Assign) -> code.Stmt:
    places = context.places
    targets = tuple([expression(places, target.target) for target in node.targets])
    return code.Assign(places.span(node), targets, expression(places, node.value))


def _augmented(context: Context, node: cst.AugAssign) -> code.Stmt:
    places = context.places
    target = expression(places, node.target)
    return code.AugAssign(places.span(node), target, symbol(node.operator), expression(places, node.value))


def _annotated(context: Context, node: cst.AnnAssign) -> code.Stmt:
    places = context.places
    target, annotation = expression(places, node.target), expression(places, node.annotation.annotation)
    return code.AnnAssign(places.span(node), target, annotation, optional(places, node.value))


def _return(context: Context, node: cst.Return) -> code.Stmt:
    return code.Return(context.places.span(node), optional(context.places, node.value))


def _raise(context: Context, node: cst.Raise) -> code.Stmt:
    cause = node.cause.item if node.cause is not None else None
    return code.Raise(context.places.span(node), optional(context.places, node.exc), optional(context.places, cause))


def _pass(context: Context, node: cst.Pass) -> code.Stmt:
    return code.Pass(context.places.span(node))


def _break(context: Context, node: cst.Break) -> code.Stmt:
    return code.Break(context.places.span(node))


def _continue(context: Context, node: cst.Continue) -> code.Stmt:
    return code.Continue(context.places.span(node))


def _delete(context: Context, node: cst.Del) -> code.Stmt:
    target = expression(context.places, node.target)
    bare = isinstance(target, code.Tuple) and isinstance(node.target, cst.Tuple) and not node.target.lpar
    targets = target.elements if bare and isinstance(target, code.Tuple) else (target,)
    return code.Delete(context.places.span(node), targets)


def _global(context: Context, node: cst.Global) -> code.Stmt:
    return code.Global(context.places.span(node), tuple([item.name.value for item in node.names]))


def _nonlocal(context: Context, node: cst.Nonlocal) -> code.Stmt:
    return code.Nonlocal(context.places.span(node), tuple([item.name.value for item in node.names]))


def _dotted(node: Any) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    return ".".join([node.value, *reversed(parts)]) if node is not None else ""


def _alias(context: Context, node: cst.ImportAlias) -> code.Alias:
    places = context.places
    asname = _dotted(node.asname.name) if node.asname is not None else None
    end = places.end(node.asname.name if node.asname is not None else node.name)
    return code.Alias(places.between(places.start(node), end), _dotted(node.name), asname)


def _import(context: Context, node: cst.Import) -> code.Stmt:
    return code.Import(context.places.span(node), tuple([_alias(context, name) for name in node.names]))


def _import_from(context: Context, node: cst.ImportFrom) -> code.Stmt:
    places = context.places
    span = places.span(node)
    names: tuple[code.Alias, ...]
    if isinstance(node.names, cst.ImportStar):
        names = (code.Alias(places.span(node.names), "*", None),)
    else:
        names = tuple([_alias(context, name) for name in node.names])
        if isinstance(node.rpar, cst.RightParen):
            span = places.between(places.start(node), places.end(node.rpar))
    return code.ImportFrom(span, _dotted(node.module), names, len(node.relative))


def _assert(context: Context, node: cst.Assert) -> code.Stmt:
    places = context.places
    return code.Assert(places.span(node), expression(places, node.test), optional(places, node.msg))


def _type_alias(context: Context, node: cst.TypeAlias) -> code.Stmt:
    places = context.places
    return code.Assign(places.span(node), (expression(places, node.name),), expression(places, node.value))


def _else(context: Context, node: cst.Else | cst.Finally | None) -> code.Block:
    return block(context, node.body) if node is not None else ()


def _if(context: Context, node: cst.If) -> code.Stmt:
    test, body = expression(context.places, node.test), block(context, node.body)
    orelse = (_if(context, node.orelse),) if isinstance(node.orelse, cst.If) else _else(context, node.orelse)
    return code.If(_compound_span(context, node, body, orelse), test, body, orelse)


def _for(context: Context, node: cst.For) -> code.Stmt:
    target, iterable = expression(context.places, node.target), expression(context.places, node.iter)
    body, orelse = block(context, node.body), _else(context, node.orelse)
    return code.For(_compound_span(context, node, body, orelse), target, iterable, body, orelse)


def _while(context: Context, node: cst.While) -> code.Stmt:
    test, body = expression(context.places, node.test), block(context, node.body)
    orelse = _else(context, node.orelse)
    return code.While(_compound_span(context, node, body, orelse), test, body, orelse)


def _handler(context: Context, node: cst.ExceptHandler | cst.ExceptStarHandler) -> code.Handler:
    name = node.name.name if node.name is not None else None
    body = block(context, node.body)
    kind = optional(context.places, node.type)
    span = _compound_span(context, node, body)
    return code.Handler(span, kind, name.value if isinstance(name, cst.Name) else None, body)


def _try(context: Context, node: cst.Try | cst.TryStar) -> code.Stmt:
    body = block(context, node.body)
    handlers = tuple([_handler(context, handler) for handler in node.handlers])
    orelse, final = _else(context, node.orelse), _else(context, node.finalbody)
    span = _compound_span(context, node, body, *(handler.body for handler in handlers), orelse, final)
    return code.Try(span, body, handlers, orelse, final)


def _with(context: Context, node: cst.With) -> code.Stmt:
    items = []
    for item in node.items:
        context_expression = expression(context.places, item.item)
        target = optional(context.places, item.asname.name if item.asname is not None else None)
        span = code.around(context_expression, target or context_expression)
        items.append(code.WithItem(span, context_expression, target))
    body = block(context, node.body)
    return code.With(_compound_span(context, node, body), tuple(items), body)


def _match(context: Context, node: cst.Match) -> code.Stmt:
    subject = expression(context.places, node.subject)
    cases = []
    for case in node.cases:
        body = block(context, case.body)
        guard = optional(context.places, case.guard)
        span = _compound_span(context, case, body)
        cases.append(code.Case(span, pattern(context.places, case.pattern), guard, body))
    return code.Match(_compound_span(context, node, *(case.body for case in cases)), subject, tuple(cases))


def _cut(context: Context, node: cst.FunctionDef | cst.ClassDef) -> Cut:
    line, column = context.places.at(context.places.start(node))
    cut = context.cuts.get((line - context.line, column))
    if cut is None:
        raise NotLowered(f"the body of {node.name.value} was not found")
    return cut


def _function(context: Context, node: cst.FunctionDef) -> code.Stmt:
    places, cut = context.places, _cut(context, node)
    end = cut.end or cut.at
    span = code.Span(context.line + cut.at[0], cut.at[1], context.line + end[0], end[1])
    return code.FunctionDef(
        span,
        node.name.value,
        places.span(node.name),
        parameters(places, node.params),
        tuple([expression(places, decorator.decorator) for decorator in node.decorators]),
        context.function_body(cut),
        node.asynchronous is not None,
        cut.is_generator,
    )


def _class(context: Context, node: cst.ClassDef) -> code.Stmt:
    places, cut = context.places, _cut(context, node)
    members, last = context.class_members(cut)
    end = cut.end or last
    span = code.Span(context.line + cut.at[0], cut.at[1], context.line + end[0], end[1])
    return code.ClassDef(
        span,
        node.name.value,
        places.span(node.name),
        tuple([argument(places, arg) for arg in sorted((*node.bases, *node.keywords), key=places.start)]),
        tuple([expression(places, decorator.decorator) for decorator in node.decorators]),
        members,
    )


_LOWER: dict[type, Callable[[Context, Any], code.Stmt]] = {
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AugAssign: _augmented,
    cst.AnnAssign: _annotated,
    cst.Return: _return,
    cst.If: _if,
    cst.For: _for,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.Import: _import,
    cst.ImportFrom: _import_from,
    cst.With: _with,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Pass: _pass,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.Del: _delete,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.While: _while,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.Match: _match,
    cst.TypeAlias: _type_alias,
}
