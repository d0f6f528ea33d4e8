"""Dropout and noise. Their random seed is no weight: Keras does not count it."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, expect_rank, layer
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape


@layer(
    "keras.layers.Dropout",
    example="Dropout(0.5) : (None, 8) -> (None, 8) : 0",
    aliases=spellings("Dropout", "regularization.dropout", "core"),
    renamed={"p": "rate"},
)
def dropout(
    rate: Any,
    noise_shape: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Sets a fraction of the inputs to zero in training."""
    return Built(output=input)


@layer(
    "keras.layers.SpatialDropout1D",
    example="SpatialDropout1D(0.5) : (None, 8, 8) -> (None, 8, 8) : 0",
    aliases=spellings("SpatialDropout1D", "regularization.spatial_dropout", "core"),
    renamed={"p": "rate", "dim_ordering": "data_format"},
)
def spatial_dropout1d(
    rate: Any,
    seed: Any = None,
    name: Any = None,
    dtype: Any = None,
    *,
    input: Shape,
) -> Built:
    """Dropout of whole channels."""
    expect_rank("SpatialDropout1D", input, 3)
    return Built(output=input)


@layer(
    "keras.layers.SpatialDropout2D",
    example="SpatialDropout2D(0.5) : (None, 8, 8, 8) -> (None, 8, 8, 8) : 0",
    aliases=spellings("SpatialDropout2D", "regularization.spatial_dropout", "core"),
    renamed={"p": "rate", "dim_ordering": "data_format"},
)
def spatial_dropout2d(
    rate: Any,
    data_format: Any = None,
    seed: Any = None,
    name: Any = None,
    dtype: Any = None,
    *,
    input: Shape,
) -> Built:
    """Dropout of whole channels."""
    expect_rank("SpatialDropout2D", input, 4)
    return Built(output=input)


@layer(
    "keras.layers.SpatialDropout3D",
    example="SpatialDropout3D(0.5) : (None, 8, 8, 8, 8) -> (None, 8, 8, 8, 8) : 0",
    aliases=spellings("SpatialDropout3D", "regularization.spatial_dropout", "core"),
    renamed={"p": "rate", "dim_ordering": "data_format"},
)
def spatial_dropout3d(
    rate: Any,
    data_format: Any = None,
    seed: Any = None,
    name: Any = None,
    dtype: Any = None,
    *,
    input: Shape,
) -> Built:
    """Dropout of whole channels."""
    expect_rank("SpatialDropout3D", input, 5)
    return Built(output=input)


@layer(
    "keras.layers.GaussianDropout",
    example="GaussianDropout(0.5) : (None, 8) -> (None, 8) : 0",
    aliases=spellings("GaussianDropout", "regularization.gaussian_dropout", "noise"),
    renamed={"p": "rate"},
)
def gaussian_dropout(
    rate: Any,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Multiplies by noise around 1 in training."""
    return Built(output=input)


@layer(
    "keras.layers.GaussianNoise",
    example="GaussianNoise(0.1) : (None, 8) -> (None, 8) : 0",
    aliases=spellings("GaussianNoise", "regularization.gaussian_noise", "noise"),
    renamed={"sigma": "stddev"},
)
def gaussian_noise(
    stddev: Any,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Adds noise around 0 in training."""
    return Built(output=input)


@layer(
    "keras.layers.AlphaDropout",
    example="AlphaDropout(0.5) : (None, 8) -> (None, 8) : 0",
    aliases=spellings("AlphaDropout", "regularization.alpha_dropout", "noise"),
    renamed={"p": "rate"},
)
def alpha_dropout(
    rate: Any,
    noise_shape: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Dropout that keeps mean and variance."""
    return Built(output=input)


@layer(
    "keras.layers.ActivityRegularization",
    example="ActivityRegularization(l2=0.01) : (None, 8) -> (None, 8) : 0",
    aliases=spellings("ActivityRegularization", "regularization.activity_regularization", "core"),
)
def activity_regularization(
    l1: Any = 0.0,
    l2: Any = 0.0,
    *,
    input: Shape,
) -> Built:
    """Adds a penalty on its input to the loss."""
    return Built(output=input)
