"""Plain one-line statements -> code, straight from the gate's tree: libcst needs twenty times as long for a line.

Plain is what reads the same in both trees: imports, names, numbers, one string without escapes, attributes, calls,
arithmetic, lists and dicts, on one line of ASCII. Everything else is left to libcst. Spans are those of its tree.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from paramlens.syntax import code

MAX_LENGTH = 120  # so short a line cannot nest too deep


class _NotPlain(Exception):
    """A node that libcst lowers."""


def is_plain(text: str) -> bool:
    """Whether the text of a statement may be plain: one short line of ASCII."""
    return len(text) <= MAX_LENGTH and text.isascii() and "\n" not in text and "\\" not in text


def plain_statement(body: list[ast.stmt]) -> code.Stmt | None:
    """The code of a line that holds one plain assignment or expression, its line being 0; None for any other."""
    if len(body) != 1:
        return None
    node: Any = body[0]
    kind = type(node)
    try:
        if kind is ast.Assign:
            value = _expression(node.value)
            return code.Assign(_span(node), tuple([_expression(target) for target in node.targets]), value)
        if kind is ast.Expr:
            return code.ExprStmt(_span(node), _expression(node.value))
        if kind is ast.Import:
            return code.Import(_span(node), _aliases(node))
        if kind is ast.ImportFrom:
            return code.ImportFrom(_span(node), node.module or "", _aliases(node), node.level)
    except _NotPlain:
        pass
    return None


def _span(node: Any) -> code.Span:
    return code.Span(0, node.col_offset, 0, node.end_col_offset)


def _aliases(node: Any) -> tuple[code.Alias, ...]:
    return tuple([code.Alias(_span(alias), alias.name, alias.asname) for alias in node.names])


def _expression(node: Any) -> Any:
    lower = _LOWER.get(type(node))
    if lower is None:
        raise _NotPlain
    return lower(node)


def _constant(node: ast.Constant) -> code.Expr:
    value = node.value
    if type(value) is str:
        # a longer literal is several adjacent ones, has a prefix or three quotes
        if node.end_col_offset - node.col_offset != len(value) + 2:  # type: ignore[operator]  # set by ast.parse
            raise _NotPlain
    elif type(value) not in (int, float, bool, type(None)):
        raise _NotPlain
    return code.Const(_span(node), value)


def _name(node: ast.Name) -> code.Expr:
    return code.Name(_span(node), node.id)


def _attribute(node: ast.Attribute) -> code.Expr:
    return code.Attribute(_span(node), _expression(node.value), node.attr)


def _call(node: ast.Call) -> code.Expr:
    func = _expression(node.func)
    args = []
    for argument in node.args:
        value = _expression(argument)
        args.append(code.Arg(value.span, value))
    if node.keywords:
        for keyword in node.keywords:
            if keyword.arg is None:
                raise _NotPlain
            args.append(code.Arg(_span(keyword), _expression(keyword.value), keyword.arg))
    return code.Call(_span(node), func, tuple(args))


_OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.USub: "-", ast.UAdd: "+",
}  # fmt: skip


def _binary(node: ast.BinOp) -> code.Expr:
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        raise _NotPlain
    return code.BinOp(_span(node), operator, _expression(node.left), _expression(node.right))


def _unary(node: ast.UnaryOp) -> code.Expr:
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        raise _NotPlain
    return code.UnaryOp(_span(node), operator, _expression(node.operand))


def _subscript(node: ast.Subscript) -> code.Expr:
    return code.Subscript(_span(node), _expression(node.value), _expression(node.slice))


def _tuple(node: ast.Tuple) -> code.Expr:
    return code.Tuple(_span(node), tuple([_expression(element) for element in node.elts]))


def _list(node: ast.List) -> code.Expr:
    return code.List(_span(node), tuple([_expression(element) for element in node.elts]))


def _dict(node: ast.Dict) -> code.Expr:
    items = [
        (None if key is None else _expression(key), _expression(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    return code.Dict(_span(node), tuple(items))


_LOWER: dict[type, Callable[[Any], code.Expr]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Dict: _dict,
}
