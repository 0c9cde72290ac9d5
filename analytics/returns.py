"""Prices to returns: risk-free rates per session, rows of mixes, trailing and calendar-year returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.fund import funds_of, is_mix
from analytics.measures.number import Number
from analytics.measures.sample import PERIODS
from analytics.mixes import CASH, Mix, mix_levels, mix_of
from analytics.panel import BoolArray, DateArray, Doubt, Exchange, FloatArray, PricePanel
from analytics.window import Span, Window, find_span, month_ends, parse

TRAILING = ("1m", "3m", "6m", "ytd", "1y", "3y", "5y", "10y", "max")
ANNUAL = frozenset({"3y", "5y", "10y", "max"})
"""Those that are told as annual rates."""
BILL_SYMBOL = "^IRX"
BILL_DAYS = 91


@dataclass(frozen=True)
class Rate:
    """The risk-free rate of a question, which is also the minimum acceptable return.

    annual : fraction a year, None for the 13-week Treasury bill of each day
    """

    annual: float | None = 0.0

    @property
    def label(self) -> str:
        """As printed in the footer: "rf 0", "rf 4 %", "rf 13-week T-bill"."""
        if self.annual is None:
            return "rf 13-week T-bill"
        return f"rf {self.annual * 100:g} %" if self.annual else "rf 0"

    @property
    def words(self) -> str:
        """In plain words: "risk-free 0 %", "risk-free 13-week T-bill"."""
        return f"risk-free {'13-week T-bill' if self.annual is None else f'{self.annual * 100:g} %'}"


ZERO = Rate()


@dataclass(frozen=True)
class Period:
    """Returns over one stretch: the base close `start`, the last close `end`, a number per symbol.

    annualised : True where the numbers are annual rates, False where they are total returns
    partial : True for a calendar year that is not over
    """

    label: str
    start: date
    end: date
    annualised: bool
    returns: Mapping[str, Number]
    partial: bool = False


def bill_rate(discount: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Read the rate per session from the 13-week bill's quotes, as ^IRX gives them.

    A quote d is a bank discount in percent a year: a bill costs 1 - d/100 * 91/360 and pays 1, which earns
    365 d / (360 - 91 d) a year (d as a fraction); per session a 252nd of that.  The rate of a session is the
    quote of the evening before: it was known when the session began.

    Parameters
    ----------
    discount : (T + 1,) percent a year, NaN where missing

    Returns
    -------
    (T,) fraction per session, and (T,) True where an earlier quote had to serve for a missing one.
    A rate that leads to no quote at all is NaN.

    References
    ----------
    U.S. Treasury, Bank discount rate and coupon equivalent yield.

    Examples
    --------
    >>> rate, carried = bill_rate(np.array([3.6, np.nan, 3.6]))
    >>> (rate * 252).round(6).tolist(), carried.tolist()
    ([0.036835, 0.036835], [False, True])
    """
    quotes = discount[:-1] / 100.0
    columns = np.where(np.isfinite(quotes), np.arange(quotes.size), -1)
    latest = np.maximum.accumulate(columns) if columns.size else columns
    carried = np.where(latest >= 0, quotes[latest], np.nan)
    yearly = 365.0 * carried / (360.0 - BILL_DAYS * carried)
    return yearly / PERIODS, np.asarray((columns < 0) & (latest >= 0))


def common_sessions(levels: FloatArray) -> BoolArray:
    """Find the sessions on which every symbol has a price.

    Parameters
    ----------
    levels : (N, T), NaN where missing

    Returns
    -------
    (T,) True where all of the N are known.

    Examples
    --------
    >>> common_sessions(np.array([[1.0, 2.0, 3.0], [1.0, np.nan, 3.0]])).tolist()
    [True, False, True]
    """
    return np.asarray(np.isfinite(levels).all(axis=0))


def trailing_returns(panel: PricePanel, end: date) -> tuple[Period, ...]:
    """Return the total returns of all symbols over the usual windows that end on one session.

    Windows of more than a year are annual rates; one year is its total return.  The base close is one that
    all symbols older than it share; a symbol without the full window has no number, and the reason says since
    when it is priced.

    Parameters
    ----------
    panel : N symbols
    end : last session of every window

    Returns
    -------
    One period for 1m, 3m, 6m, ytd, 1y, 3y, 5y, 10y, and "max", which begins with the youngest symbol.
    Windows that no symbol fills are left out.
    """
    ends = month_ends(panel.sessions, panel.held, panel.following)
    periods = (_trailing(panel, label, end, ends) for label in TRAILING)
    return tuple(period for period in periods if period is not None)


