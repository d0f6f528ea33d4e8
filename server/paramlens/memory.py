"""How often Python looks for garbage in cycles."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 50_000


def collect_less() -> None:
    """Trees of code and values are large and live long; looking through them every 700 objects costs a third of it."""
    gc.set_threshold(_NEW_OBJECTS, 10, 10)
