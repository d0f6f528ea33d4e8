"""The whole action, its installation included, on a pull request and on pushes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from action_runner import Runner
from ci_recipes import ROOT

BEFORE = "import torch.nn as nn\n\nnet = nn.Linear(2, 2)\n"
AFTER = "import torch.nn as nn\n\nnet = nn.Linear(2, 3)  # paramlens: budget 1\n"
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT", "PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "PARAMLENS_CACHE_DIR": str(tmp_path / "results")}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def commit(work: Path, variables: dict[str, str], text: str) -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=work, env=variables, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    (work / "net.py").write_text(text, "utf-8")
    git("init", "--quiet")
    git("add", "net.py")
    git(*IDENTITY, "commit", "--quiet", "--message", "x")
    return git("rev-parse", "HEAD")


def runner(expressions: Path, tmp_path: Path, work: Path, event: dict[str, Any], **inputs: str) -> Runner:
    return Runner(expressions, tmp_path / "temporary", work, event, inputs)


def test_a_pull_request(expressions: Path, tmp_path: Path, work: Path, variables: dict[str, str]) -> None:
    base = commit(work, variables, BEFORE)
    commit(work, variables, AFTER)
    done = runner(expressions, tmp_path, work, {"pull_request": {"number": 7, "base": {"sha": base}}})
    done.run(variables)
    assert list(done.steps) == ["Install", "Compare", "Comment", "Check"]
    assert [step.returncode for step in done.steps.values()] == [0, 0, 0, 1], done.steps
    row = "| net.py::net | 6 | 9 | +3 |"
    comment = (done.temporary / "comment.md").read_text("utf-8")
    assert comment.startswith("<!-- paramlens diff -->\n")
    assert row in comment
    assert row in (done.temporary / "summary.md").read_text("utf-8")
    log = (done.temporary / "gh.log").read_text("utf-8")
    assert log.startswith("api --silent --method POST repos/owner/name/issues/7/comments ")
    assert done.steps["Check"].stdout.startswith("::error file=net.py,line=3,")


@pytest.mark.parametrize(("first", "inputs"), [(False, {}), (True, {}), (False, {"paths": "net.py\n", "base": ""})])
def test_a_push(
    expressions: Path, tmp_path: Path, work: Path, variables: dict[str, str], first: bool, inputs: dict[str, str]
) -> None:
    before = commit(work, variables, BEFORE)
    commit(work, variables, BEFORE + "other = nn.Linear(1, 1)\n")
    done = runner(expressions, tmp_path, work, {"before": "0" * 40 if first else before}, **inputs)
    program = tmp_path / "paramlens"
    program.write_text(f'#!/usr/bin/env bash\nexec "{sys.executable}" -m paramlens "$@"\n', "utf-8")
    program.chmod(0o755)
    done.run({**variables, "PYTHONPATH": str(ROOT / "server")}, str(program))
    assert list(done.steps) == ["Compare", "Check"]
    assert [step.returncode for step in done.steps.values()] == [0, 0], done.steps
    if first or inputs:
        assert done.steps["Compare"].stdout == "nothing to compare with\n"
    else:
        assert "| net.py::other | – | 2 | +2 (added) |" in (done.temporary / "summary.md").read_text("utf-8")
