"""One pass through a model: the multiply-adds of each part and the outputs that are kept, for one sample.

A pass is the first call of a model. What is done in it stands in a row, by the numbers of lineage, so that what a part
does is what happened while it was called: a layer that is called twice counts twice, one that is shared counts where it
was called, and the parts of a model add up to the whole. All is counted for the samples that the model was given, and
then divided by them. What is not known is left out with its reason, and so is every sum that it belongs to.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Protocol

from paramlens.dims import Dim, Sym, TooLarge, product, total
from paramlens.evaluate.frameworks.conversion import flat_tensors
from paramlens.evaluate.frameworks.state import MOST_CALLS, OWN, Call, LayerState, NotedOperation
from paramlens.evaluate.products import product_macs
from paramlens.evaluate.tree import all_instances, children_of
from paramlens.facts import NOT_CALLED
from paramlens.records import Record, record
from paramlens.shapes import Shape, Size
from paramlens.values import Instance

SIZES = "a size in it is not known"
INSIDE = "what is done inside of it is not seen"
AS_A_WHOLE = "it is counted with the layer that holds it, as a whole"
PERHAPS = "whether or how often it runs is not known"
SAMPLES = "which axis holds the samples is not known"
UNEVEN = "the samples do not share it alike"
TOO_MANY = "it is called too often"

_STACKS = ("torch.nn.TransformerEncoder",)
"""Layers that pass their input through their children, one after the other."""


_NOT_TOLD = ("torch.nn.LinearCrossEntropyLoss",)
"""Layers that multiply and do not tell how much."""


class Missing(Exception):
    """Something is not known; the text says why."""


@record
class Figures(Record):
    """Multiply-adds for one sample; None where they are not known, and `reason` why."""

    macs: Dim | None
    reason: str = ""


class Pass(Protocol):
    """What one call of a model does."""

    @property
    def activations(self) -> Dim | None:
        """Numbers in the outputs of all layers with weights that hold no others, for one sample."""

    def of(self, part: Instance) -> Figures:
        """What a part does in it, the model itself too."""


class NoPass:
    """A model that is not called."""

    @property
    def activations(self) -> Dim | None:
        return None

    def of(self, part: Instance) -> Figures:
        return Figures(None, NOT_CALLED)


class Passes:
    """The passes of one report, each made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], Pass] = {}

    def of_model(self, model: Instance) -> Pass:
        """The first call of a model."""
        state: LayerState = model.state
        if state.framework == "keras":
            return self._of_keras(model)
        return self._of_call(model, state.calls[0]) if state.calls else NoPass()

    def at_site(self, layer: Instance) -> Figures:
        """What a layer does in the first outermost call of a model in which it is called."""
        from paramlens.evaluate.keras_pass import figures_alone

        state: LayerState = layer.state
        if state.framework == "keras":
            return figures_alone(layer, self._of_keras)
        if not state.calls:
            return Figures(None, NOT_CALLED)
        outer, call = _outermost(layer, state.calls[0])
        if outer is None or call is None:
            return Figures(None, TOO_MANY)
        return self._of_call(outer, call).of(layer)

    def _of_keras(self, model: Instance) -> Pass:
        from paramlens.evaluate.keras_pass import KerasPass

        key = id(model), -1
        if key not in self._made:
            self._made[key] = KerasPass(model)
        return self._made[key]

    def _of_call(self, model: Instance, call: Call) -> Pass:
        key = id(model), call.span[0]
        if key not in self._made:
            self._made[key] = TorchPass(model, call)
        return self._made[key]


def _outermost(layer: Instance, call: Call) -> tuple[Instance | None, Call | None]:
    """The outermost call that a call ran in, with its layer."""
    outer = call.outer
    if outer is None or outer.state is None or outer is layer:
        return outer, call
    around = (other for other in outer.state.calls if is_within(call, other))
    return outer, next(around, None)


def is_within(call: Call, around: Call) -> bool:
    return around.span[0] <= call.span[0] and call.span[1] <= around.span[1]


def layer_macs(layer: Instance, given: tuple[Shape | None, ...], made: Shape | None) -> Dim:
    """Multiply-adds of one call of a declared layer without its batch axis; 0 where it has none."""
    built = layer.state.built
    if built is None:
        raise Missing(SIZES)
    if built.macs is None:
        return 0
    shapes = given[: built.macs_inputs]
    if None in shapes or made is None or len(shapes) < min(1, built.macs_inputs):
        raise Missing(SIZES)
    try:
        result = built.macs(*shapes, made)
    except Exception as error:  # a size that is not known
        raise Missing(SIZES) from error
    if not isinstance(result, int | Sym):
        raise Missing(SIZES)
    return result


def for_one(count: Dim, samples: Size) -> Figures:
    """The share of one sample where all have the same."""
    if samples is None:
        return Figures(None, SAMPLES)
    if not isinstance(samples, int) or samples <= 0:
        return Figures(None, SAMPLES)
    share = count // samples
    return Figures(share) if share * samples == count else Figures(None, UNEVEN)


