"""One run of `paramlens report`: analyse, write the file, exit status."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from paramlens.cli.report.contents import Contents, contents
from paramlens.features.model_page import ModelPage
from paramlens.records import Record, record

if TYPE_CHECKING:
    from paramlens.cli.session import Session

STANDARD_OUTPUT = "-"
FORMS = {".html": "html", ".htm": "html", ".svg": "svg"}
MOST_NAMES = 8


@record
class Reporting(Record):
    """Where the report goes, in which form, and which models it is about."""

    output: str
    form: str
    globs: Sequence[str]


class NoReport(Exception):
    """Why nothing can be written, in one line."""


def report(session: Session, options: Reporting) -> int:
    """Write the report of the session's files. Returns the exit status."""
    try:
        _check_output(options.output)
        found = contents(session.results_with_progress(), options.globs)
        text = _text(found, options)
        _write(options.output, text)
    except NoReport as problem:
        session.fail(str(problem))
    session.complain_of_settings()
    return session.status


def form_of(output: str, form: str | None) -> str:
    """The form that was asked for, or that the file's name says. Raises click.UsageError."""
    known = form or ("html" if output == STANDARD_OUTPUT else FORMS.get(os.path.splitext(output)[1].lower()))
    if known is None:
        raise click.UsageError(f"{output}: ends in neither .html nor .svg; say which with --format")
    return known


def _text(found: Contents, options: Reporting) -> str:
    if options.globs and not found.models:
        raise NoReport(f"no model meets {' or '.join(map(repr, options.globs))}")
    if options.form == "html":
        from paramlens.cli.report.page import page

        return page(found)
    from paramlens.cli.report.picture import picture

    return picture(_only_model(found))


def _only_model(found: Contents) -> ModelPage:
    if len(found.models) == 1:
        return found.models[0]
    if not found.models:
        raise NoReport("no model is made in these files; --call makes one")
    names = [model.panel.name for model in found.models]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    raise NoReport(f"a picture shows one model, choose with --model: {', '.join(names[:MOST_NAMES])}{more}")


def _check_output(output: str) -> None:
    """Tell before the work what would keep its result from being written."""
    folder = os.path.dirname(output) or "."
    if output == STANDARD_OUTPUT:
        return
    if os.path.isdir(output):
        raise NoReport(f"{output}: is a folder")
    if not os.path.isdir(folder):
        raise NoReport(f"{folder}: no such folder")


def _write(output: str, text: str) -> None:
    data = text.encode("utf-8", "replace")
    try:
        with click.open_file(output, "wb") as file:
            file.write(data)
    except OSError as error:
        raise NoReport(f"{output}: {error.strerror or error}") from error
