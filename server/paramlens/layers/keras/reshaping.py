"""Layers that rearrange, repeat, crop and pad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, expect_rank, layer
from paramlens.layers.keras.arguments import (
    deferred,
    expect_min_rank,
    integer,
    is_channels_first,
    known,
    pairs,
    refused,
    sizes,
    spatial_sizes,
    with_spatial,
)
from paramlens.layers.keras.spellings import DATA_FORMAT, spellings
from paramlens.shapes import Shape, Size, element_count, keras_reshape, upsampling, zero_padding
from paramlens.shapes import cropping as cropped


@layer(
    "keras.layers.Flatten",
    example="Flatten() : (None, 7, 7, 64) -> (None, 3136) : 0",
    aliases=spellings("Flatten", "reshaping.flatten", "core"),
)
def flatten(
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """All axes but the batch axis become one."""
    expect_min_rank("Flatten", input, 1)
    unknown = None in input[1:]
    return Built(output=(input[0], None if unknown else element_count(input[1:])))


@layer(
    "keras.layers.Reshape",
    example="Reshape((7, -1)) : (None, 49, 2) -> (None, 7, 14) : 0",
    aliases=spellings("Reshape", "reshaping.reshape", "core"),
)
def reshape(
    target_shape: Any,
    *,
    input: Shape,
) -> Built:
    """All axes but the batch axis are reshaped; one size may be -1."""

    def output() -> Shape:
        target = known(target_shape)
        if not isinstance(target, tuple):
            raise refused(f"Reshape expects a tuple for target_shape, got {target!r}")
        return keras_reshape(input, target)

    return Built(output=deferred("Reshape", output))


@layer(
    "keras.layers.Permute",
    example="Permute((2, 1)) : (None, 10, 64) -> (None, 64, 10) : 0",
    aliases=spellings("Permute", "reshaping.permute", "core"),
)
def permute(
    dims: Any,
    *,
    input: Shape,
) -> Built:
    """Reorders the axes; they are counted from 1."""

    def output() -> Shape:
        order = known(dims)
        if not isinstance(order, tuple) or sorted(order) != list(range(1, len(order) + 1)):
            raise refused(f"Permute expects a permutation that starts at 1 for dims, got {order!r}")
        expect_rank("Permute", input, len(order) + 1)
        return (input[0], *(input[axis] for axis in order))

    return Built(output=deferred("Permute", output))


@layer(
    "keras.layers.RepeatVector",
    example="RepeatVector(3) : (None, 64) -> (None, 3, 64) : 0",
    aliases=spellings("RepeatVector", "reshaping.repeat_vector", "core"),
)
def repeat_vector(
    n: Dim,
    *,
    input: Shape,
) -> Built:
    """Repeats each vector n times."""
    expect_rank("RepeatVector", input, 2)
    return Built(output=(input[0], integer("RepeatVector", "n", n), input[1]))


def _by_pairs(
    layer_name: str,
    name: str,
    value: Any,
    rank: int,
    data_format: Any,
    shape: Shape,
    along: Callable[[Size, Size, Size], Size],
) -> Built:
    """Each spatial axis changed by its (before, after)."""
    expect_rank(layer_name, shape, rank + 2)

    def output() -> Shape:
        channels_first = is_channels_first(layer_name, data_format)
        both = pairs(layer_name, name, value, rank) if rank > 1 else (sizes(layer_name, name, value, 2, least=0),)
        spatial = tuple(
            along(size, before, after)
            for size, (before, after) in zip(spatial_sizes(shape, channels_first), both, strict=True)
        )
        return with_spatial(shape, spatial, shape[1 if channels_first else -1], channels_first)

    return Built(output=deferred(layer_name, output))


def _upsampled(layer_name: str, rank: int, size: Any, data_format: Any, shape: Shape) -> Built:
    """Each spatial axis times its factor."""
    expect_rank(layer_name, shape, rank + 2)

    def output() -> Shape:
        channels_first = is_channels_first(layer_name, data_format)
        factors: tuple[Dim, ...] = sizes(layer_name, "size", size, rank)
        spatial = tuple(
            upsampling(each, factor) for each, factor in zip(spatial_sizes(shape, channels_first), factors, strict=True)
        )
        return with_spatial(shape, spatial, shape[1 if channels_first else -1], channels_first)

    return Built(output=deferred(layer_name, output))


@layer(
    "keras.layers.Cropping1D",
    example="Cropping1D(1) : (None, 8, 4) -> (None, 6, 4) : 0",
    aliases=spellings("Cropping1D", "reshaping.cropping1d", "convolutional"),
    renamed=DATA_FORMAT,
)
def cropping1d(
    cropping: Any = (1, 1),
    *,
    input: Shape,
) -> Built:
    """Cuts off positions before and after."""
    return _by_pairs("Cropping1D", "cropping", cropping, 1, None, input, cropped)


@layer(
    "keras.layers.Cropping2D",
    example="Cropping2D(1) : (None, 8, 8, 4) -> (None, 6, 6, 4) : 0",
    aliases=spellings("Cropping2D", "reshaping.cropping2d", "convolutional"),
    renamed=DATA_FORMAT,
)
def cropping2d(
    cropping: Any = ((0, 0), (0, 0)),
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Cuts off positions before and after."""
    return _by_pairs("Cropping2D", "cropping", cropping, 2, data_format, input, cropped)


