"""Convolutions and transposed convolutions in one, two and three dimensions, and their lazy forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from paramlens.dims import Dim, product
from paramlens.layers.declare import Axes, Built, axes, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import (
    certainly,
    divisible,
    integer,
    known,
    named,
    or_unknown,
    paths,
    positive,
    repeated,
    require,
    shape_of,
    spatial_axes,
    window,
)
from paramlens.layers.torch.linear import known_size
from paramlens.shapes import Shape, ShapeMismatch, Size, conv_output
from paramlens.values import Reason, Unknown, undetermined

BASE = "torch.nn.modules.conv._ConvNd"
TRANSPOSED_BASE = "torch.nn.modules.conv._ConvTransposeNd"
LAZY_BASES = ("torch.nn.modules.conv._LazyConvXdMixin", "torch.nn.modules.lazy.LazyModuleMixin")
EXAMPLE_SIZES = {1: "56", 2: "56, 56", 3: "56, 56, 56"}


def convolution(
    name: str,
    dims: int,
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
    bias: Any = True,
    padding_mode: Any = "zeros",
    output_padding: Any = 0,
    transposed: bool = False,
) -> Built:
    """Weights out_channels · in_channels/groups · kernel elements (transposed: in · out/groups · kernel), plus bias."""
    inputs = integer(name, "in_channels", in_channels)
    outputs = integer(name, "out_channels", out_channels)
    group_count = positive(name, "groups", groups)
    divisible(name, "in_channels", inputs, "groups", group_count)
    divisible(name, "out_channels", outputs, "groups", group_count)
    kernel = tuple(integer(name, "kernel_size", size) for size in known(repeated(kernel_size, dims)))
    strides, paddings = repeated(stride, dims), padding if isinstance(padding, str) else repeated(padding, dims)
    _check_padding(name, strides, paddings, padding_mode, transposed)
    dilations, output_paddings = repeated(dilation, dims), repeated(output_padding, dims)
    geometry = (kernel, strides, paddings, dilations)

    def forward(input: Shape, output_size: Any = None) -> Shape:
        shape = shape_of(input)
        expect_rank(name, shape, dims + 1, dims + 2)
        expect_size(name, "input channels", inputs, shape[-dims - 1], "in_channels")
        if transposed:
            spatial = or_unknown(
                dims, lambda: _transposed_output(name, shape[-dims:], geometry, output_paddings, output_size)
            )
        else:
            spatial = or_unknown(dims, lambda: _output(name, shape[-dims:], geometry))
        return (*shape[: -dims - 1], outputs, *spatial)

    def macs(input: Shape, output: Shape) -> Dim | None:
        """Kernel elements for every output position (transposed: for every input position)."""
        positions = _known_sizes((input if transposed else output)[-dims:])
        if positions is None:
            return None
        return product([*_weight(inputs, outputs, group_count, kernel, transposed).sizes, *positions])  # type: ignore[list-item]

    return Built(
        weights={
            "weight": _weight(inputs, outputs, group_count, kernel, transposed),
            "bias": axes(out_channels=outputs) if bias else None,
        },
        attributes={
            "in_channels": inputs,
            "out_channels": outputs,
            "kernel_size": kernel,
            "stride": strides,
            "padding": paddings,
            "dilation": dilations,
            "groups": group_count,
            "padding_mode": padding_mode,
            "transposed": transposed,
            "output_padding": output_paddings,
        },
        forward=forward,
        macs=macs,
        batch_axis=lambda input: 0 if len(input) == dims + 2 else None,
    )


def _weight(inputs: Dim, outputs: Dim, groups: Dim, kernel: tuple[Dim, ...], transposed: bool) -> Axes:
    """(out_channels, in_channels / groups, *kernel); transposed: (in_channels, out_channels / groups, *kernel)."""
    grouped = not (isinstance(groups, int) and groups == 1)
    suffix = "_per_group" if grouped else ""
    if transposed:
        channels = {"in_channels": inputs, f"out_channels{suffix}": outputs // groups}
    else:
        channels = {"out_channels": outputs, f"in_channels{suffix}": inputs // groups}
    return named({**channels, **spatial_axes("kernel", kernel)})


def _check_padding(name: str, strides: Any, paddings: Any, mode: Any, transposed: bool) -> None:
    """The constructor's own refusals; arguments that are not known are left to the call."""
    if isinstance(paddings, str):
        require(paddings not in ("same", "valid"), f"{name} expects padding 'same' or 'valid', got {paddings!r}")
        strided = isinstance(strides, tuple) and any(isinstance(s, int) and s != 1 for s in strides)
        require(paddings == "same" and strided, f"{name} expects stride 1 with padding 'same', got {strides}")
    if isinstance(mode, str):
        modes = ("zeros",) if transposed else ("zeros", "reflect", "replicate", "circular")
        require(mode not in modes, f"{name} expects padding_mode {' or '.join(modes)}, got {mode!r}")


