"""Imports go one way, and the command line stays free of what it does not need (contracts: pyproject.toml)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODEL = "from torch import nn\nnet = nn.Linear(3, 4)\n"
PROTOCOL = ("pygls", "lsprotocol")


def run(code: str, *arguments: str) -> str:
    """What a fresh interpreter prints to standard error for the code."""
    found = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "server")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    return found.stderr


def test_the_contracts_hold() -> None:
    pytest.importorskip("importlinter")
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "server")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_importing_the_command_line_loads_no_protocol() -> None:
    assert loaded("import paramlens.cli", PROTOCOL) == []


@pytest.mark.parametrize("command", ["count", "check"])
def test_a_report_as_json_loads_neither_protocol_nor_terminal(tmp_path: Path, command: str) -> None:
    assert loaded(running(command, "--format", "json"), (*PROTOCOL, "rich"), str(write_model(tmp_path))) == []


def test_a_table_loads_no_protocol(tmp_path: Path) -> None:
    assert loaded(running("count"), PROTOCOL, str(write_model(tmp_path))) == []


def write_model(folder: Path) -> Path:
    path = folder / "model.py"
    path.write_text(MODEL)
    return path


def running(*arguments: str) -> str:
    """Code that runs a command of the command line on the path it is given."""
    return f"from paramlens.cli.commands import cli\ncli([*{list(arguments)!r}, sys.argv[1]], standalone_mode=False)"


def loaded(code: str, packages: tuple[str, ...], *arguments: str) -> list[str]:
    """Those of the packages that the code has loaded at its end."""
    report = f"\nsys.stderr.write(' '.join(name for name in {packages!r} if name in sys.modules))"
    return run(f"import sys\n{code}{report}", *arguments).split()