@layer(
    "keras.layers.Cropping3D",
    example="Cropping3D(1) : (None, 8, 8, 8, 4) -> (None, 6, 6, 6, 4) : 0",
    aliases=spellings("Cropping3D", "reshaping.cropping3d", "convolutional"),
    renamed=DATA_FORMAT,
)
def cropping3d(
    cropping: Any = ((1, 1), (1, 1), (1, 1)),
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Cuts off positions before and after."""
    return _by_pairs("Cropping3D", "cropping", cropping, 3, data_format, input, cropped)


@layer(
    "keras.layers.ZeroPadding1D",
    example="ZeroPadding1D(1) : (None, 8, 4) -> (None, 10, 4) : 0",
    aliases=spellings("ZeroPadding1D", "reshaping.zero_padding1d", "convolutional"),
    renamed=DATA_FORMAT,
)
def zero_padding1d(
    padding: Any = 1,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Adds zeros before and after."""
    return _by_pairs("ZeroPadding1D", "padding", padding, 1, data_format, input, zero_padding)


@layer(
    "keras.layers.ZeroPadding2D",
    example="ZeroPadding2D(1) : (None, 8, 8, 4) -> (None, 10, 10, 4) : 0",
    aliases=spellings("ZeroPadding2D", "reshaping.zero_padding2d", "convolutional"),
    renamed=DATA_FORMAT,
)
def zero_padding2d(
    padding: Any = (1, 1),
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Adds zeros before and after."""
    return _by_pairs("ZeroPadding2D", "padding", padding, 2, data_format, input, zero_padding)


@layer(
    "keras.layers.ZeroPadding3D",
    example="ZeroPadding3D(1) : (None, 8, 8, 8, 4) -> (None, 10, 10, 10, 4) : 0",
    aliases=spellings("ZeroPadding3D", "reshaping.zero_padding3d", "convolutional"),
    renamed=DATA_FORMAT,
)
def zero_padding3d(
    padding: Any = ((1, 1), (1, 1), (1, 1)),
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Adds zeros before and after."""
    return _by_pairs("ZeroPadding3D", "padding", padding, 3, data_format, input, zero_padding)


@layer(
    "keras.layers.UpSampling1D",
    example="UpSampling1D(2) : (None, 8, 4) -> (None, 16, 4) : 0",
    aliases=spellings("UpSampling1D", "reshaping.up_sampling1d", "convolutional"),
    renamed={"length": "size"},
)
def up_sampling1d(
    size: Any = 2,
    *,
    input: Shape,
) -> Built:
    """Repeats or interpolates positions."""
    return _upsampled("UpSampling1D", 1, size, None, input)


@layer(
    "keras.layers.UpSampling2D",
    example="UpSampling2D(2) : (None, 8, 8, 4) -> (None, 16, 16, 4) : 0",
    aliases=spellings("UpSampling2D", "reshaping.up_sampling2d", "convolutional"),
    renamed=DATA_FORMAT,
)
def up_sampling2d(
    size: Any = (2, 2),
    data_format: Any = None,
    interpolation: Any = "nearest",
    *,
    input: Shape,
) -> Built:
    """Repeats or interpolates positions."""
    return _upsampled("UpSampling2D", 2, size, data_format, input)


@layer(
    "keras.layers.UpSampling3D",
    example="UpSampling3D(2) : (None, 8, 8, 8, 4) -> (None, 16, 16, 16, 4) : 0",
    aliases=spellings("UpSampling3D", "reshaping.up_sampling3d", "convolutional"),
    renamed=DATA_FORMAT,
)
def up_sampling3d(
    size: Any = (2, 2, 2),
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Repeats or interpolates positions."""
    return _upsampled("UpSampling3D", 3, size, data_format, input)
