"""Recurrent layers and cells. Every layer and direction has its own weights, named as torch names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from paramlens.dims import Dim, Sym, product, total
from paramlens.layers.declare import Axes, Built, Outputs, axes, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import (
    certainly,
    integer,
    items_of,
    known,
    named,
    paths,
    positive,
    require,
    shape_of,
)
from paramlens.shapes import Shape, ShapeMismatch
from paramlens.values import Reason, Unknown, undetermined

RNN_BASE = "torch.nn.RNNBase"
CELL_BASE = "torch.nn.RNNCellBase"
GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
MAX_LAYERS = 1000  # more than this is not a network that anyone trains


def gate_axis(gates: int, hidden: Dim) -> dict[str, Dim]:
    """The first axis of a recurrent weight: the gates one below the other."""
    return {"hidden_size" if gates == 1 else f"{gates}·hidden_size": gates * hidden}


def recurrent(
    name: str,
    mode: Any,
    input_size: Any,
    hidden_size: Any,
    num_layers: Any = 1,
    bias: Any = True,
    batch_first: Any = False,
    dropout: Any = 0.0,
    bidirectional: Any = False,
    proj_size: Any = 0,
) -> Built:
    """For each layer and direction g·hidden·(inputs + outputs + 2) weights, with g gates: 1, GRU 3, LSTM 4.

    Layer 0 takes input_size, the others outputs·directions. With proj_size, outputs = proj_size and proj_size·hidden
    more; otherwise outputs = hidden_size.
    """
    features = positive(name, "input_size", input_size)
    hidden = positive(name, "hidden_size", hidden_size)
    projected = integer(name, "proj_size", proj_size)
    count = _layer_count(name, num_layers)
    _check(name, mode, hidden, projected, bias, dropout)
    gates = GATES[mode]
    has_projection = bool(projected)
    directions = 2 if bidirectional else 1
    outputs = projected if has_projection else hidden
    weights: dict[str, Axes | Shape | None] = {}
    for index in range(count):
        for suffix in ("", "_reverse")[:directions]:
            inputs = {"input_size": features} if index == 0 else _stacked_axis(outputs, directions, has_projection)
            weights.update(_layer_weights(f"l{index}{suffix}", gates, hidden, projected, inputs, bool(bias)))
    return Built(
        weights=weights,
        attributes={
            "mode": mode,
            "input_size": features,
            "hidden_size": hidden,
            "num_layers": count,
            "bias": bias,
            "batch_first": batch_first,
            "dropout": dropout,
            "bidirectional": bidirectional,
            "proj_size": projected,
        },
        forward=_forward(name, mode, features, hidden, outputs, count * directions, directions, batch_first),
        macs=_macs(weights, batch_first),
        batch_axis=lambda input: None if len(input) == 2 else (0 if batch_first else 1),
    )


def _layer_count(name: str, num_layers: Any) -> int:
    count = positive(name, "num_layers", num_layers)
    if isinstance(count, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "num_layers")
    if count > MAX_LAYERS:
        raise undetermined(Reason.SIZE_LIMIT, "num_layers")
    return count


def _check(name: str, mode: Any, hidden: Dim, projected: Dim, bias: Any, dropout: Any) -> None:
    """What the constructor refuses."""
    require(known(mode) not in GATES, f"{name} expects a mode of {', '.join(GATES)}, got {mode!r}")
    require(not isinstance(known(bias), bool), f"{name} expects True or False as bias, got {bias!r}")
    require(certainly(projected, ">=", hidden), f"{name} expects proj_size below hidden_size, got {projected}")
    if name != "RNNBase" and mode != "LSTM" and isinstance(projected, int) and projected > 0:
        raise ShapeMismatch(f"{name} expects no proj_size, got {projected}")
    if isinstance(dropout, (int, float)):
        fits = not isinstance(dropout, bool) and 0 <= dropout <= 1
        require(not fits, f"{name} expects dropout from 0 to 1, got {dropout}")


def _stacked_axis(outputs: Dim, directions: int, has_projection: bool) -> dict[str, Dim]:
    label = "proj_size" if has_projection else "hidden_size"
    return {label if directions == 1 else f"2·{label}": outputs * directions}


def _layer_weights(
    suffix: str, gates: int, hidden: Dim, projected: Dim, inputs: dict[str, Dim], bias: bool
) -> dict[str, Axes | Shape | None]:
    gate = gate_axis(gates, hidden)
    has_projection = bool(projected)
    state: dict[str, Dim] = {"proj_size": projected} if has_projection else {_state_label(gate): hidden}
    result: dict[str, Axes | Shape | None] = {
        f"weight_ih_{suffix}": named({**gate, **_distinct(gate, inputs)}),
        f"weight_hh_{suffix}": named({**gate, **state}),
    }
    if bias:
        result[f"bias_ih_{suffix}"] = named(gate)
        result[f"bias_hh_{suffix}"] = named(gate)
    if has_projection:
        result[f"weight_hr_{suffix}"] = axes(proj_size=projected, hidden_size=hidden)
    return result


def _state_label(gate: dict[str, Dim]) -> str:
    return "hidden_size_in" if "hidden_size" in gate else "hidden_size"


def _distinct(gate: dict[str, Dim], inputs: dict[str, Dim]) -> dict[str, Dim]:
    """The input axis, renamed where it would have the gate axis' name."""
    return {(f"{label}_in" if label in gate else label): size for label, size in inputs.items()}


