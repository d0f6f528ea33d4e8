"""The first answer, which is given before pygls is imported, against the one that pygls gives."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from lsprotocol import converters, types
from paramlens.lsp.handlers import create_server
from paramlens.lsp.handshake import early_answer, seen_parent
from paramlens.lsp.loop import Loop
from paramlens.lsp.positions import Encoding
from paramlens.lsp.server import ParamlensServer
from session import CAPABLE, Hand

CONVERTER = converters.get_converter()
CLIENTS: list[Any] = [
    {},
    CAPABLE,
    {"notebookDocument": {"synchronization": {"dynamicRegistration": True}}},
    *({"general": {"positionEncodings": [encoding.value]}} for encoding in Encoding),
    {"general": {"positionEncodings": ["ebcdic", "utf-8", "utf-16"]}},
    {"general": {"positionEncodings": ["ebcdic"]}},
    {"general": {"positionEncodings": []}},
    {"general": {}},
    {
        "workspace": {"fileOperations": {"didCreate": True}, "workspaceFolders": True, "configuration": True},
        "textDocument": {"synchronization": {"willSave": True, "willSaveWaitUntil": True, "didSave": True}},
        "window": {"workDoneProgress": True},
        "experimental": {"x": [1, None]},
    },
]
STRANGE: list[Any] = [
    {"capabilities": {"textDocument": 3, "general": {"positionEncodings": ["utf-8"], "regularExpressions": 4}}},
    {"capabilities": {"general": {"positionEncodings": ["utf-8", 5]}}},
    {"capabilities": {"general": 7, "workspace": {"configuration": True, "inlayHint": 3}, "unknown": 1}},
    {"capabilities": {"notebookDocument": 5}},
    {"capabilities": {}, "processId": "x"},
    {"capabilities": {}, "rootUri": "file://[bad/x"},
    {"capabilities": {}, "rootUri": 5, "rootPath": [], "trace": "loud", "locale": 3},
    {"capabilities": {}, "workspaceFolders": [{"uri": 3}]},
    {"capabilities": {}, "workspaceFolders": {"uri": "file:///w"}, "clientInfo": []},
]


class Server:
    """A server for the first message alone; `said` is what it says."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.loop = Loop()
        self.server: ParamlensServer = create_server(self.loop, Hand(), self)  # type: ignore[arg-type]

    def write(self, body: bytes) -> None:
        self.said.append(json.loads(body))

    def settle(self) -> None:
        self.loop.when_idle(lambda: self.loop.stop(0))
        self.loop.run()


def initialize(params: Any, number: Any = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": "initialize", "params": params}


def early(message: Any) -> Any:
    answer = early_answer(message)
    assert answer is not None
    return json.loads(answer)


def without_nothing(answer: Any) -> Any:
    """pygls' answer without what says that there is nothing, as leaving it out does."""
    found = answer["result"]["capabilities"]
    assert found.pop("executeCommandProvider") == {"commands": []}
    assert found["workspace"].pop("fileOperations") == {}
    for name in ("willSave", "willSaveWaitUntil", "save"):
        assert found["textDocumentSync"].pop(name, False) is False
    return answer


@pytest.mark.parametrize("capabilities", CLIENTS, ids=range(len(CLIENTS)))
def test_the_early_answer_is_that_of_pygls(capabilities: Any) -> None:
    message = initialize({"processId": None, "rootUri": None, "capabilities": capabilities}, "first")
    server = Server()
    server.loop.post(lambda: server.server.protocol.handle_message(message))
    server.settle()
    (answer,) = server.said
    found = early(message)
    assert found == without_nothing(answer)
    found["result"]["capabilities"].pop("notebookDocumentSync", None)  # lsprotocol cannot read what it writes there
    assert CONVERTER.unstructure(CONVERTER.structure(found["result"], types.InitializeResult)) == found["result"]


@pytest.mark.parametrize(
    "params", [*({"capabilities": each} for each in CLIENTS), *STRANGE], ids=range(len(CLIENTS) + len(STRANGE))
)
def test_an_answered_message_leaves_the_server_initialized_and_silent(params: Any) -> None:
    message, server = initialize(params), Server()
    encoding = early(message)["result"]["capabilities"]["positionEncoding"]
    protocol = server.server.protocol
    server.loop.post(lambda: protocol.handle_answered(message))
    server.settle()
    assert server.said == []
    assert server.server.documents.encoding.value == encoding
    server.loop.post(lambda: protocol.handle_message({"jsonrpc": "2.0", "id": 2, "method": "shutdown"}))
    server.settle()
    assert [(said["id"], said["result"]) for said in server.said] == [(2, None)]


def test_what_can_be_used_of_strange_capabilities_is_used() -> None:
    server = Server()
    folders = [{"uri": "file:///w", "name": "w"}]
    capabilities = {"textDocument": 3, "window": {"workDoneProgress": True}, "workspace": {"configuration": True}}
    message = initialize({"capabilities": capabilities, "workspaceFolders": folders, "trace": 4})
    server.loop.post(lambda: server.server.protocol.handle_answered(message))
    server.settle()
    assert server.server.editor.has_configuration
    assert server.server.editor.shows_progress
    assert [*server.server.workspace.folders] == ["file:///w"]


@pytest.mark.parametrize(
    "message",
    [
        [],
        None,
        initialize([]),
        initialize(None),
        initialize({}),
        initialize({"capabilities": None}),
        initialize({"capabilities": {}}, True),
        initialize({"capabilities": {}}, None),
        {**initialize({"capabilities": {}}), "jsonrpc": "1.0"},
        {**initialize({"capabilities": {}}), "method": "shutdown"},
    ],
)
def test_other_first_messages_are_left_to_pygls(message: Any) -> None:
    assert early_answer(message) is None


def test_parents_are_watched_from_the_first_message_on() -> None:
    assert seen_parent(initialize({"processId": os.getpid()})) == os.getpid()
    for process in (None, "x", 2**22 + 1, -1, 0):
        assert seen_parent(initialize({"processId": process})) is None
