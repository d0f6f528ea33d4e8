"""An empty cache for every test, and a count of what is lowered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from paramlens.syntax import lower
from paramlens.syntax.entries import ENTRIES
from paramlens.syntax.segment import Segment


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    ENTRIES.clear()
    return


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were lowered, but for plain lines, which the gate lowers."""
    texts: list[str] = []
    original = lower.block_of_tree

    def noted(segment: Segment, *rest: Any) -> Any:
        texts.append(segment.text)
        return original(segment, *rest)

    monkeypatch.setattr(lower, "block_of_tree", noted)
    return texts
