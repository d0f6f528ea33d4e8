"""The Transformer and its parts, each made of layers declared elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim, Sym
from paramlens.layers.declare import Built, Child, LayerHandle, expect_rank, expect_size, layer
from paramlens.layers.torch.arguments import divisible, integer, known, paths, positive, shape_of
from paramlens.layers.torch.attention import attention_macs, positions, sequence_batch_axis
from paramlens.shapes import Shape
from paramlens.values import Reason, Unknown, undetermined

MAX_LAYERS = 1000  # more than this is not a network that anyone trains


def _block(
    name: str,
    attentions: tuple[str, ...],
    d_model: Any,
    nhead: Any,
    dim_feedforward: Any,
    dropout: Any,
    layer_norm_eps: Any,
    batch_first: Any,
    bias: Any,
) -> dict[str, Child | LayerHandle]:
    """Attention, two-layer feed-forward network, one norm and one dropout for each of attention and network."""
    width, inner = positive(name, "d_model", d_model), integer(name, "dim_feedforward", dim_feedforward)
    if not isinstance(nhead, Unknown):
        divisible(name, "d_model", width, "nhead", positive(name, "nhead", nhead))
    attention = Child(
        "torch.nn.MultiheadAttention",
        (width, nhead),
        {"dropout": dropout, "bias": bias, "batch_first": batch_first},
    )
    parts = range(1, len(attentions) + 2)
    return {
        **dict.fromkeys(attentions, attention),
        "linear1": Child("torch.nn.Linear", (width, inner), {"bias": bias}),
        "dropout": Child("torch.nn.Dropout", (dropout,)),
        "linear2": Child("torch.nn.Linear", (inner, width), {"bias": bias}),
        **{f"norm{i}": Child("torch.nn.LayerNorm", (width,), {"eps": layer_norm_eps, "bias": bias}) for i in parts},
        **{f"dropout{i}": Child("torch.nn.Dropout", (dropout,)) for i in parts},
    }


def _encoder_layer_macs(d_model: Any, dim_feedforward: Any, batch_first: Any) -> Callable[[Shape, Shape], Dim | None]:
    """Self-attention over L positions and 2·L·d·f of the feed-forward network."""

    def macs(input: Shape, output: Shape) -> Dim | None:
        length = positions(output, batch_first)
        if length is None:
            return None
        attention = attention_macs(d_model, d_model, d_model, length, length)
        network: Dim = 2 * length * d_model * dim_feedforward
        return attention + network

    return macs


def _sequence(name: str, what: str, shape: Any, width: Dim) -> Shape:
    checked = shape_of(shape, what)
    expect_rank(name, checked, 2, 3)
    expect_size(name, f"{what} features", width, checked[-1])
    return checked


@layer(
    "torch.nn.TransformerEncoderLayer",
    example="TransformerEncoderLayer(512, 8) : (35, 8, 512) -> (35, 8, 512) : 3,152,384",
    aliases=paths("transformer", "TransformerEncoderLayer"),
)
def transformer_encoder_layer(
    d_model: Dim,
    nhead: Dim,
    dim_feedforward: Dim = 2048,
    dropout: float = 0.1,
    activation: Any = "relu",
    layer_norm_eps: float = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Self-attention and a feed-forward network, each with a residual and a layer norm."""
    name = "TransformerEncoderLayer"
    children = _block(name, ("self_attn",), d_model, nhead, dim_feedforward, dropout, layer_norm_eps, batch_first, bias)

    def forward(src: Shape, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: Any = False) -> Shape:
        return _sequence(name, "src", src, d_model)

    return Built(
        children=_with_activation(children, activation),
        attributes={"norm_first": norm_first, "activation": activation},
        forward=forward,
        macs=_encoder_layer_macs(d_model, dim_feedforward, batch_first),
        batch_axis=sequence_batch_axis(batch_first),
    )


