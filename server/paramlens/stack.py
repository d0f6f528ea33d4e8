"""Threads whose stack and recursion limit suit deeply nested models."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_STACK_BYTES = 512 * 1024 * 1024  # address space, not memory: only what deep models use becomes real
_RECURSION_LIMIT = 20_000


def start_on_deep_stack(work: Callable[[], None], name: str = "evaluation") -> threading.Thread:
    """Begin to run in a thread of its own, which ends with the process."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION_LIMIT))
    size = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
    finally:
        threading.stack_size(size)
    return thread


def on_deep_stack(work: Callable[[], Result]) -> Result:
    """Run and wait. What is raised is raised here."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller's thread
            errors.append(error)

    start_on_deep_stack(run).join()
    if errors:
        raise errors[0]
    return results[0]
