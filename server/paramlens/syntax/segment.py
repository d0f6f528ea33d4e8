"""A piece of a file that is parsed on its own, and the parts of it that are put off.

`Segment.parsed_text` is what a parser sees: a block that stands indented in its file is hung under `if 1:`, so that its
lines keep their columns. A `Cut` is a function or class body that is taken out of the text before it is lowered.
"""

from __future__ import annotations

from dataclasses import replace

from paramlens.records import Record, mutable_record, record
from paramlens.syntax.code import Stmt

BLOCK_PREFIX = "if 1:\n"
INLINE_PREFIX = "if 1:"


@record
class Segment(Record):
    """Some text and its place.

    `line` is the line of the text's first character relative to the top-level statement. `column` is None for whole
    lines, and otherwise the column of the first character (the text follows the colon of a header).
    """

    text: str
    line: int = 0
    column: int | None = None
    indented: bool = False

    @property
    def prefix(self) -> str:
        if self.column is not None:
            return INLINE_PREFIX
        return BLOCK_PREFIX if self.indented else ""

    @property
    def parsed_text(self) -> str:
        return f"{self.prefix}{self.text}\n"

    @property
    def prefix_lines(self) -> int:
        return 1 if self.prefix == BLOCK_PREFIX else 0

    def moved(self, line: int) -> Segment:
        return replace(self, line=line)


@record
class Cut(Record):
    """A definition within a segment; lines are those of the segment, `at` and `end` have columns of the file.

    Its body is the text between the offsets `colon + 1` and `stop`; `end` is None where only the members of a class
    tell where it ends.
    """

    at: tuple[int, int]  # of `def`, `async` or `class`
    end: tuple[int, int] | None
    colon: int
    stop: int
    body: Segment
    is_generator: bool = False


@mutable_record
class Facts:
    """What the gate learns of a segment. `end` is where its last statement ends; `plain` is the code of a plain line,
    which the gate's own tree gives."""

    kind: str
    binds: frozenset[str]
    mutates: frozenset[str]
    cuts: tuple[Cut, ...]
    end: tuple[int, int] = (0, 0)
    plain: Stmt | None = None


def body_segment(text: str, colon: int, stop: int, line: int, column: int) -> Segment:
    """The body after the colon at offset `colon`, which stands at the given line and column."""
    line_end = text.find("\n", colon)
    line_end = len(text) if line_end < 0 else line_end
    rest = text[colon + 1 : line_end].strip()
    if (not rest or rest.startswith("#")) and line_end < stop:
        return Segment(text[line_end + 1 : stop], line + 1, None, True)
    return Segment(text[colon + 1 : stop], line, column + 1, True)
