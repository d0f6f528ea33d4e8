"""A gated segment -> code: `ast` tells most of it, libcst the rest. The bodies of functions and classes wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from paramlens.syntax.code import Block, LazyBlock, Refusal, Statement
from paramlens.syntax.entries import ENTRIES
from paramlens.syntax.gate import gate
from paramlens.syntax.lower_tree import block_of_tree
from paramlens.syntax.segment import Cut, Facts, Segment

# Reads the members of a class from the text of its body, whose line counts from the top-level statement.
ReadMembers: TypeAlias = Callable[[Segment], "tuple[tuple[Statement, ...], tuple[int, int]]"]


def lower(segment: Segment, facts: Facts, read_members: ReadMembers) -> Block | Refusal:
    """The code of a segment that passed the gate, spans counting from `segment.line` on. Never raises.

    `read_members` returns the members and where the last of them ends (line from the top-level statement, column).
    """

    def function_body(cut: Cut) -> LazyBlock:
        body = cut.body.moved(segment.line + cut.body.line)
        return LazyBlock(lambda: lower_body(body, read_members))

    def class_members(cut: Cut) -> tuple[tuple[Statement, ...], tuple[int, int]]:
        members, (line, column) = read_members(cut.body.moved(segment.line + cut.body.line))
        return members, (line - segment.line, column)

    def other_lines(text: str, line: int) -> Block | None:
        entry = ENTRIES.entry(Segment(text, 0, None, text[:1].isspace()))
        found = entry.code_at(line) or entry.lowered_at(line, read_members)
        if isinstance(found, Refusal):
            return None
        if "class" not in text:  # its members may be those of an earlier version
            entry.keep(line, found)
        return found

    is_definition = facts.kind in ("def", "class")
    known = block_of_tree(segment, facts.cuts, function_body, class_members, other_lines, is_definition)
    if known is not None:
        return known
    from paramlens.syntax.lower_concrete import lower_concrete  # here: libcst takes 0.2 s to import, few texts need it

    return lower_concrete(segment, facts, function_body, class_members)


def lower_body(segment: Segment, read_members: ReadMembers) -> Block | Refusal:
    """The code of a function's body, or of any other text that nobody gated before."""
    facts = gate(segment)
    return facts if isinstance(facts, Refusal) else lower(segment, facts, read_members)
