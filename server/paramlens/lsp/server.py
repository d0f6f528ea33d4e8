"""The server's handlers: each locates, asks a feature, converts."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

from lsprotocol import types

from paramlens.excludes import is_excluded
from paramlens.features.code_lens import code_lenses, file_status
from paramlens.features.diagnostics import diagnostics
from paramlens.features.hover import hover
from paramlens.features.inlay_hints import inlay_hints
from paramlens.lsp import convert
from paramlens.lsp.adapter import ARRIVAL, ContentModified, Server
from paramlens.lsp.analyses import Analyses, Outdated, Snapshot
from paramlens.lsp.configuration import SECTION, Configuration
from paramlens.lsp.documents import Document, Documents, View, path_of
from paramlens.lsp.editor import Editor
from paramlens.lsp.notebooks import SYNC, Notebooks
from paramlens.lsp.positions import Encoding, LineIndex
from paramlens.lsp.worker import Worker
from paramlens.settings import Settings
from paramlens.sources import read_text
from paramlens.values import Place

logger = logging.getLogger("paramlens.lsp")

CONFIGURATION_WAIT = 2.0
"""Seconds that the first analysis waits for the editor's settings."""


class ParamlensServer(Server):
    """All state of one connection."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(SYNC)
        self.documents = Documents()
        self.notebooks = Notebooks(self.documents)
        self.editor = Editor(self)
        self.configuration = Configuration(self.read)
        self.worker = worker
        self.spare = Worker()
        self.analyses = Analyses(
            self.worker,
            self.spare,
            self.settings_of,
            self.documents.texts,
            self.show,
            self.show_failure,
            self.editor.refresh,
        )
        self.configured = asyncio.Event()
        self._analysing = False
        self._told: set[str] = set()
        self._cell_problems: dict[str, list[types.Diagnostic]] = {}  # as published last, by cell
        self._tasks: set[asyncio.Task[Any]] = set()

    # --------------------------------------------------------------------------------------------------- life cycle

    async def stopped(self) -> None:
        for task in self._tasks:
            task.cancel()
        for worker in (self.worker, self.spare):
            await worker.close()

    def spawn(self, work: Any) -> None:
        """Run a coroutine beside the handlers and log its failure."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("internal error", exc_info=error)

    async def analyse_all(self) -> None:
        """Analyse what is open, once the editor's settings are there."""
        try:
            await asyncio.wait_for(self.configured.wait(), CONFIGURATION_WAIT)
        except asyncio.TimeoutError:  # not yet the built-in TimeoutError in Python 3.10
            logger.warning("the editor sent no settings")
        self._analysing = True
        await self.analyses.run()

    # ----------------------------------------------------------------------------------------- settings and texts

    def read(self, path: str) -> str | None:
        """The text of a file as it is open, else as it is on disk."""
        document = self.documents.at_path(path)
        return document.text if document is not None else read_text(path)

    def settings_of(self, document: Document) -> Settings | None:
        """The settings for a document; None when they exclude it. What is wrong with them is told."""
        loaded, overridden = self.configuration.of(document)
        if loaded.settings.root is not None or loaded.problems:
            self.editor.publish_settings(loaded, self.read)
        for problem in overridden.problems:
            if problem.message not in self._told:
                self._told.add(problem.message)
                self.editor.message(types.MessageType.Warning, f"Paramlens settings: {problem.message}")
        settings = overridden.settings
        root = settings.root or os.path.dirname(document.path)
        excluded = document.is_file and is_excluded(document.path, settings.exclude, root)
        return None if excluded else settings

    async def pull_configuration(self) -> None:
        """Ask the editor for its settings, for each workspace folder; analyse again when they changed."""
        folders = [folder.uri for folder in self.workspace.folders.values()]
        scopes: list[str | None] = [None, *folders]
        answers = await self.editor.configuration(scopes)
        changed = [self.configuration.set(scope, answer) for scope, answer in zip(scopes, answers, strict=False)]
        if any(changed) and self._analysing:
            self.analyses.everything_changed()
        self.configured.set()

    # -------------------------------------------------------------------------------------------------- documents

    @property
    def changes(self) -> int:
        return self.documents.changes

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        self._changed(self.documents.open(item.uri, item.version, item.text))

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        item = params.text_document
        document = self.documents.change(item.uri, item.version, list(params.content_changes))
        if document is not None:
            self._changed(document)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        document = self.documents.close(params.text_document.uri)
        if document is None:
            return
        if document.is_python:
            self.analyses.closed(document)
            self._clear(document)
        else:
            self.analyses.everything_changed()

    def did_open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self._changed(self.notebooks.open(params))

    def did_change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        before = self.documents.get(params.notebook_document.uri)
        document = self.notebooks.change(params)
        if document is None:
            return
        for view in before.views if before is not None else ():
            if document.view(view.uri) is None:
                self._forget_cell(view.uri)
        self._changed(document)

    def did_close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None:
        document = self.notebooks.close(params)
        if document is not None:
            self.analyses.closed(document)
            for view in document.views:
                self._forget_cell(view.uri)

    def _changed(self, document: Document) -> None:
        if document.is_python:
            self.analyses.changed(document)
        else:
            self.analyses.everything_changed()

    async def snapshot(self, uri: str) -> tuple[Snapshot, View] | None:
        """The result for the current version of what is shown under the URI. Raises ContentModified when it changes."""
        document, view = self.documents.showing(uri) or (None, None)
        if document is None or view is None or not document.is_python:
            return None
        if document.number > ARRIVAL.get():
            raise ContentModified
        try:
            snapshot = await self.analyses.current(document)
        except Outdated:
            raise ContentModified from None
        return None if snapshot is None else (snapshot, view)

    # ----------------------------------------------------------------------------------------------------- results

    def show(self, snapshot: Snapshot) -> None:
        """Publish the problems of a new result."""
        document, analysis = snapshot.document, snapshot.analysis
        located = self._located if self.editor.shows_related else None
        problems, status = diagnostics(analysis), file_status(analysis)
        for view in document.views:
            here = [item for item in problems if document.view_of(item.place.line) is view]
            found = [convert.diagnostic(view.index, item, located) for item in here]
            if not document.is_notebook or self._cell_problems.get(view.uri, []) != found:
                self.editor.publish(view.uri, view.version, found)
            if document.is_notebook:
                self._cell_problems[view.uri] = found
            self.editor.status(view.uri, status)

    def show_failure(self, document: Document, reason: str) -> None:
        """Say once that a document cannot be analysed; the log has every time."""
        logger.error("%s (version %s): %s", document.path, document.version, reason)
        self._clear(document)
        if document.uri not in self._told:
            self._told.add(document.uri)
            name = document.path.replace("\\", "/").rsplit("/", 1)[-1]
            message = f"Paramlens leaves {name} alone until it changes: {reason}."
            self.editor.message(types.MessageType.Warning, message)

    def _clear(self, document: Document) -> None:
        """Show nothing of a document any more."""
        if document.is_notebook:
            for view in document.views:
                self._forget_cell(view.uri)
            return
        self.editor.publish(document.uri, document.version, [])
        self.editor.status(document.uri, "")

    def _forget_cell(self, uri: str) -> None:
        if self._cell_problems.pop(uri, []):
            self.editor.publish(uri, None, [])
        self.editor.status(uri, "")

    def _located(self, place: Place) -> tuple[str, LineIndex] | None:
        if (document := self.documents.at_path(place.path)) is not None:
            view = document.view_of(place.line)
            return None if view is None else (view.uri, view.index)
        text = read_text(place.path)
        return None if text is None else (self.editor.uri_of(place.path), LineIndex(text, self.documents.encoding))


