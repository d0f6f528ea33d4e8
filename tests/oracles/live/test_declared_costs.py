"""The multiply-adds of every declared layer, called as in its example, against torch's counter: equal, or not told."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

import torch
from paramlens.layers import catalogue  # noqa: F401  (declares them)
from paramlens.layers.declare import LAYERS

from oracles.live.test_costs import BATCH, counted, model_of

NOT_RUN = {
    *("AdaptiveLogSoftmaxWithLoss", "CTCLoss", "CrossEntropyLoss", "DistributedDataParallel", "LinearCrossEntropyLoss"),
    *("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "MultiLabelMarginLoss", "MultiMarginLoss", "NLLLoss", "NLLLoss2d"),
    *("SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells", "CuDNNLSTM", "CuDNNGRU", "ThresholdedReLU"),
    *("Hashing", "HashedCrossing", "StringLookup", "IntegerLookup", "TextVectorization", "STFTSpectrogram"),
    "Equalization",
}
"""Layers that zeros of their example's shapes are no input for, that another library runs, or that are gone."""

AUGMENTATION = {
    *("AugMix", "RandAugment", "RandomElasticTransform", "RandomRotation", "RandomShear", "RandomTranslation"),
    *("RandomZoom", "RandomGaussianBlur", "RandomSharpness"),
}
"""Image augmentation is not counted."""

NOT_TOLD = {
    *("TransformerDecoderLayer", "TransformerDecoder", "Transformer", "DataParallel", "RNN", "Dot", "EinsumDense"),
    *("Attention", "AdditiveAttention", "MelSpectrogram"),
}
FIRST_STEP_TWICE = {"SimpleRNN", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}
"""Keras on torch runs the first step of these twice; the fused GRU and LSTM it does not."""


def examples(framework: str) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The expression of each example with the shapes that it is called with."""
    for declaration in {id(found): found for found in LAYERS.values()}.values():
        for example in declaration.examples if declaration.framework == framework else ():
            expression, _, rest = example.partition(" : ")
            given = rest.split("->")[0].strip()
            shapes = ast.literal_eval(given) if given != "*" else []
            shapes = shapes if isinstance(shapes, list) else [shapes]
            plain = all(isinstance(shape, tuple) and None not in shape[1:] for shape in shapes)
            if shapes and plain and expression.partition("(")[0] not in NOT_RUN:
                yield f"{declaration.name.rpartition('.')[0]}.{expression}", shapes


def check(expression: str, ours: Any, theirs: int, samples: set[int]) -> None:
    name = expression.partition("(")[0].rpartition(".")[2]
    if name in AUGMENTATION or name == "Bilinear":  # torch's counter has no rule for that
        return
    if ours is None:
        assert name in NOT_TOLD or not theirs, expression
    elif name in FIRST_STEP_TWICE and expression.startswith("keras") and theirs != ours * BATCH:
        steps = [number for number in range(2, 20) if theirs * number == ours * BATCH * (number + 1)]
        assert steps, expression
    else:
        assert any(theirs == ours * number for number in samples), expression


def test_layers_of_torch() -> None:
    found = 0
    for expression, shapes in examples("torch"):
        start = f"import torch\nfrom torch import nn\nfrom torch.nn import *\nmodel = {expression}\n"
        names: dict[str, Any] = {}
        exec(start, names)
        given = [torch.zeros(shape) for shape in shapes]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                theirs = counted(names["model"], *given)
            except (RuntimeError, IndexError):  # positions instead of numbers
                theirs = counted(names["model"], *(tensor.long() for tensor in given))
        ours = model_of(f"{start}model({', '.join(f'torch.zeros({shape})' for shape in shapes)})\n").macs
        check(expression, ours, theirs, {size for shape in shapes for size in shape[:2]} | {1})
        found += 1
    assert found > 130


def test_layers_of_keras() -> None:
    found = 0
    for expression, shapes in examples("keras"):
        names = [f"i{number}" for number in range(len(shapes))]
        batches = [(BATCH, *shape[1:]) for shape in shapes]
        inputs = "".join(
            f"{name} = keras.Input(batch_shape={shape})\n" for name, shape in zip(names, batches, strict=True)
        )
        together, apart = ", ".join(names) if len(names) == 1 else f"[{', '.join(names)}]", ", ".join(names)
        model, text = None, ""
        for call in dict.fromkeys((together, apart)):
            made = f"model = keras.Model([{apart}], {expression}({call}))\n"
            text = f"import keras\nfrom keras.layers import *\n{inputs}{made}"
            scope: dict[str, Any] = {}
            try:
                exec(text, scope)
            except (TypeError, ValueError):
                continue
            model = scope["model"]
            break
        assert model is not None, expression
        given = [torch.zeros(shape) for shape in batches]
        theirs = counted(model, given if len(given) > 1 else given[0])
        check(expression, model_of(text).macs, theirs, {BATCH})
        found += 1
    assert found > 100
