"""Expressions over numpy arrays and einops patterns. A: floats, J: integers, M: a mask, of the shape given."""

# ruff: noqa: E501 (a case is one expression on one line)
from __future__ import annotations

from paramlens.layers.operations import numpy_math


def cases() -> list[str]:
    return [*numbers(), *arrays(), *shapes(), *einops()]


def numbers() -> list[str]:
    """What programs compute sizes with."""
    found = []
    values = [1, 2, 3, 4, 7, 8, 10, 64, 100, 224, 256, 1000, 1024, 4096, 0.5, 1.5, 2.5, 3.7, 6.25, 100.0]
    for name in (*numpy_math._ROUNDING, *numpy_math._KEEPING, "sqrt", "log2", "log", "log10", "exp2"):
        found += [f"np.{name}({value})" for value in values]
    found += [f"int(np.ceil({a} / {b}))" for a in (7, 10, 224) for b in (2, 3, 16)]
    found += [f"np.log({v}) / np.log(2)" for v in (8, 64, 1000)]
    found += [f"np.power({a}, {b})" for a in (2, 3, 1.5) for b in (0, 2, 5, 0.5)]
    for name in ("maximum", "minimum", "add", "subtract", "multiply", "divide", "floor_divide", "mod", "less", "equal"):
        found += [f"np.{name}(7, 3)", f"np.{name}(7.5, 2)", f"np.{name}([1, 5], 3)", f"np.{name}([[1], [5]], [2, 4]).shape"]
    for name in numpy_math._REDUCTIONS:
        found += [f"np.{name}([3, 1, 2])", f"np.{name}([[1, 2], [3, 4]])", f"np.{name}([[1, 2], [3, 4]], axis=0)"]
        found += [f"np.{name}([0.5, 0.25])", f"np.{name}(A(2, 3, 4), 1)", f"np.{name}(A(2, 3), axis=-1, keepdims=True)"]
    found += [
        "np.prod([3, 32, 32])", "np.prod((3, 4)) * 2", "np.prod(A(2, 3).shape)", "np.cumsum([1, 2, 3])",
        "np.cumprod([2, 3, 4]).tolist()", "np.cumsum([3, 4]).tolist()", "np.round(2.5)", "np.round(3.567, 1)",
        "np.linspace(0, 0.1, 5).tolist()", "np.linspace(1, 10, 4)", "np.linspace(0, 1, 5, endpoint=False)",
        "np.linspace(16, 256, 9)", "np.arange(4).tolist()", "np.arange(2, 11, 3).tolist()",
        "np.arange(0, 1, 0.25)", "np.arange(0.1, 0.75, 0.1)", "np.arange(5)[::2]", "np.array([1, 2, 3])[1]",
        "np.array([[1, 2], [3, 4]])[:, 1]", "np.array([3, 4]).prod()", "np.array([3, 4]).sum()",
        "np.array([1, 2, 3]).max()", "np.array([1, 2, 3]).mean()", "np.array([1.5, 2.5]).astype(int)",
        "np.array([1, 2]).astype('float32')", "np.int64(3.7)", "np.float32(0.5)", "np.clip(5, 0, 3)",
        "np.clip([1, 5, 9], 2, 6)", "np.abs(-3)", "np.sign(-2)", "np.dot([1, 2], [3, 4])",
        "np.array([1, 2]) @ np.array([3, 4])", "np.array([2, 4]).tolist()", "np.array(5).item()",
        "np.unique([3, 1, 3])",
        "np.ones(3)", "np.zeros((2, 2))", "np.full((2,), 7)", "np.eye(2)", "np.ones((2, 3)).size",
        "np.size([[1, 2], [3, 4]])", "np.shape([[1, 2], [3, 4]])", "np.ndim([[1]])", "np.array([4, 2]).argmax()",
        "np.where(np.array([True, False]), 1, 2).shape", "np.concatenate([[1, 2], [3]])", "np.append([1, 2], 3)",
        "np.stack([[1, 2], [3, 4]])", "np.hstack([[1], [2, 3]])", "np.repeat([1, 2], 2).shape",
        "np.array([1, 2, 3]).reshape(3, 1)", "np.array([[1, 2], [3, 4]]).T", "np.array([[1, 2], [3, 4]]).ravel()",
        "np.array([[1, 2], [3, 4]]).flatten().tolist()", "np.sqrt([4, 9])", "np.floor([1.5, 2.5])",
        "np.array([1, 2, 3]) * 2", "(np.array([1, 2, 3]) * 1.5).astype(int).tolist()",
        "(np.array([64, 128]) // 2).tolist()", "2 ** np.arange(4)", "(2 ** np.arange(4)).tolist()",
        "np.mean([1, 2])", "np.sum([1, 2])",
        "np.log2(224)", "np.floor(np.log2(100))", "int(np.round(np.sqrt(50)))", "np.sqrt(49)", "np.max([3, 4])",
        "np.min((2, 8))", "np.square(5)", "np.exp2(5)", "np.array([2, 3]).shape[0]", "np.isclose(1.0, 1.0).shape",
    ]  # fmt: skip
    return found


