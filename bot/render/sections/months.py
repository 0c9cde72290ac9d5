"""Returns by calendar month as a chart: a table a fund, a row a year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from analytics.months import MONTHS_A_YEAR, MonthlyGrid
from analytics.panel import BoolArray, Doubt, FloatArray
from bot.render import chart_text, text
from bot.render.chart_specs import Months, MonthsChart
from bot.render.doubts import alt_text, explain_marks, is_grave
from bot.render.sections.convention import source_words
from bot.render.sections.page import versus
from bot.render.values import MOST_TALL

MONTHS = "total return, dividends reinvested, months and years from last close to last close"
"""The convention of every number."""
FEWEST = 3
"""Months below which there is no picture: a table says as much."""
MOST_YEARS, MOST_ROWS = 10, 20
"""Years of a fund, and of all funds together."""


@dataclass(frozen=True, eq=False)
class Year:
    """One year of one fund.

    returns : (13,) January to December and the whole year, NaN where not known
    doubtful : (13,) True where a return rests on a price that looks wrong
    end : the last close in it
    """

    symbol: str
    year: int
    end: date
    returns: FloatArray
    doubtful: BoolArray


def months_chart(comparison: Comparison, grid: MonthlyGrid) -> MonthsChart | None:
    """Make the picture; None of more funds than stand side by side, and where there are hardly any months.

    A month in grave doubt has its mark and no figure.
    """
    if len(grid.symbols) > MOST_TALL or grid.months.size < FEWEST:
        return None
    shown = _last_years(grid, min(MOST_YEARS, MOST_ROWS // len(grid.symbols)))
    rows = list(years_of(comparison, _without_doubtful(comparison, shown), shown.years))
    held = [[row for row in rows if row.symbol == symbol] for symbol in grid.symbols]
    funds = [_fund(own) for own in held if own]
    doubts = [doubt for doubt in comparison.all_doubts if _doubtful_months(shown, [doubt]).any()]
    end = text.day(comparison.span.end)
    until = f"the last month to {end}" if grid.partial else f"to {end}"
    return MonthsChart(
        title=f"{versus(grid.symbols)}: calendar months",
        subtitle=explain_marks(f"Total return in percent · {until}", doubts, grid.symbols),
        footer=f"{MONTHS.replace(', ', ' · ')} · {source_words(grid.source, comparison.span)}",
        alt=alt_text([f"{_extremes(fund, grid)}." for fund in funds], doubts, simulated=grid.simulated),
        funds=tuple(funds),
        simulated=grid.simulated,
    )


def years_of(comparison: Comparison, grid: MonthlyGrid, years: Sequence[int]) -> Iterator[Year]:
    """Lay out the years of each fund, the oldest first; one without any month of it is left out."""
    doubted = _doubtful_months(grid, comparison.all_doubts)
    for row, symbol in enumerate(grid.symbols):
        for year in years:
            months, whole = grid.year(year)
            columns, places = grid.inside(year)
            doubtful = np.zeros(MONTHS_A_YEAR + 1, dtype=np.bool_)
            doubtful[places] = doubted[row, columns]
            doubtful[-1] = doubtful.any()
            ends = grid.ends[row, columns]
            if (held := ends[~np.isnat(ends)]).size:
                yield Year(symbol, year, held[-1].item(), np.append(months[row], whole[row]), doubtful)


def _last_years(grid: MonthlyGrid, most: int) -> MonthlyGrid:
    columns, _ = grid.inside(grid.years[-most:][0])
    part = slice(int(columns[0]), None)
    return replace(
        grid,
        months=grid.months[part],
        returns=grid.returns[:, part],
        bases=grid.bases[:, part],
        ends=grid.ends[:, part],
    )


def _without_doubtful(comparison: Comparison, grid: MonthlyGrid) -> MonthlyGrid:
    """Return the grid without the returns that a grave doubt ruins."""
    ruined = _doubtful_months(grid, (doubt for doubt in comparison.all_doubts if is_grave(doubt)))
    return replace(grid, returns=np.where(ruined, np.nan, grid.returns))


def _doubtful_months(grid: MonthlyGrid, doubts: Iterable[Doubt]) -> BoolArray:
    """Return (N, M) True where a month's return rests on one of the doubts."""
    found = np.zeros(grid.returns.shape, dtype=np.bool_)
    for doubt in doubts:
        if doubt.symbol in grid.symbols:
            row, session = grid.symbols.index(doubt.symbol), np.datetime64(doubt.session, "D")
            found[row] |= (grid.bases[row] < session) & (session <= grid.ends[row])
    return found


def _fund(rows: Sequence[Year]) -> Months:
    return Months(
        rows[0].symbol,
        tuple(str(row.year) for row in rows),
        np.array([row.returns for row in rows]),
        np.array([row.doubtful for row in rows]),
    )


def _extremes(fund: Months, grid: MonthlyGrid) -> str:
    """Tell a fund's highest and lowest whole month that can be relied on."""
    sure = np.where(fund.doubtful, np.nan, fund.returns)[:, :MONTHS_A_YEAR]
    last: date = grid.months[-1].item()
    if grid.partial and fund.years[-1] == str(last.year):
        sure[-1, last.month - 1] = np.nan
    known = sure[np.isfinite(sure)]
    if not known.size:
        return f"{fund.symbol} no whole month"
    told = []
    for pick in (np.nanargmax, np.nanargmin):
        row, month = divmod(int(pick(sure)), MONTHS_A_YEAR)
        day = date(int(fund.years[row]), month + 1, 1)
        told.append(f"{chart_text.month(day)} ({chart_text.percent(float(sure[row, month]))})")
    return f"{fund.symbol} highest month {told[0]}, lowest {told[1]}"
