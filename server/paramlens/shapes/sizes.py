"""What a size and a shape are, how they are counted and written, and how axes are numbered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from paramlens.dims import Dim, Sym, compare, product

Size: TypeAlias = int | Sym | None
"""A number of positions along one axis; None when it is not known (say, Keras' batch size)."""

Shape: TypeAlias = tuple[Size, ...]

DTYPE_BYTES: dict[str, int] = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "int32": 4,
    "uint32": 4,
    "int64": 8,
    "uint64": 8,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}
"""Bytes of one element, by the dtype's name without its module."""


class ShapeMismatch(Exception):
    """The sizes cannot fit, whatever the unknowns are. The message states the requirement, then the fact.

    `argument` names the constructor's argument that is wrong, where one alone is: it is `expected` and should be
    `actual`. `made_at` is where that constructor is called. `missing`: None stands in the place of a size.
    """

    def __init__(
        self,
        message: str,
        *,
        argument: str = "",
        expected: int | None = None,
        actual: int | None = None,
        missing: bool = False,
    ) -> None:
        super().__init__(message)
        self.argument, self.expected, self.actual, self.missing = argument, expected, actual, missing
        self.made_at: Any = None


def element_count(shape: Shape) -> Dim | None:
    """The product of the sizes; None when one is unknown (0 all the same when another is 0)."""
    known = [size for size in shape if size is not None]
    count = product(known)
    if len(known) == len(shape) or (isinstance(count, int) and count == 0):
        return count
    return None


def bytes_of(count: Dim | None, dtype: str | None) -> Dim | None:
    """Memory of `count` elements in bytes; None when the count or the dtype is not known."""
    width = None if dtype is None else DTYPE_BYTES.get(dtype)
    return None if count is None or width is None else count * width


def normalize_axis(axis: int, rank: int) -> int:
    """The axis counted from the front: −rank … rank − 1 becomes 0 … rank − 1."""
    if not -rank <= axis < rank:
        span = f"from {-rank} to {rank - 1}" if rank else "of a tensor with axes"
        raise ShapeMismatch(f"expects an axis {span}, got {axis}")
    return axis % rank


def normalize_axes(axes: int | Iterable[int], rank: int) -> tuple[int, ...]:
    """Several axes counted from the front, in the order given. Repeated axes are a mismatch."""
    found = tuple(normalize_axis(axis, rank) for axis in ((axes,) if isinstance(axes, int) else axes))
    if len(set(found)) != len(found):
        raise ShapeMismatch(f"expects different axes, got {list(found)}")
    return found


def same_size(left: Size, right: Size) -> bool | None:
    """Whether two sizes are equal: True certainly, False certainly not, None not known."""
    if left is None or right is None:
        return None
    return compare(left, "==", right)


def merge_sizes(left: Size, right: Size) -> Size:
    """The better known of two sizes that must be equal. Raises ShapeMismatch when they cannot be."""
    if left is None or right is None:
        return right if left is None else left
    if same_size(left, right) is False:
        raise ShapeMismatch(f"expects {written_size(left)}, got {written_size(right)}")
    return left if isinstance(left, int) or not isinstance(right, int) else right


def at_least(size: Size, least: int) -> bool | None:
    """Whether size ≥ least, when known."""
    return None if size is None else compare(size, ">=", least)


def written_size(size: Size) -> str:
    """`?` for an unknown size."""
    return "?" if size is None else str(size)


def written_shape(shape: Sequence[Size]) -> str:
    """`(?, 28, 28, in_planes//4)`; one size is written `(3,)`, as Python would."""
    inner = ", ".join(written_size(size) for size in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"
