"""`torch.nn.functional` away from spatial axes: activations, normalization, products, attention, dropout; `nn.init`."""

from __future__ import annotations

import math
from typing import Any

from paramlens.layers.declare import expect_size, operation
from paramlens.layers.operations.arithmetic import elementwise, matrix_product
from paramlens.layers.operations.naming import prefixed, torch_operation, words
from paramlens.layers.operations.reductions import reduce_tensor
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    as_tensor,
    known_bool,
    same,
    unknown_tensor,
)
from paramlens.layers.operations.torch_elementwise import mutate
from paramlens.shapes import Shape, ShapeMismatch, Size, broadcast
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, undetermined

F = "torch.nn.functional"
BOTH = "torch.nn.functional torch"

ACTIVATIONS = words(
    "celu elu gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish prelu relu relu6 rrelu selu"
    " sigmoid silu softplus softshrink softsign tanh tanhshrink threshold"
    " softmax log_softmax softmin gumbel_softmax"
    " dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout"
    " normalize local_response_norm channel_shuffle native_channel_shuffle"
)
IN_PLACE = words("celu_ elu_ hardtanh_ leaky_relu_ relu_ rrelu_ selu_ threshold_")
ALSO_IN_TORCH = words("threshold channel_shuffle native_channel_shuffle")