def _output(name: str, sizes: Shape, geometry: tuple[Any, Any, Any, Any]) -> Shape:
    kernel, strides, paddings, dilations = geometry
    count = len(sizes)
    require(len(kernel) != count, f"{name} expects {count} kernel sizes, got {len(kernel)}")
    known(paddings)
    if paddings == "same":
        return sizes
    steps = window(name, "stride", strides, count)
    gaps = window(name, "dilation", dilations, count)
    edges = (0,) * count if paddings == "valid" else window(name, "padding", paddings, count)
    result: list[Size] = []
    for size, k, stride, pad, gap in zip(sizes, kernel, steps, edges, gaps, strict=True):
        _check_window(name, size, k, stride, pad, gap)
        result.append(conv_output(size, k, stride, pad, gap))
    return tuple(result)


def _check_window(name: str, size: Size, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim) -> None:
    require(certainly(kernel, "<=", 0), f"{name} expects kernel_size above 0, got {kernel}")
    require(certainly(stride, "<=", 0), f"{name} expects stride above 0, got {stride}")
    require(certainly(dilation, "<=", 0), f"{name} expects dilation above 0, got {dilation}")
    require(certainly(padding, "<", 0), f"{name} expects padding of at least 0, got {padding}")
    if size is None:
        return
    padded, reach = size + 2 * padding, dilation * (kernel - 1) + 1
    require(certainly(padded, "<", reach), f"{name} expects a padded input of at least {reach}, got {padded}")


def _transposed_output(
    name: str, sizes: Shape, geometry: tuple[Any, Any, Any, Any], output_padding: Any, output_size: Any
) -> Shape:
    kernel, strides, paddings, dilations = geometry
    count = len(sizes)
    require(len(kernel) != count, f"{name} expects {count} kernel sizes, got {len(kernel)}")
    if isinstance(known(paddings), str):
        raise ShapeMismatch(f"{name} expects padding as numbers, got {paddings!r}")
    steps = window(name, "stride", strides, count)
    gaps = window(name, "dilation", dilations, count)
    edges = window(name, "padding", paddings, count)
    if output_size is not None:
        return _requested_output(name, output_size, count)
    extras = window(name, "output_padding", output_padding, count)
    result: list[Size] = []
    for size, k, stride, pad, gap, extra in zip(sizes, kernel, steps, edges, gaps, extras, strict=True):
        require(certainly(k, "<=", 0), f"{name} expects kernel_size above 0, got {k}")
        require(certainly(stride, "<=", 0), f"{name} expects stride above 0, got {stride}")
        require(certainly(gap, "<=", 0), f"{name} expects dilation above 0, got {gap}")
        require(certainly(pad, "<", 0), f"{name} expects padding of at least 0, got {pad}")
        require(
            certainly(extra, ">=", stride) and certainly(extra, ">=", gap),
            f"{name} expects output_padding below stride or dilation, got {extra}",
        )
        length = None if size is None else (size - 1) * stride - 2 * pad + gap * (k - 1) + extra + 1
        # torch: some of its backends return an empty output where others refuse it
        require(certainly(length, "<", 0), f"{name} expects an output of at least 1, got {length}")
        result.append(length)
    return tuple(result)


def _requested_output(name: str, output_size: Any, count: int) -> Shape:
    """`output_size` of the call, which may name the leading axes too."""
    sizes = known(output_size)
    if not isinstance(sizes, tuple) or any(isinstance(size, Unknown) for size in sizes):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "output_size")
    if len(sizes) not in (count, count + 1, count + 2):
        raise ShapeMismatch(f"{name} expects {count} numbers as output_size, got {len(sizes)}")
    return sizes[-count:]


def _known_sizes(sizes: Shape) -> list[Dim] | None:
    return None if any(size is None for size in sizes) else [size for size in sizes if size is not None]


def _channels(name: str, dims: int, input: Shape) -> Dim:
    """in_channels of a lazy layer, from its first input."""
    shape = shape_of(input)
    expect_rank(name, shape, dims + 1, dims + 2)
    return known_size("input channels", shape[-dims - 1])


# ------------------------------------------------------------------------------------------------- declarations


