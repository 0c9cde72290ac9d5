"""Watchpoints as a team lives with them for weeks; only time passes faster.

Real Bolt, the real store, jobs and daily run, and the workspace with its limits on.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, time

import pytest

from bot.playground.model import SCOPES, TEAM, PostedMessage
from bot.playground.storage import ANN, BEN, CY, PORTFOLIO
from tests.fakes.workspace import kick
from tests.scenario.offices import Office, filled, key_of, labels, local

pytestmark = pytest.mark.slow

RULE = "/watch ISCB sortino < 1.0 for 5 sessions then SPSM"
CONVENTION = "daily total return · 252 · rf 0 · 1y to {} · source SAMPLE DATA (simulated), as of {}"
FEBRUARY = {day: date(2026, 2, day) for day in range(1, 29)}
BEFORE, AFTER = time(8, 29), time(8, 32)
REASON = "<!channel> & *bold*"
DISARMED = "&lt;!channel&gt; &amp; *bold*"


AGAIN = "triggered since 2 Feb 2026, again since 9 Feb 2026"
OPEN_CARD = [
    "0.17 below | triggered since 2 Feb 2026 (1 session)",
    "0.18 below | triggered since 2 Feb 2026 (2 sessions) | 2 | ISCB +0.4 %, SPSM +0.2 % | 3 Feb 2026",
    "0.07 below | triggered since 2 Feb 2026 (3 sessions) | 3 | ISCB +0.8 %, SPSM +0.6 % | 4 Feb 2026",
    "0.02 above | triggered since 2 Feb 2026 (4 sessions) | 4 | ISCB +0.6 %, SPSM +0.3 % | 5 Feb 2026",
    "0.12 above | clearing (1 of 5) | 5 | ISCB +2.1 %, SPSM +2.2 % | 6 Feb 2026",
    f"0.04 above | {AGAIN} (1 session) | 6 | ISCB 0.0 %, SPSM +0.2 % | 9 Feb 2026",
    f"0.04 above | {AGAIN} (2 sessions) | 7 | ISCB +0.1 %, SPSM +0.3 % | 10 Feb 2026",
    "0.15 above | clearing (1 of 5) | 8 | ISCB +1.5 %, SPSM +2.2 % | 11 Feb 2026",
]
"""Distance, state, session of the incident, the two funds since it fired, and to which close."""


async def fired(team: Office, author: str = BEN) -> PostedMessage:
    """The card of R1, on the morning on which it was posted."""
    await team.type(author, RULE)
    await team.type(ANN, "/digest on 08:30 London")
    await team.until(FEBRUARY[3], AFTER)
    (card,) = team.posts("card")
    return card


async def acknowledge(team: Office, user: str, card: PostedMessage, reason: str) -> None:
    await team.press(user, card, "Acknowledge")
    assert await team.send_in(user, reason) == {}


def told_to(team: Office, user: str) -> str:
    """What the person was told last, alone."""
    return team.words([each for each in team.seen_by(user) if each.ephemeral_for == user][-1])


def days(team: Office, kind: str) -> list[tuple[str, str]]:
    """Session and moment of every post of a kind."""
    return [(key_of(each).split("/")[2], f"{local(each):%d %b %H:%M}") for each in team.posts(kind)]


async def test_a_month_from_the_breach_to_the_recovery(team: Office) -> None:
    made = await team.type(ANN, RULE)
    assert (
        "R1 ISCB Sortino below 1.0 is set: "
        "it triggers when ISCB's Sortino ratio over 1 year is below 1.00 for 5 sessions" in plain(made)
    )
    assert "On 16 Jan 2026 it is quiet: ISCB's Sortino ratio over 1 year is 1.18, 0.18 above 1.00." in made
    assert "SPSM: 0.87, below 1.00 itself." in made
    assert "In the 5 years to 16 Jan 2026 it would have triggered 3 times, for 651 sessions in all" in made
    assert "[picture: Sample data. R1 ISCB Sortino below 1.0 would have triggered 3 times" in made
    assert "A daily post was switched on for this channel: at 08:30 (Europe/London)" in made
    assert "at 08:30 (Europe/London)" in await team.type(ANN, "/digest on 08:30")

    await team.until(FEBRUARY[3], BEFORE)
    assert days(team, "digest") == [
        ("2026-01-22", "23 Jan 08:31"),  # Monday the 19th was a holiday, the 20th and 21st were quiet
        ("2026-01-26", "27 Jan 08:31"),
        ("2026-01-27", "28 Jan 08:31"),
    ]
    pending, again, _ = team.posts("digest")
    assert "R1 ISCB Sortino below 1.0: *0.87* (SPSM 0.59), 0.13 below 1.00, waiting (1 of 5)" in team.words(
        pending
    )
    assert "R1 ISCB Sortino below 1.0 is quiet again: the breach lasted 2 of 5 sessions" in team.words(again)
    assert not team.posts("card")

    await team.until(FEBRUARY[3], AFTER)
    (card,) = team.posts("card")
    assert (key_of(card), card.thread_ts) == (f"{TEAM}/{PORTFOLIO}/2026-02-02/card/R1v1", None)
    assert datetime.combine(FEBRUARY[3], time(8, 30)) <= local(card).replace(tzinfo=None)
    assert labels(card) == ["Acknowledge", "Snooze 5 sessions", "Why?", "Edit", "History"]
    assert team.said(card) == (
        "SAMPLE DATA · R1 ISCB Sortino below 1.0 is met: "
        "ISCB's Sortino ratio over 1 year is 0.83, below 1.00 for 5 sessions "
        "(since 27 Jan 2026). SPSM: 0.63, below 1.00 too."
    )
    words = team.words(card)
    assert "Threshold 1.00 · now 0.17 below · clears when at or above 1.10 for 5 sessions in a row" in words
    assert (
        "[picture: Sample data. R1 ISCB Sortino below 1.0: Triggered since 2 Feb 2026 (1 session); ISCB 0.83"
        in words
    )
    assert "Your rule R1, set by @ann" in words
    assert CONVENTION.format("2 Feb 2026", "2 Feb 2026") in words
    digest = team.posts("digest")[-1]
    assert "1 triggered." in team.said(digest)
    assert f"/p{card.ts.replace('.', '')}|R1 ISCB Sortino below 1.0>" in json.dumps(digest.blocks)
    assert team.replies(digest) == []
    assert "*0.83* (SPSM 0.63), 0.17 below 1.00, *triggered* on 2 Feb 2026" in team.words(digest)
    assert "[picture: Sample data. Rules on 2 Feb 2026" in team.words(digest)

    await team.travel.sessions(14)
    told = [team.said(each).split(":")[0].removeprefix("SAMPLE DATA · ") for each in team.replies(card)]
    assert told == [
        "R1 ISCB Sortino below 1.0 is clearing (1 of 5)",
        "R1 ISCB Sortino below 1.0 is met again, after 1 of 5 sessions of clearing",
        "R1 ISCB Sortino below 1.0 is clearing (1 of 5)",
        "R1 ISCB Sortino below 1.0 has cleared",
    ]
    last = team.replies(card)[-1]
    assert local(last).date() == FEBRUARY[19]
    assert "[picture: Sample data. R1 ISCB Sortino below 1.0: Cleared 18 Feb 2026" in team.words(last)
    over = team.words(card)
    assert (
        "R1 ISCB Sortino below 1.0 has cleared: ISCB's Sortino ratio over 1 year is 1.28, at or above 1.10"
        in plain(over)
    )
    assert "The incident lasted from 2 Feb 2026 to 18 Feb 2026 (16 days)." in over
    assert labels(team.now(card)) == ["Why?", "Edit", "History"]
    assert days(team, "digest")[3:] == [
        ("2026-02-02", "03 Feb 08:31"),
        ("2026-02-06", "09 Feb 08:31"),  # Friday's on Monday
        ("2026-02-09", "10 Feb 08:31"),
        ("2026-02-11", "12 Feb 08:31"),
        ("2026-02-18", "19 Feb 08:31"),
    ]
    assert not any(team.replies(each) for each in team.posts("digest"))
    assert max(Counter(map(key_of, team.posts())).values()) == 1
    assert len(team.posts()) == 1 + 4 + 8


async def test_the_open_card_says_what_is_true_after_every_session(team: Office) -> None:
    """Eight sessions: value, distance, day and how the two funds did; its chart is the one of the fire."""
    card = await fired(team)
    told, charts = [read_card(team, card)], {chart(team, card)}
    for at in range(1, 8):
        if at == 3:
            await acknowledge(team, CY, card, "looking")
        if at == 4:
            await team.press(CY, card, "Snooze 5 sessions")
        before = team.words(card)
        await team.travel.sessions(1)
        assert team.words(card) != before
        told.append(read_card(team, card))
        charts.add(chart(team, card))
    assert told == OPEN_CARD
    assert len(charts) == 1
    assert max(Counter(map(key_of, team.posts())).values()) == 1


def read_card(team: Office, card: PostedMessage) -> str:
    """What changes on it from session to session."""
    words = plain(team.words(card))
    found = re.search(
        r"now (.*?) ·[^•]*?State: (.*?)\.\n(?:Session (\d+) .*?: (.*?) \(.*, to (.*?)\))?", words, re.S
    )
    assert found, words
    return " | ".join(filter(None, found.groups()))


def chart(team: Office, card: PostedMessage) -> str:
    """Slack's id of the picture on a card."""
    (file,) = (block["slack_file"]["id"] for block in team.now(card).blocks if block["type"] == "image")
    return str(file)


