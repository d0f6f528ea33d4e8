"""Writes `recorded/operations.json`: what torch, numpy, einops and Keras answer to the operation cases.

Run with the frameworks installed, from the project's folder, with server/ and tests/ importable:
    KERAS_BACKEND=torch PYTHONPATH=server:tests python -m oracles.record_operations
"""

from __future__ import annotations

import json
from pathlib import Path

from oracles import operation_cases_keras, operation_cases_numpy, operation_cases_torch, operation_framework

RECORDED = Path(__file__).parent / "recorded" / "operations.json"


def cases() -> list[str]:
    """All expressions, each once."""
    every = [*operation_cases_torch.cases(), *operation_cases_numpy.cases(), *operation_cases_keras.cases()]
    return list(dict.fromkeys(every))


def main() -> None:
    lines = [f"{json.dumps(case)}: {json.dumps(operation_framework.outcome(case))}" for case in cases()]
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(lines)} cases")


if __name__ == "__main__":
    main()
