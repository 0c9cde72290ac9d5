"""Funds side by side over one span: every number of an answer, and the series its charts show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from analytics.align import Aligned, align
from analytics.evidence.rates import RateAnswer
from analytics.exposures import (
    Concentration,
    Overlap,
    SectorComparison,
    compare_sectors,
    concentration,
    overlap,
)
from analytics.fund import FundProfile, funds_of, is_mix
from analytics.liquidity import SESSIONS, dollar_volume
from analytics.measures import MEASURES
from analytics.measures.drawdowns import Drawdown, Episode, drawdowns, episodes
from analytics.measures.number import Number
from analytics.notes import (
    Note,
    NoteKind,
    doubt_notes,
    fund_notes,
    gap_notes,
    income_notes,
    span_notes,
    still_notes,
)
from analytics.panel import DateArray, Doubt, DoubtKind, FloatArray, PricePanel, doubts_within
from analytics.query import Query
from analytics.returns import BILL_SYMBOL, Period, calendar_years, trailing_returns
from analytics.window import Span, Window

ABSOLUTE = tuple(name for name, measure in MEASURES.items() if not measure.relative)
RELATIVE = tuple(name for name, measure in MEASURES.items() if measure.relative)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The answer to a question, in numbers.

    returns_by : by symbol, the number of returns, daily or weekly, that its own figures come from
    periods_by : by symbol, returns a year by which they are annualised: 252, 365 where its market never
        closes, 52 where they are weekly
    metrics : by symbol, the absolute measures by name (see `analytics.measures`)
    relative : by symbol other than the benchmark, the relative measures by name
    trailing, years : total returns over the usual windows and by calendar year
    traded : by symbol, average value traded per session, in the currency of its prices
    sessions, growth, drawdown : (T,), (N, T), (N, T): the span's sessions, the value of 1 put in at the base
        close, and the fraction below the highest value so far; NaN where the symbol has no price
    falls : by symbol, the deepest falls in the span, the deepest first
    doubts : of the symbols asked, the benchmark and the bill, those that touch a return inside the span
    all_doubts : the same up to the span's end, however old: trailing windows and calendar years reach back
    currencies : by symbol, what its prices and `traded` are in; None where it is not known
    rates : what a move of the 10-year yield does to the funds, where one of them holds bonds and it was asked
        for; `compare` leaves it out, for it takes prices of others
    apart : True where the exchanges close hours apart, so that the relative measures are of weekly returns
    """

    query: Query
    span: Span
    returns_by: Mapping[str, int]
    periods_by: Mapping[str, int]
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
    doubts: tuple[Doubt, ...] = ()
    all_doubts: tuple[Doubt, ...] = ()
    apart: bool = False
    currencies: Mapping[str, str | None] = field(default_factory=dict)
    rates: RateAnswer | None = None

    @property
    def returns(self) -> int:
        """Fewest returns that a fund's own figures come from."""
        return min(self.returns_by.values())

    @property
    def periods(self) -> int:
        """Fewest returns a year by which a fund's figures are annualised."""
        return min(self.periods_by.values())

    @property
    def symbols(self) -> tuple[str, ...]:
        """The funds compared, in the order asked."""
        return self.query.symbols

    @property
    def bond_funds(self) -> tuple[str, ...]:
        """Those of the funds that are known to hold bonds, in the order asked."""
        found = ((symbol, self.profiles.get(symbol)) for symbol in self.symbols)
        return tuple(symbol for symbol, profile in found if profile and profile.is_bond_fund)

    @cached_property
    def episodes(self) -> tuple[Episode, ...]:
        """When the funds fell, the deepest first; see `analytics.episodes`."""
        return episodes(self.growth, self.sessions)

    def period(self, label: str) -> Period | None:
        """Return the trailing period of that label, None where no symbol fills it."""
        return next((period for period in self.trailing if period.label == label), None)


def compare(panel: PricePanel, profiles: Mapping[str, FundProfile], query: Query) -> Comparison:
    """Compare funds over one span.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`; sessions after `query.as_of` are ignored
    profiles : by symbol; a symbol without one is compared on its prices alone

    Returns
    -------
    Comparison.  The span begins and ends on sessions that all of the symbols share.  Between them each fund's
    own figures come from its own sessions, and relative ones from those it shares with the benchmark; the
    return across a missing session is known and counts as one.  Where the question is weekly, measures of
    returns (`Measure.periodic`) come from complete weeks inside the span; growth, drawdowns, trailing and
    calendar-year returns stay daily.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.
    """
    found = align(panel, query)
    span, sample, funds = found.span, found.sample, found.funds
    asked = funds.select(query.symbols)
    known = [profiles[symbol] for symbol in query.symbols if symbol in profiles]
    concentrated = {profile.symbol: concentration(profile) for profile in known}
    return Comparison(
        query=query,
        span=span,
        returns_by=found.count,
        periods_by={symbol: found.sample_of("volatility", symbol).periods for symbol in query.symbols},
        metrics=dict(zip(query.symbols, found.numbers(ABSOLUTE), strict=True)),
        relative=_relative(found),
        trailing=trailing_returns(asked, span.end),
        years=calendar_years(asked, span.end),
        traded=_dollar_volumes(asked, span.end),
        sessions=sample.sessions,
        growth=sample.levels / sample.levels[:, :1],
        drawdown=sample.drawdown,
        falls={
            symbol: drawdowns(sample.levels[row], sample.sessions) for row, symbol in enumerate(query.symbols)
        },
        profiles={profile.symbol: profile for profile in known},
        sectors=compare_sectors(known),
        concentration={symbol: part for symbol, part in concentrated.items() if part},
        overlap=overlap(known[0], known[-1]) if len(known) > 1 else None,
        notes=_notes(found, [*known, *_inside(query, profiles)]),
        source=panel.source,
        simulated=panel.simulated,
        doubts=doubts_within(found.history.doubts, query.priced, span.start, span.end),
        apart=any(found.apart(symbol) for symbol in query.symbols),
        currencies={symbol: found.history.currencies[found.history.row(symbol)] for symbol in query.priced},
        all_doubts=doubts_within(found.history.doubts, query.priced, date.min, span.end),
    )


