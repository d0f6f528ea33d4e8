"""Convolution, pooling, padding, resizing and the like: `torch.nn.functional` over spatial axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Sym
from paramlens.layers.declare import expect_rank, expect_size, operation
from paramlens.layers.operations.naming import torch_operation
from paramlens.layers.operations.rearranging import along, size_along
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    as_tensor,
    elements_of,
    known_bool,
    make,
    per_axis,
    sequence,
)
from paramlens.shapes import (
    Shape,
    ShapeMismatch,
    Size,
    conv_output,
    conv_transpose_output,
    upsampling,
)
from paramlens.shapes import fold as fold_shape
from paramlens.shapes import pad as pad_shape
from paramlens.shapes import unfold as unfold_shape
from paramlens.values import TensorValue, Unknown

F = "torch.nn.functional"
BOTH = "torch.nn.functional torch"


def spatial(name: str, x: TensorValue, rank: int) -> tuple[Shape, Shape] | None:
    """The leading axes (batch, where there is one, and channels) and the spatial ones; None where the rank is open."""
    if x.shape is None:
        return None
    expect_rank(name, x.shape, rank + 1, rank + 2)
    return x.shape[:-rank], x.shape[-rank:]


def over_axes(rule: Callable[..., Size], sizes: Shape, *settings: Any) -> Shape:
    """The window rule axis by axis."""
    columns = [per_axis(setting, len(sizes)) for setting in settings]
    return tuple(rule(size, *items) for size, *items in zip(sizes, *columns, strict=True))


def _strides(stride: Any, kernel: Any) -> Any:
    """torch: the stride of pooling is the kernel's size unless given."""
    return kernel if stride is None or sequence(stride) == () else stride


def pooled(
    name: str, input: Any, rank: int, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: Any
) -> TensorValue:
    """The result of pooling with these settings."""
    x = as_tensor(input)
    parts = spatial(name, x, rank)
    if parts is None:
        return x.with_shape(None)
    rounds_up = known_bool(ceil)

    def rule(size: Size, k: Size, s: Size, p: Size, d: Size) -> Size:
        return conv_output(size, k, s, p, d, rounds_up)

    return x.with_shape((*parts[0], *over_axes(rule, parts[1], kernel, _strides(stride, kernel), padding, dilation)))


def _indices(values: TensorValue) -> TensorValue:
    return values.with_shape(values.shape, dtype="int64")


def _declare_pools(rank: int) -> None:
    @torch_operation(f"avg_pool{rank}d", BOTH)
    def average(
        input: TensorValue, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: Any = False,
        count_include_pad: Any = True, divisor_override: Any = None,
    ) -> TensorValue:  # fmt: skip
        return pooled(f"avg_pool{rank}d", input, rank, kernel_size, stride, padding, 1, ceil_mode)

    def maximum(
        input: TensorValue, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
        ceil_mode: Any = False, return_indices: Any = False,
    ) -> Any:  # fmt: skip
        values = pooled(f"max_pool{rank}d", input, rank, kernel_size, stride, padding, dilation, ceil_mode)
        return (values, _indices(values)) if known_bool(return_indices) else values

    operation(f"{F}.max_pool{rank}d", f"torch.max_pool{rank}d")(maximum)

    @torch_operation(f"max_pool{rank}d_with_indices", F)
    def maximum_with_indices(input: TensorValue, *arguments: Any, **named: Any) -> Any:
        return maximum(input, *arguments, **{**named, "return_indices": True})

    @torch_operation(f"lp_pool{rank}d", F)
    def power_average(
        input: TensorValue, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: Any = False
    ) -> TensorValue:
        return pooled(f"lp_pool{rank}d", input, rank, kernel_size, stride, 0, 1, ceil_mode)

    @torch_operation(f"max_unpool{rank}d", F)
    def unpool(
        input: TensorValue, indices: TensorValue, kernel_size: Any, stride: Any = None, padding: Any = 0,
        output_size: Any = None,
    ) -> TensorValue:  # fmt: skip
        """(size − 1)·stride − 2·padding + kernel, or the size given."""
        x = as_tensor(input)
        parts = spatial(f"max_unpool{rank}d", x, rank)
        if parts is None:
            return x.with_shape(None)
        if output_size is not None:
            given = as_sizes(output_size)
            return x.with_shape((*parts[0], *((None,) * rank if given is None else given[-rank:])))
        strides = _strides(stride, kernel_size)

        def rule(size: Size, k: Size, s: Size, p: Size) -> Size:
            if size is None or k is None or s is None or p is None:
                return None
            return (size - 1) * s - 2 * p + k

        return x.with_shape((*parts[0], *over_axes(rule, parts[1], kernel_size, strides, padding)))


