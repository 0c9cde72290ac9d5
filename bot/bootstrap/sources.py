"""Where prices, fund facts and pictures come from; never another source than the one that was set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from bot.config import DataSource, Settings
from bot.errors import UserError
from bot.market import reference
from bot.ports import Calendar, ChartRenderer, Clock
from bot.use_cases.gather import MarketData

CACHE = "cache"


async def calendar(settings: Settings, clock: Clock) -> Calendar:
    """Return the exchange's calendar; its first use takes half a second, which no acknowledgement should
    wait for.

    Raises UserError where exchange_calendars has none of that name, or knows too little of it.
    """
    from bot.market.calendar import ExchangeCalendar, NoCalendar

    exchange = ExchangeCalendar(settings.calendar)
    try:
        await asyncio.to_thread(exchange.last_complete, clock.now())
    except NoCalendar as fault:
        raise UserError(f"WATCHPOINT_CALENDAR: {fault}") from None
    return exchange


@asynccontextmanager
async def open_market(settings: Settings, clock: Clock) -> AsyncIterator[MarketData]:
    """Open the source that is set, behind the cache, until the block ends."""
    exchange = await calendar(settings, clock)
    if settings.data is DataSource.SAMPLE:
        from bot.market.sample import SampleMarket
        from bot.market.sample_funds import SYMBOLS

        sample = SampleMarket(exchange, clock)
        peers = partial(reference.peers, known=SYMBOLS)
        yield MarketData(
            sample,
            sample,
            exchange,
            clock,
            peers,
            regimes=reference.REGIMES,
            rebalances=reference.rebalances,
        )
        return
    from bot.market.cache import CachedMarket
    from bot.market.yahoo import YahooMarket

    yahoo = YahooMarket(exchange, clock, settings.home)
    try:
        cached = CachedMarket(yahoo, exchange, clock, settings.home / CACHE)
        yield MarketData(
            cached,
            cached,
            exchange,
            clock,
            reference.peers,
            regimes=reference.REGIMES,
            rebalances=reference.rebalances,
        )
    finally:
        yahoo.close()


def renderer(settings: Settings) -> ChartRenderer:
    """Make the renderer of the command line, which draws in this process."""
    from bot.drawing import InlineChartRenderer

    return InlineChartRenderer(settings.home / CACHE)


@asynccontextmanager
async def open_renderer(settings: Settings, workers: int) -> AsyncIterator[ChartRenderer]:
    """Open a renderer that draws in processes of its own, until the block ends.

    workers: how many, about 90 MB each.

    0: in this one, which does nothing else meanwhile.
    """
    from bot.drawing import PoolChartRenderer

    if not workers:
        yield renderer(settings)
        return
    pool = PoolChartRenderer(settings.home / CACHE, workers)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.aclose()


def similar_symbols(symbol: str) -> Sequence[str]:
    """Return the known symbols most like one that is not known; none for one that is."""
    return reference.similar_symbols(symbol)
