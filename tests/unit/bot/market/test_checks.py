"""The checks on a series and on sector weights, each at its edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.notes import Note, NoteKind
from analytics.panel import Exchange
from bot.market import checks
from bot.market.calendar import UNKNOWN
from bot.market.series import Events, Series

NAN = float("nan")


def series(*close: float) -> Series:
    """Sessions from Monday 2026-01-05 on."""
    levels = np.array(close, dtype=np.float64)
    sessions = np.datetime64("2026-01-05") + np.arange(levels.size)
    return Series("ISCB", sessions, levels, levels, np.full_like(levels, NAN))


def test_only_of_an_unknown_exchange_nobody_knows_the_sessions() -> None:
    known = series(10, 11)
    assert checks.unknown_sessions(known) == ()
    unknown = replace(known, exchange=Exchange(UNKNOWN))
    assert checks.unknown_sessions(unknown) == (Note(NoteKind.SESSIONS_UNKNOWN, "ISCB"),)


def test_an_empty_series_passes() -> None:
    nothing = Events(np.array([]), np.array([]), np.array([]))
    assert checks.price_doubts(series(), nothing) == ()


@pytest.mark.parametrize("total", [0.98, 1.0, 1.02])
def test_sectors_may_miss_by_two_percent(total: float) -> None:
    assert checks.sectors_fault({"Technology": 0.5, "Energy": total - 0.5}) is None


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        ({"Technology": 0.5, "Energy": 0.479}, "97.9 % in all"),
        ({"Technology": 0.5, "Energy": 0.521}, "102.1 % in all"),
        ({"Technology": -0.01, "Energy": 1.0}, "Technology -1.0 %"),
        ({"Technology": 30.0, "Energy": 70.0}, "Technology 3000.0 %"),
        ({"Technology": NAN}, "Technology without a number"),
        ({}, "0.0 % in all"),
    ],
)
def test_sectors_that_cannot_be(weights: dict[str, float], fault: str) -> None:
    assert checks.sectors_fault(weights) == fault
