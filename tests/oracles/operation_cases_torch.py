"""Expressions over torch tensors. T: floats, I: zeros as indices, B: true, C: complex numbers, of the shape given."""

# ruff: noqa: E501 (a case is one expression on one line)
from __future__ import annotations

from paramlens.layers.operations import torch_elementwise, torch_functional

NO_PLAIN_CALL = {
    "logit", "mvlgamma", "polygamma", "renorm", "prelu", "softmax", "log_softmax", "logcumsumexp", "bitwise_not",
    "dequantize", "dropout", "alpha_dropout", "feature_alpha_dropout", "feature_dropout", "threshold", "tril", "triu",
    "fake_quantize_per_tensor_affine", "native_dropout_backward", "detach_copy", "cumsum", "cumprod", "angle",
    "channel_shuffle", "native_channel_shuffle", "local_response_norm", "dropout1d", "dropout2d", "dropout3d",
    "clamp", "clamp_max", "clamp_min", "clip",
}  # fmt: skip
INTEGER = {"bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift", "gcd", "lcm"}


def cases() -> list[str]:
    return [*elementwise(), *creation(), *shapes(), *joining(), *reductions(), *products(), *choosing(), *windows(),
            *functional(), *indexing(), *arithmetic()]  # fmt: skip


def elementwise() -> list[str]:
    found = [f"torch.{name}(T(2, 3))" for name in torch_elementwise.UNARY if name not in NO_PLAIN_CALL]
    found += [f"T(2, 3).{name}()" for name in torch_elementwise.UNARY if name not in NO_PLAIN_CALL]
    in_place = [n for n in torch_elementwise.UNARY_IN_PLACE if n not in NO_PLAIN_CALL]
    found += [f"T(4, 1).{name}_()" for name in in_place]
    found += [f"torch.{name}(T(2, 1))" for name in torch_elementwise.PREDICATES]
    for name in torch_elementwise.BINARY:
        maker = "I" if name in INTEGER else "T"
        found += [f"torch.{name}({maker}(2, 1), {maker}(3))", f"{maker}(4, 2, 1).{name}({maker}(2, 5))"]
    for name in (*torch_elementwise.COMPARISONS, *torch_elementwise.ARITHMETIC):
        found += [f"torch.{name}(T(2, 1), T(3))", f"T(4, 2, 1).{name}(T(2, 5))", f"T(4).{name}(2)"]
        found += [f"T(4, 5).{name}_(T(5))"]
    found += [f"F.{name}(T(2, 4))" for name in torch_functional.ACTIVATIONS if name not in {*NO_PLAIN_CALL, "gumbel_softmax"}]
    found += [
        "torch.clamp(T(2, 3), 0, 1)", "T(2, 3).clamp(min=0)", "T(3).clip(T(2, 1), T(1))", "T(2).clamp_(0, 1)",
        "F.softmax(T(2, 3), dim=-1)", "F.log_softmax(T(2, 3), 1)", "T(2, 3).softmax(-1)", "torch.softmax(T(3), 0)",
        "F.gumbel_softmax(T(2, 3), hard=True)", "F.dropout(T(2), 0.1)", "F.dropout2d(T(1, 2, 3, 3), 0.5, True)",
        "F.threshold(T(2), 0.1, 0.0)", "T(3, 3).tril()", "torch.triu(T(3, 4), diagonal=1)", "F.prelu(T(2, 3), T(1))",
        "torch.lerp(T(2, 1), T(3), 0.5)", "torch.addcmul(T(3), T(2, 1), T(3), value=2)",
        "T(2, 2).masked_fill(B(2, 2), 0.0)",
        "T(2, 2).masked_fill_(B(2, 1), 0.0)", "torch.where(B(2, 1), T(3), T(2, 3))", "torch.where(B(2), T(2), 0.0)",
        "T(3).where(B(2, 1), T(3))", "torch.frexp(T(3))", "T(2).half()", "T(2).long().float()",
        "T(2).to(torch.float16)",
        "T(2).type(torch.int64)", "T(2, 3).type_as(I(1))", "T(2, 3).contiguous()", "T(3).detach().cpu().clone()",
        "T(2, 3).zero_()", "T(2, 3).fill_(1)", "T(2).normal_(0, 1)", "T(2).uniform_()", "T(2, 3).copy_(T(3))",
        "torch.logit(T(2, 3))", "torch.polygamma(1, T(2))", "torch.complex(T(2, 3), T(2, 3))",
        "torch.isclose(T(2, 1), T(1, 3))", "torch.nan_to_num(T(2))", "F.channel_shuffle(T(1, 4, 2, 2), 2)",
        "F.local_response_norm(T(1, 4, 5), 2)", "F.normalize(T(2, 3), dim=-1)", "torch.isin(I(2, 3), I(4))",
    ]  # fmt: skip
    return found


