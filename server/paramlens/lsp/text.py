"""A text as its lines, so that an edit costs the lines it touches and not the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")
_ENDS = "\r\n"
_OTHER_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""Where `str.splitlines` ends lines too."""


class Text:
    """One version of a text; an edit makes another Text that shares the lines it left alone.

    Lines are ended by `\\n`, `\\r\\n` or `\\r` alone and carry their ends; a text that ends with one has an empty last
    line, so there is always a line.
    """

    __slots__ = ("__dict__", "_ended")

    def __init__(self, ended: list[str]) -> None:
        self._ended = ended

    @classmethod
    def of(cls, text: str) -> Text:
        made = cls(_split(text))
        made.__dict__["whole"] = text
        return made

    @cached_property
    def whole(self) -> str:
        """The text in one piece; made when it is first asked for."""
        return "".join(self._ended)

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._ended)

    def __getitem__(self, row: int) -> str:
        """A line without its end."""
        return self._ended[row].rstrip(_ENDS)

    def __iter__(self) -> Iterator[str]:
        return (line.rstrip(_ENDS) for line in self._ended)

    def ended(self, row: int) -> str:
        """A line with its end."""
        return self._ended[row]

    def replaced(self, first: tuple[int, int], last: tuple[int, int], new: str) -> Text:
        """The text with `new` between two places, each a (0-based row, offset within the row's line)."""
        if last < first:
            first, last = last, first
        lines = self._ended
        start, stop = first[0], last[0] + 1
        piece = lines[first[0]][: first[1]] + new + lines[last[0]][last[1] :]
        if start > 0 and piece.startswith("\n") and lines[start - 1].endswith("\r"):
            start -= 1  # the two become one line end
            piece = lines[start] + piece
        made = _split(piece)
        if stop < len(lines):
            made.pop()  # the piece ends with a line end: what follows is the next line
        return Text([*lines[:start], *made, *lines[stop:]])


def _split(text: str) -> list[str]:
    if any(end in text for end in _OTHER_ENDS):
        lines = _LINE.findall(text)
        lines.append(text[sum(map(len, lines)) :])
        return lines
    lines = text.splitlines(keepends=True)  # ten times as fast
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines
