"""What followed a firing, by hand and against a loop over the sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.panel import PricePanel
from analytics.watch.followed import FEWEST, HORIZONS, Followed, follow, gap_after, pair_of, sum_up
from analytics.watch.operators import Op
from analytics.watch.rules import Condition, Quantity, Rule
from tests.panels import day, levels_of, panel, panel_of, weekdays

RULE = Rule((Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0),), then="BBB")

WEEK = panel("""
            AAA     BBB
2026-01-12  100.0   10.0
2026-01-13   50.0   11.0
2026-01-14   49.5   11.0
2026-01-15   60.0   22.0
2026-01-16   55.0   11.0
""")


def test_it_is_counted_from_the_close_of_the_session_after() -> None:
    (found,) = follow(RULE, WEEK, [day("2026-01-12")], day("2026-01-12"), day("2026-01-16"), [1])
    # Of AAA from 50 to 49.5, of BBB from 11 to 11: the day of the firing itself, -50 %, is nobody's.
    ((fired, gap),) = found.gaps
    assert fired == day("2026-01-12")
    assert gap == pytest.approx(0.01)
    # The sessions after: +1 %, 100 % - 21.21 %, -50 % + 8.33 %.
    assert found.average == pytest.approx((0.01 + (1 - 10.5 / 49.5) + (-0.5 + 5 / 60)) / 3)
    assert found.ahead == pytest.approx(2 / 3)
    assert found.counted == 3


def test_what_has_not_passed_yet_is_not_known() -> None:
    fired = [day("2026-01-12"), day("2026-01-15")]
    (found,) = follow(RULE, WEEK, fired, day("2026-01-12"), day("2026-01-16"), [2])
    assert [gap is None for _, gap in found.gaps] == [False, True]
    assert (found.firings, found.times_ahead) == (1, 1)
    (early,) = follow(RULE, WEEK, fired, day("2026-01-12"), day("2026-01-14"), [2])
    assert (early.known, early.mean, early.average, early.ahead, early.counted) == ((), None, None, None, 0)


def test_no_share_of_a_few_firings() -> None:
    days = weekdays("2025-01-01", 60)
    rising = panel_of({"AAA": np.ones(60), "BBB": levels_of(np.full(59, 0.01))}, days)
    for count in (FEWEST - 1, FEWEST):
        fired = days[:count].tolist()
        (found,) = follow(RULE, rising, fired, fired[0], days[-1].item(), [5])
        assert found.times_ahead == count
        assert found.share == (1.0 if count >= FEWEST else None)


def test_of_which_funds() -> None:
    quantity = Quantity("sharpe", "AAA", other="CCC")
    gap = Rule((Condition(quantity, Op.BELOW, 0.0),))
    assert pair_of(gap) == ("AAA", "CCC")
    assert pair_of(replace(gap, then="BBB")) == ("AAA", "BBB")
    alone = replace(RULE, then=None)
    assert pair_of(alone) is None
    assert pair_of(replace(RULE, then="AAA")) is None
    assert pair_of(replace(RULE, then="^TNX")) is None
    assert follow(alone, WEEK, [], day("2026-01-12"), day("2026-01-16")) == ()
    assert follow(gap, WEEK, [], day("2026-01-12"), day("2026-01-16")) == ()  # no prices of CCC


@given(st.integers(0, 40), st.lists(st.integers(0, 39), max_size=6), st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_loop_over_the_sessions_says_the_same(begin: int, fired: list[int], data: st.DataObject) -> None:
    steps = st.sampled_from([-0.02, 0.0, 0.01, None])
    rows = [data.draw(st.lists(steps, min_size=40, max_size=40)) for _ in range(2)]
    days = weekdays("2025-01-01", 41)
    levels = [levels_of([step or 0.0 for step in row]) for row in rows]
    for row, given_ in zip(levels, rows, strict=True):
        row[[at + 1 for at, step in enumerate(given_) if step is None]] = np.nan
    held = panel_of({"AAA": levels[0], "BBB": levels[1]}, days)
    when = days[sorted(set(fired))].tolist()
    first = days[begin].item()
    for found in follow(RULE, held, when, first, days[-1].item(), (1, 7)):
        slow = {each: _slow(held, each, found.sessions) for each in range(41)}
        told = [slow[days.tolist().index(each)] for each in when]
        assert [gap for _, gap in found.gaps] == [
            each if each is None else pytest.approx(each) for each in told
        ]
        every = [gap for at, gap in slow.items() if at >= begin and gap is not None]
        assert found.counted == len(every)
        assert found.average == (pytest.approx(sum(every) / len(every)) if every else None)


def _slow(held: PricePanel, at: int, horizon: int) -> float | None:
    if at + 1 + horizon >= held.sessions.size:
        return None
    ends = [held.total_return[row, at + 1 + horizon] / held.total_return[row, at + 1] - 1 for row in (0, 1)]
    gap = float(ends[1] - ends[0])
    return None if np.isnan(gap) else gap


def test_on_the_sessions_that_both_exchanges_hold() -> None:
    held = np.array([[True, True, True, True, True], [True, True, False, True, True]])
    levels = np.where(held, WEEK.total_return, np.nan)
    apart = replace(WEEK, total_return=levels, close=levels, held=held)
    (found,) = follow(RULE, apart, [day("2026-01-14")], day("2026-01-12"), day("2026-01-16"), [1])
    # BBB rested on the 14th: as of the 13th it is known, and the session after is the 15th.
    assert found.gaps[0][1] == pytest.approx((11 / 22 - 1) - (55 / 60 - 1))
    assert HORIZONS == (20, 60, 120, 250)
    assert isinstance(found.gaps[0][0], date)


DECIDED = panel("""
            AAA     BBB