def creation() -> list[str]:
    found = []
    for name in ("zeros", "ones", "empty", "rand", "randn"):
        found += [f"torch.{name}(2, 3).shape", f"torch.{name}((4, 5)).shape", f"torch.{name}([2]).shape"]
        found += [f"torch.{name}(size=(2, 1)).shape", f"torch.{name}_like(T(2, 3)).shape", f"torch.{name}(1).shape"]
    for n in (2, 3, 5, 8, 13, 16):
        found += [f"torch.linspace(0, 0.1, {n})", f"torch.linspace(0.3, -1.7, {n})", f"torch.arange({n})"]
        found += [f"torch.arange(1, {n})", f"torch.arange(0, {2 * n}, 3)", f"torch.arange({n}, 0, -2)"]
        found += [f"torch.arange(0, 1, 1 / {n})", f"torch.arange({n}).float()", f"torch.eye({n % 4 + 1})"]
    found += [
        "torch.zeros(2, 2)", "torch.ones(3, dtype=torch.int64)", "torch.full((2, 3), 7)", "torch.full_like(T(2), 1.5)",
        "torch.tensor([[1, 2], [3, 4]])", "torch.tensor(3)", "torch.tensor([0.5, 0.25])", "torch.as_tensor([1, 2, 3])",
        "torch.tensor([1.5, 2]).tolist()", "torch.tensor(7).item()", "torch.tensor([True, False])", "torch.tensor([])",
        "torch.from_numpy(A(2, 3))", "T(2).new_zeros(3, 4)", "T(2).new_ones((2,))", "T(2).new_full((3,), 2)",
        "T(2).new_tensor([1, 2])", "T(2).new_empty(2, 3).shape", "torch.eye(2, 3)", "torch.randperm(5).shape",
        "torch.randint(0, 10, (2, 3)).shape", "torch.randint(10, (4,)).shape", "torch.randint(high=3, size=(2,)).shape",
        "torch.normal(0.0, 1.0, size=(2, 3)).shape", "torch.normal(T(2, 1), T(3)).shape",
        "torch.logspace(0, 1, 7).shape",
        "torch.hann_window(16).shape", "torch.meshgrid(T(2), T(3))", "torch.meshgrid([T(2), T(3)], indexing='xy')",
        "torch.meshgrid(T(2), T(3), T(4), indexing='ij')", "torch.cartesian_prod(T(2), T(3))",
        "torch.broadcast_shapes((2, 1), (3,))", "torch.Size([2, 3])", "torch.bernoulli(T(2, 3)).shape",
        "torch.multinomial(T(2, 5), 3).shape", "torch.empty_like(T(3)).shape", "torch.tril_indices(3, 3).shape",
        "torch.tensor([[1, 2, 3]])[0]", "torch.tensor([4, 5, 6])[1].item()", "torch.tensor([4, 5, 6])[1:]",
        "torch.arange(6).view(2, 3)", "torch.arange(6).reshape(3, 2).t()", "torch.arange(6).view(2, 3).T.tolist()",
        "torch.arange(12).view(2, 2, 3).permute(2, 0, 1)", "torch.arange(4) + 1", "torch.arange(4) * torch.arange(4)",
        "torch.arange(3)[:, None] - torch.arange(3)[None, :]", "torch.arange(4).sum()", "torch.arange(5).max()",
        "torch.stack([torch.arange(2), torch.arange(2)])", "torch.cat([torch.arange(2), torch.arange(3)])",
        "torch.arange(4) // 3", "torch.arange(4) % 3", "torch.arange(4) / 3", "torch.arange(4) ** 2",
        "-torch.arange(3)",
        "torch.arange(4) > 1", "torch.linspace(0, 1, 4) * 3", "torch.tensor([1, 2]).prod().item()",
        "torch.tensor([1, 2, 3]).cumsum(0)", "torch.arange(4).flip(0).shape", "torch.tensor([3, 1]).argmax().item()",
    ]  # fmt: skip
    return found


