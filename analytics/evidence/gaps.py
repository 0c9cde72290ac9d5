"""Pairs of funds weighed: gaps, intervals and test, and the verdict that they allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from analytics.evidence.intervals import (
    LEVEL,
    RESAMPLES,
    Gap,
    Resampled,
    block_of,
    find_gap,
    resample,
    seed_of,
)
from analytics.evidence.significance import (
    POWER,
    adjust_holm,
    p_value,
    probabilistic_sharpe,
    sharpe_error,
    years_to_show,
)
from analytics.measures import Sample, evaluate
from analytics.measures.number import Interval, Number
from analytics.measures.sample import DAYS_A_YEAR, WEEKS
from analytics.panel import FloatArray
from analytics.window import Span, Window

Pair = tuple[str, str]

FEWEST = 120
"""Returns below which nothing is tested: the standard error is one of long samples."""
ALPHA = 0.05
WORTH_SHARPE = 0.2
"""A gap between Sharpe ratios that is worth having."""
WORTH_RETURN = 0.01
"""A gap in return that is worth having, fraction a year."""
_EQUAL = 1e-12
"""Returns no farther apart than this on any session are the same: what rounding leaves of one series."""
_TWINS = "both have the same return on every session"
_FLAT = "the returns do not vary"
_SHORT = "not annualised below one year"
_FEW = f"fewer than {FEWEST} returns"


class Verdict(StrEnum):
    """What a window can tell of a gap; the last four say as much of the window as of the gap."""

    IDENTICAL = "the same"
    SAME = "the same for practical purposes"
    DISTINGUISHABLE = "distinguishable"
    NO_GAP = "no gap worth having"
    UNKNOWN = "cannot be known from this window"


@dataclass(frozen=True)
class Judgement:
    """A verdict and the reason for it, the end of a sentence that begins with "because"."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class EdgeRow:
    """A pair over one window: each gap is the first fund's figure less the second one's.

    span : None where the two do not fill the window; then nothing is defined, and `judgement.reason` says why
    returns : number of returns that the Sharpe ratios come from, daily ones or weekly ones
    annualised : the gap in return is one a year; below one year it is one of total returns
    growth : gap in return, fraction (0.036 = 3.6 percentage points); `sharpe`, `sortino`, `calmar` in ratios;
        `max_drawdown` fraction, positive where the first fund fell less
    error : standard error of the gap in Sharpe ratio, annualised
    p : two-sided, of no gap in Sharpe ratio; `adjusted` for as many pairs as stand beside it (Holm)
    shows_from, return_shows_from : smallest gap in Sharpe ratio, in return a year, that shows in 8 of 10 such
        windows
    years, return_years : how long a window has to be to show a gap of 0.2, of one percentage point a year
    sure : by fund, how sure it is that its Sharpe ratio lies above 0 (PSR), 0 to 1
    """

    window: Window
    pair: Pair
    span: Span | None
    returns: int
    annualised: bool
    growth: Gap
    sharpe: Gap
    sortino: Gap
    max_drawdown: Gap
    calmar: Gap
    error: Number
    p: Number
    adjusted: Number
    shows_from: Number
    return_shows_from: Number
    years: Number
    return_years: Number
    sure: tuple[Number, Number]
    judgement: Judgement


@dataclass(frozen=True, eq=False)
class PairSample:
    """What a pair is weighed by.

    daily : both funds on the sessions that they share, without gaps; growth and falls come from it
    risk : that of the Sharpe and Sortino ratios: the same, or its weeks
    """

    window: Window
    pair: Pair
    span: Span
    daily: Sample
    risk: Sample

    @property
    def key(self) -> tuple[object, ...]:
        """Pairs of one key are drawn again together."""
        daily = self.daily
        return daily.sessions.tobytes(), daily.periods, daily.years, self.risk.periods


