"""How the server is reached: over standard input and output, or over one local TCP connection."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from typing import BinaryIO

from paramlens.lsp.adapter import take_stdio
from paramlens.lsp.server import create_server


def serve_stdio() -> int:
    """Serve the process that started this one. Returns the exit status."""
    return _run(*take_stdio())


def serve_tcp(port: int) -> int:
    """Serve one client on 127.0.0.1; port 0 takes a free one. The port is told on standard error."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        sys.stderr.write(f"paramlens: listening on 127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stderr.flush()
        connection, _ = listener.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sys.stdout = sys.stderr
        return _run(connection.makefile("rb"), connection.makefile("wb"))


def _run(source: BinaryIO, sink: BinaryIO) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # it logs every message it sends

    async def serve() -> int:
        return await create_server().serve(source, sink)

    try:
        return asyncio.run(serve())
    except KeyboardInterrupt:
        return 130
