"""Months of one kind, and falls of the market, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import PricePanel, Query, parse_window
from analytics.evidence.regimes import FALL, RegimeAnswer, RegimeKind, regimes
from tests.panels import SOURCE, day, levels_of, panel, weekdays
from tests.unit.analytics.discriminate import assert_is

# Month ends; AAA lacks the end of May.
MONTHS = """
            AAA   BBB   SPY   IWM   ^TNX
2025-01-31  100   100   100   100   4.00
2025-02-28  110   105   102   103   4.30
2025-03-31  99    105   101   101   4.10
2025-04-30  99    84    101   111.1 4.10
2025-05-29  198   84    111.1 111.1 4.20
2025-05-30  -     94.5  111.1 111.1 4.20
2025-06-30  138.6 63    90    100   3.99
2025-07-31  152   64    91    110   3.90
2025-08-04  1     999   999   1     9.00
"""


def answer(text: str = MONTHS, *symbols: str, history: str = "5y") -> RegimeAnswer:
    query = Query(symbols or ("AAA", "BBB"), parse_window("1m"), day("2025-08-04"))
    return regimes(panel(text), query, parse_window(history))


def months(kind: RegimeKind, found: RegimeAnswer | None = None) -> list[str]:
    return [str(month) for month in (found or answer()).of(kind).months]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (RegimeKind.YIELD_UP, ["2025-02", "2025-05"]),
        (RegimeKind.YIELD_DOWN, ["2025-03", "2025-06", "2025-07"]),
        (RegimeKind.YIELD_MOVED, ["2025-02", "2025-06"]),
        (RegimeKind.MARKET_UP, ["2025-02", "2025-05", "2025-07"]),
        (RegimeKind.MARKET_DOWN, ["2025-03", "2025-06"]),
        (RegimeKind.SMALL_AHEAD, ["2025-02", "2025-04", "2025-06", "2025-07"]),
        (RegimeKind.SMALL_BEHIND, ["2025-03", "2025-05"]),
    ],
)
def test_which_months_are_of_a_kind(kind: RegimeKind, expected: list[str]) -> None:
    """April stands still: neither up nor down; 20 points in March are not more than 20; August lasts."""
    assert months(kind) == expected


def test_quotes_in_single_precision_do_not_pass_a_border() -> None:
    held = panel(MONTHS)
    rounded = replace(held, close=held.close.astype(np.float32).astype(np.float64))
    query = Query(("AAA", "BBB"), parse_window("1m"), day("2025-08-04"))
    assert months(RegimeKind.YIELD_MOVED, regimes(rounded, query)) == ["2025-02", "2025-06"]


def test_means_of_funds_and_of_their_difference() -> None:
    # The shared end of May is the 29th: AAA +100 %, BBB 0 %.
    up = answer().of(RegimeKind.YIELD_UP)
    one, other = up.funds
    assert one.value.value is not None
    assert_is(one.value.value, 0.55, {"a hole as no move": 0.05, "the sum": 1.1})
    assert other.value.value == pytest.approx(0.025)
    (gap,) = up.differences
    assert gap.value.value == pytest.approx(0.525)
    assert (gap.interval.low, gap.reason) == (None, "fewer than 12 months")
    assert answer().pairs == (("AAA", "BBB"),)


def test_a_kind_without_a_month() -> None:
    rising = MONTHS.replace("101  ", "103  ").replace(" 90 ", "120 ").replace(" 91 ", "121 ")
    found = answer(rising).of(RegimeKind.MARKET_DOWN)
    assert found.months.size == 0
    assert found.reason is None
    assert found.differences[0].value.reason == "no months"


def test_without_a_proxy_its_kinds_say_why() -> None:
    held = panel(MONTHS).select(["AAA", "BBB", "SPY"])
    found = regimes(held, Query(("AAA", "BBB"), parse_window("1m"), day("2025-08-04")))
    for kind, reason in (
        (RegimeKind.YIELD_UP, "no prices of ^TNX"),
        (RegimeKind.SMALL_AHEAD, "no prices of IWM"),
        (RegimeKind.MARKET_UP, None),
    ):
        regime = found.of(kind)
        assert regime.reason == reason
        assert (regime.months.size == 0) == (reason is not None)
        if reason:
            assert {each.value.reason for each in (*regime.funds, *regime.differences)} == {reason}
    alone = regimes(panel(MONTHS).select(["AAA"]), Query(("AAA",), parse_window("1m"), day("2025-08-04")))
    assert alone.falls == ()
    assert alone.of(RegimeKind.CALM).differences == ()
    assert alone.of(RegimeKind.CALM).reason == "no prices of SPY"


# A month that funds do not share (March), and one that the yield lacks (May).
APART = """
            AAA  BBB  SPY  IWM  ^TNX
