"""Where prices, fund facts and pictures come from; never another source than those that were set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.config import DataSource, Settings, SourceChoice, environment_name
from bot.errors import UserError
from bot.market import reference
from bot.market.series import ExaminedMixes, MixedMarket
from bot.ports import (
    Calendar,
    ChartRenderer,
    Clock,
    Examining,
    Funds,
    Prices,
    Quotes,
    WholeLists,
)
from bot.use_cases.gather import MarketData, Peers, today

if TYPE_CHECKING:
    from bot.market.cache import CacheableSource

CACHE = "cache"
TELLING = frozenset({DataSource.YAHOO, DataSource.FILES})
"""Sources that tell fund facts as well."""


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
    """Open the sources that are set, each behind its cache, until the block ends."""
    exchange = await calendar(settings, clock)
    if [each.kind for each in settings.data] == [DataSource.SAMPLE]:
        from bot.market.sample import SampleMarket
        from bot.market.sample_funds import SYMBOLS
        from bot.market.sample_holdings import SampleLists

        sample = SampleMarket(exchange, clock)
        found = _market_data([sample], [sample], exchange, clock, partial(reference.peers, known=SYMBOLS))
        yield replace(found, lists=SampleLists(sample))
        return
    async with AsyncExitStack() as stack:
        live: list[Quotes] = []
        opened = [_open_source(choice, settings, exchange, clock, stack, live) for choice in settings.data]
        telling = [each for each, choice in zip(opened, settings.data, strict=True) if choice.kind in TELLING]
        found = _market_data(opened, telling or opened[:1], exchange, clock, reference.peers)
        yield replace(found, lists=_open_lists(settings, clock), quotes=next(iter(live), None))


def _open_lists(settings: Settings, clock: Clock) -> WholeLists | None:
    folders = [settings.holdings.expanduser()] if settings.holdings else []
    if settings.holdings_fetch:
        from bot.market.holdings.fetch import FetchedLists

        if "@" not in settings.contact:
            raise UserError(
                "WATCHPOINT_CONTACT is not set to an e-mail address: WATCHPOINT_HOLDINGS_FETCH needs one."
            )
        home = settings.home / CACHE / "holdings"
        return FetchedLists(settings.holdings_fetch, settings.contact, home, folders, clock)
    if not folders:
        return None
    from bot.market.holdings.folder import HoldingsFolder

    return HoldingsFolder(folders, clock)


def _open_source(
    choice: SourceChoice,
    settings: Settings,
    exchange: Calendar,
    clock: Clock,
    stack: AsyncExitStack,
    live: list[Quotes],
) -> CacheableSource:
    """Open one source, until the stack is unwound.  live: gains it where it tells bid and ask."""
    from bot.market.cache import CachedMarket

    if choice.kind is DataSource.FILES:
        from bot.market.files import FilesMarket

        assert choice.folder, "read with one"
        return FilesMarket(exchange, clock, choice.folder)
    if choice.kind is DataSource.TIINGO:
        return _open_tiingo(settings, exchange, clock)
    if choice.kind is DataSource.ALPACA:
        return _open_alpaca(settings, exchange, clock)
    from bot.market.yahoo import YahooMarket

    yahoo = YahooMarket(exchange, clock, settings.home)
    stack.callback(yahoo.close)
    live.append(yahoo)
    return CachedMarket(yahoo, exchange, clock, settings.home / CACHE)


def _open_tiingo(settings: Settings, exchange: Calendar, clock: Clock) -> CacheableSource:
    from bot.market.cache import CachedMarket
    from bot.market.tiingo import CORRECTED, TiingoMarket

    token = _key(settings, "tiingo_token")
    tiingo = TiingoMarket(exchange, clock, token, settings.tiingo_hourly, str(settings.tiingo_url))
    return CachedMarket(tiingo, exchange, clock, settings.home / CACHE, CORRECTED)


def _open_alpaca(settings: Settings, exchange: Calendar, clock: Clock) -> CacheableSource:
    from bot.market.alpaca import AlpacaMarket
    from bot.market.cache import CachedMarket

    key, secret = _key(settings, "alpaca_key"), _key(settings, "alpaca_secret")
    url = str(settings.alpaca_url)
    alpaca = AlpacaMarket(exchange, clock, key, secret, settings.alpaca_minutely, url)
    return CachedMarket(alpaca, exchange, clock, settings.home / CACHE)


def _key(settings: Settings, field: str) -> str:
    """Read a key; UserError where it is not set, or could not stand in a header."""
    given, name = getattr(settings, field), environment_name(field)
    text: str = given.get_secret_value().strip() if given else ""
    if not text:
        raise UserError(f"{name} is not set; README.md says how to get a key.")
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise UserError(f"{name} is no key: it holds blanks or letters that no key has.")
    return text


def _market_data(
    sources: Sequence[CacheableSource],
    funds: Sequence[Funds],
    exchange: Calendar,
    clock: Clock,
    peers: Peers,
) -> MarketData:
    """Put sources together; funds: those that tell fund facts."""
    prices: Prices = sources[0]
    facts = funds[0]
    if len(sources) > 1:
        from bot.market.chain import SourceChain

        prices = facts = SourceChain(sources, funds, clock)
    mixed = MixedMarket(prices, facts)
    return MarketData(
        mixed,
        mixed,
        exchange,
        clock,
        peers,
        regimes=reference.REGIMES,
        rebalances=reference.rebalances,
        sources={each.source: _mixed(each) for each in sources},
    )


def _mixed(source: CacheableSource) -> MixedMarket:
    if isinstance(source, Examining):
        return ExaminedMixes(source, source, source)
    return MixedMarket(source, source)


async def price_files(settings: Settings, symbols: Sequence[str]) -> tuple[dict[str, bytes], str]:
    """Write the prices of symbols, as far as they are known now, as files by name; and say whose they are.

    Raises as `Prices.history` does.
    """
    from urllib.parse import quote

    from bot.clock import SystemClock
    from bot.market.price_tables import write_table
    from bot.market.series import series_of_panel

    clock = SystemClock()
    async with open_market(settings, clock) as market_data:
        history = await market_data.prices.history(list(dict.fromkeys(symbols)), today(market_data))
    panel = history.panel
    return {
        f"{quote(symbol, safe='^=')}.csv": write_table(series_of_panel(panel, symbol), panel.source)
        for symbol in panel.symbols
    }, panel.source


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
