"""Division of symbolic integers: floor, ceiling, remainder, exact and rounded.

Normal forms are chosen so that the usual spellings meet: `(s - 1) // 2 + 1`, `(s + 1) // 2` and `-(-s // 2)` are one
polynomial, and `s // 2 // 2` is `s // 4`.
"""

from __future__ import annotations

import math
from fractions import Fraction

from paramlens.dims.atoms import Opaque
from paramlens.dims.compare import compare
from paramlens.dims.errors import TooLarge, Undecided
from paramlens.dims.sym import (
    Dim,
    Monomial,
    Sym,
    constant_of,
    from_terms,
    leading_coefficient,
    operation,
    terms_of,
)

_MAX_DIVISION_STEPS = 256
_MAX_SCALE_BITS = 20
_MAX_SCALED_BITS = 512


def floor_divide(dividend: Dim, divisor: Dim) -> Dim:
    """⌊dividend / divisor⌋, Python's `//`."""
    if isinstance(divisor, int):
        if isinstance(dividend, int):
            return dividend // divisor
        if divisor == 0:
            raise ZeroDivisionError(f"{dividend} // 0")
        return _floor_by_int(dividend, divisor) if divisor > 0 else _floor_by_int(-dividend, -divisor)
    return _floor_by_sym(dividend, divisor)


