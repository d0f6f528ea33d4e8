"""The few parts that make up most of a model, for a picture that has room for a few."""

from __future__ import annotations

from paramlens.features.layer_kinds import OTHER
from paramlens.features.model_panel import Part
from paramlens.features.part_map import joined
from paramlens.records import Record, record

DOMINANT = 0.5
"""From this share on a part is shown as those that it holds, if there is room for them."""


@record
class Largest(Record):
    """`name` leads from the model to the part; what is left over is named for how many parts it is."""

    name: str
    class_name: str
    kind: str
    added: int

    @property
    def is_number(self) -> bool:
        """Whether the name says nothing by itself: the position in a list."""
        return self.name.rpartition(".")[2].isdigit()


@record
class _Item(Record):
    part: Part
    name: str
    added: int
    closed: bool = False


def largest_parts(root: Part, most: int = 6) -> tuple[Largest, ...]:
    """At most so many parts that together are the model, what is left over last; none where the size is not certain."""
    if not root.added:
        return ()
    items = [_Item(root, root.name, root.added)]
    while True:
        items.sort(key=lambda item: -item.added)
        inner = _inner(items[0], root)
        crowded = len(items) > 1 and len(items) - 1 + len(inner) > most + 2
        if not inner or crowded or items[0].added < DOMINANT * root.added:
            break
        items[:1] = inner
    shown = items if len(items) <= most else items[: most - 1]
    found = [Largest(item.name, item.part.class_name, item.part.kind, item.added) for item in shown]
    if rest := items[len(shown) :]:
        found.append(Largest(f"{len(rest)} more parts", "", OTHER, sum(item.added for item in rest)))
    return tuple(found)


def _inner(item: _Item, root: Part) -> list[_Item]:
    """What a part holds, and what it holds itself; nothing where that is not certain."""
    children = [child for child in item.part.children if child.added]
    if item.closed or not children or any(child.added is None for child in item.part.children):
        return []
    name = "" if item.part is root else item.name
    found = [_Item(child, joined(name, child.name), child.added or 0) for child in children]
    if own := item.added - sum(child.added for child in found):
        found.append(_Item(item.part, joined(name, "its own weights"), own, closed=True))
    return found
