"""Any bytes in, a report out: no traceback, no hang, and what is sound in the file and in others is still reported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hostile_programs import AFTER, BEFORE, FRAGMENTS, PROGRAMS
from hostile_shapes import AROUND, WIDE

SERVER = Path(__file__).resolve().parent.parent / "server"
LONGEST = 15.0
"""Seconds for one file on a busy machine; an idle one needs about a tenth."""


class Printed:
    """What `paramlens` printed, and its exit status."""

    def __init__(self, *arguments: str) -> None:
        found = subprocess.run(
            [sys.executable, "-m", "paramlens", *arguments],
            env={**os.environ, "PYTHONPATH": str(SERVER)},
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self.status, self.out, self.errors = found.returncode, found.stdout, found.stderr
        assert "Traceback" not in self.out + self.errors, self.errors

    @property
    def files(self) -> dict[str, Any]:
        """The reports of the files by their names."""
        return {Path(file["path"]).stem: file for file in json.loads(self.out)["files"]}


def totals(file: dict[str, Any]) -> dict[str, Any]:
    """The totals of a file's models by name."""
    return {model["name"]: model["total"] for model in file["models"]}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("programs")
    for name, text in {**PROGRAMS, **FRAGMENTS}.items():
        (folder / f"{name}.py").write_bytes(f"{BEFORE}{text}{AFTER}".encode("utf-8", "surrogatepass"))
    return Printed("count", "--no-cache", "--format", "json", "--timing", str(folder))


def test_hostile_programs_are_no_errors(programs: Printed) -> None:
    assert programs.errors == ""
    assert programs.status == 0
    assert set(programs.files) == {*PROGRAMS, *FRAGMENTS}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hostile_program_costs_its_own_statements_alone(programs: Printed, name: str) -> None:
    file = programs.files[name]
    assert {"before": 16, "after": 36}.items() <= totals(file).items()
    assert file["seconds"] < LONGEST


@pytest.mark.parametrize("name", FRAGMENTS)
def test_what_stands_before_a_syntax_error_is_counted(programs: Printed, name: str) -> None:
    file = programs.files[name]
    assert totals(file).get("before") == 16
    assert file["seconds"] < LONGEST


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("shapes")
    for name, text in AROUND.items():
        (folder / f"{name}.py").write_bytes(f"{BEFORE}{text}{AFTER}".encode())
    return Printed("count", "--no-cache", "--format", "json", "--timing", str(folder))


@pytest.mark.parametrize("name", AROUND)
def test_a_hostile_shape_costs_its_own_statement_alone(shapes: Printed, name: str) -> None:
    file = shapes.files[name]
    assert {"before": 16, "after": 36}.items() <= totals(file).items()
    assert file["seconds"] < LONGEST * (4 if name in WIDE else 1)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("recursion", "recursion-limit"),
        ("exponential_with_base", "step-limit"),
        ("endless_generator", "size-limit"),
        ("replaced_text", "size-limit"),
        ("division_by_zero", "raised"),
    ],
)
def test_the_reason_is_told(programs: Printed, name: str, reason: str) -> None:
    assert reason in programs.files[name]["unknowns"]


