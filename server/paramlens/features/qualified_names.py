"""What a place in a file belongs to, by name: a name that stays when lines move.

    class Net(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(8, 2)      # Net.__init__.self.fc
    model = Net()                          # model
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from paramlens.values import Place


def qualified_name(text: str, place: Place) -> str:
    """The classes and functions around the place and what its statement assigns to; empty where nothing has a name."""
    found: list[str] = []
    for first, last, name in _named(text):
        if first <= place.line <= last:
            found.append(name)
    return ".".join(found)


@lru_cache(maxsize=4)
def _named(text: str) -> tuple[tuple[int, int, str], ...]:
    """The first and last line of everything that has a name, what is outside first."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(_of(tree.body))


def _of(body: list[ast.stmt]) -> Iterator[tuple[int, int, str]]:
    for node in body:
        first, last = node.lineno, node.end_lineno or node.lineno
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield first, last, node.name
            yield from _of(node.body)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield first, last, ast.unparse(target)
        else:
            for block in ("body", "orelse", "finalbody"):
                yield from _of(getattr(node, block, None) or [])
            for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                yield from _of(part.body)
