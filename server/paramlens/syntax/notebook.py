"""Notebooks: the code cells of an `.ipynb` file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from paramlens.syntax.cells import NotebookMap, join_cells


@dataclass(frozen=True, slots=True)
class Notebook:
    """The joined text of the code cells; `problem` says why there are none."""

    text: str
    map: NotebookMap
    problem: str | None = None


def read_notebook(text: str) -> Notebook:
    """The code cells of a notebook as one text. Never raises: what is no notebook is empty, with a problem."""
    cells, problem = _code_cells(text)
    joined, lines = join_cells(cells)
    return Notebook(joined, lines, problem)


def _code_cells(text: str) -> tuple[list[tuple[int, str]], str | None]:
    try:
        data: Any = json.loads(text.removeprefix("\ufeff")) if text.strip() else {"cells": []}
    except ValueError as error:
        return [], f"not a notebook: {error}"
    except RecursionError:
        return [], "not a notebook: nested too deep"
    cells = _cells(data)
    if cells is None:
        return [], "not a notebook: no cells"
    if not _is_python(data):
        return [], "not a Python notebook"
    found = []
    for index, cell in enumerate(cells):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            lines = source if isinstance(source, list) else [source]
            found.append((index, "".join(line for line in lines if isinstance(line, str))))
    return found, None


def _cells(data: Any) -> list[Any] | None:
    if not isinstance(data, dict):
        return None
    cells = data.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = data.get("worksheets")  # notebook format 3
    if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        cells = sheets[0].get("cells")
    return cells if isinstance(cells, list) else None


def _is_python(data: dict[str, Any]) -> bool:
    metadata = data.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    name = info.get("name") if isinstance(info, dict) else None
    return not isinstance(name, str) or "python" in name.lower()
