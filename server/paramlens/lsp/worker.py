"""The worker as the server sees it: asked at any time, ended and started anew when it crashed or took too long."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paramlens.facts import GraphFact
from paramlens.isolation import start_worker
from paramlens.jobs import Job
from paramlens.lsp.first_hints import BEGUN
from paramlens.lsp.loop import Loop, Timer
from paramlens.lsp.worker_process import WorkerProcess
from paramlens.worker import Answer, Ask, Draw, Drawn, Ready, texts_to_send

TIME_LIMIT = 15.0
"""Seconds for one analysis. The evaluator ends by itself before; this is for what hangs."""

START_LIMIT = 60.0
"""Seconds until a new worker is ready."""

SUPERSEDED_LIMIT = 2.0
"""Seconds that a job may hold up the next one that was sent meanwhile. A new worker takes less."""


CRASHED = "the analysis crashed"
NOT_STARTED = "the worker did not start"


@dataclass(eq=False)
class Asked:
    """A job at the worker. `on_answer` is called for each answer, in the loop; the last one is final."""

    number: int
    on_answer: Callable[[Answer], None]


@dataclass(frozen=True)
class Begun:
    """What was done with a worker process before it was adopted.

    is_ready  it said that it is ready
    texts     those of open files that it was sent
    job       the one it was asked, if any
    answer    its final answer, if it is there
    """

    is_ready: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    job: Job | None = None
    answer: Answer | None = None


class Worker:
    """A worker process, started when it is needed and again after it ended.

    One job runs at a time; a further one that is asked for meanwhile supersedes it.
    """

    def __init__(self, loop: Loop, time_limit: float = TIME_LIMIT) -> None:
        self.time_limit = time_limit
        self._loop = loop
        self._process: WorkerProcess | None = None
        self._ready = False
        self._closed = False
        self._known: dict[str, str] = {}  # the texts of open files that the process has
        self._number = 0
        self._asked: dict[int, Asked] = {}  # in the order they were sent
        self._drawing: dict[int, Callable[[Mapping[str, GraphFact] | None], None]] = {}
        self._timer: Timer | None = None
        self._begun: Begun | None = None

    def adopt(self, process: WorkerProcess, begun: Begun) -> None:
        """Go on with a process that was started before; its messages are brought to `got`."""
        self._process = process
        self._ready = begun.is_ready
        self._known = dict(begun.texts)
        if begun.job is not None:
            self._number = BEGUN
            self._begun = begun

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
            self._known = {}
            self._ready = False
            post = self._loop.post
            self._process = WorkerProcess(
                start_worker(), lambda process, message: post(lambda: self.got(process, message))
            )

    def ask(self, job: Job, texts: Mapping[str, str], on_answer: Callable[[Answer], None]) -> None:
        """Send a job; `texts` are those of all open files. What goes wrong is an answer."""
        if self._goes_on(job, texts, on_answer):
            return
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

    def draw(self, job: Job, on_drawn: Callable[[Mapping[str, GraphFact] | None], None]) -> None:
        """Ask for the graphs of a file whose analysis was asked for before; None when the process is not at it."""
        if self._process is None:
            on_drawn(None)
            return
        self._number += 1
        self._drawing[self._number] = on_drawn
        self._process.draw(Draw(self._number, job))

    def _goes_on(self, job: Job, texts: Mapping[str, str], on_answer: Callable[[Answer], None]) -> bool:
        """Whether that very job was begun before the process was adopted, and need not be asked again."""
        begun, self._begun = self._begun, None
        if begun is None or self._process is None:
            return False
        is_same = begun.job == job and begun.texts == texts
        if begun.answer is None:
            self._asked[BEGUN] = Asked(BEGUN, on_answer if is_same else lambda _: None)
            self._watch()
        elif is_same:
            answer = begun.answer
            self._asked[BEGUN] = Asked(BEGUN, on_answer)
            self._loop.post(lambda: self._answered(answer))
        return is_same

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

    def got(self, process: WorkerProcess, message: Any) -> None:
        """Take a message of a process; None says that it ended."""
        if process is not self._process:
            return  # an earlier one's
        if isinstance(message, Answer):
            self._answered(message)
        elif isinstance(message, Drawn):
            self._drawing.pop(message.number, _ignore)(message.graphs)
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
        self._begun = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if process is not None:
            process.end()
        waiting, self._drawing = [*self._drawing.values()], {}
        for on_drawn in waiting:
            on_drawn(None)


def _ignore(_graphs: object) -> None:
    """Nobody waits for it any more."""
