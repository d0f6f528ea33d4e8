"""`paramlens serve`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from paramlens.memory import collect_less


def serve(port: int | None = None) -> NoReturn:
    """Run the language server, on stdio unless a port is given, and end the process."""
    from paramlens.lsp.serve import serve_stdio, serve_tcp

    collect_less()
    status = serve_stdio() if port is None else serve_tcp(port)
    sys.stderr.flush()
    os._exit(status)  # a thread may still wait for input, which would hold up a normal exit
