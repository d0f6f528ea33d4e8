"""Conversations with a real server: every request is answered once and soon, and the server goes on."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from .connection import Connection, is_request
from .messages import MODEL, Message, Talk, conversation

LONGEST = 2.0
"""Seconds that an answer may take."""
LOST = 15.0
"""Seconds after which an answer counts as lost."""
BURST = 40
"""Messages that are sent before answers are waited for."""

_FOLDER_URI = "file:///fuzz"
_RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}


def messages_of(seed: int, number: int, length: int) -> list[Message]:
    """The conversation with that number; always the same."""
    return conversation(Random(f"{seed}/talk/{number}"), _FOLDER_URI, length)


def fault_of_conversation(
    messages: Sequence[Message], longest: float = LONGEST, counts: Counter[str] | None = None
) -> str:
    """What goes wrong when a server is told all that; empty when nothing does."""
    with tempfile.TemporaryDirectory() as name:
        connection = Connection(Path(name))
        try:
            return next(_faults(connection, messages, longest), "")
        except (BrokenPipeError, ConnectionError, ValueError) as error:
            return f"the server is gone: {error}: {b''.join(connection.log[-5:])!r}"
        finally:
            if counts is not None:
                counts["messages"] += len(messages)
                counts["requests"] += sum(map(len, connection.sent.values()))
            connection.close()


def _faults(connection: Connection, messages: Sequence[Message], longest: float) -> Iterator[str]:
    for message in _requests("early", messages):  # before initialize
        connection.send(message)
    params = {"processId": None, "rootUri": _FOLDER_URI, "capabilities": {"workspace": {"configuration": True}}}
    if connection.ask("start", "initialize", params, LOST) is None:
        yield "lost answer: initialize"
        return
    connection.send(Talk.notice("initialized", {}))
    yield from _model_faults(connection, 0)
    for start in range(0, len(messages), BURST):
        for message in messages[start : start + BURST]:
            connection.send(message)
        connection.wait_for_all(LOST)
        if connection.process.poll() is not None:
            yield f"the server ended with {connection.process.returncode}: {b''.join(connection.log[-5:])!r}"
        yield from _answer_faults(connection, longest)
    yield from _model_faults(connection, 1)
    yield from _end_faults(connection, messages)
    yield from _answer_faults(connection, longest)


def _requests(stem: str, messages: Sequence[Message]) -> list[Message]:
    """Some requests of a conversation with ids of their own."""
    asked = [message for message in messages if is_request(message)]
    return [{**message, "id": f"{stem}{number}"} for number, message in enumerate(asked[:5])]


def _answer_faults(connection: Connection, longest: float) -> Iterator[str]:
    if missing := connection.missing():
        yield f"lost answer: {missing[:5]}"
    if surplus := connection.surplus():
        yield f"answered too often: {surplus[:5]}"
    if (waited := connection.longest_wait()) > longest:
        yield f"slow: an answer after {waited:.1f} s"
    lines = list(connection.log)
    if (at := next((number for number, line in enumerate(lines) if b"Traceback" in line), None)) is not None:
        yield f"traceback: {b''.join(lines[max(at - 2, 0) : at + 40]).decode(errors='replace')}"


def _model_faults(connection: Connection, number: int) -> Iterator[str]:
    """Whether a file that is opened now gets the right hint."""
    uri, width = f"file:///elsewhere/model{number}.py", 7 + number
    item = {"uri": uri, "languageId": "python", "version": 1, "text": MODEL.format(width)}
    connection.send(Talk.notice("textDocument/didOpen", {"textDocument": item}))
    params = {"textDocument": {"uri": uri}, "range": _RANGE}
    answer = connection.ask(f"model{number}", "textDocument/inlayHint", params, LOST)
    hints = (answer or {}).get("result") or []
    found = [(hint["position"]["line"], hint["label"].split(" · ")[0]) for hint in hints]
    if found != [(2, f"▸ {4 * width} params")]:
        yield f"wrong hints at the end: {answer}"
    connection.sent.pop('"model0"', None)  # it waited for the worker to start
    connection.answered.pop('"model0"', None)


def _end_faults(connection: Connection, messages: Sequence[Message]) -> Iterator[str]:
    if connection.ask("end", "shutdown", None, LOST) is None:
        yield "lost answer: shutdown"
        return
    for message in _requests("late", messages):
        connection.send(message)
    connection.wait_for_all(LOST)
    connection.send({"jsonrpc": "2.0", "method": "exit"})
    status = connection.process.wait(LOST)
    connection.wait_for_all(0.0)
    if status != 0:
        yield f"exit status {status}"
    if missing := connection.missing():
        yield f"lost answer after shutdown: {missing[:5]}"
    yield from [f"answered too often: {surplus[:5]}"] if (surplus := connection.surplus()) else []


def smaller(messages: list[Any], fault: str, failing: Callable[[Sequence[Any]], str], tries: int = 30) -> list[Any]:
    """Halves, quarters and so on left out as long as the same goes wrong."""
    kind, size = fault.split(":")[0], len(messages) // 2
    while size and tries:
        at = 0
        while at < len(messages) and tries:
            tries -= 1
            rest = messages[:at] + messages[at + size :]
            if failing(rest).split(":")[0] == kind:
                messages = rest
            else:
                at += size
        size //= 2
    return messages
