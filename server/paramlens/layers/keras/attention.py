"""Attention: of projected heads, and plain."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, compare, product
from paramlens.layers.declare import Axes, Built, Shapes, axes, layer
from paramlens.layers.keras.arguments import (
    choice,
    expect_min_rank,
    integer,
    known,
    known_size,
    optional_integer,
    refused,
    sizes,
)
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape, ShapeMismatch, element_count, same_size


def _check_same_lengths(layer_name: str, value: Shape, key: Shape) -> None:
    """Value and key agree on every axis between batch and features."""
    if len(value) != len(key) or any(
        same_size(left, right) is False for left, right in zip(value[1:-1], key[1:-1], strict=True)
    ):
        raise ShapeMismatch(f"{layer_name} expects value and key of the same length, got {value[1:-1]} and {key[1:-1]}")


def _projections(bias: bool, **kernels: Axes) -> dict[str, Axes | None]:
    """Kernel and bias of each projection; the first axis of a kernel is what it reduces."""
    weights: dict[str, Axes | None] = {}
    for name, kernel in kernels.items():
        weights[f"{name}/kernel"] = kernel
        weights[f"{name}/bias"] = Axes(kernel.names[1:], kernel.sizes[1:]) if bias else None
    return weights


@layer(
    "keras.layers.MultiHeadAttention",
    example="MultiHeadAttention(8, key_dim=64) : [(None, 10, 512), (None, 10, 512)] -> (None, 10, 512) : 1,050,624",
    aliases=spellings("MultiHeadAttention", "attention.multi_head_attention", "multi_head_attention"),
)
def multi_head_attention(
    num_heads: Dim,
    key_dim: Dim,
    value_dim: Any = None,
    dropout: Any = 0.0,
    use_bias: bool = True,
    output_shape: Any = None,
    attention_axes: Any = None,
    sliding_window: Any = None,
    flash_attention: Any = None,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    use_gate: bool = False,
    seed: Any = None,
    *,
    query: Shape,
    value: Shape,
    key: Shape | None = None,
) -> Built:
    """Attention of num_heads heads, each with its own projections of query, key and value."""
    name = "MultiHeadAttention"
    heads, per_head = integer(name, "num_heads", num_heads), integer(name, "key_dim", key_dim)
    per_value = optional_integer(name, "value_dim", known(value_dim)) or per_head
    biased = bool(known(use_bias))
    key = value if key is None else key
    for shape in (query, value, key):
        expect_min_rank(name, shape, 2)
    _check_same_lengths(name, value, key)
    features = known_size(name, query, -1)
    target = known(output_shape) or (features,)
    target = target if isinstance(target, tuple) else (target,)
    target = sizes(name, "output_shape", target, len(target))
    query_kernel = axes(features=features, heads=heads, key_dim=per_head)
    key_kernel = axes(features=known_size(name, key, -1), heads=heads, key_dim=per_head)
    value_kernel = axes(features=known_size(name, value, -1), heads=heads, value_dim=per_value)
    weights = _projections(biased, query=query_kernel, key=key_kernel)
    if known(use_gate):
        weights |= _projections(biased, gate=axes(features=features, heads=heads, value_dim=per_value))
    weights |= _projections(biased, value=value_kernel)
    names = ("features",) if len(target) == 1 else tuple(f"output_{index}" for index in range(len(target)))
    weights["attention_output/kernel"] = Axes(("heads", "value_dim", *names), (heads, per_value, *target))
    weights["attention_output/bias"] = Axes(names, target) if biased else None

    def macs(_: Shape, __: Shape) -> Dim | None:
        queries, keys = element_count(query[1:-1]), element_count(key[1:-1])
        if queries is None or keys is None or known(attention_axes) is not None:
            return None
        gated = per_value * features if use_gate else 0
        projected = queries * heads * (per_head * features + per_value * product(target) + gated)
        projected = projected + keys * heads * (per_head * _known(key) + per_value * _known(value))
        return projected + queries * keys * heads * (per_head + per_value)

    return Built(
        weights=weights,
        attributes={"value_dim": per_value},
        output=(*query[:-1], *target) if output_shape else query,
        macs=macs,
    )


@layer(
    "keras.layers.GroupQueryAttention",
    example="GroupQueryAttention(64, 8, 2) : [(None, 10, 512), (None, 10, 512)] -> (None, 10, 512) : 656,640",
    aliases=spellings("GroupQueryAttention", "attention.grouped_query_attention", also=("GroupedQueryAttention",)),
)
def group_query_attention(
    head_dim: Dim,
    num_query_heads: Dim,
    num_key_value_heads: Dim,
    dropout: Any = 0.0,
    use_bias: bool = True,
    sliding_window: Any = None,
    flash_attention: Any = None,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    use_gate: bool = False,
    seed: Any = None,
    *,
    query: Shape,
    value: Shape,
    key: Shape | None = None,
) -> Built:
    """Attention whose query heads share fewer key and value heads."""
    name = "GroupQueryAttention"
    per_head = integer(name, "head_dim", head_dim)
    heads = integer(name, "num_query_heads", num_query_heads)
    shared = integer(name, "num_key_value_heads", num_key_value_heads)
    if compare(heads % shared, "==", 0) is False:
        raise refused(f"{name} expects a multiple of {shared} query heads, got {heads}")
    biased = bool(known(use_bias))
    key = value if key is None else key
    for shape in (query, value, key):
        if len(shape) != 3:
            raise ShapeMismatch(f"{name} expects rank 3, got rank {len(shape)}")
    features = known_size(name, query, -1)
    if same_size(features, value[-1]) is False:
        raise ShapeMismatch(f"{name} expects query and value of the same features, got {features} and {value[-1]}")
    _check_same_lengths(name, value, key)
    key_kernel = axes(features=known_size(name, key, -1), key_value_heads=shared, head_dim=per_head)
    value_kernel = axes(features=known_size(name, value, -1), key_value_heads=shared, head_dim=per_head)
    query_kernel = axes(features=features, query_heads=heads, head_dim=per_head)
    weights = _projections(biased, query=query_kernel, key=key_kernel)
    if known(use_gate):
        weights |= _projections(biased, gate=query_kernel)
    weights |= _projections(biased, value=value_kernel)
    weights["attention_output/kernel"] = axes(query_heads=heads, head_dim=per_head, features=features)
    weights["attention_output/bias"] = axes(features=features) if biased else None

    def macs(_: Shape, __: Shape) -> Dim | None:
        queries, keys = element_count(query[1:-1]), element_count(key[1:-1])
        if queries is None or keys is None:
            return None
        projected = queries * heads * per_head * features * (3 if use_gate else 2)
        projected = projected + keys * shared * per_head * (_known(key) + _known(value))
        return projected + 2 * queries * keys * heads * per_head

    return Built(weights=weights, attributes={"num_repeats": heads // shared}, output=query, macs=macs)


def _known(shape: Shape) -> Dim:
    """The features of an input, which the weights have already shown to be known."""
    return known_size("attention", shape, -1)


def _attended(layer_name: str, inputs: Shapes) -> Shape:
    """(…, queries, features of the value) from query, value and, if given, key."""
    if len(inputs) not in (2, 3):
        raise ShapeMismatch(f"{layer_name} expects 2 or 3 inputs, got {len(inputs)}")
    for shape in inputs:
        expect_min_rank(layer_name, shape, 2)
    return (*inputs[0][:-1], inputs[1][-1])


@layer(
    "keras.layers.Attention",
    example=(
        "Attention() : [(None, 10, 64), (None, 20, 64)] -> (None, 10, 64) : 0",
        'Attention(use_scale=True, score_mode="concat") : [(None, 10, 64), (None, 20, 64)] -> (None, 10, 64) : 2',
    ),
    aliases=spellings("Attention", "attention.attention", "dense_attention"),
)
def attention(
    use_scale: bool = False,
    score_mode: Any = "dot",
    dropout: Any = 0.0,
    seed: Any = None,
    *,
    inputs: Shapes,
) -> Built:
    """Dot-product attention over a list of query, value and optionally key, without projections."""
    mode = choice("Attention", "score_mode", score_mode, "dot", "concat")
    output = _attended("Attention", inputs)
    return Built(
        weights={
            "scale": () if known(use_scale) else None,
            "concat_score_weight": () if mode == "concat" else None,
        },
        output=output,
    )


@layer(
    "keras.layers.AdditiveAttention",
    example="AdditiveAttention() : [(None, 10, 64), (None, 20, 64)] -> (None, 10, 64) : 64",
    aliases=spellings("AdditiveAttention", "attention.additive_attention", "dense_attention"),
)
def additive_attention(
    use_scale: bool = True,
    dropout: Any = 0.0,
    *,
    inputs: Shapes,
) -> Built:
    """Additive attention over a list of query, value and optionally key."""
    output = _attended("AdditiveAttention", inputs)
    scale = axes(features=known_size("AdditiveAttention", inputs[0], -1)) if known(use_scale) else None
    return Built(weights={"scale": scale}, output=output)
