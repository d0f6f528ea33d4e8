"""Record what the installed Keras says of a fixed set of cases, for runs without the framework.

KERAS_BACKEND=torch PYTHONPATH=server python -m tests.oracles.record_keras
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from random import Random
from typing import Any

import keras

from tests.oracles.keras_cases import GENERATORS
from tests.oracles.keras_framework import framework_result

RECORDED = Path(__file__).with_name("recorded") / "keras.json"
CASES_WITH_WEIGHTS = 24
CASES_WITHOUT = 8


def constructor(name: str) -> list[list[str]]:
    """The parameters of the constructor by name and written default, without those that only the base class names."""
    parameters = list(inspect.signature(getattr(keras.layers, name).__init__).parameters.values())[1:]
    return [
        [p.name, "" if p.default is p.empty else repr(p.default)]
        for p in parameters
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]


def public_classes() -> list[str]:
    """The public layer classes of `keras.layers`."""
    return sorted(
        name
        for name in dir(keras.layers)
        if isinstance(getattr(keras.layers, name), type) and issubclass(getattr(keras.layers, name), keras.layers.Layer)
    )


def module_path(name: str) -> str:
    """Where the class is defined, under the name it has there."""
    cls = getattr(keras.layers, name)
    return f"{cls.__module__}.{cls.__name__}"


def recorded_cases(name: str) -> list[dict[str, Any]]:
    """Cases of one class with the framework's results."""
    found: list[dict[str, Any]] = []
    weighted = False
    for seed in range(CASES_WITH_WEIGHTS):
        if seed >= CASES_WITHOUT and not weighted:
            break
        case = GENERATORS[name](Random(seed))
        result = framework_result(case)
        weighted = weighted or bool(result.get("trainable") or result.get("frozen"))
        found.append({"case": case, "result": {"refused": True} if "refused" in result else result})
    return found


def main() -> None:
    classes = public_classes()
    data = {
        "keras": keras.__version__,
        "classes": {name: {"module": module_path(name), "constructor": constructor(name)} for name in classes},
        "cases": [case for name in sorted(GENERATORS) for case in recorded_cases(name)],
    }
    lines = ",\n".join(json.dumps(case) for case in data["cases"])
    head = json.dumps({"keras": data["keras"], "classes": data["classes"]})[:-1]
    RECORDED.write_text(f'{head},\n"cases": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
