"""Attributes of tensors that code reads without a call: `x.shape`, `x.T`, `x.dtype`, …"""

from __future__ import annotations

from collections.abc import Callable

from paramlens.layers.operations.rearranging import permute_tensor, reshape_tensor, swap_axes
from paramlens.layers.operations.tensors import copy, shape_value, size_value
from paramlens.shapes import DTYPE_BYTES, bytes_of, element_count
from paramlens.values import ParameterValue, Reason, TensorValue, Unknown, Value


def _rank(x: TensorValue) -> Value:
    return Unknown(Reason.DATA_DEPENDENT, "the rank") if x.shape is None else len(x.shape)


def _dtype(x: TensorValue) -> Value:
    return Unknown(Reason.DATA_DEPENDENT, "the dtype") if x.dtype is None else x.dtype


def _count(x: TensorValue) -> Value:
    return size_value(None if x.shape is None else element_count(x.shape))


def _bytes(x: TensorValue) -> Value:
    return size_value(bytes_of(None if x.shape is None else element_count(x.shape), x.dtype))


def _item_bytes(x: TensorValue) -> Value:
    return size_value(DTYPE_BYTES.get(x.dtype or ""))


def _transposed(x: TensorValue) -> Value:
    return permute_tensor(x, None)


def _matrix_transposed(x: TensorValue) -> Value:
    return swap_axes(x, -2, -1)


def _flat(x: TensorValue) -> Value:
    return reshape_tensor(x, (-1,))


def _part_of_complex(x: TensorValue) -> Value:
    floats = {"complex64": "float32", "complex128": "float64"}
    return x.with_shape(x.shape, dtype=floats.get(x.dtype or "", x.dtype))


def _trainable(x: TensorValue) -> Value:
    if isinstance(x, ParameterValue):
        return x.trainable
    return Unknown(Reason.DATA_DEPENDENT, "whether a tensor needs a gradient")


def _device(x: TensorValue) -> Value:
    return Unknown(Reason.ENVIRONMENT, "the device of a tensor")


def _name(x: TensorValue) -> Value:
    return x.name if isinstance(x, ParameterValue) and x.name else Unknown(Reason.UNSUPPORTED, "the name of a tensor")


_COMMON: dict[str, Callable[[TensorValue], Value]] = {
    "shape": shape_value,
    "ndim": _rank,
    "dtype": _dtype,
    "T": _transposed,
    "mT": _matrix_transposed,
    "real": _part_of_complex,
    "imag": _part_of_complex,
    "nbytes": _bytes,
    "itemsize": _item_bytes,
}

TENSOR_ATTRIBUTES: dict[str, dict[str, Callable[[TensorValue], Value]]] = {
    "torch": {
        **_COMMON,
        "H": _transposed,
        "mH": _matrix_transposed,
        "data": copy,
        "grad": lambda x: Unknown(Reason.DATA_DEPENDENT, "the gradient"),
        "device": _device,
        "is_cuda": _device,
        "is_cpu": _device,
        "is_mps": _device,
        "is_meta": _device,
        "requires_grad": _trainable,
        "names": lambda x: Unknown(Reason.UNSUPPORTED, "the names of axes"),
        "name": _name,
        "is_leaf": lambda x: Unknown(Reason.UNSUPPORTED, "is_leaf"),
        "is_sparse": lambda x: False,
        "is_quantized": lambda x: False,
        "is_nested": lambda x: False,
        "layout": lambda x: Unknown(Reason.UNSUPPORTED, "the layout of a tensor"),
        "grad_fn": lambda x: Unknown(Reason.UNSUPPORTED, "grad_fn"),
    },
    "numpy": {**_COMMON, "size": _count, "flat": _flat},
    "keras": {**_COMMON, "name": _name, "trainable": _trainable, "path": _name, "device": _device, "size": _count},
}
"""Rules by the tensor's kind and the attribute's name. An attribute that is not here is not known."""
