"""einops: rearrange, repeat, reduce, einsum, parse_shape, pack and unpack."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations.einops_patterns import parse_side, transformed
from paramlens.layers.operations.rearranging import stack_tensors
from paramlens.layers.operations.tensors import as_size, as_tensor, kind_of, known_text, sequence, shape_value
from paramlens.layers.operations.torch_linalg import einsum_tensors
from paramlens.shapes import concatenate, element_count
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, Value, undetermined


def _transformed(tensor: Any, pattern: Any, lengths: dict[str, Any], reducing: bool) -> TensorValue:
    """A list of tensors is stacked along a new first axis, as einops does."""
    x = as_tensor(tensor) if sequence(tensor) is None else stack_tensors(tensor, 0)
    sizes = {name: as_size(length) for name, length in lengths.items()}
    return x.with_shape(transformed(known_text(pattern), x.shape, sizes, reducing=reducing))


@operation("einops.rearrange", "einops.einops.rearrange")
def rearrange(tensor: Any, pattern: Any, **axes_lengths: Any) -> TensorValue:
    return _transformed(tensor, pattern, axes_lengths, reducing=False)


@operation("einops.repeat", "einops.einops.repeat")
def repeat(tensor: Any, pattern: Any, **axes_lengths: Any) -> TensorValue:
    return _transformed(tensor, pattern, axes_lengths, reducing=False)


@operation("einops.reduce", "einops.einops.reduce")
def reduce(tensor: Any, pattern: Any, reduction: Any, **axes_lengths: Any) -> TensorValue:
    return _transformed(tensor, pattern, axes_lengths, reducing=True)


@operation("einops.einsum")
def einsum(*tensors_and_pattern: Any) -> TensorValue:
    """`einsum(a, b, "b i, i o -> b o")`: names of several letters become single ones."""
    *tensors, pattern = tensors_and_pattern
    left, _, right = known_text(pattern).partition("->")
    letters: dict[str, str] = {}

    def shortened(side: str) -> str:
        names = [group[0] if len(group) == 1 else "" for group in parse_side(side)]
        if "" in names:
            raise undetermined(Reason.UNSUPPORTED, "composed axes in einsum")
        return "".join(n if n == "..." else letters.setdefault(n, chr(ord("a") + len(letters))) for n in names)

    equation = ",".join(shortened(side) for side in left.split(",")) + "->" + shortened(right)
    if len(letters) > 26:
        raise undetermined(Reason.UNSUPPORTED, "more than 26 axes")
    return einsum_tensors(equation, tuple(tensors), kind_of(*tensors))


@operation("einops.parse_shape")
def parse_shape(x: Any, pattern: Any) -> Value:
    """The size of each named axis, `_` apart."""
    tensor = as_tensor(x)
    sizes = shape_value(tensor)
    names = [group[0] if group else "()" for group in parse_side(known_text(pattern))]
    if isinstance(sizes, Unknown):
        raise Undetermined(sizes)
    if "..." in names or len(names) != len(sizes):
        raise undetermined(Reason.UNSUPPORTED, "parse_shape with an ellipsis")
    return {name: size for name, size in zip(names, sizes, strict=True) if name != "_"}


@operation("einops.pack")
def pack(tensors: Any, pattern: Any) -> Value:
    """The tensors with the axes at `*` flattened and joined, and the shapes that were packed."""
    items = sequence(tensors)
    if items is None:
        raise Undetermined(tensors) if isinstance(tensors, Unknown) else undetermined(Reason.UNSUPPORTED)
    names = known_text(pattern).split()
    before, after = names.index("*"), len(names) - names.index("*") - 1
    parts = [as_tensor(item) for item in items]
    if any(part.shape is None for part in parts):
        raise undetermined(Reason.DATA_DEPENDENT, "pack of tensors of unknown rank")
    shapes = [part.shape or () for part in parts]
    packed = [shape[before : len(shape) - after] for shape in shapes]
    flat = [(*s[:before], element_count(p), *s[len(s) - after :]) for s, p in zip(shapes, packed, strict=True)]
    kept = tuple(shape_value(TensorValue(p, kind=part.kind)) for p, part in zip(packed, parts, strict=True))
    return parts[0].with_shape(concatenate(flat, before)), kept


@operation("einops.unpack")
def unpack(tensor: Any, packed_shapes: Any, pattern: Any) -> Value:
    """The tensors that `pack` joined, from their packed shapes."""
    x, names, listed = as_tensor(tensor), known_text(pattern).split(), sequence(packed_shapes)
    if listed is None or x.shape is None:
        raise undetermined(Reason.DATA_DEPENDENT, "unpack")
    place = names.index("*")
    parts = [tuple(as_size(size) for size in sequence(item) or ()) for item in listed]
    parts = [tuple(None if size == -1 else size for size in part) for part in parts]
    return tuple(x.with_shape((*x.shape[:place], *part, *x.shape[place + 1 :])) for part in parts)


@operation("einops.asnumpy")
def as_numpy(tensor: Any) -> TensorValue:
    x = as_tensor(tensor)
    return TensorValue(x.shape, kind="numpy", dtype=x.dtype, data=x.data, reason=x.reason)
