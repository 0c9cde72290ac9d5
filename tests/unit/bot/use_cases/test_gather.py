"""What rules are read from: every symbol once, whatever a source does to some of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import Condition, Op, Quantity, Rule
from bot.clock import FixedClock
from bot.errors import Unavailable
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.use_cases.gather import PROBES, Gathered, MarketData, gather
from tests.fakes.level_market import FIRST, LevelMarket
from tests.fakes.source import ScriptedSource

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ports import Funds, Prices

CALENDAR = ExchangeCalendar()
THROUGH = date(2026, 1, 16)
EVENING = datetime(2026, 1, 16, 21, 15, tzinfo=UTC)


def desk(market: LevelMarket | CachedMarket, clock: FixedClock | None = None) -> MarketData:
    prices: Prices = market
    funds: Funds = market
    return MarketData(prices, funds, CALENDAR, clock or FixedClock(EVENING))


def below(symbol: str, then: str | None = None) -> Rule:
    return Rule((Condition(Quantity("price_change", symbol), Op.BELOW, -0.1),), then=then)


EXPENSE = Rule((Condition(Quantity("expense_ratio", "SPSM"), Op.CHANGES, 0.0003),))


def met(gathered: Gathered, rule: Rule) -> bool | None:
    return gathered.readings([rule], THROUGH, THROUGH).at(rule, THROUGH).met


async def test_every_symbol_is_asked_for_once_in_one_question() -> None:
    market = LevelMarket(CALENDAR)
    rules = [below("AAA", then="BBB"), below("BBB"), below("AAA"), below("CCC"), EXPENSE]
    gathered = await gather(rules, desk(market), THROUGH)
    assert market.calls == [("AAA", "BBB", "CCC"), ("profile SPSM",)]
    assert gathered.panel.symbols == ("AAA", "BBB", "CCC")
    assert (gathered.late, dict(gathered.causes)) == (frozenset(), {})
    assert gathered.newest == THROUGH
    assert gathered.readings([EXPENSE], THROUGH, THROUGH).at(EXPENSE, THROUGH).value == 0.0003


async def test_a_fact_alone_needs_no_prices() -> None:
    market = LevelMarket(CALENDAR)
    gathered = await gather([EXPENSE], desk(market), THROUGH)
    assert market.calls == [("profile SPSM",)]
    assert met(gathered, EXPENSE) is False
    assert gathered.newest is None


async def test_nothing_is_asked_for_nothing() -> None:
    market = LevelMarket(CALENDAR)
    gathered = await gather([], desk(market), THROUGH)
    assert (market.calls, gathered.panel.symbols, gathered.panel.as_of) == ([], (), THROUGH)


async def test_unknown_symbols_fail_and_the_others_do_not() -> None:
    market = LevelMarket(CALENDAR, unknown={"XXX", "YYY"})
    lost, held = below("XXX"), below("AAA")
    gathered = await gather([lost, below("YYY"), held], desk(market), THROUGH)
    assert market.calls == [("XXX", "YYY", "AAA"), ("AAA",)]
    reading = gathered.readings([lost, held], THROUGH, THROUGH).at(lost, THROUGH)
    assert reading.failed
    cause = "Level Market has no such symbol, or it was delisted"
    assert reading.reason == f"no prices of XXX at all; {cause}"
    assert met(gathered, held) is False
    assert gathered.late == frozenset()


async def test_a_symbol_that_the_source_is_silent_about_is_late_and_a_row_of_gaps() -> None:
    market = LevelMarket(CALENDAR, fails={"BBB": Unavailable("Level Market", "HTTP 500", symbol="BBB")})
    gathered = await gather([below("AAA"), below("BBB"), below("CCC")], desk(market), THROUGH)
    assert gathered.late == {"BBB"}
    assert "HTTP 500" in gathered.causes["BBB"]
    assert gathered.waits(below("AAA", then="BBB")) == ("BBB",)
    assert gathered.waits(below("AAA")) == ()
    reading = gathered.readings([below("BBB")], THROUGH, THROUGH).at(below("BBB"), THROUGH)
    assert (reading.failed, reading.reason) == (False, "no price of BBB on 2026-01-16")
    assert met(gathered, below("AAA")) is False
    assert market.calls[0] == ("AAA", "BBB", "CCC")
    assert market.calls[-1] == ("AAA", "CCC")
    assert max(market.asked.values()) <= 3


async def test_a_silent_source_makes_everything_late() -> None:
    market = LevelMarket(CALENDAR, down=Unavailable("Level Market", "no connection"))
    gathered = await gather([below("AAA"), below("BBB"), EXPENSE], desk(market), THROUGH)
    assert len(market.calls) == 2  # one question for prices, one for facts
    assert gathered.late == {"AAA", "BBB"}
    assert "no connection" in gathered.causes["AAA"]
    assert gathered.panel.as_of == THROUGH
    assert met(gathered, below("AAA")) is None


async def test_a_source_in_trouble_is_left_alone_after_a_handful() -> None:
    names = [f"S{number:03}" for number in range(300)]
    fault = Unavailable("Level Market", "HTTP 429", symbol="S000", retry_after=60)
    market = LevelMarket(CALENDAR, fails=dict.fromkeys(names, fault))
    gathered = await gather([below(name) for name in names], desk(market), THROUGH)
    assert len(market.calls) == 1 + PROBES
    assert gathered.late == set(names)


async def test_a_second_failure_is_the_sources() -> None:
    class Fickle(LevelMarket):
        """Every question for several symbols fails because of another one."""

        async def history(self, symbols, through):  # type: ignore[no-untyped-def]
            if len(symbols) > 1:
                self.calls.append(tuple(symbols))
                raise Unavailable("Fickle", "HTTP 500", symbol=symbols[0])
            return await super().history(symbols, through)

    market = Fickle(CALENDAR)
    gathered = await gather([below("AAA"), below("BBB"), below("CCC")], desk(market), THROUGH)
    assert gathered.late == {"AAA", "BBB", "CCC"}
    assert len(market.calls) == 5  # all, each on its own, all but the one that was named


async def test_a_price_that_is_not_in_yet_is_late_and_a_fund_that_ended_is_not() -> None:
    market = LevelMarket(CALENDAR)
    market.levels["AAA", THROUGH] = np.nan
    for day in CALENDAR.sessions(date(2026, 1, 2), THROUGH).tolist():
        market.levels["OLD", day] = np.nan
        market.levels["^IRX", day] = 3.6
    market.levels["^IRX", THROUGH] = np.nan  # bonds rest on days on which shares are traded
    for day in CALENDAR.sessions(FIRST, THROUGH).tolist():
        market.levels["NONE", day] = np.nan
    rules = [below("AAA"), below("OLD"), below("^IRX"), below("NONE"), below("BBB")]
    gathered = await gather(rules, desk(market), THROUGH)
    assert gathered.late == {"AAA"}
    assert gathered.causes == {"AAA": "no price of AAA on 2026-01-16 yet"}


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


async def test_behind_the_cache_late_prices_are_asked_for_again_but_not_hammered(
    source: ScriptedSource, tmp_path: Path
) -> None:
    clock = FixedClock(EVENING)
    cached = CachedMarket(source, CALENDAR, clock, tmp_path)
    source.newest = date(2026, 1, 15)
    late = []
    for minutes in range(0, 36, 3):
        clock.set(EVENING + timedelta(minutes=minutes))
        if minutes == 27:
            source.newest = None  # they have come, and are found at the next question
        late.append(bool((await gather([below("AAA")], desk(cached, clock), THROUGH)).late))
    assert source.asked["AAA"] == 3  # at 0, 15 and 30 minutes
    assert late == [True] * 10 + [False] * 2


async def test_behind_the_cache_a_silent_source_makes_late_with_its_own_cause(
    source: ScriptedSource, tmp_path: Path
) -> None:
    clock = FixedClock(datetime(2026, 1, 15, 22, 0, tzinfo=UTC))
    cached = CachedMarket(source, CALENDAR, clock, tmp_path)
    await gather([below("AAA"), below("BBB")], desk(cached, clock), date(2026, 1, 15))
    clock.set(EVENING)
    source.fails = {name: Unavailable("Scripted Source", "HTTP 503", symbol=name) for name in ("AAA", "BBB")}
    gathered = await gather([below("AAA"), below("BBB")], desk(cached, clock), THROUGH)
    assert gathered.late == {"AAA", "BBB"}
    assert gathered.causes == {"AAA": "HTTP 503", "BBB": "HTTP 503"}
    assert gathered.panel.as_of == THROUGH
    assert gathered.newest == date(2026, 1, 15)
    source.fails = {"BBB": source.fails["BBB"]}
    clock.set(EVENING + timedelta(minutes=2))
    assert (await gather([below("AAA"), below("BBB")], desk(cached, clock), THROUGH)).late == {"BBB"}


async def test_each_symbol_ends_with_its_own_exchange() -> None:
    clock = FixedClock(EVENING)
    market = LevelMarket(CALENDAR, exchanges={"LSE": "XLON", "BTC": "24/7"}, clock=clock)
    rules = [below("AAA"), below("LSE"), below("BTC")]
    gathered = await gather(rules, desk(market, clock), THROUGH)
    assert gathered.complete == {"AAA": THROUGH, "LSE": THROUGH, "BTC": date(2026, 1, 15)}
    assert gathered.exchanges == {"AAA": "XNYS", "LSE": "XLON", "BTC": "24/7"}
    assert gathered.codes_of(rules[:2]) == {"XNYS", "XLON"}
    assert gathered.newest_session(below("BTC")) == date(2026, 1, 15)
    assert gathered.late == frozenset()
    readings = gathered.readings(rules, THROUGH, THROUGH)
    assert [readings.at(each, THROUGH).met for each in rules] == [False, False, None]
    assert [len(readings.own_sessions(each)) for each in rules] == [1, 1, 0]
    coming = {code: days[0].item() for code, days in gathered.coming.items()}
    assert coming == {"XNYS": date(2026, 1, 20), "XLON": date(2026, 1, 19), "24/7": THROUGH}


async def test_of_two_exchanges_the_last_session_that_both_held_is_the_newest() -> None:
    monday, clock = date(2026, 4, 6), FixedClock(datetime(2026, 4, 6, 21, tzinfo=UTC))
    market = LevelMarket(CALENDAR, exchanges={"LSE": "XLON"}, clock=clock)
    pair = Rule((Condition(Quantity("price_change", "LSE", other="AAA"), Op.BELOW, -0.1),))
    gathered = await gather([pair, below("AAA"), EXPENSE], desk(market, clock), monday)
    newest = [gathered.newest_session(each) for each in (pair, below("AAA"), EXPENSE)]
    assert newest == [date(2026, 4, 2), monday, None]


async def test_facts_are_known_on_a_day_that_no_fund_is_traded() -> None:
    monday, clock = date(2026, 4, 6), FixedClock(datetime(2026, 4, 6, 21, tzinfo=UTC))
    market = LevelMarket(CALENDAR, exchanges={"LSE": "XLON"}, clock=clock)
    gathered = await gather([below("LSE"), EXPENSE], desk(market, clock), monday)
    readings = gathered.readings([below("LSE"), EXPENSE], monday, monday)
    assert readings.at(EXPENSE, monday).value == 0.0003
    assert readings.own_sessions(below("LSE")) == []


async def test_a_silent_symbol_is_late_on_the_sessions_of_the_exchange_it_had() -> None:
    clock = FixedClock(datetime(2026, 4, 6, 21, tzinfo=UTC))
    market = LevelMarket(CALENDAR, down=Unavailable("Level Market", "no connection"), clock=clock)
    known = {"LSE": "XLON"}
    gathered = await gather([below("LSE"), below("AAA")], desk(market, clock), date(2026, 4, 6), known)
    assert gathered.complete == {"LSE": date(2026, 4, 2), "AAA": date(2026, 4, 6)}
    assert gathered.late == {"LSE", "AAA"}
    assert gathered.exchanges == known  # of the other one nothing is known, and nothing is kept
    readings = gathered.readings([below("LSE"), below("AAA")], date(2026, 4, 2), date(2026, 4, 6))
    assert [f"{day:%d}" for day in readings.own_sessions(below("LSE"))] == ["02"]
    assert [f"{day:%d}" for day in readings.own_sessions(below("AAA"))] == ["02", "06"]


async def test_a_holiday_is_no_late_price() -> None:
    monday, clock = date(2026, 4, 6), FixedClock(datetime(2026, 4, 6, 21, tzinfo=UTC))
    market = LevelMarket(CALENDAR, exchanges={"LSE": "XLON"}, clock=clock)
    assert (await gather([below("LSE")], desk(market, clock), monday)).late == frozenset()
    market.levels["LSE", date(2026, 4, 2)] = np.nan
    late = await gather([below("LSE")], desk(market, clock), monday)
    assert late.causes == {"LSE": "no price of LSE on 2026-04-02 yet"}
