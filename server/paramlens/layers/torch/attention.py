"""Multi-head attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim, compare
from paramlens.layers.declare import Axes, Built, Child, Outputs, axes, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import divisible, known, named, paths, positive, shape_of
from paramlens.shapes import Shape, Size
from paramlens.values import Reason, Unknown, undetermined

OUT_PROJ = "torch.nn.modules.linear.NonDynamicallyQuantizableLinear"


@layer(
    "torch.nn.MultiheadAttention",
    example=(
        "MultiheadAttention(512, 8) : [(35, 8, 512), (35, 8, 512), (35, 8, 512)] -> "
        "[(35, 8, 512), (8, 35, 35)] : 1,050,624",
        "MultiheadAttention(512, 8, kdim=256, vdim=128) : [(35, 8, 512), (20, 8, 256), (20, 8, 128)] -> "
        "[(35, 8, 512), (8, 35, 20)] : 722,944",
    ),
    aliases=paths("activation", "MultiheadAttention"),
)
def multihead_attention(
    embed_dim: Dim,
    num_heads: Dim,
    dropout: float = 0.0,
    bias: bool = True,
    add_bias_kv: bool = False,
    add_zero_attn: bool = False,
    kdim: Any = None,
    vdim: Any = None,
    batch_first: bool = False,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Projections of query, key and value, and one of the result: 4·embed_dim² weights and 4·embed_dim biases."""
    name = "MultiheadAttention"
    width = positive(name, "embed_dim", embed_dim)
    key_width = width if known(kdim) is None else positive(name, "kdim", kdim)
    value_width = width if known(vdim) is None else positive(name, "vdim", vdim)
    heads = num_heads
    if not isinstance(num_heads, Unknown):
        heads = positive(name, "num_heads", num_heads)
        divisible(name, "embed_dim", width, "num_heads", heads)
    is_joint = _same_width(width, key_width, value_width)
    return Built(
        weights={
            **_projections(width, key_width, value_width, is_joint),
            "in_proj_bias": named({"3·embed_dim": 3 * width}) if bias else None,
            "bias_k": axes(one=1, one_more=1, embed_dim=width) if add_bias_kv else None,
            "bias_v": axes(one=1, one_more=1, embed_dim=width) if add_bias_kv else None,
        },
        children={"out_proj": Child(OUT_PROJ, (width, width), {"bias": bias})},
        attributes={
            "embed_dim": width,
            "num_heads": heads,
            "head_dim": heads if isinstance(heads, Unknown) else width // heads,
            "kdim": key_width,
            "vdim": value_width,
            "_qkv_same_embed_dim": is_joint,
            "batch_first": batch_first,
            "dropout": dropout,
            "add_zero_attn": add_zero_attn,
        },
        forward=_Attention(width, key_width, value_width, heads, batch_first, add_bias_kv, add_zero_attn),
        macs=_macs(width, key_width, value_width, batch_first, bool(add_bias_kv) or bool(add_zero_attn)),
        macs_inputs=2,
        batch_axis=sequence_batch_axis(batch_first),
    )


def _same_width(width: Dim, key_width: Dim, value_width: Dim) -> bool:
    """torch's `_qkv_same_embed_dim`, which decides between one weight for all projections and three."""
    answers = [compare(width, "==", key_width), compare(width, "==", value_width)]
    if False in answers:
        return False
    if None in answers:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "kdim")
    return True


def _projections(width: Dim, key_width: Dim, value_width: Dim, is_joint: bool) -> dict[str, Axes | Shape | None]:
    if is_joint:
        joint = named({"3·embed_dim": 3 * width, "embed_dim": width})
        return {"in_proj_weight": joint, "q_proj_weight": None, "k_proj_weight": None, "v_proj_weight": None}
    return {
        "in_proj_weight": None,
        "q_proj_weight": axes(embed_dim=width, embed_dim_in=width),
        "k_proj_weight": axes(embed_dim=width, kdim=key_width),
        "v_proj_weight": axes(embed_dim=width, vdim=value_width),
    }


class _Attention:
    """The call: (attention output, weights averaged over the heads or not, or None)."""

    def __init__(
        self, width: Dim, key_width: Dim, value_width: Dim, heads: Any, batch_first: Any, bias_kv: Any, zero: Any
    ) -> None:
        self.width, self.key_width, self.value_width = width, key_width, value_width
        self.heads, self.batch_first = heads, batch_first
        self.bias_kv, self.zero = bias_kv, zero

    def __call__(
        self,
        query: Shape,
        key: Shape,
        value: Shape,
        key_padding_mask: Any = None,
        need_weights: Any = True,
        attn_mask: Any = None,
        average_attn_weights: Any = True,
        is_causal: Any = False,
    ) -> Outputs:
        q, k, v = shape_of(query, "query"), shape_of(key, "key"), shape_of(value, "value")
        expect_rank("MultiheadAttention", q, 2, 3)
        for what, shape, width in (
            ("query", q, self.width),
            ("key", k, self.key_width),
            ("value", v, self.value_width),
        ):
            expect_rank(f"MultiheadAttention {what}", shape, len(q))
            expect_size("MultiheadAttention", f"{what} features", width, shape[-1])
        for key_size, value_size in zip(k[:-1], v[:-1], strict=True):
            expect_size("MultiheadAttention", "as a size of value, like key", key_size, value_size)
        return Outputs.of((*q[:-1], self.width), self._weights(q, k, need_weights, average_attn_weights))

    def _weights(self, query: Shape, key: Shape, need: Any, average: Any) -> Shape | None:
        """([batch,] [heads,] query length, key length), with one position more for each of bias_k and zero."""
        if not known(need):
            return None
        if len(query) == 2:
            batch: Shape = ()
            target, source = query[0], key[0]
        else:
            first = bool(known(self.batch_first))
            batch = (query[0] if first else query[1],)
            expect_size("MultiheadAttention", "as the batch of key", batch[0], key[0] if first else key[1])
            target, source = (query[1], key[1]) if first else (query[0], key[0])
        length = _longer(source, bool(known(self.bias_kv)) + bool(known(self.zero)))
        return (*batch, target, length) if known(average) else (*batch, known(self.heads), target, length)


def _longer(size: Size, extra: int) -> Size:
    return None if size is None else size + extra


def _macs(width: Dim, key_width: Dim, value_width: Dim, batch_first: Any, extra_keys: bool) -> Any:
    """Projections T·d² + S·(d_k + d_v)·d + T·d², scores and their use 2·T·S·d: T queries, S keys."""

    def macs(query: Shape, key: Shape, output: Shape) -> Dim | None:
        target, source = positions(query, batch_first), positions(key, batch_first)
        if target is None or source is None or extra_keys:
            return None
        return attention_macs(width, key_width, value_width, target, source)

    return macs


def positions(shape: Shape, batch_first: Any) -> Size:
    """The number of positions of a sequence, with or without a batch."""
    if len(shape) == 2:
        return shape[0]
    if len(shape) != 3 or isinstance(batch_first, Unknown):
        return None
    return shape[1] if batch_first else shape[0]


def sequence_batch_axis(batch_first: Any) -> Callable[[Shape], int | None]:
    """Where an input (sequence, batch, features) or, batch first, (batch, sequence, features) has its batch."""
    return lambda input: None if len(input) == 2 else (0 if batch_first else 1)


def attention_macs(width: Dim, key_width: Dim, value_width: Dim, queries: Dim, keys: Dim) -> Dim:
    """Multiply-adds of one attention over one sample."""
    projections = 2 * queries * width * width + keys * (key_width + value_width) * width
    return projections + 2 * queries * keys * width
