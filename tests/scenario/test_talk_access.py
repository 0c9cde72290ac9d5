"""Who may ask, see and change what; what comes twice, too late, from a stranger or from somebody hostile."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import signal
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.query import Query as Comparing
from analytics.returns import Rate
from analytics.watch.operators import Op
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.window import Window, parse
from bot.clock import SystemClock
from bot.model import SectionQuery, ThreadContext
from bot.playground.model import BOT, TEAM, Payload, PostedMessage
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, CY, PORTFOLIO, RESEARCH
from bot.playground.transport import OverHttp
from bot.playground.workspace import Workspace
from bot.ports.store import RuleDraft
from bot.render import ids
from bot.render import ids as talk
from bot.render.home import QUICK
from bot.slack.intake import STRANGER
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, mention
from tests.scenario.fleet import fleet, until
from tests.scenario.offices import Office, button, labels

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.usefixtures("few_resamples")]

OTHER = "T9OTHER"
"""A workspace that has nothing to do with this one, or shares a channel with it."""
SECRET = ("TLT", "AVUV", "QQQ")
"""Funds that are spoken of in the private channel only."""
RULE = "ISCB sortino < 1.0 for 5 sessions then SPSM"
LATEST = 30
"""Sessions after which a rule of these tests has fired."""
ONE_DATABASE = pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)
BOTH_WAYS = pytest.mark.parametrize("away", ["sqlite-http", "sqlite-socket"], indirect=True)


# What somebody sees


def comparison(team: Office, channel: str = PORTFOLIO) -> PostedMessage:
    """The newest answer outside threads that everybody sees."""
    return [each for each in team.slack.workspace.history(channel) if each.user == BOT][-1]


def of_bot(team: Office, thread: PostedMessage) -> list[PostedMessage]:
    """What the bot has answered in a thread, for all to see."""
    return [each for each in team.replies(thread) if each.user == BOT and not each.ephemeral_for]


def seen(team: Office, user: str) -> str:
    """Everything of the bot's that a person can see anywhere: channels, messages, Home, an open form."""
    space: Workspace = team.slack.workspace
    messages = [
        (each.text, each.blocks)
        for channel in space.channels_of(user)
        for each in space.messages(channel.id, user)
        if each.user == BOT
    ]
    views = [space.views.home_tabs.get(user), space.views.top(user)]
    return json.dumps([messages, [view.body for view in views if view]], ensure_ascii=False)


def told(team: Office, user: str) -> list[str]:
    """What the bot has told one person only, the newest last."""
    space = team.slack.workspace
    alone = space.dm(user).id
    every = [each for channel in space.channels_of(user) for each in space.messages(channel.id, user)]
    return [
        each.text
        for each in sorted(every, key=lambda each: each.ts)
        if each.user == BOT and (each.ephemeral_for == user or each.channel == alone)
    ]


def home(team: Office, user: str) -> str:
    """What stands on somebody's Home tab."""
    view = team.slack.workspace.views.home_tabs[user]
    return json.dumps(view.body, ensure_ascii=False)


async def look(team: Office, user: str) -> str:
    """Open the Home tab; what stands there then."""
    await team.deeds.open_home(user)
    await team.bot.shift.quiet()
    return home(team, user)


def none_of(words: Iterable[str], text: str) -> bool:
    """Whether none of the words stands there; lists what does."""
    found = [word for word in words if re.search(rf"\b{word}\b", text)]
    assert found == []
    return True


# What somebody does


async def copied(team: Office, user: str, message: PostedMessage, action: str, value: str) -> None:
    """Press a button that was never under this message."""
    press: Payload = {"type": "button", "action_id": action, "block_id": "forged", "value": value}
    await team.deliver(team.payloads.action(user, ClickSource(message.channel, message.ts), press))


