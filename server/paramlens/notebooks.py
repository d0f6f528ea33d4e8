"""Jupyter notebooks as one Python text, and the way back from its lines to cells.

What IPython adds to Python (`%magic`, `!command`, `help?`) is replaced line by line, so that places stay true.
"""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from paramlens.lines import split_lines
from paramlens.sources import Unreadable, decode

_PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "debug", "memit", "mprun"})
_LINE_MAGIC = re.compile(r"(\s*)(%|!|\?)")
_HELP = re.compile(r"(\s*)[\w.*%]+\?\??\s*")
_ASSIGNED = re.compile(r"(\s*[\w.,\s\[\]]+?=\s*)(%|!)\s*\S")


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code cells of a notebook as one text; `starts` are their 1-based first lines."""

    text: str
    starts: tuple[int, ...]

    def locate(self, line: int) -> tuple[int, int]:
        """The 1-based number among the code cells, and the 1-based line within that cell."""
        cell = max(bisect_right(self.starts, line), 1)
        start = self.starts[cell - 1] if self.starts else 1
        return cell, line - start + 1


def read_notebook(data: bytes, path: str) -> Notebook:
    """The code of a notebook. Raises Unreadable when it is none."""
    try:
        document = json.loads(decode(data, path))
    except (ValueError, RecursionError):
        raise Unreadable(f"{path}: not a notebook: no valid JSON") from None
    cells = _code_cells(document)
    if cells is None:
        raise Unreadable(f"{path}: not a notebook: it has no cells")
    lines: list[str] = []
    starts: list[int] = []
    for cell in cells:
        starts.append(len(lines) + 1)
        lines += python_lines(cell)
    return Notebook("\n".join([*lines, ""]), tuple(starts))


def _code_cells(document: Any) -> list[str] | None:
    """The sources of the code cells, of formats 3 and 4."""
    if not isinstance(document, dict):
        return None
    cells = document.get("cells")
    if cells is None and isinstance(document.get("worksheets"), list):
        cells = [cell for sheet in document["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells", [])]
    if not isinstance(cells, list):
        return None
    code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [_joined(cell.get("source", cell.get("input", ""))) for cell in code]


def _joined(source: Any) -> str:
    return "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else str(source)


def python_lines(cell: str) -> list[str]:
    """The lines of a cell as Python: as many as it has. A cell that is no Python even then becomes comments."""
    lines = split_lines(cell)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if lines[first][2:].split(None, 1)[:1] and lines[first][2:].split()[0] in _PYTHON_CELL_MAGICS:
            lines[first] = "# " + lines[first]
        else:
            return [f"# {line}".rstrip() for line in lines]
    if _parses(lines):
        return lines
    lines = [_without_magic(line) for line in lines]
    return lines if _parses(lines) else [f"# {line}".rstrip() for line in lines]


def _without_magic(line: str) -> str:
    if match := _LINE_MAGIC.match(line) or _HELP.fullmatch(line):
        return f"{match[1]}pass  # {line.strip()}"
    if match := _ASSIGNED.match(line):
        return f"{match[1]}get_ipython().getoutput({line[match.end(1) :].strip()!r})"
    return line


def _parses(lines: list[str]) -> bool:
    try:
        compile(
            "\n".join(lines), "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
