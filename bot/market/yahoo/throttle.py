"""Asking Yahoo about many symbols: in threads, so many at a time, again after a failure, never for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.errors import Unavailable
from bot.market.yahoo.client import COOL_DOWN, SOURCE, NoSuchSymbol
from bot.market.yahoo.session import HttpLimits

T = TypeVar("T")
Failure = NoSuchSymbol | Unavailable
Work = Callable[[str, float], T]
"""A blocking call: the symbol, and the time on the monotonic clock by which it must have ended."""


class Throttle:
    """Threads for questions to Yahoo; one symbol is one question."""

    def __init__(self, monotonic: Callable[[], float], limits: HttpLimits) -> None:
        self._monotonic, self._limits = monotonic, limits
        self._threads = ThreadPoolExecutor(limits.parallel, thread_name_prefix="yahoo")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._silent_since = float("-inf")

    async def all(self, work: Work[T], symbols: Sequence[str]) -> Mapping[str, T | Failure]:
        """Every symbol's answer or failure.

        A question's time begins with its turn, so that many symbols are not too many.  Where one ends without
        any answer, those that still wait for a turn are told so too: a hang lasts as long for 500 as for 1.
        """
        distinct = list(dict.fromkeys(symbols))
        answers = await asyncio.gather(*(self._in_turn(work, symbol) for symbol in distinct))
        return dict(zip(distinct, answers, strict=True))

    def close(self) -> None:
        """Wait for the threads; what has not begun never does."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _in_turn(self, work: Work[T], symbol: str) -> T | Failure:
        loop = asyncio.get_running_loop()
        since = loop.time()
        async with self._turn(loop):
            if self._silent_since < since:
                try:
                    async with asyncio.timeout(self._limits.total):
                        return await self._try(work, symbol)
                except TimeoutError:
                    self._silent_since = loop.time()
                except (NoSuchSymbol, Unavailable) as failure:
                    return failure
        return Unavailable(SOURCE, f"no answer within {self._limits.total:g} s", symbol=symbol)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
        if self._loop is not loop:  # a semaphore belongs to one event loop
            self._loop, self._turns = loop, asyncio.Semaphore(self._limits.parallel)
        return self._turns

    async def _try(self, work: Work[T], symbol: str) -> T:
        deadline = self._monotonic() + self._limits.total
        for pause in self._limits.backoff:
            try:
                return await self._in_thread(work, symbol, deadline)
            except Unavailable as fault:
                if fault.retry_after not in (None, COOL_DOWN):
                    raise  # it said itself for how long
                await asyncio.sleep(pause)
        return await self._in_thread(work, symbol, deadline)

    async def _in_thread(self, work: Work[T], symbol: str, deadline: float) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, symbol, deadline)
