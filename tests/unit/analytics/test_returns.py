"""Risk-free rates, trailing returns and calendar years, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import Period, PricePanel, Rate, calendar_years, trailing_returns
from analytics.returns import bill_rate, common_sessions
from tests.panels import day, panel, panel_of, read, weekdays
from tests.unit.analytics.discriminate import assert_is


def test_labels_of_rates() -> None:
    labels = [Rate().label, Rate(0.04).label, Rate(0.0425).label, Rate(None).label]
    assert labels == ["rf 0", "rf 4 %", "rf 4.25 %", "rf 13-week T-bill"]


def test_a_bill_quoted_at_3_6_percent() -> None:
    # 365 * 0.036 / (360 - 91 * 0.036) = 13.14 / 356.724 = 3.6835 % a year
    rate, carried = bill_rate(np.array([3.6, 9.9]))
    mistakes = {
        "the quote itself": 0.036 / 252,
        "the evening's own quote": 365 * 0.099 / (360 - 91 * 0.099) / 252,
        "365 days a year": 13.14 / 356.724 / 365,
        "compounded": (1 + 13.14 / 356.724) ** (1 / 252) - 1,
        "percent": 3.6 / 252,
    }
    assert_is(float(rate[0]), 13.14 / 356.724 / 252, mistakes)
    assert rate.shape == (1,)
    assert not carried.any()


def test_a_missing_quote_is_served_by_the_last_one_and_marked() -> None:
    rate, carried = bill_rate(np.array([3.6, np.nan, np.nan, 1.8, 5.0]))
    assert (rate * 252).round(6).tolist() == [0.036835, 0.036835, 0.036835, 0.018333]
    assert carried.tolist() == [False, True, True, False]


def test_a_rate_that_leads_to_no_quote_is_unknown() -> None:
    rate, carried = bill_rate(np.array([np.nan, 3.6, 3.6]))
    assert np.isnan(rate[0])
    assert np.isfinite(rate[1])
    assert not carried.any()


def test_negative_and_zero_quotes() -> None:
    rate, _ = bill_rate(np.array([0.0, -0.05, 1.0]))
    assert rate[0] == 0.0
    assert rate[1] == pytest.approx(365 * -0.0005 / (360 + 91 * 0.0005) / 252)


def test_common_sessions() -> None:
    _, _, levels = read("A B\n2026-01-12 1 -\n2026-01-13 2 5\n2026-01-14 - 6\n2026-01-15 3 7")
    assert common_sessions(levels).tolist() == [False, True, False, True]


def period(held: PricePanel, label: str, end: str) -> Period:
    return next(found for found in trailing_returns(held, day(end)) if found.label == label)


THREE_YEARS = """
            OLD   YOUNG
