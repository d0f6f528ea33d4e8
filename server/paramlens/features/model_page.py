"""A model as a report shows it: the panel's data in words, with the parts as the rows of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from paramlens import written
from paramlens.facts import Status
from paramlens.features.layer_kinds import KINDS
from paramlens.features.model_panel import BudgetUse, Figure, ModelPanel, Part
from paramlens.features.part_map import Tile, part_map
from paramlens.records import Record, record
from paramlens.values import Place

MOST_ROWS = 2000
"""Rows of one model; of a larger one the deepest parts are left out."""

NAMED_PARTS = 5
"""Parts that the map is told in words by."""

MOST_TIMES = 10
"""From this on an overrun is told as a multiple, not in percent."""

STATES = ("over", "near", "unknown", "within")


@record
class Row(Record):
    """One part. `level` is 1 for the model's own parts; `name` leads from the model to it, `outer` is all but its last.

    `reason` is told where no part within has the same one. `hidden` parts within it are left out.
    """

    part: Part
    level: int
    outer: str
    reason: str
    source: str
    hidden: int


@record
class Bar(Record):
    """One limit of a budget: how much is used in words, and the part of the bar that is filled."""

    title: str
    words: str
    state: str
    filled: float


@record
class MapTile(Record):
    """A tile, and the number of its part's row; None where that is left out."""

    tile: Tile
    row: int | None


@record
class ModelPage(Record):
    """One model. `path` and `source` say where it stands.

    `state` is that of its worst budget, empty without one, and `used` the part that is used of the budget that is used
    most.
    """

    panel: ModelPanel
    path: str
    source: str
    bars: tuple[Bar, ...]
    state: str
    used: float | None
    rows: tuple[Row, ...]
    hidden: int
    tiles: tuple[MapTile, ...]
    no_map: str

    @property
    def is_exact(self) -> bool:
        return self.panel.status is Status.EXACT

    @property
    def figures(self) -> tuple[tuple[str, Figure], ...]:
        """What is told of the whole beside the total; what is not known is left out."""
        panel = self.panel
        found = (
            ("trainable", panel.trainable),
            ("not trainable", panel.non_trainable),
            ("weights", panel.memory),
            (f"training with {panel.optimizer}", panel.training),
            ("multiply-adds", panel.macs),
        )
        return tuple((name, figure) for name, figure in found if figure.text not in ("", "?"))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of layers on the map."""
        shown = {each.tile.kind for each in self.tiles}
        return tuple(kind for kind in KINDS if kind in shown)

    @property
    def largest_tiles(self) -> tuple[Tile, ...]:
        """The largest parts on the map, of those that the model itself holds."""
        outer = [each.tile for each in self.tiles if each.tile.level == 0]
        return tuple(sorted(outer, key=lambda tile: -(tile.part.added or 0))[:NAMED_PARTS])


def model_page(panel: ModelPanel, path: str, where: Callable[[Place], str], most: int = MOST_ROWS) -> ModelPage:
    """`path` is the file as the person named it, `where` writes a place: `line 12`."""
    bars = tuple(budget_bar(use) for use in panel.budgets)
    depth = _depth(panel.root, most)
    rows = tuple(islice(_rows(panel.root, 1, "", depth, where), most))
    tiles = part_map(panel.root)
    numbers = {row.part.path: number for number, row in enumerate(rows)}
    return ModelPage(
        panel=panel,
        path=path,
        source=where(panel.place),
        bars=bars,
        state=worst(bar.state for bar in bars),
        used=max((use.ratio for use in panel.budgets if use.ratio is not None), default=None),
        rows=rows,
        hidden=_count(panel.root) - len(rows),
        tiles=tuple(MapTile(tile, numbers.get(tile.part.path)) for tile in tiles) if len(tiles) > 1 else (),
        no_map=_no_map(panel),
    )


def worst(states: Iterable[str]) -> str:
    """The first of STATES that is there; empty where none is."""
    found = set(states)
    return next((state for state in STATES if state in found), "")


def budget_bar(use: BudgetUse) -> Bar:
    words = [f"{use.used.text} of {use.limit.text}{_used(use)}"]
    words += {"near": ["near"], "unknown": ["not certain"]}.get(use.state, [])
    filled = 1.0 if use.state == "over" else min(use.ratio or 0.0, 1.0)
    return Bar(use.title, ", ".join(words), use.state, filled)


def _used(use: BudgetUse) -> str:
    """` · 93.1%`, ` · over by 6.6%`."""
    if use.ratio is None:
        return ""
    if use.ratio > 1 + MOST_TIMES:
        return f" · {use.ratio:,.0f} times as much"
    if use.ratio > 1:
        return f" · over by {written.share(round(use.ratio - 1, 9))}"
    return f" · {'at least ' if use.used.bound else ''}{written.share(use.ratio)}"


def share_text(part: Part) -> str:
    """`53.1%`; nothing where it is not certain, or the part has no parameters."""
    return "" if part.share is None or not part.added else written.share(part.share)


def _no_map(panel: ModelPanel) -> str:
    """Why there is no map; nothing where there is one."""
    if panel.root.added:
        return ""
    if panel.root.added == 0:
        return "The model has no parameters."
    return "Shares and a map need a total that is certain."


def _depth(root: Part, most: int) -> int:
    """The levels below the model that fit into so many rows, at least one."""
    level, total, depth = list(root.children), 0, 0
    while level and (depth == 0 or total + len(level) <= most):
        total += len(level)
        depth += 1
        level = [child for part in level for child in part.children]
    return depth


def _rows(part: Part, level: int, outer: str, depth: int, where: Callable[[Place], str]) -> Iterator[Row]:
    for child in part.children:
        below = {each.reason for each in child.children}
        yield Row(
            part=child,
            level=level,
            outer=outer,
            reason="" if child.reason in below else child.reason,
            source=where(child.place) if child.place is not None else "",
            hidden=_count(child) if level == depth else 0,
        )
        if level < depth:
            yield from _rows(child, level + 1, f"{outer}{child.name}.", depth, where)


def _count(part: Part) -> int:
    return sum(1 + _count(child) for child in part.children)
