"""Matrix products, linear algebra and Fourier transforms of numpy."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations.arithmetic import elementwise, matrix_product
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.numpy_shapes import array
from paramlens.layers.operations.rearranging import (
    along,
    flatten_tensor,
    size_along,
    swap_axes,
)
from paramlens.layers.operations.reductions import reduce_tensor
from paramlens.layers.operations.tensors import (
    as_size,
    known_bool,
    plain,
    same,
)
from paramlens.layers.operations.torch_linalg import einsum_tensors, kron_shape, svd_shapes, tensordot
from paramlens.values import TensorValue, Value


@operation("numpy.matmul", "numpy.linalg.matmul")
def matmul(x1: Any, x2: Any, **named: Any) -> Value:
    return plain(matrix_product(array(x1), array(x2)))


@operation("numpy.dot", "numpy.ndarray.dot")
def dot(a: Any, b: Any, out: Any = None) -> Value:
    return plain(dot_product(array(a), array(b)))


def dot_product(a: TensorValue, b: TensorValue) -> TensorValue:
    """Over the last axis of a and the last but one of b, with all other axes of both; a scalar multiplies."""
    if a.shape is None or b.shape is None:
        return a.with_shape(None)
    if not a.shape or not b.shape:
        return elementwise(a, b)
    if len(a.shape) <= 2 and len(b.shape) <= 2:
        return matrix_product(a, b)
    return tensordot(a, b, ((len(a.shape) - 1,), (max(len(b.shape) - 2, 0),)))


@operation("numpy.inner")
def inner(a: Any, b: Any) -> TensorValue:
    x, y = array(a), array(b)
    if not x.shape or not y.shape:
        return elementwise(x, y, kind="numpy")
    return tensordot(x, y, ((-1,), (-1,)))


@operation("numpy.outer")
def outer(a: Any, b: Any, out: Any = None) -> TensorValue:
    x, y = flatten_tensor(array(a)), flatten_tensor(array(b))
    return x.with_shape((size_along(x, 0), size_along(y, 0)))


@operation("numpy.tensordot")
def tensordot_operation(a: Any, b: Any, axes: Any = 2) -> TensorValue:
    return tensordot(array(a), array(b), axes)


@operation("numpy.einsum")
def einsum(subscripts: Any, *operands: Any, **named: Any) -> TensorValue:
    return einsum_tensors(subscripts, operands, "numpy")


@operation("numpy.kron")
def kron(a: Any, b: Any) -> TensorValue:
    return array(a).with_shape(kron_shape(array(a).shape, array(b).shape))


@operation("numpy.cross")
def cross(a: Any, b: Any, *arguments: Any, **named: Any) -> TensorValue:
    result = elementwise(array(a), array(b), kind="numpy")
    three = result.shape is not None and result.shape[-1:] == (3,) and not arguments and not named
    return result if three else result.with_shape(None)


@operation("numpy.linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> TensorValue:
    return reduce_tensor(array(x), axis, keepdims)


@operation(*prefixed("numpy.linalg", words("inv cholesky matrix_power")))
def matrix_function(a: Any, *arguments: Any) -> TensorValue:
    return same(array(a))


@operation("numpy.linalg.pinv")
def pinv(a: Any, *arguments: Any, **named: Any) -> TensorValue:
    return swap_axes(same(array(a)), -2, -1)


@operation(*prefixed("numpy.linalg", words("det matrix_rank cond")))
def determinant(a: Any, *arguments: Any, **named: Any) -> TensorValue:
    x = array(a)
    return x.with_shape(None if x.shape is None else x.shape[:-2])


@operation("numpy.linalg.svd")
def svd(a: Any, full_matrices: Any = True, compute_uv: Any = True, hermitian: Any = False) -> Any:
    parts = svd_shapes(array(a), known_bool(full_matrices))
    return parts if known_bool(compute_uv) else parts[1]


@operation("numpy.linalg.eig", "numpy.linalg.eigh")
def eigen(a: Any, *arguments: Any) -> tuple[TensorValue, TensorValue]:
    x = array(a)
    return x.with_shape(None if x.shape is None else x.shape[:-1]), same(x)


@operation("numpy.linalg.solve")
def solve(a: Any, b: Any) -> TensorValue:
    return same(array(b))


@operation(*prefixed("numpy.fft", words("fft ifft fft2 ifft2 fftn ifftn")))
def fft(a: Any, *arguments: Any, **named: Any) -> TensorValue:
    x = array(a)
    if arguments or set(named) - {"axis", "axes", "norm"}:
        return x.with_shape(None if x.shape is None else (None,) * len(x.shape))
    return x.with_shape(x.shape, dtype="complex128")


@operation(*prefixed("numpy.fft", words("fftshift ifftshift")))
def fftshift(x: Any, axes: Any = None) -> TensorValue:
    return same(array(x))


@operation("numpy.fft.rfft")
def rfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> TensorValue:
    x = array(a)
    size = size_along(x, axis) if n is None else as_size(n)
    return along(x, axis, None if size is None else size // 2 + 1, "complex128")
