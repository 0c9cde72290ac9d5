"""Draws charts away from the event loop and keeps them on disk by content: the `ChartRenderer` port."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import date
from itertools import count
from pathlib import Path

import numpy as np

from bot import files
from bot.errors import Unavailable
from bot.render import charts
from bot.render.chart_specs import ChartSpec, GrowthChart, content_key

log = logging.getLogger(__name__)


class ChartCache:
    """PNG files by content key: written whole or not at all, the oldest removed beyond about `keep` files."""

    def __init__(self, folder: Path, keep: int = 1000) -> None:
        self._folder, self._keep = folder, keep
        self._writes = 0

    def read(self, key: str) -> bytes | None:
        """Read the picture drawn before, None where there is none or the file is damaged."""
        path = self._path(key)
        try:
            return files.unseal(key, path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as fault:
            log.warning("%s cannot be read, the chart is drawn again: %s", path, fault)
            return None

    def write(self, key: str, png: bytes) -> None:
        """Keep a picture; where the disk does not take it, it will be drawn again."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            files.replace(self._path(key), files.seal(key, png))
        except OSError as fault:
            log.warning("a chart could not be kept in %s: %s", self._folder, fault)
        # Looking through the folder costs more than writing: once for every 50 pictures, and for the first.
        if self._writes % 50 == 0:
            self._trim()
        self._writes += 1

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.png"

    def _trim(self) -> None:
        # Another process may trim the same folder at the same time.
        with suppress(OSError):
            kept = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            for path in kept[: -self._keep]:
                path.unlink(missing_ok=True)


class CachingChartRenderer(ABC):
    """A chart renderer that draws each picture once: kept on disk, and shared by those who ask meanwhile.

    at_once: how many pictures are drawn at the same time; the others wait for their turn.
    """

    def __init__(self, home: Path, at_once: int = 2) -> None:
        self._cache, self._turns = ChartCache(home / "charts"), Turns(at_once)
        self._running: dict[tuple[str, str], asyncio.Task[bytes]] = {}
        self._drawing: dict[str, asyncio.Task[bytes]] = {}
        self._wanted: Counter[str] = Counter()

    async def draw(self, pictures: Sequence[ChartSpec], turn: str = "") -> Mapping[str, bytes]:
        """Draw PNG bytes by `ChartSpec.name`; turn: whose it is, else before everybody's.

        Raises Unavailable where the processes that draw keep ending.
        """
        drawn = await asyncio.gather(*(self._draw_shared(picture, turn) for picture in pictures))
        return {picture.name: png for picture, png in zip(pictures, drawn, strict=True)}

    async def aclose(self) -> None:
        """Wait for what is being drawn."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    @abstractmethod
    async def _paint(self, picture: ChartSpec) -> bytes: ...

    async def _draw_shared(self, picture: ChartSpec, turn: str) -> bytes:
        key = content_key(picture, charts.STYLE)
        mine = key, turn
        if mine not in self._running:
            self._running[mine] = asyncio.create_task(self._in_turn(key, picture, turn))
            self._running[mine].add_done_callback(lambda _: self._running.pop(mine))
        # One who stops waiting does not stop the drawing for the others.
        return await asyncio.shield(self._running[mine])

    async def _in_turn(self, key: str, picture: ChartSpec, turn: str) -> bytes:
        """Draw when it is its turn: whoever's comes first has it drawn for all who wait for it by then."""
        png = await asyncio.to_thread(self._cache.read, key)
        if png is not None:
            return png
        self._wanted[key] += 1
        try:
            async with self._turns.turn(turn):
                return await self._draw_once(key, picture)
        finally:
            self._wanted[key] -= 1
            if not self._wanted[key]:
                del self._wanted[key]
                self._drawing.pop(key, None)

    async def _draw_once(self, key: str, picture: ChartSpec) -> bytes:
        drawing = self._drawing.get(key)
        if drawing is None or (drawing.done() and drawing.exception()):
            drawing = self._drawing[key] = asyncio.create_task(self._paint_and_keep(key, picture))
        return await drawing

    async def _paint_and_keep(self, key: str, picture: ChartSpec) -> bytes:
        png = await self._paint(picture)
        await asyncio.to_thread(self._cache.write, key, png)
        return png


