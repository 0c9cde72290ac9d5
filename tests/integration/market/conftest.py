"""A fake Yahoo with the real yfinance turned to it, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.yahoo import YahooMarket
from bot.market.yahoo_client import HttpLimits
from tests.fakes.yahoo import FakeYahoo, redirected

FRIDAY = date(2026, 1, 16)
"""The newest complete session of the clock below: the Monday after it is a holiday."""

QUICK = HttpLimits(request=1.0, total=3.0, backoff=(0.0, 0.0))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 1, 20, 14, 0, tzinfo=UTC))  # Tuesday, 09:00 in New York


@pytest.fixture
def yahoo() -> Iterator[FakeYahoo]:
    with FakeYahoo() as fake, redirected(fake):
        yield fake


@pytest.fixture
def market(yahoo: FakeYahoo, clock: FixedClock, tmp_path: Path) -> Iterator[YahooMarket]:
    market = YahooMarket(ExchangeCalendar(), clock, tmp_path, QUICK)
    yield market
    market.close()
