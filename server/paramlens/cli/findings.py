"""What `paramlens check` found: a problem, the file as the person named it, and the name of what it belongs to."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.cli.cells import in_cell
from paramlens.facts import Problem
from paramlens.features.diagnostics import Diagnostic
from paramlens.records import Record, record

if TYPE_CHECKING:
    from paramlens.syntax.cells import NotebookMap


@record
class Finding(Record):
    """`name` is what it belongs to (`Net.__init__.self.fc`), `number` tells apart those that are alike otherwise."""

    path: str
    problem: Problem | Diagnostic
    notebook: NotebookMap | None = None
    name: str = ""
    number: int = 0
    lines: Sequence[str] = ()  # of the file, where they are to be shown

    @property
    def fingerprint(self) -> str:
        """The same for the same finding, wherever its line has moved to."""
        parts = (portable(self.path), self.problem.rule, self.name, str(self.number))
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def numbered(findings: Iterable[Finding]) -> list[Finding]:
    """Those of the same file, rule and name told apart by their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for finding in findings:
        key = finding.path, finding.problem.rule, finding.name
        found.append(replace(finding, number=seen[key]))
        seen[key] += 1
    return found


def portable(path: str) -> str:
    """A path with forward slashes, without `./` in front."""
    return os.path.normpath(path).replace(os.sep, "/")


def position(finding: Finding) -> str:
    """`path:line:column`; a notebook's path is followed by its cell."""
    place = finding.problem.place
    line, cell = place.line, ""
    if finding.notebook is not None:
        number, line = in_cell(finding.notebook, place.line)
        cell = f":cell {number}"
    return f"{finding.path}{cell}:{line}:{place.column}"


def one_line(text: str) -> str:
    """The text with any run of spaces and line ends as one space."""
    return " ".join(text.split())
