"""A baseline: findings that are known and not told again, by file, rule and the name of what they belong to.

    {"schema": "paramlens-baseline/1",
     "findings": [{"path": "model.py", "rule": "redundant-bias", "name": "Net.__init__.self.conv", "count": 1}]}

Lines are not in it, so a finding does not come back because it moved. Of several findings of one name so many are left
out as it says.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

from paramlens.cli.findings import Finding

SCHEMA = "paramlens-baseline/1"
Key: TypeAlias = tuple[str, str, str]


class BadBaseline(Exception):
    """A file that is no baseline; the message says why in one line."""


def read(path: str) -> Counter[Key]:
    """How often each finding is known. Raises BadBaseline."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not valid JSON"
        raise BadBaseline(f"{path}: {reason}") from None
    entries = document.get("findings") if isinstance(document, dict) and document.get("schema") == SCHEMA else None
    if not isinstance(entries, list) or not all(map(_is_entry, entries)):
        raise BadBaseline(f"{path}: not a baseline as --write-baseline makes it")
    return Counter({(entry["path"], entry["rule"], entry["name"]): entry["count"] for entry in entries})


def _is_entry(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(key), str) for key in ("path", "rule", "name"))
        and type(value.get("count")) is int
        and value["count"] > 0
    )


def write(path: str, findings: Iterable[Finding]) -> int:
    """Make these findings the known ones; returns their number. Raises BadBaseline."""
    known = Counter(_key(finding, path) for finding in findings)
    ordered = sorted(known.items())
    entries = [{"path": file, "rule": rule, "name": name, "count": n} for (file, rule, name), n in ordered]
    lines = ",\n  ".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    try:
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            file.write(f'{{"schema": "{SCHEMA}",\n "findings": [\n  {lines}]}}\n')
    except OSError as error:
        raise BadBaseline(f"{path}: {error.strerror or error}") from None
    return sum(known.values())


def unknown(findings: Iterable[Finding], known: Counter[Key], path: str) -> list[Finding]:
    """The findings that the baseline at `path` does not know."""
    left = Counter(known)
    found = []
    for finding in findings:
        key = _key(finding, path)
        if left[key] > 0:
            left[key] -= 1
        else:
            found.append(finding)
    return found


def _key(finding: Finding, baseline: str) -> Key:
    """Files are named as seen from the baseline's folder, so that it does not matter where the check is run."""
    folder = os.path.dirname(os.path.abspath(baseline))
    path = os.path.abspath(finding.path)
    same_drive = os.path.splitdrive(path)[0] == os.path.splitdrive(folder)[0]
    shown = os.path.relpath(path, folder) if same_drive else path
    return shown.replace(os.sep, "/"), finding.problem.rule, finding.name
