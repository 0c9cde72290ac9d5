"""The falls of a fund one by one."""

from __future__ import annotations

import numpy as np

from analytics.measures.drawdowns import Drawdown, Episode, drawdowns, episodes
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
    # 99 / 110 - 1, and never back
    assert dates(late) == ("2025-01-14", "2025-01-15", "None")
    assert round(late.depth, 12) == -0.10


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


def found_in(text: str, most: int = 6) -> tuple[Episode, ...]:
    sessions, _, levels = read(text)
    return episodes(levels, sessions, most)


def depths(episode: Episode) -> list[float | None]:
    return [round(fall.depth, 4) if fall else None for fall in episode.falls]


APART = """
            AAA    BBB
2025-01-06  100    100
2025-01-07  70     98
2025-01-08  60     99
2025-01-09  68     100
2025-01-10  80     101
2025-01-13  79     100
2025-01-14  72     92
2025-01-15  70.4   88.88
2025-01-16  78     99
"""


def test_a_later_fall_counts_while_an_older_one_is_not_over() -> None:
    """AAA never regains 100: its fall from 80 to 70.4 is one of its own, and BBB's from 101 belongs to it."""
    older, later = found_in(APART)
    assert depths(older) == [-0.4, -0.02]
    assert (older.start, older.end) == (day("2025-01-06"), day("2025-01-08"))
    assert depths(later) == [-0.12, -0.12]
    assert (later.start, later.end) == (day("2025-01-10"), day("2025-01-15"))
    assert [fall and fall.recovery for fall in later.falls] == [None, None]
    assert later.depth == -0.12


def test_a_fall_is_parted_where_two_thirds_were_regained_before_it_went_on() -> None:
    lower = """
                AAA
    2025-01-06  100
    2025-01-07  82
    2025-01-08  {}
    2025-01-09  80
    """
    # 18 lost, 12 of them regained at 94; at 93.9 not quite
    assert [depths(each) for each in found_in(lower.format(94))] == [[-0.18], [-0.1489]]
    assert [depths(each) for each in found_in(lower.format(93.9))] == [[-0.2]]


def test_a_short_pause_before_half_of_the_fall_parts_nothing() -> None:
    (whole,) = found_in("""
                AAA
    2025-01-06  100
    2025-01-07  90
    2025-01-08  99
    2025-01-09  70
    """)
    assert depths(whole) == [-0.3]  # 10 is less than half of 30


def test_falls_of_very_different_length_do_not_belong_together() -> None:
    """A quarter of the longer one must be in both: BBB's two days are a row of their own."""
    long = "".join(f"2025-03-{at:02}  {100 - 2 * at}  {80 if at == 9 else 100}\n" for at in range(1, 13))
    found = found_in(f"            AAA  BBB\n{long}")
    assert [(each.start.day, each.end.day) for each in found] == [(1, 12), (8, 9)]
    assert found[1].falls[0] is not None
    assert round(found[1].falls[0].depth, 4) == round(82 / 84 - 1, 4)


def test_quiet_funds_have_episodes_of_half_their_deepest_fall() -> None:
    (only,) = found_in("""
                AAA     BBB
    2025-01-06  100     100
    2025-01-07  99      100
    2025-01-08  100     101
    2025-01-09  99.6    102
    """)
    assert depths(only) == [-0.01, None]
    assert found_in("            AAA\n2025-01-06  100\n2025-01-07  101\n") == ()


def test_very_many_falls_are_looked_through() -> None:
    levels = np.tile([100.0, 50.0], (2, 2500)).reshape(2, -1)
    assert len(episodes(levels, np.arange(5000).astype("datetime64[D]"))) == 6
