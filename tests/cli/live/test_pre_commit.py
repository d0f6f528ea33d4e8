"""The hook, installed and run by pre-commit itself, as the recipe of docs/ci.md configures it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ci_recipes import ROOT, recipes

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
OVER = "from torch import nn\n\nnet = nn.Linear(10, 10)  # paramlens: budget 100\n"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "SKIP"))}
    cache = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), "PARAMLENS_CACHE_DIR": str(tmp_path / "results")}
    return {**kept, **cache, "GIT_CONFIG_GLOBAL": os.devnull, "PRE_COMMIT_COLOR": "never"}


def git(folder: Path, variables: dict[str, str], *arguments: str) -> str:
    command = ["git", *IDENTITY, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=variables).stdout.strip()


def published(folder: Path, variables: dict[str, str]) -> str:
    """A repository of the project as it stands here. Returns its commit."""
    files = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], check=True, capture_output=True, text=True)
    for name in filter(None, files.stdout.split("\0")):
        if (ROOT / name).is_file() and name.split("/")[0] not in ("tests", "vscode-client", "docs"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    git(folder, variables, "init", "--quiet")
    git(folder, variables, "add", "--all")
    git(folder, variables, "commit", "--quiet", "--message", "x")
    return git(folder, variables, "rev-parse", "HEAD")


def test_the_hook_finds_what_is_over_its_budget(tmp_path: Path, variables: dict[str, str]) -> None:
    source, work = tmp_path / "paramlens", tmp_path / "work"
    for folder in (source, work):
        folder.mkdir()
    commit = published(source, variables)
    recipe = recipes()["pre-commit"]
    assert recipe.count("https://github.com/OWNER/paramlens") == recipe.count("v0.1.0") == 1
    recipe = recipe.replace("https://github.com/OWNER/paramlens", source.as_uri()).replace("v0.1.0", commit)
    (work / ".pre-commit-config.yaml").write_text(recipe, "utf-8")
    (work / "net.py").write_text(OVER, "utf-8")
    (work / "empty.ipynb").write_text(NOTEBOOK, "utf-8")
    (work / "notes.txt").write_text("no Python\n", "utf-8")
    git(work, variables, "init", "--quiet")
    git(work, variables, "add", "--all")

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
        return subprocess.run(command, cwd=work, env=variables, capture_output=True, text=True, check=False)

    done = run()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "net.py:3:7: error [params-budget] net has 110 parameters" in done.stdout
    assert "1 problem in 2 files" in done.stdout
    (work / "net.py").write_text(OVER.replace("100", "1k"), "utf-8")
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
