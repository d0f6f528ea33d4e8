"""Low-rank adaptation: a frozen weight and two small trainable factors beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramlens.layers.declare import Axes
from paramlens.layers.keras.arguments import integer, known


def low_rank(
    weights: Mapping[str, Axes | None], name: str, rank: Any
) -> tuple[dict[str, Axes | None], dict[str, Axes | None]]:
    """The trainable and the frozen weights of a layer that takes `lora_rank=rank` for its weight `name`.

    Without a rank all are trainable. With one that weight is frozen, and factors a of shape (…, rank) and b of shape
    (rank, last axis) are trained beside it.
    """
    weight = weights[name]
    if not known(rank) or weight is None:
        return dict(weights), {}
    adapted = integer("LoRA", "lora_rank", rank)
    trained = {other: axes for other, axes in weights.items() if other != name}
    trained[f"lora_{name}_a"] = Axes((*weight.names[:-1], "rank"), (*weight.sizes[:-1], adapted))
    trained[f"lora_{name}_b"] = Axes(("rank", weight.names[-1]), (adapted, weight.sizes[-1]))
    return trained, {name: weight}
