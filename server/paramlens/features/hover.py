"""Hover on a constructor: where the count comes from and what it costs.

Conv2D: 18,496 parameters, all trainable

  kernel (3, 3, 32, 64)  18,432
  bias   (64)                64

kernel_h · kernel_w · in_channels · filters + filters = 3·3·32·64 + 64
input (None, 13, 13, 32) from MaxPooling2D, line 4 · output (None, 11, 11, 64)
53.1% of model · 72.3 KiB of float32 weights · 289 KiB to train with Adam · 2.2 M multiply-adds
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paramlens import written
from paramlens.costs import (
    DEFAULT_COSTS,
    Costs,
    certain_total,
    own_count,
    share_of_model,
    training,
    training_bytes,
    weight_bytes,
    weight_type,
)
from paramlens.facts import NOT_CALLED, Analysis, CallFact, LayerFact, ModelFact, SiteFact, Status, Tally
from paramlens.features.derivation import derivation
from paramlens.values import Place

MOST_ROWS = 12
MOST_TALLIES = 6
STALE = "from before the last edits"


@dataclass(frozen=True, slots=True)
class Hover:
    """What to show for the call at `place`, as Markdown and as plain text."""

    place: Place
    markdown: str
    plain: str


def hover(analysis: Analysis, line: int, column: int, costs: Costs = DEFAULT_COSTS) -> Hover | None:
    """The innermost constructor call at a 1-based position. Of a call over several lines only the first answers."""
    site = _site_at(analysis, line, column)
    if site is None:
        return None
    model = next((model for model in analysis.models if model.place == site.place), None)
    sections = _sections(analysis, site, model, costs)
    return Hover(site.place, "\n\n".join(s.markdown for s in sections), "\n\n".join(s.plain for s in sections))


@dataclass(frozen=True, slots=True)
class _Section:
    markdown: str
    plain: str


def _site_at(analysis: Analysis, line: int, column: int) -> SiteFact | None:
    here = [
        site
        for site in analysis.sites
        if site.place.path == analysis.path
        and site.place.line == line
        and site.place.column <= column
        and (site.place.end_line > line or column <= site.place.end_column)
    ]
    return max(here, key=lambda site: (site.place.column, -site.place.end_line, -site.place.end_column), default=None)


def _sections(analysis: Analysis, site: SiteFact, model: ModelFact | None, costs: Costs) -> list[_Section]:
    layer = model.layer if model else (site.layers[0] if site.layers else None)
    tally = layer.tally if layer else (site.tallies[0] if site.tallies else Tally(Status.UNKNOWN))
    sections = [_title(model.class_name if model else site.class_name, tally, analysis.path)]
    if site.stale:
        sections.append(_Section(f"*{STALE}*", STALE))
    if len(site.tallies) > 1 or site.instances > 1 or site.repeated:
        sections.append(_instances(site))
    if layer is None:
        return sections
    rows = _weight_rows(layer) or _child_rows(layer, analysis.path)
    if rows:
        text = "\n".join(rows)
        sections.append(_Section(f"```text\n{text}\n```", "\n".join(f"  {row}" for row in rows)))
    if (how := derivation(layer.weights)) and not layer.children:
        text = f"{how}{_result(tally, str(how))}"
        sections.append(_Section(f"```text\n{text}\n```", text))
    if layer.calls:
        sections.append(_call(layer.calls[0], analysis.path))
    if figures := _figures(analysis, site, model, layer, costs):
        sections.append(_Section(figures, figures))
    return sections


def _title(class_name: str, tally: Tally, path: str) -> _Section:
    name, words = written.short_name(class_name), _count_words(tally)
    if reason := written.why(tally, path):
        words += (": " if tally.total is None else ", ") + reason
    return _Section(f"**{_escaped(name)}**: {_escaped(words)}", f"{name}: {words}")


def _count_words(tally: Tally) -> str:
    if tally.total is None or tally.status is Status.UNKNOWN:
        return "parameters not known"
    bound = "at least " if tally.status is Status.LOWER_BOUND else ""
    return bound + written.parameters(tally.total) + _trainable_words(tally)


def _trainable_words(tally: Tally) -> str:
    if tally.total == 0 or tally.trainable is None:
        return ""
    if tally.non_trainable == 0:
        return ", all trainable"
    if tally.trainable == 0:
        return ", none trainable"
    return f", {written.count(tally.trainable)} trainable"


def _instances(site: SiteFact) -> _Section:
    shown = [_cell(tally) for tally in site.tallies[:MOST_TALLIES]]
    times = "in a loop of unknown length" if site.repeated else f"{site.instances:,} instances"
    if len(site.tallies) == 1:
        return _Section(times, times)
    more = f" … and {len(site.tallies) - MOST_TALLIES} more" if len(site.tallies) > MOST_TALLIES else ""
    text = f"{times}: {' | '.join(shown)}{more}; the first one:"
    return _Section(_escaped(text), text)


def _weight_rows(layer: LayerFact) -> list[str]:
    if layer.children:
        return []
    rows = [
        (w.name, written.shape(w.shape), written.count(w.count), "" if w.trainable else "not trainable")
        for w in layer.weights
    ]
    return _aligned(rows)


def _child_rows(layer: LayerFact, path: str) -> list[str]:
    own = [(w.name, written.shape(w.shape), written.count(w.count), "") for w in layer.weights]
    children = [
        (
            child.name,
            written.short_name(child.class_name),
            "shared" if child.shared else _cell(child.tally),
            written.location(child.place, path) if child.place else "",
        )
        for child in layer.children
        if child.shared or child.tally.total != 0
    ]
    return _aligned([*own, *children])


def _cell(tally: Tally) -> str:
    bound = "≥ " if tally.status is Status.LOWER_BOUND else ""
    return bound + written.count(tally.total)


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """Rows in columns, the third to the right."""
    if not rows:
        return []
    first, second, third = (max(len(row[i]) for row in rows[:MOST_ROWS]) for i in range(3))
    lines = [f"{a:<{first}} {b:<{second}}  {c:>{third}}  {d}".rstrip() for a, b, c, d in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(f"… {len(rows) - MOST_ROWS} more")
    return lines


def _result(tally: Tally, sum_text: str) -> str:
    """The total behind a sum with symbols, where it reads differently."""
    if tally.total is None or isinstance(tally.total, int):
        return ""
    total = written.count(tally.total)
    return "" if sum_text.endswith(total) else f" = {total}"


def _call(call: CallFact, path: str) -> _Section:
    plain, marked = [], []
    for number, sizes in enumerate(call.input_shapes):
        name, place = call.sources[number] if number < len(call.sources) else ("", None)
        origin = f" from {written.short_name(name)}" if name else ""
        if place is not None:
            origin += ("," if name else " from") + f" {written.location(place, path)}"
        plain.append(f"input {written.shape(sizes)}{origin}")
        marked.append(f"input `{written.shape(sizes)}`{_escaped(origin)}")
    for sizes in call.output_shapes:
        plain.append(f"output {written.shape(sizes)}")
        marked.append(f"output `{written.shape(sizes)}`")
    return _Section(" · ".join(marked), " · ".join(plain))


def _figures(analysis: Analysis, site: SiteFact, model: ModelFact | None, layer: LayerFact, costs: Costs) -> str:
    figures = []
    if model is None and certain_total(layer.tally) and (share := share_of_model(site.place, analysis.models)):
        part, whole = share
        total = certain_total(whole.tally)
        if part and total:
            figures.append(f"{written.percent(part, total)} of {whole.name}")
    if size := weight_bytes(layer, costs):
        kind = weight_type(layer, costs)
        figures.append(f"{written.memory(size)} of {kind + ' ' if kind else ''}weights")
    if model is not None and (whole_need := training(model, costs)) is not None and whole_need.bytes:
        figures.append(whole_need.words(written.memory(whole_need.bytes)))
    elif model is None and (need := training_bytes(layer, costs)):
        figures.append(f"{written.memory(need)} to train with {costs.optimizer_title}")
    if text := _multiply_adds(site, model, layer):
        figures.append(text)
    own = own_count(layer) if layer.children else None
    if own:
        figures.append(f"{written.parameters(own)} of its own")
    return " · ".join(figures)


def _multiply_adds(site: SiteFact, model: ModelFact | None, layer: LayerFact) -> str:
    macs, reason = (model.macs, layer.macs_reason) if model else (site.macs, site.macs_reason)
    if isinstance(macs, int):
        return f"{written.multiply_adds(macs)} a sample" if macs else ""
    if macs is not None:
        return f"{written.count(macs)} multiply-adds a sample"
    return f"multiply-adds not known: {reason}" if reason not in ("", NOT_CALLED) else ""


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|~" else char for char in text)
