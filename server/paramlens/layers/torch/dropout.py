"""Dropout in its variants: no weights, the shape stays."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, expect_rank, layer
from paramlens.layers.torch.arguments import paths, require, shape_of
from paramlens.shapes import Shape
from paramlens.values import Unknown

BASE = "torch.nn.modules.dropout._DropoutNd"


def dropping(name: str, p: Any, ranks: tuple[int, ...] = ()) -> Built:
    """Checks the probability, keeps the shape."""
    if not isinstance(p, Unknown) and isinstance(p, (int, float)):
        require(not 0 <= p <= 1, f"{name} expects a probability from 0 to 1, got {p}")

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        if ranks:
            expect_rank(name, shape, *ranks)
        return shape

    return Built(forward=forward)


@layer(BASE, example="_DropoutNd(0.5) : * -> * : 0")
def dropout_nd(p: float = 0.5, inplace: bool = False) -> Built:
    """Base class of the dropouts, without a forward of its own."""
    dropping("_DropoutNd", p)
    return Built()


def _declare(name: str, ranks: tuple[int, ...], shape: str, doc: str) -> None:
    def dropout(p: float = 0.5, inplace: bool = False) -> Built:
        return dropping(name, p, ranks)

    dropout.__doc__ = doc
    example = f"{name}(0.5) : {shape} -> {shape} : 0"
    layer(f"torch.nn.{name}", example=example, aliases=paths("dropout", name), bases=(BASE,))(dropout)


_declare("Dropout", (), "(8, 128)", "Sets elements to zero at random.")
_declare("Dropout1d", (2, 3), "(8, 64, 56)", "Sets whole channels of a sequence to zero at random.")
_declare("Dropout2d", (), "(8, 64, 56, 56)", "Sets whole channels of an image to zero at random.")
_declare("Dropout3d", (), "(8, 64, 16, 56, 56)", "Sets whole channels of a volume to zero at random.")
_declare("AlphaDropout", (), "(8, 128)", "Dropout that keeps mean and variance, for SELU networks.")
_declare("FeatureAlphaDropout", (), "(8, 64, 56, 56)", "Alpha dropout of whole channels.")
