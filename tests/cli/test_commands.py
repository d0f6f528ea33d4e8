"""The command line, over an analyzer that only knows `Linear(a, b)`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from paramlens.cli import workers
from paramlens.cli.commands import cli
from paramlens.jobs import ANALYZER_VARIABLE

HERE = Path(__file__).parent
LINEAR = "net = Linear(3, 4)\n"


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ANALYZER_VARIABLE, "stub_analyzer:analyze")
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def write(path: str, text: str) -> str:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return path


def count_json(*arguments: str) -> dict[str, Any]:
    found = json.loads(run("count", *arguments, "--format", "json").stdout)
    assert isinstance(found, dict)
    return found


def test_count_prints_layers_and_models() -> None:
    result = run("count", write("model.py", LINEAR))
    assert result.exit_code == 0
    assert "model.py" in result.stdout
    assert "net: Linear, line 1" in result.stdout
    assert "16 parameters · 16 trainable · 0 not trainable" in result.stdout


def test_count_says_why_it_does_not_know() -> None:
    result = run("count", write("model.py", "x = Linear(width, 4)\n"))
    assert "? the argument has no known value: width" in result.stdout


def test_count_as_json() -> None:
    found = count_json(write("model.py", LINEAR))
    assert found["schema"] == "paramlens/1"
    (file,) = found["files"]
    assert file["path"] == "model.py"
    assert [site["counts"] for site in file["sites"]] == [[16]]
    assert file["models"][0]["total"] == 16


def test_calls_are_models() -> None:
    (file,) = count_json(write("model.py", LINEAR), "--call", "Net(3)", "--call", "Net(4)")["files"]
    assert [(model["name"], model["total"]) for model in file["models"]] == [
        ("net", 16),
        ("Net(3)", 7),
        ("Net(4)", 7),
    ] or [model["name"] for model in file["models"]] == ["Net(3)", "Net(4)", "net"]


def test_timing_is_told_beside_the_answer() -> None:
    result = run("count", write("model.py", LINEAR), "--timing")
    assert "model.py: " in result.stderr
    assert "seconds" in count_json("model.py", "--timing")["files"][0]


def test_a_folder_gives_all_its_python_that_is_not_excluded() -> None:
    for path in ("a/one.py", "a/b/two.py", "a/build/no.py", "a/.hidden/no.py", "a/env/no.py", "a/old/no.py", "a/x.txt"):
        write(path, LINEAR)
    write("a/env/pyvenv.cfg", "")
    write("pyproject.toml", '[tool.paramlens]\nexclude = ["old/**"]\n')
    write("a/pyproject.toml", '[tool.paramlens]\nexclude = ["old/**"]\n')
    files = count_json("a")["files"]
    assert [file["path"] for file in files] == [os.path.join("a", "one.py"), os.path.join("a", "b", "two.py")]
    assert all(file["sites"][0]["counts"] == [16] for file in files)


def test_a_named_file_is_analysed_even_when_it_is_excluded() -> None:
    assert count_json(write("build/named.py", LINEAR))["files"][0]["sites"]


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("missing.py", None, "missing.py: no such file or folder"),
        ("empty", ..., "empty: no Python files"),
        ("notes.txt", b"", "notes.txt: neither Python source nor a notebook"),
        ("latin.py", b"x = '\xe9'\n", "latin.py: not readable as Python source"),
        (
            "coding.py",
            b"# coding: klingon\n",
            "coding.py: not readable as Python source: line 1: unknown encoding",
        ),
        ("bad.ipynb", b"{", "bad.ipynb: not a notebook"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_the_rest_is_counted(path: str, text: Any, message: str) -> None:
    if text is ...:
        Path(path).mkdir()
    elif text is not None:
        Path(path).write_bytes(text)
    result = run("count", path, write("good.py", LINEAR), "--format", "json")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"paramlens: {message}")
    assert [f["path"] for f in json.loads(result.stdout)["files"] if f["sites"]] == ["good.py"]


def test_usage_errors() -> None:
    assert run("count").exit_code == 2
    assert run("count", write("model.py", LINEAR), "--python", "nowhere").exit_code == 2
    assert run("count", "model.py", "--format", "xml").exit_code == 2


@pytest.mark.parametrize("word", ["CRASH", "RAISE", "MEMORY", "HANG"])
def test_a_file_that_breaks_the_analysis_takes_no_other_down(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "TIME_LIMIT", 4.0)
    paths = [write("a.py", LINEAR), write("b.py", f"# {word}\n"), write("c.py", LINEAR)]
    result = run("count", *paths, "--format", "json")
    assert result.exit_code == 2
    assert result.stderr.startswith("paramlens: b.py: not analysed: ")
    assert len(result.stderr.splitlines()) == 1
    files = json.loads(result.stdout)["files"]
    assert [len(file["sites"]) for file in files] == [1, 0, 1]
    assert files[1]["problems"][0]["rule"] == "analysis-failed"


def test_check_prints_one_line_for_each_problem() -> None:
    result = run("check", write("model.py", "x = Linear(3, 4)  # MISMATCH\n"), "--format", "concise")
    assert result.exit_code == 1
    assert result.stdout == (
        "model.py:1:5: error [shape-mismatch] Linear expects 3 features, got 4\n1 problem in 1 file\n"
    )


def test_check_knows_budgets_and_settings() -> None:
    write("pyproject.toml", '[tool.paramlens]\noptimiser = "x"\n[[tool.paramlens.budgets]]\nmax-params = 10\n')
    result = run("check", write("model.py", LINEAR), "--format", "concise")
    assert result.exit_code == 1
    first, second, _ = result.stdout.splitlines()
    assert first.startswith("model.py:1:7: error [params-budget] net has 16 parameters, 6 (60%) over its budget of 10")
    assert "pyproject.toml:2:1: warning [settings] unknown setting optimiser" in second


def test_check_without_problems() -> None:
    result = run("check", write("model.py", LINEAR))
    assert (result.exit_code, result.stdout) == (0, "0 problems in 1 file\n")


def test_check_for_github() -> None:
    result = run("check", write("a,b.py", "x = Linear(3, 4)  # MISMATCH\n"), "--format", "github")
    assert result.stdout == (
        "::error file=a%2Cb.py,line=1,endLine=1,col=5,endColumn=17,title=paramlens shape-mismatch"
        "::Linear expects 3 features, got 4\n"
    )


def test_check_as_json() -> None:
    result = run("check", write("model.py", "x = Linear(3, 4)  # MISMATCH\n"), "--format", "json")
    assert json.loads(result.stdout)["files"][0]["problems"][0]["rule"] == "shape-mismatch"


def test_notebooks_name_cells() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["Linear(1, 1)"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1"]},
        {"cell_type": "code", "source": ["!pip install x\n", "net = Linear(3, 4)  # MISMATCH"]},
    ]
    write("book.ipynb", json.dumps({"cells": cells}))
    (file,) = count_json("book.ipynb")["files"]
    assert [(site["cell"], site["line"], site["column"], site["counts"]) for site in file["sites"]] == [(3, 2, 7, [16])]
    assert run("check", "book.ipynb").stdout.startswith("book.ipynb:cell 3:2:7: error [shape-mismatch]")
    assert "cell 3 line 2" in run("count", "book.ipynb").stdout


def test_the_version() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("paramlens ")


def _python(*arguments: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    import paramlens

    source = str(Path(next(iter(paramlens.__path__))).parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([source, str(HERE)]), **extra}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_never_imports_the_server() -> None:
    heavy = ("pygls", "lsprotocol", "rich", "pathspec", "asyncio", "libcst", "subprocess")
    code = (
        "import sys; from paramlens.cli.commands import cli; "
        f"print(sorted(name for name in sys.modules if name.split('.')[0] in {heavy}))"
    )
    result = _python("-c", code, folder=Path.cwd())
    assert result.stdout == "[]\n", result.stderr


def test_the_code_in_the_current_folder_is_never_imported() -> None:
    for name in ("click", "json", "pathspec", "rich", "tomllib", "socket", "resource", "pickle", "attr", "difflib"):
        write(f"{name}.py", "raise SystemExit('imported')\n")
    write("a.py", LINEAR)
    write("b.py", LINEAR)
    result = _python("-m", "paramlens", "count", "a.py", "b.py", folder=Path.cwd())
    assert result.returncode == 0, result.stderr
    assert "net: Linear" in result.stdout
