"""The open documents: their texts as the editor has them, with our own line index.

A document is what is analysed as one: a file, or all code cells of a notebook. The editor shows it under one URI, or
under one for each cell: its views.
"""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types
from pygls.uris import to_fs_path

from paramlens.lsp.positions import Encoding, LineIndex


@dataclass(frozen=True, eq=False)
class View:
    """A document as the editor shows it under one URI: all of it, or one cell."""

    uri: str
    version: int | None
    index: LineIndex


@dataclass(frozen=True, eq=False)
class Document:
    """One version of one text; a change makes another Document."""

    uri: str
    path: str  # absolute where the document is a file, else its URI
    version: int | None
    text: str
    views: tuple[View, ...]  # in the order of the text
    number: int  # how many changes of documents there were, this one included

    @property
    def is_file(self) -> bool:
        return self.path != self.uri

    @property
    def is_python(self) -> bool:
        return not self.path.endswith(".toml")

    @property
    def is_notebook(self) -> bool:
        return any(view.uri != self.uri for view in self.views) or not self.views

    def view(self, uri: str) -> View | None:
        return next((view for view in self.views if view.uri == uri), None)

    def view_of(self, line: int) -> View | None:
        """The view that shows a 1-based line; what lies behind the end of a whole file is that file's."""
        if not self.is_notebook:
            return self.views[0]
        return next((view for view in self.views if view.index.holds(line)), None)


class Documents:
    """All open documents by URI."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16
        self.changes = 0
        self._open: dict[str, Document] = {}
        self._cells: dict[str, str] = {}  # the URI of each open cell's notebook

    def all(self) -> list[Document]:
        return list(self._open.values())

    def get(self, uri: str) -> Document | None:
        return self._open.get(uri)

    def showing(self, uri: str) -> tuple[Document, View] | None:
        """The document that the editor shows under the URI, and the view that it shows."""
        document = self._open.get(self._cells.get(uri, uri))
        view = document.view(uri) if document is not None else None
        return (document, view) if document is not None and view is not None else None

    def at_path(self, path: str) -> Document | None:
        return next((document for document in self._open.values() if document.path == path), None)

    def texts(self) -> dict[str, str]:
        """The texts of the open files by path: they stand for what is on disk."""
        files = (document for document in self._open.values() if document.is_file and not document.is_notebook)
        return {document.path: document.text for document in files}

    def open(self, uri: str, version: int | None, text: str) -> Document:
        return self._put(uri, version, text, (View(uri, version, LineIndex(text, self.encoding)),))

    def open_notebook(self, uri: str, version: int | None, text: str, cells: tuple[View, ...]) -> Document:
        """A notebook, new or changed, whose code cells' joined text is `text`."""
        self._forget_cells(uri)
        self._cells.update((view.uri, uri) for view in cells)
        return self._put(uri, version, text, cells)

    def _put(self, uri: str, version: int | None, text: str, views: tuple[View, ...]) -> Document:
        self.changes += 1
        document = self._open[uri] = Document(uri, path_of(uri), version, text, views, self.changes)
        return document

    def change(
        self, uri: str, version: int | None, changes: list[types.TextDocumentContentChangeEvent]
    ) -> Document | None:
        """The document after the changes, in order; None when it is not open."""
        document = self._open.get(uri)
        if document is None:
            return None
        text = document.text
        for change in changes:
            text = changed_text(text, change, self.encoding)
        return self.open(uri, version, text)

    def close(self, uri: str) -> Document | None:
        self._forget_cells(uri)
        return self._open.pop(uri, None)

    def _forget_cells(self, notebook: str) -> None:
        for cell in [cell for cell, home in self._cells.items() if home == notebook]:
            del self._cells[cell]


def changed_text(text: str, change: types.TextDocumentContentChangeEvent, encoding: Encoding) -> str:
    """Full sync is announced, but a client that sends ranges is understood too."""
    if isinstance(change, types.TextDocumentContentChangeWholeDocument):
        return change.text
    index = LineIndex(text, encoding)
    start = index.offset(change.range.start.line, change.range.start.character)
    end = index.offset(change.range.end.line, change.range.end.character)
    return text[: min(start, end)] + change.text + text[max(start, end) :]


def path_of(uri: str) -> str:
    """The absolute path of a file URI; other URIs stand for themselves."""
    if uri.startswith("file:"):
        return to_fs_path(uri) or uri
    return uri
