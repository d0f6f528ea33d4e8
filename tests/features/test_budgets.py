"""Budgets, severities, comments that silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import PATH, SOURCE, at_least, layer, mnist, place_of, unknown
from paramlens.budgets import Budget, applies, check_model
from paramlens.costs import Costs
from paramlens.facts import Analysis, ModelFact, Problem
from paramlens.lints import lint
from paramlens.settings import Settings, from_toml, override


def check_budgets(analysis: Analysis, budgets: list[Budget], costs: Costs) -> tuple[Problem, ...]:
    return tuple(
        problem
        for model in analysis.models
        for budget in budgets
        if applies(budget, model)
        for problem in check_model(model, budget, costs)
    )


def messages(**limits: object) -> list[str]:
    return [problem.message for problem in check_budgets(mnist(), [Budget(**limits)], Costs())]  # type: ignore[arg-type]


def test_over_budget_names_the_costliest_lines() -> None:
    assert messages(max_params=30_000) == [
        "model has 34,826 parameters, 4,826 (16.1%) over its budget of 30,000; costliest: "
        "line 7: 18,496 (53.1%), line 11: 16,010 (46%), line 5: 320 (0.9%)"
    ]


def test_within_budget() -> None:
    assert messages(max_params=40_000, max_memory=160_000, max_macs=3_000_000, max_layer_share=0.54) == []


def test_near_to_a_budget_is_told_more_softly() -> None:
    problems = check_budgets(mnist(), [Budget(max_params=34_826), Budget(max_params=38_696)], Costs())
    assert [(p.rule, p.severity) for p in problems] == [("near-budget", "information")]
    assert problems[0].message.startswith("model has 34,826 parameters, 100% of its budget of 34,826; costliest: line")


def test_every_limit() -> None:
    assert messages(max_trainable_params=1)[0].startswith(
        "model has 34,826 trainable parameters, 34,825 over its budget of 1;"
    )
    over = "model needs 136 KiB for its weights, 135 KiB over its budget of 1 KiB;"
    assert messages(max_memory=2**10)[0].startswith(over)
    assert messages(max_training_memory=2**10)[0].startswith("model needs 544 KiB to train with Adam, 543 KiB")
    over = "model needs 2.4 M multiply-adds, 1.4 M (144.1%) over its budget of 1 M;"
    assert messages(max_macs=10**6)[0].startswith(over)
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


def test_a_comment_that_says_nothing_is_told() -> None:
    (problem,) = lint(replace(mnist(), comments=((3, "max-params=12M"), (4, "ignore"))), Settings()).problems
    assert (problem.rule, problem.place.line) == ("comment", 3)
    assert problem.message == "`max-params=12M` says nothing: a comment is `budget …`, `input …` or `ignore[…]`"


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


NET = """\
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8 * 6 * 6, 10)){comment}
net(torch.zeros(1, 3, 8, 8))
"""
LIMITS = [  # a limit that is broken, one that is nearly used up, one that is kept
    ("max-params", "3k", 3200, "10k"),  # 224 + 2,890 = 3,114
    ("max-trainable-params", 3000, "3.2k", 10_000),
    ("max-memory", "12 KiB", "13 KiB", "1 MiB"),  # 12,456 bytes
    ("max-training-memory", "100 KiB", "130 KiB", "1 MiB"),  # 49,824 bytes with Adam, 2 · 32 · 298 · 4 of activations
    ("max-macs", "10k", 11_000, "1M"),  # 36 · 216 + 2,880 = 10,656
]


def problems(comment: str = "", settings: Settings | None = None) -> list[tuple[str, str]]:
    from paramlens.jobs import Job, run

    text = NET.format(comment=comment)
    found = run(Job("/project/model.py", text, settings=settings or Settings()), lambda path: None)
    return [(problem.rule, problem.severity) for problem in found.problems]


@pytest.mark.parametrize(("key", "broken", "near", "kept"), LIMITS, ids=[limit[0] for limit in LIMITS])
def test_every_limit_from_every_source(key: str, broken: object, near: object, kept: object) -> None:
    expected = {broken: [("params-budget", "error")], near: [("near-budget", "information")], kept: []}
    camel = key.replace("-p", "P").replace("-t", "T").replace("-m", "M")
    for value, found in expected.items():
        table = f"[[tool.paramlens.budgets]]\nmodel = 'n*'\n{key} = {value!r}\n"
        loaded = from_toml(table, "/project/pyproject.toml")
        assert loaded is not None
        assert not loaded.problems
        assert problems(settings=loaded.settings) == found
        for name in (key, camel):
            edited = override(Settings(), {"budgets": [{"model": "net", name: value}]})
            assert not edited.problems
            assert problems(settings=edited.settings) == found
        assert problems(f"  # paramlens: budget {key} {value}") == found


def test_the_share_of_a_layer_from_every_source() -> None:
    assert problems("  # paramlens: budget max-layer-share 0.9") == [("params-budget", "error")]  # 2,890 of 3,114
    assert problems("  # paramlens: budget max-layer-share 0.95") == []
    loaded = from_toml("[[tool.paramlens.budgets]]\nmax-layer-share = 0.9\nseverity = 'hint'\n", "/p/pyproject.toml")
    assert loaded is not None
    assert problems(settings=loaded.settings) == [("params-budget", "hint")]


def test_a_broken_budget_has_the_three_costliest_lines_beside_it() -> None:
    (problem,) = check_budgets(mnist(), [Budget(max_params=30_000)], Costs())
    assert [place.line for place, _ in problem.related] == [7, 11, 5]
    assert problem.related[0][1] == "Conv2D: 18,496 (53.1%)"
