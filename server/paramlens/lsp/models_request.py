"""The request `paramlens/models`: the models of a document for a panel.

    {"textDocument": {"uri"}, "text"?, "graph"?}  →  {"uri", "version", "final", "models": [...]} or null

With `text`, that text is analysed in the place of the document's own, say the one of the last commit; it has no ranges.
With `graph`, each model has its graph. The notification `paramlens/fileStatus` tells when to ask again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types

MODELS = "paramlens/models"


@dataclass(frozen=True)
class ModelsParams:
    text_document: types.TextDocumentIdentifier
    text: str | None = None
    graph: bool = False


@dataclass(frozen=True)
class ModelsRequest:
    """The message as pygls wants it."""

    id: int | str
    params: ModelsParams
    method: str = MODELS
    jsonrpc: str = "2.0"


def models_request(sent: Any) -> ModelsRequest:
    """The message from its JSON. Raises ValueError or KeyError."""
    params = sent["params"]
    uri, text = params["textDocument"]["uri"], params.get("text")
    if not isinstance(uri, str) or not isinstance(text, str | None):
        raise ValueError("expected {textDocument: {uri}, text?, graph?}")
    asked = ModelsParams(types.TextDocumentIdentifier(uri), text, params.get("graph") is True)
    return ModelsRequest(sent["id"], asked)
