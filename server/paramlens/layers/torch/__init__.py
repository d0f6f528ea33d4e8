"""Every public layer of torch.nn. Importing this package declares them."""

from __future__ import annotations

from paramlens.layers.torch import (
    activation,
    adaptive,
    attention,
    convolution,
    distance,
    dropout,
    embedding,
    linear,
    loss,
    normalization,
    padding,
    parallel,
    pooling,
    recurrent,
    shape,
    transformer,
)

__all__ = [
    "activation",
    "adaptive",
    "attention",
    "convolution",
    "distance",
    "dropout",
    "embedding",
    "linear",
    "loss",
    "normalization",
    "padding",
    "parallel",
    "pooling",
    "recurrent",
    "shape",
    "transformer",
]
