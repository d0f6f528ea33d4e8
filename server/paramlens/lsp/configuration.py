"""The settings that hold for a document: its pyproject.toml, with what the editor was told on top."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic
from typing import Any

from paramlens.excludes import is_excluded
from paramlens.lsp.documents import Document
from paramlens.settings import Loaded, Settings, load, override

SECTION = "paramlens"

FRESH = 1.0
"""Seconds that settings hold before the files are looked at again, for editors that do not tell of changed files."""

MOST_FOLDERS = 256


class Configuration:
    """The editor's settings by scope (a workspace folder's URI, or None for all), and the files' settings below."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._by_scope: dict[str | None, Any] = {}
        self._found: dict[tuple[str, str | None], tuple[float, Loaded, Loaded]] = {}

    def set(self, scope: str | None, settings: Any) -> bool:
        """Keep what the editor sent; whether that is a change."""
        changed: bool = self._by_scope.get(scope) != settings
        self._by_scope[scope] = settings
        self.forget()
        return changed

    def forget(self) -> None:
        """Files with settings may have changed."""
        self._found.clear()

    def of(self, document: Document) -> tuple[Loaded, Loaded]:
        """The settings of the file alone, and with the editor's on top."""
        folder = os.path.dirname(document.path) if document.is_file else ""
        scopes = [scope for scope in self._by_scope if scope is not None and _is_within(document.uri, scope)]
        scope = max(scopes, key=len, default=None)
        until, loaded, overridden = self._found.get((folder, scope), (0.0, None, None))
        if loaded is None or overridden is None or until < monotonic():
            if len(self._found) > MOST_FOLDERS:
                self._found.clear()
            loaded = load(folder, self._read) if folder else Loaded(Settings())
            overridden = override(loaded.settings, self._by_scope.get(scope))
            self._found[folder, scope] = (monotonic() + FRESH, loaded, overridden)
        return loaded, overridden


def excludes(settings: Settings, document: Document) -> bool:
    """Whether a document is not to be analysed."""
    root = settings.root or os.path.dirname(document.path)
    return document.is_file and is_excluded(document.path, settings.exclude, root)


def _is_within(uri: str, folder: str) -> bool:
    return uri.startswith(folder.rstrip("/") + "/")
