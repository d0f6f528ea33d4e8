"""Random conversations with a language server: sensible messages, senseless ones, and all between."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

Message = Any

MODEL = "from torch import nn\n\nnet = nn.Linear(3, {})\n"
_TEXTS = (
    MODEL.format(4), "", "x = 😀é\r\ny = '\u2028'\n", "from torch import nn\nnet = nn.Linear(3, ", "x = '\ud800'\n\0",
    "\r" * 40,
    "import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n", "from other import *\n" * 5,
)  # fmt: skip
_JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**53 + 1, 10**30, 1.5, 1e308, "", "x", "\ud800", "x" * 100_000, [], {}, [[]], [None],
    {"a": {}},
    {"uri": None}, {"jsonrpc": "2.0"}, {"jsonrpc": "2.0", "id": 1, "method": "no/such"},
    [{"jsonrpc": "2.0", "method": "initialized"}],
)  # fmt: skip
_DOCUMENT_REQUESTS = ("textDocument/inlayHint", "textDocument/hover", "textDocument/codeLens")
_OTHER_REQUESTS = (
    "no/such/method", "$/noSuchRequest", "textDocument/completion", "workspace/symbol", "inlayHint/resolve",
    "codeLens/resolve", "textDocument/diagnostic", "workspace/executeCommand", "window/showMessage", "", "\ud800",
    "textDocument/definition", "__class__", "textDocument/semanticTokens/full", "workspace/configuration", "initialize",
)  # fmt: skip
_NOTIFICATIONS = (
    "initialized", "no/such/notification", "$/setTrace", "$/noSuch", "$/progress", "window/workDoneProgress/cancel",
    "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders",
    "textDocument/didSave", "textDocument/willSave", "workspace/didDeleteFiles", "workspace/didRenameFiles",
)  # fmt: skip


def conversation(random: Random, folder_uri: str, length: int) -> list[Message]:
    """Messages for a server that is initialized."""
    return Talk(random, folder_uri).messages(length)


class Talk:
    """What one editor says. It never waits, and so does not know what was answered."""

    def __init__(self, random: Random, folder_uri: str) -> None:
        self.random = random
        self.uris = [
            *(f"{folder_uri}/{name}.py" for name in ("a", "b", "other", "gone", "%F0%9F%98%80")),
            f"{folder_uri}/pyproject.toml",
            "untitled:one", "", "file:///", "file://%00", "file:///\ud800.py", "file:///%ED%A0%80.py", "http://x/y",
            folder_uri,
            "file:///dev/zero", "file://[::1", "x" * 3000, "file:///a%zz.py", "FILE:///A.PY", f"{folder_uri}/x.ipynb",
        ]  # fmt: skip
        self.number = 100
        self.used: list[Any] = [100]

    def messages(self, length: int) -> list[Message]:
        kinds: tuple[Callable[[], Message], ...] = (
            self.open, self.change, self.close, self.document_request, self.other_request, self.cancel,
            self.notification,
            self.repeated, self.notebook, self.malformed, self.answer,
        )  # fmt: skip
        weights = (6, 10, 3, 14, 4, 3, 4, 3, 4, 3, 1)
        found = [self.random.choices(kinds, weights)[0]() for _ in range(length)]
        return [self.spoilt(message) if self.random.random() < 0.25 else message for message in found]

    # ------------------------------------------------------------------------------------------------------- messages

    def request(self, method: str, params: Any) -> Message:
        self.number += 1
        identity = self.random.choice((self.number, self.number, self.number, str(self.number), f"ü{self.number}"))
        self.used.append(identity)
        return {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}

    @staticmethod
    def notice(method: str, params: Any) -> Message:
        return {"jsonrpc": "2.0", "method": method, "params": params}

    def uri(self) -> str:
        return self.random.choice(self.uris[:3] if self.random.random() < 0.7 else self.uris)

    def position(self) -> Message:
        return {"line": self.random.choice((0, 1, 2, 2, 3, 99, 2**31 - 1)), "character": self.random.randint(0, 30)}

    def range(self) -> Message:
        return {"start": self.position(), "end": self.position()}

    def open(self) -> Message:
        return self.notice("textDocument/didOpen", {"textDocument": self.item(self.uri())})

    def item(self, uri: str) -> Message:
        version = self.random.randint(-2, 50)
        return {"uri": uri, "languageId": "python", "version": version, "text": self.random.choice(_TEXTS)}

    def change(self) -> Message:
        identity = {"uri": self.uri(), "version": self.random.randint(-2, 50)}
        changes = [self.content() for _ in range(self.random.choice((0, 1, 1, 1, 2, 5)))]
        return self.notice("textDocument/didChange", {"textDocument": identity, "contentChanges": changes})

    def content(self) -> Message:
        text = self.random.choice((*_TEXTS, "x", "\n", "(", "4", "😀"))
        return {"text": text} if self.random.random() < 0.3 else {"range": self.range(), "text": text}

    def close(self) -> Message:
        return self.notice("textDocument/didClose", {"textDocument": {"uri": self.uri()}})

    def document_request(self) -> Message:
        document = {"textDocument": {"uri": self.uri()}, "position": self.position(), "range": self.range()}
        return self.request(self.random.choice(_DOCUMENT_REQUESTS), document)

    def other_request(self) -> Message:
        return self.request(self.random.choice(_OTHER_REQUESTS), self.random.choice(_JUNK))

    def cancel(self) -> Message:
        identity = self.random.choice((*self.used[-3:], *self.used[-3:], 4711, "x", None))
        return self.notice("$/cancelRequest", {"id": identity})

    def notification(self) -> Message:
        file = {"uri": self.uri(), "type": self.random.randint(1, 3)}
        params = self.random.choice(
            ({"changes": [file]}, {"settings": {"paramlens": self.random.choice(_JUNK)}}, {"value": "verbose"},
             {"files": [file]},
             {"event": {"added": [{"uri": self.uri(), "name": "x"}], "removed": []}}, {"textDocument": file},
             {"token": 1})
        )  # fmt: skip
        return self.notice(self.random.choice(_NOTIFICATIONS), params)

    def repeated(self) -> Message:
        """A request with an id that was used before, and whose answer may still be under way."""
        return {**self.document_request(), "id": self.random.choice(self.used[-3:])}

    def notebook(self) -> Message:
        uri = self.uris[-1]
        cells = [f"{uri}#{name}" for name in "ab"]
        kind = self.random.random()
        if kind < 0.4:
            described = [{"kind": self.random.choice((1, 2, 2)), "document": cell} for cell in cells]
            opened = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": described}
            items = [self.item(cell) for cell in cells[: self.random.randint(0, 2)]]
            return self.notice("notebookDocument/didOpen", {"notebookDocument": opened, "cellTextDocuments": items})
        if kind < 0.6:
            documents = [{"uri": cell} for cell in cells]
            closing = {"notebookDocument": {"uri": uri}, "cellTextDocuments": documents}
            return self.notice("notebookDocument/didClose", closing)
        text = {"document": {"uri": self.random.choice(cells), "version": 3}, "changes": [self.content()]}
        array = {"start": self.random.randint(0, 5), "deleteCount": self.random.randint(0, 5), "cells": []}
        changed: Message = self.random.choice(({"textContent": [text]}, {"structure": {"array": array}}, {"data": []}))
        change = {"notebookDocument": {"uri": uri, "version": 2}, "change": {"cells": changed}}
        return self.notice("notebookDocument/didChange", change)

    def malformed(self) -> Message:
        """JSON that is no message, or one with an odd id or method."""
        request = self.document_request()
        kind = self.random.randrange(6)
        if kind == 0:
            return self.random.choice(_JUNK)
        if kind == 1:
            return {**request, "jsonrpc": self.random.choice(("1.0", 2, None))}
        if kind == 2:
            return {**request, "method": self.random.choice((5, None, [], {}, True))}
        if kind == 3:
            return {**request, "id": self.random.choice((None, 1.5, True, [], {}, [1], {"id": 1}))}
        if kind == 4:
            return {key: value for key, value in request.items() if key != self.random.choice(("params", "jsonrpc"))}
        return {**request, "more": self.random.choice(_JUNK)}

    def answer(self) -> Message:
        """An answer that nobody asked for."""
        rest = self.random.choice(({"result": 1}, {"error": {"code": 1, "message": "x"}}, {"error": 5}, {}))
        return {"jsonrpc": "2.0", "id": self.random.choice((*self.used, "x", None, [])), **rest}

    # ------------------------------------------------------------------------------------------------------- spoiling

    def spoilt(self, message: Message) -> Message:
        """The message with something in its parameters missing or replaced."""
        if not isinstance(message, dict) or not isinstance(message.get("params"), (dict, list)):
            return message
        message = copy.deepcopy(message)
        holder, key = self.random.choice(_holders(message, "params"))
        if isinstance(holder, dict) and self.random.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(self.random.choice(_JUNK))
        return message


def _holders(holder: Any, key: Any) -> list[tuple[Any, Any]]:
    """The places below one, as the object that holds each and its key there."""
    inner = holder[key]
    keys: list[Any] = (
        list(inner) if isinstance(inner, dict) else list(range(len(inner))) if isinstance(inner, list) else []
    )
    return [(holder, key), *(place for each in keys for place in _holders(inner, each))]