def calendar_years(panel: PricePanel, end: date) -> tuple[Period, ...]:
    """Return the total returns of all symbols by calendar year, oldest first, from last close to last close.

    The first year is the first that one of the symbols has in full; the last one may be partial.
    """
    first = panel.sessions[0].astype(date).year
    ends = month_ends(panel.sessions, panel.held, panel.following)
    years = (_year(panel, year, end, ends) for year in range(first, end.year + 1))
    return tuple(period for period in years if period is not None)


def _trailing(panel: PricePanel, label: str, end: date, ends: BoolArray) -> Period | None:
    levels = panel.total_return
    known = common_sessions(levels) if label == "max" else _known_by_all_begun(levels)
    span = find_span(Window(label), panel.sessions, known, end, ends)
    if span is None or not span.full:
        return None
    return _period(panel, label, span, annualised=label in ANNUAL)


def _year(panel: PricePanel, year: int, end: date, ends: BoolArray) -> Period | None:
    known = _known_by_all_begun(panel.total_return)
    span = find_span(parse(str(year)), panel.sessions, known, end, ends)
    if span is None or not span.full:
        return None
    is_over = span.end.month == 12 and _ends_year(panel, end, ends)
    partial = end.year == year and not is_over
    return _period(panel, str(year), span, annualised=False, partial=partial)


def _ends_year(panel: PricePanel, end: date, ends: BoolArray) -> bool:
    """Return whether the panel's last session on or before a day is the last of a year."""
    column = int(np.searchsorted(panel.sessions, np.datetime64(end, "D"), side="right")) - 1
    return bool(ends[column]) and panel.sessions[column].item().month == 12


def _known_by_all_begun(levels: FloatArray) -> BoolArray:
    """Return (T,) True where every symbol that has begun has a price, and at least one has begun."""
    known = np.isfinite(levels)
    begun = np.logical_or.accumulate(known, axis=1)
    return np.asarray((known | ~begun).all(axis=0) & begun.any(axis=0))


def _period(panel: PricePanel, label: str, span: Span, *, annualised: bool, partial: bool = False) -> Period:
    ratio = panel.growth(span.first, span.last)
    annual = annualised and not span.is_short
    values = ratio ** (1.0 / span.length) - 1.0 if annual else ratio - 1.0
    numbers = {
        symbol: Number.of(values[row], _since(panel.total_return[row], panel.sessions))
        for row, symbol in enumerate(panel.symbols)
    }
    return Period(label, span.start, span.end, annual, numbers, partial)


def _since(levels: FloatArray, sessions: DateArray) -> str:
    known = np.flatnonzero(np.isfinite(levels))
    return f"prices begin {sessions[known[0]]}" if known.size else "no prices"


def priced_symbols(symbols: Sequence[str]) -> tuple[str, ...]:
    """Name the symbols whose prices are needed for some, of which mixes are made from others.

    >>> priced_symbols(["60%A+30%B+10%cash@tbill", "A"])
    ('A', 'B', '^IRX')
    """
    mixes = [mix_of(symbol) for symbol in symbols if is_mix(symbol)]
    bill = [BILL_SYMBOL] if any(mix.cash and mix.cash_rate is None for mix in mixes) else []
    return tuple(dict.fromkeys([*(fund for symbol in symbols for fund in funds_of(symbol)), *bill]))


