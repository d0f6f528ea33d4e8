"""Layers that only rearrange: flattening, folding, pixel shuffles, upsampling."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, Sym, scale
from paramlens.layers.declare import Built, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import (
    axis_of,
    certainly,
    divisible,
    known,
    paths,
    positive,
    require,
    shape_of,
    window,
)
from paramlens.shapes import Shape, Size, conv_output, element_count, reshape
from paramlens.values import Reason, Unknown, undetermined


@layer("torch.nn.Flatten", example="Flatten() : (8, 64, 7, 7) -> (8, 3136) : 0", aliases=paths("flatten", "Flatten"))
def flatten(start_dim: int = 1, end_dim: int = -1) -> Built:
    """The axes from start_dim to end_dim become one."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        first = axis_of("Flatten", "start_dim", start_dim, len(shape))
        last = axis_of("Flatten", "end_dim", end_dim, len(shape))
        require(first > last, f"Flatten expects start_dim before end_dim, got {start_dim} and {end_dim}")
        return (*shape[:first], element_count(shape[first : last + 1]), *shape[last + 1 :])

    return Built(forward=forward)


@layer(
    "torch.nn.Unflatten",
    example="Unflatten(1, (64, 7, 7)) : (8, 3136) -> (8, 64, 7, 7) : 0",
    aliases=paths("flatten", "Unflatten"),
)
def unflatten(dim: int | str, unflattened_size: tuple[Dim, ...]) -> Built:
    """One axis becomes several; one of them may be -1."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        sizes = known(unflattened_size)
        if not isinstance(sizes, tuple) or not all(isinstance(known(size), (int, Sym)) for size in sizes):
            raise undetermined(Reason.UNSUPPORTED, "unflattened_size")
        require(not shape, "Unflatten expects at least rank 1, got rank 0")
        require(not sizes, "Unflatten expects at least one size, got ()")
        axis = axis_of("Unflatten", "dim", dim, len(shape))
        return (*shape[:axis], *reshape(shape[axis : axis + 1], sizes), *shape[axis + 1 :])

    return Built(forward=forward)


@layer(
    "torch.nn.Unfold",
    example="Unfold(3) : (8, 64, 28, 28) -> (8, 576, 676) : 0",
    aliases=paths("fold", "Unfold"),
)
def unfold(
    kernel_size: Dim | tuple[Dim, ...],
    dilation: Dim | tuple[Dim, ...] = 1,
    padding: Dim | tuple[Dim, ...] = 0,
    stride: Dim | tuple[Dim, ...] = 1,
) -> Built:
    """Windows as columns: (N, C, H, W) -> (N, C·kernel, number of windows)."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        expect_rank("Unfold", shape, 3, 4)
        kernel = window("Unfold", "kernel_size", kernel_size, 2)
        return (
            *shape[:-3],
            _columns("Unfold", shape[-3], kernel),
            _windows("Unfold", shape[-2:], kernel, stride, padding, dilation),
        )

    return Built(forward=forward)


def _columns(name: str, channels: Size, kernel: tuple[Dim, ...]) -> Size:
    for size in kernel:
        require(certainly(size, "<", 1), f"{name} expects kernel_size above 0, got {size}")
    return element_count((channels, *kernel))


def _windows(name: str, sizes: Shape, kernel: tuple[Dim, ...], stride: Any, padding: Any, dilation: Any) -> Size:
    """The number of windows of an image."""
    steps, edges = window(name, "stride", stride, 2), window(name, "padding", padding, 2)
    gaps = window(name, "dilation", dilation, 2)
    for edge in edges:
        require(certainly(edge, "<", 0), f"{name} expects padding of at least 0, got {edge}")
    counts = [conv_output(*each) for each in zip(sizes, kernel, steps, edges, gaps, strict=True)]
    return element_count(tuple(counts))


