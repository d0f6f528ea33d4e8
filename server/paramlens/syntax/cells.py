"""The code cells of a notebook as one text, and the way back from its lines to cells.

Lines that are IPython's own become `pass`, so that every other line keeps its place:

    !pip install torch        pass  # !pip install torch
    files = !ls               files = get_ipython()  # !ls
    %%bash                    (the whole cell is commented out)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from paramlens.syntax import scanner

# Cell magics whose cell is still Python.
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "python", "python3", "pypy"})
_MAGIC = re.compile(r"([ \t]*)([%!?].*)$")
_HELP = re.compile(r"([ \t]*)([^\s#'\"]*[\w)\]*]\?{1,2}[ \t]*)$")
_ASSIGNED = re.compile(r"([ \t]*[^\W\d][\w.,\[\] ]*?=[ \t]*)([%!](?!=).*)$")


@dataclass(frozen=True, slots=True)
class CellLine:
    """A line of a code cell: `cell` counts all cells of the notebook, `line` the cell's lines, both from 0."""

    cell: int
    line: int


@dataclass(frozen=True, slots=True)
class NotebookMap:
    """Where each line of the joined text comes from: first lines of the code cells, ascending, and their cells."""

    first_lines: tuple[int, ...]
    cells: tuple[int, ...]

    def place(self, line: int) -> CellLine:
        """The cell and line of a 0-based line of the joined text."""
        if not self.first_lines:
            return CellLine(0, line)
        index = max(bisect_right(self.first_lines, line) - 1, 0)
        return CellLine(self.cells[index], line - self.first_lines[index])


def join_cells(cells: Iterable[tuple[int, str]]) -> tuple[str, NotebookMap]:
    """The text of all code cells, given as (number in the notebook, text), and where its lines come from."""
    parts: list[str] = []
    first_lines: list[int] = []
    numbers: list[int] = []
    line = 0
    for number, code in cells:
        python = _closed(without_magics(scanner.normalise_lines(code)))
        numbers.append(number)
        first_lines.append(line)
        parts.append(python)
        line += python.count("\n") + 1
    return "".join(f"{part}\n" for part in parts), NotebookMap(tuple(first_lines), tuple(numbers))


_MOST_CLOSED = 16


def _closed(text: str) -> str:
    """The text with what opens a string or bracket that never ends replaced by question marks, so that it costs its own
    statement and does not run on into later cells. Every character keeps its place."""
    for _ in range(_MOST_CLOSED):
        opening, brackets = _never_closed(text)
        if opening < 0:
            break
        text = f"{text[:opening]}???{text[opening + 3 :]}"
    pieces = list(scanner.Scanner(text))
    if not pieces or pieces[-1].closed:
        return text
    _, brackets = _never_closed(text, pieces[-1].start)
    characters = list(text)
    for offset in brackets:
        characters[offset] = "?"
    return "".join(characters)


def _never_closed(text: str, position: int = 0) -> tuple[int, list[int]]:
    """Offset of the first triple quote that never ends (-1: none), and those of the brackets open at the end."""
    brackets: list[int] = []
    while (match := scanner.TOKEN.match(text, position)) is not None and match.lastindex != scanner.END:
        position = match.end()
        kind = match.lastindex
        if kind == scanner.OPEN:
            brackets.append(match.start(kind))
        elif kind == scanner.CLOSE and brackets:
            brackets.pop()
        elif kind in (scanner.TRIPLE, scanner.STRING):
            after = scanner.string_end(text, match.start(kind))
            if after < 0 and kind == scanner.TRIPLE:
                return match.start(kind), brackets
            position = max(after, position)
    return -1, brackets


def without_magics(text: str) -> str:
    """A cell's text with IPython's own lines made harmless; the number of lines stays."""
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].startswith("%%"):
        words = lines[first][2:].split()
        if not words or words[0] not in _PYTHON_CELLS:
            return "\n".join(f"# {line}" for line in lines)
    if not any(mark in text for mark in "%!?"):
        return text
    free = _lines_outside_brackets(text)
    index = 0
    while index < len(lines):
        if index in free:
            replaced = _replaced(lines[index])
            if replaced is not None:
                end = _commented_continuation(lines, index)
                lines[index] = replaced
                index = end
                free = {*free, *(index + number for number in _lines_outside_brackets("\n".join(lines[index:])))}
        index += 1
    return "\n".join(lines)


def _commented_continuation(lines: list[str], index: int) -> int:
    """A magic goes on over lines that end in a backslash; the last of them."""
    while lines[index].endswith("\\") and index + 1 < len(lines):
        index += 1
        going_on = lines[index].endswith("\\")
        lines[index] = f"# {lines[index]}"
        if not going_on:
            break
    return index


def _replaced(line: str) -> str | None:
    match = _MAGIC.match(line) or _HELP.match(line)
    if match:
        return f"{match[1]}pass  # {match[2]}"
    match = _ASSIGNED.match(line)
    return f"{match[1]}get_ipython()  # {match[2]}" if match else None


def _lines_outside_brackets(text: str) -> set[int]:
    """Lines that start outside brackets and strings."""
    free, depth, position, line, counted = {0}, 0, 0, 0, 0
    while (match := scanner.TOKEN.match(text, position)) is not None and match.lastindex != scanner.END:
        position = match.end()
        kind = match.lastindex
        if kind == scanner.OPEN:
            depth += 1
        elif kind == scanner.CLOSE:
            depth = max(depth - 1, 0)
        elif kind in (scanner.TRIPLE, scanner.STRING):
            after = scanner.string_end(text, match.start(kind))
            position = after if after >= 0 else len(text)
        elif kind == scanner.NEWLINE and depth == 0:
            line += text.count("\n", counted, position)
            counted = position
            free.add(line)
    return free
