"""Dense layers, embeddings and the layers that only pass on."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, product
from paramlens.layers.declare import Built, axes, layer
from paramlens.layers.keras.arguments import expect_min_rank, integer, known, known_size, refused
from paramlens.layers.keras.einsum import einsum_dense_shapes, labels
from paramlens.layers.keras.low_rank import low_rank
from paramlens.layers.keras.spellings import DENSE, spellings
from paramlens.shapes import Shape, element_count


@layer(
    "keras.layers.Dense",
    example="Dense(64) : (None, 128) -> (None, 64) : 8,256",
    aliases=spellings("Dense", "core.dense"),
    renamed=DENSE,
)
def dense(
    units: Dim,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    lora_rank: Any = None,
    lora_alpha: Any = None,
    quantization_config: Any = None,
    *,
    input: Shape,
) -> Built:
    """Fully connected layer over the last axis."""
    units = integer("Dense", "units", units)
    expect_min_rank("Dense", input, 2)
    features = known_size("Dense", input, -1)
    weights, frozen = low_rank(
        {
            "kernel": axes(in_features=features, units=units),
            "bias": axes(units=units) if known(use_bias) else None,
        },
        "kernel",
        lora_rank,
    )

    def macs(_: Shape, result: Shape) -> Dim | None:
        outputs = element_count(result[1:])
        return None if outputs is None else outputs * features

    return Built(weights=weights, frozen=frozen, output=(*input[:-1], units), macs=macs)


@layer(
    "keras.layers.EinsumDense",
    example=(
        'EinsumDense("abc,cde->abde", output_shape=(None, 4, 8), bias_axes="de") '
        ": (None, 10, 16) -> (None, None, 4, 8) : 544"
    ),
    aliases=spellings("EinsumDense", "core.einsum_dense", "experimental"),
)
def einsum_dense(
    equation: Any,
    output_shape: Any,
    activation: Any = None,
    bias_axes: Any = None,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    lora_rank: Any = None,
    lora_alpha: Any = None,
    gptq_unpacked_column_size: Any = None,
    quantization_config: Any = None,
    *,
    input: Shape,
) -> Built:
    """A product with a kernel, written as an einsum equation whose second operand is the kernel."""
    kernel, bias, output = einsum_dense_shapes(equation, known(bias_axes), input, output_shape)
    weights, frozen = low_rank({"kernel": kernel, "bias": bias}, "kernel", lora_rank)

    def macs(_: Shape, result: Shape) -> Dim | None:
        positions = element_count(result[1:])
        outputs = labels(equation)[2]
        reduced = [size for name, size in zip(kernel.names, kernel.sizes, strict=True) if name not in outputs]
        return None if positions is None else positions * product(size for size in reduced if size is not None)

    return Built(weights=weights, frozen=frozen, output=output, macs=macs)


_EMBEDDING = {
    "init": "embeddings_initializer",
    "W_regularizer": "embeddings_regularizer",
    "W_constraint": "embeddings_constraint",
}


@layer(
    "keras.layers.Embedding",
    example="Embedding(10_000, 128) : (None, 20) -> (None, 20, 128) : 1,280,000",
    aliases=spellings("Embedding", "core.embedding", "embeddings"),
    renamed=_EMBEDDING,
)
def embedding(
    input_dim: Dim,
    output_dim: Dim,
    embeddings_initializer: Any = "uniform",
    embeddings_regularizer: Any = None,
    embeddings_constraint: Any = None,
    mask_zero: bool = False,
    weights: Any = None,
    lora_rank: Any = None,
    lora_alpha: Any = None,
    quantization_config: Any = None,
    *,
    input: Shape | None = None,
) -> Built:
    """A trained vector of size output_dim for each of input_dim tokens."""
    tokens, width = integer("Embedding", "input_dim", input_dim), integer("Embedding", "output_dim", output_dim)
    trained, frozen = low_rank({"embeddings": axes(input_dim=tokens, output_dim=width)}, "embeddings", lora_rank)
    return Built(weights=trained, frozen=frozen, output=None if input is None else (*input, width))


@layer(
    "keras.layers.ReversibleEmbedding",
    example="ReversibleEmbedding(1000, 64) : (None, 20) -> (None, 20, 64) : 64,000",
    aliases=spellings("ReversibleEmbedding", "core.reversible_embedding"),
)
def reversible_embedding(
    input_dim: Dim,
    output_dim: Dim,
    tie_weights: bool = True,
    embeddings_initializer: Any = "uniform",
    embeddings_regularizer: Any = None,
    embeddings_constraint: Any = None,
    mask_zero: bool = False,
    reverse_dtype: Any = None,
    logit_soft_cap: Any = None,
    *,
    lora_rank: Any = None,
    lora_alpha: Any = None,
    input: Shape | None = None,
) -> Built:
    """An embedding that can also map vectors back to tokens, by the same weights unless `tie_weights=False`."""
    tokens = integer("ReversibleEmbedding", "input_dim", input_dim)
    width = integer("ReversibleEmbedding", "output_dim", output_dim)
    trained, frozen = low_rank({"embeddings": axes(input_dim=tokens, output_dim=width)}, "embeddings", lora_rank)
    if frozen and not known(tie_weights):
        raise refused("ReversibleEmbedding expects tie_weights with a lora_rank")
    trained["reverse_embeddings"] = None if known(tie_weights) else axes(output_dim=width, input_dim=tokens)
    return Built(weights=trained, frozen=frozen, output=None if input is None else (*input, width))


@layer(
    "keras.layers.Masking",
    example="Masking() : (None, 10, 8) -> (None, 10, 8) : 0",
    aliases=spellings("Masking", "core.masking"),
)
def masking(
    mask_value: Any = 0.0,
    *,
    input: Shape,
) -> Built:
    """Marks the timesteps that are all `mask_value`."""
    return Built(output=input)


@layer(
    "keras.layers.Identity",
    example="Identity() : (None, 8) -> (None, 8) : 0",
    aliases=spellings("Identity", "core.identity"),
)
def identity(
    *,
    input: Shape,
) -> Built:
    """Passes its input on."""
    return Built(output=input)
