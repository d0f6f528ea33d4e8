"""Convolution, pooling, attention, losses and encodings of `keras.ops`, `tensorflow.nn` and `keras.backend`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.layers.declare import expect_rank, operation
from paramlens.layers.operations.keras_elementwise import broadcasted, same_shape, tensor
from paramlens.layers.operations.keras_shapes import first_given
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.rearranging import along, size_along
from paramlens.layers.operations.reductions import reduce_tensor
from paramlens.layers.operations.tensors import (
    as_size,
    elements_of,
    known_int,
    known_text,
    make,
    per_axis,
    sequence,
)
from paramlens.shapes import (
    Shape,
    ShapeMismatch,
    Size,
    fold,
    keras_conv_transpose,
    keras_window,
    normalize_axis,
    unfold,
)
from paramlens.values import Reason, TensorValue, Undetermined, Unknown, Value, undetermined

CHANNELS_LAST, CHANNELS_FIRST = "channels_last", "channels_first"


def format_of(data_format: Any) -> str:
    """`channels_last` unless said otherwise; TensorFlow's `NHWC` and `NCHW` too."""
    name = CHANNELS_LAST if data_format is None else known_text(data_format)
    if name in (CHANNELS_LAST, CHANNELS_FIRST):
        return name
    return CHANNELS_FIRST if name.upper().startswith("NC") else CHANNELS_LAST


def taken_apart(x: TensorValue, data_format: Any) -> tuple[Size, Shape, Size] | None:
    """(batch, spatial sizes, channels) of a batch of images; None where the rank is not known."""
    if x.shape is None:
        return None
    expect_rank("the operation", x.shape, 3, 4, 5)
    if format_of(data_format) == CHANNELS_LAST:
        return x.shape[0], x.shape[1:-1], x.shape[-1]
    return x.shape[0], x.shape[2:], x.shape[1]


def put_together(x: TensorValue, batch: Size, spatial: Shape, channels: Size, data_format: Any) -> TensorValue:
    if format_of(data_format) == CHANNELS_LAST:
        return x.with_shape((batch, *spatial, channels))
    return x.with_shape((batch, channels, *spatial))


def _spatial_setting(value: Any, count: int) -> tuple[Any, ...]:
    """One number for each spatial axis; TensorFlow also gives four with those of batch and channels."""
    items = sequence(value)
    if items is not None and len(items) == count + 2:
        items = items[1:-1]
    return per_axis(value if items is None else items, count)


def _windows(spatial: Shape, kernel: Any, strides: Any, padding: Any, dilation: Any) -> Shape:
    count, mode = len(spatial), known_text(padding)
    columns = [_spatial_setting(value, count) for value in (kernel, strides, dilation)]
    pairs = zip(spatial, *columns, strict=True)
    return tuple(keras_window(size, k, s, mode, d) for size, k, s, d in pairs)


def _convolved(
    inputs: Any, kernel: Any, strides: Any, padding: Any, data_format: Any, dilation: Any, channels: Callable[..., Size]
) -> TensorValue:
    x, weight = tensor(inputs), tensor(kernel)
    parts = taken_apart(x, data_format)
    if parts is None:
        return x.with_shape(None)
    batch, spatial, incoming = parts
    shape = (None,) * (len(spatial) + 2) if weight.shape is None else weight.shape
    if len(shape) != len(spatial) + 2:
        raise ShapeMismatch(f"conv expects a kernel of rank {len(spatial) + 2}, got rank {len(shape)}")
    sizes = _windows(spatial, shape[:-2], strides, padding, dilation)
    return put_together(x, batch, sizes, channels(incoming, shape), data_format)


def _full_channels(incoming: Size, kernel: Shape) -> Size:
    """The kernel's last axis; its last but one must divide the input's channels (groups)."""
    inside = kernel[-2]
    if isinstance(incoming, int) and isinstance(inside, int) and inside and incoming % inside:
        raise ShapeMismatch(f"conv expects a multiple of {inside} input channels, got {incoming}")
    return kernel[-1]


def _depthwise_channels(incoming: Size, kernel: Shape) -> Size:
    if kernel[-2] is None or kernel[-1] is None:
        return None
    return kernel[-2] * kernel[-1]


@operation("keras.ops.conv", "tensorflow.nn.convolution")
def conv(
    inputs: Any = None, kernel: Any = None, strides: Any = 1, padding: Any = "valid", data_format: Any = None,
    dilation_rate: Any = 1, **named: Any,
) -> TensorValue:  # fmt: skip
    source, weight = first_given(inputs, named, "input"), first_given(kernel, named, "filters")
    dilation = first_given(dilation_rate, named, "dilations")
    return _convolved(
        source, weight, strides, padding, data_format, 1 if dilation is None else dilation, _full_channels
    )


