"""Pooling: maximum, average, power average, adaptive, fractional, and the partial inverse of maximum pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim, compare, scale
from paramlens.layers.declare import Built, Outputs, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import certainly, known, or_unknown, paths, repeated, require, shape_of, window
from paramlens.shapes import Shape, ShapeMismatch, Size, conv_output
from paramlens.values import Reason, Unknown, undetermined

PRIVATE = "torch.nn.modules.pooling."
SIZES = {1: "56", 2: "56, 56", 3: "56, 56, 56"}


def pooled(
    name: str,
    sizes: Shape,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: Any,
) -> Shape:
    """floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1 along each axis, or ceil."""
    count = len(sizes)
    kernel = window(name, "kernel_size", kernel_size, count)
    # torch: stride defaults to kernel_size for pooling, and an empty one means the same
    steps = kernel if stride is None or stride == () else window(name, "stride", stride, count)
    edges = window(name, "padding", padding, count)
    gaps = window(name, "dilation", dilation, count)
    rounds_up = bool(known(ceil_mode))
    result: list[Size] = []
    for size, k, step, edge, gap in zip(sizes, kernel, steps, edges, gaps, strict=True):
        require(certainly(edge, "<", 0), f"{name} expects padding of at least 0, got {edge}")
        reach = gap * (k - 1) + 1
        require(certainly(2 * edge, ">", reach), f"{name} expects padding of at most half of {reach}, got {edge}")
        length = conv_output(size, k, step, edge, gap, rounds_up)
        require(certainly(length, "<", 1), f"{name} expects a larger input than {size} for a window of {reach}")
        result.append(length)
    return tuple(result)


def with_indices(output: Shape, return_indices: Any) -> Shape | Outputs:
    """The output, and where asked for the positions of the maxima, of the same shape."""
    return Outputs.of(output, output) if known(return_indices) else output


def _split(name: str, input: Any, dims: int) -> tuple[Shape, Shape]:
    """(leading axes, spatial axes) of a batched or unbatched input."""
    shape = shape_of(input)
    expect_rank(name, shape, dims + 1, dims + 2)
    return shape[:-dims], shape[-dims:]


def max_pool_rule(dims: int) -> Callable[..., Built]:
    """The constructor of MaxPool1d, MaxPool2d or MaxPool3d."""
    name = f"MaxPool{dims}d"

    def max_pool(
        kernel_size: Dim | tuple[Dim, ...],
        stride: Any = None,
        padding: Dim | tuple[Dim, ...] = 0,
        dilation: Dim | tuple[Dim, ...] = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> Built:
        """Maximum over windows; the stride defaults to the window."""

        def forward(input: Shape) -> Shape | Outputs:
            leading, sizes = _split(name, input, dims)
            spatial = or_unknown(dims, lambda: pooled(name, sizes, kernel_size, stride, padding, dilation, ceil_mode))
            return with_indices((*leading, *spatial), return_indices)

        return Built(attributes={"stride": kernel_size if stride is None else stride}, forward=forward)

    return max_pool


def avg_pool1d(
    kernel_size: Dim | tuple[Dim, ...],
    stride: Any = None,
    padding: Dim | tuple[Dim, ...] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Built:
    """Mean over windows; the stride defaults to the window."""
    attributes = {
        "kernel_size": repeated(kernel_size, 1),
        "stride": repeated(kernel_size if stride is None else stride, 1),
        "padding": repeated(padding, 1),
    }
    return Built(attributes=attributes, forward=_avg_forward(1, kernel_size, stride, padding, ceil_mode))


def avg_pool_rule(dims: int) -> Callable[..., Built]:
    """The constructor of AvgPool2d or AvgPool3d."""

    def avg_pool(
        kernel_size: Dim | tuple[Dim, ...],
        stride: Any = None,
        padding: Dim | tuple[Dim, ...] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: Dim | None = None,
    ) -> Built:
        """Mean over windows; the stride defaults to the window."""
        attributes = {"stride": kernel_size if stride is None else stride}
        return Built(attributes=attributes, forward=_avg_forward(dims, kernel_size, stride, padding, ceil_mode))

    return avg_pool


def _avg_forward(dims: int, kernel_size: Any, stride: Any, padding: Any, ceil_mode: Any) -> Callable[[Shape], Shape]:
    name = f"AvgPool{dims}d"

    def forward(input: Shape) -> Shape:
        leading, sizes = _split(name, input, dims)
        spatial = or_unknown(dims, lambda: pooled(name, sizes, kernel_size, stride, padding, 1, ceil_mode))
        return (*leading, *spatial)

    return forward


def lp_pool_rule(dims: int) -> Callable[..., Built]:
    """The constructor of LPPool1d, LPPool2d or LPPool3d."""
    name = f"LPPool{dims}d"

    def lp_pool(
        norm_type: float,
        kernel_size: Dim | tuple[Dim, ...],
        stride: Any = None,
        ceil_mode: bool = False,
    ) -> Built:
        """(sum of xᵖ)^(1/p) over windows; the stride defaults to the window."""

        def forward(input: Shape) -> Shape:
            leading, sizes = _split(name, input, dims)
            spatial = or_unknown(dims, lambda: pooled(name, sizes, kernel_size, stride, 0, 1, ceil_mode))
            return (*leading, *spatial)

        return Built(forward=forward)

    return lp_pool


def adaptive_sizes(name: str, output_size: Any, sizes: Shape) -> Shape:
    """The sizes asked for; None keeps the input's."""
    known(output_size)
    wanted = output_size if isinstance(output_size, tuple) else (output_size,) * len(sizes)
    wanted = wanted * len(sizes) if len(wanted) == 1 else wanted
    if len(wanted) != len(sizes):
        raise ShapeMismatch(f"{name} expects {len(sizes)} numbers as output_size, got {len(wanted)}")
    for size in wanted:
        require(certainly(known(size), "<", 0), f"{name} expects output_size of at least 0, got {size}")
    return tuple(size if wish is None else wish for wish, size in zip(wanted, sizes, strict=True))


