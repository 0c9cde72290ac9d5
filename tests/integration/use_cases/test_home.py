"""Who sees what on the Home tab, and when it is shown anew."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.errors import Unavailable
from bot.model import Request
from bot.ports import Ack, Place, Task, User
from bot.render import ids
from bot.render.home import ACK, LINES, MOST_RULES, SNOOZE, UNSNOOZE
from bot.use_cases.buttons import button_handlers
from bot.use_cases.home import (
    HOME,
    JOINED,
    OPENED,
    HomeAnswers,
    home_buttons,
    joined_handler,
    load_home_facts,
    opened_handler,
)
from tests.integration.use_cases.room import ANN, BEN, ELSEWHERE, HERE, MET, NOW, QUIET, TEAM, Room, room

SECRET = "C9SECRET"
HOME_TAB = Place(TEAM, "", ANN)
ON_CARDS = button_handlers(FixedClock(NOW))


@dataclass
class Walls:
    """Home tabs as they hang there; down: Slack does not answer.

    slow: until it is set, the first view is on its way.  asked: set when one is.
    """

    hung: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    down: bool = False
    slow: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def show(self, team: str, user: str, view: Mapping[str, Any]) -> None:
        if self.down:
            raise Unavailable("Slack", "no connection")
        assert team == TEAM
        waits, self.slow = self.slow, None
        self.asked.set()
        if waits:
            await waits.wait()
        self.hung[user] = view

    async def rewrite_form(self, view_id: str, seen: str, view: Mapping[str, Any]) -> bool:
        raise AssertionError("no form is open")

    def read(self, user: str) -> str:
        return str(self.hung[user])


@dataclass
class House:
    """A room with a front handler."""

    room: Room
    home_tabs: Walls
    answers: HomeAnswers

    async def look(self, user: str = ANN, text: str = "", **more: Any) -> str:
        await self.answers.show_opened(
            self.room.question(text, user=user, channel="", handler=OPENED, **more)
        )
        return self.home_tabs.read(user)


async def address(place: Place, ts: str) -> str:
    return f"https://slack.example/{place.channel}/{ts}"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with room(tmp_path) as here:
        home_tabs = Walls()
        yield House(here, home_tabs, HomeAnswers(here.parts, home_tabs, address))


async def test_rules_and_posts_of_public_channels_are_everybodys(house: House) -> None:
    await house.room.watch(MET)
    await house.room.watch(QUIET, channel=ELSEWHERE, user=BEN)
    for user in (ANN, BEN):
        told = await house.look(user)
        assert "*R1 " in told
        assert "*R2 " in told
        assert f"<#{HERE}>: at 08:30" in told
        assert f"<#{ELSEWHERE}>: at 08:30" in told


async def test_what_a_private_channel_watches_is_only_for_who_set_it_up(house: House) -> None:
    await house.room.watch(MET, channel=SECRET, user=BEN)
    assert "*R1 " in await house.look(BEN)
    anns = await house.look(ANN)
    for trace in ("*R1 ", SECRET, "AAA", "Europe/London"):
        assert trace not in anns


async def test_who_wrote_the_words_sees_them_and_not_who_wrote_older_ones(house: House) -> None:
    await house.room.watch(MET, channel=SECRET, user=ANN)
    await house.room.watch(f"edit R1 {QUIET}", channel=SECRET, user="U9")
    assert "BBB" not in await house.look(ANN)


async def test_the_first_look_begins_with_the_first_words_and_no_later_one(house: House) -> None:
    assert LINES[0] in await house.look()
    assert LINES[0] not in await house.look()
    assert LINES[0] in await house.look(BEN)


async def test_prices_are_as_fresh_as_they_are(house: House) -> None:
    await house.room.watch(MET)
    assert "Prices reach to 16\\xa0Jan\\xa02026, the newest complete session" in await house.look()
    house.room.market.late.add("AAA")
    assert "its prices are still waited for" in await house.look()


async def test_a_silent_source_takes_nothing_else_away(house: House) -> None:
    await house.room.watch(MET)
    house.room.market.down = True
    told = await house.look()
    assert "*R1 " in told
    assert "could not be found out just now" in told


async def test_without_rules_the_prices_of_a_large_fund_are_looked_at(house: House) -> None:
    seen = await load_home_facts(house.room.parts, TEAM, ANN)
    assert (seen.reports, seen.freshness.priced) == ((), None)  # the market of the test does not know it
    assert house.room.market.asked == 1


async def test_somebody_of_another_workspace_sees_no_rule_and_no_post(house: House) -> None:
    """Slack Connect brings them into a channel, not into the workspace; they may compare all the same."""
    await house.room.watch(MET)
    house.room.users.known["U7"] = User("U7", stranger=True)
    told = await house.look("U7")
    for trace in ("*R1 ", HERE, "AAA"):
        assert trace not in told
    assert "Compare" in told


async def test_another_workspace_sees_nothing_of_it(house: House) -> None:
    await house.room.watch(MET, team="T2")
    assert "*R1 " not in await house.look()


async def test_a_change_is_shown_to_who_may_be_looking(house: House) -> None:
    await house.look(ANN)
    house.room.clock.set(NOW + timedelta(hours=25))
    await house.look(BEN)
    house.room.jobs.tasks.clear()
    await house.answers.refresh(TEAM)
    assert house.room.jobs.tasks == [Task(HOME, f"{TEAM}/{BEN}")]


async def test_an_answer_has_the_tabs_shown_anew(house: House) -> None:
    await house.look()

    async def answer(request: Request) -> None:
        await house.room.watch(MET)

    await house.answers.with_refresh(answer)(house.room.question("x"))
    assert Task(HOME, f"{TEAM}/{ANN}") in house.room.jobs.tasks
    await house.answers.work(f"{TEAM}/{ANN}")
    assert "*R1 " in house.home_tabs.read(ANN)


async def test_what_needs_attention_stands_first_and_leads_to_its_card(house: House) -> None:
    await house.room.watch(QUIET)
    assert "None of" not in await house.look()
    assert "Nothing needs attention" in await house.look()
    await house.room.watch(MET)
    await house.room.deliver()
    told = await house.look()
    assert told.index("Needs attention") < told.index("*R2 ") < told.index("*R1 ") < told.index("Compare")
    assert f"<https://slack.example/{HERE}/" in told


async def test_a_change_leaves_the_page_that_is_looked_at(house: House) -> None:
    for number in range(MOST_RULES + 1):
        await house.room.watch(f"BBB drawdown 3m < -{number + 5}% for 1")
    last = f"*R{MOST_RULES + 1} "
    assert last not in await house.look()
    assert last in await house.look(text="2 1")
    await house.answers.work(f"{TEAM}/{ANN}")
    assert last in house.home_tabs.read(ANN)
    assert last not in await house.look(), "a tab that is opened begins with its first page"
    await house.answers.work(f"{TEAM}/{ANN}")
    assert last not in house.home_tabs.read(ANN)


async def test_what_was_seen_earlier_is_not_shown_later(house: House) -> None:
    arrives = house.home_tabs.slow = asyncio.Event()
    first = asyncio.create_task(house.answers.work(f"{TEAM}/{ANN}"))
    await house.home_tabs.asked.wait()
    await house.room.watch(MET)
    second = asyncio.create_task(house.answers.work(f"{TEAM}/{ANN}"))
    await asyncio.wait({second}, timeout=0.3)  # without its turn it would be shown by now, and then undone
    arrives.set()
    await asyncio.gather(first, second)
    assert "*R1 " in house.home_tabs.read(ANN)


async def test_an_answer_that_fails_fails_and_the_tabs_are_shown_anew(house: House) -> None:
    await house.look()

    async def answer(request: Request) -> None:
        raise Unavailable("Slack", "no connection")

    with pytest.raises(Unavailable):
        await house.answers.with_refresh(answer)(house.room.question("x"))
    assert house.room.jobs.tasks == [Task(HOME, f"{TEAM}/{ANN}")]


async def test_a_tab_that_slack_refuses_is_left_until_it_is_opened(house: House) -> None:
    house.home_tabs.down = True
    await house.answers.work(f"{TEAM}/{ANN}")
    assert house.home_tabs.hung == {}
    with pytest.raises(Unavailable):
        await house.look()


async def test_the_bot_says_what_it_does_where_it_comes_in(house: House) -> None:
    await house.answers.greet_channel(house.room.question("", handler=JOINED))
    (posted,) = house.room.messenger.posted
    assert posted.place.channel == HERE
    assert posted.message.text.splitlines() == list(LINES)


@dataclass
class Echo:
    """A handler that lets everything in and remembers where it was asked."""

    places: list[Place] = field(default_factory=list)

    def receive(self, text: str, place: Place) -> Ack:
        self.places.append(place)
        return Ack(work=True, open=True)


def test_events_are_let_in_under_their_own_names() -> None:
    assert [
        (handler.receive("", HOME_TAB).work, handler.receive("", HOME_TAB).handler)
        for handler in (opened_handler(), joined_handler())
    ] == [
        (True, "home"),
        (True, "joined"),
    ]


def test_a_quick_comparison_is_answered_as_a_direct_message() -> None:
    taken = home_buttons(Echo(), ON_CARDS)["home.compare"].receive("ISCB SPSM", HOME_TAB)
    assert (taken.work, taken.handler, taken.text) == (True, "/compare", "ISCB SPSM")
    assert taken.place == Place(TEAM, ANN, ANN)


def test_the_off_switch_is_thrown_in_the_channel_not_in_the_thread() -> None:
    taken = home_buttons(Echo(), ON_CARDS)["digest.off"].receive("digest", Place(TEAM, HERE, ANN, "1.2"))
    assert (taken.handler, taken.text, taken.place) == ("/digest", "off", Place(TEAM, HERE, ANN))
    assert not taken.open  # not for people of another workspace


@pytest.mark.parametrize(("button", "on_card"), [(SNOOZE, ids.SNOOZE), (UNSNOOZE, ids.UNSNOOZE)])
def test_a_snooze_begins_and_ends_in_the_channel_of_its_rule(button: str, on_card: str) -> None:
    handler = home_buttons(Never(), ON_CARDS)[button]
    there = Place(TEAM, HERE, ANN)
    value = json.dumps({"rule": "R7v2", "channel": HERE})
    assert handler.receive(value, HOME_TAB) == Ack(work=True, handler=on_card, text="R7v2", place=there)
    for broken in ("", "R7v2", "[]", '{"rule": "R7v2"}', '{"rule": "R7", "channel": "C1"}'):
        taken = handler.receive(broken, HOME_TAB)
        assert taken.reply
        assert not taken.work


def test_the_reason_of_an_acknowledgement_is_asked_for_the_rule_in_its_channel() -> None:
    taken = home_buttons(Never(), ON_CARDS)[ACK].receive(
        json.dumps({"rule": "R7v2", "channel": HERE}), HOME_TAB
    )
    assert taken.form
    assert taken.form["callback_id"] == ids.ACK_FORM
    assert json.loads(taken.form["private_metadata"]) == {"rule": "R7v2", "channel": HERE, "ts": ""}


class Never:
    """The handler of a command that nobody asks."""

    def receive(self, text: str, place: Place) -> Ack:
        raise AssertionError(text)
