"""Results that are JSON already: they go to the client as they are."""

from __future__ import annotations

import json


class Raw:
    """A result that is JSON already."""

    __slots__ = ("json",)

    def __init__(self, text: str) -> None:
        self.json = text


def to_json(value: object) -> str:
    return _encoder.encode(value)


_encoder = json.JSONEncoder(separators=(",", ":"))