def _forward(
    name: str, mode: str, features: Dim, hidden: Dim, outputs: Dim, states: int, directions: int, batch_first: Any
) -> Callable[..., Outputs]:
    def forward(input: Shape, hx: Any = None) -> Outputs:
        """(output, h_n), for LSTM (output, (h_n, c_n)); h_n is (layers·directions, [batch,] outputs)."""
        shape = shape_of(input)
        expect_rank(name, shape, 2, 3)
        expect_size(name, "input features", features, shape[-1], "input_size")
        batch: Shape = () if len(shape) == 2 else ((shape[0],) if known(batch_first) else (shape[1],))
        h_n: Shape = (states, *batch, outputs)
        c_n: Shape = (states, *batch, hidden)
        _check_state(name, hx, (h_n, c_n) if mode == "LSTM" else (h_n,))
        output: Shape = (*shape[:-1], outputs * directions)
        return Outputs.of(output, Outputs.of(h_n, c_n) if mode == "LSTM" else h_n)

    return forward


def _check_state(name: str, hx: Any, wanted: tuple[Shape, ...]) -> None:
    """The initial state has the shape of the final one."""
    if hx is None or isinstance(hx, Unknown):
        return
    given = items_of(hx, "hx") if len(wanted) == 2 else (hx,)
    if len(given) != len(wanted):
        raise ShapeMismatch(f"{name} expects {len(wanted)} initial states, got {len(given)}")
    for state, shape in zip(given, wanted, strict=True):
        if not isinstance(state, tuple):
            continue
        expect_rank(f"{name} initial state", state, len(shape))
        for size, expected in zip(state, shape, strict=True):
            expect_size(name, "as a size of its initial state", expected, size)


def _macs(weights: dict[str, Axes | Shape | None], batch_first: Any) -> Callable[[Shape, Shape], Dim | None]:
    """Every matrix once for each time step; the element-wise work of the gates is not counted."""
    matrices = [w for key, w in weights.items() if key.startswith("weight") and isinstance(w, Axes)]
    per_step = total(product(size for size in w.sizes if size is not None) for w in matrices)

    def macs(input: Shape, output: Shape) -> Dim | None:
        first = len(input) == 2 or (not isinstance(batch_first, Unknown) and not batch_first)
        if isinstance(batch_first, Unknown) and len(input) == 3:
            return None
        steps = input[0] if first else input[1]
        return None if steps is None else steps * per_step

    return macs


