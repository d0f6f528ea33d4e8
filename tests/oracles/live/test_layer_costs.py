"""The multiply-adds of every layer against torch's counter, module by module: equal, or not given."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

import torch
from paramlens.evaluate.passes import AS_A_WHOLE
from paramlens.facts import LayerFact
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from oracles.live import cost_models, layer_cost_models
from oracles.live.test_costs import BATCH, CASES, TEXT, TOKENS, model_of

MORE = Path(layer_cost_models.__file__).read_text(encoding="utf-8")
MODELS: dict[str, list[tuple[Any, ...]]] = {
    "Swin()": [(2, 3, 16, 16)],
    "Stacked()": [(9, 2, 10)],
    "Bidirectional()": [(2, 5, 6)],
    "Twice()": [(2, 3, 16, 16)],
    "Shared()": [(2, 8)],
    "Siamese()": [(2, 9), (2, 9)],
    "Clips()": [(2, 5, 3, 16, 16)],
    "ByHand()": [(2, 7)],
    "Encoder()": [(2, 6, 5)],
    "Unregistered()": [(2, 6)],
    "Adapted()": [(2, 8)],
    "Neighbours()": [(2, 3, 8, 8)],
    "Loops()": [(2, 7, 5)],
    "Swapped()": [(8, 2, 5)],
}
NOT_TOLD: dict[str, set[str]] = {
    "Seq2Seq()": {"", "net"},
    "Mixed()": {""},
    "Loops()": {"", "rnn", "head"},
    "Swapped()": {"", "rnn", "head"},
}
"""Parts that multiply and get no figure."""
WHOLE = ("Text()", "Seq2Seq()", "Encoder()")
"""Models with parts that are counted with what holds them, as a whole."""
UNSEEN_BY_TORCH = {"Mixed()": "pair"}
"""A bilinear layer, for which torch's counter has no rule."""


def parts(layer: LayerFact, path: str = "") -> Iterator[tuple[str, LayerFact]]:
    yield path, layer
    for child in layer.children:
        if not child.shared:
            yield from parts(child, f"{path}.{child.name}" if path else child.name)


