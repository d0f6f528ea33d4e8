"""Analyses that take long, shown as progress that the person may end."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from lsprotocol import types

from paramlens.lsp.adapter import Server, when_answered
from paramlens.lsp.analyses import Run

TITLE = "Paramlens"


class Progress:
    """Begun for a run and ended with it. `cancel` ends a run."""

    def __init__(self, server: Server, cancel: Callable[[Run], None]) -> None:
        self._server = server
        self._cancel = cancel
        self._numbers = itertools.count(1)
        self._tokens: dict[Run, str] = {}
        self._begun: set[str] = set()

    def begin(self, run: Run) -> None:
        """Show it, once the editor has made room."""
        token = self._tokens[run] = f"paramlens-{next(self._numbers)}"

        def created(_result: object, error: BaseException | None) -> None:
            if error is None and self._tokens.get(run) == token:
                self._begun.add(token)
                name = run.document.path.replace("\\", "/").rsplit("/", 1)[-1]
                value = types.WorkDoneProgressBegin(title=TITLE, message=name, cancellable=True)
                self._server.progress(types.ProgressParams(token, value))

        asked = self._server.window_work_done_progress_create(types.WorkDoneProgressCreateParams(token))
        when_answered(asked, created)

    def end(self, run: Run) -> None:
        token = self._tokens.pop(run, None)
        if token is not None and token in self._begun:
            self._begun.discard(token)
            self._server.progress(types.ProgressParams(token, types.WorkDoneProgressEnd()))

    def cancelled(self, params: types.WorkDoneProgressCancelParams) -> None:
        """The person ended it."""
        for run in [run for run, known in self._tokens.items() if known == params.token]:
            self._cancel(run)
