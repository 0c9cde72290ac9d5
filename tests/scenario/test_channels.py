"""What happens to a rule when its channel is archived, made private, left, joined again, renamed or deleted.

docs/channels.md says the same as a table.  One workspace has a channel for each; the rule fires three days
after it was set.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

import pytest

from bot.playground.model import BOT, SCOPES, Channel, PostedMessage
from bot.playground.storage import ANN, BEN, CY, DEALS
from bot.render import ids
from tests.fakes.workspace import kick
from tests.scenario.eyes import answered, buttons, press
from tests.scenario.offices import Office, key_of, labels

pytestmark = [pytest.mark.slow]

ON_SQLITE = pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)
RULE = "ISCB sortino < 1.0 for 1 session recover 1.0 then SPSM"
QUIET = "ISCB sortino < 0.1 for 1 session"
FIRES, AFTERWARDS = date(2026, 1, 23), time(14)
"""Of the daily post about 22 January, at 08:30 in New York."""
EVERYBODY = (ANN, BEN, CY, BOT)
INVITE = "`/invite @watchpoint` there lets me in"


def opened(team: Office, name: str, kind: str = "public", members: tuple[str, ...] = EVERYBODY) -> str:
    """A new channel."""
    channel = Channel(f"C0{name.upper()}", name, kind, members)  # type: ignore[arg-type]
    team.slack.workspace.channels[channel.id] = channel
    return channel.id


def alone(team: Office, user: str = BEN) -> str:
    return team.slack.workspace.dm(user).id


def told(team: Office, channel: str, where: str) -> list[str]:
    """Kinds of the notices about a channel that were kept in a place, in order."""
    return list(_told(team, channel, where))


def _told(team: Office, channel: str, where: str) -> Iterator[str]:
    for message in team.posts(channel=where):
        _, channel_key, _, kind, *subject = key_of(message).split("/")
        if channel in (channel_key, *subject) or (kind == "alert" and f"<#{channel}>" in message.text):
            yield kind


def alert(team: Office, channel: str, user: str = BEN) -> PostedMessage:
    """The card about a channel that its owner was sent."""
    (found,) = [each for each in team.posts("alert", alone(team, user)) if f"<#{channel}>" in each.text]
    return found


async def fire(team: Office) -> None:
    """The rules fire, and whoever may hear of it has heard."""
    await team.until(FIRES, AFTERWARDS)


async def test_rules_that_were_there_before(team: Office) -> None:
    """Both databases, HTTP and Socket Mode."""
    space, deeds = team.slack.workspace, team.deeds
    archived, left, private = (
        opened(team, "archived"),
        opened(team, "left", "private"),
        opened(team, "private"),
    )
    renamed, deleted, untouched = opened(team, "renamed"), opened(team, "deleted"), opened(team, "untouched")
    public = opened(team, "public")
    for channel in (archived, left, private, renamed, deleted, untouched, public):
        assert "is set" in await team.type(BEN, f"/watch {RULE}", channel)
    space.archive(archived)
    kick(team.slack, left)
    space.make_private(private)
    kick(team.slack, public)
    space.make_private(public)  # without the bot, which may not post there any more
    space.rename(renamed, "other")
    await deeds.delete_channel(ANN, deleted)
    await team.bot.catch_up()
    assert "the channel was deleted" in team.said(team.posts("stopped", alone(team))[0])
    assert "Its rules are paused." in team.said(team.posts("stopped", alone(team))[0])

    await fire(team)
    heard = ["card", "digest"]
    for channel in (untouched, private, renamed):
        assert (told(team, channel, channel), told(team, channel, alone(team))) == (heard, [])
    for channel, why in (
        (archived, "the channel is archived"),
        (left, "the bot is not in the channel"),
        (public, "the bot is not in the channel"),
    ):
        assert (told(team, channel, channel), told(team, channel, alone(team))) == ([], ["stopped", "alert"])
        words = team.words(alert(team, channel))
        assert "is met" in words
        assert "[picture: Sample data. R" in words
        assert f"For you alone, as it could not be posted in #{space.channels[channel].name}: {why}" in words
    assert told(team, deleted, alone(team)) == ["stopped"]
    assert not team.posts(channel=alone(team, ANN))

    await team.travel.sessions(2)  # recovered
    assert told(team, left, alone(team)) == ["stopped", "alert", "alert"]
    assert "has cleared" in team.said(team.posts("alert", alone(team))[-1])

    await deeds.unarchive(ANN, archived)
    await deeds.invite(BEN, left)
    await deeds.invite(BEN, public)
    await team.bot.shift.quiet()
    for channel in (archived, left, public):
        (word,) = team.posts("resumed", channel)
        assert "1 rule is watched here." in team.said(word)
        assert "triggered on 22 Jan 2026" in team.said(word)
        assert "cleared on 26 Jan 2026" in team.said(word)
        assert "The daily post is on" in await team.type(BEN, "/digest status", channel)
    assert not team.posts("resumed", renamed)


@ON_SQLITE
async def test_a_bot_that_is_invited_again_tells_what_is_open_with_its_cards(team: Office) -> None:
    channel = opened(team, "left", "private")
    for rule, user in ((QUIET, ANN), (RULE, BEN), ("ISCB sortino < 1.1 for 1 session", ANN)):
        await team.type(user, f"/watch {rule}", channel)
    kick(team.slack, channel)
    await fire(team)
    assert told(team, channel, alone(team)) == ["stopped", "alert"]
    assert told(team, channel, alone(team, ANN)) == ["stopped", "alert"]
    await team.deeds.invite(ANN, channel)
    await team.bot.shift.quiet()
    assert told(team, channel, channel) == ["card", "card", "resumed"]
    word = team.posts("resumed", channel)[0]
    assert "3 rules are watched here. On 22 Jan 2026: 2 still triggered, 1 quiet." in team.said(word)
    assert (
        "Since the last post: R3 ISCB Sortino below 1.1 triggered on 20 Jan 2026 and "
        "R2 ISCB Sortino below 1.0 triggered on 22 Jan 2026." in team.said(word)
    )
    assert any(
        "Session 3 of this incident. Since it triggered on" in team.words(each)
        for each in team.posts("card", channel)
    )
    card = team.posts("card", channel)[0]
    assert f"/p{card.ts.replace('.', '')}|R2 ISCB Sortino below 1.0>" in str(word.blocks)
    assert labels(card)[0] == "Acknowledge"

    await team.travel.sessions(2)
    assert "has cleared" in team.said(card)
    assert told(team, channel, channel).count("card") == 2
    assert told(team, channel, alone(team)) == ["stopped", "alert"], "the channel hears of it"


@ON_SQLITE
async def test_nobody_is_asked_to_invite_the_bot_to_a_channel_that_was_deleted(team: Office) -> None:
    channel = opened(team, "deleted")
    await team.type(BEN, f"/watch {RULE}", channel)
    await team.deeds.delete_channel(ANN, channel)
    await team.bot.catch_up()
    assert "paused by @ann: the channel was deleted" in await team.type(BEN, "/watch history R1", alone(team))
    for typed in ("resume R1", "edit R1 ISCB sortino < 0.9"):
        answer = await team.type(BEN, f"/watch {typed}", alone(team))
        assert "(the channel was deleted): nobody would hear of this rule" in answer
        assert "/invite" not in answer
        assert "[Set it in my messages]" in answer


@ON_SQLITE
async def test_a_card_of_ones_own_can_be_taken_in_hand_while_its_channel_is_closed(team: Office) -> None:
    channel = opened(team, "left", "private")
    await team.type(BEN, f"/watch {RULE}", channel)
    kick(team.slack, channel)
    await fire(team)
    card = alert(team, channel)
    for pressed in buttons(card):
        await answered(team, BEN, press(team, BEN, card, pressed), pressed["action_id"])
        if pressed["action_id"] in (ids.ACK, ids.EDIT):
            label = "Acknowledge" if pressed["action_id"] == ids.ACK else "Edit"
            text = "in review" if label == "Acknowledge" else "ISCB sortino < 0.5 for 1 session"
            await answered(team, BEN, _sent(team, text), label)
    await team.deeds.invite(BEN, channel)
    await team.bot.shift.quiet()
    assert "Acknowledged by @ben: looking into it, in review" in team.words(team.posts("card", channel)[0])


async def _sent(team: Office, text: str) -> None:
    assert await team.send_in(BEN, text) == {}


@ON_SQLITE
async def test_rules_set_where_nobody_would_hear_of_them(team: Office) -> None:
    """Afterwards: nothing is saved, whoever asks and however, and it is offered where it works."""
    space = team.slack.workspace
    left, archived = opened(team, "left", "private", (ANN, BEN)), opened(team, "archived")
    space.archive(archived)
    for channel, why in ((left, "I am not in #left"), (DEALS, "I am not in #deals-private")):
        for text in (f"/watch {RULE}", "/digest on", "/digest now"):
            said = await team.type(BEN, text, channel)
            assert f"{why}: nobody would hear of" in said
            assert INVITE in said
        assert "This channel has no daily post" in await team.type(BEN, "/digest status", channel)
    sent = team.payloads.command(BEN, archived, "/watch", RULE)  # e.g. a form that was open meanwhile
    await answered(team, BEN, team.deliver(sent), "a rule in an archived channel")
    said = team.words(team.seen_by(BEN, archived)[-1])
    assert "I cannot post in #archived (the channel is archived): nobody would hear of this rule." in said
    assert "no rules" in await team.type(BEN, "/watch show R1", left)

    await team.type(BEN, f"/watch {RULE}", left)
    refused = team.seen_by(BEN, left)[-1]
    assert labels(refused) == ["Set it in my messages"]
    assert "Set in your direct messages with me" in await team.press(BEN, refused, "Set it in my messages")
    assert "R1 ISCB Sortino below 1.0 is set" in plain(team.words(team.seen_by(BEN, alone(team))[-1]))
    await fire(team)
    assert told(team, alone(team), alone(team)) == ["card", "digest"]


@ON_SQLITE
async def test_a_channel_that_is_opened_again_goes_on_where_slack_has_kept_its_members(team: Office) -> None:
    space = team.slack.workspace
    team.slack.installed.scopes = tuple(each for each in SCOPES if each != "chat:write.public")
    private, public = opened(team, "private", "private"), opened(team, "public")
    for channel in (private, public):
        await team.type(BEN, f"/watch {RULE}", channel)
        space.archive(channel)
    await fire(team)
    for channel in (private, public):
        assert told(team, channel, alone(team)) == ["stopped", "alert"]
        await team.deeds.unarchive(BEN, channel)
    await team.bot.shift.quiet()
    assert told(team, private, private) == ["card", "resumed"]
    assert told(team, public, public) == []
    assert "nobody would hear of this rule" in await team.type(BEN, f"/watch {QUIET}", public)
    await team.deeds.invite(BEN, public)
    await team.bot.shift.quiet()
    assert told(team, public, public) == ["card", "resumed"]
    for channel in (private, public):
        assert "is set" in await team.type(BEN, f"/watch {QUIET}", channel)


@ON_SQLITE
async def test_rules_set_where_the_bot_has_stayed_or_come(team: Office) -> None:
    private, renamed = opened(team, "private"), opened(team, "renamed")
    joined = opened(team, "joined", "private", (ANN, BEN))
    team.slack.workspace.make_private(private)
    team.slack.workspace.rename(renamed, "other")
    await team.deeds.invite(BEN, joined)
    await team.bot.shift.quiet()
    for channel in (private, renamed, joined):
        assert "is set" in await team.type(BEN, f"/watch {RULE}", channel)
    await fire(team)
    for channel in (private, renamed, joined):
        assert told(team, channel, channel) == ["card", "digest"]


@ON_SQLITE
async def test_what_is_changed_where_nobody_would_hear_of_it_stays_as_it_was(team: Office) -> None:
    channel = opened(team, "left", "private")
    await team.type(BEN, f"/watch {QUIET}", channel)
    await team.type(BEN, f"/watch {RULE}", channel)
    assert "R2 ISCB Sortino below 1.0 is paused" in plain(await team.type(BEN, "/watch pause R2", channel))
    kick(team.slack, channel)
    said = await team.type(BEN, "/watch edit R1 ISCB sortino < 0.5", channel)
    assert (
        "I am not in #left: nobody would hear of this rule. R1 ISCB Sortino below 0.1 was not changed."
        in said
    )
    assert "R2 ISCB Sortino below 1.0 stays as it was." in await team.type(BEN, "/watch resume R2", channel)
    assert "0.10" in await team.type(BEN, "/watch show R1", channel)
    assert "belongs to another channel" in await team.type(ANN, "/watch pause R1", alone(team, ANN))
    assert "0.10" in await team.type(BEN, "/watch show R1", alone(team))
    said = await team.type(BEN, "/watch edit R1 ISCB sortino < 0.5", alone(team))
    assert (
        "I am not in #left: nobody would hear of this rule. R1 ISCB Sortino below 0.1 was not changed."
        in said
    )
    assert "R1 ISCB Sortino below 0.1 is paused" in plain(
        await team.type(BEN, "/watch pause R1", alone(team))
    )
    await team.deeds.invite(BEN, channel)
    await team.bot.shift.quiet()
    await team.type(BEN, "/watch resume R1", alone(team))
    assert "R1 ISCB Sortino below 0.1 is resumed" in plain(team.words(team.seen_by(BEN, channel)[-1])), (
        "where it is heard"
    )


@ON_SQLITE
async def test_without_the_scopes_the_owner_hears_at_least(team: Office) -> None:
    """Slack says nothing then: what is set is kept, and what fires is not lost."""
    team.slack.installed.scopes = ("commands", "chat:write", "files:write", "app_mentions:read")
    channel = opened(team, "left", "private", (ANN, BEN))
    said = await team.type(BEN, f"/watch {RULE}", channel)
    assert "R1 ISCB Sortino below 1.0 is set" in plain(said)
    await fire(team)
    assert told(team, channel, alone(team)) == ["stopped", "alert"]
    team.slack.workspace.join(channel, BOT)  # of which Slack tells nothing
    said = await team.type(BEN, "/digest on", channel)
    assert "The daily post is on" in said
    assert told(team, channel, channel) == ["card", "resumed"]


@ON_SQLITE
async def test_a_public_channel_hears_without_pictures(team: Office) -> None:
    """With the scope chat:write.public text may be posted there, files not; without it, nothing."""
    channel = opened(team, "public")
    await team.type(BEN, f"/watch {RULE}", channel)
    kick(team.slack, channel)
    assert "nobody would hear of this rule" in await team.type(BEN, f"/watch {QUIET}", channel)
    await fire(team)
    assert told(team, channel, channel) == ["card", "digest"]
    assert "could not be attached" in team.words(team.posts("card", channel)[0])
    team.slack.installed.scopes = tuple(each for each in SCOPES if each != "chat:write.public")
    assert "nobody would hear of this rule" in await team.type(BEN, f"/watch {QUIET}", channel)
    await team.deeds.invite(BEN, channel)
    await team.bot.shift.quiet()
    assert "1 rule is watched here" in team.said(team.posts("resumed", channel)[0])
    assert "is set" in await team.type(BEN, f"/watch {QUIET}", channel)


@ON_SQLITE
async def test_where_slack_tells_nothing_the_next_command_opens_the_channel(team: Office) -> None:
    channel = opened(team, "left", "private")
    await team.type(BEN, f"/watch {RULE}", channel)
    kick(team.slack, channel)
    await fire(team)
    team.slack.workspace.join(channel, BOT)  # the event was lost
    assert "R1" in await team.type(CY, "/watch list", channel)
    assert told(team, channel, channel) == ["card", "resumed"]
    await team.type(CY, "/watch list", channel)
    assert told(team, channel, channel) == ["card", "resumed"]


@ON_SQLITE
async def test_an_archived_channel_that_still_shows_its_history_is_not_opened_by_the_daily_look(
    team: Office,
) -> None:
    team.slack.installed.scopes = tuple(each for each in SCOPES if each != "channels:read")
    channel = opened(team, "archived")
    await team.type(BEN, f"/watch {RULE}", channel)
    team.slack.workspace.archive(channel)
    await fire(team)
    assert told(team, channel, alone(team)) == ["stopped", "alert"]
    refused = [call for call in team.slack.calls if call.error == "is_archived"]
    assert len(refused) > 0
    await team.travel.sessions(2)
    assert [call for call in team.slack.calls if call.error == "is_archived"] == refused


@ON_SQLITE
async def test_a_channel_that_only_some_may_post_in_is_not_tried_with_every_command(team: Office) -> None:
    channel = opened(team, "announcements")
    await team.type(BEN, f"/watch {RULE}", channel)
    team.slack.faults.on("restricted_action", "chat.postMessage")
    await fire(team)
    assert told(team, channel, alone(team)) == ["stopped", "alert"]
    await team.type(CY, "/watch list", channel)
    assert not told(team, channel, channel)
    assert "is set" in await team.type(BEN, f"/watch {QUIET}", channel), "Slack does not say so beforehand"
    await team.type(BEN, "/digest on", channel)
    assert told(team, channel, channel) == ["card", "resumed"]


def plain(words: str) -> str:
    """Without the marks of bold."""
    return words.replace("*", "")