def form_of(team: Office, user: str, form: str, metadata: Payload, **fields: str) -> Payload:
    """A form that was opened nowhere, as it is sent in."""
    state = {
        name: {name: {"type": "plain_text_input", "value": value}} for name, value in fields.items() if value
    }
    view = {
        "id": f"V{len(team.slack.calls)}{form}",
        "type": "modal",
        "hash": "1",
        "callback_id": form,
        "app_installed_team_id": TEAM,
        "private_metadata": json.dumps(metadata),
        "state": {"values": state},
    }
    person = team.slack.workspace.users[user]
    about = {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": user, "team_id": person.team}}
    return {**about, "view": view, "trigger_id": f"1.{len(team.slack.calls)}"}


async def sent_in(team: Office, user: str, form: str, metadata: Payload, **fields: str) -> Any:
    """Send it in; what it was acknowledged with."""
    return await team.deliver(form_of(team, user, form, metadata, **fields))


async def until_card(team: Office, text: str, channel: str = PORTFOLIO) -> PostedMessage:
    """Set a rule, and let time pass until it has fired."""
    await team.type(ANN, f"/watch {text}", channel)
    for _ in range(LATEST):
        await team.travel.sessions(1)
        if cards := team.posts("card", channel):
            return cards[0]
    raise AssertionError(f"{text} did not fire within {LATEST} sessions")


async def standing(team: Office) -> list[object]:
    """All that is set up in the workspace."""
    repository = team.bot.store.of(TEAM)
    kept = [(each.watched, each.rule_state.state) for each in await repository.rules()]
    return [*kept, *await repository.digests()]


# Private stays private


async def test_what_a_private_channel_watches_and_asks_is_nowhere_else(team: Office) -> None:
    await team.type(ANN, "/compare QQQ TLT", RESEARCH)
    asked = comparison(team, RESEARCH)
    card = await until_card(team, "TLT sortino < 9 then AVUV", RESEARCH)
    digest = team.posts("digest", RESEARCH)[-1]
    await team.type(ANN, f"/watch {RULE}")
    for words in (
        "list",
        "show R1",
        "why R1",
        "history R1",
        "pause R1",
        "delete R1",
        "edit R1 IWM sharpe > 2",
    ):
        for channel in (PORTFOLIO, team.slack.workspace.dm(CY).id):
            said = f"watch {words}" if channel.startswith("D") else f"@watchpoint watch {words}"
            assert none_of(SECRET, await team.type(CY, said, channel))
    for parent in (asked, card, digest):
        copy = replace(parent, channel=PORTFOLIO, user=CY, text="mine", blocks=(), metadata=None, files=())
        team.slack.workspace.keep(copy)
        answer = await team.type(CY, "@watchpoint sectors", thread=copy.ts)
        assert "No funds have been compared in this thread" in answer
        for action in (ids.WHY, ids.HISTORY, ids.SNOOZE, ids.DELETE, ids.KEEP):
            await copied(team, CY, copy, action, "R1v1")
            assert "belongs to another channel" in told(team, CY)[-1]
    await look(team, CY)
    assert "R2" in home(team, CY)
    assert none_of(("R1", RESEARCH, *SECRET), home(team, CY))
    assert none_of(SECRET, seen(team, CY))
    assert none_of(SECRET, await look(team, BEN)), "who has not set it up finds it in its channel"
    assert "TLT" in await look(team, ANN)


async def test_a_rule_of_a_private_channel_cannot_be_changed_by_a_form_from_elsewhere(team: Office) -> None:
    await until_card(team, "TLT sortino < 9 then AVUV", RESEARCH)
    before = await standing(team)
    about = {"rule": "R1v1", "channel": PORTFOLIO, "ts": ""}
    await sent_in(team, CY, ids.ACK_FORM, about, **{ids.REASON: "mine now"})
    assert "belongs to another channel" in told(team, CY)[-1]
    await sent_in(team, CY, ids.EDIT_FORM, about, **{ids.RULE_TEXT: "IWM sharpe > 2"})
    assert "belongs to another channel" in told(team, CY)[-1]
    assert await standing(team) == before
    assert none_of(SECRET, seen(team, CY))


@ONE_DATABASE
async def test_a_form_answers_in_nobody_elses_direct_messages(team: Office) -> None:
    bens = team.slack.workspace.dm(BEN).id
    for form, fields in (
        (talk.COMPARE_FORM, {"funds": "ISCB SPSM"}),
        (talk.WATCH_FORM, {"fund": "ISCB", "threshold": "1.0", "sessions": "5"}),
        (talk.DIGEST_FORM, {"state": "on"}),
    ):
        refused = await sent_in(team, ANN, form, {"channel": ""}, where=bens, **fields)
        assert refused["errors"] == {"where": "Choose a channel; the answer goes there."}
    assert [each for each in team.seen_by(BEN, bens) if each.user == BOT] == []
    assert await standing(team) == []


async def test_rows_of_another_workspace_never_surface(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    theirs = team.bot.store.of(OTHER)
    poison = Rule((Condition(Quantity("sortino", "TLT"), Op.BELOW, 9.0),), then="AVUV")
    now = team.clock.now()
    await theirs.add(RuleDraft(PORTFOLIO, ANN, "TLT sortino < 9", poison, Policy(), now, "Q1"))
    context = ThreadContext(Comparing(("QQQ", "TLT"), parse("1y"), date(2026, 1, 16)), "sample")
    for thread in (parent.ts, "", team.slack.workspace.history(PORTFOLIO)[0].ts):
        await theirs.remember(PORTFOLIO, thread, context, now + timedelta(days=1))
        await theirs.remember(team.slack.workspace.dm(ANN).id, thread, context, now + timedelta(days=1))
    assert "ISCB" in await team.type(ANN, "@watchpoint holdings", thread=parent.ts)
    nothing = await team.type(ANN, "sectors", team.slack.workspace.dm(ANN).id)
    assert "No funds have been compared here" in nothing
    assert "no rule" in (await team.type(ANN, "/watch list")).lower()
    assert "R1" not in await team.type(ANN, "/watch show R1") or none_of(SECRET, seen(team, ANN))
    await look(team, ANN)
    await team.travel.sessions(2)
    assert team.posts() == []
    assert none_of(SECRET, seen(team, ANN))


# Slack Connect


@pytest.fixture
def stranger(team: Office) -> str:
    """Somebody of another workspace, in the channel that is shared with it."""
    users = team.slack.workspace.users
    users[CY] = replace(users[CY], team=OTHER, is_admin=True)
    return CY


@BOTH_WAYS
async def test_a_stranger_may_ask_whatever_only_reads(team: Office, stranger: str) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    card = await until_card(team, RULE)

    async def asks(words: str, thread: PostedMessage | None = None) -> str:
        return await team.type(stranger, f"@watchpoint {words}", thread=thread.ts if thread else None)

    assert "ISCB vs IWM · 1 year" in await asks("compare ISCB IWM")
    assert "Industrials" in await asks("sectors", parent)
    assert "Industrials" in await asks("sectors", card)
    assert "as CSV" in await asks("csv", parent)
    assert "sectors" in await asks("help")
    assert "R1" in await asks("watch list")
    assert "R1" in await asks("watch show R1")
    assert "R1" in await asks("watch history R1")
    assert "R1" in await asks("watch why R1")
    assert "08:30" in await asks("digest status")
    assert "could not read" in await asks("sektors please")
    assert "would have" in (await asks("watch test ISCB sortino < 1.0")).lower()
    for deed in (
        team.press(stranger, parent, "5y"),
        team.press(stranger, parent, "Sectors"),
        team.choose(stranger, parent, "More…", "Export"),
    ):
        before = len(of_bot(team, parent))
        await deed
        assert len(of_bot(team, parent)) == before + 1
    for label in ("Why?", "History"):
        await team.press(stranger, card, label)
        assert "R1" in told(team, stranger)[-1]
    assert STRANGER.text not in told(team, stranger)


@BOTH_WAYS
async def test_a_stranger_may_change_nothing_and_is_told_so(team: Office, stranger: str) -> None:
    card = await until_card(team, RULE)
    digest, before = team.posts("digest")[-1], await standing(team)
    posts = len(team.slack.workspace.everything(PORTFOLIO))

    async def refused(deed: Awaitable[object]) -> None:
        count = told(team, stranger).count(STRANGER.text)
        await deed
        assert told(team, stranger).count(STRANGER.text) == count + 1

    for words in (
        "watch IWM sortino < 1.0",
        "watch edit R1 ISCB sortino < 2.0",
        "watch pause R1",
        "watch resume R1",
        "watch delete R1",
        "digest on 09:00",
        "digest off",
        "digest now",
    ):
        await refused(team.type(stranger, f"@watchpoint {words}"))
        await refused(team.type(stranger, f"@watchpoint {words}", thread=card.ts))
    pressed = [*((card, label) for label in labels(card)), *((digest, label) for label in labels(digest))]
    asking = ("1y", "3y", "Sect", "Compare", "All rules")
    may = {"Why?", "History", *(label for label in labels(digest) if label.startswith(asking))}
    changing = [(message, label) for message, label in pressed if label not in may]
    assert {label for _, label in changing} >= {"Acknowledge", "Snooze 5 sessions", "Edit"}
    for message, label in changing:
        await refused(team.press(stranger, message, label))
    for action, value in (
        (ids.DELETE, "R1v1"),
        (ids.KEEP, "R1v1"),
        (talk.DIGEST_OFF, PORTFOLIO),
        (talk.OPEN_WATCH, "home"),
        (talk.OPEN_DIGEST, PORTFOLIO),
        (f"{talk.ASK}x", SectionQuery("watch delete R1").value),
        (f"{talk.ASK}x", SectionQuery("digest off").value),
    ):
        await refused(copied(team, stranger, card, action, value))
    assert team.slack.workspace.views.top(stranger) is None
    here = {"rule": "R1v1", "channel": PORTFOLIO, "ts": card.ts}
    for form, fields in (
        (ids.ACK_FORM, {ids.REASON: "mine"}),
        (ids.EDIT_FORM, {ids.RULE_TEXT: "IWM sharpe > 2"}),
        (talk.WATCH_FORM, {"fund": "IWM", "threshold": "1.0", "sessions": "5"}),
        (talk.DIGEST_FORM, {"state": "off"}),
    ):
        answer = await sent_in(team, stranger, form, here, **fields)
        assert list(answer["errors"].values()) == [STRANGER.text]
    assert await standing(team) == before
    public = [each for each in team.slack.workspace.everything(PORTFOLIO)[posts:] if each.user == BOT]
    assert [each for each in public if not each.ephemeral_for] == []


@ONE_DATABASE
async def test_a_strangers_home_has_no_rules_and_their_shortcut_compares(team: Office, stranger: str) -> None:
    await team.type(ANN, f"/watch {RULE}")
    theirs = await look(team, stranger)
    assert "There are none yet that you may see here" in theirs
    assert none_of(("R1", PORTFOLIO), theirs)
    assert "R1" in await look(team, BEN)
    said = team.slack.workspace.say(PORTFOLIO, ANN, "what of ISCB and SPSM")
    await team.deeds.shortcut(stranger, talk.COMPARE_NAMED, PORTFOLIO, said.ts)
    await team.bot.shift.quiet()
    assert team.form(stranger).body["callback_id"] == talk.COMPARE_FORM


# Bots, and the bot itself


@BOTH_WAYS
async def test_bots_and_its_own_words_are_not_answered(team: Office) -> None:
    space = team.slack.workspace
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    alone = space.dm(ANN).id
    before = {channel: len(space.everything(channel)) for channel in (PORTFOLIO, alone)}
    for about in ({"bot_id": "B7OTHER"}, {"user": BOT}, {"user": "USLACKBOT"}, {"user": None}):
        payload = team.payloads.mention(replace(parent, user=ANN, text=f"<@{BOT}> compare IWM VB"))
        await team.deliver(payload | {"event": payload["event"] | about})
        payload = team.payloads.direct_message(
            replace(parent, channel=alone, user=ANN, text="compare IWM VB")
        )
        await team.deliver(payload | {"event": payload["event"] | about})
    echo = team.payloads.changed_alone(replace(parent, channel=alone, text="compare IWM VB"))
    await team.deliver(echo)
    inner = echo["event"]["message"] | {"bot_id": "B0BOT", "user": BOT}
    await team.deliver(team.payloads.event(echo["event"] | {"message": inner}))
    for subtype in ("bot_message", "channel_join", "message_deleted", "reminder_add"):
        payload = team.payloads.direct_message(
            replace(parent, channel=alone, user=ANN, text="compare IWM VB")
        )
        await team.deliver(payload | {"event": payload["event"] | {"subtype": subtype}})
    assert {channel: len(space.everything(channel)) for channel in before} == before


# What comes twice, and what is changed or gone


async def test_what_comes_again_is_answered_once_also_after_a_restart(away: Office) -> None:
    space = away.slack.workspace
    alone = space.dm(BEN).id
    async with away.at_work():
        await away.type(ANN, "/compare ISCB SPSM")
        parent = comparison(away)
        pressed = away.payloads.action(ANN, ClickSource(PORTFOLIO, parent.ts), button(parent, "5y"))
        payloads = [
            away.payloads.mention(space.say(PORTFOLIO, BEN, f"<@{BOT}> 3y", parent.ts)),
            away.payloads.direct_message(space.say(alone, BEN, "compare ISCB IWM")),
            away.payloads.member_joined(PORTFOLIO, ANN),
            away.payloads.home(BEN),
            away.payloads.home(BEN, "messages"),
            pressed,
            form_of(
                away, ANN, talk.COMPARE_FORM, {"channel": PORTFOLIO, "thread": parent.ts}, funds="IWM VB"
            ),
        ]
        for _ in range(3):
            for payload in payloads:
                await away.deliver(payload)
        assert len(of_bot(away, parent)) == 3, "the mention, the press and the form, once each"
        assert len([each for each in space.everything(alone) if each.user == BOT]) == 2, "and one welcome"
        assert len([each for each in space.history(PORTFOLIO) if each.user == BOT]) == 2, "and one welcome"
        assert len(away.slack.calls_of("views.publish")) == 1
        before = {channel: len(space.everything(channel)) for channel in (PORTFOLIO, alone)}
    async with away.at_work():
        for payload in payloads:
            await away.deliver(payload)
        assert {channel: len(space.everything(channel)) for channel in before} == before
        assert len(away.slack.calls_of("views.publish")) == 1


@BOTH_WAYS
async def test_what_could_not_be_read_is_said_once(team: Office) -> None:
    said = team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}> sektors")
    event = team.payloads.mention(said)
    for _ in range(3):
        await team.deliver(event)
    assert len(told(team, BEN)) == 1


@BOTH_WAYS
async def test_an_edited_mention_is_asked_anew_only_where_its_words_are_others(team: Office) -> None:
    await team.type(BEN, "@watchpoint compare ISCB SPSM")
    said = [each for each in team.slack.workspace.history(PORTFOLIO) if each.user == BEN][-1]
    await team.deeds.edit(BEN, PORTFOLIO, said.ts, "@watchpoint compare ISCB SPSM")
    await team.bot.shift.quiet()
    assert len(of_bot(team, said)) == 1
    await team.deeds.edit(BEN, PORTFOLIO, said.ts, "@watchpoint compare ISCB IWM")
    await team.bot.shift.quiet()
    assert [each.text.count("ISCB vs IWM") > 0 for each in of_bot(team, said)] == [False, True]
    assert "ISCB vs IWM · 5 years" in await team.type(ANN, "@watchpoint 5y", thread=said.ts)
    await team.deeds.edit(BEN, PORTFOLIO, said.ts, "never mind")
    assert "ISCB vs IWM · 3 years" in await team.type(ANN, "@watchpoint 3y", thread=said.ts)
    await team.deeds.erase(BEN, PORTFOLIO, said.ts)
    assert "ISCB vs IWM · 10 years" in await team.type(ANN, "@watchpoint 10y", thread=said.ts)


@BOTH_WAYS
async def test_an_edit_alone_with_the_bot_is_asked_anew_too(team: Office) -> None:
    alone = team.slack.workspace.dm(BEN).id
    await team.type(BEN, "compare ISCB SPSM", alone)
    said = [each for each in team.slack.workspace.history(alone) if each.user == BEN][-1]
    for words in ("compare ISCB SPSM", "compare ISCB IWM", "compare ISCB IWM"):
        await team.deeds.edit(BEN, alone, said.ts, words)
        await team.bot.shift.quiet()
    answers = [each.text for each in team.slack.workspace.history(alone) if each.user == BOT]
    assert len(answers) == 2
    assert "ISCB vs IWM" in answers[1]


@BOTH_WAYS
async def test_where_the_question_is_gone_its_answer_stays_where_slack_puts_it(team: Office) -> None:
    said = team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}> compare ISCB SPSM")
    event = team.payloads.mention(said)
    team.slack.workspace.delete(PORTFOLIO, said.ts)
    await team.deliver(event)
    (answer,) = [each for each in team.slack.workspace.history(PORTFOLIO) if each.user == BOT]
    assert "ISCB vs SPSM" in answer.text
    assert team.slack.calls_of("chat.delete") == []


