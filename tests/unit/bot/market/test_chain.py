"""Several sources in order of trust: which one an answer is from, and what it says of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.fund import Fact
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt, DoubtKind
from bot.clock import FixedClock
from bot.errors import Unavailable, UnknownSymbols
from bot.market.chain import SourceChain
from bot.ports import PriceHistory, Profiles
from bot.render.notes import note_sentence
from tests.fakes.source import ScriptedSource, profile

FRIDAY = date(2026, 1, 16)
THURSDAY = date(2026, 1, 15)
PAIR = ["ISCB", "SPSM"]


class Named(ScriptedSource):
    """A scripted source of a name, whose prices are a multiple of those of the others.

    doubts : that its panels carry
    """

    def __init__(self, source: str, level: float) -> None:
        super().__init__()
        self.source, self._level = source, level
        self.doubts: tuple[Doubt, ...] = ()

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        found = await super().history(symbols, through)
        panel = replace(found.panel, total_return=found.panel.total_return * self._level, doubts=self.doubts)
        return replace(found, panel=panel)


class World:
    def __init__(self) -> None:
        self.clock = FixedClock(datetime(2026, 1, 20, 13, tzinfo=UTC))
        self.first, self.second, self.third = (
            Named("First", 1.0),
            Named("Second", 10.0),
            Named("Third", 100.0),
        )
        self.chain = SourceChain([self.first, self.second, self.third], [self.first, self.second], self.clock)

    async def ask(self) -> PriceHistory:
        return await self.chain.history(PAIR, FRIDAY)


@pytest.fixture
def world() -> World:
    return World()


def whole_panel_is_of(found: PriceHistory, level: float) -> bool:
    """Whether every price is the source's own: nothing spliced, nothing averaged."""
    days = np.arange(1, found.panel.sessions.size + 1) * level
    known = np.isfinite(found.panel.total_return)
    return bool((found.panel.total_return == days)[known].all())


def plain(note: Note) -> str:
    """The sentence of a note, with plain spaces."""
    return note_sentence(note).replace("\u00a0", " ")


def told(found: PriceHistory) -> list[str]:
    return [note_sentence(note) for note in found.notes if note.kind is NoteKind.OTHER_SOURCE]


async def test_the_first_source_answers_alone(world: World) -> None:
    found = await world.ask()
    assert (found.panel.source, told(found)) == ("First", [])
    assert whole_panel_is_of(found, 1)
    assert not world.second.asked


async def test_one_symbol_that_fails_moves_the_whole_panel_and_that_is_said(world: World) -> None:
    world.first.fails["SPSM"] = Unavailable("First", "HTTP 429", symbol="SPSM", retry_after=30)
    found = await world.ask()
    assert whole_panel_is_of(found, 10)
    assert told(found) == ["Prices are from Second: First did not answer (HTTP 429)."]
    assert not world.third.asked


async def test_a_source_that_failed_is_left_alone_for_as_long_as_it_said(world: World) -> None:
    world.first.fails["ISCB"] = Unavailable("First", "HTTP 429", retry_after=30)
    await world.ask()
    asked = world.first.asked["ISCB"]
    found = await world.ask()
    assert (world.first.asked["ISCB"], found.panel.source) == (asked, "Second")
    assert told(found) == ["Prices are from Second: First did not answer (HTTP 429)."]
    world.first.fails.clear()
    world.clock.set(world.clock.now() + timedelta(seconds=31))
    assert (await world.ask()).panel.source == "First"


async def test_a_symbol_that_only_the_third_knows(world: World) -> None:
    for source in (world.first, world.second):
        source.fails["ISCB"] = UnknownSymbols(source.source, {"ISCB": ()})
    found = await world.ask()
    assert whole_panel_is_of(found, 100)
    assert told(found) == ["Prices are from Third: First has no prices of ISCB."]


async def test_where_none_answers_the_most_trusted_one_says_why(world: World) -> None:
    for source, cause in ((world.first, "HTTP 500"), (world.second, "HTTP 429"), (world.third, "no answer")):
        source.fails["ISCB"] = Unavailable(source.source, cause)
    with pytest.raises(Unavailable, match="First did not answer: HTTP 500"):
        await world.ask()
    with pytest.raises(Unavailable, match="First did not answer: HTTP 500"):  # all of them left alone
        await world.ask()


