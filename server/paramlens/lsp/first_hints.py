"""The first inlay hints: the file that is opened first is analysed, and its hints are answered, before pygls and
lsprotocol are imported, which takes longer than all of that.

Only what that needs is looked at here. Every message is kept for the server, which handles them all as if nothing had
been before; a request that was answered here is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from paramlens.facts import Analysis
from paramlens.jobs import Job
from paramlens.lsp.configuration import SECTION, Configuration, excludes
from paramlens.lsp.documents import Document, Documents, View
from paramlens.lsp.handshake import chosen_encoding
from paramlens.lsp.hints import Hints
from paramlens.lsp.inbox import Inbox
from paramlens.lsp.raw import to_json
from paramlens.lsp.snapshot import Snapshot, job_for
from paramlens.lsp.worker_process import WorkerProcess
from paramlens.settings import Settings
from paramlens.sources import LARGEST_FILE, read_text
from paramlens.worker import Answer, Ask, Overlay, Ready

if TYPE_CHECKING:
    from paramlens.lsp.worker import Worker

PATIENCE = 0.4
"""Seconds after which the server is imported whatever is under way: an analysis goes on meanwhile."""

_OWN_REQUEST = "paramlens-first-settings"
BEGUN = 1
"""The number of the one job."""


@dataclass(frozen=True, eq=False)
class FromEditor:
    """A message of the editor: whatever its JSON is."""

    message: Any


@dataclass(frozen=True, eq=False)
class FromWorker:
    """A message of the worker process; None at its end."""

    process: WorkerProcess
    message: Any


class EditorGone:
    """The end of the editor's messages, or nobody reads ours."""


class Imported:
    """The server is there."""


Arrival: TypeAlias = FromEditor | FromWorker | EditorGone | Imported


