"""Places in a text as Paramlens counts them (1-based, code points) and as LSP does (0-based, negotiated units)."""

from __future__ import annotations

import re
from enum import Enum

from paramlens.lines import split_lines

_END = re.compile(r"\r\n|\n|\r")


class Encoding(Enum):
    """The unit of an LSP character offset."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def units(self, text: str) -> int:
        """How many units the text has."""
        if self is Encoding.UTF32 or text.isascii():
            return len(text)
        if self is Encoding.UTF16:
            return len(text) + sum(char > "\uffff" for char in text)
        return len(text.encode("utf-8", "surrogatepass"))

    def code_points(self, text: str, units: int) -> int:
        """How many code points stand before that many units; within a character they end before it."""
        if self is Encoding.UTF32 or text.isascii():
            return min(units, len(text))
        before = 0
        for number, char in enumerate(text):
            before += self.units(char)
            if before > units:
                return number
        return len(text)


class LineIndex:
    """A text's lines, ended by `\\n`, `\\r\\n` or `\\r` alone as LSP says."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.text = text
        self.encoding = encoding
        self.lines = split_lines(text)

    def to_lsp(self, line: int, column: int) -> tuple[int, int]:
        """(line, character) of a 1-based line and column; what lies outside the text becomes its nearest end."""
        if line < 1:
            return 0, 0
        if line > len(self.lines):
            return len(self.lines) - 1, self.encoding.units(self.lines[-1])
        return line - 1, self.encoding.units(self.lines[line - 1][: max(column - 1, 0)])

    def from_lsp(self, line: int, character: int) -> tuple[int, int]:
        """(1-based line, 1-based column) of an LSP position; past a line's end means its end."""
        if line < 0:
            return 1, 1
        if line >= len(self.lines):
            return len(self.lines), len(self.lines[-1]) + 1
        return line + 1, self.encoding.code_points(self.lines[line], max(character, 0)) + 1

    @property
    def first_line(self) -> int:
        """The line of the analysed text, from 1, that this text's first line is."""
        return 1

    def holds(self, line: int) -> bool:
        """Whether the 1-based line of the analysed text lies in this text."""
        return self.first_line <= line < self.first_line + len(self.lines)

    def offset(self, line: int, character: int) -> int:
        """The offset in the text, in code points, of an LSP position."""
        row, column = self.from_lsp(line, character)
        starts = [0, *(end.end() for end in _END.finditer(self.text))]
        return starts[row - 1] + column - 1


class CellIndex(LineIndex):
    """The lines of a notebook's cell. LSP counts them from the cell's start, the analysis from the notebook's."""

    def __init__(self, text: str, encoding: Encoding, before: int) -> None:
        super().__init__(text, encoding)
        self.before = before  # lines of earlier cells

    @property
    def first_line(self) -> int:
        return self.before + 1

    def to_lsp(self, line: int, column: int) -> tuple[int, int]:
        return super().to_lsp(line - self.before, column)

    def from_lsp(self, line: int, character: int) -> tuple[int, int]:
        row, column = super().from_lsp(line, character)
        return row + self.before, column
