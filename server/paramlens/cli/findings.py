"""The output of `paramlens check`: one line for each problem, for people or for GitHub's annotations.

model.py:3:9: error [params-budget] model has 34,826 parameters, over its budget of 30,000
::error file=model.py,line=3,col=9,title=params-budget::model has 34,826 parameters, over its budget of 30,000
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.cli.cells import in_cell
from paramlens.facts import Problem
from paramlens.features.diagnostics import Diagnostic
from paramlens.records import Record, record
from paramlens.values import Place

if TYPE_CHECKING:
    from paramlens.syntax.cells import NotebookMap

_COMMANDS = {"error": "error", "warning": "warning"}


@record
class Finding(Record):
    """A problem in a file as the person named it."""

    path: str
    problem: Problem | Diagnostic
    notebook: NotebookMap | None = None


def text_line(finding: Finding) -> str:
    """`path:line:column: severity [rule] message`; a notebook's path is followed by its cell."""
    place, problem = finding.problem.place, finding.problem
    line, cell = place.line, ""
    if finding.notebook is not None:
        number, line = in_cell(finding.notebook, place.line)
        cell = f":cell {number}"
    return (
        f"{finding.path}{cell}:{line}:{place.column}: {problem.severity} [{problem.rule}] {_one_line(problem.message)}"
    )


def github_line(finding: Finding) -> str:
    """A workflow command, see GitHub's documentation of workflow commands."""
    place, problem = finding.problem.place, finding.problem
    properties = {"file": finding.path, **_lines(place, finding.notebook), "title": f"paramlens {problem.rule}"}
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS.get(problem.severity, 'notice')} {written}::{_data(problem.message)}"


def _lines(place: Place, notebook: NotebookMap | None) -> dict[str, int]:
    """GitHub shows a notebook as JSON, whose lines are not the code's."""
    if notebook is not None:
        return {}
    lines = {"line": place.line, "endLine": place.end_line, "col": place.column}
    if place.line == place.end_line:
        lines["endColumn"] = place.end_column
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
