"""The worker process: analyses texts for a parent that talks to it over pipes, so that a crash ends the worker alone.

Frames are an 8-byte length and a pickle. To the worker: tuples of `Overlay` (the text of an open file, None when it is
closed), `Ask` (a job) and `Draw`. From the worker: `Ready` once, then `Answer` and `Drawn`. It ends when its input
does.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import queue
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from paramlens import cache
from paramlens.facts import Analysis, GraphFact
from paramlens.jobs import ANALYZER_VARIABLE, Job, LiveFiles, Read, run
from paramlens.memory import collect_less
from paramlens.records import Record, record
from paramlens.sources import read_source
from paramlens.stack import start_on_deep_stack
from paramlens.values import Interrupted
from paramlens.wire import Packed, Sender

HEADER = struct.Struct(">Q")
MEMORY_LIMIT = 4 * 2**30

FIRST = 0.03
"""Seconds that the first message is waited for before the evaluator is imported: a result that was kept needs none."""

IDLE = 2.0
"""Seconds without a message, after which the last result is kept for the next start."""

PATIENCE = 0.005
"""Seconds of a live job, after which facts of the version before stand for what is not evaluated yet."""


HANDOVER = 0.0005
"""Seconds after which a busy evaluator lets the thread that takes messages go on: each message needs that often."""


@record
class Overlay(Record):
    path: str
    text: str | None


@record
class Ask(Record):
    """A job. A `live` one is for a file that is being edited: what was found in its last version is used, several
    answers may follow, and the next `Ask` ends it."""

    number: int
    job: Job
    live: bool = False


@record
class Draw(Record):
    """The graphs of the models of a file are wanted, as its last live job left them; this ends no job."""

    number: int
    job: Job


@record
class Drawn(Record):
    """The graphs by the names of the models; None when the worker is not at that text of the file."""

    number: int
    graphs: Mapping[str, GraphFact] | None


@record
class Ready(Record):
    """The worker's first message: what it needs is imported."""


@record
class Answer(Record):
    """The analysis (of a live job `packed`), or what failed, or nothing when another job came first.

    After a `fatal` answer the worker ends. One that is not `final` is complete where the edit stands; the rest follows.
    """

    number: int
    analysis: Analysis | None
    failure: str = ""
    fatal: bool = False
    final: bool = True
    packed: Packed | None = None


def pack(message: object) -> bytes:
    """A message as one frame."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(body)) + body


def read_message(stream: BinaryIO) -> Any:
    """The next message. Raises EOFError at the end."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    (length,) = HEADER.unpack(header)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)


# ------------------------------------------------------------------------------------------- inside the worker process


