"""Windows as asked, spans as the data has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from analytics import Span, UnknownWindow, Window, parse_window
from analytics.window import USAGE, WORDS, find_span, month_ends, months_before
from bot.market.calendar import ExchangeCalendar
from tests.panels import day, read

if TYPE_CHECKING:
    from analytics.panel import FloatArray


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("1y", "1y", "1 year"),
        (" 3Y ", "3y", "3 years"),
        ("YTD", "ytd", "year to date"),
        ("max", "max", "common history"),
        ("mtd", "mtd", "month to date"),
        ("qtd", "qtd", "quarter to date"),
        ("18m", "18m", "18 months"),
        ("7Y", "7y", "7 years"),
        ("12m", "1y", "1 year"),
        ("24m", "2y", "2 years"),
        ("100y", "100y", "100 years"),
        ("2020", "2020", "2020"),
        ("2025Q3", "2025q3", "Q3 2025"),
        ("2025h1", "2025h1", "H1 2025"),
        ("2020-02", "2020-02", "Feb 2020"),
        ("since 2021-03-19", "since 2021-03-19", "since 19 Mar 2021"),
        ("Since   2021-03-19", "since 2021-03-19", "since 19 Mar 2021"),
        ("2021-03-19..2024-12-31", "2021-03-19..2024-12-31", "19 Mar 2021 to 31 Dec 2024"),
        ("2021-03-19 .. 2024-12-31", "2021-03-19..2024-12-31", "19 Mar 2021 to 31 Dec 2024"),
        ("2024-02-29..2024-03-01", "2024-02-29..2024-03-01", "29 Feb 2024 to 1 Mar 2024"),
        ("Since  Regime", "since regime", "since the latest change of index"),
    ],
)
def test_read(text: str, label: str, words: str) -> None:
    window = parse_window(text)
    assert (window.label, window.words) == (label, words)
    assert parse_window(window.label) == window


@pytest.mark.parametrize("label", list(WORDS))
def test_every_window_of_the_menus_reads_itself(label: str) -> None:
    assert parse_window(label) == Window(label)
    assert Window(label).words == WORDS[label]


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("2020", "2019-12-31", "2020-12-31"),
        ("2025h1", "2024-12-31", "2025-06-30"),
        ("2025h2", "2025-06-30", "2025-12-31"),
        ("2025q1", "2024-12-31", "2025-03-31"),
        ("2025q2", "2025-03-31", "2025-06-30"),
        ("2025q3", "2025-06-30", "2025-09-30"),
        ("2025q4", "2025-09-30", "2025-12-31"),
        ("2025-01", "2024-12-31", "2025-01-31"),
        ("2024-02", "2024-01-31", "2024-02-29"),
        ("2025-12", "2025-11-30", "2025-12-31"),
    ],
)
def test_a_calendar_period_goes_from_the_last_day_before_it_to_its_own(
    label: str, start: str, end: str
) -> None:
    window = parse_window(label)
    assert (window.start, window.end, window.is_period) == (day(start), day(end), True)
    assert window.months is None


@pytest.mark.parametrize(
    ("label", "months"), [("1m", 1), ("18m", 18), ("7y", 84), ("ytd", None), ("max", None)]
)
def test_months_of_a_window(label: str, months: int | None) -> None:
    assert parse_window(label).months == months
    assert not parse_window(label).is_period


def test_dates_count_no_months() -> None:
    assert parse_window("since 2021-03-19").months is None
    assert not parse_window("2019-12-31..2020-12-31").is_period


def test_the_windows_that_are_stored_read_back() -> None:
    """As the first version wrote them."""
    for label in ("1m", "3m", "6m", "1y", "3y", "5y", "10y", "ytd", "max"):
        assert parse_window(label) == Window(label, None, None)
    since = Window("since 2021-03-19", day("2021-03-19"))
    between = Window("2021-03-19..2024-12-31", day("2021-03-19"), day("2024-12-31"))
    assert parse_window(since.label) == since
    assert parse_window(between.label) == between


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        *(
            (text, f"{text!r} is not a window; windows are {USAGE}")
            for text in (
                "0m",
                "00y",
                "2d",
                "1899",
                "2100",
                "2025q5",
                "2025q0",
                "2025h3",
                "2025-13",
                "2025-00",
                "y",
            )
        ),
        ("101y", "'101y' is longer than 100 years; `max` is all there is"),
        ("1201m", "'1201m' is longer than 100 years; `max` is all there is"),
        ("9999y", "'9999y' is longer than 100 years; `max` is all there is"),
        ("", f"'' is not a window; windows are {USAGE}"),
        ("since", f"'since' is not a window; windows are {USAGE}"),
        ("since yesterday", "'since yesterday' holds 'yesterday', which is not a date like 2021-03-19"),
        ("since 2021-02-29", "'since 2021-02-29' holds '2021-02-29', which is not a date like 2021-03-19"),
        ("2021-03-19..now", "'2021-03-19..now' holds 'now', which is not a date like 2021-03-19"),
        (
            "2024-12-31..2021-03-19",
            "'2024-12-31..2021-03-19' ends before it begins; give the earlier date first",
        ),
        (
            "2024-12-31..2024-12-31",
            "'2024-12-31..2024-12-31' ends before it begins; give the earlier date first",
        ),
    ],
)
def test_what_cannot_be_read(text: str, complaint: str) -> None:
    with pytest.raises(UnknownWindow) as caught:
        parse_window(text)
    assert str(caught.value) == complaint
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("from_day", "months", "expected"),
    [
        ("2026-01-16", 12, "2025-01-16"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-05-31", 3, "2026-02-28"),
        ("2026-12-31", 6, "2026-06-30"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2025-02-28", 12, "2024-02-28"),  # not the 29th: the same day of the month
        ("2024-02-29", 36, "2021-02-28"),
        ("2024-02-29", 120, "2014-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-31", 2, "2025-11-30"),
    ],
)
def test_months_before(from_day: str, months: int, expected: str) -> None:
    assert months_before(day(from_day), months) == day(expected)


@pytest.mark.parametrize(
    ("label", "end", "target"),
    [
        ("1m", "2026-01-16", "2025-12-16"),
        ("3m", "2026-01-16", "2025-10-16"),
        ("6m", "2026-01-16", "2025-07-16"),
        ("1y", "2026-01-16", "2025-01-16"),
        ("3y", "2026-01-16", "2023-01-16"),
        ("5y", "2026-01-16", "2021-01-16"),
        ("10y", "2026-01-16", "2016-01-16"),
        ("18m", "2026-01-16", "2024-07-16"),
        ("7y", "2026-01-16", "2019-01-16"),
        ("ytd", "2026-01-16", "2025-12-31"),
        ("ytd", "2025-12-31", "2024-12-31"),
        ("mtd", "2026-01-16", "2025-12-31"),
        ("mtd", "2024-03-01", "2024-02-29"),
        ("qtd", "2026-01-16", "2025-12-31"),
        ("qtd", "2026-06-30", "2026-03-31"),
        ("2020", "2020-12-31", "2019-12-31"),
        ("since 2021-03-20", "2026-01-16", "2021-03-20"),
    ],
)
def test_where_the_base_is_sought(label: str, end: str, target: str) -> None:
    assert parse_window(label).base_target(day(end), month_end=False) == day(target)


@pytest.mark.parametrize(
    ("label", "end", "target"),
    [
        ("1m", "2026-05-29", "2026-04-30"),  # the last session of May; GLD published from 30 April
        ("1m", "2024-03-28", "2024-02-29"),  # before Good Friday
        ("1y", "2026-05-29", "2025-05-31"),
        ("1y", "2025-02-28", "2024-02-29"),
        ("5y", "2025-11-28", "2020-11-30"),
        ("18m", "2026-02-27", "2024-08-31"),
        ("mtd", "2026-05-29", "2026-04-30"),
        ("ytd", "2025-12-31", "2024-12-31"),
        ("since 2021-03-20", "2026-05-29", "2021-03-20"),
    ],
)
def test_from_month_end_to_month_end(label: str, end: str, target: str) -> None:
    assert parse_window(label).base_target(day(end), month_end=True) == day(target)


def ends(sessions: list[str], held: list[list[int]] | None = None, following: str = "") -> list[bool]:
    days = np.array(sessions, dtype="datetime64[D]")
    rows = None if held is None else np.array(held, dtype=bool)
    return [bool(end) for end in month_ends(days, rows, day(following) if following else None)]


@pytest.mark.parametrize(
    ("sessions", "following", "expected"),
    [
        (["2026-05-28", "2026-05-29", "2026-06-01"], "", [False, True, False]),
        (["2026-05-28", "2026-05-29"], "", [False, True]),  # Friday: June begins on Monday
        (["2026-05-27", "2026-05-28"], "", [False, False]),
        (["2024-03-27", "2024-03-28"], "2024-04-01", [False, True]),  # Good Friday, known from the calendar
        (["2024-03-27", "2024-03-28"], "", [False, False]),  # without it the 29th is taken for a session
        (["2026-01-30"], "", [True]),  # Friday; the 31st is a Saturday
        (["2026-01-30"], "2026-01-31", [False]),  # a market that is open on Saturdays
        (["2025-12-30"], "2025-12-31", [False]),  # prices are late, the year is not over
        (["2025-12-31", "2026-12-31"], "", [True, True]),
        ([], "", []),
    ],
)
def test_the_last_session_of_a_month_is_the_calendar_s(
    sessions: list[str], following: str, expected: list[bool]
) -> None:
    assert ends(sessions, following=following) == expected


def test_the_last_shared_session_counts() -> None:
    # Tokyo closes for the year on 30 December, New York a day later.
    days = ["2025-12-29", "2025-12-30", "2025-12-31", "2026-01-05"]
    tokyo, new_york = [1, 1, 0, 1], [1, 1, 1, 1]
    assert ends(days, [tokyo, new_york]) == [False, True, True, False]
    assert ends(days, [new_york]) == [False, False, True, False]
    assert ends(days[:3], [[1, 1, 0], [1, 1, 1]], "2026-01-05") == [False, True, True]


@pytest.mark.parametrize("first", ["2019-12-02", "2023-01-03"])
def test_month_ends_of_real_calendars(first: str) -> None:
    calendar = ExchangeCalendar()
    sessions = np.array(calendar.sessions(day(first), day("2026-01-16")), dtype="datetime64[D]")
    frame = pd.Series(np.arange(sessions.size), pd.DatetimeIndex(sessions))
    last = frame.resample("ME").last().to_numpy()
    assert np.flatnonzero(month_ends(sessions, None, day("2026-01-20"))).tolist() == last[:-1].tolist()


def test_the_whole_history_seeks_no_base() -> None:
    assert parse_window("max").base_target(day("2026-01-16"), month_end=False) is None


YEAR_END = """
            AAA
