"""How long after a keystroke the new inlay hints are there: a real server over stdio, medians of many edits.

    python tests/bench/edit_latency.py FILE --line N [--rounds N]

Types and deletes a character at the end of line N, and asks for the hints of the whole file each time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SERVER = Path(__file__).resolve().parents[2] / "server"
COMMAND = [sys.executable, "-c", "from paramlens.cli import main; main()", "serve"]


class Server:
    """A language server that is asked one thing at a time."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            COMMAND, cwd=folder, env={"PYTHONPATH": str(SERVER)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.numbers = itertools.count(1)

    def notify(self, method: str, parameters: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": parameters})

    def ask(self, method: str, parameters: Any) -> Any:
        """The result; what the server asks meanwhile is answered with nothing."""
        number = next(self.numbers)
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                items = message["params"].get("items") if message["method"] == "workspace/configuration" else None
                result = None if items is None else [None] * len(items)
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
            elif message.get("id") == number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]

    def _send(self, message: Any) -> None:
        assert self.process.stdin is not None
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> Any:
        assert self.process.stdout is not None
        length = 0
        while (header := self.process.stdout.readline()) not in (b"\r\n", b"\n"):
            if not header:
                raise SystemExit("the server ended")
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))


def main() -> None:
    """Open, edit, ask; print the times in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--line", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    path = arguments.file.resolve()
    lines = path.read_text("utf-8").split("\n")
    start = time.perf_counter()
    server = Server(path.parent)
    server.ask("initialize", {"processId": None, "rootUri": path.parent.as_uri(), "capabilities": {}})
    server.notify("initialized", {})
    document = {"uri": path.as_uri(), "languageId": "python", "version": 0, "text": "\n".join(lines)}
    server.notify("textDocument/didOpen", {"textDocument": document})
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": len(lines), "character": 0}}
    hints = {"textDocument": {"uri": path.as_uri()}, "range": whole}
    count = len(server.ask("textDocument/inlayHint", hints))
    print(f"{(time.perf_counter() - start) * 1000:8.1f}  from the start to {count} hints")
    times = []
    for version in range(1, arguments.rounds + 1):
        edited = list(lines)
        edited[arguments.line - 1] += " " * (version % 2)
        start = time.perf_counter()
        identifier = {"uri": path.as_uri(), "version": version}
        changes = {"textDocument": identifier, "contentChanges": [{"text": "\n".join(edited)}]}
        server.notify("textDocument/didChange", changes)
        server.ask("textDocument/inlayHint", hints)
        times.append((time.perf_counter() - start) * 1000)
    print(f"{statistics.median(times):8.1f}  median of {len(times)} edits")
    print(f"{sorted(times)[int(len(times) * 0.95)]:8.1f}  95th percentile")
    print(f"{max(times):8.1f}  longest")
    server.process.kill()


if __name__ == "__main__":
    main()
