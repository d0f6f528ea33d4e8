"""A text as an editor keeps it, written to be plainly right: lists of units, and nothing remembered."""

from __future__ import annotations

import re
from collections.abc import Callable

_WIDTHS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda char: len(char.encode("utf-8", "surrogatepass")),
    "utf-16": lambda char: 1 + (char > "\uffff"),
}


def _one(char: str) -> int:
    return 1


class Text:
    """The reference for edits by ranges."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self.width: Callable[[str], int] = _WIDTHS.get(encoding, _one)

    def lines(self) -> list[tuple[int, int]]:
        """(start, end) of each line, its end left out; LSP knows three kinds of line ends."""
        ends = [*((end.start(), end.end()) for end in re.finditer("\r\n|\r|\n", self.text)), (len(self.text),) * 2]
        starts = [0, *(after for _, after in ends)]
        return [(start, end) for start, (end, _) in zip(starts, ends, strict=False)]

    def offset(self, line: int, character: int) -> int:
        """Of a position: past the last line means the end, past a line's end its end, within a character its start."""
        lines = self.lines()
        if line >= len(lines):
            return len(self.text)
        at, end = lines[line]
        left = character
        while at < end and left >= self.width(self.text[at]):
            left -= self.width(self.text[at])
            at += 1
        return at

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Replace what stands between two positions, in whichever order they come."""
        first, last = sorted((self.offset(*start), self.offset(*end)))
        self.text = self.text[:first] + text + self.text[last:]

    def position(self, offset: int) -> tuple[int, int]:
        """Of a place between two characters; within a line's end it is the line's end."""
        line = max(number for number, (start, _) in enumerate(self.lines()) if start <= offset)
        start, end = self.lines()[line]
        return line, sum(map(self.width, self.text[start : min(offset, end)]))
