"""For all tests: results are kept in a folder of this run, never in the cache of whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARAMLENS_CACHE_DIR", os.fspath(tmp_path_factory.mktemp("cache")))
        yield
