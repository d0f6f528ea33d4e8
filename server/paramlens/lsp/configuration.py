"""The settings that hold for a document: its pyproject.toml, with what the editor was told on top."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from paramlens.lsp.documents import Document
from paramlens.settings import Loaded, Settings, load, override

SECTION = "paramlens"


class Configuration:
    """The editor's settings by scope (a workspace folder's URI, or None for all), and the files' settings below."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._by_scope: dict[str | None, Any] = {}

    def set(self, scope: str | None, settings: Any) -> bool:
        """Keep what the editor sent; whether that is a change."""
        changed: bool = self._by_scope.get(scope) != settings
        self._by_scope[scope] = settings
        return changed

    def of(self, document: Document) -> tuple[Loaded, Loaded]:
        """The settings of the file alone, and with the editor's on top."""
        folder = os.path.dirname(document.path)
        loaded = load(folder, self._read) if document.is_file else Loaded(Settings())
        scopes = [scope for scope in self._by_scope if scope is not None and _is_within(document.uri, scope)]
        scope = max(scopes, key=len, default=None)
        return loaded, override(loaded.settings, self._by_scope.get(scope))


def _is_within(uri: str, folder: str) -> bool:
    return uri.startswith(folder.rstrip("/") + "/")
