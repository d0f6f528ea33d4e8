"""Positions, edits and messages without a server."""

from __future__ import annotations

import io
import os

import pytest
from lsprotocol import types
from paramlens.lsp.documents import Documents, path_of, uri_of
from paramlens.lsp.positions import Encoding, LineIndex
from paramlens.lsp.processes import process_is_alive
from paramlens.lsp.streams import read_body

TEXT = "a😀b\r\n\x0cé\u2028x\rlast"


@pytest.mark.parametrize(
    ("encoding", "characters"),
    [(Encoding.UTF8, [0, 1, 5, 6]), (Encoding.UTF16, [0, 1, 3, 4]), (Encoding.UTF32, [0, 1, 2, 3])],
)
def test_columns_in_every_encoding(encoding: Encoding, characters: list[int]) -> None:
    index = LineIndex(TEXT, encoding)
    assert [index.to_lsp(1, column)[1] for column in (1, 2, 3, 4)] == characters
    assert [index.from_lsp(0, character)[1] for character in characters] == [1, 2, 3, 4]


def test_lines_end_where_lsp_says() -> None:
    assert [*LineIndex(TEXT, Encoding.UTF16).text] == ["a😀b", "\x0cé\u2028x", "last"]
    assert [*LineIndex("", Encoding.UTF16).text] == [""]


def test_within_a_character_means_before_it() -> None:
    assert LineIndex(TEXT, Encoding.UTF16).from_lsp(0, 2) == (1, 2)
    assert LineIndex(TEXT, Encoding.UTF8).from_lsp(0, 4) == (1, 2)


def test_positions_outside_the_text_become_its_ends() -> None:
    index = LineIndex(TEXT, Encoding.UTF16)
    assert index.from_lsp(99, 5) == (3, 5)
    assert index.from_lsp(0, 99) == (1, 4)
    assert index.from_lsp(-1, -1) == (1, 1)
    assert index.to_lsp(99, 1) == (2, 4)
    assert index.to_lsp(0, 0) == (0, 0)
    assert index.to_lsp(3, 99) == (2, 4)


def test_there_and_back_for_every_place() -> None:
    for encoding in Encoding:
        index = LineIndex(TEXT, encoding)
        for line, text in enumerate(index.text, 1):
            for column in range(1, len(text) + 2):
                assert index.from_lsp(*index.to_lsp(line, column)) == (line, column)


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangeEvent:
    span = types.Range(types.Position(*start), types.Position(*end))
    return types.TextDocumentContentChangePartial(span, text)


def test_edits_by_range_count_in_the_negotiated_units() -> None:
    documents = Documents()
    documents.open("file:///x.py", 1, TEXT)
    document = documents.change("file:///x.py", 2, [edit((0, 3), (1, 1), "!")])
    assert document is not None
    assert document.text == "a😀!é\u2028x\rlast"
    document = documents.change("file:///x.py", 3, [edit((99, 0), (99, 9), "?")])
    assert document is not None
    assert document.text.endswith("last?")
    assert documents.change("file:///closed.py", 1, []) is None


def test_paths_of_uris() -> None:
    assert path_of("file:///a%20b/%C3%BC.py") == "/a b/ü.py"
    assert path_of("untitled:Untitled-1") == "untitled:Untitled-1"
    assert path_of("file://[bad/x.py") == "file://[bad/x.py"
    for path in ("/a b/ü#%?;.py", "/", "/x/y"):
        assert path_of(uri_of(path)) == path
    assert uri_of("/a b/ü.py") == "file:///a%20b/%C3%BC.py"
    assert uri_of("//host/share/x.py") == "file://host/share/x.py"
    assert path_of("file://host/share/x.py") == "//host/share/x.py"


def test_messages_are_read_as_the_protocol_says() -> None:
    stream = io.BytesIO(
        b"content-length: 2\r\nContent-Type: x\r\n\r\n{}Content-Length: 3\n\n[1]Content-Length: 9\r\n\r\n["
    )
    assert [read_body(stream), read_body(stream), read_body(stream)] == [b"{}", b"[1]", None]


@pytest.mark.parametrize("length", [b"x", b"-1", b"99999999999"])
def test_lengths_that_make_no_sense_are_errors(length: bytes) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|a message of"):
        read_body(io.BytesIO(b"Content-Length: " + length + b"\r\n\r\n"))


def test_processes() -> None:
    assert process_is_alive(os.getpid())
    assert not process_is_alive(2**22 + 1)
    assert not process_is_alive(0)
    assert not process_is_alive(2**70)
