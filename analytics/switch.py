"""What it costs to sell one fund and buy another, and how much better the other has to be for that.

All parts are fractions of the amount that is switched, positive = a cost:

    once = s_A/2 + s_B/2 + impact_A + impact_B + commissions + tax rate x part that is gain

A trade moves the price it is made at: sigma x sqrt(Q / ADV), the square-root law of `analytics.liquidity`.
It was measured on orders below one day's volume and is told of no other: larger ones are made with the
issuer, by creation and redemption in kind, whose cost no price tells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from analytics.comparison import Comparison
from analytics.evidence.gaps import EdgeRow
from analytics.fund import FundProfile, Kind
from analytics.liquidity import SESSIONS, impact
from analytics.measures.number import Interval, Number
from analytics.panel import FloatArray, PricePanel, doubts_within

HORIZONS = (1, 3, 5)
"""Years over which a cost that is paid once is spread."""
MOST_VOLUME = 1.0
"""Days of volume up to which the square-root law is told."""
DEFAULT_ORDER = 1e6
"""The order where none is named, in the currency of the funds, as far as both trade so much in a day."""
MONTHS = 12
_DOUBTED = "rests on a price that looks wrong"
_FEW = f"fewer than half of the returns of the last {SESSIONS} sessions are known"
_LARGE = "more than one day's volume"


@dataclass(frozen=True)
class SwitchTerms:
    """What is told of a switch beside its size, as fractions; empty or None where it is not told.

    spreads, commissions, creations : one for both funds, or that of the fund sold and that of the one bought.
        A spread is the whole one, bid to ask; a creation is all that it costs with the issuer, in place of
        spread and impact
    tax : rate, and the part of what is sold that is gain
    edge : by how much the fund bought is claimed to be better a year, before fees
    """

    spreads: tuple[float, ...] = ()
    commissions: tuple[float, ...] = ()
    creations: tuple[float, ...] = ()
    tax: tuple[float, float] | None = None
    edge: float | None = None

    def turned(self) -> SwitchTerms:
        """Return the same for the switch the other way round; the tax is that of the fund sold, and left out.

        >>> SwitchTerms(spreads=(0.0012, 0.0003), tax=(0.2, 0.4)).turned().spreads
        (0.0003, 0.0012)
        """
        sides = {name: getattr(self, name)[::-1] for name in ("spreads", "commissions", "creations")}
        return replace(self, tax=None, **sides)

    @property
    def tax_cost(self) -> float:
        """The tax as a fraction of the amount; 0 where none is told."""
        rate, gain = self.tax or (0.0, 0.0)
        return rate * gain


NO_TERMS = SwitchTerms()


@dataclass(frozen=True)
class QuotedSpread:
    """What a source said of bid and ask while the market was open.

    value : ask less bid, as a fraction of the middle; at : when, with a zone
    """

    value: float
    source: str
    at: datetime


@dataclass(frozen=True)
class Leg:
    """One of the two trades.

    traded : average value traded a session, in the currency of the prices
    volatility : standard deviation of its daily total returns over the same sessions
    days : the amount in days of `traded`; None where that is not known
    half_spread, impact : fractions of the amount; `impact` has a reason beyond one day's volume
    commission : fraction of the amount
    creation : what it costs with the issuer, where the trade is made there and that is told
    """

    symbol: str
    traded: Number
    volatility: Number
    days: float | None
    half_spread: Number
    impact: Number
    commission: float = 0.0
    creation: float | None = None

    @property
    def cost(self) -> Number:
        """All of it, as a fraction; without the spread where only that is not known."""
        if self.creation is not None:
            return Number(self.creation + self.commission)
        if self.impact.value is None:
            return self.impact
        return Number((self.half_spread.value or 0.0) + self.impact.value + self.commission)

    @property
    def lacks_spread(self) -> bool:
        """Whether its cost is a floor: the spread is a part of it and is not known."""
        return self.creation is None and self.half_spread.value is None

    @property
    def is_large(self) -> bool:
        """Whether it is more than one day's volume."""
        return self.days is not None and self.days > MOST_VOLUME


