"""What must be true of data before it is believed; a failure is a doubt or a note, never a silent fill."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.notes import Note, NoteKind
from analytics.panel import Doubt, DoubtKind
from bot.market.calendar import UNKNOWN
from bot.market.distributions import distribution_doubts
from bot.market.events import Events
from bot.market.levels import level_doubts
from bot.market.series import Series

SECTORS_SUM = (0.98, 1.02)
"""What sector weights may add up to (fractions)."""


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


def sectors_fault(weights: Mapping[str, float]) -> str | None:
    """Why sector weights (fractions) cannot be believed; None where they can."""
    for sector, weight in weights.items():
        if not 0 <= weight <= 1:
            return f"{sector} {weight * 100:.1f} %"
    total = sum(weights.values())
    if not SECTORS_SUM[0] <= total <= SECTORS_SUM[1]:
        return f"{total * 100:.1f} % in all"
    return None