@operation(*prefixed("keras.backend", words("conv1d conv2d conv3d")))
def backend_conv(
    x: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> TensorValue:
    return _convolved(x, kernel, strides, padding, data_format, dilation_rate, _full_channels)


@operation(*prefixed("tensorflow.nn", words("conv1d conv2d conv3d")))
def tensorflow_conv(
    input: Any = None, filters: Any = None, strides: Any = None, padding: Any = None, data_format: Any = "NHWC",
    dilations: Any = None, name: Any = None, **named: Any,
) -> TensorValue:  # fmt: skip
    if not isinstance(padding, str):
        raise undetermined(Reason.UNSUPPORTED, "explicit paddings")
    strides = first_given(strides, named, "stride")
    dilation = 1 if dilations is None else dilations
    return _convolved(input, filters, strides, padding, data_format, dilation, _full_channels)


@operation("keras.ops.depthwise_conv")
def depthwise_conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> TensorValue:
    """kernel: (*kernel, channels, multiplier)"""
    return _convolved(inputs, kernel, strides, padding, data_format, dilation_rate, _depthwise_channels)


@operation("tensorflow.nn.depthwise_conv2d")
def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: Any = None,
    dilations: Any = None,
    name: Any = None,
) -> TensorValue:
    dilation = 1 if dilations is None else dilations
    return _convolved(input, filter, strides, padding, data_format, dilation, _depthwise_channels)


@operation("keras.ops.separable_conv")
def separable_conv(
    inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = 1,
) -> TensorValue:  # fmt: skip
    first = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(first, pointwise_kernel, 1, "valid", data_format)


@operation("keras.ops.conv_transpose")
def conv_transpose(
    inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", output_padding: Any = None,
    data_format: Any = None, dilation_rate: Any = 1,
) -> TensorValue:  # fmt: skip
    """kernel: (*kernel, out_channels, in_channels)"""
    x, weight = tensor(inputs), tensor(kernel).shape
    parts = taken_apart(x, data_format)
    if parts is None:
        return x.with_shape(None)
    batch, spatial, _ = parts
    count, mode = len(spatial), known_text(padding)
    shape = (None,) * (count + 2) if weight is None else weight
    if isinstance(output_padding, Unknown):  # not to be taken for None, which is the default
        raise Undetermined(output_padding)
    given = (None,) * count if output_padding is None else per_axis(output_padding, count)
    settings = zip(spatial, shape[:-2], per_axis(strides, count), given, per_axis(dilation_rate, count), strict=True)
    sizes = tuple(keras_conv_transpose(size, k, s, mode, extra, d) for size, k, s, extra, d in settings)
    return put_together(x, batch, sizes, shape[-2], data_format)


# ---------------------------------------------------------------------------------------------------------- pooling


def _pooled(inputs: Any, size: Any, strides: Any, padding: Any, data_format: Any) -> TensorValue:
    x = tensor(inputs)
    parts = taken_apart(x, data_format)
    if parts is None:
        return x.with_shape(None)
    sizes = _windows(parts[1], size, size if strides is None else strides, padding, 1)
    return put_together(x, parts[0], sizes, parts[2], data_format)


@operation("keras.ops.max_pool", "keras.ops.average_pool")
def pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None
) -> TensorValue:
    return _pooled(inputs, pool_size, strides, padding, data_format)


@operation(*prefixed("keras.backend", words("pool2d pool3d")))
def backend_pool(
    x: Any, pool_size: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, pool_mode: Any = "max"
) -> TensorValue:
    return _pooled(x, pool_size, strides, padding, data_format)


@operation(*prefixed("tensorflow.nn", words("max_pool avg_pool max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d"
                                            " avg_pool3d")))  # fmt: skip
def tensorflow_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None, name: Any = None
) -> TensorValue:
    return _pooled(input, ksize, strides, padding, data_format)


@operation("keras.ops.adaptive_average_pool", "keras.ops.adaptive_max_pool")
def adaptive_pool(inputs: Any, output_size: Any, data_format: Any = None) -> TensorValue:
    """For symbolic tensors with channels last Keras states a shape that it does not compute, so this one stays open."""
    x = tensor(inputs)
    parts = taken_apart(x, data_format)
    if parts is None or format_of(data_format) == CHANNELS_LAST:
        return x.with_shape(None)
    return put_together(x, parts[0], per_axis(output_size, len(parts[1])), parts[2], data_format)


