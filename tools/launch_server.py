"""Starts the bundled server: `python -I -S launch.py serve`.

`-I` and `-S` leave out all that the interpreter would otherwise import from: the folder it is started in, what PYTHON*
variables name, the user's and the environment's own packages. Only the standard library and this bundle are left.
"""

import os
import sys

libraries = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libs")
sys.path.insert(0, libraries)

if __name__ == "__main__":
    from paramlens.cli import main

    main()
