"""The handlers of messages: each locates, asks a feature, converts."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from paramlens.features.code_lens import code_lenses
from paramlens.features.hover import hover
from paramlens.features.inlay_hints import line_tooltip
from paramlens.lsp import convert
from paramlens.lsp.actions import add_actions
from paramlens.lsp.adapter import SHOWN
from paramlens.lsp.documents import View, pair
from paramlens.lsp.loop import Loop
from paramlens.lsp.model_requests import add_model_requests
from paramlens.lsp.models import models
from paramlens.lsp.models_request import MODELS, ModelsParams
from paramlens.lsp.raw import Raw
from paramlens.lsp.server import ParamlensServer
from paramlens.lsp.snapshot import Snapshot
from paramlens.lsp.streams import Writer
from paramlens.lsp.worker import Worker


def create_server(loop: Loop, worker: Worker, writer: Writer) -> ParamlensServer:
    """A server with all handlers, for one connection."""
    server = ParamlensServer(loop, worker, writer)
    _add_life_cycle(server)
    _add_documents(server)
    _add_workspace(server)
    _add_hints(server)
    _add_features(server)
    add_actions(server)
    add_model_requests(server)
    return server


def _add_life_cycle(server: ParamlensServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.initialize(params)

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        server.initialized()

    @server.feature(types.EXIT)
    def end(_params: None) -> None:
        server.loop.stop(0 if server.protocol.is_shut_down else 1)


def _add_documents(server: ParamlensServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.open(params)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        server.change(params)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.close(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def did_open_notebook(params: types.DidOpenNotebookDocumentParams) -> None:
        server.open_notebook(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change_notebook(params: types.DidChangeNotebookDocumentParams) -> None:
        server.change_notebook(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def did_close_notebook(params: types.DidCloseNotebookDocumentParams) -> None:
        server.close_notebook(params)


def _add_workspace(server: ParamlensServer) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        server.change_configuration(params)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.change_folders(params)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_files(params: types.DidChangeWatchedFilesParams) -> None:
        server.change_files(params)

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def end_run(params: types.WorkDoneProgressCancelParams) -> None:
        server.running.cancelled(params)


def _add_hints(server: ParamlensServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintOptions(resolve_provider=True))
    async def inlay_hints(params: types.InlayHintParams) -> Raw | None:
        span = pair(params.range.start), pair(params.range.end)
        lazy = server.editor.resolves_tooltips

        def found(snapshot: Snapshot, view: View) -> Raw | None:
            if not snapshot.settings.inlay_hints.enable:
                return None
            return Raw(server.hints.written(snapshot, view, span, lazy=lazy))

        return await server.with_result(found)

    @server.feature(types.INLAY_HINT_RESOLVE)
    async def resolve_hint(hint: types.InlayHint) -> types.InlayHint:
        """Add the tooltip and the link to a hint of the present version; another one is given back as it is."""
        number, line = _two_numbers(hint.data)
        document = next((one for one in server.documents.all() if one.number == number), None)
        snapshot = await server.snapshot(document) if document is not None and document.is_python else None
        if snapshot is not None:
            hint.tooltip = line_tooltip(snapshot.analysis, line, snapshot.settings.costs) or hint.tooltip
            server.link(hint, snapshot, line)
        return hint


def _add_features(server: ParamlensServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def show_hover(params: types.HoverParams) -> types.Hover | None:
        def found(snapshot: Snapshot, view: View) -> types.Hover | None:
            line, column = view.index.from_lsp(*pair(params.position))
            shown = hover(snapshot.analysis, line, column, snapshot.settings.costs)
            markdown = server.editor.markdown
            return convert.hover(view.index, shown, markdown=markdown) if shown is not None else None

        return await server.with_result(found)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def lenses(_params: types.CodeLensParams) -> list[types.CodeLens] | None:
        def found(snapshot: Snapshot, view: View) -> list[types.CodeLens] | None:
            if not snapshot.settings.code_lens:
                return None
            document = snapshot.document
            lenses = code_lenses(snapshot.analysis, snapshot.settings.costs)
            here = [lens for lens in lenses if document.view_of(lens.place.line) is view]
            return [convert.code_lens(document, view, lens) for lens in here]

        return await server.with_result(found)

    @server.feature(MODELS)
    async def show_models(params: ModelsParams) -> Raw | None:
        document, _ = SHOWN.get() or (None, None)
        return None if document is None or not document.is_python else await models(server, document, params)


def _two_numbers(data: Any) -> tuple[int, int]:
    """What a hint of ours carries: the number of its document's version, and its line; zeros for anything else."""
    if isinstance(data, list | tuple) and len(data) == 2 and all(isinstance(each, int) for each in data):
        return data[0], data[1]
    return 0, 0
