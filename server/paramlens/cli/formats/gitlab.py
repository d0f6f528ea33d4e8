"""GitLab's code quality report: a JSON list, one entry for each problem."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from paramlens.cli.findings import Finding, one_line, portable

_SEVERITIES = {"hint": "info", "information": "info", "warning": "minor", "error": "major"}


def written(findings: Sequence[Finding], files: int) -> str:
    return json.dumps([_entry(finding) for finding in findings], indent=1)


def _entry(finding: Finding) -> dict[str, Any]:
    """GitLab compares fingerprints to tell what is new; paths are those in the repository, without `./`."""
    problem = finding.problem
    lines = {"begin": problem.place.line, "end": problem.place.end_line}
    return {
        "description": one_line(problem.message),
        "check_name": problem.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[problem.severity],
        "location": {
            "path": portable(finding.path),
            "lines": {"begin": 1} if finding.notebook is not None else lines,
        },
    }
