"""Expressions over Keras symbolic tensors. K: floats, KI: integers, of the shape given; None is an open batch size."""

# ruff: noqa: E501 (a case is one expression on one line)
from __future__ import annotations

from paramlens.layers.operations import keras_elementwise as tables

NOT_PLAIN = {
    "celu", "clip", "roll", "threshold", "layer_normalization", "rms_normalization", "batch_normalization",
    "slice_update",
    "scatter_update", "bitwise_invert", "bitwise_not", "cholesky", "cholesky_inverse", "inv", "stop_gradient",
    "fliplr", "nan_to_num",
}  # fmt: skip
INTEGER = {"bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift",
           "gcd", "lcm"}  # fmt: skip


def cases() -> list[str]:
    return [*elementwise(), *shapes(), *products(), *neural(), *images()]


def elementwise() -> list[str]:
    found = [f"ops.{name}(K(None, 3))" for name in tables.UNARY["keras.ops"] if name not in NOT_PLAIN]
    found += [f"keras.activations.{n}(K(None, 4))" for n in tables.UNARY["keras.activations"] if n != "threshold"]
    for name in tables.BINARY["keras.ops"]:
        maker = "KI" if name in INTEGER else "K"
        found += [f"ops.{name}({maker}(None, 3), {maker}(3))", f"ops.{name}({maker}(2, 1), {maker}(2, 4))"]
    for name in tables.COMPARISONS["keras.ops"]:
        found += [f"ops.{name}(K(None, 3), K(3))", f"ops.{name}(K(2, 1), K(1, 4))"]
    for name in tables.REDUCTIONS["keras.ops"]:
        found += [f"ops.{name}(K(None, 3, 4))", f"ops.{name}(K(None, 3, 4), axis=1)", f"ops.{name}(K(2, 3), -1)"]
        if name not in ("count_nonzero", "argmax", "argmin", "nanargmax", "nanargmin"):
            found += [f"ops.{name}(K(None, 3, 4), axis=(1, 2))", f"ops.{name}(K(2, 3, 4), [0, -1], keepdims=True)"]
    return [*found,
        "ops.clip(K(None, 3), 0, 1)", "ops.roll(K(2, 3), 1)", "ops.threshold(K(2), 0.1, 0)", "ops.celu(K(2))",
        "ops.fliplr(K(2, 3))", "ops.stop_gradient(K(2, 3))", "ops.inv(K(2, 3, 3))", "ops.cholesky(K(3, 3))",
        "ops.nan_to_num(K(2, 3))", "ops.cast(K(None, 3), 'int32')", "ops.convert_to_tensor(K(2, 3))",
        "ops.where(K(None, 1) > 0, K(3), K(None, 3))", "ops.quantile(K(2, 3), 0.5, axis=1)",
        "ops.percentile(K(2, 3), 50)",
        "ops.moments(K(None, 3), axes=[0])", "ops.moments(K(2, 3), 1, keepdims=True)", "ops.cumsum(K(2, 3), axis=1)",
        "ops.cumsum(K(2, 3))", "ops.cumprod(K(2, 3), 0)", "ops.argsort(K(2, 3))", "ops.average(K(2, 3), axis=0)",
        "ops.norm(K(2, 3), axis=1)", "ops.norm(K(2, 3))", "ops.trapezoid(K(2, 3))", "ops.isfinite(K(None, 3))",
        "ops.logical_not(K(2))", "ops.isin(K(2, 3), K(4))", "ops.select([K(2) > 0], [K(2)])",
        "ops.layer_normalization(K(2, 3))",
        "ops.rms_normalization(K(2, 3))", "ops.batch_normalization(K(2, 3), K(3), K(3), -1)",
        "ops.nancumsum(K(2, 3), 1)", "K(None, 3) + 1", "K(None, 3) * K(3)", "K(2, 1) - K(4)", "2 * K(3)", "1 - K(2)",
        "-K(2, 3)", "K(2) / 2",
        "K(2, 3) @ K(3, 4)", "K(None, 3) > 0", "K(2, 3) ** 2", "K(2, 3) // 2", "K(2, 3) % 2",
        "ops.bitwise_not(KI(2))", "ops.zeros_like(K(2, 3))", "ops.full_like(K(2, 3), 2)", "ops.empty_like(K(2, 3))",
    ]  # fmt: skip


