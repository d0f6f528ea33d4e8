"""Analyses made by hand, as the evaluator would give them for a few lines of source."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, product
from paramlens.facts import Analysis, CallFact, LayerFact, ModelFact, SiteFact, Status, Tally, WeightFact
from paramlens.values import Place, Reason, Unknown

PATH = "/project/model.py"

SOURCE = """\
import keras
from keras import layers
model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(64, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(10, activation="softmax"),
])
"""


def place_of(text: str, needle: str, path: str = PATH, end: str | None = None) -> Place:
    """Where `needle` stands in the text; with `end` up to the end of that."""
    start = text.index(needle)
    stop = text.index(end, start) + len(end) if end else start + len(needle)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Place(path, line, column, text.count("\n", 0, stop) + 1, stop - text.rfind("\n", 0, stop))


def exact(total: int, trainable: int | None = None, size: int = 4) -> Tally:
    kept = total if trainable is None else trainable
    return Tally(Status.EXACT, total, kept, total - kept, total * size)


def symbolic(total: Dim, assumed: str = "") -> Tally:
    return Tally(Status.SYMBOLIC, total, total, 0, assumed=assumed)


def at_least(total: int) -> Tally:
    return Tally(Status.LOWER_BOUND, total, total, 0, reason=Unknown(Reason.NOT_BUILT, "head"))


def unknown(detail: str = "width", line: int = 2) -> Tally:
    why = Unknown(Reason.UNKNOWN_ARGUMENT, detail, Place(PATH, line, 1, line, 6))
    return Tally(Status.UNKNOWN, reason=why)


def weight(name: str, trainable: bool = True, **axes: Any) -> WeightFact:
    return WeightFact(name, tuple(axes.values()), tuple(axes), trainable, product(axes.values()))


def layer(
    class_name: str,
    tally: Tally,
    *,
    name: str = "",
    place: Place | None = None,
    weights: tuple[WeightFact, ...] = (),
    children: tuple[LayerFact, ...] = (),
    calls: tuple[CallFact, ...] = (),
    shared: bool = False,
) -> LayerFact:
    return LayerFact(name, class_name, tally, weights, children, calls, (), place, shared)


def site(place: Place, class_name: str, *tallies: Tally, instances: int = 1, repeated: bool = False) -> SiteFact:
    layers = tuple(layer(class_name, tally, place=place) for tally in tallies)
    return SiteFact(place, class_name, tallies, instances, layers, repeated)


def one_line(source: str, needle: str, *tallies: Tally, **options: Any) -> Analysis:
    """A source with one site."""
    return Analysis(PATH, source, (site(place_of(source, needle), "torch.nn.Conv2d", *tallies, **options),))


def mnist() -> Analysis:
    """The analysis of SOURCE, the design's first example."""
    conv_1 = layer(
        "keras.layers.Conv2D",
        exact(320),
        name="conv2d",
        place=place_of(SOURCE, 'layers.Conv2D(32, 3, activation="relu")'),
        weights=(
            weight("kernel", kernel_h=3, kernel_w=3, in_channels=1, filters=32),
            weight("bias", filters=32),
        ),
        calls=(CallFact(((None, 28, 28, 1),), ((None, 26, 26, 32),), (("keras.Input", None),)),),
    )
    pool = place_of(SOURCE, "layers.MaxPooling2D(2)")
    conv_2 = layer(
        "keras.layers.Conv2D",
        exact(18_496),
        name="conv2d_1",
        place=place_of(SOURCE, 'layers.Conv2D(64, 3, activation="relu")'),
        weights=(
            weight("kernel", kernel_h=3, kernel_w=3, in_channels=32, filters=64),
            weight("bias", filters=64),
        ),
        calls=(
            CallFact(((None, 13, 13, 32),), ((None, 11, 11, 64),), (("keras.layers.MaxPooling2D", pool),)),
        ),
    )
    pooling = layer("keras.layers.MaxPooling2D", exact(0), name="max_pooling2d", place=pool)
    dense = layer(
        "keras.layers.Dense",
        exact(16_010),
        name="dense",
        place=place_of(SOURCE, 'layers.Dense(10, activation="softmax")'),
        weights=(weight("kernel", in_features=1600, units=10), weight("bias", units=10)),
    )
    whole = place_of(SOURCE, "keras.Sequential([", end="\n])")
    root = layer("keras.Sequential", exact(34_826), place=whole, children=(conv_1, pooling, conv_2, dense))
    sites = tuple(
        SiteFact(part.place, part.class_name, (part.tally,), 1, (part,), macs=macs)
        for part, macs in ((root, 2_440_960), (conv_1, 194_688), (pooling, 0), (conv_2, 2_230_272), (dense, 16_000))
        if part.place is not None
    )
    return Analysis(
        PATH,
        SOURCE,
        sites,
        (ModelFact("model", "keras.Sequential", whole, root, 2_440_960, 29_386),),
        unknowns={"SIZE_LIMIT": 2},
    )
