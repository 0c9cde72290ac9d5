"""What is asked in a thread is asked of its funds, on its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.query import Query
from analytics.returns import ZERO, Rate
from analytics.window import Window, parse
from bot.errors import UserError
from bot.language import FollowUp, read_follow, resolve_query
from bot.model import ThreadContext

TODAY = date(2026, 1, 20)
DAY = date(2026, 1, 16)
THERE = Query(("ISCB", "SPSM"), parse("3y"), DAY, "IWM", Rate(0.04), weekly=True)
TOPIC = ThreadContext(THERE, "Yahoo Finance")


def asked(text: str, there: Query | None = THERE) -> Query:
    follow = read_follow(text, TODAY)
    assert isinstance(follow, FollowUp)
    return resolve_query(follow, ThreadContext(there) if there else None, TODAY)


def refused(text: str, there: Query | None = THERE) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        asked(text, there)
    return caught.value.complaints


@pytest.mark.parametrize("text", ["compare", "sectors", "csv", "risk", "explain sortino", "cost size=25m"])
def test_what_is_not_said_stays_as_it_is_above(text: str) -> None:
    assert asked(text) == THERE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5y", replace(THERE, window=parse("5y"))),
        ("vs SPY", replace(THERE, benchmark="SPY")),
        ("daily", replace(THERE, weekly=False)),
        ("rf=0", replace(THERE, rate=ZERO)),
        ("rf=tbill", replace(THERE, rate=Rate(None))),
        ("asof 2025-01-16", replace(THERE, as_of=date(2025, 1, 16))),
        ("add VB", replace(THERE, symbols=("ISCB", "SPSM", "VB"))),
        ("without ISCB add VB", replace(THERE, symbols=("SPSM", "VB"))),
        ("without IWM", replace(THERE, benchmark=None)),
        ("without IWM vs SPY", replace(THERE, benchmark="SPY")),
        ("add IWM", replace(THERE, symbols=("ISCB", "SPSM", "IWM"))),
        ("sectors vs ISCB 1y", replace(THERE, benchmark="ISCB", window=parse("1y"))),
    ],
)
def test_what_is_said_is_changed(text: str, expected: Query) -> None:
    assert asked(text) == expected


def test_named_funds_take_nothing_from_the_thread() -> None:
    expected = Query(("VB", "VTI"), Window("1y"), TODAY)
    assert asked("sectors VB VTI") == asked("sectors VB VTI", None) == expected
    full = asked("risk VB 5y vs SPY rf=4% asof 2026-01-16 weekly")
    assert full == Query(("VB",), parse("5y"), DAY, "SPY", Rate(0.04), weekly=True)


def test_who_is_further_east_may_end_a_window_on_their_own_day() -> None:
    tomorrow = TODAY + timedelta(days=1)
    ended = asked(f"returns VB VTI 2025-01-16..{tomorrow}")
    assert (ended.as_of, ended.window.end) == (tomorrow, tomorrow)
    assert asked(f"returns VB VTI 2025-01-16..{TODAY}").as_of == TODAY


def test_a_benchmark_that_is_left_out_among_the_funds_is_no_benchmark_any_more() -> None:
    there = replace(THERE, benchmark="SPSM")
    assert asked("without SPSM", there) == replace(there, symbols=("ISCB",), benchmark=None)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("without VB", "VB: not among ISCB and SPSM, so nothing can be left out."),
        ("without ISCB SPSM", "Nothing would be left; name a fund to put in, like `add VB`."),
        ("add SPSM", "SPSM: already among ISCB and SPSM."),
        (
            "add A B C D E",
            "7 symbols; at most 6 fit side by side. Leave some out, like `without ISCB`.",
        ),
        (
            "sectors add A B C D",
            "7 symbols; at most 6 fit side by side. Leave some out, like `without ISCB`.",
        ),
        ("since 2026-01-17", "`since 2026-01-17` begins on or after 2026-01-16; begin earlier."),
        (
            "2025-01-16..2026-01-19",
            "`2025-01-16..2026-01-19` ends after 2026-01-16; write `since 2025-01-16`.",
        ),
    ],
)
def test_what_cannot_be_asked_of_them_says_what_to_do(text: str, complaint: str) -> None:
    assert complaint in refused(text)


def test_a_window_of_the_thread_must_begin_before_the_day_that_is_asked_for() -> None:
    there = replace(THERE, window=parse("since 2025-06-02"))
    (complaint,) = refused("asof 2025-01-16", there)
    assert complaint == "`since 2025-06-02` begins on or after 2025-01-16; begin earlier."


def test_six_funds_and_a_benchmark_fit_where_it_has_no_column() -> None:
    six = replace(THERE, symbols=tuple("ABCDEF"))
    assert asked("risk", six) == six
    assert "7 symbols" in refused("holdings", six)[0]
    assert asked("sectors vs A", six).benchmark == "A"


def test_a_correlation_takes_two() -> None:
    alone = replace(THERE, symbols=("ISCB",), benchmark=None)
    assert refused("correlation", alone) == (
        "ISCB is alone; name a fund to hold it against, like `correlation vs SPY`.",
    )
    assert asked("correlation vs SPY", alone).against == "SPY"
    assert asked("rolling", alone) == alone


def test_without_a_thread_funds_must_be_named() -> None:
    assert "compare ISCB SPSM" in refused("5y", None)[0]
