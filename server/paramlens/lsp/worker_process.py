"""One worker process, and the threads that carry what goes in and out: both may be long, and it may be busy."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from queue import SimpleQueue
from typing import Any, BinaryIO, TypeAlias, cast

from paramlens.wire import Receiver
from paramlens.worker import Answer, Ask, Draw, Overlay, pack, read_message

Deliver: TypeAlias = "Callable[[WorkerProcess, Any], None]"


class WorkerProcess:
    """One process and the threads at its pipes. `deliver` is called by a thread: with each message, at the end None."""

    def __init__(self, process: subprocess.Popen[bytes], deliver: Deliver) -> None:
        self._process = process
        self._deliver = deliver
        self._outgoing: SimpleQueue[tuple[Sequence[Overlay], Ask | Draw] | None] = SimpleQueue()
        self._unanswered: SimpleQueue[tuple[Sequence[Overlay], Ask]] = SimpleQueue()  # in the order they were sent
        for target in (self._read, self._write):
            threading.Thread(target=target, name="worker", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, overlays: Sequence[Overlay], ask: Ask) -> None:
        self._unanswered.put((overlays, ask))
        self._outgoing.put((overlays, ask))

    def draw(self, draw: Draw) -> None:
        self._outgoing.put(((), draw))

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
                stream.write(pack((*overlays, ask)))  # a text that stands in two of them goes once
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
