"""The table of a model as Markdown, for an issue or a pull request.

### model: Sequential

| Layer | Output | Parameters |
|---|---|--:|
| conv2d: Conv2D | (None, 26, 26, 32) | 320 |

34,826 parameters · 34,826 trainable · 0 not trainable
"""

from __future__ import annotations

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs
from paramlens.facts import ModelFact
from paramlens.features.summary import Row, summary

_INDENT = "&nbsp;" * 4


def markdown_summary(model: ModelFact, costs: Costs = DEFAULT_COSTS) -> str:
    shown = summary(model, costs)
    rows = [_row(row) for row in shown.rows[1:]]
    title = f"### {plain(model.name)}: {plain(written.short_name(model.class_name))}"
    table = ["| Layer | Output | Parameters |", "|---|---|--:|", *rows]
    return "\n".join([title, "", *([*table, ""] if rows else []), "  \n".join(map(plain, shown.totals)), ""])


def _row(row: Row) -> str:
    label = _INDENT * max(row.depth - 1, 0) + plain(row.label)
    return f"| {label} | {plain(row.output_shape)} | {plain(row.parameters)} |"


def plain(text: str) -> str:
    """Text in which Markdown sees no marks of its own."""
    for mark in "\\`*_|<>[]":
        text = text.replace(mark, f"\\{mark}")
    return text