def shapes() -> list[str]:
    found = []
    for shape, targets in {
        (2, 3, 4): [(6, 4), (-1,), (2, -1), (4, 3, 2), (1, 24), (2, 3, 2, 2), (5, 5), (-1, 7), (-1, -1)],
        (0, 3): [(0,), (3, 0), (-1, 3)],
        (): [(1,), (1, 1), (-1,)],
    }.items():
        x = f"T({', '.join(map(str, shape))})"
        for target in targets:
            sizes = ", ".join(map(str, target))
            found += [f"{x}.view({sizes})", f"{x}.reshape({target})", f"torch.reshape({x}, {target})"]
    for axis in range(-4, 4):
        found += [f"T(2, 1, 4).unsqueeze({axis})", f"torch.squeeze(T(2, 1, 4), {axis})", f"T(2, 3, 4).flatten({axis})"]
        found += [f"T(2, 3, 4).transpose(0, {axis})", f"T(2, 3, 4).select({axis}, 0)", f"T(2, 3, 4).size({axis})"]
        found += [f"T(2, 3, 4).unbind({axis})", f"T(2, 3, 4).movedim({axis}, 0)", f"T(4, 4, 4).diagonal(0, 0, {axis})"]
    found += [
        "T(2, 3, 4).flatten()", "T(2, 3, 4).flatten(1)", "torch.flatten(T(2, 3, 4, 5), 1, 2)", "T().flatten()",
        "torch.flatten(T(2, 3), start_dim=0, end_dim=1)", "T(2, 3).ravel()", "T(6, 2).unflatten(0, (2, 3))",
        "T(2, 6).unflatten(-1, (-1, 2))", "torch.unflatten(T(2, 7), 1, (2, 3))", "T(2, 3, 4).permute(2, 0, 1)",
        "T(2, 3, 4).permute((2, 0, 1))", "torch.permute(T(2, 3), (1, 0))", "T(2, 3).permute(dims=(1, 0))",
        "T(2, 3).permute(0)", "T(2, 3).t()", "T(3).t()", "T(2, 3, 4).t()", "T(2, 3).T", "T(2, 3, 4).mT",
        "T(2, 3).swapaxes(0, 1)",
        "T(2, 3, 4).adjoint()", "T(1, 2, 1).squeeze()", "T(1, 2, 1).squeeze((0, 2))", "T(1, 2, 1).squeeze(dim=0)",
        "T(2, 1).expand(2, 3)", "T(2, 1).expand(-1, 4)", "T(3).expand(2, 3)", "T(2, 3).expand(4, 3)",
        "T(1, 3).expand(5, -1, 3)",
        "T(1, 3).expand((2, 3))", "T(1, 3).expand_as(T(4, 3))", "torch.broadcast_to(T(3), (2, 3))",
        "T(2, 3).repeat(2, 1)",
        "T(3).repeat(4, 2)", "T(2, 3).repeat(2)", "T(2, 3).repeat((1, 2, 3))", "T(2, 3).tile((2,))",
        "torch.tile(T(3), (2, 2))",
        "T(2, 3).repeat_interleave(2)", "T(2, 3).repeat_interleave(3, dim=1)", "torch.repeat_interleave(T(2, 3), 2, 0)",
        "T(2, 3, 4).chunk(2)", "T(7, 2).chunk(3)", "T(4, 6).chunk(4, dim=1)", "T(2, 5).chunk(2, -1)", "T(3).chunk(5)",
        "T(7).split(3)", "T(2, 6).split(2, dim=1)", "torch.split(T(6), [1, 2, 3])", "torch.split(T(6), [1, 2])",
        "T(2, 6).split([2, 4], -1)", "T(2, 6).split_with_sizes([2, 4], 1)", "T(7).tensor_split(3)",
        "T(7).tensor_split((2, 5))",
        "T(4, 6).hsplit(3)", "T(4, 6).vsplit(2)", "T(4, 6, 8).dsplit([2, 3])", "T(2, 3).unbind()",
        "T(2, 3, 4).moveaxis(0, -1)",
        "T(2, 3, 4).movedim((0, 1), (1, 0))", "T(2, 3).flip(0)", "T(2, 3).roll(1, 0)", "torch.rot90(T(2, 3))",
        "torch.rot90(T(2, 3, 4), 2, (0, 2))", "T(8).unfold(0, 3, 2)", "T(2, 9).unfold(1, 4, 4)",
        "T(4, 4).as_strided((2, 2), (1, 2))",
        "torch.view_as_real(C(2, 3))", "torch.view_as_complex(T(2, 3, 2))", "torch.atleast_2d(T(3))",
        "torch.atleast_3d(T(2, 3))",
        "torch.atleast_1d(T())", "T(2, 1, 3).squeeze_()", "T(2, 3).unsqueeze_(0)", "T(2, 3).t_()",
        "T(2, 3).transpose_(0, 1)",
        "T(2, 3).dim()", "T(2, 3).numel()", "T(2, 3).size()", "T(2, 3).ndim", "T(2, 3).shape", "T(2, 3).size(dim=1)",
        "T(2, 3).nelement()",
        "T(2, 3).view_as(T(3, 2))", "T(4, 3).sum_to_size(1, 3)", "T(2, 4).view(torch.int32).shape",
        "T(2, 4).view(torch.float16).shape",
        "T(2, 3).numpy().shape", "T(2, 3).data", "C(2, 3).real", "torch.is_tensor(T(2))", "T(2, 3).is_floating_point()",
        "torch.swapaxes(T(2, 3), axis0=0, axis1=1)", "torch.squeeze(T(1, 2), axis=0)", "torch.unsqueeze(T(2), axis=0)",
    ]  # fmt: skip
    return found


