"""The abstract interpreter: Python source in, `Analysis` out, nothing run."""

from __future__ import annotations

from paramlens.evaluate.analyze import analyze

__all__ = ["analyze"]
