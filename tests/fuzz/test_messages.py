"""A short slice of the message fuzzer, the same each time; `python -m tests.fuzz` goes on."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from .connection import Connection
from .conversations import LOST, fault_of_conversation, messages_of
from .messages import Talk

PATIENCE = 10.0
"""Seconds for an answer on a machine that runs other tests; the fuzzer itself allows 2."""


def test_every_request_is_answered_once() -> None:
    counts: Counter[str] = Counter()
    assert fault_of_conversation(messages_of(1, 3, 120), PATIENCE, counts) == ""
    assert counts["requests"] > 15


def request(identity: Any, method: Any = "textDocument/hover") -> Any:
    position = {"line": 0, "character": 0}
    params = {"textDocument": {"uri": "untitled:one"}, "position": position}
    return {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}


OPEN = Talk.notice(
    "textDocument/didOpen",
    {"textDocument": {"uri": "untitled:one", "languageId": "python", "version": 1, "text": "while True: pass\n"}},
)

FOUND = [
    Talk.notice("initialized", {}),  # once more
    OPEN, request([1]), request({"a": 1}), request(2), request(3, None), request(4, 5),
    OPEN, request(5), {"jsonrpc": "2.0", "id": 5, "result": 1}, request(6),  # an answer with the id of a request
    {"jsonrpc": "2.0", "id": "x"}, {"jsonrpc": "2.0", "id": [], "error": 5},
    OPEN, request(7), Talk.notice("$/cancelRequest", {"id": {"a": []}}), request(8),
    OPEN, request(9), request(9), request(9), Talk.notice("$/cancelRequest", {"id": 9}), request(10),
]  # fmt: skip


def test_what_was_found_once() -> None:
    assert fault_of_conversation(FOUND, PATIENCE) == ""


def test_an_answer_that_is_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.conversations.LOST", 8.0)
    real = Connection._take

    def deaf(connection: Connection, message: Any) -> None:
        if message.get("id") != 77:
            real(connection, message)

    monkeypatch.setattr(Connection, "_take", deaf)
    assert fault_of_conversation([request(77)], PATIENCE) == "lost answer: ['77']"


HEADERS = {
    "no length": b"Content-Type: x\r\n\r\n{}",
    "huge": b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "too short": b"Content-Length: 3\r\n\r\n{}" + b"Content-Length: 2\r\n\r\n{}",
    "binary": bytes(Random(1).randbytes(3000)),
    "endless line": b"x" * 100_000,
    "no json": b"Content-Length: 4\r\n\r\n\xff\xfe{{",
    "deep": b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000,
}


@pytest.mark.parametrize("name", HEADERS)
def test_after_broken_headers_the_server_goes_on_or_ends(tmp_path: Path, name: str) -> None:
    connection = Connection(tmp_path)
    try:
        connection.send_bytes(HEADERS[name])
        assert connection.process.stdin is not None
        connection.process.stdin.close()
        start = time.monotonic()
        assert connection.process.wait(LOST) in (0, 1)
        assert time.monotonic() - start < PATIENCE
        assert not [line for line in connection.log if b"Traceback" in line]
    finally:
        connection.close()
