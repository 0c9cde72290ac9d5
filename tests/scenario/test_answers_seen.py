"""Whoever asks sees an answer: on every path, whatever was asked, as Slack shows it to that person.

Slack takes an ephemeral message for a thread that has not begun and shows it to nobody; so does the embedded
workspace.  An answer counts where its asker can look, and nowhere else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from bot.playground.model import BOT, SCOPES, TEAM, PostedMessage
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO, RANDOM, RESEARCH
from bot.render import ids
from bot.render import ids as talk
from bot.render.home import QUICK
from bot.slack.intake import STRANGER
from bot.slack.listeners import FORM_TOO_LATE
from tests.scenario.eyes import answered, buttons, fill_in, press
from tests.scenario.offices import Office, button, labels

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.usefixtures("few_resamples")]

BOTH_WAYS = pytest.mark.parametrize("away", ["sqlite-http", "sqlite-socket"], indirect=True)
OVER_HTTP = pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)
OTHER = "T9OTHER"
ALONE = "Set it in my messages"
NOWHERE = ClickSource()
RULE = "ISCB sortino < 9 for 1 sessions then SPSM"
"""It fires on its first session."""
SAID = (
    # what is answered for all, and for the asker
    *("compare ISCB SPSM", "ISCB SPSM 3y", "sectors ISCB SPSM", "explain sortino ISCB", "csv ISCB SPSM"),
    *("help", "", "watch list", "watch help", "watch show R1", "watch why R1", "watch history R1"),
    *("digest status", "digest help", "watch test ISCB sortino < 1.0", ": help", "help cc @ben"),
    # slips
    *("sektors", "compair ISCB SPSM", "5y", "add VB", "compare ISCB", "compare ISCB SPSN"),
    *("compare ISCB ISCB", "wacht list", "watch", "watch ISCB sortinoo < 1", "watch show R99", "watch show"),
    *("watch ZZZZQ sortino < 1", "digest on 25:99", "digest now please", "\U0001f680", "x" * 600),
    *("<!channel>", "compare \U0001f680 ISCB"),
    # what is refused
    *("watch edit R1 ISCB sortino < 9", "watch pause R99", "watch resume R1", "watch delete R1"),
    *("watch edit R1 IWM sharpe > 2", "compare ISCB SPSM asof 1960-01-04"),
    "compare ISCB SPSM since 2026-01-20",
    # what is done to the rule of a card, and which rules are listed
    *(
        "watch ack R1 known",
        "watch snooze R1 1w",
        "watch unsnooze R1",
        "ack",
        "snooze 1w",
        "unsnooze",
        "snoze",
    ),
    *("watch snooze R1 soon", "watch list ISCB firing", "watch list page 2", "watch list fireing"),
)
TYPED = (
    *("/compare ISCB SPSM", "/compare", "/compare help", "/compare ISCB", "/compare ISCB SPSN"),
    *("/compare \U0001f680", "/sectors ISCB", "/sectors", "/sectors sektors", "/watch list", "/watch help"),
    *("/watch", "/watch why R1", "/watch show R1", "/watch show R99", "/watch pause R99", "/watch resume R1"),
    *("/watch ISCB sortinoo < 1", "/watch test ISCB sortino < 1.0", "/watch delete R1", "/digest status"),
    *("/watch edit R1 IWM sharpe > 2", "/digest help", "/digest on 25:99", "/digest now"),
    "/watch ISCB sortino < NaN",
    *(
        "/watch ack R1 known",
        "/watch snooze R1 until 2 Feb",
        "/watch unsnooze R1",
        "/watch ack",
        "/watch snoze R1",
    ),
    *("/watch list ISCB", "/watch list page 9", "/watch list open quiet"),
)


@pytest.fixture
def stranger(team: Office) -> str:
    """Somebody of another workspace, in the channel that is shared with it."""
    users = team.slack.workspace.users
    users[CY] = replace(users[CY], team=OTHER, is_admin=True)
    return CY


def slips(texts: tuple[str, ...], count: int) -> Iterator[str]:
    """Texts with a letter or two gone, doubled or changed, the same ones every time."""
    chance = random.Random(11)
    for _ in range(count):
        letters = list(chance.choice([text for text in texts if 3 < len(text) < 100]))
        for _ in range(chance.randint(1, 2)):
            at = chance.randrange(len(letters))
            letters[at : at + 1] = chance.choice(["", letters[at] * 2, chance.choice("aexz19 <@:")])
        yield "".join(letters)


def begun(team: Office, channel: str = PORTFOLIO) -> PostedMessage:
    """A thread in which people talk."""
    parent = team.slack.workspace.say(channel, BEN, "Which of the two?")
    team.slack.workspace.say(channel, ANN, "Let us ask.", parent.ts)
    return parent


async def carded(team: Office, owner: str = ANN, channel: str = PORTFOLIO) -> PostedMessage:
    """A rule that has fired, and its card, under which nobody has said anything."""
    await team.type(owner, f"/watch {RULE}", channel)
    for _ in range(5):
        if cards := team.posts("card", channel):
            return cards[-1]
        await team.travel.sessions(1)
    raise AssertionError("it did not fire")


def silence(team: Office) -> None:
    """No reply URL works any more: they are good for five uses and half an hour."""
    team.slack.faults.on("expired_url", "reply", times=99)


# What is said


@BOTH_WAYS
async def test_a_mention_is_answered_at_the_channels_root_and_in_threads(team: Office) -> None:
    await carded(team)
    for text, user in product(SAID, (ANN, BEN)):
        for thread in (None, begun(team)):
            said = team.deeds.type(user, PORTFOLIO, f"@watchpoint {text}", thread.ts if thread else None)
            await answered(team, user, said, f"{text!r} in {thread or 'the channel'}")


@OVER_HTTP
async def test_under_a_message_without_replies_a_mention_begins_the_thread(team: Office) -> None:
    for text in ("help", "sektors", "watch show R99", "compare ISCB SPSM"):
        parent = team.slack.workspace.say(PORTFOLIO, BEN, "Which of the two?")
        await answered(team, BEN, team.deeds.type(BEN, PORTFOLIO, f"@watchpoint {text}", parent.ts), text)
        assert len(team.slack.workspace.thread(PORTFOLIO, parent.ts, BEN)) == 3, "in the thread they look at"


@BOTH_WAYS
async def test_what_is_said_to_the_bot_alone_is_answered_there(team: Office) -> None:
    alone = team.slack.workspace.dm(BEN).id
    for text in SAID:
        if not text:
            continue  # nothing was said
        parent = team.slack.workspace.say(alone, BEN, "first")
        for thread in (None, parent.ts):
            count = len(team.seen_by(BEN, alone))
            await answered(team, BEN, team.deeds.type(BEN, alone, text, thread), text)
            assert len(team.seen_by(BEN, alone)) > count + 1, "beside what was said"


@OVER_HTTP
async def test_slips_are_answered_wherever_they_are_made(team: Office) -> None:
    alone = team.slack.workspace.dm(BEN).id
    for number, text in enumerate(slips(SAID, 40)):
        thread = begun(team).ts if number % 2 else None
        await answered(team, BEN, team.deeds.type(BEN, PORTFOLIO, f"@watchpoint {text}", thread), text)
        if text.strip() and not text.strip().startswith("/"):
            await answered(team, BEN, team.deeds.type(BEN, alone, text), text)
    for text in slips(TYPED, 30):
        if text.split(maxsplit=1)[0] in ("/compare", "/sectors", "/watch", "/digest"):
            await answered(team, BEN, team.deeds.type(BEN, PORTFOLIO, text), text)


@BOTH_WAYS
async def test_a_strangers_mention_is_answered_or_refused_where_they_see_it(
    team: Office, stranger: str
) -> None:
    await carded(team)
    for text in (*SAID, "watch IWM sortino < 1.0", "watch pause R1", "digest off"):
        for thread in (None, begun(team).ts):
            said = team.deeds.type(stranger, PORTFOLIO, f"@watchpoint {text}", thread)
            await answered(team, stranger, said, text)


@BOTH_WAYS
@pytest.mark.parametrize("channel", [PORTFOLIO, RESEARCH, RANDOM, DEALS, "alone"])
async def test_a_command_is_answered_in_channels_with_and_without_the_bot(team: Office, channel: str) -> None:
    where = team.slack.workspace.dm(BEN).id if channel == "alone" else channel
    if channel in (PORTFOLIO, RESEARCH):
        await carded(team, channel=where)
    for text in TYPED:
        await answered(team, BEN, team.deeds.type(BEN, where, text), f"{text} in {channel}")


@OVER_HTTP
async def test_an_answer_that_came_late_needs_no_reply_url(team: Office) -> None:
    silence(team)
    for channel, text in product(
        (PORTFOLIO, RANDOM, DEALS), ("/watch list", "/watch show R99", "/compare ISCB SPSM")
    ):
        await answered(team, BEN, team.deeds.type(BEN, channel, text), f"{text} in {channel}")


@BOTH_WAYS
@pytest.mark.parametrize("late", [False, True], ids=["at once", "after half an hour"])
async def test_who_sets_something_where_nobody_would_hear_of_it_is_told(team: Office, late: bool) -> None:
    team.slack.installed.scopes = tuple(each for each in SCOPES if each != "chat:write.public")
    if late:
        silence(team)
    for channel in (RANDOM, DEALS):
        for text in (f"/watch {RULE}", "/digest on", "/digest now"):
            told = await answered(team, BEN, team.deeds.type(BEN, channel, text), (text, channel))
            assert "nobody would hear of" in told[0]
        await team.type(BEN, "/compare ISCB SPSM", channel)
        compared = next(each for each in seen_anywhere(team, BEN) if "Watch this" in labels(each))
        await answered(team, BEN, press(team, BEN, compared, button(compared, "Watch this")), "Watch this")
        told = await answered(team, BEN, fill_in(team, BEN, threshold="1.0"), "Watch this")
        assert late or "nobody would hear of this rule" in told[0], "late it stands in the direct messages"
        offered = next(each for each in seen_anywhere(team, BEN) if ALONE in labels(each))
        told = await answered(team, BEN, press(team, BEN, offered, button(offered, ALONE)), ALONE)
        assert any("is set" in words for words in told)
        assert not await team.bot.store.of(TEAM).rules(channel)


def seen_anywhere(team: Office, user: str) -> list[PostedMessage]:
    """What the bot shows somebody, the newest first."""
    space = team.slack.workspace
    seen = [each for channel in space.channels_of(user) for each in space.messages(channel.id, user)]
    return sorted((each for each in seen if each.user == BOT), key=lambda each: each.ts, reverse=True)


# Buttons


async def everything(team: Office) -> list[PostedMessage]:
    """Messages of every kind that have buttons, as Ben sees them."""
    await carded(team)
    for text in (
        "/compare ISCB SPSM",
        "/watch list",
        "/watch show R1",
        "/watch help",
        "/digest status",
        "/compare ISCB SPSN",
        "@watchpoint sektors",
    ):
        await team.type(BEN, text)
    await team.type(BEN, "@watchpoint sektors", thread=begun(team).ts)
    compared = next(each for each in team.seen_by(BEN) if "3y" in labels(each))
    await team.type(BEN, "@watchpoint risk", thread=compared.ts)
    await team.type(ANN, "/digest on 08:30 always")
    await team.travel.sessions(2)
    return [each for each in team.seen_by(BEN) if each.user == BOT and [*buttons(each)]]


@BOTH_WAYS
@pytest.mark.parametrize("late", [False, True], ids=["at once", "after half an hour"])
async def test_every_button_of_every_message_answers_who_presses_it(team: Office, late: bool) -> None:
    messages = await everything(team)
    kinds = {each["action_id"] for message in messages for each in buttons(message)}
    assert kinds >= {ids.ACK, ids.SNOOZE, ids.WHY, ids.EDIT, talk.OPEN_WATCH, talk.DIGEST_OFF}
    for message, user in product(messages, (BEN, ANN)):
        if message.ephemeral_for not in (None, user):
            continue
        for pressed in buttons(message):
            if late:
                team.slack.faults.on("expired_url", "reply")
            await answered(team, user, press(team, user, message, pressed), (message.text, pressed))


@OVER_HTTP
async def test_every_button_answers_a_stranger(team: Office, stranger: str) -> None:
    for message in await everything(team):
        if message.ephemeral_for is None:
            for pressed in buttons(message):
                silence(team)
                await answered(team, stranger, press(team, stranger, message, pressed), pressed)


@BOTH_WAYS
async def test_a_form_that_slack_opens_no_more_is_had_by_pressing_again(team: Office) -> None:
    card = await carded(team)
    for late in (False, True):
        if late:
            silence(team)
        team.slack.faults.on("expired_trigger_id", "views.open")
        told = await answered(team, BEN, press(team, BEN, card, button(card, "Acknowledge")), "Acknowledge")
        assert told == [FORM_TOO_LATE]


# Forms


@BOTH_WAYS
@pytest.mark.parametrize("replies", [0, 1])
async def test_a_refused_edit_is_told_where_its_card_is(team: Office, replies: int) -> None:
    card = await carded(team)
    for _ in range(replies):
        team.slack.workspace.say(PORTFOLIO, BEN, "Let me see.", card.ts)
    for user, text, refusal in (
        (BEN, "ISCB sortino < 2", "only its author"),
        (ANN, "ISCB sortino < 9 for 1 sessions then SPSM", "says this already"),
        (ANN, "ZZZZQ sortino < 1", "ZZZZQ"),
    ):
        await answered(team, user, press(team, user, card, button(card, "Edit")), "Edit")
        (told,) = await answered(team, user, fill_in(team, user, **{ids.RULE_TEXT: text}), text)
        assert refusal in told.replace("\u00a0", " ")
        seen = team.seen_by(user)[-1]
        assert (seen.ephemeral_for, seen.thread_ts) == (user, None), "beside the card, where it was pressed"


@BOTH_WAYS
async def test_every_form_answers_what_is_right_wrong_and_refused(team: Office, stranger: str) -> None:
    card = await carded(team)
    await team.type(ANN, "/compare ISCB SPSM")
    answer = next(each for each in team.seen_by(ANN) if "Watch this" in labels(each))
    cases = [
        (card, "Acknowledge", {ids.REASON: "known"}),
        (card, "Acknowledge", {ids.REASON: "again"}),
        (card, "Acknowledge", {ids.REASON: " "}),
        (card, "Edit", {ids.RULE_TEXT: "nonsense"}),
        (answer, "Watch this", {"threshold": "1.0"}),
        (answer, "Watch this", {"threshold": "lots"}),
        (answer, "Watch this", {"threshold": "1.0", "fund": "ZZZZQ"}),
    ]
    for (message, label, values), user in product(cases, (BEN, ANN)):
        await answered(team, user, press(team, user, message, button(message, label)), label)
        await answered(team, user, fill_in(team, user, **values), (label, values))
        team.slack.workspace.views.close(user, everything=True)
    for message, label in ((card, "Acknowledge"), (answer, "Watch this")):
        pressed = press(team, stranger, message, button(message, label))
        assert await answered(team, stranger, pressed, label) == [STRANGER.text]


@BOTH_WAYS
async def test_a_form_opened_in_a_thread_is_answered_in_that_thread(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = next(each for each in team.seen_by(ANN) if "Watch this" in labels(each))
    await team.type(BEN, "@watchpoint 5y", thread=parent.ts)
    reply = team.replies(parent)[-1]
    silence(team)
    await answered(team, BEN, press(team, BEN, reply, button(reply, "Watch this")), "Watch this")
    sent = fill_in(team, BEN, threshold="1.0", fund="ZZZZQ")
    await answered(team, BEN, sent, "a fund that nobody has")
    seen = team.replies(parent)[-1] if team.replies(parent)[-1].ephemeral_for else team.seen_by(BEN)[-1]
    assert (seen.ephemeral_for, seen.thread_ts) == (BEN, parent.ts)


# Shortcuts, and Home


@BOTH_WAYS
async def test_every_shortcut_opens_a_form_that_is_answered(team: Office, stranger: str) -> None:
    thread = begun(team)
    root = team.slack.workspace.say(PORTFOLIO, BEN, "ISCB or SPSM?")
    reply = team.slack.workspace.say(PORTFOLIO, BEN, "ISCB or SPSM?", thread.ts)
    for user in (BEN, stranger):
        for callback, ts in (
            (talk.COMPARE_FUNDS, ""),
            (talk.COMPARE_NAMED, root.ts),
            (talk.COMPARE_NAMED, reply.ts),
        ):
            for funds in ("ISCB SPSM", "ISCB", "ISCB ZZZZQ"):
                used = team.deeds.shortcut(user, callback, PORTFOLIO, ts)
                await answered(team, user, used, callback)
                silence(team)
                sent = fill_in(team, user, funds=funds, where=None if ts else PORTFOLIO)
                await answered(team, user, sent, (callback, funds))
                team.slack.workspace.views.close(user, everything=True)
    team.slack.faults.on("expired_trigger_id", "views.open")
    assert await answered(team, BEN, team.deeds.shortcut(BEN, talk.COMPARE_FUNDS), "late") == [FORM_TOO_LATE]


@BOTH_WAYS
async def test_whoever_looks_at_home_sees_it_and_what_is_asked_there_is_answered(team: Office) -> None:
    await carded(team)
    for user in (ANN, BEN, CY):
        await answered(team, user, team.deeds.open_home(user), "Home")
        for text in ("ISCB SPSM 3y", "sektors", "ISCB ZZZZQ", "help"):
            await answered(team, user, quick(team, user, text), text)
        home = team.slack.workspace.views.home_tabs[user]
        for pressed in buttons(home):
            source = replace(NOWHERE, view_id=home.id)
            await answered(team, user, team.deeds.click(user, source, pressed), pressed)
            if pressed["action_id"] == talk.OPEN_DIGEST:
                for values in ({"time": "09:30", "where": PORTFOLIO}, {"zone": "Mars/Olympus"}):
                    await answered(team, user, fill_in(team, user, **values), values)
                    await answered(team, user, team.deeds.click(user, source, pressed), pressed)


async def quick(team: Office, user: str, text: str) -> None:
    """Type into Home's field."""
    home = team.slack.workspace.views.home_tabs[user]
    typed = {"type": "plain_text_input", "action_id": QUICK, "block_id": QUICK, "value": text}
    await team.deeds.click(user, replace(NOWHERE, view_id=home.id), typed)
