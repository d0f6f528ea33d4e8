"""`dominant-layer`."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING

from paramlens import written
from paramlens.costs import certain_total, own_count, parts
from paramlens.facts import Analysis, LayerFact, ModelFact
from paramlens.lints.declare import Found, rule

if TYPE_CHECKING:
    from paramlens.settings import Settings

SHARE = 0.5
FEWEST = 100_000
_DENSE = ("keras.layers.Dense", "torch.nn.Linear")


@rule(
    "dominant-layer",
    severity="information",
    bad="""
        import keras
        from keras import layers

        model = keras.Sequential([
            keras.Input(shape=(64, 64, 3)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ])
        """,
    good="""
        import keras
        from keras import layers

        model = keras.Sequential([
            keras.Input(shape=(64, 64, 3)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ])
        """,
)
def dominant_layer(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """More than half of a model's parameters are in one fully connected layer, because it gets every position of a
    feature map (flattened) rather than one value for each channel. The message says what global pooling before it would
    leave. Said of models with at least 100,000 parameters of which the shapes are known.
    """
    for model in analysis.models:
        total = certain_total(model.tally)
        if total is None or total < FEWEST:
            continue
        for layer in parts(model.layer):
            own = own_count(layer)
            if layer.class_name in _DENSE and own is not None and own > SHARE * total:
                yield from _found(analysis, model, layer, own, total)


def _found(analysis: Analysis, model: ModelFact, layer: LayerFact, own: int, total: int) -> Iterator[Found]:
    channels, features = _channels(model, layer), _features(layer)
    if channels is None or features is None or layer.place is None or layer.place.path != analysis.path:
        return
    kernel = next(weight.count for weight in layer.weights if len(weight.shape or ()) == 2)
    assert isinstance(kernel, int)
    rest = total - kernel + kernel // features * channels
    yield Found(
        layer.place,
        f"{written.percent(own, total)} of {model.name}'s {written.parameters(total)} are in this "
        f"{written.short_name(layer.class_name)}, which gets {features:,} features: all positions of {channels:,} "
        f"channels. Global pooling before it would leave the model {rest:,}",
        ((model.place, f"{model.name} has {written.parameters(total)}"),),
    )


def _features(layer: LayerFact) -> int | None:
    """What the layer gets for each sample, where that is all that it gets."""
    shapes = {call.input_shapes[0] for call in layer.calls if call.input_shapes}
    shape = next(iter(shapes)) if len(shapes) == 1 else None
    return shape[1] if shape is not None and len(shape) == 2 and isinstance(shape[1], int) else None


def _channels(model: ModelFact, layer: LayerFact) -> int | None:
    """The channels of the one feature map that the flattened features can be; None where none or several fit."""
    features = _features(layer)
    keras = layer.class_name.startswith("keras.")
    found = set()
    for part in parts(model.layer):
        shape = part.output_shape
        if features is None or shape is None or len(shape) < 3 or part is layer or part.class_name.endswith("Input"):
            continue
        sizes = [size for size in shape[1:] if isinstance(size, int)]
        if part.class_name == "keras.layers.InputLayer" or len(sizes) < len(shape) - 1 or prod(sizes) != features:
            continue
        channels = sizes[-1] if keras else sizes[0]
        if channels < features:
            found.add(channels)
    return next(iter(found)) if len(found) == 1 else None
