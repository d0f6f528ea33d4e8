"""Maximum, minimum, absolute value and power of symbolic integers."""

from __future__ import annotations

from collections.abc import Iterable

from paramlens.dims.atoms import Opaque
from paramlens.dims.compare import compare
from paramlens.dims.errors import TooLarge, Undecided
from paramlens.dims.sym import MAX_BITS, MAX_DEGREE, Dim, Sym, degree, operation


def maximum(*dims: Dim) -> Dim:
    """The largest, without the arguments that another one is never below. Raises ValueError for none."""
    return _extreme("max", ">=", dims)


def minimum(*dims: Dim) -> Dim:
    """The smallest, without the arguments that another one is never above. Raises ValueError for none."""
    return _extreme("min", "<=", dims)


def absolute(dim: Dim) -> Dim:
    """|dim|, without bars where the sign is certain."""
    if isinstance(dim, int):
        return abs(dim)
    if compare(dim, ">=", 0) is True:
        return dim
    if compare(dim, "<=", 0) is True:
        return -dim
    return operation("abs", dim if dim.terms[0][1] > 0 else -dim)


def power(base: Dim, exponent: Dim) -> Dim:
    """base ** exponent. Raises Undecided where the result may not be an integer, TooLarge beyond the limits."""
    if isinstance(exponent, int):
        return _int_power(base, exponent)
    if compare(exponent, ">=", 0) is not True:
        raise Undecided(f"whether {base} ** ({exponent}) is an integer depends on the values")
    if isinstance(base, int) and base in (0, 1):
        if base == 1:
            return 1
        if compare(exponent, ">", 0) is True:
            return 0
    return operation("**", base, exponent)


def _int_power(base: Dim, exponent: int) -> Dim:
    if exponent < 0:
        raise Undecided(f"{base} ** {exponent} is not an integer")
    if isinstance(base, int):
        if base.bit_length() * exponent > MAX_BITS and base not in (-1, 0, 1):
            raise TooLarge(f"an integer of more than {MAX_BITS} bits")
        return int(base**exponent)
    if exponent * degree(base.terms[0][0]) > MAX_DEGREE:
        raise TooLarge(f"a product of more than {MAX_DEGREE} names")
    result: Dim = 1
    for _ in range(exponent):
        result = result * base
    return result


def _extreme(op: str, wins: str, dims: Iterable[Dim]) -> Dim:
    kept: list[Dim] = []
    for dim in _flattened(op, dims):
        if any(compare(other, wins, dim) is True for other in kept):
            continue
        kept = [other for other in kept if compare(dim, wins, other) is not True]
        kept.append(dim)
    if not kept:
        raise ValueError(f"{op} of no sizes")
    if len(kept) == 1:
        return kept[0]
    return operation(op, *sorted(kept, key=_argument_order))


def _flattened(op: str, dims: Iterable[Dim]) -> list[Dim]:
    """The dims, with the arguments of an inner operation of the same kind in its place."""
    found: list[Dim] = []
    for dim in dims:
        inner = _lone_operation(dim)
        if inner is not None and inner.op == op:
            found.extend(inner.args)
        else:
            found.append(dim)
    return found


def _lone_operation(dim: Dim) -> Opaque | None:
    if isinstance(dim, Sym) and len(dim.terms) == 1:
        monomial, coefficient = dim.terms[0]
        atom, exponent = monomial[0]
        if coefficient == 1 and len(monomial) == 1 and exponent == 1 and isinstance(atom, Opaque):
            return atom
    return None


def _argument_order(dim: Dim) -> tuple[int, str]:
    return (0, str(dim)) if isinstance(dim, int) else (1, dim.key)