def shapes() -> list[str]:
    found = []
    for target in ("(-1, 6)", "(2, -1)", "(3, 2, -1)", "(-1,)", "(5, 5)", "(6, 4)"):
        found += [f"ops.reshape(K(2, 3, 4), {target})", f"ops.reshape(K(None, 3, 4), {target})"]
    for axis in (0, 1, -1, 3):
        found += [f"ops.expand_dims(K(None, 3), {axis})", f"ops.squeeze(K(2, 1, 3), {axis})", f"ops.concatenate([K(None, 3), K(None, 4)], {axis})", f"ops.stack([K(None, 3), K(None, 3)], axis={axis})",
                  f"ops.take(K(4, 3), KI(2, 5), axis={axis})", f"ops.flip(K(2, 3), {axis})",
                  f"ops.repeat(K(2, 3), 2, axis={axis})", f"ops.split(K(4, 6), 2, axis={axis})",
                  f"ops.swapaxes(K(2, 3, 4), 0, {axis})",
                  f"ops.unstack(K(2, 3), axis={axis})", f"ops.one_hot(KI(2, 3), 5, axis={axis})",
                  f"ops.diff(K(4, 5), axis={axis})", f"ops.moveaxis(K(2, 3, 4), 0, {axis})"]  # fmt: skip
    return [*found,
        "ops.transpose(K(2, 3, 4))", "ops.transpose(K(None, 3, 4), (0, 2, 1))", "ops.squeeze(K(None, 1, 3))",
        "ops.squeeze(K(1, 2, 1))", "ops.ravel(K(2, 3))", "ops.ravel(K(None, 3))",
        "ops.expand_dims(K(2, 3), (0, -1))",
        "ops.broadcast_to(K(3), (2, 3))", "ops.append(K(2, 3), K(1, 3), axis=0)", "ops.append(K(2), K(3))",
        "ops.vstack([K(2, 3), K(1, 3)])", "ops.hstack([K(2, 3), K(2, 1)])", "ops.dstack([K(2, 3), K(2, 3)])",
        "ops.split(K(None, 6), 3, axis=1)", "ops.split(K(None, 6), [2, 3], axis=1)", "ops.split(K(5), 2)",
        "ops.array_split(K(5), 2)", "ops.tile(K(2, 3), (1, 2))", "ops.tile(K(2, 3), 2)", "ops.repeat(K(2, 3), 2)",
        "ops.rot90(K(2, 3))",
        "ops.pad(K(None, 3), ((0, 0), (1, 2)))", "ops.pad(K(2, 3), 1)", "ops.pad(K(2, 3), (1, 2))",
        "ops.meshgrid(K(2), K(3))", "ops.meshgrid(K(2), K(3), indexing='ij')", "ops.take(K(4, 3), KI(2))",
        "ops.take(K(4, 3), 0, axis=1)",
        "ops.take_along_axis(K(4, 3), KI(4, 2), axis=1)", "ops.top_k(K(None, 6), 2)", "ops.diag(K(3))",
        "ops.diag(K(3, 4), 1)", "ops.diagonal(K(3, 4))", "ops.diagonal(K(2, 3, 4), 1, 1, 2)", "ops.trace(K(3, 3))",
        "ops.tril(K(3, 4))",
        "ops.slice(K(4, 5), (1, 1), (2, 3))", "ops.slice_update(K(4, 5), (1, 1), K(2, 2))",
        "ops.scatter_update(K(4, 5), KI(2, 1), K(2, 5))", "ops.scatter(KI(2, 1), K(2), (5,))",
        "ops.searchsorted(K(5), K(3))", "ops.shape(K(2, 3))",
        "K(2, 3).shape", "K(None, 3).ndim", "K(None, 3, 4)[:, 0]", "K(None, 3, 4)[..., None]",
        "K(None, 3, 4)[:, 1:, ::2]", "K(2, 3)[0]", "K(None, 3)[:, -1]", "K(None, 3, 4)[:, :-1]",
        "K(None, 4)[:, None]",
        "ops.digitize(K(2, 3), [0.0, 1.0])", "ops.histogram(K(10), 5)", "ops.bincount(KI(5))",
        "ops.diagflat(K(2, 2))", "ops.vander(K(3))", "ops.corrcoef(K(3, 5))", "ops.cdist(K(2, 3), K(4, 3))",
        "ops.unravel_index(KI(4), (2, 3))",
        "ops.rearrange(K(2, 3, 4), 'b h w -> b (h w)')", "ops.unique(K(4))", "ops.argpartition(K(2, 5), 2)",
        "ops.view(K(2, 3))", "ops.view_as_real(K(2, 3))", "ops.view_as_complex(K(3, 2))",
        "ops.in_top_k(KI(4), K(4, 5), 2)",
        "ops.segment_sum(K(5, 3), KI(5), num_segments=2)", "ops.correlate(K(5), K(3))",
        "ops.correlate(K(5), K(3), 'full')", "ops.logsumexp(K(2, 3), axis=1)", "ops.array_split(K(7, 3), 3)",
        "ops.hsplit(K(4, 6), 2)", "ops.vsplit(K(4, 6), 2)",
        "ops.dsplit(K(2, 4, 6), 3)", "ops.zeros((2, 3)).shape", "ops.ones((2,)).shape", "ops.full((2, 2), 3).shape",
        "ops.arange(5).shape", "ops.arange(1, 6, 2).shape", "ops.linspace(0, 1, 7).shape", "ops.eye(3).shape",
        "ops.eye(2, 3).shape",
        "ops.identity(3).shape", "ops.tri(3).shape", "ops.hanning(5).shape", "ops.kaiser(5, 1.0).shape",
        "ops.empty((2, 3)).shape", "keras.random.normal((2, 3)).shape", "keras.random.uniform((2,)).shape",
        "keras.random.randint((4,), 0, 3).shape",
        "keras.random.categorical(T(2, 5), 3).shape", "keras.random.gamma((2,), 0.5).shape",
        "keras.random.truncated_normal((2, 3)).shape", "keras.random.shuffle(T(4, 2)).shape",
        "keras.utils.to_categorical(J(4), 10).shape",
        "keras.utils.to_categorical(J(4, 1), 10).shape", "keras.utils.to_categorical([0, 2, 1])",
        "keras.utils.to_categorical(J(4, 3), num_classes=10).shape",
        "keras.utils.pad_sequences([[1, 2], [3]], maxlen=5).shape", "keras.utils.pad_sequences([[1, 2], [3]]).shape",
        "keras.random.beta((2,), 1.0, 1.0).shape", "keras.random.binomial((2,), 3, 0.5).shape",
        "keras.random.dropout(T(2, 3), 0.5).shape", "ops.logspace(0, 1, 5).shape", "ops.geomspace(1, 8, 4).shape",
    ]  # fmt: skip


