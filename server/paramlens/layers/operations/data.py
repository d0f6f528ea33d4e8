"""The numbers of small tensors: nested tuples, flattened and nested again, and rounded to a dtype.

Elements are int, float, complex, bool or a symbolic `Sym`. A tensor of rank 0 holds a bare number.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from paramlens.dims import Sym, Undecided
from paramlens.values import Undetermined

LIMIT = 10_000  # no more numbers than this are kept

INTEGERS = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"})
FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
_FORMATS = {"float16": "e", "float32": "f", "float64": "d"}  # of `struct`
COMPLEXES = frozenset({"complex64", "complex128"})


def is_number(value: Any) -> bool:
    """Whether the value may be an element: a Python number, or a symbolic integer."""
    return isinstance(value, (int, float, complex, Sym))


def flatten(data: Any) -> list[Any]:
    """The elements in row-major order."""
    if not isinstance(data, tuple):
        return [data]
    return [element for item in data for element in flatten(item)]


def nest(elements: Sequence[Any], shape: Sequence[int]) -> Any:
    """The inverse of `flatten` for a shape of known sizes."""
    if not shape:
        return elements[0]
    step = math.prod(shape[1:])
    return tuple(nest(elements[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0]))


def apply(function: Callable[..., Any], *columns: Iterable[Any]) -> list[Any] | None:
    """The function over elements; None where some result is not known or not a number."""
    try:
        return [function(*items) for items in zip(*columns, strict=True)]
    except (Undetermined, Undecided, ArithmeticError, ValueError, TypeError, struct.error):
        return None


def round_to(value: Any, dtype: str | None) -> Any:
    """The number as this dtype holds it; raises ValueError where that is not modelled (overflow, bfloat16)."""
    if isinstance(value, Sym):
        if dtype in INTEGERS or dtype is None:
            return value
        raise ValueError("a symbolic float")
    if dtype in INTEGERS:
        number = int(value)
        if isinstance(value, float) and 0 < abs(value - round(value)) < 1e-4 * max(1.0, abs(value)):
            raise ValueError("too near an integer: the last bits decide")
        bits = int(str(dtype).lstrip("uint"))
        low, high = (0, 2**bits) if str(dtype).startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1))
        if not low <= number < high:
            raise ValueError("integer overflow")
        return number
    if dtype == "bool":
        return bool(value)
    if dtype in _FORMATS:
        return struct.unpack(_FORMATS[dtype], struct.pack(_FORMATS[dtype], value))[0]
    if dtype is None:
        return value
    raise ValueError(dtype)


def round_all(elements: Sequence[Any], dtype: str | None) -> list[Any] | None:
    """Each number as this dtype holds it; None where that of one is not modelled. Floats are rounded in one go: weights
    and positions that are kept have thousands of them."""
    if dtype is None:
        return list(elements)
    code = _FORMATS.get(dtype)
    if code is None:
        return apply(lambda element: round_to(element, dtype), elements)
    row = f"{len(elements)}{code}"
    try:
        return list(struct.unpack(row, struct.pack(row, *elements)))
    except (Undetermined, Undecided, ArithmeticError, ValueError, TypeError, struct.error):
        return None


def infer_dtype(elements: Iterable[Any], floats: str) -> str | None:
    """The dtype that numpy or torch gives to Python numbers; `floats` is the library's default for floats."""
    found = None
    for element in elements:
        if isinstance(element, bool):
            kind = "bool"
        elif isinstance(element, (int, Sym)):
            kind = "int64"
        elif isinstance(element, float):
            kind = floats
        else:
            return None
        order = ("bool", "int64", floats)
        found = kind if found is None or order.index(kind) > order.index(found) else found
    return found or floats
