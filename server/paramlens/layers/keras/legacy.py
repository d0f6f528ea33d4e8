"""Layers of Keras 1 and 2 that Keras 3 no longer has."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, Shapes, axes, expect_rank, layer
from paramlens.layers.keras.arguments import (
    deferred,
    integer,
)
from paramlens.layers.keras.recurrent import sequence_output
from paramlens.layers.keras.recurrent_cells import cell_weights, gate_axis, multiplications
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape


def _cudnn(
    layer_name: str, gates: int, units: Any, states: int, return_sequences: Any, return_state: Any, shape: Shape
) -> Built:
    """As the recurrent layer of that name, with a bias for the input and one for the state in one vector."""
    expect_rank(layer_name, shape, 3)
    weights = cell_weights(layer_name, gates, units, None, shape)
    weights["bias"] = axes(**gate_axis(2 * gates, "units", integer(layer_name, "units", units)))
    state = ((shape[0], units),) * states

    def macs(given: Shape, _: Shape) -> Dim | None:
        return None if given[1] is None else given[1] * multiplications(weights)

    return Built(
        weights=weights,
        output=deferred(
            layer_name, lambda: sequence_output(shape[0], shape[1], (units,), return_sequences, return_state, state)
        ),
        macs=macs,
    )


@layer(
    "keras.layers.CuDNNLSTM",
    example="CuDNNLSTM(32) : (None, 10, 16) -> (None, 32) : 6,400",
    aliases=spellings("CuDNNLSTM", "cudnn_recurrent"),
)
def cu_dnnlstm(
    units: Dim,
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
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    time_major: bool = False,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """LSTM of cuDNN."""
    return _cudnn("CuDNNLSTM", 4, units, 2, return_sequences, return_state, input)


@layer(
    "keras.layers.CuDNNGRU",
    example="CuDNNGRU(32) : (None, 10, 16) -> (None, 32) : 4,800",
    aliases=spellings("CuDNNGRU", "cudnn_recurrent"),
)
def cu_dnngru(
    units: Dim,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    recurrent_constraint: Any = None,
    bias_constraint: Any = None,
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    time_major: bool = False,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """GRU of cuDNN."""
    return _cudnn("CuDNNGRU", 3, units, 1, return_sequences, return_state, input)


@layer(
    "keras.layers.ThresholdedReLU",
    example="ThresholdedReLU() : (None, 8) -> (None, 8) : 0",
    aliases=spellings("ThresholdedReLU", "advanced_activations"),
)
def thresholded_re_lu(
    theta: Any = 1.0,
    *,
    input: Shape,
) -> Built:
    """Zero up to a threshold."""
    return Built(output=input)
