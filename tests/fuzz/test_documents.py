"""Edits of open documents against a reference that keeps nothing but the text."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from lsprotocol import types
from paramlens.lsp.documents import Documents
from paramlens.lsp.positions import Encoding

from .texts import Text

URIS = ("file:///a.py", "file:///b.py", "untitled:c", "file:///d.toml")
_PIECES = (
    "\r",
    "\n",
    "\r\n",
    "a",
    "é",
    "😀",
    "e\u0301",
    "\u2028",
    "\x0b",
    "\x0c",
    "\x85",
    "\ud83d",
    "\ude00",
    "x = (\n",
    "    ",
    "",
)
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join) | st.text(max_size=12)
NUMBERS = st.integers(0, 14) | st.sampled_from((99, 2**31 - 1))
POSITIONS = st.tuples(NUMBERS, NUMBERS)
EDITS = st.tuples(POSITIONS, POSITIONS, TEXTS) | TEXTS


class Editing(RuleBasedStateMachine):
    """An editor with a few files; after each message both sides must have the same texts and positions."""

    uris = Bundle("uris")

    @initialize(encoding=st.sampled_from(Encoding))
    def start(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.documents = Documents(encoding)
        self.texts: dict[str, Text] = {}

    @rule(uri=st.sampled_from(URIS), text=TEXTS)
    def open(self, uri: str, text: str) -> None:
        self.documents.open(uri, 1, text)
        self.texts[uri] = Text(text, self.encoding.value)

    @rule(uri=st.sampled_from(URIS))
    def close(self, uri: str) -> None:
        closed = self.documents.close(uri)
        assert (closed is None) == (self.texts.pop(uri, None) is None)

    @rule(uri=st.sampled_from(URIS), edits=st.lists(EDITS, max_size=5))
    def change(self, uri: str, edits: list[tuple[tuple[int, int], tuple[int, int], str] | str]) -> None:
        text = self.texts.get(uri)
        changed = self.documents.change(uri, 2, [_event(edit) for edit in edits])
        assert (changed is None) == (text is None)
        if text is None:
            return
        for edit in edits:
            self.changed()
            if isinstance(edit, str):
                text.text = edit
            else:
                text.replace(*edit)

    def changed(self) -> None:
        """Told of each edit."""

    @invariant()
    def same_texts(self) -> None:
        for uri in URIS:
            document = self.documents.get(uri) if hasattr(self, "documents") else None
            expected = self.texts.get(uri) if hasattr(self, "texts") else None
            assert (document.text if document else None) == (expected.text if expected else None)

    @rule(uri=st.sampled_from(URIS), position=POSITIONS)
    def look(self, uri: str, position: tuple[int, int]) -> None:
        document, text = self.documents.get(uri), self.texts.get(uri)
        if document is None or text is None:
            return
        index = document.views[0].index
        line, column = index.from_lsp(*position)
        start, _ = text.lines()[line - 1]
        offset = text.offset(*position)
        assert start + column - 1 == offset
        assert index.to_lsp(line, column) == text.position(offset)


def _event(edit: tuple[tuple[int, int], tuple[int, int], str] | str) -> types.TextDocumentContentChangeEvent:
    if isinstance(edit, str):
        return types.TextDocumentContentChangeWholeDocument(edit)
    start, end, text = edit
    return types.TextDocumentContentChangePartial(types.Range(types.Position(*start), types.Position(*end)), text)


def machine(examples: int, steps: int, *, deterministic: bool) -> settings:
    """How long to go on."""
    return settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=deterministic, database=None
    )


TestEditing = Editing.TestCase
TestEditing.settings = machine(30, 20, deterministic=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_the_reference_knows_its_own_places(encoding: str) -> None:
    text = Text("a😀b\r\né\u2028\rx", encoding)
    inside = [offset for offset in range(len(text.text) + 1) if text.text[offset - 1 : offset + 1] != "\r\n"]
    assert [text.offset(*text.position(offset)) for offset in inside] == inside
    assert text.position(2) == (0, {"utf-8": 5, "utf-16": 3, "utf-32": 2}[encoding])
    text.replace((0, 1), (1, 0), "!")
    assert text.text == "a!é\u2028\rx"
