"""The worker process as the server holds it: whatever it is doing, stopping it ends it."""

from __future__ import annotations

import asyncio

import pytest
from paramlens.lsp.worker import Worker


@pytest.mark.parametrize("turns", range(8))
def test_a_worker_that_is_being_started_can_be_stopped(turns: int) -> None:
    async def session() -> None:
        worker = Worker()
        starting = asyncio.ensure_future(worker.start())
        for _ in range(turns):
            await asyncio.sleep(0)
        await worker.close()
        starting.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def within_a_minute() -> None:
        await asyncio.wait_for(session(), 60)

    asyncio.run(within_a_minute())


def test_an_answer_that_nobody_reads_does_not_keep_the_process() -> None:
    async def session() -> int | None:
        worker = Worker()
        process = await worker.start()
        assert process.stdin is not None
        from paramlens.jobs import Job
        from paramlens.worker import Ask, pack

        text = "import torch.nn as nn\n" + "nn.Linear(3, 4)\n" * 4000
        process.stdin.write(pack(Ask(1, Job("many.py", text))))
        await asyncio.sleep(0.2)
        while process.stdout is not None and len(process.stdout._buffer) < 300_000:  # type: ignore[attr-defined]
            await asyncio.sleep(0.05)  # the private look is the only way to know that much has arrived
        await worker.close()
        return process.returncode

    assert asyncio.run(asyncio.wait_for(session(), 60)) is not None
