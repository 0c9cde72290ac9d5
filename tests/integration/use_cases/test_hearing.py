"""A channel hears of its rules or they are not set; one that hears again is told once what is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ChannelKey, NoticeKind, RuleStatus
from bot.ports import Place
from bot.render import ids
from bot.use_cases.buttons import button_handlers
from bot.use_cases.channels import close_deleted_channel, reopen_channel, reopen_channels, with_reopening
from tests.integration.use_cases.room import ANN, BEN, HERE, MET, QUIET, TEAM, Room, later, room

CHANNEL_KEY = ChannelKey(TEAM, HERE)
ABSENT = "not_in_channel"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as found:
        yield found


async def closed(here: Room) -> None:
    """The channel's next post is refused."""
    notice = await here.store.outbox.claim(CHANNEL_KEY, here.clock.now(), timedelta(minutes=2), "me")
    assert notice
    await here.store.outbox.stop(notice, ABSENT, here.clock.now())


async def due(here: Room, channel: str) -> list[tuple[NoticeKind, str]]:
    """What is queued in a channel, and kept."""
    told = []
    while found := await here.store.outbox.claim(
        ChannelKey(TEAM, channel), here.clock.now(), timedelta(minutes=2), "me"
    ):
        await here.store.outbox.mark_sent(found, f"{found.id}.0")
        told.append((found.new.kind, found.new.subject))
    return told


@pytest.mark.parametrize("code", [ABSENT, "is_archived", "channel_not_found"])
async def test_where_the_bot_may_not_post_nothing_is_kept(here: Room, code: str) -> None:
    here.channels.closed = {HERE: code}
    before = here.rows()
    await here.watch(MET)
    await here.digest("on")
    assert here.rows() == before
    assert [told.message.text.count("nobody would hear of") for told in here.messenger.told] == [1, 1]


async def test_where_slack_does_not_say_a_rule_is_kept(here: Room) -> None:
    here.channels.silent = True
    await here.watch(MET)
    assert await here.rule()


async def test_it_is_set_in_the_direct_messages_of_who_asks(here: Room) -> None:
    await here.press(ids.ALONE, QUIET, user=BEN, channel=HERE)
    (rule,) = await here.repository.rules()
    assert (rule.watched.owner, rule.watched.text) == (BEN, (await here.rule()).watched.text)
    assert rule.watched.channel != HERE


@pytest.mark.parametrize(
    "value", ["", "list", "test AAA sharpe < 1", "edit R1 AAA sharpe < 1", "nonsense", "R1"]
)
async def test_a_button_sets_a_rule_and_nothing_else(here: Room, value: str) -> None:
    taken = button_handlers(here.clock)[ids.ALONE].receive(value, Place(TEAM, HERE, ANN))
    assert not taken.work
    assert taken.reply


async def test_a_channel_that_hears_again_is_told_once(here: Room) -> None:
    await here.watch(MET)
    await closed(here)
    assert await due(here, ANN) == [(NoticeKind.STOPPED, HERE), (NoticeKind.ALERT, "R1v1")]
    request = here.question("")
    assert await reopen_channel(here.parts, CHANNEL_KEY, request.id)
    assert await reopen_channel(here.parts, CHANNEL_KEY, request.id)
    assert await due(here, HERE) == [
        (NoticeKind.CARD, f"R1v1/back/{request.id}"),
        (NoticeKind.RESUMED, f"back/{request.id}"),
    ]
    digest = await here.repository.digest(HERE)
    assert digest
    assert digest.active


async def test_a_card_that_is_refused_when_the_channel_was_to_hear_again_is_told_alone(here: Room) -> None:
    await here.watch(MET)
    card = await here.store.outbox.claim(CHANNEL_KEY, here.clock.now(), timedelta(minutes=2), "me")
    assert card
    await here.store.outbox.drop(card, "no_text")  # nobody has heard of it
    await reopen_channel(here.parts, CHANNEL_KEY, "again")
    await closed(here)
    assert await due(here, ANN) == [(NoticeKind.STOPPED, HERE), (NoticeKind.ALERT, "R1v1")]


async def test_only_a_channel_that_takes_posts_is_opened_by_a_question(here: Room) -> None:
    asked: list[str] = []

    async def answer(question: object) -> None:
        asked.append("asked")

    await here.watch(MET)
    await closed(here)
    here.channels.closed = {HERE: ABSENT}
    request = here.question("list")
    await with_reopening(here.parts, answer)(request)
    here.channels.closed, here.channels.silent = {}, True
    await with_reopening(here.parts, answer)(request)
    assert await due(here, HERE) == []
    here.channels.silent = False
    await with_reopening(here.parts, answer)(request)
    assert [kind for kind, _ in await due(here, HERE)] == [NoticeKind.CARD, NoticeKind.RESUMED]
    assert asked == ["asked"] * 3


async def test_a_channel_that_takes_posts_again_is_found_by_a_look_at_all_of_them(here: Room) -> None:
    """Slack has told nothing of it, and nobody has asked anything there."""
    await here.watch(MET)
    await closed(here)
    here.channels.closed = {HERE: ABSENT}
    await reopen_channels(here.parts, "2026-01-17")
    assert await due(here, HERE) == []
    here.channels.closed = {}
    for _ in range(2):
        await reopen_channels(here.parts, "2026-01-18")
    assert [kind for kind, _ in await due(here, HERE)] == [NoticeKind.CARD, NoticeKind.RESUMED]


async def test_where_no_daily_post_is_wanted_nothing_is_told(here: Room) -> None:
    assert not await reopen_channel(here.parts, CHANNEL_KEY, "q")
    await here.watch(MET)
    await here.digest("off")
    assert not await reopen_channel(here.parts, CHANNEL_KEY, "q")


async def test_a_deleted_channel_has_no_rules_that_are_read(here: Room) -> None:
    """What had fired and was not posted yet is told all the same; asked again, nothing changes."""
    await here.watch(MET)
    await here.watch(QUIET, user=BEN)
    request = here.question("", user="")
    await close_deleted_channel(here.parts, request)
    rows = here.rows()
    await close_deleted_channel(here.parts, later(request))
    assert here.rows() == rows
    assert {stored.watched.status for stored in await here.repository.rules(HERE)} == {RuleStatus.PAUSED}
    assert await due(here, ANN) == [(NoticeKind.STOPPED, HERE), (NoticeKind.ALERT, "R1v1")]
    assert await due(here, BEN) == [(NoticeKind.STOPPED, HERE)]
    assert await due(here, HERE) == []
