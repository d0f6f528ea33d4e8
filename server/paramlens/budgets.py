"""Budgets: limits for models, and the problem that names the costliest lines when one is broken.

net has 11,173,962 parameters, 1,173,962 (11.7%) over its budget of 10,000,000 (10M): line 34 makes 2,359,296 (21.1%), …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from paramlens import written
from paramlens.costs import Costs, at_least, certain_total, costliest, own_count, parts, training, weight_bytes
from paramlens.facts import ModelFact, Problem, Status
from paramlens.records import Record, record

RULE = "params-budget"
NEAR_RULE = "near-budget"
NEARLY = 0.9
"""The part of a limit from which on a model is told to be near it."""

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


def applies(budget: Budget, model: ModelFact) -> bool:
    """Whether the budget's glob meets the model's name, class (dotted or short) or path::name."""
    path = model.place.path.replace("\\", "/")
    names = (model.name, model.class_name, written.short_name(model.class_name))
    if any(fnmatchcase(name, budget.model) for name in names):
        return True
    by_path = f"{path}::{model.name}"
    return "::" in budget.model and (fnmatchcase(by_path, budget.model) or fnmatchcase(by_path, f"*/{budget.model}"))


def check_model(model: ModelFact, budget: Budget, costs: Costs) -> list[Problem]:
    """What of the budget the model certainly breaks or is near to."""
    problems = []
    for use in _uses(model, budget, costs):
        if use.amount > use.limit:
            text = f"{use.text}, {_overrun(use)} over its budget of {use.write(use.limit)}"
            problems.append(_problem(RULE, budget.severity, model, text))
        elif use.amount >= NEARLY * use.limit:
            text = f"{use.text}, {written.percent(use.amount, use.limit or 1)} of its budget of {use.write(use.limit)}"
            problems.append(_problem(NEAR_RULE, "information", model, text))
    return problems + [
        _problem(RULE, budget.severity, model, text, with_lines=False) for text in _over_share(model, budget)
    ]


@record
class _Use(Record):
    """How much of one limit a model certainly uses, and how an amount of it is written."""

    amount: int
    limit: int
    text: str
    write: Callable[[int], str]


def _overrun(use: _Use) -> str:
    """`1,173,962 (11.7%)`; without the share where it is more than tenfold."""
    over = use.amount - use.limit
    return use.write(over) + (f" ({written.percent(over, use.limit)})" if over <= 10 * use.limit else "")


def _uses(model: ModelFact, budget: Budget, costs: Costs) -> Iterator[_Use]:
    """What is certain of the limits that the budget sets."""
    tally = model.tally
    bound = "at least " if tally.status is Status.LOWER_BOUND else ""
    total = at_least(tally)
    trainable = tally.trainable if total is not None else None
    held, need = weight_bytes(model.layer, costs), training(model, costs)
    if total is not None and budget.max_params is not None:
        yield _Use(total, budget.max_params, f"has {bound}{written.parameters(total)}", "{:,}".format)
    if isinstance(trainable, int) and budget.max_trainable_params is not None:
        text = f"has {bound}{trainable:,} trainable parameters"
        yield _Use(trainable, budget.max_trainable_params, text, "{:,}".format)
    if held is not None and budget.max_memory is not None:
        yield _Use(held, budget.max_memory, f"needs {written.memory(held)} for its weights", written.memory)
    if need is not None and budget.max_training_memory is not None:
        text = f"needs {need.words(written.memory(need.bytes))}"
        yield _Use(need.bytes, budget.max_training_memory, text, written.memory)
    if isinstance(model.macs, int) and budget.max_macs is not None:
        yield _Use(model.macs, budget.max_macs, f"needs {written.multiply_adds(model.macs)}", written.short)


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


def _problem(rule: str, severity: str, model: ModelFact, text: str, *, with_lines: bool = True) -> Problem:
    message = f"{model.name} {text}"
    related = []
    total = certain_total(model.tally)
    for line in costliest(model, NAMED_LINES) if with_lines and total else ():
        where = written.location(line.place, model.place.path)
        share = f"{line.total:,} ({written.percent(line.total, total or 1)})"
        related.append((line.place, f"{written.short_name(line.class_name)}: {share}", f"{where}: {share}"))
    if related:
        message += "; costliest: " + ", ".join(text for _, _, text in related)
    return Problem(rule, severity, model.place, message, tuple((place, text) for place, text, _ in related))