def arrays() -> list[str]:
    found = [f"np.random.{name}(2, 3).shape" for name in ("rand", "randn")]
    found += [f"np.random.{name}((2, 3)).shape" for name in ("random", "random_sample", "standard_normal")]
    found += [f"np.random.{name}(0.2, 0.6, size=(4, 5)).shape" for name in ("normal", "uniform", "gamma", "beta", "laplace")]
    found += [
        "np.random.normal(0, 1, (2, 3)).shape", "np.random.uniform(size=(3,)).shape",
        "np.random.normal(A(2, 1), A(3)).shape", "np.random.randint(0, 10, (2, 3)).shape",
        "np.random.randint(5, size=4).shape",
        "np.random.choice(5, 3).shape", "np.random.choice([1, 2, 3], size=(2, 2)).shape",
        "np.random.permutation(5).shape", "np.random.permutation(A(4, 2)).shape",
        "np.random.poisson(3, (2, 2)).shape",
        "np.random.binomial(10, 0.5, 7).shape", "np.random.exponential(1.0, (3,)).shape", "np.zeros(3).shape",
        "np.zeros((2, 3)).shape", "np.ones([2]).shape", "np.empty((1, 2)).shape", "np.full((2, 3), 1.5).shape",
        "np.zeros_like(A(2, 3)).shape", "np.full_like(A(2), 3).shape", "np.eye(3, 4).shape", "np.identity(3).shape",
        "np.array([A(2), A(2)]).shape", "np.asarray(A(2, 3)).shape", "np.meshgrid(A(2), A(3))",
        "np.meshgrid(A(2), A(3), indexing='ij')", "np.indices((2, 3)).shape", "np.tri(3).shape",
        "np.logspace(0, 1, 5).shape", "np.geomspace(1, 8, 4).shape", "np.hanning(5).shape",
    ]  # fmt: skip
    unary = [*numpy_math._SHAPE_ONLY, *numpy_math._PREDICATES, *numpy_math._REAL]
    found += [f"np.{name}(A(2, 3)).shape" for name in unary if name not in ("invert", "bitwise_not")]
    found += [f"np.{name}(A(2, 1), A(3)).shape" for name in ("arctan2", "hypot", "logical_and", "isclose", "maximum", "add", "power")]
    return found


