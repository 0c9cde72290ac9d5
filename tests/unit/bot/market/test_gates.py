"""The checks on a series and on sector weights, each at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.notes import Note, NoteKind
from analytics.panel import Exchange
from bot.market import gates
from bot.market.calendar import UNKNOWN
from bot.market.events import Events
from bot.market.series import Series

NAN = float("nan")
MONDAY, THURSDAY = date(2026, 1, 5), date(2026, 1, 8)
Facts = dict[str, str | int | float | date]


def series(*close: float, symbol: str = "ISCB", adjusted: list[float] | None = None) -> Series:
    """Sessions from Monday 2026-01-05 on."""
    levels = np.array(close, dtype=np.float64)
    sessions = np.datetime64("2026-01-05") + np.arange(levels.size)
    total_return = levels if adjusted is None else np.array(adjusted)
    return Series(symbol, sessions, total_return, levels, np.full_like(levels, NAN))


def test_missing_sessions_are_counted_once_with_their_ends() -> None:
    facts: Facts = {"count": 3, "first": date(2026, 1, 6), "last": date(2026, 1, 9)}
    holes = series(10, NAN, 10, NAN, NAN, 10)
    assert gates.missing(holes) == (Note(NoteKind.MISSING_SESSIONS, "ISCB", facts),)


def test_only_of_an_unknown_exchange_nobody_knows_the_sessions() -> None:
    known = series(10, 11)
    assert gates.unknown_sessions(known) == ()
    unknown = replace(known, exchange=Exchange(UNKNOWN))
    assert gates.unknown_sessions(unknown) == (Note(NoteKind.SESSIONS_UNKNOWN, "ISCB"),)


def test_a_whole_series_misses_nothing() -> None:
    assert gates.missing(series(10, 11)) == ()


def test_an_interest_rate_rests_on_bond_holidays() -> None:
    assert gates.missing(series(3.5, NAN, 3.6, symbol="^IRX")) == ()
    assert len(gates.missing(series(5000, NAN, 5100, symbol="^GSPC"))) == 1


def test_a_close_without_an_adjusted_one_is_a_price_and_is_noted_as_such() -> None:
    spoilt = series(10, 11, 12, NAN, 14, adjusted=[NAN, NAN, 12, NAN, 14])
    assert gates.missing(spoilt) == (
        Note(NoteKind.MISSING_SESSIONS, "ISCB", {"count": 1, "first": THURSDAY, "last": THURSDAY}),
        Note(NoteKind.NO_ADJUSTED_PRICE, "ISCB", {"count": 2, "first": MONDAY, "last": date(2026, 1, 6)}),
    )


def test_a_price_below_zero_is_neither_missing_nor_without_an_adjusted_one() -> None:
    assert gates.missing(series(10, -37.63, 10, symbol="CL=F", adjusted=[10, NAN, 10])) == ()


def test_an_empty_series_passes() -> None:
    nothing = Events(np.array([]), np.array([]), np.array([]))
    assert gates.missing(series()) == ()
    assert gates.price_doubts(series(), nothing) == ()


@pytest.mark.parametrize("total", [0.98, 1.0, 1.02])
def test_sectors_may_miss_by_two_percent(total: float) -> None:
    assert gates.sectors_fault({"Technology": 0.5, "Energy": total - 0.5}) is None


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        ({"Technology": 0.5, "Energy": 0.479}, "97.9 % in all"),
        ({"Technology": 0.5, "Energy": 0.521}, "102.1 % in all"),
        ({"Technology": -0.01, "Energy": 1.0}, "Technology -1.0 %"),
        ({"Technology": 30.0, "Energy": 70.0}, "Technology 3000.0 %"),
        ({"Technology": NAN}, "Technology nan %"),
        ({}, "0.0 % in all"),
    ],
)
def test_sectors_that_cannot_be(weights: dict[str, float], fault: str) -> None:
    assert gates.sectors_fault(weights) == fault
