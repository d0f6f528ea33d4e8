"""Inlay hints: the count at the end of the line that makes the parameters.

net = nn.Sequential(                          ▸ 34,826 params · 136 KiB
    nn.Conv2d(1, 32, 3),                      ▸ 320
    *[Block(64 * 2**i) for i in range(4)],    ▸ 36,864 – 2,359,296 ×4
    nn.Conv2d(in_planes, planes, 3),          ▸ 9·in_planes·planes + planes
)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeVar

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs, costliest, weight_bytes
from paramlens.dims import Dim, Sym
from paramlens.facts import Analysis, ModelFact, SiteFact, Status, Tally
from paramlens.lines import line_lengths
from paramlens.records import Record, record
from paramlens.settings import InlayHints
from paramlens.shapes import Shape
from paramlens.values import Place

LONGEST_FORMULA = 40
"""VS Code gives all hints of a line 43 characters together."""

STYLE = InlayHints()

MOST_ON_LINE = 40
"""Calls of one line that are shown; a line with more was not written by a person."""


@record
class InlayHint(Record):
    """A text after column `column` of line `line` (both 1-based, in code points)."""

    line: int
    column: int
    text: str
    tooltip: str


Fact = TypeVar("Fact", SiteFact, ModelFact)


class Texts:
    """What was written for the sites and models of one file, kept for those that its next analysis has still."""

    __slots__ = ("_costs", "_of_models", "_of_sites", "_style")

    def __init__(self) -> None:
        self._costs = DEFAULT_COSTS
        self._style = STYLE
        self._of_sites: dict[int, tuple[SiteFact, str]] = {}  # by identity: facts are costly to compare
        self._of_models: dict[int, tuple[ModelFact, str]] = {}

    def begin(self, costs: Costs, style: InlayHints) -> None:
        """Texts of other costs or another style are of no use."""
        if self._costs != costs or self._style != style:
            self._of_sites, self._of_models = {}, {}
        self._costs, self._style = costs, style

    def of_sites(self, sites: Iterable[SiteFact]) -> Iterable[tuple[SiteFact, str]]:
        """Each site with its text; what was kept for others is forgotten."""
        style = self._style
        self._of_sites = _written(sites, self._of_sites, lambda site: site_text(site, style))
        return self._of_sites.values()

    def of_models(self, models: Iterable[ModelFact]) -> Iterable[tuple[ModelFact, str]]:
        """Each model with its text; what was kept for others is forgotten."""
        costs, style = self._costs, self._style
        self._of_models = _written(models, self._of_models, lambda model: model_text(model, costs, style))
        return self._of_models.values()


def _written(
    facts: Iterable[Fact], before: dict[int, tuple[Fact, str]], text_of: Callable[[Fact], str]
) -> dict[int, tuple[Fact, str]]:
    now = {}
    for fact in facts:
        known = before.get(id(fact))
        now[id(fact)] = known if known is not None and known[0] is fact else (fact, text_of(fact))
    return now


def line_texts(
    analysis: Analysis, costs: Costs = DEFAULT_COSTS, texts: Texts | None = None, style: InlayHints = STYLE
) -> list[tuple[int, str]]:
    """The (1-based) lines that make parameters, ascending, and what stands behind each."""
    texts = texts or Texts()
    texts.begin(costs, style)
    alone, together = _by_line(analysis, texts)
    found = {line: text for line, (_, text) in alone.items()}
    found.update((line, _joined(on_line)) for line, on_line in together.items())
    return sorted(found.items())


def line_tooltip(analysis: Analysis, line: int, costs: Costs = DEFAULT_COSTS) -> str:
    """What is told of a line that has a text; empty for others."""
    return _tooltips(analysis, line, line, costs).get(line, "")


@record
class Origin(Record):
    """Where to look for the reason of a count: `input from` (`words`) `MaxPooling2D, line 8` (`where`)."""

    place: Place
    words: str
    where: str


def line_origin(analysis: Analysis, line: int) -> Origin | None:
    """What a line's count hangs on: of a model its costliest line, of a layer what its input comes from."""
    model = next((model for model in _made_alone(analysis) if model.place.line == line and has_size(model)), None)
    if model is not None:
        most = costliest(model, 1)
        return _origin("most of it in", most[0].class_name, most[0].place, analysis.path) if most else None
    here = [site for site in analysis.sites if site.place.line == line and site.place.path == analysis.path]
    for site in sorted(here, key=lambda site: site.place.column):
        for call in (call for layer in site.layers for call in layer.calls):
            for name, place in call.sources:
                if place is not None and place.line != line:
                    return _origin("input from", name, place, analysis.path)
    return None


