"""`# paramlens: …` comments that silence problems or set a budget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from paramlens.budget_keys import BUDGET_KEYS
from paramlens.budgets import Budget, applies
from paramlens.facts import Analysis, ModelFact, Problem
from paramlens.lines import split_lines
from paramlens.quantities import parse_count
from paramlens.values import Place

if TYPE_CHECKING:
    from paramlens.settings import Settings

_MARK = re.compile(r"^#?\s*(?:paramlens\s*:)?\s*")
_BUDGET = re.compile(r"budget\b[\s:=]*(?:(max-[a-z-]+)[\s:=]+)?(.*)", re.DOTALL)
_WORD = re.compile(r"\w+")
_KNOWN = ("budget", "ignore", "input")
_IGNORE = re.compile(r"ignore\b\s*(?:\[([^\]]*)\])?")


def silenced(comments: Iterable[tuple[int, str]]) -> Iterator[tuple[int, frozenset[str]]]:
    """The line of each `ignore[rule, rule]` comment and its rules; `ignore` alone silences all, written `*`."""
    for line, text in comments:
        if match := _IGNORE.match(_MARK.sub("", text)):
            rules = frozenset(rule.strip() for rule in (match[1] or "*").split(",") if rule.strip())
            yield line, rules


def budgets(analysis: Analysis) -> Iterator[tuple[int, Budget]]:
    """The line of each `budget …` comment that can be read, and its budget."""
    for line, found in _read(analysis):
        if isinstance(found, Budget):
            yield line, found


def budgets_for(analysis: Analysis, model: ModelFact, settings: Settings) -> list[Budget]:
    """The budgets that hold for a model: those of the settings, then those of comments on its first or last line."""
    found = [budget for budget in settings.budgets if applies(budget, model)]
    if model.place.path == analysis.path:
        lines = (model.place.line, model.place.end_line)
        found += [budget for line, budget in budgets(analysis) if line in lines]
    return found


def problems(analysis: Analysis) -> Iterator[Problem]:
    """What is wrong with `budget …` comments, and those that say nothing that is known."""
    for line, text in analysis.comments:
        word = _WORD.match(_MARK.sub("", text))
        if word is None or word[0] not in _KNOWN:
            message = f"`{text.strip()}` says nothing: a comment is `budget …`, `input …` or `ignore[…]`"
            yield Problem("comment", "warning", _whole_line(analysis, line), message)
    for line, found in _read(analysis):
        if isinstance(found, str):
            yield Problem("settings", "warning", _whole_line(analysis, line), f"budget: {found}")


def _read(analysis: Analysis) -> Iterator[tuple[int, Budget | str]]:
    for line, text in analysis.comments:
        match = _BUDGET.match(_MARK.sub("", text))
        if match is None:
            continue
        try:
            yield line, _budget(match[1], match[2])
        except ValueError as error:
            yield line, str(error)


def _budget(key: str | None, value: str) -> Budget:
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
