"""Padding: constant, zero, reflected, replicated and circular borders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, expect_rank, layer
from paramlens.layers.torch.arguments import certainly, known, paths, repeated, require, shape_of
from paramlens.shapes import Shape, Size
from paramlens.values import Reason, undetermined

PRIVATE = "torch.nn.modules.padding."
SIZES = {1: "28", 2: "28, 28", 3: "28, 28, 28"}


def padded(name: str, dims: int, kind: str, padding: Any) -> Built:
    """size + before + after; `padding` is one number or (before, after) of the last axis, then of the one before."""
    pairs = repeated(padding, 2 * dims)

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        _check_rank(name, shape, dims, kind)
        known(pairs)
        for number in pairs:
            if not isinstance(known(number), int) and not hasattr(number, "terms"):
                raise undetermined(Reason.UNKNOWN_ARGUMENT, "padding")
        require(len(pairs) % 2 == 1, f"{name} expects an even number of paddings, got {len(pairs)}")
        require(len(pairs) // 2 > len(shape), f"{name} expects at least rank {len(pairs) // 2}, got {len(shape)}")
        return _padded_sizes(name, shape, pairs, kind)

    return Built(attributes={"padding": pairs}, forward=forward)


def _check_rank(name: str, shape: Shape, dims: int, kind: str) -> None:
    if kind == "constant":
        require(len(shape) < dims, f"{name} expects at least rank {dims}, got rank {len(shape)}")
    else:
        expect_rank(name, shape, dims + 1, dims + 2)


def _padded_sizes(name: str, shape: Shape, pairs: tuple[Dim, ...], kind: str) -> Shape:
    result: list[Size] = list(shape)
    for index in range(len(pairs) // 2):
        axis = len(shape) - 1 - index
        size, before, after = shape[axis], pairs[2 * index], pairs[2 * index + 1]
        for edge in (before, after):
            if kind == "reflect":
                require(certainly(edge, ">=", size), f"{name} expects padding below the size {size}, got {edge}")
            if kind == "circular":
                require(certainly(edge, ">", size), f"{name} expects padding of at most {size}, got {edge}")
        length = None if size is None else size + before + after
        # torch refuses some empty outputs, and returns others
        require(certainly(length, "<", 0), f"{name} expects an output of at least 0, got {length}")
        result[axis] = length
    return tuple(result)


def _rule(name: str, dims: int, kind: str, doc: str) -> Callable[..., Built]:
    def pad(padding: Dim | tuple[Dim, ...]) -> Built:
        return padded(name, dims, kind, padding)

    pad.__doc__ = doc
    return pad


def _constant_rule(name: str, dims: int) -> Callable[..., Built]:
    def constant_pad(padding: Dim | tuple[Dim, ...], value: float) -> Built:
        """Pads with one value."""
        return padded(name, dims, "constant", padding)

    return constant_pad


def _zero_rule(name: str, dims: int) -> Callable[..., Built]:
    def zero_pad(padding: Dim | tuple[Dim, ...]) -> Built:
        """Pads with zeros."""
        built = padded(name, dims, "constant", padding)
        return Built(attributes={**built.attributes, "value": 0.0}, forward=built.forward)

    return zero_pad


def _declare(name: str, dims: int, base: str, rule: Callable[..., Built], value: str = "") -> None:
    sizes = SIZES[dims]
    layer(
        f"torch.nn.{name}",
        example=f"{name}(2{value}) : (1, 64, {sizes}) -> (1, 64, {sizes.replace('28', '32')}) : 0",
        aliases=paths("padding", name),
        bases=(base,),
    )(rule)


for _dims in (1, 2, 3):
    _constant, _zero = f"ConstantPad{_dims}d", f"ZeroPad{_dims}d"
    _declare(_constant, _dims, f"{PRIVATE}_ConstantPadNd", _constant_rule(_constant, _dims), ", 3.5")
    _declare(_zero, _dims, f"torch.nn.{_constant}", _zero_rule(_zero, _dims))
    for _kind, _mode, _doc in (
        ("Reflection", "reflect", "Pads with the input mirrored at its border."),
        ("Replication", "replicate", "Pads with the value at the border."),
        ("Circular", "circular", "Pads with the other end of the input."),
    ):
        _name = f"{_kind}Pad{_dims}d"
        _declare(_name, _dims, f"{PRIVATE}_{_kind}PadNd", _rule(_name, _dims, _mode, _doc))
