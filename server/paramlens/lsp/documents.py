"""The open documents: their texts as the editor has them, with our own line index."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types
from paramlens.lsp.positions import Encoding, LineIndex
from pygls.uris import to_fs_path


@dataclass(frozen=True, eq=False)
class Document:
    """One version of one text; a change makes another Document."""

    uri: str
    path: str  # absolute where the document is a file, else its URI
    version: int | None
    text: str
    index: LineIndex
    number: int  # how many changes of documents there were, this one included

    @property
    def is_file(self) -> bool:
        return self.path != self.uri

    @property
    def is_python(self) -> bool:
        return not self.path.endswith(".toml")


class Documents:
    """All open documents by URI."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16
        self.changes = 0
        self._open: dict[str, Document] = {}

    def all(self) -> list[Document]:
        return list(self._open.values())

    def get(self, uri: str) -> Document | None:
        return self._open.get(uri)

    def at_path(self, path: str) -> Document | None:
        return next((document for document in self._open.values() if document.path == path), None)

    def texts(self) -> dict[str, str]:
        """The texts of the open files by path: they stand for what is on disk."""
        return {document.path: document.text for document in self._open.values() if document.is_file}

    def open(self, uri: str, version: int | None, text: str) -> Document:
        self.changes += 1
        document = Document(uri, path_of(uri), version, text, LineIndex(text, self.encoding), self.changes)
        self._open[uri] = document
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
            text = _changed(text, change, self.encoding)
        return self.open(uri, version, text)

    def close(self, uri: str) -> Document | None:
        return self._open.pop(uri, None)


def _changed(text: str, change: types.TextDocumentContentChangeEvent, encoding: Encoding) -> str:
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
