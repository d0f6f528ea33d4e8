"""Spans of code objects and of `ast` nodes as comparable sets."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any, TypeAlias

from paramlens.syntax import code

Spans: TypeAlias = "set[tuple[str, int, int, int, int]]"

_RENAMED = {
    "Constant": "Const", "Expr": "ExprStmt", "AsyncFunctionDef": "FunctionDef", "AsyncFor": "For", "AsyncWith": "With",
    "ListComp": "Comprehension", "SetComp": "Comprehension", "DictComp": "Comprehension", "TryStar": "Try",
    "GeneratorExp": "Comprehension", "arg": "Param", "ExceptHandler": "Handler", "alias": "Alias",
}  # fmt: skip
_WITHOUT_AST_POSITION = {"Arg", "Clause", "Case", "WithItem", "FormattedValue", "MatchCapture", "MatchValue"}


def code_spans(source: code.Source) -> Spans:
    """Every node of a file, all bodies loaded. Nodes inside f-strings are left out: `ast` misplaces them before 3.12."""  # noqa: E501
    found: Spans = set()
    for statement in source.statements:
        _collect(statement.code(), statement.first_line, found)
    return {item for item in found if item[0] not in _WITHOUT_AST_POSITION}


def _collect(value: Any, line: int, found: Spans) -> None:
    if isinstance(value, tuple):
        for item in value:
            _collect(item, line, found)
    elif isinstance(value, code.LazyBlock):
        _collect(value.load(), line, found)
    elif isinstance(value, code.Statement):
        _collect(value.code(), line, found)
    elif isinstance(value, code.Refusal):
        raise AssertionError(value)
    elif isinstance(value, (code.Node, code.Params)):
        if isinstance(value, code.Node):
            kind = "Starred" if isinstance(value, code.Arg) and value.star == "*" else type(value).__name__
            span = value.span
            found.add((kind, span.line + line, span.column, span.end_line + line, span.end_column))
        if not isinstance(value, (code.JoinedStr, code.MatchValue)):
            for field in dataclasses.fields(value):
                _collect(getattr(value, field.name), line, found)


def ast_spans(text: str) -> Spans:
    lines = text.split("\n")
    known = {name for name in dir(code) if isinstance(getattr(code, name), type)}
    found: Spans = set()
    stack: list[ast.AST] = [ast.parse(text)]

    def column(lineno: int, offset: int) -> int:
        return len(lines[lineno - 1].encode()[:offset].decode())

    while stack:
        node = stack.pop()
        name = _RENAMED.get(type(node).__name__, type(node).__name__)
        if name in known and name not in _WITHOUT_AST_POSITION and hasattr(node, "lineno"):
            start = column(node.lineno, node.col_offset)  # type: ignore[attr-defined]
            end = column(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
            found.add((name, node.lineno - 1, start, node.end_lineno - 1, end))  # type: ignore[attr-defined]
        if isinstance(node, (ast.JoinedStr, ast.MatchValue, ast.MatchSingleton)):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            stack += [*node.body, *node.decorator_list, node.args]  # code keeps no return annotation
        else:
            stack += ast.iter_child_nodes(node)
    return found
