"""The version of the installed package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


def version() -> str:
    """`0.1.0`; `0+unknown` when the package runs from a folder that was never installed."""
    try:
        return installed_version("paramlens")
    except PackageNotFoundError:
        return "0+unknown"
