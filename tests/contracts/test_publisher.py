"""What every publisher keeps: the real one in front of a loopback Slack, and the fake that tests use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import pytest

from bot.errors import Undelivered, Verdict
from bot.playground.api.server import Slack
from bot.playground.model import TEAM
from bot.playground.storage import ANN, PORTFOLIO
from bot.ports import Clock, Place, Publisher
from bot.render.message import Block, Message
from bot.slack.client import slack_client
from bot.slack.publisher import SlackPublisher
from bot.slack.rate_limit import RateLimit
from tests.fakes.publisher import RecordingPublisher
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, everybody_sees, kick, loopback, only_for

PNG = b"\x89PNG sortino"
KEY = f"{TEAM}/{PORTFOLIO}/2026-01-16/card/R7v1"
SECTION: Block = {"type": "section", "text": {"type": "mrkdwn", "text": "*R7* fired"}}
PICTURE: Block = {"type": "image", "alt_text": "Sortino of ISCB below 1.0", "slot": "sortino"}
CARD = Message("R7 fired: Sortino of ISCB 0.87", (SECTION, PICTURE))
OVER = Message("R7 is over: Sortino of ISCB 1.12", (SECTION,))
HERE = Place(TEAM, PORTFOLIO, "")


async def ours() -> bool:
    return True


async def taken() -> bool:
    return False


@dataclass(frozen=True)
class Seen:
    """A message as somebody sees it; pictures: how many."""

    text: str
    thread: str | None
    pictures: int


class World(Protocol):
    """A publisher, the eyes of the people around it, and what can come over it."""

    clock: Clock

    @property
    def publisher(self) -> Publisher: ...

    def close(self) -> None:
        """The bot is taken out of the channel."""

    def hide(self) -> None:
        """The channel's history may not be read."""

    def storm(self, seconds: int) -> None:
        """The next request is one too many."""

    def lose(self) -> None:
        """The next message arrives, and nobody hears of it."""

    def cut(self) -> None:
        """The next request is cut off before anything is done."""

    def seen(self) -> list[Seen]: ...

    def told(self) -> list[str]:
        """What is in the direct messages with Ann."""


@dataclass
class Recorded:
    """The fake's world."""

    publisher: RecordingPublisher
    clock: Clock

    def close(self) -> None:
        self.publisher.closed.add(PORTFOLIO)

    def hide(self) -> None:
        self.publisher.unreadable.add(PORTFOLIO)

    def storm(self, seconds: int) -> None:
        self.publisher.fail(Verdict.LATER, retry_after=float(seconds))

    def lose(self) -> None:
        self.publisher.fail(Verdict.DOUBT, arrived=True)

    def cut(self) -> None:
        self.publisher.fail(Verdict.DOUBT)

    def seen(self) -> list[Seen]:
        there = [each for each in self.publisher.published if each.place.channel == PORTFOLIO]
        return [Seen(each.message.text, each.place.thread, len(each.files)) for each in there]

    def told(self) -> list[str]:
        return [each.message.text for each in self.publisher.published if each.place.channel == ANN]


@dataclass
class Real:
    """The real publisher's world."""

    slack: Slack
    publisher: SlackPublisher
    clock: Clock

    def close(self) -> None:
        kick(self.slack)

    def hide(self) -> None:
        self.slack.installed.scopes = SCOPES

    def storm(self, seconds: int) -> None:
        for method in ("chat.postMessage", "chat.update"):
            self.slack.faults.on(f"429:{seconds}", method)

    def lose(self) -> None:
        self.slack.faults.on("drop_connection", "chat.postMessage")

    def cut(self) -> None:
        self.slack.faults.on("drop_connection_before", "chat.postMessage")

    def seen(self) -> list[Seen]:
        return [
            Seen(post.text, post.thread_ts, sum("slack_file" in block for block in post.blocks))
            for post in everybody_sees(self.slack)
        ]

    def told(self) -> list[str]:
        return [post.text for post in only_for(self.slack)]


