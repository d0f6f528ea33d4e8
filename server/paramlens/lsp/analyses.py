"""Which documents are analysed when: edited ones first, superseded versions never, a second one beside a slow one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from paramlens.facts import Analysis
from paramlens.jobs import Job
from paramlens.lsp.documents import Document
from paramlens.lsp.worker import Worker
from paramlens.settings import Settings

SUPERSEDED_LIMIT = 2.0
"""Seconds that the analysis of a version that is no longer wanted may hold up the next one. A new worker takes less."""


PATIENCE = 1.0
"""Seconds that an analysis may take before the spare worker takes those that wait behind it."""

LOOK = 0.1
"""Seconds between two looks whether that is so."""

EVALUATION_SECONDS = 8.0
"""Processor time for one analysis, after which it ends with what it found: less than the worker's time limit."""


class Outdated(Exception):
    """The document changed while a request waited for the analysis of its earlier version."""


@dataclass(frozen=True)
class Snapshot:
    """A document with its analysis and the settings it was analysed with."""

    document: Document
    analysis: Analysis
    settings: Settings


@dataclass(eq=False)
class _Entry:
    """What is known of one open document. `own` tells its own changes from those of files it reads."""

    document: Document
    own: bool = True
    snapshot: Snapshot | None = None
    failed: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)
    imported: frozenset[str] = frozenset()


@dataclass
class Analyses:
    """The queue before the worker and the newest result of each open document.

    spare         a second worker, which runs only while the first is slow
    settings_of   the settings for a document, None when it is excluded; may wait for the editor's configuration
    texts         the texts of all open files by path
    on_done       told of each new snapshot
    on_failed     told of each document that the worker could not analyse, and why
    on_idle       told when the queue is empty again and some result changed without its own text changing
    """

    worker: Worker
    spare: Worker
    settings_of: Callable[[Document], Settings | None]
    texts: Callable[[], Mapping[str, str]]
    on_done: Callable[[Snapshot], None]
    on_failed: Callable[[Document, str], None]
    on_idle: Callable[[], None]
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _queue: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _refresh: bool = False
    _running: dict[Worker, _Entry] = field(default_factory=dict)
    _since: float = 0.0  # when the first worker's analysis began

    def changed(self, document: Document) -> None:
        """A document was opened or edited: it comes first, then those that read it."""
        before = self._entries.get(document.uri)
        entry = _Entry(document)
        if before is not None:
            entry.imported = before.imported
            if before.failed and before.document.text == document.text:
                entry.failed = True
            before.done.set()  # requests that wait for the earlier version learn that it is outdated
        self._entries[document.uri] = entry
        self._enqueue(document.uri, first=True)
        if before is not None and before in self._running.values():
            asyncio.get_running_loop().call_later(SUPERSEDED_LIMIT, self._give_up, before)
        self.file_changed(document.path)

    def closed(self, document: Document) -> None:
        entry = self._entries.pop(document.uri, None)
        self._queue.pop(document.uri, None)
        if entry is not None:
            entry.done.set()
        self.file_changed(document.path)

    def file_changed(self, path: str) -> None:
        """Analyse again what read the file."""
        for uri, entry in self._entries.items():
            if path in entry.imported and entry.document.path != path:
                self._again(uri, entry)

    def everything_changed(self) -> None:
        """Analyse all open documents again: settings changed, or a file came or went."""
        for uri, entry in self._entries.items():
            self._again(uri, entry)

    async def current(self, document: Document) -> Snapshot | None:
        """The result for exactly this document; None when there is none. Raises Outdated."""
        while True:
            entry = self._entries.get(document.uri)
            if entry is None or entry.document is not document:
                raise Outdated
            if entry.done.is_set():
                return entry.snapshot
            await entry.done.wait()

    async def run(self) -> None:
        """Analyse what is queued, for ever."""
        await asyncio.gather(self._run(), self._run_spare())

    async def _run(self) -> None:
        while True:
            await self._more.wait()
            if (entry := self._next()) is not None:
                self._since = asyncio.get_running_loop().time()
                await self._analyse(entry, self.worker)
            elif self._queue:  # only what the spare worker is at
                await asyncio.sleep(LOOK)
            else:
                self._more.clear()
                if self._refresh:
                    self._refresh = False
                    self.on_idle()

    async def _run_spare(self) -> None:
        while True:
            await self._more.wait()
            if self._is_slow() and (entry := self._next()) is not None:
                await self._analyse(entry, self.spare)
                self._more.set()
            else:
                await asyncio.sleep(LOOK)
            if self.worker not in self._running:
                await self.spare.stop()

    def _is_slow(self) -> bool:
        return self.worker in self._running and asyncio.get_running_loop().time() - self._since > PATIENCE

    def _next(self) -> _Entry | None:
        """Take the first document from the queue that no worker is at."""
        for uri in list(self._queue):
            entry = self._entries.get(uri)
            if entry is None:
                del self._queue[uri]
            elif entry not in self._running.values():
                del self._queue[uri]
                return entry
        return None

    async def _analyse(self, entry: _Entry, worker: Worker) -> None:
        document = entry.document
        settings = self.settings_of(document)
        if entry.failed:  # this very text crashed or hung the worker: leave it alone until it changes
            entry.done.set()
            return
        if settings is None:
            analysis, failure = Analysis(document.path, document.text), ""
        else:
            job = Job(
                document.path, document.text, settings=settings, seconds=EVALUATION_SECONDS, recheck=not entry.own
            )
            self._running[worker] = entry
            try:
                answer = await worker.analyse(job, self.texts())
            finally:
                del self._running[worker]
            analysis, failure = answer.analysis or Analysis(document.path, document.text), answer.failure
        if self._entries.get(document.uri) is not entry:
            return  # superseded meanwhile
        if document.uri in self._queue and not failure:
            return  # a file that it reads changed meanwhile: another round follows
        entry.failed = bool(failure)
        entry.imported = analysis.imported or entry.imported
        entry.snapshot = None if failure else Snapshot(document, analysis, settings or Settings())
        entry.done.set()
        # The editor asks again for the cell that was edited alone: the others may show something else now.
        self._refresh = self._refresh or not entry.own or len(document.views) > 1
        if failure:
            self._queue.pop(document.uri, None)
            self.on_failed(document, failure)
        elif entry.snapshot is not None:
            self.on_done(entry.snapshot)

    def _give_up(self, entry: _Entry) -> None:
        for worker, running in self._running.items():
            if running is entry:
                worker.kill()

    def _again(self, uri: str, entry: _Entry) -> None:
        if not entry.failed:
            entry.own = False
            entry.done.clear()
            self._enqueue(uri, first=False)

    def _enqueue(self, uri: str, *, first: bool) -> None:
        self._queue[uri] = None
        if first:
            self._queue.move_to_end(uri, last=False)
        self._more.set()