@operation(*prefixed(F, ACTIVATIONS), *prefixed("torch", ALSO_IN_TORCH))
def shape_preserving(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return same(as_tensor(input))


@operation(*prefixed(F, IN_PLACE))
def shape_preserving_in_place(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return mutate(as_tensor(input))


# -------------------------------------------------------------------------------------------------- normalization


def _expect_channels(name: str, x: TensorValue, *weights: Any) -> None:
    """The channels, axis 1, are as many as the weights have numbers."""
    for weight in weights:
        shape = weight.shape if isinstance(weight, TensorValue) else None
        if shape is not None and len(shape) == 1 and x.shape is not None and len(x.shape) > 1:
            expect_size(name, "channels", shape[0], x.shape[1])


@torch_operation("batch_norm", F)
def batch_norm(
    input: TensorValue, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
    training: Any = False, momentum: Any = 0.1, eps: Any = 1e-5,
) -> TensorValue:  # fmt: skip
    x = as_tensor(input)
    _expect_channels("batch_norm", x, running_mean, running_var, weight, bias)
    return same(x)


@operation("torch.batch_norm", "torch.instance_norm")
def norm_of_torch(input: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return same(as_tensor(input))


@torch_operation("instance_norm", F)
def instance_norm(
    input: TensorValue, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None,
    use_input_stats: Any = True, momentum: Any = 0.1, eps: Any = 1e-5,
) -> TensorValue:  # fmt: skip
    x = as_tensor(input)
    _expect_channels("instance_norm", x, running_mean, running_var, weight, bias)
    return same(x)


@torch_operation("group_norm", BOTH)
def group_norm(
    input: TensorValue,
    num_groups: Any,
    weight: Any = None,
    bias: Any = None,
    eps: Any = 1e-5,
    cudnn_enabled: Any = True,
) -> TensorValue:
    x, groups = as_tensor(input), as_size(num_groups)
    if x.shape is not None and len(x.shape) > 1:
        channels = x.shape[1]
        if isinstance(channels, int) and isinstance(groups, int) and groups and channels % groups:
            raise ShapeMismatch(f"group_norm expects a multiple of {groups} channels, got {channels}")
    _expect_channels("group_norm", x, weight, bias)
    return same(x)


@torch_operation("layer_norm rms_norm", BOTH)
def layer_norm(input: TensorValue, normalized_shape: Any, *arguments: Any, **named: Any) -> TensorValue:
    """Over the last axes, which must have `normalized_shape`."""
    x, last = as_tensor(input), as_sizes(normalized_shape)
    if x.shape is not None and last:
        if len(last) > len(x.shape):
            raise ShapeMismatch(f"layer_norm expects at least {len(last)} axes, got {len(x.shape)}")
        for expected, actual in zip(last, x.shape[-len(last) :], strict=True):
            expect_size("layer_norm", "positions on a normalized axis", expected, actual)
    return same(x)


# --------------------------------------------------------------------------------------- products and embeddings


@torch_operation("linear", F)
def linear(input: TensorValue, weight: TensorValue, bias: Any = None) -> TensorValue:
    """(…, in) with weight (out, in) → (…, out)"""
    x, matrix = as_tensor(input), as_tensor(weight)
    if x.shape is None or matrix.shape is None:
        return x.with_shape(None)
    if not x.shape:
        raise ShapeMismatch("linear expects an input with axes, got a scalar")
    expect_size("linear", "input features", matrix.shape[-1], x.shape[-1])
    return x.with_shape((*x.shape[:-1], *matrix.shape[:-1]))


@torch_operation("bilinear", BOTH)
def bilinear(input1: TensorValue, input2: TensorValue, weight: TensorValue, bias: Any = None) -> TensorValue:
    """weight: (out, in1, in2)"""
    a, b, matrix = as_tensor(input1), as_tensor(input2), as_tensor(weight)
    if a.shape is None or matrix.shape is None:
        return a.with_shape(None)
    expect_size("bilinear", "features of the first input", matrix.shape[1], a.shape[-1])
    if b.shape:
        expect_size("bilinear", "features of the second input", matrix.shape[2], b.shape[-1])
    return a.with_shape((*a.shape[:-1], matrix.shape[0]))


@torch_operation("embedding", F)
def embedding(input: TensorValue, weight: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    """A row of the weight for each index."""
    return _rows(input, weight)


@operation("torch.embedding")
def embedding_of_torch(weight: TensorValue, indices: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return _rows(indices, weight)


def _rows(indices: Any, weight: Any) -> TensorValue:
    x, table = as_tensor(indices), as_tensor(weight)
    if x.shape is None:
        return table.with_shape(None)
    width: Size = table.shape[-1] if table.shape else None
    return table.with_shape((*x.shape, width))


@torch_operation("embedding_bag", F)
def embedding_bag(
    input: TensorValue, weight: TensorValue, offsets: Any = None, max_norm: Any = None, norm_type: Any = 2,
    scale_grad_by_freq: Any = False, mode: Any = "mean", sparse: Any = False, per_sample_weights: Any = None,
    include_last_offset: Any = False, padding_idx: Any = None,
) -> TensorValue:  # fmt: skip
    """A row for each bag: a row of a matrix of indices, or what lies between two offsets."""
    x, table = as_tensor(input), as_tensor(weight)
    bags = x.shape if offsets is None else as_tensor(offsets).shape
    count: Size = bags[0] if bags else None
    if offsets is not None and known_bool(include_last_offset):
        count = None if count is None else count - 1
    return table.with_shape((count, table.shape[-1] if table.shape else None))


@torch_operation("scaled_dot_product_attention", F)
def scaled_dot_product_attention(
    query: TensorValue, key: TensorValue, value: TensorValue, attn_mask: Any = None, dropout_p: Any = 0.0,
    is_causal: Any = False, scale: Any = None, enable_gqa: Any = False,
) -> TensorValue:  # fmt: skip
    """(…, l, e), (…, s, e), (…, s, v) → (…, l, v)"""
    q, k, v = as_tensor(query), as_tensor(key), as_tensor(value)
    if q.shape is None or v.shape is None:
        return q.with_shape(None)
    if k.shape is not None:
        expect_size("scaled_dot_product_attention", "features per key", q.shape[-1], k.shape[-1])
        expect_size("scaled_dot_product_attention", "values, one per key", k.shape[-2], v.shape[-2])
    batch = q.shape[:-2] if isinstance(enable_gqa, bool) and enable_gqa else broadcast(q.shape[:-2], v.shape[:-2])
    return q.with_shape((*batch, q.shape[-2], v.shape[-1]))


@torch_operation("multi_head_attention_forward", F)
def multi_head_attention_forward(
    query: TensorValue, key: TensorValue, value: TensorValue, embed_dim_to_check: Any, num_heads: Any,
    *arguments: Any, need_weights: Any = True, average_attn_weights: Any = True, **named: Any,
) -> Any:  # fmt: skip
    """(l, n, e) → (l, n, e) and weights (n, l, s), or (n, heads, l, s) where they are not averaged."""
    q, k = as_tensor(query), as_tensor(key)
    out = q.with_shape(q.shape)
    if len(arguments) > 10:
        need_weights = arguments[10]
    if not known_bool(need_weights):
        return out, None
    if q.shape is None or k.shape is None or named.get("static_k") is not None:
        return out, unknown_tensor("torch", q.reason)
    extra = len([item for item in (*arguments[2:4], named.get("bias_k")) if item is not None and item is not False])
    source = k.shape[0] if not extra and not named.get("add_zero_attn", arguments[4:5] == (True,)) else None
    heads = () if known_bool(average_attn_weights) else (as_size(num_heads),)
    return out, q.with_shape((*q.shape[1:-1], *heads, q.shape[0], source))


@torch_operation("scaled_mm", F)
def scaled_mm(mat_a: TensorValue, mat_b: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    return matrix_product(as_tensor(mat_a), mat_b)


@torch_operation("grouped_mm scaled_grouped_mm", F)
def grouped_mm(mat_a: TensorValue, mat_b: TensorValue, *arguments: Any, **named: Any) -> TensorValue:
    """The groups depend on offsets that are data."""
    return unknown_tensor("torch", Unknown(Reason.UNSUPPORTED, "a grouped matrix product"))


# -------------------------------------------------------------------------------------------------------- distances


@torch_operation("cosine_similarity", BOTH)
def cosine_similarity(x1: TensorValue, x2: TensorValue, dim: Any = 1, eps: Any = 1e-8) -> TensorValue:
    return reduce_tensor(elementwise(x1, x2, kind="torch", dtype=as_tensor(x1).dtype), dim)


@torch_operation("pairwise_distance", BOTH)
def pairwise_distance(
    x1: TensorValue, x2: TensorValue, p: Any = 2.0, eps: Any = 1e-6, keepdim: Any = False
) -> TensorValue:
    return reduce_tensor(elementwise(x1, x2, kind="torch", dtype=as_tensor(x1).dtype), -1, keepdim)


@torch_operation("pdist", BOTH)
def pdist(input: TensorValue, p: Any = 2.0) -> TensorValue:
    """n·(n − 1) / 2 distances between n rows"""
    x = as_tensor(input)
    rows = x.shape[0] if x.shape else None
    return x.with_shape((None if rows is None else rows * (rows - 1) // 2,))


# ----------------------------------------------------------------------------------------------------------- losses


def _reduced(shape: Shape | None, rest: tuple[Any, ...], named: dict[str, Any], like: TensorValue) -> TensorValue:
    """A scalar for reduction "mean" and "sum"; the losses one by one for "none"."""
    if any(named.get(name) is not None for name in ("reduce", "size_average")):
        raise undetermined(Reason.UNSUPPORTED, "size_average and reduce")
    reduction = named.get("reduction", next((item for item in rest if isinstance(item, str)), "mean"))
    if isinstance(reduction, Unknown):
        raise Undetermined(reduction)
    return like.with_shape(shape if reduction == "none" else ())


@torch_operation(
    "mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div"
    " poisson_nll_loss soft_margin_loss hinge_embedding_loss",
    F,
)
def elementwise_loss(input: TensorValue, target: TensorValue, *rest: Any, **named: Any) -> TensorValue:
    x = as_tensor(input)
    return _reduced(elementwise(x, target, kind="torch").shape, rest, named, x)


@torch_operation("gaussian_nll_loss", F)
def gaussian_nll_loss(input: TensorValue, target: TensorValue, var: Any, *rest: Any, **named: Any) -> TensorValue:
    x = as_tensor(input)
    return _reduced(elementwise(x, target, kind="torch").shape, rest, named, x)


@torch_operation("cross_entropy nll_loss", F)
def class_loss(input: TensorValue, target: TensorValue, *rest: Any, **named: Any) -> TensorValue:
    """(n, classes, …) against (n, …); one loss for each place."""
    x, labels = as_tensor(input), as_tensor(target)
    if x.shape is not None and labels.shape is not None and len(x.shape) > 1:
        expect_size("cross_entropy", "targets, one for each row", x.shape[0], labels.shape[0] if labels.shape else None)
    shape = None if x.shape is None else (*x.shape[:1], *x.shape[2:]) if len(x.shape) > 1 else ()
    return _reduced(shape, rest, named, x)


@torch_operation("linear_cross_entropy", F)
def linear_cross_entropy(
    input: TensorValue, linear_weight: TensorValue, target: TensorValue, *rest: Any, **named: Any
) -> TensorValue:
    return _reduced(as_tensor(target).shape, rest, named, as_tensor(input))


@torch_operation("multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss", F)
def row_loss(input: TensorValue, target: TensorValue, *rest: Any, **named: Any) -> TensorValue:
    """One loss for each row."""
    x = as_tensor(input)
    return _reduced(None if x.shape is None else x.shape[:-1], rest, named, x)


@torch_operation("margin_ranking_loss", F)
def margin_ranking_loss(input1: TensorValue, input2: TensorValue, target: Any, *rest: Any, **named: Any) -> TensorValue:
    x = as_tensor(input1)
    return _reduced(elementwise(x, input2, target, kind="torch").shape, rest, named, x)


@torch_operation("cosine_embedding_loss", F)
def cosine_embedding_loss(
    input1: TensorValue, input2: TensorValue, target: Any, *rest: Any, **named: Any
) -> TensorValue:
    return _reduced(as_tensor(target).shape, rest, named, as_tensor(input1))


@torch_operation("triplet_margin_loss triplet_margin_with_distance_loss", F)
def triplet_margin_loss(anchor: TensorValue, positive: Any, negative: Any, *rest: Any, **named: Any) -> TensorValue:
    x = as_tensor(anchor)
    return _reduced(None if x.shape is None else x.shape[:-1], rest, named, x)


@torch_operation("ctc_loss", F)
def ctc_loss(
    log_probs: TensorValue, targets: Any, input_lengths: Any, target_lengths: Any, *rest: Any, **n: Any
) -> Any:
    x = as_tensor(log_probs)
    return _reduced(None if x.shape is None else x.shape[1:-1], rest, n, x)


# --------------------------------------------------------------------------------------------------- torch.nn.init

INITIALIZERS = words(
    "uniform_ normal_ trunc_normal_ constant_ ones_ zeros_ eye_ dirac_ xavier_uniform_ xavier_normal_ kaiming_uniform_"
    " kaiming_normal_ orthogonal_ sparse_ uniform normal constant xavier_uniform xavier_normal kaiming_uniform"
    " kaiming_normal orthogonal sparse eye dirac"
)


@operation(*prefixed("torch.nn.init", INITIALIZERS))
def initialize(tensor: TensorValue, *arguments: Any, **named: Any) -> Any:
    """The same tensor with other numbers."""
    return mutate(tensor) if isinstance(tensor, TensorValue) else tensor


_GAINS = {"sigmoid": 1, "linear": 1, "conv1d": 1, "conv2d": 1, "conv3d": 1, "selu": 3.0 / 4, "tanh": 5.0 / 3,
          "relu": math.sqrt(2.0)}  # fmt: skip


@operation("torch.nn.init.calculate_gain")
def calculate_gain(nonlinearity: Any, param: Any = None) -> Any:
    gain = _GAINS.get(nonlinearity) if isinstance(nonlinearity, str) else None
    return Unknown(Reason.UNSUPPORTED, "calculate_gain") if gain is None else gain
