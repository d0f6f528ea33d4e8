"""The open notebooks: their cells as the editor has them, joined to one document that is analysed as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lsprotocol import types

from paramlens.lsp.documents import Document, Documents, View, changed
from paramlens.lsp.handshake import LANGUAGE
from paramlens.lsp.positions import CellIndex
from paramlens.lsp.text import Text
from paramlens.syntax.cells import join_cells


@dataclass(frozen=True)
class _CellText:
    version: int | None
    text: Text
    is_python: bool


@dataclass
class _Notebook:
    """`cells` are all cells in order; `texts` those whose text the editor sent, by URI."""

    uri: str
    version: int | None
    cells: list[types.NotebookCell]
    texts: dict[str, _CellText] = field(default_factory=dict)


class Notebooks:
    """All open notebooks by URI. Each change makes a new Document of the notebook in `documents`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._open: dict[str, _Notebook] = {}

    def open(self, params: types.DidOpenNotebookDocumentParams) -> Document:
        sent = params.notebook_document
        notebook = _Notebook(sent.uri, sent.version, [*sent.cells], _texts(params.cell_text_documents))
        self._open[notebook.uri] = notebook
        return self._joined(notebook)

    def change(self, params: types.DidChangeNotebookDocumentParams) -> Document | None:
        """The notebook after the change; None when it is not open."""
        sent = params.notebook_document
        notebook = self._open.get(sent.uri)
        if notebook is None:
            return None
        after = _Notebook(notebook.uri, sent.version, [*notebook.cells], {**notebook.texts})
        if params.change.cells is not None:
            self._change_cells(after, params.change.cells)
        self._open[notebook.uri] = after
        return self._joined(after)

    def close(self, params: types.DidCloseNotebookDocumentParams) -> Document | None:
        uri = params.notebook_document.uri
        return self._documents.close(uri) if self._open.pop(uri, None) is not None else None

    def _change_cells(self, notebook: _Notebook, changes: types.NotebookDocumentCellChanges) -> None:
        if changes.structure is not None:
            array = changes.structure.array
            notebook.cells[array.start : array.start + array.delete_count] = array.cells or ()
            for gone in changes.structure.did_close or ():
                notebook.texts.pop(gone.uri, None)
            notebook.texts.update(_texts(changes.structure.did_open or ()))
        kinds = {cell.document: cell for cell in changes.data or ()}
        notebook.cells = [kinds.get(cell.document, cell) for cell in notebook.cells]
        for change in changes.text_content or ():
            self._change_text(notebook, change)

    def _change_text(self, notebook: _Notebook, change: types.NotebookDocumentCellContentChanges) -> None:
        sent = change.document
        before = notebook.texts.get(sent.uri)
        if before is None:
            return
        text = changed(before.text, change.changes, self._documents.encoding)
        notebook.texts[sent.uri] = _CellText(sent.version, text, before.is_python)

    def _joined(self, notebook: _Notebook) -> Document:
        cells = [
            (number, cell.document, text)
            for number, cell in enumerate(notebook.cells)
            if cell.kind is types.NotebookCellKind.Code
            and (text := notebook.texts.get(cell.document)) is not None
            and text.is_python
        ]
        joined, lines = join_cells((number, text.text.whole) for number, _, text in cells)
        views = tuple(
            View(uri, text.version, CellIndex(text.text, self._documents.encoding, before), number + 1)
            for (number, uri, text), before in zip(cells, lines.first_lines, strict=True)
        )
        return self._documents.open_notebook(notebook.uri, notebook.version, joined, views)


def _texts(sent: Sequence[types.TextDocumentItem]) -> dict[str, _CellText]:
    return {item.uri: _CellText(item.version, Text.of(item.text), item.language_id == LANGUAGE) for item in sent}
