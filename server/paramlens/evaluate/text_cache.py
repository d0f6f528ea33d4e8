"""What was found in a text, kept by the text: typing makes new texts without end, so the oldest are dropped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

_MOST_CHARACTERS = 2_000_000

_Found = TypeVar("_Found")


def kept_by_text(function: Callable[[str], _Found]) -> Callable[[str], _Found]:
    """The function with its results remembered, up to so many characters of texts, those used last."""
    known: OrderedDict[str, _Found] = OrderedDict()
    characters = 0

    @wraps(function)
    def find(text: str) -> _Found:
        nonlocal characters
        if text in known:
            known.move_to_end(text)
            return known[text]
        found = known[text] = function(text)
        characters += len(text)
        while characters > _MOST_CHARACTERS and len(known) > 1:
            characters -= len(known.popitem(last=False)[0])
        return found

    return find
