"""Workflow commands, from which GitHub makes annotations.

::error file=model.py,line=3,endLine=3,col=9,endColumn=20,title=paramlens params-budget::model has 34,826 parameters, …
"""

from __future__ import annotations

from collections.abc import Sequence

from paramlens.cli.findings import Finding, portable
from paramlens.cli.formats import LEVELS
from paramlens.syntax.cells import NotebookMap
from paramlens.values import Place


def written(findings: Sequence[Finding], files: int) -> str:
    return "\n".join(map(command, findings))


def command(finding: Finding) -> str:
    """One workflow command, see GitHub's documentation of workflow commands. Files are named as in the repository."""
    place, problem = finding.problem.place, finding.problem
    title = f"paramlens {problem.rule}"
    properties = {"file": portable(finding.path), **_lines(place, finding.notebook), "title": title}
    text = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{LEVELS.get(problem.severity, 'notice')} {text}::{_data(problem.message)}"


def _lines(place: Place, notebook: NotebookMap | None) -> dict[str, int]:
    """GitHub shows a notebook as JSON, whose lines are not the code's."""
    if notebook is not None:
        return {}
    lines = {"line": place.line, "endLine": place.end_line, "col": place.column}
    if place.line == place.end_line:
        lines["endColumn"] = place.end_column
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
