"""Depthwise and depthwise separable convolution."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, product
from paramlens.layers.declare import Built, axes, expect_rank, layer
from paramlens.layers.keras.arguments import (
    channel_count,
    choice,
    deferred,
    integer,
    is_channels_first,
    known,
    sizes,
    spatial_sizes,
    with_spatial,
)
from paramlens.layers.keras.spellings import CONVOLUTION, spellings
from paramlens.layers.keras.windows import kernel_axes, standardized, windows
from paramlens.shapes import Shape, element_count

_DEPTHWISE = {
    **CONVOLUTION,
    "depthwise_init": "depthwise_initializer",
    "kernel_initializer": "depthwise_initializer",
    "kernel_regularizer": "depthwise_regularizer",
    "kernel_constraint": "depthwise_constraint",
}
_SEPARABLE = {**CONVOLUTION, "depthwise_init": "depthwise_initializer", "pointwise_init": "pointwise_initializer"}


def _output(
    layer_name: str,
    channels: Dim,
    kernel: tuple[Dim, ...],
    strides: Any,
    padding: Any,
    channels_first: bool,
    dilation_rate: Any,
    shape: Shape,
    paddings: tuple[str, ...],
) -> Any:
    """The shape after a depthwise convolution that ends in this many channels."""

    def output() -> Shape:
        name = choice(layer_name, "padding", padding.lower() if isinstance(padding, str) else padding, *paddings)
        spatial = spatial_sizes(shape, channels_first)
        return with_spatial(
            shape,
            windows(layer_name, spatial, kernel, strides, name, dilation_rate, exclusive=False),
            channels,
            channels_first,
        )

    return deferred(layer_name, output)


def _depthwise(
    layer_name: str,
    rank: int,
    kernel_size: Any,
    strides: Any,
    padding: Any,
    depth_multiplier: Any,
    data_format: Any,
    dilation_rate: Any,
    use_bias: Any,
    shape: Shape,
) -> Built:
    """kernel: (*kernel_size, in_channels, depth_multiplier); bias: (in_channels · depth_multiplier)."""
    multiplier = integer(layer_name, "depth_multiplier", depth_multiplier)
    kernel = sizes(layer_name, "kernel_size", kernel_size, rank)
    expect_rank(layer_name, shape, rank + 2)
    channels_first = is_channels_first(layer_name, data_format)
    channels = channel_count(layer_name, shape, channels_first)

    def macs(_: Shape, result: Shape) -> Dim | None:
        positions = element_count(result[1:])
        return None if positions is None else positions * product(kernel)

    return Built(
        weights={
            "kernel": axes(**kernel_axes(kernel), in_channels=channels, depth_multiplier=multiplier),
            "bias": axes(filters=channels * multiplier) if known(use_bias) else None,
        },
        attributes={
            "kernel_size": kernel,
            "rank": rank,
            **standardized(layer_name, rank, data_format, strides=strides, dilation_rate=dilation_rate),
        },
        output=_output(
            layer_name,
            channels * multiplier,
            kernel,
            strides,
            padding,
            channels_first,
            dilation_rate,
            shape,
            paddings=("valid", "same"),
        ),
        macs=macs,
    )


def _separable(
    layer_name: str,
    rank: int,
    filters: Any,
    kernel_size: Any,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilation_rate: Any,
    depth_multiplier: Any,
    use_bias: Any,
    shape: Shape,
) -> Built:
    """depthwise_kernel: (*kernel_size, in_channels, depth_multiplier); pointwise_kernel mixes their channels."""
    filters = integer(layer_name, "filters", filters)
    multiplier = integer(layer_name, "depth_multiplier", depth_multiplier)
    kernel = sizes(layer_name, "kernel_size", kernel_size, rank)
    expect_rank(layer_name, shape, rank + 2)
    channels_first = is_channels_first(layer_name, data_format)
    channels = channel_count(layer_name, shape, channels_first)

    def macs(_: Shape, result: Shape) -> Dim | None:
        positions = element_count(spatial_sizes(result, channels_first))
        return None if positions is None else positions * channels * multiplier * (product(kernel) + filters)

    return Built(
        weights={
            "depthwise_kernel": axes(**kernel_axes(kernel), in_channels=channels, depth_multiplier=multiplier),
            "pointwise_kernel": axes(**kernel_axes((1,) * rank), in_channels=channels * multiplier, filters=filters),
            "bias": axes(filters=filters) if known(use_bias) else None,
        },
        attributes={
            "kernel_size": kernel,
            "rank": rank,
            **standardized(layer_name, rank, data_format, strides=strides, dilation_rate=dilation_rate),
        },
        output=_output(
            layer_name,
            filters,
            kernel,
            strides,
            padding,
            channels_first,
            dilation_rate,
            shape,
            paddings=("valid", "same", "causal") if rank == 1 else ("valid", "same"),
        ),
        macs=macs,
    )


@layer(
    "keras.layers.DepthwiseConv1D",
    example="DepthwiseConv1D(3) : (None, 100, 16) -> (None, 98, 16) : 64",
    aliases=spellings("DepthwiseConv1D", "convolutional.depthwise_conv1d"),
    renamed=_DEPTHWISE,
)
def depthwise_conv1d(
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    depth_multiplier: Dim = 1,
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    depthwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    bias_constraint: Any = None,
    *,
    input: Shape,
) -> Built:
    """Convolution of each channel on its own."""
    return _depthwise(
        "DepthwiseConv1D",
        1,
        kernel_size,
        strides,
        padding,
        depth_multiplier,
        data_format,
        dilation_rate,
        use_bias,
        input,
    )


@layer(
    "keras.layers.DepthwiseConv2D",
    example="DepthwiseConv2D(3) : (None, 28, 28, 32) -> (None, 26, 26, 32) : 320",
    aliases=spellings("DepthwiseConv2D", "convolutional.depthwise_conv2d", also=("DepthwiseConvolution2D",)),
    renamed=_DEPTHWISE,
)
def depthwise_conv2d(
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: Any = "valid",
    depth_multiplier: Dim = 1,
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    depthwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    bias_constraint: Any = None,
    *,
    input: Shape,
) -> Built:
    """Convolution of each channel on its own."""
    return _depthwise(
        "DepthwiseConv2D",
        2,
        kernel_size,
        strides,
        padding,
        depth_multiplier,
        data_format,
        dilation_rate,
        use_bias,
        input,
    )


@layer(
    "keras.layers.SeparableConv1D",
    example="SeparableConv1D(32, 3) : (None, 100, 16) -> (None, 98, 32) : 592",
    aliases=spellings("SeparableConv1D", "convolutional.separable_conv1d", also=("SeparableConvolution1D",)),
    renamed=_SEPARABLE,
)
def separable_conv1d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    depth_multiplier: Dim = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = "glorot_uniform",
    pointwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    pointwise_constraint: Any = None,
    bias_constraint: Any = None,
    *,
    input: Shape,
) -> Built:
    """A depthwise convolution, then a pointwise convolution that mixes the channels."""
    return _separable(
        "SeparableConv1D",
        1,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        depth_multiplier,
        use_bias,
        input,
    )


@layer(
    "keras.layers.SeparableConv2D",
    example="SeparableConv2D(64, 3) : (None, 28, 28, 32) -> (None, 26, 26, 64) : 2,400",
    aliases=spellings("SeparableConv2D", "convolutional.separable_conv2d", also=("SeparableConvolution2D",)),
    renamed=_SEPARABLE,
)
def separable_conv2d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
    depth_multiplier: Dim = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = "glorot_uniform",
    pointwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    pointwise_constraint: Any = None,
    bias_constraint: Any = None,
    *,
    input: Shape,
) -> Built:
    """A depthwise convolution, then a pointwise convolution that mixes the channels."""
    return _separable(
        "SeparableConv2D",
        2,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        depth_multiplier,
        use_bias,
        input,
    )
