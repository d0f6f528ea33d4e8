"""Softmax over very many classes, with smaller projections for the rarer ones."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, Child, LayerHandle, Outputs, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import integer, known, paths, require, shape_of
from paramlens.shapes import Shape, ShapeMismatch
from paramlens.values import Reason, undetermined

NAME = "AdaptiveLogSoftmaxWithLoss"


@layer(
    f"torch.nn.{NAME}",
    example=f"{NAME}(1024, 10000, (1000, 5000)) : [(8, 1024), (8,)] -> [(8,), ()] : 2,697,728",
    aliases=paths("adaptive", NAME),
)
def adaptive_log_softmax_with_loss(
    in_features: Dim,
    n_classes: Dim,
    cutoffs: tuple[Dim, ...],
    div_value: float = 4.0,
    head_bias: bool = False,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """A head for the frequent classes and one entry per cluster; each cluster i through in_features // divⁱ⁺¹."""
    features, classes = integer(NAME, "in_features", in_features), integer(NAME, "n_classes", n_classes)
    bounds = _bounds(cutoffs, classes)
    clusters = len(bounds) - 1
    head = Child("torch.nn.Linear", (features, bounds[0] + clusters), {"bias": head_bias})
    tail: dict[str, Child | LayerHandle] = {}
    for index in range(clusters):
        hidden = _hidden(features, div_value, index)
        size = bounds[index + 1] - bounds[index]
        tail[f"tail.{index}.0"] = Child("torch.nn.Linear", (features, hidden), {"bias": False})
        tail[f"tail.{index}.1"] = Child("torch.nn.Linear", (hidden, size), {"bias": False})

    def forward(input_: Shape, target_: Shape) -> Outputs:
        shape, target = shape_of(input_, "input_"), shape_of(target_, "target_")
        expect_rank(NAME, shape, 1, 2)
        expect_rank(f"{NAME} target", target, len(shape) - 1)
        expect_size(NAME, "input features", features, shape[-1])
        if target:
            expect_size(NAME, "targets", shape[0], target[0])
        return Outputs.of(shape[:-1], ())

    return Built(
        children={"head": head, **tail},
        attributes={
            "cutoffs": bounds,
            "shortlist_size": bounds[0],
            "n_clusters": clusters,
            "head_size": bounds[0] + clusters,
        },
        forward=forward,
    )


def _bounds(cutoffs: Any, classes: Dim) -> tuple[Dim, ...]:
    """The cutoffs, increasing and below n_classes, and n_classes."""
    known(cutoffs)
    if not isinstance(cutoffs, tuple) or not cutoffs:
        raise ShapeMismatch(f"{NAME} expects at least one cutoff, got {cutoffs!r}")
    bounds = (*(integer(NAME, "cutoffs", cutoff) for cutoff in cutoffs), classes)
    if all(isinstance(bound, int) for bound in bounds):
        rises = all(low < high for low, high in zip((0, *bounds), bounds, strict=False))
        require(not rises, f"{NAME} expects cutoffs that rise from 1 to below {classes}, got {cutoffs}")
    return bounds


def _hidden(features: Dim, div_value: Any, index: int) -> Dim:
    """The width of a cluster's projection."""
    divisor = known(div_value) ** (index + 1)
    if isinstance(features, int) and isinstance(divisor, (int, float)) and divisor:
        return int(features // divisor)
    if isinstance(divisor, (int, float)) and divisor > 0 and divisor == int(divisor):
        return features // int(divisor)
    raise undetermined(Reason.UNKNOWN_ARGUMENT, "div_value")