def adaptive_avg_rule(dims: int) -> Callable[..., Built]:
    """The constructor of AdaptiveAvgPool1d, AdaptiveAvgPool2d or AdaptiveAvgPool3d."""
    name = f"AdaptiveAvgPool{dims}d"

    def adaptive_avg_pool(output_size: Any) -> Built:
        """Mean over as many windows as output_size asks for, whatever the input."""
        # torch: a single window is a plain mean of the last axes, of any number of axes (2d and 3d)
        takes_any_rank = dims > 1 and output_size in (1, (1,) * dims)

        def forward(input: Shape) -> Shape:
            if takes_any_rank and len(shape_of(input)) >= dims:
                return (*input[:-dims], *((1,) * dims))
            leading, sizes = _split(name, input, dims)
            return (*leading, *or_unknown(dims, lambda: adaptive_sizes(name, output_size, sizes)))

        return Built(forward=forward)

    return adaptive_avg_pool


def adaptive_max_rule(dims: int) -> Callable[..., Built]:
    """The constructor of AdaptiveMaxPool1d, AdaptiveMaxPool2d or AdaptiveMaxPool3d."""
    name = f"AdaptiveMaxPool{dims}d"

    def adaptive_max_pool(output_size: Any, return_indices: bool = False) -> Built:
        """Maximum over as many windows as output_size asks for, whatever the input."""

        def forward(input: Shape) -> Shape | Outputs:
            leading, sizes = _split(name, input, dims)
            return with_indices(
                (*leading, *or_unknown(dims, lambda: adaptive_sizes(name, output_size, sizes))), return_indices
            )

        return Built(forward=forward)

    return adaptive_max_pool


