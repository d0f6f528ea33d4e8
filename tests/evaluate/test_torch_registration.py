"""What a torch module owns: only what its `__setattr__` or its registries were given (totals confirmed by torch)."""

from __future__ import annotations

import pytest
from paramlens.evaluate.analyze import analyze

HEAD = """
import torch
from torch import nn

net = nn.Linear(3, 3)
"""

CASES = {
    "__dict__ hides a module": ('net.__dict__["hidden"] = nn.Linear(2, 2)', 12),
    "object.__setattr__ hides a module": ('object.__setattr__(net, "hidden", nn.Linear(2, 2))', 12),
    "_parameters registers": ('net._parameters["scale"] = nn.Parameter(torch.zeros(6))', 18),
    "_modules registers": ('net._modules["inner"] = nn.Linear(1, 1)', 14),
    "_parameters lets go": ('net._parameters.pop("bias")', 9),
    "_modules lets go": ('net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))\nnet._modules.popitem()', 12),
    "a parameter in place of a buffer": (
        'net.register_buffer("b", torch.zeros(4))\nnet.b = nn.Parameter(torch.zeros(4))',
        16,
    ),
    "lists of lists of parameters": (
        "net = nn.ParameterList([])\n"
        "for _ in range(3):\n    net.append(nn.ParameterList([nn.Parameter(torch.zeros(2)) for _ in range(2)]))",
        12,
    ),
    "a module goes before a property": (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self._m = nn.Linear(2, 2)\n"
        "    @property\n    def m(self):\n        return self._m\n"
        "    @m.setter\n    def m(self, value):\n        self._m = value\n"
        "net = Net()\nnet.m = nn.Linear(3, 3)",
        18,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_registration(name: str) -> None:
    text, total = CASES[name]
    model = next(model for model in analyze("model.py", HEAD + text + "\n").models if model.name == "net")
    assert (model.tally.status.value, model.tally.total) == ("exact", total)
