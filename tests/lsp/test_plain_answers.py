"""The plain JSON of the server is what the protocol's own types make of it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from lsprotocol import converters, types
from paramlens.features.inlay_hints import inlay_hints
from paramlens.lsp.convert import position
from paramlens.lsp.positions import Encoding, LineIndex
from session import CAPABLE, URI, Session
from stub_analyzer import analyze

CONVERTER = converters.get_converter()
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
TEXT = """\
net = Linear(3, 4)
a = Linear(3, 5); b = Linear(1, 1)
n = '😀é"\\\\'; x = Linear(3, 4)  # MISMATCH \u2028
y = Linear(width, 4)
"""


def typed(kind: Any, value: Any) -> Any:
    """The value once more, through the protocol's types."""
    return CONVERTER.unstructure(CONVERTER.structure(value, kind), unstructure_as=kind)


@pytest.mark.parametrize("encoding", Encoding)
@pytest.mark.parametrize("lazy", [True, False])
def test_hints_are_those_of_the_feature(encoding: Encoding, lazy: bool) -> None:
    support = {"resolveSupport": {"properties": ["tooltip"]}} if lazy else {}
    session = Session({"textDocument": {"inlayHint": support}, "general": {"positionEncodings": [encoding.value]}})
    session.open(TEXT)
    session.worker.asks[0].done()
    found = session.request("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": WHOLE})
    index = LineIndex(TEXT, encoding)
    expected = [
        types.InlayHint(
            position(index, hint.line, hint.column),
            f"▸ {hint.text}",
            padding_left=True,
            tooltip=None if lazy else hint.tooltip,
            data=[1, hint.line] if lazy else None,
        )
        for hint in inlay_hints(analyze("/w/model.py", TEXT, read=lambda path: None))
    ]
    assert len(expected) == 3
    assert found == json.loads(json.dumps(CONVERTER.unstructure(expected)))
    if lazy:
        resolved = [session.request("inlayHint/resolve", hint) for hint in found]
        tooltips = [hint.tooltip for hint in inlay_hints(analyze("/w/model.py", TEXT, read=lambda path: None))]
        assert [hint["tooltip"] for hint in resolved] == tooltips


def test_ranges_hold_their_own_lines_alone() -> None:
    session = Session()
    session.open(TEXT)
    session.worker.asks[0].done()
    for first in range(5):
        for last in range(first, 5):
            span = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 1}}
            found = session.request("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": span})
            assert [hint["position"]["line"] for hint in found] == [n for n in (0, 1, 2) if first <= n <= last]


def test_every_message_is_what_its_type_says() -> None:
    session = Session({**CAPABLE, "textDocument": {"publishDiagnostics": {"relatedInformation": True}}})
    session.open(TEXT)
    session.worker.asks[0].done()
    where = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 8}}
    hover = session.request("textDocument/hover", where)
    assert typed(types.Hover, hover) == hover
    lenses = session.request("textDocument/codeLens", {"textDocument": {"uri": URI}})
    assert lenses
    assert typed(list[types.CodeLens], lenses) == lenses
    (published,) = session.heard("textDocument/publishDiagnostics")
    assert published["diagnostics"]
    assert typed(types.PublishDiagnosticsParams, published) == published
    result = next(message["result"] for message in session.said if message.get("id") == 1)
    assert typed(types.InitializeResult, result) == result


def test_a_hint_of_another_version_is_given_back_as_it_is() -> None:
    session = Session()
    session.open(TEXT)
    session.worker.asks[0].done()
    hint = {"position": {"line": 0, "character": 18}, "label": "▸ 1"}
    for data in ([77, 1], [1, 9_999], "x", [1], [[], {}]):
        sent = {**hint, "data": data}
        assert session.request("inlayHint/resolve", sent) == sent


def test_thousands_of_calls_on_one_line_are_cut_short_and_cost_little() -> None:
    session = Session()
    session.open("; ".join(["x = Linear(3, 4)"] * 20_000) + "\n")
    session.worker.asks[0].done()
    start = time.monotonic()
    (hint,) = session.request("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": WHOLE})
    assert hint["label"].endswith("16 | 16 | …")
    assert time.monotonic() - start < 2