@layer(
    "torch.nn.TransformerDecoderLayer",
    example="TransformerDecoderLayer(512, 8) : [(20, 8, 512), (35, 8, 512)] -> (20, 8, 512) : 4,204,032",
    aliases=paths("transformer", "TransformerDecoderLayer"),
)
def transformer_decoder_layer(
    d_model: Dim,
    nhead: Dim,
    dim_feedforward: Dim = 2048,
    dropout: float = 0.1,
    activation: Any = "relu",
    layer_norm_eps: float = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Self-attention, attention to the memory and a feed-forward network, each with a residual and a layer norm."""
    name = "TransformerDecoderLayer"
    attentions = ("self_attn", "multihead_attn")
    children = _block(name, attentions, d_model, nhead, dim_feedforward, dropout, layer_norm_eps, batch_first, bias)

    def forward(
        tgt: Shape,
        memory: Shape,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: Any = False,
        memory_is_causal: Any = False,
    ) -> Shape:
        target = _sequence(name, "tgt", tgt, d_model)
        expect_rank(f"{name} memory", _sequence(name, "memory", memory, d_model), len(target))
        return target

    return Built(
        children=_with_activation(children, activation),
        attributes={"norm_first": norm_first, "activation": activation},
        forward=forward,
    )


def _with_activation(children: dict[str, Child | LayerHandle], activation: Any) -> dict[str, Child | LayerHandle]:
    """An activation given as a layer (`nn.PReLU()`) belongs to the block, with its weights."""
    known(activation)
    return {**children, "activation": activation} if is_layer(activation) else children


def is_layer(value: Any) -> bool:
    """Whether an argument is a layer: one that the program made, or one that a declaration asks for."""
    return isinstance(value, Child) or hasattr(value, "clone")


def _copies(name: str, given: Any, num_layers: Any) -> dict[str, Child | LayerHandle]:
    """`num_layers` deep copies of a layer, as layers.0, layers.1, …; the given one itself is not owned."""
    known(given)
    count = integer(name, "num_layers", num_layers)
    if isinstance(count, Sym):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "num_layers")
    if count > MAX_LAYERS:
        raise undetermined(Reason.SIZE_LIMIT, "num_layers")
    if not is_layer(given):
        raise undetermined(Reason.UNSUPPORTED, f"{name} of a layer that is not known")
    return {f"layers.{i}": given if isinstance(given, Child) else given.clone() for i in range(count)}


def _norm(norm: Any) -> dict[str, Child | LayerHandle]:
    """The final norm, where there is one: owned, not copied."""
    if known(norm) is None:
        return {}
    if not is_layer(norm):
        raise undetermined(Reason.UNSUPPORTED, "norm")
    return {"norm": norm}


def _stack_width(given: Any, declared: str) -> Dim | None:
    """d_model of torch's own block; None for a user's."""
    if isinstance(given, Child):
        return given.args[0] if given.args and isinstance(given.args[0], (int, Sym)) else None
    if given.class_name != declared:
        return None
    width = given.attribute("d_model")
    return width if isinstance(width, (int, Sym)) else None


@layer(
    "torch.nn.TransformerEncoder",
    example="TransformerEncoder(TransformerEncoderLayer(512, 8), 6) : (35, 8, 512) -> (35, 8, 512) : 18,914,304",
    aliases=paths("transformer", "TransformerEncoder"),
)
def transformer_encoder(
    encoder_layer: Any,
    num_layers: Dim,
    norm: Any = None,
    enable_nested_tensor: bool = True,
    mask_check: bool = True,
) -> Built:
    """num_layers copies of encoder_layer, and an optional final norm."""
    name = "TransformerEncoder"
    children = {**_copies(name, encoder_layer, num_layers), **_norm(norm)}
    width = _stack_width(encoder_layer, "torch.nn.TransformerEncoderLayer")

    def forward(src: Shape, mask: Any = None, src_key_padding_mask: Any = None, is_causal: Any = None) -> Shape:
        return _through(name, "src", encoder_layer, src, width)

    return Built(
        children=children,
        # the layer given is copied, not kept
        attributes={"num_layers": num_layers, "encoder_layer": None, **({"norm": None} if norm is None else {})},
        forward=forward,
    )


@layer(
    "torch.nn.TransformerDecoder",
    example=(
        "TransformerDecoder(TransformerDecoderLayer(512, 8), 6) : "
        "[(20, 8, 512), (35, 8, 512)] -> (20, 8, 512) : 25,224,192"
    ),
    aliases=paths("transformer", "TransformerDecoder"),
)
def transformer_decoder(decoder_layer: Any, num_layers: Dim, norm: Any = None) -> Built:
    """num_layers copies of decoder_layer, and an optional final norm."""
    name = "TransformerDecoder"
    children = {**_copies(name, decoder_layer, num_layers), **_norm(norm)}
    width = _stack_width(decoder_layer, "torch.nn.TransformerDecoderLayer")

    def forward(
        tgt: Shape,
        memory: Shape,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: Any = None,
        memory_is_causal: Any = False,
    ) -> Shape:
        if width is not None:
            expect_rank(f"{name} memory", _sequence(name, "memory", memory, width), len(shape_of(tgt, "tgt")))
        return _through(name, "tgt", decoder_layer, tgt, width)

    return Built(
        children=children,
        attributes={"num_layers": num_layers, "decoder_layer": None, **({"norm": None} if norm is None else {})},
        forward=forward,
    )


def _through(name: str, what: str, block: Any, input: Shape, width: Dim | None) -> Shape:
    """torch's own blocks keep the shape; what a user's block does is not known here."""
    if width is None:
        raise undetermined(Reason.UNSUPPORTED, f"{name} of {getattr(block, 'class_name', 'a layer')}")
    return _sequence(name, what, input, width)


@layer(
    "torch.nn.Transformer",
    example="Transformer() : [(35, 8, 512), (20, 8, 512)] -> (20, 8, 512) : 44,140,544",
    aliases=paths("transformer", "Transformer"),
)
def transformer(
    d_model: Dim = 512,
    nhead: Dim = 8,
    num_encoder_layers: Dim = 6,
    num_decoder_layers: Dim = 6,
    dim_feedforward: Dim = 2048,
    dropout: float = 0.1,
    activation: Any = "relu",
    custom_encoder: Any = None,
    custom_decoder: Any = None,
    layer_norm_eps: float = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
    device: Any = None,
    dtype: Any = None,
) -> Built:
    """Encoder and decoder, each with a final layer norm."""
    known(activation)
    if is_layer(activation):  # copied with each block, so only one without weights can stand for all copies
        activation_class = str(getattr(activation, "class_name", ""))
        if not activation_class.startswith("torch.nn.") or activation_class == "torch.nn.PReLU":
            raise undetermined(Reason.UNSUPPORTED, "activation given as a layer")
        activation = activation_class
    sizes = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
    norm = Child("torch.nn.LayerNorm", (d_model,), {"eps": layer_norm_eps, "bias": bias})

    def stack(kind: str, count: Any, custom: Any) -> Any:
        if known(custom) is not None:
            if not is_layer(custom):
                raise undetermined(Reason.UNSUPPORTED, f"custom_{kind.lower()}")
            return custom
        block = Child(f"torch.nn.Transformer{kind}Layer", sizes)
        _copies("Transformer", block, count)
        return Child(f"torch.nn.Transformer{kind}", (block, count, norm))

    def forward(src: Shape, tgt: Shape, *masks: Any, **more: Any) -> Shape:
        source, target = _sequence("Transformer", "src", src, d_model), _sequence("Transformer", "tgt", tgt, d_model)
        expect_rank("Transformer", target, len(source))
        if len(source) == 3:
            axis = 0 if known(batch_first) else 1
            expect_size("Transformer", "as the batch of tgt", source[axis], target[axis])
        return target

    return Built(
        children={
            "encoder": stack("Encoder", num_encoder_layers, custom_encoder),
            "decoder": stack("Decoder", num_decoder_layers, custom_decoder),
        },
        attributes={
            "d_model": d_model,
            "nhead": nhead,
            "batch_first": batch_first,
            "custom_encoder": None,
            "custom_decoder": None,
        },
        forward=forward if custom_encoder is None and custom_decoder is None else None,
    )
