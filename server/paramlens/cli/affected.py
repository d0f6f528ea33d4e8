"""Which files may be concerned by changes of others: those whose imports, or texts, name them, and so on from there.

More than are concerned is fine; which files the analysis really reads is seen afterwards.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

PYTHON = (".py", ".pyw", ".ipynb")

_IMPORT = re.compile(r"\b(?:from|import)\b((?:[^\n(\\]|\\\r?\n|\\)*(?:\([^)]*\))?[^\n]*)")
_WORD = re.compile(r"\w+")
_DYNAMIC = re.compile(r"import_module|__import__|iter_modules|walk_packages")


def affected(changed: Iterable[str], others: Iterable[str], read: Callable[[str], str | None]) -> list[str]:
    """Those of the other files that may read a changed one; `read` gives their texts."""
    texts = {path: text for path in sorted(others) if (text := read(path)) is not None}
    imports = {path: _imported_words(text) for path, text in texts.items()}
    modules = {name for path in changed if (name := _module(path))}
    data = {posixpath.basename(path) for path in changed if not path.endswith(PYTHON)}
    found = {
        path
        for path, text in texts.items()
        if (modules and _DYNAMIC.search(text)) or any(name in text for name in data)
    }
    waiting = modules | {name for path in found if (name := _module(path))}
    while waiting:
        new = {path for path, words in imports.items() if path not in found and not words.isdisjoint(waiting)}
        found |= new
        waiting = {name for path in new if (name := _module(path))}
    return sorted(found)


def _imported_words(text: str) -> frozenset[str]:
    return frozenset(word for names in _IMPORT.findall(text) for word in _WORD.findall(names))


def _module(path: str) -> str | None:
    """The last part of the name that a file is imported by."""
    if not path.endswith(PYTHON[0]):
        return None
    folder, file = posixpath.split(path)
    return posixpath.basename(folder) if file == "__init__.py" else file.removesuffix(PYTHON[0])
