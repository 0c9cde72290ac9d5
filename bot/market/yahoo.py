"""The Prices and Funds ports on Yahoo Finance: its rows become series, its modules profiles.

Units are settled here, at the edge, and what is unknown is told from what is silent.
"""

from __future__ import annotations

import html
import logging
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

import numpy as np

from analytics.fund import Basis, Fact, FundProfile, Holding, Kind, SectorWeights
from analytics.notes import INTEREST_RATES, Note, NoteKind
from analytics.panel import DateArray, FloatArray
from analytics.switch import QuotedSpread
from bot.errors import Unavailable, UnknownSymbols
from bot.market import reference, series
from bot.market.calendar import EXCHANGE_NAMES, calendar_of
from bot.market.checks import implausible_note, is_plausible, price_doubts, sectors_fault, unknown_sessions
from bot.market.series import (
    Events,
    Series,
    distributions_of,
    on_sessions,
    place_events,
    sessions_of,
    settle_currency,
)
from bot.market.yahoo_client import (
    DIVIDEND_CURRENCY,
    QUOTE_MODULES,
    SOURCE,
    Chart,
    Failure,
    HttpLimits,
    NoPrices,
    NoSuchSymbol,
    Throttle,
    Work,
    YahooClient,
)
from bot.ports import Calendar, Clock, PriceHistory, Profiles

if TYPE_CHECKING:
    import pandas as pd


T = TypeVar("T")

NEW_YORK = ZoneInfo("America/New_York")
SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.=-]{0,14}")
ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
DEFAULT_LIMITS = HttpLimits()

log = logging.getLogger(__name__)


class YahooMarket:
    """Prices and fund facts from Yahoo Finance, asked anew each time: put a cache before it.

    home : folder of the bot; yfinance keeps its cookie and time zones in a folder of its own in there.
    """

    source = SOURCE

    def __init__(
        self, calendar: Calendar, clock: Clock, home: Path, limits: HttpLimits = DEFAULT_LIMITS
    ) -> None:
        self._calendar, self._clock = calendar, clock
        self._client = YahooClient(home / "yfinance", clock.monotonic, limits)
        self._asking = Throttle(clock.monotonic, limits)

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says.  A session under way is left out, whatever `through` says."""
        now = self._clock.now()

        def ask(symbol: str, deadline: float) -> Series:
            chart = self._client.history(symbol, deadline)
            own = calendar_of(symbol, chart.listing, self._calendar)
            with _clear_errors(symbol):
                return series_of_chart(chart, symbol, own, series.newest_session(own, through, now))

        rows = _all_or_raise(await self._ask(ask, symbols))
        notes = [note for row in rows for note in unknown_sessions(row)]
        panel = series.build_panel(rows, self._calendar, through, now, source=self.source)
        return PriceHistory(panel, tuple(notes))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Get profiles as the port says.  An index has none, so Yahoo is not asked about it."""
        fetched = self._clock.now().astimezone(NEW_YORK).date()

        def ask(symbol: str, deadline: float) -> tuple[FundProfile, tuple[Note, ...]]:
            modules = self._client.summary(symbol, deadline)
            with _clear_errors(symbol):
                return profile_of_modules(modules, symbol, fetched)

        asked = await self._ask(ask, [symbol for symbol in symbols if not reference.is_index(symbol)])
        answers = [_profile_or_note(symbol, asked.get(symbol), fetched) for symbol in dict.fromkeys(symbols)]
        notes = [note for _, found in answers for note in found]
        return Profiles({profile.symbol: profile for profile, _ in answers}, tuple(notes))

    async def spreads(self, symbols: Sequence[str]) -> Mapping[str, QuotedSpread]:
        """Get spreads as the port says; Yahoo keeps quotes of the last evening, which are no spreads."""
        now = self._clock.now()

        def ask(symbol: str, deadline: float) -> QuotedSpread | None:
            modules = self._client.summary(symbol, deadline, QUOTE_MODULES)
            with _clear_errors(symbol):
                return spread_of_modules(modules, now)

        asked = await self._ask(ask, [symbol for symbol in symbols if not reference.is_index(symbol)])
        return {symbol: found for symbol, found in asked.items() if isinstance(found, QuotedSpread)}

    def close(self) -> None:
        """Give the threads and the session back."""
        self._asking.close()
        self._client.close()

    async def _ask(self, work: Work[T], symbols: Sequence[str]) -> Mapping[str, T | Failure]:
        good = [symbol for symbol in symbols if SYMBOL.fullmatch(symbol) and not ISIN.fullmatch(symbol)]
        answers = await self._asking.all(work, good)
        return {symbol: answers.get(symbol, NoSuchSymbol(symbol)) for symbol in symbols}