def create_server(worker: Worker) -> ParamlensServer:
    """A server with all handlers, for one connection; to be made in a running event loop."""
    server = ParamlensServer(worker)
    _add_life_cycle(server)
    _add_workspace(server)
    _add_features(server)
    return server


def _add_life_cycle(server: ParamlensServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.watch_parent(params.process_id)
        server.editor.initialize(params)
        server.documents.encoding = Encoding(server.editor.encoding)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        server.editor.start_logging()
        server.editor.register()
        server.spawn(server.worker.start())
        if server.editor.has_configuration:
            server.spawn(server.pull_configuration())
        else:
            server.configuration.set(None, server.editor.initial_settings)
            server.configured.set()
        server.spawn(server.analyse_all())


def _add_workspace(server: ParamlensServer) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        if server.editor.has_configuration:
            server.spawn(server.pull_configuration())
            return
        sent = params.settings
        settings = sent.get(SECTION, sent) if isinstance(sent, dict) else None
        if server.configuration.set(None, settings):
            server.analyses.everything_changed()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        if server.editor.has_configuration:
            server.spawn(server.pull_configuration())

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            path = path_of(change.uri)
            if change.type is types.FileChangeType.Changed and not path.endswith(".toml"):
                if server.documents.get(change.uri) is None:
                    server.analyses.file_changed(path)
            else:
                server.analyses.everything_changed()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        """The text was sent with the change that made it."""


def _add_features(server: ParamlensServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintOptions(resolve_provider=True))
    async def hints(params: types.InlayHintParams) -> list[types.InlayHint] | None:
        snapshot, view = await server.snapshot(params.text_document.uri) or (None, None)
        if snapshot is None or view is None or not snapshot.settings.inlay_hints:
            return None
        index = view.index
        first, _ = index.from_lsp(params.range.start.line, params.range.start.character)
        last, _ = index.from_lsp(params.range.end.line, params.range.end.character)
        found = inlay_hints(snapshot.analysis, first, last, snapshot.settings.costs)
        lazy = server.editor.resolves_tooltips
        uri = params.text_document.uri
        number = snapshot.document.number
        return [
            convert.inlay_hint(index, hint, {"uri": uri, "number": number, "line": hint.line} if lazy else None)
            for hint in found
        ]

    @server.feature(types.INLAY_HINT_RESOLVE)
    async def resolve_hint(hint: types.InlayHint) -> types.InlayHint:
        data = hint.data if isinstance(hint.data, dict) else {}
        snapshot, _ = await server.snapshot(str(data.get("uri"))) or (None, None)
        line = data.get("line")
        if snapshot is None or snapshot.document.number != data.get("number") or not isinstance(line, int):
            return hint
        for found in inlay_hints(snapshot.analysis, line, line, snapshot.settings.costs):
            hint.tooltip = found.tooltip
        return hint

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def show_hover(params: types.HoverParams) -> types.Hover | None:
        snapshot, view = await server.snapshot(params.text_document.uri) or (None, None)
        if snapshot is None or view is None:
            return None
        index = view.index
        line, column = index.from_lsp(params.position.line, params.position.character)
        found = hover(snapshot.analysis, line, column, snapshot.settings.costs)
        return convert.hover(index, found, markdown=server.editor.markdown) if found is not None else None

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def lenses(params: types.CodeLensParams) -> list[types.CodeLens] | None:
        snapshot, view = await server.snapshot(params.text_document.uri) or (None, None)
        if snapshot is None or view is None or not snapshot.settings.code_lens:
            return None
        document = snapshot.document
        found = code_lenses(snapshot.analysis, snapshot.settings.costs)
        here = [lens for lens in found if document.view_of(lens.place.line) is view]
        return [convert.code_lens(document, view, lens) for lens in here]
