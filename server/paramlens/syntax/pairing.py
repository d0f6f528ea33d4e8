"""Which statement of the version before each statement continues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from paramlens.syntax.code import Statement


def paired(new: Sequence[tuple[str, frozenset[str]]], old: Sequence[Statement]) -> list[Statement | None]:
    """For each text and the names it binds: the old statement of the same text; else, between unchanged neighbours, the
    one that binds one of the names; else the one at the same place, if as many are left on both sides."""
    result: list[Statement | None] = [None] * len(new)
    if not old:
        return result
    matched = _same_text([text for text, _ in new], [statement.text for statement in old])
    for index, other in matched.items():
        result[index] = old[other]
    taken = set(matched.values())
    for new_gap, old_gap in _gaps(matched, len(new), len(old)):
        _pair_gap(new, old, new_gap, old_gap, result, taken)
    left = {name: index for index, statement in enumerate(old) if index not in taken for name in statement.binds}
    for index, (_, names) in enumerate(new):
        if result[index] is None:
            by_name = next((left[name] for name in sorted(names) if name in left and left[name] not in taken), None)
            if by_name is not None:
                result[index] = old[by_name]
                taken.add(by_name)
    return result


def _same_text(new: Sequence[str], old: Sequence[str]) -> dict[int, int]:
    """Indices of equal texts in order: the common start and end, and what is unique in between."""
    shorter = min(len(new), len(old))
    start = 0
    while start < shorter and new[start] == old[start]:
        start += 1
    end = 0
    while end < shorter - start and new[-1 - end] == old[-1 - end]:
        end += 1
    pairs = {index: index for index in range(start)}
    pairs.update({len(new) - 1 - index: len(old) - 1 - index for index in range(end)})
    counts = Counter(old[start : len(old) - end])
    places = {old[index]: index for index in range(start, len(old) - end) if counts[old[index]] == 1}
    last = start - 1
    for index in range(start, len(new) - end):
        other = places.get(new[index], -1)
        if other > last:
            pairs[index] = last = other
    return pairs


def _gaps(matched: dict[int, int], new_count: int, old_count: int) -> list[tuple[range, range]]:
    gaps, new_start, old_start = [], 0, 0
    for index, other in [*sorted(matched.items()), (new_count, old_count)]:
        if index > new_start and other > old_start:
            gaps.append((range(new_start, index), range(old_start, other)))
        new_start, old_start = index + 1, other + 1
    return gaps


def _pair_gap(
    new: Sequence[tuple[str, frozenset[str]]],
    old: Sequence[Statement],
    new_gap: range,
    old_gap: range,
    result: list[Statement | None],
    taken: set[int],
) -> None:
    by_name = {name: other for other in reversed(old_gap) for name in old[other].binds}
    for index in new_gap:
        other = next((by_name[name] for name in sorted(new[index][1]) if by_name.get(name, -1) in old_gap), None)
        if other is not None and other not in taken:
            result[index] = old[other]
            taken.add(other)
    new_left = [index for index in new_gap if result[index] is None]
    old_left = [other for other in old_gap if other not in taken]
    if len(new_left) == len(old_left):
        for index, other in zip(new_left, old_left, strict=True):
            result[index] = old[other]
            taken.add(other)
