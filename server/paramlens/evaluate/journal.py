"""What changed since when: lets the evaluator run one branch, undo it, run the other, and join what differs."""

from __future__ import annotations

from typing import Any

from paramlens.values import Mutable

Changes = dict[Mutable, Any]  # object → its contents


class Journal:
    """A log of contents before changes. Costs nothing while no mark is held."""

    def __init__(self) -> None:
        self.log: list[tuple[Mutable, Any]] = []
        self.epoch = 1
        self.held = 0

    def touch(self, value: Mutable) -> None:
        """Note the contents of `value`, unless they are noted since the last mark. Call before every change."""
        if self.held and value.epoch != self.epoch:
            value.epoch = self.epoch
            self.log.append((value, value.contents()))

    def mark(self) -> int:
        """Begin to note changes; every mark is given back by `release`."""
        self.held += 1
        self.epoch += 1
        return len(self.log)

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
        self.epoch += 1

    def apply(self, changes: Changes) -> None:
        """Make the noted contents the present ones."""
        for value, contents in changes.items():
            self.touch(value)
            value.restore(contents)
