"""Calls that make a model of a file's classes without arguments, for files that define models and make none."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def default_calls(text: str) -> tuple[str, ...]:
    """`Net()` for each class at the top of the file that has a base and whose own constructor needs no argument."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(dict.fromkeys(f"{node.name}()" for node in _classes(tree.body) if _needs_nothing(node)))


def may_make_models(text: str) -> bool:
    """Whether anything at the top of the file is called, or `default_calls` has something to call."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    run = (node for statement in tree.body if not isinstance(statement, definitions) for node in ast.walk(statement))
    return any(isinstance(node, ast.Call) for node in run) or bool(default_calls(text))


def _classes(body: list[ast.stmt]) -> Iterator[ast.ClassDef]:
    return (node for node in body if isinstance(node, ast.ClassDef) and node.bases)


def _needs_nothing(node: ast.ClassDef) -> bool:
    for member in node.body:
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            arguments = member.args
            positional = len(arguments.posonlyargs) + len(arguments.args) - 1  # without self
            return positional <= len(arguments.defaults) and None not in arguments.kw_defaults
    return False
