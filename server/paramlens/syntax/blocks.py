"""The statements of a file or of a class body, carried over from the version before.

What did not change keeps its code; what changed and does not parse keeps the code of its last good version.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import partial

from paramlens.records import mutable_record
from paramlens.syntax.code import Block, ClassDef, Refusal, Source, Statement
from paramlens.syntax.entries import ENTRIES, Entry
from paramlens.syntax.gate import SILENCE
from paramlens.syntax.moved import moved, moved_statement
from paramlens.syntax.pairing import paired
from paramlens.syntax.repair import Repair, assigned
from paramlens.syntax.scanner import Piece, Scanner, next_statement
from paramlens.syntax.segment import Segment

_MAX_RECOVERIES = 8  # per block: each one reads a piece twice
_MAX_STATEMENT_LINES = 30  # of a statement after which a stray line is looked for
_BLOCK = re.compile(r"[ \t]*(?:@|(?:async[ \t]+)?(?:def|for|with)\b|(?:class|if|while|try|match)\b)")
_BOUND = re.compile(
    r"[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+([^\W\d]\w*)|[ \t]*([^\W\d]\w*)[ \t]*(?::[^=\n]*)?=(?!=)"
)
_HEAD = re.compile(r"(?m)^[ \t]*(?![@ \t)\]}]).+")


@mutable_record
class Loader:
    """Lowers a statement when it is first asked for. `previous` is its last version whose members may be kept."""

    entry: Entry
    line: int
    previous: Statement | None = None

    def __call__(self) -> Block | Refusal:
        previous, self.previous = self.previous, None
        known = self.entry.code_at(self.line)
        if known is not None:
            return known
        reader = _MemberReader(previous)
        code = self.entry.lowered_at(self.line, reader)
        if not reader.carried_over:
            self.entry.keep(self.line, code)
        return code


class _MemberReader:
    """Reads the members of one class statement; `carried_over` tells that not all follow from its text alone."""

    def __init__(self, previous: Statement | None) -> None:
        self.previous = previous
        self.carried_over = False

    def __call__(self, body: Segment) -> tuple[tuple[Statement, ...], tuple[int, int]]:
        members = read_members(body, self._previous_members())
        if any(member.stale or _has_stale(member) for member in members):
            self.carried_over = True
        return members, _end(members, body)

    def _previous_members(self) -> tuple[Statement, ...]:
        if self.previous is None:
            return ()
        code = self.previous.code()
        if isinstance(code, Refusal):
            return ()
        return next((node.members for node in code if isinstance(node, ClassDef)), ())


def _has_stale(member: Statement) -> bool:
    """Whether a nested class may keep something of its last version."""
    return isinstance(member.loader, Loader) and member.loader.previous is not None


def _end(members: Sequence[Statement], body: Segment) -> tuple[int, int]:
    """Where the last member ends, as Python counts it: before a comment or semicolon on its line."""
    if not members:
        return body.line, body.column or 0
    last = members[-1]
    if last.kind == "class":
        code = last.code()
        if not isinstance(code, Refusal) and code and not last.stale:
            return code[-1].span.end_line, code[-1].span.end_column
    loader = last.loader
    if not last.stale and isinstance(loader, Loader) and not isinstance(loader.entry.facts, Refusal):
        line, column = loader.entry.facts.end
        return last.first_line + line, column
    lines = last.text.split("\n")
    return last.first_line + len(lines) - 1, len(lines[-1])


def read_members(body: Segment, previous: Sequence[Statement]) -> tuple[Statement, ...]:
    """The members of a class body; `body.line` counts from the enclosing top-level statement."""
    if body.column is not None:
        segment = Segment(body.text, 0, body.column, True)
        return _members([(segment, body.line)], previous)
    first = re.match(r"(?:[ \t\f]*(?:#[^\n]*)?\n)*([ \t]*)", body.text)
    indent = len(first[1]) if first else 0
    placed = [
        (Segment(body.text[piece.start : piece.end], 0, None, True), body.line + piece.line)
        for piece in read_pieces(body.text, indent, indented=True)
    ]
    return _members(placed, previous)


def _members(placed: Sequence[tuple[Segment, int]], previous: Sequence[Statement]) -> tuple[Statement, ...]:
    found = tuple(_statements(placed, previous))
    return _without_overlaps(found, found[-1].first_line + found[-1].line_count if found else 0, top_level=False)


def read_statements(text: str, previous: Source | None) -> tuple[tuple[Statement, ...], list[Piece]]:
    """The top-level statements of a file's normalised text, and their places in it."""
    with SILENCE:
        if previous is None:
            pieces = list(read_pieces(text, 0, indented=False))
            return tuple(_read(text, pieces, ())), pieces
        above, between, below = unchanged_pieces(text, previous)
        before, count = previous.statements, len(previous.statements)
        middle = tuple(_read(text, between, before[len(above) : count - len(below)]))
        moved_below = [
            statement if statement.first_line == piece.line else _unchanged(statement, piece.line, top_level=True)
            for statement, piece in zip(before[count - len(below) :], below, strict=True)
        ]
        found = (*before[: len(above)], *middle, *moved_below)
        return _without_overlaps(found, math.inf, top_level=True), [*above, *between, *below]