@layer(
    "torch.nn.Fold",
    example="Fold((28, 28), 3) : (8, 576, 676) -> (8, 64, 28, 28) : 0",
    aliases=paths("fold", "Fold"),
)
def fold(
    output_size: Dim | tuple[Dim, ...],
    kernel_size: Dim | tuple[Dim, ...],
    dilation: Dim | tuple[Dim, ...] = 1,
    padding: Dim | tuple[Dim, ...] = 0,
    stride: Dim | tuple[Dim, ...] = 1,
) -> Built:
    """Sums columns back into windows: (N, C·kernel, number of windows) -> (N, C, H, W)."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        expect_rank("Fold", shape, 2, 3)
        image = window("Fold", "output_size", output_size, 2)
        kernel = window("Fold", "kernel_size", kernel_size, 2)
        elements = _columns("Fold", 1, kernel)
        columns = shape[-2]
        if elements is None or columns is None:
            channels = None
        else:
            divisible("Fold", "the columns", columns, "the window", elements)
            channels = columns // elements
        expect_size("Fold", "windows", _windows("Fold", image, kernel, stride, padding, dilation), shape[-1])
        return (*shape[:-2], channels, *image)

    return Built(forward=forward)


@layer(
    "torch.nn.PixelShuffle",
    example="PixelShuffle(2) : (8, 64, 28, 28) -> (8, 16, 56, 56) : 0",
    aliases=paths("pixelshuffle", "PixelShuffle"),
)
def pixel_shuffle(upscale_factor: Dim) -> Built:
    """Channels to space: (C·r², H, W) -> (C, H·r, W·r)."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        require(len(shape) < 3, f"PixelShuffle expects at least rank 3, got rank {len(shape)}")
        factor = positive("PixelShuffle", "upscale_factor", upscale_factor)
        channels, height, width = shape[-3:]
        divisible("PixelShuffle", "input channels", channels, "upscale_factor²", factor * factor)
        return (*shape[:-3], _divided(channels, factor * factor), _times(height, factor), _times(width, factor))

    return Built(forward=forward)


@layer(
    "torch.nn.PixelUnshuffle",
    example="PixelUnshuffle(2) : (8, 16, 56, 56) -> (8, 64, 28, 28) : 0",
    aliases=paths("pixelshuffle", "PixelUnshuffle"),
)
def pixel_unshuffle(downscale_factor: Dim) -> Built:
    """Space to channels: (C, H·r, W·r) -> (C·r², H, W)."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        require(len(shape) < 3, f"PixelUnshuffle expects at least rank 3, got rank {len(shape)}")
        factor = positive("PixelUnshuffle", "downscale_factor", downscale_factor)
        channels, height, width = shape[-3:]
        divisible("PixelUnshuffle", "the height", height, "downscale_factor", factor)
        divisible("PixelUnshuffle", "the width", width, "downscale_factor", factor)
        return (*shape[:-3], _times(channels, factor * factor), _divided(height, factor), _divided(width, factor))

    return Built(forward=forward)


def _times(size: Size, factor: Dim) -> Size:
    return None if size is None else size * factor


def _divided(size: Size, factor: Dim) -> Size:
    return None if size is None else size // factor


@layer(
    "torch.nn.ChannelShuffle",
    example="ChannelShuffle(4) : (8, 64, 28, 28) -> (8, 64, 28, 28) : 0",
    aliases=paths("channelshuffle", "ChannelShuffle"),
)
def channel_shuffle(groups: Dim) -> Built:
    """Mixes the channels of different groups."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        require(len(shape) < 3, f"ChannelShuffle expects at least rank 3, got rank {len(shape)}")
        if not isinstance(groups, Unknown):
            count = positive("ChannelShuffle", "groups", groups)
            divisible("ChannelShuffle", "input channels", shape[1], "groups", count)
        return shape

    return Built(forward=forward)


MODE_RANKS = {
    "nearest": (3, 4, 5),
    "nearest-exact": (3, 4, 5),
    "area": (3, 4, 5),
    "linear": (3,),
    "bilinear": (4,),
    "bicubic": (4,),
    "trilinear": (5,),
}


