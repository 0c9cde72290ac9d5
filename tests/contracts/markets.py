"""Every part that answers for prices and fund facts, opened on the same morning: Tuesday, 20 January 2026."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import pytest

from bot.clock import FixedClock
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.market.yahoo import YahooMarket
from bot.market.yahoo_client import HttpLimits
from bot.ports import Funds, Prices
from tests.fakes.yahoo import FakeYahoo, redirected

SLOW = pytest.mark.slow  # the import of yfinance, and its milliseconds for every question
MARKETS = (
    "sample",
    "cached sample",
    pytest.param("yahoo", marks=SLOW),
    pytest.param("cached yahoo", marks=SLOW),
)
FRIDAY = date(2026, 1, 16)
"""The newest settled session: Monday is a holiday and Tuesday's bell has not rung."""

CALENDAR = ExchangeCalendar()


class Market(Prices, Funds, Protocol):
    """Both ports in one."""


@contextmanager
def opened(kind: str, home: Path) -> Iterator[Market]:
    """One of MARKETS, ready to be asked about ISCB, SPSM and ^IRX."""
    clock = FixedClock(datetime(2026, 1, 20, 13, 0, tzinfo=UTC))
    with _yahoo(clock, home) if "yahoo" in kind else nullcontext(SampleMarket(CALENDAR, clock)) as market:
        yield CachedMarket(market, CALENDAR, clock, home) if "cached" in kind else market


@contextmanager
def _yahoo(clock: FixedClock, home: Path) -> Iterator[YahooMarket]:
    with FakeYahoo() as yahoo, redirected(yahoo):
        market = YahooMarket(CALENDAR, clock, home, HttpLimits(backoff=()))
        yield market
        market.close()
