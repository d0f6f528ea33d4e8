"""How the server is reached: over standard input and output, or over one local TCP connection."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from typing import Any, BinaryIO

from paramlens.lsp.worker import Worker


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
        worker = Worker()
        starting = asyncio.ensure_future(worker.start())
        await asyncio.sleep(0)  # its process starts, and imports the evaluator while this one imports the protocol
        from paramlens.lsp.server import create_server

        starting.add_done_callback(_ignore)
        return await create_server(worker).serve(source, sink)

    try:
        return asyncio.run(serve())
    except KeyboardInterrupt:
        return 130


def _ignore(starting: asyncio.Future[Any]) -> None:
    """A worker that did not start is started again, and its failure told, when there is something to analyse."""
    if not starting.cancelled():
        starting.exception()


def take_stdio() -> tuple[BinaryIO, BinaryIO]:
    """The protocol's streams. After this, prints go to standard error, and standard input is empty."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return source, sink
