"""Results of torch, TensorFlow and numpy functions that are tuples with names: `x.max(dim=1).values`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paramlens.layers.operations.naming import words
from paramlens.values import Value

_VALUES_AND_INDICES = ("values", "indices")
_TORCH: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(words("max min median nanmedian mode kthvalue sort topk cummax cummin"), _VALUES_AND_INDICES),
    "aminmax": ("min", "max"),
    "frexp": ("mantissa", "exponent"),
    "histogram": ("hist", "bin_edges"),
}
_TORCH_LINALG: dict[str, tuple[str, ...]] = {
    "slogdet": ("sign", "logabsdet"),
    "qr": ("Q", "R"),
    "eig": ("eigenvalues", "eigenvectors"),
    "eigh": ("eigenvalues", "eigenvectors"),
}
FIELDS: dict[str, tuple[str, ...]] = {
    **{f"{where}.{name}": fields for where in ("torch", "torch.Tensor") for name, fields in _TORCH.items()},
    **{
        f"{where}.{name}": fields
        for where in ("torch", "torch.Tensor", "torch.linalg", "numpy.linalg")
        for name, fields in _TORCH_LINALG.items()
    },
    "torch.svd": ("U", "S", "V"),
    "torch.Tensor.svd": ("U", "S", "V"),
    "torch.linalg.svd": ("U", "S", "Vh"),
    "numpy.linalg.svd": ("U", "S", "Vh"),
    "tensorflow.nn.top_k": _VALUES_AND_INDICES,
    "tensorflow.math.top_k": _VALUES_AND_INDICES,
    "keras.ops.top_k": _VALUES_AND_INDICES,
    "tensorflow.unique": ("y", "idx"),
    "tensorflow.unique_with_counts": ("y", "idx", "count"),
}


class NamedResult(tuple[Any, ...]):
    """A tuple whose items can be asked for by name too."""

    fields: tuple[str, ...]

    def __new__(cls, items: Iterable[Value], fields: tuple[str, ...]) -> NamedResult:
        made = super().__new__(cls, items)
        made.fields = fields
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self.fields


def named(operation: str, result: Value) -> Value:
    """The result of an operation with the names that its items have there, if they have."""
    fields = FIELDS.get(operation)
    if fields is None or type(result) is not tuple or len(result) != len(fields):
        return result
    return NamedResult(result, fields)
