"""Random cases for every Keras layer that the framework can build here (see keras_declared.py for their form).

Each generator draws valid arguments most of the time, and now and then ones that Keras refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

Case = dict[str, Any]
Generator = Callable[[Random], Case]
GENERATORS: dict[str, Generator] = {}

UNAVAILABLE = {
    "FlaxLayer": "needs Flax",
    "HashedCrossing": "needs TensorFlow",
    "Hashing": "needs TensorFlow",
    "IntegerLookup": "needs TensorFlow",
    "JaxLayer": "needs JAX",
    "StringLookup": "needs TensorFlow",
    "TFSMLayer": "needs TensorFlow and a saved model",
    "TextVectorization": "needs TensorFlow",
    "TorchModuleWrapper": "holds a torch module",
}


def generator(*names: str) -> Callable[[Callable[[Random, str], Case]], Callable[[Random, str], Case]]:
    """Register one function for several classes; it is given the class name."""

    def register(function: Callable[[Random, str], Case]) -> Callable[[Random, str], Case]:
        for name in names:
            GENERATORS[name] = partial(_named, function, name)
        return function

    return register


def _named(function: Callable[[Random, str], Case], name: str, rng: Random) -> Case:
    return {"class": name, **function(rng, name)}


def one(args: list[Any], shape: list[int | None], **kwargs: Any) -> Case:
    return {"args": args, "kwargs": kwargs, "inputs": {"input": shape}}


def some(rng: Random, **options: Any) -> dict[str, Any]:
    """A random part of the options; a callable is drawn from."""
    chosen = {name: option for name, option in options.items() if rng.random() < 0.4}
    return {name: option(rng) if callable(option) else option for name, option in chosen.items()}


def flag(rng: Random) -> bool:
    return rng.random() < 0.5


def batch(rng: Random) -> int | None:
    return rng.choice([None, None, 1, 4])


def small(rng: Random, least: int = 1, most: int = 6) -> int:
    return rng.randint(least, most)


def per_axis(rng: Random, rank: int, least: int = 1, most: int = 3) -> Any:
    """One integer, or one per axis."""
    if flag(rng):
        return rng.randint(least, most)
    return [rng.randint(least, most) for _ in range(rank)]


def spatial(rng: Random, rank: int, least: int = 4, most: int = 11) -> list[int | None]:
    return [None if rng.random() < 0.1 else rng.randint(least, most) for _ in range(rank)]


def images(rng: Random, rank: int, channels: int | None, data_format: str | None, least: int = 4) -> list[int | None]:
    axes = spatial(rng, rank, least)
    return [batch(rng), channels, *axes] if data_format == "channels_first" else [batch(rng), *axes, channels]


def formats(rng: Random) -> str | None:
    return rng.choice([None, "channels_last", "channels_first"])


def rank_of(name: str) -> int:
    return next(int(name[index]) for index in range(len(name)) if name[index : index + 2] in ("1D", "2D", "3D"))


# ------------------------------------------------------------------------------------------------------------ core


@generator("Dense")
def dense(rng: Random, _: str) -> Case:
    shape = [batch(rng), *spatial(rng, rng.randint(0, 2)), rng.choice([None, 1, 5, 16, 17, 33])]
    shape = [*shape[:-1], shape[-1] or 3] if rng.random() < 0.8 else shape
    units = rng.choice([1, 2, 7, 64, 0]) if rng.random() < 0.2 else small(rng, 1, 40)
    return one([units], shape, **some(rng, use_bias=flag, activation="relu", lora_rank=small, name="fc"))


@generator("EinsumDense")
def einsum_dense(rng: Random, _: str) -> Case:
    width, steps, heads, depth = small(rng), small(rng, 2, 9), small(rng), small(rng)
    features = small(rng, 1, 9)
    label = rng.choice(["d", "bd", "b"])
    cases: list[tuple[list[Any], list[int | None], str | None]] = [
        (["ab,bc->ac", width], [batch(rng), features], "c"),
        (
            ["abc,cd->abd", [rng.choice([None, steps]), width]],
            [batch(rng), steps, features],
            label,
        ),
        (["...x,xy->...y", width], [batch(rng), *spatial(rng, rng.randint(0, 1)), features], "y"),
        (["abc,cde->abde", [None, heads, depth]], [batch(rng), steps, features], rng.choice(["de", "e", "d"])),
        (["abde,dec->abc", [None, width]], [batch(rng), steps, heads, depth], "c"),
        (["ab...,bc->ac...", width], [batch(rng), features, *spatial(rng, rng.randint(1, 2))], "c"),
        (["ab,cd->ad", width], [batch(rng), features], None),
    ]
    args, shape, bias = rng.choice(cases)
    return one(args, shape, **some(rng, bias_axes=bias, lora_rank=small))


@generator("Embedding", "ReversibleEmbedding")
def embedding(rng: Random, name: str) -> Case:
    options = some(rng, mask_zero=flag, lora_rank=small)
    if name == "ReversibleEmbedding":
        options.update(some(rng, tie_weights=flag))
    return one([small(rng, 0, 50), small(rng, 1, 20)], [batch(rng), *spatial(rng, rng.randint(0, 2))], **options)


@generator("Masking", "Identity", "ReLU", "LeakyReLU", "ELU", "Softmax", "UnitNormalization", "ActivityRegularization")
def passing(rng: Random, _: str) -> Case:
    return one([], [batch(rng), *spatial(rng, rng.randint(1, 3))])


@generator("Activation")
def activation(rng: Random, _: str) -> Case:
    return one([rng.choice(["relu", "tanh", "softmax"])], [batch(rng), *spatial(rng, rng.randint(1, 3))])


@generator("PReLU")
def prelu(rng: Random, _: str) -> Case:
    shape = [batch(rng), *spatial(rng, rng.randint(1, 3))]
    axes = rng.choice([None, 1, [1], [1, 2], [-1], list(range(1, len(shape))), [4]])
    return one([], shape, **({} if axes is None else {"shared_axes": axes}))


@generator("Rescaling", "GaussianNoise", "Dropout", "GaussianDropout", "AlphaDropout")
def noisy(rng: Random, _: str) -> Case:
    return one([rng.choice([0.0, 0.3, 0.5])], [batch(rng), *spatial(rng, rng.randint(1, 3))])


@generator("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def spatial_dropout(rng: Random, name: str) -> Case:
    rank = rank_of(name) + (rng.random() < 0.1)
    return one([0.5], [batch(rng), *spatial(rng, rank), small(rng)])


# ----------------------------------------------------------------------------------------------------- convolution


@generator("Conv1D", "Conv2D", "Conv3D")
def convolution(rng: Random, name: str) -> Case:
    rank, groups = rank_of(name), rng.choice([1, 1, 2, 3])
    layout = formats(rng)
    channels = groups * small(rng, 1, 3) + (rng.random() < 0.1)
    options = some(
        rng,
        strides=lambda r: per_axis(r, rank, 1, 3),
        padding=lambda r: r.choice(["valid", "same", "SAME", "causal"]),
        dilation_rate=lambda r: per_axis(r, rank, 1, 2),
        use_bias=flag,
        lora_rank=lambda r: r.choice([None, 2]),
    )
    if groups > 1:
        options["groups"] = groups
    if layout:
        options["data_format"] = layout
    least = rng.choice([2, 7])
    shape = images(rng, rank + (rng.random() < 0.05), channels, layout, least)
    return one([groups * small(rng, 1, 4), per_axis(rng, rank)], shape, **options)


@generator("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed(rng: Random, name: str) -> Case:
    rank, layout = rank_of(name), formats(rng)
    options = some(
        rng,
        strides=lambda r: per_axis(r, rank, 1, 3),
        padding=lambda r: r.choice(["valid", "same", "causal"]),
        output_padding=lambda r: per_axis(r, rank, 0, 1),
        dilation_rate=lambda r: per_axis(r, rank, 1, 2),
        use_bias=flag,
    )
    if layout:
        options["data_format"] = layout
    return one([small(rng), per_axis(rng, rank)], images(rng, rank, small(rng), layout, 2), **options)


@generator("SeparableConv1D", "SeparableConv2D")
def separable(rng: Random, name: str) -> Case:
    rank, layout = rank_of(name), formats(rng)
    options = some(
        rng,
        strides=lambda r: per_axis(r, rank, 1, 2),
        padding=lambda r: r.choice(["valid", "same"]),
        dilation_rate=lambda r: per_axis(r, rank, 1, 2),
        depth_multiplier=lambda r: small(r, 1, 3),
        use_bias=flag,
    )
    if layout:
        options["data_format"] = layout
    return one([small(rng), per_axis(rng, rank)], images(rng, rank, small(rng), layout), **options)


@generator("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(rng: Random, name: str) -> Case:
    rank, layout = rank_of(name), formats(rng)
    options = some(
        rng,
        strides=lambda r: per_axis(r, rank, 1, 2),
        padding=lambda r: r.choice(["valid", "same"]),
        dilation_rate=lambda r: per_axis(r, rank, 1, 2),
        depth_multiplier=lambda r: small(r, 0, 3),
        use_bias=flag,
    )
    if layout:
        options["data_format"] = layout
    return one([per_axis(rng, rank)], images(rng, rank, small(rng), layout), **options)


# --------------------------------------------------------------------------------------------------------- pooling


@generator(*(f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def pooling(rng: Random, name: str) -> Case:
    rank, layout = rank_of(name), formats(rng)
    options = some(rng, strides=lambda r: per_axis(r, rank), padding=lambda r: r.choice(["valid", "same"]))
    if layout:
        options["data_format"] = layout
    return one([per_axis(rng, rank)], images(rng, rank + (rng.random() < 0.05), small(rng), layout, 2), **options)


@generator(*(f"Global{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def global_pooling(rng: Random, name: str) -> Case:
    rank, layout = rank_of(name), formats(rng)
    options = {**some(rng, keepdims=flag), **({"data_format": layout} if layout else {})}
    return one([], images(rng, rank + (rng.random() < 0.05), small(rng), layout), **options)


@generator(*(f"Adaptive{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)))
def adaptive_pooling(rng: Random, name: str) -> Case:
    rank, layout = rank_of(name), formats(rng)
    options = {"data_format": layout} if layout else {}
    return one([per_axis(rng, rank)], images(rng, rank, small(rng), layout), **options)


# --------------------------------------------------------------------------------------------------- normalization


def normalized_shape(rng: Random) -> list[int | None]:
    return [batch(rng), *[small(rng, 2, 8) for _ in range(rng.randint(0, 2))], rng.choice([4, 6, 8, 8, None])]


@generator("BatchNormalization")
def batch_normalization(rng: Random, _: str) -> Case:
    options = some(rng, center=flag, scale=flag, renorm=flag, axis=lambda r: r.choice([-1, 1, 3]))
    return one([], normalized_shape(rng), **options)


@generator("LayerNormalization", "RMSNormalization")
def layer_normalization(rng: Random, name: str) -> Case:
    options = some(rng, axis=lambda r: r.choice([-1, 1, [-1], [1, 2], [-1, -2], [2, 1]]))
    if name == "LayerNormalization":
        options.update(some(rng, center=flag, scale=flag, rms_scaling=flag))
    return one([], normalized_shape(rng), **options)


@generator("GroupNormalization")
def group_normalization(rng: Random, _: str) -> Case:
    options = some(rng, center=flag, scale=flag, axis=lambda r: r.choice([-1, 1]))
    return one([rng.choice([1, 2, 4, -1, 3, 0])], normalized_shape(rng), **options)


@generator("Normalization")
def input_normalization(rng: Random, _: str) -> Case:
    options = some(rng, axis=lambda r: r.choice([None, -1, 1, [1, 2], [-1]]))
    if rng.random() < 0.3:
        options.update(mean=0.5, variance=2.0)
    return one([], normalized_shape(rng), **options)


@generator("SpectralNormalization")
def spectral_normalization(rng: Random, _: str) -> Case:
    name = rng.choice(["Dense", "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "Embedding", "EinsumDense", "ReLU"])
    inner = GENERATORS[name](rng)
    wrapped = {"layer": name, "args": inner["args"], "kwargs": inner["kwargs"]}
    wrapped["kwargs"].pop("lora_rank", None)
    return {"args": [wrapped], "kwargs": {}, "inputs": inner["inputs"]}


# ------------------------------------------------------------------------------------------------------- recurrent


def recurrent_options(rng: Random, name: str) -> dict[str, Any]:
    options = some(rng, use_bias=flag, return_sequences=flag, return_state=flag, dropout=0.2, recurrent_dropout=0.2)
    if name == "GRU":
        options.update(some(rng, reset_after=flag))
    return options


@generator("SimpleRNN", "LSTM", "GRU")
def recurrent(rng: Random, name: str) -> Case:
    shape = [batch(rng), rng.choice([None, 5]), small(rng, 1, 9)]
    if rng.random() < 0.1:
        shape.append(3)
    return one([small(rng, 0 if rng.random() < 0.1 else 1, 9)], shape, **recurrent_options(rng, name))


def cell(rng: Random) -> dict[str, Any]:
    name = rng.choice(["SimpleRNNCell", "LSTMCell", "GRUCell"])
    options = some(rng, use_bias=flag)
    if name == "GRUCell":
        options.update(some(rng, reset_after=flag))
    return {"layer": name, "args": [small(rng, 1, 9)], "kwargs": options}


@generator("SimpleRNNCell", "LSTMCell", "GRUCell")
def recurrent_cell(rng: Random, name: str) -> Case:
    options = some(rng, use_bias=flag)
    if name == "GRUCell":
        options.update(some(rng, reset_after=flag))
    return one([small(rng, 1, 9)], [batch(rng), small(rng, 1, 9)], **options)


@generator("StackedRNNCells")
def stacked_cells(rng: Random, _: str) -> Case:
    return one([[cell(rng) for _ in range(small(rng, 1, 3))]], [batch(rng), small(rng, 1, 9)])


@generator("RNN")
def rnn(rng: Random, _: str) -> Case:
    given: Any = cell(rng)
    if flag(rng):
        given = rng.choice([[cell(rng), cell(rng)], {"layer": "StackedRNNCells", "args": [[cell(rng), cell(rng)]]}])
    options = some(rng, return_sequences=flag, return_state=flag)
    return one([given], [batch(rng), 5, small(rng, 1, 9)], **options)


@generator("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def conv_lstm(rng: Random, name: str) -> Case:
    rank, layout = rank_of(name), formats(rng)
    options = some(
        rng,
        strides=lambda r: per_axis(r, rank, 1, 2),
        padding=lambda r: r.choice(["valid", "same"]),
        dilation_rate=lambda r: per_axis(r, rank, 1, 2),
        use_bias=flag,
        return_sequences=flag,
        return_state=flag,
    )
    if layout:
        options["data_format"] = layout
    first, *rest = images(rng, rank, small(rng), layout)
    return one([small(rng, 1, 4), per_axis(rng, rank)], [first, small(rng, 2, 5), *rest], **options)


@generator("Bidirectional")
def bidirectional(rng: Random, _: str) -> Case:
    name = rng.choice(["SimpleRNN", "LSTM", "GRU", "LSTM", "ConvLSTM2D", "RNN"])
    inner = GENERATORS[name](rng)
    inner["kwargs"].pop("go_backwards", None)
    wrapped = {"layer": name, "args": inner["args"], "kwargs": inner["kwargs"]}
    options = some(rng, merge_mode=lambda r: r.choice(["concat", "sum", "mul", "ave", None, "cat"]))
    if rng.random() < 0.2:
        options["backward_layer"] = {**wrapped, "kwargs": {**wrapped["kwargs"], "go_backwards": flag(rng)}}
    return {"args": [wrapped], "kwargs": options, "inputs": inner["inputs"]}


@generator("TimeDistributed")
def time_distributed(rng: Random, _: str) -> Case:
    name = rng.choice(["Dense", "Conv2D", "BatchNormalization", "LSTM", "Flatten", "MaxPooling2D"])
    inner = GENERATORS[name](rng)
    inner["kwargs"].pop("return_state", None)
    first, *rest = inner["inputs"]["input"]
    if name == "LSTM":
        rest = rest[:2]  # the wrapper skips the rank check of the wrapped layer
    return {
        "args": [{"layer": name, "args": inner["args"], "kwargs": inner["kwargs"]}],
        "kwargs": {},
        "inputs": {"input": [first, rng.choice([None, 4]), *rest]},
    }


@generator("Pipeline")
def pipeline(rng: Random, _: str) -> Case:
    units = small(rng)
    chain = [{"layer": "Rescaling", "args": [2.0]}, {"layer": "Dense", "args": [units]}]
    return one([chain], [batch(rng), small(rng), small(rng)])


# ------------------------------------------------------------------------------------------------------- attention


@generator("MultiHeadAttention")
def multi_head_attention(rng: Random, _: str) -> Case:
    middle = spatial(rng, rng.choice([1, 1, 1, 2]))
    features = [small(rng, 1, 9) for _ in range(3)]
    source = spatial(rng, len(middle))
    first = batch(rng)
    inputs = {"query": [first, *middle, features[0]], "value": [first, *source, features[1]]}
    if flag(rng):
        inputs["key"] = [first, *(source if rng.random() < 0.9 else middle), features[2]]
    options = some(
        rng,
        value_dim=small,
        use_bias=flag,
        use_gate=flag,
        dropout=0.1,
        output_shape=lambda r: r.choice([3, [4], [2, 3]]),
    )
    if len(middle) == 2 and flag(rng):
        options["attention_axes"] = rng.choice([1, 2, [1, 2]])
    return {"args": [small(rng, 0 if rng.random() < 0.1 else 1), small(rng)], "kwargs": options, "inputs": inputs}


@generator("GroupQueryAttention")
def group_query_attention(rng: Random, _: str) -> Case:
    shared = small(rng, 1, 3)
    heads = shared * small(rng, 1, 3) + (rng.random() < 0.1)
    first, features = batch(rng), small(rng, 1, 9)
    source = small(rng, 2, 9)
    inputs = {"query": [first, rng.choice([None, 5]), features], "value": [first, source, features]}
    if flag(rng):
        inputs["key"] = [first, source, small(rng, 1, 9)]
    return {"args": [small(rng), heads, shared], "kwargs": some(rng, use_bias=flag, use_gate=flag), "inputs": inputs}


@generator("Attention", "AdditiveAttention")
def attention(rng: Random, name: str) -> Case:
    first, features = batch(rng), small(rng, 1, 9)
    source = small(rng, 2, 9)
    shapes = [[first, rng.choice([None, 5]), features], [first, source, features], [first, source, features]]
    options = some(rng, use_scale=flag, dropout=0.1)
    if name == "Attention":
        options.update(some(rng, score_mode=lambda r: r.choice(["dot", "concat"])))
    return {"args": [], "kwargs": options, "inputs": {"inputs": shapes[: rng.choice([2, 3])]}}


# ------------------------------------------------------------------------------------------- reshaping and merging


@generator("Flatten")
def flatten(rng: Random, _: str) -> Case:
    return one([], [batch(rng), *spatial(rng, rng.randint(0, 3))])


@generator("Reshape")
def reshape(rng: Random, _: str) -> Case:
    left, right = small(rng), small(rng)
    target = rng.choice([[right, left], [-1], [left * right], [-1, right], [left, -1, 1], [-1, 5], [-1, -1]])
    return one([target], [batch(rng), rng.choice([None, left, left, left]), right])


@generator("Permute")
def permute(rng: Random, _: str) -> Case:
    dims = rng.choice([[2, 1], [1, 2], [3, 1, 2], [1], [0, 1], [2, 2]])
    return one([dims], [batch(rng), *spatial(rng, len(dims))])


@generator("RepeatVector")
def repeat_vector(rng: Random, _: str) -> Case:
    return one([small(rng, 0, 4)], [batch(rng), *spatial(rng, rng.choice([1, 1, 1, 2]))])


@generator(*(f"{kind}{rank}D" for kind in ("Cropping", "ZeroPadding") for rank in (1, 2, 3)))
def bordered(rng: Random, name: str) -> Case:
    rank = rank_of(name)
    if rank == 1:
        amount: Any = per_axis(rng, 2, 0, 3)
    else:
        amount = rng.choice([2, [1] * rank, [per_axis(rng, 2, 0, 3) for _ in range(rank)]])
    layout = None if name == "Cropping1D" else formats(rng)
    return one([amount], images(rng, rank, small(rng), layout), **({"data_format": layout} if layout else {}))


@generator("UpSampling1D", "UpSampling2D", "UpSampling3D")
def upsampling(rng: Random, name: str) -> Case:
    rank = rank_of(name)
    layout = None if rank == 1 else formats(rng)
    size = small(rng, 1, 3) if rank == 1 else per_axis(rng, rank)
    return one([size], images(rng, rank, small(rng), layout), **({"data_format": layout} if layout else {}))


def merged_shapes(rng: Random) -> list[list[int | None]]:
    rank, first = rng.randint(1, 3), batch(rng)
    shape = spatial(rng, rank)
    found = []
    for _ in range(rng.choice([1, 2, 2, 3])):
        other = [rng.choice([size, size, size, 1, None, 7]) if rng.random() < 0.3 else size for size in shape]
        found.append([rng.choice([first, None]), *(other if rng.random() < 0.9 else other[1:])])
    return found


@generator("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
def merge(rng: Random, _: str) -> Case:
    return {"args": [], "kwargs": {}, "inputs": {"inputs": merged_shapes(rng)}}


@generator("Concatenate")
def concatenate(rng: Random, _: str) -> Case:
    shapes = merged_shapes(rng)
    options = some(rng, axis=lambda r: r.choice([-1, 1, 2, -2])) if len(shapes) > 1 else {}
    return {"args": [], "kwargs": options, "inputs": {"inputs": shapes}}


@generator("Dot")
def dot(rng: Random, _: str) -> Case:
    size, first = small(rng, 2, 5), batch(rng)
    left = [first, *rng.choice([[size], [3, size], [size, size]])]
    right = [first, *rng.choice([[size], [4, size], [size, size]])]
    axes = rng.choice([-1, 1, [len(left) - 1, len(right) - 1], [1, 1]])
    return {"args": [axes], "kwargs": {}, "inputs": {"inputs": [left, right]}}


# --------------------------------------------------------------------------------------------------- preprocessing

IMAGE_ARGUMENTS: dict[str, list[Any]] = {
    "AugMix": [],
    "AutoContrast": [],
    "ContrastLimitedAdaptiveHistogramEqualization": [],
    "CutMix": [],
    "Equalization": [],
    "MaxNumBoundingBoxes": [5],
    "MixUp": [],
    "RandAugment": [],
    "RandomBrightness": [0.2],
    "RandomColorDegeneration": [0.2],
    "RandomColorJitter": [],
    "RandomContrast": [0.2],
    "RandomElasticTransform": [],
    "RandomErasing": [],
    "RandomFlip": [],
    "RandomGaussianBlur": [],
    "RandomGrayscale": [],
    "RandomHue": [0.2],
    "RandomInvert": [],
    "RandomPerspective": [],
    "RandomPosterization": [4],
    "RandomRotation": [0.2],
    "RandomSaturation": [0.2],
    "RandomSharpness": [0.2],
    "RandomShear": [0.2],
    "RandomTranslation": [0.2, 0.2],
    "RandomZoom": [0.2],
    "Solarization": [],
}


@generator(*IMAGE_ARGUMENTS)
def augmentation(rng: Random, name: str) -> Case:
    shape = [small(rng, 8, 16), small(rng, 8, 16), 3]
    return one(IMAGE_ARGUMENTS[name], [batch(rng), *shape] if flag(rng) else [2, *shape])


@generator("Resizing", "CenterCrop", "RandomCrop")
def image_size(rng: Random, _: str) -> Case:
    layout = formats(rng)
    shape = images(rng, 2, 3, layout, 8)
    shape = shape if rng.random() < 0.8 else shape[1:]
    return one([small(rng), small(rng)], shape, **({"data_format": layout} if layout else {}))


@generator("CategoryEncoding")
def category_encoding(rng: Random, _: str) -> Case:
    options = some(rng, output_mode=lambda r: r.choice(["multi_hot", "one_hot", "count"]))
    return one([small(rng)], [batch(rng), *rng.choice([[1], [4], [3, 1], []])], **options)


@generator("Discretization")
def discretization(rng: Random, _: str) -> Case:
    options = some(rng, output_mode=lambda r: r.choice(["int", "multi_hot", "one_hot", "count"]))
    return one([[0.0, 1.0, 2.0]], [batch(rng), *rng.choice([[1], [4], [3, 1], []])], **options)


@generator("MelSpectrogram")
def mel_spectrogram(rng: Random, _: str) -> Case:
    options = some(rng, sequence_stride=lambda r: r.choice([128, 256]), num_mel_bins=lambda r: r.choice([40, 64]))
    return one([], rng.choice([[16000], [None, 8000], [2, None], [None, None]]), **options)


@generator("STFTSpectrogram")
def stft_spectrogram(rng: Random, _: str) -> Case:
    layout = formats(rng)
    options = some(
        rng,
        mode=lambda r: r.choice(["log", "real", "imag", "stft", "psd"]),
        frame_length=lambda r: r.choice([32, 100]),
        fft_length=256,
        padding=lambda r: r.choice(["valid", "same"]),
        expand_dims=flag,
    )
    if layout:
        options["data_format"] = layout
    channels, steps = small(rng, 1, 2), rng.choice([None, 1000, 300])
    shape = [batch(rng), channels, steps] if layout == "channels_first" else [batch(rng), steps, channels]
    return one([], shape, window=None, **options)
