"""Sums of products: matrix multiplication and Einstein notation."""

from __future__ import annotations

from paramlens.shapes.combining import broadcast, broadcast_sizes
from paramlens.shapes.sizes import Shape, ShapeMismatch, Size, merge_sizes, same_size, written_shape, written_size

_ELLIPSIS = "..."


def matmul(left: Shape, right: Shape) -> Shape:
    """(…, n, k) @ (…, k, m) → (…, n, m), the other axes broadcast; a vector counts as one row or one column."""
    if not left or not right:
        raise ShapeMismatch(f"expects tensors with axes, got {written_shape(left)} and {written_shape(right)}")
    inner = right[-2] if len(right) > 1 else right[0]
    if same_size(left[-1], inner) is False:
        raise ShapeMismatch(
            f"expects {written_size(left[-1])} rows in the second factor, got {written_size(inner)} "
            f"({written_shape(left)} @ {written_shape(right)})"
        )
    rows = left[-2:-1]
    columns = right[-1:] if len(right) > 1 else ()
    return (*broadcast(left[:-2], right[:-2]), *rows, *columns)


def einsum(equation: str, *shapes: Shape) -> Shape:
    """The shape of `einsum(equation, …)`: ellipses broadcast; without `->` the labels that occur once, sorted."""
    inputs, output = _parse(equation, len(shapes))
    sizes: dict[str, Size] = {}
    ellipsis: Shape = ()
    for labels, shape in zip(inputs, shapes, strict=True):
        named, rest = _label(labels, shape)
        ellipsis = broadcast(ellipsis, rest)
        for label, size in named.items():
            try:
                sizes[label] = broadcast_sizes(sizes[label], size) if label in sizes else size
            except ShapeMismatch:
                raise ShapeMismatch(
                    f"expects {written_size(sizes[label])} for {label} in {equation!r}, got {written_size(size)}"
                ) from None
    result: list[Size] = []
    for label in output:
        if label != _ELLIPSIS and label not in sizes:
            raise ShapeMismatch(f"expects output labels that occur in the inputs, got {label} in {equation!r}")
        result.extend(ellipsis if label == _ELLIPSIS else (sizes[label],))
    return tuple(result)


def _parse(equation: str, operands: int) -> tuple[list[list[str]], list[str]]:
    """Labels of each operand and of the output, with `...` as one label."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    inputs = [_labels(part, equation) for part in left.split(",")]
    if len(inputs) != operands:
        raise ShapeMismatch(f"expects {len(inputs)} operands for {equation!r}, got {operands}")
    if arrow:
        output = _labels(right, equation)
        if len(set(output)) != len(output):
            raise ShapeMismatch(f"expects different output labels, got {equation!r}")
        return inputs, output
    every = [label for labels in inputs for label in labels]
    once = sorted(label for label in set(every) if label != _ELLIPSIS and every.count(label) == 1)
    return inputs, [_ELLIPSIS, *once] if _ELLIPSIS in every else once


def _labels(part: str, equation: str) -> list[str]:
    before, dots, after = part.partition(_ELLIPSIS)
    labels = [*before, *((_ELLIPSIS,) if dots else ()), *after]
    if any(label != _ELLIPSIS and not (label.isascii() and label.isalpha()) for label in labels):
        raise ShapeMismatch(f"expects letters and at most one ellipsis per operand, got {equation!r}")
    return labels


def _label(labels: list[str], shape: Shape) -> tuple[dict[str, Size], Shape]:
    """The size of each label of one operand, and the axes that its ellipsis stands for."""
    count = len(labels) - (_ELLIPSIS in labels)
    if count > len(shape) or (_ELLIPSIS not in labels and count != len(shape)):
        raise ShapeMismatch(f"expects rank {count} for {''.join(labels)!r}, got {written_shape(shape)}")
    place = labels.index(_ELLIPSIS) if _ELLIPSIS in labels else count
    covered = len(shape) - count
    axes = (*shape[:place], *shape[place + covered :])
    named: dict[str, Size] = {}
    for label, size in zip((label for label in labels if label != _ELLIPSIS), axes, strict=True):
        named[label] = merge_sizes(named[label], size) if label in named else size
    return named, shape[place : place + covered]
