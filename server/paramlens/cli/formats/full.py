"""Each problem with its line of source and what is related to it.

model.py:6:21: information [redundant-bias] the bias of this Conv2d does nothing before BatchNorm2d …
  6 |         self.conv = nn.Conv2d(3, 8, 3)
    |                     ^^^^^^^^^^^^^^^^^^
  note: line 7: BatchNorm2d takes the mean away
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from paramlens.cli.cells import in_cell
from paramlens.cli.findings import Finding, one_line
from paramlens.cli.formats import closing
from paramlens.cli.formats.concise import text_line
from paramlens.values import Place

_WIDEST = 200


def written(findings: Sequence[Finding], files: int) -> str:
    blocks = ["\n".join(_block(finding)) + "\n" for finding in findings]
    return "\n".join([*blocks, closing(findings, files)])


def _block(finding: Finding) -> Iterator[str]:
    yield text_line(finding)
    place = finding.problem.place
    if 0 < place.line <= len(finding.lines):
        yield from _excerpt(finding, finding.lines[place.line - 1])
    for where, text in finding.problem.related:
        yield f"  note: {_where(finding, where)}: {one_line(text)}"


def _excerpt(finding: Finding, line: str) -> Iterator[str]:
    """The line, and marks below it; of a problem over several lines the first. Very long lines are not shown."""
    if len(line) > _WIDEST or (not line.isprintable() and "\t" not in line):
        return
    place = finding.problem.place
    number = str(in_cell(finding.notebook, place.line)[1] if finding.notebook is not None else place.line)
    shown = line.expandtabs(4)
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    before = _width(line[: place.column - 1].expandtabs(4))
    marked = max(1, _width(line[:end].expandtabs(4)) - before)
    yield f"  {number} | {shown.rstrip()}"
    yield f"  {' ' * len(number)} | {' ' * before}{'^' * marked}"


def _width(text: str) -> int:
    """Columns of a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _where(finding: Finding, place: Place) -> str:
    if place.path != finding.problem.place.path:
        return f"{place.path}:{place.line}"
    if finding.notebook is None:
        return f"line {place.line}"
    cell, line = in_cell(finding.notebook, place.line)
    return f"cell {cell} line {line}"
