"""Linear algebra and Fourier transforms of torch: `torch.*`, `torch.linalg.*`, `torch.fft.*`."""

from __future__ import annotations

from typing import Any

from paramlens.dims import minimum
from paramlens.layers.declare import expect_size, operation
from paramlens.layers.operations.arithmetic import elementwise, matrix_product
from paramlens.layers.operations.naming import prefixed, torch_operation, words
from paramlens.layers.operations.rearranging import along, size_along
from paramlens.layers.operations.reductions import reduce_tensor
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    as_tensor,
    known_bool,
    known_int,
    known_ints,
    known_text,
    make,
    same,
    sequence,
    unknown_tensor,
)
from paramlens.shapes import Shape, ShapeMismatch, Size, broadcast, conv_output, einsum, normalize_axis
from paramlens.values import Reason, TensorValue, undetermined

METHOD = "torch.Tensor"


def einsum_tensors(equation: Any, operands: tuple[Any, ...], kind: str) -> TensorValue:
    """`einsum` by its equation; of unknown rank where that hangs on an operand's."""
    items = sequence(operands[0]) if len(operands) == 1 else None
    if not isinstance(equation, str):
        raise undetermined(Reason.UNSUPPORTED, "einsum by lists of axes")
    tensors = [as_tensor(item, kind) for item in (items if items is not None else operands)]
    dtypes = {tensor.dtype for tensor in tensors}
    dtype = dtypes.pop() if len(dtypes) == 1 else None
    shapes = [tensor.shape for tensor in tensors]
    if any(shape is None for shape in shapes):
        if "..." in equation:
            return unknown_tensor(kind, tensors[0].reason, dtype)
        labels = equation.replace(" ", "").split("->")[0].split(",")
        shapes = [(None,) * len(part) if shape is None else shape for part, shape in zip(labels, shapes, strict=False)]
    return make(einsum(equation, *(shape for shape in shapes if shape is not None)), kind, dtype)


@operation("torch.einsum", "torch.functional.einsum")
def einsum_operation(equation: Any, *operands: Any) -> TensorValue:
    return einsum_tensors(equation, operands, "torch")


@torch_operation("matmul", "torch torch.Tensor torch.linalg")
def matmul(input: TensorValue, other: TensorValue, *, out: Any = None) -> TensorValue:
    return matrix_product(as_tensor(input), other)


def _declare_product(name: str, left: int, right: int, where: str = "torch torch.Tensor") -> None:
    """A product that takes tensors of exactly these ranks and does not broadcast."""

    @torch_operation(name, where)
    def declared(input: TensorValue, mat2: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
        return _fixed_product(name, as_tensor(input), as_tensor(mat2), left, right)


def _fixed_product(name: str, a: TensorValue, b: TensorValue, left: int, right: int) -> TensorValue:
    for tensor, rank in ((a, left), (b, right)):
        if tensor.shape is not None and len(tensor.shape) != rank:
            raise ShapeMismatch(f"{name} expects a tensor of rank {rank}, got rank {len(tensor.shape)}")
    a = a if a.shape is not None else a.with_shape((None,) * left)
    b = b if b.shape is not None else b.with_shape((None,) * right)
    if left == right == 3 and a.shape and b.shape:
        expect_size(name, "matrices in the second batch", a.shape[0], b.shape[0])
    return matrix_product(a, b)


for _name, _left, _right in (("mm", 2, 2), ("bmm", 3, 3), ("mv", 2, 1), ("dot", 1, 1), ("vdot", 1, 1)):
    _declare_product(_name, _left, _right)


def _declare_added_product(name: str, left: int, right: int) -> None:
    @torch_operation(name)
    def declared(input: TensorValue, mat1: TensorValue, mat2: TensorValue, *rest: Any, **named: Any) -> TensorValue:
        product = _fixed_product(name, as_tensor(mat1), as_tensor(mat2), left, right)
        if name == "addbmm" and product.shape is not None:
            product = product.with_shape(product.shape[1:])
        return elementwise(input, product, kind="torch", dtype=product.dtype)


for _name, _left, _right in (("addmm", 2, 2), ("baddbmm", 3, 3), ("addbmm", 3, 3), ("addmv", 2, 1)):
    _declare_added_product(_name, _left, _right)


@torch_operation("outer ger")
def outer(input: TensorValue, vec2: TensorValue) -> TensorValue:
    a, b = as_tensor(input), as_tensor(vec2)
    return a.with_shape((size_along(a, 0), size_along(b, 0)))


@torch_operation("addr")
def addr(input: TensorValue, vec1: TensorValue, vec2: TensorValue, **named: Any) -> TensorValue:
    return outer(vec1, vec2)


@torch_operation("inner")
def inner(input: TensorValue, other: TensorValue) -> TensorValue:
    """Over the last axis of both; a scalar multiplies."""
    a, b = as_tensor(input), as_tensor(other)
    if a.shape is None or b.shape is None:
        return a.with_shape(None)
    if not a.shape or not b.shape:
        return elementwise(a, b, dtype=a.dtype)
    expect_size("inner", "numbers on the last axis", a.shape[-1], b.shape[-1])
    return a.with_shape((*a.shape[:-1], *b.shape[:-1]))


@torch_operation("kron")
def kron(input: TensorValue, other: TensorValue) -> TensorValue:
    a, b = as_tensor(input), as_tensor(other)
    return a.with_shape(kron_shape(a.shape, b.shape))


def kron_shape(a: Shape | None, b: Shape | None) -> Shape | None:
    """Sizes multiply axis by axis, aligned at the last."""
    if a is None or b is None:
        return None
    rank = max(len(a), len(b))
    pairs = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True)
    return tuple(None if x is None or y is None else x * y for x, y in pairs)


