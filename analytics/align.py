"""A question laid on prices: the span, and the sample that every number of an answer comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.errors import NoCommonHistory
from analytics.measures import MEASURES, Sample, evaluate
from analytics.measures.number import Number
from analytics.measures.resample import weekly
from analytics.measures.sample import PERIODS
from analytics.panel import Break, FloatArray, PricePanel
from analytics.query import Query
from analytics.returns import BILL_SYMBOL, bill_rate, common_sessions
from analytics.window import Span, find_span, month_ends

IntArray = NDArray[np.intp]

MINIMUM_RETURNS = 15
"""Fewest returns on which a risk figure is shown: three weeks, so that every 1m window has them."""


@dataclass(frozen=True, eq=False)
class Aligned:
    """What a question finds in a panel.

    history : the panel up to `query.as_of`, with every symbol of it, without what lies before a break
    breaks : the breaks before which the history was left out
    funds : M rows of it that are priced: the symbols asked, then a benchmark that is none of them
    sample : the N symbols asked on the span's sessions, each with gaps of its own: what charts show
    rates : (T,) the rate of every session of the history up to the span's end, from its second one on
    rate_gaps : sessions in the span on which an earlier quote of the bill had to serve
    """

    query: Query
    history: PricePanel
    breaks: tuple[Break, ...]
    funds: PricePanel
    span: Span
    sample: Sample
    rates: FloatArray
    rate_gaps: int

    def sample_of(self, name: str, symbol: str) -> Sample:
        """Return the sample (one row) that a measure of a symbol is computed from.

        A fund's own figures come from the sessions of its own exchange, relative ones from those that its
        exchange and the benchmark's both hold.  Measures of returns are weekly where the question says so,
        relative ones also where the two exchanges close hours apart; levels are always daily.
        """
        measure = MEASURES[name]
        against = self.query.against if measure.relative else None
        sample = self.pair(symbol, against) if against else self._daily(symbol, None)
        weeks = self.query.weekly or (against is not None and self.apart(symbol))
        return weekly(sample.paired) if measure.periodic and weeks else sample

    def pair(self, symbol: str, against: str) -> Sample:
        """Take one row on the span's sessions that the exchanges of a symbol and of another both hold,
        daily.
        """
        return self._daily(symbol, against)

    def numbers(self, names: Iterable[str]) -> tuple[Mapping[str, Number], ...]:
        """Work out the measures of these names for each symbol asked."""
        wanted = tuple(names)
        return tuple(self._numbers(wanted, symbol) for symbol in self.query.symbols)

    def apart(self, symbol: str) -> bool:
        """Return whether the exchanges of a symbol and of the benchmark close hours apart."""
        against = self.query.against
        if against is None:
            return False
        one, other = (self.funds.exchanges[self.funds.row(each)] for each in (symbol, against))
        return one.closes_apart(other)

    @property
    def count(self) -> Mapping[str, int]:
        """By symbol, the returns that its own figures come from."""
        return {symbol: int(self.sample_of("volatility", symbol).count[0]) for symbol in self.query.symbols}

    def _numbers(self, names: tuple[str, ...], symbol: str) -> Mapping[str, Number]:
        groups: dict[tuple[bool, bool], list[str]] = {}
        for name in names:
            groups.setdefault((MEASURES[name].relative, MEASURES[name].periodic), []).append(name)
        found: dict[str, Number] = {}
        for group in groups.values():
            found |= evaluate(group, self.sample_of(group[0], symbol))[0]
        return {name: found[name] for name in names}

    @cached_property
    def _samples(self) -> dict[tuple[str, str | None], Sample]:
        return {}

    def _daily(self, symbol: str, against: str | None) -> Sample:
        """Take one row on the span's sessions that its exchange, and the benchmark's, hold; made once."""
        key = symbol, against
        if key not in self._samples:
            self._samples[key] = self._make_sample(symbol, against)
        return self._samples[key]

    def _make_sample(self, symbol: str, against: str | None) -> Sample:
        rows = [self.funds.row(each) for each in (symbol, against) if each]
        at = np.arange(self.span.first, self.span.last + 1)
        if self.funds.held is not None:
            at = at[self.funds.held[rows][:, at].all(axis=0)]
        levels = self.funds.total_return[rows][:, at]
        periods = min(self.funds.exchanges[row].periods for row in rows)
        return Sample(
            levels[:1],
            self.funds.sessions[at],
            self._rate(at, periods),
            levels[1] if against else None,
            MINIMUM_RETURNS,
            periods,
            self.span.years,
            following=self._following(rows),
        )

    def _following(self, rows: Sequence[int]) -> date | None:
        """Return the next session after the span's last one that the exchanges of these rows hold."""
        later = slice(self.span.last + 1, None)
        days, held = self.funds.sessions[later], self.funds.held
        if held is not None:
            days = days[held[rows, later].all(axis=0)]
        return days[0].item() if days.size else self.funds.following

    def _rate(self, at: IntArray, periods: int) -> FloatArray | float:
        if self.query.rate.annual is not None:
            return self.query.rate.annual / periods
        return self.rates[at[1:] - 1] * (PERIODS / periods)


