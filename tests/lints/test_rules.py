"""Every rule: its examples, its page, its settings, and the comment that silences it."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from paramlens import settings
from paramlens.facts import Analysis
from paramlens.jobs import Job, run
from paramlens.lints import catalogue, rules
from paramlens.lints.catalogue import NAMES, RULES
from paramlens.lints.declare import Rule

ROOT = Path(__file__).resolve().parent.parent.parent
EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)


def analysed(text: str, table: str = "") -> Analysis:
    loaded = settings.from_toml(table, "/project/pyproject.toml") if table else None
    assert loaded is None or not loaded.problems
    options = loaded.settings if loaded is not None else settings.Settings()
    return run(Job("/project/model.py", text, settings=options), lambda path: None)


def found(rule: Rule, text: str, table: str = "") -> list[str]:
    return [p.severity for p in analysed(text, table or rule.settings).problems if p.rule == rule.name]


@EVERY_RULE
def test_the_bad_example_has_the_problem_and_no_other(rule: Rule) -> None:
    problems = analysed(rule.bad, rule.settings).problems
    assert {problem.rule for problem in problems} == {rule.name}
    assert {problem.severity for problem in problems} == {rule.severity}
    assert all(problem.place.path == "/project/model.py" for problem in problems)


@EVERY_RULE
def test_the_good_example_has_none(rule: Rule) -> None:
    assert analysed(rule.good, rule.settings).problems == ()


@EVERY_RULE
def test_settings_change_the_severity(rule: Rule) -> None:
    table = (rule.settings or "[tool.paramlens]\n") + "[tool.paramlens.rules]\n"
    assert set(found(rule, rule.bad, f'{table}{rule.name} = "error"')) == {"error"}
    assert set(found(rule, rule.bad, f'{table}{rule.name} = "hint"')) == {"hint"}
    assert found(rule, rule.bad, f'{table}{rule.name} = "off"') == []


@EVERY_RULE
def test_a_comment_on_the_line_silences_it(rule: Rule) -> None:
    lines = rule.bad.splitlines()
    problems = [p for p in analysed(rule.bad, rule.settings).problems if p.rule == rule.name]
    for problem in problems:
        row = problem.place.end_line - 1
        if "# paramlens: budget" not in lines[row]:  # one comment on a line is a budget or silences
            lines[row] += f"  # paramlens: ignore[{rule.name}]"
            assert found(rule, "\n".join(lines), rule.settings) == []


def test_every_module_of_rules_is_in_the_catalogue() -> None:
    names = {module.name for module in pkgutil.iter_modules(rules.__path__)}
    assert names == {module.__name__.rsplit(".", 1)[1] for module in catalogue.MODULES}
    assert {name.replace("-", "_") for name in RULES} == names


def test_a_rule_that_nobody_knows_is_told_with_the_nearest_name() -> None:
    loaded = settings.from_toml('[tool.paramlens.rules]\nredundant-bais = "off"\n', "/project/pyproject.toml")
    assert loaded is not None
    assert [p.message for p in loaded.problems] == ["unknown rule redundant-bais; did you mean redundant-bias?"]
    assert "redundant-bias" in NAMES


def test_the_page_of_rules_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "rule_docs.py"), "--check"],
        env={"PYTHONPATH": str(ROOT / "server")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
