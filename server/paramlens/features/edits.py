"""Changes to a text as plain data, and what they make of it."""

from __future__ import annotations

from collections.abc import Iterable

from paramlens.records import Record, record
from paramlens.values import Place


@record
class Edit(Record):
    """What stands at the place becomes `text`; nothing stands at an empty place."""

    place: Place
    text: str


def text_at(lines: list[str], place: Place) -> str:
    """What stands at a place, with line feeds between the lines."""
    if place.line == place.end_line:
        return lines[place.line - 1][place.column - 1 : place.end_column - 1]
    first = lines[place.line - 1][place.column - 1 :]
    middle = lines[place.line : place.end_line - 1]
    return "\n".join([first, *middle, lines[place.end_line - 1][: place.end_column - 1]])


def applied(lines: list[str], edits: Iterable[Edit]) -> str:
    """The text after edits that do not meet, all of them given in the places before."""
    result = list(lines)
    for edit in sorted(edits, key=lambda edit: (edit.place.line, edit.place.column), reverse=True):
        place = edit.place
        before = result[place.line - 1][: place.column - 1]
        after = result[place.end_line - 1][place.end_column - 1 :]
        result[place.line - 1 : place.end_line] = (before + edit.text + after).split("\n")
    return "\n".join(result)


def shortened(edit: Edit, old: str) -> Edit:
    """The same change without what both texts begin and end with; `old` is what stands at the place."""
    start = 0
    while start < min(len(old), len(edit.text)) and old[start] == edit.text[start]:
        start += 1
    end = 0
    while end < min(len(old), len(edit.text)) - start and old[-1 - end] == edit.text[-1 - end]:
        end += 1
    place = edit.place
    line, column = _moved(place, old[:start])
    end_line, end_column = _moved(place, old[: len(old) - end])
    return Edit(Place(place.path, line, column, end_line, end_column), edit.text[start : len(edit.text) - end])


def _moved(place: Place, text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return place.line + len(lines) - 1, len(lines[-1]) + (place.column if len(lines) == 1 else 1)
