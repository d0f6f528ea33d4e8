"""The answer to `paramlens/models`: the models of a document for a panel, and what other texts of it hold."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from paramlens.facts import Analysis, GraphFact
from paramlens.features.model_panel import BudgetUse, Figure, Graph, ModelPanel, Part, model_panels
from paramlens.jobs import Job
from paramlens.lints import budgets_for
from paramlens.lsp.convert import plain_range, range_of
from paramlens.lsp.documents import Document, uri_of
from paramlens.lsp.loop import Loop, Timer
from paramlens.lsp.models_request import ModelsParams
from paramlens.lsp.raw import Raw, to_json
from paramlens.lsp.snapshot import EVALUATION_SECONDS, Snapshot
from paramlens.lsp.worker import Worker
from paramlens.settings import Settings
from paramlens.values import Place
from paramlens.worker import Answer

if TYPE_CHECKING:
    from paramlens.lsp.server import ParamlensServer

KEPT_ALIVE = 20.0
"""Seconds that the worker for other texts stays after an answer."""

Where = Callable[[Place], "dict[str, Any]"]


async def models(server: ParamlensServer, document: Document, params: ModelsParams) -> Raw | None:
    """The answer; None when there is no result. Raises ContentModified when another version follows."""
    if params.text is not None:
        settings = server.settings_of(document)
        analysis = await server.other_texts.analysis(document, params.text, settings) if settings is not None else None
        if analysis is None or settings is None:
            return None
        return Raw(await asyncio.to_thread(_written, document, analysis, settings))
    snapshot = await server.snapshot(document)
    if snapshot is None:
        return None
    graphs = await _graphs(server, snapshot) if params.graph else None
    analysis, settings, where = snapshot.analysis, snapshot.settings, _Places(document)
    # On a thread, as this takes 40 ms for 450 parts; nothing that it reads ever changes.
    return Raw(await asyncio.to_thread(_written, document, analysis, settings, where, graphs, final=snapshot.final))


async def _graphs(server: ParamlensServer, snapshot: Snapshot) -> dict[str, GraphFact]:
    """The graphs from the worker that is at this version; none where neither is."""
    document = snapshot.document
    job = Job(document.path, document.text, settings=snapshot.settings)
    for worker in (server.worker, server.spare):
        drawn: Future[Mapping[str, GraphFact] | None] = asyncio.get_running_loop().create_future()

        def take(graphs: Mapping[str, GraphFact] | None, drawn: Future[Any] = drawn) -> None:
            if not drawn.done():
                drawn.set_result(graphs)

        worker.draw(job, take)
        found = await drawn
        if found is not None:
            return dict(found)
    return {}


class OtherTexts:
    """Analyses texts that are not open, such as that of the last commit, in a worker of its own."""

    def __init__(self, loop: Loop, texts: Callable[[], Mapping[str, str]]) -> None:
        self._loop = loop
        self._worker = Worker(loop)
        self._texts = texts
        self._end: Timer | None = None

    def close(self) -> None:
        self._worker.close()

    async def analysis(self, document: Document, text: str, settings: Settings) -> Analysis | None:
        """The analysis of another text of the document; None when it fails or another one is asked for."""
        found: Future[Analysis | None] = asyncio.get_running_loop().create_future()

        def take(answer: Answer) -> None:
            if answer.final and not found.done():
                found.set_result(answer.analysis)
            self._stay()

        if self._end is not None:
            self._end.cancel()
            self._end = None
        others = {path: other for path, other in self._texts().items() if path != document.path}
        self._worker.ask(Job(document.path, text, settings=settings, seconds=EVALUATION_SECONDS), others, take)
        return await found

    def _stay(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = self._loop.later(KEPT_ALIVE, self._stop)

    def _stop(self) -> None:
        if not self._worker.waiting:
            self._worker.stop()


# ------------------------------------------------------------------------------------------------------------- as JSON


class _Places:
    """Where places are shown: {uri, range}. Another file is not read for it: its line will do."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __call__(self, place: Place) -> dict[str, Any]:
        if place.path != self._document.path:
            start = {"line": max(place.line - 1, 0), "character": 0}
            return {"uri": uri_of(place.path), "range": {"start": start, "end": start}}
        view = self._document.view_of(place.line)
        return {} if view is None else {"uri": view.uri, "range": plain_range(range_of(view.index, place))}


def _nowhere(_place: Place) -> dict[str, Any]:
    return {}


def _written(
    document: Document,
    analysis: Analysis,
    settings: Settings,
    where: Where = _nowhere,
    graphs: dict[str, GraphFact] | None = None,
    *,
    final: bool = True,
) -> str:
    panels = model_panels(
        analysis, settings.costs, lambda model: budgets_for(analysis, model, settings), graphs
    )
    found = [_model(panel, where) for panel in panels]
    return to_json({"uri": document.uri, "version": document.version, "final": final, "models": found})


def _model(panel: ModelPanel, where: Where) -> dict[str, Any]:
    return {
        "name": panel.name,
        "class": panel.class_name,
        "qualified": panel.qualified,
        **where(panel.place),
        "status": panel.status.value,
        "total": _figure(panel.total),
        "trainable": _figure(panel.trainable),
        "nonTrainable": _figure(panel.non_trainable),
        "memory": _figure(panel.memory),
        "training": _figure(panel.training),
        "optimizer": panel.optimizer,
        "macs": _figure(panel.macs),
        "formula": panel.formula,
        "reason": panel.reason,
        "budgets": [_budget(use) for use in panel.budgets],
        "root": _part(panel.root, where),
        **({} if panel.graph is None else {"graph": _graph(panel.graph)}),
    }


def _part(part: Part, where: Where) -> dict[str, Any]:
    return {
        "id": _path(part.path),
        "name": part.name,
        "class": part.class_name,
        "kind": part.kind,
        "qualified": part.qualified,
        "status": part.status.value,
        "total": _figure(part.total),
        "own": _figure(part.own),
        "trainable": _figure(part.trainable),
        "added": part.added,
        "share": part.share,
        "output": part.output,
        "memory": _figure(part.memory),
        "macs": _figure(part.macs),
        "reason": part.reason,
        "weights": part.weights,
        "shared": part.shared,
        "tied": part.tied,
        **({} if part.place is None else where(part.place)),
        "children": [_part(child, where) for child in part.children],
    }


def _path(path: tuple[int, ...]) -> str:
    """`` for the model itself, `0.2` for the third child of its first."""
    return ".".join(map(str, path))


def _figure(figure: Figure) -> dict[str, Any]:
    return {"text": figure.text, "number": figure.number}


def _budget(use: BudgetUse) -> dict[str, Any]:
    return {
        "title": use.title,
        "limit": _figure(use.limit),
        "used": _figure(use.used),
        "ratio": use.ratio,
        "state": use.state,
        "severity": use.severity,
    }


def _graph(graph: Graph) -> dict[str, Any]:
    return {
        "nodes": [
            {"kind": node.kind, "name": node.name, "part": _path(node.path), "shape": node.shape}
            for node in graph.nodes
        ],
        "edges": [[edge.source, edge.target, edge.shape] for edge in graph.edges],
        "reason": graph.reason,
    }
