"""Returns month by month: the grid of fact sheets, a row a year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.align import IntArray, align
from analytics.panel import DateArray, FloatArray, PricePanel
from analytics.query import Query
from analytics.window import month_ends

MONTHS_A_YEAR, EPOCH = 12, 1970


@dataclass(frozen=True, eq=False)
class MonthlyGrid:
    """Total returns of funds by calendar month, each from its last close to its last close.

    months : (M,) datetime64[M], one after the other, the oldest first; none where no fund has a whole month
    returns : (N, M) fraction, NaN where a fund does not have the whole of it
    bases, ends : (N, M) datetime64[D], the fund's last close before each month and the last one in it; NaT
        where there is no return
    partial : True where the last month is not over: its return is that up to the last close
    """

    symbols: tuple[str, ...]
    months: DateArray
    returns: FloatArray
    bases: DateArray
    ends: DateArray
    partial: bool
    source: str
    simulated: bool

    @property
    def years(self) -> tuple[int, ...]:
        """The years that the months lie in, the oldest first."""
        return tuple(dict.fromkeys(_years(self.months).tolist()))

    def inside(self, year: int) -> tuple[IntArray, IntArray]:
        """Find the columns of a year's months, and which months they are, January 0."""
        columns = np.flatnonzero(_years(self.months) == year)
        return columns, self.months[columns].astype(np.int64) % MONTHS_A_YEAR

    def year(self, year: int) -> tuple[FloatArray, FloatArray]:
        """Lay out one year: (N, 12) its months, NaN where not known, and (N,) what they come to.

        A year comes to something where every month of it up to the grid's last one is known, so that a year
        that is not over is told up to the last close.
        """
        columns, places = self.inside(year)
        found = np.full((len(self.symbols), MONTHS_A_YEAR), np.nan)
        found[:, places] = self.returns[:, columns]
        last = int(places[-1]) + 1
        return found, np.prod(1.0 + found[:, :last], axis=1) - 1.0


def monthly_grid(panel: PricePanel, query: Query) -> MonthlyGrid:
    """Compute the returns of the funds of a question by calendar month, up to the end of its window.

    However short the window, the months go back as far as the prices, as the calendar years of `compare` do.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`; sessions after `query.as_of` are ignored

    Returns
    -------
    MonthlyGrid.  Each fund is told by its own closes.  A month without any, and the one after it, have no
    return.  A mix has its weights at the base close of each calendar year.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.

    Examples
    --------
    >>> from datetime import date
    >>> from analytics.window import parse
    >>> days = np.array(["2025-11-28", "2025-12-31", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> levels = np.array([[100.0, 110.0, 99.0, 104.5]])
    >>> held = PricePanel(days, ("AAA",), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> found = monthly_grid(held, Query(("AAA",), parse("1m"), date(2026, 1, 16)))
    >>> found.months.tolist(), found.returns.round(6).tolist(), found.partial
    ([datetime.date(2025, 12, 1), datetime.date(2026, 1, 1)], [[0.1, -0.05]], True)
    >>> found.year(2026)[1].round(6).tolist()
    [-0.05]
    """
    found = align(panel, query)
    # A mix begins anew with each year and not with the window asked, so that its months make its years.
    asked, last = panel.through(query.as_of).continuous().select(query.symbols), found.span.last
    sessions, levels = asked.sessions[: last + 1], asked.total_return[:, : last + 1]
    numbers = sessions.astype("datetime64[M]").astype(np.int64)
    every = np.arange(numbers[0], numbers[-1] + 1)
    closes = np.array([_month_closes(numbers, row, every) for row in levels])
    whole = (closes[:, 1:] >= 0) & (closes[:, :-1] >= 0)
    kept = slice(int(np.argmax(whole.any(axis=0))) if whole.any() else every.size - 1, None)
    returns = np.array([_returns(asked, *row, every) for row in zip(query.symbols, closes, strict=True)])
    days = np.where(closes >= 0, sessions[closes], np.datetime64("NaT", "D"))
    return MonthlyGrid(
        symbols=query.symbols,
        months=every[1:].astype("datetime64[M]")[kept],
        returns=np.where(whole, returns, np.nan)[:, kept],
        bases=np.where(whole, days[:, :-1], np.datetime64("NaT", "D"))[:, kept],
        ends=np.where(whole, days[:, 1:], np.datetime64("NaT", "D"))[:, kept],
        partial=not _is_over(asked, last),
        source=panel.source,
        simulated=panel.simulated,
    )


def _month_closes(numbers: IntArray, levels: FloatArray, every: IntArray) -> IntArray:
    """Return (M,) column of the last known level in each month, -1 where it has none."""
    known = np.flatnonzero(np.isfinite(levels))
    if not known.size:
        return np.full(every.size, -1)
    at = np.searchsorted(numbers[known], every, side="right") - 1
    return np.where((at >= 0) & (numbers[known[at]] == every), known[at], -1)


def _returns(asked: PricePanel, symbol: str, closes: IntArray, every: IntArray) -> FloatArray:
    """Return (M - 1,) of every month but the first; what they are where a close lacks means nothing."""
    own, found = asked.select([symbol]), np.full(every.size - 1, np.nan)
    years = every[1:] // MONTHS_A_YEAR
    for year in np.unique(years):
        months = np.flatnonzero(years == year)
        base = int(closes[months[0]])
        levels = (own.anchored(base) if base >= 0 else own).total_return[0]
        found[months] = levels[closes[months + 1]] / levels[closes[months]] - 1.0
    return found


def _is_over(asked: PricePanel, last: int) -> bool:
    """Return whether no exchange of the funds holds another session of the month of a column."""
    held = asked.held
    rows = [None] if held is None else [held[row : row + 1] for row in range(len(asked.symbols))]
    return all(month_ends(asked.sessions, row, asked.following)[last] for row in rows)


def _years(months: DateArray) -> NDArray[np.int64]:
    return np.asarray(months.astype("datetime64[Y]").astype(np.int64) + EPOCH)
