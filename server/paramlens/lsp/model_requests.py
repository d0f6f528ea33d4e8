"""Requests of our own client beside the protocol's: what its status bar, its tree and its commands show.

    paramlens/modelAt   {textDocument, position}         the model there, and how it stands against its budgets
    paramlens/summary   {textDocument, position}         its table as Markdown
    paramlens/budget    {textDocument, position, limit}  the edit that writes a budget on its line
    paramlens/outline   {textDocument}                   all models of the document as a tree
"""

from __future__ import annotations

from typing import Any

from paramlens.facts import ModelFact
from paramlens.features.budget_comment import budget_comment
from paramlens.features.markdown_summary import markdown_summary
from paramlens.features.model_at import model_at, model_status
from paramlens.features.outline import Node, outline
from paramlens.lints import budgets_for
from paramlens.lsp import convert
from paramlens.lsp.documents import View
from paramlens.lsp.server import Located, ParamlensServer
from paramlens.lsp.snapshot import Snapshot
from paramlens.values import Place


def add_model_requests(server: ParamlensServer) -> None:
    @server.feature("paramlens/modelAt")
    async def find(params: Any) -> dict[str, Any] | None:
        def found(snapshot: Snapshot, view: View) -> dict[str, Any] | None:
            model = _model(snapshot, view, params)
            return None if model is None else _status(snapshot, model)

        return await server.with_result(found)

    @server.feature("paramlens/summary")
    async def summarise(params: Any) -> dict[str, Any] | None:
        def found(snapshot: Snapshot, view: View) -> dict[str, Any] | None:
            model = _model(snapshot, view, params)
            if model is None:
                return None
            return {"name": model.name, "markdown": markdown_summary(model, snapshot.settings.costs)}

        return await server.with_result(found)

    @server.feature("paramlens/budget")
    async def set_budget(params: Any) -> dict[str, Any] | None:
        def found(snapshot: Snapshot, view: View) -> dict[str, Any] | None:
            model = _model(snapshot, view, params)
            return None if model is None else _budget(snapshot, model, str(getattr(params, "limit", "")))

        return await server.with_result(found)

    @server.feature("paramlens/outline")
    async def show_outline(_params: Any) -> list[dict[str, Any]] | None:
        def found(snapshot: Snapshot, _view: View) -> list[dict[str, Any]]:
            located = Located(server)
            return [_node(located, node) for node in outline(snapshot.analysis, snapshot.settings.costs)]

        return await server.with_result(found)


def _model(snapshot: Snapshot, view: View, params: Any) -> ModelFact | None:
    position = getattr(params, "position", None)
    row, character = getattr(position, "line", None), getattr(position, "character", None)
    if not isinstance(row, int) or not isinstance(character, int):
        return None
    line, _ = view.index.from_lsp(max(row, 0), max(character, 0))
    return model_at(snapshot.analysis, line)


def _status(snapshot: Snapshot, model: ModelFact) -> dict[str, Any]:
    budgets = budgets_for(snapshot.analysis, model, snapshot.settings)
    status = model_status(model, budgets, snapshot.settings.costs)
    return {
        "name": status.name,
        "className": status.class_name,
        "total": status.total,
        "text": status.text,
        "state": status.state,
        "uses": [use.text for use in status.uses],
        **_target(snapshot, status.place),
    }


def _budget(snapshot: Snapshot, model: ModelFact, limit: str) -> dict[str, Any]:
    try:
        edit = budget_comment(snapshot.analysis, model, limit)
    except ValueError as error:
        return {"problem": str(error)}
    if edit is None:
        return {"problem": "no comment can stand on the model's line"}
    place = Place(snapshot.document.path, edit.line, edit.column, edit.line, edit.end_column)
    return {"newText": edit.text, **_target(snapshot, place)}


def _node(located: Located, node: Node) -> dict[str, Any]:
    home = located(node.place) if node.place is not None else None
    target = {}
    if home is not None and node.place is not None:
        target = {"uri": home[0], "range": convert.plain_range(convert.range_of(home[1], node.place))}
    children = [_node(located, child) for child in node.children]
    return {"label": node.label, "description": node.description, "detail": node.detail, **target, "children": children}


def _target(snapshot: Snapshot, place: Place | None) -> dict[str, Any]:
    """The URI and the range of a place in the document that was analysed."""
    view = snapshot.document.view_of(place.line) if place is not None else None
    if place is None or view is None:
        return {}
    return {"uri": view.uri, "range": convert.plain_range(convert.range_of(view.index, place))}
