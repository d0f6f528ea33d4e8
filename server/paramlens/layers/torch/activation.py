"""Activations: element by element, without weights, but for PReLU; and the softmax family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim, compare
from paramlens.layers.declare import Built, axes, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import (
    axis_of,
    divisible,
    integer,
    paths,
    require,
    shape_of,
    unchanged,
)
from paramlens.shapes import Shape
from paramlens.values import Unknown

ON_MATRIX = "(8, 128) -> (8, 128) : 0"


def _declare(name: str, rule: Callable[..., Built], arguments: str = "", bases: tuple[str, ...] = ()) -> None:
    example = f"{name}({arguments}) : {ON_MATRIX}"
    layer(f"torch.nn.{name}", example=example, aliases=paths("activation", name), bases=bases)(rule)


def _without_arguments(name: str, doc: str) -> None:
    def activation() -> Built:
        return unchanged()

    activation.__doc__ = doc
    _declare(name, activation)


def _with_inplace(name: str, doc: str, bases: tuple[str, ...] = ()) -> None:
    def activation(inplace: bool = False) -> Built:
        return unchanged()

    activation.__doc__ = doc
    _declare(name, activation, bases=bases)


_without_arguments("LogSigmoid", "log(1 / (1 + exp(−x)))")
_without_arguments("Sigmoid", "1 / (1 + exp(−x))")
_without_arguments("Softsign", "x / (1 + |x|)")
_without_arguments("Tanh", "tanh(x)")
_without_arguments("Tanhshrink", "x − tanh(x)")
_with_inplace("Hardsigmoid", "x / 6 + 1 / 2, cut to 0 … 1")
_with_inplace("Hardswish", "x · hardsigmoid(x)")
_with_inplace("Mish", "x · tanh(softplus(x))")
_with_inplace("ReLU", "max(0, x)")
_with_inplace("ReLU6", "min(max(0, x), 6)", bases=("torch.nn.Hardtanh",))
_with_inplace("SELU", "scale · (max(0, x) + min(0, α·(exp(x) − 1)))")
_with_inplace("SiLU", "x · sigmoid(x)")


def _celu(alpha: float = 1.0, inplace: bool = False) -> Built:
    """max(0, x) + min(0, α·(exp(x / α) − 1))"""
    return unchanged()


def _elu(alpha: float = 1.0, inplace: bool = False) -> Built:
    """x for x > 0, else α·(exp(x) − 1)"""
    return unchanged()


def _gelu(approximate: str = "none") -> Built:
    """x · Φ(x), with Φ the distribution function of the normal distribution"""
    return unchanged()


def _hardshrink(lambd: float = 0.5) -> Built:
    """x where |x| > λ, else 0"""
    return unchanged()


def _hardtanh(
    min_val: float = -1.0,
    max_val: float = 1.0,
    inplace: bool = False,
    min_value: float | None = None,
    max_value: float | None = None,
) -> Built:
    """x cut to min_val … max_val"""
    low = min_val if min_value is None else min_value
    high = max_val if max_value is None else max_value
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        require(low >= high, f"Hardtanh expects min_val below max_val, got {low} and {high}")
    return unchanged(min_val=low, max_val=high)


def _leaky_relu(negative_slope: float = 0.01, inplace: bool = False) -> Built:
    """x for x > 0, else negative_slope · x"""
    return unchanged()


def _rrelu(lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> Built:
    """LeakyReLU with a slope drawn at random between lower and upper in training"""
    return unchanged()


def _softplus(beta: float = 1.0, threshold: float = 20.0) -> Built:
    """log(1 + exp(β·x)) / β"""
    return unchanged()


def _softshrink(lambd: float = 0.5) -> Built:
    """x moved by λ towards 0"""

    def forward(input: Shape) -> Shape:
        if isinstance(lambd, (int, float)):
            require(lambd < 0, f"Softshrink expects lambd of at least 0, got {lambd}")
        return shape_of(input)

    return Built(forward=forward)


def _threshold(threshold: float, value: float, inplace: bool = False) -> Built:
    """x where x > threshold, else value"""
    return unchanged()


_declare("CELU", _celu)
_declare("ELU", _elu)
_declare("GELU", _gelu)
_declare("Hardshrink", _hardshrink)
_declare("Hardtanh", _hardtanh)
_declare("LeakyReLU", _leaky_relu, "0.2")
_declare("RReLU", _rrelu)
_declare("Softplus", _softplus)
_declare("Softshrink", _softshrink)
_declare("Threshold", _threshold, "0.1, 20")


@layer(
    "torch.nn.PReLU",
    example="PReLU(64) : (8, 64, 28, 28) -> (8, 64, 28, 28) : 64",
    aliases=paths("activation", "PReLU"),
)
def prelu(num_parameters: Dim = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> Built:
    """x for x > 0, else a·x with a learned slope, one for all or one for each channel."""
    slopes = integer("PReLU", "num_parameters", num_parameters)

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        if compare(slopes, "==", 1) is False:
            require(not shape, "PReLU expects at least rank 1 for several slopes, got rank 0")
            # torch: the channels of a vector count as one
            expect_size("PReLU", "input channels", slopes, shape[1] if len(shape) > 1 else 1)
        return shape

    return Built(weights={"weight": axes(num_parameters=slopes)}, forward=forward)


@layer("torch.nn.GLU", example="GLU() : (8, 128) -> (8, 64) : 0", aliases=paths("activation", "GLU"))
def glu(dim: int = -1) -> Built:
    """First half of an axis · sigmoid of its second half."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        require(not shape, "GLU expects at least rank 1, got rank 0")
        axis = axis_of("GLU", "dim", dim, len(shape))
        size = shape[axis]
        divisible("GLU", "the halved axis", size, "2", 2)
        return (*shape[:axis], None if size is None else size // 2, *shape[axis + 1 :])

    return Built(forward=forward)


def _softmax_rule(name: str, doc: str) -> None:
    def softmax(dim: int | None = None) -> Built:
        def forward(input: Shape) -> Shape:
            shape = shape_of(input)
            if dim is not None and not isinstance(dim, Unknown):
                axis_of(name, "dim", dim, len(shape))
            return shape

        return Built(forward=forward)

    softmax.__doc__ = doc
    _declare(name, softmax, "dim=-1")


_softmax_rule("Softmax", "exp(x) / sum(exp(x)) along an axis")
_softmax_rule("Softmin", "Softmax of −x")
_softmax_rule("LogSoftmax", "log of softmax along an axis")


@layer(
    "torch.nn.Softmax2d",
    example="Softmax2d() : (8, 64, 28, 28) -> (8, 64, 28, 28) : 0",
    aliases=paths("activation", "Softmax2d"),
)
def softmax2d() -> Built:
    """Softmax over the channels at every position."""

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        expect_rank("Softmax2d", shape, 3, 4)
        return shape

    return Built(forward=forward)
