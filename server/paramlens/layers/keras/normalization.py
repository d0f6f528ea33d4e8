"""Normalization layers, and `Normalization` of the inputs."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, compare
from paramlens.layers.declare import Axes, Built, axes, layer
from paramlens.layers.keras.arguments import (
    integer,
    is_absent,
    known,
    known_size,
    normalized_axis,
    refused,
)
from paramlens.layers.keras.spellings import NORMALIZATION, spellings
from paramlens.shapes import Shape, ShapeMismatch


def _axes(layer_name: str, axis: Any, shape: Shape) -> tuple[int, ...]:
    """One axis or several as they are given, sorted as Keras does. A definite miss is a mismatch."""
    chosen = known(axis)
    chosen = tuple(sorted(chosen)) if isinstance(chosen, tuple) else (chosen,)
    for each in chosen:
        normalized_axis(layer_name, each, len(shape))
    return chosen


def _over(layer_name: str, axis: Any, shape: Shape) -> Axes:
    """A weight over one axis or several."""
    chosen = _axes(layer_name, axis, shape)
    sizes = tuple(known_size(layer_name, shape, each) for each in chosen)
    names = (
        ("features",)
        if len(chosen) == 1
        else tuple(f"axis_{normalized_axis(layer_name, each, len(shape))}" for each in chosen)
    )
    return Axes(names, sizes)


@layer(
    "keras.layers.BatchNormalization",
    example="BatchNormalization() : (None, 28, 28, 64) -> (None, 28, 28, 64) : 256",
    aliases=spellings(
        "BatchNormalization",
        "normalization.batch_normalization",
        "normalization_v2",
        "experimental",
        also=("SyncBatchNormalization",),
    ),
    renamed=NORMALIZATION,
)
def batch_normalization(
    axis: Any = -1,
    momentum: Any = 0.99,
    epsilon: Any = 0.001,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = "zeros",
    gamma_initializer: Any = "ones",
    moving_mean_initializer: Any = "zeros",
    moving_variance_initializer: Any = "ones",
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_momentum: Any = 0.99,
    synchronized: bool = False,
    *,
    input: Shape,
) -> Built:
    """Normalizes each channel over the batch; the moving statistics are not trainable."""
    over = axes(channels=known_size("BatchNormalization", input, axis))
    statistics = {"moving_mean": over, "moving_variance": over}
    if known(renorm):
        statistics |= {"moving_stddev": over, "renorm_mean": over, "renorm_stddev": over}
    return Built(
        weights={"gamma": over if known(scale) else None, "beta": over if known(center) else None},
        frozen=statistics,
        output=input,
    )


@layer(
    "keras.layers.LayerNormalization",
    example="LayerNormalization() : (None, 10, 64) -> (None, 10, 64) : 128",
    aliases=spellings("LayerNormalization", "normalization.layer_normalization"),
    renamed=NORMALIZATION,
)
def layer_normalization(
    axis: Any = -1,
    epsilon: Any = 0.001,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = "zeros",
    gamma_initializer: Any = "ones",
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    *,
    rms_scaling: bool = False,
    input: Shape,
) -> Built:
    """Normalizes each example over the last axis or the given ones."""
    by_rms = bool(known(rms_scaling))
    has_gamma, has_beta = by_rms or bool(known(scale)), not by_rms and bool(known(center))
    over = _over("LayerNormalization", axis, input) if has_gamma or has_beta else None
    if over is None:
        _axes("LayerNormalization", axis, input)
    return Built(
        weights={"gamma": over if has_gamma else None, "beta": over if has_beta else None},
        output=input,
    )


@layer(
    "keras.layers.GroupNormalization",
    example="GroupNormalization(8) : (None, 28, 28, 64) -> (None, 28, 28, 64) : 128",
    aliases=spellings("GroupNormalization", "normalization.group_normalization"),
    renamed=NORMALIZATION,
)
def group_normalization(
    groups: Dim = 32,
    axis: Any = -1,
    epsilon: Any = 0.001,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = "zeros",
    gamma_initializer: Any = "ones",
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    *,
    input: Shape,
) -> Built:
    """Normalizes each example over groups of channels; groups=-1 is one group for each channel."""
    channels = known_size("GroupNormalization", input, axis)
    over = axes(channels=channels)
    if known(groups) != -1:
        groups = integer("GroupNormalization", "groups", groups)
        if compare(channels % groups, "==", 0) is False or compare(channels, "<", groups) is True:
            raise ShapeMismatch(f"GroupNormalization expects a multiple of {groups} channels, got {channels}")
    return Built(
        weights={"gamma": over if known(scale) else None, "beta": over if known(center) else None},
        output=input,
    )


@layer(
    "keras.layers.RMSNormalization",
    example="RMSNormalization() : (None, 10, 64) -> (None, 10, 64) : 64",
    aliases=spellings("RMSNormalization", "normalization.rms_normalization"),
)
def rms_normalization(
    axis: Any = -1,
    epsilon: Any = 1e-06,
    *,
    input: Shape,
) -> Built:
    """Divides by the root mean square over the last axis or the given ones."""
    return Built(weights={"scale": _over("RMSNormalization", axis, input)}, output=input)


@layer(
    "keras.layers.UnitNormalization",
    example="UnitNormalization() : (None, 64) -> (None, 64) : 0",
    aliases=spellings("UnitNormalization", "normalization.unit_normalization"),
)
def unit_normalization(
    axis: Any = -1,
    *,
    input: Shape,
) -> Built:
    """Scales to length 1 over the last axis or the given ones."""
    return Built(output=input)


@layer(
    "keras.layers.Normalization",
    example=(
        "Normalization() : (None, 13) -> (None, 13) : 27",
        "Normalization(mean=0.0, variance=1.0) : (None, 13) -> (None, 13) : 0",
    ),
    aliases=spellings("Normalization", "preprocessing.normalization", "experimental.preprocessing", "preprocessing"),
)
def normalization(
    axis: Any = -1,
    mean: Any = None,
    variance: Any = None,
    invert: bool = False,
    *,
    input: Shape,
) -> Built:
    """Shifts and scales by a mean and a variance, given or learned from data by `adapt`, adapted or not."""
    chosen = known(axis)
    if chosen is None:
        chosen = ()
    elif not isinstance(chosen, tuple):
        chosen = (chosen,)
    kept = sorted({normalized_axis("Normalization", each, len(input)) for each in chosen})
    sizes = tuple(known_size("Normalization", input, each) for each in kept)
    if is_absent(mean) != is_absent(variance):
        raise refused("Normalization expects both mean and variance, got one")
    if mean is not None:
        return Built(output=input)
    over = Axes(tuple(f"axis_{each}" for each in kept), sizes)
    return Built(frozen={"mean": over, "variance": over, "count": ()}, output=input)
