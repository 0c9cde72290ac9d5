"""Word of every change, for live pages and for tests that wait; and ids that nothing else has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.playground.model import Change, ChangeKind


class Feed:
    """Passes changes on to everybody who listens, in the event loop's thread."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Change]] = set()

    @contextmanager
    def changes(self) -> Iterator[asyncio.Queue[Change]]:
        """A queue that gets every change from now on, until the block ends."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def tell(self, kind: ChangeKind, channel: str = "", ts: str = "", user: str = "") -> None:
        """Pass a change on; user: the only person whom it concerns."""
        for queue in self._listeners:
            queue.put_nowait(Change(kind, channel, ts, user))


class Ids:
    """Counts up for ever."""

    def __init__(self) -> None:
        self.last = 0

    def new(self, prefix: str) -> str:
        """An id that nothing else has, e.g. F00000012."""
        self.last += 1
        return f"{prefix}{self.last:08d}"
