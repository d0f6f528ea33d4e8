"""LSTM whose products are convolutions: ConvLSTM1D, ConvLSTM2D, ConvLSTM3D."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, product
from paramlens.layers.declare import Built, Shapes, axes, expect_rank, layer
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
from paramlens.layers.keras.recurrent import sequence_output
from paramlens.layers.keras.recurrent_cells import gate_axis
from paramlens.layers.keras.spellings import CONVOLUTION, RECURRENT, spellings
from paramlens.layers.keras.windows import kernel_axes, standardized, windows
from paramlens.shapes import Shape
from paramlens.values import Reason, undetermined

_RENAMED = {**RECURRENT, **CONVOLUTION}


def _conv_lstm(
    layer_name: str,
    rank: int,
    filters: Any,
    kernel_size: Any,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilation_rate: Any,
    use_bias: Any,
    return_sequences: Any,
    return_state: Any,
    shape: Shape,
) -> Built:
    """kernel (*kernel_size, in_channels, 4·filters), recurrent_kernel (*kernel_size, filters, 4·filters), bias."""
    filters = integer(layer_name, "filters", filters)
    kernel = sizes(layer_name, "kernel_size", kernel_size, rank)
    expect_rank(layer_name, shape, rank + 3)
    channels_first = is_channels_first(layer_name, data_format)
    step = (shape[0], *shape[2:])
    channels = channel_count(layer_name, step, channels_first)
    if None in spatial_sizes(step, channels_first):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "the spatial sizes, which Keras needs to build the layer")

    def output() -> Any:
        name = choice(layer_name, "padding", padding.lower() if isinstance(padding, str) else padding, "valid", "same")
        spatial = windows(layer_name, spatial_sizes(step, channels_first), kernel, strides, name, dilation_rate)
        state = with_spatial(step, spatial, filters, channels_first)
        return sequence_output(shape[0], shape[1], state[1:], return_sequences, return_state, (state, state))

    def macs(given: Shape, _: Shape) -> Dim | None:
        spatial = windows(layer_name, spatial_sizes(step, channels_first), kernel, strides, padding, dilation_rate)
        known_sizes = [size for size in (given[1], *spatial) if size is not None]
        if len(known_sizes) <= rank:
            return None
        count: Dim = product(known_sizes) * product(kernel) * (channels + filters) * 4 * filters
        return count

    gate = gate_axis(4, "filters", filters)
    return Built(
        weights={
            "kernel": axes(**kernel_axes(kernel), in_channels=channels, **gate),
            "recurrent_kernel": axes(**kernel_axes(kernel), filters=filters, **gate),
            "bias": axes(**gate) if known(use_bias) else None,
        },
        attributes={
            "kernel_size": kernel,
            **standardized(layer_name, rank, data_format, strides=strides, dilation_rate=dilation_rate),
        },
        output=deferred(layer_name, output),
        macs=macs,
    )


@layer(
    "keras.layers.ConvLSTM1D",
    example="ConvLSTM1D(8, 3) : (None, 5, 20, 4) -> (None, 18, 8) : 1,184",
    aliases=spellings("ConvLSTM1D", "rnn.conv_lstm1d", "convolutional_recurrent"),
    renamed=_RENAMED,
)
def conv_lstm1d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid",
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal",
    bias_initializer: Any = "zeros",
    unit_forget_bias: bool = True,
    kernel_regularizer: Any = None,
    recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    recurrent_constraint: Any = None,
    bias_constraint: Any = None,
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """LSTM over maps of 1 spatial axis."""
    return _conv_lstm(
        "ConvLSTM1D",
        1,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        use_bias,
        return_sequences,
        return_state,
        input,
    )


@layer(
    "keras.layers.ConvLSTM2D",
    example="ConvLSTM2D(8, 3) : (None, 5, 20, 20, 4) -> (None, 18, 18, 8) : 3,488",
    aliases=spellings("ConvLSTM2D", "rnn.conv_lstm2d", "convolutional_recurrent"),
    renamed=_RENAMED,
)
def conv_lstm2d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid",
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal",
    bias_initializer: Any = "zeros",
    unit_forget_bias: bool = True,
    kernel_regularizer: Any = None,
    recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    recurrent_constraint: Any = None,
    bias_constraint: Any = None,
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """LSTM over maps of 2 spatial axes."""
    return _conv_lstm(
        "ConvLSTM2D",
        2,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        use_bias,
        return_sequences,
        return_state,
        input,
    )


@layer(
    "keras.layers.ConvLSTM3D",
    example="ConvLSTM3D(8, 3) : (None, 5, 9, 9, 9, 4) -> (None, 7, 7, 7, 8) : 10,400",
    aliases=spellings("ConvLSTM3D", "rnn.conv_lstm3d", "convolutional_recurrent"),
    renamed=_RENAMED,
)
def conv_lstm3d(
    filters: Dim,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid",
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal",
    bias_initializer: Any = "zeros",
    unit_forget_bias: bool = True,
    kernel_regularizer: Any = None,
    recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    recurrent_constraint: Any = None,
    bias_constraint: Any = None,
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """LSTM over maps of 3 spatial axes."""
    return _conv_lstm(
        "ConvLSTM3D",
        3,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        use_bias,
        return_sequences,
        return_state,
        input,
    )
