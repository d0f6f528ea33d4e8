"""The first message: what the editor and the server can do.

It is answered before pygls and the rest of the server are imported, which takes longer than all that was done before:
editors wait for the answer before they do anything else. pygls is given the message later on, and would say the same.
"""

from __future__ import annotations

from typing import Any

from paramlens.lsp.positions import Encoding
from paramlens.lsp.processes import process_is_alive
from paramlens.lsp.raw import to_json
from paramlens.version import version

LANGUAGE = "python"

ACTION_KINDS = ("quickfix", "refactor.rewrite")
COMPLETION_TRIGGERS = ("(", "=", ",")

_INCREMENTAL = 2
_NOTEBOOKS = {"notebookSelector": [{"cells": [{"language": LANGUAGE}]}]}


def early_answer(message: Any) -> bytes | None:
    """The answer to a message that is a proper `initialize`; None for any other, which is left to pygls."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or message.get("method") != "initialize":
        return None
    number, params = message.get("id"), message.get("params")
    if isinstance(number, bool) or not isinstance(number, int | str) or not isinstance(params, dict):
        return None
    capabilities = params.get("capabilities")
    if not isinstance(capabilities, dict):
        return None
    result = {"capabilities": _capabilities(capabilities), "serverInfo": {"name": "paramlens", "version": version()}}
    return to_json({"jsonrpc": "2.0", "id": number, "result": result}).encode("utf-8", "surrogatepass")


def seen_parent(message: Any) -> int | None:
    """The process that started the server, as an `initialize` names it; None for one that cannot be seen from here."""
    params = message.get("params") if isinstance(message, dict) else None
    process = params.get("processId") if isinstance(params, dict) else None
    return process if isinstance(process, int) and process_is_alive(process) else None


def chosen_encoding(capabilities: dict[str, Any]) -> Encoding:
    """The first encoding the editor offers that is known; UTF-16 is what all know."""
    general = capabilities.get("general")
    offered = general.get("positionEncodings") if isinstance(general, dict) else None
    known = {encoding.value: encoding for encoding in Encoding}
    names = offered if isinstance(offered, list) else []
    return next((known[name] for name in names if isinstance(name, str) and name in known), Encoding.UTF16)


def _capabilities(client: dict[str, Any]) -> dict[str, object]:
    return {
        "positionEncoding": chosen_encoding(client).value,
        "textDocumentSync": {"openClose": True, "change": _INCREMENTAL},
        **({"notebookDocumentSync": _NOTEBOOKS} if client.get("notebookDocument") is not None else {}),
        "hoverProvider": True,
        "codeLensProvider": {"resolveProvider": False},
        "inlayHintProvider": {"resolveProvider": True},
        "codeActionProvider": {"codeActionKinds": list(ACTION_KINDS), "resolveProvider": True},
        "completionProvider": {"triggerCharacters": list(COMPLETION_TRIGGERS), "resolveProvider": False},
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
