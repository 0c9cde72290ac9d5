"""The cache, where each symbol has the sessions of its own exchange."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from analytics.panel import Doubt, DoubtKind, PricePanel
from bot.clock import FixedClock
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.market.series import Series, build_panel
from bot.ports import PriceHistory, Profiles

CALENDAR = ExchangeCalendar()
CODES = {"COIN": "24/7", "LONDON": "XLON", "YORK": "XNYS", "TOKYO": "XTKS"}
FRIDAY, SATURDAY = date(2026, 1, 16), date(2026, 1, 17)


class Eager:
    """Prices up to this moment, the bar under way included: 100, and 1 as long as its day is not over."""

    source = "Eager Source"

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.asked: Counter[str] = Counter()
        self.ended: dict[str, date] = {}

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        self.asked.update(symbols)
        rows = [self._row(symbol, min(through, self.ended.get(symbol, through))) for symbol in symbols]
        return PriceHistory(build_panel(rows, CALENDAR, through, source=self.source))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        return Profiles({})

    def _row(self, symbol: str, last: date) -> Series:
        own = CALENDAR.of(CODES[symbol])
        sessions = own.sessions(date(2025, 12, 1), last)
        over = [own.settles(day) <= self.clock.now() for day in sessions.tolist()]
        levels = np.where(over, 100.0, 1.0)
        doubts = (Doubt(DoubtKind.JUMP, symbol, date(2025, 12, 2), 0.5),)
        return Series(symbol, sessions, levels, levels, levels, own.exchange, doubts)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(at(16, 12))  # Friday, noon


@pytest.fixture
def source(clock: FixedClock) -> Eager:
    return Eager(clock)


@pytest.fixture
def cached(source: Eager, clock: FixedClock, tmp_path: Path) -> CachedMarket:
    return CachedMarket(source, CALENDAR, clock, tmp_path)


async def ask(cached: CachedMarket, *symbols: str, through: date = date(2026, 2, 1)) -> PricePanel:
    return (await cached.history(symbols, through)).panel


async def test_a_coins_bar_of_today_is_not_kept(
    cached: CachedMarket, source: Eager, clock: FixedClock
) -> None:
    """Fetched at noon it was not final: the day is over at midnight UTC, and settles a quarter later."""
    noon = await ask(cached, "COIN")
    assert (noon.as_of, noon.close.min()) == (date(2026, 1, 15), 100)
    for moment, as_of, asked in (
        (at(16, 21, 30), date(2026, 1, 15), 1),  # New York is over, the coin's day is not
        (at(17, 0, 14), date(2026, 1, 15), 1),
        (at(17, 0, 15), FRIDAY, 2),
        (at(17, 23, 59), FRIDAY, 2),
        (at(18, 0, 15), SATURDAY, 3),
    ):
        clock.set(moment)
        found = await ask(cached, "COIN")
        assert (found.as_of, found.close.min(), source.asked["COIN"]) == (as_of, 100, asked)


@pytest.mark.parametrize("through", [FRIDAY, date(2026, 1, 20), date(2030, 1, 1)])
async def test_a_day_that_is_not_over_is_on_no_path(
    cached: CachedMarket, clock: FixedClock, through: date
) -> None:
    for symbols in (("COIN",), ("COIN", "YORK"), ("YORK", "COIN", "TOKYO", "LONDON")):
        found = await ask(cached, *symbols, through=through)
        assert np.nanmin(found.close) == 100
        assert not found.missing.any()


async def test_each_symbol_is_asked_for_again_when_its_own_exchange_has_closed(
    cached: CachedMarket, source: Eager, clock: FixedClock
) -> None:
    asked = []
    for hour, minute in ((12, 0), (16, 44), (16, 45), (21, 14), (21, 15), (23, 0)):
        clock.set(at(16, hour, minute))
        await ask(cached, *CODES)
        asked.append(tuple(source.asked[symbol] for symbol in ("TOKYO", "LONDON", "YORK", "COIN")))
    assert asked == [(1, 1, 1, 1), (1, 1, 1, 1), (1, 2, 1, 1), (1, 2, 1, 1), (1, 2, 2, 1), (1, 2, 2, 1)]


async def test_the_panel_ends_with_the_newest_session_of_any(cached: CachedMarket, clock: FixedClock) -> None:
    clock.set(at(16, 17))
    assert (await ask(cached, "LONDON")).as_of == FRIDAY
    assert (await ask(cached, "YORK")).as_of == date(2026, 1, 15)
    both = await ask(cached, "LONDON", "YORK")
    assert both.as_of == FRIDAY
    assert both.held is not None
    assert both.held[:, -1].tolist() == [True, False]


async def test_a_holiday_or_a_weekend_in_the_question_asks_nothing_again(
    cached: CachedMarket, source: Eager, clock: FixedClock
) -> None:
    source.ended["YORK"] = FRIDAY
    clock.set(at(20, 12))
    await ask(cached, "YORK")
    for hour in (13, 14, 15):
        clock.set(at(20, hour))
        for day in (date(2026, 1, 17), date(2026, 1, 19), date(2026, 1, 20)):
            assert (await ask(cached, "YORK", through=day)).as_of == FRIDAY
    assert source.asked["YORK"] == 1


async def test_the_exchange_and_the_doubts_are_kept(
    cached: CachedMarket, source: Eager, clock: FixedClock, tmp_path: Path
) -> None:
    first = await ask(cached, "COIN", "YORK")
    again = await ask(CachedMarket(source, CALENDAR, clock, tmp_path), "COIN", "YORK")
    assert source.asked == {"COIN": 1, "YORK": 1}
    assert [exchange.code for exchange in again.exchanges] == ["24/7", "XNYS"]
    assert again.exchanges == first.exchanges
    assert {doubt.symbol for doubt in again.doubts} == {"COIN", "YORK"}
    assert again.doubts == first.doubts
    assert again.following == first.following == FRIDAY
