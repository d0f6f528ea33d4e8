"""The command line: `paramlens count`, `paramlens check`, `paramlens serve`."""

from paramlens.cli.commands import main

__all__ = ["main"]
