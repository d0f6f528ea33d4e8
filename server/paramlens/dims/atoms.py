"""The indivisible parts of a symbolic integer: named unknowns, and operations that are not polynomials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from paramlens.dims.errors import TooLarge

if TYPE_CHECKING:
    from paramlens.dims.sym import Dim

MAX_ATOM_DEPTH = 16
"""How deep operations may nest; bounds the recursion of everything that walks a Dim."""

Order: TypeAlias = tuple[int, str, str]
"""Sort key of an atom: symbols before operations, each alphabetical."""


class Symbol:
    """A named unknown size (an integer of at least 1).

    `assumed` is a value to show when a number is wanted (say, a default); `origin` says where the unknown came from and
    is no part of equality.
    """

    __slots__ = ("_hash", "assumed", "name", "order", "origin")

    name: str
    assumed: int | None
    origin: object
    order: Order

    def __init__(self, name: str, assumed: int | None = None, origin: object = None) -> None:
        fix = object.__setattr__
        fix(self, "name", name)
        fix(self, "assumed", assumed)
        fix(self, "origin", origin)
        fix(self, "order", (0, name, "" if assumed is None else str(assumed)))
        fix(self, "_hash", hash((name, assumed)))

    @property
    def size(self) -> int:
        """How many atoms the written form has."""
        return 1

    @property
    def depth(self) -> int:
        """How deep operations nest in it."""
        return 0

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Symbol) and self.name == other.name and self.assumed == other.assumed

    def __hash__(self) -> int:
        result: int = self._hash  # type: ignore[attr-defined]
        return result

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Symbol is immutable: cannot set {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Symbol, (self.name, self.assumed, self.origin)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"Symbol({self.name!r})" if self.assumed is None else f"Symbol({self.name!r}, {self.assumed})"


class Opaque:
    """An operation kept as it is, because its result is not a polynomial in its arguments.

    `op` and `args`: `//` (a, b), `%` (a, b), `ceil` (a, b) for ⌈a/b⌉, `round` (a, b) for a/b to the nearest with ties
    to even, `max` and `min` (two or more), `abs` (a), `**` (base, exponent). Always an integer.
    """

    __slots__ = ("_hash", "args", "depth", "op", "order", "size")

    op: str
    args: tuple[Dim, ...]
    order: Order
    size: int
    depth: int

    def __init__(self, op: str, args: tuple[Dim, ...]) -> None:
        fix = object.__setattr__
        depth = 1 + max(0 if isinstance(arg, int) else arg.depth for arg in args)
        if depth > MAX_ATOM_DEPTH:
            raise TooLarge(f"operations nest deeper than {MAX_ATOM_DEPTH}")
        keys = (str(arg) if isinstance(arg, int) else arg.key for arg in args)
        fix(self, "op", op)
        fix(self, "args", args)
        fix(self, "depth", depth)
        fix(self, "size", 1 + sum(0 if isinstance(arg, int) else arg.size for arg in args))
        fix(self, "order", (1, f"{op}({','.join(keys)})", ""))
        fix(self, "_hash", hash((op, args)))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Opaque) and hash(self) == hash(other) and self.op == other.op and self.args == other.args
        )

    def __hash__(self) -> int:
        result: int = self._hash  # type: ignore[attr-defined]
        return result

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Opaque is immutable: cannot set {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Opaque, (self.op, self.args)

    def __repr__(self) -> str:
        return f"Opaque({self.op!r}, {self.args!r})"


Atom: TypeAlias = Symbol | Opaque