async def test_an_incident_is_taken_in_hand(team: Office) -> None:
    card = await fired(team)
    await team.press(CY, card, "Acknowledge")
    form = team.form(CY)
    named = plain(form.body["blocks"][0]["text"]["text"])
    assert "R1 ISCB Sortino below 1.0 is met: ISCB's Sortino ratio over 1 year is 0.83" in named
    await team.deeds.submit(CY, form.id, filled(form, " "))
    assert list(team.form(CY).errors) == ["reason"]
    assert await team.send_in(CY, REASON) == {}
    shown = json.dumps(team.now(card).blocks, ensure_ascii=False)
    assert f"Acknowledged by <@{CY}>: looking into it, {DISARMED}" in shown
    (reply,) = team.replies(card)[:1]
    assert (
        f"*R1 ISCB Sortino below 1.0 was acknowledged* by <@{CY}>: looking into it, {DISARMED}"
        in json.dumps(reply.blocks, ensure_ascii=False)
    )
    assert "<!channel>" not in json.dumps([each.blocks for each in team.seen_by(BEN)]) + reply.text
    assert "R1 ISCB Sortino below 1.0 is acknowledged by @cy" in plain(told_to(team, CY))

    await team.press(BEN, card, "Acknowledge")  # the card as it was when Ben looked
    assert await team.send_in(BEN, "mine") == {}
    assert f"R1 ISCB Sortino below 1.0 was acknowledged before by @cy: looking into it, {REASON}" in told_to(
        team, BEN
    )
    assert "mine" not in str(team.now(card))

    assert "Acknowledge" not in labels(team.now(card))
    why = await team.press(CY, team.now(card), "Why?")
    assert "Sortino ratio = mean(return - rf)" in why
    assert "Window 1y: 1 year to 2 Feb 2026; rf 0" in why
    assert "Threshold 1.00, 0.17 below; met: yes" in why
    assert CONVENTION.format("2 Feb 2026", "2 Feb 2026") in why
    history = await team.press(ANN, team.now(card), "History")
    assert f"3 Feb 2026: acknowledged by @cy: looking into it, {REASON}" in history
    assert "2 Feb 2026: waiting to triggered, 0.83, SPSM 0.63" in history
    await team.travel.sessions(13)
    assert "R1 ISCB Sortino below 1.0 has cleared" in team.said(team.replies(card)[-1])
    await team.travel.sessions(10)
    decided = plain(await team.type(BEN, "/watch decisions"))
    assert "R1 ISCB Sortino below 1.0: looking into it, 3 Feb 2026  SPSM - ISCB " in decided
    assert "pp, 3 Feb 2026 to 3 Mar 2026" in decided
    assert "acknowledged by @cy: looking into it, " in decided


