"""Embeddings: tables of vectors looked up by index."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Axes, Built, axes, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import certainly, integer, known, paths, require, shape_of, tensor_shape
from paramlens.shapes import Shape
from paramlens.values import Reason, Unknown, undetermined


def table(
    name: str, num_embeddings: Any, embedding_dim: Any, padding_idx: Any, weight: Any
) -> tuple[Dim, Dim, Any, Axes]:
    """The sizes, padding_idx counted from the front, and the weight: num_embeddings · embedding_dim."""
    rows = integer(name, "num_embeddings", num_embeddings)
    width = integer(name, "embedding_dim", embedding_dim)
    index = padding_idx
    if index is not None and not isinstance(index, Unknown):
        beyond = certainly(index, ">=", rows) or certainly(index, "<", -rows)
        require(beyond, f"{name} expects padding_idx within {rows} embeddings, got {index}")
        index = rows + index if certainly(index, "<", 0) else index
    given = tensor_shape(known(weight))
    if weight is not None:
        if given is None:
            raise undetermined(Reason.UNKNOWN_ARGUMENT, "_weight")
        expect_rank(name, given, 2)
        expect_size(name, "rows of _weight", rows, given[0])
        expect_size(name, "columns of _weight", width, given[1])
    return rows, width, index, axes(num_embeddings=rows, embedding_dim=width)


@layer(
    "torch.nn.Embedding",
    example="Embedding(30522, 768) : (8, 128) -> (8, 128, 768) : 23,440,896",
    aliases=paths("sparse", "Embedding"),
)
def embedding(
    num_embeddings: Dim,
    embedding_dim: Dim,
    padding_idx: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
    _weight: Any = None,
    _freeze: bool = False,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """A vector for each index; the row of padding_idx is a parameter like the others."""
    rows, width, index, weight = table("Embedding", num_embeddings, embedding_dim, padding_idx, _weight)

    def forward(input: Shape) -> Shape:
        return (*shape_of(input), width)

    return Built(
        weights={} if _freeze else {"weight": weight},
        frozen={"weight": weight} if _freeze else {},
        attributes={"num_embeddings": rows, "embedding_dim": width, "padding_idx": index, "_weight": None},
        forward=forward,
        dtype="float32",
    )


@layer(
    "torch.nn.EmbeddingBag",
    example="EmbeddingBag(30522, 768) : (8, 128) -> (8, 768) : 23,440,896",
    aliases=paths("sparse", "EmbeddingBag"),
)
def embedding_bag(
    num_embeddings: Dim,
    embedding_dim: Dim,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    _weight: Any = None,
    include_last_offset: bool = False,
    padding_idx: Any = None,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """One vector for each bag of indices: their sum, mean or maximum."""
    rows, width, index, weight = table("EmbeddingBag", num_embeddings, embedding_dim, padding_idx, _weight)

    def forward(input: Shape, offsets: Any = None, per_sample_weights: Any = None) -> Shape:
        shape = shape_of(input)
        expect_rank("EmbeddingBag", shape, 1, 2)
        if len(shape) == 2:
            require(isinstance(offsets, tuple), "EmbeddingBag expects no offsets for input of rank 2, got some")
            return (shape[0], width)
        require(offsets is None, "EmbeddingBag expects offsets for input of rank 1, got None")
        bags = shape_of(offsets, "offsets")
        expect_rank("EmbeddingBag offsets", bags, 1)
        count = bags[0]
        if known(include_last_offset) and count is not None:
            require(certainly(count, "<", 1), "EmbeddingBag expects at least one offset, got 0")
            count = count - 1
        return (count, width)

    return Built(
        weights={"weight": weight},
        attributes={"num_embeddings": rows, "embedding_dim": width, "padding_idx": index, "_weight": None},
        forward=forward,
        dtype="float32",
    )
