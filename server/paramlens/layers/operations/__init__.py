"""Tensor operations of torch, numpy, einops, Keras and TensorFlow by name; importing this declares them all."""

from __future__ import annotations

from paramlens.layers.operations import (
    datasets,
    einops_operations,
    keras_creation,
    keras_elementwise,
    keras_image,
    keras_nn,
    keras_products,
    keras_shapes,
    numpy_creation,
    numpy_linalg,
    numpy_math,
    numpy_shapes,
    torch_creation,
    torch_elementwise,
    torch_functional,
    torch_linalg,
    torch_reductions,
    torch_selection,
    torch_shapes,
    torch_windows,
)
from paramlens.layers.operations.arithmetic import binary, unary
from paramlens.layers.operations.attributes import TENSOR_ATTRIBUTES
from paramlens.layers.operations.constants import NUMPY_CONSTANTS, TENSORFLOW_CONSTANTS, TORCH_CONSTANTS
from paramlens.layers.operations.indexing import index_tensor, index_value

__all__ = [
    "NUMPY_CONSTANTS",
    "TENSORFLOW_CONSTANTS",
    "TENSOR_ATTRIBUTES",
    "TORCH_CONSTANTS",
    "binary",
    "datasets",
    "einops_operations",
    "index_tensor",
    "index_value",
    "keras_creation",
    "keras_elementwise",
    "keras_image",
    "keras_nn",
    "keras_products",
    "keras_shapes",
    "numpy_creation",
    "numpy_linalg",
    "numpy_math",
    "numpy_shapes",
    "torch_creation",
    "torch_elementwise",
    "torch_functional",
    "torch_linalg",
    "torch_reductions",
    "torch_selection",
    "torch_shapes",
    "torch_windows",
    "unary",
]