def _origin(words: str, class_name: str, place: Place, path: str) -> Origin:
    name = f"{written.short_name(class_name)}, " if class_name else ""
    return Origin(place, words, name + written.location(place, path))


def inlay_hints(
    analysis: Analysis, first_line: int = 1, last_line: int | None = None, costs: Costs = DEFAULT_COSTS
) -> tuple[InlayHint, ...]:
    """One hint for each line from `first_line` to `last_line` (1-based, inclusive) that makes parameters."""
    lengths = line_lengths(analysis.text)
    last = len(lengths) if last_line is None else min(last_line, len(lengths))
    tooltips = _tooltips(analysis, first_line, last, costs)
    return tuple(
        InlayHint(line, lengths[line - 1] + 1, text, tooltips[line])
        for line, text in line_texts(analysis, costs)
        if first_line <= line <= last
    )


def _tooltips(analysis: Analysis, first: int, last: int, costs: Costs) -> dict[int, str]:
    path = analysis.path
    by_line: dict[int, dict[Place, str]] = {}
    for site in analysis.sites:
        if first <= site.place.line <= last and site.place.path == path and site_text(site):
            by_line.setdefault(site.place.line, {})[site.place] = site_tooltip(site, path)
    for model in _made_alone(analysis):
        if first <= model.place.line <= last and has_size(model):
            by_line.setdefault(model.place.line, {})[model.place] = _model_tooltip(model, path)
    return {
        line: "\n".join(on_line[place] for place in _outer_first(on_line)[:MOST_ON_LINE])
        for line, on_line in by_line.items()
    }


def _outer_first(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (place.column, -place.end_column))


def _by_line(
    analysis: Analysis, texts: Texts
) -> tuple[dict[int, tuple[Place, str]], dict[int, dict[Place, str]]]:
    """The texts of lines that have one, which are nearly all, and those of lines that have several."""
    alone: dict[int, tuple[Place, str]] = {}
    together: dict[int, dict[Place, str]] = {}
    path = analysis.path
    of_sites = ((site.place, text) for site, text in texts.of_sites(analysis.sites))
    of_models = ((model.place, text) for model, text in texts.of_models(_made_alone(analysis)))
    for place, text in chain(of_sites, of_models):
        if not text or place.path != path:
            continue
        first = alone.get(place.line)
        if first is None or first[0] == place:  # a model says more than the site that made it
            alone[place.line] = place, text
        if first is not None and (place.line in together or first[0] != place):
            together.setdefault(place.line, dict([first]))[place] = text
    return alone, together


def _made_alone(analysis: Analysis) -> Iterator[ModelFact]:
    """The models whose constructor call made them alone; what `--call` adds stands nowhere in the file."""
    busy = {site.place for site in analysis.sites if site.instances > 1}
    for model in analysis.models:
        somewhere = (model.place.line, model.place.column) != (model.place.end_line, model.place.end_column)
        if model.place.path == analysis.path and somewhere and model.place not in busy:
            yield model


