"""Which files a person means: files as named, folders with all Python that is not excluded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache

from paramlens.excludes import is_excluded
from paramlens.records import Record, record
from paramlens.settings import Loaded, load
from paramlens.sources import Unreadable, read_text

SUFFIXES = (".py", ".pyw", ".ipynb")
EXCLUDED_FOLDERS = frozenset(
    {"__pycache__", "__pypackages__", "build", "dist", "node_modules", "site-packages", "venv", "virtualenv"}
)


@record
class Found(Record):
    """The files to analyse, as the person would name them, and one line for each path that gave none."""

    files: tuple[str, ...]
    errors: tuple[str, ...]


def find(paths: tuple[str, ...]) -> Found:
    """Files in the order of the paths, those of folders by name, each once."""
    files: dict[str, str] = {}
    errors = []
    for path in paths:
        try:
            for file in _files_of(path):
                files.setdefault(os.path.realpath(file), file)
        except Unreadable as error:
            errors.append(str(error))
    return Found(tuple(files.values()), tuple(errors))


def _files_of(path: str) -> Iterator[str]:
    if os.path.isdir(path):
        yield from _in_folder(path)
    elif not os.path.lexists(path):
        raise Unreadable(f"{path}: no such file or folder")
    elif not path.endswith(SUFFIXES):
        raise Unreadable(f"{path}: neither Python source nor a notebook")
    else:
        yield path


def _in_folder(folder: str) -> Iterator[str]:
    count = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _skipped(parent, name))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name.endswith(SUFFIXES) and not _is_excluded(os.path.abspath(path)):
                count += 1
                yield path
    if count == 0:
        raise Unreadable(f"{folder}: no Python files")


def _skipped(parent: str, name: str) -> bool:
    if name.startswith(".") or name in EXCLUDED_FOLDERS or name.endswith(".egg-info"):
        return True
    path = os.path.join(parent, name)
    return os.path.exists(os.path.join(path, "pyvenv.cfg")) or _is_excluded(os.path.abspath(path) + os.sep)


def _is_excluded(path: str) -> bool:
    """Whether the settings that hold for the absolute path exclude it."""
    settings = settings_of(os.path.dirname(path.rstrip(os.sep))).settings
    return is_excluded(path, settings.exclude, settings.root or os.getcwd())


@lru_cache(maxsize=4096)
def settings_of(folder: str) -> Loaded:
    """The settings that hold for the files of a folder."""
    return load(folder, read_text)
