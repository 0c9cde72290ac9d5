"""The ways down from a perfect post, against a Slack that refuses: an answer is never lost, never doubled."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.playground.model import BOT, Channel, PostedMessage
from bot.playground.storage import ANN, BEN, PORTFOLIO, RANDOM
from bot.ports import Delivered, Document
from bot.render.message import Block, Message
from bot.slack import client as client_module
from bot.slack.client import slack_client
from bot.slack.errors import FaultKind, SlackFault
from bot.slack.messenger import SlackMessenger
from bot.slack.rate_limit import BURST
from tests.fakes.slack_clock import SleptClock
from tests.fakes.slack_desk import ANSWER, HERE, PLAIN, PNG, Desk, cell, kinds, last_line
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback


def ended_thread(desk: Desk) -> str:
    """The thread of a message that was deleted before anybody answered it."""
    said = desk.slack.workspace.say(PORTFOLIO, ANN, "compare")
    desk.slack.workspace.delete(PORTFOLIO, said.ts)
    return said.ts


def pictures_of(post: PostedMessage) -> dict[str, str]:
    """Slack's id of its one picture, by the slot."""
    return {"growth": post.blocks[2]["slack_file"]["id"]}


class TestAsMeant:
    async def test_text_blocks_and_picture_arrive(self, desk: Desk) -> None:
        delivered = await desk.post(replace(HERE, thread="1700000000.5"))
        (post,) = desk.posts()
        assert delivered == Delivered(PORTFOLIO, post.ts, files=pictures_of(post))
        assert (post.text, post.thread_ts) == ("ISCB returned 16.1 %", "1700000000.5")
        assert kinds(post.blocks) == ["section", "table", "image"]
        assert desk.slack.workspace.files[post.blocks[2]["slack_file"]["id"]].content == PNG

    async def test_nothing_unfurls_and_no_name_is_linked(self, desk: Desk) -> None:
        await desk.post()
        (call,) = desk.slack.calls_of("chat.postMessage")
        assert (call.payload["unfurl_links"], call.payload["unfurl_media"]) == (False, False)
        assert not {"link_names", "parse"} & call.payload.keys()

    async def test_the_upload_names_no_channel_and_no_alt_text(self, desk: Desk) -> None:
        await desk.post()
        (asked,), (done,) = (
            desk.slack.calls_of(f"files.{m}") for m in ("getUploadURLExternal", "completeUploadExternal")
        )
        assert asked.payload["length"] == str(len(PNG))
        assert not {"alt_txt", "channel_id"} & (asked.payload.keys() | done.payload.keys())

    async def test_a_message_beyond_the_limits_is_made_to_fit(self, desk: Desk) -> None:
        empty_cell: Block = {"type": "table", "rows": [[cell(""), cell("ISCB")]]}
        long: Block = {"type": "section", "text": {"type": "mrkdwn", "text": "word " * 900}}
        delivered = await desk.post(message=Message("found", (long, empty_cell)))
        assert delivered.compromises == ()
        (post,) = desk.posts()
        assert post.blocks[0]["text"]["text"].endswith("word…")


