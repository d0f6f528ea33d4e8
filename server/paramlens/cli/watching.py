"""`paramlens check --watch`: the check again whenever a file changes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable

import click

from paramlens.cli.files import settings_of
from paramlens.cli.session import Checking, Session

_PAUSE = 0.5  # seconds
_State = frozenset[tuple[str, int, int]]


def watch(new_session: Callable[[], Session], options: Checking) -> None:
    """Check, wait for a change, and so on until the person interrupts; what is named, imported or configures counts."""
    try:
        while True:
            settings_of.cache_clear()
            session = new_session()
            before = _state(session)
            if sys.stdout.isatty():
                click.clear()
            session.check(options)
            sys.stdout.flush()
            read = frozenset(session.read_files)
            before |= _state_of(read)
            while _state(new_session()) | _state_of(read) == before:
                time.sleep(_PAUSE)
                settings_of.cache_clear()
    except KeyboardInterrupt:
        click.echo(err=True)
        sys.exit(0)


def _state(session: Session) -> _State:
    """The files of a session and the settings above them."""
    folders = {os.path.dirname(os.path.abspath(file)) for file in session.files}
    above = {parent for folder in folders for parent in _parents(folder)}
    return _state_of([*session.files, *(os.path.join(folder, "pyproject.toml") for folder in above)])


def _parents(folder: str) -> Iterable[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _state_of(paths: Iterable[str]) -> _State:
    found = set()
    for path in paths:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            continue
        found.add((os.path.abspath(path), status.st_mtime_ns, status.st_size))
    return frozenset(found)
