"""Each request gets exactly one answer, whatever it holds: what pygls alone would not answer, or mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from paramlens.lsp.streams import Unparsable
from session import URI, Session

LINEAR = "x = Linear(3, 1)\n"
REQUESTS = ["textDocument/inlayHint", "inlayHint/resolve", "textDocument/hover", "textDocument/codeLens"]
WHERE = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 4}}


def answers(session: Session, message: Any) -> list[Any]:
    """What is answered to a message, as id and error code."""
    session.said.clear()
    session.receive(message)
    session.settle()
    found = [said for said in session.said if "method" not in said]
    return [(said["id"], said["error"]["code"] if "error" in said else None) for said in found]


@pytest.fixture(scope="module")
def session() -> Session:
    started = Session()
    started.open(LINEAR)
    started.worker.asks[0].done()
    started.settle()
    return started


def message(method: Any, params: Any = None, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params, **more}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (Unparsable(), [(None, -32700)]),
        ([1, 2], [(None, -32600)]),
        ("x", [(None, -32600)]),
        (message("textDocument/hover", WHERE, id=None), [(None, -32600)]),
        (message("textDocument/hover", WHERE, id=True), [(None, -32600)]),
        (message("textDocument/hover", WHERE, id=[1]), [(None, -32600)]),
        (message("textDocument/hover", WHERE, id="x", jsonrpc="1.0"), [("x", -32600)]),
        (message(["textDocument/hover"], id="x"), [("x", -32600)]),
        (message(["textDocument/hover"]), []),
        (message("initialize", {"capabilities": {}}, id="x"), [("x", -32600)]),
        (message("no/such", {"a": [{}]}, id="x"), [("x", -32601)]),
        ({"jsonrpc": "2.0", "id": "x", "method": "no/such"}, [("x", -32601)]),
        (message("workspace/executeCommand", {"command": "none"}, id="x"), [("x", -32602)]),
        *((message(method, {}, id="x"), [("x", -32602)]) for method in REQUESTS),
        *((message(method, None, id="x"), [("x", -32602)]) for method in REQUESTS),
        *((message(method, WHERE), []) for method in REQUESTS),  # a notification
        *((message(method, {"id": 1}, id="x"), [("x", -32601)]) for method in ("exit", "$/cancelRequest")),
        *((message(method, {}, id="x"), [("x", -32601)]) for method in ("initialized", "textDocument/didOpen")),
        (message("textDocument/hover", WHERE, id="x", error={}, result=1), [("x", None)]),
        (message("textDocument/hover", WHERE, id="x", more=1), [("x", None)]),
        (message("textDocument/didChange", {"textDocument": 3}), []),
        (message("textDocument/didOpen", {"textDocument": {"uri": URI, "text": 5}}), []),
        (message("textDocument/didClose"), []),
        (message("$/cancelRequest", {"id": [4]}), []),
        (message("$/cancelRequest", {"id": 4711}), []),
        (message("$/cancelRequest"), []),
        (message("$/setTrace", {"value": "loud"}), []),
        ({"jsonrpc": "2.0", "id": [], "result": 1}, []),
        ({"jsonrpc": "2.0", "id": "unknown", "error": 3}, []),
        ({"jsonrpc": "2.0"}, []),
        ({}, []),
    ],
)
def test_strange_messages(session: Session, sent: Any, expected: list[Any]) -> None:
    assert answers(session, sent) == expected
    assert answers(session, message("textDocument/hover", WHERE, id="after")) == [("after", None)]


def test_an_answer_is_not_taken_for_one_to_a_request_of_the_client() -> None:
    session = Session()
    session.open(LINEAR)
    number = session.ask_hints()
    session.settle()
    assert answers(session, {"jsonrpc": "2.0", "id": number, "result": None}) == []
    assert answers(session, {"jsonrpc": "2.0", "id": number, "error": {"code": 1, "message": "x"}}) == []
    assert answers(session, message("textDocument/hover", WHERE, id=number)) == [(number, -32600)]
    session.said.clear()
    session.worker.asks[0].done()
    assert session.labels(number) == ["▸ 4"]


def test_a_request_of_the_server_is_not_ended_by_the_client() -> None:
    session = Session({"workspace": {"configuration": True}})
    (asked,) = [said["id"] for said in session.said if said.get("method") == "workspace/configuration"]
    assert answers(session, message("$/cancelRequest", {"id": asked})) == []
    session.receive({"jsonrpc": "2.0", "id": asked, "result": [{"inlayHints": {"enable": False}}]})
    session.open(LINEAR)
    session.worker.asks[0].done()
    assert session.request("textDocument/inlayHint", {**WHERE, "range": _range(0, 9)}) is None


@pytest.mark.parametrize(
    "answer", [{"result": 5}, {"result": []}, {"error": {"code": 1, "message": "no"}}, {}, {"error": 4}]
)
def test_settings_that_make_no_sense_are_none(answer: Any) -> None:
    session = Session({"workspace": {"configuration": True}})
    (asked,) = [said["id"] for said in session.said if said.get("method") == "workspace/configuration"]
    session.receive({"jsonrpc": "2.0", "id": asked, **answer})
    session.open(LINEAR)
    session.worker.asks[0].done()
    assert len(session.request("textDocument/inlayHint", {**WHERE, "range": _range(0, 9)})) == 1


def _range(first: int, last: int) -> Any:
    return {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}


def test_nothing_is_answered_twice_at_the_end() -> None:
    session = Session()
    session.open(LINEAR)
    numbers = [session.ask_hints() for _ in range(3)]
    session.settle()
    found = answers(session, message("shutdown", id="end"))
    assert sorted(found, key=str) == sorted([("end", None), *((number, -32800) for number in numbers)], key=str)
    assert answers(session, message("textDocument/hover", WHERE, id="x")) == [("x", -32600)]
    assert answers(session, message("textDocument/didClose", {"textDocument": {"uri": URI}})) == []
    session.worker.asks[0].done()
    session.settle()
    assert [said for said in session.said if "method" not in said] == []


@pytest.mark.parametrize("line", [-1, 2**31, 2**32 - 1, 2**70])
def test_positions_far_outside_are_the_ends_of_the_text(session: Session, line: int) -> None:
    asked = {"textDocument": {"uri": URI}, "range": {**_range(0, 1), "end": {"line": line, "character": line}}}
    found = session.request("textDocument/inlayHint", asked)
    assert len(found) == 1


def test_folders_that_come_and_go_at_once() -> None:
    session = Session()
    folder = {"uri": "file:///w", "name": "w"}
    event = {"added": [folder], "removed": [folder]}
    session.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert [*session.server.workspace.folders] == ["file:///w"]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just(URI),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["textDocument", "uri", "position", "line", "character", "range", "start", "end", "data", "label"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*REQUESTS, *types.METHOD_TO_TYPES, "x"]), junk)
def test_every_request_gets_one_answer(session: Session, method: str, params: Any) -> None:
    if method in (types.SHUTDOWN, types.INITIALIZE):
        return
    ((number, _),) = answers(session, json.loads(json.dumps(message(method, params, id="x"))))
    assert number == "x"
    assert answers(session, message("textDocument/hover", WHERE, id="after")) == [("after", None)]