@dataclass(frozen=True)
class Switch:
    """Selling one fund and buying another.

    tax : fraction of the amount
    fee_gap : expense ratio of the fund bought less that of the one sold, fraction a year
    gap, interval : what the fund bought returned more a year over the window, and what fits; after fees, as
        prices are
    """

    sold: Leg
    bought: Leg
    tax: float
    fee_gap: Number
    gap: Number
    interval: Interval

    @property
    def once(self) -> Number:
        """What is paid once, fraction of the amount; a floor where a spread is not known."""
        sold, bought = self.sold.cost, self.bought.cost
        if sold.value is None or bought.value is None:
            return sold if sold.value is None else bought
        return Number(sold.value + bought.value + self.tax)

    @property
    def is_floor(self) -> bool:
        """Whether a spread lacks, so that `once` and what follows from it are no less than is told."""
        return self.sold.lacks_spread or self.bought.lacks_spread

    @property
    def fees_more(self) -> float:
        """The gap between the fees a year; 0 where it is not known, which is to be said."""
        return self.fee_gap.value or 0.0

    def needed(self, years: float) -> Number:
        """Return the edge a year, before fees, that earns the cost back over some years."""
        once = self.once
        return once if once.value is None else Number(needed_edge(once.value, self.fees_more, years))

    def months_to_earn(self, edge: float) -> Number:
        """Return the months in which an edge, before fees, earns the cost back; a reason where it never
        does.
        """
        once = self.once
        if once.value is None:
            return once
        return Number.of(break_even_months(once.value, self.fees_more, edge), "never")

    @property
    def interval_before_fees(self) -> Interval:
        """The gaps a year that fit, moved by the gap between the fees: on the same ground as `needed`."""
        low, high = self.interval.low, self.interval.high
        if low is None or high is None:
            return self.interval
        return replace(self.interval, low=low + self.fees_more, high=high + self.fees_more)


@dataclass(frozen=True)
class SwitchFigures:
    """What follows from a switch, written out: what is paid once, and the edge that is needed, by years.

    once, needed : fractions of the amount, `needed` a year and before fees
    is_floor : they are no less, for a spread is not known
    """

    once: Number
    is_floor: bool
    needed: Mapping[int, Number]


@dataclass(frozen=True)
class SwitchAnswer:
    """The first fund of a question sold, and each other one bought.

    amount : in the currency of the funds; chosen : nobody named it
    quotes : by symbol, the spreads that nobody typed
    figures : of each of the switches
    """

    amount: float
    chosen: bool
    terms: SwitchTerms
    switches: tuple[Switch, ...]
    quotes: Mapping[str, QuotedSpread] = field(default_factory=dict)
    figures: tuple[SwitchFigures, ...] = ()


def needed_edge(once: float, fee_gap: float, years: float) -> float:
    """Return the edge a year that a switch needs: once / years + fee gap.

    Parameters
    ----------
    once : what is paid once, fraction of the amount
    fee_gap : expense ratio of what is bought less that of what is sold, fraction a year
    years : over which it is held, positive

    Returns
    -------
    Fraction a year, before fees; negative where the lower fee earns more than the cost.

    Examples
    --------
    A fund with a commission of 4 bp each way, a spread of 16 bp and a fee of 28 bp, bought and sold again
    costs 33 bp in four months and 164 bp in five years:

    >>> once = 2 * 0.0004 + 0.0016
    >>> [round(needed_edge(once, 0.0028, years) * years, 6) for years in (4 / 12, 5)]
    [0.003333, 0.0164]
    """
    return once / years + fee_gap