def judge(row: EdgeRow, *, identical: bool = False) -> Judgement:
    """Bind a verdict to what its window can show; of a row all but its verdict is read.

    "Not distinguishable" alone would be read as "the same", which it is only where the intervals are narrow.
    That comes first: what is surely too small to matter stays so, however surely it is not nothing.  Below
    one year a gap in return has to be smaller by as much as the window is shorter.

    Parameters
    ----------
    identical : the two series are the same on every session

    Examples
    --------
    >>> from analytics.window import parse
    >>> def gap(low: float, high: float) -> Gap:
    ...     number = Number((low + high) / 2)
    ...     return Gap(number, Interval(low, high, 0.95, "by hand"), number, number)
    >>> row = replace(absent_row(parse("1y"), ("AAA", "BBB"), ""), returns=251, adjusted=Number(0.28))
    >>> wide = replace(row, sharpe=gap(-0.06, 0.5), growth=gap(-0.02, 0.12), shows_from=Number(0.51))
    >>> narrow = replace(row, sharpe=gap(-0.02, 0.03), growth=gap(-0.004, 0.006), shows_from=Number(0.05))
    >>> str(judge(wide).verdict), str(judge(narrow).verdict)
    ('cannot be known from this window', 'the same for practical purposes')
    """
    if identical:
        return Judgement(Verdict.IDENTICAL, _TWINS)
    if row.returns < FEWEST:
        return Judgement(Verdict.UNKNOWN, f"it has {_FEW}")
    if row.adjusted.value is None or row.shows_from.value is None:
        return Judgement(Verdict.UNKNOWN, row.adjusted.reason or row.shows_from.reason or _FLAT)
    length = min(row.span.days / DAYS_A_YEAR, 1.0) if row.span and not row.annualised else 1.0
    if row.sharpe.interval.within(WORTH_SHARPE) and row.growth.interval.within(WORTH_RETURN * length):
        return Judgement(Verdict.SAME, "both intervals lie within what is worth having")
    if row.adjusted.value < ALPHA and row.sharpe.interval.excludes(0.0):
        return Judgement(Verdict.DISTINGUISHABLE, "chance alone seldom makes such a gap")
    if row.shows_from.value <= WORTH_SHARPE:
        return Judgement(Verdict.NO_GAP, "a gap worth having would have shown")
    return Judgement(Verdict.UNKNOWN, "it would not show every gap worth having")


def weigh(samples: Sequence[PairSample]) -> tuple[EdgeRow, ...]:
    """Weigh pairs over one window, in their order; several are tested as several (Holm).

    Pairs that share their sessions are drawn again together, each fund once.
    """
    groups: dict[tuple[object, ...], list[PairSample]] = {}
    for each in samples:
        groups.setdefault(each.key, []).append(each)
    drawn = {key: _Together.of(group) for key, group in groups.items()}
    tested = [drawn[each.key].test(each.pair) for each in samples]
    chances = adjust_holm([np.nan if p.value is None else p.value for _, p in tested])
    return tuple(
        _row(each, drawn[each.key], test, chance)
        for each, test, chance in zip(samples, tested, chances, strict=True)
    )


def absent_row(window: Window, pair: Pair, reason: str) -> EdgeRow:
    """Return the row of a pair that does not fill a window: nothing but the reason."""
    none = Number(None, reason)
    gap = Gap(none, Interval(None, None, LEVEL, "", reason), none, none)
    return EdgeRow(
        window=window,
        pair=pair,
        span=None,
        returns=0,
        annualised=False,
        growth=gap,
        sharpe=gap,
        sortino=gap,
        max_drawdown=gap,
        calmar=gap,
        error=none,
        p=none,
        adjusted=none,
        shows_from=none,
        return_shows_from=none,
        years=none,
        return_years=none,
        sure=(none, none),
        judgement=Judgement(Verdict.UNKNOWN, reason),
    )


