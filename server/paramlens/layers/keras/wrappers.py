"""Layers that hold other layers."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Axes, Built, LayerHandle, Outputs, Shapes, layer
from paramlens.layers.keras.arguments import (
    choice,
    deferred,
    expect_min_rank,
    integer,
    is_absent,
    is_channels_first,
    known,
    known_size,
    layer_argument,
    refused,
)
from paramlens.layers.keras.einsum import einsum_dense_shapes
from paramlens.layers.keras.merged_shapes import elementwise
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape, Size
from paramlens.values import Reason, undetermined


@layer(
    "keras.layers.Bidirectional",
    example=(
        "Bidirectional(LSTM(32)) : (None, 10, 16) -> (None, 64) : 12,544",
        'Bidirectional(LSTM(32), merge_mode="sum") : (None, 10, 16) -> (None, 32) : 12,544',
    ),
    aliases=spellings("Bidirectional", "rnn.bidirectional", "wrappers"),
)
def bidirectional(
    layer: Any,
    merge_mode: Any = "concat",
    weights: Any = None,
    backward_layer: Any = None,
    *,
    input: Shape,
    initial_state: Shapes | None = None,
) -> Built:
    """A copy of a recurrent layer forwards in time and one backwards, or a backward layer of its own."""
    given = layer_argument("Bidirectional", "layer", layer)
    mode = choice("Bidirectional", "merge_mode", merge_mode, "sum", "mul", "ave", "concat", None)
    forward = given.clone()
    if is_absent(backward_layer):
        backward = given.clone(go_backwards=True)
    else:
        backward = layer_argument("Bidirectional", "backward_layer", backward_layer)
    directions = (forward.attribute("go_backwards"), backward.attribute("go_backwards"))
    if directions in ((True, True), (False, False)):
        raise refused("Bidirectional expects layers that go in different directions, got two that go in the same")

    def output() -> Any:
        ahead, back = forward.build(input), backward.build(input)
        if isinstance(ahead, Outputs) != isinstance(back, Outputs):
            raise refused("Bidirectional expects return_state to be the same of both layers")
        if isinstance(ahead, Outputs):
            both = _merged_directions(mode, ahead.items[0], back.items[0])
            return Outputs((*both, *ahead.items[1:], *back.items[1:]))
        both = _merged_directions(mode, ahead, back)
        return both[0] if len(both) == 1 else Outputs(both)

    return Built(
        children={"forward_layer": forward, "backward_layer": backward}, output=deferred("Bidirectional", output)
    )


def _merged_directions(mode: str | None, ahead: Shape, back: Shape) -> tuple[Shape, ...]:
    """The outputs of both directions, merged into one unless the mode is None."""
    if mode is None:
        return (ahead, back)
    if mode != "concat":
        return (elementwise("Bidirectional", (ahead, back)),)
    last: Size = None if ahead[-1] is None or back[-1] is None else ahead[-1] + back[-1]
    return ((*ahead[:-1], last),)


@layer(
    "keras.layers.TimeDistributed",
    example="TimeDistributed(Dense(8)) : (None, 10, 16) -> (None, 10, 8) : 136",
    aliases=spellings("TimeDistributed", "rnn.time_distributed", "wrappers"),
)
def time_distributed(
    layer: Any,
    *,
    input: Shape,
) -> Built:
    """The same layer at each timestep."""
    handle = layer_argument("TimeDistributed", "layer", layer)
    expect_min_rank("TimeDistributed", input, 3)

    def output() -> Any:
        step = handle.build((input[0], *input[2:]))
        if not isinstance(step, tuple):
            raise undetermined(Reason.UNSUPPORTED, "TimeDistributed over a layer with several outputs")
        return (step[0], input[1], *step[1:])

    return Built(children={"layer": handle}, output=deferred("TimeDistributed", output))


@layer(
    "keras.layers.SpectralNormalization",
    example="SpectralNormalization(Dense(8)) : (None, 16) -> (None, 8) : 144",
    aliases=spellings("SpectralNormalization", "normalization.spectral_normalization"),
)
def spectral_normalization(
    layer: Any,
    power_iterations: Any = 1,
    *,
    input: Shape,
) -> Built:
    """Divides the kernel of a layer by its largest singular value; the estimate of its vector is not trainable."""
    handle = layer_argument("SpectralNormalization", "layer", layer)
    integer("SpectralNormalization", "power_iterations", power_iterations)
    width = _kernel_width(handle, input)
    return Built(
        children={"layer": handle},
        frozen={"vector_u": Axes(("1", "units"), (1, width))},
        output=deferred("SpectralNormalization", lambda: handle.build(input)),
    )


_WIDTH_ARGUMENTS = {
    "Dense": "units",
    "Embedding": "output_dim",
    "ReversibleEmbedding": "output_dim",
    "Conv1D": "filters",
    "Conv2D": "filters",
    "Conv3D": "filters",
    "DepthwiseConv1D": "depth_multiplier",
    "DepthwiseConv2D": "depth_multiplier",
}
_TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")


def _kernel_width(handle: LayerHandle, shape: Shape) -> Any:
    """The last axis of the wrapped layer's kernel (or table of embeddings)."""
    name = handle.class_name.rsplit(".", 1)[-1]
    if handle.class_name != f"keras.layers.{name}":
        raise undetermined(Reason.UNSUPPORTED, f"the kernel of {handle.class_name}")
    if name in _WIDTH_ARGUMENTS:
        argument = _WIDTH_ARGUMENTS[name]
        return integer(name, argument, handle.attribute(argument))
    if name in _TRANSPOSED:
        return known_size(name, shape, _channel_axis(name, handle))
    if name == "EinsumDense":
        arguments = [known(handle.attribute(each)) for each in ("equation", "bias_axes", "output_shape")]
        kernel, _, _ = einsum_dense_shapes(arguments[0], arguments[1], shape, arguments[2])
        return kernel.sizes[-1]
    raise undetermined(Reason.UNSUPPORTED, f"the kernel of {handle.class_name}")


def _channel_axis(name: str, handle: LayerHandle) -> int:
    return 1 if is_channels_first(name, handle.attribute("data_format")) else -1


@layer(
    "keras.layers.Pipeline",
    example="Pipeline([Rescaling(2.0), Dense(4)]) : (None, 8) -> (None, 4) : 36",
    aliases=spellings("Pipeline", "preprocessing.pipeline"),
)
def pipeline(
    layers: Any,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """Layers applied one after the other."""
    known(layers)
    if not isinstance(layers, tuple):
        raise refused(f"Pipeline expects a list of layers, got {layers!r}")
    handles = [layer_argument("Pipeline", "layers", each) for each in layers]

    def output() -> Any:
        result: Any = input
        for handle in handles:
            result = handle.build(result)
        return result

    return Built(
        children={f"layers/{index}": handle for index, handle in enumerate(handles)},
        output=deferred("Pipeline", output),
    )
