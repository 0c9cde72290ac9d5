"""The faults of the data are those that were asked for, and nothing else changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from bot.clock import FixedClock
from bot.errors import Unavailable, UnknownSymbols
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from tests.reliability.market import Weather, WeatheredMarket

CALENDAR = ExchangeCalendar()
THURSDAY, FRIDAY = date(2026, 1, 22), date(2026, 1, 23)
CLOCK = FixedClock(datetime(2026, 1, 24, 12, tzinfo=UTC))


def market(weather: Weather, clock: FixedClock = CLOCK) -> WeatheredMarket:
    return WeatheredMarket(SampleMarket(CALENDAR, clock), CALENDAR, clock, weather)


async def last(weather: Weather, through: date, clock: FixedClock = CLOCK, at: int = -1) -> list[float]:
    """Closes of two symbols on the last session, in units of the true ones."""
    true = (await market(Weather(), clock).history(["IWM", "SPY"], through)).panel
    panel = (await market(weather, clock).history(["IWM", "SPY"], through)).panel
    assert panel.as_of == through
    return [float(each) for each in np.round(panel.close[:, at] / true.close[:, at], 9)]


async def test_a_late_price_comes_in_at_its_hour() -> None:
    late = Weather(late=(("IWM", FRIDAY, 3.0),))
    hour = CALENDAR.settles(FRIDAY) + timedelta(hours=3)
    before = await last(late, FRIDAY, FixedClock(hour - timedelta(seconds=1)))
    assert np.isnan(before[0])
    assert before[1] == 1.0
    assert await last(late, FRIDAY, FixedClock(hour)) == [1.0, 1.0]
    assert await last(late, THURSDAY, FixedClock(hour - timedelta(seconds=1))) == [1.0, 1.0]


async def test_a_session_is_corrected_by_the_next_one() -> None:
    restated = Weather(restated={THURSDAY: 1.02})
    assert await last(restated, THURSDAY) == [1.02, 1.02]
    assert await last(restated, FRIDAY) == [1.0, 1.0]
    assert await last(restated, FRIDAY, at=-2) == [1.0, 1.0]


async def test_a_symbol_ends() -> None:
    gone = market(Weather(unknown={"IWM": FRIDAY}))
    await gone.history(["IWM"], THURSDAY)
    with pytest.raises(UnknownSymbols) as caught:
        await gone.history(["SPY", "IWM"], FRIDAY)
    assert list(caught.value.nearest) == ["IWM"]


async def test_silence_comes_by_chance_from_a_seed() -> None:
    async def heard(seed: int) -> list[bool]:
        silent, found = market(Weather(silent=0.3, seed=seed)), []
        for _ in range(100):
            try:
                await silent.history(["SPY"], FRIDAY)
            except Unavailable:
                found.append(False)
            else:
                found.append(True)
        return found

    assert await heard(1) == await heard(1) != await heard(2)
    assert 55 <= sum(await heard(1)) <= 85
