"""An empty cache for every test, and a count of libcst's parses."""

from __future__ import annotations

from collections.abc import Iterator

import libcst
import pytest
from paramlens.syntax.entries import ENTRIES


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    ENTRIES.clear()
    return


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that libcst was given."""
    texts: list[str] = []
    original = libcst.parse_module

    def counted(text: str) -> libcst.Module:
        texts.append(text)
        return original(text)

    monkeypatch.setattr(libcst, "parse_module", counted)
    return texts
