"""The layers of a functional model, in the order of `model.layers`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlens.evaluate.frameworks.conversion import flat_tensors
from paramlens.evaluate.frameworks.keras_layer import ensure_state
from paramlens.evaluate.frameworks.state import Call, Graph, Producer
from paramlens.records import Record, record
from paramlens.values import Instance, ListValue, TensorValue, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_MERGING = {
    name.lower(): name
    for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")
}


class _Node:
    """One call of a layer or operation; `owner` is the same for all calls of one layer."""

    def __init__(self, tensor: TensorValue, producer: Producer, parents: list[TensorValue]) -> None:
        self.tensor = tensor
        self.producer = producer
        self.owner: Any = producer.layer if isinstance(producer.layer, Instance) else self
        self.parents = parents
        self.depth = 0


def graph_layers(vm: Interpreter, inputs: Value, outputs: Value) -> tuple[list[Instance], Unknown | None]:
    """The layers between inputs and outputs, farthest from the outputs first, and why some may be missing.

    The order is Keras' own: by depth, which is the longest way to an output, then by the first visit of a depth-first
    search from the outputs. Inputs that lead nowhere have depth 0.
    """
    starts = list(vm.flat_tensors(inputs))
    search = _Search({id(tensor) for tensor in starts})
    for tensor in vm.flat_tensors(outputs):
        search.visit(tensor)
    depths = _depths(search)
    for tensor in starts:
        producer: Producer | None = tensor.producer
        if producer is not None and is_input(producer.layer) and producer.layer not in depths:
            depths[producer.layer] = 0
            search.first_visit[producer.layer] = -1
    order = sorted(depths, key=lambda owner: (-depths[owner], search.first_visit[owner]))
    layers = [layer for owner in order if (layer := _layer_of(vm, owner)) is not None]
    problem = search.problem
    for value in _unknowns(outputs):
        problem = problem if problem is not None else value
    return layers, problem


class _Search:
    """A depth-first search from the outputs to the inputs."""

    def __init__(self, ends: set[int]) -> None:
        self.ends = ends
        self.nodes: dict[tuple[int, int], _Node | None] = {}  # by the call; None where the model begins
        self.finished: list[_Node] = []
        self.first_visit: dict[Any, int] = {}
        self.problem: Unknown | None = None

    def visit(self, tensor: TensorValue) -> None:
        """Visit what leads to a tensor, each call once."""
        stack: list[tuple[_Node, Iterator[TensorValue]]] = []
        self._enter(tensor, stack)
        while stack:
            node, parents = stack[-1]
            parent = next(parents, None)
            if parent is not None:
                self._enter(parent, stack)
            else:
                stack.pop()
                self.finished.append(node)

    def _enter(self, tensor: TensorValue, stack: list[tuple[_Node, Iterator[TensorValue]]]) -> None:
        producer: Producer | None = tensor.producer
        if producer is None:
            if tensor.reason is not None and self.problem is None:
                self.problem = tensor.reason
            return
        key = _key(producer)
        if key in self.nodes:
            return
        if id(tensor) in self.ends and not is_input(producer.layer):
            self.nodes[key] = None
            return
        parents = [] if is_input(producer.layer) else list(producer.inputs)
        node = self.nodes[key] = _Node(tensor, producer, parents)
        self.first_visit.setdefault(node.owner, len(self.first_visit))
        stack.append((node, iter(parents)))


@record
class GraphCall(Record):
    """One call in the graph of a functional model: of `layer`, or of the operation `name`."""

    layer: Instance | None
    name: str
    given: tuple[TensorValue, ...]
    made: TensorValue


def graph_calls(graph: Graph) -> list[GraphCall]:
    """The calls between the inputs and the outputs of a functional model, each once."""
    search = _Search({id(tensor) for tensor in flat_tensors(graph.inputs)})
    for tensor in flat_tensors(graph.outputs):
        search.visit(tensor)
    return [
        GraphCall(
            node.owner if isinstance(node.owner, Instance) else None,
            getattr(node.producer.function, "name", ""),
            node.producer.inputs,
            node.tensor,
        )
        for node in search.finished
        if not is_input(node.producer.layer)
    ]


def _key(producer: Producer) -> tuple[int, int]:
    """The same for all tensors that one call gave."""
    return id(producer.layer if producer.layer is not None else producer.function), id(producer.args)


def _depths(search: _Search) -> dict[Any, int]:
    depths: dict[Any, int] = {}
    for node in reversed(search.finished):
        node.depth = depths[node.owner] = max(node.depth, depths.get(node.owner, 0))
        for tensor in node.parents:
            parent = search.nodes.get(_key(tensor.producer)) if tensor.producer is not None else None
            if parent is not None:
                parent.depth = max(parent.depth, node.depth + 1)
    return depths


def _layer_of(vm: Interpreter, owner: Any) -> Instance | None:
    """The layer itself; for `layers.add(…)` the layer that this makes; None for operations."""
    if isinstance(owner, Instance):
        return owner
    place, _, name = getattr(owner.producer.function, "name", "").rpartition(".")
    if name not in _MERGING or ".layers" not in place:
        return None
    layer = vm.new_instance(vm.framework_class(f"keras.layers.{_MERGING[name]}"))
    state = ensure_state(vm, layer)
    state.is_built, state.needs_input = True, False
    state.calls.append(Call(owner.producer.inputs, owner.tensor))
    state.base = {"name": owner.producer.kwargs.get("name")}
    return layer


def is_input(layer: Any) -> bool:
    """Whether a layer is the InputLayer of a tensor."""
    return isinstance(layer, Instance) and layer.cls.name == "InputLayer"


def _unknowns(value: Value) -> list[Unknown]:
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, ListValue):
        return [found for item in value.items for found in _unknowns(item)]
    if isinstance(value, tuple):
        return [found for item in value for found in _unknowns(item)]
    return []


def source_inputs(tensor: TensorValue) -> list[TensorValue]:
    """The tensors that nothing made, or an Input, from which a tensor is computed, each once."""
    found: dict[int, TensorValue] = {}
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        present = waiting.pop()
        if id(present) in seen:
            continue
        seen.add(id(present))
        producer: Producer | None = present.producer
        if producer is None or not producer.inputs:
            found[id(present)] = present
        else:
            waiting.extend(reversed(producer.inputs))
    return list(found.values())
