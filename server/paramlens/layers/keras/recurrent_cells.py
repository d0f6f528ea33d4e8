"""Recurrent cells: one step of SimpleRNN, LSTM and GRU."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, Sym, product
from paramlens.layers.declare import Axes, Built, LayerHandle, Outputs, Shapes, axes, layer
from paramlens.layers.keras.arguments import (
    deferred,
    expect_min_rank,
    integer,
    known,
    known_size,
    layer_argument,
    refused,
)
from paramlens.layers.keras.spellings import RECURRENT, spellings
from paramlens.shapes import Shape
from paramlens.values import Reason, undetermined


def cell_weights(
    layer_name: str, gates: int, units: Any, bias: tuple[int, ...] | None, shape: Shape
) -> dict[str, Axes | None]:
    """kernel (features, gates·units), recurrent_kernel (units, gates·units), bias of `bias` copies of gates·units.

    `bias` is None without bias, () for one vector, (2,) for one vector for the input and one for the state.
    """
    width = integer(layer_name, "units", units)
    features = known_size(layer_name, shape, -1)
    gate = gate_axis(gates, "units", width)
    copies = None if bias is None else Axes((*("inputs_and_states" for _ in bias), *gate), (*bias, gates * width))
    return {
        "kernel": axes(features=features, **gate),
        "recurrent_kernel": Axes(("units", *gate), (width, gates * width)),
        "bias": copies,
    }


def gate_axis(gates: int, name: str, size: Dim) -> dict[str, Dim]:
    """The last axis of a recurrent weight, the gates side by side: `4·units`."""
    return {name if gates == 1 else f"{gates}·{name}": gates * size}


def multiplications(weights: dict[str, Axes | None]) -> Dim:
    """Multiply-adds of one step."""
    kernels = [weights["kernel"], weights["recurrent_kernel"]]
    count: Dim = 0
    for kernel in kernels:
        if kernel is not None:
            count = count + product(size for size in kernel.sizes if size is not None)
    return count


def gru_bias(use_bias: Any, reset_after: Any) -> tuple[int, ...] | None:
    """With `reset_after`, the default since Keras 2.3, a bias for the input and one for the state."""
    if not known(use_bias):
        return None
    return (2,) if known(reset_after) else ()


def _cell(layer_name: str, gates: int, units: Any, bias: tuple[int, ...] | None, states: int, shape: Shape) -> Built:
    expect_min_rank(layer_name, shape, 2)
    weights = cell_weights(layer_name, gates, units, bias, shape)
    state = (shape[0], units)
    return Built(
        weights=weights,
        attributes={"state_size": units if states == 1 else (units,) * states, "output_size": units},
        output=Outputs.of(state, Outputs.of(*(state,) * states)),
        macs=lambda _, __: multiplications(weights),
    )


@layer(
    "keras.layers.SimpleRNNCell",
    example="SimpleRNNCell(32) : (None, 16) -> [(None, 32), [(None, 32)]] : 1,568",
    aliases=spellings("SimpleRNNCell", "rnn.simple_rnn", "recurrent", "rnn"),
    renamed=RECURRENT,
)
def simple_rnn_cell(
    units: Dim,
    activation: Any = "tanh",
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    kernel_constraint: Any = None,
    recurrent_constraint: Any = None,
    bias_constraint: Any = None,
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    seed: Any = None,
    *,
    implementation: Any = 2,
    input: Shape,
    states: Shapes | None = None,
) -> Built:
    """One step of SimpleRNN."""
    return _cell("SimpleRNNCell", 1, units, () if known(use_bias) else None, 1, input)


@layer(
    "keras.layers.LSTMCell",
    example="LSTMCell(32) : (None, 16) -> [(None, 32), [(None, 32), (None, 32)]] : 6,272",
    aliases=spellings("LSTMCell", "rnn.lstm", "recurrent", "rnn"),
    renamed=RECURRENT,
)
def lstm_cell(
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
    kernel_constraint: Any = None,
    recurrent_constraint: Any = None,
    bias_constraint: Any = None,
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    seed: Any = None,
    *,
    implementation: Any = 2,
    input: Shape,
    states: Shapes | None = None,
) -> Built:
    """One step of LSTM."""
    return _cell("LSTMCell", 4, units, () if known(use_bias) else None, 2, input)


@layer(
    "keras.layers.GRUCell",
    example="GRUCell(32) : (None, 16) -> [(None, 32), [(None, 32)]] : 4,800",
    aliases=spellings("GRUCell", "rnn.gru", "recurrent", "rnn"),
    renamed=RECURRENT,
)
def gru_cell(
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
    kernel_constraint: Any = None,
    recurrent_constraint: Any = None,
    bias_constraint: Any = None,
    dropout: Any = 0.0,
    recurrent_dropout: Any = 0.0,
    reset_after: bool = True,
    seed: Any = None,
    *,
    implementation: Any = 2,
    input: Shape,
    states: Shapes | None = None,
) -> Built:
    """One step of GRU."""
    return _cell("GRUCell", 3, units, gru_bias(use_bias, reset_after), 1, input)


@layer(
    "keras.layers.StackedRNNCells",
    example=(
        "StackedRNNCells([LSTMCell(32), LSTMCell(8)]) : (None, 16) -> "
        "[(None, 8), [[(None, 32), (None, 32)], [(None, 8), (None, 8)]]] : 7,584"
    ),
    aliases=spellings("StackedRNNCells", "rnn.stacked_rnn_cells", "recurrent", "rnn"),
)
def stacked_rnn_cells(
    cells: Any,
    *,
    input: Shape,
    states: Shapes | None = None,
) -> Built:
    """Several cells, each fed by the one before."""
    handles = _handles(cells)

    def output() -> Outputs:
        last, after = stacked_step(handles, input)
        return Outputs.of(last, Outputs(after))

    return Built(
        children={f"cells/{index}": handle for index, handle in enumerate(handles)},
        output=deferred("StackedRNNCells", output),
    )


def one_step(cell: LayerHandle, shape: Shape) -> tuple[Shape, tuple[Any, ...]]:
    """Output and states of one step of a cell, which is built for it.

    Keras builds a written cell and takes the sizes from it; its `call` runs on data only.
    """
    if cell.prepare(shape):
        return _written_step(cell, shape)
    result = cell.build(shape)
    if isinstance(result, Outputs) and len(result.items) == 2 and isinstance(result.items[1], Outputs):
        return result.items[0], result.items[1].items
    raise undetermined(Reason.UNSUPPORTED, f"what one step of {cell.class_name} returns")


def _written_step(cell: LayerHandle, shape: Shape) -> tuple[Shape, tuple[Any, ...]]:
    """By the attributes `state_size`, a size or sizes, and `output_size`, else the first state's."""
    states = known(cell.attribute("state_size"))
    sizes = tuple(states) if isinstance(states, tuple | list) else (states,)
    if not sizes or any(not isinstance(size, int | Sym) for size in sizes):
        raise undetermined(Reason.UNSUPPORTED, f"the state_size of {cell.class_name}")
    output = known(cell.attribute("output_size"))
    return (shape[0], sizes[0] if output is None else output), tuple((shape[0], size) for size in sizes)


def stacked_step(cells: list[LayerHandle], shape: Shape) -> tuple[Shape, tuple[Any, ...]]:
    """Output of the last cell, and the states of all."""
    states: list[Any] = []
    for cell in cells:
        shape, own = one_step(cell, shape)
        states.append(own[0] if len(own) == 1 else Outputs(own))
    return shape, tuple(states)


def _handles(cells: Any) -> list[LayerHandle]:
    known(cells)
    if not isinstance(cells, tuple):
        raise refused(f"StackedRNNCells expects a list of cells, got {cells!r}")
    return [layer_argument("StackedRNNCells", "cells", cell) for cell in cells]
