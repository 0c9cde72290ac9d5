"""One message at most for each notice, whatever Slack does; what became of it is told as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.errors import Undelivered, Verdict
from bot.playground.api.server import Slack
from bot.playground.model import TEAM
from bot.playground.storage import ANN, PORTFOLIO, RANDOM, RESEARCH
from bot.ports import Delivered, Place
from bot.render.message import Message
from bot.slack import client as client_module
from bot.slack import publisher as module
from bot.slack.client import slack_client
from bot.slack.directory import Installation
from bot.slack.history import MOST_PAGES, PAGE_SIZE
from bot.slack.messenger import SlackMessenger
from bot.slack.publisher import BUDGET, SlackPublisher
from bot.slack.rate_limit import BURST, RateLimit
from tests.fakes.slack_clock import SleptClock
from tests.fakes.slack_desk import PICTURE, PNG, SECTION, TABLE, kinds, last_line
from tests.fakes.workspace import BOT_TOKEN, SCOPES, everybody_sees, kick, loopback, only_for

KEY = f"{TEAM}/{PORTFOLIO}/2026-01-16/card/R7v1"
HERE = Place(TEAM, PORTFOLIO, "")
CARD = Message("R7 fired: Sortino of ISCB 0.87", (SECTION, TABLE, PICTURE))
BARE = Message("R7 fired: Sortino of ISCB 0.87", (SECTION,))
POST = "chat.postMessage"


@dataclass
class Held:
    """A claim that is held for so many questions, and how often it was asked for."""

    times: int = 99
    asked: int = 0

    async def __call__(self) -> bool:
        self.asked += 1
        return self.asked <= self.times


@dataclass
class Counter:
    """A publisher before a Slack, and time that passes only while somebody sleeps."""

    slack: Slack
    publisher: SlackPublisher
    messenger: SlackMessenger
    clock: SleptClock
    held: Held = field(default_factory=Held)

    async def publish(self, message: Message = BARE, place: Place = HERE) -> Delivered:
        pictures = {"growth": PNG} if message is CARD else {}
        return await self.publisher.publish(place, message, pictures, KEY, self.held)

    async def refused(self, message: Message = BARE, place: Place = HERE) -> Undelivered:
        with pytest.raises(Undelivered) as caught:
            await self.publish(message, place)
        return caught.value

    @classmethod
    @asynccontextmanager
    async def open(cls, scopes: tuple[str, ...] = (*SCOPES, "channels:history")) -> AsyncIterator[Counter]:
        clock = SleptClock()
        async with loopback(clock, scopes=scopes) as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
            pace = RateLimit(clock, clock.sleep)
            messenger = SlackMessenger(client, clock, clock.sleep, pace=pace)
            yield cls(slack, SlackPublisher(client, clock, pace, clock.sleep), messenger, clock)


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    async with Counter.open() as counter:
        yield counter


class TestAsMeant:
    async def test_it_carries_its_key_and_unfolds_no_links(self, counter: Counter) -> None:
        delivered = await counter.publish(CARD)
        (post,) = everybody_sees(counter.slack)
        assert (delivered.channel, delivered.ts, delivered.compromises) == (PORTFOLIO, post.ts, ())
        assert kinds(post.blocks) == ["section", "table", "image"]
        assert post.metadata == {"event_type": "watchpoint_promise", "event_payload": {"key": KEY}}
        (call,) = counter.slack.calls_of(POST)
        assert (call.payload["unfurl_links"], call.payload["unfurl_media"]) == (False, False)
        assert counter.held.asked == 1

    async def test_a_person_is_told_in_direct_messages(self, counter: Counter) -> None:
        delivered = await counter.publish(place=Place(TEAM, ANN, ANN))
        assert delivered.channel.startswith("D")
        assert [post.text for post in only_for(counter.slack)] == [BARE.text]

    async def test_other_words_keep_key_and_place_and_leave_no_old_block(self, counter: Counter) -> None:
        ts = (await counter.publish(CARD)).ts or ""
        await counter.publisher.rewrite(HERE, ts, Message("R7 is over", ()), {}, counter.held)
        (post,) = everybody_sees(counter.slack)
        assert (post.ts, post.text, post.blocks) == (ts, "R7 is over", ())
        assert post.metadata == {"event_type": "watchpoint_promise", "event_payload": {"key": KEY}}


class TestPlainer:
    async def test_a_refused_table_is_told_in_lines(self, counter: Counter) -> None:
        counter.slack.faults.on("invalid_blocks:no table [json-pointer:/blocks/1]", POST)
        assert (await counter.publish(CARD)).compromises == ("table",)
        (post,) = everybody_sees(counter.slack)
        assert kinds(post.blocks) == ["section", "section", "image"]
        assert counter.held.asked == 2

    async def test_what_is_refused_in_its_plainest_form_is_refused_for_good(self, counter: Counter) -> None:
        counter.slack.faults.on("invalid_blocks", POST, times=9)
        fault = await counter.refused(CARD)
        assert (fault.verdict, fault.code) == (Verdict.REFUSED, "invalid_blocks")
        assert len(counter.slack.calls_of(POST)) == 3

    async def test_a_picture_that_never_gets_ready_is_left_out(self, counter: Counter) -> None:
        counter.slack.readiness.looks = 99
        assert (await counter.publish(CARD)).compromises == ("pictures",)
        (post,) = everybody_sees(counter.slack)
        assert last_line(post.blocks) == "The chart could not be attached to this message."

    async def test_a_picture_that_cannot_be_uploaded_costs_nothing_else(self, counter: Counter) -> None:
        counter.slack.faults.on("500", "upload", times=3)
        assert (await counter.publish(CARD)).compromises == ("pictures",)

    async def test_where_no_picture_may_be_shown_the_rest_is_posted(self, counter: Counter) -> None:
        counter.slack.faults.on("unable_to_share_files", POST)
        assert (await counter.publish(CARD)).compromises == ("pictures",)

    async def test_other_words_are_made_plainer_too(self, counter: Counter) -> None:
        ts = (await counter.publish()).ts or ""
        counter.slack.faults.on("invalid_blocks", "chat.update", times=2)
        await counter.publisher.rewrite(HERE, ts, CARD, {"growth": PNG}, counter.held)
        (post,) = everybody_sees(counter.slack)
        assert (post.text, post.blocks) == (CARD.text, ())


class TestOnce:
    @pytest.mark.parametrize(
        ("fault", "posts"),
        [
            ("500", 0),
            ("drop_connection_before", 0),
            ("internal_error", 0),
            ("500_after", 1),
            ("drop_connection", 1),
            ("garbled_after", 1),
        ],
    )
    async def test_what_nobody_can_know_is_told_and_not_tried_again(
        self, counter: Counter, fault: str, posts: int
    ) -> None:
        counter.slack.faults.on(fault, POST)
        assert (await counter.refused(CARD)).verdict is Verdict.DOUBT
        assert len(counter.slack.calls_of(POST)) == 1
        assert len(everybody_sees(counter.slack)) == posts

    @pytest.mark.slow
    @pytest.mark.parametrize(("fault", "posts"), [("hang", 0), ("hang_after", 1)])
    async def test_a_slack_that_hangs_leaves_a_doubt(
        self, monkeypatch: pytest.MonkeyPatch, fault: str, posts: int
    ) -> None:
        monkeypatch.setattr(client_module, "TIMEOUT", 0.2)
        async with Counter.open() as counter:
            counter.slack.faults.on(fault, POST)
            assert (await counter.refused()).verdict is Verdict.DOUBT
            assert len(everybody_sees(counter.slack)) == posts

    @pytest.mark.parametrize("fault", ["drop_connection", "500_after", "drop_connection_before", "500"])
    async def test_other_words_likewise(self, counter: Counter, fault: str) -> None:
        ts = (await counter.publish()).ts or ""
        counter.slack.faults.on(fault, "chat.update")
        with pytest.raises(Undelivered) as caught:
            await counter.publisher.rewrite(HERE, ts, Message("over", ()), {}, counter.held)
        assert caught.value.verdict is Verdict.DOUBT
        assert len(counter.slack.calls_of("chat.update")) == 1

    async def test_a_slack_that_was_never_reached_leaves_none(self) -> None:
        clock = SleptClock()
        async with slack_client(BOT_TOKEN, "http://127.0.0.1:9/api/") as client:
            publisher = SlackPublisher(client, clock, RateLimit(clock, clock.sleep), clock.sleep)
            with pytest.raises(Undelivered) as caught:
                await publisher.publish(HERE, BARE, {}, KEY, Held())
        assert (caught.value.verdict, clock.slept) == (Verdict.LATER, [])


class TestRefusals:
    @pytest.mark.parametrize(
        ("code", "verdict"),
        [
            ("channel_not_found", Verdict.CLOSED),
            ("is_archived", Verdict.CLOSED),
            ("restricted_action_read_only_channel", Verdict.CLOSED),
            ("invalid_auth", Verdict.SETUP),
            ("token_revoked", Verdict.SETUP),
            ("missing_scope", Verdict.SETUP),
            ("thread_not_found", Verdict.REFUSED),
            ("service_unavailable", Verdict.LATER),
            ("some_new_word", Verdict.LATER),
        ],
    )
    async def test_each_is_told_at_once(self, counter: Counter, code: str, verdict: Verdict) -> None:
        counter.slack.faults.on(code, POST)
        fault = await counter.refused(CARD)
        assert (fault.verdict, fault.code) == (verdict, code)
        assert (len(counter.slack.calls_of(POST)), everybody_sees(counter.slack)) == (1, [])

    async def test_a_picture_does_not_keep_a_card_from_a_public_channel(self, counter: Counter) -> None:
        counter.slack.installed.scopes = (*counter.slack.installed.scopes, "chat:write.public")
        kick(counter.slack)
        done = await counter.publish(CARD)
        assert done.compromises == ("pictures",)
        (card,) = everybody_sees(counter.slack)
        assert (card.files, len(counter.slack.calls_of(POST))) == ((), 2)

    async def test_without_the_scope_for_it_a_public_channel_is_closed(self, counter: Counter) -> None:
        kick(counter.slack)
        fault = await counter.refused(CARD)
        assert (fault.verdict, fault.code) == (Verdict.CLOSED, "not_in_channel")

    async def test_nobody_is_answered_elsewhere(self, counter: Counter) -> None:
        kick(counter.slack)
        await counter.refused(CARD)
        assert only_for(counter.slack) == []

    async def test_a_channel_that_is_archived_is_closed(self, counter: Counter) -> None:
        counter.slack.workspace.archive(PORTFOLIO)
        assert (await counter.refused()).verdict is Verdict.CLOSED

    @pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
    async def test_a_message_that_cannot_be_changed_is_left_for_good(
        self, counter: Counter, code: str
    ) -> None:
        counter.slack.faults.on(code, "chat.update")
        with pytest.raises(Undelivered) as caught:
            await counter.publisher.rewrite(HERE, "1.000001", BARE, {}, counter.held)
        assert (caught.value.verdict, caught.value.code) == (Verdict.REFUSED, code)


class TestPace:
    async def test_after_a_burst_one_a_second_whoever_posts(self, counter: Counter) -> None:
        counter.slack.rate.burst = BURST
        for _ in range(3):
            await counter.publish()
            await counter.messenger.post(HERE, BARE, {})
        assert [call.status for call in counter.slack.calls_of(POST)] == [200] * 6
        assert counter.clock.monotonic() == pytest.approx(6 - BURST)

    async def test_a_limit_is_told_and_holds_for_all_that_is_posted_there(self, counter: Counter) -> None:
        counter.slack.faults.on("429:90", POST)
        assert (await counter.refused()).retry_after == 90.0
        fault = await counter.refused()
        assert fault.verdict is Verdict.LATER
        assert fault.retry_after == pytest.approx(90.0)
        assert (len(counter.slack.calls_of(POST)), counter.clock.slept) == (1, [])
        assert (await counter.publish(place=replace(HERE, channel=RESEARCH))).ts

    async def test_a_short_limit_is_over_when_it_is_over(self, counter: Counter) -> None:
        counter.slack.faults.on("429:5", POST)
        await counter.refused()
        await counter.publish()
        assert counter.clock.monotonic() == pytest.approx(5.0)

    async def test_what_took_too_long_to_prepare_is_not_sent_at_all(
        self, counter: Counter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def slow(*_: object) -> dict[str, str]:
            await counter.clock.sleep(BUDGET + 1)
            return {}

        monkeypatch.setattr("bot.slack.files.Uploads.upload", slow)
        assert (await counter.refused(CARD)).verdict is Verdict.LATER
        assert counter.slack.calls_of(POST) == []

    def test_the_last_request_ends_well_within_the_lease(self) -> None:
        lease = 120.0
        assert module.UPLOADING < BUDGET
        assert lease - 30.0 >= BUDGET + client_module.TIMEOUT


class TestOurs:
    async def test_it_is_asked_right_before_the_request(self, counter: Counter) -> None:
        methods: list[str] = []

        async def ours() -> bool:
            methods.extend(call.method for call in counter.slack.calls)
            return True

        await counter.publisher.publish(HERE, CARD, {"growth": PNG}, KEY, ours)
        assert methods[-1] == "files.completeUploadExternal"
        assert POST not in methods

    async def test_a_notice_that_is_lost_on_the_way_down_is_left_alone(self, counter: Counter) -> None:
        counter.held.times = 1
        counter.slack.faults.on("invalid_blocks", POST)
        assert (await counter.refused(CARD)).verdict is Verdict.LATER
        assert (len(counter.slack.calls_of(POST)), everybody_sees(counter.slack)) == (1, [])


class TestFind:
    async def test_among_much_other_talk(self, counter: Counter) -> None:
        start = counter.clock.now()
        ts = (await counter.publish()).ts
        for number in range(PAGE_SIZE * (MOST_PAGES - 1)):
            counter.slack.workspace.say(PORTFOLIO, ANN, f"talk {number}")
        assert await counter.publisher.find(HERE, KEY, start) == ts
        assert len(counter.slack.calls_of("conversations.history")) == MOST_PAGES

    async def test_it_does_not_look_for_ever(self, counter: Counter) -> None:
        for number in range(PAGE_SIZE * (MOST_PAGES + 1)):
            counter.slack.workspace.say(PORTFOLIO, ANN, f"talk {number}")
        assert await counter.publisher.find(HERE, KEY, counter.clock.now()) is None
        assert len(counter.slack.calls_of("conversations.history")) == MOST_PAGES

    async def test_a_clock_that_is_a_little_behind_hides_nothing(self, counter: Counter) -> None:
        ts = (await counter.publish()).ts
        ahead = counter.clock.now() + timedelta(seconds=30)
        assert await counter.publisher.find(HERE, KEY, ahead) == ts

    async def test_in_a_thread_that_is_not_there_there_is_nothing(self, counter: Counter) -> None:
        thread = replace(HERE, thread="1700000000.000001")
        assert await counter.publisher.find(thread, KEY, counter.clock.now()) is None

    @pytest.mark.parametrize("channel", [RANDOM, "C0NOWHERE"])
    async def test_where_it_is_not_it_may_not_read(self, counter: Counter, channel: str) -> None:
        with pytest.raises(Undelivered) as caught:
            await counter.publisher.find(replace(HERE, channel=channel), KEY, counter.clock.now())
        assert caught.value.verdict is Verdict.SETUP

    async def test_private_channels_need_a_scope_of_their_own(self, counter: Counter) -> None:
        with pytest.raises(Undelivered) as caught:
            await counter.publisher.find(replace(HERE, channel=RESEARCH), KEY, counter.clock.now())
        assert (caught.value.verdict, caught.value.code) == (Verdict.SETUP, "missing_scope")

    @pytest.mark.parametrize(("fault", "wait"), [("429:30", 30.0), ("500", None), ("drop_connection", None)])
    async def test_a_look_that_fails_may_be_had_again(
        self, counter: Counter, fault: str, wait: float | None
    ) -> None:
        counter.slack.faults.on(fault, "conversations.history", times=2)
        with pytest.raises(Undelivered) as caught:
            await counter.publisher.find(HERE, KEY, counter.clock.now())
        assert (caught.value.verdict, caught.value.retry_after) == (Verdict.LATER, wait)


class TestLink:
    async def test_any_refusal_means_that_there_is_none(self, counter: Counter) -> None:
        ts = (await counter.publish()).ts or ""
        for fault in ("500", "429", "missing_scope", "channel_not_found"):
            counter.slack.faults.on(fault, "chat.getPermalink")
            assert await counter.publisher.link(HERE, ts) is None
        assert (await counter.publisher.link(HERE, ts) or "").endswith(ts.replace(".", ""))


async def test_many_channels_at_once_do_not_wait_for_each_other(counter: Counter) -> None:
    places = [HERE, replace(HERE, channel=RESEARCH), Place(TEAM, ANN, ANN)]
    await asyncio.gather(*(counter.publish(place=place) for place in places for _ in range(BURST)))
    assert (counter.clock.slept, len(counter.slack.calls_of(POST))) == ([], 3 * BURST)


async def test_what_slack_posts_beside_its_thread_stays(counter: Counter) -> None:
    said = counter.slack.workspace.say(PORTFOLIO, ANN, "the digest of yesterday")
    counter.slack.workspace.delete(PORTFOLIO, said.ts)
    await counter.publish(place=replace(HERE, thread=said.ts))
    assert [each.thread_ts for each in everybody_sees(counter.slack)] == [None]
    assert counter.slack.calls_of("chat.delete") == []


async def test_nothing_of_another_workspace_is_posted_with_this_token() -> None:
    """It waits for whoever changes the token; while Slack does not say whose it is, for Slack."""
    async with loopback() as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        clock, held = SleptClock(), Held()
        pace = RateLimit(clock, clock.sleep)

        def fresh() -> SlackPublisher:
            return SlackPublisher(client, clock, pace, clock.sleep, Installation(client))

        slack.faults.on("500", "auth.test")
        with pytest.raises(Undelivered) as unknown:
            await fresh().publish(HERE, BARE, {}, KEY, held)
        assert unknown.value.verdict is Verdict.LATER
        publisher, there = fresh(), replace(HERE, team="T9")
        for attempt in (
            publisher.publish(there, BARE, {}, KEY, held),
            publisher.rewrite(there, "1.5", BARE, {}, held),
            publisher.find(there, KEY, clock.now()),
        ):
            with pytest.raises(Undelivered, match="the token is for another workspace") as other:
                await attempt
            assert other.value.verdict is Verdict.SETUP
        assert everybody_sees(slack) == []
        await publisher.publish(HERE, BARE, {}, KEY, held)
        assert len(everybody_sees(slack)) == 1
        slack.installed.organisation, slack.installed.everywhere = "E1", True
        await fresh().publish(there, BARE, {}, KEY, held)
        assert len(slack.calls_of("auth.test")) == 3
