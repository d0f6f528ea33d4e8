"""Batch, instance, group, layer, RMS and local response normalization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, axes, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import (
    divisible,
    integer,
    known,
    named,
    paths,
    positive,
    require,
    shape_of,
)
from paramlens.layers.torch.linear import known_size
from paramlens.shapes import Shape, ShapeMismatch
from paramlens.values import Unknown

NORM_BASE = "torch.nn.modules.batchnorm._NormBase"
BATCH_BASE = "torch.nn.modules.batchnorm._BatchNorm"
INSTANCE_BASE = "torch.nn.modules.instancenorm._InstanceNorm"
LAZY_BASES = ("torch.nn.modules.batchnorm._LazyNormBase", "torch.nn.modules.lazy.LazyModuleMixin")
SPATIAL = {1: "56", 2: "56, 56", 3: "56, 56, 56"}


def feature_norm(
    name: str,
    num_features: Any,
    affine: Any,
    track_running_stats: Any,
    bias: Any,
    forward: Callable[[Dim], Callable[[Shape], Shape]] | None,
    **attributes: Any,
) -> Built:
    """A scale and a shift per feature (`affine`), and running statistics as buffers (`track_running_stats`)."""
    features = integer(name, "num_features", num_features)
    statistics: dict[str, Shape | None] = dict.fromkeys(("running_mean", "running_var", "num_batches_tracked"))
    if not isinstance(track_running_stats, Unknown) and track_running_stats:
        statistics = {"running_mean": (features,), "running_var": (features,), "num_batches_tracked": ()}
    return Built(
        weights={
            "weight": axes(num_features=features) if affine else None,
            "bias": axes(num_features=features) if affine and bias else None,
        },
        buffers=statistics,
        attributes={
            "num_features": features,
            "affine": affine,
            "track_running_stats": track_running_stats,
            **attributes,
        },
        forward=forward(features) if forward else None,
    )


def batch_forward(name: str, ranks: tuple[int, ...], *features_used: Any) -> Callable[[Dim], Callable[[Shape], Shape]]:
    """Channels on axis 1. SyncBatchNorm, with no ranks, takes rank 2 and more.

    torch leaves num_features unchecked where neither of `features_used` (affine, track_running_stats) is on.
    """

    def of(features: Dim) -> Callable[[Shape], Shape]:
        def forward(input: Shape) -> Shape:
            shape = shape_of(input)
            if ranks:
                expect_rank(name, shape, *ranks)
            require(len(shape) < 2, f"{name} expects at least rank 2, got rank {len(shape)}")
            if any(not isinstance(used, Unknown) and used for used in features_used):
                expect_size(name, "input channels", features, shape[1], "num_features")
            return shape

        return forward

    return of


def instance_forward(name: str, dims: int, affine: Any) -> Callable[[Dim], Callable[[Shape], Shape]]:
    """Channels before the spatial axes. Without `affine`, torch only warns when their number differs."""

    def of(features: Dim) -> Callable[[Shape], Shape]:
        def forward(input: Shape) -> Shape:
            shape = shape_of(input)
            expect_rank(name, shape, dims + 1, dims + 2)
            if not isinstance(affine, Unknown) and affine:
                expect_size(name, "input channels", features, shape[-dims - 1], "num_features")
            return shape

        return forward

    return of


BATCH_RANKS = {1: (2, 3), 2: (4,), 3: (5,)}


def norm_base_rule(name: str, affine_default: bool, stats_default: bool) -> Callable[..., Built]:
    """The constructor of the private base classes, which user classes derive from."""

    def norm_base(
        num_features: Dim,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = affine_default,
        track_running_stats: bool = stats_default,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> Built:
        """Base class: makes the weights and statistics, has no forward of its own."""
        return feature_norm(name, num_features, affine, track_running_stats, bias, None)

    return norm_base


layer(NORM_BASE, example="_NormBase(64) : * -> * : 128")(norm_base_rule("_NormBase", True, True))
layer(BATCH_BASE, example="_BatchNorm(64) : * -> * : 128", bases=(NORM_BASE,))(norm_base_rule("_BatchNorm", True, True))
layer(INSTANCE_BASE, example="_InstanceNorm(64) : * -> * : 0", bases=(NORM_BASE,))(
    norm_base_rule("_InstanceNorm", False, False)
)


def batch_norm_rule(dims: int) -> Callable[..., Built]:
    """The constructor of BatchNorm1d, BatchNorm2d or BatchNorm3d."""
    name = f"BatchNorm{dims}d"

    def batch_norm(
        num_features: Dim,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> Built:
        """Normalization of each channel over the batch and space. The running statistics are buffers."""
        forward = batch_forward(name, BATCH_RANKS[dims], affine, track_running_stats)
        return feature_norm(name, num_features, affine, track_running_stats, bias, forward)

    return batch_norm


def lazy_batch_norm_rule(dims: int) -> Callable[..., Built]:
    """The constructor of LazyBatchNorm1d, LazyBatchNorm2d or LazyBatchNorm3d."""
    name = f"LazyBatchNorm{dims}d"

    def lazy_batch_norm(
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
        input: Shape,
    ) -> Built:
        """Batch normalization that takes num_features from axis 1 of its first input."""
        forward = batch_forward(name, BATCH_RANKS[dims], affine, track_running_stats)
        return feature_norm(name, _features(name, input), affine, track_running_stats, bias, forward)

    return lazy_batch_norm


def instance_norm_rule(dims: int) -> Callable[..., Built]:
    """The constructor of InstanceNorm1d, InstanceNorm2d or InstanceNorm3d."""
    name = f"InstanceNorm{dims}d"

    # torch: affine and track_running_stats are off by default here, unlike in batch normalization
    def instance_norm(
        num_features: Dim,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> Built:
        """Normalization of each channel of each sample over space."""
        forward = instance_forward(name, dims, affine)
        return feature_norm(name, num_features, affine, track_running_stats, bias, forward)

    return instance_norm


def lazy_instance_norm_rule(dims: int) -> Callable[..., Built]:
    """The constructor of LazyInstanceNorm1d, LazyInstanceNorm2d or LazyInstanceNorm3d."""
    name = f"LazyInstanceNorm{dims}d"

    # torch: affine and track_running_stats are on by default in the lazy form
    def lazy_instance_norm(
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
        input: Shape,
    ) -> Built:
        """Instance normalization that takes num_features from axis 1 of its first input."""
        forward = instance_forward(name, dims, affine)
        return feature_norm(name, _features(name, input), affine, track_running_stats, bias, forward)

    return lazy_instance_norm


def _features(name: str, input: Shape) -> Dim:
    """num_features of a lazy layer. torch reads axis 1 even of an unbatched input."""
    shape = shape_of(input)
    if len(shape) < 2:
        raise ShapeMismatch(f"{name} expects at least rank 2, got rank {len(shape)}")
    return known_size("input channels", shape[1])


def _declare(dims: int) -> None:
    shape = f"(8, 64, {SPATIAL[dims]})"
    for name, module, rule, bases, arguments, count in (
        (f"BatchNorm{dims}d", "batchnorm", batch_norm_rule, (BATCH_BASE,), "64", 128),
        (f"LazyBatchNorm{dims}d", "batchnorm", lazy_batch_norm_rule, (*LAZY_BASES, BATCH_BASE), "", 128),
        (f"InstanceNorm{dims}d", "instancenorm", instance_norm_rule, (INSTANCE_BASE,), "64", 0),
        (f"LazyInstanceNorm{dims}d", "instancenorm", lazy_instance_norm_rule, (*LAZY_BASES, INSTANCE_BASE), "", 128),
    ):
        layer(
            f"torch.nn.{name}",
            example=f"{name}({arguments}) : {shape} -> {shape} : {count}",
            aliases=paths(module, name),
            bases=bases,
        )(rule(dims))


for _dims in (1, 2, 3):
    _declare(_dims)


@layer(
    "torch.nn.SyncBatchNorm",
    example="SyncBatchNorm(64) : * -> * : 128",
    aliases=paths("batchnorm", "SyncBatchNorm"),
    bases=(BATCH_BASE,),
)
def sync_batch_norm(
    num_features: Dim,
    eps: float = 1e-5,
    momentum: float | None = 0.1,
    affine: bool = True,
    track_running_stats: bool = True,
    process_group: Any = None,
    device: Any = None,
    dtype: Any = None,
    *,
    bias: bool = True,
) -> Built:
    """Batch normalization over the batches of all processes."""
    forward = batch_forward("SyncBatchNorm", (), affine, track_running_stats)
    return feature_norm("SyncBatchNorm", num_features, affine, track_running_stats, bias, forward)


@layer(
    "torch.nn.GroupNorm",
    example="GroupNorm(8, 64) : (2, 64, 56, 56) -> (2, 64, 56, 56) : 128",
    aliases=paths("normalization", "GroupNorm"),
)
def group_norm(
    num_groups: Dim,
    num_channels: Dim,
    eps: float = 1e-5,
    affine: bool = True,
    device: Any = None,
    dtype: Any = None,
    *,
    bias: bool = True,
) -> Built:
    """Normalization over groups of channels of each sample."""
    channels = integer("GroupNorm", "num_channels", num_channels)
    if not isinstance(num_groups, Unknown):
        divisible("GroupNorm", "num_channels", channels, "num_groups", positive("GroupNorm", "num_groups", num_groups))

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        require(len(shape) < 2, f"GroupNorm expects at least rank 2, got rank {len(shape)}")
        if not isinstance(affine, Unknown) and affine:  # torch: without weights, num_channels goes unchecked
            expect_size("GroupNorm", "input channels", channels, shape[1], "num_channels")
        if not isinstance(num_groups, Unknown):
            divisible("GroupNorm", "input channels", shape[1], "num_groups", num_groups)
        return shape

    return Built(
        weights={
            "weight": axes(num_channels=channels) if affine else None,
            "bias": axes(num_channels=channels) if affine and bias else None,
        },
        forward=forward,
    )


def normalized_axes(name: str, normalized_shape: Any) -> tuple[Dim, ...]:
    """normalized_shape as a tuple: one number stands for the last axis."""
    known(normalized_shape)
    sizes = normalized_shape if isinstance(normalized_shape, tuple) else (normalized_shape,)
    return tuple(integer(name, "normalized_shape", size) for size in sizes)


def trailing_norm(name: str, normalized_shape: Any, affine: Any, bias: Any) -> Built:
    """A scale and a shift of normalized_shape each, over the last axes of the input."""
    sizes = normalized_axes(name, normalized_shape)
    labels = ("normalized_shape",) if len(sizes) == 1 else tuple(f"normalized_{i}" for i in range(len(sizes)))
    shape_axes = named(dict(zip(labels, sizes, strict=True)))

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        require(not sizes, f"{name} expects normalized_shape of at least one axis, got ()")
        require(len(shape) < len(sizes), f"{name} expects at least rank {len(sizes)}, got rank {len(shape)}")
        for wanted, size in zip(sizes, shape[len(shape) - len(sizes) :], strict=True):
            expect_size(name, "features", wanted, size)
        return shape

    return Built(
        weights={
            "weight": shape_axes if affine else None,
            "bias": shape_axes if affine and bias else None,
        },
        attributes={"normalized_shape": sizes, "elementwise_affine": affine},
        forward=forward,
    )


@layer(
    "torch.nn.LayerNorm",
    example=(
        "LayerNorm(512) : (8, 16, 512) -> (8, 16, 512) : 1,024",
        "LayerNorm((64, 7, 7), bias=False) : (8, 64, 7, 7) -> (8, 64, 7, 7) : 3,136",
    ),
    aliases=paths("normalization", "LayerNorm"),
)
def layer_norm(
    normalized_shape: Dim | tuple[Dim, ...],
    eps: float = 1e-5,
    elementwise_affine: bool = True,
    bias: bool = True,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Normalization of each sample over the last axes."""
    return trailing_norm("LayerNorm", normalized_shape, elementwise_affine, bias)