@operation("torch.tensordot")
def tensordot_torch(a: TensorValue, b: TensorValue, dims: Any = 2, out: Any = None) -> TensorValue:
    return tensordot(as_tensor(a), as_tensor(b), dims)


def tensordot(a: TensorValue, b: TensorValue, axes: Any) -> TensorValue:
    """The sum over paired axes: the last n of a and the first n of b, or two lists of axes."""
    if a.shape is None or b.shape is None:
        return a.with_shape(None)
    pair = sequence(axes)
    if pair is None:
        count = known_int(axes, "the axes")
        left, right = tuple(range(len(a.shape) - count, len(a.shape))), tuple(range(count))
    else:
        left, right = (known_ints(item, "the axes") for item in pair)
    left = tuple(normalize_axis(axis, len(a.shape)) for axis in left)
    right = tuple(normalize_axis(axis, len(b.shape)) for axis in right)
    for i, j in zip(left, right, strict=False):
        expect_size("tensordot", "positions on the summed axis", a.shape[i], b.shape[j])
    rest = [size for axis, size in enumerate(a.shape) if axis not in left]
    return a.with_shape((*rest, *(size for axis, size in enumerate(b.shape) if axis not in right)))


@torch_operation("cross", "torch torch.Tensor torch.linalg")
def cross(input: TensorValue, other: TensorValue, dim: Any = None) -> TensorValue:
    return elementwise(input, other, kind="torch", dtype=as_tensor(input).dtype)


@operation("torch.linalg.multi_dot", "torch.chain_matmul")
def multi_dot(tensors: Any, *rest: Any) -> TensorValue:
    items = (*(sequence(tensors) or (tensors,)), *rest)
    result = as_tensor(items[0])
    for item in items[1:]:
        result = matrix_product(result, item)
    return result


# ------------------------------------------------------------------------------------------------ of one matrix

_OF_TORCH = words("inverse cholesky cholesky_inverse matrix_exp matrix_power")
_OF_LINALG = words("inv cholesky matrix_exp matrix_power")


