"""A question laid on prices: the span, and the sample that every number of an answer comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.errors import NoCommonHistory
from analytics.measures import MEASURES, Sample, evaluate
from analytics.measures.resample import weekly
from analytics.number import Number
from analytics.panel import FloatArray, PricePanel
from analytics.question import Question
from analytics.returns import BILL_SYMBOL, bill_rate, common_sessions
from analytics.window import Span, lay, month_ends

MINIMUM_RETURNS = 15
"""Fewest returns on which a risk figure is shown: three weeks, so that every 1m window has them."""


@dataclass(frozen=True, eq=False)
class Laid:
    """What a question finds in a panel.

    history : the panel up to `question.as_of`, with every symbol of it
    funds : M rows of it that are priced: the symbols asked, then a benchmark that is none of them
    levels : (M, T) total-return levels of `funds` in the span; NaN for all where one of them is missing
    sample : the N symbols asked, session by session
    rate_gaps : sessions on which an earlier quote of the bill had to serve
    """

    question: Question
    history: PricePanel
    funds: PricePanel
    span: Span
    levels: FloatArray
    sample: Sample
    rate_gaps: int

    @cached_property
    def measured(self) -> Sample:
        """What measures of returns are computed from: the sample, or its weeks where the question says so."""
        return weekly(self.sample) if self.question.weekly else self.sample

    def sample_of(self, name: str) -> Sample:
        """The sample that a measure takes: levels are always daily."""
        return self.measured if MEASURES[name].periodic else self.sample

    def numbers(self, names: Iterable[str]) -> tuple[Mapping[str, Number], ...]:
        """For each symbol asked, the measures of these names."""
        wanted = tuple(names)
        if not self.question.weekly:
            return evaluate(wanted, self.sample)
        of_levels = evaluate([name for name in wanted if not MEASURES[name].periodic], self.sample)
        of_weeks = evaluate([name for name in wanted if MEASURES[name].periodic], self.measured)
        both = ({**levels, **weeks} for levels, weeks in zip(of_levels, of_weeks, strict=True))
        return tuple({name: found[name] for name in wanted} for found in both)


def laid(panel: PricePanel, question: Question) -> Laid:
    """Lay a question on a panel.

    Parameters
    ----------
    panel : holds every symbol of `question.priced`; sessions after `question.as_of` are ignored

    Returns
    -------
    Laid.  A session that one of the symbols misses is left out for all of them.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.
    """
    history = _known_by(panel, question)
    funds = history.select([name for name in question.priced if name != BILL_SYMBOL or _asked(question)])
    span = _span(funds, question)
    levels = funds.total_return[:, span.columns].copy()
    levels[:, ~common_sessions(levels)] = np.nan
    rates, gaps = session_rates(history, question, span.last)
    return Laid(
        question=question,
        history=history,
        funds=funds,
        span=span,
        levels=levels,
        sample=_sample(funds, question, span, levels, rates),
        rate_gaps=int(gaps[span.first :].sum()),
    )


def session_rates(history: PricePanel, question: Question, last: int) -> tuple[FloatArray, FloatArray]:
    """The rate of every session of a panel, from its second one on.

    Parameters
    ----------
    history : with the bill's quotes where the question asks for the bill
    last : column of the last session wanted

    Returns
    -------
    (last,) fraction per session, and (last,) 1 where an earlier quote had to serve for a missing one.
    """
    if question.rate.annual is not None:
        return np.full(last, question.rate.annual / 252), np.zeros(last)
    # From the panel's first quote on: the one before a span serves where the span's own first is missing.
    rates, carried = bill_rate(history.close[history.row(BILL_SYMBOL), : last + 1])
    return rates, carried.astype(np.float64)


def _known_by(panel: PricePanel, question: Question) -> PricePanel:
    if panel.sessions[0] > np.datetime64(question.as_of, "D"):
        raise NoCommonHistory(question.symbols, question.window.words, question.as_of)
    return panel.through(question.as_of)


def _asked(question: Question) -> bool:
    return BILL_SYMBOL in question.symbols or question.benchmark == BILL_SYMBOL


def _span(funds: PricePanel, question: Question) -> Span:
    known = common_sessions(funds.total_return)
    ends = month_ends(funds.sessions, funds.held, funds.following)
    span = lay(question.window, funds.sessions, known, question.as_of, ends) if known.any() else None
    if span is None:
        raise NoCommonHistory(question.symbols, question.window.words, question.as_of)
    return span


def _sample(
    funds: PricePanel, question: Question, span: Span, levels: FloatArray, rates: FloatArray
) -> Sample:
    rows = levels[[funds.row(symbol) for symbol in question.symbols]]
    benchmark = levels[funds.row(question.against)] if question.against else None
    fixed = question.rate.annual
    rate = rates[span.first :] if fixed is None else fixed / 252
    return Sample(rows, funds.sessions[span.columns], rate, benchmark, MINIMUM_RETURNS)
