"""A gated segment -> code, by libcst: exact for all of Python."""

from __future__ import annotations

import libcst as cst

from paramlens.syntax.code import Block, Refusal, Span
from paramlens.syntax.lower_expressions import NotLowered
from paramlens.syntax.lower_statements import Context, block
from paramlens.syntax.lower_tree import ClassMembers, FunctionBody
from paramlens.syntax.places import Places
from paramlens.syntax.recursion import deep_recursion
from paramlens.syntax.segment import Facts, Segment


def lower_concrete(
    segment: Segment, facts: Facts, function_body: FunctionBody, class_members: ClassMembers
) -> Block | Refusal:
    """The code of a segment, see `lower`. Never raises."""
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


def _refusal(message: str, segment: Segment) -> Refusal:
    lines = segment.text.split("\n")
    start = segment.column or 0
    end = len(lines[-1]) + (start if len(lines) == 1 else 0)
    return Refusal(message, Span(segment.line, start, segment.line + len(lines) - 1, end))