class InlineChartRenderer(CachingChartRenderer):
    """Draws in this process, here and now: nothing else runs meanwhile."""

    async def _paint(self, picture: ChartSpec) -> bytes:
        return charts.draw(picture)


class PoolChartRenderer(CachingChartRenderer):
    """Draws in `workers` processes; a process that ends is replaced and its picture drawn again, once."""

    def __init__(self, home: Path, workers: int = 2) -> None:
        super().__init__(home, workers)
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    async def start(self) -> None:
        """Start the processes and have them import what they need (about a second)."""
        loop = asyncio.get_running_loop()
        pool = self._open()
        with _ignore_interrupts():
            started = [loop.run_in_executor(pool, os.getpid) for _ in range(self._workers)]
        await asyncio.gather(*started)

    async def aclose(self) -> None:
        """Wait for what is being drawn, then end the processes."""
        await super().aclose()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown)

    async def _paint(self, picture: ChartSpec) -> bytes:
        try:
            return await self._in_pool(picture)
        except BrokenProcessPool:
            log.warning("a process that draws charts ended; drawing %s again", picture.name)
        try:
            return await self._in_pool(picture)
        except BrokenProcessPool as fault:
            raise Unavailable("Chart drawing", "its process ended twice") from fault

    async def _in_pool(self, picture: ChartSpec) -> bytes:
        pool = self._open()
        try:
            with _ignore_interrupts():
                drawing = asyncio.get_running_loop().run_in_executor(pool, charts.draw, picture)
            return await drawing
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            pool.shutdown(wait=False)
            raise

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Never fork: this process has threads.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_prepare_worker)
        return self._pool


@contextmanager
def _ignore_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from processes that start meanwhile, even before they can say so themselves."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_worker() -> None:
    # Ctrl-C reaches the whole group; the parent decides when the workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    charts.draw(WARM_UP)


def _end_with_parent() -> None:
    """Exit when the parent ends: a killed one would leave a worker that waits for work without end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


WARM_UP = GrowthChart(
    title="Warm up: letters and digits",
    subtitle="drawn once by each process, shown to nobody",
    footer="0123456789",
    alt="",
    symbols=("AAA", "BBB"),
    sessions=np.array(["2026-01-14", "2026-01-15", "2026-01-16"], dtype="datetime64[D]"),
    growth=np.array([[100.0, 99.0, 101.0], [100.0, 101.0, 102.0]]),
    drawdowns=np.array([[0.0, -0.01, 0.0], [0.0, 0.0, 0.0]]),
    worst=((date(2026, 1, 15), -0.01), None),
)


class Turns:
    """Places for so many at once.

    Next is who waits in nobody's turn, ""; then of those with the fewest inside, whoever was let in last the
    longest ago.  Each one's own come in their order.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._inside: Counter[str] = Counter()
        self._last: dict[str, int] = {}
        self._numbers = count()

    @asynccontextmanager
    async def turn(self, whose: str) -> AsyncIterator[None]:
        """Have a place until the block ends."""
        place = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(whose, deque()).append(place)
        self._let_in()
        try:
            await place
            yield
        finally:
            self._leave(whose, place)

    def _leave(self, whose: str, place: asyncio.Future[None]) -> None:
        if place.cancelled():  # before it was let in
            with suppress(ValueError):
                self._waiting[whose].remove(place)
        else:
            self._free += 1
            self._inside[whose] -= 1
            self._let_in()
        if not self._inside.total() and not any(self._waiting.values()):
            self._waiting.clear()
            self._inside.clear()
            self._last.clear()

    def _let_in(self) -> None:
        while self._free and (waiting := [whose for whose, places in self._waiting.items() if places]):
            whose = min(waiting, key=self._order)
            place = self._waiting[whose].popleft()
            if place.cancelled():
                continue
            self._free -= 1
            self._inside[whose] += 1
            self._last[whose] = next(self._numbers)
            place.set_result(None)

    def _order(self, whose: str) -> tuple[bool, int, int]:
        return whose != "", self._inside[whose], self._last.get(whose, -1)
