"""What the evaluator keeps for an instance of a layer class, beside its attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

from paramlens.layers.declare import Built, LayerDeclaration
from paramlens.records import Record, mutable_record, record
from paramlens.shapes import Shape
from paramlens.values import Instance, ParameterValue, Place, Reason, TensorValue, Unknown, Value

MOST_CALLS = 1_000
"""Calls of one layer that are kept. With more of them, as in a training loop, nothing is added up over all."""


@record
class Call(Record):
    """One call of a layer: the tensors in (flat) and the result."""

    inputs: tuple[TensorValue, ...]
    output: Value
    place: Place | None = None
    span: tuple[int, int] = (0, 0)  # the numbers of lineage between which it ran
    doubt: int = 0  # how many unknown conditions and loops of unknown length it stands in
    outer: Instance | None = None  # the layer in whose outermost call it ran, itself where it is that
    parts: tuple[Instance, ...] = ()  # of an outermost call: what was called within it, itself too


OWN = "forward"
"""The operation that a declared layer is, as it is noted."""


@record
class NotedOperation(Record):
    """An operation in the call of a layer: its number in the lineage, name, the shapes given and the shape made."""

    number: int
    name: str
    given: tuple[Shape | None, ...]
    made: Shape | None
    doubt: int = 0  # as of a call


@record
class Producer(Record):
    """How a Keras tensor was made: by calling `function` (a layer, or an operation) with these arguments.

    `layer` is the layer called, or None for an operation; `inputs` are the tensors among the arguments.
    """

    function: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value]
    inputs: tuple[TensorValue, ...]
    layer: Any = None
    index: int = 0


@record
class Graph(Record):
    """A functional model: what it takes, what it gives, and the layers between, in order."""

    inputs: Value
    outputs: Value
    layers: tuple[Any, ...]

    def copied(self, copy_of: Callable[[Value], Value]) -> Graph:
        """The same graph of copied layers; the tensors stay those of the original calls."""
        return Graph(self.inputs, self.outputs, tuple(copy_of(layer) for layer in self.layers))


@mutable_record
class LayerState:
    """The framework's side of a layer instance.

    incomplete  why there may be weights that are not seen; None when all are
    doubtful    also those that are seen may be gone, frozen or shared: not even a lower bound holds
    arguments   constructor arguments of the nearest declared class, by today's names
    base        Keras: arguments that every layer takes (name, input_shape, trainable, …)
    hidden      torch: attributes set behind the module's back (`__dict__`, `object.__setattr__`), which it does not own
    own         weights that are not held by an attribute (add_weight, register_parameter order)
    built       the declared rule's result, once it is known
    is_built    Keras: weights exist; torch lazy modules: materialised
    sequence    Keras Sequential: its layers
    products    products of tensors in its own calls, and of a torch class its declared forward
    """

    framework: str
    declaration: LayerDeclaration | None = None
    incomplete: Unknown | None = None
    doubtful: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)
    given: tuple[tuple[str, str], ...] = ()
    base: dict[str, Value] = field(default_factory=dict)
    own: tuple[ParameterValue, ...] = ()
    buffers: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    built: Built | None = None
    is_built: bool = False
    needs_input: bool = False
    sequence: tuple[Any, ...] | None = None
    graph: Graph | None = None
    trainable: Any = True
    calls: list[Call] = field(default_factory=list)
    products: list[NotedOperation] = field(default_factory=list)
    wrapped: dict[str, Any] = field(default_factory=dict)

    def note_call(self, call: Call) -> None:
        """Add a call, unless there are very many."""
        if len(self.calls) < MOST_CALLS:
            self.calls.append(call)

    def note_product(self, operation: NotedOperation) -> None:
        """Add a product of tensors, unless there are very many."""
        if len(self.products) < MOST_CALLS:
            self.products.append(operation)

    def __copy__(self) -> LayerState:
        """Calls are added in place."""
        return replace(self, calls=[*self.calls], products=[*self.products])

    def copied(self, copy_of: Callable[[Value], Value]) -> LayerState:
        """The state of a deep copy: its weights are those of the copy."""
        from paramlens.evaluate.frameworks.declared import Handle

        def renewed(value: Any) -> Any:
            return Handle(value.vm, copy_of(value.instance)) if isinstance(value, Handle) else value

        return replace(
            self,
            arguments={name: renewed(value) for name, value in self.arguments.items()},
            own=tuple(copy_of(weight) for weight in self.own),
            sequence=None if self.sequence is None else tuple(copy_of(layer) for layer in self.sequence),
            graph=None if self.graph is None else self.graph.copied(copy_of),
            calls=[],
            products=[],
            wrapped={name: copy_of(value) for name, value in self.wrapped.items() if name != "keys"}
            | {name: value for name, value in self.wrapped.items() if name == "keys"},
        )

    def joined(self, other: LayerState | None) -> LayerState:
        """The state after either of two branches."""
        if other is None:
            return self
        if self.incomplete is None and other.incomplete is not None:
            self.incomplete = other.incomplete
        self.doubtful |= other.doubtful
        if self.trainable is not other.trainable and self.trainable != other.trainable:
            self.trainable = Unknown(Reason.BRANCHES, "trainable")
        differ = self.own != other.own or self.sequence != other.sequence or self.graph is not other.graph
        if differ and self.incomplete is None:
            self.incomplete = Unknown(Reason.BRANCHES, "its layers")
        if self.hidden != other.hidden and self.incomplete is None:
            self.incomplete = Unknown(Reason.BRANCHES, "its attributes")
        self.is_built = self.is_built and other.is_built
        self.buffers |= other.buffers
        last = self.calls[-1] if self.calls else None
        if other.calls and other.calls[-1] is not last and len(self.calls) < MOST_CALLS:
            own = {id(call) for call in self.calls}
            self.calls = [*self.calls, *(call for call in other.calls if id(call) not in own)][:MOST_CALLS]
        if other.products and (not self.products or other.products[-1] is not self.products[-1]):
            mine = {operation.number for operation in self.products}
            more = [operation for operation in other.products if operation.number not in mine]
            self.products = sorted([*self.products, *more], key=lambda operation: operation.number)[:MOST_CALLS]
        return self
