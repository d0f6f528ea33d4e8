"""Random symbolic expressions with the function that computes the same number from plain integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st
from paramlens.dims import Dim, ceil_div, maximum, minimum, round_div, symbol

Values = Mapping[str, int]
NAMES = ("a", "b", "c")

values = st.fixed_dictionaries({name: st.integers(1, 40) for name in NAMES})


@dataclass(frozen=True)
class Expression:
    """A Dim built by the library, and the same computation on integers."""

    dim: Dim
    at: Callable[[Values], int]


def _leaf(name: str) -> Expression:
    return Expression(symbol(name), lambda values: values[name])


def _constant(value: int) -> Expression:
    return Expression(value, lambda values: value)


def _ceil(a: int, b: int) -> int:
    return -(-a // b)


def _combine(op: str, left: Expression, right: Expression, divisor: Expression) -> Expression:
    match op:
        case "+":
            return Expression(left.dim + right.dim, lambda v: left.at(v) + right.at(v))
        case "-":
            return Expression(left.dim - right.dim, lambda v: left.at(v) - right.at(v))
        case "*":
            return Expression(left.dim * right.dim, lambda v: left.at(v) * right.at(v))
        case "//":
            return Expression(left.dim // divisor.dim, lambda v: left.at(v) // divisor.at(v))
        case "%":
            return Expression(left.dim % divisor.dim, lambda v: left.at(v) % divisor.at(v))
        case "ceil":
            return Expression(ceil_div(left.dim, divisor.dim), lambda v: _ceil(left.at(v), divisor.at(v)))
        case "round":
            return Expression(round_div(left.dim, divisor.dim), lambda v: round(Fraction(left.at(v), divisor.at(v))))
        case "max":
            return Expression(maximum(left.dim, right.dim), lambda v: max(left.at(v), right.at(v)))
        case "min":
            return Expression(minimum(left.dim, right.dim), lambda v: min(left.at(v), right.at(v)))
        case "abs":
            return Expression(abs(left.dim - right.dim), lambda v: abs(left.at(v) - right.at(v)))
        case _:
            return Expression(-left.dim, lambda v: -left.at(v))


OPERATIONS = ("+", "-", "*", "//", "%", "ceil", "round", "max", "min", "abs", "neg")
_leaves = st.sampled_from(NAMES).map(_leaf) | st.integers(-9, 20).map(_constant)
_divisors = (
    (st.integers(-8, 12).filter(bool).map(_constant))
    | st.sampled_from(NAMES).map(_leaf)
    | st.tuples(st.sampled_from(NAMES), st.integers(-4, 4).filter(bool), st.integers(0, 5)).map(
        lambda t: Expression(
            t[1] * symbol(t[0]) + (t[2] if t[1] > 0 else -t[2]),
            lambda v: t[1] * v[t[0]] + (t[2] if t[1] > 0 else -t[2]),
        )
    )
)


def _extend(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.builds(_combine, st.sampled_from(OPERATIONS), inner, inner, _divisors)


expressions = st.recursive(_leaves, _extend, max_leaves=8)

__all__ = ["NAMES", "Expression", "expressions", "values"]
