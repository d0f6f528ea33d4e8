"""The table of a model: one row for each layer, then the totals.

layer                      output shape         parameters  where
model: Sequential                                   34,826
  conv2d: Conv2D           (None, 26, 26, 32)          320  line 5
  max_pooling2d: …         (None, 13, 13, 32)            0  line 6

34,826 parameters · 34,826 trainable · 0 not trainable
136 KiB of weights · 544 KiB to train with Adam · 2.4 M multiply-adds
"""

from __future__ import annotations

from collections.abc import Iterator

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs, training, weight_bytes
from paramlens.facts import LayerFact, ModelFact, Status, Tally
from paramlens.records import Record, record
from paramlens.values import Place

MOST_ROWS = 2000


@record
class Row(Record):
    """One layer. `depth` is 0 for the model itself. Texts are ready to show."""

    depth: int
    name: str
    class_name: str
    output_shape: str
    parameters: str
    place: Place | None

    @property
    def label(self) -> str:
        return f"{self.name}: {self.class_name}" if self.name else self.class_name


@record
class Summary(Record):
    rows: tuple[Row, ...]
    totals: tuple[str, ...]


def summary(model: ModelFact, costs: Costs = DEFAULT_COSTS) -> Summary:
    """The rows and totals of a model, at most `MOST_ROWS` rows."""
    rows = []
    for row in _rows(model.layer, model.name, 0):
        rows.append(row)
        if len(rows) == MOST_ROWS:
            break
    return Summary(tuple(rows), _totals(model, costs))


def tally_text(tally: Tally) -> str:
    """`18,496`, `≥ 1,024`, `9·planes`, `5,130 (num_classes=10)`, `?`."""
    if tally.total is None or tally.status is Status.UNKNOWN:
        return "?"
    bound = "≥ " if tally.status is Status.LOWER_BOUND else ""
    return bound + written.count(tally.total) + (f" ({tally.assumed})" if tally.assumed else "")


def _rows(layer: LayerFact, name: str, depth: int) -> Iterator[Row]:
    shown = "shared" if layer.shared else tally_text(layer.tally)
    output = written.shape(layer.output_shape) if layer.output_shape is not None else ""
    yield Row(depth, name, written.short_name(layer.class_name), output, shown, layer.place)
    if not layer.shared:
        for child in layer.children:
            yield from _rows(child, child.name, depth + 1)


def _totals(model: ModelFact, costs: Costs) -> tuple[str, ...]:
    tally = model.tally
    if tally.total is None or tally.status is Status.UNKNOWN:
        why = written.why(tally, model.place.path)
        return (f"parameters not known: {why}" if why else "parameters not known",)
    bound = "at least " if tally.status is Status.LOWER_BOUND else ""
    counts = [bound + written.parameters(tally.total)]
    if tally.trainable is not None and tally.non_trainable is not None:
        counts += [f"{written.count(tally.trainable)} trainable", f"{written.count(tally.non_trainable)} not trainable"]
    figures = []
    if (size := weight_bytes(model.layer, costs)) is not None:
        figures.append(f"{written.memory(size)} of weights")
    if (need := training(model, costs)) is not None:
        figures.append(need.words(written.memory(need.bytes)))
    if isinstance(model.macs, int):
        figures.append(written.multiply_adds(model.macs))
    lines = [" · ".join(counts), " · ".join(figures), written.why(tally, model.place.path)]
    return tuple(line for line in lines if line)