class TestBlocks:
    async def test_a_refused_table_is_told_in_lines(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.slack.faults.on("invalid_blocks:no table here [json-pointer:/blocks/1]", "chat.postMessage")
        assert (await desk.post()).compromises == ("table",)
        (post,) = desk.posts()
        assert kinds(post.blocks) == ["section", "section", "image"]
        assert post.blocks[1]["text"]["text"] == "*Return*\nISCB 16.1 %"
        assert "json-pointer:/blocks/1" in caplog.text

    @pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
    async def test_refused_again_the_text_goes_alone(self, desk: Desk, code: str) -> None:
        desk.slack.faults.on(code, "chat.postMessage", times=2)
        assert (await desk.post()).compromises == ("table", "pictures", "blocks")
        (post,) = desk.posts()
        assert (post.text, post.blocks) == ("ISCB returned 16.1 %", ())

    async def test_refused_a_third_time_it_is_an_error(self, desk: Desk) -> None:
        desk.slack.faults.on("invalid_blocks", "chat.postMessage", times=3)
        with pytest.raises(SlackFault) as caught:
            await desk.post()
        assert caught.value.kind is FaultKind.BLOCKS


class TestElsewhere:
    async def test_not_in_the_channel_the_asker_gets_the_table_and_how_to_invite(self, desk: Desk) -> None:
        desk.kick()
        delivered = await desk.post(desk.with_reply())
        assert delivered == Delivered(PORTFOLIO, None, ("channel", "pictures"))
        (post,) = desk.shown()
        assert kinds(post.blocks) == ["section", "table", "context"]
        assert "To see the pictures here, invite me: `/invite @watchpoint`" in last_line(post.blocks)

    async def test_without_permission_it_is_not_in_the_channel(self, desk: Desk) -> None:
        desk.slack.faults.on("no_permission", "chat.postMessage")
        delivered = await desk.post(desk.with_reply())
        assert delivered == Delivered(PORTFOLIO, None, ("channel", "pictures"))
        assert "invite me: `/invite @watchpoint`" in last_line(desk.shown()[0].blocks)

    @pytest.mark.parametrize(
        ("message", "channel", "words"),
        [
            (PLAIN, RANDOM, "To share answers here, invite me: `/invite @watchpoint`"),
            (ANSWER, "D0PAIR", "I am not part of this conversation"),
        ],
    )
    async def test_the_line_suits_the_place(
        self, desk: Desk, message: Message, channel: str, words: str
    ) -> None:
        desk.slack.workspace.channels["D0PAIR"] = Channel("D0PAIR", "", "dm", (ANN, BEN))
        await desk.post(desk.with_reply(channel=channel), message)
        (post,) = desk.shown()
        assert words in last_line(post.blocks)

    async def test_pictures_are_missed_even_where_they_could_not_be_uploaded(self, desk: Desk) -> None:
        desk.kick()
        desk.slack.installed.scopes = ("commands", "chat:write")
        delivered = await desk.post(desk.with_reply())
        assert delivered.compromises == ("channel", "pictures")
        assert "without its charts" in last_line(desk.shown()[0].blocks)

    async def test_a_refusal_with_a_word_that_nobody_knows_is_answered_too(self, desk: Desk) -> None:
        desk.slack.faults.on("some_new_policy", "chat.postMessage")
        await desk.post(desk.with_reply())
        (post,) = desk.shown()
        assert last_line(post.blocks).endswith("Slack does not let me post here (some_new_policy).")

    async def test_where_inviting_would_not_help_the_reason_is_named(self, desk: Desk) -> None:
        desk.slack.workspace.archive(PORTFOLIO)
        await desk.post(desk.with_reply())
        (post,) = desk.shown()
        assert last_line(post.blocks).endswith("Slack does not let me post here (is_archived).")

    @pytest.mark.parametrize("reply", [True, False])
    async def test_under_a_message_that_is_gone_the_asker_gets_the_answer(
        self, desk: Desk, reply: bool
    ) -> None:
        desk.slack.faults.on("thread_not_found", "chat.postMessage")
        await desk.post(replace(desk.with_reply() if reply else HERE, thread="1700000000.5"))
        (post,) = desk.shown()
        assert last_line(post.blocks) == (
            "Only you can see this, without its charts: the message that I was to answer under is gone."
            if reply
            else "The message in <#C0PORTFOLIO> that I was to answer under is gone."
        )

    @pytest.mark.parametrize("reply", [True, False])
    async def test_what_slack_posts_beside_its_thread_stays_and_is_not_said_again(
        self, desk: Desk, reply: bool
    ) -> None:
        """Under a parent that was deleted Slack posts in the channel, without a word of the thread."""
        place = replace(desk.with_reply() if reply else HERE, thread=ended_thread(desk))
        delivered = await desk.post(place)
        (post,) = desk.posts()
        assert (delivered, post.thread_ts) == (Delivered(PORTFOLIO, post.ts, files=pictures_of(post)), None)
        assert desk.shown() == []
        assert desk.slack.calls_of("chat.delete") == []

    async def test_a_thread_in_which_others_have_answered_goes_on(self, desk: Desk) -> None:
        said = desk.slack.workspace.say(PORTFOLIO, ANN, "compare")
        desk.slack.workspace.say(PORTFOLIO, BEN, "yes, do", said.ts)
        desk.slack.workspace.delete(PORTFOLIO, said.ts)
        await desk.post(replace(HERE, thread=said.ts))
        (post,) = desk.posts()
        assert post.thread_ts == said.ts

    async def test_a_reply_that_takes_no_table_gets_lines_and_then_text(self, desk: Desk) -> None:
        desk.kick()
        desk.slack.faults.on("invalid_blocks", "reply", times=2)
        delivered = await desk.post(desk.with_reply())
        assert delivered.compromises == ("channel", "pictures", "table", "blocks")
        (post,) = desk.shown()
        assert post.text.startswith("ISCB returned 16.1 %\nOnly you can see this")

    @pytest.mark.parametrize("reply", [True, False])
    async def test_where_no_reply_url_works_it_is_a_direct_message_with_pictures(
        self, desk: Desk, reply: bool
    ) -> None:
        desk.kick()
        desk.slack.faults.on("expired_url", "reply")
        delivered = await desk.post(desk.with_reply() if reply else HERE)
        assert (delivered.channel, delivered.compromises) == ("D0ANN", ("channel",))
        (post,) = desk.shown()
        assert kinds(post.blocks) == ["section", "table", "image", "context"]
        assert last_line(post.blocks) == "I could not post this in <#C0PORTFOLIO> (not_in_channel)."

    @pytest.mark.parametrize("channel", ["", ANN])
    async def test_asked_nowhere_the_answer_is_a_direct_message_and_nothing_is_amiss(
        self, desk: Desk, channel: str
    ) -> None:
        delivered = await desk.post(replace(HERE, channel=channel))
        (post,) = desk.shown()
        assert delivered == Delivered("D0ANN", post.ts, files=pictures_of(post))
        assert kinds(post.blocks) == ["section", "table", "image"]

    async def test_where_nothing_works_it_is_unavailable_for_good(self, desk: Desk) -> None:
        desk.kick()
        with pytest.raises(SlackFault) as caught:
            await desk.post(replace(HERE, user=""))
        assert (caught.value.code, caught.value.permanent) == ("not_in_channel", True)


class TestDoubt:
    @pytest.mark.parametrize("fault", ["drop_connection", "500"])
    async def test_what_may_have_arrived_is_not_sent_again(
        self, desk: Desk, fault: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.slack.faults.on(fault, "chat.postMessage")
        with caplog.at_level(logging.WARNING), pytest.raises(SlackFault) as caught:
            await desk.post(desk.with_reply())
        assert (caught.value.kind, caught.value.permanent) == (FaultKind.DOUBT, False)
        assert len(desk.slack.calls_of("chat.postMessage")) == 1
        assert desk.slack.calls_of("reply") == []
        assert "Possibly delivered" in caplog.text

    @pytest.mark.slow
    async def test_a_slack_that_hangs_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client_module, "TIMEOUT", 0.05)
        async with loopback() as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
            slack.faults.on("hang", "chat.postMessage")
            clock = SleptClock()
            with pytest.raises(SlackFault) as caught:
                await SlackMessenger(client, clock, clock.sleep).post(HERE, PLAIN, {})
        assert caught.value.kind is FaultKind.DOUBT


class TestTooMany:
    async def test_slack_is_obeyed_and_the_post_arrives_once(self, desk: Desk) -> None:
        desk.slack.faults.on("429", "chat.postMessage", times=2)
        assert (await desk.post(message=PLAIN)).compromises == ()
        assert desk.clock.slept == [1.0, 1.0]
        assert len(desk.posts()) == 1

    async def test_many_posts_to_a_channel_are_spaced(self, desk: Desk) -> None:
        await asyncio.gather(*(desk.post(message=PLAIN) for _ in range(6)))
        assert len(desk.posts()) == 6
        assert desk.clock.monotonic() == 3.0

    async def test_one_after_the_other_none_is_one_too_many_for_slack(self, desk: Desk) -> None:
        desk.slack.rate.burst = BURST
        for _ in range(8):
            await desk.post(message=PLAIN)
        assert [call.status for call in desk.slack.calls_of("chat.postMessage")] == [200] * 8


class TestTell:
    TOLD = Message("I could not read `/compare`.", ())

    async def test_by_the_reply_url_only_the_asker_sees_it(self, desk: Desk) -> None:
        await desk.messenger.tell(desk.with_reply(), self.TOLD)
        (post,) = desk.shown()
        assert post.text == self.TOLD.text
        assert [call.payload["response_type"] for call in desk.slack.calls_of("reply")] == ["ephemeral"]

    async def test_asked_within_a_thread_it_is_an_ephemeral_post_there(self, desk: Desk) -> None:
        parent = desk.slack.workspace.say(PORTFOLIO, BEN, "ISCB or SPSM?")
        desk.slack.workspace.say(PORTFOLIO, ANN, "@watchpoint compare", parent.ts)
        await desk.messenger.tell(replace(HERE, thread=parent.ts, within=True), self.TOLD)
        (post,) = desk.shown()
        assert (post.channel, post.thread_ts) == (PORTFOLIO, parent.ts)

    async def test_asked_by_what_opens_a_thread_it_stands_beside_it(self, desk: Desk) -> None:
        """Slack takes an ephemeral post for a thread that has not begun, and shows it to nobody."""
        said = desk.slack.workspace.say(PORTFOLIO, ANN, "@watchpoint compare")
        await desk.messenger.tell(replace(HERE, thread=said.ts), self.TOLD)
        (post,) = desk.shown()
        assert (post.channel, post.thread_ts) == (PORTFOLIO, None)

    async def test_a_sixth_use_of_a_reply_url_is_not_tried(self, desk: Desk) -> None:
        place = desk.with_reply()
        for _ in range(7):
            await desk.messenger.tell(place, self.TOLD)
        assert len(desk.slack.calls_of("reply")) == 5
        assert len(desk.slack.calls_of("chat.postEphemeral")) == 2
        assert len(desk.shown()) == 7

    async def test_outside_its_channels_it_is_a_direct_message(self, desk: Desk) -> None:
        desk.kick()
        await desk.messenger.tell(HERE, self.TOLD)
        assert [post.channel for post in desk.shown()] == ["D0ANN"]

    @pytest.mark.parametrize("channel", ["", ANN])
    async def test_asked_nowhere_it_is_a_direct_message(self, desk: Desk, channel: str) -> None:
        await desk.messenger.tell(replace(HERE, channel=channel), self.TOLD)
        assert [post.channel for post in desk.shown()] == ["D0ANN"]
        assert desk.slack.calls_of("chat.postEphemeral") == []

    async def test_in_direct_messages_it_is_a_post_that_stays(self, desk: Desk) -> None:
        desk.slack.workspace.dm(ANN)
        await desk.messenger.tell(replace(HERE, channel="D0ANN", thread="1700000000.5"), self.TOLD)
        (post,) = desk.shown()
        assert (post.channel, post.thread_ts, post.ephemeral_for) == ("D0ANN", "1700000000.5", None)

    async def test_without_permission_it_is_a_direct_message(self, desk: Desk) -> None:
        desk.slack.faults.on("no_permission", "chat.postEphemeral")
        await desk.messenger.tell(HERE, self.TOLD)
        assert [post.channel for post in desk.shown()] == ["D0ANN"]

    async def test_between_two_others_it_is_a_direct_message(self, desk: Desk) -> None:
        desk.slack.workspace.channels["D0PAIR"] = Channel("D0PAIR", "", "dm", (ANN, BEN))
        await desk.messenger.tell(replace(HERE, channel="D0PAIR"), self.TOLD)
        assert [post.channel for post in desk.shown()] == ["D0ANN"]

    async def test_a_refused_token_is_unavailable_for_good(self, desk: Desk) -> None:
        desk.slack.installed.bot_token = "another"
        with pytest.raises(SlackFault) as caught:
            await desk.messenger.tell(HERE, self.TOLD)
        assert (caught.value.code, caught.value.permanent) == ("invalid_auth", True)
        assert len(desk.slack.calls) == 1

    async def test_pictures_are_left_out(self, desk: Desk) -> None:
        await desk.messenger.tell(HERE, ANSWER)
        assert kinds(desk.shown()[0].blocks) == ["section", "table"]


async def test_no_secret_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    place = desk.with_reply()
    desk.kick()
    desk.slack.faults.on("expired_url", "reply")
    with caplog.at_level(logging.DEBUG):
        await desk.post(place)
        await desk.messenger.tell(desk.with_reply(), PLAIN)
    assert caplog.text
    assert BOT_TOKEN not in caplog.text
    assert "/reply/" not in caplog.text
    assert "16.1" not in caplog.text


class TestKey:
    async def test_it_is_metadata_of_an_answer_in_whatever_form_it_is_posted(self, desk: Desk) -> None:
        desk.slack.faults.on("invalid_blocks", "chat.postMessage", times=2)
        await desk.messenger.post(HERE, PLAIN, {}, "q1")
        (post,) = desk.posts()
        assert post.metadata == {"event_type": "watchpoint_answer", "event_payload": {"key": "q1"}}

    async def test_what_is_never_looked_for_has_none(self, desk: Desk) -> None:
        await desk.post(message=PLAIN)
        (post,) = desk.posts()
        assert post.metadata is None

    async def test_an_answer_in_direct_messages_has_it_too(self, desk: Desk) -> None:
        desk.kick()
        await desk.messenger.post(HERE, PLAIN, {}, "q1")
        (post,) = desk.shown()
        assert post.metadata is not None


class TestFind:
    @pytest.fixture(autouse=True)
    def readable(self, desk: Desk) -> None:
        desk.slack.installed.scopes = (*SCOPES, "channels:history")

    async def test_a_notice_of_the_same_key_is_no_answer(self, desk: Desk) -> None:
        notice = {"event_type": "watchpoint_promise", "event_payload": {"key": "q1"}}
        desk.slack.workspace.post(PORTFOLIO, BOT, "R7 fired", metadata=notice)
        assert await desk.messenger.find(HERE, "q1", desk.clock.now()) is None

    @pytest.mark.parametrize("fault", ["500", "429:5", "internal_error"])
    async def test_a_look_that_failed_is_had_again(self, desk: Desk, fault: str) -> None:
        posted = await desk.messenger.post(HERE, PLAIN, {}, "q1")
        desk.slack.faults.on(fault, "conversations.history", times=2)
        assert await desk.messenger.find(HERE, "q1", desk.clock.now()) == posted
        assert desk.clock.slept[-2:] == ([5.0, 5.0] if fault == "429:5" else [1.0, 3.0])

    @pytest.mark.parametrize(("fault", "looks"), [("500", 4), ("429:60", 1), ("missing_scope", 1)])
    async def test_not_for_ever_and_not_for_long(self, desk: Desk, fault: str, looks: int) -> None:
        desk.slack.faults.on(fault, "conversations.history", times=9)
        with pytest.raises(SlackFault):
            await desk.messenger.find(HERE, "q1", desk.clock.now())
        assert len(desk.slack.calls_of("conversations.history")) == looks

    async def test_files_that_slack_did_not_take_are_not_missed(self, desk: Desk) -> None:
        await desk.messenger.attach(HERE, "", (Document("a.csv", "A", b"1"),))
        (shared,) = [each for each in desk.slack.workspace.messages(PORTFOLIO) if each.files]
        found = await desk.messenger.find(HERE, "q1", desk.clock.now(), ["a.csv", "b.csv"])
        assert found == Delivered(PORTFOLIO, shared.ts)
        assert await desk.messenger.find(HERE, "q1", desk.clock.now(), ["b.csv"]) is None