# -------------------------------------------------------------------------------------------- depth, patches, encoding


def _times(size: Size, factor: Size) -> Size:
    return None if size is None or factor is None else size * factor


def _exactly(size: Size, divisor: Size, what: str) -> Size:
    if size is None or divisor is None:
        return None
    if isinstance(size, int) and isinstance(divisor, int) and size % divisor:
        raise ShapeMismatch(f"expects a multiple of {divisor} {what}, got {size}")
    return size // divisor


@operation("keras.ops.depth_to_space", "tensorflow.nn.depth_to_space")
def depth_to_space(
    x: Any = None, block_size: Any = None, data_format: Any = CHANNELS_LAST, **named: Any
) -> TensorValue:
    """(b, h, w, c·r²) → (b, h·r, w·r, c)"""
    source, r = tensor(first_given(x, named, "input")), as_size(block_size)
    parts = taken_apart(source, data_format)
    if parts is None:
        return source.with_shape(None)
    channels = _exactly(parts[2], _times(r, r), "channels")
    return put_together(source, parts[0], tuple(_times(size, r) for size in parts[1]), channels, data_format)


@operation("keras.ops.space_to_depth", "tensorflow.nn.space_to_depth")
def space_to_depth(
    x: Any = None, block_size: Any = None, data_format: Any = CHANNELS_LAST, **named: Any
) -> TensorValue:
    """(b, h·r, w·r, c) → (b, h, w, c·r²)"""
    source, r = tensor(first_given(x, named, "input")), as_size(block_size)
    parts = taken_apart(source, data_format)
    if parts is None:
        return source.with_shape(None)
    sizes = tuple(_exactly(size, r, "rows and columns") for size in parts[1])
    return put_together(source, parts[0], sizes, _times(parts[2], _times(r, r)), data_format)