2022-12-30  80    -
2023-01-13  90    -
2023-01-17  91    -
2025-01-15  98    -
2025-01-16  100   40
2025-10-16  108   48
2025-12-16  109   46
2025-12-31  110   45
2026-01-16  121   50
"""


def test_a_year_from_the_close_on_or_before_the_day_a_year_earlier() -> None:
    found = period(panel(THREE_YEARS), "1y", "2026-01-16")
    assert (found.start, found.end, found.annualised) == (day("2025-01-16"), day("2026-01-16"), False)
    actual = found.returns["OLD"].value
    assert actual is not None
    # One year is its total return, although its 365 days are a little less than a year of 365.25.
    annual = 1.21 ** (365.25 / 365) - 1
    assert_is(actual, 0.21, {"next close": 121 / 108 - 1, "close before": 121 / 98 - 1, "annual": annual})


def test_below_a_year_returns_are_not_annualised() -> None:
    held = panel(THREE_YEARS)
    for label, base in (("1m", 109), ("3m", 108), ("ytd", 110)):
        found = period(held, label, "2026-01-16")
        assert not found.annualised
        assert found.returns["OLD"].value == pytest.approx(121 / base - 1)


def test_three_years_are_an_annual_rate() -> None:
    # 2023-01-16 was a holiday: the base is Friday the 13th, 1,099 days before the end, which are three years.
    found = period(panel(THREE_YEARS), "3y", "2026-01-16")
    actual = found.returns["OLD"].value
    assert found.start == day("2023-01-13")
    assert actual is not None
    mistakes = {
        "next close": (121 / 91) ** (365.25 / 1095) - 1,
        "calendar days": (121 / 90) ** (365.25 / 1099) - 1,
        "total": 121 / 90 - 1,
    }
    assert_is(actual, (121 / 90) ** (1 / 3) - 1, mistakes)


def test_max_from_year_end_to_year_end_counts_years() -> None:
    # 30 Dec 2022 to 31 Dec 2024 are 732 days and two years; to 30 Dec 2024, a session before the last, they
    # are 731 days.
    table = "AAA\n2022-12-30  100\n2023-12-29  110\n2024-12-30  120\n2024-12-31  121"
    whole = period(panel(table), "max", "2024-12-31").returns["AAA"].value
    early = period(panel(table), "max", "2024-12-30").returns["AAA"].value
    assert whole == pytest.approx(1.1 - 1)
    assert early == pytest.approx(1.2 ** (365.25 / 731) - 1)


def test_a_year_to_a_month_end_begins_at_one() -> None:
    # 30 January 2026 is the last session of its month: a year before it is 31 January 2025, not the 30th.
    table = """
                AAA
    2024-12-31  90
    2025-01-30  99
    2025-01-31  100
    2025-12-31  108
    2026-01-29  109
    2026-01-30  110
    """
    found = period(panel(table), "1y", "2026-01-30")
    assert found.start == day("2025-01-31")
    assert found.returns["AAA"].value == pytest.approx(0.1)
    month = period(panel(table), "1m", "2026-01-30")
    assert month.start == day("2025-12-31")
    assert month.returns["AAA"].value == pytest.approx(110 / 108 - 1)
    # A day earlier the month is not over.
    assert period(panel(table), "1m", "2026-01-29").start == day("2025-01-31")


def test_at_a_year_s_end_the_year_and_the_year_to_date_are_one() -> None:
    # Counted by the day, a year back from Friday, 29 December 2023, is the 29th, and one session is left out.
    table = panel("AAA\n2022-12-29  98\n2022-12-30  100\n2023-12-28  111\n2023-12-29  110")
    found = [period(table, label, "2023-12-29") for label in ("1y", "ytd")]
    found.append(calendar_years(table, day("2023-12-29"))[-1])
    assert [each.start for each in found] == [day("2022-12-30")] * 3
    assert [each.returns["AAA"].value for each in found] == pytest.approx([0.1] * 3)
    assert not found[-1].partial


def test_a_young_fund_has_no_number_and_the_reason_says_since_when() -> None:
    found = period(panel(THREE_YEARS), "3y", "2026-01-16").returns["YOUNG"]
    assert (found.value, found.reason) == (None, "prices begin 2025-01-16")


def test_max_begins_with_the_youngest() -> None:
    found = period(panel(THREE_YEARS), "max", "2026-01-16")
    assert found.start == day("2025-01-16")
    assert found.returns["YOUNG"].value == pytest.approx(1.25 ** (365.25 / 365) - 1)
    short = period(panel(THREE_YEARS), "max", "2025-12-31")
    assert not short.annualised
    assert short.returns["YOUNG"].value == pytest.approx(45 / 40 - 1)


def test_windows_that_no_symbol_fills_are_left_out() -> None:
    labels = [found.label for found in trailing_returns(panel(THREE_YEARS), day("2026-01-16"))]
    assert labels == ["1m", "3m", "6m", "ytd", "1y", "3y", "max"]


def test_prices_after_the_end_do_not_surface() -> None:
    later = panel(THREE_YEARS + "2026-01-20  1e9   1e9\n")
    now = panel(THREE_YEARS)
    assert trailing_returns(later, day("2026-01-16")) == trailing_returns(now, day("2026-01-16"))
    assert calendar_years(later, day("2026-01-16")) == calendar_years(now, day("2026-01-16"))


def test_a_gap_on_the_base_day_moves_the_base_of_all() -> None:
    gap = THREE_YEARS.replace("2025-12-16  109   46", "2025-12-16  109   -")
    found = period(panel(gap), "1m", "2026-01-16")
    assert found.start == day("2025-10-16")
    assert found.returns["OLD"].value == pytest.approx(121 / 108 - 1)


def test_a_symbol_without_prices() -> None:
    empty = THREE_YEARS.replace("40\n", "-\n").replace("48\n", "-\n")
    for price in ("45", "46", "50"):
        empty = empty.replace(f"{price}\n", "-\n")
    found = period(panel(empty), "1y", "2026-01-16")
    assert found.returns["YOUNG"].reason == "no prices"
    assert found.returns["OLD"].value == pytest.approx(0.21)


YEARS = """
            OLD   YOUNG
2022-12-30  80    -
2023-06-30  95    40
2023-12-29  100   44
2024-12-31  90    55
2025-06-30  99    66
"""


def years(held: PricePanel, end: str) -> dict[str, Period]:
    return {found.label: found for found in calendar_years(held, day(end))}


def test_calendar_years_run_from_last_close_to_last_close() -> None:
    found = years(panel(YEARS), "2025-06-30")
    assert list(found) == ["2023", "2024", "2025"]
    # 2023: 80 -> 100; 2024: 100 -> 90 and 44 -> 55; 2025 so far: 90 -> 99 and 55 -> 66
    old = {label: row.returns["OLD"].value for label, row in found.items()}
    young = {label: row.returns["YOUNG"].value for label, row in found.items()}
    assert old == pytest.approx({"2023": 0.25, "2024": -0.10, "2025": 0.10})
    assert young["2024"] == pytest.approx(0.25)
    assert young["2025"] == pytest.approx(0.20)
    # from its first price in June to the end of 2023 is not a year
    assert found["2023"].returns["YOUNG"].reason == "prices begin 2023-06-30"
    assert [row.partial for row in found.values()] == [False, False, True]
    assert not any(row.annualised for row in found.values())


@pytest.mark.parametrize(
    ("end", "partial"),
    [
        ("2022-12-29", True),  # Thursday
        ("2022-12-30", False),  # Friday, the last session of 2022: Saturday is New Year's Eve
        ("2025-12-30", True),
        ("2025-12-31", False),
        ("2021-12-31", False),
    ],
)
def test_a_year_is_over_after_its_last_session(end: str, partial: bool) -> None:
    sessions = weekdays("2020-12-01", 1400)
    held = panel_of({"AAA": np.linspace(100.0, 200.0, sessions.size)}, sessions)
    assert calendar_years(held, day(end))[-1].partial is partial


def test_a_year_that_began_before_the_data_is_left_out() -> None:
    assert "2022" not in years(panel(YEARS), "2025-06-30")
    assert years(panel(YEARS), "2023-12-29")["2023"].start == day("2022-12-30")
