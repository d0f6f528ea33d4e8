"""What is answered before the server is imported, and what is left to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from client import Client
from paramlens.facts import Analysis
from paramlens.lsp.documents import uri_of
from paramlens.lsp.first_hints import Arrival, FirstHints, FromEditor, FromWorker, Imported
from paramlens.lsp.inbox import Inbox
from paramlens.worker import Answer, Ask, Ready
from stub_analyzer import analyze

PATH = "/w/model.py"
URI = uri_of(PATH)
TEXT = "net = Linear(3, 4)\n"
WITHOUT_SETTINGS: dict[str, Any] = {"textDocument": {"inlayHint": {"resolveSupport": {"properties": ["tooltip"]}}}}
WITH_SETTINGS = {**WITHOUT_SETTINGS, "workspace": {"configuration": True}}


class Process:
    """A worker that is asked, and answers when the test says so."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []

    def send(self, overlays: Any, ask: Ask) -> None:
        self.asks.append(ask)


class Beginning:
    """What arrives is given before it is run; `said` is what was written."""

    def __init__(self, capabilities: Any = None, **params: Any) -> None:
        self.said: list[Any] = []
        self.worker = Process()
        self.inbox: Inbox[Arrival] = Inbox()
        params["capabilities"] = WITHOUT_SETTINGS if capabilities is None else capabilities
        self.first = FirstHints({"params": params}, self.worker, lambda body: self.said.append(json.loads(body)))  # type: ignore[arg-type]

    def tell(self, method: str, params: Any = None, number: Any = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params or {}}
        self.inbox.put(FromEditor({**message, "id": number} if number is not None else message))

    def open(self, uri: str = URI, text: str = TEXT) -> None:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def ask(self, number: Any, uri: str = URI) -> None:
        span = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        self.tell("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": span}, number)

    def answer(self, analysis: Analysis | None = None, *, failure: str = "") -> None:
        found = None if failure else analysis or analyze(PATH, TEXT, read=lambda path: None)
        self.inbox.put(FromWorker(self.worker, Answer(1, found, failure)))  # type: ignore[arg-type]

    def run(self) -> list[str]:
        """Handle all of it; the methods that are left to the server."""
        self.first.run(self.inbox, lambda: self.inbox.put(Imported()))
        return [arrival.message["method"] for arrival in self.first.kept if isinstance(arrival, FromEditor)]


def test_hints_are_answered_and_the_rest_is_kept_in_order() -> None:
    begun = Beginning()
    begun.tell("initialized")
    begun.open()
    begun.tell("textDocument/codeLens", {"textDocument": {"uri": URI}}, 2)
    begun.ask(3)
    begun.inbox.put(FromWorker(begun.worker, Ready()))  # type: ignore[arg-type]
    begun.answer()
    assert begun.run() == ["initialized", "textDocument/didOpen", "textDocument/codeLens"]
    (answer,) = begun.said
    assert answer["id"] == 3
    assert [hint["label"] for hint in answer["result"]] == ["▸ 16 params · 64 B"]
    assert [ask.job.text for ask in begun.worker.asks] == [TEXT]
    assert list(begun.first.shown) == [URI]


def test_a_change_ends_it() -> None:
    begun = Beginning()
    begun.open()
    begun.tell("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": ""}]})
    begun.ask(2)
    begun.answer()
    assert begun.run() == ["textDocument/didOpen", "textDocument/didChange", "textDocument/inlayHint"]
    assert begun.said == []


def test_what_is_cancelled_is_left_to_the_server() -> None:
    begun = Beginning()
    begun.open()
    begun.ask(2)
    begun.tell("$/cancelRequest", {"id": 2})
    begun.answer()
    assert begun.run() == ["textDocument/didOpen", "textDocument/inlayHint", "$/cancelRequest"]
    assert begun.said == []


def test_the_settings_of_the_editor_come_first() -> None:
    begun = Beginning(WITH_SETTINGS, workspaceFolders=[{"uri": "file:///w", "name": "w"}])
    begun.open()
    begun.tell("initialized")
    begun.ask("two")
    settings = [None, {"inlayHints": False}]
    begun.inbox.put(FromEditor({"jsonrpc": "2.0", "id": "paramlens-first-settings", "result": settings}))
    begun.answer()
    assert begun.run() == ["textDocument/didOpen", "initialized"]
    request, answer = begun.said
    assert request["method"] == "workspace/configuration"
    assert [item.get("scopeUri") for item in request["params"]["items"]] == [None, "file:///w"]
    assert answer == {"jsonrpc": "2.0", "id": "two", "result": None}


def test_nothing_is_analysed_without_the_settings() -> None:
    begun = Beginning(WITH_SETTINGS)
    begun.tell("initialized")
    begun.open()
    begun.ask(2)
    assert begun.run() == ["initialized", "textDocument/didOpen", "textDocument/inlayHint"]
    assert begun.worker.asks == []


def test_a_failure_is_left_to_the_server() -> None:
    begun = Beginning()
    begun.open()
    begun.ask(2)
    begun.answer(failure="it nests too deep")
    assert begun.run() == ["textDocument/didOpen", "textDocument/inlayHint"]
    assert begun.said == []


def test_messages_that_make_no_sense_are_left_to_the_server() -> None:
    for message in (
        None, 3, [], {"method": "textDocument/didOpen"}, {"jsonrpc": "2.0", "method": 5},
        {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": URI}}},
        {"jsonrpc": "2.0", "id": 1, "method": "textDocument/inlayHint", "params": {"textDocument": {"uri": 4}}},
        {"jsonrpc": "2.0", "id": "paramlens-first-settings", "result": [1, 2, 3]},
    ):  # fmt: skip
        begun = Beginning()
        begun.inbox.put(FromEditor(message))
        begun.open()
        begun.ask(2)
        begun.first.run(begun.inbox, lambda begun=begun: begun.inbox.put(Imported()))
        assert begun.said == []


def test_the_server_gives_the_same_hints(tmp_path: Path) -> None:
    client = Client(tmp_path, analyzer="")
    try:
        client.start()
        client.open("model.py", "from torch import nn\nnet = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5))\n")
        early = client.answer(client.ask_hints("model.py"))["result"]
        assert client.request("textDocument/codeLens", {"textDocument": {"uri": client.uri("model.py")}})
        late = client.answer(client.ask_hints("model.py"))["result"]
        assert early == late
        assert client.request("inlayHint/resolve", early[0])["tooltip"]
    finally:
        client.close()
