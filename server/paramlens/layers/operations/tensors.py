"""Reading the arguments of an operation: tensors, sizes, axes and dtypes from whatever value code passes.

A size is an int, a Sym, or None where it is not known. A tensor's shape is None where its rank is not known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from paramlens.dims import Sym
from paramlens.layers.operations import data as numbers
from paramlens.shapes import Shape, ShapeMismatch, Size
from paramlens.values import (
    ListValue,
    ParameterValue,
    Reason,
    TensorValue,
    Undetermined,
    Unknown,
    undetermined,
)

FLOAT_DEFAULT = {"torch": "float32", "numpy": "float64", "keras": "float32"}
_DTYPE_NAMES = {
    "float": "float64", "double": "float64", "half": "float16", "long": "int64", "int": "int64", "short": "int16",
    "bool_": "bool", "byte": "uint8", "char": "int8", "single": "float32", "cfloat": "complex64",
    "int_": "int64", "uint": "uint64", "intp": "int64", "f4": "float32", "f8": "float64", "i4": "int32",
    "i8": "int64", "f2": "float16", "u1": "uint8", "uint8": "uint8", "half_": "float16",
}  # fmt: skip


def sequence(value: Any) -> tuple[Any, ...] | None:
    """The items of a tuple, list or range; None for anything else."""
    if isinstance(value, ListValue):
        return tuple(value.items)
    if isinstance(value, (tuple, list)):
        return tuple(value)
    if isinstance(value, range) and len(value) <= numbers.LIMIT:
        return tuple(value)
    return None


# ------------------------------------------------------------------------------------------------------- tensors


def make(
    shape: Shape | None,
    kind: str,
    dtype: str | None = None,
    elements: Sequence[Any] | None = None,
    reason: Unknown | None = None,
) -> TensorValue:
    """A tensor; its elements (row-major) are kept where the shape is known and they fit the dtype."""
    kept: Any = None
    if elements is not None and shape is not None and len(elements) <= numbers.LIMIT:
        sizes = [size for size in shape if isinstance(size, int)]
        rounded = numbers.round_all(elements, dtype)
        if len(sizes) == len(shape) and math.prod(sizes) == len(elements) and rounded is not None and rounded:
            kept = numbers.nest(rounded, sizes)
    return TensorValue(shape, kind=kind, dtype=dtype, data=kept, reason=reason)


def unknown_tensor(kind: str, reason: Unknown | None = None, dtype: str | None = None) -> TensorValue:
    """A tensor of which only the kind is known."""
    return TensorValue(None, kind=kind, dtype=dtype, reason=reason)


def kind_of(*values: Any, default: str = "torch") -> str:
    """The kind of an operation's result: the first tensor's, but torch and keras win over numpy."""
    found = [value.kind for value in values if isinstance(value, TensorValue)]
    return next((kind for kind in found if kind != "numpy"), found[0] if found else default)


def as_tensor(value: Any, kind: str = "torch", dtype: str | None = None) -> TensorValue:
    """What a function that takes tensors makes of an argument. Where numbers are not taken for tensors, a formula may
    be anything: what it is computed from is not known (`1 - mask`)."""
    if isinstance(value, Sym) and kind != "numpy":
        return unknown_tensor(kind, Unknown(Reason.UNKNOWN_ARGUMENT, str(value)), dtype)
    return as_array(value, kind, dtype)


def as_array(value: Any, kind: str = "torch", dtype: str | None = None) -> TensorValue:
    """The tensor that a library makes of a value: tensors as they are, numbers and nested sequences as arrays."""
    if isinstance(value, TensorValue):
        return value
    if isinstance(value, Unknown):
        return unknown_tensor(kind, value, dtype)
    if numbers.is_number(value):
        return make((), kind, dtype or numbers.infer_dtype([value], FLOAT_DEFAULT[kind]), [value])
    items = sequence(value)
    if items is None:
        return unknown_tensor(kind, Unknown(Reason.UNSUPPORTED, "an array of this value"), dtype)
    return _stacked(items, kind, dtype)


def _stacked(items: tuple[Any, ...], kind: str, dtype: str | None) -> TensorValue:
    """An array of the items along a new first axis."""
    if len(items) > numbers.LIMIT:
        return unknown_tensor(kind, Unknown(Reason.SIZE_LIMIT), dtype)
    parts = [as_array(item, kind, dtype) for item in items if not isinstance(item, Unknown)]
    shapes = {part.shape for part in parts}
    if not items:
        return make((0,), kind, dtype or FLOAT_DEFAULT[kind])
    unknown = next((item for item in items if isinstance(item, Unknown)), None)
    if len(shapes) != 1 or None in shapes:
        reason = unknown or next((part.reason for part in parts if part.reason), None)
        if reason is None and shapes:
            reason = Unknown(Reason.UNSUPPORTED, "an array of items of different shapes")
        return unknown_tensor(kind, reason, dtype)
    shape = shapes.pop()
    assert shape is not None
    elements: list[Any] | None = []
    for part in parts:
        if part.data is None or elements is None:
            elements = None
        else:
            elements.extend(numbers.flatten(part.data))
    if unknown is not None:
        elements = None
    if dtype is None:
        dtype = _joined_dtype(items, parts, elements, kind)
    return make((len(items), *shape), kind, dtype, elements)


def _joined_dtype(
    items: tuple[Any, ...], parts: list[TensorValue], elements: list[Any] | None, kind: str
) -> str | None:
    if any(isinstance(item, Unknown) for item in items):
        return None
    if elements:
        return numbers.infer_dtype(elements, FLOAT_DEFAULT[kind])
    dtypes = {part.dtype for part in parts}
    return dtypes.pop() if len(dtypes) == 1 else None


def same(tensor: TensorValue) -> TensorValue:
    """A new plain tensor of the same shape, whose numbers are not known."""
    return TensorValue(tensor.shape, kind=tensor.kind, dtype=tensor.dtype, reason=tensor.reason)


def copy(tensor: TensorValue, dtype: str | None = None) -> TensorValue:
    """A new plain tensor of the same shape and numbers."""
    if dtype is None or dtype == tensor.dtype:
        return TensorValue(tensor.shape, kind=tensor.kind, dtype=tensor.dtype, data=tensor.data, reason=tensor.reason)
    return make(tensor.shape, tensor.kind, dtype, elements_of(tensor), tensor.reason)


def elements_of(tensor: TensorValue) -> list[Any] | None:
    """The numbers of a tensor in row-major order, where they are known."""
    if tensor.data is None or isinstance(tensor, ParameterValue):
        return None
    return numbers.flatten(tensor.data)


def reshaped(tensor: TensorValue, shape: Shape | None) -> TensorValue:
    """The same numbers in the same order under another shape."""
    elements = elements_of(tensor)
    return make(shape, tensor.kind, tensor.dtype, elements, tensor.reason)


def mapped(
    tensor: TensorValue, function: Callable[..., Shape], *arguments: Any, dtype: str | None = None
) -> TensorValue:
    """A tensor whose shape is `function(shape, *arguments)`; of unknown rank where the input is."""
    if tensor.shape is None:
        return tensor.with_shape(None, dtype=dtype)
    return tensor.with_shape(function(tensor.shape, *arguments), dtype=dtype)


def plain(tensor: TensorValue) -> Any:
    """What numpy gives for a rank-0 result: the bare number where it is known."""
    return tensor.data if tensor.shape == () and tensor.data is not None and tensor.kind == "numpy" else tensor


# ------------------------------------------------------------------------------------------------ sizes and axes


def as_size(value: Any) -> Size:
    """A size from an argument; None where it is not known."""
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, (int, Sym)):
        return value
    if isinstance(value, TensorValue) and value.data is not None:
        elements = numbers.flatten(value.data)
        if len(elements) == 1 and isinstance(elements[0], (int, Sym)):
            return elements[0]
    if isinstance(value, (float, str)):
        raise ShapeMismatch(f"a size must be an integer, got {value!r}")
    return None


def as_sizes(*values: Any) -> Shape | None:
    """Sizes given as `(2, 3)`, `[2, 3]`, or `2, 3`; None where not even their number is known."""
    if len(values) == 1:
        value = values[0]
        if isinstance(value, TensorValue) and value.shape != ():
            if value.data is not None:
                return tuple(as_size(item) for item in numbers.flatten(value.data))
            if value.shape is not None and len(value.shape) == 1 and isinstance(value.shape[0], int):
                return (None,) * value.shape[0]
            return None
        items = sequence(value)
        if items is not None:
            return tuple(as_size(item) for item in items)
        if isinstance(value, Unknown):
            return None
    return tuple(as_size(item) for item in values)


def known_int(value: Any, what: str = "the argument") -> int:
    """An integer that decides the rank or the rule; raises Undetermined where it is not known."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, TensorValue) and value.data is not None and value.shape == ():
        return known_int(value.data, what)
    raise undetermined(Reason.UNKNOWN_ARGUMENT, what)


