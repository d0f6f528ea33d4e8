"""Star imports from modules of Keras that hold objects without weights."""

from __future__ import annotations
