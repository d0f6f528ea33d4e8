"""The keys of a budget and how their values are read, in settings and in comments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from paramlens.quantities import parse_bytes, parse_count, written_value

SEVERITIES = ("hint", "information", "warning", "error")


def read_severity(value: Any) -> str:
    """One of SEVERITIES. Raises ValueError."""
    if isinstance(value, str) and value.lower() in SEVERITIES:
        return value.lower()
    raise ValueError(f"expected one of {', '.join(SEVERITIES)}, got {written_value(value)}")


def _share(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise ValueError(f"expected a number from 0 to 1, got {written_value(value)}")


def _glob(value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError(f"expected a name or pattern, got {written_value(value)}")


BUDGET_KEYS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "model": _glob,
        "max-params": parse_count,
        "max-trainable-params": parse_count,
        "max-memory": parse_bytes,
        "max-training-memory": parse_bytes,
        "max-macs": parse_count,
        "max-layer-share": _share,
        "severity": read_severity,
    }
)
"""Each raises ValueError with what is expected."""
