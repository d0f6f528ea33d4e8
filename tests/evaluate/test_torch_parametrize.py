"""Parametrisations and other functions of torch that change what modules hold (totals confirmed by torch)."""

from __future__ import annotations

from paramlens.evaluate.analyze import analyze
from paramlens.facts import Status

HEAD = """
import torch
from torch import nn
import torch.nn.utils.parametrize as parametrize
"""


def found(text: str) -> tuple[Status, object]:
    model = next(m for m in analyze("model.py", HEAD + text).models if m.name == "net")
    return model.tally.status, model.tally.total


def test_a_parametrization_adds_its_own_parameters() -> None:
    text = """
class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.s = nn.Parameter(torch.ones(3, 3))
    def forward(self, x):
        return x * self.s
net = nn.Linear(3, 3)
parametrize.register_parametrization(net, "weight", Scale())
"""
    assert found(text) == (Status.EXACT, 21)


def test_a_parametrization_that_keeps_something_else_is_not_certain() -> None:
    text = """
class Double(nn.Module):
    def forward(self, x):
        return torch.cat([x, x])
    def right_inverse(self, y):
        return y[: y.shape[0] // 2]
net = nn.Linear(3, 4)
parametrize.register_parametrization(net, "weight", Double())
"""
    assert found(text)[0] is not Status.EXACT


def test_a_function_of_torch_that_is_not_known_may_change_a_module() -> None:
    assert found("net = nn.Linear(3, 4)\ntorch.nn.utils.some_new_rewrite(net)\n")[0] is not Status.EXACT


def test_converting_batch_normalisation_keeps_the_count() -> None:
    text = "net = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)))\n"
    assert found(text) == (Status.EXACT, 24)


def test_super_call_in_a_metaclass_makes_the_instance() -> None:
    text = """
class Meta(type):
    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made.post = nn.Linear(1, 1)
        return made
class Net(nn.Module, metaclass=Meta):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
net = Net()
"""
    assert found(text) == (Status.EXACT, 8)
