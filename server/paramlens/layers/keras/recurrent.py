"""Recurrent layers over a sequence: SimpleRNN, LSTM, GRU, and RNN over any cell."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, Outputs, Shapes, expect_rank, layer
from paramlens.layers.keras.arguments import deferred, expect_min_rank, known, layer_argument
from paramlens.layers.keras.recurrent_cells import cell_weights, gru_bias, multiplications, one_step, stacked_step
from paramlens.layers.keras.spellings import RECURRENT, spellings
from paramlens.shapes import Shape, Size


def _recurrent(
    layer_name: str,
    gates: int,
    units: Any,
    bias: tuple[int, ...] | None,
    state_count: int,
    return_sequences: Any,
    return_state: Any,
    shape: Shape,
) -> Built:
    """A cell over the timesteps of (batch, timesteps, features)."""
    expect_rank(layer_name, shape, 3)
    weights = cell_weights(layer_name, gates, units, bias, shape)
    states = ((shape[0], units),) * state_count

    def macs(given: Shape, _: Shape) -> Dim | None:
        return None if given[1] is None else given[1] * multiplications(weights)

    return Built(
        weights=weights,
        output=deferred(
            layer_name, lambda: sequence_output(shape[0], shape[1], (units,), return_sequences, return_state, states)
        ),
        macs=macs,
    )


def sequence_output(
    batch: Size, steps: Size, step: Shape, return_sequences: Any, return_state: Any, states: tuple[Any, ...]
) -> Any:
    """All steps or the last one, and with `return_state` the states after it."""
    last = (batch, steps, *step) if known(return_sequences) else (batch, *step)
    return Outputs.of(last, *states) if known(return_state) else last


@layer(
    "keras.layers.SimpleRNN",
    example="SimpleRNN(32) : (None, 10, 16) -> (None, 32) : 1,568",
    aliases=spellings("SimpleRNN", "rnn.simple_rnn", "recurrent", "rnn"),
    renamed=RECURRENT,
)
def simple_rnn(
    units: Dim,
    activation: Any = "tanh",
    use_bias: bool = True,
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
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    unroll: bool = False,
    seed: Any = None,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """A fully connected recurrence."""
    return _recurrent("SimpleRNN", 1, units, () if known(use_bias) else None, 1, return_sequences, return_state, input)


@layer(
    "keras.layers.LSTM",
    example="LSTM(32, return_sequences=True) : (None, 10, 16) -> (None, 10, 32) : 6,272",
    aliases=spellings("LSTM", "rnn.lstm", "recurrent", "rnn", "recurrent_v2"),
    renamed=RECURRENT,
)
def lstm(
    units: Dim,
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
    unroll: bool = False,
    use_cudnn: Any = "auto",
    *,
    implementation: Any = 2,
    time_major: Any = False,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """Long short-term memory."""
    return _recurrent("LSTM", 4, units, () if known(use_bias) else None, 2, return_sequences, return_state, input)


@layer(
    "keras.layers.GRU",
    example=(
        "GRU(32) : (None, 10, 16) -> (None, 32) : 4,800",
        "GRU(32, reset_after=False) : (None, 10, 16) -> (None, 32) : 4,704",
    ),
    aliases=spellings("GRU", "rnn.gru", "recurrent", "rnn", "recurrent_v2"),
    renamed=RECURRENT,
)
def gru(
    units: Dim,
    activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid",
    use_bias: bool = True,
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
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    unroll: bool = False,
    reset_after: bool = True,
    use_cudnn: Any = "auto",
    *,
    implementation: Any = 2,
    time_major: Any = False,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """Gated recurrent unit."""
    return _recurrent("GRU", 3, units, gru_bias(use_bias, reset_after), 1, return_sequences, return_state, input)


@layer(
    "keras.layers.RNN",
    example="RNN(LSTMCell(32)) : (None, 10, 16) -> (None, 32) : 6,272",
    aliases=spellings("RNN", "rnn.rnn", "recurrent", "rnn"),
)
def rnn(
    cell: Any,
    return_sequences: bool = False,
    return_state: bool = False,
    go_backwards: bool = False,
    stateful: bool = False,
    unroll: bool = False,
    zero_output_for_mask: bool = False,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """A cell, or a list of stacked cells, over the timesteps."""
    expect_min_rank("RNN", input, 3)
    known(cell)
    step_shape = (input[0], *input[2:])
    if isinstance(cell, tuple):
        handles = [layer_argument("RNN", "cell", each) for each in cell]
        return Built(
            children={f"cell/cells/{index}": handle for index, handle in enumerate(handles)},
            output=deferred(
                "RNN", lambda: _over_time(*stacked_step(handles, step_shape), input, return_sequences, return_state)
            ),
        )
    handle = layer_argument("RNN", "cell", cell)
    return Built(
        children={"cell": handle},
        output=deferred(
            "RNN", lambda: _over_time(*one_step(handle, step_shape), input, return_sequences, return_state)
        ),
    )


def _over_time(output: Shape, states: tuple[Any, ...], shape: Shape, return_sequences: Any, return_state: Any) -> Any:
    return sequence_output(shape[0], shape[1], output[1:], return_sequences, return_state, states)
