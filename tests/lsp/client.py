"""A small LSP client: starts a real server over stdio and keeps all that it says."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import paramlens

Message = dict[str, Any]
STUBS = Path(__file__).parent.parent / "cli"
SOURCE = Path(next(iter(paramlens.__path__))).parent

CAPABILITIES: Message = {
    "textDocument": {
        "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True},
    },
    "workspace": {
        "configuration": True,
        "inlayHint": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
    },
    "general": {"positionEncodings": ["utf-16"]},
}


LIMITED = """
from paramlens.cli import main
from paramlens.lsp.worker import Worker
Worker.__init__.__defaults__ = ({},)
main()
"""


class Client:
    """`settings` is what the editor answers to workspace/configuration; `limit` the seconds for one analysis."""

    def __init__(
        self,
        folder: Path,
        *,
        analyzer: str = "stub_analyzer:analyze",
        settings: Any = None,
        limit: float | None = None,
        more_path: Sequence[str] = (),
    ) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([*more_path, str(SOURCE), str(STUBS)]),
            "PARAMLENS_ANALYZER": analyzer,
        }
        self.folder = folder
        self.settings = settings
        self.process = subprocess.Popen(
            [sys.executable, "-c", LIMITED.format(limit), "serve"]
            if limit
            else [sys.executable, "-m", "paramlens", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
        )
        self.answers: dict[Any, Message] = {}
        self.said: list[Message] = []
        self.opened: set[str] = set()
        self.number = 0
        self.errors: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.news = threading.Condition()
        for work in (self._read, self._drain):
            threading.Thread(target=_until_closed, args=(work,), daemon=True).start()

    def _drain(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors.put(line)

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (header := stream.readline()).strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not header:
                break
            message = json.loads(stream.read(length))
            with self.news:
                if "method" not in message:
                    self.answers[message["id"]] = message
                else:
                    self.said.append(message)
                    if "id" in message:
                        self._answer(message)
                self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def _answer(self, message: Message) -> None:
        result = None
        if message["method"] == "workspace/configuration":
            result = [self.settings for _ in message["params"]["items"]]
        with contextlib.suppress(OSError, ValueError):  # the test closed the server's input
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def send(self, message: Any) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> int:
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        return self.number

    def answer(self, number: int, timeout: float = 20) -> Message:
        self.wait(lambda: number in self.answers, timeout, f"answer {number}")
        return self.answers.pop(number)

    def request(self, method: str, params: Any = None) -> Any:
        answer = self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def wait(self, condition: Callable[[], Any], timeout: float = 20, what: str = "") -> Any:
        end = time.monotonic() + timeout
        with self.news:
            while not (found := condition()):
                left = end - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self.news.wait(0.5) and not condition()):
                    raise AssertionError(f"waited in vain for {what}; it said {[m['method'] for m in self.said]}")
                self.news.wait(min(left, 1))
        return found

    def heard(self, method: str, **wanted: Any) -> list[Any]:
        """The parameters of all messages of that method whose parameters have these values."""
        found = [message.get("params") for message in list(self.said) if message["method"] == method]
        return [p for p in found if all((p or {}).get(key) == value for key, value in wanted.items())]

    def hear(self, method: str, count: int = 1, **wanted: Any) -> Any:
        self.wait(lambda: len(self.heard(method, **wanted)) >= count, what=f"{method} {wanted}")
        return self.heard(method, **wanted)[-1]

    # ------------------------------------------------------------------------------------------- everyday messages

    def start(self, capabilities: Message | None = None, **params: Any) -> Message:
        folders = [{"uri": self.folder.as_uri(), "name": "w"}]
        base = {"processId": os.getpid(), "rootUri": self.folder.as_uri(), "workspaceFolders": folders}
        chosen = CAPABILITIES if capabilities is None else capabilities
        result = self.request("initialize", {**base, "capabilities": chosen, **params})
        self.notify("initialized", {})
        assert isinstance(result, dict)
        return result

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, version: int = 1) -> None:
        item = {"uri": self.uri(name), "languageId": "python", "version": version, "text": text}
        self.opened.add(self.uri(name))
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, name: str, version: int, text: str) -> None:
        item = {"uri": self.uri(name), "version": version}
        self.notify("textDocument/didChange", {"textDocument": item, "contentChanges": [{"text": text}]})

    def ask_hints(self, name: str) -> int:
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 10_000, "character": 0}}
        return self.ask("textDocument/inlayHint", {"textDocument": {"uri": self.uri(name)}, "range": whole})

    def hints(self, name: str) -> list[tuple[int, int, str]]:
        """(line, character, label) of all hints, in LSP positions."""
        answer = self.answer(self.ask_hints(name))
        assert "error" not in answer, answer
        positions = [(hint["position"], hint["label"]) for hint in answer["result"] or []]
        return [(position["line"], position["character"], label) for position, label in positions]

    def fresh(self, folder: Path) -> None:
        """Close what is open and forget what was said; go on in another folder, with the same server."""
        for uri in sorted(self.opened):
            self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        self.opened.clear()
        self.request("textDocument/hover", {"textDocument": {"uri": "none:"}, "position": {"line": 0, "character": 0}})
        self.folder = folder
        self.said.clear()

    def stop(self) -> int:
        """Shut down properly; the exit status."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(10)

    def children(self) -> list[int]:
        """The ids of the server's child processes."""
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid and fields[0] != "Z":
                found.append(int(status.parent.name))
        return found

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _until_closed(work: Callable[[], None]) -> None:
    """The test may close a stream while a thread reads it."""
    with contextlib.suppress(ValueError):
        work()
