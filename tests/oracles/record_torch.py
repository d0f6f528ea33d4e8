"""Record what the installed torch does, for the tests that run without it: `python -m tests.oracles.record_torch`.

Each class gets CASES random cases from a fixed seed; the outcome of each is what torch itself made and returned.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import torch

from tests.oracles.live.torch_outcome import torch_outcome
from tests.oracles.torch_cases import GENERATORS, Case, generate

RECORDED = Path(__file__).parent / "recorded" / "torch.json"
CASES = 25


def main() -> None:
    """Write recorded/torch.json: one case a line, so that changes show in a diff."""
    lines = [json.dumps(record, separators=(",", ":")) for name in sorted(GENERATORS) for record in _records(name)]
    header = json.dumps({"torch": torch.__version__.split("+")[0]})
    RECORDED.write_text("[\n" + ",\n".join([header, *lines]) + "\n]\n")


def _records(name: str) -> list[dict[str, Any]]:
    """Different cases of one class, with their outcomes."""
    found: dict[str, dict[str, Any]] = {}
    for index in range(CASES):
        case = generate(name, random.Random(f"{name} {index}"))
        found.setdefault(json.dumps([case.args, case.kwargs, case.inputs]), _record(case))
    return list(found.values())


def _record(case: Case) -> dict[str, Any]:
    """Empty parts are left out."""
    outcome = torch_outcome(case)
    parts = {
        "class": case.cls,
        "args": case.args,
        "kwargs": case.kwargs,
        "inputs": case.inputs,
        "parameters": outcome.parameters,
        "buffers": outcome.buffers,
        "output": outcome.output,
        "error": outcome.error.split(":")[0] if outcome.error else None,
    }
    return {key: value for key, value in parts.items() if value not in (None, {}) and (key != "args" or value)}


if __name__ == "__main__":
    main()