@layer(BASE, example="_ConvNd(3, 8, (3,), (1,), (0,), (1,), False, (0,), 1, True, 'zeros') : * -> * : 80")
def conv_nd(
    in_channels: Dim,
    out_channels: Dim,
    kernel_size: tuple[Dim, ...],
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: Dim,
    bias: bool,
    padding_mode: str,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Base class of the convolutions: makes their weights, has no forward of its own."""
    return _base("_ConvNd", locals())


@layer(
    TRANSPOSED_BASE,
    example="_ConvTransposeNd(3, 8, (3,), (1,), (0,), (1,), True, (0,), 1, True, 'zeros') : * -> * : 80",
    bases=(BASE,),
)
def conv_transpose_nd(
    in_channels: Dim,
    out_channels: Dim,
    kernel_size: tuple[Dim, ...],
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: Dim,
    bias: bool,
    padding_mode: str,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Base class of the transposed convolutions: makes their weights, has no forward of its own."""
    return _base("_ConvTransposeNd", locals())


def _base(name: str, arguments: dict[str, Any]) -> Built:
    settings = {key: value for key, value in arguments.items() if key not in ("device", "dtype")}
    dims = len(known(arguments["kernel_size"]))
    settings["transposed"] = bool(arguments["transposed"])
    return replace(convolution(name, dims, **settings), forward=None, macs=None)


def conv_rule(dims: int) -> Callable[..., Built]:
    """The constructor of Conv1d, Conv2d or Conv3d."""

    def conv(
        in_channels: Dim,
        out_channels: Dim,
        kernel_size: Dim | tuple[Dim, ...],
        stride: Dim | tuple[Dim, ...] = 1,
        padding: Any = 0,
        dilation: Dim | tuple[Dim, ...] = 1,
        groups: Dim = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> Built:
        """Convolution: floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1 along each axis."""
        arguments = (in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode)
        return convolution(f"Conv{dims}d", dims, *arguments)

    return conv


def lazy_conv_rule(dims: int) -> Callable[..., Built]:
    """The constructor of LazyConv1d, LazyConv2d or LazyConv3d."""

    def lazy_conv(
        out_channels: Dim,
        kernel_size: Dim | tuple[Dim, ...],
        stride: Dim | tuple[Dim, ...] = 1,
        padding: Any = 0,
        dilation: Dim | tuple[Dim, ...] = 1,
        groups: Dim = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
        *,
        input: Shape,
    ) -> Built:
        """Convolution that takes in_channels from its first input."""
        name = f"LazyConv{dims}d"
        arguments = (out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode)
        return convolution(name, dims, _channels(name, dims, input), *arguments)

    return lazy_conv


def conv_transpose_rule(dims: int) -> Callable[..., Built]:
    """The constructor of ConvTranspose1d, ConvTranspose2d or ConvTranspose3d."""

    def conv_transpose(
        in_channels: Dim,
        out_channels: Dim,
        kernel_size: Dim | tuple[Dim, ...],
        stride: Dim | tuple[Dim, ...] = 1,
        padding: Dim | tuple[Dim, ...] = 0,
        output_padding: Dim | tuple[Dim, ...] = 0,
        groups: Dim = 1,
        bias: bool = True,
        dilation: Dim | tuple[Dim, ...] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> Built:
        """Transposed convolution: (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1."""
        return convolution(
            f"ConvTranspose{dims}d", dims, in_channels, out_channels, kernel_size, stride, padding, dilation, groups,
            bias, padding_mode, output_padding, transposed=True,
        )  # fmt: skip

    return conv_transpose


def lazy_conv_transpose_rule(dims: int) -> Callable[..., Built]:
    """The constructor of LazyConvTranspose1d, LazyConvTranspose2d or LazyConvTranspose3d."""

    def lazy_conv_transpose(
        out_channels: Dim,
        kernel_size: Dim | tuple[Dim, ...],
        stride: Dim | tuple[Dim, ...] = 1,
        padding: Dim | tuple[Dim, ...] = 0,
        output_padding: Dim | tuple[Dim, ...] = 0,
        groups: Dim = 1,
        bias: bool = True,
        dilation: Dim | tuple[Dim, ...] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
        *,
        input: Shape,
    ) -> Built:
        """Transposed convolution that takes in_channels from its first input."""
        name = f"LazyConvTranspose{dims}d"
        return convolution(
            name, dims, _channels(name, dims, input), out_channels, kernel_size, stride, padding, dilation, groups,
            bias, padding_mode, output_padding, transposed=True,
        )  # fmt: skip

    return lazy_conv_transpose


def _declare(dims: int) -> None:
    sizes = EXAMPLE_SIZES[dims]
    count = f"{3 * 8 * 3**dims + 8:,}"
    smaller, larger = sizes.replace("56", "54"), sizes.replace("56", "58")
    for lazy in (False, True):
        for transposed in (False, True):
            plain = f"ConvTranspose{dims}d" if transposed else f"Conv{dims}d"
            name = f"Lazy{plain}" if lazy else plain
            result = larger if transposed else smaller
            arguments = "8, 3" if lazy else "3, 8, 3"
            rules = (conv_rule, conv_transpose_rule), (lazy_conv_rule, lazy_conv_transpose_rule)
            layer(
                f"torch.nn.{name}",
                example=f"{name}({arguments}) : (1, 3, {sizes}) -> (1, 8, {result}) : {count}",
                aliases=paths("conv", name),
                bases=(*LAZY_BASES, f"torch.nn.{plain}") if lazy else (TRANSPOSED_BASE if transposed else BASE,),
            )(rules[lazy][transposed](dims))


for _dims in (1, 2, 3):
    _declare(_dims)