def products() -> list[str]:
    return [
        "ops.matmul(K(None, 3), K(3, 4))", "ops.matmul(K(None, 2, 3), K(None, 3, 4))",
        "ops.matmul(K(2, 3), K(4, 5))", "ops.dot(K(2, 3), K(3, 4))", "ops.dot(K(2, 3, 4), K(5, 4, 6))",
        "ops.vdot(K(3), K(3))", "ops.inner(K(2, 3), K(4, 3))",
        "ops.outer(K(2), K(3))", "ops.tensordot(K(2, 3, 4), K(3, 4, 5), axes=2)",
        "ops.tensordot(K(2, 3), K(4, 3), axes=[[1], [1]])",
        "ops.einsum('bij,bjk->bik', K(None, 2, 3), K(None, 3, 4))",
        "ops.einsum('...i,ij->...j', K(None, 5, 3), K(3, 4))",
        "ops.kron(K(2, 2), K(3, 3))", "ops.cross(K(2, 3), K(2, 3))", "ops.det(K(2, 3, 3))",
        "ops.slogdet(K(2, 3, 3))", "ops.svd(K(4, 3))", "ops.svd(K(4, 3), full_matrices=False)", "ops.qr(K(4, 3))",
        "ops.qr(K(4, 3), mode='complete')",
        "ops.eig(K(3, 3))", "ops.eigh(K(2, 3, 3))", "ops.solve(K(3, 3), K(3, 2))",
        "ops.solve_triangular(K(3, 3), K(3, 2))", "ops.lstsq(K(4, 3), K(4, 2))", "ops.lu_factor(K(3, 3))",
        "ops.pinv(K(4, 3))", "ops.logdet(K(2, 3, 3))", "ops.matrix_rank(K(2, 3, 4))",
        "ops.fft((K(2, 8), K(2, 8)))", "ops.fft2((K(2, 8, 8), K(2, 8, 8)))", "ops.rfft(K(2, 9))",
        "ops.rfft(K(2, 9), 16)", "ops.irfft((K(2, 5), K(2, 5)))", "ops.irfft((K(2, 5), K(2, 5)), fft_length=9)",
        "ops.extract_sequences(K(2, 16), 4, 2)",
        "ops.stft(K(2, 64), 16, 8, 16)", "ops.stft(K(2, 64), 16, 8, 16, center=False)",
        "ops.istft((K(2, 9, 9), K(2, 9, 9)), 16, 8, 16)", "ops.erf(K(2))",
    ]  # fmt: skip


