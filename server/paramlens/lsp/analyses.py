"""Which documents are analysed when: edited ones first, superseded versions never, a second one beside a slow one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from paramlens.facts import Analysis
from paramlens.lsp.documents import Document
from paramlens.lsp.loop import Loop, Timer
from paramlens.lsp.snapshot import Snapshot, job_for
from paramlens.lsp.worker import CRASHED, NOT_STARTED, Worker
from paramlens.settings import Settings
from paramlens.sources import LARGEST_FILE
from paramlens.worker import Answer

PATIENCE = 1.0
"""Seconds that an analysis may take before it is told as slow, and the spare worker takes those that wait behind it."""

MOST_LOST = 3
"""Attempts at one text whose answers may be lost, because the worker ended for the sake of another one."""

MOST_RESULTS = 64
"""Results that are kept; those of documents that were analysed longest ago are found again when they are asked for."""


class Outdated:
    """Given to who waited for the result of a version that is no longer the newest, or is closed."""


Then: TypeAlias = "Callable[[Snapshot | Outdated | None], None]"


@dataclass(eq=False)
class _Entry:
    """What is known of one open document.

    own       it was its own text that changed last, not a file that it reads
    settled   `snapshot` answers requests; None says that there is no result
    left      this very text crashed or hung the worker, or the person ended it: leave it alone until it changes
    round     how often the same text was to be analysed
    lost      how often its analysis ended without an answer and without need
    known     there was a result for this version or an earlier one
    crashed   the worker ended while it was at this text; whether the text did that shows the second time
    """

    document: Document
    own: bool = True
    snapshot: Snapshot | None = None
    settled: bool = False
    left: bool = False
    round: int = 0
    lost: int = 0
    known: bool = False
    crashed: bool = False
    imported: frozenset[str] = frozenset()
    waiting: list[Then] = field(default_factory=list)

    def settle(self, result: Snapshot | Outdated | None) -> None:
        self.snapshot = result if isinstance(result, Snapshot) else None
        self.settled = True
        while self.waiting:
            waiting, self.waiting = self.waiting, []
            for then in waiting:
                then(result)


@dataclass(eq=False)
class Run:
    """One analysis at a worker."""

    entry: _Entry
    worker: Worker
    settings: Settings
    round: int
    superseded: bool = False
    slow: Timer | None = None

    @property
    def document(self) -> Document:
        return self.entry.document


@dataclass(frozen=True)
class Listener:
    """Who is told what.

    done      each new final result
    failed    each document that the worker could not analyse, and why
    renewed   some results changed without the editor knowing that it has to ask again
    slow      an analysis that takes long
    ended     the end of one that was told as slow
    """

    done: Callable[[Snapshot], None]
    failed: Callable[[Document, str], None]
    renewed: Callable[[], None]
    slow: Callable[[Run], None]
    ended: Callable[[Run], None]


@dataclass
class Analyses:
    """The queue before the worker and the newest result of each open document.

    spare         a second worker, which runs only while the first is slow
    settings_of   the settings for a document, None when it is excluded
    texts         the texts of all open files by path
    early         whether requests are answered from results that are not final
    shown         what the editor was shown of files before they were analysed here, by URI
    """

    loop: Loop
    worker: Worker
    spare: Worker
    settings_of: Callable[[Document], Settings | None]
    texts: Callable[[], Mapping[str, str]]
    listener: Listener
    early: bool = False
    shown: dict[str, Analysis] = field(default_factory=dict)
    _entries: OrderedDict[str, _Entry] = field(default_factory=OrderedDict)  # analysed longest ago first
    _queue: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _runs: list[Run] = field(default_factory=list)
    _renewed: bool = False
    _started: bool = False
    _awake: bool = False

    # ---------------------------------------------------------------------------------------------- what has changed

    def start(self) -> None:
        """Begin to analyse; what was opened before has waited."""
        self._started = True
        self._wake()

    def changed(self, document: Document) -> None:
        """A document was opened or edited: it comes first, then those that read it."""
        before = self._entries.pop(document.uri, None)
        entry = self._entries[document.uri] = _Entry(document)
        if before is not None:
            entry.imported = before.imported
            entry.known = before.known
            entry.left = before.left and before.document.text == document.text
            before.settle(Outdated())
        self._enqueue(document.uri, first=True)
        self._file_of(document)

    def closed(self, document: Document) -> None:
        entry = self._entries.pop(document.uri, None)
        self._queue.pop(document.uri, None)
        if entry is not None:
            entry.settle(Outdated())
        self._end_outdated_spare()
        self._file_of(document)

    def _file_of(self, document: Document) -> None:
        self.files_changed((document.path,), but=document.uri)

    def files_changed(self, paths: Collection[str], but: str | None = None) -> None:
        """Analyse again what read one of the files."""
        for uri, entry in self._entries.items():
            if uri != but and not entry.imported.isdisjoint(paths):
                self._again(uri, entry)

    def everything_changed(self) -> None:
        """Analyse all open documents again: settings changed, or a file came or went."""
        for uri, entry in self._entries.items():
            self._again(uri, entry)

    def _again(self, uri: str, entry: _Entry) -> None:
        if not entry.left:
            entry.own = False
            entry.settled = False
            entry.round += 1
            self._enqueue(uri, first=False)

    # ----------------------------------------------------------------------------------------------------- requests

    def when_known(self, document: Document, then: Then) -> None:
        """Call `then` with the result for exactly this document, None when there is none: now if it is there."""
        entry = self._entries.get(document.uri)
        if entry is None or entry.document is not document:
            then(Outdated())
        elif entry.settled and not entry.waiting:
            then(entry.snapshot)
        else:
            entry.waiting.append(then)
            if not entry.settled and document.uri not in self._queue and self._run_of(entry) is None:
                self._enqueue(document.uri, first=True)  # its result was forgotten

    # ---------------------------------------------------------------------------------------------------- the queue

    def _enqueue(self, uri: str, *, first: bool) -> None:
        self._queue[uri] = None
        if first:
            self._queue.move_to_end(uri, last=False)
        self._wake()

    def _wake(self) -> None:
        """Look at the queue once all messages that are there have been handled: they may supersede one another."""
        if self._started and not self._awake:
            self._awake = True
            self.loop.when_idle(self._work)

    def _work(self) -> None:
        self._awake = False
        self._end_outdated_spare()
        while (entry := self._next()) is not None and (worker := self._free(entry)) is not None:
            del self._queue[entry.document.uri]
            self._analyse(entry, worker)
        if not self._queue and not self._runs and self._renewed:
            self._renewed = False
            self.listener.renewed()

    def _next(self) -> _Entry | None:
        """The first document in the queue whose present version no worker is at."""
        for uri in self._queue:
            entry = self._entries[uri]
            run = self._run_of(entry)
            if run is None or self._is_outdated(run):
                return entry
        return None

    def _free(self, entry: _Entry) -> Worker | None:
        """The worker that may take the document now."""
        at_worker = [run for run in self._runs if run.worker is self.worker]
        if not at_worker or (len(at_worker) == 1 and self._may_supersede(entry, at_worker[0])):
            return self.worker
        slow = any(run.slow is None and not self._is_outdated(run) for run in at_worker)
        return self.spare if slow and not any(run.worker is self.spare for run in self._runs) else None

    def _may_supersede(self, entry: _Entry, run: Run) -> bool:
        """What is edited need not wait for what is wanted by nobody, or by nobody who looks at it."""
        return self._is_outdated(run) or (entry.own and (not run.entry.own or run.entry.settled))

    def _is_outdated(self, run: Run) -> bool:
        return self._entries.get(run.document.uri) is not run.entry or run.round != run.entry.round

    def _run_of(self, entry: _Entry) -> Run | None:
        """The newest run of that very version."""
        return next((run for run in reversed(self._runs) if run.entry is entry), None)

    def _end_outdated_spare(self) -> None:
        for run in self._runs:
            if run.worker is self.spare and self._is_outdated(run):
                self._ended(run)
                self.spare.stop()
                return

    # ------------------------------------------------------------------------------------------------------- one run

    def _analyse(self, entry: _Entry, worker: Worker) -> None:
        document = entry.document
        settings = self.settings_of(document)
        if entry.left:
            entry.settle(None)
        elif settings is None:
            self._finish(entry, Snapshot(document, Analysis(document.path, document.text), Settings()))
        elif len(document.text) > LARGEST_FILE:
            self._fail(entry, f"it is larger than {LARGEST_FILE // 2**20} MiB")
        else:
            for earlier in self._runs:
                earlier.superseded = earlier.superseded or earlier.worker is worker
            run = Run(entry, worker, settings, entry.round)
            run.slow = self.loop.later(PATIENCE, lambda: self._is_slow(run))
            self._runs.append(run)
            job = job_for(document, settings, recheck=not entry.own)
            worker.ask(job, self.texts(), lambda answer: self._answered(run, answer))

    def _is_slow(self, run: Run) -> None:
        run.slow = None
        self.listener.slow(run)
        self._wake()

    def _ended(self, run: Run) -> None:
        self._runs.remove(run)
        if run.slow is not None:
            run.slow.cancel()
        else:
            self.listener.ended(run)
        if not self.spare.waiting and not any(other.worker is self.worker for other in self._runs):
            self.spare.stop()
        self._wake()

    def _answered(self, run: Run, answer: Answer) -> None:
        final = answer.final
        if run not in self._runs:
            return
        if final:
            self._ended(run)
        if self._is_outdated(run):
            return
        entry, document = run.entry, run.document
        if answer.analysis is not None:
            snapshot = Snapshot(document, answer.analysis, run.settings, final)
            if final:
                self._finish(entry, snapshot)
            elif self.early and entry.known:  # of a file that was just opened it says next to nothing
                shown = entry.snapshot.analysis if entry.settled and entry.snapshot is not None else None
                entry.settle(snapshot)
                if shown is not None and _differ(shown, snapshot.analysis):
                    self.listener.renewed()
        elif answer.failure in (CRASHED, NOT_STARTED) and not entry.crashed:
            entry.crashed = True
            self._enqueue(document.uri, first=entry.own)
        elif answer.failure or entry.lost >= MOST_LOST:
            self._fail(entry, answer.failure or "the worker gives no answer")
        else:
            entry.lost += not run.superseded
            self._enqueue(document.uri, first=entry.own)

    def _finish(self, entry: _Entry, snapshot: Snapshot) -> None:
        before = entry.snapshot.analysis if entry.settled and entry.snapshot and not entry.snapshot.final else None
        shown = self.shown.pop(snapshot.document.uri, before)
        entry.imported = snapshot.analysis.imported or entry.imported
        entry.known = True
        entry.settle(snapshot)
        self._keep(entry)
        if shown is not None and _differ(shown, snapshot.analysis):
            self.listener.renewed()
        # The editor asks again for the cell that was edited alone: the others may show something else now.
        self._renewed = self._renewed or not entry.own or len(snapshot.document.views) > 1
        self.loop.when_idle(lambda: self._tell(entry, snapshot))  # what waits is answered first

    def _tell(self, entry: _Entry, snapshot: Snapshot) -> None:
        if self._entries.get(snapshot.document.uri) is entry:
            self.listener.done(snapshot)

    def _fail(self, entry: _Entry, reason: str) -> None:
        entry.left = True
        entry.settle(None)
        self.listener.failed(entry.document, reason)

    def end(self, run: Run) -> None:
        """The person wants it ended: what is known stays, and the text is left alone until it changes."""
        if run not in self._runs:
            return
        others = [other for other in self._runs if other.worker is run.worker and other is not run]
        self._ended(run)
        run.worker.stop()
        for other in others:
            self._ended(other)
            self._enqueue(other.document.uri, first=other.entry.own)
        if not self._is_outdated(run):
            run.entry.left = True
            run.entry.settle(run.entry.snapshot)

    def _keep(self, entry: _Entry) -> None:
        """Forget the results of documents that were analysed longest ago."""
        self._entries.move_to_end(entry.document.uri)
        for other in [*self._entries.values()][: max(len(self._entries) - MOST_RESULTS, 0)]:
            if other.settled and not other.left:
                other.snapshot, other.settled = None, False


def _differ(first: Analysis, second: Analysis) -> bool:
    return first.sites != second.sites or first.models != second.models
