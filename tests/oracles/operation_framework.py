"""Evaluates the expressions of the operation cases with torch, numpy, einops and Keras themselves."""

from __future__ import annotations

import os
import warnings
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import einops
import keras
import numpy
import torch
import torch.nn.functional as functional

SMALL = 16  # numbers of a result are noted up to here


def _indices(*shape: int) -> torch.Tensor:
    return torch.zeros(shape, dtype=torch.int64)


NAMES: dict[str, Any] = {
    "torch": torch,
    "F": functional,
    "np": numpy,
    "einops": einops,
    "keras": keras,
    "ops": keras.ops,
    "T": lambda *shape: torch.rand(shape),
    "I": _indices,
    "B": lambda *shape: torch.ones(shape, dtype=torch.bool),
    "C": lambda *shape: torch.rand(shape).to(torch.complex64),
    "A": lambda *shape: numpy.random.rand(*shape) if shape else numpy.float64(0.5),
    "J": lambda *shape: numpy.zeros(shape, dtype="int64"),
    "M": lambda *shape: numpy.ones(shape, dtype="bool"),
    "K": lambda *shape: keras.KerasTensor(shape, dtype="float32"),
    "KI": lambda *shape: keras.KerasTensor(shape, dtype="int32"),
}


def outcome(expression: str) -> dict[str, Any]:
    """`{"value": …}` or `{"error": message}`."""
    torch.manual_seed(0)
    numpy.random.seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {"value": encoded(eval(expression, dict(NAMES)))}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:120]}


def encoded(value: Any) -> Any:
    if isinstance(value, torch.Size):
        return [int(size) for size in value]
    if isinstance(value, (torch.Tensor, numpy.ndarray)):
        size = value.numel() if isinstance(value, torch.Tensor) else value.size
        real = not (value.is_complex() if isinstance(value, torch.Tensor) else numpy.iscomplexobj(value))
        return {"shape": list(value.shape), "data": value.tolist() if size <= SMALL and real else None}
    if isinstance(value, keras.KerasTensor):
        return {"shape": list(value.shape), "data": None}
    if isinstance(value, numpy.generic):
        return encoded(value.item())
    if isinstance(value, (tuple, list)):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        return {key: encoded(item) for key, item in value.items()}
    if isinstance(value, (torch.dtype, numpy.dtype)):
        return str(value).rsplit(".", 1)[-1]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(type(value))
