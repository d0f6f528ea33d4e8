"""Convolution: Conv1D, Conv2D, Conv3D."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, compare, product
from paramlens.layers.declare import Built, axes, expect_rank, layer
from paramlens.layers.keras.arguments import (
    channel_count,
    choice,
    deferred,
    integer,
    is_channels_first,
    known,
    refused,
    sizes,
    spatial_sizes,
    with_spatial,
)
from paramlens.layers.keras.low_rank import low_rank
from paramlens.layers.keras.spellings import CONVOLUTION, spellings
from paramlens.layers.keras.windows import kernel_axes, standardized, windows
from paramlens.shapes import Shape, ShapeMismatch, element_count


def _convolution(
    layer_name: str,
    rank: int,
    filters: Any,
    kernel_size: Any,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilation_rate: Any,
    groups: Any,
    use_bias: Any,
    lora_rank: Any,
    shape: Shape,
) -> Built:
    """kernel: (*kernel_size, in_channels // groups, filters); bias: (filters)."""
    filters, groups = integer(layer_name, "filters", filters), integer(layer_name, "groups", groups)
    kernel = sizes(layer_name, "kernel_size", kernel_size, rank)
    if compare(filters % groups, "==", 0) is False:
        raise refused(f"{layer_name} expects a multiple of {groups} filters, got {filters}")
    expect_rank(layer_name, shape, rank + 2)
    channels_first = is_channels_first(layer_name, data_format)
    channels = channel_count(layer_name, shape, channels_first)
    if compare(channels % groups, "==", 0) is False:
        raise ShapeMismatch(f"{layer_name} expects a multiple of {groups} input channels, got {channels}")

    def output() -> Shape:
        name = padding.lower() if isinstance(padding, str) else padding
        allowed = ("valid", "same", "causal") if rank == 1 else ("valid", "same")
        choice(layer_name, "padding", name, *allowed)
        spatial = spatial_sizes(shape, channels_first)
        return with_spatial(
            shape, windows(layer_name, spatial, kernel, strides, name, dilation_rate), filters, channels_first
        )

    per_group = channels // groups
    weights, frozen = low_rank(
        {
            "kernel": axes(**kernel_axes(kernel), in_channels=per_group, filters=filters),
            "bias": axes(filters=filters) if known(use_bias) else None,
        },
        "kernel",
        lora_rank,
    )

    def macs(_: Shape, result: Shape) -> Dim | None:
        positions = element_count(result[1:])
        return None if positions is None else positions * product((*kernel, per_group))

    return Built(
        weights=weights,
        frozen=frozen,
        attributes={
            "kernel_size": kernel,
            "rank": rank,
            **standardized(layer_name, rank, data_format, strides=strides, dilation_rate=dilation_rate),
        },
        output=deferred(layer_name, output),
        macs=macs,
    )


@layer(
    "keras.layers.Conv1D",
    example="Conv1D(32, 3) : (None, 100, 16) -> (None, 98, 32) : 1,568",
    aliases=spellings("Conv1D", "convolutional.conv1d", also=("Convolution1D", "AtrousConvolution1D")),
    renamed=CONVOLUTION,
)
def conv1d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    groups: Dim = 1,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    *,
    lora_rank: Any = None,
    lora_alpha: Any = None,
    input: Shape,
) -> Built:
    """Convolution over one axis of steps."""
    return _convolution(
        "Conv1D",
        1,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        groups,
        use_bias,
        lora_rank,
        input,
    )


@layer(
    "keras.layers.Conv2D",
    example='Conv2D(64, 3, padding="same") : (None, 28, 28, 32) -> (None, 28, 28, 64) : 18,496',
    aliases=spellings("Conv2D", "convolutional.conv2d", also=("Convolution2D", "AtrousConvolution2D")),
    renamed=CONVOLUTION,
)
def conv2d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
    groups: Dim = 1,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    *,
    lora_rank: Any = None,
    lora_alpha: Any = None,
    input: Shape,
) -> Built:
    """Convolution over height and width."""
    return _convolution(
        "Conv2D",
        2,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        groups,
        use_bias,
        lora_rank,
        input,
    )


@layer(
    "keras.layers.Conv3D",
    example="Conv3D(8, 3) : (None, 10, 10, 10, 1) -> (None, 8, 8, 8, 8) : 224",
    aliases=spellings("Conv3D", "convolutional.conv3d", also=("Convolution3D",)),
    renamed=CONVOLUTION,
)
def conv3d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = (1, 1, 1),
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1, 1),
    groups: Dim = 1,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    *,
    lora_rank: Any = None,
    lora_alpha: Any = None,
    input: Shape,
) -> Built:
    """Convolution over depth, height and width."""
    return _convolution(
        "Conv3D",
        3,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        groups,
        use_bias,
        lora_rank,
        input,
    )
