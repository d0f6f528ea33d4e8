"""Activation layers."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Axes, Built, layer
from paramlens.layers.keras.arguments import expect_min_rank, known, known_size, normalized_axis, refused
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape


@layer(
    "keras.layers.Activation",
    example='Activation("relu") : (None, 8) -> (None, 8) : 0',
    aliases=spellings("Activation", "activations.activation", "core"),
)
def activation(
    activation: Any,
    *,
    input: Shape,
) -> Built:
    """An activation function as a layer."""
    return Built(output=input)


@layer(
    "keras.layers.ReLU",
    example="ReLU() : (None, 8) -> (None, 8) : 0",
    aliases=spellings("ReLU", "activations.relu", "advanced_activations"),
)
def re_lu(
    max_value: Any = None,
    negative_slope: Any = 0.0,
    threshold: Any = 0.0,
    *,
    input: Shape,
) -> Built:
    """max(x, 0), with an optional slope, threshold and maximum."""
    return Built(output=input)


@layer(
    "keras.layers.LeakyReLU",
    example="LeakyReLU(0.2) : (None, 8) -> (None, 8) : 0",
    aliases=spellings("LeakyReLU", "activations.leaky_relu", "advanced_activations"),
    renamed={"alpha": "negative_slope"},
)
def leaky_re_lu(
    negative_slope: Any = 0.3,
    *,
    input: Shape,
) -> Built:
    """ReLU with a fixed slope below zero."""
    return Built(output=input)


@layer(
    "keras.layers.ELU",
    example="ELU() : (None, 8) -> (None, 8) : 0",
    aliases=spellings("ELU", "activations.elu", "advanced_activations"),
)
def elu(
    alpha: Any = 1.0,
    *,
    input: Shape,
) -> Built:
    """Exponential linear unit."""
    return Built(output=input)


@layer(
    "keras.layers.Softmax",
    example="Softmax() : (None, 10) -> (None, 10) : 0",
    aliases=spellings("Softmax", "activations.softmax", "advanced_activations"),
)
def softmax(
    axis: Any = -1,
    *,
    input: Shape,
) -> Built:
    """Softmax over an axis."""
    return Built(output=input)


@layer(
    "keras.layers.PReLU",
    example=(
        "PReLU() : (None, 8, 8, 16) -> (None, 8, 8, 16) : 1,024",
        "PReLU(shared_axes=[1, 2]) : (None, 8, 8, 16) -> (None, 8, 8, 16) : 16",
    ),
    aliases=spellings("PReLU", "activations.prelu", "advanced_activations"),
    renamed={"init": "alpha_initializer"},
)
def p_re_lu(
    alpha_initializer: Any = "Zeros",
    alpha_regularizer: Any = None,
    alpha_constraint: Any = None,
    shared_axes: Any = None,
    *,
    input: Shape,
) -> Built:
    """ReLU whose slope below zero is trained, one for each position unless axes share it."""
    shared = known(shared_axes)
    if shared is None:
        shared = ()
    elif not isinstance(shared, tuple):
        shared = (shared,)
    expect_min_rank("PReLU", input, 1)
    ones = {_shared_axis(axis, len(input)) for axis in shared}
    sizes = tuple(1 if axis in ones else known_size("PReLU", input, axis) for axis in range(1, len(input)))
    names = tuple(f"axis_{axis}" for axis in range(1, len(input)))
    return Built(weights={"alpha": Axes(names, sizes)}, output=input)


def _shared_axis(axis: object, rank: int) -> int:
    """The axis that shares its slopes. Keras counts it from the batch axis, and negative ones from the last."""
    if not isinstance(axis, int):
        raise refused(f"PReLU expects integers for shared_axes, got {axis!r}")
    return normalized_axis("PReLU", axis - 1, rank - 1) + 1
