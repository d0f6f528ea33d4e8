"""One line for each problem.

model.py:3:9: error [params-budget] model has 34,826 parameters, 4,826 (16.1%) over its budget of 30,000
"""

from __future__ import annotations

from collections.abc import Sequence

from paramlens.cli.findings import Finding, one_line, position
from paramlens.cli.formats import closing


def written(findings: Sequence[Finding], files: int) -> str:
    return "\n".join([*map(text_line, findings), closing(findings, files)])


def text_line(finding: Finding) -> str:
    """`path:line:column: severity [rule] message`."""
    problem = finding.problem
    return f"{position(finding)}: {problem.severity} [{problem.rule}] {one_line(problem.message)}"
