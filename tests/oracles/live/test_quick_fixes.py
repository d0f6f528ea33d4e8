"""Each quick fix on a real broken file: it raises in the framework, is fixed, runs, and has the counts that were shown.

    KERAS_BACKEND=torch python -m pytest tests/oracles/live/test_quick_fixes.py
"""

from __future__ import annotations

import os
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("torch")
pytest.importorskip("keras")

import keras
import torch
from fix_cases import CASES, FixCase, analysed
from paramlens.features.edits import applied
from paramlens.features.fitting_width import fitting, limits, probe
from paramlens.lines import split_lines
from paramlens.settings import Settings

EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def executed(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "model.py", "exec"), names)
    return names


def trainable(model: Any) -> int:
    if isinstance(model, torch.nn.Module) and not isinstance(model, keras.layers.Layer):
        return sum(p.numel() for p in model.parameters() if p.requires_grad)
    return sum(int(torch.tensor(weight.shape).prod()) for weight in model.trainable_weights)


@EVERY_CASE
def test_the_broken_file_raises(case: FixCase) -> None:
    if not case.fails:
        wasted = executed(f"{case.broken}\n{case.check}")
        assert all(trainable(wasted[name]) > count for name, count in case.counts.items())
        return
    with pytest.raises(Exception) as raised:  # which one, the case says
        executed(case.broken)
    assert raised.type.__name__ == case.fails


@EVERY_CASE
def test_the_fixed_file_runs_and_counts_what_was_shown(case: FixCase) -> None:
    names = executed(f"{case.fixed()}\n{case.check}")
    assert {name: trainable(names[name]) for name in case.counts} == case.counts


def test_the_widest_that_fits_fits() -> None:
    text = (
        "import torch\nfrom torch import nn\nhidden = 4096\n"
        "net = nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10))  # paramlens: budget 100k\n"
    )
    asked = probe(analysed(text), 3, 11)
    assert asked is not None
    (found,) = fitting(asked, analysed(asked.text), limits(analysed(text), Settings()))
    fixed = applied(split_lines(text), [found.edit])
    wider = fixed.replace(f"hidden = {found.width}", f"hidden = {found.width + 1}")
    assert trainable(executed(fixed)["net"]) == found.total <= 100_000 < trainable(executed(wider)["net"])
