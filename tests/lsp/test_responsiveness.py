"""How long one call holds up the server's loop, and what typing costs, in a file of 5,000 lines with the evaluator."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest
from paramlens.lsp.loop import Loop
from paramlens.lsp.serve import serve
from paramlens.lsp.streams import read_body

LINES = 5_000
LONGEST = 0.1
"""Seconds. What is measured on a quiet machine is a fifth of it."""

URI = "file:///w/long.py"
TEXT = "from torch import nn\n" + "".join(
    f"layer_{line} = nn.Linear({line % 50 + 1}, 3)\n" if line % 8 == 0 else f"value_{line} = {line}  # é\n"
    for line in range(LINES - 1)
)


class Pipes:
    """A server in a thread of this process, so that its loop can be looked at."""

    def __init__(self) -> None:
        source, self._to = os.pipe()
        self._from, sink = os.pipe()
        self.loop = Loop()
        streams: tuple[BinaryIO, BinaryIO] = os.fdopen(source, "rb"), os.fdopen(sink, "wb")
        self._thread = threading.Thread(target=serve, args=(*streams, self.loop), daemon=True)
        self._thread.start()
        self._sink, self._source = os.fdopen(self._to, "wb"), os.fdopen(self._from, "rb")
        self._number = 0

    def send(self, method: str, params: Any, **more: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self._sink.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._sink.flush()

    def request(self, method: str, params: Any) -> Any:
        self._number += 1
        self.send(method, params, id=self._number)
        while True:
            body = read_body(self._source)
            assert body is not None
            message = json.loads(body)
            if message.get("id") == self._number and "method" not in message:
                return message["result"]

    def close(self) -> None:
        self.request("shutdown", None)
        self.send("exit", None)
        self._thread.join(20)
        assert not self._thread.is_alive()

    # ------------------------------------------------------------------------------------------- everyday messages

    def hints(self) -> list[Any]:
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": LINES, "character": 0}}
        found = self.request("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": whole})
        assert isinstance(found, list)
        return found

    def type(self, version: int, character: int, text: str) -> None:
        at = {"line": 2, "character": character}
        change = {"range": {"start": at, "end": at}, "text": text}
        item = {"uri": URI, "version": version}
        self.send("textDocument/didChange", {"textDocument": item, "contentChanges": [change]})


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    opened = Pipes()
    support = {"resolveSupport": {"properties": ["tooltip"]}}
    opened.request("initialize", {"capabilities": {"textDocument": {"inlayHint": support}}})
    opened.send("initialized", {})
    opened.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}})
    opened.loop.longest = 0.0
    yield opened
    opened.close()


def test_no_call_holds_up_the_loop(pipes: Pipes) -> None:
    pipes.send(
        "textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}}
    )
    assert len(pipes.hints()) == LINES // 8
    for version in range(2, 8):
        pipes.type(version, 14 + version, "#")
        assert len(pipes.hints()) == LINES // 8
    print(f"the longest call took {pipes.loop.longest * 1e3:.1f} ms")
    assert pipes.loop.longest < LONGEST


def test_rapid_typing_costs_little_more_than_one_change(pipes: Pipes) -> None:
    pipes.send(
        "textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}}
    )
    pipes.hints()
    alone, rapid, version = [], [], 1
    for _ in range(3):
        alone.append(_seconds(pipes, version := version + 1, 1))
        rapid.append(_seconds(pipes, version := version + 30, 30))
    print(f"one change: {min(alone) * 1e3:.1f} ms, thirty: {min(rapid) * 1e3:.1f} ms")
    assert min(rapid) < 6 * min(alone) + 0.1


def _seconds(pipes: Pipes, version: int, changes: int) -> float:
    start = time.monotonic()
    for change in range(changes):
        pipes.type(version - changes + 1 + change, 20, "#")
    assert len(pipes.hints()) == LINES // 8
    return time.monotonic() - start
