"""Fully connected layers."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, product
from paramlens.layers.declare import Built, axes, expect_size, layer
from paramlens.layers.torch.arguments import certainly, integer, paths, shape_of
from paramlens.shapes import Shape, ShapeMismatch, Size, broadcast


@layer("torch.nn.Identity", example="Identity() : (8, 128) -> (8, 128) : 0", aliases=paths("linear", "Identity"))
def identity(*args: Any, **kwargs: Any) -> Built:
    """Returns its input; takes any arguments and ignores them."""
    return Built(forward=lambda input: input)


def fully_connected(name: str, in_features: Any, out_features: Any, bias: Any) -> Built:
    """y = x·Wᵀ + b over the last axis: in_features · out_features weights."""
    inputs = integer(name, "in_features", in_features)
    outputs = integer(name, "out_features", out_features)

    def forward(input: Shape) -> Shape:
        shape = shape_of(input)
        if not shape:
            raise ShapeMismatch(f"{name} expects at least rank 1, got rank 0")
        expect_size(name, "input features", inputs, shape[-1], "in_features")
        return (*shape[:-1], outputs)

    return Built(
        weights={
            "weight": axes(out_features=outputs, in_features=inputs),
            "bias": axes(out_features=outputs) if bias else None,
        },
        attributes={"in_features": inputs, "out_features": outputs},
        forward=forward,
        macs=lambda input, output: per_sample(output, inputs),
    )


def per_sample(output: Shape, fan_in: Dim) -> Dim | None:
    """Multiply-adds of one sample: output elements without the batch axis, each over `fan_in` products."""
    sizes: list[Dim] = []
    for size in output[1:] if len(output) > 1 else output:
        if size is None:
            return None
        sizes.append(size)
    return product([*sizes, fan_in])


@layer(
    "torch.nn.Linear",
    example=(
        "Linear(128, 64) : (8, 128) -> (8, 64) : 8,256",
        "Linear(128, 64, bias=False) : (8, 16, 128) -> (8, 16, 64) : 8,192",
    ),
    aliases=paths("linear", "Linear"),
)
def linear(in_features: Dim, out_features: Dim, bias: bool = True, device: Any = None, dtype: Any = None) -> Built:
    """Fully connected layer over the last axis."""
    return fully_connected("Linear", in_features, out_features, bias)


@layer(
    "torch.nn.modules.linear.NonDynamicallyQuantizableLinear",
    example="NonDynamicallyQuantizableLinear(128, 64) : (8, 128) -> (8, 64) : 8,256",
    bases=("torch.nn.Linear",),
)
def non_dynamically_quantizable_linear(
    in_features: Dim, out_features: Dim, bias: bool = True, device: Any = None, dtype: Any = None
) -> Built:
    """The output projection of MultiheadAttention: a Linear that dynamic quantization leaves alone."""
    return fully_connected("NonDynamicallyQuantizableLinear", in_features, out_features, bias)


@layer(
    "torch.nn.LazyLinear",
    example="LazyLinear(64) : (8, 128) -> (8, 64) : 8,256",
    aliases=paths("linear", "LazyLinear"),
    bases=("torch.nn.modules.lazy.LazyModuleMixin", "torch.nn.Linear"),
)
def lazy_linear(out_features: Dim, bias: bool = True, device: Any = None, dtype: Any = None, *, input: Shape) -> Built:
    """A Linear that takes in_features from its first input."""
    shape = shape_of(input)
    if not shape:
        raise ShapeMismatch("LazyLinear expects at least rank 1, got rank 0")
    return fully_connected("LazyLinear", known_size("input features", shape[-1]), out_features, bias)


def known_size(what: str, size: Size) -> Dim:
    """The size of an input's axis that weights hang on. Raises Undetermined where it is not known."""
    from paramlens.values import Reason, undetermined

    if size is None:
        raise undetermined(Reason.NOT_BUILT, what)
    return size


@layer(
    "torch.nn.Bilinear",
    example="Bilinear(20, 30, 40) : [(8, 20), (8, 30)] -> (8, 40) : 24,040",
    aliases=paths("linear", "Bilinear"),
)
def bilinear(
    in1_features: Dim,
    in2_features: Dim,
    out_features: Dim,
    bias: bool = True,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """y = x₁ᵀ·A·x₂ + b: out_features · in1_features · in2_features weights."""
    first = integer("Bilinear", "in1_features", in1_features)
    second = integer("Bilinear", "in2_features", in2_features)
    outputs = integer("Bilinear", "out_features", out_features)
    if certainly(first, "<=", 0):
        raise ShapeMismatch(f"Bilinear expects in1_features above 0, got {first}")

    def forward(input1: Shape, input2: Shape) -> Shape:
        left, right = shape_of(input1, "input1"), shape_of(input2, "input2")
        if len(left) != len(right) or not left:
            raise ShapeMismatch(f"Bilinear expects inputs of the same rank, got rank {len(left)} and {len(right)}")
        expect_size("Bilinear", "features of input1", first, left[-1])
        expect_size("Bilinear", "features of input2", second, right[-1])
        for one, other in zip(left[:-1], right[:-1], strict=True):
            expect_size("Bilinear", "as a leading size of input2", one, other)
        return (*broadcast(left[:-1], right[:-1]), outputs)

    return Built(
        weights={
            "weight": axes(out_features=outputs, in1_features=first, in2_features=second),
            "bias": axes(out_features=outputs) if bias else None,
        },
        attributes={"in1_features": first, "in2_features": second, "out_features": outputs},
        forward=forward,
        macs=lambda input, output: per_sample(output, first * second),
    )
