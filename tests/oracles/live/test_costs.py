"""Multiply-adds, weights and optimizer state against torch's own counter and the frameworks' tensors."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

import keras
import torch
from paramlens.costs import OPTIMIZER_STATES, Costs, training_bytes, weight_bytes
from paramlens.evaluate.live import LiveFile
from paramlens.facts import ModelFact
from paramlens.syntax.source import read_source
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from oracles.live import cost_models

TEXT = Path(cost_models.__file__).read_text(encoding="utf-8")
BATCH = 2

TOKENS = "tokens"
CASES: dict[str, list[tuple[Any, ...]]] = {
    "ResNet(False, [2, 2, 2, 2])": [(2, 3, 64, 64)],
    "ResNet(True, [3, 4, 6, 3])": [(2, 3, 64, 64)],
    "ResNet(True, [1, 1, 1, 1], groups=8)": [(2, 3, 64, 64)],
    "VGG()": [(2, 3, 64, 64)],
    "MobileNetV2()": [(2, 3, 64, 64)],
    "DenseNet()": [(2, 3, 32, 32)],
    "UNet()": [(2, 3, 32, 32)],
    "Generator()": [(2, 64, 1, 1)],
    "Recurrent(nn.LSTM, batch_first=True)": [(2, 13, TOKENS)],
    "Recurrent(nn.GRU)": [(13, 2, TOKENS)],
    "Recurrent(nn.RNN, batch_first=True)": [(2, 13, TOKENS)],
    "Recurrent(nn.LSTM, batch_first=True, proj_size=32)": [(2, 13, TOKENS)],
    "Text()": [(2, 11, 20)],
    "ViT()": [(2, 3, 32, 32)],
    "GPT()": [(2, 16, TOKENS)],
    "Windows()": [(2, 3, 32, 32)],
    "Audio()": [(2, 1, 2000)],
    "Video()": [(2, 3, 6, 16, 16)],
    "Frames()": [(2, 5, 3, 16, 16)],
    "Seq2Seq()": [(2, 7, 32), (2, 5, 32)],
    "CrossAttention()": [(2, 7, 32), (2, 9, 24), (2, 9, 16)],
    "Mixed()": [(2, 3, 8, 8)],
    "Cells()": [(2, 7, 16)],
    "Standardized()": [(2, 3, 9, 9)],
    "Lora(8, 6, 2)": [(2, 8)],
}
NOT_KNOWN = ("Seq2Seq()", "Mixed()")
"""Models with a part whose multiply-adds are not known."""


def model_of(text: str) -> ModelFact:
    analysis = LiveFile("/w/model.py", lambda path: None).analysis(read_source("/w/model.py", text))
    return next(model for model in analysis.models if model.name == "model")


def counted(model: Any, *inputs: Any) -> int:
    """Half the operations that torch counts: all of them matrix products and convolutions."""
    plain = torch.backends.mkldnn.flags(enabled=False)  # fused kernels are not counted
    with warnings.catch_warnings(), plain, sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        warnings.simplefilter("ignore")
        model(*inputs)
    return int(counter.get_total_flops()) // 2


@pytest.mark.parametrize("expression", CASES)
def test_torch_models(expression: str) -> None:
    shapes = CASES[expression]
    given = [
        f"torch.zeros({shape[:-1]}).long()" if shape[-1] == TOKENS else f"torch.zeros({shape})" for shape in shapes
    ]
    call = f"\nmodel = {expression}\nmodel({', '.join(given)})\n"
    ours = model_of(TEXT + call)
    names = {**vars(cost_models)}
    model = eval(expression, names)
    weights = list(model.parameters())
    assert weight_bytes(ours.layer, Costs()) == sum(weight.numel() * weight.element_size() for weight in weights)
    total = counted(model, *(eval(text, names) for text in given))
    if expression in NOT_KNOWN:
        assert ours.macs is None
    else:
        assert ours.macs is not None
        assert ours.macs * BATCH == total


def test_a_second_call_adds_nothing() -> None:
    text = "import torch\nmodel = torch.nn.Linear(4, 3)\n"
    assert model_of(text + "model(torch.zeros(2, 4))\n" * 2).macs == 12


KERAS = {
    "conv": "[L.Input((16, 16, 3)), L.Conv2D(8, 3, strides=2), L.DepthwiseConv2D(3), L.SeparableConv2D(4, 3)]",
    "transposed": "[L.Input((4, 4, 8)), L.Conv2DTranspose(4, 3, strides=2, padding='same'), L.Conv2D(2, 1)]",
    "grouped": "[L.Input((9, 12)), L.Conv1D(8, 3, groups=4), L.Flatten(), L.Dense(5)]",
    "volume": "[L.Input((4, 8, 8, 2)), L.Conv3D(3, 3), L.GlobalAveragePooling3D(), L.Dense(2)]",
    "recurrent": "[L.Input((7, 6)), L.LSTM(5), L.Dense(2)]",
    "gated": "[L.Input((7, 6)), L.GRU(5), L.Dense(2)]",
}


@pytest.mark.parametrize("name", KERAS)
def test_keras_models(name: str) -> None:
    text = f"import keras\nfrom keras import layers as L\nmodel = keras.Sequential({KERAS[name]})\n"
    ours = model_of(text)
    names: dict[str, Any] = {}
    exec(text, names)
    model = names["model"]
    assert ours.macs == counted(model, torch.zeros(1, *model.input_shape[1:]))
    held = sum(weight.value.numel() * weight.value.element_size() for weight in model.weights)
    assert weight_bytes(ours.layer, Costs()) == held


def test_a_keras_layer_used_twice_counts_twice() -> None:
    text = (
        "import keras\na = keras.Input((4,))\nb = keras.Input((4,))\ndense = keras.layers.Dense(3)\n"
        "model = keras.Model([a, b], keras.layers.Add()([dense(a), dense(b)]))\n"
    )
    names: dict[str, Any] = {}
    exec(text, names)
    assert model_of(text).macs == counted(names["model"], [torch.zeros(1, 4), torch.zeros(1, 4)]) == 24


# --------------------------------------------------------------------------------------------------------- optimizers

SPELLED = {"sgd-momentum": "SGD", "sgd": "SGD", "rmsprop": "RMSprop", "adamw": "AdamW"}
TORCH = {"nadam": "NAdam", "radam": "RAdam"}
ONLY_KERAS, ONLY_TORCH = {"lion", "lamb", "ftrl"}, {"radam"}
MATRIX = "import torch\nmodel = torch.nn.Linear(64, 32, bias=False)\n"


def spelled(name: str) -> str:
    return SPELLED.get(name, name.capitalize())


def expected_state(name: str) -> int:
    """The optimizer's part of what is told for a layer of one matrix: all but the weights and their gradients."""
    layer = model_of(MATRIX).layer
    need = training_bytes(layer, Costs(optimizer=name))
    assert need is not None
    return need - 2 * 64 * 32 * 4


