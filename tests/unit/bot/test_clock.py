"""A machine's clock that leaps is not followed; one that is set right is, when another one says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import TOLERANCE, SteadyClock, SystemClock

NOW = datetime(2026, 1, 20, 21, 16, tzinfo=UTC)
LEAPS = (timedelta(days=10), timedelta(hours=-1), timedelta(days=-10), timedelta(days=4000))
SECOND = timedelta(seconds=1)


class Machine:
    """Its clock is `wrong` by so much; what has really passed is `passed`."""

    def __init__(self, wrong: timedelta = timedelta()) -> None:
        self.wrong, self.passed = wrong, timedelta(hours=5)
        self.clock = SteadyClock(lambda: self.time + self.wrong, lambda: self.passed.total_seconds())

    @property
    def time(self) -> datetime:
        """What time it is."""
        return NOW + self.passed

    def settle(self) -> None:
        """Slack is asked, which tells whole seconds."""
        self.clock.settle(self.time.replace(microsecond=0))


def test_a_clock_that_nothing_happens_to() -> None:
    here = Machine()
    assert (here.clock.now(), here.clock.trusted, here.clock.settled) == (here.time, False, False)
    here.settle()
    here.passed += timedelta(days=3)
    assert (here.clock.now(), here.clock.trusted, here.clock.settled) == (here.time, True, True)
    assert (here.clock.leap, here.clock.leaps, here.clock.ahead) == (None, 0, timedelta())


@pytest.mark.parametrize("by", LEAPS)
@pytest.mark.parametrize("asked", [False, True])
def test_a_leap_for_three_minutes(by: timedelta, asked: bool) -> None:
    here = Machine()
    here.settle()
    began, here.wrong = here.time, by
    for _ in range(18):
        assert here.clock.now() == here.time
        if asked:
            here.settle()
        assert here.clock.leap
        assert (here.clock.leap.by, here.clock.leap.at, here.clock.leaps) == (by, began, 1)
        assert (here.clock.trusted, here.clock.settled, here.clock.ahead) == (True, asked, by)
        here.passed += timedelta(seconds=10)
    here.wrong = timedelta()
    assert (here.clock.now(), here.clock.settled, here.clock.leap, here.clock.leaps) == (
        here.time,
        True,
        None,
        1,
    )


@pytest.mark.parametrize("by", LEAPS)
def test_a_process_that_starts_by_a_wrong_clock_goes_by_slacks(by: timedelta) -> None:
    here = Machine(by)
    assert (here.clock.now(), here.clock.trusted) == (here.time + by, False)
    here.settle()
    assert here.clock.trusted
    for _ in range(3):
        assert abs(here.clock.now() - here.time) < SECOND
        assert here.clock.leap
        assert abs(here.clock.leap.by - by) < SECOND
        here.passed += timedelta(minutes=1)
    here.wrong = timedelta()
    assert (here.clock.now(), here.clock.leap) == (here.time, None)


def test_a_machine_that_stood_still_unnoticed_is_set_right() -> None:
    """As a virtual machine that was stopped from outside: its own seconds stood still, too."""
    here = Machine()
    here.settle()
    before = here.clock.now()
    here.wrong = timedelta(days=2)  # the clock is right and the seconds are two days short
    assert here.clock.now() == before
    here.clock.settle(here.time + here.wrong)
    assert (here.clock.now(), here.clock.leap, here.clock.settled) == (here.time + here.wrong, None, True)


def test_a_second_leap_in_the_first_is_one_of_its_own_and_asked_about() -> None:
    here = Machine()
    here.settle()
    here.wrong = timedelta(days=10)
    here.clock.now()
    here.settle()
    assert here.clock.settled
    here.wrong = timedelta(days=-1)
    assert (here.clock.now(), here.clock.leaps, here.clock.settled) == (here.time, 2, False)


def test_small_corrections_are_followed() -> None:
    here = Machine()
    here.settle()
    for _ in range(10):
        here.wrong += TOLERANCE
        assert here.clock.now() == here.time + here.wrong
    assert (here.clock.leaps, here.clock.leap) == (0, None)
    here.settle()  # and their sum is noticed
    assert abs(here.clock.now() - here.time) < SECOND
    assert here.clock.leaps == 1


@given(st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from((timedelta(), *LEAPS))), max_size=8))
def test_however_a_clock_leaps_time_passes_as_it_does(turns: list[tuple[int, timedelta]]) -> None:
    here = Machine()
    here.settle()
    for seconds, wrong in turns:
        here.passed += timedelta(seconds=seconds)
        here.wrong = wrong
        assert here.clock.now() == here.time
        assert (here.clock.leap is None) == (wrong == timedelta())


def test_the_machines_own() -> None:
    clock, plain = SteadyClock(), SystemClock()
    assert abs(clock.now() - plain.now()) < timedelta(seconds=5)
    assert plain.trusted
    assert clock.monotonic() <= clock.monotonic()