@pytest.fixture(params=["fake", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    clock = SleptClock()
    if request.param == "fake":
        yield Recorded(RecordingPublisher(clock), clock)
        return
    scopes = (*SCOPES, "channels:history")
    async with loopback(clock, scopes=scopes) as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        yield Real(slack, SlackPublisher(client, clock, RateLimit(clock, clock.sleep), clock.sleep), clock)


async def publish(world: World, place: Place = HERE, key: str = KEY) -> str:
    delivered = await world.publisher.publish(place, CARD, {"sortino": PNG}, key, ours)
    assert delivered.ts
    return delivered.ts


async def refused(world: World, place: Place = HERE) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        await publish(world, place)
    return caught.value


class TestPublish:
    async def test_everybody_sees_it_with_its_picture(self, world: World) -> None:
        delivered = await world.publisher.publish(HERE, CARD, {"sortino": PNG}, KEY, ours)
        assert world.seen() == [Seen(CARD.text, None, 1)]
        assert (delivered.channel, delivered.compromises) == (PORTFOLIO, ())

    async def test_in_a_thread(self, world: World) -> None:
        root = await publish(world)
        await publish(world, replace(HERE, thread=root), "reply")
        assert [seen.thread for seen in world.seen()] == [None, root]

    async def test_a_picture_that_is_not_there_is_a_compromise(self, world: World) -> None:
        delivered = await world.publisher.publish(HERE, CARD, {}, KEY, ours)
        assert delivered.compromises == ("pictures",)
        assert world.seen() == [Seen(CARD.text, None, 0)]

    async def test_to_a_person(self, world: World) -> None:
        delivered = await world.publisher.publish(Place(TEAM, ANN, ANN), OVER, {}, KEY, ours)
        assert delivered.ts
        assert (world.told(), world.seen()) == ([OVER.text], [])

    async def test_what_somebody_else_has_taken_over_is_left_alone(self, world: World) -> None:
        with pytest.raises(Undelivered) as caught:
            await world.publisher.publish(HERE, CARD, {"sortino": PNG}, KEY, taken)
        assert (caught.value.verdict, world.seen()) == (Verdict.LATER, [])


class TestRefusals:
    async def test_a_channel_that_takes_nothing_is_closed(self, world: World) -> None:
        world.close()
        fault = await refused(world)
        assert (fault.verdict, fault.code, world.seen()) == (Verdict.CLOSED, "not_in_channel", [])

    async def test_one_too_many_says_when_to_come_back_and_is_not_waited_for(self, world: World) -> None:
        before = world.clock.monotonic()
        world.storm(30)
        fault = await refused(world)
        assert (fault.verdict, fault.retry_after, world.seen()) == (Verdict.LATER, 30.0, [])
        assert world.clock.monotonic() - before < 2.0

    async def test_an_answer_that_is_lost_leaves_a_doubt_and_one_message(self, world: World) -> None:
        world.lose()
        assert (await refused(world)).verdict is Verdict.DOUBT
        assert len(world.seen()) == 1

    async def test_a_request_that_is_cut_off_leaves_a_doubt_and_no_message(self, world: World) -> None:
        world.cut()
        assert (await refused(world)).verdict is Verdict.DOUBT
        assert world.seen() == []


class TestRewrite:
    async def test_other_words_stand_in_the_same_message(self, world: World) -> None:
        ts = await publish(world)
        for _ in range(2):
            await world.publisher.rewrite(HERE, ts, OVER, {}, ours)
        assert world.seen() == [Seen(OVER.text, None, 0)]

    async def test_it_keeps_its_key(self, world: World) -> None:
        start, ts = world.clock.now(), await publish(world)
        await world.publisher.rewrite(HERE, ts, OVER, {}, ours)
        assert await world.publisher.find(HERE, KEY, start) == ts

    async def test_a_picture_that_slack_has_stays_without_another_upload(self, world: World) -> None:
        done = await world.publisher.publish(HERE, CARD, {"sortino": PNG}, KEY, ours)
        assert list(done.files) == ["sortino"]
        assert done.ts
        for _ in range(2):
            again = await world.publisher.rewrite(HERE, done.ts, CARD, {}, ours, done.files)
            assert (again.files, again.compromises) == (done.files, ())
        assert [each.pictures for each in world.seen()] == [1]
        plain = await world.publisher.rewrite(HERE, done.ts, OVER, {}, ours)
        assert plain.files == {}

    async def test_a_message_that_is_gone_is_refused_for_good(self, world: World) -> None:
        with pytest.raises(Undelivered) as caught:
            await world.publisher.rewrite(HERE, "1700000000.000001", OVER, {}, ours)
        assert (caught.value.verdict, caught.value.code) == (Verdict.REFUSED, "message_not_found")

    async def test_what_somebody_else_has_taken_over_is_left_alone(self, world: World) -> None:
        ts = await publish(world)
        with pytest.raises(Undelivered) as caught:
            await world.publisher.rewrite(HERE, ts, OVER, {}, taken)
        assert (caught.value.verdict, world.seen()[0].text) == (Verdict.LATER, CARD.text)


class TestFind:
    async def test_a_message_whose_answer_was_lost(self, world: World) -> None:
        start = world.clock.now()
        world.lose()
        await refused(world)
        found = await world.publisher.find(HERE, KEY, start)
        assert found
        await world.publisher.rewrite(HERE, found, OVER, {}, ours)
        assert world.seen() == [Seen(OVER.text, None, 0)]

    async def test_what_never_arrived_is_not_there(self, world: World) -> None:
        world.cut()
        await refused(world)
        assert await world.publisher.find(HERE, KEY, world.clock.now()) is None

    async def test_another_key_is_another_message(self, world: World) -> None:
        start = world.clock.now()
        await publish(world, key="other")
        mine = await publish(world)
        assert await world.publisher.find(HERE, KEY, start) == mine

    async def test_in_a_thread(self, world: World) -> None:
        start, root = world.clock.now(), await publish(world)
        thread = replace(HERE, thread=root)
        assert await world.publisher.find(thread, "reply", start) is None
        reply = await publish(world, thread, "reply")
        assert await world.publisher.find(thread, "reply", start) == reply
        assert await world.publisher.find(HERE, "reply", start) is None

    async def test_nothing_older_than_it_may_be(self, world: World) -> None:
        await publish(world)
        later = world.clock.now() + timedelta(hours=1)
        assert await world.publisher.find(HERE, KEY, later) is None

    async def test_where_it_may_not_read_that_is_a_matter_of_settings(self, world: World) -> None:
        world.hide()
        with pytest.raises(Undelivered) as caught:
            await world.publisher.find(HERE, KEY, world.clock.now())
        assert caught.value.verdict is Verdict.SETUP


class TestLink:
    async def test_a_message_has_an_address(self, world: World) -> None:
        ts = await publish(world)
        address = await world.publisher.link(HERE, ts)
        assert address == f"https://fund-team.slack.com/archives/{PORTFOLIO}/p{ts.replace('.', '')}"

    async def test_one_that_is_not_there_has_none(self, world: World) -> None:
        assert await world.publisher.link(HERE, "1700000000.000001") is None
