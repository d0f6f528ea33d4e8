"""Window arithmetic of convolution, pooling, transposed convolution, padding, cropping and upsampling.

All functions but the last three are about one spatial axis: call them once per axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from paramlens.dims import Dim, ceil_div, compare, maximum, minimum, product, scale
from paramlens.shapes.sizes import Shape, ShapeMismatch, Size, normalize_axis, same_size, written_size

Padding: TypeAlias = Dim | tuple[Size, Size] | str | None
"""The same on both sides, (before, after), or torch's "valid" and "same"; None when not known."""


def conv_output(
    size: Size, kernel: Size, stride: Size = 1, padding: Padding = 0, dilation: Size = 1, ceil_mode: bool = False
) -> Size:
    """floor((size + before + after − dilation·(kernel − 1) − 1) / stride) + 1

    The rule of torch convolution and pooling. With `ceil_mode` (pooling) the quotient rounds up, and a last window that
    would start beyond the input and its padding before is dropped. Raises ShapeMismatch when no window fits.
    """
    if padding == "same":  # torch allows it with stride 1 only
        if same_size(stride, 1) is False:
            raise ShapeMismatch(f'expects stride 1 with padding="same", got {written_size(stride)}')
        return size
    before, after = _sides(padding)
    _check_positive("kernel", kernel)
    _check_positive("stride", stride)
    _check_positive("dilation", dilation)
    if size is None or kernel is None or stride is None or dilation is None or before is None or after is None:
        return None
    padded = size + before + after
    span = dilation * (kernel - 1) + 1
    if not ceil_mode:
        _check_fits(span, padded)
        return (padded - span) // stride + 1
    count = ceil_div(padded - span, stride) + 1
    starting_inside = (size + before - 1) // stride + 1
    if isinstance(count, int) and isinstance(starting_inside, int):
        result: Dim = count - 1 if count > starting_inside else count
    elif compare(after, "<", span) is True:
        # The padding after is less than a window, so that the torch rule drops one window at most: this is the minimum.
        result = minimum(count, starting_inside)
    else:
        return None
    if compare(result, "<", 1) is True:
        _check_fits(span, padded)
        raise ShapeMismatch(f"expects an input with room for a window of {span}, got {size}")
    return result


def keras_window(size: Size, kernel: Size, stride: Size = 1, padding: str | None = "valid", dilation: Size = 1) -> Size:
    """valid: floor((size − dilation·(kernel − 1) − 1) / stride) + 1;  same and causal: floor((size − 1) / stride) + 1

    The rule of Keras convolution and pooling.
    """
    if padding is None:
        return None
    name = padding.lower()
    if name == "valid":
        return conv_output(size, kernel, stride, 0, dilation)
    if name not in ("same", "causal"):
        raise ShapeMismatch(f'expects padding "valid", "same" or "causal", got "{padding}"')
    _check_positive("stride", stride)
    return None if size is None or stride is None else ceil_div(size, stride)


def conv_transpose_output(
    size: Size, kernel: Size, stride: Size = 1, padding: Size = 0, output_padding: Size = 0, dilation: Size = 1
) -> Size:
    """(size − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1

    The rule of torch transposed convolution.
    """
    if size is None or kernel is None or stride is None:
        return None
    if padding is None or output_padding is None or dilation is None:
        return None
    if compare(output_padding, "<", maximum(stride, dilation)) is False:
        raise ShapeMismatch(f"expects an output padding below the stride or the dilation, got {output_padding}")
    result = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1
    if compare(result, "<", 1) is True:
        raise ShapeMismatch(f"expects a padding that leaves an output, got {padding} for an input of {size}")
    return result


