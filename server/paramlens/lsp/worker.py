"""The worker process as the server sees it: ask, wait, and start another one when it crashed or took too long."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import replace

from paramlens.jobs import Job
from paramlens.wire import Receiver
from paramlens.worker import HEADER, Answer, Ask, Ready, command, environment, pack, texts_to_send

TIME_LIMIT = 15.0
"""Seconds for one analysis. The evaluator ends by itself before; this is for what hangs."""

START_LIMIT = 60.0
"""Seconds until a new worker is ready."""

BUFFER = 2**31
"""Bytes that are read ahead. asyncio reads no further when twice that waits, and then never sees the process end."""


class Worker:
    """One persistent worker process; one job at a time."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self.time_limit = time_limit
        self._process: Process | None = None
        self._spawning: asyncio.Task[Process] | None = None
        self._closed = False
        self._known: dict[str, str] = {}  # the texts of open files that the worker has
        self._number = 0
        self._receiver = Receiver()
        self._starting = asyncio.Lock()

    async def start(self) -> Process:
        """The running worker, a new one if need be. Raises OSError or WorkerGone."""
        async with self._starting:
            return await self._running()

    async def _running(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        if self._closed:
            raise WorkerGone("the server ends")
        self._known = {}
        self._receiver = Receiver()
        # A spawn that is cancelled half-way never ends in asyncio: who gives up waiting leaves it to `stop`.
        self._spawning = asyncio.ensure_future(self._spawn())
        process = await asyncio.shield(self._spawning)
        ready = await self._receive(process, START_LIMIT)
        if not isinstance(ready, Ready):
            raise WorkerGone("the worker did not start")
        return process

    async def _spawn(self) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            *command(), stdin=PIPE, stdout=PIPE, env=dict(environment()), limit=BUFFER
        )
        return self._process

    async def analyse(self, job: Job, texts: Mapping[str, str]) -> Answer:
        """The answer for a job; `texts` are those of all open files. What goes wrong is in the answer."""
        self._number += 1
        try:
            process = await self.start()
            for overlay in texts_to_send(self._known, texts):
                self._send(process, overlay)
            self._known = dict(texts)
            self._send(process, Ask(self._number, job, live=True))
            while True:
                message = await self._receive(process, self.time_limit)
                if not isinstance(message, Answer):
                    raise WorkerGone("the worker gave no answer")
                if message.packed is not None:
                    analysis = self._receiver.unpack(message.packed, job.text)
                    message = replace(message, analysis=analysis, packed=None)
                if message.final:
                    break
        except (WorkerGone, OSError) as error:
            await self.stop()
            return Answer(self._number, None, str(error), fatal=True)
        if message.fatal:
            await self.stop()
        return message

    async def close(self) -> None:
        """End the process, wait for its end and start no other."""
        self._closed = True
        await self.stop()

    async def stop(self) -> None:
        """End the process, even one that is being started, and wait for its end."""
        if self._spawning is not None:
            await asyncio.wait([self._spawning])
        process, self._process = self._process, None
        if process is not None:
            end(process)
            await process.wait()

    def kill(self) -> None:
        """End the process at once, without waiting."""
        if self._process is not None:
            end(self._process)

    @staticmethod
    def _send(process: Process, message: object) -> None:
        if process.stdin is None or process.stdin.is_closing():
            raise WorkerGone("the analysis crashed")
        process.stdin.write(pack(message))

    @staticmethod
    async def _receive(process: Process, limit: float) -> object:
        reader = process.stdout
        if reader is None:
            raise WorkerGone("the worker has no output")

        async def message() -> object:
            (length,) = HEADER.unpack(await reader.readexactly(HEADER.size))
            return pickle.loads(await reader.readexactly(length))

        try:
            return await asyncio.wait_for(message(), limit)
        except asyncio.TimeoutError:  # not yet the built-in TimeoutError in Python 3.10
            raise WorkerGone(f"the analysis took longer than {limit:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerGone("the analysis crashed") from None


class WorkerGone(Exception):
    """The worker crashed, hung or did not start; the message says which."""


def end(process: Process) -> None:
    """Kill a process that may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
