"""From one version of a file to the next: which statements changed, and where the others stand now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, fields, is_dataclass, replace
from typing import Any, TypeVar

from paramlens.evaluate.dependencies import Position
from paramlens.records import mutable_record
from paramlens.syntax.changes import changes
from paramlens.syntax.code import FunctionDef, Source, Span, Statement
from paramlens.values import Place

Fact = TypeVar("Fact")

_MOST_COMPARED = 40_000
"""Pairs of statements between the unchanged ones above and below; with more, they count as new."""


class Lost(Exception):
    """A place of the earlier version has none in the later one."""


@mutable_record
class Difference:
    """What differs between two versions of a file; lines and columns count from 0.

    removed, added   indices of statements that are not the same as any of the other version
    before, after    where the functions begin whose bodies differ, in the earlier and in the later version
    bodies           these functions, as they were and as they are
    others           the other functions of statements whose text differs
    moves_nothing    whatever is the same stands where it stood
    """

    removed: set[int] = field(default_factory=set)
    added: set[int] = field(default_factory=set)
    before: set[Position] = field(default_factory=set)
    after: set[Position] = field(default_factory=set)
    bodies: list[tuple[FunctionDef, FunctionDef]] = field(default_factory=list)
    others: list[tuple[FunctionDef, FunctionDef]] = field(default_factory=list)
    moves_nothing: bool = True
    _lines: list[tuple[int, int, int]] = field(default_factory=list)
    _spans: dict[Span, Span] = field(default_factory=dict)
    _starts: dict[Position, Position] = field(default_factory=dict)
    _edited: list[tuple[int, int]] = field(default_factory=list)
    _path: str = ""
    _known: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether nothing differs but the bodies of functions, and nothing else moved."""
        return not self.removed and not self.added and self.moves_nothing

    def position(self, old: Position) -> Position:
        """Where a function begins now. Raises Lost."""
        if old in self._starts:
            return self._starts[old]
        return old[0] + self._delta(old[0]), old[1]

    def moved(self, fact: Fact) -> Fact:
        """A fact with its places in the later version; the very same one when none of them moved. Raises Lost."""
        known = self._known.get(id(fact))
        if known is None:
            known = self._known[id(fact)] = (fact, self._moved(fact))
        result: Fact = known[1]
        return result

    def _moved(self, fact: Any) -> Any:
        if isinstance(fact, Place):
            return self._place(fact)
        if type(fact) is tuple:
            items = tuple([self.moved(item) if _has_parts(type(item)) else item for item in fact])
            return items if any(a is not b for a, b in zip(items, fact, strict=True)) else fact
        changed = {}
        for name in _fields(type(fact)):
            before = getattr(fact, name)
            if _has_parts(type(before)) and (after := self.moved(before)) is not before:
                changed[name] = after
        return replace(fact, **changed) if changed else fact

    def _place(self, place: Place) -> Place:
        if place.path != self._path:
            return place
        old = Span(place.line - 1, place.column - 1, place.end_line - 1, place.end_column - 1)
        new = self._spans.get(old)
        if new is None:
            delta = self._delta(old.line)
            new = old.moved(delta)
        if new == old:
            return place
        return Place(place.path, new.line + 1, new.column + 1, new.end_line + 1, new.end_column + 1)

    def _delta(self, line: int) -> int:
        low, high = 0, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            first, last, delta = self._lines[middle]
            if line < first:
                high = middle
            elif line > last:
                low = middle + 1
            else:
                return delta
        raise Lost(line)


_PLAIN = re.compile(r"(?:\b(?:int|str|bool|float|None|Dim|Shape|Status|PartKind|WeightFact|tuple)\b|[\[\] |,.])+")
"""Annotations of fields that hold no places."""


_FIELDS: dict[object, tuple[str, ...]] = {}
_HAVE_PARTS: dict[object, bool] = {}


def _fields(kind: Any) -> tuple[str, ...]:
    """The fields that may hold places."""
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(part.name for part in fields(kind) if not _PLAIN.fullmatch(str(part.type)))
    return _FIELDS[kind]


def _has_parts(kind: Any) -> bool:
    """Whether values of a type may hold places."""
    known = _HAVE_PARTS.get(kind)
    if known is None:
        is_fact = is_dataclass(kind) and not kind.__module__.startswith("paramlens.dims")
        known = _HAVE_PARTS[kind] = kind is tuple or is_fact
    return known


def difference(path: str, old: Source, new: Source) -> Difference:
    """The differences from one version of a file to the next. The code of changed statements is compared."""
    found = Difference(_path=path)
    before, after = old.statements, new.statements
    pairs = _pairs(before, after)
    found.removed = set(range(len(before))) - {a for a, _ in pairs}
    found.added = set(range(len(after))) - {b for _, b in pairs}
    for a, b in pairs:
        _compare(found, before[a], a, after[b], b)
    found._lines.sort()
    found.moves_nothing = not any(delta for *_, delta in found._lines) and all(a == b for a, b in found._spans.items())
    return found


def _compare(found: Difference, old: Statement, old_index: int, new: Statement, new_index: int) -> None:
    delta = new.first_line - old.first_line
    if old is new or old.text == new.text or old.code() is new.code():
        found._lines.append((old.first_line, old.first_line + old.line_count - 1, delta))
        return
    found_here = changes(old.code(), new.code())
    if found_here is None:
        found.removed.add(old_index)
        found.added.add(new_index)
        return
    at, now = old.first_line, new.first_line
    found._lines += [(first + at, last + at, lines + delta) for first, last, lines in found_here.lines]
    found._spans.update((a.moved(at), b.moved(now)) for a, b in found_here.spans.items())
    found._starts.update(
        ((a.line + at, a.column), (b.line + now, b.column)) for a, b in found_here.spans.items()
    )
    found.bodies += found_here.bodies
    found.others += found_here.others
    found.before |= {(a.span.line + at, a.span.column) for a, _ in found_here.bodies}
    found.after |= {(b.span.line + now, b.span.column) for _, b in found_here.bodies}


def _pairs(old: Sequence[Statement], new: Sequence[Statement]) -> list[tuple[int, int]]:
    """Which statement became which, in order: the same text, or between those the same kind and names."""
    start, shorter = 0, min(len(old), len(new))
    while start < shorter and old[start].text == new[start].text:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end].text == new[-1 - end].text:
        end += 1
    pairs = [(index, index) for index in range(start)]
    last = start - 1
    rest = range(start, len(old) - end)
    if len(rest) * (len(new) - end - start) > _MOST_COMPARED:
        rest = range(0)
    for index in range(start, len(new) - end):
        statement = new[index]
        same = next((other for other in rest if other > last and old[other].text == statement.text), None)
        if same is None:
            alike = (other for other in rest if other > last and _is_alike(old[other], statement))
            same = next(alike, None)
        if same is not None:
            pairs.append((same, index))
            last = same
    pairs += [(len(old) - end + index, len(new) - end + index) for index in range(end)]
    return pairs


def _is_alike(old: Statement, new: Statement) -> bool:
    return old.kind == new.kind and old.binds == new.binds