def site_text(site: SiteFact, style: InlayHints = STYLE) -> str:
    """What stands behind a constructor call; empty when nothing is known or nothing has parameters."""
    count = _counts_text(site, style.format == "compact") if "parameters" in style.show else ""
    shown = [count] if count else []
    if "shapes" in style.show and (shape := _output_shape(site)) is not None:
        shown.append(written.shape(shape))
    if "multiply-adds" in style.show and isinstance(macs := site.macs, int) and macs:
        shown.append(f"{written.short(macs)} MAC")
    text = count if shown == [count] else " · ".join(shown)
    if site.repeated and text:
        return f"{_shortened(text)} ×?"
    return f"{_shortened(text)} ×{site.instances:,}" if site.instances > 1 and text else _shortened(text)


def _counts_text(site: SiteFact, compact: bool) -> str:
    known = [tally for tally in site.tallies if _is_known(tally)]
    if not known or all(tally.total == 0 and tally.status is not Status.LOWER_BOUND for tally in known):
        return ""
    text = _range(known, compact) if len(known) > 1 and len(known) == len(site.tallies) and _certain(known) else ""
    text = text or " | ".join([*dict.fromkeys(_tally_text(tally, compact) for tally in known)])
    return text + " | ?" if len(known) < len(site.tallies) else text


def _output_shape(site: SiteFact) -> Shape | None:
    """The shape that all calls of all layers made here give."""
    shapes = {call.output_shapes for layer in site.layers for call in layer.calls}
    (found,) = shapes if len(shapes) == 1 else ((),)
    return found[0] if len(found) == 1 else None


def model_text(model: ModelFact, costs: Costs = DEFAULT_COSTS, style: InlayHints = STYLE) -> str:
    """`34,826 params · 136 KiB`; empty when nothing is known."""
    if model.tally.total is None or not has_size(model):
        return ""
    if isinstance(model.tally.total, Sym):
        return f"{_shortened(_tally_text(model.tally))} params" if "parameters" in style.show else ""
    shown = []
    if "parameters" in style.show:
        bound = "≥ " if model.tally.status is Status.LOWER_BOUND else ""
        exact = style.format == "exact"
        total = model.tally.total
        shown.append(bound + (written.params(total) if exact or total < 1000 else f"{written.short(total)} params"))
    if "memory" in style.show and (size := weight_bytes(model.layer, costs)) is not None:
        shown.append(written.memory(size))
    if "multiply-adds" in style.show and isinstance(model.macs, int) and model.macs:
        shown.append(f"{written.short(model.macs)} MAC")
    return " · ".join(shown)


def has_size(model: ModelFact) -> bool:
    """Whether something is known of its size, and it has one."""
    tally = model.tally
    return _is_known(tally) and (tally.total != 0 or tally.status is Status.LOWER_BOUND)


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


def _range(tallies: list[Tally], compact: bool) -> str:
    totals = sorted(tally.total for tally in tallies if isinstance(tally.total, int))
    least, most = _number(totals[0], compact), _number(totals[-1], compact)
    return f"{least} – {most}" if least != most else least


def _tally_text(tally: Tally, compact: bool = False) -> str:
    bound = "≥ " if tally.status is Status.LOWER_BOUND else ""
    return bound + _number(tally.total, compact)


def _number(number: Dim | None, compact: bool) -> str:
    return written.short(number) if compact and isinstance(number, int) else written.count(number)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_FORMULA else text[: LONGEST_FORMULA - 1].rstrip(" +·|") + "…"


def _joined(on_line: dict[Place, str]) -> str:
    """Several calls on one line, as they stand; a call within another one that ends on this line is left to it."""
    shown, reach = [], 0
    for place in _outer_first(on_line):
        ends_here = place.end_line == place.line
        if not ends_here or place.end_column > reach:
            shown.append(place)
        if ends_here:
            reach = max(reach, place.end_column)
    more = " | …" if len(shown) > MOST_ON_LINE else ""
    return " | ".join(on_line[place] for place in shown[:MOST_ON_LINE]) + more
