"""`paramlens check`: its forms, the baseline, standard input, watching."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from paramlens.cli import workers
from paramlens.cli.commands import cli
from paramlens.cli.findings import Finding
from paramlens.cli.formats import NAMES, written
from paramlens.facts import Problem
from paramlens.isolation import start_worker
from paramlens.values import Place
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

MODEL = """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
        self.spare = nn.Linear(4, 4)

    def forward(self, x):
        return self.body(x)


net = Net()  # paramlens: budget 100
"""


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.py").write_text(MODEL, "utf-8")


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["check", *arguments], input=text)


def rules(result: Result) -> list[str]:
    return [problem["rule"] for file in json.loads(result.stdout)["files"] for problem in file["problems"]]


def finding(message: str, path: str = "model.py", severity: str = "error") -> Finding:
    return Finding(path, Problem("some-rule", severity, Place("/p/model.py", 2, 3, 2, 5), message), None, "Net")


# --------------------------------------------------------------------------------------------------------------- forms


def test_the_full_form_shows_the_source_and_what_is_related() -> None:
    result = run("model.py")
    assert result.exit_code == 1
    blocks = result.stdout.split("\n\n")
    assert blocks[0] == (
        "model.py:7:35: information [redundant-bias] the bias of this Conv2d does nothing before BatchNorm2d (line 7): "
        "bias=False saves 8 parameters\n"
        "  7 |         self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))\n"
        "    |                                   ^^^^^^^^^^^^^^^^^^\n"
        "  note: line 7: BatchNorm2d takes the mean away"
    )
    assert "  note: line 7: Conv2d: 224 (86.2%)" in blocks[2].split("\n")
    assert blocks[-1] == "3 problems in 1 file\n"


def test_tabs_and_wide_characters_stand_above_their_marks() -> None:
    Path("wide.py").write_text("import torch.nn as nn\nif 1:\n\tx = '幅', nn.Conv2d(1, 1, 1, groups=2)\n", "utf-8")
    for line in run("wide.py").stdout.split("\n"):
        assert "\t" not in line


@pytest.mark.parametrize("form", NAMES)
def test_every_form_of_no_problems_and_its_status(form: str) -> None:
    Path("fine.py").write_text("x = 1\n", "utf-8")
    result = run("fine.py", "--format", form)
    assert result.exit_code == 0
    assert result.stderr == ""


def test_sarif_is_valid_and_says_where_and_what() -> None:
    result = run("model.py", "--format", "sarif")
    document = json.loads(result.stdout)
    Sarif.model_validate(document)
    (found,) = [one for one in document["runs"][0]["results"] if one["ruleId"] == "unused-layer"]
    region = found["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 8, "startColumn": 22, "endLine": 8, "endColumn": 37}
    assert found["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "Net.__init__.self.spare"}]
    assert found["level"] == "warning"
    assert document["runs"][0]["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == "unused-layer"


@pytest.mark.parametrize("path", ["a b/ü#.py", "/tmp/x y.py", "../other.py"])
def test_sarif_of_strange_names_is_valid(path: str) -> None:
    Sarif.model_validate(json.loads(written("sarif", [finding("a\nb\ud800", path)], 1)))


def test_what_is_not_sarif_is_not_valid() -> None:
    document = json.loads(written("sarif", [finding("text")], 1))
    document["runs"][0]["results"][0]["place"] = "here"
    with pytest.raises(ValidationError):
        Sarif.model_validate(document)


def test_github_commands_are_escaped() -> None:
    text = written("github", [finding("50% of\r\nit: a, b", "a:b,c%.py", "hint")], 1)
    assert text == (
        "::notice file=a%3Ab%2Cc%25.py,line=2,endLine=2,col=3,endColumn=5,title=paramlens some-rule"
        "::50%25 of%0D%0Ait: a, b"
    )


@pytest.mark.parametrize("path", [".", "./model.py", "model.py"])
def test_files_are_named_as_in_the_repository(path: str) -> None:
    lines = run(path, "--format", "github").stdout.splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        "::notice file=model.py", "::warning file=model.py", "::error file=model.py",
    ]  # fmt: skip
    assert {case.get("classname") for case in ET.fromstring(run(path, "--format", "junit").stdout)[0]} == {"model.py"}


def test_gitlab_entries_have_what_gitlab_asks_for() -> None:
    entries: list[dict[str, Any]] = json.loads(run("./model.py", "--format", "gitlab").stdout)
    assert [entry["check_name"] for entry in entries] == ["redundant-bias", "unused-layer", "params-budget"]
    assert [entry["severity"] for entry in entries] == ["info", "minor", "major"]
    assert {entry["location"]["path"] for entry in entries} == {"model.py"}
    assert [entry["location"]["lines"]["begin"] for entry in entries] == [7, 8, 14]
    assert len({entry["fingerprint"] for entry in entries}) == 3
    assert all(entry["description"] for entry in entries)


def test_gitlab_fingerprints_stay_when_lines_move() -> None:
    before = json.loads(run("model.py", "--format", "gitlab").stdout)
    Path("model.py").write_text("# one\n# two\n" + MODEL, "utf-8")
    after = json.loads(run("model.py", "--format", "gitlab").stdout)
    assert [entry["fingerprint"] for entry in before] == [entry["fingerprint"] for entry in after]


def test_junit_parses_and_fails_for_errors_alone() -> None:
    tree = ET.fromstring(run("model.py", "--format", "junit").stdout)
    (suite,) = tree.findall("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert [case.get("name") for case in suite if case.find("failure") is not None] == ["params-budget: net"]


def test_junit_of_what_no_xml_may_hold_parses() -> None:
    tree = ET.fromstring(written("junit", [finding("<&\x00\ud800>]]>", 'a"<.py')], 1))
    assert tree.find(".//testcase[@classname='a\"<.py']") is not None


# ------------------------------------------------------------------------------------------------------------ baseline


def test_known_findings_are_left_out_wherever_they_moved() -> None:
    assert run("model.py", "--write-baseline", "known.json").exit_code == 0
    Path("model.py").write_text("\n\n" + MODEL.replace("        super()", "        # here\n        super()"), "utf-8")
    result = run("model.py", "--baseline", "known.json", "--format", "json")
    assert (result.exit_code, rules(result)) == (0, [])


def test_new_findings_are_told() -> None:
    run("model.py", "--write-baseline", "known.json")
    more = MODEL.replace("nn.BatchNorm2d(8))", "nn.BatchNorm2d(8), nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8))")
    Path("model.py").write_text(more + "other = nn.Linear(99, 99)  # paramlens: budget 1k\n", "utf-8")
    result = run("model.py", "--baseline", "known.json", "--format", "json")
    assert (result.exit_code, rules(result)) == (1, ["redundant-bias", "params-budget"])


def test_a_baseline_holds_wherever_the_check_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run("model.py", "--write-baseline", "known.json")
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert run("../model.py", "--baseline", "../known.json").stdout == "0 problems in 1 file\n"


@pytest.mark.parametrize("content", [None, "", "[]", '{"schema": "paramlens-baseline/1", "findings": [{"path": 1}]}'])
def test_what_is_no_baseline_is_refused(content: str | None) -> None:
    if content is not None:
        Path("known.json").write_text(content, "utf-8")
    result = run("model.py", "--baseline", "known.json")
    assert result.exit_code == 2
    assert result.stderr.startswith("paramlens: known.json: ")


# ---------------------------------------------------------------------------------------------------- status and input


def test_errors_fail_unless_they_are_not_to() -> None:
    assert run("model.py").exit_code == 1
    assert run("model.py", "--exit-zero").exit_code == 0
    assert run("missing.py", "--exit-zero").exit_code == 2


def test_standard_input_stands_for_a_file() -> None:
    Path("pyproject.toml").write_text('[tool.paramlens.rules]\nunused-layer = "error"\n', "utf-8")
    result = run("-", "--stdin-filename", "other.py", "--format", "json", text=MODEL)
    (file,) = json.loads(result.stdout)["files"]
    assert file["path"] == "other.py"
    assert [p["severity"] for p in file["problems"]] == ["information", "error", "error"]


def test_as_many_files_at_a_time_as_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(workers, "start_worker", lambda: started.append(1) or start_worker())
    for name in "abc":
        Path(f"{name}.py").write_text("x = 1\n", "utf-8")
    assert run("a.py", "b.py", "c.py", "--jobs", "1", "--no-cache").stdout == "0 problems in 3 files\n"
    assert len(started) == 1
    assert run("a.py", "--jobs", "0").exit_code == 2


def test_the_nearest_settings_win() -> None:
    Path("pyproject.toml").write_text('[tool.paramlens.rules]\nunused-layer = "off"\n', "utf-8")
    Path("inner").mkdir()
    Path("inner/model.py").write_text(MODEL, "utf-8")
    Path("inner/pyproject.toml").write_text('[tool.paramlens.rules]\nredundant-bias = "off"\n', "utf-8")
    files = json.loads(run(".", "--format", "json").stdout)["files"]
    found = {file["path"]: [problem["rule"] for problem in file["problems"]] for file in files}
    assert found["./model.py"] == ["redundant-bias", "params-budget"]
    assert found["./inner/model.py"] == ["unused-layer", "params-budget"]


@pytest.mark.parametrize("arguments", [["-", "--watch"], ["model.py", "--stdin-filename", "x.py"]])
def test_options_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    assert run(*arguments, text=MODEL).exit_code == 2


def test_watching_checks_again_when_a_file_changes() -> None:
    import paramlens

    source = str(Path(next(iter(paramlens.__path__))).parent)
    command = [sys.executable, "-m", "paramlens", "check", "model.py", "--format", "concise", "--watch"]
    environment = {**os.environ, "PYTHONPATH": source, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            assert _until_summary(process.stdout) == "3 problems in 1 file\n"
            time.sleep(0.1)
            Path("model.py").write_text(MODEL.replace("  # paramlens: budget 100", ""), "utf-8")
            assert _until_summary(process.stdout) == "2 problems in 1 file\n"
        finally:
            process.kill()


def _until_summary(stream: Any) -> str:
    for line in stream:
        if " problems in " in line:
            return str(line)
    return ""


# ------------------------------------------------------------------------------------------------------------ listings


def test_rules_and_layers_are_listed() -> None:
    runner = CliRunner()
    names = [line.split()[0] for line in runner.invoke(cli, ["rules"]).stdout.splitlines()]
    assert {"redundant-bias", "shape-mismatch", "settings"} <= set(names)
    assert [rule["name"] for rule in json.loads(runner.invoke(cli, ["rules", "--format", "json"]).stdout)] == names[:-2]
    layers = json.loads(runner.invoke(cli, ["layers", "--format", "json"]).stdout)
    assert {"keras.layers.Dense", "torch.nn.Linear"} <= {layer["name"] for layer in layers}
    assert "torch.nn.Linear" in runner.invoke(cli, ["layers"]).stdout


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("model.py:8", "Linear: 20 parameters"),
        ("model.py:7:55", "BatchNorm2d: 16 parameters"),
        ("nn.Linear(3, 4)", "out_features · in_features + out_features = 4·3 + 4"),
        ("layers.Dense(4)(keras.Input((3,)))", "in_features · units + units = 3·4 + 4"),
    ],
)
def test_a_count_is_explained(target: str, text: str) -> None:
    result = CliRunner().invoke(cli, ["explain", target])
    assert result.exit_code == 0
    assert text in result.stdout


@pytest.mark.parametrize("target", ["model.py:1", "1 +", "1 + 1"])
def test_what_makes_no_layer_is_not_explained(target: str) -> None:
    result = CliRunner().invoke(cli, ["explain", target])
    assert result.exit_code == 2
    assert result.stderr.startswith("paramlens: ")
