"""Where the parameters are, as a picture: an icicle, whose every tile is as high as its share of the model.

A part stands to the right of what holds it, the largest of its siblings on top. A part that holds one other and nothing
else shares its tile with that one, and a part within which nothing is shown reaches to the right end. Where there are
many such siblings, as in a model that is one long list of layers, they are packed: each has the area of its share, and
all together are as high as theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from paramlens.features.model_panel import Part
from paramlens.features.squarified import squarified
from paramlens.records import Record, record

MOST_LEVELS = 6
SMALLEST = 0.004
"""The least height of a tile that is not packed."""

SMALLEST_PACKED = 0.0015
"""The least share of a part that is packed."""

MOST_STACKED = 5
"""Siblings that hold nothing and yet stand below one another."""

ASPECT = 3.5
"""The width of the map by its height, as most will see it."""


@record
class Tile(Record):
    """Its place and size in fractions of the map. `name` leads from the model to the part: `encoder.layers`.

    `level` is 0 for the model's own parts; `holds` says that tiles of parts within it stand to its right.
    """

    part: Part
    name: str
    kind: str
    level: int
    holds: bool
    x: float
    y: float
    width: float
    height: float


@record
class _Named(Record):
    part: Part
    name: str


@record
class _Placed(Record):
    """Parts that have one strip of the map: one, or those that are packed into it, with what else is not shown."""

    parts: tuple[_Named, ...]
    level: int
    y: float
    height: float
    holds: bool = False
    rest: int = 0


def part_map(root: Part) -> tuple[Tile, ...]:
    """The tiles of a model; none where its size is not certain or nothing."""
    if not root.added:
        return ()
    top = _only_one(root, "")
    found = list(_below(top, root.added, 0, 0.0)) or [_Placed((top,), 0, 0.0, 1.0)]
    levels = 1 + max(placed.level for placed in found)
    return tuple(tile for placed in found for tile in _tiles(placed, levels))


def _tiles(placed: _Placed, levels: int) -> Iterator[Tile]:
    left, level = placed.level / levels, placed.level
    across = 1 / levels if placed.holds else 1 - left
    sizes = [float(each.part.added or 0) for each in placed.parts] + ([float(placed.rest)] if placed.rest else [])
    rectangles = squarified(sizes, across * ASPECT, placed.height)
    for each, (x, y, width, height) in zip(placed.parts, rectangles, strict=False):
        where = (left + x / ASPECT, placed.y + y, width / ASPECT, height)
        yield Tile(each.part, each.name, each.part.kind, level, placed.holds, *where)


def _below(outer: _Named, whole: int, level: int, y: float) -> Iterator[_Placed]:
    """What is shown of the parts within one."""
    children = [_only_one(child, joined(outer.name, child.name)) for child in _children(outer.part)]
    opened = [level + 1 < MOST_LEVELS and _is_opened(child, whole) for child in children]
    packed = [child for child, is_opened in zip(children, opened, strict=True) if not is_opened]
    shown = [child for child in packed if _share(child, whole) >= SMALLEST_PACKED]
    if len(shown) <= MOST_STACKED:
        packed = []
    for child, is_opened in zip(children, opened, strict=True):
        height = _share(child, whole)
        if height < SMALLEST or (packed and not is_opened):
            continue
        yield _Placed((child,), level, y, height, is_opened)
        if is_opened:
            yield from _below(child, whole, level + 1, y)
        y += height
    if packed:
        rest = sum(child.part.added or 0 for child in packed[len(shown) :])
        yield _Placed(tuple(shown), level, y, sum(_share(child, whole) for child in packed), rest=rest)


def _is_opened(outer: _Named, whole: int) -> bool:
    """Whether one of the parts within can be seen."""
    return any((child.added or 0) / whole >= SMALLEST for child in outer.part.children)


def _share(named: _Named, whole: int) -> float:
    return (named.part.added or 0) / whole


def _children(part: Part) -> list[Part]:
    """Those that add something, the largest first."""
    return sorted((child for child in part.children if child.added), key=lambda child: -(child.added or 0))


def _only_one(part: Part, name: str) -> _Named:
    """The part, or the only one that makes it up."""
    while len(children := _children(part)) == 1 and children[0].added == part.added:
        part = children[0]
        name = joined(name, part.name)
    return _Named(part, name)


def joined(name: str, other: str) -> str:
    return f"{name}.{other}" if name and other else name or other
