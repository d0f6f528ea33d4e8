"""Operation rules on symbolic, open and unknown sizes, and what does not need a framework to be checked."""

from __future__ import annotations

from typing import Any

import pytest
from paramlens.dims import symbol
from paramlens.layers.declare import OPERATIONS
from paramlens.layers.operations import TENSOR_ATTRIBUTES, TORCH_CONSTANTS, binary, index_tensor
from paramlens.shapes import ShapeMismatch
from paramlens.values import ListValue, ParameterValue, Reason, TensorValue, Undetermined, Unknown

n = symbol("n")
c = symbol("c")
UNKNOWN = Unknown(Reason.UNKNOWN_ARGUMENT, "x")


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    return OPERATIONS[name].rule(*args, **kwargs)


def shape(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(shape(item) for item in value)
    return value.shape


def torch(*sizes: Any) -> TensorValue:
    return TensorValue(sizes, dtype="float32")


def keras(*sizes: Any) -> TensorValue:
    return TensorValue(sizes, kind="keras", dtype="float32")


def test_symbols_flow_through() -> None:
    assert shape(call("torch.flatten", torch(n, c, 7, 7), 1)) == (n, 49 * c)
    assert shape(call("torch.cat", (torch(n, c), torch(n, 2 * c)), 1)) == (n, 3 * c)
    assert shape(call("torch.Tensor.view", torch(n, 3 * c), n, 3, -1)) == (n, 3, c)
    assert shape(call("torch.Tensor.chunk", torch(n, 3 * c), 3, 1)) == ((n, c),) * 3
    assert shape(call("einops.rearrange", torch(n, 3 * c), "b (k d) -> k b d", k=3)) == (3, n, c)
    assert call("numpy.prod", (c, 4, 4)) == 16 * c
    assert call("numpy.maximum", c, 1) == c


def test_an_unknown_size_leaves_that_axis_open() -> None:
    assert shape(call("torch.zeros", 2, UNKNOWN)) == (2, None)
    assert shape(call("torch.Tensor.reshape", torch(2, 6), 2, UNKNOWN, 2)) == (2, 3, 2)
    assert shape(call("torch.nn.functional.interpolate", torch(2, 3, 8, 8), scale_factor=UNKNOWN)) == (2, 3, None, None)
    assert shape(call("torch.Tensor.topk", torch(2, 6), UNKNOWN)[0]) == (2, None)
    assert index_tensor((4, 6), (slice(None), slice(UNKNOWN, None))) == (4, None)


def test_an_unknown_tensor_has_no_shape() -> None:
    assert shape(call("torch.relu", UNKNOWN)) is None
    assert shape(binary("+", torch(2, 3), UNKNOWN)) is None
    assert shape(call("torch.matmul", torch(2, 3), UNKNOWN)) is None
    assert shape(call("torch.cat", (torch(2, 3), UNKNOWN), 1)) == (2, None)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("torch.sum", (torch(2, 3), UNKNOWN), {}),
        ("torch.sum", (torch(2, 3), 1), {"keepdim": UNKNOWN}),
        ("torch.cat", ((torch(2, 3), torch(2, 3)), UNKNOWN), {}),
        ("torch.nn.functional.max_pool2d", (torch(1, 2, 8, 8), 2), {"ceil_mode": UNKNOWN}),
        ("torch.nn.functional.mse_loss", (torch(2, 3), torch(2, 3)), {"reduction": UNKNOWN}),
        ("torch.Tensor.unbind", (torch(None, 3),), {}),
        ("torch.Tensor.item", (torch(),), {}),
        ("numpy.floor", (UNKNOWN,), {}),
        ("numpy.sqrt", (Unknown(Reason.BRANCHES),), {}),
        ("torch.meshgrid", (torch(2), torch(3)), {"indexing": UNKNOWN}),
    ],
)
def test_what_the_rank_hangs_on_must_be_known(name: str, args: Any, kwargs: Any) -> None:
    with pytest.raises(Undetermined):
        call(name, *args, **kwargs)


def test_an_index_that_may_be_anything_is_not_guessed() -> None:
    with pytest.raises(Undetermined):
        index_tensor((2, 3), (UNKNOWN, 0))
    with pytest.raises(Undetermined):
        index_tensor((2, 3), TensorValue((2,)))  # a mask, or indices
    assert index_tensor((2, 3), TensorValue((2,), dtype="bool")) == (None, 3)
    assert index_tensor((2, 3), ListValue([0, 1, 1])) == (3, 3)
    assert index_tensor((n, 3), (n - 1,)) == (3,)


def test_a_shape_reads_as_the_library_gives_it() -> None:
    assert TENSOR_ATTRIBUTES["keras"]["shape"](keras(None, 3)) == (None, 3)
    open_size, known = TENSOR_ATTRIBUTES["torch"]["shape"](torch(None, 3))
    assert isinstance(open_size, Unknown)
    assert known == 3


