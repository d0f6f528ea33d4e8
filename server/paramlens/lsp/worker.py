"""The worker process as the server sees it: asked at any time, ended and started anew when it crashed or took too long.

Two threads of their own carry what goes in and out, because both may be long and the worker may be busy.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any, BinaryIO, cast

from paramlens.isolation import start_worker
from paramlens.jobs import Job
from paramlens.lsp.loop import Loop, Timer
from paramlens.wire import Receiver
from paramlens.worker import Answer, Ask, Overlay, Ready, pack, read_message, texts_to_send

TIME_LIMIT = 15.0
"""Seconds for one analysis. The evaluator ends by itself before; this is for what hangs."""

START_LIMIT = 60.0
"""Seconds until a new worker is ready."""

SUPERSEDED_LIMIT = 2.0
"""Seconds that a job may hold up the next one that was sent meanwhile. A new worker takes less."""


CRASHED = "the analysis crashed"
NOT_STARTED = "the worker did not start"


class WorkerProcess:
    """One process and the threads at its pipes. `deliver` is called by a thread: with each message, at the end None."""

    def __init__(self, process: subprocess.Popen[bytes], deliver: Callable[[WorkerProcess, Any], None]) -> None:
        self._process = process
        self._deliver = deliver
        self._outgoing: SimpleQueue[tuple[Sequence[Overlay], Ask] | None] = SimpleQueue()
        self._unanswered: SimpleQueue[tuple[Sequence[Overlay], Ask]] = SimpleQueue()  # in the order they were sent
        for target in (self._read, self._write):
            threading.Thread(target=target, name="worker", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, overlays: Sequence[Overlay], ask: Ask) -> None:
        self._unanswered.put((overlays, ask))
        self._outgoing.put((overlays, ask))

    def end(self) -> None:
        """Kill it; its end is noticed by the thread that reads."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._outgoing.put(None)

    def wait(self) -> None:
        """Wait for the end of a process that was killed."""
        self._process.wait()

    def _write(self) -> None:
        stream = self._process.stdin
        assert stream is not None
        with contextlib.suppress(OSError, ValueError), stream:
            while (messages := self._outgoing.get()) is not None:
                overlays, ask = messages
                stream.write(b"".join(map(pack, (*overlays, ask))))
                stream.flush()

    def _read(self) -> None:
        stream = cast(BinaryIO, self._process.stdout)
        answers = _Unpacking(self._unanswered)
        with stream, contextlib.suppress(Exception):  # whatever is wrong with a message, none can follow
            while True:
                message = read_message(stream)
                self._deliver(self, answers.unpacked(message) if isinstance(message, Answer) else message)
        with contextlib.suppress(OSError):
            self._process.kill()  # it may have closed its output alone
        self._process.wait()
        self._deliver(self, None)


class _Unpacking:
    """Makes analyses whole again. What the worker forgot when a file was closed is forgotten at the same point."""

    def __init__(self, unanswered: SimpleQueue[tuple[Sequence[Overlay], Ask]]) -> None:
        self._unanswered = unanswered
        self._receiver = Receiver()
        self._asked: Ask | None = None

    def unpacked(self, answer: Answer) -> Answer:
        while self._asked is None or self._asked.number < answer.number:
            overlays, self._asked = self._unanswered.get()
            for overlay in overlays:
                if overlay.text is None:
                    self._receiver.forget(overlay.path)
        if answer.packed is None:
            return answer
        return replace(answer, analysis=self._receiver.unpack(answer.packed, self._asked.job.text), packed=None)


@dataclass(eq=False)
class Asked:
    """A job at the worker. `on_answer` is called for each answer, in the loop; the last one is final."""

    number: int
    on_answer: Callable[[Answer], None]


class Worker:
    """A worker process, started when it is needed and again after it ended.

    One job runs at a time; a further one that is asked for meanwhile supersedes it.
    """

    def __init__(
        self, loop: Loop, time_limit: float = TIME_LIMIT, started: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.time_limit = time_limit
        self._loop = loop
        self._process: WorkerProcess | None = None
        self._ready = False
        self._closed = False
        self._known: dict[str, str] = {}  # the texts of open files that the process has
        self._number = 0
        self._asked: dict[int, Asked] = {}  # in the order they were sent
        self._timer: Timer | None = None
        if started is not None:
            self._hold(started)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def waiting(self) -> int:
        """How many jobs have no final answer yet."""
        return len(self._asked)

    def start(self) -> None:
        """Start the process, if there is none. Raises OSError."""
        if self._process is None and not self._closed:
            self._hold(start_worker())

    def _hold(self, started: subprocess.Popen[bytes]) -> None:
        self._known = {}
        self._ready = False
        post = self._loop.post
        self._process = WorkerProcess(started, lambda process, message: post(lambda: self._got(process, message)))

    def ask(self, job: Job, texts: Mapping[str, str], on_answer: Callable[[Answer], None]) -> None:
        """Send a job; `texts` are those of all open files. What goes wrong is an answer."""
        self._number += 1
        asked = Asked(self._number, on_answer)
        self._asked[asked.number] = asked
        try:
            self.start()
        except OSError as error:
            self._fail(str(error))
            return
        if self._process is None:
            self._fail("the server ends")
            return
        self._process.send(texts_to_send(self._known, texts), Ask(asked.number, job, live=True))
        self._known = dict(texts)
        self._watch()

    def stop(self) -> None:
        """End the process and forget what it was asked."""
        self._asked.clear()
        self._end()

    def close(self) -> None:
        """End the process, wait for its end and start no other."""
        self._closed = True
        process = self._process
        self.stop()
        if process is not None:
            process.wait()

    # ------------------------------------------------------------------------------------------------ from the process

    def _got(self, process: WorkerProcess, message: Any) -> None:
        if process is not self._process:
            return  # an earlier one's
        if isinstance(message, Answer):
            self._answered(message)
        elif isinstance(message, Ready):
            self._ready = True
            self._watch()
        else:
            self._fail(CRASHED if self._ready else NOT_STARTED)

    def _answered(self, answer: Answer) -> None:
        asked = self._asked.get(answer.number)
        if asked is None:
            return
        if answer.final:
            del self._asked[answer.number]
            self._watch()
        if answer.fatal:
            self._asked = {answer.number: asked, **self._asked}
            self._fail(answer.failure)
            return
        asked.on_answer(answer)

    def _watch(self) -> None:
        """Limit the time of the job that runs now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._asked:
            return
        if not self._ready:
            self._limit(START_LIMIT, NOT_STARTED)
        elif len(self._asked) > 1:
            self._limit(SUPERSEDED_LIMIT, "")
        else:
            self._limit(self.time_limit, f"the analysis took longer than {self.time_limit:g} s")

    def _limit(self, seconds: float, reason: str) -> None:
        self._timer = self._loop.later(seconds, lambda: self._fail(reason))

    def _fail(self, reason: str) -> None:
        """The process is of no use any more. It is the fault of the job that ran; the others count as superseded."""
        was_ready = self._ready
        self._end()
        if was_ready:  # the next job finds a new process warm
            with contextlib.suppress(OSError):
                self.start()
        failed, self._asked = [*self._asked.values()], {}
        for place, asked in enumerate(failed):
            asked.on_answer(Answer(asked.number, None, "" if place else reason))

    def _end(self) -> None:
        process, self._process = self._process, None
        self._ready = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if process is not None:
            process.end()