def test_a_size_that_is_too_large_is_no_count(programs: Printed) -> None:
    assert totals(programs.files["power"])["layer"] is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n" * 10,
        b"# nothing but a comment",
        b"\xef\xbb\xbf" + BEFORE.encode(),
        BEFORE.replace("\n", "\r\n").encode(),
        BEFORE.replace("\n", "\r").encode(),
        b"# -*- coding: latin-1 -*-\n# \xe9\n" + BEFORE.encode(),
    ],
    ids=["empty", "blank", "comment", "bom", "crlf", "cr", "latin-1"],
)
def test_unusual_text_is_read_as_python_reads_it(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(data)
    printed = Printed("count", "--format", "json", str(path))
    assert (printed.status, printed.errors) == (0, "")
    assert totals(printed.files["x"]) == ({"before": 16} if b"before" in data else {})


@pytest.mark.parametrize(
    "data",
    [b"x = '\xff\xfe'\n", b"x = 1\0\n", b"# coding: no-such-coding\n", b"\x80" * 1000, "x = 1".encode("utf-16")],
    ids=["undecodable", "nul", "coding", "binary", "utf-16"],
)
def test_bytes_that_are_no_python_are_one_line_and_others_are_reported(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.py").write_bytes(data)
    (tmp_path / "good.py").write_text(BEFORE)
    printed = Printed("count", "--format", "json", str(tmp_path))
    assert totals(printed.files["good"]) == {"before": 16}
    if printed.status:
        assert printed.status == 2
        assert printed.errors.startswith("paramlens: ")
        assert "bad.py" in printed.errors
        assert printed.errors.count("\n") == 1


def test_paths_that_give_nothing_are_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("x")
    (tmp_path / "link.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "good.py").write_text(BEFORE)
    names = ("missing.py", "empty", "text.txt", "link.py", "good.py")
    printed = Printed("count", "--format", "json", *(str(tmp_path / name) for name in names))
    assert printed.status == 2
    lines = printed.errors.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("paramlens: ") for line in lines)
    assert totals(printed.files["good"]) == {"before": 16}


def test_twenty_thousand_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    body = "".join(f"def f{i}(x):\n    y = x + {i}\n    return y\n\n" for i in range(5000))
    path.write_text(BEFORE + body + AFTER)
    printed = Printed("count", "--format", "json", "--timing", str(path))
    assert printed.status == 0
    assert totals(printed.files["long"]) == {"before": 16, "after": 36}
    assert printed.files["long"]["seconds"] < 4 * LONGEST


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x{i} = {i}\n", {"before": 16, "after": 36}),
        ("print({i})\n", {"before": 16, "after": 36}),
        ("x{i} = {i}\nlayer = nn.Linear(3, 4)\n", {"before": 16, "layer": 16, "after": 36}),
    ],
    ids=["assignments", "calls", "layers"],
)
def test_twenty_thousand_lines_are_run(tmp_path: Path, line: str, expected: dict[str, int]) -> None:
    path = tmp_path / "long.py"
    path.write_text(BEFORE + "".join(line.format(i=i) for i in range(20_000 // line.count("\n"))) + AFTER)
    printed = Printed("count", "--no-cache", "--format", "json", "--timing", str(path))
    assert totals(printed.files["long"]) == expected
    assert printed.files["long"]["seconds"] < LONGEST


def test_what_a_limit_left_undone_is_no_count(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    endless = "def endless():\n    while True:\n        pass\n\n\n"
    path.write_text(
        f"{endless}{BEFORE}width = 1\nwidth = endless()\nlayer = nn.Linear(width, 2)\n"
        "stack = nn.Sequential()\nstack.append(endless())\n"
    )
    assert totals(Printed("count", "--no-cache", "--format", "json", str(path)).files["x"]) == {
        "before": 16, "layer": None, "stack": None,
    }  # fmt: skip


def test_a_tree_of_too_many_layers_is_not_exact(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    text = "from torch import nn\nm = nn.Sequential(*[nn.Linear(1, 1) for i in range(10_000)])\n"
    path.write_text(f"{text}m = nn.Sequential(m, *[nn.Linear(1, 1) for i in range(10_000)])\n")
    (model,) = Printed("count", "--no-cache", "--format", "json", str(path)).files["x"]["models"]
    assert (model["status"], model["total"]) in (("exact", 40_000), ("lower-bound", 39_996), ("unknown", None))


def test_a_call_that_is_no_expression_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(BEFORE)
    calls = ["nn.Linear(", "1 / 0", "missing()", "", "import os", "[" * 3000]
    printed = Printed("count", "--format", "json", *(f"--call={call}" for call in calls), str(path))
    assert printed.status == 0
    models = {model["name"]: model for model in printed.files["x"]["models"]}
    assert models["before"]["total"] == 16
    assert all(models[call]["status"] == "unknown" and models[call]["reason"] for call in calls)
