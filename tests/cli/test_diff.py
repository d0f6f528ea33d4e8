"""`paramlens diff` on a small repository: what changed, in every form, and what goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from paramlens.cli.affected import affected
from paramlens.cli.commands import cli

MODEL = """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
        self.head = nn.Linear(16, 2)


net = Net()
"""
BLOCKS = "import torch.nn as nn\n\n\ndef block():\n    return nn.Linear(4, 4)\n"
USER = "import torch.nn as nn\n\nfrom parts.blocks import block\n\nstack = nn.Sequential(block(), nn.Linear(4, 1))\n"
OTHER = "import torch.nn as nn\n\nlone = nn.Linear(3, 3)\n"
FILES = {"net.py": MODEL, "parts/__init__.py": "", "parts/blocks.py": BLOCKS, "user.py": USER, "other.py": OTHER}


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, "utf-8")


def commit() -> str:
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")
    return git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def _repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    top = tmp_path / "a ü b"
    top.mkdir()
    monkeypatch.chdir(top)
    git("init", "--quiet", "--initial-branch", "main")
    for name, text in FILES.items():
        write(name, text)
    commit()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["diff", *arguments])


def found(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    models: list[dict[str, Any]] = json.loads(result.stdout)["models"]
    return models


# ------------------------------------------------------------------------------------------------------- what changed


def test_nothing_changed() -> None:
    assert found("HEAD") == []
    assert run("HEAD").stdout == "No model changed.\n"
    assert run("HEAD", "--exit-code").exit_code == 0


@pytest.mark.parametrize("committed", [False, True])
def test_a_changed_model_with_its_parts(committed: bool) -> None:
    before = git("rev-parse", "HEAD")
    write(
        "net.py", MODEL.replace("nn.Linear(8, 16)", "nn.Linear(8, 32)").replace("nn.Linear(16, 2)", "nn.Linear(32, 2)")
    )
    revisions = (before, commit()) if committed else ("HEAD",)
    (model,) = found(*revisions)
    assert (model["path"], model["name"], model["change"]) == ("net.py", "net", "changed")
    assert model["before"]["total"] == 8 * 16 + 16 + 16 * 2 + 2
    assert model["after"]["total"] == 8 * 32 + 32 + 32 * 2 + 2
    assert model["difference"]["total"] == 176
    assert model["difference"]["trainable"] == 176
    assert model["difference"]["bytes"] == 4 * 176
    assert [(part["name"], part["difference"]) for part in model["layers"]] == [
        ("encoder", 144), ("encoder.0", 144), ("head", 32),
    ]  # fmt: skip


def test_between_two_revisions_the_working_tree_is_not_seen() -> None:
    before = git("rev-parse", "HEAD")
    write("net.py", MODEL.replace("16, 2", "16, 3"))
    after = commit()
    write("net.py", MODEL.replace("16, 2", "16, 999"))
    write("parts/blocks.py", BLOCKS.replace("4, 4", "4, 999"))
    (model,) = found(before, after)
    assert model["difference"]["total"] == 17


def test_models_that_come_and_go() -> None:
    Path("other.py").unlink()
    write("new.py", "import torch.nn as nn\n\nfresh = nn.Linear(9, 9)\n")
    models = {model["name"]: model for model in found("HEAD")}
    assert set(models) == {"fresh", "lone"}
    assert (models["fresh"]["change"], models["fresh"]["before"]) == ("added", None)
    assert models["fresh"]["difference"]["total"] == 90
    assert (models["lone"]["change"], models["lone"]["after"]) == ("removed", None)
    assert models["lone"]["difference"]["total"] == -12


@pytest.mark.parametrize("committed", [False, True])
def test_a_change_in_an_imported_module_alone(committed: bool) -> None:
    before = git("rev-parse", "HEAD")
    write("parts/blocks.py", BLOCKS.replace("nn.Linear(4, 4)", "nn.Linear(4, 4, bias=False)"))
    revisions = (before, commit()) if committed else ("HEAD",)
    (model,) = found(*revisions)
    assert (model["path"], model["name"]) == ("user.py", "stack")
    assert (model["before"]["total"], model["after"]["total"]) == (25, 21)
    assert [(part["name"], part["difference"]) for part in model["layers"]] == [("0", -4)]


def test_a_module_that_another_one_hands_on() -> None:
    write("parts/__init__.py", "from .blocks import block\n")
    write("user.py", USER.replace("parts.blocks", "parts"))
    commit()
    write("parts/blocks.py", BLOCKS.replace("4, 4", "4, 5").replace("return", "return"))
    (model,) = found("HEAD")
    assert (model["name"], model["after"]["total"]) == ("stack", 30)


def test_an_import_that_an_earlier_revision_cannot_resolve() -> None:
    git("rm", "--quiet", "--cached", "parts/blocks.py")
    git("commit", "--quiet", "--message", "gone")
    (model,) = found("HEAD")
    assert model["name"] == "stack"
    assert model["before"] is None or model["before"]["total"] is None
    assert model["after"]["total"] == 25
    assert model["difference"]["total"] is None
    assert model["reason"].startswith("before: ")


def test_a_renamed_file_keeps_its_models() -> None:
    before = git("rev-parse", "HEAD")
    git("mv", "net.py", "network.py")
    write("network.py", MODEL.replace("16, 2", "16, 3"))
    after = commit()
    (model,) = found(before, after)
    assert (model["change"], model["path_before"], model["path"]) == ("changed", "net.py", "network.py")
    assert model["difference"]["total"] == 17


def test_a_file_that_only_moves() -> None:
    git("mv", "net.py", "network.py")
    (model,) = found("HEAD")
    assert (model["change"], model["difference"]["total"], model["layers"]) == ("moved", 0, [])
    assert "net.py → network.py::net" in run("HEAD").stdout


def test_lines_that_move_change_nothing() -> None:
    write("net.py", "# a comment\n\n" + MODEL)
    write("user.py", "import os\n" + USER + "size = int(os.environ['N'])\nopen_end = nn.Linear(size, 2)\n")
    commit()
    write("user.py", "\n\n\nimport os\n" + USER + "size = int(os.environ['N'])\nopen_end = nn.Linear(size, 2)\n")
    assert found("HEAD") == []


def test_a_count_that_is_not_exact_has_no_difference() -> None:
    write("other.py", "import os\nimport torch.nn as nn\n\nwidth = int(os.environ['W'])\nlone = nn.Linear(3, width)\n")
    (model,) = found("HEAD")
    assert model["before"]["total"] == 12
    assert model["after"]["total"] is None
    assert model["after"]["status"] != "exact"
    assert model["difference"] == dict.fromkeys(("total", "trainable", "non_trainable", "bytes", "macs"))
    assert model["reason"].startswith("after: ")
    assert "difference not known" in run("HEAD").stdout


@pytest.mark.parametrize(
    "text",
    ["import torch.nn as nn\n\nlone = nn.Linear(3, \n", "import torch.nn as nn\n\nlone = made_elsewhere(3)\n"],
)
def test_a_model_that_is_lost_is_not_called_removed(text: str) -> None:
    write("other.py", text)
    (model,) = found("HEAD")
    assert model["change"] == "not known"
    assert model["difference"]["total"] is None
    assert model["reason"].startswith("after: ")


def test_models_of_calls() -> None:
    classes = MODEL.replace("net = Net()\n", "").replace("(self)", "(self, size)")
    write("net.py", classes)
    commit()
    write("net.py", classes.replace("16, 2", "16, 3"))
    assert found("HEAD") == []
    (model,) = found("HEAD", "--call", "Net(1)")
    assert (model["name"], model["difference"]["total"]) == ("Net(1)", 17)


def test_classes_that_need_no_arguments_are_counted_where_the_file_makes_none() -> None:
    classes = MODEL.replace("net = Net()\n", "class Plain(dict):\n    def __init__(self):\n        self.x = 1\n")
    write("net.py", classes)
    commit()
    write("net.py", classes.replace("16, 2", "16, 3").replace("self.x = 1", "self.x = 2"))
    (model,) = found("HEAD")
    assert (model["name"], model["change"], model["difference"]["total"]) == ("Net()", "changed", 17)


def test_a_class_that_needs_an_argument_by_now_is_not_called_removed() -> None:
    classes = MODEL.replace("net = Net()\n", "")
    write("net.py", classes)
    commit()
    write("net.py", classes.replace("(self)", "(self, size)").replace("16, 2", "16, size"))
    (model,) = found("HEAD")
    assert (model["name"], model["difference"]["total"]) == ("Net()", None)
    assert model["reason"].startswith("after: ")


def test_a_notebook() -> None:
    def notebook(width: int) -> str:
        source = f"import torch.nn as nn\nm = nn.Linear(2, {width})\n"
        cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    write("book.ipynb", notebook(2))
    commit()
    write("book.ipynb", notebook(4))
    (model,) = found("HEAD")
    assert (model["path"], model["difference"]["total"]) == ("book.ipynb", 6)


def test_paths_and_folders_narrow_it_down(monkeypatch: pytest.MonkeyPatch) -> None:
    write("net.py", MODEL.replace("16, 2", "16, 3"))
    write("parts/blocks.py", BLOCKS + "\n\nmine = nn.Linear(1, 1)\n")
    assert {model["name"] for model in found("HEAD")} == {"net", "mine"}
    assert [model["name"] for model in found("HEAD", "parts")] == ["mine"]
    monkeypatch.chdir("parts")
    assert [model["name"] for model in found("HEAD", "../net.py")] == ["net"]


# -------------------------------------------------------------------------------------------------------------- forms


def test_the_table() -> None:
    write("net.py", MODEL.replace("16, 2", "16, 3"))
    result = run("HEAD", "--exit-code")
    assert result.exit_code == 1
    assert "net.py::net\n" in result.stdout
    assert "178 → 195 parameters (+17, +9.6%)" in result.stdout
    (row,) = [line.split() for line in result.stdout.splitlines() if line.strip().startswith("head")]
    assert row == ["head:", "Linear", "34", "51", "+17"]


def test_markdown_and_the_summary_of_a_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write("net.py", MODEL.replace("16, 2", "16, 3"))
    assert run("HEAD", "--summary").exit_code == 0
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    result = run("HEAD", "--format", "markdown", "--summary")
    lines = result.stdout.splitlines()
    assert "| net.py::net | 178 | 195 | +17 |" in lines
    assert "| head: Linear | 34 | 51 | +17 |" in lines
    assert summary.read_text("utf-8") == "before\n" + result.stdout
    run("HEAD", "--format", "markdown")
    assert summary.read_text("utf-8") == "before\n" + result.stdout


def test_markdown_sees_no_marks_in_names() -> None:
    write("a|b.py", "import torch.nn as nn\n\n_x_ = nn.Linear(1, 1)\n")
    lines = run("HEAD", "--format", "markdown").stdout.splitlines()
    assert r"| a\|b.py::\_x\_ | – | 2 | +2 (added) |" in lines


# ------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "arguments", [("nowhere",), ("HEAD", "nowhere"), ("--", "-x"), ("HEAD", "HEAD", "nowhere"), ("",)]
)
def test_one_line_for_what_is_not_there(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("paramlens: ")


def test_a_name_that_is_both() -> None:
    git("branch", "parts")
    result = run("HEAD", "parts")
    assert result.exit_code == 2
    assert "both a revision and a path" in result.stderr
    assert run("HEAD", "./parts").exit_code == 0
    assert run("HEAD", "heads/parts").exit_code == 0


def test_no_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("HEAD")
    assert result.exit_code == 2
    assert result.stderr.startswith("paramlens: not a git repository")


def test_no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = run("HEAD")
    assert (result.exit_code, result.stderr) == (2, "paramlens: git is not installed\n")


def test_a_file_that_is_not_source_is_told_and_the_others_are_compared() -> None:
    Path("other.py").write_bytes(b"# coding: nothing-known\nx = 1\n")
    write("net.py", MODEL.replace("16, 2", "16, 3"))
    result = run("HEAD", "--format", "json")
    assert result.exit_code == 2
    assert {model["name"]: model["change"] for model in json.loads(result.stdout)["models"]} == {
        "net": "changed", "lone": "not known",
    }  # fmt: skip
    assert "other.py (working tree): not analysed" in result.stderr


def test_the_tree_is_left_alone() -> None:
    write("net.py", MODEL.replace("16, 2", "16, 3"))
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*") if path.is_file()}
    run("HEAD")
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*") if path.is_file()} == before


# ----------------------------------------------------------------------------------------------------- affected files


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from parts.blocks import block", True),
        ("from parts import (\n    a,\n    blocks,\n)", True),
        ("from parts import a, \\\n    blocks", True),
        ("import parts.blocks as b", True),
        ("import importlib\nm = importlib.import_module(f'parts.{n}')", True),
        ("blocks = 3", False),
    ],
)
def test_which_files_may_be_concerned(text: str, expected: bool) -> None:
    assert affected(["parts/blocks.py"], ["user.py"], {"user.py": text}.get) == (["user.py"] if expected else [])
