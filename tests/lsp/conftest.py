"""Makes the helper modules beside the tests importable under every import mode, and gives tests a server."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "cli"))

from client import CAPABILITIES, Client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A server of the test's own, not yet initialized."""
    started = Client(tmp_path)
    yield started
    started.close()


@pytest.fixture(scope="module")
def _module_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    started = Client(tmp_path_factory.mktemp("shared"))
    started.start({**CAPABILITIES, "notebookDocument": {"synchronization": {}}})
    yield started
    started.close()


@pytest.fixture
def shared(_module_server: Client, tmp_path: Path) -> Client:
    """An initialized server that earlier tests used too, with nothing open. For tests that leave it as it is."""
    _module_server.fresh(tmp_path)
    return _module_server
