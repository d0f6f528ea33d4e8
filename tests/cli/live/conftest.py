"""What others publish, from PyPI and the npm registry, once a session."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

SARIF = "@microsoft/jest-sarif@1.0.0-beta.0"  # the one package that carries the schema; nothing of it is run
EXPRESSIONS = "@actions/expressions@0.3.61"
JUNIT = "pytest==8.4.2"  # its source distribution carries Jenkins' schema


@pytest.fixture(scope="session")
def sarif_schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("sarif")
    subprocess.run(["npm", "pack", "--silent", SARIF], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    schema: dict[str, Any] = json.loads(_member(folder, "*.tgz", "/sarif-2.1.0-rtm.5.json"))
    return schema


@pytest.fixture(scope="session")
def expressions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """GitHub's library for the expressions of actions."""
    folder = tmp_path_factory.mktemp("expressions")
    subprocess.run(["npm", "pack", "--silent", EXPRESSIONS], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder)
    return folder / "package" / "dist" / "index.js"


@pytest.fixture(scope="session")
def junit_schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("junit")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*download, "--dest", str(folder), JUNIT], check=True)
    return _member(folder, "*.tar.gz", "/junit-10.xsd").decode("utf-8")


def _member(folder: Path, pattern: str, name: str) -> bytes:
    (archive,) = folder.glob(pattern)
    with tarfile.open(archive) as opened:
        (member,) = [each for each in opened.getnames() if each.endswith(name)]
        found = opened.extractfile(member)
        assert found is not None
        return found.read()
