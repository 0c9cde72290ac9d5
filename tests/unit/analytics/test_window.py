"""Windows as asked, spans as the data has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import Span, UnknownWindow, Window, parse_window
from analytics.window import USAGE, WORDS, lay, months_before
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
        ("since 2021-03-19", "since 2021-03-19", "since 19 Mar 2021"),
        ("Since   2021-03-19", "since 2021-03-19", "since 19 Mar 2021"),
        ("2021-03-19..2024-12-31", "2021-03-19..2024-12-31", "19 Mar 2021 to 31 Dec 2024"),
        ("2021-03-19 .. 2024-12-31", "2021-03-19..2024-12-31", "19 Mar 2021 to 31 Dec 2024"),
        ("2024-02-29..2024-03-01", "2024-02-29..2024-03-01", "29 Feb 2024 to 1 Mar 2024"),
    ],
)
def test_read(text: str, label: str, words: str) -> None:
    window = parse_window(text)
    assert (window.label, window.words) == (label, words)
    assert parse_window(window.label) == window


@pytest.mark.parametrize("label", list(WORDS))
def test_every_word_reads_itself(label: str) -> None:
    assert parse_window(label) == Window(label)
    assert label in USAGE


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("2y", f"'2y' is not a window; windows are {USAGE}"),
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
        ("ytd", "2026-01-16", "2025-12-31"),
        ("ytd", "2025-12-31", "2024-12-31"),
        ("since 2021-03-20", "2026-01-16", "2021-03-20"),
    ],
)
def test_where_the_base_is_sought(label: str, end: str, target: str) -> None:
    assert parse_window(label).base_target(day(end)) == day(target)


def test_the_whole_history_seeks_no_base() -> None:
    assert parse_window("max").base_target(day("2026-01-16")) is None


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
    return lay(parse_window(window), sessions, known(levels), day(as_of))


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
    assert lay(parse_window("max"), sessions, empty, day("2026-01-06")) is None
    assert lay(parse_window("1y"), sessions, empty, day("2026-01-06")) is None
    assert lay(parse_window("1y"), sessions[:0], known(levels)[:0], day("2026-01-06")) is None


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
    leap = "AAA\n2023-02-27  1\n2023-02-28  2\n2023-03-01  3\n2024-02-28  4\n2024-02-29  5\n2025-02-28  6"
    assert bounds(laid(leap, "1y", "2024-02-29")) == ("2023-02-28", "2024-02-29", True)
    assert bounds(laid(leap, "1y", "2025-02-28")) == ("2024-02-28", "2025-02-28", True)
    assert bounds(laid(leap, "since 2024-02-29", "2025-02-28")) == ("2024-02-29", "2025-02-28", True)


def test_a_month_ends_where_the_shorter_month_does() -> None:
    months = "AAA\n2026-02-26  1\n2026-02-27  2\n2026-03-02  3\n2026-03-30  4\n2026-03-31  5"
    # 31 March less a month is 28 February, a Saturday: the close of Friday the 27th.
    assert bounds(laid(months, "1m", "2026-03-31")) == ("2026-02-27", "2026-03-31", True)
