"""What certainly is so for every layer made at one place, in whatever holds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from paramlens.dims import Dim
from paramlens.evaluate.class_usage import Class, Classes
from paramlens.evaluate.holders import Holder, Part, takes_away
from paramlens.evaluate.reporting import MadeAt
from paramlens.facts import PartFact, PartKind
from paramlens.records import record
from paramlens.syntax.code import Source, Span
from paramlens.values import Place


class _Uses:
    """How the layers made at one place are held: by whom, how many, and what is so for all of them."""

    def __init__(self) -> None:
        self.instances: dict[str, int] = defaultdict(int)  # by the kind of evaluation, see `_kind_of`
        self.unread: list[PartFact] = []
        self.normalized: list[PartFact] = []
        self.holders = 0

    def add(self, kind: str, instances: int, unread: PartFact | None, normalized: PartFact | None) -> None:
        self.holders += 1
        self.instances[kind] += instances
        if unread is not None:
            self.unread.append(unread)
        if normalized is not None:
            self.normalized.append(normalized)


@record
class _Found:
    """What one holder says: for each part its place and the facts of it, the places of those that have some, and the
    loose containers."""

    parts: tuple[tuple[Place, PartFact | None, PartFact | None], ...]
    places: tuple[Place, ...]
    loose: tuple[PartFact, ...]


class PartFacts:
    """The facts of one file. What was found for a holder is kept as long as nothing that it follows from changes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._classes: Classes | None = None  # of the last version
        self._known: dict[int, tuple[Holder, _Found]] = {}  # by the holder's id

    def of(self, source: Source, holders: Sequence[Holder], made: Sequence[MadeAt]) -> tuple[PartFact, ...]:
        """The facts of a version in the order of its places. A layer of which not every instance that was made is
        seen in a holder has none."""
        if any(statement.stale for statement in source.statements):
            return ()
        before, now = self._classes, Classes(source)
        touched = now.changed_since(before) if before is not None else None
        known, self._known, self._classes = self._known, {}, now
        found = []
        for holder in holders:
            earlier = known.get(id(holder))
            if earlier is None or earlier[0] is not holder or touched is None or not touched.isdisjoint(holder.classes):
                earlier = holder, self._found(holder, now)
            self._known[id(holder)] = earlier
            found.append(earlier)
        facts = {(fact.kind, fact.place): fact for _, each in reversed(found) for fact in each.loose}
        places = {place for _, each in found for place in each.places}
        if places:
            facts.update(_of_all(found, places, made))
        return tuple(sorted(facts.values(), key=lambda fact: (fact.place.line, fact.place.column, fact.kind.value)))

    def _found(self, holder: Holder, classes: Classes) -> _Found:
        own = classes.find(holder.classes) if holder.whole else None
        parts = tuple(_of_parts(holder, classes, own))
        places = tuple([place for place, unread, normalized in parts if unread is not None or normalized is not None])
        return _Found(parts, places, tuple(_loose(self._path, holder, classes, own)))


def _of_all(
    found: Sequence[tuple[Holder, _Found]], places: Collection[Place], made: Sequence[MadeAt]
) -> Iterator[tuple[tuple[PartKind, Place], PartFact]]:
    """What holds for all layers made at one of these places."""
    by_place: dict[Place, _Uses] = defaultdict(_Uses)
    for holder, each in found:
        kind = _kind_of(holder.in_run, holder.assumed)
        for place, unread, normalized in each.parts:
            if place in places:
                by_place[place].add(kind, holder.instances, unread, normalized)
    for place, uses in by_place.items():
        if uses.instances == _numbers(made, place):
            for same in (uses.unread, uses.normalized):
                if same and len(same) == uses.holders:
                    yield (same[0].kind, place), _joined(same)


def _numbers(made: Sequence[MadeAt], place: Place) -> Mapping[str, int]:
    """How many instances were made at a place by each kind of evaluation."""
    numbers: Counter[str] = Counter()
    for by_place in made:
        for group in by_place.get(place, ()):
            numbers[_kind_of(group.in_run, group.assumed)] += group.instances
    return numbers


def _of_parts(
    holder: Holder, classes: Classes, own: tuple[Class, ...] | None
) -> Iterator[tuple[Place, PartFact | None, PartFact | None]]:
    followers = _followers(holder, classes, own)
    for number, part in enumerate(holder.parts):
        if part.place is None:
            continue
        unread = normalized = None
        if _is_unread(holder, part, classes, own):
            unread = _fact(PartKind.UNREAD, holder, part, part.count, None)
        if number in followers:
            norm = followers[number]
            normalized = _fact(PartKind.NORMALIZED, holder, part, part.bias, (norm.class_name, norm.place))
        yield part.place, unread, normalized


def _kind_of(in_run: bool, assumed: str) -> str:
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