def ceil_div(dividend: Dim, divisor: Dim) -> Dim:
    """⌈dividend / divisor⌉."""
    return -(-dividend // divisor)


def modulo(dividend: Dim, divisor: Dim) -> Dim:
    """Python's `%`: dividend − divisor·⌊dividend / divisor⌋."""
    if isinstance(divisor, int):
        if isinstance(dividend, int):
            return dividend % divisor
        if divisor == 0:
            raise ZeroDivisionError(f"{dividend} % 0")
        return _modulo_int(dividend, divisor) if divisor > 0 else -_modulo_int(-dividend, -divisor)
    return _modulo_sym(dividend, divisor)


def exact_quotient(dividend: Dim, divisor: Dim) -> Dim:
    """The polynomial q with dividend = q·divisor. Raises Undecided when there is none with integer coefficients."""
    if isinstance(divisor, int) and divisor == 0:
        raise ZeroDivisionError(f"{dividend} / 0")
    quotient, remainder = _long_division(dividend, divisor)
    if isinstance(remainder, int) and remainder == 0:
        return quotient
    raise Undecided(f"whether {divisor} divides {dividend} depends on the values")


def round_div(dividend: Dim, divisor: Dim) -> Dim:
    """dividend / divisor to the nearest integer, ties to even, as `round(dividend / divisor)` for sizes."""
    if isinstance(divisor, int) and divisor == 0:
        raise ZeroDivisionError(f"round({dividend} / 0)")
    if isinstance(dividend, int) and isinstance(divisor, int):
        return round(Fraction(dividend, divisor))
    try:
        return exact_quotient(dividend, divisor)
    except Undecided:
        return operation("round", dividend, divisor)


def scale(dim: Dim, factor: float) -> Dim | None:
    """`int(dim * factor)` for a size, or None when floating-point rounding could matter.

    For symbols: exact for factors that are short binary fractions, such as 0.25 and 1.5, and sizes below 2³³.
    """
    if not math.isfinite(factor):
        return None
    if isinstance(dim, int):
        return int(dim * factor) if dim.bit_length() <= _MAX_SCALED_BITS else None
    if factor < 0 or compare(dim, ">=", 0) is not True:
        return None
    numerator, denominator = factor.as_integer_ratio()
    if max(numerator.bit_length(), denominator.bit_length()) > _MAX_SCALE_BITS:
        return None
    return dim * numerator // denominator


def _floor_by_int(dividend: Dim, divisor: int) -> Dim:
    """Splits off whole multiples, cancels common factors, joins nested divisions, keeps the leading sign positive."""
    whole, rest = _split_multiples(dividend, divisor)
    if isinstance(rest, int):
        return whole
    common = math.gcd(divisor, *(coefficient for monomial, coefficient in rest.terms if monomial))
    if common > 1:  # ⌊x / (g·e)⌋ = ⌊⌊x / g⌋ / e⌋
        reduced = from_terms({monomial: coefficient // common for monomial, coefficient in rest.terms})
        return whole + floor_divide(reduced, divisor // common)
    if leading_coefficient(rest) < 0:  # ⌊x / d⌋ = −⌈−x / d⌉ = −⌊(−x + d − 1) / d⌋
        return whole - floor_divide(-rest + (divisor - 1), divisor)
    inner = _lone_floor(rest)
    if inner is not None:  # ⌊(⌊x / a⌋ + c) / d⌋ = ⌊(x + a·c) / (a·d)⌋
        numerator, denominator = inner
        return whole + floor_divide(numerator + denominator * constant_of(rest), denominator * divisor)
    if rest.depth and compare(rest, ">=", 0) is True and compare(rest, "<", divisor) is True:
        return whole
    return whole + operation("//", rest, divisor)


def _split_multiples(dividend: Dim, divisor: int) -> tuple[Dim, Dim]:
    """dividend = whole·divisor + rest, with the coefficients of rest below divisor and its constant in [0, divisor)."""
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, coefficient in terms_of(dividend):
        quotient = coefficient // divisor
        if monomial and coefficient < 0:
            quotient = -(-coefficient // divisor)
        whole[monomial] = quotient
        rest[monomial] = coefficient - quotient * divisor
    return from_terms(whole), from_terms(rest)


def _lone_floor(dim: Sym) -> tuple[Dim, int] | None:
    """(x, a) when dim is ⌊x / a⌋ plus a constant, with a positive int."""
    if len(dim.terms) - bool(constant_of(dim)) != 1:
        return None
    monomial, coefficient = dim.terms[0]
    atom, exponent = monomial[0]
    if len(monomial) > 1 or coefficient != 1 or exponent != 1 or not isinstance(atom, Opaque) or atom.op != "//":
        return None
    numerator, denominator = atom.args
    return (numerator, denominator) if isinstance(denominator, int) and denominator > 0 else None


def _floor_by_sym(dividend: Dim, divisor: Sym) -> Dim:
    dividend, reduced = _cancel(dividend, divisor)
    if isinstance(reduced, int):
        return floor_divide(dividend, reduced)
    positive = compare(reduced, ">", 0)
    if positive is False and compare(reduced, "<", 0) is True:
        dividend, reduced, positive = -dividend, -reduced, True
    quotient, remainder = _long_division(dividend, reduced)
    if isinstance(remainder, int) and remainder == 0:
        return quotient
    if not positive:
        return operation("//", dividend, reduced)
    if compare(remainder, ">=", 0) is True and compare(remainder, "<", reduced) is True:
        return quotient
    if compare(remainder, "<", 0) is True and compare(remainder + reduced, ">=", 0) is True:
        return quotient - 1
    return quotient + _floor_of_remainder(remainder, reduced)


def _floor_of_remainder(remainder: Dim, divisor: Sym) -> Dim:
    """⌊remainder / divisor⌋ for a positive divisor, as a ceiling where that is the shorter form."""
    if leading_coefficient(remainder) < 0:  # ⌊x / d⌋ = −⌈−x / d⌉
        opposite = -remainder
        if constant_of(opposite) == 1:  # ⌈(x + 1) / d⌉ = ⌊x / d⌋ + 1
            return -(operation("//", opposite - 1, divisor) + 1)
        return -operation("ceil", opposite, divisor)
    if constant_of(remainder) == -1:  # ⌊(x − 1) / d⌋ = ⌈x / d⌉ − 1
        return operation("ceil", remainder + 1, divisor) - 1
    return operation("//", remainder, divisor)


def _cancel(dividend: Dim, divisor: Sym) -> tuple[Dim, Dim]:
    """Both divided by their common integer factor and common monomial, which leaves ⌊dividend / divisor⌋ as it is."""
    terms = [*terms_of(dividend), *divisor.terms]
    common = math.gcd(*(coefficient for _, coefficient in terms))
    exponents = dict(terms[0][0])
    for monomial, _ in terms[1:]:
        present = dict(monomial)
        exponents = {atom: min(n, present[atom]) for atom, n in exponents.items() if atom in present}
    if common == 1 and not exponents:
        return dividend, divisor
    factor: Monomial = tuple(sorted(exponents.items(), key=lambda item: item[0].order))
    return _divide_terms(dividend, factor, common), _divide_terms(divisor, factor, common)


def _divide_terms(dim: Dim, factor: Monomial, common: int) -> Dim:
    return from_terms(
        {_monomial_quotient(monomial, factor) or (): coefficient // common for monomial, coefficient in terms_of(dim)}
    )


def _modulo_int(dividend: Dim, divisor: int) -> Dim:
    rest = from_terms({monomial: coefficient % divisor for monomial, coefficient in terms_of(dividend)})
    if isinstance(rest, int):
        return rest
    common = math.gcd(divisor, *(coefficient for monomial, coefficient in rest.terms if monomial))
    if common > 1:  # (g·x + c) % (g·e) = g·((x + c // g) % e) + c % g
        reduced = from_terms({monomial: coefficient // common for monomial, coefficient in rest.terms})
        return common * (reduced % (divisor // common)) + constant_of(rest) % common
    if rest.depth and compare(rest, ">=", 0) is True and compare(rest, "<", divisor) is True:
        return rest
    return operation("%", rest, divisor)


def _modulo_sym(dividend: Dim, divisor: Sym) -> Dim:
    positive = compare(divisor, ">", 0)
    if positive is False and compare(divisor, "<", 0) is True:
        return -_modulo_sym(-dividend, -divisor)
    _, remainder = _long_division(dividend, divisor)
    if isinstance(remainder, int) and remainder == 0:
        return 0
    if not positive:
        return operation("%", dividend, divisor)
    if compare(remainder, ">=", 0) is True and compare(remainder, "<", divisor) is True:
        return remainder
    if compare(remainder, "<", 0) is True and compare(remainder + divisor, ">=", 0) is True:
        return remainder + divisor
    return operation("%", remainder, divisor)


def _long_division(dividend: Dim, divisor: Dim) -> tuple[Dim, Dim]:
    """(quotient, remainder) with dividend = quotient·divisor + remainder; remainder 0 exactly when divisor divides."""
    lead, lead_coefficient = next(iter(terms_of(divisor)))
    quotient: Dim = 0
    remainder: Dim = 0
    left = dividend
    for _ in range(_MAX_DIVISION_STEPS):
        if isinstance(left, int) and left == 0:
            return quotient, remainder
        monomial, coefficient = next(iter(terms_of(left)))
        ratio = _monomial_quotient(monomial, lead)
        if ratio is None or coefficient % lead_coefficient:
            term = from_terms({monomial: coefficient})
            remainder = remainder + term
            left = left - term
        else:
            step = from_terms({ratio: coefficient // lead_coefficient})
            quotient = quotient + step
            left = left - step * divisor
    raise TooLarge(f"dividing by {divisor} takes more than {_MAX_DIVISION_STEPS} steps")


def _monomial_quotient(dividend: Monomial, divisor: Monomial) -> Monomial | None:
    """dividend / divisor, or None when it does not divide."""
    exponents = dict(dividend)
    for atom, exponent in divisor:
        left = exponents.get(atom, 0) - exponent
        if left < 0:
            return None
        exponents[atom] = left
    return tuple((atom, exponent) for atom, exponent in exponents.items() if exponent)
