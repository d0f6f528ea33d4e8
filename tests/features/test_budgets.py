"""Budgets, severities, comments that silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import PATH, SOURCE, at_least, layer, mnist, place_of, unknown
from paramlens.budgets import Budget, applies, check_budgets
from paramlens.costs import Costs
from paramlens.facts import Analysis, ModelFact, Problem
from paramlens.lints import lint
from paramlens.settings import Settings


def messages(**limits: object) -> list[str]:
    return [problem.message for problem in check_budgets(mnist(), [Budget(**limits)], Costs())]  # type: ignore[arg-type]


def test_over_budget_names_the_costliest_lines() -> None:
    assert messages(max_params=30_000) == [
        "model has 34,826 parameters, over its budget of 30,000; costliest: "
        "line 7: 18,496 (53.1%), line 11: 16,010 (46%), line 5: 320 (0.9%)"
    ]


def test_within_budget() -> None:
    assert messages(max_params=34_826, max_memory=139_304, max_macs=2_440_960, max_layer_share=0.54) == []


def test_every_limit() -> None:
    assert messages(max_trainable_params=1)[0].startswith(
        "model has 34,826 trainable parameters, over its budget of 1;"
    )
    assert messages(max_memory=2**10)[0].startswith("model needs 136 KiB for its weights, over its budget of 1 KiB;")
    assert messages(max_training_memory=2**10)[0].startswith("model needs 544 KiB to train with Adam, over")
    assert messages(max_macs=10**6)[0].startswith("model needs 2.4 M multiply-adds, over its budget of 1 M;")
    assert messages(max_layer_share=0.5) == [
        "model has 53.1% of its parameters in one Conv2D (line 7), over its limit of 50%"
    ]


@pytest.mark.parametrize("pattern", ["model", "mod*", "Sequential", "keras.Sequential", "model.py::model", "*::model"])
def test_patterns_meet_names_classes_and_paths(pattern: str) -> None:
    assert applies(Budget(pattern), mnist().models[0])


@pytest.mark.parametrize("pattern", ["ResNet*", "other.py::model", "Model"])
def test_patterns_that_do_not(pattern: str) -> None:
    assert not applies(Budget(pattern), mnist().models[0])


def test_a_lower_bound_can_break_a_budget_and_an_unknown_cannot() -> None:
    at = place_of(SOURCE, "keras.Sequential([")
    for tally, expected in ((at_least(100), 1), (unknown(), 0)):
        analysis = Analysis(PATH, SOURCE, models=(ModelFact("net", "Net", at, layer("Net", tally)),))
        assert len(check_budgets(analysis, [Budget(max_params=50)], Costs())) == expected


def test_a_comment_is_a_budget() -> None:
    found = lint(replace(mnist(), comments=((3, "paramlens: budget 12k"),)), Settings())
    (problem,) = found.problems
    assert (problem.rule, problem.severity, problem.place.line) == ("params-budget", "error", 3)
    assert lint(replace(mnist(), comments=((3, "# paramlens: budget 12M"),)), Settings()).problems == ()
    (problem,) = lint(replace(mnist(), comments=((12, "budget max-memory 1KiB"),)), Settings()).problems
    assert "136 KiB" in problem.message


def test_a_comment_that_makes_no_sense_is_told() -> None:
    (problem,) = lint(replace(mnist(), comments=((3, "budget 12X"),)), Settings()).problems
    assert problem.message == "budget: expected a number such as 12_000_000 or “12M”, got “12X”"
    assert (problem.rule, problem.place.line, problem.place.column) == ("settings", 3, 1)


def test_ignore_silences_a_rule_on_its_line() -> None:
    budgets = (Budget(max_params=1),)
    for text, left in (
        ("ignore[params-budget]", 0),
        ("ignore[other]", 1),
        ("ignore[other, params-budget]", 0),
        ("ignore", 0),
    ):
        found = lint(replace(mnist(), comments=((3, f"# paramlens: {text}"),)), Settings(budgets=budgets))
        assert len(found.problems) == left, text


def test_rules_change_severities() -> None:
    at = place_of(SOURCE, "layers.Flatten()")
    analysis = Analysis(PATH, SOURCE, problems=(Problem("redundant-bias", "hint", at, "waste"),))
    assert lint(analysis, Settings(rules={"redundant-bias": "error"})).problems[0].severity == "error"
    assert lint(analysis, Settings(rules={"redundant-bias": "off"})).problems == ()
