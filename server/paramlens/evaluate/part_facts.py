"""What certainly is so for every layer made at one place, in whatever holds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from paramlens.dims import Dim
from paramlens.evaluate.class_usage import Class, Classes
from paramlens.evaluate.holders import Holder, Part, takes_away
from paramlens.facts import PartFact, PartKind
from paramlens.syntax.code import Source, Span
from paramlens.values import Place


class _Uses:
    """How the layers made at one place are held: by whom, how many, and what is so for all of them."""

    def __init__(self) -> None:
        self.instances: dict[str, int] = defaultdict(int)  # by the kind of evaluation, see `_kind`
        self.unread: list[PartFact] = []
        self.normalized: list[PartFact] = []
        self.holders = 0


def part_facts(
    path: str, source: Source, holders: Sequence[Holder], made: Mapping[Place, Mapping[str, int]]
) -> tuple[PartFact, ...]:
    """The facts of a file in the order of its places. `made` says how many instances were made at a place by each kind
    of evaluation: a layer of which not every instance is seen in a holder has none."""
    if any(statement.stale for statement in source.statements):
        return ()
    classes = Classes(source)
    by_place: dict[Place, _Uses] = defaultdict(_Uses)
    facts: dict[tuple[PartKind, Place], PartFact] = {}
    for holder in holders:
        own = classes.find(holder.classes) if holder.whole else None
        followers = _followers(holder, classes, own)
        for number, part in enumerate(holder.parts):
            if part.place is not None:
                uses = by_place[part.place]
                uses.holders += 1
                uses.instances[kind_of(holder.in_run, holder.assumed)] += holder.instances
                if _is_unread(holder, part, classes, own):
                    uses.unread.append(_fact(PartKind.UNREAD, holder, part, part.count, None))
                if number in followers:
                    norm = followers[number]
                    other = (norm.class_name, norm.place)
                    uses.normalized.append(_fact(PartKind.NORMALIZED, holder, part, part.bias, other))
        for fact in _loose(path, holder, classes, own):
            facts.setdefault((fact.kind, fact.place), fact)
    for place, uses in by_place.items():
        if all(uses.instances.get(kind, 0) == count for kind, count in made.get(place, {"": -1}).items()):
            for found in (uses.unread, uses.normalized):
                if found and len(found) == uses.holders:
                    facts[found[0].kind, place] = _joined(found)
    return tuple(sorted(facts.values(), key=lambda fact: (fact.place.line, fact.place.column, fact.kind.value)))


def kind_of(in_run: bool, assumed: str) -> str:
    """The kind of evaluation that made something: the run, a call with any arguments, one with the default ones."""
    return "run" if in_run else "assumed" if assumed else "any"


def _followers(holder: Holder, classes: Classes, own: tuple[Class, ...] | None) -> Mapping[int, Part]:
    """Parts whose bias the batch norm that follows takes away, by number."""
    parts = holder.parts
    if not any(part.is_norm for part in parts):
        return {}
    pairs = {first: parts[second] for first, second in holder.follows}
    if own and holder.runs and any(part.bias is not None and part.place is not None for part in parts):
        by_name = {part.name: part for part in parts}
        names = classes.followers(own)
        pairs = {n: by_name[names[p.name]] for n, p in enumerate(parts) if names.get(p.name) in by_name}
    return {number: norm for number, norm in pairs.items() if takes_away(norm, parts[number])}


def _is_unread(holder: Holder, part: Part, classes: Classes, own: tuple[Class, ...] | None) -> bool:
    plain = part.name.isidentifier() and part.count is not None and part.count != 0
    return bool(own) and holder.runs and plain and own is not None and not classes.reads(own, part.name)


def _fact(
    kind: PartKind, holder: Holder, part: Part, count: Dim | None, other: tuple[str, Place | None] | None
) -> PartFact:
    assert part.place is not None
    known = count if isinstance(count, int) else None
    return PartFact(kind, part.place, part.class_name, holder.class_name, part.name, known, holder.instances, other)


def _joined(facts: Sequence[PartFact]) -> PartFact:
    """The facts of several holders as one: their number, and a count only where it is the same."""
    first = facts[0]
    count = first.count if all(fact.count == first.count for fact in facts) else None
    return PartFact(
        first.kind, first.place, first.class_name, first.owner, first.name, count,
        max(fact.instances for fact in facts), first.other,
    )  # fmt: skip


def _loose(path: str, holder: Holder, classes: Classes, own: tuple[Class, ...] | None) -> Iterable[PartFact]:
    for loose in holder.loose if own else ():
        span = classes.assignment(own or (), loose.name)
        if span is not None:
            kind = PartKind.UNTRACKED if loose.unseen else PartKind.UNREGISTERED
            place = _place(path, span)
            yield PartFact(
                kind, place, loose.class_name, holder.class_name, loose.name, loose.count, loose.instances, None
            )


def _place(path: str, span: Span) -> Place:
    return Place(path, span.line + 1, span.column + 1, span.end_line + 1, span.end_column + 1)
