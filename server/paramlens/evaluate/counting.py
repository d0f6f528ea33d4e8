"""Counting what instances own: tallies with their certainty, and the tree of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from paramlens.dims import Dim, Sym, TooLarge, total
from paramlens.evaluate.alternatives import Alternatives, undecided
from paramlens.evaluate.choices import NEVER_A_LAYER
from paramlens.evaluate.frameworks import keras_layer, torch_module
from paramlens.evaluate.frameworks.conversion import flat_tensors
from paramlens.evaluate.frameworks.state import Call, LayerState, Producer
from paramlens.evaluate.leaf_counts import leaf_tally
from paramlens.evaluate.passes import Figures
from paramlens.evaluate.tree import TREE_LIMIT, all_instances, children_of
from paramlens.facts import CallFact, LayerFact, Status, Tally, WeightFact
from paramlens.shapes import DTYPE_BYTES, element_count
from paramlens.values import Instance, ParameterValue, Place, Reason, TensorValue, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_LARGE = 300  # instances below one another
_MOST_WORK = 60_000  # instances looked at in large trees, as each module of a deep chain is counted when it is made


# ------------------------------------------------------------------------------------------------------- the tree


def weights_of(instance: Instance) -> list[tuple[str, ParameterValue]]:
    """The weights that an instance holds itself, by name."""
    if instance.state.framework == "torch":
        own = [(weight.name, weight) for weight in instance.state.own]
        return [*torch_module.own_parameters(instance), *own]
    names = {id(value): name for name, value in instance.attributes.items() if isinstance(value, ParameterValue)}
    return [(w.name or names.get(id(w), ""), w) for w in keras_layer.own_weights(instance)]


def missing_part(instance: Instance) -> Unknown | None:
    """Why the instance itself (not those below) may own more than is seen."""
    state: LayerState = instance.state
    if state.incomplete is not None:
        return state.incomplete
    if state.framework == "keras" and keras_layer.waits_for_input(instance):
        return Unknown(Reason.NOT_BUILT, instance.cls.name, instance.place)
    if state.framework == "keras" and (_waits_for_build(instance) or state.wrapped.get(keras_layer.ANNOUNCED)):
        return Unknown(Reason.NOT_BUILT, instance.cls.name, instance.place)
    if state.needs_input and state.framework == "torch":
        return Unknown(Reason.NOT_BUILT, instance.cls.name, instance.place)
    for name, value in instance.attributes.items():
        if not isinstance(value, Unknown) or value.weightless:
            continue
        if any(isinstance(option, ParameterValue) or is_model(option) for option in value.options):
            return value
        if value.reason not in NEVER_A_LAYER and _may_be_module(instance, name):
            return value
    return None


def _waits_for_build(instance: Instance) -> bool:
    """Whether a user's Keras layer has weights only after a call that never came."""
    state: LayerState = instance.state
    if state.is_built or state.calls or state.graph is not None:
        return False
    own = [base for base in instance.cls.mro if getattr(base, "module", None) is not None]
    return any("build" in base.namespace for base in own) or (bool(state.sequence) and not state.is_built)


def _may_be_module(instance: Instance, name: str) -> bool:
    """Constructor arguments and configuration of declared layers never hold modules that are not seen."""
    apart = name in instance.state.arguments or name in instance.state.hidden
    return not apart and not name.startswith("__")


# ------------------------------------------------------------------------------------------------------- counting


def tally_of(vm: Interpreter, instance: Instance) -> Tally:
    """The parameter count of an instance and all below it, shared weights once."""
    leaf = leaf_tally(instance)
    if leaf is not None:
        return leaf
    instances = all_instances(instance)
    if len(instances) > _LARGE:
        vm.tallies.large_trees += len(instances)
    weights: dict[int, tuple[ParameterValue, bool | None]] = {}
    reason: Unknown | None = None
    if len(instances) >= TREE_LIMIT:
        reason = Unknown(Reason.SIZE_LIMIT, f"more than {TREE_LIMIT:,} layers", instance.place)
    frozen = _frozen_by_layer(instance)
    for item in instances:
        if item.state.doubtful:
            return Tally(Status.UNKNOWN, reason=item.state.incomplete)
        if item.state.framework == "keras" and (unseen := keras_layer.untracked(item)) is not None:
            return Tally(Status.UNKNOWN, reason=unseen)
        if isinstance(item, Alternatives):
            continue
        for _, weight in weights_of(item):
            weights.setdefault(id(weight), (weight, _is_trainable(weight, item, frozen)))
        if reason is None:
            reason = missing_part(item)
    for item in instances:
        if isinstance(item, Alternatives):
            reason = _add_alternatives(vm, item, weights, reason)
    return _tally(weights.values(), reason)


