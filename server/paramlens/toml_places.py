"""Where a key stands in a TOML text. The standard parser gives values without places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from paramlens.lines import split_lines
from paramlens.values import Place

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?\s*(?:#.*)?")
_ERROR = re.compile(r"at line (\d+), column (\d+)")
_ROOT = ("tool", "paramlens")


def place_of(text: str, path: str, keys: Sequence[str | int]) -> Place:
    """The place of the key under [tool.paramlens], or of the nearest table that holds it."""
    lines = split_lines(text)
    best = (0, Place(path, 1, 1, 1, len(lines[0]) + 1))
    wanted = (*_ROOT, *keys)
    table: tuple[str | int, ...] = ()
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines, 1):
        if header := _HEADER.fullmatch(line):
            names = _names(header[2])
            table = names
            if header[1] == "[[":
                seen[names] = seen.get(names, -1) + 1
                table = (*names, seen[names])
            best = _better(best, table, wanted, path, number, line, line.strip())
        elif "=" in line and not line.lstrip().startswith("#"):
            key = line.split("=", 1)[0].strip()
            best = _better(best, (*table, *_names(key)), wanted, path, number, line, key)
    return best[1]


def place_of_error(text: str, path: str, message: str) -> Place:
    """The place that a TOMLDecodeError names in its message; the end of the text otherwise."""
    lines = split_lines(text)
    match = _ERROR.search(message)
    line = min(int(match[1]), len(lines)) if match else len(lines)
    column = min(int(match[2]), len(lines[line - 1]) + 1) if match else 1
    return Place(path, line, column, line, max(column, len(lines[line - 1]) + 1))


def _better(
    best: tuple[int, Place],
    keys: tuple[str | int, ...],
    wanted: tuple[str | int, ...],
    path: str,
    number: int,
    line: str,
    word: str,
) -> tuple[int, Place]:
    if len(keys) <= best[0] or wanted[: len(keys)] != keys:
        return best
    column = line.index(word) + 1
    return len(keys), Place(path, number, column, number, column + len(word))


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
