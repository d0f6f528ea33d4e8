"""The worker process as the server holds it: whatever it is doing, stopping it ends it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from paramlens.jobs import Job
from paramlens.lsp.loop import Loop
from paramlens.lsp.processes import process_is_alive
from paramlens.lsp.worker import Worker
from paramlens.worker import Answer

SECONDS = 60


def run(loop: Loop) -> None:
    """Run it until it is stopped; a test that waits in vain fails."""
    loop.later(SECONDS, lambda: loop.stop(99))
    assert loop.run() == 0


def ask(loop: Loop, worker: Worker, text: str, then: Callable[[Answer], object]) -> None:
    worker.ask(Job("x.py", text), {}, then)


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.1, 0.5])
def test_a_worker_that_is_being_started_can_be_stopped(delay: float) -> None:
    worker = Worker(Loop())
    worker.start()
    pid = worker.pid
    assert pid is not None
    time.sleep(delay)
    worker.close()
    assert not process_is_alive(pid)
    worker.start()
    assert worker.pid is None


def test_an_answer_that_nobody_reads_does_not_keep_the_process() -> None:
    loop = Loop()
    worker = Worker(loop)
    ask(loop, worker, "import torch.nn as nn\n" + "nn.Linear(3, 4)\n" * 4000, lambda answer: None)
    pid = worker.pid
    assert pid is not None
    loop.later(1, lambda: loop.stop(0))
    run(loop)
    worker.close()
    assert not process_is_alive(pid)


def test_threads_end_with_the_process() -> None:
    before = threading.active_count()
    for _ in range(3):
        worker = Worker(Loop())
        worker.start()
        worker.close()
    end = time.monotonic() + SECONDS
    while threading.active_count() > before:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_jobs_are_answered_each_by_its_number() -> None:
    loop = Loop()
    worker = Worker(loop)
    found: list[int] = []

    def take(answer: Answer) -> None:
        found.append(len(answer.analysis.sites) if answer.analysis is not None else -1)
        if len(found) == 2:
            loop.stop(0)

    ask(loop, worker, "from torch import nn\nnn.Linear(3, 4)\n", take)
    ask(loop, worker, "from torch import nn\nnn.Linear(3, 4)\nnn.Linear(3, 4)\n", take)
    run(loop)
    worker.close()
    assert found[1] == 2
    assert found[0] in (1, -1)  # superseded, if it had not begun