async def test_an_old_answer_from_a_cache_gives_way_to_a_new_one(world: World) -> None:
    world.first.notes = [Note(NoteKind.STALE, "ISCB", {"age_seconds": 90000.0, "cause": "HTTP 500"})]
    found = await world.ask()
    assert told(found) == ["Prices are from Second: First did not answer (HTTP 500)."]
    for source in (world.second, world.third):
        source.fails["ISCB"] = Unavailable(source.source, "no answer")
    old = await world.ask()
    assert (old.panel.source, [note.kind for note in old.notes]) == ("First", [NoteKind.STALE])


def jump(day: date) -> Doubt:
    return Doubt(DoubtKind.JUMP, "ISCB", day, -0.4)


async def test_a_price_that_looks_wrong_moves_the_panel_where_the_next_one_has_it_right(world: World) -> None:
    world.first.doubts = (jump(THURSDAY),)
    found = await world.ask()
    assert whole_panel_is_of(found, 10)
    assert told(found) == [
        "Prices are from Second: First fails the checks (ISCB's price of 15 Jan 2026 looks wrong (-40.0 %))."
    ]


async def test_a_fall_that_all_sources_tell_was_one(world: World) -> None:
    for source in (world.first, world.second, world.third):
        source.doubts = (jump(THURSDAY),)
    found = await world.ask()
    assert (found.panel.source, told(found), found.panel.doubts) == ("First", [], (jump(THURSDAY),))


async def test_an_old_doubt_is_no_reason_to_move(world: World) -> None:
    world.first.doubts = (jump(date(2015, 8, 24)),)
    assert (await world.ask()).panel.source == "First"


async def test_a_hole_moves_the_panel_where_another_source_has_the_price(world: World) -> None:
    world.first.holes = [THURSDAY]
    world.second.holes = [date(2026, 1, 14)]
    found = await world.ask()
    assert whole_panel_is_of(found, 100)
    assert np.isfinite(found.panel.total_return).all()
    assert told(found) == ["Prices are from Third: First fails the checks (no price of ISCB on 2026-01-15)."]
    world.third.holes = [THURSDAY]
    assert (await world.ask()).panel.source == "First"


class Telling(ScriptedSource):
    """A source whose facts are given."""

    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        return Profiles({symbol: replace(profile(symbol), **self.facts) for symbol in symbols})  # type: ignore[arg-type]


async def facts(*sources: ScriptedSource) -> Profiles:
    chain = SourceChain(list(sources), list(sources), FixedClock(datetime(2026, 1, 20, tzinfo=UTC)))
    return await chain.profiles(["ISCB"])


async def test_a_fact_that_one_source_lacks_comes_from_the_next_with_its_name() -> None:
    sheet = Fact(0.0006, "Factsheet", date(2025, 12, 31))
    found = await facts(Telling(expense_ratio=None), Telling(expense_ratio=sheet))
    assert (found.by_symbol["ISCB"].expense_ratio, found.notes) == (sheet, ())


async def test_where_two_disagree_both_are_said_with_source_and_day() -> None:
    sheet = Fact(0.0006, "Factsheet", date(2025, 12, 31))
    found = await facts(Telling(), Telling(expense_ratio=sheet))
    assert found.by_symbol["ISCB"].expense_ratio == Fact(0.0004, "Scripted", FRIDAY)
    assert [plain(note) for note in found.notes] == [
        "ISCB: the sources disagree about the expense ratio: 0.04 % by Scripted (16 Jan 2026), which is "
        "shown, and 0.06 % by Factsheet (31 Dec 2025)."
    ]


async def test_assets_that_moved_with_the_market_are_no_disagreement() -> None:
    near, far = Fact(260e6, "Factsheet", None), Fact(300e6, "Factsheet", None)
    assert (await facts(Telling(), Telling(assets=near))).notes == ()
    (note,) = (await facts(Telling(), Telling(assets=far))).notes
    assert plain(note) == (
        "ISCB: the sources disagree about the assets: 253 M by Scripted (16 Jan 2026), which is shown, and "
        "300 M by Factsheet."
    )
    assert (await facts(Telling(), Telling(assets=far, currency="USD"))).notes == ()


async def test_that_one_source_knows_nothing_is_no_news_where_another_does(world: World) -> None:
    world.first.fails["ISCB"] = Unavailable("First", "HTTP 500")
    found = await world.chain.profiles(["ISCB"])
    assert found.by_symbol["ISCB"].expense_ratio is not None
    assert found.notes == ()
    world.second.fails["ISCB"] = Unavailable("Second", "HTTP 500")
    assert [note.kind for note in (await world.chain.profiles(["ISCB"])).notes] == [NoteKind.NO_PROFILE]