@contextmanager
def _clear_errors(symbol: str) -> Iterator[None]:
    """Turn a change in the shape of what Yahoo sends into Unavailable; the log says where."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        log.exception("the answer of %s about %s cannot be read", SOURCE, symbol)
        cause = f"an unreadable answer, {type(error).__name__}"
        raise Unavailable(SOURCE, cause, symbol=symbol) from error


def _all_or_raise(answers: Mapping[str, T | Failure]) -> list[T]:
    """Return the answers in the order asked; raises UnknownSymbols with all of them, else the first
    Unavailable.
    """
    unknown = [symbol for symbol, answer in answers.items() if isinstance(answer, NoSuchSymbol)]
    if unknown:
        ended = frozenset(symbol for symbol in unknown if isinstance(answers[symbol], NoPrices))
        raise UnknownSymbols(SOURCE, reference.suggest_symbols(unknown, ended), ended)
    good: list[T] = []
    for answer in answers.values():
        if isinstance(answer, Unavailable):
            raise answer
        if not isinstance(answer, NoSuchSymbol):
            good.append(answer)
    return good


def _profile_or_note(
    symbol: str, answer: tuple[FundProfile, tuple[Note, ...]] | Failure | None, fetched: date
) -> tuple[FundProfile, tuple[Note, ...]]:
    """Make a profile whatever happened."""
    if answer is None:
        return reference.empty_profile(symbol, fetched), (reference.not_a_fund_note(symbol, Kind.INDEX),)
    if isinstance(answer, tuple):
        return answer
    cause = answer.cause if isinstance(answer, Unavailable) else f"{SOURCE} has no such symbol"
    return reference.empty_profile(symbol, fetched), (Note(NoteKind.NO_PROFILE, symbol, {"cause": cause}),)


PRICE_COLUMNS = ["Adj Close", "Close", "Volume"]
EVENT_COLUMNS = ["Dividends", "Capital Gains", "Stock Splits"]
NOT_SHARES = frozenset({"FUTURE", "INDEX", "CURRENCY", "OPTION"})
"""Instruments whose volume, where there is one, times the price is no money."""


def series_of_chart(chart: Chart, symbol: str, calendar: Calendar, end: date) -> Series:
    """Read a series no newer than the session `end`, with the doubts that its checks raise.

    Yahoo's last row may be a session under way, and whole sessions go missing for days: rows after `end`
    and on days without a session are dropped, sessions without a row are NaN.  A price of zero is none.

    calendar : of the symbol's own exchange
    """
    index = cast("pd.DatetimeIndex", chart.rows.index)
    days = index.tz_localize(None).to_numpy().astype("datetime64[D]")
    currency, unit = settle_currency(chart.listing.currency)
    sessions = sessions_of(calendar, days, end)
    values = chart.rows.reindex(columns=PRICE_COLUMNS).to_numpy(dtype=np.float64).T
    values = np.where(np.isfinite(values), values, np.nan)
    adjusted, close, volume = on_sessions(sessions, days, values)
    close = np.where((close != 0) | (symbol in INTEREST_RATES), close, np.nan) / unit
    adjusted = close if reference.is_index(symbol) else adjusted / unit
    with np.errstate(invalid="ignore"):
        total_return = np.where((close > 0) & (adjusted > 0), adjusted, np.nan)
    traded = _volume(volume, close, chart.listing.kind)
    series = Series(symbol, sessions, total_return, close, traded, calendar.exchange, currency=currency)
    events = _events(chart.rows, days, sessions, currency, unit)
    paid = distributions_of(symbol, sessions, events)
    return replace(series, doubts=price_doubts(series, events), distributions=paid).trim()


def _events(
    frame: pd.DataFrame, days: DateArray, sessions: DateArray, currency: str | None, unit: float
) -> Events:
    """Read the distributions, in the currency of the prices, and splits."""
    dividends, gains, splits = frame.reindex(columns=EVENT_COLUMNS).to_numpy(dtype=np.float64).T
    told = frame[DIVIDEND_CURRENCY].tolist() if DIVIDEND_CURRENCY in frame else [None] * days.size
    units = np.array([_unit_worth(text, currency, unit) for text in told])
    paid = place_events(sessions, days, dividends * units)
    foreign = place_events(sessions, days, (np.isnan(units) & (dividends > 0)).astype(np.float64)) > 0
    factors = np.log(np.where(splits > 0, splits, 1.0))
    return Events(
        dividends=np.where(foreign, np.nan, paid),
        gains=place_events(sessions, days, gains / unit),
        splits=np.exp(place_events(sessions, days, factors)),
    )


def _unit_worth(told: object, currency: str | None, unit: float) -> float:
    """Return what one of the units told is in the currency of the prices; NaN where it is another
    currency.
    """
    other, units = settle_currency(told)
    if other is None:
        return 1 / unit
    return 1 / units if other == currency else np.nan


def _volume(volume: FloatArray, close: FloatArray, instrument: object) -> FloatArray:
    """Return what is traded, so that its product with the close is money; Yahoo's volume of a coin is
    money already.

    Yahoo says 0 for all days of what has no volume.
    """
    if instrument in NOT_SHARES or not (volume > 0).any():
        return np.full_like(volume, np.nan)
    known_volume = np.where(volume >= 0, volume, np.nan)
    return known_volume / close if instrument == "CRYPTOCURRENCY" else known_volume


KINDS = {
    "ETF": Kind.FUND,
    "MUTUALFUND": Kind.FUND,
    "MONEYMARKET": Kind.FUND,
    "EQUITY": Kind.STOCK,
    "INDEX": Kind.INDEX,
}

MOST_SECONDS = 1e11
"""Beyond it an inception date is told in other units than seconds since 1970."""
OLDEST_FUND = date(1893, 1, 1)
"""No fund is older than the Boston Personal Property Trust."""
UNLISTED_REST = "Bonds, cash and other"
"""The part of a fund that is not in shares, among its sectors: with it they are weights of the whole fund."""
POSITIONS = ("stock", "bond", "cash", "preferred", "convertible", "other")
"""What Yahoo parts a fund's assets into."""