2026-01-15   90.0   10.0
2026-01-16  100.0   20.0
2026-02-13   90.0   21.0
2026-02-17   80.0   30.0
2026-04-15   50.0   10.0
2026-04-17  100.0   40.0
""")


def test_a_decision_is_followed_from_the_first_close_after_it() -> None:
    one, three = gap_after(RULE, DECIDED, day("2026-01-15"), day("2026-04-17"))
    # From the 16th: AAA -10 %, BBB +5 % in a month, to the last close before the 16th of February.
    assert (one.begin, one.end) == (day("2026-01-16"), day("2026-02-13"))
    assert one.gap == pytest.approx(0.15)
    # AAA -50 %, BBB -50 % in three months, to the 15th of April: the 17th is beyond them.
    assert three.end == day("2026-04-15")
    assert three.gap == pytest.approx(0.0)


def test_months_that_are_not_over_tell_nothing() -> None:
    one, three = gap_after(RULE, DECIDED, day("2026-01-15"), day("2026-02-15"))
    assert (one.begin, one.end, one.gap) == (day("2026-01-16"), None, None)
    assert three.end is None
    (early, _) = gap_after(RULE, DECIDED, day("2026-04-17"), day("2026-04-17"))
    assert (early.begin, early.end, early.gap) == (None, None, None)
    assert gap_after(replace(RULE, then=None), DECIDED, day("2026-01-15"), day("2026-04-17")) == ()


@given(st.integers(0, 70), st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_decision_is_followed_as_two_returns_are(at: int, data: st.DataObject) -> None:
    days = weekdays("2025-01-01", 90)
    steps = st.lists(st.floats(-0.05, 0.05), min_size=89, max_size=89)
    both = {name: levels_of(data.draw(steps)) for name in ("AAA", "BBB")}
    held = panel_of(both, days)
    known, last = days[at].item(), days[-1].item()
    for found in gap_after(RULE, held, known, last):
        assert found.begin == days[at + 1].item()
        month = found.begin.month - 1 + found.months
        over = [each for each in days.tolist() if (each.month - 1, each.day) <= (month, found.begin.day)]
        if found.end is None:
            assert (last.month - 1, last.day) < (month, found.begin.day) or last == over[-1]
            continue
        assert found.end == over[-1]
        ends = [days.tolist().index(each) for each in (found.begin, found.end)]
        fund, target = (levels[ends[1]] / levels[ends[0]] - 1.0 for levels in both.values())
        assert found.gap == pytest.approx(target - fund)


@given(st.lists(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=8), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_sum_counts_every_firing_once(gaps: list[list[float]]) -> None:
    days = weekdays("2025-01-01", 10).tolist()
    each = [
        Followed("AAA", "BBB", 20, tuple(zip(days, some, strict=False)), 0.01 * at, 0.5, 100)
        for at, some in enumerate(gaps)
    ]
    whole, flat = sum_up(each), [gap for some in gaps for gap in some]
    assert (whole.firings, whole.fired) == (len(flat), len(flat))
    assert whole.ahead == sum(gap > 0 for gap in flat)
    assert whole.mean == pytest.approx(float(np.mean(flat)), abs=1e-12)
    weights = [len(some) for some in gaps]
    assert whole.average == pytest.approx(np.average([0.01 * at for at in range(len(gaps))], weights=weights))
    assert (whole.share is None) == (len(flat) < FEWEST)
