"""Operation rules against torch, numpy and einops on shapes drawn at random."""

# ruff: noqa: E501 (a template is one expression on one line)
from __future__ import annotations

import random

import pytest

from oracles import operation_framework, operation_model

DRAWS = 60


def written(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def drawn(rng: random.Random) -> dict[str, str]:
    """Pieces of expressions: a tensor, one that may broadcast with it, an axis, window settings, an index."""
    shape = tuple(rng.randint(1, 6) for _ in range(rng.randint(1, 4)))
    other = tuple(1 if rng.random() < 0.3 else size for size in shape[rng.randint(0, len(shape) - 1) :])
    order = list(range(len(shape)))
    rng.shuffle(order)
    index = [
        rng.choice(["0", "-1", ":", "1:", "::2", ":-1", "None", "...", "[0, 0]", "0:2"])
        for _ in range(rng.randint(1, 3))
    ]
    while index.count("...") > 1:
        index.remove("...")
    return {
        "x": ", ".join(map(str, shape)),
        "y": ", ".join(map(str, other)),
        "axis": str(rng.randint(-len(shape), len(shape))),
        "order": ", ".join(map(str, order)),
        "index": ", ".join(index),
        "target": written(tuple(rng.choice([-1, 1, 2, 3, 4, 6]) for _ in range(rng.randint(1, 3)))),
        "n": str(rng.randint(1, 5)),
        "space": ", ".join(str(rng.randint(3, 12)) for _ in range(2)),
        "k": str(rng.randint(1, 4)),
        "s": str(rng.randint(1, 3)),
        "p": str(rng.randint(0, 2)),
        "d": str(rng.randint(1, 2)),
        "scale": str(rng.choice([0.5, 1.5, 2, 0.7, 2.3])),
        "flag": str(rng.random() < 0.5),
        "start": str(rng.uniform(-2, 2)),
        "stop": str(rng.uniform(-2, 2)),
        "count": str(rng.randint(1, 16)),
    }


TEMPLATES = (
    "T({x}) + T({y})", "T({x}) * T({y}) - 1", "A({x}) / A({y})", "T({x})[{index}]", "A({x})[{index}]",
    "T({x}).reshape({target})", "A({x}).reshape({target})", "T({x}).permute({order})", "A({x}).transpose({order})",
    "T({x}).sum({axis}, keepdim={flag})", "A({x}).max(axis={axis}, keepdims={flag})", "T({x}).max({axis})",
    "torch.cat([T({x}), T({x})], {axis})", "torch.stack([T({x}), T({x})], {axis})", "np.stack([A({x}), A({x})], {axis})",
    "T({x}).chunk({n}, {axis})", "T({x}).split({n}, {axis})", "T({x}).tensor_split({n}, {axis})",
    "np.array_split(A({x}), {n}, {axis})", "T({x}).unbind({axis})", "T({x}).flatten({axis})", "T({x}).unsqueeze({axis})",
    "T({x}).squeeze()", "T({x}).squeeze({axis})", "T({x}).expand({x})", "T({y}).expand({x})", "T({x}).tile(({n}, {k}))",
    "T({x}).repeat_interleave({n}, {axis})", "T({x}) @ T({y})", "np.matmul(A({x}), A({y}))", "T({x}).unfold({axis}, {k}, {s})",
    "F.conv2d(T(2, 4, {space}), T(6, 4, {k}, {k}), None, {s}, {p}, {d})", "F.max_pool2d(T(2, 4, {space}), {k}, {s}, {p}, {d}, {flag})",
    "F.avg_pool2d(T(2, 4, {space}), {k}, {s}, {p}, {flag})", "F.conv_transpose2d(T(2, 4, {space}), T(4, 6, {k}, {k}), None, {s}, 0, 0, 1, {d})",
    "F.interpolate(T(2, 4, {space}), scale_factor={scale})", "F.unfold(T(2, 4, {space}), {k}, {d}, {p}, {s})",
    "F.pad(T({x}), ({p}, {s}))", "F.adaptive_avg_pool2d(T(2, 4, {space}), {n})", "torch.diagonal(T(3, {x}), {p})",
    "torch.arange({p}, {count}, {s})", "torch.linspace({start}, {stop}, {count})", "np.linspace({start}, {stop}, {count})",
    "np.arange({start}, {stop}, 0.3)", "np.arange({count}).reshape(-1, {n})", "np.arange({count}) * {scale}", "torch.arange({count}) * {scale}",
    "np.floor(np.arange({count}) * {scale})", "np.cumsum(np.arange({count}))", "np.prod([{count}, {n}, {k}])",
    "einops.rearrange(T({x}), 'a ... -> ... a')", "einops.repeat(T({x}), '... -> n ...', n={n})", "einops.reduce(T({x}), 'a ... -> ...', 'max')",
)  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
def test_rule_agrees_on_random_shapes(template: str) -> None:
    rng = random.Random(template)
    problems = []
    for _ in range(DRAWS):
        case = template.format(**drawn(rng))
        framework, ours = operation_framework.outcome(case), operation_model.outcome(case)
        if "error" in framework or "unknown" in ours:
            continue
        found = ours.get("error") or operation_model.disagreement(framework["value"], ours["value"])
        if found:
            problems.append(f"{case}: {found}")
    assert problems == []
