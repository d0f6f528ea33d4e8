"""What the layers and modules of a program hold, as plain data from which advice follows.

Only what the analysed file makes is described: instances of its classes, and stacks and graphs made in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from paramlens.dims import Dim, Sym, compare
from paramlens.evaluate import counting
from paramlens.evaluate.frameworks import keras_layer
from paramlens.evaluate.frameworks.state import LayerState, Producer
from paramlens.evaluate.tree import children_of
from paramlens.records import Record, record
from paramlens.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    ParameterValue,
    Place,
    TensorValue,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_CONVOLUTIONS = ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")
_TORCH_BIASED = frozenset(f"torch.nn.{name}" for name in (*_CONVOLUTIONS, "Linear"))
_TORCH_NORMS = frozenset(f"torch.nn.{name}" for name in ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"))
_KERAS_CONVOLUTIONS = (
    "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv1D",
    "SeparableConv2D",
)  # fmt: skip
_KERAS_BIASED = frozenset(f"keras.layers.{name}" for name in (*_KERAS_CONVOLUTIONS, "Dense"))
_KERAS_NORM = "keras.layers.BatchNormalization"
_RUN = {"torch": "forward", "keras": "call"}


@record
class Part(Record):
    """A layer under its name in what holds it. `bias` is the size of a bias that a batch norm behind it would take
    away, `norm` the features that a batch norm takes the mean from (Keras: None where any)."""

    name: str
    place: Place | None
    class_name: str
    count: Dim | None
    bias: Dim | None = None
    norm: Dim | None = None
    is_norm: bool = False


@record
class Loose(Record):
    """A plain list, tuple or dict of modules under an attribute; `unseen` says that Keras missed a change of it."""

    name: str
    count: int | None
    instances: int
    place: Place | None
    class_name: str
    unseen: bool = False


@record
class Holder(Record):
    """What one or more instances hold alike.

    classes   names of the classes of the file that it is an instance of
    whole     nothing but these and the framework's classes makes it what it is, and all it holds is known
    runs      the file says what its call does
    follows   pairs of parts: the output of the first goes into the second and nowhere else
    in_run    the program itself makes it; otherwise `assumed` are the arguments that it was made with
    """

    class_name: str
    classes: tuple[str, ...]
    whole: bool
    runs: bool
    parts: tuple[Part, ...]
    follows: tuple[tuple[int, int], ...]
    loose: tuple[Loose, ...]
    in_run: bool
    assumed: str
    instances: int = 1


def holders(vm: Interpreter, path: str, made: Iterable[tuple[Instance, int]]) -> tuple[Holder, ...]:
    """The instances with their phases as holders, those that are alike together."""
    instances = list({id(instance): (instance, phase) for instance, phase in made}.values())
    held = _Registered(instance for instance, _ in instances)
    found: Counter[Holder] = Counter()
    for instance, phase in instances:
        holder = _holder(vm, path, instance, phase, held)
        if holder is not None:
            found[holder] += 1
    return tuple(
        Holder(h.class_name, h.classes, h.whole, h.runs, h.parts, h.follows, h.loose, h.in_run, h.assumed, count)
        for h, count in found.items()
    )


def _holder(vm: Interpreter, path: str, instance: Instance, phase: int, held: _Registered) -> Holder | None:
    state: LayerState | None = instance.state
    if state is None or type(instance) is not Instance:
        return None
    own = [cls for cls in instance.cls.mro if isinstance(cls, ClassValue) and cls.module is not None]
    stack = state.sequence is not None or instance.cls.qualified_name == "torch.nn.Sequential"
    if not own and not stack and state.graph is None:
        return None
    if own and not any(cls.module is vm.main for cls in own):
        return None
    whole = (
        all(isinstance(cls, ClassValue) and (cls.module is None or cls.module is vm.main) for cls in instance.cls.mro)
        and state.incomplete is None
        and not state.doubtful
    )
    run = vm.class_attribute(instance.cls, _RUN[state.framework])
    runs = isinstance(run, FunctionValue) and run.module is vm.main
    children = _children(instance)
    parts = tuple(_part(vm, path, name, child) for name, child in children)
    loose = tuple(_loose(vm, instance, held)) if own else ()
    if not any(part.place is not None for part in parts) and not loose:
        return None
    follows = () if own and runs else tuple(_follows(instance, [child for _, child in children]))
    if own and not runs and not stack and state.graph is None:
        follows = ()
    return Holder(
        counting.display_name(instance), tuple(cls.name for cls in own if cls.module is vm.main), whole, runs, parts,
        follows, loose, phase == 0, vm.assumptions[phase],
    )  # fmt: skip


def _children(instance: Instance) -> list[tuple[str, Instance]]:
    """The layers that it holds, by name: Keras' own by the attributes that they stand under."""
    if instance.state.framework == "keras" and instance.state.sequence is not None:
        return [(str(number), layer) for number, layer in enumerate(instance.state.sequence) if _is_layer(layer)]
    return children_of(instance)


