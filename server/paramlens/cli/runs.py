"""Analyses of files: one in this process, several in workers, so that a file that crashes takes nothing else down."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias, cast

from paramlens.cli.files import settings_of
from paramlens.facts import Analysis
from paramlens.jobs import Job
from paramlens.notebooks import Notebook, read_notebook
from paramlens.settings import Settings
from paramlens.sources import Unreadable, load_bytes, load_source
from paramlens.worker import Answer, Ask, answer, command, environment, pack, read_message

TIME_LIMIT = 60.0
"""Seconds for one file in a worker. The evaluator's own limits end it much earlier; this is for what they miss."""

MOST_WORKERS = 4

_Asker: TypeAlias = Callable[[Job], Answer]


@dataclass(frozen=True, slots=True)
class Result:
    """One file: its analysis, or why there is none in one line."""

    path: str  # as the person named it
    settings: Settings
    analysis: Analysis | None
    notebook: Notebook | None = None
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Task:
    path: str
    job: Job
    notebook: Notebook | None


def analyse(paths: Sequence[str], calls: tuple[str, ...], python: str | None) -> Iterator[Result]:
    """The results in the order of the paths."""
    if len(paths) <= 1:
        yield from (_finish(path, calls, python, lambda job: answer(0, job, {})) for path in paths)
        return
    count = min(len(paths), os.cpu_count() or 1, MOST_WORKERS)
    workers = _Workers()
    with ThreadPoolExecutor(count) as threads:
        try:
            yield from threads.map(lambda path: _finish(path, calls, python, workers.ask), paths)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            workers.stop()


def _finish(path: str, calls: tuple[str, ...], python: str | None, ask: _Asker) -> Result:
    start = time.perf_counter()
    settings = settings_of(os.path.dirname(os.path.abspath(path))).settings
    try:
        task = _task(path, settings, calls, python)
    except Unreadable as error:
        return Result(path, settings, None, error=str(error))
    found = ask(task.job)
    failure = f"{path}: not analysed: {found.failure}" if found.analysis is None else ""
    return Result(path, settings, found.analysis, task.notebook, failure, time.perf_counter() - start)


def _task(path: str, settings: Settings, calls: tuple[str, ...], python: str | None) -> _Task:
    if path.endswith(".ipynb"):
        notebook = read_notebook(load_bytes(path), path)
        return _Task(path, Job(os.path.abspath(path), notebook.text, calls, settings, python), notebook)
    return _Task(path, Job(os.path.abspath(path), load_source(path), calls, settings, python), None)


class _Workers:
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
            worker.stdin.write(pack(Ask(0, job)))
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
                worker = subprocess.Popen(
                    command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment())
                )
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
