"""How a count comes about: from the axes of the weights, with their names and with their numbers.

kernel_h · kernel_w · in_channels · filters + filters = 3·3·32·64 + 64
"""

from __future__ import annotations

from dataclasses import dataclass

from paramlens import written
from paramlens.dims import Sym
from paramlens.facts import WeightFact
from paramlens.shapes import Size

MOST_TERMS = 6


@dataclass(frozen=True, slots=True)
class Derivation:
    """`names` is empty where an axis has none."""

    names: str
    numbers: str

    def __str__(self) -> str:
        return f"{self.names} = {self.numbers}" if self.names else self.numbers


def derivation(weights: tuple[WeightFact, ...]) -> Derivation | None:
    """The sum over the weights of the products of their axes; None when a shape is not known or there are too many."""
    if not weights or len(weights) > MOST_TERMS or any(weight.shape is None for weight in weights):
        return None
    numbers = " + ".join("·".join(_factor(size) for size in weight.shape or ()) or "1" for weight in weights)
    labelled = all(len(weight.labels) == len(weight.shape or ()) and all(weight.labels) for weight in weights)
    names = " + ".join(" · ".join(_name(label) for label in weight.labels) or "1" for weight in weights)
    return Derivation(names if labelled else "", numbers)


def _factor(size: Size) -> str:
    if size is None:
        return "?"
    text = written.count(size)
    return _bracketed(text) if isinstance(size, Sym) else text


def _name(label: str) -> str:
    return _bracketed(label)


def _bracketed(text: str) -> str:
    """`(c + 1)`, `(c//4)`: in brackets unless it is a single factor or a product."""
    depth = 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if depth == 0 and char in " /%-":
            return f"({text})"
    return text
