"""From the analysis of one file and the settings to the analysis that is shown: budgets, severities, silenced lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from paramlens.budgets import RULE as BUDGET_RULE
from paramlens.budgets import Budget, applies, check_budgets, check_model
from paramlens.facts import Analysis, ModelFact, Problem
from paramlens.lines import split_lines
from paramlens.quantities import parse_count
from paramlens.settings import BUDGET_KEYS, Settings
from paramlens.values import Place

_MARK = re.compile(r"^#?\s*(?:paramlens\s*:)?\s*")
_BUDGET = re.compile(r"budget\b[\s:=]*(?:(max-[a-z-]+)[\s:=]+)?(.*)", re.DOTALL)
_IGNORE = re.compile(r"ignore\b\s*(?:\[([^\]]*)\])?")


def lint(analysis: Analysis, settings: Settings) -> Analysis:
    """The analysis with the problems of budgets added, rules set to their severity, and silenced problems left out."""
    found = [*analysis.problems, *check_budgets(analysis, settings.budgets, settings.costs)]
    found += _check_comments(analysis, settings)
    silenced = dict(_ignored(analysis.comments))
    kept = (_with_severity(problem, settings) for problem in found if not _is_silenced(problem, analysis, silenced))
    return replace(analysis, problems=tuple(problem for problem in kept if problem is not None))


def _with_severity(problem: Problem, settings: Settings) -> Problem | None:
    severity = settings.rules.get(problem.rule, problem.severity)
    return None if severity == "off" else replace(problem, severity=severity)


def _ignored(comments: Iterable[tuple[int, str]]) -> Iterable[tuple[int, frozenset[str]]]:
    """The line of each `ignore[rule, rule]` comment and its rules; `ignore` alone silences all, written `*`."""
    for line, text in comments:
        if match := _IGNORE.match(_MARK.sub("", text)):
            rules = frozenset(rule.strip() for rule in (match[1] or "*").split(",") if rule.strip())
            yield line, rules


def _is_silenced(problem: Problem, analysis: Analysis, silenced: dict[int, frozenset[str]]) -> bool:
    if problem.place.path != analysis.path:
        return False
    rules = silenced.get(problem.place.line, frozenset()) | silenced.get(problem.place.end_line, frozenset())
    return problem.rule in rules or "*" in rules


def _check_comments(analysis: Analysis, settings: Settings) -> list[Problem]:
    problems: list[Problem] = []
    for line, text in analysis.comments:
        match = _BUDGET.match(_MARK.sub("", text))
        if match is None:
            continue
        try:
            budget = _comment_budget(match[1], match[2])
        except ValueError as error:
            problems.append(Problem("settings", "warning", _whole_line(analysis, line), f"budget: {error}"))
            continue
        for model in analysis.models:
            if model.place.path == analysis.path and line in (model.place.line, model.place.end_line):
                problems += check_model(model, budget, settings.costs)
    return problems


def budgets_for(analysis: Analysis, model: ModelFact, settings: Settings) -> list[Budget]:
    """The budgets that apply to a model: those of the settings, and of comments on its first or last line."""
    found = [budget for budget in settings.budgets if applies(budget, model)]
    for line, text in analysis.comments:
        match = _BUDGET.match(_MARK.sub("", text))
        if match is None or model.place.path != analysis.path or line not in (model.place.line, model.place.end_line):
            continue
        with suppress(ValueError):  # reported as a problem
            found.append(_comment_budget(match[1], match[2]))
    return found


def _comment_budget(key: str | None, value: str) -> Budget:
    if key is None:
        return Budget(max_params=parse_count(value.strip()))
    if key not in BUDGET_KEYS:
        raise ValueError(f"unknown limit {key}")
    read = BUDGET_KEYS[key]
    if key == "max-layer-share":
        return Budget(max_layer_share=read(_number(value)))
    return Budget(**{key.replace("-", "_"): read(value.strip())})


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"expected a number, got “{text.strip()}”") from None


def _whole_line(analysis: Analysis, line: int) -> Place:
    lines = split_lines(analysis.text)
    text = lines[line - 1] if line <= len(lines) else ""
    start = len(text) - len(text.lstrip()) + 1
    return Place(analysis.path, line, start, line, len(text) + 1)


__all__ = ["BUDGET_RULE", "budgets_for", "lint"]
