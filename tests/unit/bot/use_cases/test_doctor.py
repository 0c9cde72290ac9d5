"""Whether the source of prices is well, as `watchpoint doctor` asks it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.bootstrap.serving import examine_data
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.ports import Level
from bot.use_cases.gather import MarketData


@pytest.mark.parametrize("code", ["XNYS", "XTKS", "24/7"])
async def test_the_newest_session_is_that_of_the_fund_asked_about(code: str) -> None:
    calendar, clock = ExchangeCalendar(code), FixedClock(datetime(2026, 1, 20, 12, tzinfo=UTC))
    market = SampleMarket(calendar, clock)
    found = await examine_data(MarketData(market, market, calendar, clock))
    assert found.level is Level.OK
    assert found.what.endswith("newest session 2026-01-16.")
