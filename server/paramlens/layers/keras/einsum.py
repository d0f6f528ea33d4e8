"""The equation of `EinsumDense`: shapes of kernel, bias and output."""

from __future__ import annotations

import re
from typing import Any

from paramlens.layers.declare import Axes
from paramlens.layers.keras.arguments import known, refused
from paramlens.shapes import Shape, ShapeMismatch, Size, same_size
from paramlens.values import Reason, undetermined

_FORMS = (
    re.compile(r"(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)"),
    re.compile(r"0(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->0(?P<output>[a-zA-Z]+)"),
    re.compile(r"(?P<input>[a-zA-Z]{2,})0,(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)0"),
)


def labels(equation: Any) -> tuple[str, str, str, bool]:
    """Labels of input, kernel and output, and whether an ellipsis stands before them."""
    known(equation)
    if not isinstance(equation, str):
        raise refused(f"EinsumDense expects a string for equation, got {equation!r}")
    for form in _FORMS:
        found = form.match(equation.replace("...", "0"))
        if found:
            return found["input"], found["kernel"], found["output"], found.group().startswith("0")
    raise refused(f"EinsumDense expects an equation such as ab,bc->ac, got {equation}")


def einsum_dense_shapes(equation: Any, bias_axes: Any, shape: Shape, target: Any) -> tuple[Axes, Axes | None, Shape]:
    """Kernel, bias and output shape for an input shape and the argument `output_shape` (without the batch axis)."""
    given, kernel, result, elided_left = labels(equation)
    known(target)
    elided = len(shape) - len(given)
    output = _full_output(shape, target, elided, elided_left)
    input_sizes = _sizes_by_label(given, shape, elided if elided_left else 0)
    output_sizes = _sizes_by_label(result, output, elided if elided_left else 0)
    for label in given:
        wanted = output_sizes.get(label)
        if wanted is not None and (input_sizes[label] is None or same_size(wanted, input_sizes[label]) is False):
            raise ShapeMismatch(
                f"EinsumDense expects {wanted} for axis {label} of {equation}, got {input_sizes[label]}"
            )
    for label in result:
        if label not in given and label not in kernel:
            raise refused(f"EinsumDense expects axis {label} of the output in the input or the kernel of {equation}")
    kernel_sizes = []
    for label in kernel:
        if label not in output_sizes and label not in input_sizes:
            raise refused(f"EinsumDense expects axis {label} of the kernel in the input or the output of {equation}")
        size = output_sizes[label] if label in output_sizes else input_sizes[label]
        if size is None:
            raise undetermined(Reason.UNKNOWN_ARGUMENT, f"the size of axis {label} of {equation}")
        kernel_sizes.append(size)
    bias = None if bias_axes is None else _bias(bias_axes, result, output_sizes, 0 if elided_left else elided)
    return Axes(tuple(kernel), tuple(kernel_sizes)), bias, output


def _full_output(shape: Shape, target: Any, elided: int, elided_left: bool) -> Shape:
    """The output shape with the batch axis and the axes that the ellipsis stands for."""
    rest = target if isinstance(target, tuple) else (target,)
    if elided <= 0:
        return (shape[0], *rest)
    if elided_left:
        between = shape[1:elided]
        if len(set(between)) > 1:  # Keras itself gives them in reverse for symbolic inputs and in order for data
            between = (None,) * len(between)
        return (shape[0], *between, *rest)
    return (shape[0], *rest, *shape[len(shape) - elided :])


def _sizes_by_label(names: str, shape: Shape, offset: int) -> dict[str, Size]:
    if offset < 0 or offset + len(names) > len(shape):
        raise ShapeMismatch(f"EinsumDense expects {len(names)} axes for {names}, got {len(shape) - offset}")
    return {name: shape[offset + index] for index, name in enumerate(names)}


def _bias(bias_axes: Any, result: str, output_sizes: dict[str, Size], trailing: int) -> Axes:
    """One size per output axis from the first that has a bias on; 1 for those that share it."""
    if not isinstance(bias_axes, str) or not bias_axes or any(label not in result for label in bias_axes):
        raise refused(f"EinsumDense expects bias_axes among the output axes {result}, got {bias_axes!r}")
    spanned = result[min(result.find(label) for label in bias_axes) :]
    sizes: list[Size] = []
    for label in spanned:
        size = output_sizes[label] if label in bias_axes else 1
        if size is None:
            raise undetermined(Reason.UNKNOWN_ARGUMENT, f"the size of axis {label}")
        sizes.append(size)
    ones = max(trailing, 0)
    return Axes((*spanned, *("1",) * ones), (*sizes, *(1,) * ones))