def construction_tally(vm: Interpreter, instance: Instance) -> Tally:
    """The count of a torch module as its constructor leaves it; not known after large trees were counted many times."""
    if vm.tallies.large_trees > _MOST_WORK:
        known = leaf_tally(instance)
        if known is None:
            reason = Unknown(Reason.SIZE_LIMIT, "modules that hold one another", instance.place)
            return Tally(Status.UNKNOWN, reason=reason)
        return known
    return tally_of(vm, instance)


def _add_alternatives(
    vm: Interpreter, item: Alternatives, weights: dict[int, tuple[ParameterValue, bool | None]], reason: Unknown | None
) -> Unknown | None:
    """Add what is certain of a module that is one of several; nothing where one of them is shared with another part."""
    chosen, why = _certain_weights(vm, item)
    owners = [owner for option in item.options for owner in all_instances(option)]
    if any(id(weight) in weights for owner in owners for _, weight in weights_of(owner)):
        return undecided(item) if reason is None else reason
    if any(owner.state.doubtful for owner in owners):
        chosen, why = [], undecided(item)
    for weight in chosen:
        weights[id(weight)] = (weight, weight.trainable if isinstance(weight.trainable, bool) else None)
    return why if reason is None else reason


def _certain_weights(vm: Interpreter, item: Alternatives) -> tuple[list[ParameterValue], Unknown | None]:
    """The weights of one option for all, where every option counts the same; else those of the smallest, and why."""
    tallies = [tally_of(vm, option) for option in item.options]
    same = all(
        (t.status, t.total, t.trainable, t.bytes)
        == (Status.EXACT, tallies[0].total, tallies[0].trainable, tallies[0].bytes)
        for t in tallies
    )
    smallest = min(range(len(tallies)), key=lambda i: n if isinstance(n := tallies[i].total, int) else 0)
    owners = all_instances(item.options[smallest])
    weights = [w for owner in owners if not isinstance(owner, Alternatives) for _, w in weights_of(owner)]
    inner = any(isinstance(owner, Alternatives) for owner in owners)
    if same and (not inner or tallies[0].total == 0):
        return weights, None
    return weights if all(isinstance(t.total, int) for t in tallies) else [], undecided(item)


def _frozen_by_layer(root: Instance) -> dict[int, bool]:
    """Keras: True for all layers of a frozen one; False for those below a part that is frozen, or perhaps."""
    frozen: dict[int, bool] = {}
    if root.state.framework != "keras":
        return frozen
    stack: list[tuple[Instance, bool | None]] = [(root, None)]
    seen: set[tuple[int, bool | None, bool | None]] = set()
    while stack:
        layer, above = stack.pop()
        flag = layer.state.trainable
        own = above
        if flag is False and (layer is root or not _has_hidden_parts(layer)):
            own = True
        elif flag is False or isinstance(flag, Unknown):
            own = above or False
        below = own if layer is root or not own or above else False
        if (id(layer), own, below) in seen:
            continue
        seen.add((id(layer), own, below))
        if own is not None:
            frozen[id(layer)] = frozen.get(id(layer), False) or own
        stack.extend((child, below) for child in keras_layer.sublayers(layer))
    return frozen


_HIDDEN_PARTS = frozenset({"keras.layers.MultiHeadAttention", "keras.layers.GroupQueryAttention"})


def _has_hidden_parts(layer: Instance) -> bool:
    """Whether the weights that a layer is seen to hold itself are those of parts that Keras makes within it."""
    return any(getattr(base, "qualified_name", "") in _HIDDEN_PARTS for base in layer.cls.mro)


def _is_trainable(weight: ParameterValue, owner: Instance, frozen: dict[int, bool]) -> bool | None:
    if id(owner) in frozen:
        # a part whose whole alone is frozen: Keras 2 counts it as frozen, Keras 3 only when asked for the whole itself
        return False if frozen[id(owner)] or weight.trainable is False else None
    return weight.trainable if isinstance(weight.trainable, bool) else None


