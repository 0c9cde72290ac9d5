"""Moments as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.playground.page.viewer import Moment

LONDON, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")
TODAY = date(2026, 1, 16)


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> Moment:
    stamp = datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()
    return Moment(stamp, LONDON, TODAY)


@pytest.mark.parametrize(
    ("moment", "divider"),
    [
        (at(2026, 1, 16), "Today"),
        (at(2026, 1, 15, 23, 59), "Yesterday"),
        (at(2026, 1, 14), "Wednesday, 14 January"),
        (at(2025, 12, 31), "Wednesday, 31 December 2025"),
        (at(2026, 1, 17), "Tomorrow"),
    ],
)
def test_a_day_is_named_as_people_name_it(moment: Moment, divider: str) -> None:
    assert moment.divider == divider


@pytest.mark.parametrize(
    ("moment", "recent"),
    [
        (at(2026, 1, 16, 14, 3), "today at 14:03"),
        (at(2026, 1, 15), "yesterday at 12:00"),
        (at(2026, 1, 9), "on 9 Jan at 12:00"),
        (at(2025, 12, 31), "on 31 Dec 2025 at 12:00"),
    ],
)
def test_what_went_on_says_its_day(moment: Moment, recent: str) -> None:
    assert moment.recent == recent


def test_a_day_begins_where_the_reader_is() -> None:
    late = datetime(2026, 1, 15, 23, 0, tzinfo=UTC).timestamp()
    assert Moment(late, LONDON, TODAY).divider == "Yesterday"
    assert Moment(late, TOKYO, TODAY).divider == "Today"
    assert Moment(late, TOKYO, TODAY).time == "08:00"


def test_the_whole_moment_names_the_zone() -> None:
    assert at(2026, 7, 1).whole == "Wednesday, 1 July 2026, 13:00:00 BST"


@pytest.mark.parametrize(
    ("form", "filled"),
    [
        ("{date_num}", "2014-02-18"),
        ("{date_slash}", "18/02/2014"),
        ("{date}", "February 18th, 2014"),
        ("{date_short}", "Feb 18, 2014"),
        ("{date_long}", "Tuesday, February 18th, 2014"),
        ("{date_long_full}", "February 18, 2014"),
        ("{date_pretty} at {time}", "February 18th, 2014 at 06:39"),
        ("{day_divider_pretty}", "Tuesday, February 18th, 2014"),
        ("{time_secs}", "06:39:42"),
        ("{no_such_token} {time}", "{no_such_token} 06:39"),
    ],
)
def test_slacks_tokens(form: str, filled: str) -> None:
    assert Moment(1392734382, ZoneInfo("America/Los_Angeles"), TODAY).fill_tokens(form) == filled


@pytest.mark.parametrize(("day", "ordinal"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd")])
def test_ordinals(day: int, ordinal: str) -> None:
    assert at(2025, 1, day).fill_tokens("{date}") == f"January {ordinal}, 2025"


def test_pretty_tokens_say_today() -> None:
    assert at(2026, 1, 16).fill_tokens("{date_short_pretty}, {date_long_pretty}") == "today, today"