def _is_layer(value: Value) -> bool:
    return isinstance(value, Instance) and value.state is not None


def _part(vm: Interpreter, path: str, name: str, layer: Instance) -> Part:
    place = layer.place if layer.place is not None and layer.place.path == path else None
    kind = counting.display_name(layer)
    if layer.state.framework == "torch":
        norm = layer.state.arguments.get("num_features") if kind in _TORCH_NORMS else None
        return Part(name, place, kind, _count(vm, layer, place), _torch_bias(kind, layer), norm, kind in _TORCH_NORMS)
    return Part(
        name, place, kind, _count(vm, layer, place), _keras_bias(kind, layer), is_norm=_is_keras_norm(kind, layer)
    )


def _count(vm: Interpreter, layer: Instance, place: Place | None) -> Dim | None:
    if place is None:
        return None
    total = vm.tallies.at_site(layer).total
    return total if isinstance(total, int | Sym) else None


def _torch_bias(kind: str, layer: Instance) -> Dim | None:
    bias = layer.attributes.get("bias") if kind in _TORCH_BIASED else None
    if isinstance(bias, ParameterValue) and bias.trainable is True and bias.shape is not None and len(bias.shape) == 1:
        return bias.shape[0]
    return None


def _keras_bias(kind: str, layer: Instance) -> Dim | None:
    """A bias that nothing but the layer's own product comes before: `activation` stands between it and what follows."""
    given = layer.state.arguments
    if kind not in _KERAS_BIASED or given.get("use_bias") is not True or layer.state.trainable is not True:
        return None
    if given.get("activation") not in (None, "linear") or given.get("data_format") not in (None, "channels_last"):
        return None
    size = given.get("units", given.get("filters"))
    return size if isinstance(size, int | Sym) else None


def _is_keras_norm(kind: str, layer: Instance) -> bool:
    if kind != _KERAS_NORM or layer.state.trainable is not True or len(layer.state.calls) > 1:
        return False
    axis = layer.state.arguments.get("axis", -1)
    rank = len(shape) if (shape := _input_shape(layer)) is not None else None
    return axis == -1 or (rank is not None and axis == rank - 1)


def _input_shape(layer: Instance) -> tuple[object, ...] | None:
    calls = layer.state.calls
    return calls[0].inputs[0].shape if calls and calls[0].inputs else None


def takes_away(norm: Part, before: Part) -> bool:
    """Whether the batch norm's mean takes away the bias of the layer whose output it is given."""
    if not norm.is_norm or before.bias is None:
        return False
    return norm.norm is None or compare(norm.norm, "==", before.bias) is True


# --------------------------------------------------------------------------------------------------- what follows what


