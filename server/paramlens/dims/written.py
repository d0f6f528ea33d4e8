"""The written form of a size: `9·in_planes·planes + 64`, `in_planes//4`, `max(8, c//16)`, `ceil(width / 2)`."""

from __future__ import annotations

from functools import lru_cache

from paramlens.dims.atoms import Atom, Opaque, Symbol
from paramlens.dims.sym import Dim, Monomial, Sym, constant_of

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_CALLS = frozenset({"max", "min", "abs", "ceil", "round"})


def written(dim: Dim) -> str:
    """How people write the size: thousands separators, highest degree first, the constant last."""
    if isinstance(dim, int):
        return f"{dim:,}"
    text = ""
    for monomial, coefficient in dim.terms:
        sign = "-" if coefficient < 0 else "+"
        if text:
            text += f" {sign} "
        text += _term(monomial, abs(coefficient), negated=not text and coefficient < 0)
    return text


def _term(monomial: Monomial, coefficient: int, negated: bool) -> str:
    sign = "-" if negated else ""
    if not monomial:
        return f"{sign}{coefficient:,}"
    alone = len(monomial) == 1 and coefficient == 1 and not negated  # -(c//4) is not -c//4
    factors = [_factor(atom, exponent, alone) for atom, exponent in monomial]
    if coefficient != 1:
        factors.insert(0, f"{coefficient:,}")
    return sign + "·".join(factors)


def _factor(atom: Atom, exponent: int, alone: bool) -> str:
    text = _atom(atom)
    if not (_is_closed(atom) or (alone and exponent == 1)):
        text = f"({text})"
    return text if exponent == 1 else text + str(exponent).translate(_SUPERSCRIPTS)


@lru_cache(maxsize=2_048)
def _atom(atom: Atom) -> str:
    if isinstance(atom, Symbol):
        return atom.name
    first, *others = atom.args
    if atom.op in ("ceil", "round"):
        return f"{atom.op}({_operand(first)} / {_operand(others[0])})"
    if atom.op in _CALLS:
        return f"{atom.op}({', '.join(written(arg) for arg in atom.args)})"
    if _is_ceiling(atom):
        divisor = others[0]
        return f"ceil({_operand(first - divisor + 1)} / {_operand(divisor)})"
    gap = " " if atom.op == "%" else ""
    return f"{_operand(first)}{gap}{atom.op}{gap}{_operand(others[0])}"


def _is_closed(atom: Atom) -> bool:
    """Written as a name or a call, which needs no parentheses anywhere."""
    return isinstance(atom, Symbol) or atom.op in _CALLS or _is_ceiling(atom)


def _is_ceiling(atom: Opaque) -> bool:
    """⌊(x + d − 1) / d⌋, the normal form of ⌈x / d⌉ for an int d."""
    if atom.op != "//":
        return False
    dividend, divisor = atom.args
    return isinstance(divisor, int) and isinstance(dividend, Sym) and divisor > 1 == divisor - constant_of(dividend)


def _operand(dim: Dim) -> str:
    """Written so that it can stand beside an operator."""
    text = written(dim)
    if isinstance(dim, int):
        return text if dim >= 0 else f"({text})"
    monomial, coefficient = dim.terms[0]
    lone = len(dim.terms) == 1 and len(monomial) == 1 and coefficient == 1
    return text if lone and _is_closed(monomial[0][0]) else f"({text})"
