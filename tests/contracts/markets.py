"""Every part that answers for prices and fund facts, opened on the same morning: Tuesday, 20 January 2026."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import pytest

from bot.clock import FixedClock
from bot.market.alpaca import AlpacaMarket
from bot.market.cache import CacheableSource, CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.market.chain import SourceChain
from bot.market.files import FilesMarket
from bot.market.price_tables import write_table
from bot.market.sample import SampleMarket
from bot.market.series import series_of_panel
from bot.market.tiingo import TiingoMarket
from bot.market.yahoo import YahooMarket
from bot.market.yahoo_client import HttpLimits
from bot.ports import Clock, Funds, Prices
from tests.fakes.keyed import KEY, SECRET, FakeAlpaca, FakeTiingo
from tests.fakes.yahoo import FakeYahoo, redirected

SLOW = pytest.mark.slow  # the import of yfinance, and its milliseconds for every question
MARKETS = (
    "sample",
    "cached sample",
    pytest.param("yahoo", marks=SLOW),
    pytest.param("cached yahoo", marks=SLOW),
    "files of sample",
    "chain of sample",
    "tiingo",
    "cached tiingo",
    "alpaca",
    "cached alpaca",
)
KEYED = ("tiingo", "alpaca")
"""Those that have no indices, and tell prices alone."""
TELLING = tuple(
    kind for kind in MARKETS if kind != "files of sample" and str(kind).removeprefix("cached ") not in KEYED
)
"""Those that tell fund facts."""
FRIDAY = date(2026, 1, 16)
"""The newest settled session: Monday is a holiday and Tuesday's bell has not rung."""

CALENDAR = ExchangeCalendar()


class Market(Prices, Funds, Protocol):
    """Both ports in one."""


@contextmanager
def opened(kind: str, home: Path) -> Iterator[Market]:
    """One of MARKETS, ready to be asked about ISCB, SPSM and ^IRX."""
    clock = FixedClock(datetime(2026, 1, 20, 13, 0, tzinfo=UTC))
    if "of sample" in kind:
        files = FilesMarket(CALENDAR, clock, written(home / "prices", clock))
        sample = SampleMarket(CALENDAR, clock)
        yield SourceChain([files, sample], [sample], clock) if "chain" in kind else files
        return
    with _opened_source(kind.removeprefix("cached "), clock, home) as market:
        yield CachedMarket(market, CALENDAR, clock, home) if "cached" in kind else market


def written(folder: Path, clock: Clock) -> Path:
    """A folder with the sample's prices, as `watchpoint prices export` writes them."""
    folder.mkdir()
    sample = SampleMarket(CALENDAR, clock)
    for symbol in ("ISCB", "SPSM", "^IRX"):
        panel = asyncio.run(sample.history([symbol], FRIDAY)).panel
        content = write_table(series_of_panel(panel, symbol), panel.source)
        (folder / f"{symbol}.csv").write_bytes(content)
    return folder


@contextmanager
def _opened_source(kind: str, clock: FixedClock, home: Path) -> Iterator[CacheableSource]:
    if kind == "yahoo":
        with _yahoo(clock, home) as yahoo:
            yield yahoo
    elif kind == "tiingo":
        with FakeTiingo() as server:
            yield TiingoMarket(CALENDAR, clock, KEY, 10_000, server.url)
    elif kind == "alpaca":
        with FakeAlpaca(page=700) as alpaca:
            yield AlpacaMarket(CALENDAR, clock, KEY, SECRET, 10_000, alpaca.url)
    else:
        yield SampleMarket(CALENDAR, clock)


@contextmanager
def _yahoo(clock: FixedClock, home: Path) -> Iterator[YahooMarket]:
    with FakeYahoo() as yahoo, redirected(yahoo):
        market = YahooMarket(CALENDAR, clock, home, HttpLimits(backoff=()))
        yield market
        market.close()
