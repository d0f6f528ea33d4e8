"""`unbuilt-model`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens.facts import Analysis, LayerFact, ModelFact, Status
from paramlens.lints.declare import Found, rule
from paramlens.values import Reason

if TYPE_CHECKING:
    from paramlens.settings import Settings


@rule(
    "unbuilt-model",
    severity="hint",
    bad="""
        import keras
        from keras import layers

        model = keras.Sequential([layers.Dense(64), layers.Dense(10)])
        model.summary()
        """,
    good="""
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(shape=(32,)), layers.Dense(64), layers.Dense(10)])
        model.summary()
        """,
)
def unbuilt_model(analysis: Analysis, settings: Settings) -> Iterator[Found]:
    """A Keras model has no weights yet: nothing in the file says the shape of its input, neither an `Input` nor a
    call, nor data that it is fitted on. `summary()` shows no counts and `count_params()` raises until then.
    """
    for model in analysis.models:
        if _is_unbuilt(model) and model.name not in analysis.fed and model.place.path == analysis.path:
            message = (
                f"{model.name} is not built: nothing says the shape of its input; "
                "keras.Input(shape=…) as its first layer does"
                if model.class_name == "keras.Sequential"
                else f"{model.name} is not built: nothing says the shape of its input"
            )
            yield Found(model.place, message)


def _is_unbuilt(model: ModelFact) -> bool:
    reason = model.tally.reason
    lazy = model.tally.status in (Status.UNKNOWN, Status.LOWER_BOUND) and reason is not None
    unbuilt = lazy and reason is not None and reason.reason is Reason.NOT_BUILT and not model.layer.calls
    return unbuilt and _is_keras_model(model.layer)


def _is_keras_model(layer: LayerFact) -> bool:
    """A stack, a functional model or a class of the program that holds Keras layers; no single layer."""
    if layer.class_name.startswith("keras."):
        return layer.class_name in ("keras.Sequential", "keras.Model")
    return any(child.class_name.startswith("keras.") for child in layer.children)
