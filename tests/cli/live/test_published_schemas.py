"""What is written for other programs, against the schemas that they publish: SARIF, JUnit, GitHub Actions, GitLab CI.

    python -m pytest tests/cli/live        with the `dev` extra, npm and the package index
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from ci_recipes import ROOT, recipes
from jsonschema import Draft4Validator, Draft7Validator
from paramlens.cli.findings import Finding
from paramlens.cli.formats import written
from paramlens.facts import Problem
from paramlens.lints.catalogue import NAMES
from paramlens.values import Place

PATHS = ("model.py", "./a b/ü#?%.py", "/elsewhere/x y.py", "../other.py")
TEXTS = ("plain", "a\nb\r\n\x00\ud800", "50% <of> & \"it\"]]>", "")


def findings() -> list[Finding]:
    """One of every rule, with strange paths and texts, most with related places."""
    found = []
    for number, rule in enumerate(sorted(NAMES)):
        place = Place(str(Path("model.py").resolve()), 2 + number, 3, 4 + number, 1)
        severity = ("hint", "information", "warning", "error")[number % 4]
        related = ((place, TEXTS[number % 4]),) if number % 3 else ()
        problem = Problem(rule, severity, place, TEXTS[(number + 1) % 4] or "text", related)
        found.append(Finding(PATHS[number % 4], problem, None, "Net.__init__" if number % 2 else ""))
    return found


# --------------------------------------------------------------------------------------------------------------- SARIF


def problems_of(document: Any, schema: dict[str, Any]) -> list[str]:
    checker = Draft7Validator.FORMAT_CHECKER  # that of draft 4 does not know `uri-reference`
    assert {"uri", "uri-reference"} <= checker.checkers.keys()  # else a bad URI is no problem
    return [error.message for error in Draft4Validator(schema, format_checker=checker).iter_errors(document)]


@pytest.mark.parametrize("number", [0, 1, 100])
def test_sarif_is_what_its_schema_says(sarif_schema: dict[str, Any], number: int) -> None:
    document = json.loads(written("sarif", findings()[:number], 3))
    assert problems_of(document, sarif_schema) == []


URI = ("locations", 0, "physicalLocation", "artifactLocation", "uri")


@pytest.mark.parametrize(("where", "what"), [(("level",), "hint"), (("place",), 1), (URI, "a b.py")])
def test_what_is_not_sarif_is_told(sarif_schema: dict[str, Any], where: tuple[Any, ...], what: Any) -> None:
    document = json.loads(written("sarif", findings(), 3))
    at = document["runs"][0]["results"][0]
    for step in where[:-1]:
        at = at[step]
    at[where[-1]] = what
    assert problems_of(document, sarif_schema)


def test_sarif_has_what_code_scanning_asks_for_beyond_the_schema() -> None:
    (run,) = json.loads(written("sarif", findings(), 3))["runs"]
    assert len(run["tool"]["driver"]["rules"]) >= len(NAMES)
    for rule in run["tool"]["driver"]["rules"]:
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")), rule["id"]
        assert len(rule["fullDescription"]["text"]) <= 1024
    assert {result["level"] for result in run["results"]} == {"note", "warning", "error"}
    prints = [result["partialFingerprints"]["paramlens/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints) == len(NAMES)
    for result in run["results"]:
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.startswith("file:///elsewhere/") or not re.match(r"[a-z]+:|/|\./", uri), uri
        assert location["physicalLocation"]["region"]["startLine"] > 0
        assert result["message"]["text"]


# --------------------------------------------------------------------------------------------------------------- JUnit


@pytest.mark.parametrize("number", [0, 1, 100])
def test_junit_is_what_its_schema_says(junit_schema: str, number: int) -> None:
    schema = xmlschema.XMLSchema(junit_schema)
    tree = ET.fromstring(written("junit", findings()[:number], 3))
    assert [error.reason for error in schema.iter_errors(tree)] == []
    tree[0][0].set("place", "here")
    assert [error.reason for error in schema.iter_errors(tree)] != []


# --------------------------------------------------------------------------------------------------- recipes of docs/ci


def accepted(schema: str, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("schema", "text", "broken"),
    [
        ("vendor.github-actions", (ROOT / "action.yml").read_text("utf-8"), ("shell: bash", "shel: bash")),
        ("vendor.github-workflows", recipes()["GitHub"], ("runs-on:", "runs_on:")),
        ("vendor.gitlab-ci", recipes()["GitLab"], ("codequality: paramlens.json", "codequality: [[1]]")),
    ],
)
def test_the_action_and_the_recipes_are_what_their_schemas_say(
    tmp_path: Path, schema: str, text: str, broken: tuple[str, str]
) -> None:
    file = tmp_path / "file.yml"
    file.write_text(text, "utf-8")
    done = accepted(schema, file)
    assert done.returncode == 0, done.stdout + done.stderr
    file.write_text(text.replace(*broken), "utf-8")
    assert accepted(schema, file).returncode == 1


def test_every_recipe_of_the_page_is_tested() -> None:
    assert set(recipes()) == {"GitHub", "GitLab", "pre-commit"}  # the last one in test_pre_commit.py


# ------------------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('optimizer = "adamw"\nbudgets = [{ model = "Net", max-params = "12M" }]', None),
        ('optimizer = "adm"', "must be one of"),
        ("batch-sizes = 3", '"batch-sizes" is not allowed'),
    ],
)
def test_an_editors_program_checks_the_settings_by_their_schema(
    tmp_path: Path, table: str, message: str | None
) -> None:
    (recipe,) = re.findall(r"```toml\n(\[\[schemas.*?)```", (ROOT / "docs" / "ci.md").read_text("utf-8"), re.DOTALL)
    schema = ROOT / "server" / "paramlens" / "settings.schema.json"
    (tmp_path / "tombi.toml").write_text(re.sub('path = ".*"', f'path = "{schema.as_posix()}"', recipe), "utf-8")
    (tmp_path / "pyproject.toml").write_text(f"[tool.other]\nfree = 1\n\n[tool.paramlens]\n{table}\n", "utf-8")
    command = [str(Path(sys.executable).with_name("tombi")), "lint", "--offline", "pyproject.toml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == (0 if message is None else 1), said
    assert (message or "linted successfully") in said
