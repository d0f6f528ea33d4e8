"""One model as a small SVG picture, for a README: its total, its largest parts, its budgets.

It is a card with a ground of its own, so that it can be read on light and dark pages alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from paramlens.cli.report.templates import render
from paramlens.features.largest_parts import Largest, largest_parts
from paramlens.features.model_page import Bar, ModelPage
from paramlens.records import Record, record

HEAD = 84
FIGURES_LINE = 20
LINE = 26
BAR_LINE = 40
GAP = 12
MARGIN = 14
MOST_CHARACTERS = 88
"""On a line of figures."""


@record
class _Placed(Record):
    """A line of the picture, and how far down it stands."""

    y: int
    line: Largest | Bar | str


def picture(model: ModelPage) -> str:
    figures = [_Placed(86 + FIGURES_LINE * row, line) for row, line in enumerate(_wrapped(_figures(model)))]
    y = HEAD + FIGURES_LINE * len(figures)
    parts: list[_Placed] = []
    largest = largest_parts(model.panel.root)
    for part in largest if len(largest) > 1 else ():
        parts.append(_Placed(y, part))
        y += LINE
    y += GAP if parts and model.bars else 0
    bars: list[_Placed] = []
    for bar in model.bars:
        bars.append(_Placed(y, bar))
        y += BAR_LINE
    reason = model.panel.reason or model.no_map
    why = y if reason else 0
    y += LINE if reason else 0
    return render(
        "picture.svg.jinja",
        model=model,
        figures=figures,
        parts=parts,
        bars=bars,
        reason=reason,
        why=why,
        height=y + MARGIN,
    )


def _wrapped(figures: Iterator[str]) -> list[str]:
    """The figures in lines, none of them cut."""
    lines: list[str] = []
    for figure in figures:
        if lines and len(lines[-1]) + len(figure) + 3 <= MOST_CHARACTERS:
            lines[-1] += f" · {figure}"
        else:
            lines.append(figure)
    return lines


def _figures(model: ModelPage) -> Iterator[str]:
    """What is told beside the total, in few words."""
    all_trainable = model.panel.total.number and model.panel.trainable.number == model.panel.total.number
    if all_trainable and model.is_exact:
        yield "all trainable"
    for name, figure in model.figures:
        if not (all_trainable and model.is_exact and name in ("trainable", "not trainable")):
            yield f"{figure.text} {name}"
