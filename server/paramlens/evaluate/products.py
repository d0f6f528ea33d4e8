"""Multiply-adds of products that are no layer's: `q @ k`, `F.conv2d`, fused attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paramlens.dims import Dim, product
from paramlens.shapes import Shape

_MATRIX = ("@", "matmul", "mm", "bmm", "mv", "dot", "vdot", "linear")
_CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
_TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
_NOT_COUNTED = frozenset(
    (
        *("einsum", "tensordot", "inner", "outer", "ger", "kron", "multi_dot", "chain_matmul", "matrix_power"),
        *("addmm", "baddbmm", "addbmm", "addmv", "addr", "bilinear", "cdist", "conv_tbc", "vecdot"),
        *("multi_head_attention_forward", "dot_product_attention", "lstm", "gru", "lstm_cell", "gru_cell"),
        *("conv", "conv_transpose", "convolution", "depthwise_conv", "separable_conv"),
    )
)


def product_macs(name: str, given: Sequence[Shape | None], made: Shape | None) -> tuple[Dim | None] | None:
    """The multiply-adds of an operation over the whole batch, (None,) where they are not known; None for an operation
    that is no product of tensors."""
    short = name.removeprefix("operator ").rpartition(".")[2].rstrip("_")
    rule = _RULES.get(short)
    if rule is None:
        return (None,) if short in _NOT_COUNTED else None
    if made is None or len(given) < 2 or None in given:
        return (None,)
    return (rule([shape for shape in given if shape is not None], made),)


def _matrix(given: Sequence[Shape], made: Shape) -> Dim | None:
    """Every number of the result sums as many products as the first factor has columns."""
    return all_of((*made, given[0][-1])) if given[0] and given[1] else None


def _convolution(given: Sequence[Shape], made: Shape) -> Dim | None:
    return all_of((*made, *given[1][1:]))


def _transposed(given: Sequence[Shape], made: Shape) -> Dim | None:
    return all_of((*given[0], *given[1][1:]))


def _attention(given: Sequence[Shape], made: Shape) -> Dim | None:
    """Scores, queries · keys · features, and their use, queries · keys · features of the value; masked ones too."""
    if len(given) < 3 or len(given[1]) < 2:
        return None
    scores, use = all_of((*given[0], given[1][-2])), all_of((*made, given[1][-2]))
    return None if scores is None or use is None else scores + use


def all_of(sizes: Sequence[Dim | None]) -> Dim | None:
    """The product of the sizes; None where one is not known."""
    known = [size for size in sizes if size is not None]
    return product(known) if len(known) == len(sizes) else None


_RULES: dict[str, Callable[[Sequence[Shape], Shape], Dim | None]] = {
    **dict.fromkeys(_MATRIX, _matrix),
    **dict.fromkeys(_CONVOLUTIONS, _convolution),
    **dict.fromkeys(_TRANSPOSED, _transposed),
    "scaled_dot_product_attention": _attention,
}
