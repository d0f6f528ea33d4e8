"""Code lens above each model, and the table behind it.

34,826 params · 136 KiB · 2.4 M multiply-adds
model = keras.Sequential([
"""

from __future__ import annotations

from dataclasses import dataclass

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs
from paramlens.facts import Analysis, ModelFact
from paramlens.features.inlay_hints import has_size, model_text
from paramlens.features.summary import Row, summary
from paramlens.values import Place

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class LensRow:
    """One layer of the table: texts ready to show; `place` only where it is in the same file."""

    label: str
    description: str
    detail: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class CodeLens:
    place: Place
    title: str
    rows: tuple[LensRow, ...]


def code_lenses(analysis: Analysis, costs: Costs = DEFAULT_COSTS) -> tuple[CodeLens, ...]:
    """One lens for each model whose size is known, in the order of the source."""
    here = [model for model in analysis.models if model.place.path == analysis.path]
    lenses = [_lens(model, costs) for model in here if has_size(model)]
    return tuple(sorted(lenses, key=lambda lens: (lens.place.line, lens.place.column)))


def file_status(analysis: Analysis) -> str:
    """The file in a few words for the status bar: `34,826 params`, `3 models · 11,173,962 params`; empty for none."""
    totals = [model.tally.total for model in analysis.models if has_size(model)]
    largest = max((total for total in totals if isinstance(total, int)), default=None)
    if largest is None:
        return ""
    return written.params(largest) if len(totals) == 1 else f"{len(totals)} models, up to {written.params(largest)}"


def _lens(model: ModelFact, costs: Costs) -> CodeLens:
    title = model_text(model, costs)
    if isinstance(model.macs, int) and model.macs:
        title += f" · {written.multiply_adds(model.macs)}"
    rows = summary(model, costs).rows[:MOST_ROWS]
    return CodeLens(model.place, title, tuple(_row(row, model.place.path) for row in rows))


def _row(row: Row, path: str) -> LensRow:
    indent = "\N{NO-BREAK SPACE}" * 2 * row.depth
    detail = " · ".join(
        part for part in (row.output_shape, written.location(row.place, path) if row.place else "") if part
    )
    inside = row.place if row.place is not None and row.place.path == path else None
    return LensRow(indent + row.label, row.parameters, detail, inside)
