"""`python -m paramlens`: the command line."""

import os
import sys


def _forget_current_folder() -> None:
    """`python -m` puts the current folder first on the path; the code that is read there must never be imported."""
    own = os.path.realpath(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # the folder is gone
        return
    if here != own and sys.path and os.path.realpath(sys.path[0] or here) == here:
        del sys.path[0]


if __name__ == "__main__":
    _forget_current_folder()
    from paramlens.cli import main

    main()