def known_ints(value: Any, what: str = "the argument") -> tuple[int, ...]:
    """One integer or several, as a tuple."""
    if isinstance(value, TensorValue) and value.data is not None:
        return tuple(known_int(item, what) for item in numbers.flatten(value.data))
    items = sequence(value)
    return (known_int(value, what),) if items is None else tuple(known_int(item, what) for item in items)


def known_bool(value: Any) -> bool:
    """A flag; raises Undetermined where it is not known."""
    if isinstance(value, TensorValue) and value.data is None:
        raise undetermined(Reason.DATA_DEPENDENT)
    return bool(value)


def known_text(value: Any) -> str:
    """A mode or pattern; raises Undetermined where it is not known."""
    if isinstance(value, str):
        return value
    raise Undetermined(value) if isinstance(value, Unknown) else undetermined(Reason.UNKNOWN_ARGUMENT)


def size_value(size: Size, kind: str = "torch") -> Any:
    """A size as code reads it. Keras itself says None for a size that is open; elsewhere it is a number not known."""
    return Unknown(Reason.DATA_DEPENDENT, "the size of an axis") if size is None and kind != "keras" else size


def shape_value(tensor: TensorValue) -> Any:
    """`tensor.shape` as code reads it: a tuple, or Unknown."""
    if tensor.shape is None:
        return tensor.reason or Unknown(Reason.DATA_DEPENDENT, "the shape")
    return tuple(size_value(size, tensor.kind) for size in tensor.shape)