def adaptive(name: str, input: Any, rank: int, output_size: Any) -> TensorValue:
    """Pooling to a given output size; None in it keeps the input's."""
    x = as_tensor(input)
    parts = spatial(name, x, rank)
    items = sequence(output_size)
    wanted = items if items is not None and len(items) == rank else (items or (output_size,)) * rank
    if parts is None:
        return x.with_shape(None)
    sizes = zip(parts[1], wanted[:rank], strict=True)
    return x.with_shape((*parts[0], *(size if item is None else as_size(item) for size, item in sizes)))


def _declare_adaptive(rank: int) -> None:
    @torch_operation(f"adaptive_avg_pool{rank}d", BOTH if rank == 1 else F)
    def average(input: TensorValue, output_size: Any) -> TensorValue:
        return adaptive(f"adaptive_avg_pool{rank}d", input, rank, output_size)

    @torch_operation(f"adaptive_max_pool{rank}d", F)
    def maximum(input: TensorValue, output_size: Any, return_indices: Any = False) -> Any:
        values = adaptive(f"adaptive_max_pool{rank}d", input, rank, output_size)
        return (values, _indices(values)) if known_bool(return_indices) else values

    where = "torch.nn.functional.adaptive_max_pool1d_with_indices torch.adaptive_max_pool1d" if rank == 1 else ""

    @operation(*(where.split() or [f"{F}.adaptive_max_pool{rank}d_with_indices"]))
    def maximum_with_indices(input: TensorValue, output_size: Any, return_indices: Any = True) -> Any:
        values = adaptive(f"adaptive_max_pool{rank}d", input, rank, output_size)
        return values, _indices(values)


def _declare_fractional(rank: int) -> None:
    def values_of(input: Any, output_size: Any, output_ratio: Any) -> TensorValue:
        x = as_tensor(input)
        parts = spatial(f"fractional_max_pool{rank}d", x, rank)
        if parts is None:
            return x.with_shape(None)
        if output_size is not None:
            return x.with_shape((*parts[0], *per_axis(output_size, rank)))
        ratios = sequence(output_ratio) or (output_ratio,) * rank
        return x.with_shape((*parts[0], *(_scaled(size, ratio) for size, ratio in zip(parts[1], ratios, strict=True))))

    @torch_operation(f"fractional_max_pool{rank}d", F)
    def pool(
        input: TensorValue, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
        return_indices: Any = False, **named: Any,
    ) -> Any:  # fmt: skip
        values = values_of(input, output_size, output_ratio)
        return (values, _indices(values)) if known_bool(return_indices) else values

    @torch_operation(f"fractional_max_pool{rank}d_with_indices", F)
    def pool_with_indices(
        input: TensorValue, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, **named: Any
    ) -> Any:
        values = values_of(input, output_size, output_ratio)
        return values, _indices(values)


