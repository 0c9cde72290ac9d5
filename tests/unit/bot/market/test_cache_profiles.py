"""The cache of profiles: a day long, but a failure is not kept and never hides what was known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analytics.notes import Note, NoteKind
from bot import files
from bot.clock import FixedClock
from bot.errors import Unavailable
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.market.disk_store import OLDER_PROFILES, PROFILE_FORMAT
from tests.fakes.source import ScriptedSource, new_york, profile

NOON = new_york("2026-01-16", "12:00")
SILENT = Unavailable("Scripted Source", "no answer in time")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


@pytest.fixture
def cached(source: ScriptedSource, clock: FixedClock, tmp_path: Path) -> CachedMarket:
    return CachedMarket(source, ExchangeCalendar(), clock, tmp_path)


def is_kept(home: Path) -> bool:
    return any(home.rglob("profile-*"))


async def test_profiles_arrive_whole_in_the_order_asked(cached: CachedMarket) -> None:
    for _ in range(2):
        found = await cached.profiles(["SPSM", "ISCB"])
        assert list(found.by_symbol.items()) == [("SPSM", profile("SPSM")), ("ISCB", profile("ISCB"))]
        assert found.notes == ()


async def test_a_profile_is_fresh_for_a_day_and_over_restarts(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    await cached.profiles(["ISCB"])
    clock.set(NOON + timedelta(hours=23, minutes=59))
    restarted = CachedMarket(source, ExchangeCalendar(), clock, tmp_path)
    assert (await restarted.profiles(["ISCB"])).by_symbol["ISCB"] == profile("ISCB")
    assert source.asked["profile ISCB"] == 1
    source.expense = 0.0005
    clock.set(NOON + timedelta(days=1))
    assert (await cached.profiles(["ISCB"])).by_symbol["ISCB"] == profile("ISCB", 0.0005)
    assert source.asked["profile ISCB"] == 2


def make_old(home: Path) -> None:
    """Write the one profile that is kept as it was before it told all of this."""
    (kept,) = home.rglob("profile-ISCB")
    name = f"{kept.parent.name}/{kept.name}"
    data = files.unseal(name, kept.read_bytes())
    old = data.replace(f'"format": {PROFILE_FORMAT}'.encode(), f'"format": {min(OLDER_PROFILES)}'.encode())
    assert old != data
    files.replace(kept, files.seal(name, old))


async def test_a_profile_kept_before_it_told_all_of_this_is_asked_anew_and_shown_where_nobody_answers(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    await cached.profiles(["ISCB"])
    make_old(tmp_path)
    source.fails["ISCB"] = SILENT
    restarted = CachedMarket(source, ExchangeCalendar(), clock, tmp_path)
    found = await restarted.profiles(["ISCB"])
    assert found.by_symbol["ISCB"] == profile("ISCB")
    assert [note.kind for note in found.notes] == [NoteKind.STALE]
    source.fails.clear()
    clock.set(NOON + timedelta(minutes=6))
    assert (await restarted.profiles(["ISCB"])).notes == ()
    assert source.asked["profile ISCB"] == 3


async def test_a_failure_is_kept_for_minutes_not_for_a_day(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    source.fails["ISCB"] = SILENT
    asked = []
    for minutes in (0, 1, 4, 5):
        clock.set(NOON + timedelta(minutes=minutes))
        (note,) = (await cached.profiles(["ISCB"])).notes
        assert note == Note(NoteKind.NO_PROFILE, "ISCB", {"cause": "no answer in time"})
        asked.append(source.asked["profile ISCB"])
    assert asked == [1, 1, 1, 2]
    assert not is_kept(tmp_path)
    source.fails.clear()
    clock.set(NOON + timedelta(minutes=10))
    assert (await cached.profiles(["ISCB"])).by_symbol["ISCB"] == profile("ISCB")


async def test_an_older_profile_is_better_than_none(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    await cached.profiles(["ISCB"])
    source.fails["ISCB"] = SILENT
    clock.set(NOON + timedelta(days=3))
    found = await cached.profiles(["ISCB"])
    assert found.by_symbol["ISCB"] == profile("ISCB")
    age = timedelta(days=3).total_seconds()
    assert found.notes == (Note(NoteKind.STALE, "ISCB", {"age_seconds": age, "cause": "no answer in time"}),)


async def test_other_notes_are_kept_with_the_profile(
    cached: CachedMarket, source: ScriptedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.ports import Profiles

    refused = Note(NoteKind.SECTORS_REFUSED, "ISCB", {"cause": "90.0 % in all"})

    async def refusing(symbols: object) -> Profiles:
        source.asked["refusing"] += 1
        return Profiles({"ISCB": profile("ISCB")}, (refused,))

    monkeypatch.setattr(source, "profiles", refusing)
    for _ in range(2):
        assert (await cached.profiles(["ISCB"])).notes == (refused,)
    assert source.asked["refusing"] == 1


async def test_failures_do_not_pile_up_in_memory(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    for minute in range(30):
        clock.set(NOON + timedelta(minutes=minute))
        source.fails[f"X{minute}"] = SILENT
        await cached.profiles([f"X{minute}"])
    assert len(cached._without) <= 6
