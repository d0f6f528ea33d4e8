"""What stays known of a Keras layer when some of its arguments or sizes are not, and what never is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from paramlens.dims import symbol
from paramlens.layers.declare import OPERATIONS, Built
from paramlens.shapes import ShapeMismatch
from paramlens.values import Reason, TensorValue, Undetermined, Unknown

from tests.oracles.keras_declared import DeclaredLayer, plain

UNKNOWN = Unknown(Reason.ENVIRONMENT, "config")
IMAGE = (None, 28, 28, 3)


def built(layer: DeclaredLayer, *inputs: Any) -> Built:
    """The layer for these input shapes, without asking for its output."""
    try:
        layer.build(*inputs)
    except Undetermined:
        assert layer.built is not None
    assert layer.built is not None
    return layer.built


@pytest.mark.parametrize("argument", ["strides", "padding", "dilation_rate", "activation", "kernel_initializer"])
def test_weights_of_a_convolution_do_not_hang_on(argument: str) -> None:
    layer = DeclaredLayer("Conv2D", (8, 3), {argument: UNKNOWN})
    built(layer, IMAGE)
    assert layer.weights("weights") == [(3, 3, 3, 8), (8,)]


@pytest.mark.parametrize("argument", ["strides", "padding", "dilation_rate"])
def test_the_output_of_a_convolution_hangs_on(argument: str) -> None:
    with pytest.raises(Undetermined) as caught:
        DeclaredLayer("Conv2D", (8, 3), {argument: UNKNOWN}).build(IMAGE)
    assert caught.value.unknown == UNKNOWN


@pytest.mark.parametrize(
    ("name", "args", "argument", "shape"),
    [
        ("Conv2D", (8, 3), "use_bias", IMAGE),
        ("Conv2D", (8, 3), "data_format", IMAGE),
        ("Conv2D", (8,), "kernel_size", IMAGE),
        ("Conv2D", (8, 3), "groups", IMAGE),
        ("Conv2D", (8, 3), "lora_rank", IMAGE),
        ("Dense", (8,), "use_bias", (None, 3)),
        ("EinsumDense", ("ab,bc->ac", 4), "bias_axes", (None, 3)),
        ("BatchNormalization", (), "axis", IMAGE),
        ("BatchNormalization", (), "scale", IMAGE),
        ("LayerNormalization", (), "axis", IMAGE),
        ("PReLU", (), "shared_axes", IMAGE),
        ("Normalization", (), "mean", (None, 3)),
        ("GRU", (8,), "reset_after", (None, 5, 3)),
        ("LSTM", (8,), "use_bias", (None, 5, 3)),
        ("ReversibleEmbedding", (8, 3), "tie_weights", (None, 5)),
        ("STFTSpectrogram", (), "mode", (None, 1000, 1)),
        ("Bidirectional", (DeclaredLayer("LSTM", (8,)),), "backward_layer", (None, 5, 3)),
    ],
)
def test_weights_are_not_guessed(name: str, args: tuple[Any, ...], argument: str, shape: Any) -> None:
    layer = DeclaredLayer(name, args, {argument: UNKNOWN})
    with pytest.raises(Undetermined):
        layer.build(shape)
    assert layer.built is None


@pytest.mark.parametrize("argument", ["return_sequences", "return_state"])
def test_weights_of_a_recurrent_layer_do_not_hang_on_what_it_returns(argument: str) -> None:
    inner = DeclaredLayer("LSTM", (8,), {argument: UNKNOWN})
    layer = DeclaredLayer("Bidirectional", (inner,))
    built(layer, (None, 5, 3))
    children = layer.built.children.values() if layer.built else ()
    assert next(child.weights("weights") for child in children if isinstance(child, DeclaredLayer)) == [
        (3, 32),
        (8, 32),
        (32,),
    ]


@pytest.mark.parametrize(
    ("name", "args", "shape"),
    [
        ("Dense", (8,), (None, None)),
        ("Conv2D", (8, 3), (None, 28, 28, None)),
        ("BatchNormalization", (), (None, None)),
        ("LSTM", (8,), (None, 5, None)),
        ("PReLU", (), (None, None)),
        ("ConvLSTM2D", (8, 3), (None, 5, None, 8, 3)),
    ],
)
def test_weights_need_the_sizes_they_hang_on(name: str, args: tuple[Any, ...], shape: Any) -> None:
    with pytest.raises(Undetermined) as caught:
        DeclaredLayer(name, args).build(shape)
    assert caught.value.unknown.reason is Reason.UNKNOWN_ARGUMENT


def test_named_unknowns_stay_in_the_shapes() -> None:
    width, groups = symbol("width"), symbol("groups")
    layer = DeclaredLayer("Conv2D", (width, 3), {"groups": groups, "padding": "same"})
    assert layer.build((None, 8, 8, 4 * groups)) == (None, 8, 8, width)
    assert layer.weights("weights") == [(3, 3, 4, width), (width,)]


def test_named_unknowns_flow_through_attention() -> None:
    heads = symbol("heads")
    layer = DeclaredLayer("MultiHeadAttention", (heads, 64), {"use_bias": False})
    assert layer.build((None, 10, 512), (None, 10, 512)) == (None, 10, 512)
    assert layer.weights("weights") == [(512, heads, 64)] * 3 + [(heads, 64, 512)]


@pytest.mark.parametrize(
    ("name", "args", "shape", "message"),
    [
        ("Dense", (8,), (3,), "Dense expects rank 2 or more, got rank 1 (3,)"),
        ("Conv2D", (8, 3), (None, 5, 3), "Conv2D expects rank 4, got rank 3"),
        ("Conv2D", (8, 7), (None, 5, 5, 3), "Conv2D expects at least 7 positions for one window, got 5 with padding"),
        ("LSTM", (8,), (None, 3), "LSTM expects rank 3, got rank 2"),
        ("Reshape", ((5, -1),), (None, 7), None),
    ],
)
def test_definite_clashes_are_mismatches(name: str, args: tuple[Any, ...], shape: Any, message: str | None) -> None:
    with pytest.raises(ShapeMismatch) as caught:
        DeclaredLayer(name, args).build(shape)
    assert message is None or str(caught.value) == message
    assert str(caught.value).startswith(name)


def test_axes_whose_order_depends_on_the_call_stay_open() -> None:
    layer = DeclaredLayer("EinsumDense", ("...x,xy->...y", 2))
    assert plain(layer.build((None, 7, 11, 4))) == [None, None, None, 2]
    assert layer.weights("weights") == [(4, 2)]


def test_arguments_of_keras_1_have_todays_names() -> None:
    layer = DeclaredLayer("keras.layers.core.Dense", (), {"output_dim": 8, "init": "uniform", "bias": False})
    assert layer.build((None, 3)) == (None, 8)
    assert layer.weights("weights") == [(3, 8)]


def test_a_second_positional_number_of_convolution_is_a_stride() -> None:
    assert DeclaredLayer("keras.layers.Convolution2D", (8, 3, 3)).build((None, 28, 28, 1)) == (None, 9, 9, 8)


@pytest.mark.parametrize(
    ("name", "args", "attributes"),
    [
        ("Conv2D", (8, 3), {"kernel_size": (3, 3), "strides": (1, 1), "data_format": "channels_last", "filters": 8}),
        ("MaxPooling2D", (2,), {"pool_size": (2, 2), "strides": (2, 2), "data_format": "channels_last"}),
    ],
)
def test_attributes_are_those_of_the_instance(name: str, args: tuple[Any, ...], attributes: dict[str, Any]) -> None:
    layer = DeclaredLayer(name, args)
    layer.build(IMAGE)
    assert {attribute: layer.attribute(attribute) for attribute in attributes} == attributes


@pytest.mark.parametrize(
    ("function", "arguments", "shape"),
    [
        ("add", {}, (None, 8, 4)),
        ("keras.layers.merge.multiply", {}, (None, 8, 4)),
        ("concatenate", {}, (None, 8, 8)),
        ("concatenate", {"axis": 1}, (None, 16, 4)),
        ("dot", {"axes": 2}, (None, 8, 8)),
    ],
)
def test_merging_functions(function: str, arguments: dict[str, Any], shape: Any) -> None:
    name = function if "." in function else f"keras.layers.{function}"
    tensor = TensorValue((None, 8, 4), kind="keras", dtype="float32")
    merged = OPERATIONS[name].rule((tensor, tensor), **arguments)
    assert (merged.shape, merged.kind, merged.dtype) == (shape, "keras", "float32")


def test_merging_keeps_why_a_shape_is_not_known() -> None:
    tensors = (TensorValue((None, 8), kind="keras"), TensorValue(None, kind="keras", reason=UNKNOWN))
    merged = OPERATIONS["keras.layers.add"].rule(tensors)
    assert (merged.shape, merged.reason) == (None, UNKNOWN)
