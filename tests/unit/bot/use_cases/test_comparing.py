"""The form for a comparison: each field's faults at the field, all at once; what is sent in reads back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.query import Query as Comparing
from analytics.returns import ZERO, Rate
from analytics.window import WORDS, parse
from bot.language import Compare, read_compare
from bot.model import SectionQuery, ThreadContext
from bot.render import forms, ids
from tests.fakes.filled_forms import HANDLERS, NOWHERE, TODAY, faults, opened, said, sent, state

EMPTY = opened(HANDLERS.presses[ids.OPEN_COMPARE])
SYMBOLS = (
    "ISCB",
    "SPSM",
    "IWM",
    "BRK-B",
    "^TNX",
    "VWCE.DE",
    "RF",
    "VS",
    "AND",
    "SINCE",
    "COMPARE",
    "A",
    "7203.T",
)


def compared(**changes: Any) -> Compare:
    """The question that a form comes to; it is written as the grammar itself writes it."""
    text = said(sent(EMPTY, **changes))
    read = read_compare(text, TODAY)
    assert isinstance(read, Compare)
    assert read.text == text
    return read


def test_classes_of_shares_are_written_as_people_write_them() -> None:
    assert compared(funds="BRK/B, bf.b/VUSA.L").symbols == ("BRK-B", "BF-B", "VUSA.L")


def test_two_funds_are_enough() -> None:
    assert compared(funds="ISCB SPSM") == Compare(("ISCB", "SPSM"), parse("1y"))


@pytest.mark.parametrize(
    "funds",
    [
        "iscb, spsm",
        "ISCB and SPSM",
        "ISCB vs SPSM",
        "ISCB/SPSM",
        "  ISCB\n SPSM ",
        "“ISCB” & 'SPSM'",
        "ＩＳＣＢ SPSM.",
    ],
)
def test_funds_are_read_generously(funds: str) -> None:
    assert compared(funds=funds).symbols == ("ISCB", "SPSM")


def test_every_field_counts() -> None:
    read = compared(
        funds="ISCB SPSM",
        window="5y",
        since="2021-03-19",
        benchmark="iwm",
        rate="tbill",
        as_of="2025-12-31",
        returns="weekly",
    )
    assert read == Compare(
        ("ISCB", "SPSM"), parse("since 2021-03-19"), "IWM", Rate(None), date(2025, 12, 31), True
    )


def test_one_fund_may_stand_alone() -> None:
    assert compared(funds="ISCB", window="5y") == Compare(("ISCB",), parse("5y"))


@pytest.mark.parametrize(
    ("funds", "complaint"),
    [
        (None, "At least one symbol is needed, like ISCB SPSM."),
        ("ISCB iscb", "ISCB: named more than once."),
        ("ISCB SPSM ISCB", "ISCB: named more than once."),
        ("A1 A2 A3 A4 A5 A6 A7", "7 symbols; at most 6 fit side by side."),
        ("ISCB 5%", '"5%" is no symbol; write tickers like ISCB SPSM.'),
        ("ISCB ü ö", '"ü" and "ö" are no symbols; write tickers like ISCB SPSM.'),
        ("ISCB SPSM 3y", '"3y": choose the window below. A fund of that name is "$3Y".'),
        ("ISCB SPSM max", '"max": choose the window below. A fund of that name is "$MAX".'),
        (
            "ISCB 5% 3y",
            '"3y": choose the window below. A fund of that name is "$3Y". '
            '"5%" is no symbol; write tickers like ISCB SPSM.',
        ),
        ("x" * 501, "These are 501 characters; at most 500 are read."),
    ],
)
def test_what_is_wrong_with_the_funds(funds: str | None, complaint: str) -> None:
    assert faults(sent(EMPTY, funds=funds)) == {forms.FUNDS: complaint}


def test_a_dollar_makes_a_fund_of_a_window() -> None:
    assert compared(funds="$MAX SPSM").symbols == ("MAX", "SPSM")


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        (forms.BENCHMARK, "SPY IWM", '"SPY IWM" is not one symbol; write it like SPY.'),
        (forms.BENCHMARK, "S&P 500", '"S&P 500" is not one symbol; write it like SPY.'),
        (forms.WINDOW, "7w", '"7w" is not a window: they are counted in months or years'),
        (forms.WINDOW, "2027", '"2027" begins on or after 2026-01-16; begin earlier.'),
        (forms.WINDOW, "1/2/2025", '"1/2/2025" can be read two ways; write "2025-02-01" or "2025-01-02".'),
        (forms.BENCHMARK, "year", '"year" is not understood. A fund of that name is "$YEAR".'),
        (forms.FUNDS, "ISCB SPSM last year", '"last" is not understood.'),
        (forms.RATE, "a lot", '"a lot" is not a rate; choose one of these.'),
        (forms.RETURNS, "hourly", '"hourly" is none of the choices; choose one of these.'),
        (forms.SINCE, "yesterday", '"yesterday" is not a date; write it like "2026-01-16".'),
        (forms.SINCE, "2026-01-16", '"since 2026-01-16" begins on or after 2026-01-16; begin earlier.'),
        (forms.SINCE, "1960-01-04", "There are no prices before 1970-01-02."),
        (forms.AS_OF, "2026-01-18", "The as-of date is after today (2026-01-16)."),
        (forms.AS_OF, "1960-01-04", "There are no prices before 1970-01-02."),
        (forms.AS_OF, "2026-02-30", '"2026-02-30" is not a date; write it like "2026-01-16".'),
    ],
)
def test_what_is_wrong_stands_at_its_field(field: str, value: str, complaint: str) -> None:
    found = faults(sent(EMPTY, **{"funds": "ISCB SPSM", field: value}))
    assert list(found) == [field]
    assert found[field].startswith(complaint)


def test_a_beginning_is_held_against_the_day_the_figures_end_on() -> None:
    found = faults(sent(EMPTY, funds="ISCB SPSM", since="2025-06-02", as_of="2025-06-02"))
    assert list(found) == [forms.SINCE]
    assert "2025-06-02" in found[forms.SINCE]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = faults(
        sent(
            opened(HANDLERS.shortcuts[ids.COMPARE_FUNDS], place=NOWHERE),
            funds="ISCB iscb",
            benchmark="?",
            since="2027-01-01",
            as_of="2027-01-01",
        )
    )
    assert set(found) == {forms.FUNDS, forms.BENCHMARK, forms.SINCE, forms.AS_OF, forms.WHERE}


@pytest.mark.parametrize("name", [forms.FUNDS, forms.BENCHMARK, forms.WINDOW, forms.RATE, forms.SINCE])
@pytest.mark.parametrize(
    "text", ["<!channel> `rm`", "vs SPY rf=4% asof 2020-01-01", "\u202eISCB\u0000", "<@U1>", "🚀🚀", "\ud800"]
)
def test_hostile_text_is_read_as_nothing_else(name: str, text: str) -> None:
    taken = sent(EMPTY, **{"funds": "ISCB SPSM", name: text})
    if taken.faults:
        assert list(faults(taken)) == [name]
    else:
        read = read_compare(said(taken), TODAY)
        assert isinstance(read, Compare)
        assert (read.rate, read.as_of) == (ZERO, None)


def test_the_same_question_is_asked_again() -> None:
    for query in (
        Comparing(("ISCB", "SPSM"), parse("3y"), TODAY),
        Comparing(("ISCB", "MAX"), parse("since 2021-03-19"), TODAY, "IWM", Rate(0.0425)),
        Comparing(("AND", "SPSM"), parse("2021-03-19..2024-12-31"), TODAY, None, Rate(None), True),
    ):
        view = opened(HANDLERS.presses[ids.OPEN_COMPARE], SectionQuery("compare", ThreadContext(query)).value)
        read = read_compare(said(sent(view)), TODAY)
        assert isinstance(read, Compare)
        assert (read.symbols, read.versus, read.rate) == (query.symbols, query.benchmark, query.rate)
        assert (read.window.start, read.as_of) == (query.window.start, query.window.end)
        assert read.weekly == query.weekly


@pytest.mark.parametrize("label", ["2020", "2025q3", "18m", "mtd", "2026", "since regime"])
def test_a_window_that_no_menu_offers_stands_in_the_form(label: str) -> None:
    query = Comparing(("ISCB", "SPSM"), parse(label), TODAY)
    view = opened(HANDLERS.presses[ids.OPEN_COMPARE], SectionQuery("compare", ThreadContext(query)).value)
    read = read_compare(said(sent(view)), TODAY)
    assert isinstance(read, Compare)
    assert (read.window, read.as_of) == (query.window, None)


DAYS = st.dates(date(2000, 1, 3), TODAY - timedelta(days=1))


@given(
    symbols=st.lists(st.sampled_from(SYMBOLS), min_size=2, max_size=6, unique=True),
    window=st.sampled_from(sorted(WORDS)),
    since=st.none() | DAYS,
    benchmark=st.none() | st.sampled_from(SYMBOLS),
    rate=st.sampled_from(["0", "tbill", "4.5%"]),
)
def test_what_is_sent_in_is_the_question_that_is_read(
    symbols: list[str], window: str, since: date | None, benchmark: str | None, rate: str
) -> None:
    changes = {"window": window, "since": since and since.isoformat(), "benchmark": benchmark, "rate": rate}
    read = compared(funds=" ".join(f"${symbol}" for symbol in symbols), **changes)
    assert read.symbols == tuple(symbols)
    assert read.window == (parse(f"since {since}") if since else parse(window))
    assert read.versus == benchmark
    assert read.rate == {"0": ZERO, "tbill": Rate(None), "4.5%": Rate(0.045)}[rate]


def test_nothing_that_was_put_in_is_needed_twice() -> None:
    """A form without faults has every value that it was opened with."""
    assert state(EMPTY) == {
        "funds": None,
        "window": "1y",
        "since": None,
        "benchmark": None,
        "rate": "0",
        "returns": "daily",
        "as_of": None,
    }
