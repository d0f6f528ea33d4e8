"""Multiply-adds of layers and models, for one sample. A total that would miss a part is not given at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from paramlens.dims import Dim, Sym, TooLarge, total
from paramlens.evaluate.frameworks.conversion import flat_tensors
from paramlens.evaluate.frameworks.lineage import Step
from paramlens.evaluate.frameworks.state import MOST_CALLS, Call, LayerState
from paramlens.evaluate.products import product_macs
from paramlens.evaluate.tree import all_instances, children_of
from paramlens.shapes import Size
from paramlens.values import Instance

_STACKS = ("torch.nn.TransformerEncoder",)
"""Layers that pass their input through their children, one after the other."""


def macs_of(instance: Instance, call: Call) -> Dim | None:
    """Multiply-adds of one call of a declared layer, per sample; None where it has none or they are not known."""
    built = instance.state.built
    outputs = list(flat_tensors(call.output))
    if built is None or built.macs is None or not call.inputs or not outputs:
        return None
    given = [tensor.shape for tensor in call.inputs[: built.macs_inputs]]
    made = outputs[0].shape
    if None in given or made is None:
        return None
    try:
        result = built.macs(*given, made)
    except Exception:  # a size that is not known
        return None
    return result if isinstance(result, int | Sym) else None


def model_macs(instance: Instance) -> Dim | None:
    """Multiply-adds of one pass through a model for one sample; None unless all that it does is known."""
    try:
        return _keras_macs(instance) if instance.state.framework == "keras" else _torch_macs(instance)
    except TooLarge:  # a formula of too many terms
        return None


# ------------------------------------------------------------------------------------------------------------- torch


class _Missing(Exception):
    """A part whose multiply-adds are not known."""


def _torch_macs(model: Instance) -> Dim | None:
    """All that the first call of the model does, over the samples that it was given."""
    state: LayerState = model.state
    if not state.calls or not _has_result(state.calls[0]):
        return None
    root = state.calls[0]
    try:
        counts: list[Dim] = []
        axes: set[int | None] = set()
        for part in all_instances(model):
            calls = [_whole_batch(part, call, axes) for call in _within(part.state, root)]
            products = list(_products(part.state, root))
            counts += products if products and _writes_out(part, calls, products) else [*calls, *products]
        return _for_one(total(counts), _samples(root, axes)) if counts else None
    except _Missing:
        return None


def _writes_out(part: Instance, calls: list[Dim], products: list[Dim]) -> bool:
    """Whether a class derived from a declared one does by products what that one would do; if it does more besides,
    how much is not seen."""
    if part.state.built is None or part.state.built.macs is None:
        return False
    if any(count not in products for count in calls):
        raise _Missing
    return True


def _has_result(call: Call) -> bool:
    outputs = list(flat_tensors(call.output))
    return bool(outputs) and outputs[0].shape is not None


def _within(state: LayerState, root: Call) -> Iterator[Call]:
    first, last = root.span
    if len(state.calls) >= MOST_CALLS and state.calls[-1].span[1] < last:
        raise _Missing
    return (call for call in state.calls if first <= call.span[0] and call.span[1] <= last)


def _products(state: LayerState, root: Call) -> Iterator[Dim]:
    first, last = root.span
    if len(state.products) >= MOST_CALLS:
        raise _Missing
    for number, name, given, made in state.products:
        if first <= number <= last:
            (count,) = product_macs(name, given, made) or (0,)
            if count is None:
                raise _Missing
            yield count


def _whole_batch(part: Instance, call: Call, axes: set[int | None]) -> Dim:
    """Multiply-adds of a call for all samples; `axes` gathers where layers that tell have their batch."""
    built = part.state.built
    if built is None or (built.macs is None and not built.children):
        return 0
    given = call.inputs[0].shape if call.inputs else None
    layers = _layers_of(part) if part.cls.qualified_name in _STACKS else [part]
    counts = [macs_of(layer, call) for layer in layers]
    built = layers[0].state.built if layers else built
    if given is None or None in counts:
        raise _Missing
    axis = built.batch_axis(given) if built.batch_axis is not None else (0 if len(given) > 1 else None)
    if built.batch_axis is not None:
        axes.add(axis)
    samples = 1 if axis is None else given[axis]
    if samples is None:
        raise _Missing
    return total([count for count in counts if count is not None]) * samples


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


def _samples(root: Call, axes: set[int | None]) -> Size:
    """The samples that the model is given, on the axis that its layers take for the batch, else on the first."""
    shape = root.inputs[0].shape if root.inputs else None
    if shape is None or len(axes) > 1:
        return None
    axis = next(iter(axes)) if axes else (0 if len(shape) > 1 else None)
    if axis is None:
        return 1
    return shape[axis] if axis < len(shape) else None


def _for_one(count: Dim, samples: Size) -> Dim | None:
    """The share of one sample where all have the same."""
    if isinstance(count, int) and isinstance(samples, int):
        return None if count % samples else count // samples
    return count if samples == 1 else None


# ------------------------------------------------------------------------------------------------------------- Keras


def _keras_macs(model: Instance) -> Dim | None:
    """The sum over the layers, each for the call that built the model."""
    parts = all_instances(model)
    if _repeats_or_multiplies(model):
        return None
    counts: list[Dim] = []
    for part in parts:
        state: LayerState = part.state
        if any(product_macs(name, given, made) is not None for _, name, given, made in state.products):
            return None
        for call in state.calls[:1]:
            count = macs_of(part, call)
            if count is None and state.built is not None and state.built.macs is not None:
                return None
            if count is not None:
                counts.append(count)
    return total(counts) if counts else None


def _repeats_or_multiplies(model: Instance) -> bool:
    """Whether a functional model calls a counted layer more than once, or multiplies outside of its layers."""
    if model.state.graph is None:
        return False
    steps = _steps_to([tensor.origin for tensor in flat_tensors(model.state.graph.outputs)])
    layers = [step.layer for step in steps if step.layer is not None and step.layer.state.built is not None]
    uses = Counter(id(layer) for layer in layers if layer.state.built.macs is not None)
    if any(number > 1 for number in uses.values()):
        return True
    return any(
        product_macs(step.name, [shape for _, shape in step.parents], step.shape) is not None
        for step in steps
        if step.layer is None
    )


def _steps_to(ends: list[Step | None]) -> list[Step]:
    found: dict[int, Step] = {}
    stack = [step for step in ends if step is not None]
    while stack:
        step = stack.pop()
        if id(step) not in found:
            found[id(step)] = step
            stack.extend(parent for parent, _ in step.parents)
    return [*found.values()]
