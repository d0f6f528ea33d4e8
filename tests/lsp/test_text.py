"""Edits of texts as lines, against the same edits of the whole text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from paramlens.lsp.documents import changed
from paramlens.lsp.positions import Encoding, LineIndex
from paramlens.lsp.text import Text

texts = st.text(alphabet="ab \r\n\x0c\u2028é😀\ud83d\ude00", max_size=24)
_END = re.compile(r"\r\n|\n|\r")


def offset(text: str, encoding: Encoding, line: int, character: int) -> int:
    """The offset of an LSP position, found character by character."""
    starts = [0, *(match.end() for match in _END.finditer(text))]
    if line >= len(starts):
        return len(text)
    position, units = starts[line], 0
    while position < len(text) and text[position] not in "\r\n":
        units += _width(text[position], encoding)
        if units > character:
            break
        position += 1
    return position


def _width(char: str, encoding: Encoding) -> int:
    if encoding is Encoding.UTF16:
        return 2 if char > "\uffff" else 1
    return len(char.encode("utf-8", "surrogatepass")) if encoding is Encoding.UTF8 else 1


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangeEvent:
    span = types.Range(types.Position(*start), types.Position(*end))
    return types.TextDocumentContentChangePartial(span, text)


places = st.tuples(st.integers(0, 6), st.integers(0, 12))
edits = st.lists(st.tuples(places, places, texts), max_size=4)


@settings(max_examples=400, deadline=None)
@given(texts, edits, st.sampled_from(Encoding))
def test_edits_of_lines_are_edits_of_the_text(
    text: str, changes: list[tuple[tuple[int, int], tuple[int, int], str]], encoding: Encoding
) -> None:
    lines = Text.of(text)
    for start, end, new in changes:
        lines = changed(lines, [edit(start, end, new)], encoding)
        first, last = sorted((offset(text, encoding, *start), offset(text, encoding, *end)))
        text = text[:first] + new + text[last:]
        assert lines.whole == text
        assert [*lines] == _END.split(text)
        assert [*lines] == [*Text.of(text)]
        assert "".join(lines.ended(row) for row in range(len(lines))) == text


@settings(max_examples=400, deadline=None)
@given(texts, st.sampled_from(Encoding), st.integers(0, 7), st.integers(0, 30))
def test_positions_are_found_as_character_by_character(
    text: str, encoding: Encoding, line: int, character: int
) -> None:
    index = LineIndex(text, encoding)
    row, within = index.place(line, character)
    starts = [0, *(match.end() for match in _END.finditer(text))]
    assert starts[row] + within == offset(text, encoding, line, character)


@pytest.mark.parametrize("before", ["a\r\nb", "a\rb", "a\nb", "a\r\n\r\nb"])
def test_line_ends_are_joined_and_split(before: str) -> None:
    for first in range(len(before) + 1):
        for last in range(first, len(before) + 1):
            for new in ("", "\r", "\n", "\r\n", "x"):
                lines = Text.of(before)
                starts = [0, *(match.end() for match in _END.finditer(before))]
                rows = [max(row for row, start in enumerate(starts) if start <= at) for at in (first, last)]
                found = lines.replaced((rows[0], first - starts[rows[0]]), (rows[1], last - starts[rows[1]]), new)
                assert found.whole == before[:first] + new + before[last:]
                assert [*found] == _END.split(found.whole)


def test_several_changes_in_one_notification_follow_one_another() -> None:
    lines = Text.of("abc\ndef\n")
    changes = [
        edit((0, 1), (0, 2), "\n"),
        edit((1, 0), (1, 1), ""),
        types.TextDocumentContentChangeWholeDocument("new"),
        edit((0, 3), (0, 3), "!"),
    ]
    assert changed(lines, changes[:2], Encoding.UTF16).whole == "a\n\ndef\n"
    assert changed(lines, changes, Encoding.UTF16).whole == "new!"


def test_a_reversed_range_is_the_same_range() -> None:
    assert changed(Text.of("abcd\n"), [edit((0, 3), (0, 1), "")], Encoding.UTF16).whole == "ad\n"


@pytest.mark.parametrize("line", ["x = compute(1)  # é\n", "x = '😀'\r\n", "x = 1\n"])
def test_an_edit_costs_little_whatever_the_length_of_the_text(line: str) -> None:
    lines, best = Text.of(line * 50_000), 1.0
    for _ in range(5):
        start = time.perf_counter()
        found = changed(lines, [edit((25_000, 1), (25_000, 1), "y")], Encoding.UTF16)
        assert len(found.whole) == len(line) * 50_000 + 1
        best = min(best, time.perf_counter() - start)
    assert best < 0.02


def test_columns_of_very_long_lines_are_found_at_once() -> None:
    index = LineIndex("é😀" * 500_000, Encoding.UTF16)
    start = time.perf_counter()
    assert index.from_lsp(0, 1_499_999) == (1, 1_000_000)
    assert index.to_lsp(1, 1_000_001) == (0, 1_500_000)
    assert time.perf_counter() - start < 0.5
