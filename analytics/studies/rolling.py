"""How the Sortino ratio and the correlation moved through a span."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.laid import Laid, laid, session_rates
from analytics.measures.resample import weekly
from analytics.measures.rolling import rolling_correlation, rolling_sortino
from analytics.measures.sample import Sample
from analytics.panel import DateArray, FloatArray, PricePanel
from analytics.question import Question
from analytics.window import Span

LENGTHS = {252: (252, 126), 52: (52, 26)}
"""By returns a year, those in a window of the Sortino ratio (a year) and of the correlation (half a year)."""


@dataclass(frozen=True, eq=False)
class Rolled:
    """Two measures over windows that end on each session of a span.

    sessions : (T,) datetime64[D], the span's sessions; where the question is weekly, its weekly closes
    sortino : (N, T) ratio over the last `sortino_length` returns, NaN where one of them is missing
    correlation : (N, T) with the benchmark over the last `correlation_length` returns, NaN likewise and in
        the benchmark's own row; None where there is no benchmark
    periods : returns a year, 252 or 52, in whose unit the lengths are counted
    """

    question: Question
    span: Span
    sessions: DateArray
    sortino: FloatArray
    correlation: FloatArray | None
    sortino_length: int
    correlation_length: int
    periods: int
    source: str
    simulated: bool


def rolled(panel: PricePanel, question: Question) -> Rolled:
    """The one-year Sortino ratio and the half-year correlation on every session of the span.

    A window reaches back over returns before the span, so that its first session has a value where the fund
    is old enough.  Every fund is taken on its own sessions: a gap of one, or its late start, costs the others
    nothing.  Where the question is weekly: 52 and 26 weekly returns, on weekly closes.

    Parameters
    ----------
    panel : holds every symbol of `question.priced`; sessions after `question.as_of` are ignored

    Returns
    -------
    Rolled.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.

    References
    ----------
    METRICS: rolling 126 sessions for correlations; the ratio as `measures.ratios.sortino`.

    Examples
    --------
    A fund that gains 2 % and loses 1 % by turns: mean 0.5 %, downside 0.7071 % per session.

    >>> from datetime import date
    >>> from analytics.panel import PricePanel
    >>> from analytics.window import parse
    >>> days = np.busday_offset(np.datetime64("2025-01-06"), np.arange(301))
    >>> levels = np.cumprod(np.concatenate([[1.0], np.tile([1.02, 0.99], 150)]))[None, :]
    >>> held = PricePanel(days, ("AAA",), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> found = rolled(held, Question(("AAA",), parse("1m"), date(2026, 3, 2)))
    >>> found.sessions.size, found.sortino[0, -1].round(4).item(), found.correlation
    (21, 11.225, None)
    """
    found = laid(panel, question)
    past = _past(found)
    sortino_length, correlation_length = LENGTHS[past.periods]
    inside = past.sessions >= np.datetime64(found.span.start, "D")
    sortino = rolling_sortino(past.returns, sortino_length, past.rate, past.periods)
    correlation = _correlation(past, question, correlation_length)
    return Rolled(
        question=question,
        span=found.span,
        sessions=past.sessions[inside],
        sortino=_at_sessions(sortino)[:, inside],
        correlation=None if correlation is None else _at_sessions(correlation)[:, inside],
        sortino_length=sortino_length,
        correlation_length=correlation_length,
        periods=past.periods,
        source=panel.source,
        simulated=panel.simulated,
    )


def _past(found: Laid) -> Sample:
    """The symbols asked from the panel's first session to the span's end, each with its own gaps."""
    funds, question, last = found.funds, found.question, found.span.last
    levels = funds.total_return[:, : last + 1]
    rows = levels[[funds.row(symbol) for symbol in question.symbols]]
    benchmark = levels[funds.row(question.against)] if question.against else None
    rates, _ = session_rates(found.history, question, last)
    past = Sample(rows, funds.sessions[: last + 1], rates, benchmark)
    return weekly(past) if question.weekly else past


def _correlation(past: Sample, question: Question, length: int) -> FloatArray | None:
    if question.against is None:
        return None
    # As `measures.relative.correlation`: of the excess returns.
    found = rolling_correlation(past.excess, past.against - past.rate, length)
    if question.against in question.symbols:
        found[question.symbols.index(question.against)] = np.nan
    return found


def _at_sessions(rows: FloatArray) -> FloatArray:
    """(N, T + 1) from (N, T): the base close ends no return."""
    return np.concatenate([np.full((rows.shape[0], 1), np.nan), rows], axis=1)
