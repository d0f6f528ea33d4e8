"""Kernels and windows of convolution and pooling layers."""

from __future__ import annotations

import contextlib
from typing import Any

from paramlens.dims import Dim, compare
from paramlens.layers.keras.arguments import is_channels_first, refused, sizes
from paramlens.shapes import Shape, keras_window
from paramlens.values import Undetermined

_NAMES = {1: ("kernel_size",), 2: ("kernel_h", "kernel_w"), 3: ("kernel_d", "kernel_h", "kernel_w")}


def kernel_axes(kernel: tuple[Dim, ...]) -> dict[str, Dim]:
    """The spatial axes of a kernel by name."""
    return dict(zip(_NAMES[len(kernel)], kernel, strict=True))


def check_strides(layer: str, strides: tuple[Dim, ...], dilation: tuple[Dim, ...]) -> None:
    """Keras refuses a stride above 1 together with a dilation above 1."""
    strided = any(compare(stride, ">", 1) is True for stride in strides)
    dilated = any(compare(rate, ">", 1) is True for rate in dilation)
    if strided and dilated:
        raise refused(f"{layer} expects strides of 1 with a dilation_rate above 1, got {strides}")


def windows(
    layer: str,
    spatial: Shape,
    kernel: tuple[Dim, ...],
    strides: Any,
    padding: str,
    dilation_rate: Any = 1,
    *,
    exclusive: bool = True,
) -> Shape:
    """The number of windows along each axis. With `exclusive`, strides and dilation do not go together."""
    rank = len(kernel)
    strided = sizes(layer, "strides", strides, rank)
    dilated = sizes(layer, "dilation_rate", dilation_rate, rank)
    if exclusive:
        check_strides(layer, strided, dilated)
    return tuple(
        keras_window(size, width, stride, padding, rate)
        for size, width, stride, rate in zip(spatial, kernel, strided, dilated, strict=True)
    )


def standardized(layer: str, rank: int, data_format: Any, **per_axis: Any) -> dict[str, Any]:
    """The attributes that Keras keeps otherwise than they are given, as far as they are known.

    One integer per axis becomes a tuple; `data_format` is never None.
    """
    found: dict[str, Any] = {}
    for name, value in per_axis.items():
        with contextlib.suppress(Undetermined):
            found[name] = sizes(layer, name, value, rank)
    with contextlib.suppress(Undetermined):
        found["data_format"] = "channels_first" if is_channels_first(layer, data_format) else "channels_last"
    return found