def fractional_rule(dims: int) -> Callable[..., Built]:
    """The constructor of FractionalMaxPool2d or FractionalMaxPool3d."""
    name = f"FractionalMaxPool{dims}d"

    def fractional_max_pool(
        kernel_size: Dim | tuple[Dim, ...],
        output_size: Any = None,
        output_ratio: float | tuple[float, ...] | None = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Built:
        """Maximum over windows with steps drawn at random, to a size or to a share of the input's size."""
        if not isinstance(output_size, Unknown) and not isinstance(output_ratio, Unknown):
            given = (output_size is not None) + (output_ratio is not None)
            require(given != 1, f"{name} expects one of output_size and output_ratio, got {given}")
        ratios = repeated(output_ratio, dims)
        if output_ratio is not None and isinstance(ratios, tuple):
            fits = all(not isinstance(r, (int, float)) or 0 < r < 1 for r in ratios)
            require(not fits, f"{name} expects output_ratio between 0 and 1, got {output_ratio}")

        def forward(input: Shape) -> Shape | Outputs:
            leading, sizes = _split(name, input, dims)
            spatial = _fractional(name, sizes, output_size, ratios if output_ratio is not None else None)
            kernel = window(name, "kernel_size", kernel_size, dims)
            for size, k, out in zip(sizes, kernel, spatial, strict=True):
                # torch: in three dimensions the input must be larger by one more
                need = None if out is None else out + k - 1 + (dims == 3)
                require(certainly(need, ">", size), f"{name} expects an input of at least {need}, got {size}")
            return with_indices((*leading, *spatial), return_indices)

        attributes: dict[str, Any] = {"kernel_size": repeated(kernel_size, dims)}
        attributes["output_size"] = None if output_size is None else repeated(output_size, dims)
        attributes["output_ratio"] = None if output_ratio is None else ratios
        return Built(attributes=attributes, forward=forward)

    return fractional_max_pool


def _fractional(name: str, sizes: Shape, output_size: Any, ratios: Any) -> Shape:
    if ratios is None:
        return window(name, "output_size", output_size, len(sizes))
    require(len(known(ratios)) != len(sizes), f"{name} expects {len(sizes)} ratios, got {len(ratios)}")
    result: list[Size] = []
    for size, ratio in zip(sizes, ratios, strict=True):
        if not isinstance(known(ratio), (int, float)):
            raise undetermined(Reason.UNKNOWN_ARGUMENT, "output_ratio")
        result.append(None if size is None else scale(size, float(ratio)))
    return tuple(result)


def max_unpool_rule(dims: int) -> Callable[..., Built]:
    """The constructor of MaxUnpool1d, MaxUnpool2d or MaxUnpool3d."""
    name = f"MaxUnpool{dims}d"

    def max_unpool(
        kernel_size: Dim | tuple[Dim, ...],
        stride: Any = None,
        padding: Dim | tuple[Dim, ...] = 0,
    ) -> Built:
        """Puts maxima back where they came from: (size − 1)·stride − 2·padding + kernel along each axis."""

        def forward(input: Shape, indices: Any, output_size: Any = None) -> Shape:
            leading, sizes = _split(name, input, dims)
            if isinstance(indices, tuple):
                expect_rank(f"{name} indices", indices, len(leading) + dims)
                for wanted, size in zip((*leading, *sizes), indices, strict=True):
                    expect_size(name, "as a size of indices", wanted, size)
            kernel = window(name, "kernel_size", kernel_size, dims)
            steps = kernel if stride is None else window(name, "stride", stride, dims)
            edges = window(name, "padding", padding, dims)
            plain = tuple(
                None if size is None else (size - 1) * step + k - 2 * edge
                for size, k, step, edge in zip(sizes, kernel, steps, edges, strict=True)
            )
            spatial = plain if output_size is None else _requested(name, output_size, plain, steps)
            for size in spatial:
                require(certainly(size, "<", 0), f"{name} expects an output of at least 0, got {size}")
            return (*leading, *spatial)

        attributes = {
            "kernel_size": repeated(kernel_size, dims),
            "stride": repeated(kernel_size if stride is None else stride, dims),
            "padding": repeated(padding, dims),
        }
        return Built(attributes=attributes, forward=forward)

    return max_unpool


def _requested(name: str, output_size: Any, plain: Shape, steps: tuple[Dim, ...]) -> Shape:
    """The output_size of the call, less than one stride away from the plain one."""
    known(output_size)
    if not isinstance(output_size, tuple):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "output_size")
    count = len(plain)
    require(len(output_size) not in (count, count + 2), f"{name} expects {count} sizes, got {len(output_size)}")
    wanted = output_size[-count:]
    for size, base, step in zip(wanted, plain, steps, strict=True):
        if known(size) is None or base is None:
            continue
        too_small, too_large = compare(size, "<=", base - step), compare(size, ">=", base + step)
        require(too_small is True or too_large is True, f"{name} expects an output size near {base}, got {size}")
    return wanted


def _declare(name: str, rule: Callable[..., Built], base: str, arguments: str, dims: int, result: str) -> None:
    shape = f"(1, 64, {SIZES[dims]})"
    layer(
        f"torch.nn.{name}",
        example=f"{name}({arguments}) : {shape} -> (1, 64, {', '.join([result] * dims)}) : 0",
        aliases=paths("pooling", name),
        bases=(PRIVATE + base,) if base else (),
    )(rule)


for _dims in (1, 2, 3):
    _declare(f"MaxPool{_dims}d", max_pool_rule(_dims), "_MaxPoolNd", "3, stride=2, padding=1", _dims, "28")
    _avg = avg_pool1d if _dims == 1 else avg_pool_rule(_dims)
    _declare(f"AvgPool{_dims}d", _avg, "_AvgPoolNd", "2", _dims, "28")
    _declare(f"LPPool{_dims}d", lp_pool_rule(_dims), "_LPPoolNd", "2, 2", _dims, "28")
    _declare(f"AdaptiveAvgPool{_dims}d", adaptive_avg_rule(_dims), "_AdaptiveAvgPoolNd", "7", _dims, "7")
    _declare(f"AdaptiveMaxPool{_dims}d", adaptive_max_rule(_dims), "_AdaptiveMaxPoolNd", "7", _dims, "7")
    if _dims > 1:
        _declare(f"FractionalMaxPool{_dims}d", fractional_rule(_dims), "", "2, output_ratio=0.5", _dims, "28")
    layer(
        f"torch.nn.MaxUnpool{_dims}d",
        example=(
            f"MaxUnpool{_dims}d(2) : [(1, 64, {SIZES[_dims]}), (1, 64, {SIZES[_dims]})] -> "
            f"(1, 64, {SIZES[_dims].replace('56', '112')}) : 0"
        ),
        aliases=paths("pooling", f"MaxUnpool{_dims}d"),
        bases=(PRIVATE + "_MaxUnpoolNd",),
    )(max_unpool_rule(_dims))
