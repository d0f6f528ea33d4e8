"""From a file's text to its Analysis."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from paramlens.evaluate.environment import Environment
from paramlens.evaluate.limits import Limits
from paramlens.evaluate.live import LiveFile
from paramlens.facts import Analysis
from paramlens.syntax.code import Source
from paramlens.syntax.source import read_source
from paramlens.values import Value

Result = TypeVar("Result")
_STACK_BYTES = 512 * 1024 * 1024  # address space, not memory: only what deep models use becomes real


def analyze(
    path: str,
    text: str,
    *,
    read: Callable[[str], str | None] | None = None,
    environment: Environment | None = None,
    calls: Sequence[str] = (),
    source: Source | None = None,
    limits: Limits | None = None,
) -> Analysis:
    """Everything found in one file. Problems are data: no input raises.

    `read` gives the text of another file or None; `calls` are expressions evaluated after the module ran.
    """
    file = LiveFile(path, read or read_file, environment, limits)
    return on_deep_stack(lambda: file.analysis(source or read_source(path, text), calls))


def analyze_with_names(
    path: str, text: str, *, environment: Environment | None = None, calls: Sequence[str] = ()
) -> tuple[Analysis, dict[str, Value]]:
    """The analysis of a file, and the names of its module with the values they have at the end."""
    file = LiveFile(path, read_file, environment)
    return on_deep_stack(lambda: (file.analysis(read_source(path, text), calls), file.names))


def on_deep_stack(work: Callable[[], Result]) -> Result:
    """Run on a thread whose stack and recursion limit suit deeply nested models."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller's thread
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        thread = threading.Thread(target=run, name="evaluation")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
    if errors:
        raise errors[0]
    return results[0]


_MAX_OTHER_BYTES = 1_000_000


def read_file(path: str) -> str | None:
    """The text of a file on disk, or None; of other files than Python's, small ones alone."""
    try:
        if not path.endswith((".py", ".pyi", ".ipynb")) and os.path.getsize(path) > _MAX_OTHER_BYTES:
            return None
        return Path(path).read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None
