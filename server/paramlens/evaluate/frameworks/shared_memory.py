"""Tensors that are views of one memory: what changes one of them in place may change the numbers of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.values import TensorValue, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

VIEWS = frozenset(
    (
        *("view", "reshape", "transpose", "t", "permute", "squeeze", "unsqueeze", "flatten", "ravel", "narrow"),
        *("split", "chunk", "unbind", "expand", "expand_as", "view_as", "detach", "numpy", "from_numpy", "asarray"),
        *("as_tensor", "contiguous", "movedim", "moveaxis", "swapaxes", "swapdims", "diagonal", "atleast_1d", "real"),
        *("atleast_2d", "broadcast_to", "float", "long", "int", "type", "astype", "cpu", "array_split", "hsplit"),
        *("vsplit", "unfold", "select", "to"),
    )
)


def share(vm: Interpreter, source: Value, result: Value) -> None:
    """`result` may be a view of `source`; only tensors whose numbers are known matter."""
    if isinstance(result, tuple):
        for item in result:
            share(vm, source, item)
    if not isinstance(source, TensorValue) or not isinstance(result, TensorValue) or result is source:
        return
    if source.data is None or result.data is None or not source.shape:
        return
    group = vm.memories.setdefault(id(source), [source])
    group.append(result)
    vm.memories[id(result)] = group


def changed(vm: Interpreter, tensor: Value) -> None:
    """A tensor was changed in place: the numbers of those that share its memory are not known any more."""
    for other in vm.memories.get(id(tensor), ()):
        if other is not tensor and other.data is not None:
            vm.touch(other)
            other.data = None