def joining() -> list[str]:
    found = []
    for a, b in [((2, 3), (2, 3)), ((2, 3), (4, 3)), ((2, 3), (2, 5)), ((3,), (2,)), ((2, 3, 4), (2, 1, 4)), ((2,), (2, 3))]:
        pair = f"T({', '.join(map(str, a))}), T({', '.join(map(str, b))})"
        for axis in (0, 1, -1):
            found += [f"torch.cat([{pair}], {axis})", f"torch.stack(({pair}), dim={axis})", f"torch.cat(({pair}), axis={axis})"]
        found += [f"torch.vstack([{pair}])", f"torch.hstack([{pair}])", f"torch.dstack([{pair}])", f"torch.broadcast_tensors({pair})"]
        found += [f"torch.column_stack([{pair}])", f"torch.block_diag({pair})"]
    return [*found, "torch.cat([T(0), T(2, 3)], 0)", "torch.concat([T(2), T(3), T(4)])", "torch.concatenate([T(2)])"]


def reductions() -> list[str]:
    found = []
    for name in ("sum", "mean", "prod", "amax", "amin", "all", "any", "argmax", "argmin", "std", "var", "max", "min", "median"):
        found += [f"T(2, 3, 4).{name}()", f"torch.{name}(T(2, 3))"]
        found += [f"T(2, 3, 4).{name}({axis})" for axis in (0, 1, -1, 3)]
        found += [f"T(2, 3, 4).{name}(dim=1, keepdim=True)", f"torch.{name}(T(2, 3), 1, keepdim=True)"]
    for name in ("sum", "mean", "amax", "std", "var", "logsumexp", "norm"):
        found += [f"T(2, 3, 4).{name}(dim=(1, 2))", f"T(2, 3, 4).{name}(dim=[0, -1], keepdim=True)", f"T(2, 3, 4).{name}(dim=(0, 0))"]
    found += [
        "torch.sum(T(2, 3), axis=1)", "torch.mean(T(2, 3), axis=-1, keepdims=True)", "T(2, 3).sum(-1, True)",
        "T(2, 3).mean((0, 1))",
        "torch.max(T(2, 3), T(3))", "torch.min(T(2, 1), T(1, 4))", "T(2, 3).max(1)[0]", "T(2, 3).max(dim=1)[1]",
        "T(2, 3).norm()",
        "T(2, 3).norm(2, 1)", "T(2, 3).norm(p=2, dim=-1, keepdim=True)", "torch.norm(T(2, 3), dim=0)",
        "T(2, 3).var(unbiased=False)",
        "torch.var_mean(T(2, 3), dim=1)", "torch.std_mean(T(2, 3))", "T(2, 3).var(1, unbiased=False, keepdim=True)",
        "T(2, 3).std(False)",
        "T(2, 3).mode()", "T(2, 5).kthvalue(2)", "T(2, 5).aminmax(dim=1)", "torch.quantile(T(2, 3), 0.5)",
        "torch.quantile(T(2, 3), T(4), dim=1)",
        "T(2, 3).cumsum(0)", "T(2, 3).cumsum(dim=-1)", "T(2, 3).cumprod(1)", "T(2, 3).cummax(0)", "T(2, 3).sort()",
        "T(2, 3).sort(dim=0, descending=True)",
        "T(2, 3).argsort(-1)", "T(2, 6).topk(3)", "torch.topk(T(5, 2), k=2, dim=0)", "T(2, 6).topk(7)",
        "torch.unique(I(4)).ndim",
        "torch.histc(T(10), bins=5)", "torch.searchsorted(T(5), T(2, 3))", "torch.bucketize(T(2, 3), T(4))",
        "T(2, 5).diff()", "torch.diff(T(5), n=2)",
        "torch.diff(T(2, 5), dim=0, prepend=T(1, 5))", "torch.trapezoid(T(2, 5))",
        "torch.cdist(T(2, 3, 4), T(2, 5, 4))", "torch.cdist(T(3, 4), T(6, 4))",
        "T(3, 5).cov()", "T(5).cov()", "torch.corrcoef(T(3, 5))", "torch.dist(T(2), T(2))",
        "T(2, 3).count_nonzero()", "T(2, 3).count_nonzero(dim=0)",
        "T(2, 3).nansum(1)", "T(2, 3).nanmean()", "T(2, 3).msort()", "torch.logsumexp(T(2, 3), 1)", "T().sum(0)",
        "T().max(0)", "torch.logcumsumexp(T(2, 3), 1)",
    ]  # fmt: skip
    return found


