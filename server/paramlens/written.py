"""How numbers, sizes and reasons are written for people: `18,496`, `72.3 KiB`, `2.2 M multiply-adds`, `53.1%`."""

from __future__ import annotations

from bisect import bisect_right
from typing import TypeAlias

from paramlens.dims import Dim, written
from paramlens.facts import Status, Tally
from paramlens.shapes import Shape
from paramlens.values import Place, Unknown

Cells: TypeAlias = "tuple[tuple[int, int], ...]"
"""The code cells of a notebook: the first line of each in the joined text, ascending, and its number, both from 1."""

_CELLS: dict[str, Cells] = {}

_BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL_UNITS = ("", " k", " M", " G", " T", " P")


def count(number: Dim | None) -> str:
    """`18,496`, `9·in_planes·planes`; `?` where it is not known."""
    return "?" if number is None else written(number)


def params(number: Dim) -> str:
    """`1 param`, `34,826 params`."""
    return f"{count(number)} {'param' if number == 1 else 'params'}"


def parameters(number: Dim) -> str:
    """`1 parameter`, `34,826 parameters`."""
    return f"{count(number)} {'parameter' if number == 1 else 'parameters'}"


def memory(size: int) -> str:
    """`136 KiB`, `42.6 MiB`: three digits or so, in powers of 1,024."""
    return _scaled(size, 1024, tuple(f" {unit}" for unit in _BINARY_UNITS))


def multiply_adds(number: int) -> str:
    """`2.2 M multiply-adds`."""
    return f"{short(number)} multiply-adds"


def short(number: int) -> str:
    """`950`, `2.2 M`, `1.8 G`: in powers of 1,000."""
    return _scaled(number, 1000, _DECIMAL_UNITS)


def _scaled(number: int, base: int, units: tuple[str, ...]) -> str:
    """Rounded half up, in integers: one decimal below 100, none above."""
    if number < base:
        return f"{number:,}{units[0]}"
    size = 1
    for unit in units:
        tenths = (20 * number + size) // (2 * size)
        whole = (2 * number + size) // (2 * size)
        if whole < base or unit == units[-1]:
            break
        size *= base
    if tenths < 1000 and tenths % 10:
        return f"{tenths // 10}.{tenths % 10}{unit}"
    return f"{whole if tenths >= 1000 else tenths // 10:,}{unit}"


def percent(part: int, whole: int) -> str:
    """`53.1%`; `whole` is not 0."""
    return _hundredths(100 * part / whole, whole=part >= whole)


def share(part: float) -> str:
    """`53.1%` of 0.531."""
    return _hundredths(100 * part, whole=part >= 1)


def _hundredths(number: float, *, whole: bool) -> str:
    if 0 < number < 0.1:
        return "<0.1%"
    if number > 99.9 and not whole:
        return ">99.9%"
    return f"{number:.1f}".removesuffix(".0") + "%"


def shape(sizes: Shape | None) -> str:
    """`(None, 13, 13, 32)`, `(64)`, `()`; `?` where not even the rank is known."""
    if sizes is None:
        return "?"
    return "(" + ", ".join("None" if size is None else _plain(size) for size in sizes) + ")"


def _plain(size: Dim) -> str:
    return str(size)  # without thousands separators: (None, 1000) reads as code does


def reason(unknown: Unknown, path: str = "") -> str:
    """`the argument has no known value: width (line 12)`; the file is named when it is not `path`."""
    text = unknown.reason.value
    if unknown.detail:
        text += f": {unknown.detail}"
    if unknown.place is not None:
        text += f" ({location(unknown.place, path)})"
    return text


def in_cells(path: str, cells: Cells) -> None:
    """From now on the lines of a notebook are written as those of its cells; a file has none."""
    if cells:
        _CELLS[path] = cells
    else:
        _CELLS.pop(path, None)


def _line(place: Place) -> str:
    """`line 12`, in a notebook `cell 3 line 2`."""
    cells = _CELLS.get(place.path)
    if not cells:
        return f"line {place.line}"
    first, number = cells[max(bisect_right(cells, place.line, key=lambda cell: cell[0]) - 1, 0)]
    return f"cell {number} line {place.line - first + 1}"


def location(place: Place, path: str = "") -> str:
    """`line 12`, in a notebook `cell 3 line 2`; `layers.py line 12` for another file than `path`."""
    line = _line(place)
    if not path or place.path == path:
        return line
    return f"{file_name(place.path)} {line}"


def file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def short_name(class_name: str) -> str:
    """`Conv2d` of `torch.nn.Conv2d`."""
    return class_name.rsplit(".", 1)[-1]


def assumption(tally: Tally) -> str:
    """`with the default arguments num_classes=10`, or nothing."""
    return f"with the default arguments {tally.assumed}" if tally.assumed else ""


def why(tally: Tally, path: str = "") -> str:
    """What keeps a tally from being exact, or nothing."""
    parts = [assumption(tally)]
    if tally.status is not Status.EXACT and tally.reason is not None:
        parts.append(reason(tally.reason, path))
    return "; ".join(part for part in parts if part)
