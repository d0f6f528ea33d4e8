"""What stands between pygls 2.1 and us: the known traps of pygls, closed in one place.

- Its documents split lines at form feeds and U+2028 and misplace edits past a line's end: texts go to our own store.
- A request with invalid parameters, before initialize or after shutdown gets no answer: here it gets an error.
- Its reader ends the process through sys.exit, whose status is lost, and blocks a thread at exit: we read ourselves.
- Asynchronous handlers start after other messages were handled: each knows what its message was about.
- Asynchronous notification handlers are never forgotten: handlers of notifications here are plain functions.
- A request and an answer with the same number are taken for one another: here each is looked for among its own.
- A notification that is sent as a request gets no answer: here it gets an error.
- Folders that are removed and added at once are lost: the handler changes the workspace itself.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar, copy_context
from typing import Any, TypeAlias, TypeGuard

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter

from paramlens.lsp.documents import Document, View
from paramlens.lsp.handshake import LANGUAGE, chosen_encoding
from paramlens.lsp.models_request import MODELS, models_request
from paramlens.lsp.raw import Raw, to_json
from paramlens.lsp.streams import Unparsable, Writer
from paramlens.version import version

logger = logging.getLogger("paramlens.lsp")

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
NOT_INITIALIZED = -32002
CONTENT_MODIFIED = -32801

SHOWN: ContextVar[tuple[Document, View] | None] = ContextVar("shown", default=None)
"""What the request that is handled is about, as it was when it arrived. Its handler may start after further changes."""

NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[types.NotebookDocumentFilterWithCells(cells=[types.NotebookCellLanguage(LANGUAGE)])]
)

Then: TypeAlias = "Callable[[Any, BaseException | None], None]"
"""Called with the result and the error of an answer; one of them is None."""

_OURS = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    types.EXIT,
)
"""Methods that pygls handles itself, unless their handlers are taken away."""

OUR_REQUESTS = "paramlens/"
"""How the names of requests begin that our own client alone makes."""

_WITHOUT_PARAMS = (types.SHUTDOWN, types.EXIT)
_LARGEST = 2**31 - 1


class ContentModified(JsonRpcException):
    """The answer to a request whose document changed while it waited."""

    CODE = CONTENT_MODIFIED
    MESSAGE = "the document changed"


class Protocol(LanguageServerProtocol):
    """pygls' protocol with an answer to every request and documents of our own."""

    _server: Server

    def __init__(self, server: Server, converter: Converter) -> None:
        self._is_answered = False
        super().__init__(server, converter)

    def _register_builtin_features(self) -> None:
        super()._register_builtin_features()  # type: ignore[no-untyped-call]
        for method in _OURS:
            del self.fm.builtin_features[method]

    @property
    def is_shut_down(self) -> bool:
        return self._shutdown

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message with its types. pygls knows none for a request of our own."""
        return models_request(data) if data.get("method") == MODELS else super().structure_message(data)

    # ------------------------------------------------------------------------------------------- messages to the server

    def handle_message(self, message: Any) -> None:
        """Handle the JSON of a message."""
        if isinstance(message, Unparsable):
            self._refuse(None, PARSE_ERROR, "not JSON")
        elif not isinstance(message, dict):
            self._refuse(None, INVALID_REQUEST, "not a JSON-RPC 2.0 message")
        elif "method" not in message:
            self._handle_answer(message)
        elif "id" not in message:
            self._handle({"jsonrpc": self.VERSION, **_named(message)})
        elif not _is_id(number := message["id"]):
            self._refuse(None, INVALID_REQUEST, "the id is neither a whole number nor a string")
        elif number in self._request_futures:
            self._refuse(number, INVALID_REQUEST, "a request with this id is not answered yet")
        elif message.get("jsonrpc") != self.VERSION or not isinstance(message["method"], str):
            self._refuse(number, INVALID_REQUEST, "not a JSON-RPC 2.0 message")
        else:
            self._handle({"jsonrpc": self.VERSION, "id": number, **_named(message)})

    def handle_answered(self, message: dict[str, Any]) -> None:
        """Handle an `initialize` that was answered before pygls was there; what cannot be used of it is left out."""
        self._is_answered = True
        try:
            self.handle_message(message)
            if self._workspace is None:
                self.handle_message({**message, "params": self._usable(message["params"])})
        finally:
            self._is_answered = False

    def _handle(self, message: dict[str, Any]) -> None:
        """Handle a request or a notification, which has no id."""
        method = message["method"]
        number = message.get("id")
        refusal = self._refusal(method, is_request="id" in message)
        structured: Any = None
        if refusal is None:
            try:
                structured = self.structure_message(message)
            except Exception as error:
                refusal = INVALID_PARAMS, f"invalid parameters for {method}: {error.__cause__ or error}"
        if refusal is None:
            self._run(number, method, structured.params)
        elif number is not None:
            self._refuse(number, *refusal)
        elif refusal[0] == INVALID_PARAMS:
            logger.warning("%s", refusal[1])

    def _run(self, number: int | str | None, method: str, params: Any) -> None:
        """Call the handler. pygls asks for each message which of four shapes it has; that takes longer."""
        if number is None:
            copy_context().run(self._handle_notification, method, params)
        else:
            SHOWN.set(self._server.shown(params))
            copy_context().run(self._handle_request, number, method, params)

    def _refusal(self, method: Any, *, is_request: bool) -> tuple[int, str] | None:
        if method in (types.EXIT, types.CANCEL_REQUEST) and not is_request:
            return None
        if self._shutdown:
            return INVALID_REQUEST, "the server is shutting down"
        initialized = self._workspace is not None
        if method == types.INITIALIZE:
            return (INVALID_REQUEST, "the server is initialized already") if initialized else None
        if not initialized:
            return NOT_INITIALIZED, "the server is not initialized"
        return None if self._knows(method, is_request=is_request) else (METHOD_NOT_FOUND, f"unknown method {method}")

    def _knows(self, method: Any, *, is_request: bool) -> bool:
        if isinstance(method, str) and method.startswith(OUR_REQUESTS):
            return is_request and method in self.fm.features
        if not isinstance(method, str) or hasattr(self.get_message_type(method), "id") is not is_request:
            return False
        return method in self.fm.builtin_features or method in self.fm.features

    def _handle_answer(self, message: dict[str, Any]) -> None:
        """An answer to a request of ours; one that makes no sense counts as an error."""
        number = message.get("id")
        if not _is_id(number) or not isinstance(self._request_futures.get(number), Future):
            return
        try:
            structured = self.structure_message({"jsonrpc": self.VERSION, "result": None, **message})
        except JsonRpcException as error:
            failure = types.ResponseError(code=-32603, message=f"unusable answer: {error}")
            self._handle_response(number, None, failure)
            return
        super().handle_message(structured)

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        if _is_id(msg_id) and isinstance(self._request_futures.get(msg_id), asyncio.Future):
            super()._handle_cancel_notification(msg_id)

    def warm_up(self) -> None:
        """Convert what is sent with every keystroke once: the first time takes milliseconds."""
        start = {"line": 0, "character": 0}
        span, uri = {"start": start, "end": start}, {"uri": "", "version": 0}
        for change in ({"text": ""}, {"range": span, "text": ""}):
            changed = {"textDocument": uri, "contentChanges": [change]}
            self._converter.structure({"params": changed}, types.DidChangeTextDocumentNotification)
        self._converter.structure({"id": 0, "params": {"textDocument": uri, "range": span}}, types.InlayHintRequest)
        place = types.Range(types.Position(0, 0), types.Position(0, 0))
        published = types.PublishDiagnosticsParams("", [types.Diagnostic(place, "")])
        self._converter.unstructure(types.PublishDiagnosticsNotification(published))

    def _usable(self, params: dict[str, Any]) -> dict[str, Any]:
        """Those of the parameters of `initialize`, and of the capabilities, that are what they should be."""
        sent = params["capabilities"]
        capabilities = {name: value for name, value in sent.items() if self._is_usable({"capabilities": {name: value}})}
        capabilities.setdefault("general", {"positionEncodings": [chosen_encoding(sent).value]})
        names = ("processId", "initializationOptions", "workspaceFolders")
        found = {name: params[name] for name in names if name in params and self._is_usable({name: params[name]})}
        return {**found, "capabilities": capabilities}

    def _is_usable(self, some: dict[str, Any]) -> bool:
        try:
            self._converter.structure({"capabilities": {}, **some}, types.InitializeParams)
        except Exception:
            return False
        return True

    # ------------------------------------------------------------------------------------------- messages to the client

    def _send_handler_result(self, future: Any, *, msg_id: Any) -> None:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, ContentModified):  # an everyday answer, not worth a traceback
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
            return
        super()._send_handler_result(future, msg_id=msg_id)

    def _send_response(self, msg_id: Any, result: Any = None, error: types.ResponseError | None = None) -> None:
        if self._is_answered:
            return
        if error is None and isinstance(result, Raw) and self.writer is not None:
            message = f'{{"jsonrpc":"{self.VERSION}","id":{to_json(msg_id)},"result":{result.json}}}'
            self.writer.write(message.encode("utf-8", "surrogatepass"))
            return
        super()._send_response(msg_id, result, error)

    def _refuse(self, number: int | str | None, code: int, text: str) -> None:
        logger.info("refused: %s", text)
        if not self._is_answered:
            self._send_data({"jsonrpc": self.VERSION, "id": number, "error": {"code": code, "message": text}})


class Server(LanguageServer, ABC):
    """A pygls server for messages that others read and write."""

    protocol: Protocol

    def __init__(self, writer: Writer) -> None:
        super().__init__(
            "paramlens",
            version(),
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=NOTEBOOKS,
            protocol_cls=Protocol,
            converter_factory=_converter,
        )
        self.protocol.set_writer(writer, include_headers=False)

    @abstractmethod
    def shown(self, params: Any) -> tuple[Document, View] | None:
        """The document that the parameters of a request are about."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log it; people are not to be bothered with every failed notification."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)


