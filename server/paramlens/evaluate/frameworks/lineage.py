"""Where tensors come from: the steps of a model, each a call of a layer or an operation that joins several tensors.

Operations on one tensor are no steps of their own: their results come from where that tensor came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks.samples import are_mixed
from paramlens.evaluate.frameworks.state import Call, NotedOperation
from paramlens.evaluate.products import product_macs
from paramlens.shapes import Shape
from paramlens.values import Instance, ParameterValue, TensorValue, Value

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
    for tensor in made:
        if tensor.kind == "keras" and tensor not in given:
            tensor.mixed = are_mixed(name, given, tensor)
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
    shape = made[0].shape if len(made) == 1 else None
    if product_macs(name, [tensor.shape for tensor in given], shape) is not None:
        note_operation(vm, vm.calling[-1], name, given, shape)


def note_operation(
    vm: Interpreter, layer: Instance, name: str, given: Sequence[TensorValue], made: Shape | None
) -> None:
    """Note an operation that the call which runs now does in this layer."""
    if not vm.calling or layer.state is None:
        return
    vm.called.setdefault(id(layer), layer)
    vm.touch(layer)
    shapes = tuple(tensor.shape for tensor in given)
    layer.state.note_product(NotedOperation(next(_numbers), name, shapes, made, doubt(vm)))


def doubt(vm: Interpreter) -> int:
    """How many unknown conditions and loops of unknown length what runs now stands in, or behind with a way out."""
    return vm.repeating + vm.undecided + sum(len(frame.pending) for frame in vm.frames)


def now() -> int:
    """A number greater than those of all steps so far."""
    return next(_numbers)


def noted_call(
    vm: Interpreter, layer: Instance, given: tuple[TensorValue, ...], made: Value, start: tuple[int, int]
) -> Call:
    """The record of a call that has come to its end; `start` is what `begin` told before it."""
    number, doubted = start
    outer = vm.calling[0] if vm.calling else layer
    parts = () if vm.calling else tuple(vm.called.values())
    return Call(given, made, vm.place, (number, now()), doubted, outer, parts)


def begin(vm: Interpreter) -> tuple[int, int]:
    """Where a call begins: its number, and how sure it is that it happens."""
    return now(), doubt(vm)


@contextmanager
def call(vm: Interpreter, layer: Instance, given: Sequence[TensorValue]) -> Iterator[list[TensorValue]]:
    """A call of a layer; what it makes is to be put into the list. A call whose result comes from steps within it is
    no step of its own."""
    if not vm.calling:
        vm.called = {}
        for tensor in given:
            if tensor.origin is None and not isinstance(tensor, ParameterValue):
                tensor.origin = Step("", None, None, (), tensor.shape)
    parents = _parents(given)
    made: list[TensorValue] = []
    start = next(_numbers)
    vm.calling.append(layer)
    vm.called.setdefault(id(layer), layer)
    try:
        yield made
    finally:
        vm.calling.pop()
    if any(tensor.mixed for tensor in given):
        for tensor in made:
            tensor.mixed = True
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