_KEEP_MORE = frozenset(
    f"keras.layers.{name}"
    for name in (
        *("RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "LSTMCell", "GRUCell"),
        *("SimpleRNNCell", "StackedRNNCells", "MultiHeadAttention", "GroupQueryAttention"),
    )
) | {"torch.nn.RNNBase", "torch.nn.RNNCellBase", "torch.nn.MultiheadAttention"}


def keeps_more(layer: Instance) -> bool:
    """Whether training keeps much more of a layer than its output: the steps within it, or those of its parts, which
    are not seen."""
    if any(getattr(base, "qualified_name", "") in _KEEP_MORE for base in layer.cls.mro):
        return True
    built = layer.state.built
    return layer.state.framework == "torch" and built is not None and bool(built.children)


def has_weights(layer: Instance) -> bool:
    """Whether a layer holds weights itself."""
    built = layer.state.built
    if built is not None and any(shape is not None for shape in (*built.weights.values(), *built.frozen.values())):
        return True
    if layer.state.framework == "keras":
        return bool(layer.state.own)
    from paramlens.evaluate.frameworks.torch_module import own_parameters

    return any(True for _ in own_parameters(layer)) or bool(layer.state.own)


# ------------------------------------------------------------------------------------------------------------- torch


@record
class _Batch(Record):
    """Where a layer that tells has its batch: the axis of its input, how many are on it, and the rank of the input."""

    axis: int | None
    size: Size
    rank: int


@record
class _Event(Record):
    """Something done in a pass, for all samples: multiply-adds or None with the reason."""

    number: int
    macs: Dim | None
    reason: str = ""


class TorchPass:
    """One call of a torch module, with all that was called in it."""

    def __init__(self, model: Instance, root: Call) -> None:
        self._model, self._root = model, root
        self._batches: list[_Batch] = []
        self._is_clear = True  # all layers that tell have told where their batch is
        self._opaque: set[int] = set()
        self._known: dict[int, Figures] = {}
        outer, around = _outermost(model, root)
        self._parts = around.parts if around is not None and outer is not None else ()
        self._events = sorted(
            (event for part in self._parts for event in self._of_part(part)), key=lambda event: event.number
        )
        self._numbers = [event.number for event in self._events]
        self._samples = _samples(root, self._batches) if self._is_clear else None

    def of(self, part: Instance) -> Figures:
        if id(part) not in self._known:
            self._known[id(part)] = Figures(None, PERHAPS)  # of a part that holds itself
            try:
                self._known[id(part)] = self._figures(part)
            except TooLarge as problem:
                self._known[id(part)] = Figures(None, str(problem))
        return self._known[id(part)]

    def _figures(self, part: Instance) -> Figures:
        if not _has_result(self._root) or not self._parts:
            return Figures(None, SIZES)
        if id(part) in self._opaque and part is not self._model:
            return Figures(None, AS_A_WHOLE)
        spans = [self._root.span] if part is self._model else _spans(part, self._root)
        if spans:
            return self._sum([event for span in spans for event in self._events_in(span)])
        if any(self._is_here(operation) for operation in part.state.products):
            return Figures(None, PERHAPS)
        children = {id(child): child for _, child in children_of(part)}.values()
        found = [self.of(child) for child in children]
        if None in [figures.macs for figures in found]:
            return next(figures for figures in found if figures.macs is None)
        return Figures(total([figures.macs for figures in found if figures.macs is not None]))

    def _events_in(self, span: tuple[int, int]) -> Sequence[_Event]:
        return self._events[bisect_left(self._numbers, span[0]) : bisect_right(self._numbers, span[1])]

    def _sum(self, events: list[_Event]) -> Figures:
        missing = next((event for event in events if event.macs is None), None)
        if missing is not None:
            return Figures(None, missing.reason)
        counts = [event.macs for event in events if event.macs is not None and event.macs != 0]
        shares = [for_one(count, self._samples) for count in counts]  # a step that not all samples share is nobody's
        missing_share = next((share for share in shares if share.macs is None), None)
        return missing_share or Figures(total([share.macs for share in shares if share.macs is not None]))

    def _is_here(self, operation: NotedOperation) -> bool:
        return self._root.span[0] <= operation.number <= self._root.span[1]

    def _of_part(self, part: Instance) -> Iterator[_Event]:
        state: LayerState = part.state
        if state is None:
            return
        here = [operation for operation in state.products if self._is_here(operation)]
        if len(state.products) >= MOST_CALLS and (not here or here[-1] is state.products[-1]):
            yield _Event(self._root.span[0], None, TOO_MANY)
        for operation in here:
            try:
                count = self._own(part, operation) if operation.name == OWN else _product(operation)
                if count != 0 and operation.doubt > self._root.doubt:
                    raise Missing(PERHAPS)
                yield _Event(operation.number, count)
            except (Missing, TooLarge) as why:
                yield _Event(operation.number, None, str(why))

    def _own(self, part: Instance, operation: NotedOperation) -> Dim:
        """What the declared forward of a layer does for all samples; notes where it has its batch."""
        built = part.state.built
        if built is not None and built.macs is None and not built.children:
            if part.state.declaration is not None and part.state.declaration.name in _NOT_TOLD:
                raise Missing(INSIDE)
            return 0
        if built is not None and built.children:
            self._opaque |= {id(below) for below in all_instances(part) if below is not part}
        layers = _layers_of(part) if part.cls.qualified_name in _STACKS else [part]
        built = layers[0].state.built if layers else built
        given = operation.given[0] if operation.given else None
        try:
            if built is None or given is None:
                raise Missing(SIZES)
            if any(layer.state.built is None or layer.state.built.macs is None for layer in layers):
                built = None  # its batch may be anywhere
                raise Missing(INSIDE)
            counts = [layer_macs(layer, operation.given, operation.made) for layer in layers]
        except Missing:
            self._is_clear &= built is not None and built.batch_axis is None
            raise
        axis = built.batch_axis(given) if built.batch_axis is not None else (0 if len(given) > 1 else None)
        if built.batch_axis is not None:
            self._batches.append(_Batch(axis, 1 if axis is None else given[axis], len(given)))
        samples = 1 if axis is None else given[axis]
        if samples is None:
            raise Missing(SIZES)
        return total(counts) * samples

    @property
    def activations(self) -> Dim | None:
        counts: list[Dim] = []
        for part in self._parts:
            calls = [] if part.state is None else [call for call in part.state.calls if is_within(call, self._root)]
            if calls and keeps_more(part):
                return None
            if calls and not children_of(part) and has_weights(part):
                sizes = [_kept(call, self._root) for call in calls]
                if None in sizes or len(part.state.calls) >= MOST_CALLS:
                    return None
                counts += [size for size in sizes if size is not None]
        try:
            return for_one(total(counts), self._samples).macs if self._parts else None
        except TooLarge:
            return None


def _kept(call: Call, root: Call) -> Dim | None:
    """The numbers in the first output of a call that certainly happens."""
    shape = next((tensor.shape for tensor in flat_tensors(call.output)), None)
    known = [size for size in shape or () if size is not None]
    if shape is None or len(known) < len(shape) or call.doubt > root.doubt:
        return None
    return product(known)


def _product(operation: NotedOperation) -> Dim:
    (count,) = product_macs(operation.name, operation.given, operation.made) or (0,)
    if count is None:
        raise Missing(SIZES)
    return count


def _has_result(call: Call) -> bool:
    outputs = list(flat_tensors(call.output))
    return bool(outputs) and outputs[0].shape is not None


def _spans(part: Instance, root: Call) -> list[tuple[int, int]]:
    """The calls of a part within a call, but for those within one another."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(call.span for call in part.state.calls if is_within(call, root)):
        if not found or first > found[-1][1]:
            found.append((first, last))
    return found


def _layers_of(stack: Instance) -> list[Instance]:
    """What a stack calls one after the other, but for norms, which count nothing."""
    found: list[Instance] = []
    waiting = [child for _, child in children_of(stack)]
    while waiting:
        part = waiting.pop()
        built = part.state.built
        if part.cls.qualified_name == "torch.nn.ModuleList":
            waiting.extend(child for _, child in children_of(part))
        elif built is None or built.macs is not None or built.children:
            found.append(part)
    return found


def _samples(root: Call, batches: Sequence[_Batch]) -> Size:
    """The samples that a model is given: on the first axis of its input, or on the second where that is what its
    layers for sequences take as their batch. None where the sizes of the batches do not bear it out."""
    shape = root.inputs[0].shape if root.inputs else None
    if shape is None:
        return None
    axes = {batch.axis for batch in batches}
    if axes == {None}:
        return 1 if all(len(shape) <= batch.rank for batch in batches) else None
    if len(shape) < 2:
        return 1 if not axes and not str(root.inputs[0].dtype).startswith("int") else None
    if None in axes:
        return None
    samples = shape[0]
    if 1 in axes:
        found = {axis for axis in (0, 1) if all(shape[axis] == batch.size for batch in batches if batch.axis == 1)}
        if len(found) != 1:
            return None
        samples = shape[found.pop()]
    return samples if all(_holds(batch.size, samples, shape) for batch in batches) else None


def _holds(size: Size, samples: Size, shape: Shape) -> bool:
    """Whether a batch may be the samples, or hold several parts of each: that of the other axis would be another."""
    if size == samples:
        return True
    if not isinstance(size, int) or not isinstance(samples, int) or not samples:
        return False
    return size % samples == 0 and size not in shape[:2]