def when_answered(request: Future[Any], then: Then) -> None:
    """Call `then` with the answer to a request of ours; not at all when the server ends before."""

    def answered(done: Future[Any]) -> None:
        if not done.cancelled():
            error = done.exception()
            then(None if error is not None else done.result(), error)

    request.add_done_callback(answered)


def _converter() -> Converter:
    """pygls' converter, but with positions that some clients send and mean the text's ends: -1, or very large."""
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]
    converter.detailed_validation = False  # a string in the place of a list would be an error for each character
    converter.register_structure_hook(types.Position, _position)
    return converter


def _position(sent: Any, _: Any) -> types.Position:
    line, character = sent["line"], sent["character"]
    if type(line) is not int or type(character) is not int:
        raise ValueError("expected whole numbers")
    return types.Position(min(max(line, 0), _LARGEST), min(max(character, 0), _LARGEST) if line >= 0 else 0)


def _is_id(number: Any) -> TypeGuard[int | str]:
    return isinstance(number, int | str) and not isinstance(number, bool)


def _named(message: dict[str, Any]) -> dict[str, Any]:
    """The method and the parameters. Those that are left out are none; a few methods have no parameters at all."""
    params = message.get("params")
    if message["method"] in _WITHOUT_PARAMS:
        return {"method": message["method"], "params": None}
    return {"method": message["method"], "params": {} if params is None else params}
