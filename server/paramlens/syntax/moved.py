"""Code further down: a member whose text did not change keeps its code when lines above it come or go."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any, TypeVar

from paramlens.syntax.code import Block, LazyBlock, Node, Params, Refusal, Span, Statement
from paramlens.syntax.recursion import deep_recursion

_Code = TypeVar("_Code", bound="Block | Refusal")


def moved(code: _Code, lines: int) -> _Code:
    """The same code with every span `lines` further down; bodies not lowered yet are moved when they are."""
    if lines == 0:
        return code
    with deep_recursion():
        result: _Code = _moved(code, lines)
    return result


_NAMES: dict[type, tuple[str, ...]] = {}


def field_names(value: Any) -> tuple[str, ...]:
    """The names of a code object's fields, in the order of its constructor's arguments."""
    names = _NAMES.get(type(value))
    if names is None:
        names = _NAMES[type(value)] = tuple(field.name for field in fields(value))
    return names


def _moved(value: Any, lines: int) -> Any:
    kind: Any = type(value)
    if kind is Span:
        return value.moved(lines)
    if kind is tuple:
        return tuple([_moved(item, lines) for item in value])
    if kind is LazyBlock:
        loaded = None if value.loaded is None else _moved(value.loaded, lines)
        return LazyBlock(partial(_moved_body, value, lines), loaded)
    if kind is Statement:
        return moved_statement(value, lines)
    if isinstance(value, (Node, Params, Refusal)):
        names = field_names(value)
        return kind(*[_moved(getattr(value, name), lines) for name in names])
    return value


def _moved_body(body: LazyBlock, lines: int) -> Block | Refusal:
    return moved(body.load(), lines)


def _moved_code(statement: Statement, lines: int) -> Block | Refusal:
    return moved(statement.code(), lines)


def moved_statement(statement: Statement, lines: int) -> Statement:
    """A class member `lines` further down."""
    if lines == 0:
        return statement
    return Statement(
        statement.text,
        statement.first_line + lines,
        statement.line_count,
        statement.binds,
        statement.mutates,
        statement.kind,
        partial(_moved_code, statement, lines),
        None,
        statement.stale,
        statement.read_as,
        statement.code_lines,
    )