2025-01-31  100  100  100  100  4.0
2025-02-28  110  110  101  101  4.1
2025-03-14  120  -    102  102  4.2
2025-03-31  -    130  103  103  4.3
2025-04-30  132  132  104  104  4.4
2025-05-30  145  140  105  105  -
2025-06-30  150  150  106  106  4.6
2025-07-31  165  180  107  107  4.7
2025-08-04  1    1    1    1    9.0
"""


def test_a_return_of_two_months_is_of_neither() -> None:
    found = answer(APART)
    assert [str(month) for month in found.months] == ["2025-02", "2025-05", "2025-06", "2025-07"]
    assert months(RegimeKind.MARKET_UP, found) == ["2025-02", "2025-05", "2025-06", "2025-07"]


def test_a_month_whose_signal_is_not_known_is_of_no_kind() -> None:
    found = answer(APART)
    assert months(RegimeKind.YIELD_UP, found) == ["2025-02", "2025-07"]
    assert np.isnan(found.signals.yields).tolist() == [False, True, True, False]


def daily(market: list[float], start: str = "2024-01-01") -> PricePanel:
    """A market by its daily returns, and a fund that does twice as much."""
    moves = np.array(market)
    rows = np.vstack([levels_of(2 * moves, 50.0), levels_of(moves, 100.0)])
    days = weekdays(start, rows.shape[1])
    return PricePanel(days, ("AAA", "SPY"), rows, rows, np.full_like(rows, np.nan), SOURCE)


def test_how_calm_it_was_is_told_by_the_sessions_before_the_month() -> None:
    # January to October 2024: in each month the moves are of one size, which the next month is told by.
    days = weekdays("2024-01-01", 225)
    sizes = {1: 1, 2: 6, 3: 2, 4: 7, 5: 3, 6: 8, 7: 4, 8: 9, 9: 5, 10: 1, 11: 1}
    moves = [sizes[each.month] / 1000 * (1 if at % 2 else -1) for at, each in enumerate(days.tolist())][1:]
    held = daily(moves)
    found = regimes(held, Query(("AAA",), parse_window("1m"), held.as_of))
    calm, wild = months(RegimeKind.CALM, found), months(RegimeKind.TURBULENT, found)
    assert calm == ["2024-02", "2024-04", "2024-06"]  # after 1, 2 and 3 in a thousand
    assert wild == ["2024-05", "2024-07", "2024-09"]  # after 7, 8 and 9
    assert months(RegimeKind.MIDDLING, found) == ["2024-03", "2024-08", "2024-10"]
    third = found.signals.volatility[1].item()
    of_february = 0.006 * np.sqrt(252)
    assert third == pytest.approx(of_february, rel=0.03)
    assert found.signals.terciles[0] < found.signals.terciles[1]


def test_a_month_too_near_to_the_first_price_has_no_volatility_before_it() -> None:
    held = daily([0.01, -0.01] * 40, start="2024-01-15")
    found = regimes(held, Query(("AAA",), parse_window("1m"), held.as_of))
    assert np.isnan(found.signals.volatility).tolist() == [True, False, False]


FALLS = """
            AAA  NEW  SPY
2025-01-06  50   -    90
2025-01-07  60   -    100
2025-01-08  30   -    92
2025-01-09  45   10   85
2025-01-10  40   9    95
2025-01-13  54   8    100
2025-01-14  55   8    110
2025-01-15  44   7    99
2025-01-16  33   6    98
2025-01-17  36   9    104
"""


def falls(window: str = "5y", *symbols: str) -> RegimeAnswer:
    query = Query(symbols or ("AAA",), parse_window("1m"), day("2025-01-17"))
    return regimes(panel(FALLS), query, parse_window(window))


def test_falls_of_the_market_and_what_the_funds_did() -> None:
    first, second = falls().falls
    assert first.market.depth == pytest.approx(-0.15)
    assert [first.market.peak, first.market.trough, first.end] == [
        day("2025-01-07"),
        day("2025-01-09"),
        day("2025-01-13"),
    ]
    value = first.down["AAA"].value
    assert value is not None
    assert_is(value, 45 / 60 - 1, {"the fund's own fall": 30 / 60 - 1, "from the first day": 45 / 50 - 1})
    assert first.up["AAA"].value == pytest.approx(54 / 45 - 1)
    assert second.market.recovery is None
    assert second.end == day("2025-01-17")
    assert second.down["AAA"].value == pytest.approx(33 / 55 - 1)
    assert second.up["AAA"].value == pytest.approx(36 / 33 - 1)


def test_a_fund_that_was_not_there_yet() -> None:
    query = Query(("NEW",), parse_window("1m"), day("2025-01-17"))
    first, second = regimes(panel(FALLS), query).falls
    assert first.down["NEW"].reason == "no price of NEW on 2025-01-07"
    assert first.up["NEW"].value == pytest.approx(8 / 10 - 1)
    assert second.down["NEW"].value == pytest.approx(6 / 8 - 1)


def test_a_fall_reaches_into_the_window_from_its_own_peak() -> None:
    # The history begins on the 10th, when the market had not recovered; on the 13th it had.
    assert [fall.market.peak for fall in falls("2025-01-10..2025-01-17").falls] == [
        day("2025-01-07"),
        day("2025-01-14"),
    ]
    assert [fall.market.peak for fall in falls("2025-01-13..2025-01-17").falls] == [day("2025-01-14")]
    assert falls("2025-01-10..2025-01-17").provenance.start == day("2025-01-10")


def test_a_fall_of_a_tenth_is_one() -> None:
    held = panel(FALLS)
    spy = np.array([100.0, 100, 90, 90, 95, 100, 100, 90.1, 90.1, 90.1])
    levels = held.total_return.copy()
    levels[2] = spy
    query = Query(("AAA",), parse_window("1m"), day("2025-01-17"))
    found = regimes(replace(held, total_return=levels), query).falls
    assert [round(fall.market.depth, 4) for fall in found] == [FALL]