def _follows(instance: Instance, children: Sequence[Instance]) -> Iterator[tuple[int, int]]:
    """Pairs of neighbours in a stack or graph where the second is all that the first is used for."""
    state: LayerState = instance.state
    if state.framework == "torch" or state.sequence is not None:
        for number in range(len(children) - 1):
            if _used_once(children[number], children):
                yield number, number + 1
    elif state.graph is not None:
        yield from _graph_pairs(instance, children)


def _used_once(layer: Instance, children: Sequence[Instance]) -> bool:
    often_called = layer.state.framework == "keras" and len(layer.state.calls) > 1
    return not often_called and sum(child is layer for child in children) == 1


def _graph_pairs(instance: Instance, children: Sequence[Instance]) -> Iterator[tuple[int, int]]:
    graph = instance.state.graph
    users: dict[int, list[Producer]] = {}
    ends = {id(tensor) for tensor in _tensors(graph.outputs)}
    seen: dict[int, Producer] = {}
    stack = list(_tensors(graph.outputs))
    while stack:
        producer = stack.pop().producer
        if isinstance(producer, Producer) and id(producer) not in seen:
            seen[id(producer)] = producer
            for tensor in producer.inputs:
                users.setdefault(id(tensor), []).append(producer)
                stack.append(tensor)
    numbers = {id(child): number for number, child in enumerate(children)}
    for number, layer in enumerate(children):
        output = layer.state.calls[0].output if len(layer.state.calls) == 1 else None
        if isinstance(output, TensorValue) and id(output) not in ends and len(users.get(id(output), ())) == 1:
            follower = users[id(output)][0]
            if isinstance(follower.layer, Instance) and id(follower.layer) in numbers:
                yield number, numbers[id(follower.layer)]


def _tensors(value: Value) -> Iterator[TensorValue]:
    if isinstance(value, TensorValue):
        yield value
    elif isinstance(value, ListValue | tuple | DictValue):
        items = value if isinstance(value, tuple) else value.items
        for item in items.values() if isinstance(items, dict) else items:
            yield from _tensors(item)


# ----------------------------------------------------------------------------------------------- what is not registered


class _Registered:
    """The layers that some instance holds as its own, found when it is first asked."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._instances = tuple(instances)
        self._ids: set[int] | None = None

    def has(self, layer: Instance) -> bool:
        if self._ids is None:
            self._ids = {id(child) for one in self._instances if one.state is not None for _, child in _children(one)}
        return id(layer) in self._ids


def _loose(vm: Interpreter, instance: Instance, held: _Registered) -> Iterator[Loose]:
    """Plain containers of modules that were made for the instance and that nothing else holds."""
    keras = instance.state.framework == "keras"
    for name, value in instance.attributes.items():
        if keras:
            if isinstance(value, ListValue | DictValue | tuple) and keras_layer.changed_unseen(value):
                yield Loose(name, None, 0, None, "", unseen=True)
            continue
        if type(value) not in (ListValue, DictValue, tuple) or name in instance.state.hidden:
            continue
        modules = _modules(value)
        if len(modules) < 2 or any(held.has(module) or module.birth < instance.birth for module in modules):
            continue
        tallies = [vm.tallies.at_site(module) for module in modules]
        if any(not isinstance(tally.total, int) or tally.total > 0 for tally in tallies):
            totals = [tally.total for tally in tallies if isinstance(tally.total, int)]
            count = sum(totals) if len(totals) == len(modules) else None
            yield Loose(name, count, len(modules), modules[0].place, counting.display_name(modules[0]))


def _modules(value: Value) -> list[Instance]:
    """The modules of a container that holds nothing else; none of one whose contents are not all known."""
    if (isinstance(value, ListValue) and value.rest is not None) or (isinstance(value, DictValue) and value.open):
        return []
    if isinstance(value, tuple):
        items = list(value)
    elif isinstance(value, ListValue):
        items = list(value.items)
    else:
        assert isinstance(value, DictValue)
        items = list(value.items.values())
    modules = [item for item in items if isinstance(item, Instance) and _is_layer(item)]
    return list({id(item): item for item in modules}.values()) if len(modules) == len(items) else []
