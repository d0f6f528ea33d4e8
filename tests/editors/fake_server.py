"""A language server that knows the one model of `workspace/`, to test the editors' side without the real server.

It counts that model by its own small rule (Conv2D of 3×3, pooling by 2, one Dense), reads `CLASSES` from `sizes.py` on
disk, and speaks LSP over stdio with nothing but the standard library. Documents are synced in full and hold ASCII only.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

BUDGET = 30_000
Message = dict[str, Any]


@dataclass(frozen=True)
class Layer:
    line: int
    text: str
    name: str
    count: int
    derivation: str


def layers_of(text: str, classes: int) -> list[Layer]:
    """The layers that have parameters, in order; images are 28×28×1."""
    found: list[Layer] = []
    size, channels = 28, 1
    for number, line in enumerate(text.split("\n")):
        if match := re.search(r"Conv2D\((\d+), 3", line):
            filters = int(match[1])
            count = 9 * channels * filters + filters
            found.append(Layer(number, line, "Conv2D", count, f"kernel (3, 3, {channels}, {filters})"))
            size, channels = size - 2, filters
        elif "MaxPooling2D(2)" in line:
            size //= 2
        elif "Dense(CLASSES" in line:
            features = size * size * channels
            found.append(Layer(number, line, "Dense", (features + 1) * classes, f"kernel ({features}, {classes})"))
    return found


def span(line: int, text: str) -> Message:
    start = len(text) - len(text.lstrip())
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": len(text)}}


@dataclass
class Server:
    root: Path = Path()
    texts: dict[str, str] = field(default_factory=dict)
    requests: int = 0

    def run(self) -> None:
        while message := self.read():
            method = message.get("method", "")
            if method == "exit":
                return
            handler = getattr(self, "on_" + re.sub(r"\W", "_", method), None)
            result = handler(message.get("params") or {}) if handler else None
            if method and "id" in message:
                self.write({"id": message["id"], "result": result})

    def read(self) -> Message | None:
        length = 0
        while header := sys.stdin.buffer.readline().strip():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(sys.stdin.buffer.read(length)) if length else None

    def write(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        sys.stdout.buffer.flush()

    def request(self, method: str, params: Message | None = None) -> None:
        self.requests += 1
        self.write({"id": f"server-{self.requests}", "method": method, "params": params})

    def notify(self, method: str, params: Message) -> None:
        self.write({"method": method, "params": params})

    def on_initialize(self, params: Message) -> Message:
        self.root = Path(unquote(urlparse(params.get("rootUri") or "file:///").path))
        return {
            "serverInfo": {"name": "paramlens"},
            "capabilities": {
                "textDocumentSync": {"openClose": True, "change": 1},
                "inlayHintProvider": True,
                "hoverProvider": True,
                "codeLensProvider": {},
            },
        }

    def on_initialized(self, _params: Message) -> None:
        watchers = {"watchers": [{"globPattern": "**/*.py"}, {"globPattern": "**/pyproject.toml"}]}
        watch = {"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": watchers}
        self.request("client/registerCapability", {"registrations": [watch]})

    def on_textDocument_didOpen(self, params: Message) -> None:
        document = params["textDocument"]
        self.changed(document["uri"], document["text"])

    def on_textDocument_didChange(self, params: Message) -> None:
        self.changed(params["textDocument"]["uri"], params["contentChanges"][-1]["text"])

    def on_textDocument_didClose(self, params: Message) -> None:
        self.texts.pop(params["textDocument"]["uri"], None)

    def on_workspace_didChangeWatchedFiles(self, _params: Message) -> None:
        for uri, text in self.texts.items():
            self.changed(uri, text)
        self.request("workspace/inlayHint/refresh")
        self.request("workspace/codeLens/refresh")

    def changed(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        total = sum(layer.count for layer in self.layers(uri))
        problems = []
        if total > BUDGET:
            message = f"model has {total:,} parameters, {total - BUDGET:,} over its budget of {BUDGET:,}"
            problem = {"severity": 2, "source": "paramlens", "code": "params-budget", "message": message}
            problems = [{"range": span(*self.model_line(uri)), **problem}]
        self.notify("textDocument/publishDiagnostics", {"uri": uri, "diagnostics": problems})
        self.notify("paramlens/fileStatus", {"uri": uri, "text": f"{total:,} params" if total else ""})

    def layers(self, uri: str) -> list[Layer]:
        sizes = self.root / "sizes.py"
        classes = int(sizes.read_text().split("=")[1]) if sizes.exists() else 10
        return layers_of(self.texts[uri], classes)

    def model_line(self, uri: str) -> tuple[int, str]:
        lines = self.texts[uri].split("\n")
        number = next((i for i, line in enumerate(lines) if "Sequential(" in line), 0)
        return number, lines[number]

    def on_textDocument_inlayHint(self, params: Message) -> list[Message]:
        uri = params["textDocument"]["uri"]
        layers = self.layers(uri)
        rows = [(layer.line, layer.text, f"{layer.count:,}") for layer in layers]
        if layers:
            rows.append((*self.model_line(uri), f"{sum(layer.count for layer in layers):,} params"))
        return [
            {"position": {"line": line, "character": len(text)}, "label": f"▸ {label}", "paddingLeft": True}
            for line, text, label in rows
        ]

    def on_textDocument_hover(self, params: Message) -> Message | None:
        for layer in self.layers(params["textDocument"]["uri"]):
            if layer.line == params["position"]["line"]:
                value = f"**{layer.name}**: {layer.count:,} parameters, all trainable\n\n{layer.derivation}"
                return {"contents": {"kind": "markdown", "value": value}}
        return None

    def on_textDocument_codeLens(self, params: Message) -> list[Message]:
        uri = params["textDocument"]["uri"]
        layers = self.layers(uri)
        if not layers:
            return []
        title = f"{sum(layer.count for layer in layers):,} params"
        rows = [
            {"label": layer.name, "description": f"{layer.count:,}", "range": span(layer.line, layer.text)}
            for layer in layers
        ]
        table = {"uri": uri, "title": f"model: {title}", "rows": rows}
        command = {"title": title, "command": "paramlens.showModels", "arguments": [table]}
        return [{"range": span(*self.model_line(uri)), "command": command}]


if __name__ == "__main__":
    Server().run()
