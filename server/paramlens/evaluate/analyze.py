"""From a file's text to its Analysis."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from paramlens.evaluate.environment import DISK, Environment, Tree
from paramlens.evaluate.limits import Limits
from paramlens.evaluate.live import LiveFile
from paramlens.facts import Analysis
from paramlens.stack import on_deep_stack
from paramlens.syntax.code import Source
from paramlens.syntax.source import read_source
from paramlens.values import Value


def analyze(
    path: str,
    text: str,
    *,
    read: Callable[[str], str | None] | None = None,
    environment: Environment | None = None,
    calls: Sequence[str] = (),
    source: Source | None = None,
    limits: Limits | None = None,
    tree: Tree = DISK,
    models_only: bool = False,
) -> Analysis:
    """Everything found in one file. Problems are data: no input raises.

    `read` gives the text of another file or None; `calls` are expressions evaluated after the module ran; `tree` tells
    which files and folders there are. With `models_only`, what no model of the file needs is not evaluated.
    """
    file = LiveFile(path, read or read_file, environment, limits, tree, models_only=models_only)
    return on_deep_stack(lambda: file.analysis(source or read_source(path, text), calls))


def analyze_with_names(
    path: str, text: str, *, environment: Environment | None = None, calls: Sequence[str] = ()
) -> tuple[Analysis, dict[str, Value]]:
    """The analysis of a file, and the names of its module with the values they have at the end."""
    file = LiveFile(path, read_file, environment)
    return on_deep_stack(lambda: (file.analysis(read_source(path, text), calls), file.names))


_MAX_OTHER_BYTES = 1_000_000


def read_file(path: str) -> str | None:
    """The text of a file on disk, or None; of other files than Python's, small ones alone."""
    try:
        if not path.endswith((".py", ".pyi", ".ipynb")) and os.path.getsize(path) > _MAX_OTHER_BYTES:
            return None
        return Path(path).read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None
