"""The control that lets time pass: what it shows, what it takes, and who hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.clock import ShiftedClock, SystemClock
from bot.market.calendar import ExchangeCalendar
from bot.playground.model import BOT
from bot.playground.storage import ANN, CY, PORTFOLIO
from bot.playground.time_travel import Around, Post, Travel
from bot.playground.workspace import Workspace
from tests.integration.playground.page.serving import Stand, standing
from tests.unit.bot.playground.page.reading import Html

MONDAY = datetime(2026, 1, 26, 12, 0, tzinfo=UTC)
PLACE = f"/as/{ANN}/{PORTFOLIO}"
PATIENCE = 5.0


@dataclass
class Bot:
    """Works at every stop until it is let go.  stops: how many there were; busy: whether it is at one."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    stops: int = 0

    def travel(self, workspace: Workspace) -> Travel:
        around = Around(ExchangeCalendar(), self.posts, self.late, self.catch_up)
        clock = workspace.clock
        assert isinstance(clock, ShiftedClock)
        return Travel(clock, lambda: around, lambda: workspace.feed.tell("time"))

    async def posts(self) -> Sequence[Post]:
        return ()

    async def late(self) -> None:
        return None

    async def catch_up(self) -> None:
        self.stops += 1
        self.busy.set()
        await self.go.wait()


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def stand(bot: Bot) -> AsyncIterator[Stand]:
    async with standing(ShiftedClock(SystemClock(), MONDAY), bot.travel) as stand:
        yield stand


async def control(stand: Stand, user: str = ANN) -> Html:
    """The part of the page."""
    _, page = await stand.get(f"/as/{user}/{PORTFOLIO}?part=time")
    return page


def words(page: Html) -> str:
    return " ".join(page.text.split())


async def test_it_tells_the_time_where_the_reader_is(stand: Stand) -> None:
    assert words(await control(stand)).startswith("It is Mon 26 Jan 2026, 12:00 London Skip ahead")
    assert words(await control(stand, CY)).startswith("It is Mon 26 Jan 2026, 21:00 Tokyo")


async def test_its_buttons_say_what_they_do(stand: Stand) -> None:
    page = await control(stand)
    named = [(has["value"], has["aria-label"]) for has in page.all("button", name="sessions")]
    assert named == [
        ("1", "Skip ahead 1 day"),
        ("5", "Skip ahead 1 week"),
        ("21", "Skip ahead 1 month"),
    ]
    assert page.one("form")["aria-busy"] == "false"
    assert not page.all("progress")


async def test_sessions_pass_and_the_page_comes_back(stand: Stand, bot: Bot) -> None:
    bot.go.set()
    answer = await stand.post("/time", sessions="5", back=PLACE)
    assert (answer.status, answer.headers["Location"], bot.stops) == (303, PLACE, 5)
    assert words(await control(stand)).startswith("It is Fri 30 Jan 2026, 21:16")


async def test_while_they_pass_it_says_so_and_takes_no_more(stand: Stand, bot: Bot) -> None:
    passing = asyncio.create_task(stand.post("/time", sessions="5", back=PLACE))
    await asyncio.wait_for(bot.busy.wait(), PATIENCE)
    page = await control(stand)
    assert "Session 1 of 5 is passing" in page.text
    assert page.one("form")["aria-busy"] == "true"
    assert page.one("progress")["value"] == "0"
    assert len(page.all("button", **{"aria-disabled": "true"})) == 3
    second = await stand.post("/time", sessions="21", back=PLACE)
    assert (second.status, second.headers["Location"], bot.stops) == (303, PLACE, 1)
    bot.go.set()
    assert (await asyncio.wait_for(passing, PATIENCE)).status == 303
    assert bot.stops == 5
    assert not (await control(stand)).all("progress")


@pytest.mark.parametrize("chosen", ["", "0", "-1", "2", "20", "1000", "nan", "5 "])
async def test_other_numbers_are_declined(stand: Stand, bot: Bot, chosen: str) -> None:
    answer = await stand.post("/time", sessions=chosen)
    assert answer.status == 400
    assert bot.stops == 0


async def test_another_page_cannot_let_time_pass(stand: Stand, bot: Bot) -> None:
    answer = await stand.post("/time", origin="https://elsewhere.org", sessions="1")
    assert answer.status == 403
    assert bot.stops == 0


async def test_everybody_hears_that_it_is_later(stand: Stand, bot: Bot) -> None:
    bot.go.set()
    with stand.slack.workspace.changes() as feed:
        await stand.post("/time", sessions="1")
    kinds = [feed.get_nowait().kind for _ in range(feed.qsize())]
    assert kinds == ["time"] * 3  # it begins, a session settles, it ends


async def test_days_are_named_by_the_playgrounds_clock(stand: Stand, bot: Bot) -> None:
    bot.go.set()
    stand.slack.workspace.post(PORTFOLIO, BOT, "found")
    _, page = await stand.get(PLACE)
    assert "Today" in page.text
    await stand.post("/time", sessions="1")
    await stand.post("/time", sessions="1")
    _, page = await stand.get(PLACE)
    assert "Yesterday" in page.text
    assert "Today" not in page.text


async def test_where_time_cannot_be_let_pass_there_is_no_control() -> None:
    async with standing(SystemClock()) as stand:
        _, page = await stand.get(PLACE)
        assert not page.all("button", name="sessions")
        assert (await stand.post("/time", sessions="1")).status == 400