async def test_a_snooze_is_silent_and_ends(team: Office) -> None:
    card = await fired(team)
    assert "R1 ISCB Sortino below 1.0 is snoozed by @cy through 9 Feb 2026" in plain(
        await team.press(CY, card, "Snooze 5 sessions")
    )
    assert "Snoozed by @cy through 9 Feb 2026" in team.words(card)
    assert "through 9 Feb 2026. Nothing was changed" in await team.press(BEN, card, "Snooze 5 sessions")
    before = len(team.posts())
    await team.until(FEBRUARY[10], BEFORE)
    assert len(team.posts()) == before, "recovering on the 6th is not told"
    await team.until(FEBRUARY[11], AFTER)
    reply = team.replies(card)[-1]
    assert "R1 ISCB Sortino below 1.0 is still triggered after a snooze" in team.said(reply)
    assert labels(team.now(card))[:2] == ["Acknowledge", "Snooze 5 sessions"]
    history = await team.press(ANN, team.now(card), "History")
    assert "clearing to triggered" in history
    assert "triggered to triggered" not in history


async def test_what_fires_anew_in_a_snooze_of_the_incident_before_is_told_at_once(team: Office) -> None:
    await team.type(BEN, "/watch ISCB price change 1m < 0% for 1 session recover 0%")
    await team.type(ANN, "/digest on 08:30 London")
    await team.until(date(2026, 1, 23), AFTER)
    (first,) = team.posts("card")
    told = await team.press(CY, first, "Snooze 5 sessions")
    assert "through 29 Jan 2026. Nothing is said until then" in plain(told)
    assert "The snooze ends with its incident: a new one is told at once." in told
    await team.until(date(2026, 1, 27), AFTER)
    assert "cleared on 23 Jan 2026" in plain(team.words(first))
    assert [team.said(each)[:3] for each in team.replies(first)] == ["R1 "], "the snooze alone is said"
    await team.until(date(2026, 1, 28), AFTER)
    first_card, anew = team.posts("card")
    assert first_card.ts == first.ts
    assert "R1 ISCB price change 1m below 0 % is met: ISCB's price change" in plain(team.words(anew))
    assert "Snoozed" not in team.words(anew)
    assert labels(anew)[:2] == ["Acknowledge", "Snooze 5 sessions"]


