"""What followed a firing is told in its thread at each horizon: never lost, never twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from analytics import Policy
from bot.errors import Verdict
from bot.model import AuditAction, RuleStatus
from tests.integration.use_cases.office import SESSIONS, Office, below, office
from tests.integration.use_cases.test_daily import deed

pytestmark = pytest.mark.slow

FIRED = SESSIONS[0]
REPLY = f"REPLY R1v1.{FIRED}"


async def fired(here: Office) -> None:
    """R1 fires on the first session and stays open; AAA stands still then, BBB gains 1 % a session."""
    await here.rule(below(then="BBB"), policy=Policy(1, 5))
    await here.digest()
    here.write(" ".join("b" * len(SESSIONS)))
    for at, day in enumerate(SESSIONS):
        here.market.levels["BBB", day] = 100.0 * 1.01**at
    await here.evening(FIRED)
    await here.morning(FIRED)
    assert here.posts()[0].endswith("CARD R1v1")


def replies(here: Office) -> list[str]:
    return [post for post in here.posts() if REPLY in post]


async def told(here: Office, at: int) -> list[str]:
    """What the thread is told of a session, by its number."""
    await here.evening(SESSIONS[at])
    await here.morning(SESSIONS[at])
    return replies(here)


async def test_each_horizon_is_told_on_the_morning_after_it_has_passed_and_once(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fired(here)
        for at in (1, 19, 20):
            assert await told(here, at) == []
        # From the close of the session after, number 1, to that of number 21.
        assert await told(here, 21) == [f"{SESSIONS[21]:%m-%d} {REPLY}.20 in thread"]
        said = here.publisher.published[-1].message.text.replace("\u00a0", " ")
        assert "20 sessions after R1 AAA price change below -10 % triggered on 2 Jan 2026, " in said
        assert "BBB was 22.0 pp ahead of AAA (after any session " in said
        await asyncio.gather(*(here.evening(SESSIONS[21], timedelta(hours=at)) for at in (1, 2)))
        await here.morning(SESSIONS[21], later=timedelta(hours=5))
        assert replies(here) == []
        assert await told(here, 22) == []


async def test_what_was_missed_is_told_once_with_the_newest(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fired(here)
        assert await told(here, 70) == [f"{SESSIONS[70]:%m-%d} {REPLY}.60 in thread"]
        (incident,) = (await here.store.of("T1").history(1)).incidents
        assert incident.told == 60
        assert await told(here, 71) == []


async def test_a_crash_between_claim_and_post_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fired(here)
        await here.evening(SESSIONS[21])
        await here.evening(SESSIONS[22])
        await here.morning(SESSIONS[22])
        assert replies(here) == [f"{SESSIONS[21]:%m-%d} {REPLY}.20 in thread"]


async def test_while_a_rule_rests_or_the_post_is_off_nothing_is_claimed(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fired(here)
        await here.store.of("T1").mark(1, RuleStatus.PAUSED, deed(here, AuditAction.PAUSED))
        assert await told(here, 21) == []
        await here.store.of("T1").mark(1, RuleStatus.ACTIVE, deed(here, AuditAction.RESUMED))
        await here.digest(on=False)
        assert await told(here, 22) == []
        await here.digest()
        assert await told(here, 23) == [f"{SESSIONS[23]:%m-%d} {REPLY}.20 in thread"]


async def test_what_waits_while_the_channel_closes_is_told_when_it_takes_posts_again(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await fired(here)
        await here.evening(SESSIONS[21])
        here.publisher.fail(Verdict.CLOSED, code="is_archived", times=2)  # the card's words, then a post
        await here.morning(SESSIONS[21])
        assert replies(here) == []
        (incident,) = (await here.store.of("T1").history(1)).incidents
        assert incident.told == 0
        assert await told(here, 22) == []
        await here.digest()
        assert await told(here, 23) == [f"{SESSIONS[23]:%m-%d} {REPLY}.20 in thread"]
        assert await told(here, 24) == []
