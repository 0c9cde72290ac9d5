"""What must be true of data before it is believed; a failure is a doubt or a note, never a silent fill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.notes import Note, NoteKind
from analytics.panel import Doubt, DoubtKind
from bot.market.calendar import UNKNOWN
from bot.market.distributions import distribution_doubts
from bot.market.events import Events
from bot.market.levels import level_doubts
from bot.market.series import Series

SECTORS_SUM = (0.98, 1.02)
"""What sector weights may add up to (fractions)."""


@dataclass(frozen=True)
class PlausibleRange:
    """What a fact may be, both ends included.  zero : False where a 0 says that the source knows none."""

    least: float
    most: float
    zero: bool = True

    def holds(self, value: float) -> bool:
        """True for a value that may be believed."""
        return self.least <= value <= self.most and (self.zero or value != 0)


PLAUSIBLE = {
    "expense ratio": PlausibleRange(0.0, 0.03, zero=False),
    "yield": PlausibleRange(0.0, 0.30),
    "part in shares": PlausibleRange(0.0, 3.0),  # a fund of three times an index
    "position": PlausibleRange(-5.0, 5.0),  # its swap, and what it owes
}
"""Fractions a year, and of net assets."""


def unknown_sessions(series: Series) -> tuple[Note, ...]:
    """Note that nobody knows which days the symbol's exchange was open."""
    unknown = series.exchange.code == UNKNOWN
    return (Note(NoteKind.SESSIONS_UNKNOWN, series.symbol),) if unknown else ()


def price_doubts(series: Series, events: Events) -> tuple[Doubt, ...]:
    """Find every price of a series that looks wrong, by what `analytics.panel.DoubtKind` names.

    events : on the sessions of `series`

    Returns
    -------
    Doubts in order, one a session.  A level is never doubted for a price after it; a distribution may be
    found in the adjusted close a session or two later, and its doubt is over.
    """
    levels = level_doubts(series, events)
    beside = {doubt.session for doubt in levels if doubt.kind is not DoubtKind.JUMP}
    paid = distribution_doubts(series, events, beside)
    explained = {doubt.session for doubt in paid}  # a distribution left out is more than a jump
    jumps = (doubt for doubt in levels if doubt.session not in explained)
    return tuple(sorted((*jumps, *paid), key=lambda doubt: doubt.session))


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
        if math.isnan(weight):
            return f"{sector} without a number"
        if not 0 <= weight <= 1:
            return f"{sector} {weight * 100:.1f} %"
    total = sum(weights.values())
    if not SECTORS_SUM[0] <= total <= SECTORS_SUM[1]:
        return f"{total * 100:.1f} % in all"
    return None
