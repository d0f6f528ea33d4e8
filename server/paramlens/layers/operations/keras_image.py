"""Images and signals: `keras.ops.image`, `tensorflow.image`, windows, Fourier transforms, segments, histograms."""

from __future__ import annotations

from typing import Any

from paramlens.dims import maximum, minimum
from paramlens.layers.declare import operation
from paramlens.layers.operations.keras_elementwise import same_shape, tensor
from paramlens.layers.operations.keras_nn import CHANNELS_LAST, format_of
from paramlens.layers.operations.naming import prefixed, words
from paramlens.layers.operations.rearranging import along, size_along
from paramlens.layers.operations.tensors import (
    as_size,
    as_sizes,
    known_bool,
    known_text,
    per_axis,
    sequence,
)
from paramlens.shapes import Size, broadcast, keras_window
from paramlens.values import TensorValue, Unknown, Value

IMAGE = "keras.ops.image"
_SAME = words("affine_transform elastic_transform gaussian_blur hsv_to_rgb rgb_to_hsv perspective_transform")


@operation(*prefixed(IMAGE, _SAME))
def image_function(images: Any, *arguments: Any, **named: Any) -> TensorValue:
    return same_shape(tensor(images))


def _axes(data_format: Any) -> tuple[int, int, int]:
    """Where height, width and channels stand."""
    return (-3, -2, -1) if format_of(data_format) == CHANNELS_LAST else (-2, -1, -3)


def _resized(x: TensorValue, height: Size, width: Size, data_format: Any = None) -> TensorValue:
    rows, columns, _ = _axes(data_format)
    return x.with_shape(None) if x.shape is None else along(along(x, rows, height), columns, width)


@operation("keras.ops.image.resize", "tensorflow.image.resize", "keras.preprocessing.image.smart_resize")
def resize(images: Any, size: Any, *arguments: Any, data_format: Any = None, **named: Any) -> TensorValue:
    x = tensor(images)
    sizes = as_sizes(size)
    if known_bool(named.get("preserve_aspect_ratio", False)) or sizes is None:
        return _resized(x, None, None, data_format)
    height, width = per_axis(sizes, 2)
    return _resized(x, height, width, data_format)


@operation("tensorflow.image.resize_with_crop_or_pad", "tensorflow.image.resize_with_pad")
def resize_to(image: Any, target_height: Any, target_width: Any, *arguments: Any, **named: Any) -> TensorValue:
    return _resized(tensor(image), as_size(target_height), as_size(target_width))


@operation("tensorflow.image.crop_to_bounding_box", "tensorflow.image.pad_to_bounding_box")
def bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> TensorValue:
    return _resized(tensor(image), as_size(target_height), as_size(target_width))


@operation("tensorflow.image.random_crop", "tensorflow.random.crop")
def random_crop(value: Any, size: Any, *arguments: Any, **named: Any) -> TensorValue:
    return tensor(value).with_shape(as_sizes(size))


@operation("tensorflow.image.central_crop")
def central_crop(image: Any, central_fraction: Any) -> TensorValue:
    return _resized(tensor(image), None, None)


@operation("tensorflow.image.rot90", "tensorflow.image.transpose")
def turned(image: Any, *arguments: Any, **named: Any) -> TensorValue:
    x = tensor(image)
    height, width = size_along(x, -3), size_along(x, -2)
    return _resized(x, *((height, width) if height == width else (None, None)))


@operation("keras.ops.image.rgb_to_grayscale", "tensorflow.image.rgb_to_grayscale")
def rgb_to_grayscale(images: Any, data_format: Any = None, name: Any = None) -> TensorValue:
    return along(tensor(images), _axes(data_format)[2], 1)


@operation("tensorflow.image.grayscale_to_rgb")
def grayscale_to_rgb(images: Any, name: Any = None) -> TensorValue:
    return along(tensor(images), -1, 3)


@operation("keras.ops.image.crop_images")
def crop_images(
    images: Any, top_cropping: Any = None, left_cropping: Any = None, bottom_cropping: Any = None,
    right_cropping: Any = None, target_height: Any = None, target_width: Any = None, data_format: Any = None,
) -> TensorValue:  # fmt: skip
    x = tensor(images)
    rows, columns, _ = _axes(data_format)
    height = _changed(x, rows, target_height, top_cropping, bottom_cropping, -1)
    return _resized(x, height, _changed(x, columns, target_width, left_cropping, right_cropping, -1), data_format)


