"""Prices in doubt: which of them a quantity waits out, and which lie in the window of a reading."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.panel import BoolArray, DateArray, Doubt, DoubtKind, doubts_within
from analytics.watch.moving import IntArray
from analytics.watch.rules import Quantity


@dataclass(frozen=True, eq=False)
class DoubtfulPrices:
    """The prices in doubt that one quantity is read from.

    doubts : the newest first
    since : (S,) datetime64[D] of the base close of each reading, NaT where it has none
    waits : (S,) True where the reading is the first one with a price in doubt: it is waited out
    """

    doubts: tuple[Doubt, ...]
    since: DateArray
    waits: BoolArray

    def within(self, column: int, session: date) -> tuple[Doubt, ...]:
        """Give those that touch a return of the reading in a column, which is of that session."""
        since: date | None = self.since[column].item()
        if since is None:
            return ()
        return doubts_within(self.doubts, {doubt.symbol for doubt in self.doubts}, since, session)

    def part(self, columns: slice | IntArray) -> DoubtfulPrices:
        """Keep these readings only."""
        return replace(self, since=self.since[columns], waits=self.waits[columns])


def newest_first(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Sort doubts, each once."""
    return tuple(sorted(dict.fromkeys(doubts), key=lambda doubt: doubt.session, reverse=True))


def doubtful_prices(
    quantity: Quantity, doubts: Iterable[Doubt], own: DateArray, since: DateArray, until: DateArray
) -> DoubtfulPrices | None:
    """Find the doubts that move a quantity, and the readings that are waited out for them.

    A doubt moves a quantity where it moves a return that the quantity is made of.  Every kind moves the total
    return of its session: a distribution that is missing, or there twice, does so by its own size, by which a
    rule near its threshold would fire as by any other error.  Closes without dividends do not know of
    distributions, so that `price_change` does not wait for those.

    Where two funds share their sessions the doubt about one of them may be of a day on which the other's
    exchange rested: the first session that both hold is the first one whose reading it touches.

    Parameters
    ----------
    doubts : of the panel
    own : datetime64[D], all sessions that the exchanges of the quantity's symbols hold
    since, until : (S,) datetime64[D], the base close and the last session of each reading

    Returns
    -------
    None where no doubt moves it.
    """
    mine = newest_first(doubt for doubt in doubts if _moves(doubt, quantity))
    if not mine:
        return None
    days = np.array([doubt.session for doubt in mine], dtype="datetime64[D]")
    first = np.searchsorted(own, days)
    waits = np.isin(until, own[first[first < own.size]]) & ~np.isnat(since)
    return DoubtfulPrices(mine, since, waits)


def doubt_words(doubt: Doubt) -> str:
    """Say what looks wrong: "AAA's price of 2 Oct 2025 looks wrong (-99.0 %)"."""
    day = f"{doubt.session.day} {calendar.month_abbr[doubt.session.month]} {doubt.session.year}"
    if doubt.kind is DoubtKind.DISTRIBUTION:
        told = f"{doubt.value * 100:+.2f} % against the distribution due"
        return f"{doubt.symbol}'s adjusted price of {day} looks wrong ({told})"
    if doubt.kind is DoubtKind.NEGATIVE:
        return f"{doubt.symbol}'s price of {day} looks wrong ({doubt.value:g})"
    split = ", a split that the prices lack" if doubt.kind is DoubtKind.SPLIT else ""
    return f"{doubt.symbol}'s price of {day} looks wrong ({doubt.value * 100:+.1f} %{split})"


def _moves(doubt: Doubt, quantity: Quantity) -> bool:
    unmoved = doubt.kind is DoubtKind.DISTRIBUTION and quantity.measure == "price_change"
    return doubt.symbol in quantity.shared and not unmoved
