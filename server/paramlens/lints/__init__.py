"""From the analysis of one file and the settings to the analysis that is shown: rules, severities, silenced lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.facts import MISMATCH, Analysis, Problem
from paramlens.lints import comments
from paramlens.lints.catalogue import RULES
from paramlens.lints.comments import budgets_for

if TYPE_CHECKING:
    from paramlens.settings import Settings


def lint(analysis: Analysis, settings: Settings) -> Analysis:
    """The analysis with what the rules find, at their severities, and without the problems that are silenced."""
    found = [problem for problem in analysis.problems if problem.rule != MISMATCH]  # which rules tell in their words
    found += [
        problem
        for rule in RULES.values()
        if settings.rules.get(rule.name) != "off"
        for problem in rule.problems(analysis, settings)
    ]
    found += comments.problems(analysis)
    ignored = _ignored(analysis)
    kept = (_with_severity(problem, settings) for problem in found if not _is_silenced(problem, analysis, ignored))
    return replace(analysis, problems=tuple(problem for problem in kept if problem is not None))


def _with_severity(problem: Problem, settings: Settings) -> Problem | None:
    severity = settings.rules.get(problem.rule, problem.severity)
    return None if severity == "off" else replace(problem, severity=severity)


def _ignored(analysis: Analysis) -> dict[int, frozenset[str]]:
    return dict(comments.silenced(analysis.comments))


def _is_silenced(problem: Problem, analysis: Analysis, ignored: dict[int, frozenset[str]]) -> bool:
    if problem.place.path != analysis.path:
        return False
    rules = ignored.get(problem.place.line, frozenset()) | ignored.get(problem.place.end_line, frozenset())
    return problem.rule in rules or "*" in rules


__all__ = ["budgets_for", "lint"]