def _declare_convolutions(rank: int) -> None:
    @torch_operation(f"conv{rank}d", BOTH)
    def convolution(
        input: TensorValue, weight: TensorValue, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
        groups: Any = 1,
    ) -> TensorValue:  # fmt: skip
        """weight: (out_channels, in_channels / groups, *kernel)"""
        name = f"conv{rank}d"
        x, kernel = as_tensor(input), _weight(name, weight, rank)
        parts = spatial(name, x, rank)
        if parts is None:
            return x.with_shape(None)
        _expect_channels(name, parts[0][-1], kernel[1], groups)
        sides = (padding,) * rank if isinstance(padding, str) else per_axis(padding, rank)
        settings = [kernel[2:], per_axis(stride, rank), sides, per_axis(dilation, rank)]
        sizes = tuple(conv_output(size, *items) for size, *items in zip(parts[1], *settings, strict=True))
        return x.with_shape((*parts[0][:-1], kernel[0], *sizes))

    @torch_operation(f"conv_transpose{rank}d", BOTH)
    def transposed(
        input: TensorValue, weight: TensorValue, bias: Any = None, stride: Any = 1, padding: Any = 0,
        output_padding: Any = 0, groups: Any = 1, dilation: Any = 1,
    ) -> TensorValue:  # fmt: skip
        """weight: (in_channels, out_channels / groups, *kernel)"""
        name = f"conv_transpose{rank}d"
        x, kernel = as_tensor(input), _weight(name, weight, rank)
        parts = spatial(name, x, rank)
        if parts is None:
            return x.with_shape(None)
        expect_size(name, "input channels", kernel[0], parts[0][-1])
        sizes = over_axes(conv_transpose_output, parts[1], kernel[2:], stride, padding, output_padding, dilation)
        return x.with_shape((*parts[0][:-1], _times(kernel[1], as_size(groups)), *sizes))


def _weight(name: str, weight: Any, rank: int) -> Shape:
    shape = as_tensor(weight).shape
    if shape is None:
        return (None,) * (rank + 2)
    expect_rank(f"{name} weight", shape, rank + 2)
    return shape


def _times(size: Size, factor: Size) -> Size:
    return None if size is None or factor is None else size * factor


def _expect_channels(name: str, channels: Size, per_group: Size, groups: Any) -> None:
    expect_size(name, "input channels", _times(per_group, as_size(groups)), channels)


for _rank in (1, 2, 3):
    _declare_pools(_rank)
    _declare_adaptive(_rank)
    _declare_convolutions(_rank)
for _rank in (2, 3):
    _declare_fractional(_rank)


@torch_operation("conv_tbc", BOTH)
def conv_tbc(input: TensorValue, weight: TensorValue, bias: Any, pad: Any = 0) -> TensorValue:
    """(time, batch, in) with weight (kernel, in, out)"""
    x, kernel = as_tensor(input), as_tensor(weight).shape or (None, None, None)
    if x.shape is None:
        return x.with_shape(None)
    return x.with_shape((conv_output(x.shape[0], kernel[0], 1, as_size(pad)), x.shape[1], kernel[2]))


# ------------------------------------------------------------------------------------------------ padding, resizing


@torch_operation("pad", F)
def pad(input: TensorValue, pad: Any, mode: Any = "constant", value: Any = None) -> TensorValue:
    """(before, after) pairs from the last axis back; other modes pad the spatial axes alone, by the same rule."""
    x, pairs = as_tensor(input), as_sizes(pad)
    if x.shape is None:
        return x.with_shape(None)
    if pairs is None:
        return x.with_shape((None,) * len(x.shape))
    return x.with_shape(pad_shape(x.shape, pairs))


def _scaled(size: Size, factor: Any) -> Size:
    """floor(size · factor)"""
    if isinstance(factor, TensorValue):
        elements = elements_of(factor)
        factor = elements[0] if elements is not None and len(elements) == 1 else None
    return upsampling(size, factor) if isinstance(factor, (int, float, Sym)) else None


@torch_operation("interpolate upsample", F)
def interpolate(
    input: TensorValue, size: Any = None, scale_factor: Any = None, mode: Any = "nearest", align_corners: Any = None,
    recompute_scale_factor: Any = None, antialias: Any = False,
) -> TensorValue:  # fmt: skip
    """The spatial axes get the size given, or floor(size · scale_factor)."""
    x = as_tensor(input)
    if x.shape is None:
        return x.with_shape(None)
    expect_rank("interpolate", x.shape, 3, 4, 5)
    leading, axes = x.shape[:2], x.shape[2:]
    if size is not None and (scale_factor is not None or isinstance(size, Unknown)):
        return x.with_shape((*leading, *(None for _ in axes)))
    if size is not None:
        return x.with_shape((*leading, *per_axis(size, len(axes))))
    if scale_factor is None:
        raise ShapeMismatch("interpolate expects a size or a scale factor, got neither")
    factors = sequence(scale_factor) or (scale_factor,) * len(axes)
    if len(factors) != len(axes):
        raise ShapeMismatch(f"interpolate expects {len(axes)} scale factors, got {len(factors)}")
    return x.with_shape((*leading, *(_scaled(axis, factor) for axis, factor in zip(axes, factors, strict=True))))


