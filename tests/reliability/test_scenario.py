"""The moments of a month, in order, and rules that have something to tell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.market.calendar import ExchangeCalendar
from bot.store import open_store
from tests.reliability.cases import WEATHER
from tests.reliability.clock import FastClock, Reckoning
from tests.reliability.contents import StoreContents
from tests.reliability.scenario import Scenario

FRIDAY = date(2026, 1, 23)


def test_an_evening_and_three_mornings_a_session() -> None:
    moments = Scenario().moments()
    assert len(Scenario().sessions) == 23
    assert len(moments) == 23 * 4
    assert [moment.at for moment in moments] == sorted({moment.at for moment in moments})
    friday = [f"{moment.at:%a %H:%M}" for moment in moments if moment.session == FRIDAY]
    assert friday == ["Fri 21:16", "Sun 23:31", "Mon 08:31", "Mon 13:31"]
    assert not any(moment.waits for moment in moments)


def test_prices_that_are_late_are_waited_for_until_the_deadline() -> None:
    moments = [moment for moment in Scenario(weather=WEATHER).moments() if moment.waits]
    settles = ExchangeCalendar().settles
    found = [
        (f"{moment.session:%d}", (moment.at - settles(moment.session)).seconds // 60) for moment in moments
    ]
    # On the 23rd for three hours, on the 27th for the six that are allowed, on the 30th for one.
    assert found == [("23", 1), ("27", 1), ("27", 136), ("30", 1)]


async def test_every_channel_has_its_rules_and_its_hour(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'watchpoint.db'}"
    scenario = Scenario(last=FRIDAY)
    async with open_store(address) as store:
        await scenario.written(store)
        stored_rules = [each for team in ("T1", "T2", "T3") for each in await store.of(team).rules()]
        digests = [each for team in ("T1", "T2", "T3") for each in await store.of(team).digests()]
    assert len(stored_rules) == 48
    assert len({each.watched.rule for each in stored_rules}) == 41
    assert {each.zone for each in digests} == {"America/New_York", "Europe/London", "Asia/Tokyo"}
    contents = StoreContents(address)
    standing = await contents.standing(scenario.start, FRIDAY)
    assert (standing.behind, standing.waiting) == (48, 0)
    await contents.close()


def test_time_is_the_same_in_two_places_and_can_be_moved_from_one(tmp_path: Path) -> None:
    reckoning = Reckoning.begun(Scenario().start, 40.0, tmp_path / "clock")
    here, there = FastClock(reckoning), FastClock(reckoning)
    before, between, after = here.now(), there.now(), here.now()
    assert before <= between <= after
    later = Scenario().moments()[-1].at
    here.move(later)
    assert there.now() >= later
    here.move(Scenario().start)  # not back
    assert there.now() >= later
    here.close()
    there.close()
