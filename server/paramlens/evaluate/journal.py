"""What changed since when: lets the evaluator run one branch, undo it, run the other, and join what differs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from paramlens.values import ClassValue, Mutable, Scope, latest_birth

Changes = dict[Mutable, Any]  # object → its contents


_epochs = itertools.count(1)  # of all journals: a value that one has noted is not noted for another


@dataclass
class Made:
    """Values made since a mark (with a higher `birth`), and which of one branch stands for which of the other."""

    born: int
    pairs: dict[int, int] = field(default_factory=dict)  # by id, both ways: each has one partner

    def has(self, value: Mutable) -> bool:
        return value.birth > self.born

    def pair(self, a: Mutable, b: Mutable) -> bool:
        """Make two values partners, unless one of them has another partner."""
        return self.pairs.setdefault(id(a), id(b)) == id(b) and self.pairs.setdefault(id(b), id(a)) == id(a)


class Mark(int):
    """A place in the log, and what was made since it was marked: several marks may stand at one place."""

    made: Made


class Journal:
    """A log of contents before changes; it is kept while a mark is held.

    lasting  for what outlasts the run of a program (with a `birth` below 0): the contents before the run; None while
             an imported module's own statements run, whose changes last
    since    the births of values made before this one's `since` are put into `changed` when they change
    patches  whether a class or the names of a module that outlast the run were changed
    """

    def __init__(self, lasting: Changes | None = None, since: int = 0) -> None:
        self.log: list[tuple[Mutable, Any]] = []
        self.epoch = next(_epochs)
        self.held = 0
        self.lasting = lasting
        self.since = since
        self.changed: set[int] = set()
        self.patches = False

    def touch(self, value: Mutable) -> None:
        """Note the contents of `value`, unless they are noted since the last mark. Call before every change."""
        if value.birth < self.since and self.lasting is not None:
            self.changed.add(value.birth)
            if value.birth < 0:
                self.patches |= isinstance(value, ClassValue | Scope)
                if value not in self.lasting:
                    self.lasting[value] = value.contents()
        if self.held and value.epoch != self.epoch:
            value.epoch = self.epoch
            self.log.append((value, value.contents()))

    def mark(self) -> Mark:
        """Begin to note changes; every mark is given back by `release`."""
        self.held += 1
        self.epoch = next(_epochs)
        mark = Mark(len(self.log))
        mark.made = Made(latest_birth())
        return mark

    def release(self) -> None:
        self.held -= 1
        if not self.held:
            self.log.clear()

    def changes(self, mark: int) -> Changes:
        """The present contents of everything that changed since the mark."""
        return {value: value.contents() for value, _ in self.log[mark:]}

    def base(self, mark: int) -> Changes:
        """The contents at the mark of everything that changed since."""
        base: Changes = {}
        for value, contents in self.log[mark:]:
            base.setdefault(value, contents)
        return base

    def undo(self, mark: int) -> None:
        """Go back to the state at the mark; the mark stays held."""
        for value, contents in reversed(self.log[mark:]):
            value.restore(contents)
        del self.log[mark:]
        self.epoch = next(_epochs)

    def apply(self, changes: Changes) -> None:
        """Make the noted contents the present ones."""
        for value, contents in changes.items():
            self.touch(value)
            value.restore(contents)