def _read(text: str, pieces: Sequence[Piece], previous: Sequence[Statement]) -> Iterator[Statement]:
    placed = [(Segment(text[piece.start : piece.end]), piece.line) for piece in pieces]
    return _statements(placed, previous, top_level=True)


def unchanged_pieces(text: str, previous: Source) -> tuple[Sequence[Piece], list[Piece], list[Piece]]:
    """The pieces above an edit, those that are cut anew, and those below it, where they stand now.

    Where a piece ends depends on the one after it: the last one above the edit is cut again.
    """
    old, pieces = previous.normal, previous.pieces
    above, end = 0, 0
    for piece in pieces:
        if not piece.closed or not text.startswith(old[end : piece.end], end):
            break
        above, end = above + 1, piece.end
    above = max(above - 1, 0)
    shift = len(text) - len(old)
    below, stop = len(pieces), len(old)
    while below > above:
        start = pieces[below - 1].start
        if start + shift < end or not text.startswith(old[start:stop], start + shift):
            break
        below, stop = below - 1, start
    starts = {piece.start + shift: index for index, piece in enumerate(pieces[below:], below)}
    last = pieces[above - 1] if above else Piece(0, 0, 0, True)
    position, line = last.end, last.line + text.count("\n", last.start, last.end)
    between: list[Piece] = []
    for piece in read_pieces(text, 0, False, position, line):
        index = starts.get(piece.start)
        if index is not None:
            lines = piece.line - pieces[index].line
            rest = [Piece(p.start + shift, p.end + shift, p.line + lines, p.closed) for p in pieces[index:]]
            return pieces[:above], between, rest
        between.append(piece)
    return pieces[:above], between, []


def read_pieces(text: str, indent: int, indented: bool, position: int = 0, line: int = 0) -> Iterator[Piece]:
    """The scanner's pieces; one that is no Python and swallowed the definition after it (a triple quote too few or too
    many) is cut short there."""
    scanner = Scanner(text, indent, line, position)
    recoveries = 0
    for piece in scanner:
        if recoveries < _MAX_RECOVERIES and piece.closed and _swallows(text, piece, indent, indented):
            recoveries += 1
            offset = next_statement(text, piece.start, piece.end, indent, definitions_only=True)
            position, line = scanner.position, scanner.line
            cut = scanner.cut(piece, offset)
            after_position, after_line = scanner.position, scanner.line
            follower = scanner.next_piece()
            if follower is not None and _parses(text[follower.start : follower.end], indented):
                scanner.position, scanner.line = after_position, after_line
                yield cut
                continue
            scanner.position, scanner.line = position, line
        if recoveries < _MAX_RECOVERIES and (stray := _stray_line(text, piece, indented)) >= 0:
            recoveries += 1
            yield scanner.cut(piece, stray)
            continue
        yield piece


def _stray_line(text: str, piece: Piece, indented: bool) -> int:
    """Offset of the line after a whole simple statement that is indented without a reason; -1 if there is none."""
    own = text[piece.start : piece.end]
    if "\n" not in own or _BLOCK.match(own) or _parses(own, indented):
        return -1
    offset = 0
    for _ in range(_MAX_STATEMENT_LINES):
        offset = own.find("\n", offset) + 1
        if not offset:
            return -1
        if _parses(own[: offset - 1], indented):
            return piece.start + offset
    return -1


def _swallows(text: str, piece: Piece, indent: int, indented: bool) -> bool:
    if text.find('"""', piece.start, piece.end) < 0 and text.find("'''", piece.start, piece.end) < 0:
        return False
    offset = next_statement(text, piece.start, piece.end, indent, definitions_only=True)
    return offset >= 0 and not _parses(text[piece.start : piece.end], indented)


def _parses(text: str, indented: bool) -> bool:
    return not isinstance(ENTRIES.entry(Segment(text, 0, None, indented)).facts, Refusal)


def _statements(
    placed: Sequence[tuple[Segment, int]], previous: Sequence[Statement], top_level: bool = False
) -> Iterator[Statement]:
    entries = [ENTRIES.entry(segment) for segment, _ in placed]
    old = paired([(segment.text, _names(entry)) for (segment, _), entry in zip(placed, entries, strict=True)], previous)
    for (segment, line), entry, before in zip(placed, entries, old, strict=True):
        if before is not None and before.text == segment.text:
            yield _unchanged(before, line, top_level)
        elif isinstance(entry.facts, Refusal):
            repaired = _repaired(entry, line, before, top_level)
            if repaired is not None:
                yield repaired
                continue
            usable = before is not None and before.kind != "error"
            yield (
                _stale(before, segment.text, line, top_level) if usable and before else _broken(entry, line, top_level)
            )
        else:
            yield _fresh(entry, line, before, top_level)


