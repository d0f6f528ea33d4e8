"""JUnit's XML: a test suite, with a failed test case for each problem of severity error, and the others as passed ones
with their text, as hints fail nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from paramlens.cli.findings import Finding, one_line, portable, position

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(findings: Sequence[Finding], files: int) -> str:
    failures = sum(finding.problem.severity == "error" for finding in findings)
    cases = [_case(finding) for finding in findings] or ['  <testcase name="paramlens" classname="paramlens"/>']
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0"'
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<testsuites name="paramlens" {counts}>',
            f' <testsuite name="paramlens" {counts}>',
            *cases,
            " </testsuite>",
            "</testsuites>",
        ]
    )


def _case(finding: Finding) -> str:
    problem = finding.problem
    name = f"{problem.rule}: {finding.name or position(finding)}"
    text = _text(f"{position(finding)}: {one_line(problem.message)}")
    head = f"  <testcase name={_value(name)} classname={_value(portable(finding.path))}>"
    if problem.severity == "error":
        body = f"<failure type={_value(problem.rule)} message={_value(one_line(problem.message))}>{text}</failure>"
    else:
        body = f"<system-out>{_text(problem.severity)}: {text}</system-out>"
    return f"{head}{body}</testcase>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _value(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))