2025-12-04  96
2025-12-05  97
2025-12-08  98
2025-12-30  99
2025-12-31  100
2026-01-02  101
2026-01-05  102
2026-01-06  103
"""


def laid(text: str, window: str, as_of: str) -> Span | None:
    sessions, _, levels = read(text)
    return find_span(
        parse_window(window), sessions, known(levels), day(as_of), month_ends(sessions, None, None)
    )


def known(levels: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(np.isfinite(levels).all(axis=0))


def bounds(span: Span | None) -> tuple[str, str, bool] | None:
    return (span.start.isoformat(), span.end.isoformat(), span.full) if span else None


@pytest.mark.parametrize(
    ("window", "as_of", "expected"),
    [
        # The base is the close on or before the day a month earlier: 2025-12-06 is a Saturday.
        ("1m", "2026-01-06", ("2025-12-05", "2026-01-06", True)),
        ("1m", "2026-01-05", ("2025-12-05", "2026-01-05", True)),
        ("ytd", "2026-01-06", ("2025-12-31", "2026-01-06", True)),
        ("ytd", "2026-01-02", ("2025-12-31", "2026-01-02", True)),  # the first session of the year
        ("ytd", "2025-12-31", ("2025-12-04", "2025-12-31", False)),  # of the old year, shortened
        ("since 2025-12-06", "2026-01-06", ("2025-12-05", "2026-01-06", True)),  # a Saturday
        ("since 2026-01-01", "2026-01-06", ("2025-12-31", "2026-01-06", True)),  # a holiday
        ("since 2025-12-08", "2026-01-06", ("2025-12-08", "2026-01-06", True)),
        ("1y", "2026-01-06", ("2025-12-04", "2026-01-06", False)),
        ("max", "2026-01-06", ("2025-12-04", "2026-01-06", True)),
        # as-of on a Sunday and on a holiday: the last session before it
        ("since 2025-12-30", "2026-01-04", ("2025-12-30", "2026-01-02", True)),
        ("since 2025-12-30", "2026-01-01", ("2025-12-30", "2025-12-31", True)),
        # as-of after the data
        ("since 2025-12-30", "2026-06-30", ("2025-12-30", "2026-01-06", True)),
        # dates: the end is the close on or before it, and never after the as-of
        ("2025-12-30..2026-01-04", "2026-01-06", ("2025-12-30", "2026-01-02", True)),
        ("2025-12-30..2030-01-01", "2026-01-05", ("2025-12-30", "2026-01-05", True)),
        ("2025-12-01..2025-12-08", "2026-01-06", ("2025-12-04", "2025-12-08", False)),
    ],
)
def test_laid_on_data(window: str, as_of: str, expected: tuple[str, str, bool]) -> None:
    assert bounds(laid(YEAR_END, window, as_of)) == expected


@pytest.mark.parametrize(
    ("window", "as_of"),
    [
        ("1y", "2025-12-04"),  # one session
        ("max", "2025-12-03"),  # none yet
        ("since 2026-01-06", "2026-01-06"),
        ("since 2027-01-01", "2026-01-06"),  # begins in the future
        ("2024-01-01..2024-06-30", "2026-01-06"),  # over before the data begin
    ],
)
def test_fewer_than_two_sessions(window: str, as_of: str) -> None:
    assert laid(YEAR_END, window, as_of) is None


def test_a_gap_on_the_base_day_moves_the_base_back() -> None:
    gap = YEAR_END.replace("2025-12-31  100", "2025-12-31  -")
    assert bounds(laid(gap, "ytd", "2026-01-06")) == ("2025-12-30", "2026-01-06", True)


def test_a_gap_on_the_last_day_moves_the_end_back_and_the_base_with_it() -> None:
    gap = YEAR_END.replace("2026-01-06  103", "2026-01-06  -")
    assert bounds(laid(gap, "1m", "2026-01-06")) == ("2025-12-05", "2026-01-05", True)


def test_nothing_known() -> None:
    sessions, _, levels = read(YEAR_END)
    empty = np.zeros(sessions.size, dtype=bool)
    ends = month_ends(sessions, None, None)
    assert find_span(parse_window("max"), sessions, empty, day("2026-01-06"), ends) is None
    assert find_span(parse_window("1y"), sessions, empty, day("2026-01-06"), ends) is None
    assert find_span(parse_window("1y"), sessions[:0], known(levels)[:0], day("2026-01-06"), ends[:0]) is None


def test_a_price_after_the_as_of_is_not_known_before_it() -> None:
    # All that is known lies after the as-of.
    late = "AAA\n2026-01-05  -\n2026-01-06  103\n2026-01-07  104"
    assert laid(late, "max", "2026-01-05") is None
    assert bounds(laid(late, "max", "2026-01-07")) == ("2026-01-06", "2026-01-07", True)


def test_the_columns_of_a_span() -> None:
    span = laid(YEAR_END, "ytd", "2026-01-05")
    assert span is not None
    assert (span.first, span.last, span.columns) == (4, 6, slice(4, 7))
    assert span.days == 5
    assert span.asked == day("2025-12-31")


def test_the_leap_day_as_end_and_as_base() -> None:
    # Month ends throughout: from the last day of February to the last day of February.
    leap = "AAA\n2023-02-27  1\n2023-02-28  2\n2023-03-01  3\n2024-02-28  4\n2024-02-29  5\n2025-02-28  6"
    assert bounds(laid(leap, "1y", "2024-02-29")) == ("2023-02-28", "2024-02-29", True)
    assert bounds(laid(leap, "1y", "2025-02-28")) == ("2024-02-29", "2025-02-28", True)
    assert bounds(laid(leap, "since 2024-02-29", "2025-02-28")) == ("2024-02-29", "2025-02-28", True)


MONTHS = """
            AAA