@ONE_DATABASE
async def test_an_export_whose_question_is_gone_is_not_lost(team: Office) -> None:
    said = team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}> csv ISCB SPSM")
    event = team.payloads.mention(said)
    team.slack.workspace.delete(PORTFOLIO, said.ts)
    await team.deliver(event)
    (answer,) = [each for each in team.slack.workspace.history(PORTFOLIO) if each.user == BOT]
    assert len(answer.files) == 3
    assert "ISCB vs SPSM" in answer.text


# What is remembered


async def test_the_newest_full_comparison_is_what_a_thread_is_about(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)

    async def asks(words: str) -> str:
        return await team.type(BEN, f"@watchpoint {words}", thread=parent.ts)

    for aside in ("vs QQQ", "add IJR", "without SPSM", "weekly", "5y"):
        await asks(aside)
        assert "ISCB vs SPSM · 3 years" in await asks("3y"), aside
    await asks("compare IWM VB 5y")
    assert "IWM vs VB · 1 year" in await asks("1y")
    assert "IWM" in await asks("holdings")
    await team.press(ANN, parent, "5y")
    assert "IWM vs VB · 3 years" in await asks("3y"), "an older answer's buttons do not take it back"


@BOTH_WAYS
async def test_two_people_who_ask_at_once_each_get_their_own_answer(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    space = team.slack.workspace
    asked = [(ANN, "3y"), (BEN, "5y"), (CY, "10y"), (ANN, "sectors vs IWM"), (BEN, "compare IWM VB")]
    events = [
        team.payloads.mention(space.say(PORTFOLIO, user, f"<@{BOT}> {words}", parent.ts))
        for user, words in asked
    ]
    await asyncio.gather(*map(team.line.deliver, events))
    await team.bot.shift.quiet()
    answers = [team.words(each) for each in of_bot(team, parent)]
    assert len(answers) == len(asked)
    for name, words in (("ann", "3 years"), ("ben", "5 years"), ("cy", "10 years"), ("ben", "IWM vs VB")):
        assert any(words in each and f"sked by @{name}" in each for each in answers), (name, words)
    assert "IWM vs VB · 3 years" in await team.type(CY, "@watchpoint 3y", thread=parent.ts)


async def test_after_its_days_a_thread_is_forgotten_and_its_buttons_are_not(away: Office) -> None:
    async with away.at_work():
        await away.type(ANN, "/compare ISCB SPSM")
        parent = comparison(away)
        away.clock.move(away.clock.now() + timedelta(days=89))
        await away.bot.catch_up()
        assert "ISCB vs SPSM · 3 years" in await away.type(ANN, "@watchpoint 3y", thread=parent.ts)
        away.clock.move(away.clock.now() + timedelta(days=2))
        await away.bot.catch_up()
        forgotten = await away.type(ANN, "@watchpoint 3y", thread=parent.ts)
        assert "No funds have been compared in this thread that I remember" in forgotten
        assert "`@watchpoint compare ISCB SPSM 3y`" in forgotten
        assert "ISCB vs SPSM · 5 years to 16 Jan 2026" in await away.press(ANN, parent, "5y")
        await away.type(ANN, "@watchpoint compare IWM VB", thread=parent.ts)
        assert "IWM vs VB · 5 years" in await away.type(ANN, "@watchpoint 5y", thread=parent.ts)


# What goes wrong half way


async def test_a_home_tab_that_was_not_refreshed_is_made_good_when_it_is_opened(team: Office) -> None:
    await look(team, CY)
    team.slack.faults.on("500", "views.publish", times=2)
    await team.type(ANN, f"/watch {RULE}")
    assert "*R1 " not in home(team, CY)
    assert "*R1 " in await look(team, CY)
    await team.type(ANN, "/watch pause R1")
    assert "paused" in home(team, CY).lower()


async def test_a_follow_up_that_a_crash_cut_off_is_answered_once_after_the_restart(tmp_path: Path) -> None:
    async with fleet(tmp_path, f"sqlite:///{tmp_path / 'watchpoint.db'}") as here:
        bot = await here.start("all")
        assert await here.ask(bot, "ISCB SPSM 1y") == (200, None)
        await here.all_done()
        (parent,) = here.answers("ISCB vs SPSM")
        here.faults.on("hang", "chat.postMessage")
        async with OverHttp.to(f"{bot.base}/slack/events", SIGNING_SECRET, SystemClock()) as line:
            assert (await line.deliver(mention(here.slack, "3y", thread=parent.ts))).status == 200
        await here.met("chat.postMessage")
        await bot.killed()
        bot = await here.start("all")
        await until(lambda: bool(here.answers("3 years")), "the follow-up is answered")
        await here.all_done()
        (answer,) = here.answers("3 years")
        assert (answer.thread_ts, "ISCB vs SPSM" in answer.text) == (parent.ts, True)
        bot.signal(signal.SIGTERM)
        assert await bot.ended() == 0


# Hostile words

WORDS = (
    "<!channel> sectors",
    "sectors <!here|here> <@U0BEN> <#C0RESEARCH> <https://evil.example|click>",
    "compare <!everyone> &lt;!channel&gt;",
    "compare =HYPERLINK(1) +SUM(A1) @cmd -1",
    "sectors \ud800\udfff\udc00",
    "compare \ud83d ISCB",
    "sectors\x00 ISCB\x00 SPSM",
    "\u202esectors\u200b ISC\u200bB",
    "x" * 10_000,
    "compare " + "ISCB " * 2_000,
    "compare " + " ".join(f"A{number}" for number in range(60)),
    "*_~`sectors`~_*",
    "cost size=-5",
    "cost size=1e308",
    "cost size=$0",
    "cost size=999999999999999m",
    "explain <script>alert(1)</script>",
    "explain __class__",
    "vs <@U0BEN>",
    "asof 2099-01-01",
    "asof 1900-01-01",
    "3y asof 1971-01-04",
    "since 9999-99-99",
    "1900-01-01..1900-02-01",
    "99999999y",
    "1d",
    "rf=-100%",
    "rf=nan%",
    "without ISCB SPSM",
    "add ISCB",
    "5y 3y 1y",
    "' OR 1=1; DROP TABLE topics; --",
    "{{7*7}} ${jndi:ldap://x} %s %n {0}",
    "R1 watch delete",
    "watch <!channel> sortino < 1",
    "digest on <!channel>",
    "sectors sectors holdings csv",
)
LOUD = re.compile(r"<!(channel|here|everyone)|<@U0BEN>|<https://evil|<#C0RESEARCH")


def harmless(
    team: Office, before: set[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> list[PostedMessage]:
    """What the bot has said since then: nobody is called, nothing broke, no secret is in the log."""
    space = team.slack.workspace
    new = [
        each
        for channel in space.channels
        for each in space.everything(channel)
        if each.user == BOT and (each.channel, each.ts) not in before
    ]
    for each in new:
        said = json.dumps([each.text, each.blocks], ensure_ascii=False)
        assert not LOUD.search(said.replace("<@U0BEN>", "", said.count("sked by <@U0BEN>"))), said
        assert "eference" not in each.text, each.text
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, "/reply/"):
        assert secret not in caplog.text
    return new


def everything(team: Office) -> set[tuple[str, str]]:
    """Every message there is."""
    space = team.slack.workspace
    return {(each.channel, each.ts) for channel in space.channels for each in space.everything(channel)}


async def test_hostile_words_get_one_clear_answer_each(
    team: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    alone = team.slack.workspace.dm(BEN).id
    for words in WORDS:
        before = everything(team)
        said = team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}>", parent.ts)
        payload = team.payloads.mention(said)
        await team.deliver(payload | {"event": payload["event"] | {"text": f"<@{BOT}> {words}"}})
        assert len(harmless(team, before, caplog)) == 1, words
        before = everything(team)
        payload = team.payloads.direct_message(team.slack.workspace.say(alone, BEN, "…"))
        await team.deliver(payload | {"event": payload["event"] | {"text": words}})
        assert len(harmless(team, before, caplog)) == 1, words


async def test_hostile_words_in_fields_and_shortcuts_harm_nobody(
    team: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await look(team, BEN)
    view = team.slack.workspace.views.home_tabs[BEN]
    here = {"channel": PORTFOLIO, "thread": ""}
    for words in WORDS:
        before = everything(team)
        typed = {"type": "plain_text_input", "action_id": QUICK, "block_id": QUICK, "value": words}
        await team.deliver(team.payloads.action(BEN, ClickSource(view_id=view.id), typed))
        assert len(harmless(team, before, caplog)) == 1, words
        before = everything(team)
        said = replace(comparison_or_talk(team), text=words)
        await team.deliver(team.payloads.message_shortcut(BEN, talk.COMPARE_NAMED, said))
        assert harmless(team, before, caplog) == []
        assert team.form(BEN).body["callback_id"] == talk.COMPARE_FORM
        team.slack.workspace.views.close(BEN, everything=True)
        for form, fields in (
            (talk.COMPARE_FORM, {"funds": words}),
            (talk.COMPARE_FORM, {"funds": "ISCB SPSM", "benchmark": words, "window": words, "rate": words}),
            (talk.WATCH_FORM, {"fund": words, "threshold": words, "sessions": words, "measure": words}),
            (talk.DIGEST_FORM, {"state": words, "time": words, "zone": words}),
            (talk.DIGEST_FORM, {"state": "on", "zone": words}),
        ):
            before = everything(team)
            answer = await sent_in(team, BEN, form, here, **fields)
            new = harmless(team, before, caplog)
            assert bool(answer) != bool(new), (words, form, answer)
            assert all(len(each) <= 301 for each in ((answer or {}).get("errors") or {}).values())


def comparison_or_talk(team: Office) -> PostedMessage:
    """Any message of a person."""
    return team.slack.workspace.history(PORTFOLIO)[0]


async def test_a_hostile_reason_calls_nobody(team: Office, caplog: pytest.LogCaptureFixture) -> None:
    card = await until_card(team, RULE)
    caplog.set_level(logging.DEBUG)
    before = everything(team)
    about = {"rule": "R1v1", "channel": PORTFOLIO, "ts": card.ts}
    reason = "<!channel> <@U0BEN> =HYPERLINK(1) \ud800 \x00 " + "x" * 2_900
    await sent_in(team, ANN, ids.ACK_FORM, about, **{ids.REASON: reason})
    await team.bot.catch_up()
    assert harmless(team, before, caplog)
    assert not LOUD.search(json.dumps([team.now(card).text, team.now(card).blocks]))
    assert "&lt;!channel&gt;" in json.dumps(team.now(card).blocks)


FUNDS = ("ISCB", "SPSM")
DAY = date(2026, 1, 16)
ABOUT = Comparing(FUNDS, parse("1y"), DAY)
FORGED = (
    "",
    "{",
    "null",
    "[]",
    "7",
    '{"text": 7}',
    '{"text": "sectors", "topic": {}}',
    '{"text": "sectors", "topic": {"comparing": {"symbols": "ISCB"}}}',
    "[" * 1_900,
    '{"text": "' + "x" * 1_900 + '"}',
    SectionQuery(
        "sectors", ThreadContext(replace(ABOUT, symbols=tuple(f"A{number}" for number in range(100))))
    ).value,
    SectionQuery("sectors", ThreadContext(replace(ABOUT, symbols=()))).value,
    SectionQuery("sectors", ThreadContext(replace(ABOUT, symbols=("ISCB", "ISCB")))).value,
    SectionQuery("sectors", ThreadContext(replace(ABOUT, symbols=("<!channel>", "SPSM")))).value,
    SectionQuery("sectors", ThreadContext(replace(ABOUT, symbols=("", "SPSM")))).value,
    SectionQuery("sectors", ThreadContext(replace(ABOUT, benchmark="<!channel>"))).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, as_of=date(2199, 1, 1)))).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, as_of=date(1900, 1, 1)))).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, as_of=date(1, 1, 1)))).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, as_of=date(9999, 12, 31)))).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, window=Window("999y")))).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, window=Window("x" * 300)))).value,
    SectionQuery(
        "risk", ThreadContext(replace(ABOUT, window=Window("1y", date(2025, 1, 1), date(2024, 1, 1))))
    ).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, rate=Rate(1e300)))).value,
    SectionQuery("risk", ThreadContext(replace(ABOUT, rate=Rate(-5.0)))).value,
    SectionQuery("risk", ThreadContext(ABOUT, source="<!channel>")).value,
    SectionQuery("sectors", ThreadContext(ABOUT, more=-5)).value,
    SectionQuery("sectors", ThreadContext(ABOUT, more=10**12)).value,
    SectionQuery("cost size=-5", ThreadContext(ABOUT)).value,
    SectionQuery("cost size=1e308", ThreadContext(ABOUT)).value,
    SectionQuery("<!channel>", ThreadContext(ABOUT)).value,
    SectionQuery("help", ThreadContext(ABOUT)).value,
    SectionQuery("watch delete R1", ThreadContext(ABOUT)).value,
    SectionQuery("explain nothing", ThreadContext(ABOUT)).value,
)


