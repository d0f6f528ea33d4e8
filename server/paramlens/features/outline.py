"""The models of a file as a tree of their layers with counts, for a view beside the text."""

from __future__ import annotations

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs, certain_total
from paramlens.facts import Analysis, LayerFact
from paramlens.features.inlay_hints import has_size, model_text
from paramlens.features.summary import tally_text
from paramlens.records import Record, record
from paramlens.values import Place

MOST_NODES = 2000


@record
class Node(Record):
    """A model or a layer: `label` names it, `description` has its count and share, `detail` its output shape.

    `place` is where it is made, wherever that is.
    """

    label: str
    description: str
    detail: str
    place: Place | None
    children: tuple[Node, ...] = ()


def outline(analysis: Analysis, costs: Costs = DEFAULT_COSTS) -> tuple[Node, ...]:
    """The models of the file in the order of the source, with at most `MOST_NODES` layers together."""
    room = [MOST_NODES]
    here = sorted(
        (model for model in analysis.models if model.place.path == analysis.path and has_size(model)),
        key=lambda model: (model.place.line, model.place.column),
    )
    return tuple(
        Node(
            f"{model.name}: {written.short_name(model.class_name)}",
            model_text(model, costs),
            _shape(model.layer),
            model.place,
            _children(model.layer, certain_total(model.tally), room),
        )
        for model in here
    )


def _children(layer: LayerFact, whole: int | None, room: list[int]) -> tuple[Node, ...]:
    found = []
    for child in () if layer.shared else layer.children:
        if room[0] <= 0:
            break
        room[0] -= 1
        found.append(_node(child, whole, room))
    return tuple(found)


def _node(layer: LayerFact, whole: int | None, room: list[int]) -> Node:
    name = written.short_name(layer.class_name)
    count = "shared" if layer.shared else tally_text(layer.tally)
    own = certain_total(layer.tally)
    if own and whole and not layer.shared:
        count += f" · {written.percent(own, whole)}"
    label = f"{layer.name}: {name}" if layer.name else name
    return Node(label, "" if own == 0 else count, _shape(layer), layer.place, _children(layer, whole, room))


def _shape(layer: LayerFact) -> str:
    return written.shape(layer.output_shape) if layer.output_shape is not None else ""
