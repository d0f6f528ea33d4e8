"""The rows of a model's table of parts, as HTML. There may be tens of thousands, for which a template takes too long.

    <tr class=l2><th scope=row>conv1 <small>Conv2d</small><td>1,728<td data-n=0.000155><span>&lt;0.1%</span><td>…</tr>

The level is told by the class, numbers to sort by stand in `data-n` where the text is no plain number.
"""

from __future__ import annotations

from markupsafe import Markup

from paramlens.cli.report.escaping import escaped
from paramlens.facts import Status
from paramlens.features.model_page import ModelPage, Row, share_text
from paramlens.features.model_panel import Figure, Part

SMALLEST_BAR = 0.01
EMPTY = "<td>"


def part_rows(model: ModelPage) -> Markup:
    return Markup("\n".join(_row(row) for row in model.rows))


def _row(row: Row) -> str:
    part = row.part
    level = f" class=l{row.level}" if row.level > 1 else ""
    return (
        f"<tr{level}><th scope=row>{_name(row)}{_total(part)}{_share(part)}{_trainable(part)}"
        f"<td>{escaped(part.output)}{_memory(part)}{_cell(part.macs, part.macs.text)}<td>{escaped(row.source)}</tr>"
    )


def _name(row: Row) -> str:
    text = f"{escaped(row.part.name)} <small>{escaped(row.part.class_name)}</small>"
    if row.hidden:
        text += f" <small>({row.hidden:,} parts within)</small>"
    if row.reason:
        text += f'<small class="why">{escaped(row.reason)}</small>'
    return text


def _total(part: Part) -> str:
    if part.shared:
        return "<td data-n=0><i>shared</i>"
    tied = f" <small>{part.tied:,} of them tied</small>" if 0 < part.tied < (part.total.number or 0) else ""
    if part.tied and not tied:
        tied = " <small>tied</small>"
    return _count(part, part.total) + tied


def _share(part: Part) -> str:
    text = share_text(part)
    if not text:
        return EMPTY + ("?" if part.share is None and _has_any(part) else "")
    share = part.share or 0.0
    bar = f'<svg class=bar aria-hidden=true><rect width="{share:.1%}" height="100%"/></svg>'
    return f"<td data-n={share:.6f}>{bar if share >= SMALLEST_BAR else ''}<span>{escaped(text)}</span>"


def _trainable(part: Part) -> str:
    return _count(part, part.trainable) if _has_any(part) else EMPTY


def _memory(part: Part) -> str:
    return _cell(part.memory, part.memory.text or "?") if _has_any(part) else EMPTY


def _count(part: Part, figure: Figure) -> str:
    return _cell(figure, figure.text, certain=part.status is Status.EXACT)


def _cell(figure: Figure, text: str, *, certain: bool = True) -> str:
    key = f" data-n={figure.number}" if figure.number is not None and text != f"{figure.number:,}" else ""
    return f"<td{key}>{escaped(text)}" if certain else f"<td{key}><i>{escaped(text)}</i>"


def _has_any(part: Part) -> bool:
    """Whether it has parameters of its own, or may have."""
    return not part.shared and not (part.status is Status.EXACT and part.total.number == 0)