async def test_a_rule_near_what_can_be_ends_and_one_beyond_is_refused(team: Office) -> None:
    made = plain(await team.type(BEN, "/watch ISCB correlation vs SPSM < 0.98"))
    assert "it clears when it is at or above 0.982 for 5 sessions in a row" in made
    refused = plain(await team.type(BEN, "/watch ISCB correlation vs SPSM < 0.98 recover 1.2"))
    assert "out of reach: values of correlation are above -1 and below 1; write `recover 0.982`" in refused
    assert "always met" in await team.type(BEN, "/watch ISCB correlation vs SPSM < 1")
    taken = plain(await team.type(BEN, "/watch ISCB correlation vs SPSM < 0.97 recover 0.982"))
    assert "it clears when it is at or above 0.982 for 5 sessions in a row" in taken


async def test_a_rule_is_edited_by_its_author_or_an_admin_only(team: Office) -> None:
    card = await fired(team)
    await team.press(CY, card, "Edit")
    assert team.form(CY).body["blocks"][0]["element"]["initial_value"] == (
        "ISCB sortino 1y < 1 for 5 sessions then SPSM"
    )
    assert await team.send_in(CY, "ISCB sortino < 0.9") == {}
    assert (
        "R1 ISCB Sortino below 1.0 was set by @ben; only its author and the workspace's admins may change it"
        in told_to(team, CY)
    )

    await team.press(ANN, card, "Edit")
    assert 'did you mean "sortino"' in (await team.send_in(ANN, "ISCB sortin < 0.9 for 3"))["rule"]
    assert "no threshold" in (await team.send_in(ANN, "ISCB sortino < nan"))["rule"]
    assert "at most 3,000" in (await team.send_in(ANN, "x" * 10_000))["rule"]
    assert "characters; at most 500" in (await team.send_in(ANN, "x" * 2_000))["rule"]
    assert "takes a rule alone" in (await team.send_in(ANN, "list"))["rule"]
    assert await team.send_in(ANN, "ISCB sortino < 0.99 for 2 sessions then SPSM") == {}
    made = team.words(next(each for each in team.seen_by(ANN) if "now version 2" in each.text))
    assert "below 0.99 for 2 sessions in a row" in made
    assert "On 2 Feb 2026 it is waiting (1 of 2)" in made
    words = plain(team.words(card))
    assert (
        "R1 ISCB Sortino below 1.0 was edited by @ann. "
        "The new version begins afresh, so this incident is closed." in words
    )
    assert labels(team.now(card)) == ["History"]
    await acknowledge(team, BEN, card, "too late")
    assert "R1 ISCB Sortino below 0.99 was edited since; its version is now 2" in told_to(team, BEN)
    await team.until(FEBRUARY[4], AFTER)
    assert [key_of(each).split("/")[-1] for each in team.posts("card")] == ["R1v1", "R1v2"]
    assert "below 0.99 for 2 sessions" in team.said(team.posts("card")[-1])


