"""The layers of einops: Rearrange, Reduce and EinMix, for torch and for Keras."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Axes, Built, layer
from paramlens.layers.operations.einops_patterns import ELLIPSIS, parse_pattern, parse_side, transformed
from paramlens.shapes import Shape, ShapeMismatch, Size
from paramlens.values import Reason, undetermined

_MODULE = ("torch.nn.Module",)
_LAYER = ("keras.layers.Layer",)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "the pattern")
    return value


def _lengths(lengths: dict[str, Any]) -> dict[str, Size]:
    return {
        name: length if isinstance(length, int) or hasattr(length, "terms") else None
        for name, length in lengths.items()
    }


def _known(shape: Shape | None) -> Shape:
    if shape is None:
        raise undetermined(Reason.DATA_DEPENDENT, "the rank")
    return shape


@layer(
    "einops.layers.torch.Rearrange",
    bases=_MODULE,
    example='Rearrange("b c h w -> b (h w) c") : (8, 64, 7, 7) -> (8, 49, 64) : 0',
)
def rearrange(pattern: Any, **axes_lengths: Any) -> Built:
    """Axes moved, split and joined by a pattern; no weights."""
    return Built(
        forward=lambda input: _known(transformed(_text(pattern), input, _lengths(axes_lengths), reducing=False))
    )


@layer(
    "einops.layers.torch.Reduce",
    bases=_MODULE,
    example='Reduce("b c h w -> b c", "mean") : (8, 64, 7, 7) -> (8, 64) : 0',
)
def reduce(pattern: Any, reduction: Any, **axes_lengths: Any) -> Built:
    """Axes missing on the right are reduced; no weights."""
    return Built(forward=lambda input: _known(transformed(_text(pattern), input, _lengths(axes_lengths))))


@layer(
    "einops.layers.keras.Rearrange",
    aliases=("einops.layers.tensorflow.Rearrange",),
    bases=_LAYER,
    example='Rearrange("b h w c -> b (h w) c") : (None, 7, 7, 64) -> (None, 49, 64) : 0',
)
def keras_rearrange(pattern: Any, *, input: Shape, **axes_lengths: Any) -> Built:
    """Axes moved, split and joined by a pattern; no weights."""
    return Built(output=_known(transformed(_text(pattern), input, _lengths(axes_lengths), reducing=False)))


@layer(
    "einops.layers.keras.Reduce",
    aliases=("einops.layers.tensorflow.Reduce",),
    bases=_LAYER,
    example='Reduce("b h w c -> b c", "mean") : (None, 7, 7, 64) -> (None, 64) : 0',
)
def keras_reduce(pattern: Any, reduction: Any, *, input: Shape, **axes_lengths: Any) -> Built:
    """Axes missing on the right are reduced; no weights."""
    return Built(output=_known(transformed(_text(pattern), input, _lengths(axes_lengths))))


def _weight_axes(shape: str | None, lengths: dict[str, Size]) -> Axes | None:
    """A weight's axes by name; each must have a length."""
    if shape is None:
        return None
    names = [name for group in parse_side(shape) for name in group]
    for name in names:
        if name not in lengths:
            raise ShapeMismatch(f"EinMix expects a length for the weight's axis {name}, got none")
    return Axes(tuple(names), tuple(lengths[name] for name in names))


def _bias_axes(shape: Any, lengths: dict[str, Size], pattern: str) -> Axes | None:
    """One axis for each axis of the output, of size 1 where the bias does not name it."""
    if shape is None:
        return None
    named = {name for group in parse_side(_text(shape)) for name in group}
    output = [name for group in parse_pattern(pattern).right for name in group if name != ELLIPSIS]
    for name in named:
        if name not in lengths or name not in output:
            raise ShapeMismatch(f"EinMix expects bias axes of the output with a length, got {name}")
    return Axes(tuple(output), tuple(lengths[name] if name in named else 1 for name in output))


def _mixed(pattern: str, weight_shape: str, lengths: dict[str, Size], input: Shape) -> Shape:
    """The output: axes of the right side come from the input and from the weight."""
    names = {name for side in pattern.split("->") for group in parse_side(side) for name in group}
    return _known(transformed(pattern, input, {name: size for name, size in lengths.items() if name in names}))


@layer(
    "einops.layers.torch.EinMix",
    bases=_MODULE,
    example='EinMix("t b c -> t b c_out", weight_shape="c c_out", bias_shape="c_out", c=64, c_out=128)'
    " : (10, 8, 64) -> (10, 8, 128) : 8,320",
)
def ein_mix(pattern: Any, weight_shape: Any, bias_shape: Any = None, **axes_lengths: Any) -> Built:
    """A linear map between named axes: weight of `weight_shape`, bias of `bias_shape`."""
    lengths = _lengths(axes_lengths)
    weights = {"weight": _weight_axes(_text(weight_shape), lengths)}
    weights["bias"] = _bias_axes(bias_shape, lengths, _text(pattern))
    return Built(weights=weights, forward=lambda input: _mixed(_text(pattern), weight_shape, lengths, input))


@layer(
    "einops.layers.keras.EinMix",
    aliases=("einops.layers.tensorflow.EinMix",),
    bases=_LAYER,
    example='EinMix("b t c -> b t c_out", weight_shape="c c_out", bias_shape="c_out", c=64, c_out=128)'
    " : (None, 10, 64) -> (None, 10, 128) : 8,320",
)
def keras_ein_mix(
    pattern: Any, weight_shape: Any, bias_shape: Any = None, *, input: Shape, **axes_lengths: Any
) -> Built:
    """A linear map between named axes: weight of `weight_shape`, bias of `bias_shape`."""
    lengths = _lengths(axes_lengths)
    weights = {"weight": _weight_axes(_text(weight_shape), lengths)}
    weights["bias"] = _bias_axes(bias_shape, lengths, _text(pattern))
    return Built(weights=weights, output=_mixed(_text(pattern), weight_shape, lengths, input))
