"""Distances between vectors."""

from __future__ import annotations

from paramlens.layers.declare import Built, layer
from paramlens.layers.torch.arguments import axis_of, known, paths, require, shape_of
from paramlens.shapes import Shape, broadcast


@layer(
    "torch.nn.CosineSimilarity",
    example="CosineSimilarity() : [(8, 128), (8, 128)] -> (8,) : 0",
    aliases=paths("distance", "CosineSimilarity"),
)
def cosine_similarity(dim: int = 1, eps: float = 1e-8) -> Built:
    """x₁·x₂ / (|x₁|·|x₂|) along an axis of the broadcast inputs."""

    def forward(x1: Shape, x2: Shape) -> Shape:
        shape = broadcast(shape_of(x1, "x1"), shape_of(x2, "x2"))
        axis = axis_of("CosineSimilarity", "dim", dim, len(shape))
        return (*shape[:axis], *shape[axis + 1 :])

    return Built(forward=forward)


@layer(
    "torch.nn.PairwiseDistance",
    example="PairwiseDistance() : [(8, 128), (8, 128)] -> (8,) : 0",
    aliases=paths("distance", "PairwiseDistance"),
)
def pairwise_distance(p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Built:
    """The p-norm of x₁ − x₂ along the last axis."""

    def forward(x1: Shape, x2: Shape) -> Shape:
        shape = broadcast(shape_of(x1, "x1"), shape_of(x2, "x2"))
        require(not shape, "PairwiseDistance expects at least rank 1, got rank 0")
        return (*shape[:-1], 1) if known(keepdim) else shape[:-1]

    return Built(forward=forward)
