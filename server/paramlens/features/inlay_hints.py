"""Inlay hints: the count at the end of the line that makes the parameters.

net = nn.Sequential(                          ▸ 34,826 params · 136 KiB
    nn.Conv2d(1, 32, 3),                      ▸ 320
    *[Block(64 * 2**i) for i in range(4)],    ▸ 36,864 – 2,359,296 ×4
    nn.Conv2d(in_planes, planes, 3),          ▸ 9·in_planes·planes + planes
)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs, weight_bytes
from paramlens.dims import Dim, Sym
from paramlens.facts import Analysis, ModelFact, SiteFact, Status, Tally
from paramlens.lines import line_lengths
from paramlens.values import Place

LONGEST_FORMULA = 40
"""VS Code gives all hints of a line 43 characters together."""


@dataclass(frozen=True, slots=True)
class InlayHint:
    """A text after column `column` of line `line` (both 1-based, in code points)."""

    line: int
    column: int
    text: str
    tooltip: str


def inlay_hints(
    analysis: Analysis, first_line: int = 1, last_line: int | None = None, costs: Costs = DEFAULT_COSTS
) -> tuple[InlayHint, ...]:
    """One hint for each line from `first_line` to `last_line` (1-based, inclusive) that makes parameters."""
    models = {model.place: model for model in _made_alone(analysis)}
    by_line: dict[int, dict[Place, tuple[str, str]]] = {}
    for site in analysis.sites:
        if site.place.path == analysis.path and (text := site_text(site)):
            by_line.setdefault(site.place.line, {})[site.place] = (text, site_tooltip(site, analysis.path))
    for place, model in models.items():
        if text := model_text(model, costs):
            by_line.setdefault(place.line, {})[place] = (text, _model_tooltip(model, analysis.path))
    lengths = line_lengths(analysis.text)
    last = len(lengths) if last_line is None else min(last_line, len(lengths))
    return tuple(
        InlayHint(line, lengths[line - 1] + 1, *_joined(by_line[line]))
        for line in sorted(by_line)
        if first_line <= line <= last
    )


def _made_alone(analysis: Analysis) -> Iterator[ModelFact]:
    """The models whose constructor call made them alone; what `--call` adds stands nowhere in the file."""
    busy = {site.place for site in analysis.sites if site.instances > 1}
    for model in analysis.models:
        somewhere = (model.place.line, model.place.column) != (model.place.end_line, model.place.end_column)
        if model.place.path == analysis.path and somewhere and model.place not in busy:
            yield model


def site_text(site: SiteFact) -> str:
    """What stands behind a constructor call; empty when nothing is known or nothing has parameters."""
    known = [tally for tally in site.tallies if _is_known(tally)]
    if not known or all(tally.total == 0 and tally.status is not Status.LOWER_BOUND for tally in known):
        return ""
    text = _range(known) if len(known) > 1 and len(known) == len(site.tallies) and _certain(known) else ""
    text = text or " | ".join([*dict.fromkeys(_tally_text(tally) for tally in known)])
    if len(known) < len(site.tallies):
        text += " | ?"
    if site.repeated:
        return f"{_shortened(text)} ×?"
    return f"{_shortened(text)} ×{site.instances:,}" if site.instances > 1 else _shortened(text)


def model_text(model: ModelFact, costs: Costs = DEFAULT_COSTS) -> str:
    """`34,826 params · 136 KiB`; empty when nothing is known."""
    tally = model.tally
    if not _is_known(tally) or (tally.total == 0 and tally.status is not Status.LOWER_BOUND):
        return ""
    total: Dim = tally.total if tally.total is not None else 0
    if isinstance(total, Sym):
        return f"{_shortened(_tally_text(tally))} params"
    size = weight_bytes(model.layer, costs)
    bound = "≥ " if tally.status is Status.LOWER_BOUND else ""
    return bound + written.params(total) + (f" · {written.memory(size)}" if size is not None else "")


def site_tooltip(site: SiteFact, path: str) -> str:
    """One line for each distinct count of the site."""
    name = written.short_name(site.class_name)
    lines = [f"{name}: {_tally_words(tally, path)}" for tally in site.tallies]
    if site.repeated:
        lines.append("in a loop whose length is not known")
    elif site.instances > 1:
        lines.append(f"{site.instances:,} instances")
    return "\n".join(lines)


def _model_tooltip(model: ModelFact, path: str) -> str:
    return f"{model.name} ({written.short_name(model.class_name)}): {_tally_words(model.tally, path)}"


def _tally_words(tally: Tally, path: str) -> str:
    reason = written.why(tally, path)
    if not _is_known(tally) or tally.total is None:
        return f"not known: {reason}" if reason else "not known"
    bound = "at least " if tally.status is Status.LOWER_BOUND else ""
    return bound + written.parameters(tally.total) + (f", {reason}" if reason else "")


def _is_known(tally: Tally) -> bool:
    return tally.total is not None and tally.status is not Status.UNKNOWN


def _certain(tallies: list[Tally]) -> bool:
    return all(tally.status is Status.EXACT and isinstance(tally.total, int) for tally in tallies)


def _range(tallies: list[Tally]) -> str:
    totals = sorted(tally.total for tally in tallies if isinstance(tally.total, int))
    return f"{totals[0]:,} – {totals[-1]:,}" if totals[0] != totals[-1] else f"{totals[0]:,}"


def _tally_text(tally: Tally) -> str:
    bound = "≥ " if tally.status is Status.LOWER_BOUND else ""
    return bound + written.count(tally.total)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_FORMULA else text[: LONGEST_FORMULA - 1].rstrip(" +·|") + "…"


def _joined(on_line: dict[Place, tuple[str, str]]) -> tuple[str, str]:
    """Several calls on one line, as they stand; a call within another one that ends on this line is left to it."""
    shown = [place for place in on_line if not any(other != place and _covers(other, place) for other in on_line)]
    ordered = sorted(shown, key=lambda place: place.column)
    tooltips = [on_line[place][1] for place in sorted(on_line, key=lambda place: (place.column, -place.end_column))]
    return " | ".join(on_line[place][0] for place in ordered), "\n".join(tooltips)


def _covers(outer: Place, inner: Place) -> bool:
    """Whether `outer` ends on the line it starts and spans `inner`. A chained call starts where its callee starts."""
    if outer.line != outer.end_line or inner.end_line != outer.line:
        return False
    return outer.column <= inner.column and inner.end_column <= outer.end_column
