"""The files of a revision or of the working tree, as the evaluator asks for them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from typing import Protocol

from paramlens.cli.git import MOST_LINKS, Repository, is_link
from paramlens.sources import Unreadable, decode, read_source


class Files(Protocol):
    """`paths` are from the top of the repository, with slashes; the methods take absolute ones."""

    paths: frozenset[str]

    def read(self, path: str) -> str | None: ...

    def is_file(self, path: str) -> bool: ...

    def is_folder(self, path: str) -> bool: ...


class WorkingTree:
    """The files on disk that git tracks or would track."""

    def __init__(self, repository: Repository) -> None:
        names = (*repository.tracked(), *repository.untracked())
        self.paths = frozenset(name for name in names if os.path.isfile(os.path.join(repository.top, name)))
        self.read = read_source
        self.is_file = os.path.isfile
        self.is_folder = os.path.isdir


class RevisionTree:
    """The files of a commit. Nothing of the working tree is seen but installed packages, the folders `on_disk`."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self._repository = repository
        self._entries = repository.entries(commit)
        self._texts: dict[str, str | None] = {}
        self._folders = _folders(self._entries)
        self.paths = frozenset(self._entries)
        self.on_disk: tuple[str, ...] = ()

    def read(self, path: str) -> str | None:
        name = self._name(path)
        if name is None:
            return read_source(path)
        if name not in self._texts:
            self._texts[name] = self._text(name)
        return self._texts[name]

    def is_file(self, path: str) -> bool:
        name = self._name(path)
        return os.path.isfile(path) if name is None else name in self._entries

    def is_folder(self, path: str) -> bool:
        name = self._name(path)
        return os.path.isdir(path) if name is None else name in self._folders

    def _name(self, path: str) -> str | None:
        """The path from the top; None for what is not of the repository."""
        path = os.path.abspath(path)
        if path == self._repository.top:
            return ""
        if not path.startswith(os.path.join(self._repository.top, "")):
            return None
        if any(path == folder or path.startswith(os.path.join(folder, "")) for folder in self.on_disk):
            return None
        return os.path.relpath(path, self._repository.top).replace(os.sep, "/")

    def _text(self, name: str) -> str | None:
        for _ in range(MOST_LINKS):
            entry = self._entries.get(name)
            data = self._repository.content(entry.object) if entry is not None else None
            if entry is None or data is None:
                return None
            if not is_link(entry):
                try:
                    return decode(data, name)
                except Unreadable:
                    return None
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), os.fsdecode(data)))
        return None


def _folders(names: Iterable[str]) -> frozenset[str]:
    found = {"", ".git"}  # of which a project's root is known
    for name in names:
        while name := posixpath.dirname(name):
            if name in found:
                break
            found.add(name)
    return frozenset(found)
