"""Windows laid on the sessions of three exchanges, with and without holes, against their slow twin."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import parse_window
from analytics.panel import DateArray
from analytics.window import find_span, month_ends
from bot.market.calendar import ExchangeCalendar
from tests.examples import at_length
from tests.oracles import slow_windows

FIRST, LAST = date(2018, 1, 2), date(2026, 1, 30)
NAMES = ("XNYS", "XLON", "XTKS")
CALENDARS = st.sampled_from(NAMES)
DAYS = st.dates(FIRST, LAST - timedelta(days=31))
MONTH_ENDS = st.sampled_from(
    [each.date() for each in pd.date_range(FIRST, LAST - timedelta(days=31), freq="ME")]
)
COUNTED = st.builds("{}{}".format, st.integers(1, 40), st.just("m")) | st.builds(
    "{}{}".format, st.integers(1, 9), st.just("y")
)
PERIODS = st.builds(
    "{}{}".format, st.integers(2018, 2025), st.sampled_from(["", "q1", "q2", "q3", "q4", "-02", "-12"])
)
DATED = st.builds(
    lambda one, other: f"{min(one, other)}..{max(one, other)}", DAYS | MONTH_ENDS, DAYS | MONTH_ENDS
)
WINDOWS = st.one_of(
    COUNTED,
    st.sampled_from(["mtd", "qtd", "ytd", "max", "1y", "3y", "5y"]),
    PERIODS,
    (DAYS | MONTH_ENDS).map("since {}".format),
    DATED.filter(lambda text: len(set(text.split(".."))) > 1),
    st.builds("{}-12-31..{}-12-31".format, st.integers(2018, 2021), st.integers(2022, 2025)),
)


Sessions = dict[str, DateArray]


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    """Of each exchange; built here, where nothing watches every line."""
    return {name: ExchangeCalendar(name).sessions(FIRST, LAST) for name in NAMES}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(CALENDARS, WINDOWS, DAYS | MONTH_ENDS, st.integers(0, 2**16), st.sampled_from([0.0, 0.02, 0.3]))
def test_a_window_is_laid_where_its_twin_lays_it(
    sessions: Sessions, exchange: str, window: str, as_of: date, seed: int, holes: float
) -> None:
    check(sessions[exchange], window, as_of, seed, holes)


@pytest.mark.slow
@settings(max_examples=at_length(3000), deadline=None)
@given(CALENDARS, WINDOWS, DAYS | MONTH_ENDS, st.integers(0, 2**16), st.sampled_from([0.0, 0.02, 0.3]))
def test_many_windows(
    sessions: Sessions, exchange: str, window: str, as_of: date, seed: int, holes: float
) -> None:
    check(sessions[exchange], window, as_of, seed, holes)


def check(every: DateArray, window: str, as_of: date, seed: int, holes: float) -> None:
    calendar: list[date] = every.tolist()
    known = np.random.default_rng(seed).random(every.size) >= holes
    # The panel ends on the as-of; what follows it is known from the calendar alone.
    stop = int(np.searchsorted(every, np.datetime64(as_of, "D"), side="right"))
    following = calendar[stop]
    ends = month_ends(every[:stop], None, following)
    found = find_span(parse_window(window), every[:stop], known[:stop], as_of, ends)
    twin = slow_windows.laid(window, calendar, {calendar[at] for at in np.flatnonzero(known)}, as_of)
    shown = None if found is None else slow_windows.Laid(found.start, found.end, found.full, found.years)
    assert shown == twin, (window, as_of)


@given(CALENDARS, COUNTED | st.sampled_from(["mtd", "qtd", "ytd"]), DAYS)
@settings(max_examples=80, deadline=None)
def test_friday_evening_is_saturday(sessions: Sessions, exchange: str, window: str, day: date) -> None:
    """What is asked on a day without a session is what was asked on the evening before it."""
    every = sessions[exchange]
    stop = int(np.searchsorted(every, np.datetime64(day, "D"), side="right"))
    ends = month_ends(every[:stop], None, every[stop].item())
    known = np.ones(stop, dtype=bool)
    if not stop:
        return
    session = every[stop - 1].item()
    assert find_span(parse_window(window), every[:stop], known, day, ends) == find_span(
        parse_window(window), every[:stop], known, session, ends
    )
