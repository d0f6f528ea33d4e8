"""The open documents: their texts as the editor has them, with our own line index.

A document is what is analysed as one: a file, or all code cells of a notebook. The editor shows it under one URI, or
under one for each cell: its views.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pygls.uris import from_fs_path, to_fs_path

from paramlens.lsp.positions import Encoding, LineIndex
from paramlens.lsp.text import Text
from paramlens.written import Cells, in_cells

if TYPE_CHECKING:
    from lsprotocol import types

Position: TypeAlias = "tuple[int, int]"
"""(line, character) as LSP counts them."""


@dataclass(frozen=True, eq=False)
class View:
    """A document as the editor shows it under one URI: all of it, or one cell."""

    uri: str
    version: int | None
    index: LineIndex
    number: int = 1  # of the cell in the notebook, from 1


@dataclass(frozen=True, eq=False)
class Document:
    """One version of one text; a change makes another Document."""

    uri: str
    path: str  # absolute where the document is a file, else its URI
    version: int | None
    lines: Text
    views: tuple[View, ...]  # in the order of the text
    number: int  # of all changes of all documents, this one's

    @property
    def text(self) -> str:
        return self.lines.whole

    @property
    def is_file(self) -> bool:
        return self.path != self.uri

    @property
    def is_python(self) -> bool:
        return not self.path.endswith(".toml")

    @property
    def is_notebook(self) -> bool:
        return any(view.uri != self.uri for view in self.views) or not self.views

    @property
    def cells(self) -> Cells:
        """Where the code cells of a notebook begin."""
        return tuple((view.index.first_line, view.number) for view in self.views) if self.is_notebook else ()

    def view(self, uri: str) -> View | None:
        return next((view for view in self.views if view.uri == uri), None)

    def view_of(self, line: int) -> View | None:
        """The view that shows a 1-based line; what lies behind the end of a whole file is that file's."""
        if not self.is_notebook:
            return self.views[0]
        return next((view for view in self.views if view.index.holds(line)), None)


class Documents:
    """All open documents by URI."""

    def __init__(self, encoding: Encoding = Encoding.UTF16) -> None:
        self.encoding = encoding
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
        return self._show(uri, version, Text.of(text))

    def _show(self, uri: str, version: int | None, lines: Text) -> Document:
        return self._put(uri, version, lines, (View(uri, version, LineIndex(lines, self.encoding)),))

    def open_notebook(self, uri: str, version: int | None, text: str, cells: tuple[View, ...]) -> Document:
        """A notebook, new or changed, whose code cells' joined text is `text`."""
        self._forget_cells(uri)
        self._cells.update((view.uri, uri) for view in cells)
        return self._put(uri, version, Text.of(text), cells)

    def _put(self, uri: str, version: int | None, lines: Text, views: tuple[View, ...]) -> Document:
        self.changes += 1
        document = self._open[uri] = Document(uri, path_of(uri), version, lines, views, self.changes)
        in_cells(document.path, document.cells)
        return document

    def change(
        self, uri: str, version: int | None, changes: Iterable[types.TextDocumentContentChangeEvent]
    ) -> Document | None:
        """The document after the changes, in order; None when it is not open."""
        document = self._open.get(uri)
        if document is None or document.is_notebook:
            return None
        return self._show(uri, version, changed(document.lines, changes, self.encoding))

    def close(self, uri: str) -> Document | None:
        self._forget_cells(uri)
        return self._open.pop(uri, None)

    def _forget_cells(self, notebook: str) -> None:
        for cell in [cell for cell, home in self._cells.items() if home == notebook]:
            del self._cells[cell]


def changed(lines: Text, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: Encoding) -> Text:
    """The text after the changes: each replaces a range of what those before it left, or all of it."""
    for change in changes:
        span = getattr(change, "range", None)
        if span is not None:
            index = LineIndex(lines, encoding)
            lines = lines.replaced(index.place(*pair(span.start)), index.place(*pair(span.end)), change.text)
        else:
            lines = Text.of(change.text)
    return lines


def pair(position: types.Position) -> Position:
    return position.line, position.character


def path_of(uri: str) -> str:
    """The absolute path of a file URI; other URIs stand for themselves."""
    if not uri.startswith("file:"):
        return uri
    try:
        return to_fs_path(uri.replace("file://localhost/", "file:///", 1)) or uri
    except ValueError:  # brackets where a host should be
        return uri


def uri_of(path: str) -> str:
    """The file URI of an absolute path."""
    try:
        return from_fs_path(path) or path
    except ValueError:  # a name whose bytes are no text
        return path