SECTORS = {
    "basic_materials": "Basic Materials",
    "communication_services": "Communication Services",
    "consumer_cyclical": "Consumer Cyclical",
    "consumer_defensive": "Consumer Defensive",
    "energy": "Energy",
    "financial_services": "Financial Services",
    "healthcare": "Healthcare",
    "industrials": "Industrials",
    "realestate": "Real Estate",
    "technology": "Technology",
    "utilities": "Utilities",
}


def profile_of_modules(
    modules: Mapping[str, Any], symbol: str, fetched: date
) -> tuple[FundProfile, tuple[Note, ...]]:
    """Return the profile of a symbol from the modules of one quoteSummary, and what must be said of it.

    Everything is a fraction here.  Not read, because they are wrong for funds: market value, shares
    outstanding and the net assets of `fundProfile`.
    """
    kind = KINDS.get(modules["quoteType"]["quoteType"], Kind.OTHER)
    if kind is not Kind.FUND:
        return _profile_without_holdings(modules, symbol, kind, fetched)
    sectors, held = _sectors(modules, symbol), _holdings(modules, symbol)
    detail, statistics = _module(modules, "summaryDetail"), _module(modules, "defaultKeyStatistics")
    fees = _module(_module(modules, "fundProfile"), "feesExpensesInvestment")
    cost = _plausible(fees, symbol, "expense ratio", "netExpRatio", "annualReportExpenseRatio")
    paid = _plausible(detail, symbol, "yield", "yield")
    traded = _plausible(fees, symbol, "turnover", "annualHoldingsTurnover")
    profile = FundProfile(
        symbol=symbol,
        kind=kind,
        name=_name(modules),
        currency=settle_currency(detail.get("currency"))[0],
        exchange=EXCHANGE_NAMES.get(_text(_module(modules, "quoteType"), "exchange")),
        provider=_fact(_family(modules), fetched),
        inception=_fact(_inception(statistics, fetched), fetched),
        category=_module(modules, "fundProfile").get("categoryName") or statistics.get("category"),
        expense_ratio=_fact(cost.value, fetched),
        dividend_yield=_fact(paid.value, fetched),
        yield_kind=None if paid.value is None else "trailing 12 months",
        assets=_fact(_number(detail, "totalAssets") or _number(statistics, "totalAssets"), fetched),
        turnover=_fact(traded.value, fetched),
        bonds=_fact(_part_in_bonds(modules), fetched),
        ex_date=_fact(_ex_date(detail), fetched),
        sectors=_fact(sectors.value, fetched),
        holdings=_fact(held.value, fetched),
    )
    notes = (*cost.notes, *paid.notes, *traded.notes, *sectors.notes, *held.notes)
    return reference.complete_profile(profile, fetched), notes