@operation(
    *prefixed("torch", _OF_TORCH),
    *prefixed(METHOD, _OF_TORCH),
    *prefixed("torch.linalg", _OF_LINALG),
)
def matrix_function(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return same(as_tensor(input))


@operation("torch.pinverse", "torch.Tensor.pinverse", "torch.linalg.pinv")
def pseudo_inverse(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    x = as_tensor(input)
    return x.with_shape(None if x.shape is None else (*x.shape[:-2], *x.shape[:-3:-1]))


@operation(
    *prefixed("torch", words("det logdet")), *prefixed(METHOD, words("det logdet")), "torch.linalg.det",
    "torch.linalg.matrix_rank", "torch.linalg.cond",
)  # fmt: skip
def determinant(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    x = as_tensor(input)
    return x.with_shape(None if x.shape is None else x.shape[:-2])


@operation("torch.slogdet", "torch.Tensor.slogdet", "torch.linalg.slogdet")
def slogdet(input: TensorValue) -> tuple[TensorValue, TensorValue]:
    return determinant(input), determinant(input)


def _least(x: TensorValue) -> Size:
    rows, columns = size_along(x, -2), size_along(x, -1)
    return None if rows is None or columns is None else minimum(rows, columns)


def svd_shapes(x: TensorValue, full: bool) -> tuple[TensorValue, TensorValue, TensorValue]:
    """(…, m, n) → (…, m, k), (k,), (…, k, n) with k = min(m, n), or m and n where full."""
    if x.shape is None:
        return x.with_shape(None), x.with_shape(None), x.with_shape(None)
    batch, (rows, columns), least = x.shape[:-2], x.shape[-2:], _least(x)
    u = (*batch, rows, rows if full else least)
    v = (*batch, columns if full else least, columns)
    return x.with_shape(u), x.with_shape((*batch, least)), x.with_shape(v)


@operation("torch.linalg.svd")
def linalg_svd(A: TensorValue, full_matrices: Any = True, **named: Any) -> tuple[TensorValue, ...]:
    return svd_shapes(as_tensor(A), known_bool(full_matrices))


@operation("torch.svd", "torch.Tensor.svd")
def svd(input: TensorValue, some: Any = True, compute_uv: Any = True) -> tuple[TensorValue, ...]:
    """As torch.linalg.svd, but the third is V itself, not transposed."""
    u, s, vh = svd_shapes(as_tensor(input), not known_bool(some))
    return u, s, vh.with_shape(None if vh.shape is None else (*vh.shape[:-2], *vh.shape[:-3:-1]))


@operation("torch.linalg.svdvals")
def svdvals(A: TensorValue, **named: Any) -> TensorValue:
    return svd_shapes(as_tensor(A), False)[1]


@operation("torch.linalg.qr", "torch.qr", "torch.Tensor.qr")
def qr(A: TensorValue, mode: Any = "reduced", **named: Any) -> tuple[TensorValue, TensorValue]:
    x = as_tensor(A)
    complete = mode is False or (mode is not True and known_text(mode) == "complete")
    if x.shape is None:
        return x.with_shape(None), x.with_shape(None)
    inner_size = x.shape[-2] if complete else _least(x)
    return x.with_shape((*x.shape[:-1], inner_size)), x.with_shape((*x.shape[:-2], inner_size, x.shape[-1]))


@operation("torch.linalg.eigh", "torch.linalg.eig", "torch.symeig")
def eigen(A: TensorValue, *arguments: Any, **named: Any) -> tuple[TensorValue, TensorValue]:
    x = as_tensor(A)
    return x.with_shape(None if x.shape is None else x.shape[:-1]), same(x)


@operation("torch.linalg.eigvalsh", "torch.linalg.eigvals")
def eigenvalues(A: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return eigen(A)[0]


@operation("torch.linalg.solve", "torch.linalg.solve_triangular", "torch.cholesky_solve")
def solve(A: TensorValue, B: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    a, b = as_tensor(A), as_tensor(B)
    if a.shape is None or b.shape is None or len(b.shape) != len(a.shape):
        return b.with_shape(b.shape if b.shape is not None and len(b.shape) == 1 else None)
    return b.with_shape((*broadcast(a.shape[:-2], b.shape[:-2]), *b.shape[-2:]))


@operation("torch.linalg.norm", "torch.linalg.vector_norm", "torch.linalg.matrix_norm")
def linalg_norm(A: TensorValue, ord: Any = None, dim: Any = None, keepdim: Any = False, **named: Any) -> TensorValue:
    return reduce_tensor(as_tensor(A), dim, keepdim)


# ------------------------------------------------------------------------------------------------------- spectra


@operation(
    *prefixed("torch.fft", words("fft ifft fft2 ifft2 fftn ifftn fftshift ifftshift")),
)
def fft(input: TensorValue, *arguments: Any, n: Any = None, s: Any = None, **named: Any) -> TensorValue:
    """The shape stays unless a signal length is given."""
    x = as_tensor(input)
    if n is not None or s is not None or (arguments and arguments[0] is not None):
        return x.with_shape(None if x.shape is None else (None,) * len(x.shape), dtype="complex64")
    return x.with_shape(x.shape, dtype="complex64")


@operation("torch.fft.rfft", "torch.fft.rfft2", "torch.fft.rfftn")
def rfft(input: TensorValue, n: Any = None, dim: Any = None, norm: Any = None, s: Any = None) -> TensorValue:
    """The last transformed axis shrinks to size // 2 + 1."""
    x = as_tensor(input)
    axes = (-1,) if dim is None else known_ints(dim, "the axis")
    if n is not None or s is not None:
        sizes = as_sizes(n if s is None else s)
        if x.shape is None or sizes is None or len(sizes) != 1:
            return x.with_shape(None if x.shape is None else (None,) * len(x.shape), dtype="complex64")
        size = sizes[0]
    else:
        size = size_along(x, axes[-1])
    return along(x, axes[-1], None if size is None else size // 2 + 1, "complex64")


@operation("torch.fft.irfft", "torch.fft.irfft2", "torch.fft.irfftn")
def irfft(input: TensorValue, n: Any = None, dim: Any = None, norm: Any = None, s: Any = None) -> TensorValue:
    """The last transformed axis grows to 2·(size − 1), or to the length given."""
    x = as_tensor(input)
    axes = (-1,) if dim is None else known_ints(dim, "the axis")
    given = s if s is not None else n
    if given is not None:
        sizes = as_sizes(given)
        if x.shape is None or sizes is None:
            return x.with_shape(None)
        result = x
        places = axes if len(axes) == len(sizes) else tuple(range(-len(sizes), 0))
        for axis, wanted in zip(places, sizes, strict=True):
            result = along(result, axis, wanted, "float32")
        return result
    size = size_along(x, axes[-1])
    return along(x, axes[-1], None if size is None else 2 * (size - 1), "float32")


@operation("torch.fft.fftfreq")
def fftfreq(n: Any, d: Any = 1.0, **named: Any) -> TensorValue:
    return make((as_size(n),), "torch", "float32")


@operation("torch.fft.rfftfreq")
def rfftfreq(n: Any, d: Any = 1.0, **named: Any) -> TensorValue:
    size = as_size(n)
    return make((None if size is None else size // 2 + 1,), "torch", "float32")


@operation("torch.stft", "torch.Tensor.stft")
def stft(
    input: TensorValue, n_fft: Any, hop_length: Any = None, win_length: Any = None, window: Any = None,
    center: Any = True, pad_mode: Any = "reflect", normalized: Any = False, onesided: Any = None,
    return_complex: Any = None, **named: Any,
) -> TensorValue:  # fmt: skip
    """(…, length) → (…, n_fft // 2 + 1, frames)"""
    x, size = as_tensor(input), as_size(n_fft)
    if x.shape is None or size is None:
        return x.with_shape(None)
    hop = size // 4 if hop_length is None else as_size(hop_length)
    padding = size // 2 if known_bool(center) else 0
    frames = conv_output(x.shape[-1], size, hop, padding)
    bins: Size = size // 2 + 1 if onesided is None or known_bool(onesided) else size
    if onesided is None and x.dtype not in ("float32", "float64"):
        bins = None
    tail = () if known_bool(return_complex) else (2,)
    return x.with_shape((*x.shape[:-1], bins, frames, *tail), dtype=None if tail else "complex64")


@operation("torch.istft", "torch.Tensor.istft")
def istft(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    x = as_tensor(input)
    return x.with_shape(None if x.shape is None else (*x.shape[:-2], None), dtype="float32")