def keras_conv_transpose(
    size: Size,
    kernel: Size,
    stride: Size = 1,
    padding: str | None = "valid",
    output_padding: Size = None,
    dilation: Size = 1,
) -> Size:
    """With span = dilation·(kernel − 1) + 1:

    valid: (size − 1)·stride + span + output_padding, by default (size − 1)·stride + max(span, stride)
    same: (size − 1)·stride + span % 2 + output_padding, by default size·stride

    The rule of Keras transposed convolution; `output_padding=None` is its default, not an unknown.
    """
    if padding is None or size is None or stride is None:
        return None
    name = padding.lower()
    if name not in ("valid", "same"):
        raise ShapeMismatch(f'expects padding "valid" or "same", got "{padding}"')
    if name == "same" and output_padding is None:
        return size * stride
    if kernel is None or dilation is None:
        return None
    span = dilation * (kernel - 1) + 1
    start = (size - 1) * stride
    if name == "same":
        return start + span % 2 + (output_padding or 0)
    return start + maximum(span, stride) if output_padding is None else start + span + output_padding


def upsampling(size: Size, factor: Dim | float | None) -> Size:
    """floor(size · factor); None when a fractional factor makes rounding uncertain."""
    if size is None or factor is None:
        return None
    if not isinstance(factor, float):
        return size * factor
    if not math.isfinite(factor):
        return None
    return scale(size, factor)


def zero_padding(size: Size, before: Size, after: Size) -> Size:
    """size + before + after"""
    if size is None or before is None or after is None:
        return None
    return size + before + after


def cropping(size: Size, before: Size, after: Size) -> Size:
    """size − before − after; a mismatch when nothing is left."""
    if size is None or before is None or after is None:
        return None
    result = size - before - after
    if compare(result, "<", 1) is True:
        raise ShapeMismatch(f"expects more than {before + after} positions to crop, got {size}")
    return result


def sliding_windows(shape: Shape, axis: int, size: Dim, step: Dim) -> Shape:
    """`Tensor.unfold`: `axis` counts the windows, and a new last axis of length `size` holds them."""
    axis = normalize_axis(axis, len(shape))
    return (*shape[:axis], conv_output(shape[axis], size, step), *shape[axis + 1 :], size)


def unfold(
    shape: Shape, kernel: Sequence[Size], stride: Sequence[Size], padding: Sequence[Padding], dilation: Sequence[Size]
) -> Shape:
    """`nn.Unfold`: (…, channels, height, width) → (…, channels·kernel_h·kernel_w, windows)"""
    if len(shape) not in (3, 4):
        raise ShapeMismatch(f"expects an input of rank 3 or 4, got rank {len(shape)}")
    outputs = [conv_output(*axis) for axis in zip(shape[-2:], kernel, stride, padding, dilation, strict=True)]
    return (*shape[:-3], _product([shape[-3], *kernel]), _product(outputs))


def fold(shape: Shape, output: Sequence[Size], kernel: Sequence[Size]) -> Shape:
    """`nn.Fold`: (…, channels·kernel_h·kernel_w, windows) → (…, channels, height, width)"""
    if len(shape) not in (2, 3):
        raise ShapeMismatch(f"expects an input of rank 2 or 3, got rank {len(shape)}")
    columns, window = shape[-2], _product(kernel)
    if columns is None or window is None:
        return (*shape[:-2], None, *output)
    if compare(columns % window, "==", 0) is False:
        raise ShapeMismatch(f"expects a multiple of {window} columns, got {columns}")
    return (*shape[:-2], columns // window, *output)


def _sides(padding: Padding) -> tuple[Size, Size]:
    if padding == "valid":
        return 0, 0
    if isinstance(padding, str):
        raise ShapeMismatch(f'expects padding "valid" or "same", got "{padding}"')
    return padding if isinstance(padding, tuple) else (padding, padding)


def _check_positive(what: str, value: Size) -> None:
    if value is not None and compare(value, "<", 1) is True:
        raise ShapeMismatch(f"expects a {what} of at least 1, got {value}")


def _check_fits(span: Dim, padded: Dim) -> None:
    if compare(padded, "<", span) is True:
        raise ShapeMismatch(f"expects at least {span} positions for one window, got {padded} with padding")


def _product(sizes: Sequence[Size]) -> Size:
    known = [size for size in sizes if size is not None]
    return product(known) if len(known) == len(sizes) else None
