"""What is said to the bot, edited and told again; the Home tab, and coming into a channel."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.playground.model import BOT, TEAM
from bot.playground.payloads import Payloads
from bot.playground.storage import ANN, BEN, PORTFOLIO
from bot.playground.transport import AppAnswer
from bot.ports import Ack, Place
from bot.render.message import Message
from bot.slack.intake import STRANGER
from bot.slack.serve import serve_http
from tests.fakes.handler_desk import Desk, direct, reworded
from tests.fakes.workspace import SIGNING_SECRET, line_to, mention


async def test_a_mention_answers_in_its_thread_or_opens_one(desk: Desk) -> None:
    await desk.deliver(mention(desk.slack, "sectors", thread="1700000000.5"))
    top = mention(desk.slack, "holdings")
    await desk.deliver(top)
    assert [(text, place.thread, place.reply_url) for text, place in desk.mentioned.got] == [
        ("sectors", "1700000000.5", None),
        ("holdings", top["event"]["ts"], None),
    ]
    await desk.settled()
    assert sorted(desk.mentioned.texts()) == ["holdings", "sectors"]


async def test_advice_on_a_mention_is_told_for_there_is_no_acknowledgement_to_carry_it(desk: Desk) -> None:
    desk.mentioned.taken = Ack(Message("I know: sectors.", ()))
    await desk.deliver(mention(desk.slack, "sectros", thread="1.5"))
    await desk.settled()
    assert [(told.message.text, told.place.thread) for told in desk.messenger.told] == [
        ("I know: sectors.", "1.5")
    ]


async def test_an_event_runs_once_however_often_it_comes(desk: Desk) -> None:
    event = mention(desk.slack, "sectors")
    for number in range(3):
        answer = await desk.deliver(event, **{"X-Slack-Retry-Num": str(number)})
        assert answer == (200, "")
    await desk.settled()
    assert desk.mentioned.texts() == ["sectors"]


async def test_over_signed_http_an_event_that_comes_three_times_is_answered_once(desk: Desk) -> None:
    ready, stop = asyncio.Queue[str](), asyncio.Event()
    about: dict[str, Any] = {"secret": SIGNING_SECRET, "stop": stop, "ready": ready.put_nowait}
    serving = asyncio.create_task(serve_http(desk.app, "127.0.0.1", 0, desk.front.shift, **about))
    said, events = mention(desk.slack, "sectors"), [direct(desk, "holdings"), Payloads(desk.slack).home(ANN)]
    async with line_to(desk.slack, "http", await asyncio.wait_for(ready.get(), 5)) as line:
        for payload in (said, *events):
            acks = [await line.deliver(payload, retry) for retry in range(3)]
            assert acks == [AppAnswer(200, None)] * 3
        await desk.settled()
        stop.set()
        await serving
    assert sorted(desk.mentioned.texts()) == ["holdings", "sectors"]
    assert len(desk.home.ran) == 1


async def test_a_retried_event_that_never_came_before_is_not_dropped(desk: Desk) -> None:
    await desk.deliver(
        mention(desk.slack, "sectors"), **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    )
    assert len(desk.mentioned.got) == 1


@pytest.mark.parametrize("about", [{"bot_id": "B0OTHER"}, {"user": None, "subtype": "bot_message"}])
async def test_bots_are_not_answered(desk: Desk, about: dict[str, Any]) -> None:
    assert await desk.deliver(mention(desk.slack, "sectors", **about)) == (200, "")
    assert desk.mentioned.got == []


async def test_an_edited_mention_is_answered_again_only_for_other_words(desk: Desk) -> None:
    first = mention(desk.slack, "sectors")
    await desk.deliver(first)
    for text in ("<@U0BOT> sectors", "<@U0BOT> holdings"):
        more = {"text": text, "edited": {"user": ANN, "ts": "2.0"}}
        await desk.deliver(Payloads(desk.slack).event(first["event"] | more))
    await desk.settled()
    assert sorted(desk.mentioned.texts()) == ["holdings", "sectors"]


async def test_people_of_another_workspace_may_ask_what_is_open(desk: Desk) -> None:
    desk.mentioned.taken = Ack(work=True, open=True)
    await desk.deliver(mention(desk.slack, "sectors", user_team="T9") | {"is_ext_shared_channel": True})
    await desk.settled()
    assert desk.mentioned.texts() == ["sectors"]
    assert desk.messenger.told == []


async def test_people_of_another_workspace_get_no_answer_to_a_mention(desk: Desk) -> None:
    event = mention(desk.slack, "watch list", user_team="T9") | {"is_ext_shared_channel": True}
    assert await desk.deliver(event) == (200, "")
    await desk.settled()
    assert desk.mentioned.ran == []
    assert [told.message for told in desk.messenger.told] == [STRANGER]


async def test_advice_on_a_mention_that_comes_again_is_told_once(desk: Desk) -> None:
    desk.mentioned.taken = Ack(Message("I know: sectors.", ()))
    event = mention(desk.slack, "sectros")
    for _ in range(3):
        await desk.deliver(event)
    await desk.settled()
    assert len(desk.messenger.told) == 1


class TestDirect:
    async def test_what_is_said_to_the_bot_alone_is_asked_beside_it(self, desk: Desk) -> None:
        await desk.deliver(direct(desk, "<@U0BOT> compare ISCB SPSM"))
        await desk.deliver(direct(desk, "sectors", thread_ts="1.5"))
        dm = desk.slack.workspace.dm(ANN).id
        assert desk.mentioned.got == [
            ("compare ISCB SPSM", Place(TEAM, dm, ANN)),
            ("sectors", Place(TEAM, dm, ANN, "1.5", within=True)),
        ]

    @pytest.mark.parametrize("more", [{"bot_id": "B0BOT"}, {"user": BOT}, {"subtype": "message_deleted"}])
    async def test_its_own_words_and_what_is_taken_back_ask_nothing(
        self, desk: Desk, more: dict[str, Any]
    ) -> None:
        assert await desk.deliver(direct(desk, "sectors", **more)) == (200, "")
        assert desk.mentioned.got == []

    async def test_edited_it_is_answered_anew_only_for_other_words(self, desk: Desk) -> None:
        first = direct(desk, "compare ISBC SPSM")
        await desk.deliver(first)
        for words in ("compare ISBC SPSM", "compare ISCB SPSM", "compare ISCB SPSM"):
            await desk.deliver(reworded(desk, first["event"], words))
        await desk.settled()
        assert sorted(desk.mentioned.texts()) == ["compare ISBC SPSM", "compare ISCB SPSM"]


class TestAround:
    async def test_who_looks_at_the_home_tab_is_shown_it(self, desk: Desk) -> None:
        payload = Payloads(desk.slack).home(ANN)
        for _ in range(3):
            assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (request,) = desk.home.ran
        assert (request.id, request.user, request.channel) == (payload["event_id"], ANN, "")

    async def test_the_bot_comes_into_a_channel_once(self, desk: Desk) -> None:
        event = {"type": "member_joined_channel", "user": BOT, "channel": PORTFOLIO, "inviter": ANN}
        payload = Payloads(desk.slack).event(event)
        for _ in range(3):
            assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (request,) = desk.joined.ran
        assert (request.text, request.channel, request.user) == (ANN, PORTFOLIO, ANN)

    async def test_in_a_shared_channel_it_comes_in_as_anywhere(self, desk: Desk) -> None:
        event = {"type": "member_joined_channel", "user": BOT, "channel": PORTFOLIO, "team": "T9"}
        await desk.deliver(Payloads(desk.slack).event(event) | {"is_ext_shared_channel": True})
        assert len(desk.joined.got) == 1
        assert desk.messenger.told == []

    async def test_others_come_in_unnoticed(self, desk: Desk) -> None:
        event = {"type": "member_joined_channel", "user": BEN, "channel": PORTFOLIO}
        assert await desk.deliver(Payloads(desk.slack).event(event)) == (200, "")
        assert desk.joined.got == []
