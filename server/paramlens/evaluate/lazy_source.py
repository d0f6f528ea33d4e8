"""The statements of a module and which of them a name needs."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from paramlens.evaluate.dependencies import Trace
from paramlens.syntax import code
from paramlens.values import ModuleValue, Unknown, Value

if TYPE_CHECKING:
    from paramlens.syntax.code import Source, Statement


class LazySource:
    """A module's statements, which of them ran, and the index from names to statements.

    A module that is imported runs name by name: what binds the name, then what changes its value. A statement counts
    as changing a container when it mentions it, or when it is decorated by or calls a function of the module that does.
    """

    def __init__(self, source: Source, *, is_main: bool = False) -> None:
        self.source = source
        self.text = source.text
        self.statements: tuple[Statement, ...] = source.statements
        self.is_main = is_main
        self.done: set[int] = set()
        self.running: set[int] = set()
        self.values: dict[str, Value] = {}  # what lazily run statements bound; survives undone branches
        self.stars: list[ModuleValue | Unknown] = []
        self.has_refusals = False
        self.traces: dict[int, Trace] = {}  # of the analysed file's statements that ran

    def continued(self, source: Source, again: set[int]) -> None:
        """Take another version, of which these statements are to run again and the others do the same as before."""
        self.source, self.text, self.statements = source, source.text, source.statements
        self.done -= again
        for index in again:
            self.traces.pop(index, None)
        if again:
            vars(self).pop("_binders", None)
            vars(self).pop("_changers", None)

    @cached_property
    def _binders(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for position, statement in enumerate(self.statements):
            for name in statement.binds:
                index[name].append(position)
        return index

    @cached_property
    def _changers(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for position, statement in enumerate(self.statements):
            for name in statement.mutates:
                index[name].append(position)
        return index

    def names(self) -> list[str]:
        """The names that its statements may bind."""
        return list(self._binders)

    @property
    def has_stars(self) -> bool:
        return "*" in self._binders

    def statements_for(self, name: str) -> list[int]:
        """The statements that bind the name, in order."""
        return self._binders.get(name, [])

    def is_binding(self, name: str) -> bool:
        """Whether a statement runs that will bind the name: its own decorator may ask for it."""
        return any(index in self.running for index in self.statements_for(name))

    def stars_before(self, name: str) -> list[int]:
        """The star imports that may bring the name, when nothing else does."""
        return self._binders.get("*", []) if name not in self._binders else []

    def changes_of(self, name: str) -> list[int]:
        """The statements that change the value of the name, in order."""
        direct = self._changers.get(name, [])
        helpers = [
            function
            for function, positions in self._changers.items()
            if function != name and any(self._mentions(p, name) for p in self._binders.get(function, ()))
        ]
        through = [position for function in helpers for position in self._changers[function]]
        return sorted({*direct, *through})

    def _mentions(self, position: int, name: str) -> bool:
        statement = self.statements[position]
        return statement.kind == "def" and re.search(rf"\b{re.escape(name)}\b", statement.text) is not None


def names_in_loops(block: code.Block) -> frozenset[str]:
    """The names that the loops of a block bind, at any depth of nested blocks: a round that was cut short leaves them
    with the values of no round."""
    found: set[str] = set()
    stack: list[tuple[code.Node, bool]] = [(node, False) for node in block]
    while stack:
        node, looped = stack.pop()
        looped = looped or isinstance(node, code.For | code.While)
        if looped:
            targets = [getattr(node, "target", None), *getattr(node, "targets", ())]
            targets += [item.target for item in getattr(node, "items", ()) if isinstance(item, code.WithItem)]
            while targets:
                target = targets.pop()
                if isinstance(target, code.Name):
                    found.add(target.id)
                targets.extend(getattr(target, "elements", ()))
        for name in ("body", "orelse", "final", "handlers", "cases"):
            inner = getattr(node, name, ())
            if isinstance(inner, tuple):
                stack.extend((child, looped) for child in inner)
    return frozenset(found)
