"""Layers that merge a list of inputs."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, Shapes, layer
from paramlens.layers.keras.arguments import deferred
from paramlens.layers.keras.merged_shapes import concatenated, dotted, elementwise
from paramlens.layers.keras.spellings import spellings


@layer(
    "keras.layers.Add",
    example="Add() : [(None, 8), (None, 8)] -> (None, 8) : 0",
    aliases=spellings("Add", "merging.add", "merge"),
)
def add(
    *,
    inputs: Shapes,
) -> Built:
    """The sum."""
    return Built(output=elementwise("Add", inputs))


@layer(
    "keras.layers.Subtract",
    example="Subtract() : [(None, 8), (None, 8)] -> (None, 8) : 0",
    aliases=spellings("Subtract", "merging.subtract", "merge"),
)
def subtract(
    *,
    inputs: Shapes,
) -> Built:
    """The first input less the second."""
    return Built(output=elementwise("Subtract", inputs, exactly=2))


@layer(
    "keras.layers.Multiply",
    example="Multiply() : [(None, 8), (None, 8)] -> (None, 8) : 0",
    aliases=spellings("Multiply", "merging.multiply", "merge"),
)
def multiply(
    *,
    inputs: Shapes,
) -> Built:
    """The product."""
    return Built(output=elementwise("Multiply", inputs))


@layer(
    "keras.layers.Average",
    example="Average() : [(None, 8), (None, 8)] -> (None, 8) : 0",
    aliases=spellings("Average", "merging.average", "merge"),
)
def average(
    *,
    inputs: Shapes,
) -> Built:
    """The mean."""
    return Built(output=elementwise("Average", inputs))


@layer(
    "keras.layers.Maximum",
    example="Maximum() : [(None, 8), (None, 8)] -> (None, 8) : 0",
    aliases=spellings("Maximum", "merging.maximum", "merge"),
)
def maximum(
    *,
    inputs: Shapes,
) -> Built:
    """The elementwise maximum."""
    return Built(output=elementwise("Maximum", inputs))


@layer(
    "keras.layers.Minimum",
    example="Minimum() : [(None, 8), (None, 8)] -> (None, 8) : 0",
    aliases=spellings("Minimum", "merging.minimum", "merge"),
)
def minimum(
    *,
    inputs: Shapes,
) -> Built:
    """The elementwise minimum."""
    return Built(output=elementwise("Minimum", inputs))


@layer(
    "keras.layers.Concatenate",
    example="Concatenate() : [(None, 8), (None, 4)] -> (None, 12) : 0",
    aliases=spellings("Concatenate", "merging.concatenate", "merge"),
    renamed={"concat_axis": "axis"},
)
def concatenate(
    axis: Any = -1,
    *,
    inputs: Shapes,
) -> Built:
    """The inputs joined along an axis."""
    return Built(output=deferred("Concatenate", lambda: concatenated("Concatenate", inputs, axis)))


@layer(
    "keras.layers.Dot",
    example="Dot(axes=1) : [(None, 8), (None, 8)] -> (None, 1) : 0",
    aliases=spellings("Dot", "merging.dot", "merge"),
    renamed={"dot_axes": "axes"},
)
def dot(
    axes: Any,
    normalize: bool = False,
    *,
    inputs: Shapes,
) -> Built:
    """The sum of products along one axis of each of two inputs."""
    return Built(output=deferred("Dot", lambda: dotted("Dot", inputs, axes)))
