"""What must be true of data before it is believed; a failure is a note in the answer, never a silent fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.notes import INTEREST_RATES, Note, NoteKind
from analytics.panel import FloatArray
from bot.market import known
from bot.market.series import Series

SUSPICIOUS = 0.25
"""A daily return beyond this, up or down, is more often an error than a price (fraction)."""

ADJUSTED_WITHIN = 1e-3
"""How far the adjusted ratio of two closes may lie from what close and distribution imply (fraction)."""

SECTORS_SUM = (0.98, 1.02)
"""What sector weights may add up to (fractions)."""


@dataclass(frozen=True)
class Range:
    """What a fact may be, both ends included.  zero : False where a 0 says that the source knows none."""

    least: float
    most: float
    zero: bool = True

    def holds(self, value: float) -> bool:
        """True for a value that may be believed."""
        return self.least <= value <= self.most and (self.zero or value != 0)


PLAUSIBLE = {
    "expense ratio": Range(0.0, 0.03, zero=False),
    "yield": Range(0.0, 0.30),
    "part in shares": Range(0.0, 3.0),  # a fund of three times an index
    "position": Range(-5.0, 5.0),  # its swap, and what it owes
}
"""Fractions a year, and of net assets."""


def missing(series: Series) -> tuple[Note, ...]:
    """Sessions without a price between the first and the last one; none for interest rates.

    Rates rest on bond holidays, so a gap is no fault; where one is used, the answer says so by itself.
    """
    gaps = series.sessions[np.isnan(series.total_return)]
    if gaps.size == 0 or series.symbol in INTEREST_RATES:
        return ()
    facts = {"count": int(gaps.size), "first": gaps[0].astype(date), "last": gaps[-1].astype(date)}
    return (Note(NoteKind.MISSING_SESSIONS, series.symbol, facts),)


def suspicious_returns(series: Series) -> tuple[Note, ...]:
    """One note for every daily total return beyond 25 %; none for indices, which may well move so."""
    if known.is_index(series.symbol):
        return ()
    returns = _ratios(series.total_return) - 1
    return _notes(NoteKind.SUSPICIOUS_RETURN, "value", series, returns, SUSPICIOUS)


def adjustment_mismatches(series: Series, distributions: FloatArray) -> tuple[Note, ...]:
    """One note for every session whose adjusted close does not follow from close and distribution.

    distributions : (T,) per share on the ex-date, 0 where there was none, on the sessions of `series`.
    Both customs pass: reinvested at the close, (close + d) / previous, and Yahoo's close / (previous - d).
    """
    before, after, paid = series.close[:-1], series.close[1:], distributions[1:]
    adjusted = _ratios(series.total_return)
    at_close = (after + paid) / before - adjusted
    with np.errstate(divide="ignore"):  # a last distribution may be all there was
        at_previous = after / (before - paid) - adjusted
    gaps = np.where(np.abs(at_close) < np.abs(at_previous), at_close, at_previous)
    return _notes(NoteKind.ADJUSTMENT_MISMATCH, "gap", series, gaps, ADJUSTED_WITHIN)


def is_plausible(fact: str, value: float) -> bool:
    """Tell whether a fact of this name (see PLAUSIBLE) may have this value."""
    return PLAUSIBLE[fact].holds(value)


def refusal(symbol: str, fact: str, value: float) -> Note:
    """Note a fact that is left out: its value as the source tells it, and whether it may be a percentage."""
    percent = value != 0 and is_plausible(fact, value / 100)
    return Note(NoteKind.FACT_REFUSED, symbol, {"fact": fact, "value": value, "percent": percent})


def sectors_fault(weights: Mapping[str, float]) -> str | None:
    """Why sector weights (fractions) cannot be believed; None where they can."""
    for sector, weight in weights.items():
        if not 0 <= weight <= 1:
            return f"{sector} {weight * 100:.1f} %"
    total = sum(weights.values())
    if not SECTORS_SUM[0] <= total <= SECTORS_SUM[1]:
        return f"{total * 100:.1f} % in all"
    return None


def _ratios(levels: FloatArray) -> FloatArray:
    ratios: FloatArray = levels[1:] / levels[:-1]
    return ratios


def _notes(kind: NoteKind, fact: str, series: Series, values: FloatArray, limit: float) -> tuple[Note, ...]:
    beyond = np.flatnonzero(np.abs(values) > limit)
    return tuple(
        Note(kind, series.symbol, {"session": series.sessions[i + 1].astype(date), fact: float(values[i])})
        for i in beyond
    )
