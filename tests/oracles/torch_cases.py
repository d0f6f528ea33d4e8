"""Random constructor and call arguments for every declared torch layer: mostly valid ones, some that torch refuses.

A case is plain data, so that it can be recorded as JSON: sizes are ints, tuples stand for themselves, an argument that
is a layer is `{"layer": class, "args": […], "kwargs": {…}}`, and an input is `{"shape": […]}` for a tensor of floats,
with `"high"` for one of integers below it; anything else is passed as it is.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass
class Case:
    cls: str
    args: list[Any] = field(default_factory=list)
    kwargs: dict[str, Any] = field(default_factory=dict)
    inputs: list[Any] | None = None


Random: TypeAlias = random.Random
Generator: TypeAlias = Callable[[str, Random], Case]

GENERATORS: dict[str, Generator] = {}
SAFE = 0.8  # the share of cases whose inputs are left as generated
FRAGILE = {"EmbeddingBag"}  # torch does not check all of its inputs and may crash on wrong ones


def generates(*names: str) -> Callable[[Generator], Generator]:
    """Register the generator of these classes of torch.nn."""

    def register(generator: Generator) -> Generator:
        for name in names:
            GENERATORS[name] = generator
        return generator

    return register


def generate(name: str, rng: Random) -> Case:
    """A case of the class with this short name."""
    case = GENERATORS[name](name, rng)
    if case.inputs is not None and name not in FRAGILE and rng.random() > SAFE:
        _disturb(case.inputs, rng)
    return case


def _disturb(inputs: list[Any], rng: Random) -> None:
    """Change a size or the rank of one tensor."""
    tensors = [value for value in inputs if isinstance(value, dict) and "shape" in value]
    if not tensors:
        return
    shape = rng.choice(tensors)["shape"]
    how = rng.randrange(4)
    if how == 0 and shape:
        shape.pop(rng.randrange(len(shape)))
    elif how == 1:
        shape.insert(rng.randrange(len(shape) + 1), rng.randint(1, 3))
    elif shape:
        position = rng.randrange(len(shape))
        shape[position] = max(1, shape[position] + rng.choice((-1, 1, 2)))


def tensor(*sizes: int, high: int | None = None) -> dict[str, Any]:
    return {"shape": list(sizes)} if high is None else {"shape": list(sizes), "high": high}


def some(rng: Random, **options: Callable[[], Any]) -> dict[str, Any]:
    """Each option with probability one half."""
    return {name: value() for name, value in options.items() if rng.random() < 0.5}


def flag(rng: Random) -> Callable[[], bool]:
    return lambda: rng.random() < 0.5


def tuple_or_one(rng: Random, dims: int, low: int, high: int) -> Any:
    if rng.random() < 0.5:
        return rng.randint(low, high)
    return tuple(rng.randint(low, high) for _ in range(dims))


def dims_of(name: str) -> int:
    return int(name[-2])


def maybe_batched(rng: Random, *sizes: int) -> dict[str, Any]:
    return tensor(*sizes) if rng.random() < 0.3 else tensor(rng.randint(1, 3), *sizes)


def spatial(rng: Random, dims: int, low: int = 3, high: int = 9) -> list[int]:
    return [rng.randint(low, high) for _ in range(dims)]


# ------------------------------------------------------------------------------------------------------- linear


@generates("Linear", "NonDynamicallyQuantizableLinear", "LazyLinear")
def _linear(name: str, rng: Random) -> Case:
    features, outputs = rng.randint(1, 9), rng.randint(1, 9)
    leading = [rng.randint(1, 4) for _ in range(rng.randint(0, 3))]
    args = [outputs] if name == "LazyLinear" else [features, outputs]
    return Case(name, args, some(rng, bias=flag(rng)), [tensor(*leading, features)])


@generates("Bilinear")
def _bilinear(name: str, rng: Random) -> Case:
    first, second, outputs = (rng.randint(1, 6) for _ in range(3))
    leading = [rng.randint(1, 4) for _ in range(rng.randint(0, 3))]
    inputs = [tensor(*leading, first), tensor(*leading, second)]
    return Case(name, [first, second, outputs], some(rng, bias=flag(rng)), inputs)


@generates("Identity")
def _identity(name: str, rng: Random) -> Case:
    return Case(name, [1] * rng.randint(0, 2), some(rng, anything=lambda: 3), [tensor(2, 3)])


# -------------------------------------------------------------------------------------------------- convolutions


@generates("Conv1d", "Conv2d", "Conv3d", "LazyConv1d", "LazyConv2d", "LazyConv3d")
def _conv(name: str, rng: Random) -> Case:
    dims, groups = dims_of(name), rng.choice((1, 1, 2, 3))
    channels, outputs = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
    if rng.random() < 0.05:
        channels += 1
    kwargs = some(
        rng,
        stride=lambda: tuple_or_one(rng, dims, 1, 3),
        padding=lambda: rng.choice(["same", "valid", tuple_or_one(rng, dims, 0, 3)]),
        dilation=lambda: tuple_or_one(rng, dims, 1, 2),
        bias=flag(rng),
        padding_mode=lambda: rng.choice(["zeros", "reflect", "replicate", "circular"]),
    )
    if groups > 1:
        kwargs["groups"] = groups
    kernel = tuple_or_one(rng, dims, 1, 4)
    args = [outputs, kernel] if name.startswith("Lazy") else [channels, outputs, kernel]
    return Case(name, args, kwargs, [maybe_batched(rng, channels, *spatial(rng, dims))])


@generates(
    "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d",
    "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d",
)  # fmt: skip
def _conv_transpose(name: str, rng: Random) -> Case:
    dims, groups = dims_of(name), rng.choice((1, 1, 2, 3))
    channels, outputs = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
    kwargs = some(
        rng,
        stride=lambda: tuple_or_one(rng, dims, 1, 3),
        padding=lambda: tuple_or_one(rng, dims, 0, 2),
        output_padding=lambda: tuple_or_one(rng, dims, 0, 1),
        dilation=lambda: tuple_or_one(rng, dims, 1, 2),
        bias=flag(rng),
    )
    if groups > 1:
        kwargs["groups"] = groups
    kernel = tuple_or_one(rng, dims, 1, 4)
    args = [outputs, kernel] if name.startswith("Lazy") else [channels, outputs, kernel]
    return Case(name, args, kwargs, [maybe_batched(rng, channels, *spatial(rng, dims, 1, 5))])


@generates("_ConvNd", "_ConvTransposeNd")
def _conv_base(name: str, rng: Random) -> Case:
    transposed = name == "_ConvTransposeNd" or rng.random() < 0.5
    groups = rng.choice((1, 2))
    kernel = tuple(rng.randint(1, 3) for _ in range(rng.randint(1, 3)))
    ones = (1,) * len(kernel)
    zeros = (0,) * len(kernel)
    channels = [groups * rng.randint(1, 3), groups * rng.randint(1, 3)]
    args = [*channels, kernel, ones, zeros, ones, transposed, zeros, groups, rng.random() < 0.5, "zeros"]
    return Case(name, args)


# ------------------------------------------------------------------------------------------------ normalization


@generates(
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
    "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d",
    "LazyInstanceNorm1d", "LazyInstanceNorm2d", "LazyInstanceNorm3d",
)  # fmt: skip
def _norm(name: str, rng: Random) -> Case:
    dims, features = dims_of(name), rng.randint(1, 6)
    kwargs = some(
        rng, affine=flag(rng), track_running_stats=flag(rng), bias=flag(rng), momentum=lambda: None, eps=lambda: 1e-3
    )
    sizes = spatial(rng, dims, 2, 4)
    input = tensor(rng.randint(1, 3), features, *sizes)
    if "Instance" in name and "Lazy" not in name and rng.random() < 0.3:
        input = tensor(features, *sizes)
    if name.endswith("BatchNorm1d") and rng.random() < 0.3:
        input = tensor(3, features)
    return Case(name, [] if "Lazy" in name else [features], kwargs, [input])


@generates("SyncBatchNorm", "_NormBase", "_BatchNorm", "_InstanceNorm")
def _norm_base(name: str, rng: Random) -> Case:
    kwargs = some(rng, affine=flag(rng), track_running_stats=flag(rng), bias=flag(rng))
    return Case(name, [rng.randint(1, 6)], kwargs)


@generates("GroupNorm")
def _group_norm(name: str, rng: Random) -> Case:
    groups = rng.randint(1, 4)
    channels = groups * rng.randint(1, 3) + (rng.random() < 0.1)
    input = tensor(2, channels, *spatial(rng, rng.randint(0, 3), 2, 4))
    return Case(name, [groups, channels], some(rng, affine=flag(rng), bias=flag(rng)), [input])


@generates("LayerNorm", "RMSNorm")
def _layer_norm(name: str, rng: Random) -> Case:
    sizes = [rng.randint(1, 5) for _ in range(rng.randint(1, 3))]
    shape: Any = sizes[0] if len(sizes) == 1 and rng.random() < 0.7 else tuple(sizes)
    options = {"elementwise_affine": flag(rng), "eps": lambda: 1e-6}
    if name == "LayerNorm":
        options["bias"] = flag(rng)
    leading = [rng.randint(1, 4) for _ in range(rng.randint(0, 2))]
    return Case(name, [shape], some(rng, **options), [tensor(*leading, *sizes)])


@generates("LocalResponseNorm", "CrossMapLRN2d")
def _response_norm(name: str, rng: Random) -> Case:
    rank = 2 if name == "CrossMapLRN2d" else rng.randint(1, 3)
    return Case(name, [rng.randint(1, 5)], some(rng, k=lambda: 2.0), [tensor(2, 4, *spatial(rng, rank, 3, 5))])


# ---------------------------------------------------------------------------------------------------- recurrent


@generates("RNN", "LSTM", "GRU")
def _recurrent(name: str, rng: Random) -> Case:
    features, hidden, layers = rng.randint(1, 5), rng.randint(2, 5), rng.randint(1, 3)
    options: dict[str, Any] = {
        "num_layers": lambda: layers,
        "bias": flag(rng),
        "batch_first": flag(rng),
        "bidirectional": flag(rng),
        "dropout": lambda: 0.5,
    }
    if name == "LSTM":
        options["proj_size"] = lambda: rng.randint(0, hidden - 1)
    if name == "RNN":
        options["nonlinearity"] = lambda: rng.choice(["tanh", "relu"])
    kwargs = some(rng, **options)
    batch, steps = rng.randint(1, 3), rng.randint(1, 4)
    is_batched = rng.random() < 0.7
    sizes = [batch, steps] if kwargs.get("batch_first") else [steps, batch]
    inputs: list[Any] = [tensor(*sizes, features) if is_batched else tensor(steps, features)]
    if rng.random() < 0.4:
        states = kwargs.get("num_layers", 1) * (2 if kwargs.get("bidirectional") else 1)
        leading = [states, batch] if is_batched else [states]
        state = tensor(*leading, kwargs.get("proj_size") or hidden)
        inputs.append({"items": [state, tensor(*leading, hidden)]} if name == "LSTM" else state)
    return Case(name, [features, hidden], kwargs, inputs)


@generates("RNNBase")
def _rnn_base(name: str, rng: Random) -> Case:
    mode = rng.choice(["LSTM", "GRU", "RNN_TANH", "RNN_RELU"])
    kwargs = some(rng, num_layers=lambda: rng.randint(1, 3), bias=flag(rng), bidirectional=flag(rng))
    return Case(name, [mode, rng.randint(1, 5), rng.randint(1, 5)], kwargs)


@generates("RNNCell", "LSTMCell", "GRUCell")
def _cell(name: str, rng: Random) -> Case:
    features, hidden = rng.randint(1, 5), rng.randint(1, 5)
    leading = [rng.randint(1, 3)] if rng.random() < 0.7 else []
    inputs: list[Any] = [tensor(*leading, features)]
    if rng.random() < 0.4:
        state = tensor(*leading, hidden)
        inputs.append({"items": [state, tensor(*leading, hidden)]} if name == "LSTMCell" else state)
    return Case(name, [features, hidden], some(rng, bias=flag(rng)), inputs)


@generates("RNNCellBase")
def _cell_base(name: str, rng: Random) -> Case:
    return Case(name, [rng.randint(1, 5), rng.randint(1, 5), rng.random() < 0.5, rng.randint(1, 4)])


# ------------------------------------------------------------------------------------- attention and transformers


@generates("MultiheadAttention")
def _attention(name: str, rng: Random) -> Case:
    heads = rng.choice((1, 2, 3))
    width = heads * rng.randint(1, 4) + (rng.random() < 0.05)
    kwargs = some(
        rng,
        bias=flag(rng),
        add_bias_kv=flag(rng),
        add_zero_attn=flag(rng),
        kdim=lambda: rng.choice((width, rng.randint(1, 6))),
        vdim=lambda: rng.choice((width, rng.randint(1, 6))),
        batch_first=flag(rng),
    )
    batch, targets, sources = rng.randint(1, 3), rng.randint(1, 4), rng.randint(1, 4)
    is_batched = rng.random() < 0.7

    def sequence(length: int, features: int) -> dict[str, Any]:
        if not is_batched:
            return tensor(length, features)
        return tensor(*((batch, length) if kwargs.get("batch_first") else (length, batch)), features)

    inputs: list[Any] = [
        sequence(targets, width),
        sequence(sources, kwargs.get("kdim", width)),
        sequence(sources, kwargs.get("vdim", width)),
    ]
    if rng.random() < 0.5:
        inputs += [None, rng.random() < 0.6, None, rng.random() < 0.5]
    return Case(name, [width, heads], kwargs, inputs)


def _block_arguments(rng: Random) -> tuple[int, int, dict[str, Any]]:
    heads = rng.choice((1, 2))
    kwargs = some(
        rng,
        dim_feedforward=lambda: rng.randint(1, 8),
        bias=flag(rng),
        batch_first=flag(rng),
        norm_first=flag(rng),
        activation=lambda: rng.choice(["relu", "gelu"]),
    )
    return heads * rng.randint(1, 4), heads, kwargs


def _sequences(rng: Random, width: int, kwargs: dict[str, Any], lengths: list[int]) -> list[Any]:
    batch, is_batched = rng.randint(1, 3), rng.random() < 0.7
    first = kwargs.get("batch_first")
    orders = [(batch, length) if first else (length, batch) for length in lengths]
    return [
        tensor(*order, width) if is_batched else tensor(length, width)
        for order, length in zip(orders, lengths, strict=True)
    ]


@generates("TransformerEncoderLayer", "TransformerDecoderLayer")
def _transformer_layer(name: str, rng: Random) -> Case:
    width, heads, kwargs = _block_arguments(rng)
    lengths = [rng.randint(1, 4)] if "Encoder" in name else [rng.randint(1, 4), rng.randint(1, 4)]
    return Case(name, [width, heads], kwargs, _sequences(rng, width, kwargs, lengths))


@generates("TransformerEncoder", "TransformerDecoder")
def _transformer_stack(name: str, rng: Random) -> Case:
    width, heads, kwargs = _block_arguments(rng)
    block = {"layer": f"{name}Layer", "args": [width, heads], "kwargs": kwargs}
    norm = some(rng, norm=lambda: {"layer": "LayerNorm", "args": [width], "kwargs": {}})
    lengths = [rng.randint(1, 4)] if "Encoder" in name else [rng.randint(1, 4), rng.randint(1, 4)]
    return Case(name, [block, rng.randint(1, 3)], norm, _sequences(rng, width, kwargs, lengths))


@generates("Transformer")
def _transformer(name: str, rng: Random) -> Case:
    width, heads, kwargs = _block_arguments(rng)
    kwargs.update(num_encoder_layers=rng.randint(1, 2), num_decoder_layers=rng.randint(1, 2))
    kwargs.setdefault("dim_feedforward", 4)
    inputs = _sequences(rng, width, kwargs, [rng.randint(1, 4), rng.randint(1, 4)])
    return Case(name, [], {"d_model": width, "nhead": heads, **kwargs}, inputs)


# --------------------------------------------------------------------------------------------------- embeddings


@generates("Embedding")
def _embedding(name: str, rng: Random) -> Case:
    rows, width = rng.randint(1, 9), rng.randint(1, 9)
    kwargs = some(rng, padding_idx=lambda: rng.randint(-rows - 1, rows), _freeze=flag(rng), max_norm=lambda: 1.0)
    shape = [rng.randint(1, 4) for _ in range(rng.randint(0, 3))]
    return Case(name, [rows, width], kwargs, [tensor(*shape, high=rows)])


@generates("EmbeddingBag")
def _embedding_bag(name: str, rng: Random) -> Case:
    rows, width = rng.randint(1, 9), rng.randint(1, 9)
    kwargs = some(
        rng, mode=lambda: rng.choice(["sum", "mean", "max"]), padding_idx=lambda: 0, include_last_offset=flag(rng)
    )
    if rng.random() < 0.5:
        return Case(name, [rows, width], kwargs, [tensor(rng.randint(1, 3), rng.randint(1, 4), high=rows)])
    inputs = [tensor(rng.randint(1, 6), high=rows), tensor(rng.randint(2, 4), high=1)]
    return Case(name, [rows, width], kwargs, inputs)


# --------------------------------------------------------------------------------------------------- activations


def _anything(rng: Random) -> dict[str, Any]:
    return tensor(*[rng.randint(1, 4) for _ in range(rng.randint(0, 4))])


@generates("LogSigmoid", "Sigmoid", "Softsign", "Tanh", "Tanhshrink", "GELU", "Hardshrink", "Softplus", "Softshrink")
def _plain_activation(name: str, rng: Random) -> Case:
    return Case(name, [], {}, [_anything(rng)])


@generates(
    "Hardsigmoid", "Hardswish", "Mish", "ReLU", "ReLU6", "SELU", "SiLU", "CELU", "ELU", "LeakyReLU", "RReLU",
)  # fmt: skip
def _inplace_activation(name: str, rng: Random) -> Case:
    return Case(name, [], some(rng, inplace=flag(rng)), [_anything(rng)])


@generates("Hardtanh")
def _hardtanh(name: str, rng: Random) -> Case:
    return Case(name, [rng.choice((-2, 0.5, 2)), rng.choice((1, 3))], {}, [_anything(rng)])


@generates("Threshold")
def _threshold(name: str, rng: Random) -> Case:
    return Case(name, [0.5, 2], some(rng, inplace=flag(rng)), [_anything(rng)])


@generates("PReLU")
def _prelu(name: str, rng: Random) -> Case:
    slopes = rng.choice((1, 1, 3, 4))
    shape = [2, slopes, *spatial(rng, rng.randint(0, 2))]
    args, kwargs = ([slopes], {}) if rng.random() < 0.5 else ([], {"num_parameters": slopes})
    return Case(name, args, kwargs, [tensor(*shape)])


@generates("GLU")
def _glu(name: str, rng: Random) -> Case:
    rank = rng.randint(1, 4)
    axis = rng.randint(-rank, rank - 1)
    shape = [rng.randint(1, 4) for _ in range(rank)]
    shape[axis] = 2 * rng.randint(1, 3)
    return Case(name, [axis], {}, [tensor(*shape)])


@generates("Softmax", "Softmin", "LogSoftmax")
def _softmax(name: str, rng: Random) -> Case:
    return Case(name, [], {"dim": rng.choice((None, -1, 0, 1))}, [_anything(rng)])


@generates("Softmax2d")
def _softmax2d(name: str, rng: Random) -> Case:
    return Case(name, [], {}, [maybe_batched(rng, 3, 4, 5)])


# ------------------------------------------------------------------------------------------------------- pooling


@generates("MaxPool1d", "MaxPool2d", "MaxPool3d")
def _max_pool(name: str, rng: Random) -> Case:
    dims = dims_of(name)
    kwargs = some(
        rng,
        stride=lambda: tuple_or_one(rng, dims, 1, 4),
        padding=lambda: tuple_or_one(rng, dims, 0, 2),
        dilation=lambda: tuple_or_one(rng, dims, 1, 2),
        return_indices=flag(rng),
        ceil_mode=flag(rng),
    )
    return Case(name, [tuple_or_one(rng, dims, 1, 4)], kwargs, [maybe_batched(rng, 2, *spatial(rng, dims))])


@generates("AvgPool1d", "AvgPool2d", "AvgPool3d")
def _avg_pool(name: str, rng: Random) -> Case:
    dims = dims_of(name)
    kwargs = some(
        rng,
        stride=lambda: tuple_or_one(rng, dims, 1, 4),
        padding=lambda: tuple_or_one(rng, dims, 0, 2),
        ceil_mode=flag(rng),
    )
    return Case(name, [tuple_or_one(rng, dims, 1, 4)], kwargs, [maybe_batched(rng, 2, *spatial(rng, dims))])


@generates("LPPool1d", "LPPool2d", "LPPool3d")
def _lp_pool(name: str, rng: Random) -> Case:
    dims = dims_of(name)
    kernel = rng.randint(1, 4) if dims == 1 else tuple_or_one(rng, dims, 1, 4)
    kwargs = some(rng, stride=lambda: tuple_or_one(rng, dims, 1, 4), ceil_mode=flag(rng))
    return Case(name, [rng.choice((1, 2, 2.0)), kernel], kwargs, [maybe_batched(rng, 2, *spatial(rng, dims))])


@generates(
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d",
)  # fmt: skip
def _adaptive_pool(name: str, rng: Random) -> Case:
    dims = dims_of(name)
    size: Any = tuple_or_one(rng, dims, 1, 5)
    if isinstance(size, tuple) and dims > 1:
        size = tuple(None if rng.random() < 0.3 else number for number in size)
    kwargs = some(rng, return_indices=flag(rng)) if "Max" in name else {}
    return Case(name, [size], kwargs, [maybe_batched(rng, 2, *spatial(rng, dims))])


@generates("FractionalMaxPool2d", "FractionalMaxPool3d")
def _fractional_pool(name: str, rng: Random) -> Case:
    dims = dims_of(name)
    kwargs = some(rng, return_indices=flag(rng))
    if rng.random() < 0.5:
        kwargs["output_size"] = tuple_or_one(rng, dims, 1, 4)
    else:
        kwargs["output_ratio"] = rng.choice((0.5, 0.7, tuple(rng.choice((0.3, 0.6)) for _ in range(dims))))
    return Case(name, [tuple_or_one(rng, dims, 1, 3)], kwargs, [maybe_batched(rng, 2, *spatial(rng, dims, 5, 9))])


@generates("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d")
def _max_unpool(name: str, rng: Random) -> Case:
    dims = dims_of(name)
    kwargs = some(rng, stride=lambda: tuple_or_one(rng, dims, 1, 3), padding=lambda: tuple_or_one(rng, dims, 0, 1))
    shape = maybe_batched(rng, 2, *spatial(rng, dims, 2, 4))["shape"]
    return Case(name, [tuple_or_one(rng, dims, 2, 4)], kwargs, [tensor(*shape), tensor(*shape, high=1)])


# ------------------------------------------------------------------------------------- padding, dropout, shapes


@generates(
    *(f"{kind}Pad{d}d" for kind in ("Constant", "Zero", "Reflection", "Replication", "Circular") for d in (1, 2, 3))
)
def _padding(name: str, rng: Random) -> Case:
    dims = dims_of(name)
    padding = tuple_or_one(rng, 2 * dims, -1, 3)
    args = [padding, 1.5] if name.startswith("Constant") else [padding]
    return Case(name, args, {}, [maybe_batched(rng, 2, *spatial(rng, dims))])


@generates("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "_DropoutNd")
def _dropout(name: str, rng: Random) -> Case:
    sizes = {"Dropout1d": 1, "Dropout2d": 2, "Dropout3d": 3}.get(name, 2)
    inputs = None if name == "_DropoutNd" else [maybe_batched(rng, 2, *spatial(rng, sizes))]
    return Case(name, [], some(rng, p=lambda: rng.choice((0.0, 0.3, 1.0, 1.5)), inplace=flag(rng)), inputs)


@generates("Flatten")
def _flatten(name: str, rng: Random) -> Case:
    rank = rng.randint(0, 5)
    kwargs = some(rng, start_dim=lambda: rng.randint(-rank - 1, rank), end_dim=lambda: rng.randint(-rank - 1, rank))
    return Case(name, [], kwargs, [tensor(*[rng.randint(1, 4) for _ in range(rank)])])


@generates("Unflatten")
def _unflatten(name: str, rng: Random) -> Case:
    rank = rng.randint(1, 4)
    axis = rng.randint(-rank, rank - 1)
    sizes = [rng.randint(1, 3) for _ in range(rng.randint(1, 3))]
    shape = [rng.randint(1, 4) for _ in range(rank)]
    shape[axis] = 1
    for size in sizes:
        shape[axis] *= size
    if rng.random() < 0.4:
        sizes[rng.randrange(len(sizes))] = -1
    return Case(name, [axis, tuple(sizes)], {}, [tensor(*shape)])


@generates("Unfold")
def _unfold(name: str, rng: Random) -> Case:
    kwargs = some(
        rng,
        dilation=lambda: tuple_or_one(rng, 2, 1, 2),
        padding=lambda: tuple_or_one(rng, 2, 0, 2),
        stride=lambda: tuple_or_one(rng, 2, 1, 3),
    )
    return Case(name, [tuple_or_one(rng, 2, 1, 3)], kwargs, [maybe_batched(rng, 3, *spatial(rng, 2))])


@generates("Fold")
def _fold(name: str, rng: Random) -> Case:
    case = _unfold("Unfold", rng)
    image, kernel = tuple(spatial(rng, 2, 4, 8)), case.args[0]

    def pair(key: str, default: int) -> tuple[int, int]:
        value = case.kwargs.get(key, default)
        return value if isinstance(value, tuple) else (value, value)

    sides = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    windows = 1
    for axis in range(2):
        reach = pair("dilation", 1)[axis] * (sides[axis] - 1) + 1
        windows *= max(1, (image[axis] + 2 * pair("padding", 0)[axis] - reach) // pair("stride", 1)[axis] + 1)
    return Case(name, [image, kernel], case.kwargs, [maybe_batched(rng, 2 * sides[0] * sides[1], windows)])


@generates("PixelShuffle", "PixelUnshuffle")
def _pixel_shuffle(name: str, rng: Random) -> Case:
    factor = rng.randint(1, 3)
    leading = [rng.randint(1, 3) for _ in range(rng.randint(0, 2))]
    if name == "PixelShuffle":
        sizes = [factor**2 * rng.randint(1, 2), rng.randint(1, 4), rng.randint(1, 4)]
    else:
        sizes = [rng.randint(1, 3), factor * rng.randint(1, 3), factor * rng.randint(1, 3)]
    return Case(name, [factor], {}, [tensor(*leading, *sizes)])


@generates("ChannelShuffle")
def _channel_shuffle(name: str, rng: Random) -> Case:
    groups = rng.randint(1, 3)
    return Case(name, [groups], {}, [tensor(2, groups * rng.randint(1, 3), *spatial(rng, rng.randint(1, 3)))])


@generates("Upsample")
def _upsample(name: str, rng: Random) -> Case:
    dims = rng.randint(1, 3)
    mode = rng.choice(["nearest", "nearest-exact", {1: "linear", 2: "bilinear", 3: "trilinear"}[dims]])
    kwargs: dict[str, Any] = {"mode": mode}
    if rng.random() < 0.5:
        kwargs["size"] = tuple_or_one(rng, dims, 1, 9)
    else:
        kwargs["scale_factor"] = rng.choice((2, 1.5, 0.7, tuple(rng.choice((2, 2.3, 0.5)) for _ in range(dims))))
        kwargs.update(some(rng, recompute_scale_factor=flag(rng)))
    if "linear" in mode:
        kwargs.update(some(rng, align_corners=flag(rng)))
    return Case(name, [], kwargs, [tensor(2, 3, *spatial(rng, dims))])


@generates("UpsamplingNearest2d", "UpsamplingBilinear2d")
def _upsampling(name: str, rng: Random) -> Case:
    choices: list[dict[str, Any]] = [
        {"size": tuple_or_one(rng, 2, 1, 9)},
        {"scale_factor": rng.choice((2, 1.5, (2, 3)))},
    ]
    return Case(name, [], rng.choice(choices), [tensor(2, 3, *spatial(rng, 2))])


@generates("CosineSimilarity", "PairwiseDistance")
def _distance(name: str, rng: Random) -> Case:
    shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 3))]
    other = [1 if rng.random() < 0.3 else size for size in shape]
    options = {"dim": lambda: rng.randint(-2, 2)} if name == "CosineSimilarity" else {"keepdim": flag(rng)}
    return Case(name, [], some(rng, **options), [tensor(*shape), tensor(*other)])


# -------------------------------------------------------------------------------------------------------- losses


def _reduction(rng: Random) -> dict[str, Any]:
    if rng.random() < 0.1:
        return {"size_average": rng.random() < 0.5, "reduce": rng.random() < 0.5}
    return some(rng, reduction=lambda: rng.choice(["none", "mean", "sum"]))


@generates(
    "L1Loss", "MSELoss", "SmoothL1Loss", "PoissonNLLLoss", "SoftMarginLoss", "HingeEmbeddingLoss", "BCELoss",
    "BCEWithLogitsLoss", "KLDivLoss", "MultiLabelSoftMarginLoss",
)  # fmt: skip
def _element_loss(name: str, rng: Random) -> Case:
    shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 3))]
    return Case(name, [], _reduction(rng), [tensor(*shape), tensor(*shape)])


@generates("_Loss", "_WeightedLoss")
def _loss_base(name: str, rng: Random) -> Case:
    return Case(name, [], _reduction(rng))


@generates("HuberLoss")
def _huber(name: str, rng: Random) -> Case:
    return Case(
        name, [], some(rng, reduction=lambda: rng.choice(["none", "mean", "sum"])), [tensor(3, 4), tensor(3, 4)]
    )


@generates("GaussianNLLLoss")
def _gaussian(name: str, rng: Random) -> Case:
    kwargs = some(rng, full=flag(rng), reduction=lambda: rng.choice(["none", "mean", "sum"]))
    return Case(name, [], kwargs, [tensor(3, 4), tensor(3, 4), tensor(3, rng.choice((1, 4)))])


@generates("CrossEntropyLoss", "NLLLoss")
def _class_loss(name: str, rng: Random) -> Case:
    classes = rng.randint(2, 5)
    rest = spatial(rng, rng.choice((0, 0, 1, 2)), 1, 4)
    if rng.random() < 0.2:
        return Case(name, [], _reduction(rng), [tensor(classes), tensor(high=classes)])
    if name == "CrossEntropyLoss" and rng.random() < 0.2:
        return Case(name, [], _reduction(rng), [tensor(3, classes, *rest), tensor(3, classes, *rest)])
    return Case(name, [], _reduction(rng), [tensor(3, classes, *rest), tensor(3, *rest, high=classes)])


@generates("NLLLoss2d")
def _nll_2d(name: str, rng: Random) -> Case:
    return Case(name, [], _reduction(rng), [tensor(2, 3, 4, 5), tensor(2, 4, 5, high=3)])


@generates("MultiMarginLoss")
def _multi_margin(name: str, rng: Random) -> Case:
    leading = [3] if rng.random() < 0.7 else []
    return Case(
        name,
        [],
        {**_reduction(rng), **some(rng, p=lambda: rng.choice((1, 2, 3)))},
        [tensor(*leading, 4), tensor(*leading, high=4)],
    )


@generates("MultiLabelMarginLoss")
def _multi_label_margin(name: str, rng: Random) -> Case:
    leading = [3] if rng.random() < 0.7 else []
    return Case(name, [], _reduction(rng), [tensor(*leading, 4), tensor(*leading, 4, high=4)])


@generates("MarginRankingLoss")
def _margin_ranking(name: str, rng: Random) -> Case:
    return Case(name, [], _reduction(rng), [tensor(3), tensor(3), tensor(3)])


@generates("CosineEmbeddingLoss")
def _cosine_embedding(name: str, rng: Random) -> Case:
    leading = [3] if rng.random() < 0.7 else []
    return Case(name, [], _reduction(rng), [tensor(*leading, 4), tensor(*leading, 4), tensor(*leading, high=1)])


@generates("TripletMarginLoss", "TripletMarginWithDistanceLoss")
def _triplet(name: str, rng: Random) -> Case:
    kwargs = (
        _reduction(rng) if name == "TripletMarginLoss" else some(rng, reduction=lambda: rng.choice(["none", "sum"]))
    )
    shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 3))]
    return Case(name, [], kwargs, [tensor(*shape) for _ in range(3)])


@generates("CTCLoss")
def _ctc(name: str, rng: Random) -> Case:
    kwargs = some(rng, reduction=lambda: rng.choice(["none", "mean", "sum"]))
    return Case(name, [], kwargs, [tensor(5, 3, 4), tensor(3, 2, high=4), tensor(3, high=6), tensor(3, high=3)])


@generates("LinearCrossEntropyLoss")
def _linear_cross_entropy(name: str, rng: Random) -> Case:
    features, classes = rng.randint(1, 5), rng.randint(2, 5)
    more = tuple(rng.randint(1, 3) for _ in range(rng.randint(0, 2)))
    kwargs = {**some(rng, bias=flag(rng), reduction=lambda: rng.choice(["none", "mean", "sum"])), "out_features": more}
    return Case(name, [features, classes], kwargs, [tensor(3, features), tensor(3, *more, high=classes)])


@generates("AdaptiveLogSoftmaxWithLoss")
def _adaptive_softmax(name: str, rng: Random) -> Case:
    features, classes = rng.randint(4, 30), rng.randint(6, 30)
    cutoffs = tuple(sorted(rng.sample(range(1, classes + (rng.random() < 0.1)), rng.randint(1, 4))))
    kwargs = some(rng, div_value=lambda: rng.choice((2.0, 1.5, 3)), head_bias=flag(rng))
    leading = [3] if rng.random() < 0.7 else []
    return Case(
        name, [features, classes, cutoffs], kwargs, [tensor(*leading, features), tensor(*leading, high=classes)]
    )


# ------------------------------------------------------------------------------------------------------ wrappers


@generates("DataParallel", "DistributedDataParallel")
def _wrapper(name: str, rng: Random) -> Case:
    inner: dict[str, Any] = {"layer": "Linear", "args": [rng.randint(1, 5), rng.randint(1, 5)], "kwargs": {}}
    return Case(name, [inner], {}, None if name.startswith("Distributed") else [tensor(2, inner["args"][0])])
