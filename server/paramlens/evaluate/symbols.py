"""The named symbols that stand for unknown numbers, so that a count stays a formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from paramlens.dims import Sym, symbol
from paramlens.evaluate.alike import same
from paramlens.values import Unknown, Value

LONGEST_NAME = 40

Formula: TypeAlias = "tuple[str, Unknown, Unknown]"
"""An operator and what it was applied to."""


class Symbols:
    """All symbols of one analysis; different unknowns never share one.

    by_name   the unknown that a symbol stands for
    names     by label, unknown and its serial: the symbol's name
    formulas  by the serial of an unknown result: what it is made of
    """

    def __init__(self) -> None:
        self._lasting: dict[str, Unknown] = {}  # those of imported modules, which outlast a run of the program
        self._lasting_formulas: dict[int, Formula] = {}
        self.begin()

    def begin(self) -> None:
        """Forget those of the last run of the program."""
        self.by_name: dict[str, Unknown] = dict(self._lasting)
        self.names: dict[tuple[str, Unknown, int], str] = {}
        self.formulas: dict[int, Formula] = dict(self._lasting_formulas)
        self._counts: dict[str, int] = {}  # how many symbols there are with a label

    def note_formula(self, result: Unknown, formula: Formula, *, lasting: bool) -> None:
        """Remember what an unknown result is made of."""
        self.formulas[result.serial] = formula
        if lasting:
            self._lasting_formulas[result.serial] = formula

    def symbol_for(
        self, unknown: Unknown, fallback: str, compute: Callable[[str, Value, Value], Value], *, lasting: bool
    ) -> Sym:
        """The symbol for an unknown number, or the formula that it is by `compute`; `fallback` names the nameless."""
        return self._symbol(unknown, fallback, compute, {}, lasting=lasting)

    def _symbol(
        self,
        unknown: Unknown,
        fallback: str,
        compute: Callable[[str, Value, Value], Value],
        found: dict[int, Sym],
        *,
        lasting: bool,
    ) -> Sym:
        """`found` holds those of formulas, of which one may stand in many others and twice in each."""
        serial = unknown.serial
        if serial not in self.formulas:
            return self._plain(unknown, fallback, lasting=lasting)
        if serial not in found:
            op, *sides = self.formulas[serial]
            result = compute(op, *(self._symbol(side, fallback, compute, found, lasting=lasting) for side in sides))
            found[serial] = result if isinstance(result, Sym) else self._plain(unknown, fallback, lasting=lasting)
        return found[serial]

    def _plain(self, unknown: Unknown, fallback: str, *, lasting: bool) -> Sym:
        base = unknown.label if unknown.label and len(unknown.label) <= LONGEST_NAME else fallback
        key = (base, unknown, unknown.serial)
        name = self.names.get(key, "")
        if not same(self.by_name.get(name), unknown):
            name = self.names[key] = self._new_name(base, unknown)
        if lasting:
            self._lasting[name] = unknown
        return symbol(name)

    def _new_name(self, base: str, unknown: Unknown) -> str:
        """The first free name. The search begins where the last one ended, or before: names may have been forgotten."""
        count = self._counts.get(base, 1)
        while count > 1 and f"{base}'{count}" not in self.by_name:
            count -= 1
        name = base if count == 1 else f"{base}'{count}"
        while not same(self.by_name.setdefault(name, unknown), unknown):
            count += 1
            name = f"{base}'{count}"
        self._counts[base] = count
        return name
