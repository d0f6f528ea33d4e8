"""The widest that fits: the greatest number in place of the one under the cursor with which a model keeps its budget.

hidden = 4096     # the model of this width has a budget of 1M: 1,234 is the greatest that fits

The number is replaced by a name that nothing defines, so that counts are formulas in that name, which are solved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from paramlens.budgets import applies
from paramlens.dims import Sym, TooLarge, Undecided, substitute, symbols_of
from paramlens.facts import Analysis, ModelFact, Status
from paramlens.features.edits import Edit, applied
from paramlens.lines import split_lines
from paramlens.lints import comments
from paramlens.records import Record, record
from paramlens.settings import Settings
from paramlens.values import Place

UNKNOWN = "paramlens_width"
GREATEST = 2**31

_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?![\w.])")
_TORCH_ARGUMENT = re.compile(r"\b(?:Linear|Conv\d?d|ConvTranspose\dd|Bilinear|LSTM|GRU|RNN|Embedding)\s*\([^()]*$")


@record
class Probe(Record):
    """A text to analyse, with the name in place of the number that stands at `place`."""

    place: Place
    number: int
    text: str


@record
class Fitting(Record):
    """The greatest number with which the model has at most `limit` parameters, as an edit."""

    model: str
    limit: int
    width: int
    total: int
    edit: Edit


def probe(analysis: Analysis, line: int, column: int) -> Probe | None:
    """What to analyse for the number at a 1-based position; None where no number stands or it may not be changed alone.

    A size written into the constructor of one torch layer has to agree with its neighbours', so it is left alone.
    """
    lines = split_lines(analysis.text)
    if not 0 < line <= len(lines):
        return None
    numbers = _NUMBER.finditer(lines[line - 1])
    found = next((match for match in numbers if match.start() <= column - 1 <= match.end()), None)
    if found is None or "#" in lines[line - 1][: found.start()]:
        return None
    if "torch" in analysis.text and _TORCH_ARGUMENT.search(lines[line - 1][: found.start()]):
        return None
    place = Place(analysis.path, line, found.start() + 1, line, found.end() + 1)
    try:
        number = int(found[0])
    except ValueError:  # 007
        return None
    return Probe(place, number, applied(lines, [Edit(place, UNKNOWN)]))


def limits(analysis: Analysis, settings: Settings) -> dict[str, int]:
    """The fewest parameters that a budget of the settings or of a comment allows, by the name of the model."""
    found: dict[str, int] = {}
    commented = list(comments.budgets(analysis))
    for model in analysis.models:
        here = (model.place.line, model.place.end_line)
        budgets = [budget for budget in settings.budgets if applies(budget, model)]
        budgets += [budget for line, budget in commented if line in here and model.place.path == analysis.path]
        most = [budget.max_params for budget in budgets if budget.max_params is not None]
        if most:
            found[model.name] = min(most)
    return found


def fitting(probe: Probe, analysis: Analysis, limits: Mapping[str, int]) -> tuple[Fitting, ...]:
    """What fits, by the analysis of the probe's text; `limits` are those of the models that have one."""
    found = []
    for model in analysis.models:
        limit = limits.get(model.name)
        width = _solve(model, limit) if limit is not None else None
        if limit is not None and width is not None and width[0] != probe.number:
            edit = Edit(probe.place, str(width[0]))
            found.append(Fitting(model.name, limit, width[0], width[1], edit))
    return tuple(found)


def _solve(model: ModelFact, limit: int) -> tuple[int, int] | None:
    """The greatest width, and the count with it; None where the count is no formula in the width alone."""
    formula = model.tally.total
    if not isinstance(formula, Sym) or model.tally.status is not Status.SYMBOLIC or model.tally.assumed:
        return None
    names = {symbol.name for symbol in symbols_of(formula)}
    if names != {UNKNOWN}:
        return None

    def total(width: int) -> int | None:
        try:
            found = substitute(formula, {UNKNOWN: width})
        except (ZeroDivisionError, TooLarge, Undecided):
            return None
        return found if isinstance(found, int) else None

    first = total(1)
    if first is None or first > limit:
        return None
    low, high = 1, 2
    while high < GREATEST and (at := total(high)) is not None and at <= limit:
        low, high = high, high * 2
    if high >= GREATEST:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        at = total(middle)
        low, high = (middle, high) if at is not None and at <= limit else (low, middle)
    best, over = total(low), total(low + 1)
    return (low, best) if best is not None and over is not None and best <= limit < over else None
