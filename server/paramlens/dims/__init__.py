"""Symbolic sizes: integers that may contain named unknowns.

A `Dim` is a plain `int` or a `Sym`, a polynomial with integer coefficients over named unknowns and opaque atoms such as
`c // 4` and `max(8, c)`. A result that is constant is always a plain `int`, so code that never meets an unknown never
leaves integer arithmetic.

Symbols stand for sizes: **every symbol is taken to be an integer of at least 1.** Comparisons and divisions rely on it
(`max(0, s)` is `s`, `s*t // s` is `t`). What cannot be decided for all such values is `None` from `compare` and
`Undecided` from an operator, never a guess.
"""

from __future__ import annotations

from paramlens.dims.atoms import Opaque, Symbol
from paramlens.dims.choice import maximum, minimum
from paramlens.dims.compare import compare, lower_bound
from paramlens.dims.division import ceil_div, round_div, scale
from paramlens.dims.errors import TooLarge, Undecided
from paramlens.dims.substitution import assumed, substitute, symbols_of
from paramlens.dims.sym import Dim, Sym, is_dim, product, symbol, total
from paramlens.dims.written import written

__all__ = [
    "Dim",
    "Opaque",
    "Sym",
    "Symbol",
    "TooLarge",
    "Undecided",
    "assumed",
    "ceil_div",
    "compare",
    "is_dim",
    "lower_bound",
    "maximum",
    "minimum",
    "product",
    "round_div",
    "scale",
    "substitute",
    "symbol",
    "symbols_of",
    "total",
    "written",
]