@operation("keras.ops.unfold")
def unfold_images(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> TensorValue:
    source = tensor(x)
    if source.shape is None:
        return source.with_shape(None)
    kernel, steps, sides, spread = (per_axis(setting, 2) for setting in (kernel_size, stride, padding, dilation))
    return source.with_shape(unfold(source.shape, kernel, steps, sides, spread))


@operation("keras.ops.fold")
def fold_images(
    x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> TensorValue:
    source = tensor(x)
    if source.shape is None:
        return source.with_shape(None)
    return source.with_shape(fold(source.shape, per_axis(output_size, 2), per_axis(kernel_size, 2)))


@operation("keras.ops.glu", "keras.activations.glu")
def glu(x: Any, axis: Any = -1) -> TensorValue:
    source = tensor(x)
    return along(source, axis, _exactly(size_along(source, axis), 2, "positions on the axis"))


@operation("tensorflow.nn.crelu")
def crelu(features: Any, axis: Any = -1, name: Any = None) -> TensorValue:
    source = tensor(features)
    return along(source, axis, _times(size_along(source, axis), 2))


def _inserted(shape: Shape, axis: int, size: Size) -> Shape:
    place = normalize_axis(axis, len(shape) + 1)
    return (*shape[:place], size, *shape[place:])


@operation("keras.ops.one_hot", "keras.backend.one_hot", "tensorflow.one_hot")
def one_hot(x: Any = None, num_classes: Any = None, *arguments: Any, axis: Any = -1, **named: Any) -> TensorValue:
    source = tensor(first_given(x, named, "indices"))
    count = as_size(first_given(num_classes, named, "depth"))
    if source.shape is None:
        return source.with_shape(None)
    place = -1 if axis is None else known_int(axis if not arguments or len(arguments) > 1 else arguments[0])
    return source.with_shape(_inserted(source.shape, place, count), dtype="float32")


@operation("keras.ops.multi_hot")
def multi_hot(inputs: Any, num_classes: Any = None, axis: Any = -1, *arguments: Any, **named: Any) -> TensorValue:
    """(batch, labels) → (batch, num_classes)"""
    source, count = tensor(inputs), as_size(first_given(num_classes, named, "num_tokens"))
    if source.shape is None:
        return source.with_shape(None)
    wide = _inserted(source.shape, known_int(axis), count)
    return source.with_shape((wide[-1],) if len(wide) == 2 else (wide[0], *wide[2:]))


@operation("keras.utils.to_categorical")
def to_categorical(x: Any = None, num_classes: Any = None, **named: Any) -> TensorValue:
    """Integers as rows of `num_classes` numbers; by default one more than the largest. A last axis of 1 goes."""
    source = first_given(x, named, "y")
    labels = tensor(source)
    elements = elements_of(labels)
    if num_classes is None:
        count: Size = (
            None if not elements or not all(isinstance(e, (int, float)) for e in elements) else int(max(elements)) + 1
        )
    else:
        count = as_size(num_classes)
    kind = "keras" if isinstance(source, TensorValue) and source.kind == "keras" else "numpy"
    if labels.shape is None:
        return TensorValue(None, kind=kind, reason=labels.reason)
    if labels.shape and labels.shape[-1] is None and len(labels.shape) > 1:
        return TensorValue(None, kind=kind)
    single = len(labels.shape) > 1 and labels.shape[-1] == 1
    return make(
        (*(labels.shape[:-1] if single else labels.shape), count), kind, "float32" if kind == "keras" else "float64"
    )


# ------------------------------------------------------------------------------------------------ attention, losses


@operation("keras.ops.dot_product_attention")
def dot_product_attention(query: Any, key: Any, value: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same_shape(tensor(query))


@operation("keras.backend.batch_dot")
def batch_dot(x: Any, y: Any, axes: Any = None) -> TensorValue:
    """One axis of each, the first (batch) shared; the default is the last of x and the last but one of y."""
    a, b = tensor(x), tensor(y)
    if a.shape is None or b.shape is None:
        return a.with_shape(None)
    if axes is None:
        left, right = len(a.shape) - 1, max(len(b.shape) - 2, 1)
    else:
        items = sequence(axes)
        left, right = (known_int(item) for item in (items if items is not None else (axes, axes)))
    left, right = normalize_axis(left, len(a.shape)), normalize_axis(right, len(b.shape))
    rest = [size for axis, size in enumerate(a.shape) if axis != left]
    rest += [size for axis, size in enumerate(b.shape) if axis not in (0, right)]
    return a.with_shape((*rest, 1) if len(rest) == 1 else tuple(rest))


@operation("keras.ops.binary_crossentropy", "keras.backend.binary_crossentropy",
           "tensorflow.nn.sigmoid_cross_entropy_with_logits")  # fmt: skip
def binary_crossentropy(target: Any = None, output: Any = None, *arguments: Any, **named: Any) -> TensorValue:
    return broadcasted(first_given(target, named, "labels"), first_given(output, named, "logits"))


@operation("keras.ops.categorical_crossentropy", "keras.backend.categorical_crossentropy",
           "tensorflow.nn.softmax_cross_entropy_with_logits")  # fmt: skip
def categorical_crossentropy(
    target: Any = None, output: Any = None, from_logits: Any = False, axis: Any = -1, **named: Any
) -> TensorValue:
    return reduce_tensor(tensor(first_given(output, named, "logits")), axis)


@operation("keras.ops.sparse_categorical_crossentropy", "keras.backend.sparse_categorical_crossentropy",
           "tensorflow.nn.sparse_softmax_cross_entropy_with_logits")  # fmt: skip
def sparse_categorical_crossentropy(
    target: Any = None, output: Any = None, from_logits: Any = False, axis: Any = -1, **named: Any
) -> TensorValue:
    return reduce_tensor(tensor(first_given(output, named, "logits")), axis)


@operation("keras.ops.ctc_loss")
def ctc_loss(target: Any, output: Any, *arguments: Any, **named: Any) -> TensorValue:
    source = tensor(output)
    return source.with_shape(None if source.shape is None else source.shape[:1])


@operation("keras.ops.ctc_decode")
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: Any = "greedy",
    beam_width: Any = 100,
    top_paths: Any = 1,
    **named: Any,
) -> Value:
    source = tensor(inputs)
    if source.shape is None:
        return source.with_shape(None), source.with_shape(None)
    paths = 1 if known_text(strategy) == "greedy" else as_size(top_paths)
    return source.with_shape((paths, *source.shape[:2])), source.with_shape((source.shape[0], paths))


@operation("keras.ops.psnr")
def psnr(x1: Any, x2: Any, max_val: Any) -> TensorValue:
    return tensor(x1).with_shape(())


@operation("tensorflow.nn.embedding_lookup")
def embedding_lookup(params: Any, ids: Any, *arguments: Any, **named: Any) -> TensorValue:
    table, indices = tensor(params), tensor(ids)
    if table.shape is None or indices.shape is None:
        return table.with_shape(None)
    return table.with_shape((*indices.shape, *table.shape[1:]))


@operation("tensorflow.nn.l2_loss")
def l2_loss(t: Any, name: Any = None) -> TensorValue:
    return tensor(t).with_shape(())