def per_axis(value: Any, count: int) -> tuple[Any, ...]:
    """A setting given once for all axes or once for each: `3` or `(3, 3)`."""
    items = sequence(value)
    if items is None:
        return (as_size(value),) * count
    if len(items) == 1:
        items = items * count
    if len(items) != count:
        raise ShapeMismatch(f"expects one number or {count}, got {len(items)}")
    return tuple(as_size(item) for item in items)


def first_reason(values: Iterable[Any]) -> Unknown | None:
    """Why a result is not known: the reason of the first value that is not."""
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, TensorValue) and value.shape is None:
            return value.reason
    return None


def dtype_name(value: Any) -> str | None:
    """The canonical name of a dtype argument (string, Python or numpy type); None where it is not known."""
    if value is None or isinstance(value, Unknown):
        return None
    if isinstance(value, str):
        name = value.rsplit(".", 1)[-1]
        return _DTYPE_NAMES.get(name, name)
    if isinstance(value, type):
        qualified: Any = value.__name__
    else:
        qualified = getattr(value, "qualified_name", None) or getattr(value, "name", None)
    if not isinstance(qualified, str):
        return None
    python = {"int": "int64", "float": "float64", "bool": "bool", "complex": "complex128"}
    name = qualified.rsplit(".", 1)[-1]
    return python.get(name) or _DTYPE_NAMES.get(name, name)