def shapes() -> list[str]:
    found = []
    for axis in (0, 1, -1, 3):
        found += [f"np.concatenate([A(2, 3), A(2, 3)], axis={axis})", f"np.stack([A(2, 3), A(2, 3)], {axis})", f"np.expand_dims(A(2, 3), {axis})", f"np.squeeze(A(1, 2, 1), {axis})"]
        found += [f"np.split(A(4, 6), 2, axis={axis})", f"np.array_split(A(5, 7), 3, {axis})", f"np.repeat(A(2, 3), 2, axis={axis})", f"A(2, 3).sum({axis})", f"np.take(A(2, 3), [0, 1, 0], {axis})"]
    return [*found,
        "np.reshape(A(2, 3), (3, 2))", "A(2, 3).reshape(-1)", "A(2, 3).reshape((6, 1))", "A(2, 3).reshape(4, 2)",
        "A(2, 3, 4).transpose()", "A(2, 3, 4).transpose(2, 0, 1)", "np.transpose(A(2, 3, 4), (1, 0, 2))",
        "A(2, 3).T", "A(2, 3).ravel()", "A(2, 3).flatten()", "np.swapaxes(A(2, 3, 4), 0, 2)",
        "np.moveaxis(A(2, 3, 4), 0, -1)", "np.moveaxis(A(2, 3, 4), [0, 1], [1, 2])", "np.rollaxis(A(2, 3, 4), 2)",
        "A(1, 3).squeeze()",
        "np.broadcast_to(A(3), (2, 3))", "np.atleast_2d(A(3))", "np.atleast_3d(A(2, 3))",
        "np.vstack([A(2, 3), A(1, 3)])", "np.hstack([A(2, 3), A(2, 1)])", "np.hstack([A(2), A(3)])",
        "np.dstack([A(2, 3), A(2, 3)])",
        "np.column_stack([A(3), A(3)])", "np.concatenate([A(2, 3), A(2, 4)])",
        "np.concatenate([A(2, 3), A(2, 4)], axis=None)", "np.append(A(2, 3), A(1, 3), axis=0)",
        "np.split(A(7), [2, 5])", "np.split(A(7), 3)",
        "np.vsplit(A(4, 2), 2)", "np.hsplit(A(4, 6), [1, 3])", "np.tile(A(2, 3), 2)", "np.tile(A(2, 3), (2, 1, 2))",
        "np.pad(A(2, 3), 1)", "np.pad(A(2, 3), (1, 2))", "np.pad(A(2, 3), ((0, 0), (1, 2)))",
        "np.pad(A(2, 3), ((1, 2),), mode='edge')", "np.repeat(A(2, 3), 3)", "np.flip(A(2, 3), 0)",
        "np.roll(A(2, 3), 1, axis=0)", "np.rot90(A(2, 3))", "np.sort(A(2, 3))", "np.argsort(A(2, 3), axis=0)",
        "np.diff(A(2, 5))",
        "np.diag(A(3))", "np.diag(A(3, 4), 1)", "np.diagonal(A(3, 4))", "np.trace(A(3, 3))",
        "np.matmul(A(2, 3), A(3, 4))", "np.dot(A(2, 3), A(3, 4))", "np.dot(A(2, 3, 4), A(5, 4, 6))",
        "A(2, 3) @ A(4, 5)",
        "np.inner(A(2, 3), A(4, 3))", "np.outer(A(2), A(3))", "np.tensordot(A(2, 3, 4), A(3, 4, 5))",
        "np.einsum('ij,jk->ik', A(2, 3), A(3, 4))", "np.kron(A(2, 2), A(3, 3))", "np.cross(A(2, 3), A(2, 3))",
        "np.linalg.norm(A(2, 3), axis=1)",
        "np.linalg.norm(A(2, 3))", "np.linalg.inv(A(3, 3))", "np.linalg.svd(A(4, 3))",
        "np.linalg.svd(A(4, 3), full_matrices=False)", "np.linalg.det(A(2, 3, 3))",
        "np.linalg.solve(A(3, 3), A(3, 2))", "np.linalg.pinv(A(4, 3))",
        "np.fft.fft(A(2, 8))", "np.fft.rfft(A(2, 9))", "np.interp(A(4), A(5), A(5))",
        "np.searchsorted(A(5), A(2, 3))", "np.histogram(A(10), bins=5)", "np.percentile(A(2, 3), 50, axis=1)",
        "np.quantile(A(2, 3), [0.1, 0.5])",
        "np.average(A(2, 3), axis=0)", "np.argwhere(A(2, 3)).ndim", "A(2, 3).astype('float32')", "A(2, 3).copy()",
        "A(2, 3).size", "A(2, 3).ndim", "A(2, 3).shape", "np.shape(A(2, 3))", "np.size(A(2, 3), 1)",
        "A(2, 3).repeat(2, 0)",
        "A(2, 3, 4).mean(axis=(0, 1))", "A(2, 3).std()", "A(2, 3).max(axis=1, keepdims=True)",
        "A(2, 3)[:, np.newaxis]", "np.select([M(2, 3)], [A(2, 3)])", "np.clip(A(2, 3), 0, 1)",
    ]  # fmt: skip


