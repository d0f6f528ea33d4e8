"""Places in notebooks as people count them: the cell of the notebook, and the line within the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paramlens.syntax.cells import NotebookMap


def in_cell(notebook: NotebookMap, line: int) -> tuple[int, int]:
    """The 1-based cell, counting all cells, and the 1-based line in it, of a 1-based line of the joined text."""
    place = notebook.place(line - 1)
    return place.cell + 1, place.line + 1
