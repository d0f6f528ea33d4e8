"""How a rule is declared: once, with its documentation, its examples and the function that finds its problems.

    @rule(
        "redundant-bias",
        severity="warning",
        bad="conv = nn.Conv2d(3, 8, 3)…",
        good="conv = nn.Conv2d(3, 8, 3, bias=False)…",
    )
    def redundant_bias(analysis: Analysis, settings: Settings) -> Iterable[Found]:
        \"\"\"A bias right before a batch norm does nothing, because …\"\"\"

The page docs/rules.md, `paramlens rules`, the names that settings may use, and a test of both examples follow from it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from paramlens.facts import Analysis, Problem
from paramlens.records import Record, record
from paramlens.values import Place

if TYPE_CHECKING:
    from paramlens.settings import Settings


@record
class Found(Record):
    """One problem that a rule finds. `severity` is that of the rule where it is None."""

    place: Place
    message: str
    related: tuple[tuple[Place, str], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    severity: str | None = None


Check: TypeAlias = "Callable[[Analysis, Settings], Iterable[Found]]"


@record
class Rule(Record):
    """A rule. `settings` is the [tool.paramlens] that its examples need, as TOML."""

    name: str
    severity: str
    doc: str
    bad: str
    good: str
    settings: str
    check: Check

    def problems(self, analysis: Analysis, settings: Settings) -> tuple[Problem, ...]:
        """What the rule finds, with its own severity."""
        return tuple(
            Problem(self.name, found.severity or self.severity, found.place, found.message, found.related, found.data)
            for found in self.check(analysis, settings)
        )

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return self.doc.split(". ")[0].rstrip(".") + "."


RULES: dict[str, Rule] = {}


def rule(name: str, *, severity: str, bad: str, good: str, settings: str = "") -> Callable[[Check], Check]:
    """Declare the rule `name`. `bad` is source in which it finds something, `good` the same put right."""

    def declare(check: Check) -> Check:
        if name in RULES:
            raise ValueError(f"{name} is declared twice")
        doc = " ".join((inspect.getdoc(check) or "").split())
        RULES[name] = Rule(name, severity, doc, _dedented(bad), _dedented(good), _dedented(settings), check)
        return check

    return declare


def _dedented(text: str) -> str:
    return inspect.cleandoc(text) + "\n" if text else ""
