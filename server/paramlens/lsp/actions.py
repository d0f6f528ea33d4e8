"""The handlers of code actions and completion: what is written for the person."""

from __future__ import annotations

import asyncio
from asyncio import Future
from typing import Any

from lsprotocol import types

from paramlens.facts import Analysis, Problem
from paramlens.features import fitting_width, size_completion
from paramlens.features.code_actions import Action, code_actions
from paramlens.features.diagnostics import diagnostic
from paramlens.features.edits import Edit
from paramlens.jobs import Job
from paramlens.lsp import convert
from paramlens.lsp.adapter import SHOWN, ContentModified
from paramlens.lsp.documents import Document, View, pair
from paramlens.lsp.handshake import ACTION_KINDS, COMPLETION_TRIGGERS
from paramlens.lsp.server import ParamlensServer
from paramlens.lsp.snapshot import Snapshot
from paramlens.settings import Settings
from paramlens.worker import Answer

ASIDE_SECONDS = 4.0
"""Processor time for an analysis beside those of the documents themselves."""

ASIDE_IDLE = 60.0
"""Seconds after which the process for such analyses is ended."""


def add_actions(server: ParamlensServer) -> None:
    """Register the handlers."""
    _add_code_actions(server)
    _add_completion(server)


def _add_code_actions(server: ParamlensServer) -> None:
    options = types.CodeActionOptions(code_action_kinds=list(ACTION_KINDS), resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        only = params.context.only

        def found(snapshot: Snapshot, view: View) -> list[types.CodeAction]:
            first = view.index.from_lsp(*pair(params.range.start))
            last = view.index.from_lsp(*pair(params.range.end))
            offered = [_converted(snapshot, view, action) for action in code_actions(snapshot.analysis, first, last)]
            lazy = [_fitting_action(snapshot, *first)] if server.editor.resolves_edits and first == last else []
            return [action for action in (*offered, *lazy) if action is not None and _is_wanted(action, only)]

        return await server.with_result(found)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        """Solve for the number at the cursor."""
        number, line, column = _three_numbers(action.data)
        document = next((one for one in server.documents.all() if one.number == number), None)
        snapshot = await server.snapshot(document) if document is not None and document.is_python else None
        if snapshot is None:
            return action
        probe = fitting_width.probe(snapshot.analysis, line, column)
        analysis = await analysed_aside(server, snapshot.document, probe.text) if probe is not None else None
        limits = fitting_width.limits(snapshot.analysis, snapshot.settings)
        fitting = fitting_width.fitting(probe, analysis, limits) if probe is not None and analysis is not None else ()
        if fitting:
            best = min(fitting, key=lambda each: each.width)
            action.edit = _workspace_edit(snapshot.document, (best.edit,))
        else:
            server.editor.tell("Paramlens: no number here fits the model into its budget.")
        return action


def _is_wanted(action: types.CodeAction, only: Any) -> bool:
    kind = str(getattr(action.kind, "value", action.kind))
    wanted = [str(getattr(each, "value", each)) for each in only or ()]
    return not wanted or any(kind == each or kind.startswith(f"{each}.") for each in wanted)


def _converted(snapshot: Snapshot, view: View, action: Action) -> types.CodeAction | None:
    edit = _workspace_edit(snapshot.document, action.edits)
    if edit is None:
        return None
    fixed = _shown_problem(snapshot, view, action.problem)
    return types.CodeAction(
        title=action.title,
        kind=types.CodeActionKind(action.kind),
        diagnostics=[fixed] if fixed is not None else None,
        is_preferred=action.preferred or None,
        edit=edit,
    )


def _shown_problem(snapshot: Snapshot, view: View, problem: Problem | None) -> types.Diagnostic | None:
    """The diagnostic that an action puts right, as it was published."""
    if problem is None or snapshot.document.view_of(problem.place.line) is not view:
        return None
    return convert.diagnostic(view.index, diagnostic(problem), None)


def _workspace_edit(document: Document, edits: tuple[Edit, ...]) -> types.WorkspaceEdit | None:
    """The edits by the view that shows them; None where one shows nowhere."""
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        view = document.view_of(edit.place.line)
        if view is None or not view.index.holds(edit.place.end_line):
            return None
        changed = types.TextEdit(convert.range_of(view.index, edit.place), edit.text)
        changes.setdefault(view.uri, []).append(changed)
    return types.WorkspaceEdit(changes=changes)


def _fitting_action(snapshot: Snapshot, line: int, column: int) -> types.CodeAction | None:
    """Offered where a number stands and a model has a budget; what fits is found when it is chosen."""
    limits = fitting_width.limits(snapshot.analysis, snapshot.settings)
    if not limits or fitting_width.probe(snapshot.analysis, line, column) is None:
        return None
    return types.CodeAction(
        title="Set the greatest number that fits the budget",
        kind=types.CodeActionKind.RefactorRewrite,
        data=[snapshot.document.number, line, column],
    )


def _three_numbers(data: Any) -> tuple[int, int, int]:
    if isinstance(data, list | tuple) and len(data) == 3 and all(isinstance(each, int) for each in data):
        return data[0], data[1], data[2]
    return 0, 0, 0


def _add_completion(server: ParamlensServer) -> None:
    options = types.CompletionOptions(trigger_characters=list(COMPLETION_TRIGGERS), resolve_provider=False)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def complete(params: types.CompletionParams) -> list[types.CompletionItem] | None:
        """The size that arrives at the layer that is being written."""
        document, view = SHOWN.get() or (None, None)
        if document is None or view is None or not document.is_python:
            return None
        line, column = view.index.from_lsp(*pair(params.position))
        probe = size_completion.probe(document.path, document.text, line, column)
        analysis = await analysed_aside(server, document, probe.text) if probe is not None else None
        size = size_completion.size(probe, analysis) if probe is not None and analysis is not None else None
        if size is None:
            return None
        if server.documents.get(document.uri) is not document:
            raise ContentModified
        edit = types.TextEdit(convert.range_of(view.index, size.place), str(size.value))
        return [
            types.CompletionItem(
                label=str(size.value),
                kind=types.CompletionItemKind.Value,
                detail=f"{size.argument}: what arrives here",
                sort_text="!",
                preselect=True,
                text_edit=edit,
            )
        ]


async def analysed_aside(server: ParamlensServer, document: Document, text: str) -> Analysis | None:
    """The analysis of another text of a document, by a process of its own: those of the documents go on."""
    found: Future[Analysis | None] = asyncio.get_running_loop().create_future()

    def answered(answer: Answer) -> None:
        if answer.final and not found.done():
            found.set_result(answer.analysis)

    settings = server.settings_of(document)
    python = settings.python if settings is not None else None
    job = Job(document.path, text, settings=Settings(), python=python, seconds=ASIDE_SECONDS)
    server.aside.ask(job, server.documents.texts(), answered)
    server.loop.later(ASIDE_IDLE, lambda: None if server.aside.waiting else server.aside.stop())
    return await found
