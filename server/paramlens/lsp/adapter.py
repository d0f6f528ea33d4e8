"""What stands between pygls 2.1 and us: the known traps of pygls, closed in one place.

- Its documents split lines at form feeds and U+2028 and misplace edits past a line's end: texts go to our own store.
- A request with invalid parameters, before initialize or after shutdown gets no answer: here it gets an error.
- Its reader ends the process through sys.exit, whose status is lost, and blocks a thread at exit: here is our own.
- Asynchronous handlers start after other messages were handled: each knows which changes came before its own.
- Asynchronous notification handlers are never forgotten: handlers of notifications here are plain functions.
- A parent that dies without `exit` leaves the server behind: it is watched.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import threading
from abc import ABC, abstractmethod
from asyncio import Future
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from paramlens.version import version

logger = logging.getLogger("paramlens.lsp")

LARGEST_MESSAGE = 256 * 2**20
PARENT_CHECK = 1.0
"""Seconds between two looks at the parent process."""

NOT_INITIALIZED = -32002
INVALID_REQUEST = -32600
CONTENT_MODIFIED = -32801


ARRIVAL: ContextVar[int] = ContextVar("arrival", default=0)
"""How many changes of documents came before the message that is handled. Its handler may start after further ones."""


class ContentModified(JsonRpcException):
    """The answer to a request whose document changed while it waited."""

    CODE = CONTENT_MODIFIED
    MESSAGE = "the document changed"


class Protocol(LanguageServerProtocol):
    """pygls' protocol with an answer to every request and documents of our own."""

    _server: Server

    # ------------------------------------------------------------------------------------------------ messages

    def structure_message(self, data: Any) -> Any:
        """Called for every JSON object of a message, nested ones too: leave them all to `handle_message`."""
        return data

    def handle_message(self, message: Any) -> None:
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            self._refuse(message, INVALID_REQUEST, "not a JSON-RPC 2.0 message")
            return
        method = message.get("method")
        if method is None:
            self._handle_answer(message)
            return
        if refusal := self._refusal(str(method)):
            self._refuse(message, *refusal)
            return
        try:
            structured = super().structure_message(message)
        except JsonRpcException as error:
            self._refuse(message, -32602, f"invalid parameters for {method}: {error.__cause__ or error}")
            return
        ARRIVAL.set(self._server.changes)
        super().handle_message(structured)

    def _refusal(self, method: str) -> tuple[int, str] | None:
        if method in (types.EXIT, types.CANCEL_REQUEST):
            return None
        if self._shutdown:
            return INVALID_REQUEST, "the server is shutting down"
        initialized = self._workspace is not None
        if method == types.INITIALIZE:
            return (INVALID_REQUEST, "the server is initialized already") if initialized else None
        return None if initialized else (NOT_INITIALIZED, "the server is not initialized")

    def _refuse(self, message: Any, code: int, text: str) -> None:
        logger.info("refused: %s", text)
        if isinstance(message, dict) and "id" in message and "method" in message:
            self._send_response(message["id"], error=types.ResponseError(code=code, message=text))

    def _handle_answer(self, message: dict[str, Any]) -> None:
        """An answer to a request of ours; one that makes no sense counts as an error."""
        try:
            structured = super().structure_message(message)
        except JsonRpcException as error:
            failure = types.ResponseError(code=-32603, message=f"unusable answer: {error}")
            self._handle_response(message.get("id", ""), None, failure)
            return
        super().handle_message(structured)

    def _send_handler_result(self, future: Any, *, msg_id: Any) -> None:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, ContentModified):  # an everyday answer, not worth a traceback
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
            return
        super()._send_handler_result(future, msg_id=msg_id)

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        if msg_id in self._request_futures:
            super()._handle_cancel_notification(msg_id)

    # ------------------------------------------------------------------------------------------------ documents

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.did_open(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.did_change(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.did_close(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self._server.did_open_notebook(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        self._server.did_change_notebook(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        self._server.did_close_notebook(params)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        self._server.end(0 if self._shutdown else 1)


class Server(LanguageServer, ABC):
    """A pygls server with its own reader. Subclasses say what opening, changing and closing a document means."""

    protocol: Protocol

    def __init__(self, notebooks: types.NotebookDocumentSyncOptions | None = None) -> None:
        super().__init__(
            "paramlens",
            version(),
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
            notebook_document_sync=notebooks,
            protocol_cls=Protocol,
        )
        self._ended: Future[int] | None = None

    @property
    @abstractmethod
    def changes(self) -> int:
        """How many changes of documents there were so far."""

    @abstractmethod
    def did_open(self, params: types.DidOpenTextDocumentParams) -> None: ...

    @abstractmethod
    def did_change(self, params: types.DidChangeTextDocumentParams) -> None: ...

    @abstractmethod
    def did_close(self, params: types.DidCloseTextDocumentParams) -> None: ...

    @abstractmethod
    def did_open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None: ...

    @abstractmethod
    def did_change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None: ...

    @abstractmethod
    def did_close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None: ...

    @abstractmethod
    async def stopped(self) -> None:
        """Called in the event loop after the last message."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log it; people are not to be bothered with every failed notification."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)

    def end(self, status: int) -> None:
        """Leave `serve` with this exit status."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(status)

    def watch_parent(self, pid: int | None) -> None:
        """End the server when that process ends. One that is not visible from here is not watched."""
        if pid is not None and process_is_alive(pid):
            self._parent_watch = asyncio.ensure_future(self._watch(pid))

    async def _watch(self, pid: int) -> None:
        while process_is_alive(pid):
            await asyncio.sleep(PARENT_CHECK)
        self.end(1)

    async def serve(self, source: BinaryIO, sink: BinaryIO) -> int:
        """Read messages from `source` and write answers to `sink` until `exit`, the end of `source` or of the parent.

        Returns the exit status: 0 after a proper shutdown.
        """
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        self.protocol.set_writer(_Writer(sink, lambda: self.end(1)))

        def deliver(body: bytes | None) -> None:
            loop.call_soon_threadsafe(self._receive, body)

        threading.Thread(target=_read_all, args=(source, deliver), daemon=True).start()
        status = await self._ended
        await self.stopped()
        return status

    def _receive(self, body: bytes | None) -> None:
        if self._ended is None or self._ended.done():
            return
        if body is None:
            self.end(1)
            return
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            logger.error("a message that is no JSON: %s", error)
            return
        try:
            self.protocol.handle_message(message)
        except Exception:
            logger.exception("a message could not be handled")


class _Writer:
    """Writes whole messages; a client that is gone ends the server."""

    def __init__(self, sink: BinaryIO, on_broken: Callable[[], None]) -> None:
        self._sink = sink
        self._on_broken = on_broken

    def write(self, data: bytes) -> None:
        try:
            self._sink.write(data)
            self._sink.flush()
        except (OSError, ValueError):  # ValueError: the stream is closed
            self._on_broken()

    def close(self) -> None:
        """The stream belongs to whoever opened it."""


def _read_all(source: BinaryIO, deliver: Callable[[bytes | None], None]) -> None:
    """Deliver the body of each message, then None at the end or after a header that makes no sense."""
    try:
        while (body := read_body(source)) is not None:
            deliver(body)
    except (OSError, ValueError):
        pass
    with contextlib.suppress(RuntimeError):  # the event loop is closed already
        deliver(None)


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


def process_is_alive(pid: int) -> bool:
    """Whether a process with that id exists."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _windows_process_is_alive(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _windows_process_is_alive(pid: int) -> bool:
    """os.kill would end the process there: ask for a handle and whether it is signalled."""
    import ctypes

    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x00100000, False, pid)  # SYNCHRONIZE
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == 0x102)  # WAIT_TIMEOUT: it still runs
    finally:
        kernel.CloseHandle(handle)
