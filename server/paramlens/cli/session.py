"""One run of a command: the files, the results in the form that was asked for, the exit status."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from paramlens import cache as results_cache
from paramlens.cli import runs
from paramlens.cli.cells import in_cell
from paramlens.cli.files import find, settings_of
from paramlens.cli.findings import Finding, github_line, text_line
from paramlens.facts import Problem
from paramlens.features.diagnostics import diagnostics
from paramlens.features.report import file_report, json_text, problem_report, report, span
from paramlens.values import Place

if TYPE_CHECKING:
    from paramlens.syntax.cells import NotebookMap

UNREADABLE = 2
FAILED = "analysis-failed"


class Session:
    """`status` is the exit status so far: unreadable files lead to 2."""

    def __init__(self, paths: tuple[str, ...], calls: tuple[str, ...], python: str | None, *, cache: bool) -> None:
        found = find(paths)
        self.files = found.files
        self.calls = calls
        self.python = python
        self.cache = results_cache.default_folder() if cache else None
        self.status = 0
        for error in found.errors:
            self._fail(error)

    def count(self, form: str, *, timing: bool) -> int:
        """Print the counts of all files. Returns the exit status."""
        results = self._results()
        if form == "json":
            _print_json([_file_json(result, timing) for result in results])
        else:
            from paramlens.cli.printed import print_results

            print_results(_timed(results, timing))
        for problem in self._settings_problems():
            _complain(text_line(Finding(problem.place.path, problem)))
        return self.status

    def check(self, form: str) -> int:
        """Print the problems of all files. Returns the exit status."""
        findings: list[Finding] = []
        files: list[dict[str, Any]] = []
        for result in self._results():
            found = diagnostics(result.analysis) if result.analysis is not None else ()
            findings += [Finding(result.path, problem, result.notebook) for problem in found]
            files.append(_file_json(result, timing=False))
        for problem in self._settings_problems():
            findings.append(Finding(problem.place.path, problem))
            files.append(problem_report(problem.place.path, [problem]))
        _print_findings(findings, files, form)
        errors = any(finding.problem.severity == "error" for finding in findings)
        return self.status or int(errors)

    def _results(self) -> Iterator[runs.Result]:
        for result in runs.analyse(self.files, self.calls, self.python, self.cache):
            if result.error:
                self._fail(result.error)
            yield result

    def _settings_problems(self) -> tuple[Problem, ...]:
        folders = {os.path.dirname(os.path.abspath(file)) for file in self.files}
        problems = [problem for folder in sorted(folders) for problem in settings_of(folder).problems]
        return tuple({(problem.place, problem.message): problem for problem in problems}.values())

    def _fail(self, message: str) -> None:
        _complain(message)
        self.status = UNREADABLE


def _complain(message: str) -> None:
    click.echo(f"paramlens: {' '.join(message.split())}", err=True)


def _file_json(result: runs.Result, timing: bool) -> dict[str, Any]:
    if result.analysis is None:
        place = Place(result.path, 1, 1, 1, 1)
        file = problem_report(result.path, [Problem(FAILED, "error", place, result.error)])
    else:
        file = file_report(result.analysis, result.path, result.settings.costs, _span_of(result.notebook))
    if timing:
        file["seconds"] = round(result.seconds, 4)
    return file


def _span_of(notebook: NotebookMap | None) -> Callable[[Place], dict[str, Any]]:
    """In a notebook a place names its code cell, and its lines count from the start of that cell."""
    if notebook is None:
        return span

    def within(place: Place) -> dict[str, Any]:
        cell, line = in_cell(notebook, place.line)
        shift = place.line - line
        return {**span(place), "line": line, "end_line": place.end_line - shift, "cell": cell}

    return within


def _timed(results: Iterator[runs.Result], timing: bool) -> Iterator[runs.Result]:
    for result in results:
        yield result
        if timing:
            click.echo(f"{result.path}: {result.seconds * 1000:.0f} ms", err=True)


def _print_json(files: list[dict[str, Any]]) -> None:
    click.echo(json_text(report(files)))


def _print_findings(findings: list[Finding], files: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        _print_json(files)
        return
    for finding in findings:
        click.echo(github_line(finding) if form == "github" else text_line(finding))
    if form == "text":
        n = len(findings)
        click.echo(
            f"{n} {'problem' if n == 1 else 'problems'} in {len(files)} {'file' if len(files) == 1 else 'files'}"
        )