def neural() -> list[str]:
    found = []
    for padding in ("valid", "same"):
        for strides in (1, 2):
            how = f"strides={strides}, padding='{padding}'"
            found += [
                f"ops.conv(K(None, 9, 8, 3), K(3, 2, 3, 6), {how})", f"ops.conv(K(None, 9, 3), K(3, 3, 6), {how})",
                f"ops.conv(K(2, 7, 8, 9, 2), K(3, 2, 3, 2, 4), {how})",
                f"ops.depthwise_conv(K(None, 9, 8, 3), K(3, 3, 3, 2), {how})",
                f"ops.separable_conv(K(None, 9, 8, 3), K(3, 3, 3, 2), K(1, 1, 6, 5), {how})",
                f"ops.conv_transpose(K(None, 5, 6, 3), K(3, 2, 4, 3), {how})",
                f"ops.conv_transpose(K(None, 5, 3), K(2, 4, 3), {how})",
                f"ops.max_pool(K(None, 9, 8, 3), 2, {how})", f"ops.average_pool(K(None, 9, 3), 3, {how})",
                f"ops.max_pool(K(None, 9, 8, 3), (3, 2), {how})",
                f"ops.conv(K(None, 3, 9, 8), K(3, 2, 3, 6), {how}, data_format='channels_first')",
                f"ops.max_pool(K(None, 3, 9, 8), 2, {how}, data_format='channels_first')",
            ]  # fmt: skip
    return [*found,
        "ops.conv(K(None, None, None, 3), K(3, 3, 3, 6))", "ops.conv(K(None, 9, 8, 6), K(3, 3, 3, 4))",
        "ops.conv(K(None, 9, 8, 4), K(3, 3, 3, 4))", "ops.conv(K(None, 9, 8, 3), K(3, 3, 3, 4), dilation_rate=2)",
        "ops.max_pool(K(None, 9, 8, 3), 2)",
        "ops.conv_transpose(K(None, 5, 6, 3), K(3, 3, 4, 3), 2, 'same', output_padding=1)",
        "ops.adaptive_average_pool(K(None, 3, 9, 8), (4, 4), data_format='channels_first')",
        "ops.adaptive_max_pool(K(None, 9, 8, 3), (2, 3))", "ops.depth_to_space(K(None, 4, 4, 12), 2)",
        "ops.space_to_depth(K(None, 4, 6, 3), 2)",
        "ops.depth_to_space(K(None, 12, 4, 4), 2, data_format='channels_first')", "ops.unfold(K(2, 3, 8, 9), 3)",
        "ops.fold(K(2, 27, 42), (8, 9), 3)", "ops.glu(K(2, 6))", "ops.one_hot(KI(None), 10)",
        "ops.multi_hot(KI(None, 4), 10)", "ops.dot_product_attention(K(2, 5, 4, 8), K(2, 6, 4, 8), K(2, 6, 4, 8))",
        "ops.binary_crossentropy(K(None, 3), K(None, 3))", "ops.categorical_crossentropy(K(None, 3), K(None, 3))",
        "ops.sparse_categorical_crossentropy(KI(None), K(None, 3))",
        "ops.ctc_loss(KI(2, 4), K(2, 9, 5), KI(2), KI(2))", "ops.ctc_decode(K(2, 9, 5), KI(2))",
        "ops.psnr(K(2, 3), K(2, 3), 1)", "ops.normalize(K(2, 3))", "ops.polar(K(2, 3), K(2, 3))",
        "keras.activations.glu(K(2, 6))", "ops.sparsemax(K(2, 3))",
    ]  # fmt: skip


