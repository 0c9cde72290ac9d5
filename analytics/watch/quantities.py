"""Values of quantities: grouped by kind, aligned, computed over all symbols and sessions at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.measures import MEASURES, PERIODS, Measure
from analytics.measures.sample import row_blocks
from analytics.panel import FloatArray, PricePanel
from analytics.returns import BILL_SYMBOL, Rate, bill_rate
from analytics.watch.moving import History, IntArray, Texts, trailing
from analytics.watch.rules import PRICED, Combine, Quantity
from analytics.window import Window, month_ends

CELLS = 500_000
"""Prices aligned at once, four megabytes."""

_PRICE_CHANGE = "price_change"
_COMPUTED: dict[str, Measure] = {
    **MEASURES,
    "drawdown": Measure(
        "drawdown", PRICED["drawdown"], lambda sample: sample.drawdown[:, -1], (), relative=False
    ),
    # The same formula on closes that dividends have not been added to.
    _PRICE_CHANGE: MEASURES["total_return"],
}


@dataclass(frozen=True)
class _Kind:
    """What quantities that are computed together have in common."""

    measure: str
    window: Window
    rate: Rate
    benchmark: str | None


@dataclass(frozen=True)
class _Term:
    """One fund of a quantity, on the sessions that it shares with the others."""

    symbol: str
    shared: tuple[str, ...]


def quantities_at(
    quantities: Iterable[Quantity], panel: PricePanel, columns: IntArray
) -> tuple[FloatArray, Texts]:
    """Quantities that are read from prices, at some sessions of a panel.

    Parameters
    ----------
    quantities : Q distinct ones, none of them a fund's fact
    panel : holds every symbol of theirs
    columns : (S,) the sessions' columns

    Returns
    -------
    (Q, S) values in each quantity's unit, NaN where undefined, and (Q, S) the reasons, empty where defined.

    Examples
    --------
    >>> days = np.busday_offset(np.datetime64("2025-12-01"), np.arange(30))
    >>> levels = np.array([np.linspace(100.0, 129.0, 30), np.full(30, 50.0)])
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full((2, 30), np.nan), "by hand")
    >>> lead = Quantity("total_return", "AAA", other="BBB", window=Window("1m"))
    >>> values, reasons = quantities_at([lead], panel, np.array([20, 29]))
    >>> values.round(6).tolist()
    [[nan, 0.216981]]
    >>> reasons[0, 0]
    'prices of AAA and BBB begin 2025-12-01; the window needs one on or before 2025-11-29'
    """
    listed = list(quantities)
    kinds: dict[_Kind, list[int]] = defaultdict(list)
    for row, quantity in enumerate(listed):
        kinds[_kind(quantity)].append(row)
    prices = _Prices(panel, {symbol: row for row, symbol in enumerate(panel.symbols)})
    values = np.full((len(listed), columns.size), np.nan)
    reasons = np.full(values.shape, "", dtype=object)
    for kind, rows in kinds.items():
        terms = [_terms(listed[row]) for row in rows]
        places = {term: at for at, term in enumerate(dict.fromkeys(term for pair in terms for term in pair))}
        found, why = prices.read(kind, list(places), columns)
        for row, pair in zip(rows, terms, strict=True):
            at = [places[term] for term in pair]
            values[row], reasons[row] = _combined(listed[row], found[at], why[at])
    return values, reasons


def _kind(quantity: Quantity) -> _Kind:
    return _Kind(quantity.measure, quantity.window, quantity.rate, quantity.against)


def _terms(quantity: Quantity) -> list[_Term]:
    return [_Term(symbol, quantity.shared) for symbol in (quantity.symbol, quantity.other) if symbol]


def _combined(quantity: Quantity, found: FloatArray, why: Texts) -> tuple[FloatArray, Texts]:
    if quantity.other is None:
        return found[0], why[0]
    reasons = np.where(why[0] == "", why[1], why[0])
    if quantity.combine is Combine.DIFFERENCE:
        return found[0] - found[1], reasons
    usable = found[0] * found[1] > 0
    ratio = np.divide(found[0], found[1], out=np.full(usable.size, np.nan), where=usable)
    across = np.isfinite(found).all(axis=0) & ~usable
    reasons[across] = "the two values do not have the same sign, so their ratio says nothing"
    return ratio, reasons


@dataclass(frozen=True, eq=False)
class _Prices:
    """A panel that hands out aligned prices.  rows : by symbol"""

    panel: PricePanel
    rows: dict[str, int]

    def read(self, kind: _Kind, terms: Sequence[_Term], columns: IntArray) -> tuple[FloatArray, Texts]:
        """(N, S) values and reasons of one measure over one window for N terms."""
        rate = self._rate(kind.rate)
        parts = []
        for block in row_blocks((len(terms), self.panel.sessions.size), CELLS):
            levels, benchmark = self._aligned(kind, terms[block])
            history = self._history(levels, rate, benchmark)
            found = trailing(_COMPUTED[kind.measure], history, kind.window, columns)
            self._explain(kind, terms[block], history, columns, found.values, found.reasons)
            parts.append((found.values, found.reasons))
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _history(self, levels: FloatArray, rate: FloatArray | float, benchmark: FloatArray | None) -> History:
        panel = self.panel
        return History(levels, panel.sessions, rate, benchmark, panel.held, panel.following)

    def _rate(self, rate: Rate) -> FloatArray | float:
        if rate.annual is not None:
            return rate.annual / PERIODS
        return bill_rate(self.panel.close[self.rows[BILL_SYMBOL]])[0]

    def _aligned(self, kind: _Kind, terms: Sequence[_Term]) -> tuple[FloatArray, FloatArray | None]:
        """(N, T) levels of the terms, missing where one that shares their sessions is; the benchmark's."""
        source = self.panel.close if kind.measure == _PRICE_CHANGE else self.panel.total_return
        levels = source[[self.rows[term.symbol] for term in terms]]
        if kind.measure == _PRICE_CHANGE:
            levels[~(levels > 0)] = np.nan
        for row, term in enumerate(terms):
            for symbol in term.shared:
                if symbol != term.symbol:
                    levels[row, np.isnan(source[self.rows[symbol]])] = np.nan
        return levels, None if kind.benchmark is None else source[self.rows[kind.benchmark]]

    def _explain(
        self,
        kind: _Kind,
        terms: Sequence[_Term],
        history: History,
        columns: IntArray,
        values: FloatArray,
        reasons: Texts,
    ) -> None:
        """Give a reason to what has neither a value nor the measure's own reason."""
        for row, at in np.argwhere(np.isnan(values) & (reasons == "")):
            column = int(columns[at])
            names = " and ".join(terms[row].shared)
            if np.isnan(history.levels[row, column]):
                names = " and ".join(self._missing(terms[row], column)) or names
                reasons[row, at] = f"no price of {names} on {history.sessions[column]}"
            else:
                begin = history.sessions[np.argmax(np.isfinite(history.levels[row]))]
                reasons[row, at] = f"prices of {names} begin {begin}{self._needed(kind.window, column)}"

    def _needed(self, window: Window, column: int) -> str:
        ends = month_ends(self.panel.sessions, self.panel.held, self.panel.following)
        asked = window.base_target(self.panel.sessions[column].item(), bool(ends[column]))
        return f"; the window needs one on or before {asked}" if asked else ""

    def _missing(self, term: _Term, column: int) -> list[str]:
        levels = self.panel.total_return
        return [symbol for symbol in term.shared if np.isnan(levels[self.rows[symbol], column])]