def einops() -> list[str]:
    rearranged = [
        ("T(2, 3, 8, 8)", "'b c h w -> b (c h w)'"),
        ("T(2, 3, 8, 8)", "'b c (h p) (w q) -> b (h w) (p q c)', p=4, q=2"),
        ("T(2, 12, 4)", "'b (h d) n -> b h n d', h=3"), ("T(2, 12, 4)", "'b (h d) n -> b h n d', h=5"),
        ("T(2, 3, 4, 5)", "'b ... -> b (...)'"), ("T(2, 3, 4, 5)", "'... h w -> ... w h'"),
        ("T(2, 3)", "'b c -> b c 1'"), ("T(2, 1, 3)", "'b 1 c -> b c'"), ("T(2, 3)", "'b c -> b () c'"),
        ("T(2, 3)", "'b c h -> b c'"),
        ("T(2, 3, 4)", "'b n d -> n b d'"), ("T(2, 3, 4)", "'b n d -> (b n) d'"),
        ("[T(2, 3), T(2, 3)]", "'k b c -> b (k c)'"), ("A(2, 3, 4)", "'a b c -> c (a b)'"),
        ("T(6, 4)", "'(a b) c -> a b c', a=2, b=3"), ("T(6, 4)", "'(a b) c -> a b c', a=2, b=4"),
        ("T(2, 3, 4)", "'b ... d -> b d ...'"), ("T(2, 24)", "'b (three h d) -> three b h d', three=3, h=2"),
        ("T(2, 3)", "'b c -> b'"), ("T(2, 2)", "'b 1 -> b'"),
    ]  # fmt: skip
    repeated = [("T(2, 3)", "'b c -> b n c', n=4"), ("T(2, 3)", "'b c -> (b r) c', r=2"), ("T(1, 5, 8)", "'1 n d -> b n d', b=7"), ("T(4, 4)", "'h w -> (h 2) (w 3)'"), ("T(8)", "'d -> b () d', b=2"), ("T(2, 3)", "'... -> ... k', k=2")]
    reduced = [("T(2, 3, 8, 8)", "'b c h w -> b c', 'mean'"), ("T(2, 3, 8, 8)", "'b c (h p) (w q) -> b c h w', 'max', p=2, q=4"), ("T(2, 3, 4)", "'b n d -> b 1 d', 'sum'"), ("T(2, 3, 4)", "'... d -> d', 'mean'"), ("T(2, 3)", "'a b -> ', 'sum'"),
               ("T(2, 3, 8, 8)", "'b c (h 2) (w 2) -> b c h w', 'mean'")]  # fmt: skip
    found = [f"einops.rearrange({x}, {rest})" for x, rest in rearranged] + [f"einops.repeat({x}, {rest})" for x, rest in repeated]
    return [*found, *(f"einops.reduce({x}, {rest})" for x, rest in reduced),
        "einops.einsum(T(2, 3), T(3, 4), 'b i, i o -> b o')",
        "einops.einsum(T(2, 5, 3), T(4, 3), 'b ... in_dim, out_dim in_dim -> b ... out_dim')",
        "einops.parse_shape(T(2, 3, 4), 'b _ c')",
        "einops.pack([T(2, 3, 4), T(2, 4)], 'b * c')", "einops.pack([T(2, 8), T(2, 3, 8)], 'b * d')[0]",
        "einops.unpack(T(2, 7, 3), [(2, 2), (3,)], 'b * c')",
    ]  # fmt: skip
