"""What an evaluation used of the file: so it need not be repeated when nothing of that changed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import field
from typing import TypeAlias

from paramlens.records import mutable_record
from paramlens.syntax.code import Statement

Position: TypeAlias = "tuple[int, int]"
"""Where a function of the file begins: its 0-based line and column."""

EVERYTHING = "*"


@mutable_record
class Trace:
    """What one top-level statement, or one call on its own, read and changed.

    reads    names of the file that were looked up, whether or not they were there
    binds    names of the file that were bound or deleted, also by functions that ran
    entered  functions of the file whose bodies ran
    changed  births of values that were made before and changed; those below 0 are of imported modules
    leaves   whether functions of other files ran
    patches  whether it changed a class or the names of a module that are not of the file, or how a framework works
    born     the births of what it made lie between these two
    """

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    entered: set[Position] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    leaves: bool = False
    patches: bool = False
    born: tuple[int, int] = (0, 0)


class Dependencies:
    """Which statements of one run of the program hang on which."""

    def __init__(self, statements: Sequence[Statement], traces: Mapping[int, Trace]) -> None:
        self.traces = dict(traces)  # those of this version: a statement that runs again gets another one
        self._count = len(statements)
        self._names: list[frozenset[str]] = []
        self._binders: dict[str, list[int]] = defaultdict(list)
        self._starts = sorted((trace.born[0], index) for index, trace in traces.items())
        for index, statement in enumerate(statements):
            trace = traces.get(index)
            self._names.append(statement.binds if trace is None else statement.binds | trace.binds)
            for name in self._names[-1]:
                self._binders[name].append(index)

    def names_of(self, statement: int) -> frozenset[str]:
        """The names that a statement binds, or might."""
        return self._names[statement]

    def binders(self, names: Set[str]) -> set[int]:
        """The statements that give the names their values. A name that none binds may come from a star import."""
        if EVERYTHING in names:
            return set(range(self._count))
        found: set[int] = set()
        stars = self._binders.get(EVERYTHING, ())
        for name in names:
            found.update(self._binders.get(name) or stars)
        return found

    def affected(self, changed: set[int], bodies: set[Position]) -> set[int]:
        """The statements whose results may differ when the `changed` ones and the bodies of functions do."""
        start = changed | {index for index, trace in self.traces.items() if not bodies.isdisjoint(trace.entered)}
        if not start:
            return set()
        users = self._users()
        found, waiting = set(start), list(start)
        while waiting:
            for index in users.get(waiting.pop(), ()):
                if index not in found:
                    found.add(index)
                    waiting.append(index)
        return found

    def change_lasting(self, statements: set[int]) -> bool:
        """Whether one of the statements changes what imported modules made, which anything may use."""
        return any(min(self.traces[index].changed, default=0) < 0 for index in statements if index in self.traces)

    def are_patched_later(self, statements: set[int]) -> bool:
        """Whether a later statement changes classes or modules that one of these may have used as they were before."""
        last = max((index for index, trace in self.traces.items() if trace.patches), default=-1)
        return min(statements, default=last) < last

    def changed_later(self, statement: int, again: set[int]) -> list[int]:
        """Births of what was made before this statement and a later one changes, but for what those make that run
        `again`."""
        later = {birth for index, trace in self.traces.items() if index > statement for birth in trace.changed}
        makers = ((birth, self._maker(birth)) for birth in later)
        return [birth for birth, maker in makers if maker is None or (maker < statement and maker not in again)]

    def _users(self) -> dict[int, set[int]]:
        """For each statement those that hang on it: they read what it binds, or made what it changes."""
        users: dict[int, set[int]] = defaultdict(set)
        for index, trace in self.traces.items():
            for other in self.binders(trace.reads):
                users[other].add(index)
            for birth in trace.changed:
                maker = self._maker(birth)
                if maker is not None:
                    users[index].add(maker)
                    users[maker].add(index)
        return users

    def _maker(self, birth: int) -> int | None:
        """The statement that made a value."""
        at = bisect_right(self._starts, (birth, self._count)) - 1
        if at < 0:
            return None
        index = self._starts[at][1]
        return index if birth <= self.traces[index].born[1] else None
