"""Diagnostics: what is wrong in one file, each once, in the order of the source.

model = ResNet18()
        ~~~~~~~~~~ params-budget: model has 11,173,962 parameters, over its budget of 10,000,000
"""

from __future__ import annotations

from paramlens.facts import Analysis, Problem
from paramlens.records import Record, record
from paramlens.values import Place


@record
class Diagnostic(Record):
    """`severity` is hint, information, warning or error; `place` lies in the analysed file."""

    rule: str
    severity: str
    place: Place
    message: str
    related: tuple[tuple[Place, str], ...] = ()


def diagnostics(analysis: Analysis) -> tuple[Diagnostic, ...]:
    """The problems of the analysed file itself. Those in other files are told there."""
    found: dict[tuple[str, Place, str], Diagnostic] = {}
    for problem in analysis.problems:
        if problem.place.path == analysis.path:
            found.setdefault((problem.rule, problem.place, problem.message), diagnostic(problem))
    return tuple(sorted(found.values(), key=lambda d: (d.place.line, d.place.column, d.rule)))


def diagnostic(problem: Problem) -> Diagnostic:
    """A problem as it is shown."""
    return Diagnostic(problem.rule, problem.severity, problem.place, problem.message, problem.related)