@operation("keras.ops.image.pad_images")
def pad_images(
    images: Any, top_padding: Any = None, left_padding: Any = None, bottom_padding: Any = None,
    right_padding: Any = None, target_height: Any = None, target_width: Any = None, data_format: Any = None,
) -> TensorValue:  # fmt: skip
    x = tensor(images)
    rows, columns, _ = _axes(data_format)
    height = _changed(x, rows, target_height, top_padding, bottom_padding, 1)
    return _resized(x, height, _changed(x, columns, target_width, left_padding, right_padding, 1), data_format)


def _changed(x: TensorValue, axis: int, target: Any, before: Any, after: Any, sign: int) -> Size:
    """The target where it is given, else the size with both sides added (+1) or cut off (−1)."""
    if target is not None:
        return as_size(target)
    size, first, second = size_along(x, axis), as_size(before), as_size(after)
    if size is None or first is None or second is None:
        return None
    return size + sign * (first + second)


@operation("keras.ops.image.extract_patches", "keras.ops.image.extract_patches_3d")
def extract_patches(
    images: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: Any = "valid", data_format: Any = None
) -> TensorValue:
    """Each patch as one row of size·size·channels numbers."""
    x = tensor(images)
    items = sequence(size)
    if x.shape is None or isinstance(size, Unknown):
        return x.with_shape(None)
    count = len(items) if items is not None else 3 if len(x.shape) == 5 else 2
    last = format_of(data_format) == CHANNELS_LAST
    start = len(x.shape) - count - (1 if last else 0)
    spatial = x.shape[start : start + count]
    kernel = per_axis(size, count)
    steps = kernel if strides is None else per_axis(strides, count)
    windows = zip(spatial, kernel, steps, per_axis(dilation_rate, count), strict=True)
    sizes = tuple(keras_window(n, k, s, known_text(padding), d) for n, k, s, d in windows)
    channels = x.shape[-1] if last else x.shape[start - 1]
    for side in kernel:
        channels = None if channels is None or side is None else channels * side
    batch = x.shape[:start] if last else x.shape[: start - 1]
    return x.with_shape((*batch, *sizes, channels) if last else (*batch, channels, *sizes))


@operation("tensorflow.image.extract_patches")
def extract_image_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: Any, name: Any = None
) -> TensorValue:
    settings = [(sequence(item) or (None,) * 4)[1:3] for item in (sizes, strides, rates)]
    return extract_patches(images, settings[0], settings[1], settings[2], padding)


@operation("keras.ops.image.map_coordinates")
def map_coordinates(inputs: Any, coordinates: Any, *arguments: Any, **named: Any) -> TensorValue:
    places = tensor(coordinates)
    return places.with_shape(None if places.shape is None else places.shape[1:])


@operation("keras.ops.image.scale_and_translate")
def scale_and_translate(images: Any, output_shape: Any, *arguments: Any, **named: Any) -> TensorValue:
    return tensor(images).with_shape(as_sizes(output_shape))


@operation("keras.ops.image.sobel_edges", "tensorflow.image.sobel_edges")
def sobel_edges(images: Any, data_format: Any = None) -> TensorValue:
    x = tensor(images)
    return x.with_shape(None if x.shape is None else (*x.shape, 2))


@operation("keras.ops.image.ssim", "tensorflow.image.ssim", "tensorflow.image.psnr")
def ssim(image1: Any, image2: Any, *arguments: Any, **named: Any) -> TensorValue:
    x = tensor(image1)
    return x.with_shape(None if x.shape is None else x.shape[:-3])


# --------------------------------------------------------------------------------------------------------- spectra


@operation("keras.ops.fft", "keras.ops.fft2", "keras.ops.ifft2")
def fft(x: Any) -> tuple[TensorValue, TensorValue]:
    """A pair of real and imaginary parts in, a pair out."""
    real = tensor((sequence(x) or (x,))[0])
    return same_shape(real), same_shape(real)


