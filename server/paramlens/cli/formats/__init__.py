"""The forms in which `paramlens check` tells what it found, by the name of `--format`; `json` is the report itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TypeAlias

from paramlens.cli.findings import Finding

Writer: TypeAlias = "Callable[[Sequence[Finding], int], str]"

NAMES = ("full", "concise", "json", "github", "gitlab", "junit", "sarif")


def written(name: str, findings: Sequence[Finding], files: int) -> str:
    """The findings of so many files in one form; without a line end, and empty where there is nothing to print."""
    writer: Writer = import_module(f"{__name__}.{name}").written
    return writer(findings, files)


def closing(findings: Sequence[Finding], files: int) -> str:
    """`2 problems in 1 file`."""
    n = len(findings)
    return f"{n} {'problem' if n == 1 else 'problems'} in {files} {'file' if files == 1 else 'files'}"


LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning"}
"""Severities that others know too; hints and information are less."""
