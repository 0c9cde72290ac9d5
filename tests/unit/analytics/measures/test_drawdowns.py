"""The falls of a fund one by one."""

from __future__ import annotations

import numpy as np

from analytics.measures.drawdowns import Drawdown, drawdowns
from tests.panels import day, read


def falls(text: str, most: int = 5) -> tuple[Drawdown, ...]:
    sessions, _, levels = read(text)
    return drawdowns(levels[0], sessions, most)


def dates(fall: Drawdown) -> tuple[str, str, str]:
    return str(fall.peak), str(fall.trough), str(fall.recovery)


TWO_FALLS = """
            AAA
2025-01-06  100
2025-01-07  100
2025-01-08  90
2025-01-09  95
2025-01-10  85
2025-01-13  100
2025-01-14  110
2025-01-15  99
2025-01-16  104
"""


def test_peak_trough_and_recovery() -> None:
    deep, late = falls(TWO_FALLS)
    # 100 twice: the fall begins at the later one; 95 is a pause, not a recovery; 85 / 100 - 1
    assert dates(deep) == ("2025-01-07", "2025-01-10", "2025-01-13")
    assert round(deep.depth, 12) == -0.15
    assert (deep.days_down, deep.days_up) == (3, 3)
    # 99 / 110 - 1, and never back
    assert dates(late) == ("2025-01-14", "2025-01-15", "None")
    assert round(late.depth, 12) == -0.10
    assert (late.days_down, late.days_up) == (1, None)


def test_the_deepest_come_first_and_only_as_many_as_asked() -> None:
    (only,) = falls(TWO_FALLS, most=1)
    assert round(only.depth, 12) == -0.15


def test_the_base_close_is_a_high() -> None:
    (fall,) = falls("""
                AAA
    2025-01-06  100
    2025-01-07  90
    2025-01-08  95
    """)
    assert (fall.peak, round(fall.depth, 12), fall.recovery) == (day("2025-01-06"), -0.10, None)


def test_of_two_equal_lows_the_earlier_is_the_trough() -> None:
    (fall,) = falls("""
                AAA
    2025-01-06  100
    2025-01-07  90
    2025-01-08  95
    2025-01-09  90
    2025-01-10  101
    """)
    assert fall.trough == day("2025-01-07")


def test_of_two_equal_falls_the_earlier_comes_first() -> None:
    one, two = falls("""
                AAA
    2025-01-06  100
    2025-01-07  90
    2025-01-08  100
    2025-01-09  90
    2025-01-10  100
    """)
    assert (one.peak, two.peak) == (day("2025-01-06"), day("2025-01-08"))


def test_missing_sessions_are_skipped() -> None:
    (fall,) = falls("""
                AAA
    2025-01-06  -
    2025-01-07  100
    2025-01-08  -
    2025-01-09  80
    2025-01-10  -
    2025-01-13  100
    """)
    assert dates(fall) == ("2025-01-07", "2025-01-09", "2025-01-13")


def test_a_fund_that_never_fell_and_one_without_prices() -> None:
    sessions = np.arange("2025-01-06", "2025-01-09", dtype="datetime64[D]")
    assert drawdowns(np.array([1.0, 1.0, 2.0]), sessions) == ()
    assert drawdowns(np.array([1.0, np.nan, np.nan]), sessions) == ()
    assert drawdowns(np.full(3, np.nan), sessions) == ()