def counted_by_module(model: Any, *inputs: Any) -> dict[str, int]:
    """Half the operations that torch counts within each module, by its path."""
    plain = torch.backends.mkldnn.flags(enabled=False)  # fused kernels are not counted
    with warnings.catch_warnings(), plain, sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        warnings.simplefilter("ignore")
        model(*inputs)
    top = type(model).__name__
    counts = {name: sum(found.values()) // 2 for name, found in counter.get_flop_counts().items()}
    found = {k.removeprefix(f"{top}."): n for k, n in counts.items() if k.startswith(f"{top}.")}
    names: dict[int, list[str]] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        names.setdefault(id(module), []).append(name)
    for same in names.values():  # the counter knows a module that is shared by one of its names
        found |= {name: found[known] for known in same if known in found for name in same}
    return {**found, "": counts["Global"]}


@pytest.mark.parametrize("expression", {**CASES, **MODELS})
def test_layers_of_torch(expression: str) -> None:
    source, text = (cost_models, TEXT) if expression in CASES else (layer_cost_models, MORE)
    shapes = {**CASES, **MODELS}[expression]
    given = [
        f"torch.zeros({shape[:-1]}).long()" if shape[-1] == TOKENS else f"torch.zeros({shape})" for shape in shapes
    ]
    ours = model_of(f"{text}\nmodel = {expression}\nmodel({', '.join(given)})\n")
    names = {**vars(source)}
    model = eval(expression, names)
    theirs = counted_by_module(model, *(eval(each, names) for each in given))
    assert ours.macs == ours.layer.macs

    withheld = {path: part.macs_reason for path, part in parts(ours.layer) if part.macs is None and theirs.get(path)}
    assert {path for path, why in withheld.items() if why != AS_A_WHOLE} == NOT_TOLD.get(expression, set())
    assert (AS_A_WHOLE in withheld.values()) == (expression in WHOLE)
    assert all(part.macs_reason for _, part in parts(ours.layer) if part.macs is None)
    for path, part in parts(ours.layer):
        if part.macs is None or path == UNSEEN_BY_TORCH.get(expression):
            continue
        below = [(inner, counts) for inner, counts in theirs.items() if inner.startswith(f"{path}.")]
        expected = theirs.get(path)
        if expected is None:  # never called itself, as a ModuleList: what it holds
            expected = sum(n for inner, n in below if not any(inner.startswith(f"{other}.") for other, _ in below))
        assert part.macs * BATCH == expected, path


def test_layers_add_up_to_the_total() -> None:
    for expression in ("Swin()", "Stacked()", "Clips()", "Twice()", "Shared()"):
        shapes = ", ".join(f"torch.zeros({shape})" for shape in MODELS[expression])
        ours = model_of(f"{MORE}\nmodel = {expression}\nmodel({shapes})\n")
        leaves = [part for _, part in parts(ours.layer) if not part.children or "Attention" in part.class_name]
        products = 2 * 4 * (2 * 16 * 16 * 24) if expression == "Swin()" else 0  # attention is no layer's: q @ k, a @ v
        assert sum(part.macs or 0 for part in leaves) + products == ours.macs


# -------------------------------------------------------------------------------------------------------------- Keras

KERAS = {
    "frames": "[L.Input((5, 9, 9, 3)), L.TimeDistributed(L.Conv2D(4, 3)), L.TimeDistributed(L.Flatten()), L.Dense(3)]",
    "both ways": "[L.Input((7, 6)), L.Bidirectional(L.LSTM(5, return_sequences=True)), L.Bidirectional(L.GRU(4))]",
    "nested": "[L.Input((8,)), keras.Sequential([L.Dense(6), L.Dense(5)]), L.Dense(2)]",
    "per step": "[L.Input((4, 6)), L.TimeDistributed(keras.Sequential([L.Input((6,)), L.Dense(3), L.Dense(2)]))]",
}
FUNCTIONAL = {
    "attention": "i = L.Input((7, 8))\nx = L.MultiHeadAttention(2, 4)(i, i)\no = L.Dense(3)(L.Add()([i, x]))\n",
    "siamese": (
        "a, b = L.Input((6,)), L.Input((6,))\ni = [a, b]\n"
        "tower = keras.Sequential([L.Input((6,)), L.Dense(5), L.Dense(4)])\n"
        "o = L.Dense(2)(L.Concatenate()([tower(a), tower(b)]))\n"
    ),
    "twice": "i = L.Input((8, 8, 3))\nc = L.Conv2D(3, 3, padding='same')\no = L.Dense(2)(c(L.MaxPooling2D(2)(c(i))))\n",
    "permuted": "i = L.Input((7, 8))\no = L.Dense(3)(L.Permute((2, 1))(i))\n",
    "folded": "i = L.Input((4, 8))\nx = L.Dense(3)(keras.ops.reshape(i, (-1, 8)))\no = keras.ops.mean(x, -1)\n",
    "reshaped": "i = L.Input((4, 8))\no = L.Dense(3)(keras.ops.reshape(i, (-1, 2, 16)))\n",
    "product": "i = L.Input((4, 8))\nx = L.Dense(3)(i)\no = keras.ops.matmul(x, keras.ops.transpose(x, (0, 2, 1)))\n",
    "dot": "i = L.Input((4, 8))\nx = L.Dense(8)(i)\no = L.Dot(2)([x, i])\n",
    "attended": "i = L.Input((4, 8))\nx = L.Dense(8)(i)\no = L.Attention()([x, i])\n",
    "swapped": "i = L.Input((4, 8))\no = L.Dense(3)(keras.ops.transpose(i, (0, 2, 1)))\n",
}
WITHHELD = {"folded": {"", "Dense"}, "product": {""}, "dot": {"", "Dot"}, "attended": {"", "Attention"}}

SUBCLASSED = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = L.Dense(4), L.Dense(4), keras.Sequential([L.Dense(3), L.Dense(2)])
    def call(self, x):
        x = keras.ops.reshape(x, (-1, 5))
        return self.c(self.b(self.b(self.a(x))))
model = Net()
model(keras.ops.zeros((2, 3, 5)))
"""


def counted_by_layer(model: Any, *inputs: Any) -> list[tuple[str, int]]:
    """What torch counts while each layer of Keras is called, the model itself too."""
    found = []
    for layer in model._flatten_layers():
        counted: list[int] = []

        def counting(*args: Any, _call: Any = layer.call, _counted: list[int] = counted, **kwargs: Any) -> Any:
            with FlopCounterMode(display=False) as counter:
                result = _call(*args, **kwargs)
            _counted.append(counter.get_total_flops() // 2)
            return result

        layer.__dict__["call"] = counting
        with sdpa_kernel(SDPBackend.MATH):
            model(*inputs)
        del layer.__dict__["call"]
        found.append((type(layer).__name__, sum(counted)))
    return found


def keras_source(name: str) -> str:
    start = "import keras\nfrom keras import layers as L\n"
    if name == "subclassed":
        return start + SUBCLASSED
    if name in KERAS:
        return f"{start}model = keras.Sequential({KERAS[name]})\n"
    return f"{start}{FUNCTIONAL[name]}model = keras.Model(i, o)\n"


@pytest.mark.parametrize("name", [*KERAS, *FUNCTIONAL, "subclassed"])
def test_layers_of_keras(name: str) -> None:
    text = keras_source(name)
    ours = model_of(text)
    names: dict[str, Any] = {}
    exec(text, names)
    model = names["model"]
    batch = 2
    if name == "subclassed":
        given: Any = torch.zeros(batch, 3, 5)
    else:
        shapes = model.input_shape if isinstance(model.input_shape, list) else [model.input_shape]
        tensors = [torch.zeros(batch, *shape[1:]) for shape in shapes]
        given = tensors if len(tensors) > 1 else tensors[0]
    theirs = counted_by_layer(model, given)
    assert ours.macs == ours.layer.macs
    told: dict[str, list[int]] = {}
    withheld = set()
    for path, part in parts(ours.layer):
        kind = type(model).__name__ if not path else part.class_name.rpartition(".")[2]
        if part.macs is None:
            assert part.macs_reason
            if kind != "InputLayer":
                withheld.add(kind if path else "")
        elif kind not in ("InputLayer",):
            told.setdefault(kind, []).append(int(str(part.macs)) * batch)
    assert withheld == WITHHELD.get(name, set())
    for kind, counts in told.items():
        assert sorted(counts) == sorted(number for other, number in theirs if other == kind), kind
