"""The server's one thread of control: asyncio's event loop, with what the server needs of it.

Whatever may take long waits in other threads or processes, which `post` what they found. `longest` tells how long the
loop was held up at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import selectors
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeAlias

logger = logging.getLogger("paramlens.lsp")

Call: TypeAlias = "Callable[[], object]"
Timer: TypeAlias = asyncio.TimerHandle
"""A call at a later time, which can be taken back."""

_QUIET_PASSES = 2
"""How often the loop goes round without a call until it is idle: a coroutine that goes on takes two for its end."""


class Loop:
    """`post` may be called from any thread, everything else from calls of the loop alone or before `run`."""

    def __init__(self) -> None:
        self._clock = _Clock()
        self._loop = asyncio.SelectorEventLoop(self._clock)
        self._lock = threading.Lock()
        self._posted = 0
        self._idle: deque[Call] = deque()
        self._quiet = 0
        self._watching = False
        self._status: int | None = None

    def post(self, call: Call) -> None:
        """Call it after what was posted before."""
        with self._lock:
            self._posted += 1
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._arrived, call)

    def when_idle(self, call: Call) -> None:
        """Call it once nothing else waits."""
        self._idle.append(call)
        self._watch()

    def later(self, seconds: float, call: Call) -> Timer:
        return self._loop.call_later(seconds, self._make, call)

    def stop(self, status: int) -> None:
        """Leave `run` with this status, the first one, once nothing else waits: there may be answers under way."""
        if self._status is None:
            self._status = status
            self.when_idle(self._loop.stop)

    def run(self) -> int:
        """Make the calls until `stop`."""
        self._clock.start()
        self._loop.run_forever()
        status, self._status = self._status, None
        return 1 if status is None else status

    def close(self) -> None:
        """End what still waits."""
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()
        self._loop.close()

    @property
    def longest(self) -> float:
        """Seconds that the loop did not look for messages and timers, at most."""
        return self._clock.longest

    @longest.setter
    def longest(self, seconds: float) -> None:
        self._clock.longest = seconds

    def _arrived(self, call: Call) -> None:
        with self._lock:
            self._posted -= 1
        self._make(call)

    def _make(self, call: Call) -> None:
        self._quiet = 0
        try:
            call()
        except Exception:
            logger.exception("internal error")

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            self._quiet = 0
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        """Make one idle call after some passes in which nothing was called."""
        self._watching = False
        if not self._idle:
            return
        self._watching = True
        self._quiet += 1
        if self._quiet >= _QUIET_PASSES and not self._posted:
            self._make(self._idle.popleft())
        self._loop.call_soon(self._look)


class _Clock(selectors.DefaultSelector):  # type: ignore[valid-type,misc,unused-ignore]
    """Measures the time between two looks for messages."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._since = 0.0

    def start(self) -> None:
        self._since = monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.longest = max(self.longest, monotonic() - self._since)
        found: Any = super().select(timeout)
        self._since = monotonic()
        return found  # type: ignore[no-any-return]
