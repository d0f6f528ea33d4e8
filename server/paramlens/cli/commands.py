"""The commands. Exit status: 0 done, 1 problems of severity error (`check`), 2 usage or unreadable input."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

import click

from paramlens.cli.formats import NAMES
from paramlens.memory import collect_less
from paramlens.version import version

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
_jobs = click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Analyse N files at a time; else one a core, at most 4."
)
_no_cache = click.option("--no-cache", is_flag=True, help="Analyse anew, and keep no results for the next run.")


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
@_jobs
@_no_cache
@click.pass_context
def count(
    context: click.Context,
    paths: tuple[str, ...],
    calls: tuple[str, ...],
    form: str,
    python: str | None,
    timing: bool,
    jobs: int | None,
    no_cache: bool,
) -> None:
    """Count the parameters of files, notebooks and folders."""
    from paramlens.cli.session import Session  # here and below: help and version need none of it

    context.exit(Session(paths, calls, python, cache=not no_cache, jobs=jobs).count(form, timing=timing))


@cli.command()
@_paths
@_calls
@click.option("--format", "form", type=click.Choice(NAMES), default="full", show_default=True)
@click.option("--baseline", type=click.Path(), metavar="FILE", help="Leave out the findings that this file names.")
@click.option("--write-baseline", type=click.Path(), metavar="FILE", help="Write all findings there, and succeed.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--stdin-filename", metavar="NAME", help="The file that the text of standard input (`-`) is taken for.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until interrupted.")
@_python
@_jobs
@_no_cache
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[str, ...],
    calls: tuple[str, ...],
    form: str,
    baseline: str | None,
    write_baseline: str | None,
    exit_zero: bool,
    stdin_filename: str | None,
    watch: bool,
    python: str | None,
    jobs: int | None,
    no_cache: bool,
) -> None:
    """Check budgets and rules, and report what is wrong. The path `-` is standard input."""
    from paramlens.cli.session import Checking, Session

    if watch and "-" in paths:
        raise click.UsageError("standard input cannot be watched")
    if stdin_filename is not None and "-" not in paths:
        raise click.UsageError("--stdin-filename needs the path `-`")
    options = Checking(form, baseline, write_baseline, exit_zero)

    def session() -> Session:
        name = stdin_filename or "stdin.py"
        return Session(paths, calls, python, cache=not no_cache, jobs=jobs, stdin_name=name)

    if watch:
        from paramlens.cli.watching import watch as watch_files

        watch_files(session, options)
    context.exit(session().check(options))


@cli.command()
@click.argument("revisions", nargs=-1, required=True, metavar="REV [REV] [PATH...]")
@_calls
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--summary", is_flag=True, help="Append Markdown to the file that $GITHUB_STEP_SUMMARY names, if set.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when a model changed.")
@_python
@click.pass_context
def diff(
    context: click.Context,
    revisions: tuple[str, ...],
    calls: tuple[str, ...],
    form: str,
    summary: bool,
    exit_code: bool,
    python: str | None,
) -> None:
    """Show what changed of the models between two git revisions, or a revision and the working tree."""
    from paramlens.cli.diff_command import diff as compared

    context.exit(compared(revisions, calls, python, form, summary=summary, exit_code=exit_code))


@cli.command()
@_paths
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="The file to write, .html or .svg; `-` is standard output."
)
@click.option("--format", "form", type=click.Choice(["html", "svg"]), help="In place of what the file's name says.")
@click.option(
    "--model", "globs", multiple=True, metavar="GLOB", help="Only models of that name, class or path::name."
)
@_calls
@_python
@_no_cache
@click.pass_context
def report(
    context: click.Context,
    paths: tuple[str, ...],
    output: str,
    form: str | None,
    globs: tuple[str, ...],
    calls: tuple[str, ...],
    python: str | None,
    no_cache: bool,
) -> None:
    """Write the models into one HTML file, or one of them into an SVG picture."""
    from paramlens.cli.report.command import Reporting, form_of
    from paramlens.cli.report.command import report as written
    from paramlens.cli.session import Session

    options = Reporting(output, form_of(output, form), globs)
    context.exit(written(Session(paths, calls, python, cache=not no_cache), options))


@cli.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rules(form: str) -> None:
    """List the rules with their severities and what they are for."""
    from paramlens.cli.listings import rules as listed

    click.echo(listed(form))


@cli.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def layers(form: str) -> None:
    """List the layers that are known."""
    from paramlens.cli.listings import layers as listed

    click.echo(listed(form))


@cli.command()
@click.argument("target", metavar="FILE:LINE[:COLUMN] | EXPR")
@_python
@click.pass_context
def explain(context: click.Context, target: str, python: str | None) -> None:
    """Print how a count comes about: of the layers made on a line of a file, or by an expression."""
    from paramlens.cli.explaining import explain as explained

    context.exit(explained(target, python))


@cli.command()
@click.option("--tcp", type=click.IntRange(0, 65535), metavar="PORT", help="Listen on 127.0.0.1 instead of stdio.")
def serve(tcp: int | None) -> None:
    """Run the language server, on stdio unless a port is given."""
    from paramlens.cli import serving

    serving.serve(tcp)


def main() -> None:
    """The entry point of `paramlens`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show `·` shows `?`
    collect_less()
    try:
        cli(prog_name="paramlens")
    except SystemExit as end:
        _end(end.code)


def _end(status: object) -> NoReturn:
    """End the process without taking a hundred thousand objects apart, which takes as long as counting a small file."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # whoever read it is gone
            stream.flush()
    os._exit(status if isinstance(status, int) else 0 if status is None else 1)
