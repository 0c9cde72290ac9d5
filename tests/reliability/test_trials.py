"""The short version of `python -m tests.reliability`: real processes, five kills, each kind of fault once."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest

from tests.contracts.stores import server
from tests.reliability.cases import (
    CLOSING,
    CONNECTIONS,
    CRASH,
    DATA,
    DISK,
    KILLS,
    LEAP,
    LEAPS,
    SLACK,
    Case,
    Outcome,
    Trials,
    can_mount,
)
from tests.reliability.cluster import programs
from tests.reliability.questions import tried as answered

pytestmark = pytest.mark.slow

FAST = 80.0
"""Twice as fast as the command: the lease lasts a second and a half."""
CHANNELS = 4


@cache
def _trials() -> Trials:
    """One for all tests: what is not disturbed is run once."""
    return Trials()


def tried(
    what: str,
    database: str,
    *,
    history: bool,
    kills: int = 0,
    sessions: int = 1,
    speed: float = FAST,
    seed: int = 1,
) -> Outcome:
    """Run a case; nothing may be lost, and nothing doubled without a cause."""
    if database == "postgres" and what != CRASH and not server():
        pytest.skip("no PostgreSQL: TEST_DATABASE_URL is not set")
    case = Case(what, database, history, kills, sessions, CHANNELS, seed, speed)
    outcome = asyncio.run(_trials().run(case))
    for finished, verdict in outcome.passes:
        assert finished.stuck == ()
        assert (verdict.lost, verdict.invented, verdict.different) == ((), (), ())
        assert verdict.unexplained == []
    return outcome


def doubled(outcome: Outcome) -> int:
    return outcome.total(lambda _, verdict: len(verdict.doubled))


def test_killed_five_times_and_able_to_look_nothing_is_lost_and_nothing_doubled() -> None:
    outcome = tried(KILLS, "postgres", history=True, kills=5, sessions=2)
    assert outcome.kills >= 5
    assert doubled(outcome) == 0


def test_killed_five_times_and_unable_to_look_only_what_was_cut_off_is_doubled_and_said() -> None:
    outcome = tried(KILLS, "sqlite", history=False, kills=5, sessions=2)
    assert outcome.kills >= 5
    assert doubled(outcome) <= outcome.total(lambda _, verdict: len(verdict.window))
    assert doubled(outcome) <= outcome.total(lambda finished, _: len(finished.repeated))


def test_killed_while_a_channel_is_closed_every_card_comes_to_its_owner() -> None:
    """Direct messages cannot be looked for, so one that was cut off may come again; none is lost."""
    outcome = tried(CLOSING, "sqlite", history=True, kills=3, sessions=2)
    kept = [row.key for finished, _ in outcome.passes for row in finished.rows if row.state == "sent"]
    assert any("/alert/" in key for key in kept)
    assert not any("/C01/" in key for key in kept)
    twice = [double.key for _, verdict in outcome.passes for double in verdict.doubled]
    assert all(key.split("/")[3] in ("alert", "stopped") for key in twice)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_questions_whose_worker_is_killed_are_answered_once_and_soon(database: str) -> None:
    if database == "postgres" and not server():
        pytest.skip("no PostgreSQL: TEST_DATABASE_URL is not set")
    result = asyncio.run(answered(database, 5, history=True))
    assert len(result.cuts) >= 5
    assert (result.lost, result.doubled, result.forgotten, result.stuck) == ([], [], [], 0)
    assert result.sound
    # What has to be computed counts four times, on a machine that may be busy.
    assert result.longest <= 60


@pytest.mark.thorough
def test_without_the_scope_an_answer_that_comes_twice_is_said_to_be_possibly_repeated() -> None:
    result = asyncio.run(answered("sqlite", 5, history=False))
    assert (result.lost, result.forgotten, result.found) == ([], [], 0)
    assert result.sound
    assert result.possibly > 0


@pytest.mark.thorough
def test_a_quarter_of_slacks_calls_go_wrong() -> None:
    outcome = tried(SLACK, "sqlite", history=True, sessions=2, seed=11)
    assert outcome.total(lambda finished, _: finished.faults) >= 5
    assert doubled(outcome) == 0


@pytest.mark.thorough
def test_the_source_is_silent_late_and_corrects_itself() -> None:
    # Most of the time goes by until the source is asked again.
    assert doubled(tried(DATA, "sqlite", history=True, sessions=4, speed=2 * FAST)) == 0


@pytest.mark.thorough
def test_every_connection_to_postgresql_is_cut() -> None:
    outcome = tried(CONNECTIONS, "postgres", history=True)
    assert doubled(outcome) == 0
    assert outcome.total(lambda finished, _: len(finished.disturbances)) > 0


@pytest.mark.skipif(programs() is None, reason="a server of our own takes root and Debian's postgresql")
@pytest.mark.thorough
def test_the_server_crashes_at_every_moment() -> None:
    outcome = tried(CRASH, "postgres", history=True)
    assert doubled(outcome) == 0
    assert outcome.total(lambda finished, _: len(finished.ended)) > 0


@pytest.mark.skipif(not can_mount(), reason="a small disk can only be made by root")
@pytest.mark.thorough
def test_the_disk_is_full_for_a_while() -> None:
    outcome = tried(DISK, "sqlite", history=True)
    assert doubled(outcome) == 0
    assert outcome.total(lambda finished, _: len(finished.disturbances)) > 0


@pytest.mark.thorough
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_clocks_are_wrong_by_days_for_three_minutes_at_every_moment(database: str) -> None:
    outcome = tried(LEAP, database, history=True, speed=2 * FAST)
    assert doubled(outcome) == 0
    assert outcome.total(lambda finished, _: len(finished.disturbances)) >= len(LEAPS)
    # Every worker that saw a leap said so, and so did every one that started in it.
    assert outcome.total(lambda finished, _: finished.leapt) >= outcome.kills > 0


@pytest.mark.thorough
@pytest.mark.parametrize(("what", "gap"), [("pause-before", False), ("pause-between", True)])
def test_paused_longer_than_its_lease_a_worker_only_posts_again_between_check_and_request(
    what: str, gap: bool
) -> None:
    outcome = tried(what, "postgres", history=True)
    # Whether the pause falls between check and request is a matter of microseconds; more than one is not.
    assert doubled(outcome) <= gap