async def test_deleting_asks_first(team: Office) -> None:
    card = await fired(team)
    assert "only its author" in await team.type(CY, "/watch delete R1")
    assert "Delete R1 " in await team.type(BEN, "/watch delete R1")
    asked = team.seen_by(BEN)[-1]
    assert (asked.ephemeral_for, labels(asked)) == (BEN, ["Delete R1", "Keep it"])
    assert "R1 ISCB Sortino below 1.0 is kept as it was." in await team.press(BEN, asked, "Keep it")
    assert "R1 ISCB Sortino below 1.0 is met" in plain(await team.type(CY, "/watch show R1"))
    assert "only its author" in await team.press(CY, asked, "Delete R1")
    assert "R1 ISCB Sortino below 1.0 is deleted by @ben" in plain(await team.press(BEN, asked, "Delete R1"))
    assert "R1 ISCB Sortino below 1.0 was deleted by @ben. Its incident is closed." in plain(team.words(card))
    assert "R1 ISCB Sortino below 1.0 was deleted; its number is not given again." in await team.type(
        CY, "/watch show R1"
    )
    before = len(team.posts())
    await team.travel.sessions(5)
    assert len(team.posts()) == before
    assert "R2 ISCB Sortino below 1.0 is set" in plain(await team.type(BEN, RULE))


async def test_a_bot_that_was_removed_tells_the_owner_alone_until_it_is_back(team: Office) -> None:
    team.slack.installed.scopes = tuple(each for each in SCOPES if each != "chat:write.public")
    bens = team.slack.workspace.dm(BEN).id
    await team.type(BEN, RULE)
    await team.until(FEBRUARY[2], time(23))
    kick(team.slack)
    before = len(team.posts())
    await team.travel.sessions(3)
    assert len(team.posts()) == before
    (word,) = team.posts("stopped", bens)
    assert "The daily post in #portfolio is stopped: the bot is not in the channel" in team.words(word)
    (alert,) = team.posts("alert", bens)
    assert "is met" in team.words(alert)
    assert not team.posts(channel=team.slack.workspace.dm(ANN).id)
    status = await team.type(ANN, "/digest status")
    assert "The daily post is stopped: the bot is not in the channel; `/invite` brings it back." in status
    await team.deeds.invite(ANN, PORTFOLIO)
    await team.bot.shift.quiet()
    (card,) = team.posts("card")
    assert "triggered since 2 Feb 2026" in team.words(card)
    assert "Since the last post: R1 ISCB Sortino below 1.0 triggered on 2 Feb 2026" in team.said(
        team.posts("resumed")[0]
    )
    assert "The daily post is on: at 08:30 (America/New_York)" in await team.type(ANN, "/digest on")
    await team.travel.sessions(3)
    assert len(team.posts("card")) == len(team.posts("stopped", bens)) == len(team.posts("alert", bens)) == 1


async def test_a_bot_that_was_off_for_a_week_tells_of_the_newest_session_once(away: Office) -> None:
    async with away.at_work():
        await away.type(ANN, RULE)
        await away.until(date(2026, 1, 28), BEFORE)  # the digest about the 27th is queued and not sent
    before = len(away.posts())
    away.clock.move(datetime(2026, 2, 5, 7, 0, tzinfo=UTC))
    async with away.at_work():
        await away.bot.catch_up()
        assert len(away.posts()) == before, "before its hour"
        await away.until(FEBRUARY[5], AFTER)
        posts = away.posts()[before:]
        assert [key_of(each).split("/")[2:4] for each in posts] == [
            ["2026-02-04", "card"],
            ["2026-02-04", "digest"],
        ]
        assert away.said(posts[0]).startswith(
            "SAMPLE DATA · R1 ISCB Sortino below 1.0 is met: "
            "ISCB's Sortino ratio over 1 year is 0.93, below 1.00; "
            "triggered since 2 Feb 2026 (3 sessions)."
        )
        assert (
            "6 earlier sessions were not posted: R1 ISCB Sortino below 1.0 became waiting on 27 Jan 2026 "
            "and R1 ISCB Sortino below 1.0 triggered on 2 Feb 2026."
        ) in away.said(posts[1])


def plain(words: str) -> str:
    """Without the marks of bold."""
    return words.replace("*", "")
