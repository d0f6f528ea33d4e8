"""The model at a line of source, and how it stands against its budgets.

model: 34,826 of 30,000 parameters (116%)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paramlens import written
from paramlens.budgets import Budget
from paramlens.costs import (
    DEFAULT_COSTS,
    Costs,
    at_least,
    certain_total,
    own_count,
    parts,
    training,
    weight_bytes,
)
from paramlens.facts import Analysis, ModelFact
from paramlens.features.inlay_hints import has_size, model_text
from paramlens.records import Record, record
from paramlens.values import Place

NEAR = 0.9
"""The part of a budget from which on it is nearly used up."""


@record
class Use(Record):
    """What a model uses of one limit: `share` of it, in words `34,826 of 30,000 parameters (116%)`."""

    share: float
    text: str


@record
class ModelStatus(Record):
    """A model in a few words. `state` is none (no budget), within, near or over; `uses` has the largest share first."""

    name: str
    class_name: str
    place: Place
    total: int | None
    text: str
    uses: tuple[Use, ...]

    @property
    def state(self) -> str:
        share = max((use.share for use in self.uses), default=None)
        if share is None:
            return "none"
        return "over" if share > 1 else "near" if share >= NEAR else "within"


def model_at(analysis: Analysis, line: int) -> ModelFact | None:
    """The model whose constructor call holds the line, else the first with a layer made there, else the only one."""
    here = [model for model in analysis.models if model.place.path == analysis.path and has_size(model)]
    around = [model for model in here if model.place.line <= line <= model.place.end_line]
    if around:
        return min(around, key=lambda model: model.place.end_line - model.place.line)
    for model in here:
        places = (layer.place for layer in parts(model.layer))
        if any(place and place.path == analysis.path and place.line <= line <= place.end_line for place in places):
            return model
    return here[0] if len(here) == 1 else None


def model_status(model: ModelFact, budgets: Iterable[Budget], costs: Costs = DEFAULT_COSTS) -> ModelStatus:
    uses = sorted((use for budget in budgets for use in _uses(model, budget, costs)), key=lambda use: -use.share)
    text = model_text(model, costs)
    if isinstance(model.macs, int) and model.macs:
        text += f" · {written.multiply_adds(model.macs)}"
    return ModelStatus(model.name, model.class_name, model.place, at_least(model.tally), text, tuple(uses))


def _uses(model: ModelFact, budget: Budget, costs: Costs) -> Iterator[Use]:
    trainable = model.tally.trainable if at_least(model.tally) is not None else None
    counts = (
        (at_least(model.tally), budget.max_params, "parameters"),
        (trainable, budget.max_trainable_params, "trainable parameters"),
    )
    for used, limit, unit in counts:
        if isinstance(used, int) and limit:
            yield _use(used, limit, f"{used:,} of {limit:,} {unit}")
    held, need = weight_bytes(model.layer, costs), training(model, costs)
    if held is not None and (limit := budget.max_memory):
        yield _use(held, limit, f"{written.memory(held)} of {written.memory(limit)} for the weights")
    if need is not None and (limit := budget.max_training_memory):
        text = need.words(f"{written.memory(need.bytes)} of {written.memory(limit)}")
        yield _use(need.bytes, limit, text)
    if isinstance(model.macs, int) and budget.max_macs:
        text = f"{written.short(model.macs)} of {written.multiply_adds(budget.max_macs)}"
        yield _use(model.macs, budget.max_macs, text)
    total, most = certain_total(model.tally), budget.max_layer_share
    if total and most:
        shares = ((own_count(layer) or 0) / total for layer in parts(model.layer) if layer is not model.layer)
        largest = max(shares, default=0.0)
        yield Use(largest / most, f"{largest:.0%} in one layer, of at most {most:.0%}")


def _use(used: int, limit: int, text: str) -> Use:
    return Use(used / limit, f"{text} ({written.percent(used, limit)})")
