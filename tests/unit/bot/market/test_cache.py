"""The cache of prices: what is asked again and when, and what is shown when nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.notes import Note, NoteKind
from bot.clock import FixedClock
from bot.errors import Unavailable, UnknownSymbols
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from tests.fakes.source import ScriptedSource, new_york

THURSDAY, FRIDAY, TUESDAY = date(2026, 1, 15), date(2026, 1, 16), date(2026, 1, 20)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(new_york("2026-01-16", "16:15"))  # Friday's prices have just settled


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


@pytest.fixture
def cached(source: ScriptedSource, clock: FixedClock, tmp_path: Path) -> CachedMarket:
    return CachedMarket(source, ExchangeCalendar(), clock, tmp_path)


def again(source: ScriptedSource, clock: FixedClock, home: Path) -> CachedMarket:
    """The same cache in a new process."""
    return CachedMarket(source, ExchangeCalendar(), clock, home)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def tear(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:200])


def change(file: Path) -> None:
    """One bit of it."""
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


def hide(file: Path) -> None:
    """A folder in its place."""
    file.unlink()
    file.mkdir()


def empty(file: Path) -> None:
    file.write_bytes(b"")


def silent(symbol: str = "ISCB", retry_after: float | None = None) -> Unavailable:
    return Unavailable("Scripted Source", "no answer in time", symbol=symbol, retry_after=retry_after)


async def test_the_same_panel_as_from_the_source(cached: CachedMarket, source: ScriptedSource) -> None:
    direct = await source.history(["SPSM", "ISCB"], FRIDAY)
    for _ in range(2):  # from the source, then from the cache
        history = await cached.history(["SPSM", "ISCB"], FRIDAY)
        assert history.notes == ()
        assert (history.panel.symbols, history.panel.source) == (("SPSM", "ISCB"), "Scripted Source")
        for name in ("sessions", "total_return", "close", "volume"):
            np.testing.assert_array_equal(getattr(history.panel, name), getattr(direct.panel, name))


async def test_within_a_session_the_source_is_asked_once(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    await cached.history(["ISCB", "SPSM"], FRIDAY)
    for day, hour in (("2026-01-16", "18:59"), ("2026-01-18", "12:00"), ("2026-01-20", "16:14")):
        clock.set(new_york(day, hour))
        await cached.history(["ISCB", "SPSM"], FRIDAY)
        await again(source, clock, tmp_path).history(["SPSM"], FRIDAY)
    assert source.asked == {"ISCB": 1, "SPSM": 1}


async def test_once_the_next_session_has_settled_it_is_asked_again(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    clock.set(new_york("2026-01-20", "16:15"))
    assert (await cached.history(["ISCB"], TUESDAY)).panel.as_of == TUESDAY
    assert source.asked["ISCB"] == 2


async def test_a_session_that_settled_a_moment_after_is_asked_for_at_once(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    clock.set(new_york("2026-01-16", "16:14"))
    await cached.history(["ISCB"], THURSDAY)
    clock.set(new_york("2026-01-16", "16:15"))
    assert not np.isnan((await cached.history(["ISCB"], FRIDAY)).panel.total_return[0, -1])
    assert source.asked["ISCB"] == 2


async def test_only_what_is_not_there_is_asked_for(cached: CachedMarket, source: ScriptedSource) -> None:
    await cached.history(["ISCB"], FRIDAY)
    await cached.history(["ISCB", "SPSM"], FRIDAY)
    assert source.asked == {"ISCB": 1, "SPSM": 1}


async def test_a_day_in_the_past_never_asks_again(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    clock.set(new_york("2026-03-02", "12:00"))
    panel = (await cached.history(["ISCB"], date(2026, 1, 7))).panel
    assert panel.as_of == date(2026, 1, 7)
    assert source.asked["ISCB"] == 1


async def test_a_day_in_the_past_fetches_all_there_is(cached: CachedMarket, source: ScriptedSource) -> None:
    await cached.history(["ISCB"], date(2025, 12, 15))
    assert (await cached.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY
    assert source.asked["ISCB"] == 1


async def test_nothing_newer_than_asked_is_shown(cached: CachedMarket, source: ScriptedSource) -> None:
    source.notes = [Note(NoteKind.INDEX_CHANGED, "ISCB", {"on": date(2026, 1, 14), "to": "Index B"})]
    early = await cached.history(["ISCB"], date(2026, 1, 12))
    assert early.panel.as_of == date(2026, 1, 12)
    assert early.notes == ()
    late = await cached.history(["ISCB"], FRIDAY)
    assert late.notes == tuple(source.notes)


async def test_a_session_under_way_is_not_asked_for(cached: CachedMarket, clock: FixedClock) -> None:
    clock.set(new_york("2026-01-16", "16:14"))
    assert (await cached.history(["ISCB"], FRIDAY)).panel.as_of == THURSDAY


async def test_a_late_session_is_asked_for_again_every_quarter_of_an_hour(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    source.newest = THURSDAY
    asked = []
    for hour in ("16:15", "16:20", "16:29", "16:30", "16:40", "16:44", "16:45"):
        clock.set(new_york("2026-01-16", hour))
        panel = (await cached.history(["ISCB"], FRIDAY)).panel
        assert panel.as_of == FRIDAY
        assert np.isnan(panel.total_return[0, -1])  # its session is there, its price is not
        asked.append(source.asked["ISCB"])
    assert asked == [1, 1, 1, 2, 2, 2, 3]
    source.newest = None
    clock.set(new_york("2026-01-16", "17:00"))
    assert not np.isnan((await cached.history(["ISCB"], FRIDAY)).panel.total_return[0, -1])


async def test_a_fund_that_is_gone_is_not_waited_for(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    source.newest = date(2025, 12, 31)
    await cached.history(["ISCB"], FRIDAY)
    clock.set(new_york("2026-01-16", "18:00"))
    await cached.history(["ISCB"], FRIDAY)
    assert source.asked["ISCB"] == 1


async def test_a_silent_source_leaves_what_there_is_with_its_age(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    source.fails["ISCB"] = silent()
    clock.set(new_york("2026-01-20", "16:15"))
    history = await cached.history(["ISCB"], TUESDAY)
    assert history.panel.as_of == FRIDAY  # the panel ends where the data end
    age = timedelta(days=4).total_seconds()
    assert history.notes == (
        Note(NoteKind.STALE, "ISCB", {"age_seconds": age, "cause": "no answer in time"}),
    )


async def test_beside_a_fresh_symbol_a_stale_one_is_an_empty_end(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    source.fails["ISCB"] = silent()
    clock.set(new_york("2026-01-20", "16:15"))
    history = await cached.history(["ISCB", "SPSM"], TUESDAY)
    assert history.panel.as_of == TUESDAY
    assert np.isnan(history.panel.total_return[:, -1]).tolist() == [True, False]
    assert [(note.kind, note.symbol) for note in history.notes] == [(NoteKind.STALE, "ISCB")]


@pytest.mark.parametrize(("retry_after", "until"), [(None, 60), (300.0, 300)])
async def test_a_source_that_failed_is_left_alone_for_a_while(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock, retry_after: float | None, until: int
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    source.fails["ISCB"] = silent(retry_after=retry_after)
    start = new_york("2026-01-20", "16:15")
    asked = []
    for seconds in (0, 1, until - 1, until):
        clock.set(start + timedelta(seconds=seconds))
        assert len((await cached.history(["ISCB"], TUESDAY)).notes) == 1
        asked.append(source.asked["ISCB"])
    assert asked == [2, 2, 2, 3]


async def test_a_silent_source_with_nothing_kept_is_an_error_each_time(
    cached: CachedMarket, source: ScriptedSource
) -> None:
    source.fails["SPSM"] = silent("SPSM")
    for count in (1, 2):
        with pytest.raises(Unavailable, match="SPSM"):
            await cached.history(["ISCB", "SPSM"], FRIDAY)
        assert source.asked["SPSM"] == count
    assert source.asked["ISCB"] == 1  # what did come is kept


async def test_all_unknown_symbols_in_one_error(cached: CachedMarket, source: ScriptedSource) -> None:
    source.fails = {
        "SPSN": UnknownSymbols("Scripted Source", {"SPSN": ("SPSM",)}),
        "XXXX": UnknownSymbols("Scripted Source", {"XXXX": ()}, {"XXXX"}),
        "SPSM": silent("SPSM"),
    }
    with pytest.raises(UnknownSymbols) as caught:
        await cached.history(["SPSN", "ISCB", "SPSM", "XXXX"], FRIDAY)
    assert dict(caught.value.nearest) == {"SPSN": ("SPSM",), "XXXX": ()}
    assert caught.value.ended == {"XXXX"}


async def test_a_symbol_that_is_known_no_more_is_shown_from_the_cache(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    source.fails["ISCB"] = UnknownSymbols("Scripted Source", {"ISCB": ()})
    clock.set(new_york("2026-01-20", "16:15"))
    (note,) = (await cached.history(["ISCB"], TUESDAY)).notes
    assert (note.kind, note.facts["cause"]) == (NoteKind.STALE, "it does not know the symbol any more")


@pytest.mark.parametrize("spoil", [tear, change, hide, empty])
async def test_a_corrupt_file_is_fetched_again(
    cached: CachedMarket,
    source: ScriptedSource,
    clock: FixedClock,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = await cached.history(["ISCB"], FRIDAY), await cached.profiles(["ISCB"])
    for name in ("prices-ISCB", "profile-ISCB"):
        spoil(tmp_path / "scripted-source" / name)
    other = again(source, clock, tmp_path)
    for _ in range(2):
        after = await other.history(["ISCB"], FRIDAY), await other.profiles(["ISCB"])
        np.testing.assert_array_equal(after[0].panel.close, before[0].panel.close)
        assert (after[0].notes, after[1]) == (before[0].notes, before[1])
    assert source.asked == {"ISCB": 2, "profile ISCB": 2}
    noted = [record.getMessage() for record in caplog.records if "ignored" in record.getMessage()]
    assert len(noted) == 2
    assert "Traceback" not in caplog.text


async def test_a_broken_entry_is_not_shown_where_the_source_is_silent(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    change(tmp_path / "scripted-source" / "prices-ISCB")
    source.fails["ISCB"] = silent()
    with pytest.raises(Unavailable, match="no answer in time"):
        await again(source, clock, tmp_path).history(["ISCB"], FRIDAY)


async def test_another_source_has_other_files(
    cached: CachedMarket, source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    await cached.history(["ISCB"], FRIDAY)
    other = ScriptedSource()
    other.source = "Another Source (simulated)"
    other.simulated = True
    panel = (await again(other, clock, tmp_path).history(["ISCB"], FRIDAY)).panel
    assert (panel.source, panel.simulated, other.asked["ISCB"]) == ("Another Source (simulated)", True, 1)
    assert not (await cached.history(["ISCB"], FRIDAY)).panel.simulated


async def test_a_home_that_cannot_be_written_to_is_survived(
    source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    cached = CachedMarket(source, ExchangeCalendar(), clock, tmp_path / "home")
    for _ in range(2):
        assert (await cached.history(["ISCB"], FRIDAY)).panel.as_of == FRIDAY
    assert source.asked["ISCB"] == 1  # memory does, until the process ends


async def test_hostile_symbols_stay_inside_the_home(cached: CachedMarket, tmp_path: Path) -> None:
    await cached.history(["../../../etc/passwd", "^IRX", "CON"], FRIDAY)
    assert files(tmp_path) == [
        "prices-%5EIRX",
        "prices-..%2F..%2F..%2Fetc%2Fpasswd",
        "prices-CON",
    ]


async def test_what_a_clock_ahead_has_fetched_keeps_nothing_newer_away(
    source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    cached = again(source, clock, tmp_path)
    right = clock.now()
    clock.set(right + timedelta(days=10))
    await cached.history(["ISCB"], FRIDAY)
    await cached.profiles(["ISCB"])
    clock.set(right)
    source.asked.clear()
    for _ in range(2):
        history = await again(source, clock, tmp_path).history(["ISCB"], FRIDAY)
        assert history.panel.as_of == FRIDAY
        await again(source, clock, tmp_path).profiles(["ISCB"])
    assert source.asked == {"ISCB": 1, "profile ISCB": 1}


async def test_prices_that_may_still_be_corrected_are_asked_for_once_more_when_they_are_final(
    source: ScriptedSource, clock: FixedClock, tmp_path: Path
) -> None:
    """Corrected until 20:00: asked at 16:15, within the hour not again, then once an hour, then never."""
    late = CachedMarket(source, ExchangeCalendar(), clock, tmp_path, timedelta(hours=3, minutes=45))
    asked = []
    for hour in ("16:15", "17:00", "17:20", "19:40", "20:00", "20:41", "22:00", "23:30"):
        clock.set(new_york("2026-01-16", hour))
        await late.history(["ISCB"], FRIDAY)
        asked.append(source.asked["ISCB"])
    assert asked == [1, 1, 2, 3, 3, 4, 4, 4]
