"""Funds side by side over one span: every number of an answer, and the series its charts show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.errors import NoCommonHistory
from analytics.exposures import (
    Concentration,
    Overlap,
    SectorComparison,
    compare_sectors,
    concentration,
    overlap,
)
from analytics.fund import FundProfile
from analytics.measures import MEASURES, Sample, evaluate
from analytics.measures.drawdowns import Drawdown, drawdowns
from analytics.measures.liquidity import SESSIONS, dollar_volume
from analytics.notes import Note, NoteKind, fund_notes, span_notes
from analytics.number import Number
from analytics.panel import DateArray, FloatArray, PricePanel
from analytics.question import Question
from analytics.returns import (
    BILL_SYMBOL,
    Period,
    bill_rate,
    calendar_years,
    common_sessions,
    trailing_returns,
)
from analytics.window import Span, Window, lay

MINIMUM_RETURNS = 15
"""Fewest returns on which a risk figure is shown: three weeks, so that every 1m window has them."""

ABSOLUTE = tuple(name for name, measure in MEASURES.items() if not measure.relative)
RELATIVE = tuple(name for name, measure in MEASURES.items() if measure.relative)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The answer to a question, in numbers.

    returns : number of daily returns that every symbol has in the span
    metrics : by symbol, the absolute measures by name (see `analytics.measures`)
    relative : by symbol other than the benchmark, the relative measures by name
    trailing, years : total returns over the usual windows and by calendar year
    traded : by symbol, average value traded per session, in the quote currency
    sessions, growth, drawdown : (T,), (N, T), (N, T): the span's sessions, the value of 1 put in at the base
        close, and the fraction below the highest value so far; NaN on a session that one symbol misses
    falls : by symbol, the deepest falls in the span, the deepest first
    """

    question: Question
    span: Span
    returns: int
    metrics: Mapping[str, Mapping[str, Number]]
    relative: Mapping[str, Mapping[str, Number]]
    trailing: tuple[Period, ...]
    years: tuple[Period, ...]
    traded: Mapping[str, Number]
    sessions: DateArray
    growth: FloatArray
    drawdown: FloatArray
    falls: Mapping[str, tuple[Drawdown, ...]]
    profiles: Mapping[str, FundProfile]
    sectors: SectorComparison | None
    concentration: Mapping[str, Concentration]
    overlap: Overlap | None
    notes: tuple[Note, ...]
    source: str
    simulated: bool

    @property
    def symbols(self) -> tuple[str, ...]:
        """The funds compared, in the order asked."""
        return self.question.symbols

    def period(self, label: str) -> Period | None:
        """The trailing period of that label, None where no symbol fills it."""
        return next((period for period in self.trailing if period.label == label), None)


def compare(panel: PricePanel, profiles: Mapping[str, FundProfile], question: Question) -> Comparison:
    """Compare funds over the sessions that all of them share.

    Parameters
    ----------
    panel : holds every symbol of `question.priced`; sessions after `question.as_of` are ignored
    profiles : by symbol; a symbol without one is compared on its prices alone

    Returns
    -------
    Comparison.  A session that one of the symbols misses is left out for all of them, and so is the return
    that would lead over it; what that shortens is said in the notes.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.
    """
    held = _known_by(panel, question)
    funds = held.select([symbol for symbol in question.priced if symbol != BILL_SYMBOL or _asked(question)])
    span = _span(funds, question)
    sample, rate_gaps = _sample(held, funds, question, span)
    asked = funds.select(question.symbols)
    known = [profiles[symbol] for symbol in question.symbols if symbol in profiles]
    concentrated = {profile.symbol: concentration(profile) for profile in known}
    return Comparison(
        question=question,
        span=span,
        returns=int(sample.count[0]),
        metrics=dict(zip(question.symbols, evaluate(ABSOLUTE, sample), strict=True)),
        relative=_relative(sample, question),
        trailing=trailing_returns(asked, span.end),
        years=calendar_years(asked, span.end),
        traded=_traded(asked, span.last),
        sessions=sample.sessions,
        growth=sample.levels / sample.levels[:, :1],
        drawdown=sample.drawdown,
        falls={
            symbol: drawdowns(sample.levels[row], sample.sessions)
            for row, symbol in enumerate(question.symbols)
        },
        profiles={profile.symbol: profile for profile in known},
        sectors=compare_sectors(known),
        concentration={symbol: found for symbol, found in concentrated.items() if found},
        overlap=overlap(known[0], known[-1]) if len(known) > 1 else None,
        notes=_notes(funds, known, question, span, rate_gaps),
        source=panel.source,
        simulated=panel.simulated,
    )


def _known_by(panel: PricePanel, question: Question) -> PricePanel:
    if panel.sessions[0] > np.datetime64(question.as_of, "D"):
        raise NoCommonHistory(question.symbols, question.window.words, question.as_of)
    return panel.through(question.as_of)


def _asked(question: Question) -> bool:
    return BILL_SYMBOL in question.symbols or question.benchmark == BILL_SYMBOL


def _span(funds: PricePanel, question: Question) -> Span:
    known = common_sessions(funds.total_return)
    span = lay(question.window, funds.sessions, known, question.as_of) if known.any() else None
    if span is None:
        raise NoCommonHistory(question.symbols, question.window.words, question.as_of)
    return span


def _sample(held: PricePanel, funds: PricePanel, question: Question, span: Span) -> tuple[Sample, int]:
    levels = funds.total_return[:, span.columns].copy()
    levels[:, ~common_sessions(levels)] = np.nan
    rate, gaps = _rate(held, question, span)
    benchmark = levels[funds.row(question.against)] if question.against else None
    rows = levels[[funds.row(symbol) for symbol in question.symbols]]
    return Sample(rows, funds.sessions[span.columns], rate, benchmark, MINIMUM_RETURNS), gaps


def _rate(held: PricePanel, question: Question, span: Span) -> tuple[FloatArray | float, int]:
    if question.rate.annual is not None:
        return question.rate.annual / 252, 0
    # From the panel's first quote on: the one before the span serves where the span's own first is missing.
    rates, carried = bill_rate(held.close[held.row(BILL_SYMBOL), : span.last + 1])
    return rates[span.first :], int(carried[span.first :].sum())


def _relative(sample: Sample, question: Question) -> dict[str, Mapping[str, Number]]:
    if question.against is None:
        return {}
    rows = dict(zip(question.symbols, evaluate(RELATIVE, sample), strict=True))
    return {symbol: numbers for symbol, numbers in rows.items() if symbol != question.against}


def _traded(asked: PricePanel, last: int) -> dict[str, Number]:
    traded = dollar_volume(asked.close[:, : last + 1], asked.volume[:, : last + 1])
    reason = f"volume not known on the last {SESSIONS} sessions"
    return {symbol: Number.of(traded[row], reason) for row, symbol in enumerate(asked.symbols)}


def _notes(
    funds: PricePanel, known: Sequence[FundProfile], question: Question, span: Span, rate_gaps: int
) -> tuple[Note, ...]:
    # The table shows ten years beside the window, so an index change within them matters to any question.
    earliest = min(span.start, Window("10y").base_target(span.end) or span.start)
    through = min(funds.as_of, question.window.end or question.as_of)
    rate_notes = [Note(NoteKind.RATE_GAP, BILL_SYMBOL, {"count": rate_gaps})] if rate_gaps else []
    return (*span_notes(funds, span, through), *fund_notes(known, earliest, span.end), *rate_notes)
