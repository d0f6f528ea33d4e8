"""The GitHub Action's scripts, run by bash with programs in place of pip, gh and Paramlens; the pre-commit hook."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from paramlens.cli.commands import cli

ROOT = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
BEFORE = "import torch.nn as nn\n\nnet = nn.Linear(2, 2)\n"
AFTER = "import torch.nn as nn\n\nnet = nn.Linear(2, 3)  # paramlens: budget 1\n"

pytestmark = pytest.mark.skipif(not shutil.which("bash") or os.name == "nt", reason="the scripts are for bash")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """A repository with two commits, and what a runner sets."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    programs = tmp_path / "bin"
    programs.mkdir()
    _program(programs / "gh", f'printf "%s\\n" "$*" >> "{tmp_path}/gh.log"\n[[ "$*" != *--jq* ]] || echo "$KNOWN"\n')
    _program(programs / "paramlens", f'exec "{sys.executable}" -m paramlens "$@"\n')
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    found = {
        **kept,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "server"),
        "PARAMLENS_CACHE_DIR": str(tmp_path / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "PARAMLENS": str(programs / "paramlens"),
        "ENVIRONMENT": "",
        "KNOWN": "",
    }
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    subprocess.run(["git", "init", "--quiet"], check=True, env=found)
    for text in (BEFORE, AFTER):
        Path("net.py").write_text(text, "utf-8")
        subprocess.run(["git", "add", "."], check=True, env=found)
        subprocess.run(["git", *identity, "commit", "--quiet", "-m", "x"], check=True, env=found)
    found["BASE"] = subprocess.check_output(["git", "rev-parse", "HEAD~1"], env=found, text=True).strip()
    return found


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/usr/bin/env bash\n{script}", "utf-8")
    path.chmod(0o755)


def step(name: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_no_expression_is_pasted_into_a_script() -> None:
    for one in STEPS.values():
        assert "${{" not in one["run"]


def test_every_input_is_used_and_documented() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    assert set(re.findall(r"inputs\.(\w+)", text)) == set(ACTION["inputs"])
    assert all(f"| `{name}` |" in page for name in ACTION["inputs"])


def test_a_comparison_is_kept_for_the_comment_and_the_summary(environment: dict[str, str], tmp_path: Path) -> None:
    done = step("Compare", environment)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "paramlens-diff.md").read_text("utf-8")
    assert text.startswith("<!-- paramlens diff -->\n")
    assert "| net.py::net | 6 | 9 | +3 |" in text
    assert "| net.py::net | 6 | 9 | +3 |" in (tmp_path / "summary.md").read_text("utf-8")
    assert "changed=true" in (tmp_path / "output").read_text("utf-8").splitlines()


def test_nothing_changed(environment: dict[str, str], tmp_path: Path) -> None:
    done = step("Compare", {**environment, "BASE": "HEAD"})
    assert done.returncode == 0, done.stderr
    assert "changed=false" in (tmp_path / "output").read_text("utf-8").splitlines()


@pytest.mark.parametrize("base", ["", "0" * 40])
def test_nothing_to_compare_with(environment: dict[str, str], tmp_path: Path, base: str) -> None:
    done = step("Compare", {**environment, "BASE": base})
    assert (done.returncode, done.stdout) == (0, "nothing to compare with\n")
    assert not (tmp_path / "output").exists()


def test_a_base_that_cannot_be_fetched_is_a_warning(environment: dict[str, str]) -> None:
    done = step("Compare", {**environment, "BASE": "1" * 40})
    assert done.returncode == 0
    assert done.stdout.startswith("::warning ")


@pytest.mark.parametrize(
    ("known", "changed", "expected"),
    [
        ("", "true", "--method POST repos/o/r/issues/7/comments"),
        ("42", "true", "--method PATCH repos/o/r/issues/comments/42"),
        ("42", "false", "--method PATCH repos/o/r/issues/comments/42"),
        ("", "false", None),
    ],
)
def test_the_comment_is_written_once_and_edited(
    environment: dict[str, str], tmp_path: Path, known: str, changed: str, expected: str | None
) -> None:
    values = {"FILE": "diff.md", "CHANGED": changed, "REPOSITORY": "o/r", "NUMBER": "7", "KNOWN": known}
    done = step("Comment", {**environment, **values})
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "gh.log").read_text("utf-8").splitlines()[1:]
    assert calls == ([f"api --silent {expected} --field body=@diff.md"] if expected else [])


def test_the_check_annotates_and_fails(environment: dict[str, str]) -> None:
    done = step("Check", {**environment, "PATHS": "net.py\n"})
    assert done.returncode == 1
    assert done.stdout.startswith("::error ")


def test_the_hook_names_a_command_and_files_that_it_takes() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["id"] in (ROOT / "docs" / "ci.md").read_text("utf-8")
    program, *arguments = hook["entry"].split()
    assert program == "paramlens"
    assert CliRunner().invoke(cli, [*arguments, "--help"]).exit_code == 0
    assert [bool(re.search(hook["files"], name)) for name in ("a/b.py", "c.ipynb", "d.pyi", "e.pyc")] == [
        True, True, False, False,
    ]  # fmt: skip
