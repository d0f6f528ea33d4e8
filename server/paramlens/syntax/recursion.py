"""Room for recursion over trees whose depth the gate has bounded, wherever on the stack the caller stands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FRAMES = 3_000  # 200 levels of nesting, each of at most a dozen frames in libcst and here


@contextmanager
def deep_recursion() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + _FRAMES)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
