"""What arrives before the server is there to take it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """Items from any thread, in order: to be fetched one by one, later on sent on."""

    def __init__(self) -> None:
        self._items: SimpleQueue[Item] = SimpleQueue()
        self._forward: Callable[[Item], object] | None = None
        self._lock = threading.Lock()

    def put(self, item: Item) -> None:
        with self._lock:
            if self._forward is None:
                self._items.put(item)
            else:
                self._forward(item)

    def get(self, seconds: float | None) -> Item:
        """The next item. Raises queue.Empty when there is none in time; None waits for ever."""
        return self._items.get(timeout=None if seconds is None else max(seconds, 0))

    def forward(self, to: Callable[[Item], object]) -> None:
        """Send on what is there and all that comes."""
        with self._lock:
            while not self._items.empty():
                to(self._items.get())
            self._forward = to
