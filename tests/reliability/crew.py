"""The workers of a run: started, killed, told to go on, and started again by their supervisor."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.reliability import worker
from tests.reliability.clock import real
from tests.reliability.journal import Line, cut, inner, read
from tests.reliability.worker import Orders

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.reliability.preloaded"])


@dataclass(frozen=True)
class End:
    """Of a worker.  at: real monotonic seconds, when it was over.  steps: what it cut off."""

    at: float
    worker: str
    steps: tuple[str, ...]


@dataclass
class _Post:
    """One place among the replicas, and who works there."""

    orders: Orders
    process: ForkServerProcess
    seen: int = 0


@dataclass
class Crew:
    """The workers.  ended: those that ended by themselves.  halt: where the very first one stops itself."""

    orders: Orders
    replicas: int
    kills: list[End] = field(default_factory=list)
    ended: list[End] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    _posts: list[_Post] = field(default_factory=list)

    def start(self) -> None:
        """All of them."""
        for slot in range(self.replicas):
            halt = self.orders.halt if slot == 0 else ""
            self._posts.append(self._started(slot, halt))

    def _started(self, slot: int, halt: str = "") -> _Post:
        name = f"worker{slot}.{len(self.names)}"
        self.names.append(name)
        orders = replace(self.orders, name=name, halt=halt)
        process = CONTEXT.Process(target=worker.run, args=(orders,), name=name, daemon=True)
        process.start()
        return _Post(orders, process)

    def kill(self, slot: int) -> None:
        """End one by SIGKILL and start another in its place."""
        self._posts[slot].process.kill()
        self._posts[slot].process.join()
        self.kills.append(self._replaced(slot))

    def _replaced(self, slot: int) -> End:
        post, at = self._posts[slot], real()
        self._posts[slot] = self._started(slot)
        return End(at, post.orders.name, tuple(inner(read(post.orders.journal))))

    def at_work(self) -> list[int]:
        """The places where somebody is in the middle of something."""
        return [slot for slot, post in enumerate(self._posts) if cut(read(post.orders.journal))]

    def mend(self) -> None:
        """Start another in the place of each that has ended by itself."""
        for slot, post in enumerate(self._posts):
            if not post.process.is_alive():
                self.ended.append(self._replaced(slot))

    def signal(self, slot: int, number: signal.Signals) -> None:
        """Tell one something, e.g. to go on."""
        os.kill(self._posts[slot].process.pid or 0, number)

    def halted(self, slot: int) -> bool:
        """Whether one has stopped itself."""
        return any(line.step == "stopped" for line in read(self._posts[slot].orders.journal))

    def stirred(self) -> bool:
        """Whether anybody has begun anything since this was asked last."""
        sizes = [_size(post.orders.journal) for post in self._posts]
        moved = any(size > post.seen for size, post in zip(sizes, self._posts, strict=True))
        for size, post in zip(sizes, self._posts, strict=True):
            post.seen = size
        return moved

    def ran(self, since: float) -> bool:
        """Whether a daily run has come to its end since a moment."""
        return any(
            line.mark == "-" and line.step == "run" and line.at > since
            for post in self._posts
            for line in read(post.orders.journal)
        )

    def journals(self) -> dict[str, Sequence[Line]]:
        """What everybody did, by name."""
        return {name: read(self.orders.folder / f"{name}.journal") for name in self.names}

    def logged(self, words: str) -> int:
        """How many lines of the logs have these words."""
        logs = (self.orders.folder / f"{name}.log" for name in self.names)
        return sum(log.read_text(encoding="utf-8").count(words) for log in logs if log.exists())

    def dismiss(self) -> None:
        """End all of them for good."""
        for post in self._posts:
            post.process.kill()
            post.process.join()
        self._posts.clear()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
