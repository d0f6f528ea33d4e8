"""What a layer costs besides its parameters: memory to hold it, memory to train it, its share of a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from paramlens.facts import LayerFact, ModelFact, Status, Tally
from paramlens.records import Record, record
from paramlens.shapes import DTYPE_BYTES
from paramlens.values import Place

OPTIMIZER_STATES: Mapping[str, int] = MappingProxyType(
    {
        "sgd": 0,
        "sgd-momentum": 1,
        "adagrad": 1,
        "rmsprop": 1,
        "lion": 1,
        "muon": 1,
        "adam": 2,
        "adamw": 2,
        "adamax": 2,
        "nadam": 2,
        "radam": 2,
        "lamb": 2,
        "adadelta": 2,
        "ftrl": 2,
    }
)
"""Numbers that an optimizer keeps for each trainable one, with its framework's default arguments.

A counter of steps for each weight is left out. Muon is for matrices alone: what else there is has Adam's state.
"""

OPTIMIZER_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "sgd": "SGD",
        "sgd-momentum": "SGD with momentum",
        "rmsprop": "RMSprop",
        "adamw": "AdamW",
        "nadam": "NAdam",
        "radam": "RAdam",
        "lamb": "LAMB",
    }
)


@record
class Costs(Record):
    """What the figures assume: the type of a weight whose own is the default, the optimizer, and how many samples are
    trained on at a time.

    `dtype` None leaves every weight the type that the code gives it; `batch_size` None leaves activations out.
    """

    dtype: str | None = None
    optimizer: str = "adam"
    batch_size: int | None = None

    @property
    def optimizer_title(self) -> str:
        return OPTIMIZER_TITLES.get(self.optimizer, self.optimizer.capitalize())


DEFAULT_COSTS = Costs()


def certain_total(tally: Tally) -> int | None:
    """The count where it is one number that holds for sure."""
    return tally.total if tally.status is Status.EXACT and isinstance(tally.total, int) else None


def at_least(tally: Tally) -> int | None:
    """The count, or what it is at least; None where neither is certain."""
    certain = tally.status in (Status.EXACT, Status.LOWER_BOUND) and not tally.assumed
    return tally.total if certain and isinstance(tally.total, int) else None


def weight_bytes(layer: LayerFact, costs: Costs) -> int | None:
    """Bytes of all weights of the layer; None when it is not certain."""
    tally = layer.tally
    if certain_total(tally) is None or not isinstance(tally.bytes, int):
        return None
    types = weight_types(layer)
    if costs.dtype is not None and types <= {"float32"} and tally.total is not None:
        return certain_total(tally) * DTYPE_BYTES[costs.dtype]  # type: ignore[operator]
    return tally.bytes


def weight_type(layer: LayerFact, costs: Costs) -> str | None:
    """The one type of all weights of the layer, if they share it."""
    types = weight_types(layer)
    if costs.dtype is not None and types <= {"float32"}:
        return costs.dtype
    return next(iter(types)) if len(types) == 1 else None


def weight_types(layer: LayerFact) -> frozenset[str]:
    """The types of the weights of the layer and its children."""
    return frozenset(weight.dtype for part in parts(layer) for weight in part.weights)


def training_bytes(layer: LayerFact, costs: Costs) -> int | None:
    """Weights + gradients + optimizer state: bytes · total + bytes · trainable · (1 + states), without activations.

    None when the total is not certain, the weights have several types, or the optimizer's state is not simply a
    multiple of the weights, as that of Muon where not all are matrices.
    """
    held = weight_bytes(layer, costs)
    name = weight_type(layer, costs)
    states = OPTIMIZER_STATES.get(costs.optimizer)
    trainable = layer.tally.trainable
    if held is None or name not in DTYPE_BYTES or states is None or not isinstance(trainable, int):
        return None
    if costs.optimizer == "muon" and not _only_matrices(layer):
        return None
    return held + trainable * DTYPE_BYTES[name] * (1 + states)


def activation_bytes(model: ModelFact, costs: Costs) -> int | None:
    """The outputs of the layers that have weights, and their gradients, for one batch: 2 · batch · numbers · bytes.

    That is the estimate of torchinfo, its "forward/backward pass size". None where there is no batch size or the
    outputs are not known.
    """
    kind = weight_type(model.layer, costs)
    if costs.batch_size is None or kind not in DTYPE_BYTES or not isinstance(model.activations, int):
        return None
    return 2 * costs.batch_size * model.activations * DTYPE_BYTES[kind]


@record
class Training(Record):
    """The memory that training a model takes, whether activations are in it, and the words behind it."""

    bytes: int
    is_estimate: bool
    purpose: str

    def words(self, memory: str) -> str:
        """`≈ 1.2 GiB to train with Adam, 32 at a time`, with the written memory."""
        return f"{'≈ ' if self.is_estimate else ''}{memory} {self.purpose}"


def training(model: ModelFact, costs: Costs) -> Training | None:
    """Weights, gradients, optimizer state and, where they are known, activations; None as for `training_bytes`."""
    held = training_bytes(model.layer, costs)
    if held is None:
        return None
    kept = activation_bytes(model, costs)
    purpose = f"to train with {costs.optimizer_title}"
    if kept is not None:
        return Training(held + kept, True, f"{purpose}, {costs.batch_size:,} at a time")
    return Training(held, False, purpose if costs.batch_size is None else f"{purpose}, without activations")


def _only_matrices(layer: LayerFact) -> bool:
    """Whether every trainable weight is a matrix."""
    weights = [weight for part in parts(layer) for weight in part.weights if weight.trainable]
    return all(weight.shape is not None and len(weight.shape) == 2 for weight in weights)


def parts(layer: LayerFact) -> Iterator[LayerFact]:
    """The layer and all that it holds, depth first; what was already listed under another name is left out."""
    stack = [layer]
    while stack:
        part = stack.pop()
        if not part.shared:
            yield part
            stack.extend(reversed(part.children))


@record
class Costly(Record):
    """The parameters that one line of source makes in a model."""

    place: Place
    class_name: str
    total: int
    instances: int


def costliest(model: ModelFact, limit: int | None = None) -> tuple[Costly, ...]:
    """Where the parameters of a model are made, most first; only what is certain."""
    found: dict[Place, Costly] = {}
    for part in parts(model.layer):
        own = own_count(part)
        if own and part.place is not None:
            before = found.get(part.place, Costly(part.place, part.class_name, 0, 0))
            found[part.place] = replace(before, total=before.total + own, instances=before.instances + 1)
    ordered = sorted(found.values(), key=lambda line: (-line.total, line.place.path, line.place.line))
    return tuple(ordered[:limit])


def own_count(layer: LayerFact) -> int | None:
    """The parameters that the layer holds itself, without its children; None when it is not certain."""
    if not layer.children:
        return certain_total(layer.tally)
    counts = [weight.count for weight in layer.weights]
    return sum(number for number in counts if isinstance(number, int)) if all_known(counts) else None


def all_known(numbers: Iterable[object]) -> bool:
    return all(isinstance(number, int) for number in numbers)


def share_of_model(place: Place, models: tuple[ModelFact, ...]) -> tuple[int, ModelFact] | None:
    """How many parameters of the first model that holds layers made at `place` are made there.

    None when no model does, when the model itself is made there, or when a number is not certain.
    """
    for model in models:
        if model.layer.place == place or model.place == place or not certain_total(model.tally):
            continue
        counts = [certain_total(layer.tally) for layer in _made_at(place, model.layer)]
        if counts:
            return (sum(known), model) if len(known := [n for n in counts if n is not None]) == len(counts) else None
    return None


def _made_at(place: Place, layer: LayerFact) -> Iterator[LayerFact]:
    if layer.shared:
        return
    if layer.place == place:
        yield layer
        return
    for child in layer.children:
        yield from _made_at(place, child)
