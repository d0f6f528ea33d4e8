"""A server over stdio whose every answer is kept, with what was asked and when."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import paramlens

_SOURCE = str(Path(next(iter(paramlens.__path__))).parent)


class Connection:
    """`sent` and `answered` hold the times of the requests and answers by their ids, written as JSON."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "paramlens", "serve"], cwd=folder, env={**os.environ, "PYTHONPATH": _SOURCE},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.odd = 0  # messages that may be answered with an error, or not at all
        self.sent: dict[str, list[float]] = defaultdict(list)
        self.answered: dict[str, list[float]] = defaultdict(list)
        self.results: dict[str, Any] = {}
        self.log: list[bytes] = []
        self._news = threading.Condition()
        self._sending = threading.Lock()
        self._ended = False
        for reader in (self._read, self._read_log):
            threading.Thread(target=reader, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while (message := _message(self.process.stdout)) is not None:
                self._take(message)
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _take(self, message: Any) -> None:
        if "method" not in message:
            with self._news:
                key = json.dumps(message.get("id"))
                self.answered[key].append(time.monotonic())
                self.results[key] = message
                self._news.notify_all()
        elif "id" in message:
            items = message["params"]["items"] if message["method"] == "workspace/configuration" else None
            result = None if items is None else [None] * len(items)
            with contextlib.suppress(OSError, ValueError):
                self.send_bytes(_packed({"jsonrpc": "2.0", "id": message["id"], "result": result}))

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            self.log.extend(self.process.stderr)

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        with self._sending:
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def send(self, message: Any) -> None:
        """Send a message, and note it when it has to be answered."""
        if is_request(message):
            self.sent[json.dumps(message["id"])].append(time.monotonic())
        elif not is_notification(message):
            self.odd += 1
        self.send_bytes(_packed(message))

    def ask(self, identity: str, method: str, params: Any, wait: float) -> Any:
        """The answer to a request, None when none came in time."""
        key = json.dumps(identity)
        self.send({"jsonrpc": "2.0", "id": identity, "method": method, "params": params})
        with self._news:
            self._news.wait_for(lambda: self._ended or key in self.results, wait)
        return self.results.get(key)

    def wait_for_all(self, seconds: float) -> None:
        """Wait until everything that was asked is answered, the server ended, or the time is over."""
        with self._news:
            self._news.wait_for(lambda: self._ended or not self.missing(), seconds)

    def missing(self) -> list[str]:
        return [key for key, sent in self.sent.items() if len(self.answered.get(key, ())) < len(sent)]

    def surplus(self) -> list[str]:
        """The ids that were answered too often; odd messages may be answered too, under their id or none."""
        spare = [key for key, times in list(self.answered.items()) for _ in times[len(self.sent.get(key, ())) :]]
        return spare if len(spare) > self.odd else []

    def longest_wait(self) -> float:
        """Seconds; answers to one id are taken to come in the order of the requests."""
        waits = (
            answered - sent
            for key, times in self.sent.items()
            for sent, answered in zip(times, self.answered.get(key, ()), strict=False)
        )
        return max(waits, default=0.0)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()


def is_request(message: Any) -> bool:
    """Whether it has to be answered under its id."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        return False
    return isinstance(message.get("id"), (int, str)) and not isinstance(message["id"], bool)


def is_notification(message: Any) -> bool:
    """Whether it must not be answered."""
    return (
        isinstance(message, dict)
        and message.get("jsonrpc") == "2.0"
        and isinstance(message.get("method"), str)
        and "id" not in message
    )


def _packed(message: Any) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _message(stream: Any) -> Any:
    length = 0
    while (header := stream.readline()).strip():
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(stream.read(length)) if header else None