async def test_forged_buttons_get_one_clear_answer_each(
    team: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    for value in FORGED:
        before = everything(team)
        await copied(team, BEN, parent, f"{talk.ASK}sectors", value)
        assert len(harmless(team, before, caplog)) == 1, value
        for opens in (talk.OPEN_COMPARE, talk.OPEN_WATCH, talk.OPEN_DIGEST):
            before = everything(team)
            await copied(team, BEN, parent, opens, value)
            assert harmless(team, before, caplog) == []
            assert team.slack.workspace.views.top(BEN), (opens, value)
            team.slack.workspace.views.close(BEN, everything=True)
        for action in (ids.WHY, ids.ACK, ids.EDIT):
            before = everything(team)
            await copied(team, BEN, parent, action, value)
            (told_so,) = harmless(team, before, caplog)
            assert "This button is of no message that this bot knows" in told_so.text


# A digest of many funds


async def test_a_digest_of_many_funds_says_how_many_are_left_out(team: Office) -> None:
    for pair in ("ISCB then SPSM", "IWM then IJR", "VB then AVUV", "SPMD then SPY"):
        fund, then = pair.split(" then ")
        await team.type(ANN, f"/watch {fund} sortino < 1.0 then {then}")
    await team.type(ANN, "/digest now")
    digest = team.posts("digest")[-1]
    answer = await team.type(BEN, "@watchpoint risk", thread=digest.ts)
    assert "2 more funds are named above than fit side by side" in answer
    heading = of_bot(team, digest)[-1].blocks[0]["text"]["text"]
    assert none_of(("SPMD", "SPY"), heading), "SPY is what the six are held against, and none of them"
    named = await team.type(BEN, "@watchpoint risk SPMD SPY", thread=digest.ts)
    assert "more funds" not in named