@dataclass(frozen=True)
class Stretch:
    """Calendar months or years in which something happened: from the first day of one to the last of one."""

    first: date
    last: date


GAP_MADE = 1 / 3
"""Part of a gap that a stretch made where the gap is said to have opened in it."""
LONG_SPAN = 3 * 365
"""Days of a span from which on a calendar year is a stretch too."""


def gap_opened(growth: FloatArray, other: FloatArray, sessions: DateArray) -> Stretch | None:
    """Find the calendar month in which a gap opened; in a span of three years or more, else the year.

    With r the logarithm of the ratio of the two and G its last value, a gap opened in the stretch that made
    more of G than any other and a third of it at least, where no stretch before it ended beyond G/2 and no
    session from its last one on lies short of G/2: half of the gap was crossed in it once and for good.

    Parameters
    ----------
    growth, other : (T,) levels, the base close first; NaN is a missing session and is skipped
    sessions : (T,) datetime64[D]

    Returns
    -------
    None where no stretch is such, and where there is no gap: half of what is said would mislead.

    Examples
    --------
    >>> days = np.array(["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"], dtype="datetime64[D]")
    >>> gap_opened(np.array([1.0, 1.0, 1.05, 1.06]), np.ones(4), days).first
    datetime.date(2025, 3, 1)
    """
    known = np.isfinite(growth) & np.isfinite(other)
    days = sessions[known].astype("datetime64[D]")
    if days.size < 2:
        return None
    ratio = np.log(growth[known] / other[known])
    share, whole = ratio - ratio[0], float(ratio[-1] - ratio[0])
    if not whole:
        return None
    units = ("M", "Y") if (days[-1] - days[0]).astype(int) >= LONG_SPAN else ("M",)
    return next((found for unit in units if (found := _opened(share[1:] / whole, days[1:], unit))), None)


def _opened(share: FloatArray, days: DateArray, unit: str) -> Stretch | None:
    """Find the stretch in shares of the whole gap, one a return, the last of them 1."""
    periods = days.astype(f"datetime64[{unit}]")
    lasts = np.flatnonzero(np.append(periods[1:] != periods[:-1], True))
    ends = share[lasts]
    made = np.diff(ends, prepend=0.0)
    at = int(np.argmax(made))
    once = bool((ends[:at] < 0.5).all() and (share[lasts[at] :] >= 0.5).all())
    if made.size < 2 or made[at] < GAP_MADE or not once:
        return None
    first = periods[lasts[at]]
    last = (first + 1).astype("datetime64[D]") - 1
    return Stretch(first.astype("datetime64[D]").item(), last.item())


def _relative(found: Aligned) -> dict[str, Mapping[str, Number]]:
    against = found.query.against
    if against is None:
        return {}
    rows = dict(zip(found.query.symbols, found.numbers(RELATIVE), strict=True))
    return {symbol: numbers for symbol, numbers in rows.items() if symbol != against}


def _dollar_volumes(asked: PricePanel, end: date) -> dict[str, Number]:
    """Average what each fund traded on the last sessions of its own exchange, whatever it stands beside."""
    reason = f"volume not known on the last {SESSIONS} sessions"
    found = {}
    for symbol in asked.symbols:
        own = asked.alone(symbol).through(end)
        why = "a mix is not traded itself" if is_mix(symbol) else reason
        found[symbol] = Number.of(dollar_volume(own.close, own.volume)[0], why)
    return found


def _inside(query: Query, profiles: Mapping[str, FundProfile]) -> list[FundProfile]:
    """Give what is known of the funds inside mixes that are not asked about themselves."""
    inside = dict.fromkeys(fund for symbol in query.symbols for fund in funds_of(symbol))
    return [profiles[fund] for fund in inside if fund in profiles and fund not in query.symbols]


def _notes(found: Aligned, known: Sequence[FundProfile]) -> tuple[Note, ...]:
    query, span = found.query, found.span
    # The table shows ten years beside the window, so an index change within them matters to any question.
    earliest = min(span.start, Window("10y").base_target(span.end, month_end=False) or span.start)
    through = min(found.funds.as_of, query.window.end or query.as_of)
    gaps = found.rate_gaps
    rate_notes = [Note(NoteKind.RATE_GAP, BILL_SYMBOL, {"count": gaps})] if gaps else []
    levels = dict(zip(query.symbols, found.sample.levels, strict=True))
    after = doubts_within(found.history.doubts, query.priced, span.end, through)
    ending = [doubt for doubt in after if doubt.kind is DoubtKind.NEGATIVE]  # why the span ends before them
    return (
        *span_notes(found.funds, span, through, found.breaks),
        *doubt_notes(ending),
        *gap_notes(found.funds, span),
        *still_notes(found.funds, span),
        *income_notes(known, levels, span),
        *fund_notes(known, earliest, span.end),
        *rate_notes,
    )
