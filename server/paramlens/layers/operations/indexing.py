"""`tensor[index]` for torch, numpy and Keras tensors: integers, slices, `...`, `None`, index arrays and masks."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Sym, compare
from paramlens.layers.operations.tensors import as_tensor, elements_of, make, plain, sequence
from paramlens.shapes import Shape, ShapeMismatch, Size, broadcast, same_size, slice_length
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, Value, undetermined


def index_value(tensor: TensorValue, index: Value) -> Value:
    """`tensor[index]`: a tensor, or a bare number for a known element of a numpy array.

    Raises Undetermined when not even the rank of the result can be known, ShapeMismatch for a certain IndexError.
    """
    if tensor.shape is None:
        return tensor.with_shape(None)
    if tensor.kind == "numpy" and isinstance(index, str):  # a field of a structured array
        raise undetermined(Reason.UNSUPPORTED, "a field of a structured array")
    shape = index_tensor(tensor.shape, index, kind=tensor.kind)
    return plain(make(shape, tensor.kind, tensor.dtype, _picked(tensor, index), tensor.reason))


def index_tensor(shape: Shape, index: Value, kind: str = "torch") -> Shape:
    """The shape of `tensor[index]`. A mask gives an axis of unknown length.

    Raises Undetermined where an index is not known well enough to tell the rank.
    """
    if kind == "torch" and not isinstance(index, tuple) and _is_nested(index):
        # torch reads it as a tuple or as an array, depending on its version
        raise undetermined(Reason.UNSUPPORTED, "a list of lists as an index")
    entries = _entries(index)
    consumed = sum(_axes_consumed(entry) for entry in entries)
    if consumed > len(shape):
        raise ShapeMismatch(f"expects at most {len(shape)} indices, got {consumed}")
    if not any(entry is Ellipsis for entry in entries):
        entries.append(Ellipsis)
    return _Result(shape, kind).of(entries, len(shape) - consumed)


class _Result:
    """The axes of the result while the index is read from left to right."""

    def __init__(self, shape: Shape, kind: str) -> None:
        self.shape = shape
        self.kind = kind
        self.axis = 0
        self.sizes: list[Size] = []
        self.arrays: list[Shape] = []
        self.places: list[int] = []  # positions in the index of what numpy counts as an index array
        self.first: int | None = None  # where in the result the first array stands

    def of(self, entries: list[Any], covered: int) -> Shape:
        position = 0
        for entry in entries:
            if entry is Ellipsis:
                self.sizes.extend(self.shape[self.axis : self.axis + covered])
                self.axis += covered
                position += 1
            elif entry is None:
                self.sizes.append(1)
                position += 1
            elif isinstance(entry, slice):
                self.sizes.append(_sliced(self.shape[self.axis], entry))
                self.axis += 1
                position += 1
            elif isinstance(entry, (int, Sym)) and not isinstance(entry, bool):
                _check_range(self.shape[self.axis], entry, self.axis)
                self.axis += 1
                if self.kind != "torch":  # torch takes integers out first, one axis at a time
                    self._note(position)
                    position += 1
            else:
                self._array(entry, position)
                position += 1
        if not self.arrays:
            return tuple(self.sizes)
        return self._with_arrays()

    def _note(self, position: int) -> None:
        self.places.append(position)
        if self.first is None:
            self.first = len(self.sizes)

    def _array(self, entry: Any, position: int) -> None:
        array = _index_array(entry)
        assert array.shape is not None
        self._note(position)
        if array.dtype == "bool":
            for mask_size, size in zip(array.shape, self.shape[self.axis :], strict=False):
                if same_size(mask_size, size) is False and not isinstance(size, Sym) and not isinstance(mask_size, Sym):
                    raise ShapeMismatch(f"expects a mask of size {size} on axis {self.axis}, got {mask_size}")
            self.arrays.append((_count_true(array),))
            self.axis += len(array.shape)
        else:
            self.arrays.append(array.shape)
            self.axis += 1

    def _with_arrays(self) -> Shape:
        """Index arrays broadcast; their axes stand at the first one's place, or in front when they are not adjacent."""
        joined = broadcast(*self.arrays)
        adjacent = self.places == list(range(self.places[0], self.places[0] + len(self.places)))
        place = self.first if adjacent and self.first is not None else 0
        return (*self.sizes[:place], *joined, *self.sizes[place:])


