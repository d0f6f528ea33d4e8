"""How analyses travel from the worker process: facts that the other side has are not sent again.

Successive analyses of a file share most of their sites and models. Each is sent once, under a number, and again by its
number alone; the receiving side then has the same object again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from paramlens.facts import Analysis, ModelFact, SiteFact
from paramlens.records import Record, record

Fact = TypeVar("Fact")


@record
class Parts(Generic[Fact], Record):
    """Facts in their order by number, and those among them that are new."""

    numbers: tuple[int, ...]
    new: Mapping[int, Fact]


@record
class Packed(Record):
    """An analysis without its text, and without the facts that were sent before. `imported` is None when it is the same
    as last time."""

    rest: Analysis
    sites: Parts[SiteFact]
    models: Parts[ModelFact]
    imported: frozenset[str] | None


class _Sent(Generic[Fact]):
    """The facts of the last analysis of one file by identity."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Fact, int]] = {}
        self._number = 0

    def parts(self, facts: tuple[Fact, ...]) -> Parts[Fact]:
        known, self._known = self._known, {}
        numbers, new = [], {}
        for fact in facts:
            entry = known.get(id(fact)) or self._known.get(id(fact))
            if entry is None:
                self._number += 1
                entry = fact, self._number
                new[self._number] = fact
            self._known[id(fact)] = entry
            numbers.append(entry[1])
        return Parts(tuple(numbers), new)


class _Received(Generic[Fact]):
    def __init__(self) -> None:
        self._known: dict[int, Fact] = {}

    def facts(self, parts: Parts[Fact]) -> tuple[Fact, ...]:
        known = {**self._known, **parts.new}
        self._known = {number: known[number] for number in parts.numbers}
        return tuple(known[number] for number in parts.numbers)


class Sender:
    """The worker's side."""

    def __init__(self) -> None:
        self._sites: dict[str, _Sent[SiteFact]] = {}
        self._models: dict[str, _Sent[ModelFact]] = {}
        self._imported: dict[str, frozenset[str]] = {}

    def pack(self, analysis: Analysis) -> Packed:
        path = analysis.path
        imported = None if self._imported.get(path) == analysis.imported else analysis.imported
        self._imported[path] = analysis.imported
        return Packed(
            replace(analysis, text="", sites=(), models=(), imported=frozenset()),
            self._sites.setdefault(path, _Sent()).parts(analysis.sites),
            self._models.setdefault(path, _Sent()).parts(analysis.models),
            imported,
        )

    def forget(self, path: str) -> None:
        """Drop what is known of a file, as `Receiver.forget` does on the other side."""
        for known in (self._sites, self._models, self._imported):
            known.pop(path, None)


class Receiver:
    """The other side; what it is given comes from one `Sender`, in order."""

    def __init__(self) -> None:
        self._sites: dict[str, _Received[SiteFact]] = {}
        self._models: dict[str, _Received[ModelFact]] = {}
        self._imported: dict[str, frozenset[str]] = {}

    def unpack(self, packed: Packed, text: str) -> Analysis:
        """The analysis of the text."""
        path = packed.rest.path
        if packed.imported is not None:
            self._imported[path] = packed.imported
        return replace(
            packed.rest,
            text=text,
            sites=self._sites.setdefault(path, _Received()).facts(packed.sites),
            models=self._models.setdefault(path, _Received()).facts(packed.models),
            imported=self._imported[path],
        )

    def forget(self, path: str) -> None:
        for known in (self._sites, self._models, self._imported):
            known.pop(path, None)