@operation("keras.ops.rfft")
def rfft(x: Any, fft_length: Any = None) -> tuple[TensorValue, TensorValue]:
    source = tensor(x)
    size = size_along(source, -1) if fft_length is None else as_size(fft_length)
    half = along(source, -1, None if size is None else size // 2 + 1)
    return half, same_shape(half)


@operation("keras.ops.irfft")
def irfft(x: Any, fft_length: Any = None) -> TensorValue:
    real = tensor((sequence(x) or (x,))[0])
    size = size_along(real, -1)
    if fft_length is not None:
        return along(real, -1, as_size(fft_length))
    return along(real, -1, None if size is None else 2 * (size - 1))


def _frames(size: Size, length: Size, stride: Size) -> Size:
    """1 + (size − length) // stride"""
    if size is None or length is None or stride is None:
        return None
    return 1 + (size - length) // stride


@operation("keras.ops.extract_sequences")
def extract_sequences(x: Any, sequence_length: Any, sequence_stride: Any) -> TensorValue:
    source, length = tensor(x), as_size(sequence_length)
    if source.shape is None:
        return source.with_shape(None)
    frames = _frames(source.shape[-1], length, as_size(sequence_stride))
    return source.with_shape((*source.shape[:-1], frames, length))


@operation("keras.ops.stft")
def stft(
    x: Any, sequence_length: Any, sequence_stride: Any, fft_length: Any, window: Any = "hann", center: Any = True
) -> tuple[TensorValue, TensorValue]:
    source, width = tensor(x), as_size(fft_length)
    if source.shape is None:
        return source.with_shape(None), source.with_shape(None)
    size = source.shape[-1]
    if size is not None and known_bool(center):
        size = None if width is None else size + width // 2 * 2
    frames = _frames(size, width, as_size(sequence_stride))
    part = source.with_shape((*source.shape[:-1], frames, None if width is None else width // 2 + 1))
    return part, same_shape(part)


@operation("keras.ops.istft")
def istft(
    x: Any, sequence_length: Any, sequence_stride: Any, fft_length: Any, *arguments: Any, **named: Any
) -> TensorValue:
    real = tensor((sequence(x) or (x,))[0])
    return real.with_shape(None if real.shape is None else (*real.shape[:-2], None))


# ------------------------------------------------------------------------------------------------- counts and sums


@operation(*prefixed("keras.ops", words("segment_max segment_min segment_prod segment_sum")))
def segments(data: Any, segment_ids: Any, num_segments: Any = None, sorted: Any = False) -> TensorValue:
    x = tensor(data)
    return x.with_shape(None if x.shape is None else (as_size(num_segments), *x.shape[1:]))


@operation("keras.ops.scatter")
def scatter(indices: Any, values: Any, shape: Any) -> TensorValue:
    return tensor(values).with_shape(as_sizes(shape))


@operation("keras.ops.bincount", "tensorflow.math.bincount")
def bincount(x: Any, *arguments: Any, **named: Any) -> TensorValue:
    source = tensor(x)
    return source.with_shape(None if source.shape is None else (*source.shape[:-1], None))


@operation("keras.ops.histogram")
def histogram(x: Any, bins: Any = 10, range: Any = None) -> tuple[TensorValue, TensorValue]:
    count = as_size(bins)
    source = tensor(x)
    return source.with_shape((count,)), source.with_shape((None if count is None else count + 1,))


@operation("keras.ops.correlate")
def correlate(x1: Any, x2: Any, mode: Any = "valid") -> TensorValue:
    """valid: |n − m| + 1, same: max(n, m), full: n + m − 1"""
    a, b = tensor(x1), tensor(x2)
    n, m = size_along(a, 0), size_along(b, 0)
    if n is None or m is None:
        return a.with_shape((None,))
    longest, shortest = maximum(n, m), minimum(n, m)
    lengths = {"valid": longest - shortest + 1, "same": longest, "full": n + m - 1}
    return a.with_shape((lengths[known_text(mode)],))


@operation("keras.ops.corrcoef")
def corrcoef(x: Any) -> TensorValue:
    """(n, m) → (n, n); for symbolic tensors Keras states (n, m)."""
    source = tensor(x)
    if source.shape is None or len(source.shape) != 2:
        return source.with_shape(None)
    rows, columns = source.shape
    return source.with_shape((rows, rows if rows == columns else None))


@operation("keras.ops.cdist")
def cdist(x: Any, y: Any) -> TensorValue:
    a, b = tensor(x), tensor(y)
    if a.shape is None or b.shape is None:
        return a.with_shape(None)
    return a.with_shape((*broadcast(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-2]))


@operation("keras.ops.vander")
def vander(x: Any, N: Any = None, increasing: Any = False) -> TensorValue:
    source = tensor(x)
    size = size_along(source, 0) if N is None else as_size(N)
    return source.with_shape(None if source.shape is None else (*source.shape, size))


@operation("keras.ops.unravel_index")
def unravel_index(indices: Any, shape: Any) -> Value:
    places, sizes = tensor(indices), as_sizes(shape)
    return tuple(same_shape(places) for _ in sizes or ())