@dataclass(frozen=True, eq=False)
class _Together:
    """Funds that are drawn again together, and what all pairs of them share."""

    symbols: tuple[str, ...]
    pairs: tuple[Pair, ...]
    daily: Sample
    risk: Sample

    @classmethod
    def of(cls, group: Sequence[PairSample]) -> _Together:
        """Lay the funds of pairs on the sessions that all of them share under one another."""
        first, pairs = group[0], tuple(each.pair for each in group)
        daily, risk = dict[str, FloatArray](), dict[str, FloatArray]()
        for each in group:
            for row, symbol in enumerate(each.pair):
                daily[symbol], risk[symbol] = each.daily.levels[row], each.risk.levels[row]
        whole = replace(first.daily, levels=np.array(list(daily.values())))
        weeks = replace(first.risk, levels=np.array(list(risk.values())))
        return cls(tuple(daily), pairs, whole, whole if first.risk is first.daily else weeks)

    @property
    def annualised(self) -> bool:
        """True from one year on."""
        return self.daily.years is not None or self.daily.days >= 365

    @cached_property
    def drawn(self) -> tuple[Resampled, Resampled]:
        """The funds drawn again: by day, and as the ratios take them."""
        daily = _draw(self.daily)
        return daily, daily if self.risk is self.daily else _draw(self.risk)

    @cached_property
    def errors(self) -> Mapping[Pair, float]:
        """Annualised standard errors of the gaps in Sharpe ratio, NaN where there is none."""
        one, other = (self.risk.excess[[self.row(pair[at]) for pair in self.pairs]] for at in (0, 1))
        found = self.risk.a_year(sharpe_error(one, other))
        return dict(zip(self.pairs, found.tolist(), strict=True))

    @cached_property
    def sure(self) -> tuple[Number, ...]:
        """By row, how sure it is that the Sharpe ratio lies above 0."""
        if self.risk.length < FEWEST:
            return (Number(None, _FEW),) * len(self.symbols)
        return tuple(Number.of(each, _FLAT) for each in probabilistic_sharpe(self.risk).tolist())

    def row(self, symbol: str) -> int:
        """Return the row of a fund."""
        return self.symbols.index(symbol)

    def identical(self, pair: Pair) -> bool:
        """Return whether two funds have the same returns."""
        one, other = self.daily.returns[[self.row(symbol) for symbol in pair]]
        return bool(np.abs(one - other).max(initial=0.0) <= _EQUAL)

    def subtract(self, pair: Pair, name: str, sample: Sample) -> Number:
        """Subtract a measure of the second fund from that of the first."""
        numbers = self._number(name, sample)
        one, other = (numbers[self.row(symbol)] for symbol in pair)
        if one.value is None or other.value is None:
            return Number(None, one.reason or other.reason)
        return Number.of(one.value - other.value)

    def gap(self, pair: Pair, name: str, sample: Sample, drawn: FloatArray) -> Gap:
        """Put the gap in one measure together from the resamples (F, R)."""
        one, other = drawn[[self.row(symbol) for symbol in pair]]
        unit = "weeks" if sample.periods == WEEKS else "sessions"
        method = f"stationary bootstrap, {RESAMPLES:,} resamples, mean block {block_of(sample)} {unit}"
        return find_gap(self.subtract(pair, name, sample), one, other, method=method)

    def test(self, pair: Pair) -> tuple[Number, Number]:
        """Return the standard error of the gap in Sharpe ratio, annualised, and the p value of none."""
        gap = self.subtract(pair, "sharpe", self.risk)
        reason = _TWINS if self.identical(pair) else _FEW if self.risk.length < FEWEST else gap.reason
        error = Number(None, reason) if reason else Number.of(self.errors[pair] or np.nan, _FLAT)
        if error.value is None or gap.value is None:
            return error, Number(None, error.reason)
        return error, Number.of(p_value(gap.value, error.value))

    def _number(self, name: str, sample: Sample) -> tuple[Number, ...]:
        key = name, sample.periods
        if key not in self._numbers:
            self._numbers[key] = tuple(each[name] for each in evaluate([name], sample))
        return self._numbers[key]

    @cached_property
    def _numbers(self) -> dict[tuple[str, int], tuple[Number, ...]]:
        return {}


def _draw(sample: Sample) -> Resampled:
    seed = seed_of(sample.sessions[0].item(), sample.sessions[-1].item())
    return resample(sample, seed, block=block_of(sample))


def _row(each: PairSample, funds: _Together, test: tuple[Number, Number], chance: float) -> EdgeRow:
    """Put the row of one pair together."""
    pair, daily, risk = each.pair, funds.daily, funds.risk
    by_day, by_risk = funds.drawn
    error, p = test
    growth = funds.gap(pair, "cagr" if funds.annualised else "total_return", daily, by_day.growth)
    scatter = growth.error if funds.annualised else Number(None, _SHORT)
    length = risk.length / risk.periods
    row = EdgeRow(
        window=each.window,
        pair=pair,
        span=each.span,
        returns=risk.length,
        annualised=funds.annualised,
        growth=growth,
        sharpe=funds.gap(pair, "sharpe", risk, by_risk.sharpe),
        sortino=funds.gap(pair, "sortino", risk, by_risk.sortino),
        max_drawdown=funds.gap(pair, "max_drawdown", daily, by_day.max_drawdown),
        calmar=funds.gap(pair, "calmar", daily, by_day.calmar),
        error=error,
        p=p,
        adjusted=Number.of(chance, p.reason),
        shows_from=_times(error, POWER),
        return_shows_from=_times(scatter, POWER),
        years=_years(WORTH_SHARPE, error, length),
        return_years=_years(WORTH_RETURN, scatter, length),
        sure=(funds.sure[funds.row(pair[0])], funds.sure[funds.row(pair[1])]),
        judgement=Judgement(Verdict.UNKNOWN, ""),
    )
    return replace(row, judgement=judge(row, identical=funds.identical(pair)))


def _times(number: Number, factor: float) -> Number:
    return number if number.value is None else Number.of(number.value * factor)


def _years(gap: float, error: Number, length: float) -> Number:
    return error if error.value is None else Number.of(years_to_show(gap, error.value, length))
