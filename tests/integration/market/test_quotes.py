"""Bid and ask of this moment through the real yfinance: only while the market is open, and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analytics.switch import QuotedSpread
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.market.yahoo import YahooMarket, spread_of_modules
from tests.integration.market.conftest import QUICK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.yahoo import FakeYahoo

OPEN = datetime(2026, 1, 20, 15, 31, tzinfo=UTC)
"""10:31 in New York."""


def modules(**changes: Any) -> dict[str, Any]:
    """A quote of SPSM while the market is open."""
    told = {
        "bid": 49.65,
        "ask": 49.67,
        "marketState": "REGULAR",
        "regularMarketTime": OPEN.timestamp(),
        **changes,
    }
    return {
        "price": {name: told[name] for name in ("marketState", "regularMarketTime")},
        "summaryDetail": {name: told[name] for name in ("bid", "ask")},
    }


def test_the_spread_is_a_fraction_of_the_middle() -> None:
    found = spread_of_modules(modules(), OPEN)
    assert found == QuotedSpread(pytest.approx(0.02 / 49.66), "Yahoo Finance", OPEN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        # What Yahoo keeps of Apple's book overnight: 5.4 % apart, where 1 bp is usual.
        {"marketState": "POSTPOST", "bid": 255.72, "ask": 269.86},
        {"marketState": "PRE"},
        {"marketState": "CLOSED"},
        {"marketState": None},
        {"bid": 255.72, "ask": 269.86},
        {"bid": 0.0},
        {"ask": None},
        {"bid": 49.67, "ask": 49.65},
        {"bid": 49.67, "ask": 49.67},
        {"bid": float("nan")},
        {"bid": "49.65"},
        {"regularMarketTime": None},
        {"regularMarketTime": (OPEN - timedelta(hours=1)).timestamp()},
        {"regularMarketTime": (OPEN + timedelta(hours=1)).timestamp()},
        {"regularMarketTime": 1e20},
    ],
)
def test_what_is_no_spread_of_this_moment_is_none(changes: dict[str, Any]) -> None:
    assert spread_of_modules(modules(**changes), OPEN) is None
    assert spread_of_modules({}, OPEN) is None


@pytest.mark.slow
async def test_quotes_are_asked_in_one_request_a_fund(yahoo: FakeYahoo, tmp_path: Path) -> None:
    for symbol in ("ISCB", "SPSM"):
        for name, told in modules().items():
            yahoo.listings[symbol].modules[name] = {**yahoo.listings[symbol].modules.get(name, {}), **told}
    yahoo.listings["SPSM"].modules["price"]["marketState"] = "CLOSED"
    market = YahooMarket(ExchangeCalendar(), FixedClock(OPEN), tmp_path, QUICK)
    try:
        found = await market.spreads(["ISCB", "SPSM", "^TNX", "NOSUCH"])
    finally:
        market.close()
    assert list(found) == ["ISCB"]
    assert yahoo.requests("quoteSummary/ISCB") == 1
    assert yahoo.requests("TNX") == 0
