"""Processes in which nothing of the workspace can be imported, whatever its files are called.

A terminal in a project often has the project on PYTHONPATH, and Python puts the current folder or that of the script
first: a `json.py` there would be imported into the server. Only what Python itself looks in stays, and our own folder.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

ANALYZER_VARIABLE = "PARAMLENS_ANALYZER"
"""Environment variable that names another analyzer, `module:function`; for tests of what surrounds the evaluator."""


def leave_workspace() -> None:
    """Take the current folder and those of PYTHONPATH from this process's import path."""
    own = os.path.realpath(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    foreign = {*_current_folder()}
    if not os.environ.get(ANALYZER_VARIABLE):  # it is found there
        foreign.update(os.path.realpath(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep))
    foreign.discard(own)
    sys.path[:] = [entry for entry in sys.path if entry and os.path.realpath(entry) not in foreign]


def _current_folder() -> list[str]:
    try:
        return [os.path.realpath(os.getcwd())]
    except OSError:  # the folder is gone
        return []


def start_worker() -> subprocess.Popen[bytes]:
    """Start a worker process (`paramlens.worker`) with pipes to and from it. Raises OSError."""
    import subprocess  # here: not every run needs a worker

    return subprocess.Popen(_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _command() -> list[str]:
    """The command that starts a worker with this process's own import path, whatever surrounds it."""
    options = ["-I"]
    if sys.flags.no_site:
        options.append("-S")
    if sys.dont_write_bytecode:
        options.append("-B")
    if sys.pycache_prefix:
        options += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    path = [entry for entry in sys.path if entry]
    code = f"import sys; sys.path[:] = {path!r}; from paramlens.worker import main; main()"
    return [sys.executable, *options, "-c", code]
