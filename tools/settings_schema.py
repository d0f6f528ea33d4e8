"""Writes the JSON schema of `[tool.paramlens]` from the settings; with --check only tells whether it is up to date."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generated import write_or_check
from paramlens import quantities, settings
from paramlens.budget_keys import BUDGET_KEYS, SEVERITIES
from paramlens.costs import OPTIMIZER_STATES
from paramlens.lints.catalogue import OTHERS, RULES
from paramlens.shapes import DTYPE_BYTES

FILE = Path(settings.__file__).with_name("settings.schema.json")


def schema() -> dict[str, Any]:
    """The whole schema."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of Paramlens",
        "description": "The table [tool.paramlens] of pyproject.toml.",
        **_table(_complete(_keys(), settings._KEYS)),
    }


def _keys() -> dict[str, Any]:
    defaults = settings.Settings()
    patterns = {"type": "array", "items": {"type": "string"}}
    return {
        "dtype": _about("The type every weight is taken to have, for sizes in bytes.", _one_of(DTYPE_BYTES)),
        "optimizer": _about(
            "What the memory to train is estimated for.", _one_of(OPTIMIZER_STATES), defaults.optimizer
        ),
        "batch-size": _about("Samples in a batch.", {"type": "integer", "minimum": 1}, defaults.batch_size),
        "samples": _about("How many samples models are trained on.", _quantity(quantities._COUNTS, least=1)),
        "exclude": _about("Files and folders to leave out, in the patterns of .gitignore.", patterns, []),
        "budgets": _about("Limits for models.", {"type": "array", "items": _budget()}, []),
        "rules": _about("Severities of rules.", _table({name: _rule(name) for name in (*RULES, *OTHERS)})),
        "python": _about("The environment whose packages are read as source, never run.", {"type": "string"}),
        "inlay-hints": _about("What hints tell.", {"anyOf": [{"type": "boolean"}, _table(_hints())]}, True),
        "code-lens": _about(
            "Whether models have their totals above them.",
            {"anyOf": [{"type": "boolean"}, {"type": "object", "properties": {"enable": {"type": "boolean"}}}]},
            defaults.code_lens,
        ),
    }


def _hints() -> dict[str, Any]:
    defaults = settings.InlayHints()
    parts = {"type": "array", "items": _one_of(settings.HINT_PARTS)}
    found = {
        "enable": _about("Whether there are hints.", {"type": "boolean"}, defaults.enable),
        "format": _about("How counts are written.", _one_of(settings.HINT_FORMATS), defaults.format),
        "show": _about("What hints tell.", parts, [*defaults.show]),
    }
    return _complete(found, settings._HINT_KEYS)


def _budget() -> dict[str, Any]:
    count, size = _quantity(quantities._COUNTS), _quantity(quantities._BYTES)
    name = {"type": "string", "minLength": 1}
    found = {
        "model": _about("A pattern for a model's name, its class or path::name.", name),
        "max-params": _about("The most parameters.", count),
        "max-trainable-params": _about("The most parameters that train.", count),
        "max-memory": _about("The most bytes of the weights.", size),
        "max-training-memory": _about("The most bytes of weights, gradients and optimizer state.", size),
        "max-macs": _about("The most multiply-adds of one call for one sample.", count),
        "max-layer-share": _about(
            "The largest part of the parameters that one layer may have.",
            {"type": "number", "minimum": 0, "maximum": 1},
        ),
        "severity": _about("Of the problem.", _one_of(SEVERITIES), "error"),
    }
    return _table(_complete(found, BUDGET_KEYS))


def _rule(name: str) -> dict[str, Any]:
    text, default = (RULES[name].summary, RULES[name].severity) if name in RULES else (OTHERS[name], "warning")
    return _about(text, _one_of(("off", *SEVERITIES)), default)


def _quantity(units: Mapping[str, int], least: int = 0) -> dict[str, Any]:
    """A whole number, or a text with a unit in either case."""
    letters = "|".join("".join(f"[{char}{char.upper()}]" for char in unit) for unit in units if unit)
    text = rf"^\s*[0-9][0-9_,]*(\.[0-9]+)?\s*({letters})?\s*$"
    return {"anyOf": [{"type": "integer", "minimum": least}, {"type": "string", "pattern": text}]}


def _one_of(values: Iterable[str]) -> dict[str, Any]:
    return {"enum": [*values]}


def _about(description: str, value: dict[str, Any], *default: Any) -> dict[str, Any]:
    text = re.sub(r"`", "", description)
    return {"description": text, **value, **({"default": default[0]} if default else {})}


def _table(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _complete(found: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The properties, which have to be those that the settings read."""
    if set(found) != set(keys):
        raise SystemExit(f"tools/settings_schema.py lacks or has too much: {sorted(set(found) ^ set(keys))}")
    return found


def text() -> str:
    """The file as it is written."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(write_or_check(FILE, text, __doc__))
