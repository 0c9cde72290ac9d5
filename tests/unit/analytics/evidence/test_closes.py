"""Weeks and months that several symbols share, by hand."""

from __future__ import annotations

from datetime import date

import pytest

from analytics import PricePanel, Query, parse_window
from analytics.evidence.closes import lay, monthly_closes, pairs_of, spans_to, weekly_closes
from analytics.panel import Doubt, DoubtKind
from tests.panels import day, panel
from tests.unit.analytics.discriminate import assert_is

# Friday the 9th, a holiday on Monday the 19th; BBB lacks Friday the 16th, both lack all of one week.
WEEKS = """
            AAA  BBB  ^TNX
2026-01-09  100  50   4.10
2026-01-12  101  51   4.15
2026-01-15  110  55   4.20
2026-01-16  90   -    4.50
2026-01-20  99   44   4.30
2026-01-23  121  44   4.25
2026-01-28  -    60   4.40
2026-01-30  300  -    4.60
2026-02-03  140  66   -
2026-02-06  133  66   4.05
2026-02-09  150  99   4.00
"""
NAMES = ("AAA", "BBB", "^TNX")


def test_a_week_ends_on_the_last_session_that_all_share() -> None:
    found = weekly_closes(panel(WEEKS), NAMES)
    assert [str(each) for each in found.sessions] == ["2026-01-09", "2026-01-15", "2026-01-23", "2026-02-06"]
    second = found.returns[0, 1].item()
    assert_is(second, 0.1, {"from the fund's own Friday": 121 / 90 - 1, "a hole as no move": 0.0})
    assert found.returns_of(["BBB"])[0].tolist() == pytest.approx([0.1, -0.2, 0.5])


def test_the_return_across_a_missing_week_is_one_return_and_so_is_the_yields_move() -> None:
    found = weekly_closes(panel(WEEKS), NAMES)
    assert found.follows.tolist() == [False, True, True, False]
    assert found.returns[0].tolist() == pytest.approx([0.1, 0.1, 133 / 121 - 1])
    assert found.yield_changes().tolist() == pytest.approx([10.0, 5.0, -20.0])


def test_a_yield_moves_in_basis_points_of_its_quote_in_percent() -> None:
    rise = weekly_closes(panel(WEEKS), NAMES).yield_changes()[0].item()
    assert_is(rise, 10.0, {"in percent": 0.1, "its percent change": 100 * (4.2 / 4.1 - 1), "x 10": 1.0})


def test_a_yield_may_be_zero_or_below() -> None:
    held = panel(WEEKS, close=WEEKS.replace("4.20", "-0.05").replace("4.25", "0.0"))
    found = weekly_closes(held, NAMES).yield_changes()
    assert found.tolist() == pytest.approx([-415.0, 5.0, 405.0])


def test_a_week_counts_once_it_is_over() -> None:
    thursday = weekly_closes(panel(WEEKS).through(day("2026-01-15")), NAMES)
    assert str(thursday.sessions[-1]) == "2026-01-09"  # the 16th is a session
    friday = weekly_closes(panel(WEEKS).through(day("2026-01-16")), NAMES)
    assert str(friday.sessions[-1]) == "2026-01-15"  # its last shared one


# Nothing is shared in March: AAA lacks its second half, BBB its first.
MONTHS = """
            AAA  BBB
2026-01-30  100  50
2026-02-13  90   51
2026-02-27  110  55
2026-03-10  120  -
2026-03-24  -    40
2026-04-30  121  66
2026-05-29  133.1  66
2026-06-01  99   1
"""


def test_months_and_which_of_them_stand_alone() -> None:
    found = monthly_closes(panel(MONTHS), ("AAA", "BBB"))
    assert [str(each) for each in found.sessions] == ["2026-01-30", "2026-02-27", "2026-04-30", "2026-05-29"]
    assert found.follows.tolist() == [False, True, False, True]
    assert found.returns[0].tolist() == pytest.approx([0.1, 0.1, 0.1])


def test_closes_within_a_span() -> None:
    found = weekly_closes(panel(WEEKS), NAMES).within(day("2026-01-10"), day("2026-02-05"))
    assert [str(each) for each in found.sessions] == ["2026-01-15", "2026-01-23"]
    assert found.returns[1].tolist() == pytest.approx([-0.2])


