"""A server in this process whose worker answers when the test says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from paramlens.facts import Analysis
from paramlens.jobs import Job
from paramlens.lsp.handlers import create_server
from paramlens.lsp.loop import Loop
from paramlens.worker import Answer
from stub_analyzer import analyze

URI = "file:///w/model.py"
CAPABLE = {
    "textDocument": {"inlayHint": {"resolveSupport": {"properties": ["tooltip"]}}},
    "workspace": {"inlayHint": {"refreshSupport": True}},
    "window": {"workDoneProgress": True},
}


@dataclass
class Ask:
    job: Job
    on_answer: Callable[[Answer], None]

    def done(self, analysis: Analysis | None = None, *, early: bool = False) -> None:
        found = analysis or analyze(self.job.path, self.job.text, read=lambda path: None)
        self.on_answer(Answer(0, found, final=not early))

    def fail(self, reason: str) -> None:
        """An empty reason says that it was superseded."""
        self.on_answer(Answer(0, None, reason))


class Hand:
    """A worker whose answers are given by hand."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []
        self.stops = 0
        self.waiting = 0

    def ask(self, job: Job, texts: Mapping[str, str], on_answer: Callable[[Answer], None]) -> None:
        self.asks.append(Ask(job, on_answer))

    def stop(self) -> None:
        self.stops += 1

    close = start = stop


class Session:
    """`said` are the messages of the server, in order."""

    def __init__(self, capabilities: Any = None) -> None:
        self.loop = Loop()
        self.said: list[Any] = []
        self.worker, self.spare, self.aside = Hand(), Hand(), Hand()
        self.server = create_server(self.loop, self.worker, self)  # type: ignore[arg-type]
        self.server.spare = self.server.analyses.spare = self.spare  # type: ignore[assignment]
        self.server.aside = self.aside  # type: ignore[assignment]
        self.number = 0
        self.request("initialize", {"capabilities": CAPABLE if capabilities is None else capabilities})
        self.notify("initialized", {})

    def receive(self, message: Any) -> None:
        self.loop.post(lambda: self.server.protocol.handle_message(message))

    def write(self, body: bytes) -> None:
        """What the server does with a message."""
        self.said.append(json.loads(body))

    def settle(self, seconds: float = 0.0) -> None:
        """Let the server handle what it was sent, and what falls due meanwhile."""
        self.loop.later(seconds, lambda: self.loop.when_idle(lambda: self.loop.when_idle(lambda: self.loop.stop(0))))
        self.loop.run()

    def notify(self, method: str, params: Any) -> None:
        self.receive({"jsonrpc": "2.0", "method": method, "params": params})
        self.settle()

    def ask(self, method: str, params: Any) -> int:
        self.number += 1
        self.receive({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        return self.number

    def answers(self, number: int) -> list[Any]:
        self.settle()
        return [message for message in self.said if message.get("id") == number and "method" not in message]

    def request(self, method: str, params: Any) -> Any:
        (answer,) = self.answers(self.ask(method, params))
        return answer["result"]

    def heard(self, method: str) -> list[Any]:
        return [message.get("params") for message in self.said if message.get("method") == method]

    # ------------------------------------------------------------------------------------------- everyday messages

    def open(self, text: str, uri: str = URI) -> None:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, text: str, version: int = 2, uri: str = URI) -> None:
        item = {"uri": uri, "version": version}
        params = {"textDocument": item, "contentChanges": [{"text": text}]}
        self.receive({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params})

    def ask_hints(self, uri: str = URI) -> int:
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 10_000, "character": 0}}
        return self.ask("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": whole})

    def labels(self, number: int) -> list[str]:
        (answer,) = self.answers(number)
        return [hint["label"] for hint in answer["result"]]

    def code(self, number: int) -> int:
        (answer,) = self.answers(number)
        code: int = answer["error"]["code"]
        return code