@layer(
    RNN_BASE,
    example="RNNBase('GRU', 128, 256) : * -> * : 296,448",
    aliases=paths("rnn", "RNNBase"),
)
def rnn_base(
    mode: str,
    input_size: Dim,
    hidden_size: Dim,
    num_layers: Dim = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
    proj_size: Dim = 0,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Base class of the recurrent layers: makes their weights, has no forward of its own."""
    arguments = (mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size)
    return replace(recurrent("RNNBase", *arguments), forward=None, macs=None)


@layer(
    "torch.nn.RNN",
    example="RNN(128, 256) : (35, 8, 128) -> [(35, 8, 256), (1, 8, 256)] : 98,816",
    aliases=paths("rnn", "RNN"),
    bases=(RNN_BASE,),
)
def rnn(
    input_size: Dim,
    hidden_size: Dim,
    num_layers: Dim = 1,
    nonlinearity: str = "tanh",
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
    proj_size: Dim = 0,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh), layer upon layer."""
    mode = "RNN_TANH"
    if isinstance(nonlinearity, str):
        require(nonlinearity not in ("tanh", "relu"), f"RNN expects nonlinearity tanh or relu, got {nonlinearity!r}")
        mode = f"RNN_{nonlinearity.upper()}"
    return recurrent(
        "RNN", mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size
    )


@layer(
    "torch.nn.LSTM",
    example=(
        "LSTM(128, 256) : (35, 8, 128) -> [(35, 8, 256), [(1, 8, 256), (1, 8, 256)]] : 395,264",
        "LSTM(128, 256, 2, batch_first=True, bidirectional=True) : (8, 35, 128) -> "
        "[(8, 35, 512), [(4, 8, 256), (4, 8, 256)]] : 2,367,488",
    ),
    aliases=paths("rnn", "LSTM"),
    bases=(RNN_BASE,),
)
def lstm(
    input_size: Dim,
    hidden_size: Dim,
    num_layers: Dim = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
    proj_size: Dim = 0,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Long short-term memory: four gates, two biases each; proj_size adds a projection of the output."""
    return recurrent(
        "LSTM", "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size
    )


@layer(
    "torch.nn.GRU",
    example="GRU(128, 256) : (35, 8, 128) -> [(35, 8, 256), (1, 8, 256)] : 296,448",
    aliases=paths("rnn", "GRU"),
    bases=(RNN_BASE,),
)
def gru(
    input_size: Dim,
    hidden_size: Dim,
    num_layers: Dim = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
    proj_size: Dim = 0,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Gated recurrent unit: three gates, two biases each. torch takes no proj_size here but 0."""
    return recurrent(
        "GRU", "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size
    )


# ------------------------------------------------------------------------------------------------------- cells


def cell(name: str, gates: int, input_size: Any, hidden_size: Any, bias: Any, has_memory: bool = False) -> Built:
    """One step of a recurrent layer: g·hidden·(input_size + hidden + 2) weights, with g gates."""
    features = integer(name, "input_size", input_size)
    hidden = integer(name, "hidden_size", hidden_size)
    gate = gate_axis(gates, hidden)

    def forward(input: Shape, hx: Any = None) -> Any:
        shape = shape_of(input)
        expect_rank(name, shape, 1, 2)
        expect_size(name, "input features", features, shape[-1], "input_size")
        state: Shape = (*shape[:-1], hidden)
        _check_state(name, hx, (state, state) if has_memory else (state,))
        return Outputs.of(state, state) if has_memory else state

    weights: dict[str, Axes | Shape | None] = {
        "weight_ih": named({**gate, "input_size": features}),
        "weight_hh": named({**gate, _state_label(gate): hidden}),
        "bias_ih": named(gate) if bias else None,
        "bias_hh": named(gate) if bias else None,
    }
    return Built(
        weights=weights,
        attributes={"input_size": features, "hidden_size": hidden, "bias": bias},
        forward=forward,
        macs=lambda input, output: gates * hidden * (features + hidden),
    )


@layer(CELL_BASE, example="RNNCellBase(128, 256, True, 3) : * -> * : 296,448", aliases=paths("rnn", "RNNCellBase"))
def rnn_cell_base(
    input_size: Dim, hidden_size: Dim, bias: bool, num_chunks: Dim, device: Any = None, dtype: Any = None
) -> Built:
    """Base class of the cells: makes their weights, has no forward of its own."""
    chunks = integer("RNNCellBase", "num_chunks", num_chunks)
    if isinstance(chunks, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "num_chunks")
    return replace(cell("RNNCellBase", chunks, input_size, hidden_size, bias), forward=None, macs=None)


@layer(
    "torch.nn.RNNCell",
    example="RNNCell(128, 256) : (8, 128) -> (8, 256) : 98,816",
    aliases=paths("rnn", "RNNCell"),
    bases=(CELL_BASE,),
)
def rnn_cell(
    input_size: Dim,
    hidden_size: Dim,
    bias: bool = True,
    nonlinearity: str = "tanh",
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """One step of RNN."""
    return cell("RNNCell", 1, input_size, hidden_size, bias)


@layer(
    "torch.nn.LSTMCell",
    example="LSTMCell(128, 256) : (8, 128) -> [(8, 256), (8, 256)] : 395,264",
    aliases=paths("rnn", "LSTMCell"),
    bases=(CELL_BASE,),
)
def lstm_cell(input_size: Dim, hidden_size: Dim, bias: bool = True, device: Any = None, dtype: Any = None) -> Built:
    """One step of LSTM: returns the hidden state and the memory."""
    return cell("LSTMCell", 4, input_size, hidden_size, bias, has_memory=True)


@layer(
    "torch.nn.GRUCell",
    example="GRUCell(128, 256) : (8, 128) -> (8, 256) : 296,448",
    aliases=paths("rnn", "GRUCell"),
    bases=(CELL_BASE,),
)
def gru_cell(input_size: Dim, hidden_size: Dim, bias: bool = True, device: Any = None, dtype: Any = None) -> Built:
    """One step of GRU."""
    return cell("GRUCell", 3, input_size, hidden_size, bias)
