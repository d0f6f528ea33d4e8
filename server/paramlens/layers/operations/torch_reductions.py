"""Reductions, sorting and statistics of torch."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import Any

from paramlens.layers.operations.arithmetic import elementwise
from paramlens.layers.operations.naming import torch_operation, words
from paramlens.layers.operations.rearranging import along, size_along
from paramlens.layers.operations.reductions import cumulative, reduce_tensor
from paramlens.layers.operations.tensors import (
    as_size,
    as_tensor,
    dtype_name,
    elements_of,
    known_bool,
    known_int,
    make,
    same,
    sequence,
)
from paramlens.shapes import Size
from paramlens.values import Reason, TensorValue, Unknown

METHOD = "torch.Tensor"
Pair = tuple[TensorValue, TensorValue]


def _declare_reduction(name: str) -> None:
    @torch_operation(name)
    def declared(
        input: TensorValue, dim: Any = None, keepdim: Any = False, *, dtype: Any = None, **n: Any
    ) -> TensorValue:
        return reduce_tensor(as_tensor(input), _axes(dim), keepdim, name=name, dtype=dtype_name(dtype))


def _axes(dim: Any) -> Any:
    """No axes at all mean every axis."""
    return None if sequence(dim) == () else dim


for _name in words("sum mean prod nansum nanmean amax amin all any argmax argmin count_nonzero"):
    _declare_reduction(_name)


@torch_operation("logsumexp")
def logsumexp(input: TensorValue, dim: Any, keepdim: Any = False) -> TensorValue:
    return reduce_tensor(as_tensor(input), dim, keepdim)


@torch_operation("std var")
def spread(input: TensorValue, dim: Any = None, unbiased: Any = None, keepdim: Any = False, **n: Any) -> TensorValue:
    """std(input, unbiased) and std(input, dim, unbiased, keepdim), where a bool in second place is `unbiased`."""
    axes = None if isinstance(dim, bool) else _axes(dim)
    return reduce_tensor(as_tensor(input), axes, keepdim, name="std")


@torch_operation("std_mean var_mean", "torch")
def spread_and_mean(input: TensorValue, dim: Any = None, unbiased: Any = None, keepdim: Any = False, **n: Any) -> Pair:
    result = spread(input, dim, unbiased, keepdim)
    return result, same(result)


@torch_operation("norm")
def norm(
    input: TensorValue, p: Any = "fro", dim: Any = None, keepdim: Any = False, out: Any = None, dtype: Any = None
) -> Any:
    return reduce_tensor(as_tensor(input), _axes(dim), keepdim)


def _declare_extreme(name: str) -> None:
    @torch_operation(name)
    def declared(input: TensorValue, dim: Any = None, keepdim: Any = False, *, other: Any = None, **n: Any) -> Any:
        """Of all numbers; (values, indices) along an axis; or the larger of two tensors."""
        x = as_tensor(input)
        second = dim if isinstance(dim, TensorValue) else other
        if isinstance(second, TensorValue):
            return elementwise(x, second, kind="torch", dtype=x.dtype if x.dtype == second.dtype else None)
        if dim is None:
            return reduce_tensor(x, None, False, name=name)
        return _with_indices(x, dim, keepdim)


def _with_indices(x: TensorValue, dim: Any, keepdim: Any) -> Pair:
    values = reduce_tensor(x, known_int(dim, "the axis"), keepdim)
    return values, values.with_shape(values.shape, dtype="int64")


for _name in ("max", "min"):
    _declare_extreme(_name)


@torch_operation("median nanmedian")
def median(input: TensorValue, dim: Any = None, keepdim: Any = False) -> Any:
    x = as_tensor(input)
    return reduce_tensor(x) if dim is None else _with_indices(x, dim, keepdim)


@torch_operation("mode")
def mode(input: TensorValue, dim: Any = -1, keepdim: Any = False) -> Pair:
    return _with_indices(as_tensor(input), dim, keepdim)


@torch_operation("kthvalue")
def kthvalue(input: TensorValue, k: Any, dim: Any = -1, keepdim: Any = False) -> Pair:
    return _with_indices(as_tensor(input), dim, keepdim)


@torch_operation("aminmax")
def aminmax(input: TensorValue, *, dim: Any = None, keepdim: Any = False) -> Pair:
    least = reduce_tensor(as_tensor(input), dim, keepdim)
    return least, same(least)


@torch_operation("quantile nanquantile")
def quantile(
    input: TensorValue, q: Any, dim: Any = None, keepdim: Any = False, *, interpolation: Any = "linear"
) -> TensorValue:
    """A vector of quantiles comes in front."""
    result = reduce_tensor(as_tensor(input), dim, keepdim)
    levels = as_tensor(q)
    if levels.shape is None or result.shape is None:
        return result.with_shape(None)
    return result.with_shape((*levels.shape, *result.shape))


def _declare_cumulative(name: str) -> None:
    @torch_operation(name)
    def declared(input: TensorValue, dim: Any, *, dtype: Any = None, out: Any = None) -> TensorValue:
        return cumulative(as_tensor(input), known_int(dim, "the axis"), name, dtype_name(dtype))


for _name in ("cumsum", "cumprod"):
    _declare_cumulative(_name)


@torch_operation("cummax cummin")
def cumulated_extreme(input: TensorValue, dim: Any) -> Pair:
    x = as_tensor(input)
    return same(x), x.with_shape(x.shape, dtype="int64")


@torch_operation("sort")
def sort(input: TensorValue, dim: Any = -1, descending: Any = False, stable: Any = False) -> Pair:
    x = as_tensor(input)
    return same(x), x.with_shape(x.shape, dtype="int64")


@torch_operation("argsort")
def argsort(input: TensorValue, dim: Any = -1, descending: Any = False, stable: Any = False) -> TensorValue:
    x = as_tensor(input)
    return x.with_shape(x.shape, dtype="int64")


@torch_operation("msort")
def msort(input: TensorValue) -> TensorValue:
    return same(as_tensor(input))


@torch_operation("topk")
def topk(input: TensorValue, k: Any, dim: Any = -1, largest: Any = True, sorted: Any = True) -> Pair:
    x = as_tensor(input)
    values = same(x) if x.shape == () else along(x, dim, as_size(k))
    return values, values.with_shape(values.shape, dtype="int64")


@torch_operation("unique")
def unique(
    input: TensorValue, sorted: Any = True, return_inverse: Any = False, return_counts: Any = False, dim: Any = None
) -> Any:
    """As many as there are distinct numbers, or distinct slices along `dim`."""
    x = as_tensor(input)
    whole = _whole_numbers(x) if dim is None else None
    if whole is None:
        return _unknown_extras(x, dim, return_inverse, return_counts)
    ascending = _ascending(whole)
    order = ascending if known_bool(sorted) else None  # else in that of a hash table
    positions = {number: position for position, number in enumerate(ascending)}
    inverse = [positions[number] for number in whole]
    counts = list(map(Counter(whole).__getitem__, ascending))
    return _with_extras(x, len(ascending), (order, order and inverse, order and counts), return_inverse, return_counts)


@torch_operation("unique_consecutive")
def unique_consecutive(
    input: TensorValue, return_inverse: Any = False, return_counts: Any = False, dim: Any = None
) -> Any:
    x = as_tensor(input)
    whole = _whole_numbers(x) if dim is None else None
    if whole is None:
        return _unknown_extras(x, dim, return_inverse, return_counts)
    runs = [(number, len(list(run))) for number, run in groupby(whole)]
    inverse = [position for position, (_, length) in enumerate(runs) for _ in range(length)]
    elements = ([number for number, _ in runs], inverse, [length for _, length in runs])
    return _with_extras(x, len(runs), elements, return_inverse, return_counts)


def _whole_numbers(x: TensorValue) -> list[Any] | None:
    """The numbers, when all are whole: whether two fractions are equal hangs on how the framework rounded them."""
    elements = elements_of(x)
    if elements is None or not all(isinstance(n, int) or (isinstance(n, float) and n.is_integer()) for n in elements):
        return None
    return elements


def _ascending(elements: list[Any]) -> list[Any]:
    return sorted(set(elements))


def _with_extras(
    x: TensorValue, count: int, elements: tuple[Any, Any, Any], return_inverse: Any, return_counts: Any
) -> Any:
    values, inverse, counts = elements
    result = [make((count,), x.kind, x.dtype, values)]
    if known_bool(return_inverse):
        result.append(make(x.shape, x.kind, "int64", inverse))
    if known_bool(return_counts):
        result.append(make((count,), x.kind, "int64", counts))
    return tuple(result) if len(result) > 1 else result[0]


def _unknown_extras(x: TensorValue, dim: Any, return_inverse: Any, return_counts: Any) -> Any:
    result = [x.with_shape((None,)) if dim is None else along(x, dim, None)]
    if known_bool(return_inverse):
        result.append(TensorValue(x.shape if dim is None else (size_along(x, dim),), dtype="int64"))
    if known_bool(return_counts):
        result.append(TensorValue((None,), dtype="int64"))
    return tuple(result) if len(result) > 1 else result[0]


@torch_operation("bincount")
def bincount(input: TensorValue, weights: Any = None, minlength: Any = 0) -> TensorValue:
    return TensorValue((None,), dtype="int64" if weights is None else None)


@torch_operation("histc")
def histc(input: TensorValue, bins: Any = 100, min: Any = 0, max: Any = 0) -> TensorValue:
    return as_tensor(input).with_shape((as_size(bins),))


@torch_operation("histogram")
def histogram(input: TensorValue, bins: Any, **named: Any) -> Pair:
    size: Size = as_size(bins) if not isinstance(bins, TensorValue) else None
    edges = None if size is None else size + 1
    return make((size,), "torch"), make((edges,), "torch")


@torch_operation("searchsorted", "torch")
def searchsorted(sorted_sequence: Any, input: Any, **named: Any) -> TensorValue:
    return make(as_tensor(input).shape, "torch", "int64")


@torch_operation("bucketize", "torch")
def bucketize(input: Any, boundaries: Any, **named: Any) -> TensorValue:
    return make(as_tensor(input).shape, "torch", "int64")


@torch_operation("diff")
def diff(input: TensorValue, n: Any = 1, dim: Any = -1, prepend: Any = None, append: Any = None) -> TensorValue:
    """Each step makes the axis one shorter; what is prepended and appended makes it longer."""
    x = as_tensor(input)
    size = size_along(x, dim)
    for extra in (prepend, append):
        longer = None if extra is None else size_along(as_tensor(extra), dim)
        if extra is not None:
            size = None if size is None or longer is None else size + longer
    steps = as_size(n)
    elements = elements_of(x)
    if elements is not None and x.shape is not None and len(x.shape) == 1 and steps == 1 and prepend is append is None:
        differences = [after - before for before, after in pairwise(elements)]
        return make((len(differences),), x.kind, x.dtype, differences)
    if size is None or steps is None:
        return along(x, dim, None)
    return along(x, dim, max(0, size - steps) if isinstance(size - steps, int) else size - steps)


@torch_operation("trapezoid trapz", "torch")
def trapezoid(y: TensorValue, x: Any = None, *, dx: Any = None, dim: Any = -1) -> TensorValue:
    return reduce_tensor(as_tensor(y), dim)


@torch_operation("equal allclose")
def compared(input: TensorValue, other: Any, *arguments: Any, **named: Any) -> Any:
    """A Python bool that depends on the numbers."""
    return Unknown(Reason.DATA_DEPENDENT, "the comparison of tensors")


@torch_operation("corrcoef cov")
def covariance(input: TensorValue, **named: Any) -> TensorValue:
    x = as_tensor(input)
    if x.shape is None:
        return x.with_shape(None)
    return x.with_shape((x.shape[0],) * 2 if len(x.shape) == 2 else ())


@torch_operation("dist")
def distance(input: TensorValue, other: Any, p: Any = 2) -> TensorValue:
    return as_tensor(input).with_shape(())


@torch_operation("cdist", "torch")
def cdist(x1: TensorValue, x2: TensorValue, p: Any = 2.0, compute_mode: Any = None) -> TensorValue:
    """(…, n, d) and (…, m, d) → (…, n, m)"""
    a, b = as_tensor(x1), as_tensor(x2)
    if not a.shape or not b.shape:
        return TensorValue(None)
    batch = elementwise(a.with_shape(a.shape[:-2]), b.with_shape(b.shape[:-2])).shape
    return a.with_shape((*(batch or ()), a.shape[-2], b.shape[-2]))