@dataclass(frozen=True)
class CheckedValue(Generic[T]):
    """A value that may be believed, None where there is none, and why it was refused."""

    value: T | None
    notes: tuple[Note, ...] = ()


WIDEST = 0.05
"""A wider spread is that of an empty book, or of a quote that nobody stands behind."""
FRESH = timedelta(minutes=20)
"""How old the last trade may be; some exchanges are told a quarter of an hour late."""


def spread_of_modules(modules: Mapping[str, Any], now: datetime) -> QuotedSpread | None:
    """Read the spread of a quote of this moment; None where the market is closed, or it cannot be one."""
    price, detail = _module(modules, "price"), _module(modules, "summaryDetail")
    bid, ask = _number(detail, "bid"), _number(detail, "ask")
    seconds = _finite_number(price, "regularMarketTime")
    if price.get("marketState") != "REGULAR" or bid is None or ask is None or not bid < ask:
        return None
    if seconds is None or not abs(now.timestamp() - seconds) <= FRESH.total_seconds():
        return None
    spread = (ask - bid) / ((ask + bid) / 2)
    return QuotedSpread(spread, SOURCE, datetime.fromtimestamp(seconds, UTC)) if spread <= WIDEST else None


def _profile_without_holdings(
    modules: Mapping[str, Any], symbol: str, kind: Kind, fetched: date
) -> tuple[FundProfile, tuple[Note, ...]]:
    detail = _module(modules, "summaryDetail")
    paid = _plausible(detail, symbol, "yield", "trailingAnnualDividendYield")
    profile = FundProfile(
        symbol=symbol,
        kind=kind,
        name=_name(modules),
        currency=settle_currency(detail.get("currency"))[0],
        dividend_yield=_fact(paid.value, fetched),
        yield_kind=None if paid.value is None else "trailing 12 months",
        ex_date=_fact(_ex_date(detail), fetched),
    )
    return profile, (reference.not_a_fund_note(symbol, kind), *paid.notes)


def _sectors(modules: Mapping[str, Any], symbol: str) -> CheckedValue[SectorWeights]:
    """Return the sectors of the whole fund, or why they were refused; Yahoo tells those of its shares alone.

    A fund without shares has none and needs no word.
    """
    listed = _module(modules, "topHoldings")
    entries = listed.get("sectorWeightings") or []
    weights = {SECTORS.get(key, key): float(weight) for entry in entries for key, weight in entry.items()}
    if not any(weights.values()):
        return CheckedValue(None)
    if fault := sectors_fault(weights):
        return CheckedValue(None, (Note(NoteKind.SECTORS_REFUSED, symbol, {"cause": fault}),))
    if not _parts_told(listed):
        return CheckedValue(SectorWeights(reference.MORNINGSTAR, weights, Basis.SHARES))
    part = _plausible(listed, symbol, "part in shares", "stockPosition")
    if part.value is None:
        return CheckedValue(SectorWeights(reference.MORNINGSTAR, weights, Basis.SHARES), part.notes)
    whole = {sector: weight * part.value for sector, weight in weights.items()}
    return CheckedValue(
        SectorWeights(reference.MORNINGSTAR, {**whole, UNLISTED_REST: 1.0 - part.value})
        if part.value
        else None
    )


