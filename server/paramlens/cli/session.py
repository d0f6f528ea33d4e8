"""One run of a command: the files, the results in the form that was asked for, the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from paramlens import cache as results_cache
from paramlens.cli import baseline, runs
from paramlens.cli.baseline import BadBaseline
from paramlens.cli.cells import in_cell
from paramlens.cli.files import find, settings_of
from paramlens.cli.findings import Finding, numbered
from paramlens.cli.formats import written
from paramlens.cli.formats.concise import text_line
from paramlens.facts import Problem
from paramlens.features.diagnostics import diagnostics
from paramlens.features.qualified_names import qualified_name
from paramlens.features.report import file_report, json_text, problem_report, report, span
from paramlens.lines import split_lines
from paramlens.records import Record, record
from paramlens.sources import Unreadable, decode
from paramlens.values import Place

if TYPE_CHECKING:
    from paramlens.syntax.cells import NotebookMap

UNREADABLE = 2
FAILED = "analysis-failed"


@record
class Checking(Record):
    """How `check` tells what it finds: the form, the file of known findings to leave out or to write."""

    form: str = "full"
    baseline: str | None = None
    write_baseline: str | None = None
    exit_zero: bool = False


class Session:
    """`status` is the exit status so far: unreadable files lead to 2."""

    def __init__(
        self,
        paths: tuple[str, ...],
        calls: tuple[str, ...],
        python: str | None,
        *,
        cache: bool,
        jobs: int | None = None,
        stdin_name: str = "stdin.py",
    ) -> None:
        """The path `-` is the standard input, which stands for a file of that name."""
        found = find(tuple(path for path in paths if path != "-"))
        self.files = found.files
        self.texts: dict[str, str] = {}
        self.calls = calls
        self.python = python
        self.jobs = jobs
        self.cache = results_cache.default_folder() if cache else None
        self.status = 0
        self.read_files: set[str] = set()
        for error in found.errors:
            self.fail(error)
        if "-" in paths:
            self._read_input(stdin_name)

    def _read_input(self, name: str) -> None:
        try:
            self.texts[name] = decode(sys.stdin.buffer.read(), name)
            self.files = (*(file for file in self.files if file != name), name)
        except Unreadable as error:
            self.fail(str(error))

    def count(self, form: str, *, timing: bool) -> int:
        """Print the counts of all files. Returns the exit status."""
        results = self._results()
        if form == "json":
            _print_json([_file_json(result, timing) for result in results])
        else:
            from paramlens.cli.printed import print_results

            print_results(_timed(results, timing))
        self.complain_of_settings()
        return self.status

    def check(self, options: Checking) -> int:
        """Print the problems of all files. Returns the exit status."""
        files: list[tuple[dict[str, Any], Sequence[Any]]] = []
        findings: list[Finding] = []
        for result in self.results_with_progress():
            found: Sequence[Any] = diagnostics(result.analysis) if result.analysis is not None else _failure(result)
            text = result.analysis.text if result.analysis is not None else ""
            lines = split_lines(text) if found and text else ()
            findings += [
                Finding(result.path, problem, result.notebook, qualified_name(text, problem.place), lines=lines)
                for problem in found
            ]
            files.append((_file_json(result, timing=False), found))
            self.read_files.update({result.path, *(result.analysis.imported if result.analysis is not None else ())})
        for problem in self._settings_problems():
            findings.append(Finding(problem.place.path, problem))
            files.append((problem_report(problem.place.path, [problem]), [problem]))
        try:
            told = _told(numbered(findings), options)
        except BadBaseline as error:
            self.fail(str(error))
            return self.status
        if options.form == "json":
            by_problem = {id(finding.problem): finding for finding in told}
            _print_json([_only(file, found, by_problem) for file, found in files])
        elif text := written(options.form, told, len(files)):
            click.echo(text)
        errors = any(finding.problem.severity == "error" for finding in told)
        return self.status or int(errors and not options.exit_zero)

    def results_with_progress(self) -> Iterator[runs.Result]:
        """The results of all files; unreadable ones are told, and count for the exit status."""
        return self._with_progress(self._results())

    def complain_of_settings(self) -> None:
        """What is wrong with the settings, on standard error."""
        for problem in self._settings_problems():
            _complain(text_line(Finding(problem.place.path, problem)))

    def _results(self) -> Iterator[runs.Result]:
        for result in runs.analyse(self.files, self.calls, self.python, self.cache, self.texts, self.jobs):
            if result.error:
                self.fail(result.error)
            yield result

    def _with_progress(self, results: Iterator[runs.Result]) -> Iterator[runs.Result]:
        """On a terminal, how many files are done; on standard error, so that the output stays what it is."""
        if len(self.files) < 2 or not sys.stderr.isatty():
            yield from results
            return
        with click.progressbar(results, length=len(self.files), label="files", file=sys.stderr, show_pos=True) as bar:
            yield from bar

    def _settings_problems(self) -> tuple[Problem, ...]:
        folders = {os.path.dirname(os.path.abspath(file)) for file in self.files}
        problems = [problem for folder in sorted(folders) for problem in settings_of(folder).problems]
        return tuple({(problem.place, problem.message): problem for problem in problems}.values())

    def fail(self, message: str) -> None:
        """One line on standard error; the exit status tells it too."""
        _complain(message)
        self.status = UNREADABLE


def _complain(message: str) -> None:
    click.echo(f"paramlens: {' '.join(message.split())}", err=True)


def _failure(result: runs.Result) -> list[Problem]:
    return [Problem(FAILED, "error", Place(result.path, 1, 1, 1, 1), result.error)]


def _file_json(result: runs.Result, timing: bool) -> dict[str, Any]:
    if result.analysis is None:
        file = problem_report(result.path, _failure(result))
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


def _told(findings: list[Finding], options: Checking) -> list[Finding]:
    """The findings without those that are known. Raises BadBaseline."""
    if options.write_baseline is not None:
        number = baseline.write(options.write_baseline, findings)
        click.echo(f"{number} findings written to {options.write_baseline}", err=True)
        return []
    if options.baseline is None:
        return findings
    return baseline.unknown(findings, baseline.read(options.baseline), options.baseline)


def _only(file: dict[str, Any], found: Sequence[Any], told: Mapping[int, Finding]) -> dict[str, Any]:
    """The report of a file with the problems that are told, named for what they belong to. `found` are all."""
    pairs = zip(file["problems"], found, strict=True)
    return {**file, "problems": [{**shown, "name": told[id(p)].name} for shown, p in pairs if id(p) in told]}