def products() -> list[str]:
    found = []
    for a, b in [((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)),
                 ((5, 1, 2, 3), (6, 3, 4)), ((2, 3), (4, 3)), ((2, 3, 4), (3, 4, 5))]:  # fmt: skip
        pair = f"T({', '.join(map(str, a))}), T({', '.join(map(str, b))})"
        found += [f"torch.{name}({pair})" for name in ("matmul", "mm", "bmm", "mv", "dot", "inner", "kron", "tensordot")]
        found += [f"T({', '.join(map(str, a))}) @ T({', '.join(map(str, b))})"]
    equations = {
        "bij,bjk->bik": ["T(2, 3, 4)", "T(2, 4, 5)"], "ij->ji": ["T(2, 3)"], "ii->i": ["T(3, 3)"],
        "...ij,...jk->...ik": ["T(2, 6, 3, 4)", "T(6, 4, 5)"],
        "bhid,bhjd->bhij": ["T(2, 4, 5, 8)", "T(2, 4, 6, 8)"], "i,j": ["T(2)", "T(3)"],
        "ij,jk": ["T(2, 3)", "T(3, 4)"], "ij,jk->i k": ["T(2, 3)", "T(4, 4)"],
        "nctv,vw->nctw": ["T(2, 3, 4, 5)", "T(5, 5)"], "bchw,hkc->bkhw": ["T(2, 3, 4, 5)", "T(4, 6, 3)"],
    }  # fmt: skip
    found += [f"torch.einsum({equation!r}, {', '.join(operands)})" for equation, operands in equations.items()]
    return [
        *found, "torch.addmm(T(4), T(2, 3), T(3, 4))", "torch.baddbmm(T(5, 2, 4), T(5, 2, 3), T(5, 3, 4))", "T(4).addmm(T(2, 3), T(3, 4))",
        "torch.addmv(T(2), T(2, 3), T(3))", "torch.outer(T(2), T(3))",
        "torch.addbmm(T(2, 4), T(5, 2, 3), T(5, 3, 4))", "T(2).ger(T(3))",
        "torch.tensordot(T(2, 3, 4), T(4, 3, 5), dims=([2, 1], [0, 1]))", "torch.cross(T(2, 3), T(2, 3), dim=1)",
        "torch.inverse(T(3, 3))",
        "torch.linalg.inv(T(2, 3, 3))", "torch.linalg.svd(T(4, 3))",
        "torch.linalg.svd(T(5, 4, 3), full_matrices=False)", "torch.svd(T(4, 3))",
        "torch.linalg.qr(T(4, 3))", "torch.linalg.eigh(T(3, 3))", "torch.det(T(2, 3, 3))",
        "torch.linalg.norm(T(2, 3), dim=1)", "torch.linalg.solve(T(3, 3), T(3, 2))",
        "torch.pinverse(T(4, 3))", "torch.linalg.slogdet(T(3, 3))",
        "torch.linalg.multi_dot([T(2, 3), T(3, 4), T(4, 5)])", "torch.fft.fft(T(2, 8))", "torch.fft.rfft(T(2, 9))",
        "torch.fft.rfft2(T(2, 8, 8))", "torch.fft.irfft(C(2, 5))", "torch.fft.irfft(C(2, 5), n=9)",
        "torch.fft.irfft2(C(2, 8, 5), s=(8, 8))", "torch.fft.fft2(T(2, 8, 8))",
        "torch.fft.rfft2(T(2, 8, 6, 3), dim=(1, 2), norm='ortho')",
        "torch.fft.irfft2(C(2, 8, 4, 3), s=(8, 6), dim=(1, 2))", "torch.fft.fftshift(T(4))",
        "torch.stft(T(2, 400), 64, return_complex=True)",
        "torch.stft(T(400), 64, 32, window=T(64), return_complex=True, center=False)", "torch.fft.fftfreq(8).shape",
        "torch.matrix_exp(T(3, 3))", "torch.linalg.cholesky(torch.eye(3)).shape", "torch.trace(T(3, 3))",
        "torch.logdet(torch.eye(3)).shape",
    ]  # fmt: skip


