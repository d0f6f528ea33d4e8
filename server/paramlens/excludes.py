"""Which files the patterns of the `exclude` setting leave out: gitignore's syntax, relative to the settings' folder."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def is_excluded(path: str, patterns: tuple[str, ...], root: str) -> bool:
    """Whether a pattern meets the absolute path; a folder's ends with the separator."""
    if not patterns:
        return False
    try:
        relative = os.path.relpath(path, root)
    except ValueError:  # another drive
        return False
    if relative.startswith(os.pardir):
        return False
    return _spec(patterns).match_file(relative + (os.sep if path.endswith(os.sep) else ""))


@lru_cache(maxsize=64)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern for pattern in patterns if _is_valid(pattern)])


def _is_valid(pattern: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return False
    return True