class FirstHints:
    """`initialize` is the first message of the editor, which was answered; `write` sends the body of a message.

    kept     what arrived and is left to the server, in order
    shown    what the hints are of that the editor was given, by URI
    """

    def __init__(self, initialize: dict[str, Any], worker: WorkerProcess, write: Callable[[bytes], None]) -> None:
        capabilities = initialize["params"]["capabilities"]
        self.kept: list[Arrival] = []
        self.shown: dict[str, Analysis] = {}
        self._worker = worker
        self._write = write
        self._has_configuration = _at(capabilities, "workspace", "configuration") is True
        self._lazy = "tooltip" in (_at(capabilities, "textDocument", "inlayHint", "resolveSupport", "properties") or ())
        self._folders = _folders(initialize["params"].get("workspaceFolders"))
        self._documents = Documents(chosen_encoding(capabilities))
        self._configuration = Configuration(read_text)
        self._hints = Hints()
        self._is_ready = False
        self._job: Job | None = None
        self._answer: Answer | None = None
        self._texts: dict[str, str] = {}
        self._first: Document | None = None
        self._settings: Settings | None = None
        self._snapshot: Snapshot | None = None
        self._open = True  # nothing has been kept that may change what a request is about
        self._knows_settings = not self._has_configuration
        self._pending: list[FromEditor] = []  # requests for hints
        self._others = 0  # requests that the server has to answer
        if self._knows_settings:
            options = initialize["params"].get("initializationOptions")
            self._configuration.set(None, options.get(SECTION, options) if isinstance(options, dict) else None)

    def run(self, inbox: Inbox[Arrival], import_server: Callable[[], object]) -> None:
        """Handle what arrives until the server is imported; `import_server` is called when it is time to."""
        until = monotonic() + PATIENCE
        is_importing = False
        while True:
            try:
                arrival = inbox.get(None if is_importing else until - monotonic())
            except Empty:
                arrival = None
            if isinstance(arrival, Imported):
                return
            if arrival is not None:
                self._take(arrival)
            if not is_importing and (arrival is None or self._is_done()):
                is_importing = True
                import_server()

    def hand_over(self, worker: Worker) -> None:
        """Leave the worker process to the server."""
        from paramlens.lsp.worker import Begun

        worker.adopt(self._worker, Begun(self._is_ready, self._texts, self._job, self._answer))

    def _is_done(self) -> bool:
        """Whether nothing more is to be expected that can be done here."""
        return not self._open or (self._snapshot is not None and bool(self._others or self.shown))

    def _take(self, arrival: Arrival) -> None:
        if isinstance(arrival, FromWorker) and arrival.message is not None:
            self._got(arrival.message)
        elif not isinstance(arrival, FromEditor):
            self.kept.append(arrival)
            self._open = False
        elif self._open and self._is_own_answer(arrival.message):
            self._set_configuration(arrival.message)
        else:
            self.kept.append(arrival)
            if self._open:
                self._look_at(arrival)

    # ------------------------------------------------------------------------------------------- what the editor says

    def _look_at(self, arrival: FromEditor) -> None:
        message = arrival.message
        method = message.get("method") if isinstance(message, dict) and message.get("jsonrpc") == "2.0" else None
        params = message.get("params") if method is not None else None
        item = _at(params, "textDocument")
        if method == "textDocument/didOpen" and "id" not in message and _is_text(item):
            self._opened(item)
        elif method == "textDocument/inlayHint" and _is_id(message.get("id")) and self._span(params) is not None:
            self._pending.append(arrival)
            self._answer_pending()
        elif method == "initialized" and "id" not in message:
            self._ask_for_settings()
        elif isinstance(method, str) and "id" in message and method not in ("shutdown", "initialize"):
            self._others += 1
        else:
            self._open = method == "$/setTrace"

    def _opened(self, item: dict[str, Any]) -> None:
        document = self._documents.open(item["uri"], item["version"], item["text"])
        if self._first is None and document.is_file and document.is_python:
            self._first = document
            self._analyse()

    def _ask_for_settings(self) -> None:
        if self._has_configuration:
            scopes = [{"section": SECTION}, *({"scopeUri": uri, "section": SECTION} for uri in self._folders)]
            method, params = "workspace/configuration", {"items": scopes}
            self._send({"jsonrpc": "2.0", "id": _OWN_REQUEST, "method": method, "params": params})

    def _is_own_answer(self, message: Any) -> bool:
        return isinstance(message, dict) and message.get("id") == _OWN_REQUEST and "method" not in message

    def _set_configuration(self, answer: dict[str, Any]) -> None:
        found = answer.get("result")
        if not isinstance(found, list) or len(found) != 1 + len(self._folders):
            self._open = False  # the server asks again, and says so
            return
        for scope, settings in zip((None, *self._folders), found, strict=True):
            self._configuration.set(scope, settings)
        self._knows_settings = True
        self._analyse()

    # ------------------------------------------------------------------------------------------------- the one analysis

    def _analyse(self) -> None:
        document = self._first
        if document is None or not self._knows_settings or self._job or len(document.text) > LARGEST_FILE:
            return
        settings = self._configuration.of(document)[1].settings
        if excludes(settings, document):
            return
        self._settings = settings
        self._job = job_for(document, settings)
        self._texts = {document.path: document.text}
        overlay = Overlay(document.path, document.text)
        self._worker.send([overlay], Ask(BEGUN, self._job, live=True))

    def _got(self, message: Any) -> None:
        if isinstance(message, Ready):
            self._is_ready = True
        elif isinstance(message, Answer) and message.number == BEGUN and message.final:
            self._answer = message
            if message.analysis is None or self._first is None or self._settings is None:
                self._open = False
            elif self._snapshot is None:
                self._snapshot = Snapshot(self._first, message.analysis, self._settings)
                self._answer_pending()

    def _answer_pending(self) -> None:
        snapshot = self._snapshot
        if snapshot is None or not self._open:
            return
        for request in self._pending:
            number, params = request.message["id"], request.message["params"]
            span = self._span(params)
            if span is None or params["textDocument"]["uri"] != snapshot.document.uri:
                self._others += 1
                continue
            view: View = snapshot.document.views[0]
            shown = snapshot.settings.inlay_hints.enable
            hints = self._hints.written(snapshot, view, span, lazy=self._lazy) if shown else "null"
            answer = f'{{"jsonrpc":"2.0","id":{to_json(number)},"result":{hints}}}'
            self._write(answer.encode("utf-8", "surrogatepass"))
            self.kept.remove(request)
            self.shown[snapshot.document.uri] = snapshot.analysis
        self._pending.clear()

    def _span(self, params: Any) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """The range of a request that is about an open document; None for any other."""
        uri, span = _at(params, "textDocument", "uri"), _at(params, "range")
        places = [_at(span, end, unit) for end in ("start", "end") for unit in ("line", "character")]
        if not isinstance(uri, str) or self._documents.get(uri) is None:
            return None
        if not all(type(place) is int and 0 <= place < 2**31 for place in places):
            return None
        return (places[0], places[1]), (places[2], places[3])

    def _send(self, message: dict[str, Any]) -> None:
        self._write(to_json(message).encode("utf-8", "surrogatepass"))


def _at(value: Any, *names: str) -> Any:
    """What lies at a path of nested objects; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _folders(sent: Any) -> tuple[str, ...]:
    found = [_at(folder, "uri") for folder in sent] if isinstance(sent, list) else []
    return tuple(uri for uri in found if isinstance(uri, str))


def _is_text(item: Any) -> TypeGuard[dict[str, Any]]:
    """Whether that is an opened text as it should be."""
    strings = all(isinstance(_at(item, name), str) for name in ("uri", "languageId", "text"))
    return strings and type(item.get("version")) is int


def _is_id(number: Any) -> bool:
    return isinstance(number, str) or type(number) is int