@torch_operation("upsample_nearest upsample_bilinear", F)
def upsample(input: TensorValue, size: Any = None, scale_factor: Any = None) -> TensorValue:
    return interpolate(input, size, scale_factor)


@torch_operation("grid_sample", F)
def grid_sample(
    input: TensorValue,
    grid: TensorValue,
    mode: Any = "bilinear",
    padding_mode: Any = "zeros",
    align_corners: Any = None,
) -> TensorValue:
    """(n, c, …) sampled at a grid (n, *out, 2 or 3) → (n, c, *out)"""
    x, places = as_tensor(input), as_tensor(grid)
    if x.shape is None or places.shape is None:
        return x.with_shape(None)
    return x.with_shape((*x.shape[:2], *places.shape[1:-1]))


@torch_operation("affine_grid", F)
def affine_grid(theta: TensorValue, size: Any, align_corners: Any = None) -> TensorValue:
    sizes = as_sizes(size)
    if sizes is None:
        return as_tensor(theta).with_shape(None)
    return as_tensor(theta).with_shape((sizes[0], *sizes[2:], len(sizes) - 2))


@torch_operation("unfold", F)
def unfold(input: TensorValue, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> TensorValue:
    x = as_tensor(input)
    if x.shape is None:
        return x.with_shape(None)
    kernel, steps, sides, spread = (per_axis(setting, 2) for setting in (kernel_size, stride, padding, dilation))
    return x.with_shape(unfold_shape(x.shape, kernel, steps, sides, spread))


@torch_operation("fold", F)
def fold(
    input: TensorValue, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> TensorValue:
    x = as_tensor(input)
    if x.shape is None:
        return x.with_shape(None)
    return x.with_shape(fold_shape(x.shape, per_axis(output_size, 2), per_axis(kernel_size, 2)))


def _exactly(name: str, what: str, size: Size, divisor: Any) -> Size:
    """size / divisor, which must come out even."""
    number = as_size(divisor)
    if size is None or number is None:
        return None
    if isinstance(size, int) and isinstance(number, int) and size % number:
        raise ShapeMismatch(f"{name} expects a multiple of {number} {what}, got {size}")
    return size // number


@torch_operation("pixel_shuffle", BOTH)
def pixel_shuffle(input: TensorValue, upscale_factor: Any) -> TensorValue:
    """(…, c·r², h, w) → (…, c, h·r, w·r)"""
    x, r = as_tensor(input), as_size(upscale_factor)
    if x.shape is None:
        return x.with_shape(None)
    *batch, channels, height, width = x.shape
    fewer = _exactly("pixel_shuffle", "channels", channels, _times(r, r))
    return x.with_shape((*batch, fewer, _times(height, r), _times(width, r)))


@torch_operation("pixel_unshuffle", BOTH)
def pixel_unshuffle(input: TensorValue, downscale_factor: Any) -> TensorValue:
    """(…, c, h·r, w·r) → (…, c·r², h, w)"""
    x, r = as_tensor(input), as_size(downscale_factor)
    if x.shape is None:
        return x.with_shape(None)
    *batch, channels, height, width = x.shape
    smaller = (_exactly("pixel_unshuffle", "rows and columns", size, r) for size in (height, width))
    return x.with_shape((*batch, _times(channels, _times(r, r)), *smaller))


@torch_operation("glu", F)
def glu(input: TensorValue, dim: Any = -1) -> TensorValue:
    x = as_tensor(input)
    return along(x, dim, _exactly("glu", "positions on the axis", size_along(x, dim), 2))


@torch_operation("one_hot", F)
def one_hot(tensor: TensorValue, num_classes: Any = -1) -> TensorValue:
    """A new last axis of `num_classes`; by default one more than the largest number."""
    x = as_tensor(tensor)
    classes = as_size(num_classes)
    if isinstance(classes, int) and classes == -1:
        elements = elements_of(x)
        classes = None if elements is None else max(elements) + 1
    return make(None if x.shape is None else (*x.shape, classes), "torch", "int64", None, x.reason)
