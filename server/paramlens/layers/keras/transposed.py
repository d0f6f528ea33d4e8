"""Transposed convolution: Conv1DTranspose, Conv2DTranspose, Conv3DTranspose."""

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
from paramlens.layers.keras.spellings import CONVOLUTION, spellings
from paramlens.layers.keras.windows import check_strides, kernel_axes, standardized
from paramlens.shapes import Shape, element_count, keras_conv_transpose


def _transposed(
    layer_name: str,
    rank: int,
    filters: Any,
    kernel_size: Any,
    strides: Any,
    padding: Any,
    output_padding: Any,
    data_format: Any,
    dilation_rate: Any,
    use_bias: Any,
    shape: Shape,
) -> Built:
    """kernel: (*kernel_size, filters, in_channels); bias: (filters)."""
    filters = integer(layer_name, "filters", filters)
    kernel = sizes(layer_name, "kernel_size", kernel_size, rank)
    expect_rank(layer_name, shape, rank + 2)
    channels_first = is_channels_first(layer_name, data_format)
    channels = channel_count(layer_name, shape, channels_first)

    def output() -> Shape:
        name = choice(layer_name, "padding", padding.lower() if isinstance(padding, str) else padding, "valid", "same")
        strided, dilated = (
            sizes(layer_name, "strides", strides, rank),
            sizes(layer_name, "dilation_rate", dilation_rate, rank),
        )
        check_strides(layer_name, strided, dilated)
        extra = (
            (None,) * rank
            if known(output_padding) is None
            else sizes(layer_name, "output_padding", output_padding, rank, 0)
        )
        for stride, more in zip(strided, extra, strict=True):
            if more is not None and compare(more, "<", stride) is False:
                raise refused(f"{layer_name} expects an output_padding below the stride {stride}, got {more}")
        spatial = tuple(
            keras_conv_transpose(size, width, stride, name, more, dilation)
            for size, width, stride, more, dilation in zip(
                spatial_sizes(shape, channels_first), kernel, strided, extra, dilated, strict=True
            )
        )
        return with_spatial(shape, spatial, filters, channels_first)

    def macs(given: Shape, _: Shape) -> Dim | None:
        positions = element_count(given[1:])
        return None if positions is None else positions * product((*kernel, filters))

    return Built(
        weights={
            "kernel": axes(**kernel_axes(kernel), filters=filters, in_channels=channels),
            "bias": axes(filters=filters) if known(use_bias) else None,
        },
        attributes={
            "kernel_size": kernel,
            "rank": rank,
            **standardized(layer_name, rank, data_format, strides=strides, dilation_rate=dilation_rate),
        },
        output=deferred(layer_name, output),
        macs=macs,
    )


@layer(
    "keras.layers.Conv1DTranspose",
    example="Conv1DTranspose(16, 3, strides=2) : (None, 50, 8) -> (None, 101, 16) : 400",
    aliases=spellings("Conv1DTranspose", "convolutional.conv1d_transpose", also=("Convolution1DTranspose",)),
    renamed=CONVOLUTION,
)
def conv1d_transpose(
    filters: Dim,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    output_padding: Any = None,
    data_format: Any = None,
    dilation_rate: Any = 1,
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
    input: Shape,
) -> Built:
    """Transposed convolution over 1 axis."""
    return _transposed(
        "Conv1DTranspose",
        1,
        filters,
        kernel_size,
        strides,
        padding,
        output_padding,
        data_format,
        dilation_rate,
        use_bias,
        input,
    )


@layer(
    "keras.layers.Conv2DTranspose",
    example='Conv2DTranspose(16, 3, strides=2, padding="same") : (None, 7, 7, 32) -> (None, 14, 14, 16) : 4,624',
    aliases=spellings(
        "Conv2DTranspose",
        "convolutional.conv2d_transpose",
        also=("Convolution2DTranspose", "Deconvolution2D", "Deconv2D"),
    ),
    renamed=CONVOLUTION,
)
def conv2d_transpose(
    filters: Dim,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: Any = "valid",
    output_padding: Any = None,
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
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
    input: Shape,
) -> Built:
    """Transposed convolution over 2 axes."""
    return _transposed(
        "Conv2DTranspose",
        2,
        filters,
        kernel_size,
        strides,
        padding,
        output_padding,
        data_format,
        dilation_rate,
        use_bias,
        input,
    )


@layer(
    "keras.layers.Conv3DTranspose",
    example="Conv3DTranspose(4, 2, strides=2) : (None, 5, 5, 5, 8) -> (None, 10, 10, 10, 4) : 260",
    aliases=spellings(
        "Conv3DTranspose",
        "convolutional.conv3d_transpose",
        also=("Convolution3DTranspose", "Deconvolution3D", "Deconv3D"),
    ),
    renamed=CONVOLUTION,
)
def conv3d_transpose(
    filters: Dim,
    kernel_size: Any,
    strides: Any = (1, 1, 1),
    padding: Any = "valid",
    data_format: Any = None,
    output_padding: Any = None,
    dilation_rate: Any = (1, 1, 1),
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
    input: Shape,
) -> Built:
    """Transposed convolution over 3 axes."""
    return _transposed(
        "Conv3DTranspose",
        3,
        filters,
        kernel_size,
        strides,
        padding,
        output_padding,
        data_format,
        dilation_rate,
        use_bias,
        input,
    )
