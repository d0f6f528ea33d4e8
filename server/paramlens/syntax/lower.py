"""A gated segment -> code: `ast` tells most of it, libcst the rest. The bodies of functions and classes wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import libcst as cst

from paramlens.syntax.code import Block, LazyBlock, Refusal, Span, Statement
from paramlens.syntax.entries import ENTRIES
from paramlens.syntax.gate import gate
from paramlens.syntax.lower_expressions import NotLowered
from paramlens.syntax.lower_statements import Context, block
from paramlens.syntax.lower_tree import ClassMembers, FunctionBody, block_of_tree
from paramlens.syntax.places import Places
from paramlens.syntax.recursion import deep_recursion
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
    return _by_libcst(segment, facts, function_body, class_members)


def _by_libcst(
    segment: Segment, facts: Facts, function_body: FunctionBody, class_members: ClassMembers
) -> Block | Refusal:
    places = Places(segment, facts.cuts)
    try:
        with deep_recursion():
            module = cst.parse_module(places.text)
            if not places.measure(module):
                return _refusal("not read: its text and its tree differ", segment)
            root = module.body[0].body if segment.prefix else module
            cuts = {cut.at: cut for cut in facts.cuts}
            return block(Context(places, cuts, function_body, class_members, segment.line), root)
    except cst.ParserSyntaxError as error:
        return _refusal(f"syntax error: {error.message}", segment)
    except NotLowered as error:
        return _refusal(f"not read: {error}", segment)
    except (RecursionError, MemoryError, ValueError, KeyError, AttributeError, IndexError) as error:
        return _refusal(f"not read: {type(error).__name__}", segment)


def lower_body(segment: Segment, read_members: ReadMembers) -> Block | Refusal:
    """The code of a function's body, or of any other text that nobody gated before."""
    facts = gate(segment)
    return facts if isinstance(facts, Refusal) else lower(segment, facts, read_members)


def _refusal(message: str, segment: Segment) -> Refusal:
    lines = segment.text.split("\n")
    start = segment.column or 0
    end = len(lines[-1]) + (start if len(lines) == 1 else 0)
    return Refusal(message, Span(segment.line, start, segment.line + len(lines) - 1, end))
