"""Comparison of symbolic integers, decided only when it holds for every value of the symbols (each at least 1)."""

from __future__ import annotations

import math

from paramlens.dims.atoms import Atom, Opaque, Symbol
from paramlens.dims.errors import TooLarge
from paramlens.dims.sym import Dim, Monomial, Sym, constant_of, degree, from_terms, of_atom

_MAX_WORK = 600
_MAX_EXPANSION = 4096

_LEAST: dict[Sym, tuple[int | None, int]] = {}
"""Bounds that proofs found before and the work they took: sizes that grow step by step hold one another."""
_MOST_LEAST = 4096

_INT_ANSWERS = {
    "==": int.__eq__,
    "!=": int.__ne__,
    "<": int.__lt__,
    "<=": int.__le__,
    ">": int.__gt__,
    ">=": int.__ge__,
}


def compare(left: Dim, op: str, right: Dim) -> bool | None:
    """Whether `left op right` for all values of the symbols ≥ 1: True always, False never, None undecided.

    `op` is one of `== != < <= > >=`. None is also the answer where the search for a proof was given up.
    """
    if isinstance(left, int) and isinstance(right, int):
        return bool(_INT_ANSWERS[op](left, right))
    if op == "!=":
        equal = compare(left, "==", right)
        return None if equal is None else not equal
    try:
        if op == "==":
            return _equal(left - right)
        if op in ("<", ">="):
            at_least = _non_negative_or_not(left - right)
            return at_least if op == ">=" or at_least is None else not at_least
        at_most = _non_negative_or_not(right - left)
        return at_most if op == "<=" or at_most is None else not at_most
    except TooLarge:
        return None


def lower_bound(dim: Dim) -> int | None:
    """An integer that dim is never below, or None when none was found. Not necessarily the greatest."""
    try:
        return _Proof().lower_bound(dim)
    except TooLarge:
        return None


def _equal(difference: Dim) -> bool | None:
    if isinstance(difference, int):
        return difference == 0
    step = math.gcd(*(coefficient for monomial, coefficient in difference.terms if monomial))
    if constant_of(difference) % step:
        return False
    if _Proof().non_negative(difference - 1) or _Proof().non_negative(-difference - 1):
        return False
    return None


def _non_negative_or_not(dim: Dim) -> bool | None:
    if _Proof().non_negative(dim):
        return True
    return False if _Proof().non_negative(-dim - 1) else None


