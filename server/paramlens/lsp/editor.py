"""What the editor can do, and what the server tells and asks it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability

from paramlens.facts import Analysis, Problem
from paramlens.features.diagnostics import diagnostics
from paramlens.lsp import convert
from paramlens.lsp.adapter import Server, when_answered
from paramlens.lsp.configuration import SECTION
from paramlens.lsp.documents import uri_of
from paramlens.lsp.loop import Loop
from paramlens.lsp.positions import Encoding, LineIndex
from paramlens.settings import Loaded

logger = logging.getLogger("paramlens.lsp")

FILE_STATUS = "paramlens/fileStatus"
COMMANDS = "commands"
"""The initialization option in which our own client lists the commands that it carries out."""

_LOG_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}

ANSWER_WAIT = 10.0
"""Seconds that the server waits for the editor's answer to a request."""


class Editor:
    """The client's side of the connection."""

    def __init__(self, server: Server, loop: Loop) -> None:
        self._server = server
        self._loop = loop
        self._capabilities = types.ClientCapabilities()
        self._shown_settings: dict[str, tuple[Problem, ...]] = {}
        self.encoding = Encoding.UTF16
        self.initial_settings: Any = None
        self._commands: frozenset[str] = frozenset()

    def initialize(self, params: types.InitializeParams) -> None:
        self._capabilities = params.capabilities
        self.encoding = Encoding(self._server.workspace.position_encoding)
        options = params.initialization_options
        self.initial_settings = options.get(SECTION, options) if isinstance(options, dict) else None
        commands = options.get(COMMANDS) if isinstance(options, dict) else None
        self._commands = frozenset(map(str, commands)) if isinstance(commands, list | tuple) else frozenset()

    # ------------------------------------------------------------------------------------------------ capabilities

    def _can(self, capability: str) -> bool:
        return bool(get_capability(self._capabilities, capability, False))

    @property
    def has_configuration(self) -> bool:
        return self._can("workspace.configuration")

    @property
    def refreshes_hints(self) -> bool:
        return self._can("workspace.inlay_hint.refresh_support")

    @property
    def shows_progress(self) -> bool:
        return self._can("window.work_done_progress")

    @property
    def shows_related(self) -> bool:
        return self._can("text_document.publish_diagnostics.related_information")

    @property
    def markdown(self) -> bool:
        formats = get_capability(self._capabilities, "text_document.hover.content_format", None)
        return not formats or formats[0] == types.MarkupKind.Markdown

    @property
    def resolves_tooltips(self) -> bool:
        return "tooltip" in self._resolved_of_hints

    @property
    def resolves_links(self) -> bool:
        return "label.location" in self._resolved_of_hints

    @property
    def reveals(self) -> bool:
        """Whether a link may be a command of our own client: editors look up what stands at a location they go to."""
        return "label.command" in self._resolved_of_hints and convert.REVEAL in self._commands

    @property
    def _resolved_of_hints(self) -> Sequence[str]:
        return get_capability(self._capabilities, "text_document.inlay_hint.resolve_support.properties", None) or ()

    @property
    def resolves_edits(self) -> bool:
        properties = get_capability(self._capabilities, "text_document.code_action.resolve_support.properties", None)
        return "edit" in (properties or ())

    # ----------------------------------------------------------------------------------------------- notifications

    def publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        versioned = version if self._can("text_document.publish_diagnostics.version_support") else None
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, versioned))

    def publish_settings(self, loaded: Loaded, read: Callable[[str], str | None]) -> None:
        """Show what is wrong in a pyproject.toml, and take back what no longer is."""
        path = loaded.problems[0].place.path if loaded.problems else _pyproject(loaded)
        if self._shown_settings.get(path, ()) == loaded.problems:
            return
        self._shown_settings[path] = loaded.problems
        index = LineIndex(read(path) or "", self.encoding)
        found = diagnostics(Analysis(path, problems=loaded.problems))
        self.publish(uri_of(path), None, [convert.diagnostic(index, item, None) for item in found])

    def status(self, uri: str, text: str) -> None:
        """The file in a few words, for a status bar."""
        self._server.protocol.notify(FILE_STATUS, {"uri": uri, "text": text})

    def warn(self, text: str) -> None:
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, text))

    def tell(self, text: str) -> None:
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))

    def start_logging(self) -> None:
        """Send the log of this package to the editor."""
        log = logging.getLogger("paramlens")
        log.setLevel(logging.INFO)
        log.handlers = [handler for handler in log.handlers if not isinstance(handler, _EditorLog)]
        log.addHandler(_EditorLog(self._server))

    def set_log_level(self, settings: Any) -> None:
        """Log as much as the editor's setting `logLevel` says; as before where it says nothing that is known."""
        name = settings.get("logLevel") if isinstance(settings, dict) else None
        level = _LOG_LEVELS.get(name) if isinstance(name, str) else None
        if level is not None:
            logging.getLogger("paramlens").setLevel(level)

    # ---------------------------------------------------------------------------------------------------- requests

    def register(self) -> None:
        """Ask to be told of changed files and settings, where the editor lets servers ask."""
        registrations = []
        if self._can("workspace.did_change_watched_files.dynamic_registration"):
            watchers = [types.FileSystemWatcher("**/*.py"), types.FileSystemWatcher("**/pyproject.toml")]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registrations.append(types.Registration("paramlens-files", method, options))
        if self._can("workspace.did_change_configuration.dynamic_registration"):
            section = types.DidChangeConfigurationRegistrationOptions(SECTION)
            method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
            registrations.append(types.Registration("paramlens-settings", method, section))
        if registrations:
            asked = self._server.client_register_capability(types.RegistrationParams(registrations))
            when_answered(asked, _log_error)

    def refresh(self) -> None:
        """Ask the editor to ask again for what it shows."""
        if self.refreshes_hints:
            when_answered(self._server.workspace_inlay_hint_refresh(None), _log_error)
        if self._can("workspace.code_lens.refresh_support"):
            when_answered(self._server.workspace_code_lens_refresh(None), _log_error)

    def configuration(self, scopes: Sequence[str | None], then: Callable[[list[Any]], None]) -> None:
        """The editor's settings for each scope; None where it has none or gives no sensible answer in time."""
        items = [types.ConfigurationItem(scope_uri=scope, section=SECTION) for scope in scopes]
        told = False

        def take(answer: Any, error: object) -> None:
            nonlocal told
            if told:
                return
            told = True
            late.cancel()
            sensible = isinstance(answer, Sequence) and len(answer) == len(items)
            if error is not None or not sensible:
                logger.warning("the editor sent no settings: %r", error)
            then([*answer] if sensible else [None] * len(items))

        late = self._loop.later(ANSWER_WAIT, lambda: take(None, "it does not answer"))
        when_answered(self._server.workspace_configuration(types.ConfigurationParams(items)), take)


def _log_error(_result: object, error: BaseException | None) -> None:
    if error is not None:
        logger.info("the editor refused a request: %r", error)


def _pyproject(loaded: Loaded) -> str:
    return os.path.join(loaded.settings.root or "", "pyproject.toml")


class _EditorLog(logging.Handler):
    """Log records as window/logMessage."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def emit(self, record: logging.LogRecord) -> None:
        kind = types.MessageType.Info if record.levelno >= logging.INFO else types.MessageType.Log
        if record.levelno >= logging.WARNING:
            kind = types.MessageType.Error if record.levelno >= logging.ERROR else types.MessageType.Warning
        self._server.window_log_message(types.LogMessageParams(kind, self.format(record)))
