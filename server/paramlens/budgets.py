"""Budgets: limits for models, and the problem that names the costliest lines when one is broken.

net has 11,173,962 parameters, over its budget of 10,000,000 (10M): line 34 makes 2,359,296 (21.1%), …
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from paramlens import written
from paramlens.costs import Costs, at_least, certain_total, costliest, own_count, parts, training_bytes, weight_bytes
from paramlens.facts import Analysis, ModelFact, Problem, Status
from paramlens.records import Record, record

RULE = "params-budget"
NAMED_LINES = 3


@record
class Budget(Record):
    """Limits for the models whose name, class or path::name the glob `model` meets. Sizes in bytes."""

    model: str = "*"
    max_params: int | None = None
    max_trainable_params: int | None = None
    max_memory: int | None = None
    max_training_memory: int | None = None
    max_macs: int | None = None
    max_layer_share: float | None = None
    severity: str = "error"


def check_budgets(analysis: Analysis, budgets: Iterable[Budget], costs: Costs) -> tuple[Problem, ...]:
    """A problem for each limit that a model certainly breaks."""
    return tuple(
        problem
        for model in analysis.models
        for budget in budgets
        if applies(budget, model)
        for problem in check_model(model, budget, costs)
    )


def applies(budget: Budget, model: ModelFact) -> bool:
    """Whether the budget's glob meets the model's name, class (dotted or short) or path::name."""
    path = model.place.path.replace("\\", "/")
    names = (model.name, model.class_name, written.short_name(model.class_name))
    if any(fnmatchcase(name, budget.model) for name in names):
        return True
    by_path = f"{path}::{model.name}"
    return "::" in budget.model and (fnmatchcase(by_path, budget.model) or fnmatchcase(by_path, f"*/{budget.model}"))


def check_model(model: ModelFact, budget: Budget, costs: Costs) -> list[Problem]:
    """What of the budget the model certainly breaks."""
    over = [*_over_counts(model, budget), *_over_sizes(model, budget, costs)]
    problems = [_problem(model, budget, text, with_lines=True) for text in over]
    return problems + [_problem(model, budget, text, with_lines=False) for text in _over_share(model, budget)]


def _over_counts(model: ModelFact, budget: Budget) -> list[str]:
    tally, messages = model.tally, []
    bound = "at least " if tally.status is Status.LOWER_BOUND else ""
    total = at_least(tally)
    if total is not None and budget.max_params is not None and total > budget.max_params:
        messages.append(f"has {bound}{written.parameters(total)}, over its budget of {budget.max_params:,}")
    trainable = tally.trainable if total is not None and isinstance(tally.trainable, int) else None
    limit = budget.max_trainable_params
    if trainable is not None and limit is not None and trainable > limit:
        messages.append(f"has {bound}{trainable:,} trainable parameters, over its budget of {limit:,}")
    return messages


def _over_sizes(model: ModelFact, budget: Budget, costs: Costs) -> list[str]:
    messages = []
    size, limit = weight_bytes(model.layer, costs), budget.max_memory
    if size is not None and limit is not None and size > limit:
        messages.append(f"needs {written.memory(size)} for its weights, over its budget of {written.memory(limit)}")
    size, limit = training_bytes(model.layer, costs), budget.max_training_memory
    if size is not None and limit is not None and size > limit:
        title, most = costs.optimizer_title, written.memory(limit)
        messages.append(f"needs {written.memory(size)} to train with {title}, over its budget of {most}")
    macs, limit = model.macs, budget.max_macs
    if isinstance(macs, int) and limit is not None and macs > limit:
        messages.append(f"needs {written.multiply_adds(macs)}, over its budget of {written.short(limit)}")
    return messages


def _over_share(model: ModelFact, budget: Budget) -> list[str]:
    total, limit = certain_total(model.tally), budget.max_layer_share
    if not total or limit is None:
        return []
    messages = []
    for layer in parts(model.layer):
        own = own_count(layer)
        if layer is not model.layer and own and own > limit * total:
            where = f" ({written.location(layer.place, model.place.path)})" if layer.place else ""
            name = written.short_name(layer.class_name)
            share = written.percent(own, total)
            messages.append(f"has {share} of its parameters in one {name}{where}, over its limit of {limit:.0%}")
    return messages


def _problem(model: ModelFact, budget: Budget, text: str, *, with_lines: bool) -> Problem:
    message = f"{model.name} {text}"
    related = []
    total = certain_total(model.tally)
    for line in costliest(model, NAMED_LINES) if with_lines and total else ():
        where = written.location(line.place, model.place.path)
        share = f"{line.total:,} ({written.percent(line.total, total or 1)})"
        related.append((line.place, f"{written.short_name(line.class_name)}: {share}", f"{where}: {share}"))
    if related:
        message += "; costliest: " + ", ".join(text for _, _, text in related)
    return Problem(RULE, budget.severity, model.place, message, tuple((place, text) for place, text, _ in related))
