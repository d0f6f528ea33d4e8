"""The version of the installed package."""

from __future__ import annotations


def version() -> str:
    """`0.1.0`; `0+unknown` when the package runs from a folder that was never installed."""
    from importlib.metadata import PackageNotFoundError  # here: it is slow to import
    from importlib.metadata import version as installed_version

    try:
        return installed_version("paramlens")
    except PackageNotFoundError:
        return "0+unknown"
