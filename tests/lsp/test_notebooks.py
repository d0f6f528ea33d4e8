"""Notebooks: their cells are analysed together, and each shows what is its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from client import CAPABILITIES, Client

CAPABLE = {**CAPABILITIES, "notebookDocument": {"synchronization": {}}}


class Notebook:
    """A notebook in the editor: cells by number, whose URIs stay with them."""

    def __init__(self, client: Client, *cells: str, kinds: dict[int, int] | None = None) -> None:
        self.client = client
        self.uri = client.uri("book.ipynb")
        self.version = 1
        self.cells = [{"kind": (kinds or {}).get(n, 2), "document": self.cell(n)} for n in range(len(cells))]
        texts = [self.item(n, text) for n, text in enumerate(cells)]
        document = {"uri": self.uri, "notebookType": "jupyter-notebook", "version": 1, "cells": self.cells}
        client.notify("notebookDocument/didOpen", {"notebookDocument": document, "cellTextDocuments": texts})

    def cell(self, number: int) -> str:
        return f"vscode-notebook-cell:{self.uri.removeprefix('file://')}#W{number}"

    def item(self, number: int, text: str) -> dict[str, Any]:
        return {"uri": self.cell(number), "languageId": "python", "version": 1, "text": text}

    def change(self, **cells: Any) -> None:
        self.version += 1
        document = {"uri": self.uri, "version": self.version}
        self.client.notify("notebookDocument/didChange", {"notebookDocument": document, "change": {"cells": cells}})

    def edit(self, number: int, text: str) -> None:
        document = {"uri": self.cell(number), "version": self.version + 1}
        self.change(textContent=[{"document": document, "changes": [{"text": text}]}])

    def hints(self, number: int) -> list[tuple[int, int, str]]:
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
        found = self.client.request(
            "textDocument/inlayHint", {"textDocument": {"uri": self.cell(number)}, "range": whole}
        )
        return [(hint["position"]["line"], hint["position"]["character"], hint["label"]) for hint in found or []]


def test_cells_show_their_own_hints_by_their_own_lines(shared: Client) -> None:
    book = Notebook(
        shared, "x = 1\n!pip install linear\n", "\nnet = Linear(3, 4)", "", "a = Linear(1, 1)\r\nb = Linear(2, 2)"
    )
    assert book.hints(0) == []
    assert book.hints(1) == [(1, 18, "▸ 16 params · 64 B")]
    assert book.hints(2) == []
    assert [line for line, _, _ in book.hints(3)] == [0, 1]


def test_text_cells_and_other_languages_are_left_out(shared: Client) -> None:
    book = Notebook(shared, "Linear(3, 4)", "net = Linear(3, 4)", kinds={0: 1})
    assert book.hints(0) == []
    assert book.hints(1) == [(0, 18, "▸ 16 params · 64 B")]


def test_edits_new_and_removed_cells(shared: Client) -> None:
    book = Notebook(shared, "x = 1", "net = Linear(3, 4)")
    assert book.hints(1)
    book.edit(0, "x = 1\ny = 2\nz = 3")
    book.edit(1, "net = Linear(3, 5)")
    assert book.hints(1) == [(0, 18, "▸ 20 params · 80 B")]
    shared.hear("workspace/inlayHint/refresh")
    new = {"kind": 2, "document": book.cell(7)}
    opened, closed = [book.item(7, "w = Linear(1, 2)")], [{"uri": book.cell(0)}]
    book.change(
        structure={"array": {"start": 0, "deleteCount": 1, "cells": [new]}, "didOpen": opened, "didClose": closed}
    )
    assert book.hints(7) == [(0, 16, "▸ 4")]
    assert book.hints(1) == [(0, 18, "▸ 20 params · 80 B")]
    assert book.hints(0) == []


def test_hover_tooltip_and_lens_in_a_cell(shared: Client) -> None:
    book = Notebook(shared, "x = 1\ny = 2", "net = Linear(3, 4)")
    identifier = {"textDocument": {"uri": book.cell(1)}}
    shown = shared.request("textDocument/hover", {**identifier, "position": {"line": 0, "character": 8}})
    assert shown["contents"]["value"].startswith("**Linear**: 16 parameters")
    assert shown["range"]["start"] == {"line": 0, "character": 6}
    assert shared.request("textDocument/codeLens", {"textDocument": {"uri": book.cell(0)}}) == []
    (lens,) = shared.request("textDocument/codeLens", identifier)
    assert lens["range"]["start"] == {"line": 0, "character": 6}
    (table,) = lens["command"]["arguments"]
    assert (table["uri"], table["rows"][0]["range"]["start"]) == (book.cell(1), {"line": 0, "character": 6})
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    (hint,) = shared.request("textDocument/inlayHint", {**identifier, "range": whole})
    assert "16 parameters" in shared.request("inlayHint/resolve", hint)["tooltip"]


def test_diagnostics_stand_in_their_cell_and_go_with_it(shared: Client) -> None:
    book = Notebook(shared, "x = 1", "x = Linear(3, 4)  # MISMATCH")
    assert book.hints(1)
    found = shared.hear("textDocument/publishDiagnostics", uri=book.cell(1))["diagnostics"]
    assert [(each["code"], each["range"]["start"]["line"]) for each in found] == [("shape-mismatch", 0)]
    assert shared.heard("textDocument/publishDiagnostics", uri=book.cell(0)) == []
    shared.notify("notebookDocument/didClose", {"notebookDocument": {"uri": book.uri}, "cellTextDocuments": []})
    assert shared.hear("textDocument/publishDiagnostics", count=2, uri=book.cell(1))["diagnostics"] == []
    assert book.hints(1) == []


def test_the_evaluator_joins_cells_and_survives_an_unfinished_one(tmp_path: Path) -> None:
    client = Client(tmp_path, analyzer="")
    try:
        client.start(CAPABLE)
        book = Notebook(client, "import torch.nn as nn\nn = 4", "broken = nn.Linear(3,", "%time\nnet = nn.Linear(3, n)")
        assert book.hints(2) == [(1, 21, "▸ 16 params · 64 B")]
        book.edit(0, "import torch.nn as nn\nn = 5")
        assert book.hints(2) == [(1, 21, "▸ 20 params · 80 B")]
    finally:
        client.close()


def test_messages_name_cells_and_their_lines(tmp_path: Path) -> None:
    client = Client(tmp_path, analyzer="")
    try:
        model = "net = nn.Sequential(  # paramlens: budget 10\n    nn.Linear(3, 4),\n)"
        client.start(CAPABLE)
        book = Notebook(client, "# Title", "from torch import nn\n", model, kinds={0: 1})
        found = client.hear("textDocument/publishDiagnostics", uri=book.cell(2))["diagnostics"]
        assert [item["message"].endswith("costliest: cell 3 line 2: 16 (100%)") for item in found] == [True]
    finally:
        client.close()
