"""Whether the first axis of a Keras tensor still holds the samples, whose number is not known, after an operation."""

from __future__ import annotations

from collections.abc import Sequence

from paramlens.dims import Dim, product, total
from paramlens.shapes import Shape
from paramlens.values import TensorValue

_RESHAPES = frozenset(("reshape", "view", "ravel", "flatten", "rearrange", "unflatten"))
_JOINS = frozenset(("concatenate", "concat", "append"))
_CHOICES = frozenset(
    (
        *("repeat", "tile", "indexing", "getitem", "take", "gather", "split", "array_split", "pad", "boolean_mask"),
        *("compress", "extract", "slice", "dynamic_slice", "take_along_axis", "delete", "insert", "resize"),
    )
)
_MIXES = frozenset(("outer", "kron", "tensordot", "einsum", "meshgrid", "unique", "nonzero", "argwhere", "reduce"))


def are_mixed(name: str, given: Sequence[TensorValue], made: TensorValue) -> bool:
    """Whether the first axis of a result may be another one than that of the samples."""
    if any(tensor.mixed for tensor in given):
        return True
    shapes = [tensor.shape for tensor in given if tensor.shape and None in tensor.shape]
    if not shapes:
        return False
    if made.shape is None:
        return True
    if None not in made.shape:
        return False
    short = name.removeprefix("operator ").rpartition(".")[2]
    if any(shape[0] is not None or None in shape[1:] for shape in shapes):
        return not (short not in _RESHAPES | _JOINS | _CHOICES | _MIXES and made.shape in shapes)
    return made.shape[0] is not None or None in made.shape[1:] or not _keeps(short, shapes, made.shape)


def _keeps(name: str, given: Sequence[Shape], made: Shape) -> bool:
    """Of tensors whose first axis alone is not known: whether a result of that kind has the same one there."""
    if name in _RESHAPES:
        return _of_one(made) == _of_one(given[0])
    if name in _JOINS:  # else the samples of one follow those of the other
        return _of_one(made) == total([_of_one(shape) for shape in given])
    if name in _CHOICES:  # else there may be more or fewer of them
        return _of_one(made) != _of_one(given[0])
    return name not in _MIXES


def _of_one(shape: Shape) -> Dim:
    return product([size for size in shape[1:] if size is not None])
