"""Rectangles near to squares: Bruls, Huizing and van Wijk, “Squarified treemaps” (2000)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Rectangle: TypeAlias = tuple[float, float, float, float]
"""x, y, width, height."""


def squarified(sizes: Sequence[float], width: float, height: float) -> list[Rectangle]:
    """A rectangle for each size, which are above 0, the largest first; together they fill `width` times `height`.

    Rows are laid along the shorter side of what is left, each with as many sizes as make its worst rectangle better.
    """
    scale = width * height / sum(sizes) if sizes else 0.0
    areas = [size * scale for size in sizes]
    found: list[Rectangle] = []
    x = y = 0.0
    while len(found) < len(areas):
        side = min(width, height)
        row = _row(areas, len(found), side)
        thickness = sum(row) / side if side else 0.0
        along = 0.0
        for area in row:
            length = area / thickness if thickness else 0.0
            upright = width >= height
            found.append((x, y + along, thickness, length) if upright else (x + along, y, length, thickness))
            along += length
        if width >= height:
            x, width = x + thickness, max(width - thickness, 0.0)
        else:
            y, height = y + thickness, max(height - thickness, 0.0)
    return found


def _row(areas: Sequence[float], start: int, side: float) -> Sequence[float]:
    """The areas from `start` on that stand in the next row."""
    total, end = areas[start], start + 1
    worst = _worst(areas[start], areas[start], total, side)
    while end < len(areas):
        total += areas[end]
        after = _worst(areas[start], areas[end], total, side)
        if after > worst:
            break
        worst, end = after, end + 1
    return areas[start:end]


def _worst(largest: float, smallest: float, total: float, side: float) -> float:
    """The longer side by the shorter one of the worst rectangle of a row."""
    if not total or not side:
        return 1.0
    return max(side * side * largest / (total * total), total * total / (side * side * smallest))
