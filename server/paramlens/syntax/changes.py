"""What differs between two versions of a statement: nothing but places, the bodies of functions, or more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from paramlens.records import mutable_record
from paramlens.syntax.code import Block, ClassDef, FunctionDef, LazyBlock, Node, Params, Refusal, Span, Statement
from paramlens.syntax.moved import field_names
from paramlens.syntax.recursion import deep_recursion


@mutable_record
class Changes:
    """Two versions of a statement that define the same, but for the bodies of functions.

    lines   runs of lines that only moved: first and last line in the old version, and how many lines further down
    spans   where a part of the old version stands in the new one
    bodies  the functions whose bodies differ, as they were and as they are
    others  the other functions that were compared
    """

    lines: list[tuple[int, int, int]] = field(default_factory=list)
    spans: dict[Span, Span] = field(default_factory=dict)
    bodies: list[tuple[FunctionDef, FunctionDef]] = field(default_factory=list)
    others: list[tuple[FunctionDef, FunctionDef]] = field(default_factory=list)

    def merge(self, other: Changes) -> None:
        self.lines += other.lines
        self.spans.update(other.spans)
        self.bodies += other.bodies
        self.others += other.others


def changes(old: Block | Refusal, new: Block | Refusal) -> Changes | None:
    """The changes from one version of a statement's code to another; None when it may do something else."""
    found = Changes()
    with deep_recursion():
        return found if _same(old, new, found) else None


def _same(old: Any, new: Any, found: Changes) -> bool:
    kind: Any = type(old)
    if kind is not type(new):
        return False
    if kind is Span:
        found.spans[old] = new
        return True
    if kind is tuple:
        return len(old) == len(new) and all(_same(a, b, found) for a, b in zip(old, new, strict=True))
    if kind is FunctionDef:
        return _same_function(old, new, found)
    if kind is ClassDef:
        names = [name for name in field_names(old) if name != "members"]
        same = all(_same(getattr(old, name), getattr(new, name), found) for name in names)
        return same and _same_members(old.members, new.members, found)
    if isinstance(old, (Node, Params, Refusal)):
        return all(_same(getattr(old, name), getattr(new, name), found) for name in field_names(old))
    if kind is float or kind is complex:
        return repr(old) == repr(new)
    return bool(old == new)


def _same_function(old: FunctionDef, new: FunctionDef, found: Changes) -> bool:
    names = [name for name in field_names(old) if name != "body"]
    if not all(_same(getattr(old, name), getattr(new, name), found) for name in names):
        return False
    inner = Changes()
    if _same_body(old.body, new.body, inner):
        found.merge(inner)
        found.others.append((old, new))
    else:
        found.bodies.append((old, new))
    return True


def _same_body(old: LazyBlock, new: LazyBlock, found: Changes) -> bool:
    """A body that nobody asked for was not evaluated: it need not be read to be compared."""
    if old is new:
        return True
    return old.loaded is not None and _same(old.loaded, new.load(), found)


def _same_members(old: Sequence[Statement], new: Sequence[Statement], found: Changes) -> bool:
    if len(old) != len(new):
        return False
    for a, b in zip(old, new, strict=True):
        if a.text == b.text and not a.stale and not b.stale:
            found.lines.append((a.first_line, a.first_line + a.line_count - 1, b.first_line - a.first_line))
        elif a.kind != b.kind or not _same(a.code(), b.code(), found):
            return False
    return True