def break_even_months(once: float, fee_gap: float, edge: float) -> float:
    """Return the months in which an edge earns a cost back: 12 once / (edge - fee gap).

    Parameters
    ----------
    once, fee_gap : as `needed_edge` takes them
    edge : by how much what is bought is better a year before fees, fraction; 0 leaves the fees alone

    Returns
    -------
    0 where nothing is to be earned back; infinity where it never is.

    Examples
    --------
    >>> round(break_even_months(0.0066, -0.0001, 0.01), 1), break_even_months(0.0066, 0.01, 0.01)
    (7.8, inf)
    """
    if once <= 0.0:
        return 0.0
    earned = edge - fee_gap
    return MONTHS * once / earned if earned > 0.0 else math.inf


def daily_volatility(total_return: FloatArray, sessions: int = SESSIONS) -> FloatArray:
    """Return the standard deviation of daily returns over the last sessions.

    Parameters
    ----------
    total_return : (N, T) levels; NaN where not known: the return across a hole counts as one

    Returns
    -------
    (N,) fraction a session, ddof 1; NaN where fewer than half of the returns are known.

    Examples
    --------
    >>> daily_volatility(np.array([[100.0, 110.0, 99.0]]), sessions=2).round(6).tolist()
    [0.141421]
    """
    found = np.full(len(total_return), np.nan)
    for row, levels in enumerate(total_return[:, -sessions - 1 :]):
        known = levels[np.isfinite(levels)]
        if 2 * (known.size - 1) >= sessions and known.size > 2:
            found[row] = np.std(known[1:] / known[:-1] - 1.0, ddof=1)
    return found


def weigh_switches(
    panel: PricePanel,
    comparison: Comparison,
    amount: float | None,
    terms: SwitchTerms,
    rows: Sequence[EdgeRow],
    quotes: Mapping[str, QuotedSpread] | None = None,
) -> SwitchAnswer:
    """Work out what it costs to sell the first fund of a comparison and to buy each other one.

    Parameters
    ----------
    panel : the prices that the comparison was made from
    amount : Q, in the currency of the funds; None for `DEFAULT_ORDER`, or the largest round one below it that
        is within a day's volume of each
    terms : spreads that are typed stand before those that are quoted
    rows : the gaps of the first fund with the others over the window, see `analytics.evidence.edge`
    quotes : by symbol, as far as there are any

    Returns
    -------
    SwitchAnswer, a switch for each fund but the first.  Value traded and volatility are of the last 63
    sessions that each fund's own exchange held up to the end of the span.
    """
    legs = _legs(panel, comparison)
    size = _default_order(legs) if amount is None else amount
    known = {symbol: quote for symbol, quote in (quotes or {}).items() if not terms.spreads}
    sold = _priced(legs[0], size, terms, 0, known.get(legs[0].symbol))
    found = []
    for leg in legs[1:]:
        row = next((row for row in rows if row.pair == (sold.symbol, leg.symbol)), None)
        gap, interval = _turned(row)
        fees = _fee_gap(comparison.profiles.get(sold.symbol), comparison.profiles.get(leg.symbol))
        bought = _priced(leg, size, terms, 1, known.get(leg.symbol))
        found.append(Switch(sold, bought, terms.tax_cost, fees, gap, interval))
    figures = tuple(
        SwitchFigures(each.once, each.is_floor, {years: each.needed(years) for years in HORIZONS})
        for each in found
    )
    return SwitchAnswer(size, amount is None, terms, tuple(found), known, figures)


def weigh_orders(panel: PricePanel, comparison: Comparison, amount: float) -> tuple[Leg, ...]:
    """Work out what an order of each fund does to its price, one way.

    Parameters
    ----------
    panel, comparison : as `weigh_switches` takes them; amount : in the currency of the funds

    Returns
    -------
    A trade for each fund, in the order asked, without a spread: none was told.
    """
    return tuple(_priced(leg, amount, NO_TERMS, 0, None) for leg in _legs(panel, comparison))


def _legs(panel: PricePanel, comparison: Comparison) -> list[Leg]:
    """Return what is known of each fund's trading, whatever the order."""
    held = panel.through(comparison.span.end).continuous()
    return [_leg(held.alone(symbol), comparison, symbol) for symbol in comparison.symbols]