def choosing() -> list[str]:
    return [
        "T(5, 3).narrow(0, 1, 2)", "torch.narrow(T(5, 3), 1, 0, 2)", "T(5, 3).index_select(0, I(4))",
        "T(5, 3).gather(1, I(5, 2))", "torch.gather(T(5, 3), 0, I(2, 3))",
        "T(5, 3).scatter(0, I(2, 3), T(2, 3))", "T(5, 3).scatter_(1, I(5, 1), 1.0)",
        "T(5, 3).scatter_add(0, I(2, 3), T(2, 3))", "torch.take(T(5, 3), I(2, 2))",
        "T(5, 3).take_along_dim(I(5, 1), 1)", "T(5, 3).take_along_dim(I(1, 2), 1)",
        "T(5, 3).index_add(0, I(2), T(2, 3))", "T(5, 3).index_fill(0, I(2), 0.0)",
        "torch.diag(T(3))", "torch.diag(T(3, 4))", "torch.diag(T(3), 1)", "T(3, 5).diagonal(1)",
        "T(3, 5).diagonal(-1)", "T(2, 3, 3).diagonal(dim1=1, dim2=2)",
        "torch.diag_embed(T(2, 3))", "torch.diag_embed(T(2, 3), offset=1, dim1=0, dim2=2)",
        "torch.diagflat(T(2, 2))", "torch.combinations(T(4)).ndim",
        "torch.vander(T(3))", "torch.nonzero(T(2, 3)).ndim", "torch.masked_select(T(2, 3), B(2, 3)).ndim",
        "torch.argwhere(T(2, 3)).ndim", "len(torch.where(B(2, 3)))",
        "T(5, 3).select(0, 5)", "T(2, 3).select_scatter(T(3), 0, 1)", "T(5, 3).narrow_copy(0, 1, 2)",
        "len(torch.nonzero(T(2, 3), as_tuple=True))",
    ]  # fmt: skip


def windows() -> list[str]:
    found = []
    for rank in (1, 2, 3):
        space, kernel = (9, 8, 7)[:rank], (3, 2, 3)[:rank]
        x, y = f"T(2, 4, {', '.join(map(str, space))})", f"T(4, {', '.join(map(str, space))})"
        for settings in ("3", "2, 2", "3, 2, 1", "2, stride=1", "3, stride=2, padding=1, ceil_mode=True", "2, ceil_mode=True", "9"):
            found += [f"F.max_pool{rank}d({x}, {settings})", f"F.avg_pool{rank}d({x}, {settings})"]
        found += [f"F.max_pool{rank}d({y}, {kernel})", f"F.max_pool{rank}d({x}, 2, return_indices=True)", f"F.max_pool{rank}d({x}, 3, dilation=2)"]
        found += [f"F.max_pool{rank}d_with_indices({x}, 2)", f"F.adaptive_avg_pool{rank}d({x}, 3)", f"F.adaptive_max_pool{rank}d({x}, 2)"]
        found += [f"F.adaptive_avg_pool{rank}d({x}, {(1, None, 3)[:rank] if rank > 1 else 1})", f"F.adaptive_max_pool{rank}d({x}, 2, return_indices=True)"]
        found += [f"F.lp_pool{rank}d({x}, 2, 3)", f"F.max_unpool{rank}d(*F.max_pool{rank}d({x}, 2, return_indices=True), 2)"]
        weight, back = f"T(6, 4, {', '.join(map(str, kernel))})", f"T(4, 6, {', '.join(map(str, kernel))})"
        for settings in ("", ", stride=2", ", padding=1, dilation=2", ", padding='same'", ", None, 2, 1", f", padding={(1, 0, 2)[:rank]}"):
            found += [f"F.conv{rank}d({x}, {weight}{settings})", f"torch.conv{rank}d({y}, {weight}{settings})"]
        for settings in ("", ", stride=2", ", stride=2, padding=1, output_padding=1", ", None, 2, 1, 0, 1, 2"):
            found += [f"F.conv_transpose{rank}d({x}, {back}{settings})"]
        grouped = f"T(8, 2, {', '.join(map(str, kernel))})"
        found += [f"F.conv{rank}d({x}, {grouped}, groups=2)", f"F.conv{rank}d({x}, {grouped})", f"F.conv{rank}d(T(2, 4), {weight})"]
        found += [f"F.conv_transpose{rank}d({x}, T(4, 3, {', '.join(map(str, kernel))}), groups=2)"]
        for settings in ("scale_factor=2", "scale_factor=1.5", "scale_factor=0.3", f"size={(5, 6, 7)[:rank]}", "size=11", f"scale_factor={(2.0, 0.5, 1.7)[:rank]}"):
            found += [f"F.interpolate({x}, {settings})", f"F.upsample({x}, {settings})"]
    found += [
        "F.fractional_max_pool2d(T(2, 3, 9, 9), 2, output_size=(4, 5))",
        "F.fractional_max_pool2d(T(2, 3, 9, 9), 2, output_ratio=0.5)", "F.pad(T(2, 3), (1, 2))",
        "F.pad(T(2, 3, 4, 5), (1, 1, 2, 2), mode='reflect')", "F.pad(T(2, 3, 4), (1, 0, 0, 1))",
        "F.pad(T(2, 3), (-1, 0))", "F.pad(T(2, 3), (1, 2, 3, 4, 5, 6))",
        "F.pad(T(2, 3, 4), [1, 1], 'circular')", "F.grid_sample(T(2, 3, 8, 8), T(2, 5, 6, 2))",
        "F.affine_grid(T(2, 2, 3), (2, 3, 4, 5))", "F.affine_grid(T(2, 3, 4), [2, 3, 4, 5, 6])",
        "F.unfold(T(2, 3, 8, 9), 3)", "F.unfold(T(2, 3, 8, 9), (2, 3), padding=1, stride=2)",
        "F.fold(T(2, 27, 42), (8, 9), 3)", "F.pixel_shuffle(T(2, 8, 3, 4), 2)", "F.pixel_shuffle(T(2, 7, 3, 4), 2)",
        "F.pixel_unshuffle(T(2, 2, 6, 4), 2)", "F.pixel_unshuffle(T(2, 2, 5, 4), 2)", "F.glu(T(2, 6))",
        "F.glu(T(2, 5))", "F.glu(T(4, 3), dim=0)", "F.one_hot(I(2, 3), 5)", "F.one_hot(torch.arange(3))",
        "F.conv_tbc(T(9, 2, 4), T(3, 4, 5), T(5))", "F.conv_tbc(T(9, 2, 4), T(3, 4, 5), T(5), 1)",
        "F.upsample_nearest(T(1, 2, 4, 4), scale_factor=2)", "F.upsample_bilinear(T(1, 2, 4, 4), size=(3, 5))",
        "F.interpolate(T(2, 3, 8, 8), size=(4, 4), mode='bilinear', align_corners=False)",
        "F.interpolate(T(2, 3), scale_factor=2)", "F.adaptive_avg_pool2d(T(2, 3, 8, 8), (1, 1))",
        "F.adaptive_avg_pool2d(T(2, 3, 8, 8), (None, 4))", "torch.max_pool2d(T(1, 2, 8, 8), 2)",
        "torch.adaptive_avg_pool1d(T(2, 3, 8), 4)", "torch.adaptive_max_pool1d(T(2, 3, 8), 4)",
    ]  # fmt: skip
    return found