def _repaired(entry: Entry, line: int, before: Statement | None, top_level: bool) -> Statement | None:
    """A block statement read without the lines that break it, see `repair`."""
    text, indented = entry.segment.text, entry.segment.indented
    if entry.segment.column is not None or "\n" not in text:
        return None
    usable = before is not None and before.kind != "error"
    good = (before.read_as or before.text) if usable and before is not None else ""
    repair = Repair(
        text, good, lambda body, indent: read_pieces(body, indent, indented=True), lambda part: _parses(part, True)
    )
    read_as = repair.text()
    if read_as is None:
        return None
    found = ENTRIES.entry(Segment(read_as, 0, None, indented))
    if isinstance(found.facts, Refusal):
        return None
    binds = found.facts.binds.union(*(assigned(part)[0] for part in repair.broken))
    base = 0 if top_level else line
    facts, loader = found.facts, Loader(found, base)
    return Statement(
        text, line, text.count("\n") + 1, binds, facts.mutates, facts.kind, loader, found.codes.get(base), True, read_as
    )


def _names(entry: Entry) -> frozenset[str]:
    return guessed_names(entry.segment.text) if isinstance(entry.facts, Refusal) else entry.facts.binds


def guessed_names(text: str) -> frozenset[str]:
    """The name that a statement which does not parse seems to bind."""
    head = _HEAD.search(text)
    match = _BOUND.match(text, head.start()) if head else None
    return frozenset((match[1] or match[2],)) if match else frozenset()


def _fresh(entry: Entry, line: int, before: Statement | None, top_level: bool) -> Statement:
    facts = entry.facts
    assert not isinstance(facts, Refusal)
    base = 0 if top_level else line
    loader = Loader(entry, base, _last_version(before) if facts.kind == "class" else None)
    text = entry.segment.text
    known = entry.codes.get(base)
    if known is None and facts.plain is not None and base == 0:
        known = (facts.plain,)
    return Statement(text, line, text.count("\n") + 1, facts.binds, facts.mutates, facts.kind, loader, known)


def _last_version(before: Statement | None) -> Statement | None:
    """The last version that was lowered: older ones are let go, or each keystroke would hold on to the one before."""
    if before is None or before.kind != "class":
        return None
    if before.loaded is None and isinstance(before.loader, Loader) and before.loader.previous is not None:
        return before.loader.previous
    return before


def _unchanged(before: Statement, line: int, top_level: bool) -> Statement:
    if not top_level:
        return _member_at(before, line)
    return Statement(
        before.text, line, before.line_count, before.binds, before.mutates, before.kind,
        before.loader, before.loaded, before.stale, before.read_as, before.code_lines,
    )  # fmt: skip


def _member_at(before: Statement, line: int) -> Statement:
    """A member of the version before where it stands now. One that follows from its text alone is made from its entry,
    so that moving it again and again does not pile up."""
    loader = before.loader
    if before.first_line == line or before.stale or not isinstance(loader, Loader) or loader.previous is not None:
        return moved_statement(before, line - before.first_line)
    if loader.entry.codes or before.loaded is None:
        known = loader.entry.code_at(line) if loader.entry.codes else None
        return Statement(
            before.text,
            line,
            before.line_count,
            before.binds,
            before.mutates,
            before.kind,
            Loader(loader.entry, line),
            known,
        )
    return moved_statement(before, line - before.first_line)


def _stale(before: Statement, text: str, line: int, top_level: bool) -> Statement:
    delta = 0 if top_level else line - before.first_line
    return Statement(
        text,
        line,
        text.count("\n") + 1,
        before.binds | guessed_names(text),
        before.mutates,
        before.kind,
        before.loader if delta == 0 else partial(_moved_code, before, delta),
        before.loaded if delta == 0 or before.loaded is None else moved(before.loaded, delta),
        True,
        code_lines=before.code_lines or before.line_count,
    )


def _without_overlaps(statements: tuple[Statement, ...], end: float, *, top_level: bool) -> tuple[Statement, ...]:
    """Old code that is longer than what stands there now is let go where its lines are those of other code, or are
    behind the `end` of all."""
    if not any(statement.stale for statement in statements):
        return statements
    next_line = end
    found: list[Statement] = []
    for statement in reversed(statements):
        if statement.stale and statement.first_line + max(statement.code_lines, statement.line_count) > next_line:
            entry = ENTRIES.entry(Segment(statement.text, 0, None, not top_level))
            statement = _broken(entry, statement.first_line, top_level)
        if statement.kind != "error":
            next_line = statement.first_line
        found.append(statement)
    return tuple(reversed(found))


def _moved_code(before: Statement, lines: int) -> Block | Refusal:
    return moved(before.code(), lines)


def _broken(entry: Entry, line: int, top_level: bool) -> Statement:
    text = entry.segment.text
    binds = guessed_names(text)
    loader = Loader(entry, 0 if top_level else line)
    return Statement(text, line, text.count("\n") + 1, binds, frozenset(), "error", loader)