def resized(name: str, size: Any, scale_factor: Any, mode: Any, align_corners: Any = None) -> Built:
    """The given size, or floor(size · scale_factor) along each spatial axis."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        _check_mode(name, shape, mode, align_corners)
        known(size)
        known(scale_factor)
        given = (size is not None) + (bool(scale_factor) if not isinstance(scale_factor, tuple) else True)
        require(given != 1, f"{name} expects one of size and scale_factor, got {given}")
        spatial = shape[2:]
        if size is not None:
            wanted = size if isinstance(size, tuple) else (size,) * len(spatial)
            require(len(wanted) != len(spatial), f"{name} expects {len(spatial)} sizes, got {len(wanted)}")
            result: Shape = window(name, "size", wanted, len(spatial))
        else:
            result = _scaled(name, spatial, scale_factor)
        for length in result:
            require(certainly(length, "<", 1), f"{name} expects an output of at least 1, got {length}")
        return (*shape[:2], *result)

    attributes: dict[str, Any] = {"size": size}
    if isinstance(scale_factor, (int, float)):
        attributes["scale_factor"] = float(scale_factor) if scale_factor else None
    return Built(attributes=attributes, forward=forward)


def _check_mode(name: str, shape: Shape, mode: Any, align_corners: Any) -> None:
    require(len(shape) not in (3, 4, 5), f"{name} expects rank 3, 4 or 5, got rank {len(shape)}")
    if not isinstance(mode, str) or mode not in MODE_RANKS:
        return
    expect_rank(f"{name} with mode {mode}", shape, *MODE_RANKS[mode])
    takes_corners = mode in ("linear", "bilinear", "bicubic", "trilinear")
    given = align_corners is not None and not isinstance(align_corners, Unknown)
    require(given and not takes_corners, f"{name} expects no align_corners with mode {mode}, got {align_corners}")


def _scaled(name: str, spatial: Shape, scale_factor: Any) -> Shape:
    factors = scale_factor if isinstance(scale_factor, tuple) else (scale_factor,) * len(spatial)
    require(len(factors) != len(spatial), f"{name} expects {len(spatial)} scale factors, got {len(factors)}")
    result: list[Size] = []
    for length, factor in zip(spatial, factors, strict=True):
        known(factor)
        if isinstance(factor, (int, float)):
            result.append(None if length is None else scale(length, float(factor)))
        else:
            result.append(None if length is None or not isinstance(factor, Sym) else length * factor)
    return tuple(result)


@layer(
    "torch.nn.Upsample",
    example="Upsample(scale_factor=2) : (8, 64, 28, 28) -> (8, 64, 56, 56) : 0",
    aliases=paths("upsampling", "Upsample"),
)
def upsample(
    size: Any = None,
    scale_factor: float | tuple[float, ...] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
) -> Built:
    """Resizing of sequences, images and volumes."""
    return resized("Upsample", size, scale_factor, mode, align_corners)


@layer(
    "torch.nn.UpsamplingNearest2d",
    example="UpsamplingNearest2d(scale_factor=2) : (8, 64, 28, 28) -> (8, 64, 56, 56) : 0",
    aliases=paths("upsampling", "UpsamplingNearest2d"),
    bases=("torch.nn.Upsample",),
)
def upsampling_nearest2d(size: Any = None, scale_factor: float | tuple[float, ...] | None = None) -> Built:
    """Resizing to the nearest neighbour."""
    return resized("UpsamplingNearest2d", size, scale_factor, "nearest")


@layer(
    "torch.nn.UpsamplingBilinear2d",
    example="UpsamplingBilinear2d(scale_factor=2) : (8, 64, 28, 28) -> (8, 64, 56, 56) : 0",
    aliases=paths("upsampling", "UpsamplingBilinear2d"),
    bases=("torch.nn.Upsample",),
)
def upsampling_bilinear2d(size: Any = None, scale_factor: float | tuple[float, ...] | None = None) -> Built:
    """Bilinear resizing with aligned corners."""
    return resized("UpsamplingBilinear2d", size, scale_factor, "bilinear", align_corners=True)