def _leg(own: PricePanel, comparison: Comparison, symbol: str) -> Leg:
    first = own.sessions[max(0, own.sessions.size - SESSIONS - 1)].item()
    doubted = doubts_within(comparison.all_doubts, [symbol], first, comparison.span.end)
    sigma = float(daily_volatility(own.total_return)[0])
    return Leg(
        symbol=symbol,
        traded=Number(None, _DOUBTED) if doubted else comparison.traded[symbol],
        volatility=Number(None, _DOUBTED) if doubted else Number.of(sigma, _FEW),
        days=None,
        half_spread=Number(None, "not known"),
        impact=Number(None, "not known"),
    )


def _default_order(legs: Sequence[Leg]) -> float:
    """Return the order where none is named: the usual one, or the largest of 1, 2, 5 times a power of ten
    within a day's volume of each fund.
    """
    least = min((leg.traded.value for leg in legs if leg.traded.value), default=DEFAULT_ORDER)
    if least >= DEFAULT_ORDER:
        return DEFAULT_ORDER
    power = 10.0 ** math.floor(math.log10(least))
    return max(1.0, next(step * power for step in (5, 2, 1) if step * power <= least * MOST_VOLUME))


def _priced(leg: Leg, amount: float, terms: SwitchTerms, side: int, quote: QuotedSpread | None) -> Leg:
    """Put the cost of an order on a trade.  side : 0 of the fund sold, 1 of the one bought"""
    spread, creation = _term_of_side(terms.spreads, side), _term_of_side(terms.creations, side)
    spread = quote.value if spread is None and quote else spread
    traded = leg.traded.value
    days = amount / traded if traded else None
    outside = days is None or days > MOST_VOLUME
    return replace(
        leg,
        days=days,
        half_spread=leg.half_spread if spread is None else Number(spread / 2),
        impact=_impact(leg, amount, days),
        commission=_term_of_side(terms.commissions, side) or 0.0,
        creation=creation if outside else None,
    )


def _impact(leg: Leg, amount: float, days: float | None) -> Number:
    if days is None:
        nothing = f"nothing traded on the last {SESSIONS} sessions"
        return Number(None, leg.traded.reason or nothing)
    if days > MOST_VOLUME:
        return Number(None, _LARGE)
    if leg.volatility.value is None or leg.traded.value is None:
        return Number(None, leg.volatility.reason)
    return Number.of(float(impact(amount, np.array(leg.traded.value), np.array(leg.volatility.value))))


def _term_of_side(values: Sequence[float], side: int) -> float | None:
    """Return the term of one side (0 sold, 1 bought), as a fraction: the one value of both, or its own; None
    where none was typed.
    """
    return values[min(side, len(values) - 1)] if values else None


def _fee_gap(sold: FundProfile | None, bought: FundProfile | None) -> Number:
    fees = [_fee(profile) for profile in (sold, bought)]
    if fees[0] is None or fees[1] is None:
        return Number(None, "an expense ratio is not known")
    return Number(fees[1] - fees[0])


def _fee(profile: FundProfile | None) -> float | None:
    """Return the expense ratio; a share has none to pay."""
    if profile is None:
        return None
    if profile.kind is Kind.STOCK:
        return 0.0
    return profile.expense_ratio.value if profile.expense_ratio else None


def _turned(row: EdgeRow | None) -> tuple[Number, Interval]:
    """Return the gap of the fund bought less the one sold from that of the one sold less the one bought."""
    if row is None or not row.annualised or row.span is None:
        reason = "no gap a year is known of a window below one year" if row and row.span else "not known"
        return Number(None, reason), Interval(None, None, 0.95, "", reason)
    value, interval = row.growth.value, row.growth.interval
    turned = Number(None, value.reason) if value.value is None else Number(-value.value)
    if interval.low is None or interval.high is None:
        return turned, interval
    return turned, replace(interval, low=-interval.high, high=-interval.low)
