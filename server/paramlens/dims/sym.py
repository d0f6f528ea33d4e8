"""The symbolic integer: a polynomial in normal form, with the operators of `int`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeAlias

from paramlens.dims.atoms import Atom, Opaque, Order, Symbol
from paramlens.dims.errors import TooLarge, Undecided

MAX_TERMS = 64
MAX_DEGREE = 12
MAX_BITS = 4096
MAX_SIZE = 1024
"""How many atoms the written form may have, counting those inside operations."""

Monomial: TypeAlias = tuple[tuple[Atom, int], ...]
"""Atoms with their exponents, sorted by atom; `()` is the constant monomial."""

Terms: TypeAlias = Mapping[Monomial, int]


class Sym:
    """A polynomial that is not constant. Made by `symbol` and by arithmetic, not by calling the class.

    `==` is structural: equal polynomials are equal, and everything else is not, `symbol("n") == 3` included. To ask
    whether two sizes are the same number use `paramlens.dims.compare`. `<`, `<=`, `>`, `>=` and `bool()` answer what
    holds for all values and raise `Undecided` otherwise.
    """

    __slots__ = ("_hash", "_key", "depth", "size", "terms")

    terms: tuple[tuple[Monomial, int], ...]
    """(monomial, coefficient) pairs, highest degree first, then alphabetical, the constant last; none is zero."""
    size: int
    depth: int
    _hash: int
    _key: str | None

    def __init__(self, terms: tuple[tuple[Monomial, int], ...]) -> None:
        fix = object.__setattr__
        fix(self, "terms", terms)
        fix(self, "size", sum(atom.size for monomial, _ in terms for atom, _ in monomial))
        fix(self, "depth", max(atom.depth for monomial, _ in terms for atom, _ in monomial))
        fix(self, "_hash", hash(terms))
        fix(self, "_key", None)
        if self.size > MAX_SIZE:
            raise TooLarge(f"more than {MAX_SIZE} names in one size")

    @property
    def key(self) -> str:
        """A string that only equal polynomials share; orders the atoms that contain this one."""
        if self._key is None:
            object.__setattr__(self, "_key", "+".join(_term_key(term) for term in self.terms))
        return self._key or ""

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Sym) and self._hash == other._hash and self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Sym is immutable: cannot set {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Sym, (self.terms,)

    def __copy__(self) -> Sym:
        return self

    def __deepcopy__(self, memo: object) -> Sym:
        return self

    def __str__(self) -> str:
        from paramlens.dims.written import written

        return written(self)

    def __repr__(self) -> str:
        return f"<Sym {self}>"

    def __add__(self, other: Dim) -> Dim:
        if not isinstance(other, int | Sym):
            return NotImplemented
        if isinstance(other, int) and other == 0:
            return self
        terms = dict(self.terms)
        for monomial, coefficient in terms_of(other):
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return from_terms(terms)

    __radd__ = __add__

    def __neg__(self) -> Sym:
        return Sym(tuple((monomial, -coefficient) for monomial, coefficient in self.terms))

    def __pos__(self) -> Sym:
        return self

    def __sub__(self, other: Dim) -> Dim:
        if not isinstance(other, int | Sym):
            return NotImplemented
        return self + -other

    def __rsub__(self, other: Dim) -> Dim:
        if not isinstance(other, int | Sym):
            return NotImplemented
        return -self + other

    def __mul__(self, other: Dim) -> Dim:
        if not isinstance(other, int | Sym):
            return NotImplemented
        if isinstance(other, int) and other == 1:
            return self
        terms: dict[Monomial, int] = {}
        for right, scale in terms_of(other):
            for left, coefficient in self.terms:
                monomial = multiply_monomials(left, right)
                terms[monomial] = terms.get(monomial, 0) + coefficient * scale
        return from_terms(terms)

    __rmul__ = __mul__

    def __pow__(self, exponent: Dim) -> Dim:
        from paramlens.dims.choice import power

        return power(self, exponent) if isinstance(exponent, int | Sym) else NotImplemented

    def __rpow__(self, base: Dim) -> Dim:
        from paramlens.dims.choice import power

        return power(base, self) if isinstance(base, int | Sym) else NotImplemented

    def __floordiv__(self, other: Dim) -> Dim:
        from paramlens.dims.division import floor_divide

        return floor_divide(self, other) if isinstance(other, int | Sym) else NotImplemented

    def __rfloordiv__(self, other: Dim) -> Dim:
        from paramlens.dims.division import floor_divide

        return floor_divide(other, self) if isinstance(other, int | Sym) else NotImplemented

    def __mod__(self, other: Dim) -> Dim:
        from paramlens.dims.division import modulo

        return modulo(self, other) if isinstance(other, int | Sym) else NotImplemented

    def __rmod__(self, other: Dim) -> Dim:
        from paramlens.dims.division import modulo

        return modulo(other, self) if isinstance(other, int | Sym) else NotImplemented

    def __divmod__(self, other: Dim) -> tuple[Dim, Dim]:
        return self // other, self % other

    def __rdivmod__(self, other: Dim) -> tuple[Dim, Dim]:
        return other // self, other % self

    def __truediv__(self, other: Dim) -> Dim:
        """The quotient when `other` divides this exactly; otherwise raises `Undecided`."""
        from paramlens.dims.division import exact_quotient

        return exact_quotient(self, other) if isinstance(other, int | Sym) else NotImplemented

    def __rtruediv__(self, other: Dim) -> Dim:
        from paramlens.dims.division import exact_quotient

        return exact_quotient(other, self) if isinstance(other, int | Sym) else NotImplemented

    def __abs__(self) -> Dim:
        from paramlens.dims.choice import absolute

        return absolute(self)

    def __floor__(self) -> Sym:
        return self

    def __ceil__(self) -> Sym:
        return self

    def __trunc__(self) -> Sym:
        return self

    def __bool__(self) -> bool:
        return self._decide("!=", 0)

    def __lt__(self, other: Dim) -> bool:
        return self._decide("<", other) if isinstance(other, int | Sym) else NotImplemented

    def __le__(self, other: Dim) -> bool:
        return self._decide("<=", other) if isinstance(other, int | Sym) else NotImplemented

    def __gt__(self, other: Dim) -> bool:
        return self._decide(">", other) if isinstance(other, int | Sym) else NotImplemented

    def __ge__(self, other: Dim) -> bool:
        return self._decide(">=", other) if isinstance(other, int | Sym) else NotImplemented

    def _decide(self, op: str, other: Dim) -> bool:
        from paramlens.dims.compare import compare

        answer = compare(self, op, other)
        if answer is None:
            raise Undecided(f"whether {self} {op} {other} depends on the values")
        return answer


Dim: TypeAlias = int | Sym


def symbol(name: str, assumed: int | None = None, origin: object = None) -> Sym:
    """The unknown size called `name`."""
    return of_atom(Symbol(name, assumed, origin))


def is_dim(value: object) -> bool:
    """True for an int that is not a bool, and for a Sym."""
    return isinstance(value, Sym) or (isinstance(value, int) and not isinstance(value, bool))


def product(dims: Iterable[Dim]) -> Dim:
    """The product; 1 for no dims."""
    result: Dim = 1
    for dim in dims:
        result = result * dim
    return result


def total(dims: Iterable[Dim]) -> Dim:
    """The sum; 0 for no dims."""
    result: Dim = 0
    for dim in dims:
        result = result + dim
    return result


def of_atom(atom: Atom) -> Sym:
    """The polynomial that is this atom alone."""
    return Sym(((((atom, 1),), 1),))


def operation(op: str, *args: Dim) -> Sym:
    """The polynomial that is the opaque operation `op` on `args`."""
    return of_atom(Opaque(op, args))


def terms_of(dim: Dim) -> Iterable[tuple[Monomial, int]]:
    """(monomial, coefficient) pairs in normal order; none for 0."""
    if isinstance(dim, Sym):
        return dim.terms
    return (((), int(dim)),) if dim else ()


def constant_of(dim: Dim) -> int:
    """The constant term."""
    if isinstance(dim, Sym):
        monomial, coefficient = dim.terms[-1]
        return 0 if monomial else coefficient
    return int(dim)


def leading_coefficient(dim: Dim) -> int:
    """The coefficient of the first term in normal order; 0 for 0."""
    return dim.terms[0][1] if isinstance(dim, Sym) else int(dim)


def from_terms(terms: Terms) -> Dim:
    """The polynomial with these terms, as an int when it is constant. Raises TooLarge beyond the limits."""
    kept = [(monomial, coefficient) for monomial, coefficient in terms.items() if coefficient]
    if not kept:
        return 0
    if len(kept) > MAX_TERMS:
        raise TooLarge(f"more than {MAX_TERMS} terms in one size")
    if len(kept) > 1:
        kept.sort(key=lambda term: monomial_order(term[0]))
    if any(coefficient.bit_length() > MAX_BITS for _, coefficient in kept):
        raise TooLarge(f"an integer of more than {MAX_BITS} bits")
    if not kept[0][0]:
        return kept[0][1]
    if degree(kept[0][0]) > MAX_DEGREE:
        raise TooLarge(f"a product of more than {MAX_DEGREE} names")
    return Sym(tuple(kept))


def multiply_monomials(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left:
        return right
    if not right:
        return left
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return tuple(sorted(exponents.items(), key=lambda factor: factor[0].order))


def degree(monomial: Monomial) -> int:
    """The sum of the exponents."""
    return sum(exponent for _, exponent in monomial)


def monomial_order(monomial: Monomial) -> tuple[int, tuple[tuple[Order, int], ...]]:
    """Sort key: graded lexicographic, largest first. A monomial order, as long division needs."""
    return -degree(monomial), tuple((atom.order, -exponent) for atom, exponent in monomial)


def _term_key(term: tuple[Monomial, int]) -> str:
    monomial, coefficient = term
    factors = (f"{atom.order[1]}\0{atom.order[2]}^{exponent}" for atom, exponent in monomial)
    return f"{coefficient}*{'*'.join(factors)}"
