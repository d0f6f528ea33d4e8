"""The symbols of a size, and numbers put in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from paramlens.dims.atoms import Atom, Opaque, Symbol
from paramlens.dims.choice import absolute, maximum, minimum, power
from paramlens.dims.division import ceil_div, floor_divide, modulo, round_div
from paramlens.dims.errors import TooLarge, Undecided
from paramlens.dims.sym import Dim, Sym, of_atom

_OPERATIONS: dict[str, Callable[..., Dim]] = {
    "//": floor_divide,
    "%": modulo,
    "ceil": ceil_div,
    "round": round_div,
    "max": maximum,
    "min": minimum,
    "abs": absolute,
    "**": power,
}


def symbols_of(dim: Dim) -> frozenset[Symbol]:
    """Every symbol the size depends on, those inside operations included."""
    if isinstance(dim, int):
        return frozenset()
    found: set[Symbol] = set()
    for monomial, _ in dim.terms:
        for atom, _ in monomial:
            if isinstance(atom, Symbol):
                found.add(atom)
            else:
                found.update(*(symbols_of(arg) for arg in atom.args))
    return frozenset(found)


def substitute(dim: Dim, mapping: Mapping[str, int]) -> Dim:
    """The size with the named symbols replaced; names that do not occur are ignored.

    Raises ZeroDivisionError, TooLarge or Undecided when the numbers lead there.
    """
    return _replace(dim, lambda symbol: mapping.get(symbol.name))


def assumed(dim: Dim) -> int | None:
    """The value when every symbol has an assumed value (an int is its own value), else None."""
    try:
        value = _replace(dim, lambda symbol: symbol.assumed)
    except (ZeroDivisionError, TooLarge, Undecided):
        return None
    return value if isinstance(value, int) else None


def _replace(dim: Dim, value_of: Callable[[Symbol], int | None]) -> Dim:
    if not isinstance(dim, Sym):
        return dim
    result: Dim = 0
    for monomial, coefficient in dim.terms:
        term: Dim = coefficient
        for atom, exponent in monomial:
            term = term * power(_replace_atom(atom, value_of), exponent)
        result = result + term
    return result


def _replace_atom(atom: Atom, value_of: Callable[[Symbol], int | None]) -> Dim:
    if isinstance(atom, Opaque):
        return _OPERATIONS[atom.op](*(_replace(arg, value_of) for arg in atom.args))
    value = value_of(atom)
    return of_atom(atom) if value is None else value
