"""The commands. Exit status: 0 done, 1 problems of severity error (`check`), 2 usage or unreadable input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click
from paramlens.cli import runs
from paramlens.cli.cells import in_cell
from paramlens.cli.files import find, settings_of
from paramlens.cli.findings import Finding, github_line, text_line
from paramlens.facts import Problem
from paramlens.features.diagnostics import diagnostics
from paramlens.features.report import file_report, problem_report, report, span
from paramlens.values import Place
from paramlens.version import version

if TYPE_CHECKING:
    from paramlens.syntax.cells import NotebookMap

UNREADABLE = 2
FAILED = "analysis-failed"

_paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
_calls = click.option(
    "--call", "calls", multiple=True, metavar="EXPR", help="Count the model that EXPR makes after the file has run."
)
_python = click.option(
    "--python",
    type=click.Path(exists=True),
    metavar="PATH",
    help="Environment whose packages are read: its folder or its interpreter, which is never run.",
)


def _show_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"paramlens {version()}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
def cli() -> None:
    """Exact parameter counts of Keras and PyTorch code, read and never run."""


@cli.command()
@_paths
@_calls
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_python
@click.option("--timing", is_flag=True, help="Tell how long each file took.")
@click.pass_context
def count(
    context: click.Context, paths: tuple[str, ...], calls: tuple[str, ...], form: str, python: str | None, timing: bool
) -> None:
    """Count the parameters of files, notebooks and folders."""
    session = _Session(paths, calls, python)
    results = session.results()
    if form == "json":
        _print_json([_file_json(result, timing) for result in results])
    else:
        from paramlens.cli.printed import print_results

        print_results(_timed(results, timing))
    for problem in session.settings_problems():
        _complain(text_line(Finding(problem.place.path, problem)))
    context.exit(session.status)


@cli.command()
@_paths
@_calls
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@_python
@click.pass_context
def check(
    context: click.Context, paths: tuple[str, ...], calls: tuple[str, ...], form: str, python: str | None
) -> None:
    """Check budgets and report what is wrong."""
    session = _Session(paths, calls, python)
    findings: list[Finding] = []
    files: list[dict[str, Any]] = []
    for result in session.results():
        found = diagnostics(result.analysis) if result.analysis is not None else ()
        findings += [Finding(result.path, problem, result.notebook) for problem in found]
        files.append(_file_json(result, timing=False))
    for problem in session.settings_problems():
        findings.append(Finding(problem.place.path, problem))
        files.append(problem_report(problem.place.path, [problem]))
    _print_findings(findings, files, form)
    errors = any(finding.problem.severity == "error" for finding in findings)
    context.exit(session.status or int(errors))


@cli.command()
@click.option("--tcp", type=click.IntRange(0, 65535), metavar="PORT", help="Listen on 127.0.0.1 instead of stdio.")
def serve(tcp: int | None) -> None:
    """Run the language server, on stdio unless a port is given."""
    from paramlens.lsp.serve import serve_stdio, serve_tcp

    status = serve_stdio() if tcp is None else serve_tcp(tcp)
    sys.stderr.flush()
    os._exit(status)  # a thread may still wait for input, which would hold up a normal exit


def main() -> None:
    """The entry point of `paramlens`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show `·` shows `?`
    cli(prog_name="paramlens")


class _Session:
    """One run: the files, and the exit status that unreadable ones lead to."""

    def __init__(self, paths: tuple[str, ...], calls: tuple[str, ...], python: str | None) -> None:
        found = find(paths)
        self.files = found.files
        self.calls = calls
        self.python = python
        self.status = 0
        for error in found.errors:
            self._fail(error)

    def results(self) -> Iterator[runs.Result]:
        for result in runs.analyse(self.files, self.calls, self.python):
            if result.error:
                self._fail(result.error)
            yield result

    def settings_problems(self) -> tuple[Problem, ...]:
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
    click.echo(json.dumps(report(files), indent=1))


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
