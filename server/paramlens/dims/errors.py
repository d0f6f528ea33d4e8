"""What symbolic arithmetic can fail with, besides `ZeroDivisionError`."""

from __future__ import annotations


class Undecided(Exception):
    """The answer depends on the value of an unknown."""


class TooLarge(ArithmeticError):
    """The result exceeds a limit on terms, degree, coefficient bits or written size."""
