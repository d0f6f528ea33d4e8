"""Worker processes for the command line: one for each thread that asks."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from typing import BinaryIO, cast

from paramlens.isolation import start_worker
from paramlens.jobs import Job
from paramlens.worker import Answer, Ask, pack, read_message

TIME_LIMIT = 60.0
"""Seconds for one file in a worker. The evaluator's own limits end it much earlier; this is for what they miss."""


class Workers:
    """One worker process for each thread that asks, started again after it died."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._started: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._stopped = False

    def ask(self, job: Job) -> Answer:
        worker = self._worker()
        if worker is None or worker.stdin is None or worker.stdout is None:
            return Answer(0, None, "interrupted")
        timer = threading.Timer(TIME_LIMIT, worker.kill)
        timer.daemon = True
        timer.start()
        start = time.monotonic()
        try:
            worker.stdin.write(pack((Ask(0, job),)))
            worker.stdin.flush()
            found = _next_answer(cast(BinaryIO, worker.stdout))
        except (EOFError, OSError):
            worker.kill()
            status = worker.wait()
            late = time.monotonic() - start >= TIME_LIMIT
            return Answer(0, None, f"no answer in {TIME_LIMIT:.0f} s" if late else f"the analysis crashed ({status})")
        finally:
            timer.cancel()
        if found.fatal:
            worker.wait()
        return found

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
        for worker in self._started:
            worker.kill()
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                if pipe is not None:
                    _close(cast(BinaryIO, pipe))

    def _worker(self) -> subprocess.Popen[bytes] | None:
        worker: subprocess.Popen[bytes] | None = getattr(self._local, "worker", None)
        if worker is None or worker.poll() is not None:
            with self._lock:
                if self._stopped:
                    return None
                worker = start_worker()
                self._started.append(worker)
            self._local.worker = worker
        return worker


def _next_answer(pipe: BinaryIO) -> Answer:
    while not isinstance(message := read_message(pipe), Answer):
        pass
    return message


def _close(pipe: BinaryIO) -> None:
    with contextlib.suppress(OSError):  # what was not written yet has nobody to read it
        pipe.close()
