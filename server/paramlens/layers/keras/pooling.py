"""Pooling: windowed, global and adaptive."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, expect_rank, layer
from paramlens.layers.keras.arguments import (
    choice,
    deferred,
    is_absent,
    is_channels_first,
    known,
    sizes,
    spatial_sizes,
    with_spatial,
)
from paramlens.layers.keras.spellings import DATA_FORMAT, POOLING, spellings
from paramlens.layers.keras.windows import standardized, windows
from paramlens.shapes import Shape


def _pooled(
    layer_name: str, rank: int, pool_size: Any, strides: Any, padding: Any, data_format: Any, shape: Shape
) -> Built:
    """Windows of pool_size; strides are the pool size where they are not given."""
    expect_rank(layer_name, shape, rank + 2)

    def output() -> Shape:
        channels_first = is_channels_first(layer_name, data_format)
        pool = sizes(layer_name, "pool_size", pool_size, rank)
        steps = pool if is_absent(strides) else strides
        choice(layer_name, "padding", padding, "valid", "same")
        spatial = windows(layer_name, spatial_sizes(shape, channels_first), pool, steps, padding, exclusive=False)
        return with_spatial(shape, spatial, shape[1 if channels_first else -1], channels_first)

    steps = pool_size if strides is None else strides
    attributes = standardized(layer_name, rank, data_format, pool_size=pool_size, strides=steps)
    return Built(attributes=attributes, output=deferred(layer_name, output))


def _global(layer_name: str, rank: int, data_format: Any, keepdims: Any, shape: Shape) -> Built:
    """One value per channel; with keepdims the spatial axes stay with size 1."""
    expect_rank(layer_name, shape, rank + 2)

    def output() -> Shape:
        channels_first = is_channels_first(layer_name, data_format)
        kept = (1,) * rank if known(keepdims) else ()
        return with_spatial(shape, kept, shape[1 if channels_first else -1], channels_first)

    return Built(output=deferred(layer_name, output))


def _adaptive(layer_name: str, rank: int, output_size: Any, data_format: Any, shape: Shape) -> Built:
    """As many windows along each axis as asked for."""
    expect_rank(layer_name, shape, rank + 2)

    def output() -> Shape:
        channels_first = is_channels_first(layer_name, data_format)
        spatial = sizes(layer_name, "output_size", output_size, rank)
        return with_spatial(shape, spatial, shape[1 if channels_first else -1], channels_first)

    return Built(output=deferred(layer_name, output))


@layer(
    "keras.layers.MaxPooling1D",
    example="MaxPooling1D(2) : (None, 9, 8) -> (None, 4, 8) : 0",
    aliases=spellings("MaxPooling1D", "pooling.max_pooling1d", "convolutional", also=("MaxPool1D",)),
    renamed=POOLING,
)
def max_pooling1d(
    pool_size: Any = 2,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """The maximum of each window."""
    return _pooled("MaxPooling1D", 1, pool_size, strides, padding, data_format, input)


@layer(
    "keras.layers.MaxPooling2D",
    example="MaxPooling2D(2) : (None, 9, 9, 8) -> (None, 4, 4, 8) : 0",
    aliases=spellings("MaxPooling2D", "pooling.max_pooling2d", "convolutional", also=("MaxPool2D",)),
    renamed=POOLING,
)
def max_pooling2d(
    pool_size: Any = (2, 2),
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """The maximum of each window."""
    return _pooled("MaxPooling2D", 2, pool_size, strides, padding, data_format, input)


@layer(
    "keras.layers.MaxPooling3D",
    example="MaxPooling3D(2) : (None, 9, 9, 9, 8) -> (None, 4, 4, 4, 8) : 0",
    aliases=spellings("MaxPooling3D", "pooling.max_pooling3d", "convolutional", also=("MaxPool3D",)),
    renamed=POOLING,
)
def max_pooling3d(
    pool_size: Any = (2, 2, 2),
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """The maximum of each window."""
    return _pooled("MaxPooling3D", 3, pool_size, strides, padding, data_format, input)


@layer(
    "keras.layers.AveragePooling1D",
    example="AveragePooling1D(2) : (None, 9, 8) -> (None, 4, 8) : 0",
    aliases=spellings("AveragePooling1D", "pooling.average_pooling1d", "convolutional", also=("AvgPool1D",)),
    renamed=POOLING,
)
def average_pooling1d(
    pool_size: Any,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """The mean of each window."""
    return _pooled("AveragePooling1D", 1, pool_size, strides, padding, data_format, input)


@layer(
    "keras.layers.AveragePooling2D",
    example="AveragePooling2D(2) : (None, 9, 9, 8) -> (None, 4, 4, 8) : 0",
    aliases=spellings("AveragePooling2D", "pooling.average_pooling2d", "convolutional", also=("AvgPool2D",)),
    renamed=POOLING,
)
def average_pooling2d(
    pool_size: Any,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """The mean of each window."""
    return _pooled("AveragePooling2D", 2, pool_size, strides, padding, data_format, input)


@layer(
    "keras.layers.AveragePooling3D",
    example="AveragePooling3D(2) : (None, 9, 9, 9, 8) -> (None, 4, 4, 4, 8) : 0",
    aliases=spellings("AveragePooling3D", "pooling.average_pooling3d", "convolutional", also=("AvgPool3D",)),
    renamed=POOLING,
)
def average_pooling3d(
    pool_size: Any,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """The mean of each window."""
    return _pooled("AveragePooling3D", 3, pool_size, strides, padding, data_format, input)


@layer(
    "keras.layers.GlobalMaxPooling1D",
    example="GlobalMaxPooling1D() : (None, 9, 8) -> (None, 8) : 0",
    aliases=spellings("GlobalMaxPooling1D", "pooling.global_max_pooling1d", also=("GlobalMaxPool1D",)),
    renamed=DATA_FORMAT,
)
def global_max_pooling1d(
    data_format: Any = None,
    keepdims: bool = False,
    *,
    input: Shape,
) -> Built:
    """The maximum of each channel."""
    return _global("GlobalMaxPooling1D", 1, data_format, keepdims, input)


@layer(
    "keras.layers.GlobalMaxPooling2D",
    example="GlobalMaxPooling2D() : (None, 9, 9, 8) -> (None, 8) : 0",
    aliases=spellings("GlobalMaxPooling2D", "pooling.global_max_pooling2d", also=("GlobalMaxPool2D",)),
    renamed=DATA_FORMAT,
)
def global_max_pooling2d(
    data_format: Any = None,
    keepdims: bool = False,
    *,
    input: Shape,
) -> Built:
    """The maximum of each channel."""
    return _global("GlobalMaxPooling2D", 2, data_format, keepdims, input)


@layer(
    "keras.layers.GlobalMaxPooling3D",
    example="GlobalMaxPooling3D() : (None, 9, 9, 9, 8) -> (None, 8) : 0",
    aliases=spellings("GlobalMaxPooling3D", "pooling.global_max_pooling3d", also=("GlobalMaxPool3D",)),
    renamed=DATA_FORMAT,
)
def global_max_pooling3d(
    data_format: Any = None,
    keepdims: bool = False,
    *,
    input: Shape,
) -> Built:
    """The maximum of each channel."""
    return _global("GlobalMaxPooling3D", 3, data_format, keepdims, input)


@layer(
    "keras.layers.GlobalAveragePooling1D",
    example="GlobalAveragePooling1D() : (None, 9, 8) -> (None, 8) : 0",
    aliases=spellings("GlobalAveragePooling1D", "pooling.global_average_pooling1d", also=("GlobalAvgPool1D",)),
    renamed=DATA_FORMAT,
)
def global_average_pooling1d(
    data_format: Any = None,
    keepdims: bool = False,
    *,
    input: Shape,
) -> Built:
    """The mean of each channel."""
    return _global("GlobalAveragePooling1D", 1, data_format, keepdims, input)


@layer(
    "keras.layers.GlobalAveragePooling2D",
    example="GlobalAveragePooling2D() : (None, 9, 9, 8) -> (None, 8) : 0",
    aliases=spellings("GlobalAveragePooling2D", "pooling.global_average_pooling2d", also=("GlobalAvgPool2D",)),
    renamed=DATA_FORMAT,
)
def global_average_pooling2d(
    data_format: Any = None,
    keepdims: bool = False,
    *,
    input: Shape,
) -> Built:
    """The mean of each channel."""
    return _global("GlobalAveragePooling2D", 2, data_format, keepdims, input)


@layer(
    "keras.layers.GlobalAveragePooling3D",
    example="GlobalAveragePooling3D() : (None, 9, 9, 9, 8) -> (None, 8) : 0",
    aliases=spellings("GlobalAveragePooling3D", "pooling.global_average_pooling3d", also=("GlobalAvgPool3D",)),
    renamed=DATA_FORMAT,
)
def global_average_pooling3d(
    data_format: Any = None,
    keepdims: bool = False,
    *,
    input: Shape,
) -> Built:
    """The mean of each channel."""
    return _global("GlobalAveragePooling3D", 3, data_format, keepdims, input)


@layer(
    "keras.layers.AdaptiveMaxPooling1D",
    example="AdaptiveMaxPooling1D(2) : (None, 9, 8) -> (None, 2, 8) : 0",
    aliases=spellings("AdaptiveMaxPooling1D", "pooling.adaptive_max_pooling1d"),
)
def adaptive_max_pooling1d(
    output_size: Any,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """The maximum of each of output_size windows."""
    return _adaptive("AdaptiveMaxPooling1D", 1, output_size, data_format, input)


@layer(
    "keras.layers.AdaptiveMaxPooling2D",
    example="AdaptiveMaxPooling2D(2) : (None, 9, 9, 8) -> (None, 2, 2, 8) : 0",
    aliases=spellings("AdaptiveMaxPooling2D", "pooling.adaptive_max_pooling2d"),
)
def adaptive_max_pooling2d(
    output_size: Any,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """The maximum of each of output_size windows."""
    return _adaptive("AdaptiveMaxPooling2D", 2, output_size, data_format, input)


@layer(
    "keras.layers.AdaptiveMaxPooling3D",
    example="AdaptiveMaxPooling3D(2) : (None, 9, 9, 9, 8) -> (None, 2, 2, 2, 8) : 0",
    aliases=spellings("AdaptiveMaxPooling3D", "pooling.adaptive_max_pooling3d"),
)
def adaptive_max_pooling3d(
    output_size: Any,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """The maximum of each of output_size windows."""
    return _adaptive("AdaptiveMaxPooling3D", 3, output_size, data_format, input)


@layer(
    "keras.layers.AdaptiveAveragePooling1D",
    example="AdaptiveAveragePooling1D(2) : (None, 9, 8) -> (None, 2, 8) : 0",
    aliases=spellings("AdaptiveAveragePooling1D", "pooling.adaptive_average_pooling1d"),
)
def adaptive_average_pooling1d(
    output_size: Any,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """The mean of each of output_size windows."""
    return _adaptive("AdaptiveAveragePooling1D", 1, output_size, data_format, input)


@layer(
    "keras.layers.AdaptiveAveragePooling2D",
    example="AdaptiveAveragePooling2D(2) : (None, 9, 9, 8) -> (None, 2, 2, 8) : 0",
    aliases=spellings("AdaptiveAveragePooling2D", "pooling.adaptive_average_pooling2d"),
)
def adaptive_average_pooling2d(
    output_size: Any,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """The mean of each of output_size windows."""
    return _adaptive("AdaptiveAveragePooling2D", 2, output_size, data_format, input)


@layer(
    "keras.layers.AdaptiveAveragePooling3D",
    example="AdaptiveAveragePooling3D(2) : (None, 9, 9, 9, 8) -> (None, 2, 2, 2, 8) : 0",
    aliases=spellings("AdaptiveAveragePooling3D", "pooling.adaptive_average_pooling3d"),
)
def adaptive_average_pooling3d(
    output_size: Any,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """The mean of each of output_size windows."""
    return _adaptive("AdaptiveAveragePooling3D", 3, output_size, data_format, input)
