"""The graph of a model from its inputs to its outputs, from the steps that its tensors come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paramlens.evaluate.frameworks import keras_layer
from paramlens.evaluate.frameworks.conversion import flat_tensors
from paramlens.evaluate.frameworks.lineage import Step
from paramlens.evaluate.frameworks.state import LayerState
from paramlens.evaluate.tree import children_of
from paramlens.facts import GraphEdge, GraphFact, GraphNode
from paramlens.values import Instance, TensorValue, Unknown, Value

MOST_NODES = 1_500

NOT_CALLED = "The model is never called with an input here."
NOT_FOLLOWED = "What the model does with its input could not be followed to its result."
TOO_LARGE = f"The graph has more than {MOST_NODES:,} nodes."

Path = tuple[int, ...]


def graph_of(model: Instance) -> GraphFact:
    """The graph of a model that was called or is a graph itself; without nodes, and with the reason, where there is
    none."""
    given, made, reason = _ends(model)
    if made is None:
        return GraphFact(reason=reason)
    drawing = _Drawing(paths_of(model), model, given)
    outputs = list(flat_tensors(made))
    if not outputs or not any(drawing.reaches_input(tensor.origin) for tensor in outputs):
        why = next((tensor.reason for tensor in outputs if tensor.reason is not None), None)
        why = made if isinstance(made, Unknown) else why
        return GraphFact(reason=NOT_FOLLOWED if why is None else f"{NOT_FOLLOWED} {_sentence(why)}")
    return drawing.drawn(outputs)


def _sentence(unknown: Unknown) -> str:
    detail = f": {unknown.detail}" if unknown.detail else ""
    return f"{unknown.reason.value[:1].upper()}{unknown.reason.value[1:]}{detail}."


def _ends(model: Instance) -> tuple[Sequence[TensorValue], Value, str]:
    """The tensors that go in, what comes out (None when that is not known), and why it is not."""
    state: LayerState = model.state
    if state.graph is not None:
        return list(flat_tensors(state.graph.inputs)), state.graph.outputs, ""
    if state.calls:
        return state.calls[0].inputs, state.calls[0].output, ""
    layers = keras_layer.sublayers(model) if state.sequence is not None else []
    called = [layer for layer in layers if layer.state.calls]
    if layers and len(called) == len(layers):
        return called[0].state.calls[0].inputs, called[-1].state.calls[0].output, ""
    return (), None, NOT_CALLED


def paths_of(model: Instance) -> dict[int, Path]:
    """Where each part stands in the tree of the model, by identity: the position among the children at each level."""
    found: dict[int, Path] = {id(model): ()}
    stack: list[tuple[Instance, Path]] = [(model, ())]
    while stack:
        part, path = stack.pop()
        below = []
        for position, (_, child) in enumerate(children_of(part)):
            if id(child) not in found:
                found[id(child)] = (*path, position)
                below.append((child, found[id(child)]))
        stack.extend(reversed(below))
    return found


class _Drawing:
    """Nodes and edges, found from the outputs back to the inputs."""

    def __init__(self, paths: dict[int, Path], model: Instance, given: Sequence[TensorValue]) -> None:
        self._paths = paths
        self._model = model
        self._inputs = {id(tensor.origin): tensor for tensor in given if tensor.origin is not None}

    def reaches_input(self, step: Step | None) -> bool:
        return any(id(found) in self._inputs or _is_entry(found) for found in self._back([step]))

    def drawn(self, outputs: Sequence[TensorValue]) -> GraphFact:
        steps = self._back([tensor.origin for tensor in outputs])[::-1]
        if len(steps) > MOST_NODES:
            return GraphFact(reason=TOO_LARGE)
        numbers = {id(step): number for number, step in enumerate(steps)}
        nodes = [self._node(step) for step in steps]
        edges = [
            GraphEdge(numbers[id(parent)], number, shape)
            for number, step in enumerate(steps)
            if id(step) not in self._inputs
            for parent, shape in step.parents
        ]
        for tensor in outputs:
            if tensor.origin is not None:
                edges.append(GraphEdge(numbers[id(tensor.origin)], len(nodes), tensor.shape))
                nodes.append(GraphNode("output", "output", None, tensor.shape))
        return GraphFact(tuple(nodes), tuple(edges))

    def _back(self, starts: Iterable[Step | None]) -> list[Step]:
        """The steps that lead to some, each once and before those it comes from."""
        done: dict[int, Step] = {}
        entered: set[int] = set()
        stack = [(step, False) for step in starts if step is not None]
        while stack and len(done) <= MOST_NODES:
            step, leave = stack.pop()
            if leave:
                done[id(step)] = step
            elif id(step) not in entered:
                entered.add(id(step))
                stack.append((step, True))
                if id(step) not in self._inputs:
                    stack.extend((parent, False) for parent, _ in reversed(step.parents))
        return [*done.values()][::-1]

    def _node(self, step: Step) -> GraphNode:
        if id(step) in self._inputs:
            return GraphNode("input", "input", self._path(step.layer), self._inputs[id(step)].shape)
        if _is_entry(step):
            return GraphNode("input", "input", self._path(step.layer), step.shape)
        if step.layer is not None:
            return GraphNode("layer", step.layer.cls.name, self._path(step.layer), step.shape)
        return GraphNode("operation", step.name, self._path(step.within), step.shape)

    def _path(self, part: Instance | None) -> Path | None:
        return self._paths.get(id(part)) if part is not None else None


def _is_entry(step: Step) -> bool:
    return not step.parents and (step.layer is None or step.layer.cls.name == "InputLayer")
