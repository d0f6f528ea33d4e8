"""What the fuzzers found once: texts (`*.txt`) and versions of one file (`*.json`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .programs import fault_of_edits, fault_of_text

FOLDER = Path(__file__).parent / "regressions"


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_it_is_found_no_more(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "surrogatepass")
    assert (fault_of_edits(json.loads(text)) if path.suffix == ".json" else fault_of_text(text)) == ""
