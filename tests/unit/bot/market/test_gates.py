"""The checks on a series and on sector weights, each at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.notes import Note, NoteKind
from analytics.panel import Exchange, FloatArray
from bot.market import gates
from bot.market.calendar import UNKNOWN
from bot.market.series import Series

NAN = float("nan")
Facts = dict[str, str | int | float | date]


def series(*close: float, symbol: str = "ISCB", adjusted: list[float] | None = None) -> Series:
    """Sessions from Monday 2026-01-05 on."""
    levels = np.array(close, dtype=np.float64)
    sessions = np.datetime64("2026-01-05") + np.arange(levels.size)
    total_return = levels if adjusted is None else np.array(adjusted)
    return Series(symbol, sessions, total_return, levels, np.full_like(levels, NAN))


def paid(*amounts: float) -> FloatArray:
    return np.array(amounts)


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


@pytest.mark.parametrize(
    ("close", "values"),
    [
        ((100, 125.0), []),  # 25 % sharp is not beyond
        ((100, 125.1), [0.251]),
        ((100, 75.0), []),
        ((100, 74.9), [-0.251]),
        ((100, NAN, 200), []),  # no return without two consecutive sessions
        ((100, 1000, 100), [9.0, -0.9]),  # a price ten times too high is seen twice
    ],
)
def test_suspicious_returns(close: tuple[float, ...], values: list[float]) -> None:
    notes = gates.suspicious_returns(series(*close))
    assert [note.facts["value"] for note in notes] == pytest.approx(values)


def test_a_suspicious_return_is_dated_on_its_second_day() -> None:
    (note,) = gates.suspicious_returns(series(100, 100, 200))
    assert note == Note(NoteKind.SUSPICIOUS_RETURN, "ISCB", {"session": date(2026, 1, 7), "value": 1.0})


def test_an_index_may_double() -> None:
    assert gates.suspicious_returns(series(0.05, 0.10, symbol="^IRX")) == ()


def test_adjusted_returns_count_not_prices() -> None:
    """A share that pays out half its value falls by half in price only."""
    assert gates.suspicious_returns(series(100, 50, adjusted=[50.0, 50.0])) == ()


@pytest.mark.parametrize(
    ("adjusted", "gap"),
    [
        ([95.0, 97.0], None),  # Yahoo: previous closes times (1 - 5 / 100), a ratio of 1.02105
        ([100.0, 102.0], None),  # reinvested at the close of the ex-date: (97 + 5) / 100
        ([100.0, 97.0], 0.05),  # the dividend was forgotten
        ([95.0, 97.0 * 1.0009], None),  # within a thousandth
        ([95.0, 97.0 * 1.0012], -0.00123),
        ([100.0, 102.0 * 0.9988], 0.00122),
    ],
)
def test_the_adjusted_ratio_follows_from_close_and_dividend(adjusted: list[float], gap: float | None) -> None:
    notes = gates.adjustment_mismatches(series(100, 97, adjusted=adjusted), paid(0, 5))
    found = [note.facts["gap"] for note in notes]
    assert found == ([] if gap is None else [pytest.approx(gap, abs=1e-5)])


def test_a_dividend_on_the_first_day_or_beside_a_hole_proves_nothing() -> None:
    holes = series(100, NAN, 95, adjusted=[100, NAN, 95])
    assert gates.adjustment_mismatches(holes, paid(7, 0, 5)) == ()


def test_a_distribution_of_all_there_was() -> None:
    (note,) = gates.adjustment_mismatches(series(100, 1, adjusted=[100, 1]), paid(0, 100))
    assert note.facts["gap"] == pytest.approx(1.0)


def test_an_empty_series_passes() -> None:
    empty = series()
    assert gates.missing(empty) == gates.suspicious_returns(empty) == ()
    assert gates.adjustment_mismatches(empty, paid()) == ()


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
