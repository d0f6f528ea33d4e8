"""Matrix products and linear algebra of Keras and TensorFlow."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations.arithmetic import matrix_product
from paramlens.layers.operations.keras_elementwise import broadcasted, same_shape, tensor
from paramlens.layers.operations.keras_shapes import KIND, first_given
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.numpy_linalg import dot_product
from paramlens.layers.operations.rearranging import (
    flatten_tensor,
    size_along,
    swap_axes,
)
from paramlens.layers.operations.tensors import (
    known_bool,
    known_text,
)
from paramlens.layers.operations.torch_linalg import einsum_tensors, kron_shape, svd_shapes, tensordot
from paramlens.values import TensorValue, Value


@operation("keras.ops.matmul", "tensorflow.matmul", "tensorflow.linalg.matmul")
def matmul(
    x1: Any = None, x2: Any = None, transpose_a: Any = False, transpose_b: Any = False, *arguments: Any, **named: Any
) -> TensorValue:
    a, b = tensor(first_given(x1, named, "a")), tensor(first_given(x2, named, "b"))
    a = swap_axes(a, -2, -1) if known_bool(transpose_a) else a
    b = swap_axes(b, -2, -1) if known_bool(transpose_b) else b
    result = matrix_product(a, b)
    return same_shape(result)


@operation("keras.ops.dot", "keras.backend.dot")
def dot(x1: Any = None, x2: Any = None, **named: Any) -> TensorValue:
    return same_shape(dot_product(tensor(first_given(x1, named, "x")), tensor(first_given(x2, named, "y"))))


@operation("keras.ops.vdot")
def vdot(x1: Any, x2: Any) -> TensorValue:
    return tensor(x1).with_shape(())


@operation("keras.ops.inner")
def inner(x1: Any, x2: Any) -> TensorValue:
    a, b = tensor(x1), tensor(x2)
    return broadcasted(a, b) if not a.shape or not b.shape else tensordot(a, b, ((-1,), (-1,)))


@operation("keras.ops.outer")
def outer(x1: Any, x2: Any) -> TensorValue:
    a, b = flatten_tensor(tensor(x1)), flatten_tensor(tensor(x2))
    return a.with_shape((size_along(a, 0), size_along(b, 0)))


@operation("keras.ops.tensordot", "tensorflow.tensordot")
def tensordot_operation(x1: Any = None, x2: Any = None, axes: Any = 2, **named: Any) -> TensorValue:
    return tensordot(tensor(first_given(x1, named, "a")), tensor(first_given(x2, named, "b")), axes)


@operation("keras.ops.einsum", "tensorflow.einsum", "tensorflow.linalg.einsum")
def einsum(subscripts: Any, *operands: Any, **named: Any) -> TensorValue:
    return einsum_tensors(subscripts, tuple(tensor(operand) for operand in operands), KIND)


@operation("keras.ops.kron")
def kron(x1: Any, x2: Any) -> TensorValue:
    return tensor(x1).with_shape(kron_shape(tensor(x1).shape, tensor(x2).shape))


@operation("keras.ops.cross", "tensorflow.linalg.cross")
def cross(x1: Any, x2: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None) -> TensorValue:
    result = broadcasted(x1, x2)
    plain = (axisa, axisb, axisc, axis) == (-1, -1, -1, None) and result.shape is not None
    return result if plain and result.shape is not None and result.shape[-1] == 3 else result.with_shape(None)


@operation(*prefixed("keras.ops", words("det logdet matrix_rank")), "tensorflow.linalg.det", "tensorflow.linalg.logdet")
def determinant(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    source = tensor(x)
    return source.with_shape(None if source.shape is None else source.shape[:-2])


@operation("keras.ops.slogdet")
def slogdet(x: Any) -> tuple[TensorValue, TensorValue]:
    """Keras states the sign of symbolic tensors as a scalar."""
    source = determinant(x)
    return source if source.shape == () else source.with_shape(None), same_shape(source)


@operation("keras.ops.pinv", "tensorflow.linalg.pinv")
def pinv(x: Any, rcond: Any = None) -> TensorValue:
    return swap_axes(tensor(x), -2, -1)


@operation("keras.ops.svd")
def svd(x: Any, full_matrices: Any = True, compute_uv: Any = True) -> Value:
    parts = svd_shapes(tensor(x), known_bool(full_matrices))
    return parts if known_bool(compute_uv) else parts[1]


@operation("keras.ops.eig", "keras.ops.eigh")
def eigen(x: Any) -> tuple[TensorValue, TensorValue]:
    source = tensor(x)
    return source.with_shape(None if source.shape is None else source.shape[:-1]), same_shape(source)


@operation("keras.ops.qr")
def qr(x: Any, mode: Any = "reduced") -> tuple[TensorValue, TensorValue]:
    source, complete = tensor(x), known_text(mode) == "complete"
    if source.shape is None:
        return source.with_shape(None), source.with_shape(None)
    _, values, _ = svd_shapes(source, False)
    inside = source.shape[-2] if complete else (values.shape or (None,))[-1]
    return source.with_shape((*source.shape[:-1], inside)), source.with_shape(
        (*source.shape[:-2], inside, source.shape[-1])
    )


@operation("keras.ops.lu_factor")
def lu_factor(x: Any) -> tuple[TensorValue, TensorValue]:
    source = tensor(x)
    _, values, _ = svd_shapes(source, False)
    return same_shape(source), same_shape(values, "int32")


@operation("keras.ops.solve", "keras.ops.solve_triangular")
def solve(a: Any, b: Any, lower: Any = False) -> TensorValue:
    return same_shape(tensor(b))


@operation("keras.ops.lstsq")
def lstsq(a: Any, b: Any, rcond: Any = None) -> TensorValue:
    """(m, n) and (m,) or (m, k) → (n,) or (n, k)"""
    columns, right = size_along(tensor(a), 1), tensor(b)
    return right.with_shape(None if right.shape is None else (columns, *right.shape[1:]))
