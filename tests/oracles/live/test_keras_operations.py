"""The recorded Keras cases are what the installed Keras answers today, and the rules agree with its real tensors."""

from __future__ import annotations

import re

import pytest

from oracles import operation_cases_keras, operation_framework, operation_model

CASES = operation_cases_keras.cases()
TORCH_BACKEND_DIFFERS = ("count_nonzero(", "ops.squeeze(", "5, axis=3)", "ops.pad(T(2, 3), ")
"""Calls that Keras' torch backend computes differently from what Keras states for symbolic tensors."""


@pytest.mark.parametrize("start", range(0, len(CASES), 100))
def test_rule_agrees_on_symbolic_tensors(start: int) -> None:
    problems = []
    for case in CASES[start : start + 100]:
        framework, ours = operation_framework.outcome(case), operation_model.outcome(case)
        if "error" in framework or "unknown" in ours:
            continue
        found = ours.get("error") or operation_model.disagreement(framework["value"], ours["value"])
        if found:
            problems.append(f"{case}: {found}")
    assert problems == []


@pytest.mark.parametrize("start", range(0, len(CASES), 100))
def test_rule_agrees_on_real_tensors(start: int) -> None:
    """The same calls on torch tensors with a batch of 2, which Keras computes with its torch backend."""
    problems = []
    for case in CASES[start : start + 100]:
        real = re.sub(r"\bKI\(", "I(", re.sub(r"\bK\(", "T(", case)).replace("None, ", "2, ").replace("None)", "2)")
        if any(part in real for part in TORCH_BACKEND_DIFFERS):
            continue
        framework, ours = operation_framework.outcome(real), operation_model.outcome(real)
        if "error" in framework or "unknown" in ours:
            continue
        found = ours.get("error") or operation_model.disagreement(framework["value"], ours["value"])
        if found:
            problems.append(f"{real}: {found}")
    assert problems == []
