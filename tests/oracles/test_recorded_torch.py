"""The torch declarations against recorded results of torch itself, with no torch installed.

`python -m tests.oracles.record_torch` records them anew, in an environment that has torch.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.torch_cases import GENERATORS, Case
from tests.oracles.torch_replay import declared_outcome

RECORDED = Path(__file__).parent / "recorded" / "torch.json"


def _by_class() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in json.loads(RECORDED.read_text())[1:]:
        found[record["class"]].append(record)
    return found


RECORDS = _by_class()


def test_every_class_is_recorded() -> None:
    assert set(RECORDS) == set(GENERATORS)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_declaration_agrees_with_the_record(name: str) -> None:
    for record in RECORDS[name]:
        case = Case(name, record.get("args", []), record.get("kwargs", {}), record.get("inputs"))
        outcome = declared_outcome(case)
        if "error" not in record:
            assert outcome.error is None, record
            assert outcome.parameters == record.get("parameters", {}), record
            assert outcome.buffers == record.get("buffers", {}), record
            assert outcome.output == record.get("output"), record
        elif "parameters" in record and outcome.parameters is not None:
            assert outcome.parameters == record["parameters"], record
