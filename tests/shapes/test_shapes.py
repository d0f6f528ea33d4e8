"""Shape rules by example, and the law that unknown sizes never contradict the known ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramlens.dims import maximum, substitute, symbol
from paramlens.shapes import (
    Shape,
    ShapeMismatch,
    Size,
    broadcast,
    bytes_of,
    chunk_sizes,
    concatenate,
    einsum,
    element_count,
    expand,
    expand_dims,
    flatten,
    join,
    keras_reshape,
    matmul,
    move_axis,
    normalize_axes,
    normalize_axis,
    pad,
    permute,
    reduce_axes,
    repeat,
    reshape,
    same_size,
    slice_length,
    split_sizes,
    squeeze,
    stack,
    tile,
    transpose,
    unify,
    unsqueeze,
    written_shape,
)

n, m = symbol("n"), symbol("m")


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        # broadcast
        (broadcast((8, 1, 6), (7, 1)), (8, 7, 6)),
        (broadcast((n, 3), (n, 1)), (n, 3)),
        (broadcast((n,), (4,)), (4,)),
        (broadcast((n,), (m,)), (maximum(n, m),)),
        (broadcast((n + 1,), (m,)), (n + 1,)),
        (broadcast((None, 3), (1, 3)), (None, 3)),
        (broadcast((None,), (4,)), (4,)),
        (broadcast((None,), (n,)), (None,)),
        (broadcast((0,), (1,)), (0,)),
        (broadcast(), ()),
        # reshape
        (reshape((2, 3, 4), (-1, 4)), (6, 4)),
        (reshape((4, n), (n, -1)), (n, 4)),
        (reshape((2 * n,), (-1, 2)), (n, 2)),
        (reshape((n,), (-1, 4)), (n // 4, 4)),
        (reshape((None, 28, 28), (-1, 784)), (None, 784)),
        (reshape((2, 6), (None, 4)), (3, 4)),
        (reshape((2, 6), (None, -1)), (None, None)),
        (reshape((1,), ()), ()),
        (keras_reshape((None, 784), (28, -1)), (None, 28, 28)),
        (flatten((2, 3, 4), 1), (2, 12)),
        (flatten((None, n, 4), 1), (None, 4 * n)),
        (flatten(()), (1,)),
        # axes
        (permute((1, 2, 3), (2, 0, 1)), (3, 1, 2)),
        (transpose((1, n, 3)), (1, 3, n)),
        (move_axis((1, 2, 3, 4), 1, -1), (1, 3, 4, 2)),
        (move_axis((1, 2, 3, 4), (0, 1), (-1, -2)), (3, 4, 2, 1)),
        (squeeze((1, 3, 1)), (3,)),
        (squeeze((n, 1)), None),
        (squeeze((n, 1), 1), (n,)),
        (squeeze((3, 1), 0), (3, 1)),
        (squeeze((None, 3), 0), None),
        (squeeze((None, 3), 0, strict=True), (3,)),
        (expand_dims((3, 4), (0, -1)), (1, 3, 4, 1)),
        (unsqueeze((3, 4), -1), (3, 4, 1)),
        (expand((1, 3), (5, 4, -1)), (5, 4, 3)),
        (expand((n,), (4,)), (4,)),
        (expand((None,), (-1,)), (None,)),
        (reduce_axes((2, n, 4), (1, -1)), (2,)),
        (reduce_axes((2, n, 4), 1, keepdims=True), (2, 1, 4)),
        (reduce_axes((2, n, 4), None), ()),
        (tile((2, 3), (2,)), (2, 6)),
        (tile((3,), (n, 2)), (n, 6)),
        (repeat((2, 3), 4, 1), (2, 12)),
        (repeat((2, n), 4), (8 * n,)),
        # several made one
        (concatenate([(2, n), (2, 3)], 1), (2, n + 3)),
        (concatenate([(None, 2), (4, 3)], -1), (4, 5)),
        (concatenate([(0,), (2, 3)], 1), (2, 3)),
        (concatenate([(2, None), (2, 3)], 1), (2, None)),
        (stack([(2, n), (None, 3)]), (2, 2, 3)),
        (stack([(2,), (2,)], -1), (2, 2)),
        (unify((None, 3), (4, n)), (4, 3)),
        (unify((2, 3), (2, 4)), None),
        (unify((2,), (2, 4)), None),
        (join((2, 3), (2, 4)), (2, None)),
        (join((2, 3), (2,)), None),
        # products
        (matmul((2, 3), (3, n)), (2, n)),
        (matmul((5, 1, 2, 3), (7, 3, 4)), (5, 7, 2, 4)),
        (matmul((3,), (3,)), ()),
        (matmul((3,), (2, 3, 4)), (2, 4)),
        (matmul((2, 4, 3), (3,)), (2, 4)),
        (matmul((None, n), (m, 4)), (None, 4)),
        (einsum("ij,jk->ik", (2, 3), (3, 4)), (2, 4)),
        (einsum("bhid,bhjd->bhij", (None, 8, n, 64), (None, 8, m, 64)), (None, 8, n, m)),
        (einsum("...ij, ...jk", (5, 2, 3), (3, 4)), (5, 2, 4)),
        (einsum("ba", (2, 3)), (3, 2)),
        (einsum("ii->i", (3, None)), (3,)),
        (einsum("i,j->", (3,), (4,)), ()),
        # parts
        (pad((1, 2, 3), (1, 2, 0, 1)), (1, 3, 6)),
        (pad((n, 3), (1, None)), (n, None)),
        (split_sizes(10, 4), (4, 4, 2)),
        (split_sizes(2 * n, n), (n, n)),
        (split_sizes(n, 4), None),
        (chunk_sizes(10, 4), (3, 3, 3, 1)),
        (chunk_sizes(3 * n, 3), (n, n, n)),
        (chunk_sizes(n, 2), None),
        (chunk_sizes(0, 3), (0, 0, 0)),
    ],
)
def test_rule(result: Shape | None, expected: Shape | None) -> None:
    assert result == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: broadcast((2, 3), (2, 4)), "expects shapes that broadcast, got (2, 3) and (2, 4)"),
        (lambda: broadcast((n + 1,), (n + 2,)), "expects shapes that broadcast, got (n + 1,) and (n + 2,)"),
        (lambda: reshape((2, 3), (4, -1)), "expects a multiple of 4 elements, got 6 in (2, 3)"),
        (lambda: reshape((2 * n,), (n, 3)), "expects 2·n elements to reshape (2·n,), got 3·n"),
        (lambda: reshape((6,), (-1, -1)), "expects at most one -1, got (-1, -1)"),
        (lambda: reshape((6,), (-2, 3)), "expects sizes of at least 0 or -1, got (-2, 3)"),
        (lambda: reshape((0,), (0, -1)), "expects sizes other than 0 beside -1, got (0, -1)"),
        (lambda: keras_reshape((None, 10), (3, 4)), "expects 10 elements to reshape (10,), got 12"),
        (lambda: normalize_axis(3, 3), "expects an axis from -3 to 2, got 3"),
        (lambda: normalize_axes((0, -2), 2), "expects different axes, got [0, 0]"),
        (lambda: permute((2, 3), (0,)), "expects 2 axes for a tensor of rank 2, got 1"),
        (lambda: squeeze((2, 3), 0, strict=True), "expects size 1 on axis 0, got 2"),
        (lambda: expand((3,), (4,)), "expects size 1 to expand to 4, got 3"),
        (
            lambda: concatenate([(2, 3), (4, 3)], 1),
            "expects equal sizes except on axis 1, got (2, 3) and (4, 3)",
        ),
        (lambda: concatenate([(2, 3), (2, 3, 1)], 0), "expects tensors of rank 2, got rank 3"),
        (lambda: stack([(2,), (3,)]), "expects equal shapes, got (2,) and (3,)"),
        (lambda: matmul((2, 3), (4, 5)), "expects 3 rows in the second factor, got 4 ((2, 3) @ (4, 5))"),
        (lambda: matmul((), (4, 5)), "expects tensors with axes, got () and (4, 5)"),
        (lambda: einsum("ij,jk->ik", (2, 3), (4, 5)), "expects 3 for j in 'ij,jk->ik', got 4"),
        (lambda: einsum("ij->i", (2,)), "expects rank 2 for 'ij', got (2,)"),
        (lambda: einsum("ij->k", (2, 3)), "expects output labels that occur in the inputs, got k in 'ij->k'"),
        (lambda: einsum("i,j", (2,)), "expects 2 operands for 'i,j', got 1"),
        (lambda: pad((2,), (0, -3)), "expects a padding that leaves an output of (2,), got -1"),
        (lambda: slice_length(4, None, None, 0), "expects a slice step other than 0, got 0"),
    ],
)
def test_mismatches_state_requirement_then_fact(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ShapeMismatch) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((n,), n),
        ((None,), None),
        ((n, None, -1), n - 1),
        ((n, 1), n - 1),
        ((n, None, None, -1), n),
        ((n, None, None, 2), (n + 1) // 2),
        ((n, -1), 1),
        ((n + 5, None, 3), 3),
        ((None, None, 0), 0),
        ((None, 3, 1), 0),
        ((None, None, 3), None),
        ((10, 2, -2, 3), 2),
        ((10, None, None, -3), 4),
        ((10, n, None), maximum(0, 10 - n)),
    ],
)
def test_slice_length(arguments: tuple[Size, ...], expected: Size) -> None:
    assert slice_length(*arguments) == expected


bounds = st.none() | st.integers(-9, 9)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 9), bounds, bounds, st.none() | st.sampled_from([1, 2, 3, -1, -2]))
def test_a_slice_of_a_symbol_is_that_of_its_number(
    size: int, start: int | None, stop: int | None, step: int | None
) -> None:
    exact = len(range(size)[slice(start, stop, step)])
    assert slice_length(size, start, stop, step) == exact
    symbolic = slice_length(n, start, stop, step)
    assert symbolic is None or substitute(symbolic, {"n": size}) == exact


sizes = st.sampled_from([1, 1, 2, 3, 5])
shapes = st.lists(sizes, max_size=4).map(tuple)
veils = st.lists(st.sampled_from(["number", "symbol", "unknown"]), min_size=8, max_size=8)


@settings(max_examples=300, deadline=None)
@given(shapes, shapes, veils)
def test_unknown_sizes_never_contradict_the_known_ones(left: Shape, right: Shape, veil: list[str]) -> None:
    """A rule that succeeds on numbers succeeds on veiled sizes, and what it then knows is true."""
    values: dict[str, int] = {}

    def hide(shape: Shape, offset: int) -> Shape:
        hidden: list[Size] = []
        for axis, size in enumerate(shape):
            kind = veil[offset + axis]
            name = f"{kind}{offset + axis}"
            if kind == "symbol" and isinstance(size, int):
                values[name] = size
            hidden.append({"number": size, "symbol": symbol(name), "unknown": None}[kind])
        return tuple(hidden)

    hidden_left, hidden_right = hide(left, 0), hide(right, 4)
    rules: list[Callable[[Shape, Shape], Shape | None]] = [
        broadcast,
        matmul,
        lambda a, b: concatenate([a, b], 0),
        lambda a, b: stack([a, b]),
        lambda a, b: squeeze(a),
        lambda a, b: flatten(a),
        lambda a, b: reshape(a, (-1,)),
        expand,
    ]
    for rule in rules:
        try:
            known = rule(left, right)
        except ShapeMismatch:
            continue
        veiled = rule(hidden_left, hidden_right)
        assert known is not None
        if veiled is not None:
            assert len(veiled) == len(known)
            seen = [None if size is None else substitute(size, values) for size in veiled]
            assert all(size is None or size == exact for size, exact in zip(seen, known, strict=True))


def test_counts_and_bytes() -> None:
    assert element_count(()) == 1
    assert element_count((3, n)) == 3 * n
    assert element_count((3, None)) is None
    assert element_count((0, None)) == 0
    assert bytes_of(10, "float32") == 40
    assert bytes_of(n, "bfloat16") == 2 * n
    assert bytes_of(10, "quaternion") is None
    assert bytes_of(None, "float32") is None
    assert bytes_of(10, None) is None


def test_sizes_are_equal_different_or_undecided() -> None:
    assert same_size(n, n) is True
    assert same_size(n, n + 1) is False
    assert same_size(n, 3) is None
    assert same_size(None, 3) is None


def test_written_shapes() -> None:
    assert written_shape((None, 28, n // 4)) == "(?, 28, n//4)"
    assert written_shape((3,)) == "(3,)"
    assert written_shape(()) == "()"
