"""The operation rules against what the frameworks themselves answered (`recorded/operations.json`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from oracles.operation_model import disagreement, is_known, outcome

RECORDED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "recorded" / "operations.json").read_text())


def wrong(case: str, framework: dict[str, Any]) -> str | None:
    """Why the rules are wrong about a case. They may leave open what the framework answers, and miss its errors."""
    ours = outcome(case)
    if "error" in framework or "unknown" in ours:
        return None
    if "error" in ours:
        return f"{case}: reported {ours['error']!r}, but it gives {framework['value']}"
    found = disagreement(framework["value"], ours["value"])
    return None if found is None else f"{case}: {found}"


@pytest.mark.parametrize("start", range(0, len(RECORDED), 100))
def test_no_rule_contradicts_the_framework(start: int) -> None:
    problems = [wrong(case, RECORDED[case]) for case in list(RECORDED)[start : start + 100]]
    assert [problem for problem in problems if problem] == []


def test_nearly_every_result_is_known_exactly() -> None:
    answered = [case for case, framework in RECORDED.items() if "value" in framework]
    known = [case for case in answered if is_known(outcome(case).get("value", "?"))]
    assert len(known) >= 0.97 * len(answered)


def test_most_certain_errors_are_found() -> None:
    refused = [case for case, framework in RECORDED.items() if "error" in framework]
    found = [case for case in refused if "error" in outcome(case)]
    assert len(found) >= 0.7 * len(refused)
