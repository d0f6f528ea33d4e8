"""Text -> `Source`: the one entrance to this package, next to `notebook` for notebooks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from paramlens.syntax.blocks import read_members, read_statements
from paramlens.syntax.code import Comment, Expr, ExprStmt, Refusal, Source, Span
from paramlens.syntax.scanner import Piece, comments, normalise_lines
from paramlens.syntax.segment import Segment

_COMMENT = re.compile(r"#\s*paramlens:(.*)", re.DOTALL)


def read_source(path: str, text: str, previous: Source | None = None) -> Source:
    """A file cut into statements. Never raises.

    With the `previous` version of the same file, statements that do not parse keep the code of their last good version.
    """
    normal = normalise_lines(text)
    statements, pieces = read_statements(normal, previous)
    return Source(path, text, statements, tuple(_comments(normal, pieces)), normal, tuple(pieces))


def _comments(text: str, pieces: Sequence[Piece]) -> Iterator[Comment]:
    if "paramlens:" not in text:
        return
    starts = [0, *(piece.start for piece in pieces), len(text)]
    for start, end in itertools.pairwise(starts):
        if text.find("paramlens:", start, end) < 0:
            continue
        for offset, comment in comments(text, start, end):
            match = _COMMENT.match(comment)
            if match:
                line_start = text.rfind("\n", 0, offset) + 1
                yield Comment(text.count("\n", 0, offset), offset - line_start, match[1].strip())


def read_expression(text: str) -> Expr | Refusal:
    """One expression given on its own, as on a command line; lines and columns count from its own start."""
    normal = normalise_lines(text)
    stripped = normal.strip()
    if not stripped:
        return Refusal("an expression is expected, got nothing", Span(0, 0, 0, len(text)))
    column = normal.find(stripped) - (normal.rfind("\n", 0, normal.find(stripped)) + 1)
    line = normal.count("\n", 0, normal.find(stripped))
    from paramlens.syntax.lower import lower_body  # here: most files are read without it

    block = lower_body(Segment(stripped, line, column, True), lambda body: (read_members(body, ()), (body.line, 0)))
    if isinstance(block, Refusal):
        return block
    if len(block) == 1 and isinstance(block[0], ExprStmt):
        return block[0].value
    return Refusal("one expression is expected, got a statement", block[0].span if block else Span(0, 0, 0, len(text)))