def _parts_told(listed: Mapping[str, Any]) -> bool:
    """Tell whether Yahoo parts the assets at all: where it does not, every part is zero or absent."""
    return any(_finite_number(listed, f"{name}Position") for name in POSITIONS)


def _part_in_bonds(modules: Mapping[str, Any]) -> float | None:
    """Return the part of a fund in bonds; None where it is not told, or cannot be."""
    listed = _module(modules, "topHoldings")
    part = _finite_number(listed, "bondPosition") if _parts_told(listed) else None
    return part if part is not None and is_plausible("position", part) else None


def _holdings(modules: Mapping[str, Any], symbol: str) -> CheckedValue[tuple[Holding, ...]]:
    """Return the positions, the largest first whether long or short; none where one of them cannot be."""
    found: Iterable[Mapping[str, Any]] = _module(modules, "topHoldings").get("holdings") or []
    held = [
        Holding(_text(item, "holdingName"), weight, item.get("symbol") or None)
        for item in found
        if (weight := _finite_number(item, "holdingPercent"))
    ]
    for holding in held:
        if not is_plausible("position", holding.weight):
            return CheckedValue(None, (implausible_note(symbol, "position", holding.weight),))
    return CheckedValue(tuple(sorted(held, key=lambda holding: -abs(holding.weight))) or None)


def _name(modules: Mapping[str, Any]) -> str:
    kind = _module(modules, "quoteType")
    return _text(kind, "longName") or _text(kind, "shortName")


def _family(modules: Mapping[str, Any]) -> str | None:
    """Return the fund family as one of two modules tells it."""
    told = _text(_module(modules, "fundProfile"), "family")
    return told or _text(_module(modules, "defaultKeyStatistics"), "fundFamily") or None


def _inception(statistics: Mapping[str, Any], fetched: date) -> date | None:
    """Return the day on which a fund was set up; None for what is no day, or one that no fund was set up on.

    The date of the first trade, which Yahoo tells beside it, is another one.
    """
    day = _day_of_seconds(statistics, "fundInceptionDate")
    return day if day and day <= fetched else None


def _ex_date(detail: Mapping[str, Any]) -> date | None:
    """Return the ex-dividend day that Yahoo tells, past or to come; None where it tells none."""
    return _day_of_seconds(detail, "exDividendDate")


def _day_of_seconds(module: Mapping[str, Any], name: str) -> date | None:
    """Return the day of seconds since 1970; None for what is no day."""
    seconds = _finite_number(module, name)
    if seconds is None or abs(seconds) > MOST_SECONDS:
        return None
    day = date(1970, 1, 1) + timedelta(days=math.floor(seconds / 86_400))
    return day if day >= OLDEST_FUND else None


def _fact(value: T | None, fetched: date) -> Fact[T] | None:
    return None if value is None else Fact(value, SOURCE, fetched)


def _module(modules: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = modules.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(module: Mapping[str, Any], key: str) -> str:
    return html.unescape(module.get(key) or "").strip()


def _finite_number(module: Mapping[str, Any], key: str) -> float | None:
    """Return a number as it is told; None for what is absent or no number."""
    value = module.get(key)
    usable = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if usable else None  # type: ignore[arg-type]


def _number(module: Mapping[str, Any], key: str) -> float | None:
    """Return a positive amount; None for what is absent, zero or not a number."""
    value = _finite_number(module, key)
    return value if value is not None and value > 0 else None


def _plausible(module: Mapping[str, Any], symbol: str, fact: str, *keys: str) -> CheckedValue[float]:
    """Take the first of these that may be believed; where none may, the first one is refused with a
    word.
    """
    told = [value for key in keys if (value := _finite_number(module, key)) is not None]
    good = [value for value in told if is_plausible(fact, value)]
    if good or not told:
        return CheckedValue(good[0] if good else None)
    return CheckedValue(None, (implausible_note(symbol, fact, told[0]),))