class _Proof:
    """One search for a proof, with its budget of work (terms looked at)."""

    __slots__ = ("work",)

    def __init__(self) -> None:
        self.work = 0

    def non_negative(self, dim: Dim) -> bool:
        """True when dim ≥ 0 was proved."""
        if isinstance(dim, int):
            return dim >= 0
        self.work += len(dim.terms)
        if self.work > _MAX_WORK:
            return False
        least = self._least(dim)
        if least is not None and least >= 0:
            return True
        return dim.depth > 0 and any(self._without(dim, atom) for atom in _operations(dim))

    def lower_bound(self, dim: Dim) -> int | None:
        """An integer ≤ dim, when one is found."""
        if isinstance(dim, int):
            return dim
        return self._least(dim)

    def _least(self, dim: Sym) -> int | None:
        known = _LEAST.get(dim)
        if known is not None and self.work + known[1] <= _MAX_WORK:  # the answer is never another one than without it
            self.work += known[1]
            return known[0]
        before = self.work
        least = self._least_shifted(dim)
        if self.work <= _MAX_WORK:
            if len(_LEAST) >= _MOST_LEAST:
                _LEAST.clear()
            _LEAST[dim] = least, self.work - before
        return least

    def _least_shifted(self, dim: Sym) -> int | None:
        """The constant left when every atom is its lower bound plus something ≥ 0, if no other term is negative."""
        if dim.depth == 0 and degree(dim.terms[0][0]) == 1:
            least = 0
            for monomial, coefficient in dim.terms:
                if coefficient < 0 and monomial:
                    return None
                least += coefficient
            return least
        shifted = _shifted(dim, {atom: self._atom_lower_bound(atom) for atom in _atoms(dim)})
        if shifted is None or any(coefficient < 0 for monomial, coefficient in shifted.items() if monomial):
            return None
        return shifted.get((), 0)

    def _atom_lower_bound(self, atom: Atom) -> int | None:
        if isinstance(atom, Symbol):
            return 1
        self.work += 1
        if self.work > _MAX_WORK:
            return None
        if atom.op == "abs":
            return 0
        bounds = [self.lower_bound(arg) for arg in atom.args]
        if atom.op == "max":
            return max((bound for bound in bounds if bound is not None), default=None)
        if atom.op == "min":
            return None if None in bounds else min(bound for bound in bounds if bound is not None)
        first, second = bounds
        if atom.op == "**":
            return 1 if first is not None and first >= 1 else None
        if second is None or second < 1:
            return None
        if atom.op == "%":
            return 0
        return self._quotient_lower_bound(atom, first)

    def _quotient_lower_bound(self, atom: Opaque, least: int | None) -> int | None:
        """For `//`, `ceil` and `round` with a positive divisor and a dividend of at least `least`."""
        if least is None:
            return None
        divisor = atom.args[1]
        if isinstance(divisor, int):
            return -(-least // divisor) if atom.op == "ceil" else least // divisor
        if least < 0:
            return None
        return 1 if atom.op == "ceil" and least >= 1 else 0

    def _without(self, dim: Sym, atom: Opaque) -> bool:
        """Proves dim ≥ 0 by replacing `atom` with what bounds it."""
        self.work += len(dim.terms)
        if self.work > _MAX_WORK:
            return False
        if atom.op in ("max", "min"):
            return self._by_cases(dim, atom)
        if atom.op not in ("//", "ceil", "%"):
            return False
        split = _linear_in(dim, atom)
        if split is None or not self.non_negative(atom.args[1] - 1):
            return False
        factor, rest = split
        if self.non_negative(factor):
            return self._with_least(atom, factor, rest)
        return self.non_negative(-factor) and self._with_greatest(atom, factor, rest)

    def _by_cases(self, dim: Sym, atom: Opaque) -> bool:
        """`max` and `min` are one of their arguments: all cases suffice, and one does where it bounds from below."""
        split = _linear_in(dim, atom)
        if split is not None:
            factor, rest = split
            bounding = factor if atom.op == "max" else -factor
            if self.non_negative(bounding):
                return any(self.non_negative(factor * arg + rest) for arg in atom.args)
        return all(self.non_negative(_replaced(dim, atom, arg)) for arg in atom.args)

    def _with_least(self, atom: Opaque, factor: Dim, rest: Dim) -> bool:
        dividend, divisor = atom.args
        if atom.op == "%":
            return self.non_negative(rest)
        # ⌊x / d⌋ ≥ (x − d + 1) / d and ⌈x / d⌉ ≥ x / d
        least = dividend if atom.op == "ceil" else dividend - divisor + 1
        return self.non_negative(factor * least + rest * divisor)

    def _with_greatest(self, atom: Opaque, factor: Dim, rest: Dim) -> bool:
        dividend, divisor = atom.args
        if atom.op == "%":
            if self.non_negative(factor * (divisor - 1) + rest):
                return True
            return self.non_negative(dividend) and self.non_negative(factor * dividend + rest)
        # ⌊x / d⌋ ≤ x / d and ⌈x / d⌉ ≤ (x + d − 1) / d
        greatest = dividend + divisor - 1 if atom.op == "ceil" else dividend
        return self.non_negative(factor * greatest + rest * divisor)


def _atoms(dim: Sym) -> set[Atom]:
    return {atom for monomial, _ in dim.terms for atom, _ in monomial}


def _operations(dim: Sym) -> list[Opaque]:
    """The operations among the atoms, outermost (largest) first."""
    found = [atom for atom in _atoms(dim) if isinstance(atom, Opaque)]
    return sorted(found, key=lambda atom: (-atom.size, atom.order))


def _linear_in(dim: Sym, atom: Atom) -> tuple[Dim, Dim] | None:
    """(a, b) with dim = a·atom + b, or None when the atom has a power above 1."""
    factor: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, coefficient in dim.terms:
        exponent = dict(monomial).get(atom, 0)
        if exponent > 1:
            return None
        if exponent:
            factor[tuple(item for item in monomial if item[0] != atom)] = coefficient
        else:
            rest[monomial] = coefficient
    return from_terms(factor), from_terms(rest)


def _replaced(dim: Sym, atom: Atom, value: Dim) -> Dim:
    result: Dim = 0
    for monomial, coefficient in dim.terms:
        term: Dim = coefficient
        for other, exponent in monomial:
            factor = value if other == atom else of_atom(other)
            for _ in range(exponent):
                term = term * factor
        result = result + term
    return result


def _shifted(dim: Sym, bounds: dict[Atom, int | None]) -> dict[Monomial, int] | None:
    """The terms of dim after each atom x became bound + x; None when a bound is missing or the work is too much."""
    result: dict[Monomial, int] = {}
    for monomial, coefficient in dim.terms:
        expanded: dict[Monomial, int] = {(): coefficient}
        for atom, exponent in monomial:
            bound = bounds[atom]
            if bound is None or len(expanded) * (exponent + 1) > _MAX_EXPANSION:
                return None
            powers = [math.comb(exponent, power) * bound ** (exponent - power) for power in range(exponent + 1)]
            expanded = {
                (*left, (atom, power)) if power else left: value * scale
                for left, value in expanded.items()
                for power, scale in enumerate(powers)
            }
        for shifted, value in expanded.items():
            result[shifted] = result.get(shifted, 0) + value
        if len(result) > _MAX_EXPANSION:
            return None
    return result
