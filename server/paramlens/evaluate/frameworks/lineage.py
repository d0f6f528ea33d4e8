"""Where tensors come from: the steps of a model, each a call of a layer or an operation that joins several tensors.

Operations on one tensor are no steps of their own: their results come from where that tensor came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from paramlens.evaluate.products import product_macs
from paramlens.shapes import Shape
from paramlens.values import Instance, ParameterValue, TensorValue

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


class Step:
    """One step: the call of `layer`, or without a layer the operation `name`; `name` is empty where a tensor enters.

    `within` is the layer in whose call it happens, `parents` the steps that its tensors come from, each with the shape
    that arrives, and `shape` that of its own result. Later steps have greater numbers.
    """

    __slots__ = ("layer", "name", "number", "parents", "shape", "within")

    def __init__(
        self,
        name: str,
        layer: Instance | None,
        within: Instance | None,
        parents: tuple[tuple[Step, Shape | None], ...],
        shape: Shape | None,
    ) -> None:
        self.name = name
        self.layer = layer
        self.within = within
        self.parents = parents
        self.shape = shape
        self.number = next(_numbers)


_numbers = count()


def passed_on(
    vm: Interpreter,
    name: str,
    given: Sequence[TensorValue],
    made: Iterable[TensorValue],
    *,
    in_place: bool = False,
) -> None:
    """The results of an operation come from where its operands came from."""
    made = tuple(made)
    if vm.calling and len(given) > 1:
        _note_product(vm, name, given, made)
    parents = _parents(given)
    if not parents:
        return
    for tensor in made:
        if isinstance(tensor, ParameterValue) or (tensor.origin is not None and not in_place):
            continue
        if len(parents) == 1:
            tensor.origin = parents[0][0]
        else:
            tensor.origin = Step(name, None, vm.calling[-1] if vm.calling else None, parents, tensor.shape)


def _note_product(vm: Interpreter, name: str, given: Sequence[TensorValue], made: Sequence[TensorValue]) -> None:
    """Products of tensors cost what no layer tells: the layer in whose call they stand keeps them."""
    layer = vm.calling[-1]
    shape = made[0].shape if len(made) == 1 else None
    shapes = [tensor.shape for tensor in given]
    if layer.state is not None and product_macs(name, shapes, shape) is not None:
        vm.touch(layer)
        layer.state.note_product((next(_numbers), name, shapes, shape))


def now() -> int:
    """A number greater than those of all steps so far."""
    return next(_numbers)


@contextmanager
def call(vm: Interpreter, layer: Instance, given: Sequence[TensorValue]) -> Iterator[list[TensorValue]]:
    """A call of a layer; what it makes is to be put into the list. A call whose result comes from steps within it is
    no step of its own."""
    if not vm.calling:
        for tensor in given:
            if tensor.origin is None and not isinstance(tensor, ParameterValue):
                tensor.origin = Step("", None, None, (), tensor.shape)
    parents = _parents(given)
    made: list[TensorValue] = []
    start = next(_numbers)
    vm.calling.append(layer)
    try:
        yield made
    finally:
        vm.calling.pop()
    if any(tensor.origin is not None and tensor.origin.number > start for tensor in made):
        return
    fresh = [tensor for tensor in made if not isinstance(tensor, ParameterValue) and tensor not in given]
    is_graph = layer.state is not None and layer.state.graph is not None
    copies = _copies(layer, fresh, parents) if is_graph else {}
    within = vm.calling[-1] if vm.calling else None
    for tensor in fresh:
        copy = copies.get(tensor.origin)
        tensor.origin = copy if copy is not None else Step("", layer, within, parents, tensor.shape)


def _copies(
    model: Instance, made: Sequence[TensorValue], parents: tuple[tuple[Step, Shape | None], ...]
) -> dict[Step | None, Step]:
    """Of a functional model that is called: its steps, which were made before, for these inputs; by the first ones."""
    from paramlens.evaluate.frameworks.conversion import flat_tensors

    inputs = [tensor.origin for tensor in flat_tensors(model.state.graph.inputs)]
    if len(inputs) != len(parents):
        return {}
    copies: dict[Step | None, Step] = {step: given for step, (given, _) in zip(inputs, parents, strict=True)}
    stack = [tensor.origin for tensor in made if tensor.origin is not None]
    while stack:
        step = stack[-1]
        missing = [parent for parent, _ in step.parents if parent not in copies]
        if step in copies or not missing:
            stack.pop()
            if step not in copies:
                known = tuple((copies[parent], shape) for parent, shape in step.parents)
                copies[step] = Step(step.name, step.layer, step.within or model, known, step.shape)
        else:
            stack.extend(missing)
    return copies


def _parents(given: Sequence[TensorValue]) -> tuple[tuple[Step, Shape | None], ...]:
    found: dict[int, tuple[Step, Shape | None]] = {}
    for tensor in given:
        if tensor.origin is not None:
            found.setdefault(id(tensor.origin), (tensor.origin, tensor.shape))
    return tuple(found.values())