@layer(
    "torch.nn.RMSNorm",
    example="RMSNorm(512) : (8, 16, 512) -> (8, 16, 512) : 512",
    aliases=paths("normalization", "RMSNorm"),
)
def rms_norm(
    normalized_shape: Dim | tuple[Dim, ...],
    eps: float | None = None,
    elementwise_affine: bool = True,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Division by the root mean square over the last axes; no shift."""
    built = trailing_norm("RMSNorm", normalized_shape, elementwise_affine, False)
    forward = built.forward

    def forward_x(x: Shape) -> Shape:
        result: Shape = forward(x) if forward else x
        return result

    return replace(built, weights={"weight": built.weights["weight"]}, forward=forward_x)


@layer(
    "torch.nn.LocalResponseNorm",
    example="LocalResponseNorm(5) : (8, 64, 28, 28) -> (8, 64, 28, 28) : 0",
    aliases=paths("normalization", "LocalResponseNorm"),
)
def local_response_norm(size: Dim, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Built:
    """Normalization over `size` neighbouring channels."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        require(len(shape) < 3, f"LocalResponseNorm expects at least rank 3, got rank {len(shape)}")
        return shape

    return Built(forward=forward)


@layer(
    "torch.nn.CrossMapLRN2d",
    example="CrossMapLRN2d(5) : (8, 64, 28, 28) -> (8, 64, 28, 28) : 0",
    aliases=paths("normalization", "CrossMapLRN2d"),
)
def cross_map_lrn2d(size: Dim, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> Built:
    """Normalization over `size` neighbouring channels, in the way of the first torch."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        expect_rank("CrossMapLRN2d", shape, 4)
        return shape

    return Built(forward=forward)
