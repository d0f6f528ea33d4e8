"""Symbolic integers by example: normal forms, written forms, decisions, limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from paramlens.dims import (
    Dim,
    Opaque,
    Sym,
    Symbol,
    TooLarge,
    Undecided,
    assumed,
    ceil_div,
    compare,
    is_dim,
    maximum,
    minimum,
    product,
    round_div,
    scale,
    substitute,
    symbol,
    symbols_of,
    total,
)

s, t, c = symbol("s"), symbol("t"), symbol("c")
in_planes, planes, vocab_size = symbol("in_planes"), symbol("planes"), symbol("vocab_size")


@pytest.mark.parametrize(
    ("dim", "expected"),
    [
        (s - s, 0),
        (2 * s // 2, s),
        (64 * s % 64, 0),
        (s * t // s, t),
        ((s * t + t) // (s + 1), t),
        (2 * s // (2 * t), s // t),
        (s // 2 // 2, s // 4),
        ((2 * s + 1) // 2, s),
        (7 * s // 2, 3 * s + s // 2),
        ((s + 5) // 2, (s + 1) // 2 + 2),
        ((s - 1) // s, 0),
        ((s + t) % s, t % s),
        (s % (s + 1), s),
        (s % 1, 0),
        ((c % 4) // 4, 0),
        (s**0, 1),
        (s**3, s * s * s),
        (1**s, 1),
        (s // -2, -ceil_div(s, 2)),
        (s / 1, s),
        (6 * s / 3, 2 * s),
        (maximum(0, s), s),
        (maximum(s, s + 1), s + 1),
        (maximum(maximum(8, s), t), maximum(8, maximum(t, s))),
        (minimum(s, s * t), s),
        (abs(-s), s),
        (round_div(4 * s, 2), 2 * s),
        (scale(s, 0.25), s // 4),
        (scale(6, 0.5), 3),
        (product([2, s, 3]), 6 * s),
        (total([s, 1, s]), 2 * s + 1),
        (s // 1, s),
        (0 // s, 0),
        (0 * s, 0),
        (True + s, s + 1),
    ],
)
def test_normal_form(dim: Dim, expected: Dim) -> None:
    assert dim == expected
    assert type(dim) is type(expected)


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        (9 * in_planes * planes + planes, "9·in_planes·planes + planes"),
        (512 * vocab_size + 6147, "512·vocab_size + 6,147"),
        (in_planes // 4, "in_planes//4"),
        (maximum(8, c // 16), "max(8, c//16)"),
        (9 * (c // 4) ** 2, "9·(c//4)²"),
        (c // 4 * 4, "4·(c//4)"),
        (c // 4 + 1, "c//4 + 1"),
        (in_planes * planes // 4, "(in_planes·planes)//4"),
        (-(-s // 2), "ceil(s / 2)"),
        (-(-s // t), "ceil(s / t)"),
        (-(-(s + t) // 4), "ceil((s + t) / 4)"),
        (3 * ceil_div(s, 2), "3·ceil(s / 2)"),
        (ceil_div(s, 2) * maximum(s, t), "ceil(s / 2)·max(s, t)"),
        (s // ceil_div(t, 2), "s//ceil(t / 2)"),
        (s % 8, "s % 8"),
        (2 * (s % 8), "2·(s % 8)"),
        (-s + t, "-s + t"),
        (t - s, "-s + t"),
        (5 - s, "-s + 5"),
        (s - 1000, "s - 1,000"),
        (s**2 - 2 * s * t, "s² - 2·s·t"),
        (2**s, "2**s"),
        (3 * 2 ** (s + 1), "3·(2**(s + 1))"),
        (abs(s - t), "abs(s - t)"),
        (round_div(s, 3), "round(s / 3)"),
        (64 // s, "64//s"),
    ],
)
def test_written_form(dim: Dim, text: str) -> None:
    assert str(dim) == text


@pytest.mark.parametrize(
    ("left", "op", "right", "answer"),
    [
        (s, ">=", 1, True),
        (s, "<", 1, False),
        (s, ">", 1, None),
        (s + 1, "==", s, False),
        (s, "==", t, None),
        (s, "==", 3, None),
        (2 * s, "==", 7, False),
        (s, "==", 0, False),
        (s * t, ">=", s, True),
        (c // 4, "<=", c, True),
        (4 * (c // 4), "<=", c, True),
        (4 * ceil_div(c, 4), ">=", c, True),
        (c // 4, ">=", 0, True),
        (c // 4, "==", 0, None),
        (c % 8, "<", 8, True),
        (c % t, "<", t, True),
        (maximum(8, c), ">=", 8, True),
        (maximum(8, c), ">=", c, True),
        (minimum(8, c), ">", 8, False),
        (minimum(8, c), ">=", 1, True),
        (s * s - 2 * s + 1, ">=", 0, True),
        (2**s, ">=", 1, True),
        (3, "<", 4, True),
        (s - t, "!=", 0, None),
    ],
)
def test_comparisons_decide_only_what_always_holds(left: Dim, op: str, right: Dim, answer: bool | None) -> None:
    assert compare(left, op, right) is answer


def test_operators_raise_when_undecided() -> None:
    assert s > 0
    assert bool(s)
    with pytest.raises(Undecided, match=r"whether s < 3 depends on the values"):
        bool(s < 3)
    with pytest.raises(Undecided):
        bool(s - t)
    with pytest.raises(Undecided):
        s / 2
    with pytest.raises(Undecided):
        2 ** (s - 2)


def test_equality_is_structural() -> None:
    assert s == symbol("s")
    assert s != 3
    assert symbol("s", 4) != s
    assert symbol("s", origin="here") == symbol("s", origin="there")
    assert len({s, symbol("s"), t}) == 2


def test_division_by_zero() -> None:
    divisions: list[Callable[[], object]] = [
        lambda: s // 0,
        lambda: s % 0,
        lambda: s / 0,
        lambda: round_div(s, 0),
        lambda: s // (t - t),
    ]
    for divide in divisions:
        with pytest.raises(ZeroDivisionError):
            divide()
    with pytest.raises(ZeroDivisionError):
        substitute(s // (t - 3), {"t": 3})


def test_other_operands_are_refused() -> None:
    with pytest.raises(TypeError):
        s * 0.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        "a" + s  # type: ignore[operator]
    assert s != "s"


def forty_times(step: Callable[[Dim], Dim], size: Dim) -> Dim:
    """The step done forty times over."""
    for _ in range(40):
        size = step(size)
    return size


def test_limits() -> None:
    many = total(symbol(f"x{i}") for i in range(64))
    with pytest.raises(TooLarge):
        many + symbol("y")
    with pytest.raises(TooLarge):
        many * many
    with pytest.raises(TooLarge):
        s**13
    with pytest.raises(TooLarge):
        s * 2**4096
    with pytest.raises(TooLarge):
        forty_times(lambda nested: (3 * nested + 1) // 2, s)
    with pytest.raises(TooLarge):
        forty_times(lambda doubled: maximum(8, doubled * (doubled + 1) // 3), s)
    assert issubclass(TooLarge, ArithmeticError)


def test_comparing_the_largest_sizes_gives_up_instead_of_hanging() -> None:
    left = total(symbol(f"x{i}") * symbol(f"y{i}") // 3 for i in range(30))
    assert compare(left, "<", t) is None


def test_symbols_substitution_and_assumed_values() -> None:
    width = symbol("width", 64)
    assert symbols_of(maximum(s, t // 2) * 3) == {Symbol("s"), Symbol("t")}
    assert substitute(s * t, {"s": 3, "unused": 1}) == 3 * t
    assert assumed(width * width // 2) == 2048
    assert assumed(width * s) is None
    assert assumed(7) == 7
    assert assumed(width // (width - 64)) is None
    assert [is_dim(value) for value in (3, s, True, 3.0, None)] == [True, True, False, False, False]


def test_values_are_immutable() -> None:
    for value in (s, Symbol("s"), Opaque("//", (s, 2))):
        with pytest.raises(AttributeError):
            value.name = "t"
    assert isinstance(s, Sym)