def test_a_result_is_never_the_parameter_itself() -> None:
    weight = ParameterValue((4, 3))
    for name in (
        "torch.Tensor.contiguous",
        "torch.Tensor.detach",
        "torch.relu",
        "torch.Tensor.half",
        "torch.Tensor.clone",
    ):
        assert type(call(name, weight)) is TensorValue
    assert call("torch.nn.init.xavier_uniform_", weight) is weight
    assert call("torch.Tensor.requires_grad_", weight, False) is weight
    assert weight.trainable is False


def test_in_place_operations_forget_the_numbers() -> None:
    x = call("torch.arange", 4)
    assert call("torch.Tensor.mul_", x, 2) is x
    assert x.data is None


def test_dtypes_have_one_name() -> None:
    assert TORCH_CONSTANTS["long"] == TORCH_CONSTANTS["int64"] == "int64"
    assert call("torch.arange", 3, dtype=TORCH_CONSTANTS["float"]).data == (0.0, 1.0, 2.0)


def test_certain_clashes_are_mismatches() -> None:
    with pytest.raises(ShapeMismatch, match="expects 5 input features, got 3"):
        call("torch.nn.functional.linear", torch(2, 3), torch(4, 5))
    with pytest.raises(ShapeMismatch, match="broadcast"):
        binary("+", torch(2, 3), torch(4))
    with pytest.raises(ShapeMismatch, match="multiple of 5"):
        call("einops.rearrange", torch(2, 12), "b (h d) -> b h d", h=5)


def test_data_sets_have_their_published_shapes() -> None:
    def load(name: str, **arguments: Any) -> Any:
        return shape(call(f"keras.datasets.{name}.load_data", **arguments))

    assert load("mnist") == (((60_000, 28, 28), (60_000,)), ((10_000, 28, 28), (10_000,)))
    assert load("cifar10") == (((50_000, 32, 32, 3), (50_000, 1)), ((10_000, 32, 32, 3), (10_000, 1)))
    assert load("boston_housing") == (((404, 13), (404,)), ((102, 13), (102,)))
    assert load("california_housing") == (((16_512, 8), (16_512,)), ((4_128, 8), (4_128,)))
    assert load("reuters") == (((8_982,), (8_982,)), ((2_246,), (2_246,)))
    assert load("imdb", num_words=10_000) == (((25_000,), (25_000,)), ((25_000,), (25_000,)))
    assert load("imdb", maxlen=100)[0] == ((None,), (None,))
    assert shape(call("keras.utils.pad_sequences", TensorValue((25_000,), kind="numpy"), maxlen=80)) == (25_000, 80)


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "expected"),
    [
        ("tensorflow.concat", ((keras(None, 3), keras(None, 4)), 1), {}, (None, 7)),
        ("tensorflow.concat", (), {"values": (keras(None, 3), keras(None, 4)), "axis": -1}, (None, 7)),
        ("tensorflow.reduce_mean", (keras(None, 7, 7, 64),), {"axis": (1, 2)}, (None, 64)),
        ("tensorflow.split", (keras(None, 6), (1, -1, 2), 1), {}, ((None, 1), (None, 3), (None, 2))),
        ("tensorflow.nn.conv2d", (keras(None, 9, 9, 3), keras(3, 3, 3, 8), (1, 2, 2, 1), "SAME"), {}, (None, 5, 5, 8)),
        ("tensorflow.nn.max_pool2d", (keras(None, 9, 9, 3), 2, 2, "VALID"), {}, (None, 4, 4, 3)),
        ("tensorflow.nn.softmax", (), {"axis": -1, "logits": keras(None, 5)}, (None, 5)),
        ("tensorflow.matmul", (keras(None, 2, 3), keras(None, 4, 3)), {"transpose_b": True}, (None, 2, 4)),
        ("tensorflow.gather", (keras(10, 4), keras(None, 3)), {}, (None, 3, 4)),
        ("tensorflow.one_hot", (keras(None),), {"depth": 10}, (None, 10)),
        ("tensorflow.image.resize", (keras(None, None, None, 3), (32, 48)), {}, (None, 32, 48, 3)),
        ("tensorflow.tile", (keras(None, 3), (1, 2)), {}, (None, 6)),
        ("tensorflow.slice", (keras(4, 5), (1, 1), (2, -1)), {}, (2, 4)),
        ("tensorflow.nn.moments", (keras(None, 4), (0,)), {}, ((4,), (4,))),
        ("tensorflow.nn.depth_to_space", (keras(None, 4, 4, 12), 2), {}, (None, 8, 8, 3)),
        ("keras.backend.batch_dot", (keras(None, 5, 3), keras(None, 4, 3)), {"axes": (2, 2)}, (None, 5, 4)),
        ("keras.backend.permute_dimensions", (keras(None, 5, 3), (0, 2, 1)), {}, (None, 3, 5)),
        ("keras.backend.mean", (keras(None, 5, 3),), {"axis": 1, "keepdims": True}, (None, 1, 3)),
    ],
)
def test_tensorflow_and_the_old_backend(name: str, args: Any, kwargs: Any, expected: Any) -> None:
    assert shape(call(name, *args, **kwargs)) == expected