def with_mixes(panel: PricePanel, symbols: Sequence[str]) -> PricePanel:
    """Return the rows of some symbols, those of mixes made from the rows of their components.

    A mix has a price on the sessions on which all of its components have one, and misses one where the
    exchanges of all of them hold a session and one has none; the return across it is known, as a fund's is.
    It begins with its weights at the first such session; `PricePanel.anchored` begins it at a later one.  Its
    close is made from the closes in the same way, without dividends; it has no volume, and the currency that
    its components share, if they do.  A doubt about a component is one about the mix.

    Parameters
    ----------
    panel : holds `priced_symbols(symbols)`
    symbols : in the order of the rows to return

    Raises
    ------
    ValueError
        The panel lacks one of the symbols.

    Examples
    --------
    >>> from datetime import date
    >>> days = np.array(["2026-01-14", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> levels = np.array([[10.0, 11.0, 12.1], [50.0, np.nan, 55.0]])
    >>> held = PricePanel(days, ("A", "B"), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> with_mixes(held, ["50%A+50%B"]).total_return.round(6).tolist()
    [[1.0, nan, 1.155]]
    """
    rows = [_mix_row(panel, symbol) if is_mix(symbol) else panel.select([symbol]) for symbol in symbols]
    return replace(
        panel,
        symbols=tuple(symbols),
        total_return=np.concatenate([row.total_return for row in rows]),
        close=np.concatenate([row.close for row in rows]),
        volume=np.concatenate([row.volume for row in rows]),
        exchanges=tuple(row.exchanges[0] for row in rows),
        held=None
        if panel.held is None
        else np.concatenate([row.held for row in rows if row.held is not None]),
        doubts=tuple(doubt for row in rows for doubt in row.doubts),
        currencies=tuple(row.currencies[0] for row in rows),
        distributions=tuple(paid for row in rows for paid in row.distributions),
        components={symbol: parts for row in rows for symbol, parts in row.components.items()},
    )


def _mix_row(panel: PricePanel, symbol: str) -> PricePanel:
    """Make the panel of one mix, on the sessions of the whole panel."""
    mix = mix_of(symbol)
    components = panel.select(mix.funds)
    parts, closes = (_with_cash(panel, mix, rows) for rows in (components.total_return, components.close))
    currencies = set(components.currencies)
    return replace(
        components,
        symbols=(symbol,),
        total_return=_levels(mix, parts, panel.sessions)[None, :],
        close=_levels(mix, np.where(closes > 0, closes, np.nan), panel.sessions)[None, :],
        volume=np.full((1, panel.sessions.size), np.nan),
        exchanges=(_exchange(components.exchanges),),
        held=None if components.held is None else np.all(components.held, axis=0, keepdims=True),
        doubts=tuple(replace(doubt, symbol=symbol, part=doubt.symbol) for doubt in _first_doubts(components)),
        currencies=(currencies.pop() if len(currencies) == 1 else None,),
        distributions=(),
        components={symbol: parts},
    )


def _first_doubts(components: PricePanel) -> Iterator[Doubt]:
    """Yield one doubt of each kind and session: a mix has one level there."""
    met: set[tuple[object, ...]] = set()
    for doubt in components.doubts:
        key = doubt.kind, doubt.session
        if key not in met:
            met.add(key)
            yield doubt


def _levels(mix: Mix, parts: FloatArray, sessions: DateArray) -> FloatArray:
    """Compute (T,) levels of a mix, 1 where all its parts are known first, NaN where one is not."""
    out = np.full(sessions.size, np.nan)
    known = np.flatnonzero(np.isfinite(parts).all(axis=0))
    out[known] = mix_levels(parts[:, known], mix.weights, mix.rebalancing.resets(sessions[known]))
    return out


def _with_cash(panel: PricePanel, mix: Mix, rows: FloatArray) -> FloatArray:
    """Give (K, T) levels of all components in their order, cash among them."""
    funds = iter(rows)
    return np.vstack([_cash(panel, mix) if each.symbol == CASH else next(funds) for each in mix.components])


def _cash(panel: PricePanel, mix: Mix) -> FloatArray:
    """Compute (T,) the level of cash: a 252nd of the rate for each session that all funds of the mix hold.

    By the bill it is known from the first quote of it on.
    """
    own = panel.select(mix.funds)
    held = np.ones((1, panel.sessions.size), dtype=np.bool_) if own.held is None else own.held
    shared = np.all(held, axis=0)
    periods = _exchange(own.exchanges).periods
    if mix.cash_rate is not None:
        rates = np.full(panel.sessions.size - 1, mix.cash_rate / periods)
    else:
        rates = bill_rate(panel.close[panel.row(BILL_SYMBOL)])[0]
    steps = np.where(shared[1:], 1.0 + rates, 1.0)
    known = np.isfinite(steps)
    levels = np.cumprod(np.append(1.0, np.where(known, steps, 1.0)))
    return np.where(np.append(True, known), levels, np.nan)


def _exchange(exchanges: Sequence[Exchange]) -> Exchange:
    """Choose whose sessions a mix is known by: that with the fewest a year, of those the last to close."""
    fewest = min(exchange.periods for exchange in exchanges)
    return max((each for each in exchanges if each.periods == fewest), key=lambda each: each.close)
