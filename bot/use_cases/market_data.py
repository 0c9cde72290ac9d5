"""x."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date

from analytics.comparison import Comparison
from analytics.notes import Note
from analytics.panel import PricePanel
from bot.ports import Calendar, Clock, Funds, Prices


@dataclass(frozen=True)
class MarketData:
    """What a comparison is made with: sources and time."""

    prices: Prices
    funds: Funds
    calendar: Calendar
    clock: Clock


@dataclass(frozen=True, eq=False)
class ComparisonData:
    """What an answer about funds is made from.

    panel: all prices of the question's symbols up to its day, also from before its window.
    notes: what the sources had to say.
    """

    panel: PricePanel
    comparison: Comparison
    notes: tuple[Note, ...]


def today(desk: MarketData) -> date:
    """Give the day that no settled session of any exchange lies after."""
    return desk.clock.now().astimezone(UTC).date()
