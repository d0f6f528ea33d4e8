"""Messages in and out of byte streams, each side in a thread of its own: a slow client holds up nothing.

pygls' own reader ends the process through sys.exit and blocks a thread at exit, and is not there yet when the first
message is.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, BinaryIO

LARGEST_MESSAGE = 256 * 2**20

_FLUSH_SECONDS = 2.0


class Unparsable:
    """Stands for a message that is no JSON."""


def read_all(source: BinaryIO, deliver: Callable[[Any], None], at_end: Callable[[], None]) -> None:
    """Start a thread that delivers each message of the stream, then tells of its end."""

    def read() -> None:
        try:
            while (body := read_body(source)) is not None:
                deliver(parsed(body))
        except (OSError, ValueError):  # a header that makes no sense: where the next message starts is not known
            pass
        at_end()

    threading.Thread(target=read, name="messages in", daemon=True).start()


def read_body(source: BinaryIO) -> bytes | None:
    """The body of the next message; None at the end. Raises ValueError for headers without a sensible length."""
    length: int | None = None
    while True:
        line = source.readline(4096)
        if not line:
            return None
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
        elif not line.strip() and length is not None:
            break
    if not 0 <= length <= LARGEST_MESSAGE:
        raise ValueError(f"a message of {length} bytes")
    body = source.read(length)
    return body if len(body) == length else None


def parsed(body: bytes) -> Any:
    """The message, or `Unparsable`."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return Unparsable()


def write_body(sink: BinaryIO, body: bytes) -> None:
    """Write a message. Raises OSError, or ValueError for a stream that is closed."""
    sink.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sink.flush()


class Writer:
    """Writes bodies as messages, in a thread."""

    def __init__(self, sink: BinaryIO, on_broken: Callable[[], None]) -> None:
        self._sink = sink
        self._on_broken = on_broken
        self._bodies: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="messages out", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        self._bodies.put(data)

    def close(self) -> None:
        """Wait until all is written, but not for a client that does not read."""
        self._bodies.put(None)
        self._thread.join(_FLUSH_SECONDS)

    def _write(self) -> None:
        while (body := self._bodies.get()) is not None:
            try:
                write_body(self._sink, body)
            except (OSError, ValueError):
                self._on_broken()
                return
