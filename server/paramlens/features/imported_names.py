"""How a file calls a module that it imports, or the import that it lacks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from paramlens.records import Record, record


@record
class Imported(Record):
    """The name of a module in a file. Where it has none, `statement` imports it, in front of `line`."""

    name: str
    line: int | None = None
    statement: str = ""


_LACKING = {"torch.nn": ("nn", "from torch import nn"), "keras": ("keras", "import keras")}
_SAME = {
    "torch.nn": ("torch.nn",),
    "keras": ("keras", "tensorflow.keras", "tf_keras"),
}


def imported_name(text: str, module: str) -> Imported:
    """The module (`torch.nn` or `keras`) as the file's own imports name it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.Module([], [])
    found = dict(_names(tree))
    for path in _SAME[module]:
        if path in found:
            return Imported(found[path])
    for path in _SAME[module]:
        parent, _, rest = path.rpartition(".")
        if parent in found:
            return Imported(f"{found[parent]}.{rest}")
    name, statement = _LACKING[module]
    return Imported(name, _line_for_import(tree), statement)


def _names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The modules that are imported at the top of the file, and their names in it."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname is not None or "." not in alias.name:
                    yield alias.name, alias.asname or alias.name
                else:
                    yield alias.name, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", alias.asname or alias.name


def _line_for_import(tree: ast.Module) -> int:
    """In front of the first statement that is neither documentation nor an import from `__future__`."""
    for node in tree.body:
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not text and not future:
            decorators: list[ast.expr] = getattr(node, "decorator_list", [])
            return min([node.lineno, *(part.lineno for part in decorators)])
    return 1