def functional() -> list[str]:
    found = [
        "F.linear(T(2, 3), T(4, 3))", "F.linear(T(2, 5, 3), T(4, 3), T(4))", "F.linear(T(2, 3), T(3))",
        "F.linear(T(2, 3), T(4, 5))", "F.bilinear(T(2, 3), T(2, 4), T(5, 3, 4))",
        "F.embedding(I(2, 3), T(10, 4))", "F.embedding_bag(I(2, 3), T(10, 4))",
        "F.embedding_bag(I(6), T(10, 4), torch.tensor([0, 2, 4]))", "F.layer_norm(T(2, 3, 4), (4,))",
        "F.layer_norm(T(2, 3, 4), [3, 4], T(3, 4), T(3, 4))", "F.layer_norm(T(2, 3, 4), (3,))",
        "F.rms_norm(T(2, 4), (4,))", "F.batch_norm(T(2, 3, 4), T(3), T(3))", "F.batch_norm(T(2, 3, 4), T(4), T(4))",
        "F.group_norm(T(2, 6, 4), 3)", "F.group_norm(T(2, 6, 4), 4)", "F.instance_norm(T(2, 3, 8))",
        "F.scaled_dot_product_attention(T(2, 4, 5, 8), T(2, 4, 6, 8), T(2, 4, 6, 9))",
        "F.scaled_dot_product_attention(T(2, 5, 8), T(2, 6, 8), T(2, 7, 8))",
        "F.scaled_dot_product_attention(T(1, 5, 8), T(3, 6, 8), T(3, 6, 8))",
        "F.cosine_similarity(T(2, 3), T(2, 3))",
        "F.cosine_similarity(T(2, 1, 4), T(3, 4), dim=-1)", "F.pairwise_distance(T(2, 3), T(2, 3))",
        "F.pairwise_distance(T(2, 3), T(3), keepdim=True)", "F.pdist(T(5, 3))",
        "F.multi_head_attention_forward(T(5, 2, 8), T(6, 2, 8), T(6, 2, 8), 8, 2, T(24, 8), T(24), None, None, False, 0.0, T(8, 8), T(8))",
        "F.multi_head_attention_forward(T(5, 2, 8), T(6, 2, 8), T(6, 2, 8), 8, 2, T(24, 8), T(24), None, None, False, 0.0, T(8, 8), T(8), average_attn_weights=False)",
        "F.multi_head_attention_forward(T(5, 2, 8), T(6, 2, 8), T(6, 2, 8), 8, 2, T(24, 8), T(24), None, None, False, 0.0, T(8, 8), T(8), need_weights=False)",
        "F.multi_head_attention_forward(T(5, 8), T(6, 8), T(6, 8), 8, 2, T(24, 8), T(24), None, None, False, 0.0, T(8, 8), T(8))",
    ]  # fmt: skip
    for reduction in ("mean", "sum", "none"):
        how = f", reduction='{reduction}'"
        elementwise_losses = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "poisson_nll_loss", "soft_margin_loss", "hinge_embedding_loss",
                              "binary_cross_entropy", "binary_cross_entropy_with_logits",
                              "multilabel_soft_margin_loss")  # fmt: skip
        found += [f"F.{name}(T(2, 3), T(2, 3){how})" for name in elementwise_losses]
        found += [
            f"F.cross_entropy(T(4, 5), I(4){how})", f"F.cross_entropy(T(4, 5, 6, 7), I(4, 6, 7){how})",
            f"F.nll_loss(T(4, 5), I(4){how})", f"F.cross_entropy(T(5), I(){how})",
            f"F.cross_entropy(T(4, 5), T(4, 5){how})", f"F.multi_margin_loss(T(4, 5), I(4){how})",
            f"F.multilabel_margin_loss(T(4, 5), I(4, 5){how})",
            f"F.gaussian_nll_loss(T(4, 5), T(4, 5), T(4, 5){how})",
            f"F.margin_ranking_loss(T(4), T(4), T(4){how})", f"F.cosine_embedding_loss(T(4, 5), T(4, 5), T(4){how})",
            f"F.triplet_margin_loss(T(4, 5), T(4, 5), T(4, 5){how})",
            f"F.ctc_loss(T(9, 2, 5), I(2, 3) + 1, (9, 9), (3, 3){how})",
            f"F.triplet_margin_with_distance_loss(T(4, 5), T(4, 5), T(4, 5){how})",
        ]  # fmt: skip
    return found


