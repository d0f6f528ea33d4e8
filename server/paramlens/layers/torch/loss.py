"""Losses: no weights; their result is one number, or by `reduction="none"` one for each element or sample."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim, product
from paramlens.layers.declare import Built, Child, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import integer, known, paths, require, shape_of, tensor_shape
from paramlens.layers.torch.reduction import loss, reduced, reduction_of
from paramlens.shapes import Shape, ShapeMismatch, broadcast, unify, written_shape
from paramlens.values import Reason, undetermined

LOSS = "torch.nn.modules.loss._Loss"
WEIGHTED = "torch.nn.modules.loss._WeightedLoss"
ON_MATRICES = "[(8, 128), (8, 128)] -> () : 0"
ON_CLASSES = "[(8, 10), (8,)] -> () : 0"


@layer(LOSS, example="_Loss() : * -> * : 0")
def base_loss(size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Built:
    """Base class of the losses."""
    return Built(attributes={"reduction": reduction_of(size_average, reduce, reduction)})


@layer(WEIGHTED, example="_WeightedLoss() : * -> * : 0", bases=(LOSS,))
def base_weighted_loss(
    weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Built:
    """Base class of the losses with a weight for each class, which is a buffer."""
    attributes = {"reduction": reduction_of(size_average, reduce, reduction)}
    return Built(buffers={"weight": tensor_shape(weight)}, attributes=attributes)


def same_shape(name: str, input: Any, target: Any) -> Shape:
    """The shape of input and target. Raises ShapeMismatch unless they can be equal."""
    left, right = shape_of(input), shape_of(target, "target")
    shape = unify(left, right)
    if shape is None:
        raise ShapeMismatch(f"{name} expects a target of shape {written_shape(left)}, got {written_shape(right)}")
    return shape


def together(input: Any, target: Any) -> Shape:
    """The broadcast shape of input and target."""
    return broadcast(shape_of(input), shape_of(target, "target"))


# ------------------------------------------------------------------------------------------- element by element


def _elementwise(name: str, reduction: Any) -> Built:
    return loss(lambda input, target: reduced(name, together(input, target), reduction), reduction)


@layer("torch.nn.L1Loss", example=f"L1Loss() : {ON_MATRICES}", aliases=paths("loss", "L1Loss"), bases=(LOSS,))
def l1_loss(size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Built:
    """|x − y|"""
    return _elementwise("L1Loss", reduction_of(size_average, reduce, reduction))


@layer("torch.nn.MSELoss", example=f"MSELoss() : {ON_MATRICES}", aliases=paths("loss", "MSELoss"), bases=(LOSS,))
def mse_loss(size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Built:
    """(x − y)²"""
    return _elementwise("MSELoss", reduction_of(size_average, reduce, reduction))


@layer(
    "torch.nn.SmoothL1Loss",
    example=f"SmoothL1Loss() : {ON_MATRICES}",
    aliases=paths("loss", "SmoothL1Loss"),
    bases=(LOSS,),
)
def smooth_l1_loss(size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0) -> Built:
    """Squared below beta, absolute above."""
    return _elementwise("SmoothL1Loss", reduction_of(size_average, reduce, reduction))


@layer("torch.nn.HuberLoss", example=f"HuberLoss() : {ON_MATRICES}", aliases=paths("loss", "HuberLoss"), bases=(LOSS,))
def huber_loss(reduction: str = "mean", delta: float = 1.0) -> Built:
    """Squared below delta, absolute above."""
    return _elementwise("HuberLoss", reduction)


@layer(
    "torch.nn.PoissonNLLLoss",
    example=f"PoissonNLLLoss() : {ON_MATRICES}",
    aliases=paths("loss", "PoissonNLLLoss"),
    bases=(LOSS,),
)
def poisson_nll_loss(
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Built:
    """Negative log likelihood of counts."""
    return _elementwise("PoissonNLLLoss", reduction_of(size_average, reduce, reduction))


@layer(
    "torch.nn.SoftMarginLoss",
    example=f"SoftMarginLoss() : {ON_MATRICES}",
    aliases=paths("loss", "SoftMarginLoss"),
    bases=(LOSS,),
)
def soft_margin_loss(size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Built:
    """log(1 + exp(−y·x))"""
    chosen = reduction_of(size_average, reduce, reduction)

    def forward(input: Shape, target: Shape) -> Shape:
        shape = together(input, target)
        if unify(shape, input) is None:
            raise ShapeMismatch(f"SoftMarginLoss expects a target like {written_shape(input)}, got {target}")
        return reduced("SoftMarginLoss", shape, chosen)

    return loss(forward, chosen)


@layer(
    "torch.nn.HingeEmbeddingLoss",
    example=f"HingeEmbeddingLoss() : {ON_MATRICES}",
    aliases=paths("loss", "HingeEmbeddingLoss"),
    bases=(LOSS,),
)
def hinge_embedding_loss(
    margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Built:
    """x for y = 1, max(0, margin − x) for y = −1"""
    return _elementwise("HingeEmbeddingLoss", reduction_of(size_average, reduce, reduction))


@layer("torch.nn.KLDivLoss", example=f"KLDivLoss() : {ON_MATRICES}", aliases=paths("loss", "KLDivLoss"), bases=(LOSS,))
def kl_div_loss(
    size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False
) -> Built:
    """y·(log y − x)"""
    chosen = reduction_of(size_average, reduce, reduction)
    return loss(lambda input, target: reduced("KLDivLoss", together(input, target), chosen, "batchmean"), chosen)


@layer("torch.nn.BCELoss", example=f"BCELoss() : {ON_MATRICES}", aliases=paths("loss", "BCELoss"), bases=(WEIGHTED,))
def bce_loss(weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Built:
    """Cross entropy of probabilities with two classes."""
    chosen = reduction_of(size_average, reduce, reduction)
    return loss(
        lambda input, target: reduced("BCELoss", same_shape("BCELoss", input, target), chosen),
        chosen,
        {"weight": tensor_shape(weight)},
    )


@layer(
    "torch.nn.BCEWithLogitsLoss",
    example=f"BCEWithLogitsLoss() : {ON_MATRICES}",
    aliases=paths("loss", "BCEWithLogitsLoss"),
    bases=(LOSS,),
)
def bce_with_logits_loss(
    weight: Any = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Built:
    """Cross entropy of logits with two classes."""
    chosen = reduction_of(size_average, reduce, reduction)
    name = "BCEWithLogitsLoss"

    def forward(input: Shape, target: Shape) -> Shape:
        shape = same_shape(name, input, target)
        for given in (weight, pos_weight):
            if given is not None and known(chosen) == "none":
                other = tensor_shape(known(given))
                if other is None:
                    raise undetermined(Reason.UNKNOWN_ARGUMENT, "weight")
                shape = broadcast(shape, other)
        return reduced(name, shape, chosen)

    return loss(forward, chosen, {"weight": tensor_shape(weight), "pos_weight": tensor_shape(pos_weight)})


@layer(
    "torch.nn.GaussianNLLLoss",
    example="GaussianNLLLoss() : [(8, 128), (8, 128), (8, 128)] -> () : 0",
    aliases=paths("loss", "GaussianNLLLoss"),
    bases=(LOSS,),
)
def gaussian_nll_loss(*, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Built:
    """Negative log likelihood of normal distributions with given variances."""

    def forward(input: Shape, target: Shape, var: Any) -> Shape:
        return reduced("GaussianNLLLoss", together(input, target), reduction)

    return loss(forward, reduction)


# -------------------------------------------------------------------------------------------------- for classes


def _classes(name: str, input: Any, target: Any) -> Shape:
    """The input without its class axis: axis 1, or the only one."""
    shape, wanted = shape_of(input), shape_of(target, "target")
    require(not shape, f"{name} expects at least rank 1, got rank 0")
    result = () if len(shape) == 1 else (shape[0], *shape[2:])
    if len(wanted) == len(shape):  # class probabilities
        for left, right in zip(shape, wanted, strict=True):
            expect_size(name, "as a size of target", left, right)
        return result
    if unify(result, wanted) is None:
        raise ShapeMismatch(f"{name} expects a target of shape {written_shape(result)}, got {written_shape(wanted)}")
    return result


def _class_loss(name: str, weight: Any, reduction: Any) -> Built:
    buffers = {"weight": tensor_shape(weight)}
    return loss(lambda input, target: reduced(name, _classes(name, input, target), reduction), reduction, buffers)


@layer(
    "torch.nn.CrossEntropyLoss",
    example=(
        f"CrossEntropyLoss() : {ON_CLASSES}",
        "CrossEntropyLoss(reduction='none') : [(8, 10, 7, 7), (8, 7, 7)] -> (8, 7, 7) : 0",
    ),
    aliases=paths("loss", "CrossEntropyLoss"),
    bases=(WEIGHTED,),
)
def cross_entropy_loss(
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Built:
    """Cross entropy of logits with class indices or probabilities."""
    return _class_loss("CrossEntropyLoss", weight, reduction_of(size_average, reduce, reduction))


@layer("torch.nn.NLLLoss", example=f"NLLLoss() : {ON_CLASSES}", aliases=paths("loss", "NLLLoss"), bases=(WEIGHTED,))
def nll_loss(
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Built:
    """Negative log likelihood of log probabilities."""
    return _class_loss("NLLLoss", weight, reduction_of(size_average, reduce, reduction))


@layer(
    "torch.nn.NLLLoss2d",
    example="NLLLoss2d() : [(8, 10, 7, 7), (8, 7, 7)] -> () : 0",
    aliases=paths("loss", "NLLLoss2d"),
    bases=("torch.nn.NLLLoss",),
)
def nll_loss_2d(
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Built:
    """The older name of NLLLoss for images."""
    return _class_loss("NLLLoss2d", weight, reduction_of(size_average, reduce, reduction))


def _per_sample(name: str, input: Any, reduction: Any) -> Shape:
    """One number for each sample of (N, C) or (C)."""
    shape = shape_of(input)
    expect_rank(name, shape, 1, 2)
    return reduced(name, shape[:-1], reduction)


@layer(
    "torch.nn.MultiMarginLoss",
    example=f"MultiMarginLoss() : {ON_CLASSES}",
    aliases=paths("loss", "MultiMarginLoss"),
    bases=(WEIGHTED,),
)
def multi_margin_loss(
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Built:
    """Hinge loss over classes."""
    chosen = reduction_of(size_average, reduce, reduction)
    if isinstance(p, int):
        require(p not in (1, 2), f"MultiMarginLoss expects p of 1 or 2, got {p}")
    buffers = {"weight": tensor_shape(weight)}
    return loss(lambda input, target: _per_sample("MultiMarginLoss", input, chosen), chosen, buffers)


@layer(
    "torch.nn.MultiLabelMarginLoss",
    example=f"MultiLabelMarginLoss() : {ON_MATRICES}",
    aliases=paths("loss", "MultiLabelMarginLoss"),
    bases=(LOSS,),
)
def multi_label_margin_loss(size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Built:
    """Hinge loss over several classes at once."""
    chosen = reduction_of(size_average, reduce, reduction)
    name = "MultiLabelMarginLoss"
    return loss(lambda input, target: _per_sample(name, same_shape(name, input, target), chosen), chosen)


@layer(
    "torch.nn.MultiLabelSoftMarginLoss",
    example=f"MultiLabelSoftMarginLoss() : {ON_MATRICES}",
    aliases=paths("loss", "MultiLabelSoftMarginLoss"),
    bases=(WEIGHTED,),
)
def multi_label_soft_margin_loss(
    weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Built:
    """Binary cross entropy averaged over the last axis."""
    chosen = reduction_of(size_average, reduce, reduction)

    def forward(input: Shape, target: Shape) -> Shape:
        shape = together(input, target)
        require(not input, "MultiLabelSoftMarginLoss expects at least rank 1, got rank 0")
        classes = len(input) - 1  # torch: the last axis of the input, wherever that stands in the broadcast shape
        return reduced("MultiLabelSoftMarginLoss", (*shape[:classes], *shape[classes + 1 :]), chosen)

    return loss(forward, chosen, {"weight": tensor_shape(weight)})


# --------------------------------------------------------------------------------------------- pairs and triples


@layer(
    "torch.nn.MarginRankingLoss",
    example="MarginRankingLoss() : [(8,), (8,), (8,)] -> () : 0",
    aliases=paths("loss", "MarginRankingLoss"),
    bases=(LOSS,),
)
def margin_ranking_loss(
    margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Built:
    """max(0, −y·(x₁ − x₂) + margin)"""
    chosen = reduction_of(size_average, reduce, reduction)

    def forward(input1: Shape, input2: Shape, target: Shape) -> Shape:
        first, second, third = shape_of(input1), shape_of(input2), shape_of(target, "target")
        require(
            not len(first) == len(second) == len(third),
            f"MarginRankingLoss expects three inputs of one rank, got {len(first)}, {len(second)} and {len(third)}",
        )
        return reduced("MarginRankingLoss", broadcast(first, second, third), chosen)

    return loss(forward, chosen)


@layer(
    "torch.nn.CosineEmbeddingLoss",
    example="CosineEmbeddingLoss() : [(8, 128), (8, 128), (8,)] -> () : 0",
    aliases=paths("loss", "CosineEmbeddingLoss"),
    bases=(LOSS,),
)
def cosine_embedding_loss(
    margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Built:
    """1 − cos(x₁, x₂) for y = 1, max(0, cos(x₁, x₂) − margin) for y = −1"""
    chosen = reduction_of(size_average, reduce, reduction)

    def forward(input1: Shape, input2: Shape, target: Shape) -> Shape:
        shape = broadcast(shape_of(input1), shape_of(input2))
        expect_rank("CosineEmbeddingLoss", shape, 1, 2)
        expect_rank("CosineEmbeddingLoss target", shape_of(target, "target"), len(shape) - 1)
        return reduced("CosineEmbeddingLoss", broadcast(shape[:-1], target), chosen)

    return loss(forward, chosen)


def _triplet(name: str, anchor: Any, positive: Any, negative: Any, reduction: Any) -> Shape:
    """One number for each vector of the broadcast inputs."""
    given = (shape_of(anchor), shape_of(positive), shape_of(negative))
    require(len({len(shape) for shape in given}) > 1, f"{name} expects three inputs of one rank")
    shape = broadcast(*given)
    require(not shape, f"{name} expects at least rank 1, got rank 0")
    return reduced(name, shape[:-1], reduction)


@layer(
    "torch.nn.TripletMarginLoss",
    example="TripletMarginLoss() : [(8, 128), (8, 128), (8, 128)] -> () : 0",
    aliases=paths("loss", "TripletMarginLoss"),
    bases=(LOSS,),
)
def triplet_margin_loss(
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Built:
    """max(0, |a − p| − |a − n| + margin)"""
    chosen = reduction_of(size_average, reduce, reduction)
    if isinstance(margin, (int, float)):
        require(margin <= 0, f"TripletMarginLoss expects margin above 0, got {margin}")

    def forward(anchor: Shape, positive: Shape, negative: Shape) -> Shape:
        return _triplet("TripletMarginLoss", anchor, positive, negative, chosen)

    return loss(forward, chosen)


@layer(
    "torch.nn.TripletMarginWithDistanceLoss",
    example="TripletMarginWithDistanceLoss() : [(8, 128), (8, 128), (8, 128)] -> () : 0",
    aliases=paths("loss", "TripletMarginWithDistanceLoss"),
    bases=(LOSS,),
)
def triplet_margin_with_distance_loss(
    *, distance_function: Any = None, margin: float = 1.0, swap: bool = False, reduction: str = "mean"
) -> Built:
    """max(0, d(a, p) − d(a, n) + margin) for any distance d"""
    name = "TripletMarginWithDistanceLoss"
    if isinstance(margin, (int, float)):
        require(margin <= 0, f"{name} expects margin above 0, got {margin}")

    def forward(anchor: Shape, positive: Shape, negative: Shape) -> Shape:
        if distance_function is not None and known(reduction) == "none":
            raise undetermined(Reason.UNSUPPORTED, "distance_function")
        return _triplet(name, anchor, positive, negative, reduction)

    return loss(forward, reduction)


@layer(
    "torch.nn.CTCLoss",
    example="CTCLoss() : [(50, 16, 20), (16, 30), (16,), (16,)] -> () : 0",
    aliases=paths("loss", "CTCLoss"),
    bases=(LOSS,),
)
def ctc_loss(blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> Built:
    """Connectionist temporal classification: log probabilities of (time, batch, classes)."""

    def forward(log_probs: Shape, targets: Any, input_lengths: Any, target_lengths: Any) -> Shape:
        shape = shape_of(log_probs, "log_probs")
        expect_rank("CTCLoss", shape, 2, 3)
        return reduced("CTCLoss", shape[1:-1], reduction)

    return loss(forward, reduction)


@layer(
    "torch.nn.LinearCrossEntropyLoss",
    example="LinearCrossEntropyLoss(64, 10) : [(8, 64), (8,)] -> () : 640",
    aliases=paths("loss", "LinearCrossEntropyLoss"),
    bases=(WEIGHTED,),
)
def linear_cross_entropy_loss(
    in_features: Dim,
    num_classes: Dim,
    *,
    out_features: tuple[Dim, ...] = (),
    bias: bool = False,
    device: Any = None,
    dtype: Any = None,
    reduction: str = "mean",
    weight: Any = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Built:
    """A Linear to num_classes · out_features, and the cross entropy of its result."""
    name = "LinearCrossEntropyLoss"
    features = integer(name, "in_features", in_features)
    more = known(out_features)
    if not isinstance(more, tuple):
        raise ShapeMismatch(f"{name} expects a tuple as out_features, got {more!r}")
    classes = product([integer(name, "num_classes", num_classes), *(integer(name, "out_features", n) for n in more)])

    def forward(input: Shape, target: Shape) -> Shape:
        shape = shape_of(input)
        expect_rank(name, shape, 1, 2)
        expect_size(name, "input features", features, shape[-1])
        return reduced(name, () if len(shape) == 1 else (shape[0], *more), reduction)

    return Built(
        children={"linear": Child("torch.nn.Linear", (features, classes), {"bias": bias})},
        buffers={"weight": tensor_shape(weight)},
        attributes={"reduction": reduction, "num_classes": num_classes, "out_features": more},
        forward=forward,
    )