def _is_nested(index: Value) -> bool:
    return any(sequence(item) is not None for item in sequence(index) or ())


def _entries(index: Value) -> list[Any]:
    """The items of an index; lists become index arrays."""
    entries = list(index) if isinstance(index, tuple) else [index]
    return [_entry(entry) for entry in entries]


def _entry(entry: Any) -> Any:
    if isinstance(entry, Unknown):
        raise Undetermined(entry)
    if entry is None or entry is Ellipsis or isinstance(entry, (bool, int, Sym, slice)):
        return entry
    if isinstance(entry, TensorValue):
        if entry.shape is None:
            raise Undetermined(entry.reason or Unknown(Reason.DATA_DEPENDENT, "the index"))
        if entry.shape == () and isinstance(entry.data, (int, Sym)) and not isinstance(entry.data, bool):
            return entry.data
        return entry
    if sequence(entry) is not None:
        return as_tensor(entry, "numpy")
    raise undetermined(Reason.UNSUPPORTED, "this index")


def _axes_consumed(entry: Any) -> int:
    if entry is None or entry is Ellipsis or isinstance(entry, bool):
        return 0
    if isinstance(entry, (int, Sym, slice)):
        return 1
    array = _index_array(entry)
    return len(array.shape or ()) if array.dtype == "bool" else 1


def _index_array(entry: Any) -> TensorValue:
    """An index array of known rank and kind (mask or integers)."""
    if isinstance(entry, bool):
        return TensorValue((), kind="numpy", dtype="bool", data=entry)
    array = as_tensor(entry, "numpy")
    if array.shape is None or array.dtype is None:
        raise Undetermined(array.reason or Unknown(Reason.DATA_DEPENDENT, "the index"))
    return array


def _count_true(mask: TensorValue) -> Size:
    elements = elements_of(mask)
    return None if elements is None else sum(bool(element) for element in elements)


def _sliced(size: Size, entry: slice) -> Size:
    bounds = [_bound(bound) for bound in (entry.start, entry.stop, entry.step)]
    if any(bound is _UNKNOWN for bound in bounds):
        return None
    return slice_length(size, *bounds)


_UNKNOWN = object()


def _bound(bound: Any) -> Any:
    if bound is None or (isinstance(bound, (int, Sym)) and not isinstance(bound, bool)):
        return bound
    if isinstance(bound, bool):
        return int(bound)
    if isinstance(bound, TensorValue) and bound.shape == () and isinstance(bound.data, (int, Sym)):
        return bound.data
    return _UNKNOWN


def _check_range(size: Size, index: int | Sym, axis: int) -> None:
    if (
        isinstance(size, int)
        and isinstance(index, int)
        and (compare(index, ">=", size) is True or compare(index, "<", -size) is True)
    ):
        raise ShapeMismatch(f"expects an index below {size} on axis {axis}, got {index}")


def _picked(tensor: TensorValue, index: Value) -> list[Any] | None:
    """The chosen numbers, for indices made of integers, slices, `...` and `None`."""
    elements = elements_of(tensor)
    entries = list(index) if isinstance(index, tuple) else [index]
    if elements is None or tensor.shape is None:
        return None
    sizes = [size for size in tensor.shape if isinstance(size, int)]
    positions: list[range] = []
    consumed = sum(1 for entry in entries if isinstance(entry, (int, slice)))
    if Ellipsis not in entries:
        entries.append(Ellipsis)
    for entry in entries:
        remaining = sizes[len(positions) :]
        if entry is Ellipsis:
            positions.extend(range(size) for size in remaining[: len(sizes) - consumed])
        elif isinstance(entry, slice):
            bounds = [_bound(bound) for bound in (entry.start, entry.stop, entry.step)]
            if not all(bound is None or isinstance(bound, int) for bound in bounds):
                return None
            positions.append(range(remaining[0])[slice(*bounds)])
        elif isinstance(entry, int) and not isinstance(entry, bool):
            positions.append(range(entry % remaining[0], entry % remaining[0] + 1))
        elif entry is not None:
            return None
    offsets = [0]
    for size, chosen in zip(sizes, positions, strict=True):
        offsets = [offset * size + place for offset in offsets for place in chosen]
    return [elements[offset] for offset in offsets]


__all__ = ["index_tensor", "index_value"]
