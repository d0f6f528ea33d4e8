"""Layers that come from where nobody can look: what holds one is not shown as exact."""

from __future__ import annotations

import pickle

import pytest
from paramlens.evaluate.analyze import analyze
from paramlens.facts import Status
from paramlens.values import NativeFunction, Reason, Unknown

HEAD = """
import os
import pickle
from collections import OrderedDict
import torch
from torch import nn

names = os.listdir(".")


class Net(nn.Module):
    def __init__(self, part):
        super().__init__()
        self.part = part
        self.fc = nn.Linear(2, 2)


pairs, layers, grouped = [], [], {}
for name in names:
    pairs.append((name, nn.Linear(2, 2)))
    layers += [nn.Linear(2, 2)]
    grouped.setdefault("all", []).append(nn.Linear(2, 2))
"""


@pytest.mark.parametrize(
    "made",
    [
        'Net(torch.load("a.pt"))',
        'Net(torch.jit.load("a.pt"))',
        'Net(pickle.load(open("a.pkl", "rb")))',
        'Net(torch.hub.load("a/b", "c"))',
        "Net(eval(input()))",
        'Net(torch.load("a.pt")["model"])',
        'Net({"a": nn.Linear(3, 4)}[os.environ["A"]])',
        "nn.Sequential(OrderedDict(pairs))",
        "nn.ModuleDict(pairs)",
        "nn.Sequential(*dict(pairs).values())",
        "nn.Sequential(*layers)",
        'nn.Sequential(*grouped.get("all", []))',
        "nn.ModuleList(pair[1] for pair in pairs)",
    ],
)
def test_the_count_is_not_exact(made: str) -> None:
    analysis = analyze("model.py", f"{HEAD}net = {made}\n")
    (net,) = (model for model in analysis.models if model.name == "net")
    assert net.tally.status is not Status.EXACT
    (site,) = (site for site in analysis.sites if site.place == net.place)
    assert all(tally.status is not Status.EXACT for tally in site.tallies)


def test_a_reason_leaves_the_process_without_the_values_that_it_may_be() -> None:
    reason = Unknown(Reason.BRANCHES, "part", None, 3, "name", True, (NativeFunction("f", lambda: None),))
    sent = pickle.loads(pickle.dumps(reason))
    assert sent == reason
    assert (sent.serial, sent.name, sent.weightless, sent.options) == (3, "name", True, ())
