"""The command line: `paramlens count`, `paramlens check`, `paramlens serve`."""

import sys

from paramlens.isolation import leave_workspace


def main() -> None:
    """The entry point of `paramlens`."""
    leave_workspace()
    if sys.argv[1:] == ["serve"]:  # editors wait for it: it needs no parser of options
        from paramlens.cli.serving import serve

        serve()
    from paramlens.cli import commands

    commands.main()


__all__ = ["main"]
