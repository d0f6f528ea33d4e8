"""Preprocessing of numbers, categories, text and sound."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, Shapes, axes, expect_rank, layer
from paramlens.layers.keras.arguments import (
    choice,
    deferred,
    integer,
    is_channels_first,
    known,
    optional_integer,
)
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape, ShapeMismatch, Size, keras_window, same_size
from paramlens.values import Reason, undetermined


@layer(
    "keras.layers.Rescaling",
    example="Rescaling(1.0 / 255) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings("Rescaling", "preprocessing.rescaling", "experimental.preprocessing", "preprocessing"),
)
def rescaling(
    scale: Any,
    offset: Any = 0.0,
    *,
    input: Shape,
) -> Built:
    """Multiplies by `scale` and adds `offset`."""
    return Built(output=input)


def _one_hot(shape: Shape, depth: Size) -> Shape:
    """A last axis of size 1 is replaced, any other is kept; open where its size is."""
    if len(shape) > 1 and same_size(shape[-1], 1):
        return (*shape[:-1], depth)
    return (*shape, depth)


@layer(
    "keras.layers.CategoryEncoding",
    example="CategoryEncoding(num_tokens=10) : (None, 4) -> (None, 10) : 0",
    aliases=spellings(
        "CategoryEncoding", "preprocessing.category_encoding", "experimental.preprocessing", "preprocessing"
    ),
    renamed={"max_tokens": "num_tokens"},
)
def category_encoding(
    num_tokens: Dim | None = None,
    output_mode: Any = "multi_hot",
    sparse: bool = False,
    *,
    input: Shape,
) -> Built:
    """Integers as one-hot, multi-hot or count vectors."""

    def output() -> Shape:
        depth = integer("CategoryEncoding", "num_tokens", num_tokens)
        mode = choice("CategoryEncoding", "output_mode", output_mode, "multi_hot", "one_hot", "count", "binary")
        if not input:
            return (depth,)
        return _one_hot(input, depth) if mode == "one_hot" else (*input[:-1], depth)

    return Built(output=deferred("CategoryEncoding", output))


@layer(
    "keras.layers.Discretization",
    example="Discretization(bin_boundaries=[0.0, 1.0]) : (None, 4) -> (None, 4) : 0",
    aliases=spellings("Discretization", "preprocessing.discretization", "experimental.preprocessing", "preprocessing"),
    renamed={"bins": "bin_boundaries"},
)
def discretization(
    bin_boundaries: Any = None,
    num_bins: Dim | None = None,
    epsilon: Any = 0.01,
    output_mode: Any = "int",
    sparse: bool = False,
    dtype: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """Numbers as the index of their bin, or encoded from it."""

    def output() -> Shape:
        mode = choice("Discretization", "output_mode", output_mode, "int", "one_hot", "multi_hot", "count")
        if mode == "int":
            return input
        boundaries = known(bin_boundaries)
        depth = num_bins if boundaries is None else len(boundaries) + 1
        depth = integer("Discretization", "num_bins", depth)
        if mode == "one_hot":
            return _one_hot(input, depth)
        return (input[0], *input[2:], depth) if len(input) >= 2 else (depth,)

    return Built(output=deferred("Discretization", output))


@layer(
    "keras.layers.Hashing",
    example="Hashing(10) : (None, 4) -> (None, 4) : 0",
    aliases=spellings("Hashing", "preprocessing.hashing", "experimental.preprocessing", "preprocessing"),
)
def hashing(
    num_bins: Dim,
    mask_value: Any = None,
    salt: Any = None,
    output_mode: Any = "int",
    sparse: bool = False,
    *,
    input: Shape,
) -> Built:
    """Values as the index of a bin that their hash picks."""

    def output() -> Shape:
        bins = integer("Hashing", "num_bins", num_bins)
        mode = choice("Hashing", "output_mode", output_mode, "int", "one_hot", "multi_hot", "count")
        return input if mode == "int" else (*input[:-1], bins)

    return Built(output=deferred("Hashing", output))


@layer(
    "keras.layers.HashedCrossing",
    example="HashedCrossing(10) : [(None, 1), (None, 1)] -> (None, 1) : 0",
    aliases=spellings("HashedCrossing", "preprocessing.hashed_crossing", "experimental.preprocessing", "preprocessing"),
)
def hashed_crossing(
    num_bins: Dim,
    output_mode: Any = "int",
    sparse: bool = False,
    name: Any = None,
    dtype: Any = None,
    *,
    inputs: Shapes,
) -> Built:
    """Combinations of two features as the index of a bin that their hash picks."""

    def output() -> Shape:
        bins = integer("HashedCrossing", "num_bins", num_bins)
        mode = choice("HashedCrossing", "output_mode", output_mode, "int", "one_hot")
        if len(inputs) != 2:
            raise ShapeMismatch(f"HashedCrossing expects 2 inputs, got {len(inputs)}")
        if mode == "int":
            return inputs[0]
        return (*inputs[0][:-1], bins) if same_size(inputs[0][-1], 1) else (*inputs[0], bins)

    return Built(output=deferred("HashedCrossing", output))


def _looked_up(
    layer_name: str,
    output_mode: Any,
    max_tokens: Any,
    pad_to_max_tokens: Any,
    vocabulary: Any,
    special: Any,
    shape: Shape,
) -> Built:
    """Indices, or vectors as long as the vocabulary with its `special` tokens in front; open until `adapt` found it."""

    def output() -> Shape:
        allowed = ("int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf")
        mode = choice(layer_name, "output_mode", output_mode, *allowed)
        if mode == "int":
            return shape
        depth: Size = None
        if known(pad_to_max_tokens):
            depth = optional_integer(layer_name, "max_tokens", max_tokens)
        elif isinstance(known(vocabulary), tuple):
            depth = _vocabulary_size(vocabulary, known(special))
        return _one_hot(shape, depth) if mode == "one_hot" else (*shape[:-1], depth)

    return Built(output=deferred(layer_name, output))


def _vocabulary_size(vocabulary: tuple[Any, ...], special: tuple[Any, ...]) -> int:
    """The tokens, with the special ones unless the vocabulary starts with them."""
    own = vocabulary[: len(special)] == special
    return len(vocabulary) if own else len(vocabulary) + len(special)


@layer(
    "keras.layers.StringLookup",
    example="StringLookup() : (None, 4) -> (None, 4) : 0",
    aliases=spellings("StringLookup", "preprocessing.string_lookup", "experimental.preprocessing", "preprocessing"),
)
def string_lookup(
    max_tokens: Any = None,
    num_oov_indices: Any = 1,
    mask_token: Any = None,
    oov_token: Any = "[UNK]",
    vocabulary: Any = None,
    idf_weights: Any = None,
    invert: bool = False,
    output_mode: Any = "int",
    pad_to_max_tokens: bool = False,
    sparse: bool = False,
    encoding: Any = "utf-8",
    name: Any = None,
    salt: Any = None,
    *,
    vocabulary_size: Any = None,
    input: Shape,
) -> Built:
    """Values as their index in a vocabulary, or encoded from it."""
    outside = (oov_token,) * known(num_oov_indices)
    return _looked_up("StringLookup", output_mode, max_tokens, pad_to_max_tokens, vocabulary, outside, input)


@layer(
    "keras.layers.IntegerLookup",
    example="IntegerLookup() : (None, 4) -> (None, 4) : 0",
    aliases=spellings("IntegerLookup", "preprocessing.integer_lookup", "experimental.preprocessing", "preprocessing"),
)
def integer_lookup(
    max_tokens: Any = None,
    num_oov_indices: Any = 1,
    mask_token: Any = None,
    oov_token: Any = -1,
    vocabulary: Any = None,
    vocabulary_dtype: Any = "int64",
    idf_weights: Any = None,
    invert: bool = False,
    output_mode: Any = "int",
    sparse: bool = False,
    pad_to_max_tokens: bool = False,
    oov_method: Any = "floormod",
    salt: Any = None,
    name: Any = None,
    *,
    vocabulary_size: Any = None,
    input: Shape,
) -> Built:
    """Values as their index in a vocabulary, or encoded from it."""
    outside = (oov_token,) * known(num_oov_indices)
    return _looked_up("IntegerLookup", output_mode, max_tokens, pad_to_max_tokens, vocabulary, outside, input)


@layer(
    "keras.layers.TextVectorization",
    example="TextVectorization(output_sequence_length=20) : (None, 1) -> (None, 20) : 0",
    aliases=spellings(
        "TextVectorization", "preprocessing.text_vectorization", "experimental.preprocessing", "preprocessing"
    ),
)
def text_vectorization(
    max_tokens: Any = None,
    standardize: Any = "lower_and_strip_punctuation",
    split: Any = "whitespace",
    ngrams: Any = None,
    output_mode: Any = "int",
    output_sequence_length: Any = None,
    pad_to_max_tokens: bool = False,
    vocabulary: Any = None,
    idf_weights: Any = None,
    sparse: bool = False,
    ragged: bool = False,
    encoding: Any = "utf-8",
    name: Any = None,
    *,
    vocabulary_size: Any = None,
    input: Shape,
) -> Built:
    """Text as indices of its words, or encoded from them."""

    def output() -> Shape:
        mode = choice(
            "TextVectorization",
            "output_mode",
            output_mode,
            "int",
            "one_hot",
            "multi_hot",
            "count",
            "tf_idf",
            "binary",
            "tf-idf",
        )
        if mode == "int":
            return (
                input[0],
                optional_integer("TextVectorization", "output_sequence_length", known(output_sequence_length)),
            )
        if known(split) is not None:
            words: Shape = (*input, None)
        else:
            words = (*input, 1) if len(input) <= 1 else input
        found = _looked_up(
            "TextVectorization", mode, max_tokens, pad_to_max_tokens, vocabulary, ("[UNK]",), words
        ).output
        shape: Shape = found() if callable(found) else found
        return shape

    return Built(output=deferred("TextVectorization", output))


@layer(
    "keras.layers.MelSpectrogram",
    example="MelSpectrogram() : (None, 16000) -> (None, 128, 32) : 0",
    aliases=spellings("MelSpectrogram", "preprocessing.mel_spectrogram"),
)
def mel_spectrogram(
    fft_length: Dim = 2048,
    sequence_stride: Dim = 512,
    sequence_length: Any = None,
    window: Any = "hann",
    sampling_rate: Any = 16000,
    num_mel_bins: Dim = 128,
    min_freq: Any = 20.0,
    max_freq: Any = None,
    power_to_db: bool = True,
    top_db: Any = 80.0,
    mag_exp: Any = 2.0,
    min_power: Any = 1e-10,
    ref_power: Any = 1.0,
    *,
    input: Shape,
) -> Built:
    """Sound as a spectrogram on the mel scale."""
    expect_rank("MelSpectrogram", input, 1, 2)

    def output() -> Shape:
        bins = integer("MelSpectrogram", "num_mel_bins", num_mel_bins)
        stride = integer("MelSpectrogram", "sequence_stride", sequence_stride)
        frames = None if input[-1] is None else (input[-1] + stride + 1) // stride
        return (*input[:-1], bins, frames)

    return Built(output=deferred("MelSpectrogram", output))


@layer(
    "keras.layers.STFTSpectrogram",
    example="STFTSpectrogram() : (None, 16000, 1) -> (None, 124, 129) : 66,048",
    aliases=spellings("STFTSpectrogram", "preprocessing.stft_spectrogram"),
)
def stft_spectrogram(
    mode: Any = "log",
    frame_length: Dim = 256,
    frame_step: Any = None,
    fft_length: Dim | None = None,
    window: Any = "hann",
    periodic: bool = False,
    scaling: Any = "density",
    padding: Any = "valid",
    expand_dims: bool = False,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Sound as a spectrogram; the kernels of the Fourier transform are trainable weights."""
    name = "STFTSpectrogram"
    expect_rank(name, input, 3)
    frame = integer(name, "frame_length", frame_length)
    wanted = choice(name, "mode", mode, "log", "magnitude", "psd", "real", "imag", "angle", "stft")
    bins = _fft_bins(name, frame, fft_length)
    kernel = axes(frame_length=frame, channels=1, frequencies=bins)

    def output() -> Shape:
        channels_first = is_channels_first(name, data_format)
        channels, steps = (input[1], input[2]) if channels_first else (input[2], input[1])
        step = integer(name, "frame_step", known(frame_step) or frame // 2)
        time = keras_window(steps, frame, step, choice(name, "padding", padding, "valid", "same"))
        frequencies = 2 * bins if wanted == "stft" else bins
        if known(expand_dims):
            return (
                (input[0], channels, time, frequencies) if channels_first else (input[0], time, frequencies, channels)
            )
        features = None if channels is None else frequencies * channels
        return (input[0], features, time) if channels_first else (input[0], time, features)

    return Built(
        weights={
            "real_kernel": kernel if wanted != "imag" else None,
            "imag_kernel": kernel if wanted != "real" else None,
        },
        output=deferred(name, output),
    )


def _fft_bins(layer_name: str, frame: Dim, fft_length: Any) -> Dim:
    """fft_length // 2 + 1, by default of the frame length rounded up to a power of two."""
    if known(fft_length):
        return integer(layer_name, "fft_length", fft_length) // 2 + 1
    if not isinstance(frame, int):
        raise undetermined(Reason.UNSUPPORTED, "the next power of two of a frame length that is not known")
    return (1 << (frame - 1).bit_length()) // 2 + 1
