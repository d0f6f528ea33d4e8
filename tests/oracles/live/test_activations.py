"""Outputs of layers with weights against hooks and torchinfo, to the unit; and against what autograd keeps."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

import torch
import torchinfo
from paramlens.costs import Costs, activation_bytes
from paramlens.facts import ModelFact

from oracles.live import cost_models, layer_cost_models
from oracles.live.test_costs import BATCH, CASES, TEXT, TOKENS, model_of
from oracles.live.test_layer_costs import MODELS, MORE, keras_source

INSIDE = {
    *("Recurrent(nn.LSTM, batch_first=True)", "Recurrent(nn.GRU)", "Recurrent(nn.RNN, batch_first=True)"),
    *("Recurrent(nn.LSTM, batch_first=True, proj_size=32)", "Text()", "Frames()", "Seq2Seq()", "CrossAttention()"),
    *("Cells()", "Stacked()", "Bidirectional()", "Clips()", "Encoder()", "Loops()", "Swapped()"),
}
"""Models with parts that keep more than their output: nothing is told."""

REAL = (
    *("ResNet(False, [2, 2, 2, 2])", "ResNet(True, [3, 4, 6, 3])", "ResNet(True, [1, 1, 1, 1], groups=8)", "VGG()"),
    *("MobileNetV2()", "DenseNet()", "UNet()", "Generator()", "ViT()", "GPT()", "Windows()", "Audio()", "Video()"),
    "Swin()",
)


def both(expression: str) -> tuple[ModelFact, Any, list[Any]]:
    """What is told of a model, the model and its inputs."""
    source, text = (cost_models, TEXT) if expression in CASES else (layer_cost_models, MORE)
    shapes = {**CASES, **MODELS}[expression]
    given = [f"torch.zeros({s[:-1]}).long()" if s[-1] == TOKENS else f"torch.zeros({s})" for s in shapes]
    names = {**vars(source)}
    ours = model_of(f"{text}\nmodel = {expression}\nmodel({', '.join(given)})\n")
    return ours, eval(expression, names), [eval(each, names) for each in given]


def outputs_of_layers(model: Any, inputs: list[Any]) -> int:
    """The numbers in the outputs of all modules that have parameters and no children."""
    counts: list[int] = []

    def note(module: Any, _: Any, output: Any) -> None:
        counts.append((output[0] if isinstance(output, tuple) else output).numel())

    for module in model.modules():
        if not list(module.children()) and list(module.parameters(recurse=False)):
            module.register_forward_hook(note)
    model(*inputs)
    return sum(counts)


@pytest.mark.parametrize("expression", {**CASES, **MODELS})
def test_outputs_of_torch(expression: str) -> None:
    ours, model, inputs = both(expression)
    if expression in INSIDE:
        assert ours.activations is None
    elif expression == "Unregistered()":  # torch and torchinfo do not see the layers of a plain list
        assert ours.activations == 3 * 6 + 2
    else:
        assert ours.activations is not None
        assert int(str(ours.activations)) * BATCH == outputs_of_layers(model, inputs)


@pytest.mark.parametrize("expression", sorted({*CASES, *MODELS} - INSIDE - {"Unregistered()"}))
def test_the_estimate_is_that_of_torchinfo(expression: str) -> None:
    ours, model, inputs = both(expression)
    theirs = torchinfo.summary(model, input_data=inputs, verbose=0, mode="train").total_output_bytes
    assert activation_bytes(ours, Costs(batch_size=BATCH)) == theirs
    assert activation_bytes(ours, Costs(batch_size=16 * BATCH)) == 16 * theirs
    assert activation_bytes(ours, Costs(batch_size=BATCH, dtype="bfloat16")) == theirs // 2


def kept_by_autograd(model: Any, inputs: list[Any]) -> int:
    """The bytes of all that a backward pass will need, but for parameters, buffers and inputs."""
    apart = {tensor.untyped_storage()._cdata for tensor in (*model.parameters(), *model.buffers(), *inputs)}
    kept: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage._cdata not in apart:
            kept[storage._cdata] = storage
        return tensor

    model.train()
    with warnings.catch_warnings(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        warnings.simplefilter("ignore")
        result = model(*inputs)
    del result
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.parametrize("expression", REAL)
def test_what_autograd_keeps_is_within_the_estimate(expression: str) -> None:
    """Between 45 and 85% of it: the outputs once, those of activations and pooling, and attention's scores."""
    ours, model, inputs = both(expression)
    estimate = activation_bytes(ours, Costs(batch_size=BATCH))
    assert estimate is not None
    assert 0.45 < kept_by_autograd(model, inputs) / estimate < 0.85


# -------------------------------------------------------------------------------------------------------------- Keras

TOLD = ("nested", "per step", "twice", "siamese", "permuted", "reshaped", "subclassed")
NOT_TOLD = ("both ways", "attention", "folded")


def outputs_of_keras(model: Any, given: Any) -> int:
    counts: list[int] = []

    def noting(call: Callable[..., Any]) -> Callable[..., Any]:
        def note(*args: Any, **kwargs: Any) -> Any:
            result = call(*args, **kwargs)
            counts.append(math.prod(result.shape))
            return result

        return note

    for layer in model._flatten_layers(include_self=False):
        if layer.weights and not list(layer._flatten_layers(include_self=False)):
            layer.__dict__["call"] = noting(layer.call)
    model(given)
    return sum(counts)


@pytest.mark.parametrize("name", TOLD)
def test_outputs_of_keras(name: str) -> None:
    text = keras_source(name)
    names: dict[str, Any] = {}
    exec(text, names)
    model = names["model"]
    if name == "subclassed":
        given: Any = torch.zeros(BATCH, 3, 5)
    else:
        shapes = model.input_shape if isinstance(model.input_shape, list) else [model.input_shape]
        given = [torch.zeros(BATCH, *shape[1:]) for shape in shapes]
        given = given if len(given) > 1 else given[0]
    assert int(str(model_of(text).activations)) * BATCH == outputs_of_keras(model, given)


@pytest.mark.parametrize("name", NOT_TOLD)
def test_keras_models_with_parts_that_are_not_told(name: str) -> None:
    assert model_of(keras_source(name)).activations is None
