"""SARIF 2.1.0, which GitHub's code scanning and others read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from paramlens.cli.findings import Finding, one_line, portable
from paramlens.cli.formats import LEVELS
from paramlens.lints.catalogue import OTHERS, RULES
from paramlens.values import Place
from paramlens.version import version

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def written(findings: Sequence[Finding], files: int) -> str:
    rules = _rules(findings)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": "paramlens", "version": version(), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rules(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The rules that are documented, and those that findings name beside them."""
    found = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.summary},
            "fullDescription": {"text": rule.doc},
            "help": {"text": f"{rule.doc}\n\nInstead of\n\n{rule.bad}\nwrite\n\n{rule.good}"},
            "defaultConfiguration": {"level": _level(rule.severity)},
        }
        for rule in RULES.values()
    ]
    named = {finding.problem.rule for finding in findings} - RULES.keys()
    for name in sorted(named):
        text = {"text": OTHERS.get(name, name).replace("`", "")}
        found.append({"id": name, "shortDescription": text, "fullDescription": text, "help": text})
    return found


def _level(severity: str) -> str:
    return LEVELS.get(severity, "note")


def _result(finding: Finding, rules: dict[str, int]) -> dict[str, Any]:
    problem = finding.problem
    location = _location(finding, problem.place, finding.path)
    if finding.name:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.name}]
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rules[problem.rule],
        "level": _level(problem.severity),
        "message": {"text": one_line(problem.message)},
        "locations": [location],
        "partialFingerprints": {"paramlens/v1": finding.fingerprint},
    }
    related = [
        {
            "id": number,
            "message": {"text": one_line(text)},
            **_location(finding, place, finding.path if place.path == problem.place.path else place.path),
        }
        for number, (place, text) in enumerate(problem.related, 1)
    ]
    return {**result, "relatedLocations": related} if related else result


def _location(finding: Finding, place: Place, path: str) -> dict[str, Any]:
    """Of a notebook the file alone: its lines are not those of the JSON that it is."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if finding.notebook is None:
        region = {"startLine": place.line, "startColumn": place.column}
        physical["region"] = {**region, "endLine": place.end_line, "endColumn": place.end_column}
    return {"physicalLocation": physical}


def _uri(path: str) -> str:
    """Relative where the person named it so or it lies below the current folder."""
    if os.path.isabs(path):
        inside = os.path.relpath(path) if os.path.splitdrive(path)[0] == os.path.splitdrive(os.getcwd())[0] else path
        if inside.startswith(os.pardir) or os.path.isabs(inside):
            return Path(path).as_uri()
        path = inside
    return quote(portable(path))
