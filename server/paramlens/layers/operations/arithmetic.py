"""Python's operators on tensors: broadcasting, dtype promotion, and the numbers themselves where they are known."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from paramlens.dims import Sym, compare
from paramlens.layers.operations import data as numbers
from paramlens.layers.operations.tensors import (
    FLOAT_DEFAULT,
    as_array,
    elements_of,
    first_reason,
    kind_of,
    make,
    plain,
    same,
    sequence,
    unknown_tensor,
)
from paramlens.shapes import Shape, ShapeMismatch, broadcast, matmul
from paramlens.values import Reason, TensorValue, Unknown, Value, undetermined

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_BITWISE: dict[str, Callable[[Any, Any], Any]] = {
    "&": operator.and_, "|": operator.or_, "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: float(a) / float(b),
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


def binary(op: str, left: Value, right: Value) -> Value:
    """`left op right` where at least one side is a tensor; a bare number for a known numpy scalar.

    Raises ShapeMismatch when the shapes certainly do not broadcast.
    """
    kind = kind_of(left, right)
    for side in (left, right):
        if not _is_operand(side, kind):
            raise undetermined(Reason.UNSUPPORTED, f"a tensor {op} {type(side).__name__}")
    if op == "@":
        return plain(matrix_product(left, right))
    dtype = "bool" if op in COMPARISONS else promoted(op, left, right, kind)
    a, b = as_array(left, kind), as_array(right, kind)
    shape = broadcast_shape(a, b)
    elements = _binary_elements(op, a, b, shape, dtype, kind)
    return plain(make(shape, kind, dtype, elements, first_reason([left, right])))


def unary(op: str, x: TensorValue) -> Value:
    """`-x`, `+x`, `~x` and `abs(x)`."""
    functions: dict[str, Callable[[Any], Any]] = {
        "-": operator.neg,
        "+": operator.pos,
        "abs": abs,
        "~": (lambda a: not a) if x.dtype == "bool" else operator.invert,
    }
    elements = elements_of(x)
    if elements is None or op not in functions or (x.dtype == "bool" and op != "~"):
        return same(x)
    return plain(make(x.shape, x.kind, x.dtype, numbers.apply(functions[op], elements), x.reason))


def matrix_product(left: Value, right: Value) -> TensorValue:
    """`left @ right` by torch's and numpy's rule: vectors as rows or columns, batch axes broadcast."""
    kind = kind_of(left, right)
    # no number has a product: a formula is computed from what may be an array
    a, b = (unknown_tensor(kind) if isinstance(side, Sym) else as_array(side, kind) for side in (left, right))
    dtype = a.dtype if a.dtype == b.dtype else None
    if a.shape is None or b.shape is None:
        return unknown_tensor(kind, first_reason([left, right, a, b]), dtype)
    shape = matmul(a.shape, b.shape)
    return make(shape, kind, dtype, _dot_elements(a, b) if shape == () else None)


def _dot_elements(a: TensorValue, b: TensorValue) -> list[Any] | None:
    left, right = elements_of(a), elements_of(b)
    if left is None or right is None or not {a.dtype, b.dtype} <= numbers.INTEGERS:
        return None
    products = numbers.apply(operator.mul, left, right)
    return None if products is None else [sum(products)]


def broadcast_shape(*tensors: TensorValue) -> Shape | None:
    """The shape that elementwise operations on these give; None where a rank is not known."""
    shapes = [tensor.shape for tensor in tensors]
    known = [shape for shape in shapes if shape is not None]
    result: Shape | None = broadcast(*known) if known else None
    return result if len(known) == len(shapes) else None


def elementwise(*values: Value, kind: str | None = None, dtype: str | None = None) -> TensorValue:
    """The result of an elementwise function of these tensors and numbers, without its numbers."""
    kind = kind or kind_of(*values)
    tensors = [as_array(value, kind) for value in values]
    return make(broadcast_shape(*tensors), kind, dtype, None, first_reason([*values, *tensors]))


def broadcast_elements(elements: Sequence[Any], shape: Sequence[int], target: Sequence[int]) -> list[Any]:
    """Row-major elements of a tensor of this shape after broadcasting to `target`."""
    padded = (1,) * (len(target) - len(shape)) + tuple(shape)
    result = [0]
    stride = len(elements)
    for size, wanted in zip(padded, target, strict=True):
        stride //= max(size, 1)
        result = [start + (i * stride if size > 1 else 0) for start in result for i in range(wanted)]
    return [elements[index] for index in result]


# -------------------------------------------------------------------------------------------------------- numbers


def promoted(op: str, left: Value, right: Value, kind: str) -> str | None:
    """The result's dtype: numbers of Python adapt to the tensor's dtype unless they are of a higher category."""
    floats = FLOAT_DEFAULT[kind]
    sides = [_dtype_of(side, floats) for side in (left, right)]
    dtypes = [dtype for dtype, _ in sides]
    if None in dtypes:
        return None
    strong = [dtype for dtype, is_tensor in sides if is_tensor]
    rank = max(_category(dtype) for dtype in dtypes)
    top = [dtype for dtype in strong if _category(dtype) == rank]
    result = None
    if len(top) == 2 and top[0] != top[1]:
        return None
    if kind == "numpy" and len(set(strong)) > 1 and top != ["float64"]:
        return None  # int64 with float32 is float64 in numpy
    result = top[0] if top else {0: "bool", 1: "int64", 2: floats, 3: None}[rank]
    if op == "/" and rank < 2:
        return floats
    return result


def _dtype_of(value: Value, floats: str) -> tuple[str | None, bool]:
    if isinstance(value, TensorValue):
        weak = value.shape == () and value.kind == "torch"
        return value.dtype, not (weak and value.data is not None and value.dtype is None)
    if numbers.is_number(value):
        return numbers.infer_dtype([value], floats), False
    return as_array(value).dtype, True


def _category(dtype: str | None) -> int:
    if dtype == "bool":
        return 0
    if dtype in numbers.INTEGERS:
        return 1
    return 2 if dtype in numbers.FLOATS else 3


def _binary_elements(
    op: str, a: TensorValue, b: TensorValue, shape: Shape | None, dtype: str | None, kind: str
) -> list[Any] | None:
    left, right = elements_of(a), elements_of(b)
    function = _element_function(op, dtype, kind)
    if left is None or right is None or shape is None or function is None or a.shape is None or b.shape is None:
        return None
    target = [size for size in shape if isinstance(size, int)]
    if len(target) != len(shape):
        return None
    left = broadcast_elements(left, [int(s) for s in a.shape if isinstance(s, int)], target)
    right = broadcast_elements(right, [int(s) for s in b.shape if isinstance(s, int)], target)
    if dtype in numbers.FLOATS and op not in COMPARISONS:
        rounded = [numbers.round_all(side, dtype) for side in (left, right)]
        if rounded[0] is None or rounded[1] is None:
            return None
        left, right = rounded[0], rounded[1]
    return numbers.apply(function, left, right)


def _element_function(op: str, dtype: str | None, kind: str) -> Callable[[Any, Any], Any] | None:
    """The operator on two elements, or None where the library may round differently from Python."""
    if op in COMPARISONS:
        return lambda a, b: _compare(a, op, b)
    if op in _BITWISE:
        return _BITWISE[op] if dtype == "bool" or dtype in numbers.INTEGERS else None
    exact = op in ("+", "-", "*", "/", "**") or dtype in numbers.INTEGERS or (dtype == "float64" and kind == "numpy")
    if dtype is None or dtype == "bool" or not exact:
        return None
    return _ARITHMETIC.get(op)


def _compare(a: Any, op: str, b: Any) -> bool:
    if isinstance(a, Sym) or isinstance(b, Sym):
        answer = compare(a, op, b) if isinstance(a, (int, Sym)) and isinstance(b, (int, Sym)) else None
        if answer is None:
            raise ValueError("undecided")
        return answer
    functions: dict[str, Callable[[Any, Any], bool]] = {
        "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    }  # fmt: skip
    return functions[op](a, b)


def _is_operand(value: Value, kind: str) -> bool:
    if isinstance(value, (TensorValue, Unknown)) or numbers.is_number(value):
        return True
    return kind != "torch" and sequence(value) is not None


__all__ = ["ShapeMismatch", "binary", "broadcast_elements", "broadcast_shape", "elementwise", "matrix_product", "unary"]