def images() -> list[str]:
    return [
        "ops.image.resize(K(None, 8, 8, 3), (4, 5))", "ops.image.resize(K(8, 8, 3), (4, 5))",
        "ops.image.resize(K(None, 3, 8, 8), (4, 5), data_format='channels_first')",
        "ops.image.rgb_to_grayscale(K(None, 8, 8, 3))", "ops.image.rgb_to_hsv(K(None, 8, 8, 3))",
        "ops.image.crop_images(K(2, 9, 8, 3), 1, 2, 3, 1)",
        "ops.image.crop_images(K(2, 9, 8, 3), top_cropping=1, left_cropping=2, target_height=4, target_width=4)",
        "ops.image.pad_images(K(2, 9, 8, 3), 1, 2, 3, 1)",
        "ops.image.pad_images(K(2, 9, 8, 3), 1, 2, target_height=12, target_width=12)",
        "ops.image.extract_patches(K(2, 9, 8, 3), (3, 2))",
        "ops.image.extract_patches(K(2, 9, 8, 3), 3, strides=(2, 2), padding='same')",
        "ops.image.extract_patches(K(9, 8, 3), 3)",
        "ops.image.extract_patches_3d(K(2, 9, 8, 7, 3), (3, 2, 2))",
        "ops.image.affine_transform(K(2, 8, 8, 3), K(2, 8))", "ops.image.map_coordinates(K(4, 5), K(2, 6, 7), 1)",
        "ops.image.gaussian_blur(K(2, 8, 8, 3))", "ops.image.sobel_edges(K(2, 8, 8, 3))",
        "ops.image.ssim(K(2, 8, 8, 3), K(2, 8, 8, 3), 1.0)", "ops.image.elastic_transform(K(2, 8, 8, 3))",
        "ops.image.hsv_to_rgb(K(2, 8, 8, 3))",
        "ops.image.perspective_transform(K(2, 8, 8, 3), K(2, 4, 2), K(2, 4, 2))",
        "ops.image.scale_and_translate(K(8, 8, 3), (4, 4, 3), K(2), K(2), (0, 1), 'linear')",
        "ops.image.resize(K(None, None, None, 3), (4, 5))",
    ]  # fmt: skip
