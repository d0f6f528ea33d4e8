"""How long after a keystroke the new inlay hints are there: real servers over stdio, one file, one table.

    python tests/bench/edit_latency.py FILE... [--server NAME=COMMAND]... [--json]

Types text into each file, character by character, and asks for the hints of the whole file each time: inside a layer's
call, inside a method, at module level, and a statement that stays half-typed. `--server pyrefly="pyrefly lsp"` measures
another server in the same run. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "server"
OWN = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(FOLDER)!r}); from paramlens.cli import main; main()"]
PAUSE = 0.1
CAPABILITIES = {
    "textDocument": {"inlayHint": {"resolveSupport": {"properties": ["tooltip"]}}},
    "workspace": {"configuration": True, "inlayHint": {"refreshSupport": True}},
    "general": {"positionEncodings": ["utf-16"]},
}


@dataclass(frozen=True)
class Scenario:
    """Text to type behind an offset of a file."""

    name: str
    offset: int
    text: str


def scenarios(text: str) -> Iterator[Scenario]:
    """Where people type, in a file of layers."""
    call = re.search(r"\n[ \t]+self\.\w+ = (?:nn|layers|keras\.layers)\.\w+\([^()\n]+(?=\)\n)", text)
    if call is not None:
        yield Scenario("in a layer's call", call.end(), ", 12")
        line = text.index("\n", call.end())
        indent = re.match(r"\n[ \t]+", call[0])
        yield Scenario("in a method", line, f"{indent[0] if indent else ''}extra = 64")
        yield Scenario("half-typed", line, f"{indent[0] if indent else ''}self.more = nn.Linear(64, ")
    yield Scenario("at module level", len(text.rstrip("\n")), "\n\nwidth = 3 * 4")


class Server:
    """A language server that is asked one thing at a time."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
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
                return message.get("result")

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


class Typist:
    """One file that is open in one server."""

    def __init__(self, command: list[str], path: Path) -> None:
        self.uri, self.text, self.version = path.as_uri(), path.read_text("utf-8"), 1
        start = time.perf_counter()
        self.server = Server(command, path.parent)
        folder = path.parent.as_uri()
        self.server.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": folder,
                "capabilities": CAPABILITIES,
                "workspaceFolders": [{"uri": folder, "name": "w"}],
            },
        )
        self.initialize = 1000 * (time.perf_counter() - start)
        self.server.notify("initialized", {})
        start = time.perf_counter()
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": self.text}
        self.server.notify("textDocument/didOpen", {"textDocument": document})
        self.hints = len(self._ask() or ())
        self.first = 1000 * (time.perf_counter() - start)
        time.sleep(5)  # what is evaluated behind the first answer

    def _ask(self) -> Any:
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": self.text.count("\n") + 9, "character": 0}}
        return self.server.ask("textDocument/inlayHint", {"textDocument": {"uri": self.uri}, "range": whole})

    def change(self, start: int, end: int, new: str) -> float:
        """Milliseconds from the change to the new hints."""
        self.version += 1
        span = {"start": self._position(start), "end": self._position(end)}
        self.text = self.text[:start] + new + self.text[end:]
        document = {"uri": self.uri, "version": self.version}
        changes = {"textDocument": document, "contentChanges": [{"range": span, "text": new}]}
        begin = time.perf_counter()
        self.server.notify("textDocument/didChange", changes)
        self._ask()
        taken = 1000 * (time.perf_counter() - begin)
        time.sleep(PAUSE)
        return taken

    def _position(self, offset: int) -> dict[str, int]:
        line_start = self.text.rfind("\n", 0, offset) + 1
        units = len(self.text[line_start:offset].encode("utf-16-le")) // 2
        return {"line": self.text.count("\n", 0, offset), "character": units}

    def type(self, scenario: Scenario) -> list[float]:
        """Type the text and take it away again; the times of typing."""
        at, taken = scenario.offset, []
        for character in scenario.text:
            taken.append(self.change(at, at, character))
            at += 1
        self.change(scenario.offset, at, "")
        return taken

    def close(self) -> int:
        """End the server; the peak memory of its processes in MiB, where the system tells."""
        peak = sum(map(_peak, _family(self.server.process.pid)))
        self.server.process.kill()
        return peak // 1024


def _family(pid: int) -> list[int]:
    """A process and those that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _peak(pid: int) -> int:
    """KiB that were in memory at most."""
    try:
        found = re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = []
    return int(found[0]) if found else 0


def main() -> None:
    """Open, type, ask; print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--server", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    servers = [("paramlens", [*OWN, "serve"])]
    named = [given.partition("=") for given in arguments.server]
    servers += [(name, shlex.split(command)) for name, _, command in named]
    rows = []
    for path, (name, command) in itertools.product(arguments.files, servers):
        typist = Typist(command, path.resolve())
        every: list[float] = []
        found: dict[str, Any] = {
            "file": path.name,
            "lines": typist.text.count("\n"),
            "server": name,
            "hints": typist.hints,
            "initialize": round(typist.initialize),
            "open": round(typist.first),
        }
        for scenario in scenarios(typist.text):
            taken = typist.type(scenario)
            every += taken
            found[scenario.name] = f"{statistics.median(taken):.1f} / {_percentile(taken):.1f}"
        found["all"] = f"{statistics.median(every):.1f} / {_percentile(every):.1f}"
        found["MiB"] = typist.close()
        rows.append(found)
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print(f"\n{row.pop('file')} ({row.pop('lines')} lines), {row.pop('server')} (median / 95th percentile, ms)")
        for key, value in row.items():
            print(f"  {key:<20}{value}")


def _percentile(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1) + 0.5)]


if __name__ == "__main__":
    main()