def main() -> None:
    """Serve the parent on the pipes that are this process's standard input and output."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whoever prints must not write into the frames
    sys.stdout = sys.stderr
    sys.setswitchinterval(HANDOVER)
    _limit_memory()
    collect_less()
    _end_with_parent()
    analyst = _Analyst(sink)
    start_on_deep_stack(analyst.work)
    try:
        while True:
            analyst.take(read_message(source))
    except EOFError:
        os._exit(0)  # the parent is gone or does not want the answer


class _Analyst:
    """Does one job after the other. Messages are taken on another thread."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._newest = 0  # the number of the last job that was asked for
        self._overlays: dict[str, str] = {}
        self._files = LiveFiles()
        self._sender = Sender()
        self._folder = None if os.environ.get(ANALYZER_VARIABLE) else cache.default_folder()
        self._kept: set[tuple[str, str]] = set()
        self._is_warm = False  # or is about to be

    def take(self, messages: Any) -> None:
        for message in messages:
            if isinstance(message, Ask):
                self._newest = message.number
            self._messages.put(message)

    def work(self) -> None:
        """Answer, for ever."""
        _send(self._sink, Ready())
        while True:
            match self._next():
                case Overlay(path, None):
                    self._overlays.pop(path, None)
                    self._files.changed(path)
                    self._sender.forget(path)
                case Overlay(path, str(text)):
                    self._overlays[path] = text
                    self._files.changed(path)
                case Ask(number, job, True):
                    self._answer(number, job)
                case Ask(number, job):
                    _send(self._sink, answer(number, job, self._read))
                case Draw(number, job):
                    _send(self._sink, Drawn(number, self._graphs(job)))

    def _next(self) -> Any:
        """The next message. While there is none, what is needed later on is done."""
        if not self._is_warm:
            with contextlib.suppress(queue.Empty):
                return self._messages.get(timeout=FIRST)
            self._warm_up()
        try:
            return self._messages.get(timeout=IDLE)
        except queue.Empty:
            self._keep()
            return self._messages.get()

    def _warm_up(self) -> None:
        if not self._is_warm:
            self._is_warm = True
            threading.Thread(target=_import_evaluator, daemon=True).start()

    def _read(self, path: str) -> str | None:
        return self._overlays[path] if path in self._overlays else read_source(path)

    def _answer(self, number: int, job: Job) -> None:
        """Answer a live job. A file that was just opened is answered from the results kept before, and evaluated after
        that: the first edit needs it."""
        kept, is_new = None, not self._files.knows(job)
        if self._folder is not None and is_new:
            kept = cache.find(job, self._read, self._folder)
        if kept is not None:
            _send(self._sink, Answer(number, None, packed=self._sender.pack(kept)))
        self._is_warm = True  # what it needs is imported on the way
        found = _guarded(number, lambda: self._result(number, job, answered=kept is not None, is_new=is_new))
        if kept is None or found.fatal:
            _send(self._sink, found)
            if is_new and self._messages.empty():
                self._keep()

    def _graphs(self, job: Job) -> Mapping[str, GraphFact] | None:
        try:
            return self._files.graphs(job)
        except Exception:
            traceback.print_exc()
            return None

    def _keep(self) -> None:
        """Keep the last result for the next start, if the text is that of the file on disk."""
        if self._folder is None or self._files.last is None:
            return
        job, analysis, file = self._files.last
        known = job.path, job.text
        if known not in self._kept and read_source(job.path) == job.text:
            self._kept = {known}
            cache.keep(job, analysis, file.texts, self._folder)

    def _result(self, number: int, job: Job, *, answered: bool, is_new: bool) -> Answer:
        from paramlens.evaluate.live import Watch

        def early(analysis: Analysis) -> None:
            if not answered:
                _send(self._sink, Answer(number, None, final=False, packed=self._sender.pack(analysis)))

        patience = math.inf if is_new else PATIENCE  # of a new file nothing is known that could stand for the rest
        watch = Watch(early, patience, lambda: self._newest != number)
        analysis = self._files.analysis(job, self._read, watch)
        return Answer(number, None, packed=None if answered else self._sender.pack(analysis))


def answer(number: int, job: Job, read: Read) -> Answer:
    """Run a job, and keep the result where the job says so; whatever goes wrong becomes the answer."""
    return _guarded(
        number, lambda: Answer(number, run(job, read) if job.cache is None else cache.run(job, read, job.cache))
    )


def _guarded(number: int, work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except Interrupted:
        return Answer(number, None)
    except MemoryError:
        return Answer(number, None, "it needs too much memory", fatal=True)
    except RecursionError:
        return Answer(number, None, "it nests too deep")
    except Exception:
        return Answer(number, None, f"internal error: {_last_lines(traceback.format_exc())}")


def _send(sink: BinaryIO, message: Answer | Drawn | Ready) -> None:
    try:
        sink.write(_frame(message))
        sink.flush()
    except OSError:
        os._exit(0)
    if isinstance(message, Answer) and message.fatal:
        os._exit(3)


def _frame(message: Answer | Drawn | Ready) -> bytes:
    try:
        return pack(message)
    except Exception as error:  # an analysis that cannot be sent
        if isinstance(message, Drawn):
            return pack(Drawn(message.number, None))
        number = message.number if isinstance(message, Answer) else 0
        return pack(Answer(number, None, f"internal error: {type(error).__name__}: {error}"))


def _import_evaluator() -> None:
    """Ahead of the first job, so that it does not wait for it."""
    if not os.environ.get(ANALYZER_VARIABLE):
        try:
            import paramlens.evaluate.analyze
            import paramlens.syntax.lower  # noqa: F401
        except Exception:
            traceback.print_exc()


def _last_lines(text: str) -> str:
    """The error and where it was raised, in one line."""
    lines = text.strip().splitlines()
    where = next((line.strip() for line in reversed(lines) if line.lstrip().startswith("File ")), "")
    return f"{lines[-1]} ({where})" if where else lines[-1]


def _limit_memory() -> None:
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _end_with_parent() -> None:
    """Ask Linux to end this process with its parent, even while native code holds the interpreter."""
    if sys.platform != "linux":
        return
    import ctypes
    import signal

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1: PR_SET_PDEATHSIG


def texts_to_send(before: Mapping[str, str], now: Mapping[str, str]) -> Sequence[Overlay]:
    """The overlays that lead from what a worker knows to what is open now."""
    changed = [Overlay(path, text) for path, text in now.items() if before.get(path) != text]
    return [*changed, *(Overlay(path, None) for path in before if path not in now)]
