"""Torch layers with unknown arguments: what does not hang on them is said all the same, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from paramlens.dims import symbol
from paramlens.shapes import ShapeMismatch
from paramlens.values import Reason, TensorValue, Undetermined, Unknown

from tests.oracles.torch_declared import construct

UNKNOWN = Unknown(Reason.UNKNOWN_ARGUMENT, "config")


def layer(name: str, *args: Any, **kwargs: Any) -> Any:
    return construct(f"torch.nn.{name}", args, kwargs)


@pytest.mark.parametrize("argument", ["stride", "padding", "dilation", "padding_mode", "device", "dtype"])
def test_weights_of_a_convolution_hang_on_few_arguments(argument: str) -> None:
    conv = layer("Conv2d", 3, 8, 3, **{argument: UNKNOWN})
    assert conv.parameters() == {"weight": (8, 3, 3, 3), "bias": (8,)}
    assert conv.build((1, 3, 28, 28))[:2] == (1, 8)


def test_unknown_padding_leaves_the_spatial_sizes_unknown() -> None:
    assert layer("Conv2d", 3, 8, 3, padding=UNKNOWN).build((1, 3, 28, 28)) == (1, 8, None, None)
    assert layer("MaxPool2d", 2, stride=UNKNOWN).build((1, 8, 28, 28)) == (1, 8, None, None)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("Conv2d", (3, 8, UNKNOWN), {}),
        ("Conv2d", (3, 8, 3), {"groups": UNKNOWN}),
        ("Conv2d", (3, 8, 3), {"bias": UNKNOWN}),
        ("Linear", (3, UNKNOWN), {}),
        ("Linear", (3, TensorValue(())), {}),
        ("BatchNorm2d", (8,), {"affine": UNKNOWN}),
        ("LSTM", (3, 4), {"bidirectional": UNKNOWN}),
        ("LSTM", (3, 4, symbol("depth")), {}),
        ("MultiheadAttention", (8, 2), {"kdim": UNKNOWN}),
        ("MultiheadAttention", (8, 2), {"kdim": symbol("k")}),
        ("TransformerEncoder", (UNKNOWN, 6), {}),
    ],
)
def test_weights_that_hang_on_an_unknown_are_not_guessed(name: str, args: Any, kwargs: Any) -> None:
    with pytest.raises(Undetermined):
        layer(name, *args, **kwargs)


def test_dropout_rate_does_not_matter_to_weights() -> None:
    assert layer("TransformerEncoderLayer", 8, 2, dropout=UNKNOWN).parameters()
    assert layer("LSTM", 3, 4, dropout=UNKNOWN, batch_first=UNKNOWN).parameters()
    assert layer("MultiheadAttention", 8, UNKNOWN).parameters()["in_proj_weight"] == (24, 8)


def test_symbols_stay_in_shapes() -> None:
    width = symbol("width")
    conv = layer("Conv2d", width, 2 * width, 3, padding=1, groups=width)
    assert conv.parameters() == {"weight": (2 * width, 1, 3, 3), "bias": (2 * width,)}
    assert conv.build((1, width, 28, 28)) == (1, 2 * width, 28, 28)
    assert layer("Linear", width, 10).build((None, width)) == (None, 10)


def test_certain_clashes_are_worded_as_requirement_and_fact() -> None:
    with pytest.raises(ShapeMismatch, match="Conv2d expects 3 input channels, got 4"):
        layer("Conv2d", 3, 8, 3).build((1, 4, 28, 28))
    with pytest.raises(ShapeMismatch, match="Conv2d expects in_channels divisible by groups, got 3 and 2"):
        layer("Conv2d", 3, 8, 3, groups=2)
    with pytest.raises(ShapeMismatch, match=r"Linear expects an integer in_features, got 64\.0"):
        layer("Linear", 64.0, 8)


def test_multiply_adds_of_one_sample() -> None:
    conv, linear, lstm = layer("Conv2d", 3, 8, 3), layer("Linear", 128, 64), layer("LSTM", 3, 4)
    assert conv.built.macs((2, 3, 28, 28), (2, 8, 26, 26)) == 3 * 8 * 9 * 26 * 26
    assert linear.built.macs((8, 16, 128), (8, 16, 64)) == 16 * 128 * 64
    assert lstm.built.macs((5, 2, 3), (5, 2, 4)) == 5 * (16 * 3 + 16 * 4)


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((3,), {}, r"Linear\(\) missing a required argument: 'out_features'"),
        ((3, 4), {"use_bias": True}, r"Linear\(\) got an unexpected keyword argument 'use_bias'"),
        ((3, 4), {"in_features": 3}, r"Linear\(\) multiple values for argument 'in_features'"),
        ((1, 2, True, None, None, 6), {}, r"Linear\(\) takes at most 5 positional arguments, got 6"),
    ],
)
def test_calls_that_python_refuses(args: Any, kwargs: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        layer("Linear", *args, **kwargs)
