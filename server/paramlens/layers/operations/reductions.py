"""Sums, means, maxima and the like, as all libraries share them; the numbers where they are exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from paramlens.dims import Sym
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.tensors import (
    elements_of,
    known_bool,
    known_ints,
    make,
    plain,
)
from paramlens.shapes import Shape, element_count, normalize_axes, reduce_axes
from paramlens.values import TensorValue, Undetermined, Unknown

Fold = Callable[[Sequence[Any]], Any]

EXACT: dict[str, Fold] = {
    "sum": sum,
    "prod": math.prod,
    "max": max,
    "min": min,
    "amax": max,
    "amin": min,
    "all": all,
    "any": any,
    "argmax": lambda items: items.index(max(items)),
    "argmin": lambda items: items.index(min(items)),
    "count_nonzero": lambda items: sum(item != 0 for item in items),
    "mean": lambda items: float(sum(items)) / len(items),
    "ptp": lambda items: max(items) - min(items),
}
"""Folds over elements. Sums, products and means of floats depend on the order of additions, and are left out there."""

_ORDER_DEPENDENT = frozenset({"sum", "prod", "mean"})


def result_dtype(name: str, dtype: str | None, kind: str) -> str | None:
    """The dtype that a reduction of this name gives to an input of `dtype`."""
    if name in ("argmax", "argmin", "nanargmax", "nanargmin", "count_nonzero"):
        return "int64"
    if name in ("all", "any"):
        return "bool"
    if name in ("sum", "prod", "nansum", "nanprod") and (dtype == "bool" or dtype in numbers.INTEGERS):
        return "int64"
    if kind != "torch" and name in ("mean", "std", "var", "median", "average") and dtype in (*numbers.INTEGERS, "bool"):
        return "float64" if kind == "numpy" else "float32"
    return dtype


def reduce_tensor(
    x: TensorValue, axes: Any = None, keepdims: Any = False, *, name: str = "", dtype: str | None = None
) -> TensorValue:
    """The reduction `name` over `axes` (None: all of them)."""
    dtype = dtype or result_dtype(name, x.dtype, x.kind)
    if isinstance(axes, Unknown):
        raise Undetermined(axes)
    chosen = None if axes is None else known_ints(axes, "the axis")
    keep = known_bool(keepdims)
    if x.shape is None or (isinstance(x.data, Sym) and chosen):  # a formula of what may be an array
        return x.with_shape(() if chosen is None and not keep else None, dtype=dtype)
    if not x.shape and chosen is not None and set(chosen) <= {0, -1}:
        chosen = ()  # torch admits axis 0 and −1 of a scalar
    shape = reduce_axes(x.shape, chosen, keep)
    return make(shape, x.kind, dtype, _folded(x, chosen, name, dtype), x.reason)


def reduce_plain(x: TensorValue, axes: Any = None, keepdims: Any = False, *, name: str = "") -> Any:
    """As `reduce_tensor`, but a bare number for a known numpy scalar."""
    return plain(reduce_tensor(x, axes, keepdims, name=name))


def _folded(x: TensorValue, axes: tuple[int, ...] | None, name: str, dtype: str | None) -> list[Any] | None:
    elements, fold = elements_of(x), EXACT.get(name)
    if not elements or fold is None or x.shape is None:
        return None
    if name in _ORDER_DEPENDENT and not _exactly_summed(elements, name, dtype):
        return None
    if any(isinstance(element, Sym) for element in elements) and name not in ("sum", "prod"):
        return None
    groups = _groups(elements, x.shape, axes)
    return None if groups is None else numbers.apply(fold, groups)


def _exactly_summed(elements: Sequence[Any], name: str, dtype: str | None) -> bool:
    """Whether rounding cannot depend on the order: integers, and floats that are small integers."""
    small = all(not isinstance(e, (float, complex)) or (isinstance(e, float) and e.is_integer()) for e in elements)
    if not small or any(isinstance(e, Sym) for e in elements):
        return small and name != "mean" and dtype in numbers.INTEGERS
    bound = 2**53 if dtype == "float64" else 2**24
    if dtype in numbers.INTEGERS:
        return True
    magnitude = (
        math.prod(max(1, abs(int(e))) for e in elements) if name == "prod" else sum(abs(int(e)) for e in elements)
    )
    return magnitude < bound


def _groups(elements: Sequence[Any], shape: Shape, axes: tuple[int, ...] | None) -> list[list[Any]] | None:
    """The elements that each number of the result is made of."""
    sizes = [size for size in shape if isinstance(size, int)]
    gone = set(range(len(sizes))) if axes is None else set(normalize_axes(axes, len(sizes)))
    found: dict[tuple[int, ...], list[Any]] = {}
    for offset, element in enumerate(elements):
        place, rest = [], offset
        for size in reversed(sizes):
            place.append(rest % size)
            rest //= size
        key = tuple(position for axis, position in enumerate(reversed(place)) if axis not in gone)
        found.setdefault(key, []).append(element)
    return list(found.values())


def cumulative(x: TensorValue, axis: Any, name: str, dtype: str | None = None) -> TensorValue:
    """`cumsum` and `cumprod`; without an axis the tensor is flattened first, as in numpy."""
    dtype = dtype or result_dtype("sum", x.dtype, x.kind)
    elements = elements_of(x)
    shape: Shape | None
    if axis is None:
        shape = (None,) if x.shape is None else (element_count(x.shape),)
    else:
        if isinstance(axis, Unknown):
            raise Undetermined(axis)
        shape = x.shape
        if shape is not None and shape != ():
            normalize_axes(known_ints(axis), len(shape))
    if elements is None or x.shape is None or len(x.shape) != 1 or not _exactly_summed(elements, name[3:], dtype):
        return make(shape, x.kind, dtype, None, x.reason)
    fold = sum if name == "cumsum" else math.prod
    running = [fold(elements[: index + 1]) for index in range(len(elements))] if len(elements) <= 500 else None
    return make(shape, x.kind, dtype, running)
