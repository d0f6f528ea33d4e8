"""Names in torch and numpy that are neither functions nor classes: dtypes, memory formats, numbers.

dtypes stand as strings by their canonical name, so that `torch.long` and `torch.int64` are one.
"""

from __future__ import annotations

import math
from typing import Any

_DTYPES = {
    name: name
    for name in (
        "float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
        "uint64", "bool", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
    )
}  # fmt: skip

TORCH_CONSTANTS: dict[str, Any] = {
    **_DTYPES,
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "int": "int32",
    "long": "int64",
    "short": "int16",
    "cfloat": "complex64",
    "cdouble": "complex128",
    "complex32": "complex32",
    "chalf": "complex32",
    "qint8": "qint8",
    "quint8": "quint8",
    "qint32": "qint32",
    "strided": "strided",
    "contiguous_format": "contiguous_format",
    "channels_last": "channels_last",
    "channels_last_3d": "channels_last_3d",
    "preserve_format": "preserve_format",
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
}
"""`torch.<name>`"""

NUMPY_CONSTANTS: dict[str, Any] = {
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "Inf": math.inf,
    "nan": math.nan,
    "NaN": math.nan,
    "newaxis": None,
    "euler_gamma": 0.5772156649015329,
}
"""`numpy.<name>`; its dtypes are callable and declared as operations (`numpy.float32`)."""

TENSORFLOW_CONSTANTS: dict[str, Any] = {
    **_DTYPES,
    "half": "float16",
    "double": "float64",
    "string": "string",
    "newaxis": None,
}
"""`tensorflow.<name>`"""
