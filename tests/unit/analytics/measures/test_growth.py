"""Total return and its annual rate, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import Sample, evaluate
from analytics.measures.growth import cagr, total_return
from tests.panels import sample
from tests.unit.analytics.discriminate import assert_is

GAPS = """
            FULL  INSIDE  LATE  EARLY
2025-01-06  100   100     -     100
2025-01-07  110   -       100   110
2025-01-08  99    120     120   -
"""


def between(first: str, last: str, ratio: float) -> Sample:
    """One symbol that goes from 1 to `ratio` between two days."""
    sessions = np.array([first, last], dtype="datetime64[D]")
    return Sample(np.array([[1.0, ratio]]), sessions)


def test_total_return_compounds() -> None:
    # 100 -> 110 -> 99: 1.10 * 0.90 - 1 = -1 %
    actual = float(total_return(sample(GAPS))[0])
    log = float(np.log(0.99))
    assert_is(actual, -0.01, {"sum of returns": 0.0, "log return": log, "without the base": -0.10})


def test_a_gap_inside_does_not_matter_and_a_gap_at_an_end_does() -> None:
    full, inside, late, early = evaluate(["total_return"], sample(GAPS))
    assert full["total_return"].value == pytest.approx(-0.01)
    assert inside["total_return"].value == pytest.approx(0.20)
    for numbers in (late, early):
        assert numbers["total_return"].value is None
        assert numbers["total_return"].reason == "no price at the start or the end of the window"


def test_cagr_counts_calendar_days() -> None:
    # 2023-01-16 .. 2026-01-16 is 1,096 days = 3.000684 years; 1.5 ** (365.25 / 1096) - 1 = 14.4679 %
    actual = float(cagr(between("2023-01-16", "2026-01-16", 1.5))[0])
    expected = 1.5 ** (365.25 / 1096) - 1
    mistakes = {
        "one return on 252 sessions": 1.5**252 - 1,
        "752 returns of 252 a year": 1.5 ** (252 / 752) - 1,
        "years of 365 days": 1.5 ** (365 / 1096) - 1,
        "an even share of the total": 0.5 / 3,
        "no annual rate": 0.5,
    }
    assert_is(actual, expected, mistakes)
    assert actual == pytest.approx(0.144679, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "last", "annual"),
    [
        ("2025-01-16", "2026-01-15", False),  # 364 days
        ("2025-01-16", "2026-01-16", True),  # 365 days
        ("2024-02-29", "2025-02-28", True),  # 365 days, from the leap day
        ("2023-03-01", "2024-02-28", False),  # 364 days
    ],
)
def test_no_annual_rate_below_one_year(first: str, last: str, annual: bool) -> None:
    number = evaluate(["cagr"], between(first, last, 1.1))[0]["cagr"]
    assert (number.value is not None) is annual
    assert number.reason == (None if annual else "not annualised below one year")


def test_missing_end_is_named_before_the_short_window() -> None:
    number = evaluate(["cagr"], sample(GAPS))[2]["cagr"]
    assert number.reason == "no price at the start or the end of the window"


def test_a_year_of_365_days_is_not_its_own_annual_rate() -> None:
    # 365 days are 0.99932 years of 365.25: 10 % in them are 10.0072 % a year.
    year = between("2025-01-16", "2026-01-16", 1.1)
    assert_is(float(cagr(year)[0]), 1.1 ** (365.25 / 365) - 1, {"the total return": 0.1})
