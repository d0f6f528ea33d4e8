"""What is known of each statement's text, shared by all files and all versions of a file.

An entry is kept by its text alone: a keystroke makes one new entry, and a statement that merely moved is found again.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import field
from typing import TYPE_CHECKING

from paramlens.records import mutable_record
from paramlens.syntax.code import Block, Refusal
from paramlens.syntax.gate import gate
from paramlens.syntax.moved import moved
from paramlens.syntax.scanner import header_colon
from paramlens.syntax.segment import Cut, Facts, Segment, body_segment

if TYPE_CHECKING:
    from paramlens.syntax.lower import ReadMembers

MAX_ENTRIES = 60_000
MAX_CHARACTERS = 8_000_000
_MAX_LINES_KEPT = 4

_DEFINITION = re.compile(r"(?m)^[ \t]*(?:(class)|def|async[ \t]+def)\b")


@mutable_record
class Entry:
    """A statement's text (`segment.line` is 0), what the gate says of it, and its code by the line it was placed at."""

    segment: Segment
    facts: Facts | Refusal
    codes: dict[int, Block | Refusal] = field(default_factory=dict)

    def code_at(self, line: int) -> Block | Refusal | None:
        """Its code with spans counted from `line` on, if it was lowered before, wherever that was."""
        known = self.codes.get(line)
        if known is None and self.codes:
            other, code = next(reversed(self.codes.items()))
            known = moved(code, line - other)
            self.keep(line, known)
        return known

    def keep(self, line: int, code: Block | Refusal) -> None:
        if len(self.codes) >= _MAX_LINES_KEPT:
            del self.codes[next(iter(self.codes))]
        self.codes[line] = code

    def lowered_at(self, line: int, read_members: ReadMembers) -> Block | Refusal:
        """Its code lowered anew."""
        if isinstance(self.facts, Refusal):
            return Refusal(self.facts.message, self.facts.span.moved(line))
        if self.facts.plain is not None:
            return moved((self.facts.plain,), line)
        from paramlens.syntax.lower import lower  # here: it imports this module

        return lower(self.segment.moved(line), self.facts, read_members)


class EntryCache:
    """Entries by text, the least recently used ones dropped when there are too many."""

    def __init__(self, max_entries: int = MAX_ENTRIES, max_characters: int = MAX_CHARACTERS) -> None:
        self._entries: OrderedDict[tuple[str, bool, int | None], Entry] = OrderedDict()
        self._characters = 0
        self._max_entries = max_entries
        self._max_characters = max_characters

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        self._entries.clear()
        self._characters = 0

    def entry(self, segment: Segment) -> Entry:
        """The entry of a segment whose line is 0."""
        key = (segment.text, segment.indented, segment.column)
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            return entry
        entry = self._entries[key] = Entry(segment, statement_facts(segment))
        self._characters += len(segment.text)
        while len(self._entries) > 1 and (
            len(self._entries) > self._max_entries or self._characters > self._max_characters
        ):
            (text, _, _), _ = self._entries.popitem(last=False)
            self._characters -= len(text)
        return entry


def statement_facts(segment: Segment) -> Facts | Refusal:
    """The gate's facts; of a class the header alone is gated here, and each member when it is read."""
    if segment.column is None:
        facts = _class_facts(segment)
        if facts is not None:
            return facts
    return gate(segment)


def _class_facts(segment: Segment) -> Facts | None:
    text = segment.text
    start = text.lstrip()[:5]
    if start != "class" and not start.startswith("@"):
        return None
    match = _DEFINITION.search(text)
    if match is None or match[1] is None:
        return None
    colon = header_colon(text, match.start(1))
    if colon < 0:
        return None
    line_start = text.rfind("\n", 0, colon) + 1
    body = body_segment(text, colon, len(text), text.count("\n", 0, colon), colon - line_start)
    if not body.text.strip() or body.column is not None:
        return None
    facts = gate(Segment(text[: colon + 1] + " pass", 0, None, segment.indented))
    if isinstance(facts, Refusal) or facts.kind != "class" or len(facts.cuts) != 1:
        return None
    cut = Cut(facts.cuts[0].at, None, colon, len(text), body)
    return Facts(facts.kind, facts.binds, facts.mutates, (cut,), facts.end)


ENTRIES = EntryCache()
