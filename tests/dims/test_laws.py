"""Laws of symbolic integers, sampled at numbers: whatever is written or decided must hold for every value."""

from __future__ import annotations

import copy
import operator
import pickle
import re
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramlens.dims import (
    Dim,
    Sym,
    Undecided,
    ceil_div,
    compare,
    lower_bound,
    maximum,
    minimum,
    scale,
    substitute,
    symbols_of,
    written,
)

from .expressions import NAMES, Expression, Values, expressions, values

COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
DIGITS = str.maketrans(SUPERSCRIPTS, "0123456789")


def is_normal(dim: Dim) -> bool:
    return isinstance(dim, int) or (all(c for _, c in dim.terms) and any(m for m, _ in dim.terms))


@settings(max_examples=400, deadline=None)
@given(expressions, values)
def test_arithmetic_is_that_of_integers(expression: Expression, at: Values) -> None:
    assert is_normal(expression.dim)
    assert substitute(expression.dim, at) == expression.at(at)


@settings(max_examples=200, deadline=None)
@given(expressions, values)
def test_substituting_one_name_after_another_ends_at_the_same_number(expression: Expression, at: Values) -> None:
    dim = expression.dim
    for name in NAMES:
        dim = substitute(dim, {name: at[name]})
    assert dim == expression.at(at)


@settings(max_examples=400, deadline=None)
@given(expressions, expressions, st.sampled_from(list(COMPARISONS)), st.lists(values, min_size=6, max_size=6))
def test_a_decided_comparison_holds_everywhere(
    left: Expression, right: Expression, op: str, samples: list[Values]
) -> None:
    answer = compare(left.dim, op, right.dim)
    if answer is not None:
        assert {COMPARISONS[op](left.at(at), right.at(at)) for at in samples} == {answer}


@settings(max_examples=200, deadline=None)
@given(expressions, values)
def test_nothing_is_below_its_lower_bound(expression: Expression, at: Values) -> None:
    bound = lower_bound(expression.dim)
    assert bound is None or bound <= expression.at(at)


@settings(max_examples=200, deadline=None)
@given(expressions, expressions)
def test_polynomial_identities_are_structural(left: Expression, right: Expression) -> None:
    a, b = left.dim, right.dim
    assert a - a == 0
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) * (a - b) == a * a - b * b
    assert hash(a + b) == hash(b + a)
    assert maximum(a, b) == maximum(b, a)
    assert minimum(a, b) == minimum(b, a)


@settings(max_examples=200, deadline=None)
@given(expressions, expressions)
def test_division_undoes_multiplication(left: Expression, right: Expression) -> None:
    a, b = left.dim, right.dim
    if isinstance(b, int) and b == 0:
        return
    assert (a * b) // b == a
    assert (a * b) % b == 0
    assert isinstance(a, int) or (a * b) / b == a


@settings(max_examples=150, deadline=None)
@given(expressions, st.integers(1, 12))
def test_ceiling_division_has_one_form(expression: Expression, divisor: int) -> None:
    a = expression.dim
    assert ceil_div(a, divisor) == (a + divisor - 1) // divisor == (a - 1) // divisor + 1 == -(-a // divisor)


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_pickle_and_copy_keep_equality_and_hash(expression: Expression) -> None:
    dim = expression.dim
    for twin in (pickle.loads(pickle.dumps(dim)), copy.deepcopy(dim), copy.copy(dim)):
        assert twin == dim
        assert hash(twin) == hash(dim)


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_written_form_names_every_symbol(expression: Expression) -> None:
    text = written(expression.dim)
    assert all(symbol.name in text for symbol in symbols_of(expression.dim))
    assert "+ -" not in text
    assert "- -" not in text


@settings(max_examples=300, deadline=None)
@given(expressions, values)
def test_the_written_form_can_be_read_back(expression: Expression, at: Values) -> None:
    """The text, read by Python's own precedence, is the number."""
    text = re.sub(r"(?<=\d),(?=\d)", "", written(expression.dim))
    text = re.sub(f"[{SUPERSCRIPTS}]+", lambda power: "**" + power[0].translate(DIGITS), text)
    names = {name: Fraction(value) for name, value in at.items()}
    functions = {"ceil": ceil, "round": round, "max": max, "min": min, "abs": abs}
    assert eval(text.replace("·", "*"), {"__builtins__": {}}, {**functions, **names}) == expression.at(at)


@settings(max_examples=200, deadline=None)
@given(expressions, values, st.integers(0, 64))
def test_scaling_by_a_binary_fraction_is_int_of_the_product(
    expression: Expression, at: Values, sixteenths: int
) -> None:
    scaled = scale(expression.dim, sixteenths / 16)
    if scaled is not None:
        assert substitute(scaled, at) == int(expression.at(at) * (sixteenths / 16))


@settings(max_examples=150, deadline=None)
@given(expressions, expressions)
def test_operators_answer_as_compare_does(left: Expression, right: Expression) -> None:
    for op in ("<", "<=", ">", ">="):
        answer = compare(left.dim, op, right.dim)
        if isinstance(left.dim, Sym) and answer is None:
            with pytest.raises(Undecided):
                COMPARISONS[op](left.dim, right.dim)
        elif isinstance(left.dim, Sym):
            assert COMPARISONS[op](left.dim, right.dim) is answer