def indexing() -> list[str]:
    found = []
    for index in (
        "0", "-1", "2", "...", "None", ":", "1:", ":-1", "::2", "0, 0", "0, :, 1", "..., 0", "..., None", ":, None",
        "None, ..., None", "0, ..., 1", ":, 1:, ::2",
        "[0, 1]", "[0, 1], [1, 2]", ":, [0, 1]", ":, [0, 1], [2, 3]", "[0, 1], :, [2, 3]", "0, :, [2, 3]",
        "[0, 1], None, [1, 2]", "0, 0, 0, 0", "True", ":5", "5:", "-2:", "1:1", ":, -1:",
        "..., [0, 1, 2]", "[0], [[0], [1]]", ":, 3", "None, 0, None", "0, None, [0, 1]", "[0, 1], 0", "[0, 1], :, 0",
        "[[0, 1], [1, 0]]", ":, [True, False, True]",
    ):  # fmt: skip
        found += [f"T(2, 3, 4)[{index}]", f"A(2, 3, 4)[{index}]"]
    found += [
        "T(5, 3)[I(4)]", "T(5, 3)[I(4, 2)]", "T(5, 3)[:, I(2)]", "T(5, 3)[I(2), I(2)]", "T(5, 3)[I(4), 0]",
        "T(5, 3)[I(2, 1), I(3)]", "T(5, 3)[T(5, 3) > 2].ndim", "T(5, 3)[B(5)].ndim",
        "T(5, 3)[B(4)]", "A(5, 3)[M(5)].ndim", "A(5, 3)[J(4)]", "A(5, 3)[J(2), J(2)]", "T(2, 3)[0][1]",
        "T(2, 3)[0, 1].ndim", "T(4)[torch.tensor(1)]", "T(4, 3)[torch.arange(2)]", "T(2, 2, 2)[0, :, 0]",
    ]  # fmt: skip
    return found


def arithmetic() -> list[str]:
    found = []
    for op in ("+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!="):
        found += [f"T(2, 3) {op} T(3)", f"T(2, 1) {op} T(1, 4)", f"T(2, 3) {op} 2", f"T(2, 3) {op} T(4)", f"T(2) {op} T()", f"A(2, 3) {op} A(3)", f"A(3) {op} 2.5"]
        found += [f"torch.arange(1, 4) {op} 2", f"np.arange(1, 4) {op} 2", f"np.array([1, 2, 3]) {op} np.array([3, 2, 1])", f"np.array([1.5, 2.5]) {op} 2", f"torch.tensor([1.5, 2.0]) {op} 2"]
        found += [f"torch.arange(1, 4) {op} torch.tensor([2.0, 0.5, 3.0])", f"np.array([[1, 2], [3, 4]]) {op} np.array([1, 2])"]
    return [
        *found, "-T(2, 3)", "~B(2)", "B(2) & B(3, 2)", "B(2) | B(2)", "2 * T(3)", "1 / T(3)", "2 ** T(3)",
        "1 - T(2, 2)", "~torch.tensor([True, False])", "-np.array([1, 2])",
    ]  # fmt: skip
