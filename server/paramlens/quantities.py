"""Quantities with units as people write them in settings: `12M` parameters, `1.5GiB` of memory."""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r"\s*(\d[\d_,]*(?:\.\d+)?)\s*([a-zA-Z]*)\s*")
_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_BYTES = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}


def parse_count(value: object) -> int:
    """`12_000_000`, `"12M"`, `"1.2 B"`. Raises ValueError with what is expected."""
    return _parse(value, _COUNTS, "a number such as 12_000_000 or “12M”")


def parse_bytes(value: object) -> int:
    """`1024`, `"1.5GiB"`, `"200 MB"`. Raises ValueError with what is expected."""
    return _parse(value, _BYTES, "a size such as “200MiB” or “1.5GiB”")


def _parse(value: object, units: dict[str, int], expected: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    unit = units.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise ValueError(f"expected {expected}, got {written_value(value)}")
    return int(Decimal(match[1].replace(",", "").replace("_", "")) * unit)


def written_value(value: object) -> str:
    """A value of a settings file, quoted and not too long."""
    text = f"“{value}”" if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
