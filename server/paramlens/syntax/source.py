"""Text -> `Source`: the one entrance to this package, next to `notebook` for notebooks."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator, Sequence

from paramlens.syntax.blocks import read_members, read_statements
from paramlens.syntax.code import Comment, Expr, ExprStmt, Refusal, Source, Span
from paramlens.syntax.lower import lower_body
from paramlens.syntax.scanner import Piece, comments, normalise_lines
from paramlens.syntax.segment import Segment

_COMMENT = re.compile(r"#\s*paramlens:(.*)", re.DOTALL)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


def read_source(path: str, text: str, previous: Source | None = None) -> Source:
    """A file cut into statements. Never raises.

    With the `previous` version of the same file, statements that do not parse keep the code of their last good version.
    """
    normal = normalise_lines(text)
    statements, pieces = read_statements(normal, previous.statements if previous is not None else ())
    return Source(path, text, statements, tuple(_comments(normal, pieces)))


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
    block = lower_body(Segment(stripped, line, column, True), lambda body: (read_members(body, ()), (body.line, 0)))
    if isinstance(block, Refusal):
        return block
    if len(block) == 1 and isinstance(block[0], ExprStmt):
        return block[0].value
    return Refusal("one expression is expected, got a statement", block[0].span if block else Span(0, 0, 0, len(text)))


def decode(data: bytes) -> tuple[str, str | None]:
    """A file's text as Python would decode it (byte order mark, coding cookie, UTF-8), and what is wrong with it.

    Bytes that cannot be decoded become U+FFFD. Never raises.
    """
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data[3:], "utf-8")
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            text, _ = _decoded(data[2:], encoding)
            return text, "line 1: Python source must not be UTF-16"
    name = _cookie(data)
    if name is None:
        return _decoded(data, "utf-8")
    try:
        info = codecs.lookup(name)
        if not getattr(info, "_is_text_encoding", True):
            raise LookupError(name)
    except (LookupError, ValueError, UnicodeError):
        text, problem = _decoded(data, "utf-8")
        return text, f"line {_cookie_line(data)}: unknown encoding {name}" if problem is None else problem
    return _decoded(data, info.name)


def _first_lines(data: bytes) -> list[bytes]:
    return re.split(rb"\r\n|\r|\n", data[:2_000])[:2]


def _cookie(data: bytes) -> str | None:
    for line in _first_lines(data):
        match = _COOKIE.match(line)
        if match:
            return match[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None


def _cookie_line(data: bytes) -> int:
    return 1 if _COOKIE.match(_first_lines(data)[0]) else 2


def _decoded(data: bytes, encoding: str) -> tuple[str, str | None]:
    try:
        text = data.decode(encoding)
        problem = None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = 1 + len(re.findall(rb"\r\n|\r|\n", data[:start]))
        problem = f"line {line}: byte 0x{data[start]:02x} is not valid {encoding}" if data else f"not valid {encoding}"
        try:
            text = data.decode(encoding, "replace")
        except (UnicodeError, ValueError):
            text = data.decode("utf-8", "replace")
    if problem is None and "\0" in text:
        line = 1 + len(re.findall(r"\r\n|\r|\n", text[: text.index("\0")]))
        problem = f"line {line}: a NUL character, which Python source must not contain"
    return text, problem