def align(panel: PricePanel, query: Query) -> Aligned:
    """Lay a question on a panel.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`; sessions after `query.as_of` are ignored

    Returns
    -------
    Aligned.  The span begins and ends on sessions that all of the symbols share.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.
    """
    whole = _known_by(panel, query)
    history = whole.continuous()
    funds = history.select([name for name in query.priced if name != BILL_SYMBOL or _asks_for_bill(query)])
    span = _span(funds.select(query.funds), query)
    if history.components:  # a window begins with the weights that a mix is given
        history = history.anchored(span.first)
        funds = history.select(funds.symbols)
    rates, carried = session_rates(history, query, span.last)
    asked = [funds.row(symbol) for symbol in query.symbols]
    return Aligned(
        query=query,
        history=history,
        breaks=whole.breaks,
        funds=funds,
        span=span,
        sample=Sample(funds.total_return[asked, span.columns], funds.sessions[span.columns]),
        rates=rates,
        rate_gaps=int(carried[span.first :].sum()),
    )


def session_rates(history: PricePanel, query: Query, last: int) -> tuple[FloatArray, FloatArray]:
    """Return the rate of every session of a panel, from its second one on.

    Parameters
    ----------
    history : with the bill's quotes where the question asks for the bill
    last : column of the last session wanted

    Returns
    -------
    (last,) fraction per session, and (last,) 1 where an earlier quote had to serve for a missing one.
    """
    if query.rate.annual is not None:
        return np.full(last, query.rate.annual / PERIODS), np.zeros(last)
    # From the panel's first quote on: the one before a span serves where the span's own first is missing.
    row = history.row(BILL_SYMBOL)
    rates, carried = bill_rate(history.close[row, : last + 1])
    # On a day that the bill's own market does not hold, no quote of it is missing.
    held = True if history.held is None else history.held[row, :last]
    return rates, (carried & held).astype(np.float64)


def _known_by(panel: PricePanel, query: Query) -> PricePanel:
    if panel.sessions[0] > np.datetime64(query.as_of, "D"):
        raise NoCommonHistory(query.symbols, query.window.words, query.as_of)
    return panel.through(query.as_of)


def _asks_for_bill(query: Query) -> bool:
    return BILL_SYMBOL in query.symbols or query.benchmark == BILL_SYMBOL


def _span(funds: PricePanel, query: Query) -> Span:
    known = common_sessions(funds.total_return)
    ends = month_ends(funds.sessions, funds.held, funds.following)
    span = find_span(query.window, funds.sessions, known, query.as_of, ends) if known.any() else None
    if span is None:
        raise NoCommonHistory(query.symbols, query.window.words, query.as_of)
    return span