@pytest.mark.parametrize("name", sorted(set(OPTIMIZER_STATES) - ONLY_KERAS))
def test_state_of_torch(name: str) -> None:
    model = torch.nn.Linear(64, 32, bias=False)
    options = {"momentum": 0.9} if name == "sgd-momentum" else {}
    optimizer = getattr(torch.optim, TORCH.get(name, spelled(name)))(model.parameters(), lr=0.1, **options)
    model(torch.ones(2, 64)).sum().backward()
    optimizer.step()
    kept = [value for state in optimizer.state.values() for value in state.values() if torch.is_tensor(value)]
    assert sum(value.numel() * value.element_size() for value in kept if value.dim()) == expected_state(name)


@pytest.mark.parametrize("name", sorted(set(OPTIMIZER_STATES) - ONLY_TORCH))
def test_state_of_keras(name: str) -> None:
    layer = keras.layers.Dense(32, use_bias=False)
    layer.build((None, 64))
    optimizer = getattr(keras.optimizers, spelled(name))(**({"momentum": 0.9} if name == "sgd-momentum" else {}))
    optimizer.build(layer.trainable_variables)
    kept = [variable.value for variable in optimizer.variables if len(variable.shape)]
    assert sum(value.numel() * value.element_size() for value in kept) == expected_state(name)


def test_muon_with_a_bias_is_not_told() -> None:
    layer = model_of("import torch\nmodel = torch.nn.Linear(64, 32)\n").layer
    assert training_bytes(layer, Costs(optimizer="muon")) is None


# ------------------------------------------------------------------------------------------------------------- dtypes


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float64", "int8"])
def test_weights_of_a_type(name: str) -> None:
    real = [weight.detach().to(getattr(torch, name)) for weight in torch.nn.Linear(64, 32).parameters()]
    ours = model_of("import torch\nmodel = torch.nn.Linear(64, 32)\n")
    assert weight_bytes(ours.layer, Costs(dtype=name)) == sum(w.numel() * w.element_size() for w in real)


@pytest.mark.parametrize("policy", ["float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16"])
def test_weights_of_a_policy(policy: str) -> None:
    text = f"import keras\nmodel = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, dtype='{policy}')])\n"
    names: dict[str, Any] = {}
    exec(text, names)
    held = sum(weight.value.numel() * weight.value.element_size() for weight in names["model"].weights)
    assert weight_bytes(model_of(text).layer, Costs()) == held


def test_torch_model_of_half_precision() -> None:
    text = "import torch\nmodel = torch.nn.Linear(8, 4, dtype=torch.bfloat16)\n"
    assert weight_bytes(model_of(text).layer, Costs()) == 2 * 36
