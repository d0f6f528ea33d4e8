"""One pass through a Keras model: what each layer does and keeps, for one sample.

A functional model does what its graph says, any other layer what ran while it was called. The number of samples is
mostly not known: then what a layer does for each position of its first axis is its share of one sample as long as that
axis is still the one of the samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from paramlens.dims import Dim, Sym, TooLarge, product, total
from paramlens.evaluate.frameworks.conversion import flat_tensors
from paramlens.evaluate.frameworks.keras_graph import GraphCall, graph_calls
from paramlens.evaluate.frameworks.state import OWN, Call, LayerState
from paramlens.evaluate.passes import (
    AS_A_WHOLE,
    INSIDE,
    PERHAPS,
    SAMPLES,
    SIZES,
    UNEVEN,
    Figures,
    Missing,
    Pass,
    has_weights,
    is_within,
    keeps_more,
    layer_macs,
)
from paramlens.evaluate.products import product_macs
from paramlens.evaluate.tree import all_instances, children_of
from paramlens.facts import NOT_CALLED
from paramlens.records import Record, record
from paramlens.shapes import Shape, Size
from paramlens.values import Instance, TensorValue

_TIME_DISTRIBUTED = "keras.layers.TimeDistributed"
_NOT_TOLD = frozenset(
    f"keras.layers.{name}"
    for name in (
        *("Attention", "AdditiveAttention", "Dot", "RNN", "StackedRNNCells"),
        *("MelSpectrogram", "STFTSpectrogram", "TorchModuleWrapper", "FlaxLayer", "JaxLayer", "TFSMLayer"),
    )
)
"""Declared layers that multiply and do not tell how much."""

_DEEPEST = 60
SEVERAL = "it is called several times"


@record
class _Around(Record):
    """What a call stands in: the size of the batch there, what one sample of it is to one of the model, and how sure
    it is that it happens."""

    batch: Size
    factor: Fraction
    doubt: int
    depth: int = 0


class KerasPass:
    """The graph of a functional model, or the first call of another one."""

    def __init__(self, model: Instance) -> None:
        self._model = model
        self._found: dict[int, list[Dim]] = {}
        self._missing: dict[int, str] = {}
        self._kept: list[Dim] | None = []
        state: LayerState = model.state
        if state.graph is not None:
            first = next(flat_tensors(state.graph.inputs), None)
            batch = first.shape[0] if first is not None and first.shape else None
            self._try(model, (first,) if first is not None else (), None, None, _Around(batch, Fraction(1), 0))
        elif state.calls and state.calls[0].inputs:
            call = state.calls[0]
            shape = call.inputs[0].shape
            around = _Around(shape[0] if shape else None, Fraction(1), call.doubt)
            self._try(model, call.inputs, _first_shape(call), call, around)

    @property
    def activations(self) -> Dim | None:
        try:
            return total(self._kept) if self._kept is not None and id(self._model) in self._found else None
        except TooLarge:
            return None

    def of(self, part: Instance) -> Figures:
        if id(part) in self._missing:
            return Figures(None, self._missing[id(part)])
        if id(part) in self._found:
            return _summed(self._found[id(part)])
        return Figures(None, NOT_CALLED if part.state.calls else AS_A_WHOLE)

    def _try(
        self, part: Instance, given: tuple[TensorValue, ...], made: Shape | None, call: Call | None, around: _Around
    ) -> Dim | None:
        """What one call of a part does, added to what is found of it; None where it is not known."""
        why = ""
        counts: list[Dim | None] = []
        try:
            if around.depth > _DEEPEST:
                raise Missing(SIZES)
            counts.append(self._own(part, given, made, call, around))
            counts += self._inner(part, given, call, around)
            if None in counts:
                why = INSIDE
        except (Missing, TooLarge) as problem:
            why = str(problem)
        known = [count for count in counts if count is not None]
        if not why and call is not None and call.doubt > around.doubt and any(count != 0 for count in known):
            why = PERHAPS
        whole = _summed(known)
        if why or whole.macs is None:
            self._missing.setdefault(id(part), why or whole.reason)
            return None
        self._keep(part, given, made, call, around)
        self._found.setdefault(id(part), []).append(whole.macs)
        return whole.macs

    def _own(
        self, part: Instance, given: tuple[TensorValue, ...], made: Shape | None, call: Call | None, around: _Around
    ) -> Dim:
        state: LayerState = part.state
        if state.declaration is not None and state.declaration.name in _NOT_TOLD:
            raise Missing(INSIDE)
        if state.incomplete is not None:
            raise Missing(SIZES)
        count: Dim = 0
        if state.built is not None and state.built.macs is not None:
            count = _times(layer_macs(part, tuple(t.shape for t in given), made), _share(given, around))
        for operation in state.products if call is not None else ():
            if call is not None and call.span[0] <= operation.number <= call.span[1] and operation.name != OWN:
                count += self._product(operation.name, operation.given, operation.made, around)
                if operation.doubt > around.doubt:
                    raise Missing(PERHAPS)
        return count

    def _product(self, name: str, given: tuple[Shape | None, ...], made: Shape | None, around: _Around) -> Dim:
        (count,) = product_macs(name, given, made) or (0,)
        if count is None or not isinstance(around.batch, int):
            raise Missing(INSIDE)
        return _times(count, around.factor / around.batch)

    def _inner(
        self, part: Instance, given: tuple[TensorValue, ...], call: Call | None, around: _Around
    ) -> Iterator[Dim | None]:
        """What the parts do that are called in one call of a part."""
        state: LayerState = part.state
        if state.graph is not None:
            first = next(flat_tensors(state.graph.inputs), None)
            batch = first.shape[0] if first is not None and first.shape else None
            factor = around.factor if part is self._model else _share(given, around)
            inner = _Around(batch, factor, call.doubt if call is not None else around.doubt, around.depth + 1)
            for step in graph_calls(state.graph):
                yield self._of_step(step, inner)
            return
        if call is None or _holds_nothing(part):
            return
        inner = _Around(around.batch, around.factor, around.doubt, around.depth + 1)
        calls = _calls_in(part, call)
        if calls and state.built is not None and state.built.children:  # its parts are given tensors of their own
            first_size = given[0].shape[0] if given and given[0].shape else None
            factor = _share(given, around) * _steps(part, given)
            inner = _Around(first_size, factor, around.doubt, around.depth + 1)
        for child, its in calls:
            yield self._try(child, its.inputs, _first_shape(its), its, inner)

    def _of_step(self, step: GraphCall, around: _Around) -> Dim | None:
        shape = step.made.shape
        if step.layer is None:
            given = tuple(tensor.shape for tensor in step.given)
            return 0 if product_macs(step.name, given, shape) is None else None
        calls = (call for call in step.layer.state.calls if call.inputs is step.given)
        call = next(calls, None)
        if call is not None:
            around = _Around(around.batch, around.factor, call.doubt, around.depth)
        return self._try(step.layer, step.given, _first_shape(call) if call is not None else shape, call, around)

    def _keep(
        self, part: Instance, given: tuple[TensorValue, ...], made: Shape | None, call: Call | None, around: _Around
    ) -> None:
        """Add the numbers in the output of a layer that has weights and holds no others."""
        if keeps_more(part):
            self._kept = None
        if self._kept is None or part.state.graph is not None or not has_weights(part):
            return
        if not _holds_nothing(part) and children_of(part):
            return
        sizes = [size for size in (made or ())[1:] if size is not None]
        try:
            if not made or len(sizes) < len(made) - 1 or (call is not None and call.doubt > around.doubt):
                raise Missing(SIZES)
            self._kept.append(_times(product(sizes), _share(given, around)))
        except (Missing, TooLarge):
            self._kept = None


def _summed(counts: Sequence[Dim]) -> Figures:
    try:
        return Figures(total(counts))
    except TooLarge as problem:
        return Figures(None, str(problem))


def figures_alone(layer: Instance, pass_of: Callable[[Instance], Pass]) -> Figures:
    """What a layer does when nothing is asked but itself: in its call, where there is one that no other one makes."""
    state: LayerState = layer.state
    own = [call for call in state.calls if call.outer is layer or call.outer is None]
    if state.graph is None and len(own) > 1:
        return Figures(None, SEVERAL)
    if state.graph is not None or (own and own[0] is state.calls[0]):
        return pass_of(layer).of(layer)
    outer = state.calls[0].outer if state.calls else None
    if outer is None or outer.state is None:
        return Figures(None, NOT_CALLED)
    return pass_of(outer).of(layer)


def _calls_in(part: Instance, call: Call) -> list[tuple[Instance, Call]]:
    """The calls of parts below one within a call of it, but for those within one another."""
    below = [item for item in all_instances(part) if item is not part and item.state is not None]
    found = [(its, item) for item in below for its in item.state.calls if its is not call and is_within(its, call)]
    direct: list[tuple[Instance, Call]] = []
    for its, item in sorted(found, key=lambda pair: (pair[0].span[0], -pair[0].span[1])):
        if not direct or its.span[0] > direct[-1][1].span[1]:
            direct.append((item, its))
    return direct


def _holds_nothing(part: Instance) -> bool:
    """Whether a layer is one of Keras itself that holds no others."""
    built = part.state.built
    return getattr(part.cls, "module", None) is None and built is not None and not built.children


def _steps(part: Instance, given: tuple[TensorValue, ...]) -> int:
    """How often a wrapper calls what it holds for each time that it is called."""
    declaration = part.state.declaration
    if declaration is None or declaration.name != _TIME_DISTRIBUTED:
        return 1
    shape = given[0].shape if given else None
    steps = shape[1] if shape is not None and len(shape) > 1 else None
    if not isinstance(steps, int):
        raise Missing(SIZES)
    return steps


def _share(given: tuple[TensorValue, ...], around: _Around) -> Fraction:
    """What one position of the first axis of an input is to a sample of the model."""
    shape = given[0].shape if given else None
    if not shape:
        raise Missing(SAMPLES)
    if isinstance(shape[0], int) and isinstance(around.batch, int) and around.batch:
        return around.factor * Fraction(shape[0], around.batch)
    if shape[0] is None and around.batch is None and not given[0].mixed:
        return around.factor
    raise Missing(SAMPLES)


def _times(count: Dim, factor: Fraction) -> Dim:
    if isinstance(count, Sym):
        if factor.denominator != 1:
            raise Missing(UNEVEN)
        return count * factor.numerator
    whole = count * factor
    if whole.denominator != 1:
        raise Missing(UNEVEN)
    return whole.numerator


def _first_shape(call: Call) -> Shape | None:
    return next((tensor.shape for tensor in flat_tensors(call.output)), None)
