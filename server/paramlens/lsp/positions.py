"""Places in a text as Paramlens counts them (1-based, code points) and as LSP does (0-based, negotiated units)."""

from __future__ import annotations

from enum import Enum

from paramlens.lsp.text import Text


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
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        return len(text.encode("utf-8", "surrogatepass"))

    def code_points(self, text: str, units: int) -> int:
        """How many code points stand before that many units; within a character they end before it."""
        if self is Encoding.UTF32 or text.isascii():
            return min(units, len(text))
        before, step = 0, min(units, len(text))
        while step:  # as many as fit, in ever smaller steps: a loop over the characters takes long on long lines
            taken = self.units(text[before : before + step])
            if taken <= units:
                before, units = before + step, units - taken
                step = min(step, units, len(text) - before)
            else:
                step //= 2
        return before


class LineIndex:
    """A text's lines, ended by `\\n`, `\\r\\n` or `\\r` alone as LSP says."""

    def __init__(self, text: Text | str, encoding: Encoding) -> None:
        self.text = Text.of(text) if isinstance(text, str) else text
        self.encoding = encoding

    def to_lsp(self, line: int, column: int) -> tuple[int, int]:
        """(line, character) of a 1-based line and column; what lies outside the text becomes its nearest end."""
        if line < 1:
            return 0, 0
        if line > len(self.text):
            return len(self.text) - 1, self.encoding.units(self.text[-1])
        return line - 1, self.encoding.units(self.text[line - 1][: max(column - 1, 0)])

    def from_lsp(self, line: int, character: int) -> tuple[int, int]:
        """(1-based line, 1-based column) of an LSP position; past a line's end means its end."""
        row, offset = self.place(line, character)
        return row + 1, offset + 1

    def place(self, line: int, character: int) -> tuple[int, int]:
        """(0-based row of this text, offset in code points within it) of an LSP position."""
        if line < 0:
            return 0, 0
        if line >= len(self.text):
            return len(self.text) - 1, len(self.text[-1])
        return line, self.encoding.code_points(self.text[line], max(character, 0))

    @property
    def first_line(self) -> int:
        """The line of the analysed text, from 1, that this text's first line is."""
        return 1

    def holds(self, line: int) -> bool:
        """Whether the 1-based line of the analysed text lies in this text."""
        return self.first_line <= line < self.first_line + len(self.text)

    def line(self, line: int) -> str:
        """A line of the analysed text, without its end; it must lie in this text."""
        return self.text[line - self.first_line]


class CellIndex(LineIndex):
    """The lines of a notebook's cell. LSP counts them from the cell's start, the analysis from the notebook's."""

    def __init__(self, text: Text, encoding: Encoding, before: int) -> None:
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
