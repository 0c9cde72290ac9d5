"""The grid of months, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import Exchange, MonthlyGrid, NoCommonHistory, PricePanel, compare, monthly_grid
from tests.panels import day, panel
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.markets import ask

if TYPE_CHECKING:
    from analytics.panel import FloatArray


# Month ends of AAA: 100, 110, 99, 99; of NEW from February on: 50, 60.
PRICES = """
            AAA   NEW
2024-11-15  80    -
2024-11-29  100   -
2024-12-16  130   -
2024-12-31  110   -
2025-01-15  50    -
2025-01-31  99    -
2025-02-03  120   40
2025-02-28  99    50
2025-03-31  108.9 60
2025-04-10  119.79 57
"""


def grid(text: str = PRICES, *symbols: str, as_of: str = "2025-04-10", window: str = "1m") -> MonthlyGrid:
    return monthly_grid(panel(text), ask(*(symbols or ("AAA", "NEW")), window=window, as_of=as_of))


def column(found: MonthlyGrid, month: str) -> FloatArray:
    return found.returns[:, found.months == np.datetime64(month, "M")][:, 0]


def test_from_last_close_to_last_close() -> None:
    found = grid()
    assert [str(month) for month in found.months] == ["2024-12", "2025-01", "2025-02", "2025-03", "2025-04"]
    december, january = float(column(found, "2024-12")[0]), float(column(found, "2025-01")[0])
    assert_is(december, 0.10, {"from the first close of the month": 110 / 130 - 1, "to its highest": 0.30})
    assert_is(january, -0.10, {"to the lowest": 50 / 110 - 1, "from the first close": 99 / 50 - 1})
    assert found.returns[0].tolist() == pytest.approx([0.10, -0.10, 0.0, 0.10, 0.10])


def test_a_fund_has_its_own_months_from_its_first_whole_one_on() -> None:
    # It began on 3 February: that month has no close before it.
    found = grid()
    assert np.isnan(found.returns[1]).tolist() == [True, True, True, False, False]
    assert found.returns[1, 3:].tolist() == pytest.approx([0.20, -0.05])
    alone = grid(PRICES, "NEW")
    assert [str(month) for month in alone.months] == ["2025-03", "2025-04"]
    assert alone.returns[0].tolist() == found.returns[1, 3:].tolist()


def test_the_month_that_is_not_over_says_so() -> None:
    assert grid().partial
    assert not grid(as_of="2025-03-31").partial
    assert grid(as_of="2025-03-31").returns[0, -1] == pytest.approx(0.10)


def test_the_closes_behind_a_return_are_named() -> None:
    found = grid()
    assert [str(day) for day in found.bases[0]] == [
        *("2024-11-29", "2024-12-31", "2025-01-31", "2025-02-28", "2025-03-31"),
    ]
    assert [str(day) for day in found.ends[0, -2:]] == ["2025-03-31", "2025-04-10"]
    assert np.isnat(found.bases[1]).tolist() == np.isnan(found.returns[1]).tolist()


def test_a_year_in_a_row() -> None:
    months, whole = grid().year(2025)
    assert months.shape == (2, 12)
    assert months[0, :4].tolist() == pytest.approx([-0.10, 0.0, 0.10, 0.10])
    assert np.isnan(months[0, 4:]).all()
    assert_is(float(whole[0]), 119.79 / 110 - 1, {"sum": 0.10, "first month left out": 119.79 / 99 - 1})
    assert np.isnan(whole[1])
    # Of 2024 only December is known: no year is made of it.
    assert np.isnan(grid().year(2024)[1]).all()
    assert grid().years == (2024, 2025)


def test_a_session_without_a_price_lends_the_close_before_it() -> None:
    gone = PRICES.replace("2025-01-31  99    -", "2025-01-31  -     -")
    found = grid(gone)
    assert column(found, "2025-01")[0] == pytest.approx(50 / 110 - 1)
    assert column(found, "2025-02")[0] == pytest.approx(99 / 50 - 1)


def test_a_month_without_a_close_has_no_return_nor_has_the_next_one() -> None:
    lines = [line for line in PRICES.splitlines() if "2025-01" not in line]
    found = grid("\n".join(lines))
    assert np.isnan(found.returns[0]).tolist() == [False, True, True, False, False]
    assert np.isnan(found.year(2025)[1][0])


def test_a_window_does_not_cut_the_months() -> None:
    assert grid(window="1m").returns.tolist()[0] == grid(window="max").returns.tolist()[0]
    with pytest.raises(NoCommonHistory):
        grid(as_of="2024-11-15")


def test_below_a_month_there_is_no_grid() -> None:
    found = grid("AAA\n2025-04-08 100\n2025-04-09 101\n2025-04-10 102", "AAA", window="max")
    assert (found.months.size, found.returns.shape, found.years) == (0, (1, 0), ())


def test_where_good_friday_ends_a_month_thursday_is_its_last_session() -> None:
    text = "AAA\n2024-02-29 100\n2024-03-28 110"
    held = panel(text)
    query = ask("AAA", window="max", as_of="2024-03-28")
    assert monthly_grid(held, query).partial
    following = PricePanel(
        held.sessions,
        held.symbols,
        held.total_return,
        held.close,
        held.volume,
        held.source,
        following=day("2024-04-01"),
    )
    assert not monthly_grid(following, query).partial


def test_each_fund_is_told_by_its_own_exchange() -> None:
    # Tokyo rests on the 31st: its December ends on the 30th, New York's a day later.
    held = panel("""
                US    JP
    2024-11-29  100   100
    2024-12-30  105   120
    2024-12-31  110   -
    2025-01-06  110   121
    2025-01-31  121   126
    """)
    opened = np.isfinite(held.total_return)
    both = PricePanel(
        held.sessions,
        held.symbols,
        held.total_return,
        held.close,
        held.volume,
        held.source,
        exchanges=(Exchange("XNYS"), Exchange("XTKS")),
        held=opened,
    )
    found = monthly_grid(both, ask("US", "JP", window="max", as_of="2025-01-31"))
    mistakes = {"to the last close of both": 0.05}
    assert_is(float(column(found, "2024-12")[0]), 0.10, mistakes)
    assert column(found, "2025-01").tolist() == pytest.approx([0.10, 0.05])


def test_years_of_months_are_the_calendar_years() -> None:
    text = PRICES.replace("2024-11-15  80    -", "2023-12-29  80    -")
    for label, whole in ((2024, 110 / 80 - 1), (2025, 119.79 / 110 - 1)):
        years = {year.label: year for year in compare(panel(text), {}, ask("AAA", as_of="2025-04-10")).years}
        assert years[str(label)].returns["AAA"].value == pytest.approx(whole)
    # From December to November no month but the last has a close: the year is known, its months are not.
    assert np.isnan(grid(text, "AAA").year(2024)[1]).all()
    assert grid(text, "AAA").year(2025)[1][0] == pytest.approx(119.79 / 110 - 1)
