"""The server of one connection: what it knows, and what each change means."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections.abc import Callable
from typing import Any, TypeVar

from lsprotocol import types

from paramlens.features.code_lens import file_status
from paramlens.features.diagnostics import diagnostics
from paramlens.features.inlay_hints import line_origin
from paramlens.lsp import convert
from paramlens.lsp.adapter import SHOWN, ContentModified, Server
from paramlens.lsp.analyses import Analyses, Listener, Outdated, Run
from paramlens.lsp.configuration import SECTION, Configuration, excludes
from paramlens.lsp.documents import Document, Documents, View, path_of, uri_of
from paramlens.lsp.editor import Editor
from paramlens.lsp.hints import Hints
from paramlens.lsp.loop import Loop
from paramlens.lsp.models import OtherTexts
from paramlens.lsp.notebooks import Notebooks
from paramlens.lsp.positions import LineIndex
from paramlens.lsp.processes import process_is_alive
from paramlens.lsp.progress import Progress
from paramlens.lsp.snapshot import Snapshot
from paramlens.lsp.streams import Writer
from paramlens.lsp.worker import Worker
from paramlens.settings import Settings
from paramlens.sources import read_text
from paramlens.values import Place

logger = logging.getLogger("paramlens.lsp")

Found = TypeVar("Found")

CONFIGURATION_WAIT = 2.0
"""Seconds that the first analysis waits for the editor's settings."""

PARENT_CHECK = 1.0
"""Seconds between two looks at the parent process."""

MOST_TOLD = 1_000


