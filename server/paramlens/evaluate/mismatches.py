"""The problem that is noted where shapes do not fit."""

from __future__ import annotations

from paramlens.facts import MISMATCH, Problem
from paramlens.shapes import ShapeMismatch
from paramlens.values import Place


def mismatch_problem(mismatch: ShapeMismatch, place: Place) -> Problem:
    """Where one argument of a constructor is wrong, `data` names it with the size that it has and the one that it
    should have, and the constructor is related."""
    made_at = mismatch.made_at
    if not mismatch.argument or not isinstance(made_at, Place):
        return Problem(MISMATCH, "error", place, str(mismatch))
    data = {"argument": mismatch.argument, "given": mismatch.expected, "wanted": mismatch.actual}
    related = ((made_at, f"{mismatch.argument} is {mismatch.expected} here, {mismatch.actual} would fit"),)
    return Problem(MISMATCH, "error", place, str(mismatch), related, data)