def query(window: str = "1m", as_of: str = "2026-02-09", *symbols: str) -> Query:
    return Query(symbols or ("AAA", "BBB"), parse_window(window), day(as_of))


def test_evidence_ends_where_the_question_does() -> None:
    ground = lay(panel(WEEKS), query("2026-01-09..2026-01-23"), parse_window("5y"))
    assert (ground.span.start, ground.span.end) == (day("2026-01-09"), day("2026-01-23"))
    assert ground.history.as_of == day("2026-01-23")


def test_a_benchmark_does_not_shorten_the_history_of_the_funds() -> None:
    young = panel(WEEKS.replace("4.10", "-").replace("4.15", "-"))
    asked = Query(("AAA", "BBB"), parse_window("1m"), day("2026-02-09"), benchmark="^TNX")
    assert lay(young, asked, parse_window("5y")).span.start == day("2026-01-09")


PROXIES = """
            AAA  FULL YOUNG OLD  LATE NONE
2026-01-05  10   1    -     1    1    -
2026-01-06  10   1    1     1    1    -
2026-01-07  10   1    1     1    1    -
2026-01-08  10   1    1     1    1    -
2026-01-09  10   1    1     1    1    -
2026-01-12  10   1    1     -    1    -
2026-01-13  10   1    1     -    -    -
2026-01-14  10   1    1     -    -    -
2026-01-15  10   1    1     -    -    -
2026-01-16  10   1    1     -    -    -
2026-01-19  10   1    1     -    -    -
"""


@pytest.mark.parametrize(
    ("proxy", "reason"),
    [
        ("FULL", None),
        ("LATE", None),  # a week late is in time: the last whole week is lost, no more
        ("YOUNG", "prices of YOUNG begin 2026-01-06"),
        ("OLD", "prices of OLD end 2026-01-09"),
        ("NONE", "no prices of NONE"),
        ("GONE", "no prices of GONE"),
    ],
)
def test_why_a_proxy_is_left_out(proxy: str, reason: str | None) -> None:
    ground = lay(panel(PROXIES), query("5y", "2026-01-19", "AAA"), parse_window("5y"))
    assert ground.absent(proxy) == reason
    assert (ground.missing(proxy) is None) == (proxy not in {"NONE", "GONE"})


def test_a_level_is_that_of_its_day_alone() -> None:
    ground = lay(panel(PROXIES), query("5y", "2026-01-19", "AAA"), parse_window("5y"))
    assert ground.level("LATE", day("2026-01-12")) == 1.0
    for symbol, when in (("LATE", "2026-01-13"), ("YOUNG", "2026-01-05"), ("AAA", "2026-01-10")):
        assert ground.level(symbol, day(when)) != ground.level(symbol, day(when)), "NaN"


def test_doubts_of_what_went_in_travel_along() -> None:
    held = panel(WEEKS)
    doubts = tuple(
        Doubt(DoubtKind.JUMP, symbol, day(when), 0.3)
        for symbol, when in (("^TNX", "2026-01-20"), ("AAA", "2026-01-09"), ("BBB", "2026-01-12"))
    )
    doubted = PricePanel(
        held.sessions, held.symbols, held.total_return, held.close, held.volume, "by hand", doubts=doubts
    )
    ground = lay(doubted, query(), parse_window("5y"))
    told = ground.provenance(("AAA", "^TNX", "GONE"), ground.span.start)
    assert [doubt.symbol for doubt in told.doubts] == ["^TNX"]
    earlier = ground.provenance(("AAA", "^TNX"), date(2025, 1, 1))
    assert [doubt.symbol for doubt in earlier.doubts] == ["^TNX", "AAA"]


def test_windows_that_the_prices_do_not_fill_are_none() -> None:
    held = panel(WEEKS)
    first, last = spans_to(held, ("AAA", "BBB"), parse_window("1m"), [day("2026-01-23"), day("2026-02-09")])
    assert first is None
    assert last is not None
    assert last.start == day("2026-01-09")


def test_pairs() -> None:
    assert pairs_of(query("1y", "2026-01-19", "AAA")) == ()
    assert pairs_of(query()) == (("AAA", "BBB"),)
