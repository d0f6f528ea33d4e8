"""A case run against the installed torch."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn

from tests.oracles.torch_cases import Case
from tests.oracles.torch_replay import Outcome, qualified

REFUSALS = (ValueError, TypeError, RuntimeError, AssertionError, NotImplementedError, IndexError)


def torch_class(name: str) -> Any:
    """The class with this short name."""
    found: Any = torch
    for part in qualified(name).split(".")[1:]:
        found = getattr(found, part)
    return found


def torch_outcome(case: Case) -> Outcome:
    """What torch makes and returns, or that it refuses."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            layer = _construct(case)
        except REFUSALS as error:
            return Outcome(error=f"construct: {error}")
        if case.inputs is None:
            return _outcome(layer, None, None)
        try:
            result = layer(*(_tensor(value) for value in case.inputs))
        except REFUSALS as error:
            return _outcome(layer, None, f"call: {error}")
        return _outcome(layer, _plain(result), None)


def _construct(case: Case) -> nn.Module:
    if case.cls == "DistributedDataParallel":  # needs a process group; what it adds is the prefix alone
        case = Case("DataParallel", case.args, case.kwargs)
    args = [_argument(value) for value in case.args]
    kwargs = {key: _argument(value) for key, value in case.kwargs.items()}
    layer: nn.Module = torch_class(case.cls)(*args, **kwargs).eval()
    return layer


def _argument(value: Any) -> Any:
    if isinstance(value, dict) and "layer" in value:
        return _construct(Case(value["layer"], value["args"], value["kwargs"]))
    return value


def _tensor(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "items" in value:
        return tuple(_tensor(item) for item in value["items"])
    if "high" in value:
        return torch.full(value["shape"], max(0, value["high"] - 1), dtype=torch.long)
    return torch.rand(value["shape"])


def _outcome(layer: nn.Module, output: Any, error: str | None) -> Outcome:
    """Parameters, buffers, output; nothing but the refusal of a lazy layer that was never materialised."""
    lazy = (nn.UninitializedParameter, nn.UninitializedBuffer)
    if any(isinstance(tensor, lazy) for tensor in (*layer.parameters(), *layer.buffers())):
        return Outcome(error=error)
    return Outcome(
        {name: list(p.shape) for name, p in layer.named_parameters()},
        {name: list(b.shape) for name, b in layer.named_buffers()},
        output,
        error,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return list(value.shape)
    return None if value is None else {"items": [_plain(item) for item in value]}
