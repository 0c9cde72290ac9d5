"""What `/digest` says of the next daily post is what happens: its moment, and its session."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.playground.storage import ANN, RESEARCH
from tests.scenario.offices import Office, local

pytestmark = pytest.mark.slow

ON_SQLITE = pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)
OPEN = "/watch ISCB sortino < 1.2 for 1 session"
"""Fires at once, and stays open for weeks."""
_AT = re.compile(r"at (\d\d:\d\d) \(([\w/]+)\)")
_NEXT = re.compile(r"(?:next|earliest) on \w+ (\d+ \w+ \d+)(?: at (\d\d:\d\d))?\.")
_ABOUT = re.compile(r"is about the session of \w+ (\d+ \w+ \d+)")
_TOLD = re.compile(r"\w{3}\s(\d+ \w+ \d{4}):")


def foretold(words: str) -> tuple[datetime, str]:
    """The moment of the next post and its session, as an answer of `/digest` says."""
    at, following, about = _AT.search(words), _NEXT.search(words), _ABOUT.search(words)
    assert at, words
    assert following, words
    assert about, words
    given = f"{following[1]} {following[2] or at[1]}"
    return datetime.strptime(given, "%d %b %Y %H:%M").replace(tzinfo=ZoneInfo(at[2])), about[1]


async def comes_true(team: Office, words: str, channel: str) -> None:
    """Let time pass until the post that an answer foretells: nothing comes before it."""
    moment, session = foretold(words)
    known = {each.ts for each in team.posts("digest", channel)}
    await team.travel.to(moment.astimezone(UTC) - timedelta(minutes=1))
    assert {each.ts for each in team.posts("digest", channel)} == known, words
    await team.travel.to(moment.astimezone(UTC) + timedelta(minutes=2))
    (post,) = [each for each in team.posts("digest", channel) if each.ts not in known]
    told = _TOLD.search(team.said(post))
    assert told, team.said(post)
    assert told[1] == session
    assert timedelta() <= local(post) - moment < timedelta(minutes=2)


async def test_a_post_comes_when_it_is_said_whatever_its_time_was_before(team: Office) -> None:
    """Both databases: a session is decided in the evening, and people change their minds at night."""
    await team.type(ANN, OPEN, RESEARCH)
    await team.type(ANN, "/digest on 08:30 always", RESEARCH)
    await team.until(date(2026, 1, 20), time(22))
    await comes_true(team, await team.type(ANN, "/digest on 07:00", RESEARCH), RESEARCH)
    later = await team.type(ANN, "/digest on 10:15", RESEARCH)
    assert foretold(later)[1] == "21 Jan 2026", "the one of the 20th is told of already"
    assert foretold(await team.type(ANN, "/digest status", RESEARCH)) == foretold(later)
    await comes_true(team, later, RESEARCH)

    await team.type(ANN, "/digest off", RESEARCH)
    await team.until(date(2026, 1, 22), time(22))  # decided meanwhile
    await comes_true(team, await team.type(ANN, "/digest on", RESEARCH), RESEARCH)

    await team.until(date(2026, 1, 23), time(22))
    await team.type(ANN, "/digest off", RESEARCH)
    await team.until(date(2026, 1, 26), time(10, 30))  # its hour has passed meanwhile
    await comes_true(team, await team.type(ANN, "/digest on 11:00", RESEARCH), RESEARCH)

    await team.until(date(2026, 1, 27), time(8))
    count = len(team.posts("digest", RESEARCH))
    await team.type(ANN, "/digest on 07:30", RESEARCH)
    assert len(team.posts("digest", RESEARCH)) == count + 1, "what should have been told before is told now"


@ON_SQLITE
async def test_a_first_rule_that_is_set_at_night_is_told_of_in_the_morning(team: Office) -> None:
    await team.until(date(2026, 1, 20), time(22))
    await team.type(ANN, "/digest on 08:30 always", RESEARCH)
    await team.type(ANN, OPEN, RESEARCH)
    await comes_true(team, await team.type(ANN, "/digest status", RESEARCH), RESEARCH)


@ON_SQLITE
async def test_a_card_that_nobody_got_while_the_post_was_off_comes_with_the_next_one(team: Office) -> None:
    await team.type(ANN, "/watch ISCB sortino < 1.0 for 1 session recover 1.0", RESEARCH)
    await team.type(ANN, "/digest off", RESEARCH)
    await team.until(date(2026, 1, 22), time(22))  # it has fired
    said = await team.type(ANN, "/digest on", RESEARCH)
    assert not team.posts("card", RESEARCH)
    moment, session = foretold(said)
    await team.travel.to(moment.astimezone(UTC) + timedelta(minutes=2))
    (card,) = team.posts("card", RESEARCH)
    assert f"to {session}" in team.words(card)


@ON_SQLITE
@pytest.mark.parametrize(
    "typed",
    [
        "16:00 New York same day",
        "15:59 New York next day",
        "07:45 New York same day",
        "00:00 Tokyo",
        "23:59 Auckland",
        "02:45 Kolkata same day",
    ],
)
async def test_a_post_comes_when_it_is_said_in_every_zone(team: Office, typed: str) -> None:
    await team.type(ANN, OPEN, RESEARCH)
    for _ in range(2):
        await team.type(ANN, f"/digest on {typed} always", RESEARCH)
        await comes_true(team, await team.type(ANN, "/digest status", RESEARCH), RESEARCH)