def _tally(weights: Iterable[tuple[ParameterValue, bool | None]], reason: Unknown | None) -> Tally:
    counts: list[Dim] = []
    trainable: list[Dim] | None = []
    sizes: list[Dim] = []
    for weight, flag in weights:
        count = _count(weight)
        if count is None:
            if reason is None:
                reason = weight.reason
            if reason is None:
                reason = Unknown(Reason.UNKNOWN_ARGUMENT, weight.name or "a weight", weight.place)
            continue
        counts.append(count)
        sizes.append(count * DTYPE_BYTES.get(weight.dtype or "float32", 4))
        if flag is None:
            trainable = None
        elif flag and trainable is not None:
            trainable.append(count)
    try:
        return _verdict(total(counts), None if trainable is None else total(trainable), total(sizes), reason)
    except TooLarge as problem:
        return Tally(Status.UNKNOWN, reason=Unknown(Reason.SIZE_LIMIT, str(problem)))


def _verdict(whole: Dim, trainable: Dim | None, size: Dim, reason: Unknown | None) -> Tally:
    rest = None if trainable is None else whole - trainable
    if reason is not None:
        if whole == 0:
            return Tally(Status.UNKNOWN, reason=reason)
        return Tally(Status.LOWER_BOUND, whole, trainable, rest, size, reason)
    status = Status.SYMBOLIC if isinstance(whole, Sym) else Status.EXACT
    return Tally(status, whole, trainable, rest, size)


def _count(weight: ParameterValue) -> Dim | None:
    try:
        return element_count(weight.shape) if weight.shape is not None else None
    except TooLarge:
        return None


# ---------------------------------------------------------------------------------------------------------- facts


def layer_fact(
    vm: Interpreter, instance: Instance, name: str, depth: int, figures_of: Callable[[Instance], Figures]
) -> LayerFact:
    """The tree of an instance as plain data."""
    seen: set[int] = set()
    seen_weights: set[int] = set()
    budget = [4_000]

    def describe(item: Instance, label: str, level: int) -> LayerFact:
        shared = id(item) in seen
        seen.add(id(item))
        budget[0] -= 1
        inner = [] if shared or level == 0 or budget[0] < 0 else children_of(item)
        figures = Figures(None) if shared else figures_of(item)
        return LayerFact(
            name=label,
            class_name=display_name(item),
            tally=vm.tallies.of(item),
            weights=() if shared else tuple(weigh(n, w) for n, w in weights_of(item)),
            children=tuple(describe(child, child_name, level - 1) for child_name, child in inner),
            calls=tuple(_call_fact(call) for call in item.state.calls[:4]),
            arguments=item.state.given,
            place=item.place,
            shared=shared,
            macs=figures.macs,
            macs_reason=figures.reason,
        )

    def weigh(label: str, weight: ParameterValue) -> WeightFact:
        fact = _weight_fact(label, weight, shared=id(weight) in seen_weights)
        seen_weights.add(id(weight))
        return fact

    return describe(instance, name, depth)


def display_name(instance: Instance) -> str:
    """The class name people know: dotted for framework classes, plain for the program's own."""
    cls = instance.cls
    return cls.name if cls.module is not None else cls.qualified_name


def _weight_fact(name: str, weight: ParameterValue, *, shared: bool) -> WeightFact:
    return WeightFact(
        name or weight.name,
        weight.shape,
        weight.labels if weight.shape is not None and len(weight.labels) == len(weight.shape) else (),
        weight.trainable is True,
        _count(weight),
        weight.dtype or "float32",
        shared,
    )


def _call_fact(call: Call) -> CallFact:
    outputs = tuple(tensor.shape for tensor in flat_tensors(call.output))
    inputs = tuple(tensor.shape for tensor in call.inputs)
    sources = tuple(_source(tensor) for tensor in call.inputs)
    return CallFact(inputs, outputs, sources, call.place)


def _source(tensor: TensorValue) -> tuple[str, Place | None]:
    producer: Producer | None = tensor.producer
    if producer is not None and isinstance(producer.layer, Instance):
        return producer.layer.cls.name, producer.layer.place
    return "", None


def is_model(value: Value) -> bool:
    """Whether a value is a layer, module or model."""
    return isinstance(value, Instance) and value.state is not None
