"""One run of `paramlens diff`: compare, print in the form that was asked for, exit status."""

from __future__ import annotations

import os

import click

from paramlens.cli import diff_forms
from paramlens.cli.diffing import compare
from paramlens.cli.git import GitError

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
FAILED = 2


def diff(
    arguments: tuple[str, ...], calls: tuple[str, ...], python: str | None, form: str, *, summary: bool, exit_code: bool
) -> int:
    """Print what changed. Returns the exit status."""
    try:
        found = compare(arguments, calls, python)
    except GitError as error:
        return _fail(str(error))
    if form == "text":
        diff_forms.print_text(found)
    else:
        click.echo(diff_forms.json_form(found) if form == "json" else diff_forms.markdown(found))
    status = int(exit_code and bool(found.changes))
    for line in found.failures:
        status = _fail(line)
    target = os.environ.get(SUMMARY_VARIABLE)
    if summary and target:
        try:
            with open(target, "a", encoding="utf-8", errors="replace") as file:
                file.write(diff_forms.markdown(found) + "\n")
        except OSError as error:
            status = _fail(f"{target}: {error.strerror or error}")
    return status


def _fail(message: str) -> int:
    click.echo(f"paramlens: {' '.join(message.split())}", err=True)
    return FAILED