2022-12-29  96
2022-12-30  97
2023-06-30  98
2023-12-28  99
2023-12-29  100
2024-12-31  101
2025-01-30  102
2025-01-31  103
2026-01-29  104
2026-01-30  105
"""


@pytest.mark.parametrize(
    ("window", "as_of", "expected"),
    [
        ("1y", "2026-01-30", ("2025-01-31", "2026-01-30", True)),
        ("1y", "2026-01-31", ("2025-01-31", "2026-01-30", True)),  # Saturday: Friday evening's answer
        ("1y", "2026-02-01", ("2025-01-31", "2026-01-30", True)),
        ("1y", "2026-01-29", ("2024-12-31", "2026-01-29", True)),  # 29 January has no session in this table
        ("1y", "2023-12-29", ("2022-12-30", "2023-12-29", True)),
        ("ytd", "2023-12-29", ("2022-12-30", "2023-12-29", True)),
        ("2023", "2026-01-30", ("2022-12-30", "2023-12-29", True)),
        ("2023", "2023-12-28", ("2022-12-30", "2023-12-28", True)),  # not over
        ("mtd", "2026-01-30", ("2025-01-31", "2026-01-30", True)),
        ("3y", "2026-01-30", ("2022-12-30", "2026-01-30", True)),  # none nearer to 31 January 2023
    ],
)
def test_laid_from_month_end_to_month_end(window: str, as_of: str, expected: tuple[str, str, bool]) -> None:
    assert bounds(laid(MONTHS, window, as_of)) == expected


def test_a_late_price_is_no_month_end() -> None:
    late = MONTHS.replace("2026-01-30  105", "2026-01-30  -")
    assert bounds(laid(late, "1y", "2026-01-30")) == ("2024-12-31", "2026-01-29", True)


@pytest.mark.parametrize(
    ("window", "as_of", "years"),
    [
        ("1y", "2026-01-30", 1.0),
        ("1y", "2025-01-30", 1.0),
        ("2y", "2025-01-30", 2.0),
        ("12m", "2025-01-30", 1.0),
        ("10y", "2026-01-30", None),  # cut short
        ("13m", "2026-01-30", None),
        ("6m", "2026-01-30", None),
        ("2023", "2026-01-30", 1.0),  # 364 days
        ("2023", "2023-12-28", None),  # not over
        ("ytd", "2023-12-29", 1.0),
        ("ytd", "2026-01-30", None),
        ("2022-12-31..2023-12-31", "2026-01-30", 1.0),
        ("2022-12-31..2024-12-31", "2026-01-30", 2.0),
        ("2023-01-01..2024-12-31", "2026-01-30", 2.0),  # from the same close
        ("2022-12-31..2023-12-28", "2026-01-30", None),
        ("2022-12-29..2024-12-31", "2026-01-30", None),
        ("2022-12-31..2025-01-31", "2026-01-30", None),
        ("since 2022-12-31", "2024-12-31", 2.0),
        ("since 2022-12-31", "2026-01-30", None),
        ("max", "2024-12-31", None),
    ],
)
def test_whole_years(window: str, as_of: str, years: float | None) -> None:
    span = laid(MONTHS, window, as_of)
    assert span is not None
    assert span.years == years
    assert span.length == (years or span.days / 365.25)


def test_a_whole_year_of_364_days_is_not_short() -> None:
    year, part = laid(MONTHS, "2023", "2026-01-30"), laid(MONTHS, "2022-12-31..2023-12-28", "2026-01-30")
    assert year is not None
    assert part is not None
    assert (year.days, year.is_short) == (364, False)
    assert (part.days, part.is_short) == (363, True)


def test_a_month_ends_where_the_shorter_month_does() -> None:
    months = "AAA\n2026-02-26  1\n2026-02-27  2\n2026-03-02  3\n2026-03-30  4\n2026-03-31  5"
    # 31 March less a month is 28 February, a Saturday: the close of Friday the 27th.
    assert bounds(laid(months, "1m", "2026-03-31")) == ("2026-02-27", "2026-03-31", True)


def test_a_regime_that_no_profile_has_settled_is_five_years() -> None:
    window = parse_window("since regime")
    assert (window.start, window.end, window.months, window.is_period) == (None, None, 60, False)
    assert window.base_target(day("2026-01-16"), month_end=False) == day("2021-01-16")