class ParamlensServer(Server):
    """All state of one connection."""

    def __init__(self, loop: Loop, worker: Worker, writer: Writer) -> None:
        super().__init__(writer)
        self.loop = loop
        self.worker = worker
        self.spare = Worker(loop)
        self.aside = Worker(loop)  # for texts that no document has, started when one is to be analysed
        self.editor = Editor(self, loop)
        self.documents = Documents()
        self.notebooks = Notebooks(self.documents)
        self.configuration = Configuration(self.read)
        self.hints = Hints()
        self.analyses = Analyses(
            loop,
            worker,
            self.spare,
            self.settings_of,
            self.documents.texts,
            Listener(self.show, self.show_failure, self.editor.refresh, self.show_slow, self.end_slow),
        )
        self.other_texts = OtherTexts(loop, self.documents.texts)
        self.running = Progress(self, self.analyses.end)
        self._parent: int | None = None
        self._analysing = False
        self._told: set[tuple[str, str]] = set()
        self._cell_problems: dict[str, list[types.Diagnostic]] = {}  # as published last, by cell

    def end(self) -> None:
        """End the worker processes."""
        for worker in (self.worker, self.spare, self.other_texts, self.aside):
            worker.close()

    # --------------------------------------------------------------------------------------------------- life cycle

    def initialize(self, params: types.InitializeParams) -> None:
        self.editor.initialize(params)
        self.documents.encoding = self.editor.encoding
        self.analyses.early = self.editor.refreshes_hints
        if params.process_id is not None and process_is_alive(params.process_id):  # else it cannot be seen from here
            self.watch_parent(params.process_id)

    def initialized(self) -> None:
        self.editor.start_logging()
        self.editor.register()
        self.loop.when_idle(self.protocol.warm_up)
        if self.editor.has_configuration:
            self.loop.later(CONFIGURATION_WAIT, self._analyse_without_settings)
            self.pull_configuration()
        else:
            self.configuration.set(None, self.editor.initial_settings)
            self._analyse()

    def watch_parent(self, pid: int) -> None:
        """Stop when that process ends."""
        if self._parent is None:
            self._parent = pid
            self._look_at_parent()

    def _look_at_parent(self) -> None:
        if self._parent is not None and process_is_alive(self._parent):
            self.loop.later(PARENT_CHECK, self._look_at_parent)
        else:
            self.loop.stop(1)

    def _analyse(self) -> None:
        if not self._analysing:
            self._analysing = True
            self.analyses.start()

    def _analyse_without_settings(self) -> None:
        if not self._analysing:
            logger.warning("the editor sent no settings")
            self._analyse()

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
            if self._is_new("", problem.message):
                self.editor.warn(f"Paramlens settings: {problem.message}")
        settings = overridden.settings
        return None if excludes(settings, document) else settings

    def pull_configuration(self) -> None:
        """Ask the editor for its settings, for each workspace folder; analyse again when they changed."""
        scopes: list[str | None] = [None, *(folder.uri for folder in self.workspace.folders.values())]

        def take(answers: list[object]) -> None:
            changed = [self.configuration.set(scope, answer) for scope, answer in zip(scopes, answers, strict=True)]
            self.editor.set_log_level(answers[0])
            if any(changed) and self._analysing:
                self.analyses.everything_changed()
            self._analyse()

        self.editor.configuration(scopes, take)

    def change_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        if self.editor.has_configuration:
            self.pull_configuration()
            return
        sent = params.settings
        if self.configuration.set(None, sent.get(SECTION, sent) if isinstance(sent, dict) else None):
            self.analyses.everything_changed()

    def change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            self.workspace.remove_folder(folder.uri)
        for folder in params.event.added:
            self.workspace.add_folder(folder)
        if self.editor.has_configuration:
            self.pull_configuration()

    def change_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        """All of them at once: a switch of branches changes thousands."""
        changed = [(path_of(change.uri), change.type) for change in params.changes]
        if any(kind is not types.FileChangeType.Changed or path.endswith(".toml") for path, kind in changed):
            self._everything_changed()
            return
        opened = {document.path for document in self.documents.all()}
        self.analyses.files_changed({path for path, _ in changed} - opened)

    def _everything_changed(self) -> None:
        self.configuration.forget()
        self.analyses.everything_changed()

    # -------------------------------------------------------------------------------------------------- documents

    def shown(self, params: Any) -> tuple[Document, View] | None:
        item = getattr(params, "text_document", None) or getattr(params, "textDocument", None)  # requests of our own
        uri = getattr(item, "uri", None)
        return self.documents.showing(uri) if isinstance(uri, str) else None

    def open(self, params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        self._changed(self.documents.open(item.uri, item.version, item.text))

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        item = params.text_document
        document = self.documents.change(item.uri, item.version, params.content_changes)
        if document is not None:
            self._changed(document)

    def close(self, params: types.DidCloseTextDocumentParams) -> None:
        document = self.documents.close(params.text_document.uri)
        if document is not None and document.is_python:
            self._closed(document)
            self._clear(document)
        elif document is not None:
            self._everything_changed()

    def open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self._changed(self.notebooks.open(params))

    def change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        before = self.documents.get(params.notebook_document.uri)
        document = self.notebooks.change(params)
        if document is None:
            return
        for view in before.views if before is not None else ():
            if document.view(view.uri) is None:
                self._forget_cell(view.uri)
        self._changed(document)

    def close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None:
        document = self.notebooks.close(params)
        if document is not None:
            self._closed(document)
            for view in document.views:
                self._forget_cell(view.uri)

    def _changed(self, document: Document) -> None:
        if document.is_python:
            self.analyses.changed(document)
        else:
            self._everything_changed()

    def _closed(self, document: Document) -> None:
        self.analyses.closed(document)
        self.hints.forget(document.uri)

    async def with_result(self, then: Callable[[Snapshot, View], Found]) -> Found | None:
        """What `then` makes of the result for what the request is about; None without one.

        Raises ContentModified when another version follows.
        """
        document, view = SHOWN.get() or (None, None)
        if document is None or view is None or not document.is_python:
            return None
        snapshot = await self.snapshot(document)
        return None if snapshot is None else then(snapshot, view)

    async def snapshot(self, document: Document) -> Snapshot | None:
        """The result for a document, None when there is none. Raises ContentModified when another version follows."""
        found: Future[Snapshot | Outdated | None] = asyncio.get_running_loop().create_future()

        def known(result: Snapshot | Outdated | None) -> None:
            if not found.done():  # it was cancelled
                found.set_result(result)

        self.analyses.when_known(document, known)
        result = await found
        if isinstance(result, Outdated):
            raise ContentModified
        return result

    def link(self, hint: types.InlayHint, snapshot: Snapshot, line: int) -> None:
        """Make a hint's label a link to what its count hangs on, in the way the editor knows."""
        origin = line_origin(snapshot.analysis, line)
        home = Located(self)(origin.place) if origin is not None else None
        if origin is None or home is None or not isinstance(hint.label, str):
            return
        part = types.InlayHintLabelPart(hint.label)
        span = convert.range_of(home[1], origin.place)
        if self.editor.reveals:
            target = {"uri": home[0], "range": convert.plain_range(span)}
            part.command = types.Command(f"Go to {origin.where}", convert.REVEAL, arguments=[target])
        elif self.editor.resolves_links:
            part.location = types.Location(home[0], span)
        else:
            return
        hint.label = [part]
        if isinstance(hint.tooltip, str):
            hint.tooltip += f"\n{origin.words} {origin.where}"

    # ----------------------------------------------------------------------------------------------------- results

    def show(self, snapshot: Snapshot) -> None:
        """Publish the problems of a new result."""
        document, analysis = snapshot.document, snapshot.analysis
        located = Located(self) if self.editor.shows_related else None
        problems, status = diagnostics(analysis), file_status(analysis)
        logger.debug(
            "%s (version %s): %d calls, %d models, %d problems",
            document.path,
            document.version,
            len(analysis.sites),
            len(analysis.models),
            len(problems),
        )
        for view in document.views:
            here = [item for item in problems if document.view_of(item.place.line) is view]
            found = [convert.diagnostic(view.index, item, located) for item in here]
            if not document.is_notebook or self._cell_problems.get(view.uri, []) != found:
                self.editor.publish(view.uri, view.version, found)
            if document.is_notebook:
                self._cell_problems[view.uri] = found
            self.editor.status(view.uri, status)

    def show_failure(self, document: Document, reason: str) -> None:
        """Say once for each cause that a document cannot be analysed; the log has every time."""
        logger.error("%s (version %s): %s", document.path, document.version, reason)
        self._clear(document)
        if self._is_new(document.uri, reason):
            name = document.path.replace("\\", "/").rsplit("/", 1)[-1]
            self.editor.warn(f"Paramlens leaves {name} alone until it changes: {reason}.")

    def show_slow(self, run: Run) -> None:
        if self.editor.shows_progress:
            self.running.begin(run)

    def end_slow(self, run: Run) -> None:
        self.running.end(run)

    def _is_new(self, uri: str, text: str) -> bool:
        """Whether the person was not told this before."""
        if (uri, text) in self._told:
            return False
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told.add((uri, text))
        return True

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


class Located:
    """The URI and the lines of places in any file; each file is read once."""

    def __init__(self, server: ParamlensServer) -> None:
        self._documents = server.documents
        self._read: dict[str, LineIndex | None] = {}

    def __call__(self, place: Place) -> tuple[str, LineIndex] | None:
        if (document := self._documents.at_path(place.path)) is not None:
            view = document.view_of(place.line)
            return None if view is None else (view.uri, view.index)
        if place.path not in self._read:
            text = read_text(place.path)
            self._read[place.path] = None if text is None else LineIndex(text, self._documents.encoding)
        index = self._read[place.path]
        return None if index is None else (uri_of(place.path), index)
