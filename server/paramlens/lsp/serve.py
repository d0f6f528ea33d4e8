"""How the server is reached: over standard input and output, or over one local TCP connection."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from paramlens.isolation import start_worker

if TYPE_CHECKING:
    from subprocess import Popen

    from paramlens.lsp.first_hints import Arrival
    from paramlens.lsp.inbox import Inbox
    from paramlens.lsp.loop import Loop


def serve_stdio() -> int:
    """Serve the process that started this one. Returns the exit status."""
    return serve(*take_stdio())


def serve_tcp(port: int) -> int:
    """Serve one client on 127.0.0.1; port 0 takes a free one. The port is told on standard error."""
    import socket

    with socket.create_server(("127.0.0.1", port)) as listener:
        sys.stderr.write(f"paramlens: listening on 127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stderr.flush()
        connection, _ = listener.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sys.stdout = sys.stderr
        return serve(connection.makefile("rb"), connection.makefile("wb"))


def serve(source: BinaryIO, sink: BinaryIO, loop: Loop | None = None) -> int:
    """Read messages from `source` and write answers to `sink` until `exit`, the end of `source` or of the parent.

    Returns the exit status: 0 after a proper shutdown.
    """
    try:
        process = start_worker()  # it imports the evaluator while this process imports the server
    except OSError:
        process = None  # it is tried again, and the failure told, when there is something to analyse
    try:
        return _serve(source, sink, process, loop)
    except KeyboardInterrupt:
        return 130
    finally:
        if process is not None:
            process.kill()


def _serve(source: BinaryIO, sink: BinaryIO, process: Popen[bytes] | None, loop: Loop | None) -> int:
    from paramlens.lsp.handshake import early_answer, seen_parent
    from paramlens.lsp.streams import parsed, read_body, write_body

    try:
        body = read_body(source)
        if body is None:
            return 1
        first = parsed(body)
        parent = seen_parent(first)  # it may end while the rest is imported
        answer = early_answer(first)
        if answer is not None:
            write_body(sink, answer)
    except (OSError, ValueError):  # the client is gone, or makes no sense
        return 1

    from paramlens.lsp.first_hints import EditorGone, FirstHints, FromEditor, FromWorker
    from paramlens.lsp.inbox import Inbox
    from paramlens.lsp.streams import Writer, read_all
    from paramlens.lsp.worker_process import WorkerProcess

    inbox: Inbox[Arrival] = Inbox()
    writer = Writer(sink, lambda: inbox.put(EditorGone()))
    held = WorkerProcess(process, lambda held, message: inbox.put(FromWorker(held, message))) if process else None
    read_all(source, lambda message: inbox.put(FromEditor(message)), lambda: inbox.put(EditorGone()))
    begun = FirstHints(first, held, writer.write) if held is not None and answer is not None else None
    if begun is not None:
        begun.run(inbox, lambda: threading.Thread(target=_import_server, args=(inbox,), daemon=True).start())
    else:
        _import_server(inbox)

    import logging

    from paramlens.lsp.handlers import create_server
    from paramlens.lsp.loop import Loop
    from paramlens.lsp.worker import Begun, Worker

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # it logs every message it sends
    loop = loop or Loop()
    stop, post, worker = loop.stop, loop.post, Worker(loop)
    server = create_server(loop, worker, writer)
    protocol = server.protocol

    def take(arrival: Arrival) -> None:
        if isinstance(arrival, FromWorker):
            post(lambda: worker.got(arrival.process, arrival.message))
        elif isinstance(arrival, FromEditor):
            post(lambda: protocol.handle_message(arrival.message))
        elif isinstance(arrival, EditorGone):
            post(lambda: stop(1))

    if parent is not None:
        server.watch_parent(parent)
    handle_first = protocol.handle_message if answer is None else protocol.handle_answered
    post(lambda: handle_first(first))
    if begun is not None:
        begun.hand_over(worker)
        server.analyses.shown.update(begun.shown)
        for arrival in begun.kept:
            take(arrival)
    elif held is not None:
        worker.adopt(held, Begun())
    inbox.forward(take)
    try:
        return loop.run()
    finally:
        loop.close()
        writer.close()
        server.end()


def _import_server(inbox: Inbox[Arrival]) -> None:
    from paramlens.lsp.first_hints import Imported

    try:
        import paramlens.lsp.handlers  # noqa: F401  # imported for what it takes: half a second
    finally:
        inbox.put(Imported())  # what went wrong is raised again where it is needed


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
