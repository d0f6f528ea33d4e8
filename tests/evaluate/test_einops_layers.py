"""The layers of einops are part of the catalogue."""

from __future__ import annotations

from paramlens.evaluate.analyze import analyze


def test_a_patch_embedding_with_rearrange_is_exact() -> None:
    text = """
from torch import nn
from einops.layers.torch import Rearrange

net = nn.Sequential(Rearrange("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1=4, p2=4), nn.Linear(48, 10))
"""
    model = analyze("model.py", text).models[0]
    assert (model.tally.status.value, model.tally.total) == ("exact", 490)
