"""Comparisons of made-up funds, for looking at what is written about them.

The prices are drawn once from a seed; the funds share a market and differ in their own noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from analytics import FundProfile, Kind, PricePanel, Query, compare, parse_window
from analytics.comparison import Comparison
from analytics.fund import Fact, Holding, IndexChange, SectorWeights
from analytics.panel import FloatArray
from analytics.returns import BILL_SYMBOL, Rate

SYMBOLS = ("ISCB", "SPSM", "SPY", "AVUV", "IWM", "DFAS")
LAST = date(2026, 1, 16)
LONG, SHORT = 2_700, 300
SECTORS = ("Industrials", "Financial Services", "Technology", "Consumer Cyclical", "Healthcare", "Energy")


def weekdays(count: int) -> Any:
    """So many weekdays that end on LAST."""
    return np.busday_offset(np.datetime64(LAST, "D"), np.arange(1 - count, 1))


@cache
def walks(count: int) -> FloatArray:
    """(6, count) levels: one market, six funds."""
    noise = np.random.default_rng(20260116)
    market = noise.normal(0.0, 0.011, count - 1)
    for start in range(0, count - 1, 261):
        year = market[start : start + 261]
        year += noise.normal(9e-5, 3e-4) - year.mean()
    own = noise.normal(0.0, 0.0024, (len(SYMBOLS), count - 1))
    drift = np.array([3.0, 0.0, 2.0, 4.0, -1.0, 0.5])[:, None] * 1e-5
    beta = np.array([1.15, 1.18, 0.85, 1.2, 1.16, 1.1])[:, None]
    steps = np.exp(beta * market + own * np.array([1, 1, 0.5, 2, 1, 0.8])[:, None] + drift)
    return np.concatenate([np.full((len(SYMBOLS), 1), 100.0), 100.0 * np.cumprod(steps, axis=1)], axis=1)


def panel(
    levels: Mapping[str, FloatArray],
    *,
    volume: bool = True,
    simulated: bool = False,
    currencies: Sequence[str | None] = (),
) -> PricePanel:
    """Levels by symbol that end on LAST; a million shares a day, half as many for each further fund.

    currencies: of the prices, dollars unless told.
    """
    rows = np.array(list(levels.values()))
    shares = 1e6 * 0.5 ** np.arange(len(rows))[:, None] * np.ones_like(rows)
    volumes = shares if volume else np.full_like(rows, np.nan)
    sessions = weekdays(rows.shape[1])
    priced = tuple(currencies) or ("USD",) * len(rows)
    return PricePanel(
        sessions, tuple(levels), rows, rows, volumes, "Yahoo Finance", simulated, currencies=priced
    )


def market(symbols: Sequence[str] = SYMBOLS, *, count: int = LONG, **looks: Any) -> PricePanel:
    """The made-up funds of these names."""
    drawn = dict(zip(SYMBOLS, walks(count), strict=True))
    return panel({symbol: drawn[symbol] for symbol in symbols}, **looks)


def fact(value: Any) -> Fact[Any]:
    return Fact(value, "Yahoo Finance", date(2026, 1, 15))


def weights(*percents: float) -> Fact[SectorWeights]:
    named = dict(zip(SECTORS, (percent / 100 for percent in percents), strict=False))
    return fact(SectorWeights("Morningstar", named))


def holdings(largest: float) -> Fact[tuple[Holding, ...]]:
    held = tuple(Holding(f"Company {n}", largest * 0.95**n, symbol=f"C{n}") for n in range(10))
    return fact(held)


def profile(
    symbol: str, expense: float, paid: float, assets: float, count: int, *sectors: float
) -> FundProfile:
    return FundProfile(
        symbol,
        Kind.FUND,
        name=f"{symbol} ETF",
        currency="USD",
        expense_ratio=fact(expense),
        dividend_yield=fact(paid),
        yield_kind="trailing 12 months",
        assets=fact(assets),
        holdings_count=fact(count),
        sectors=weights(*sectors),
        holdings=holdings(3.0 / count),
    )


PROFILES = {
    "ISCB": replace(
        profile("ISCB", 0.0004, 0.0138, 253.45e6, 1578, 19.0, 17.0, 13.1, 12.6, 13.9, 4.4),
        index_changes=(IndexChange(date(2021, 3, 19), "Morningstar US Small Cap Extended"),),
    ),
    "SPSM": profile("SPSM", 0.0003, 0.0162, 13.08e9, 607, 14.7, 18.0, 15.0, 14.1, 11.4, 4.9),
    "SPY": profile("SPY", 0.000945, 0.0107, 712e9, 503, 7.6, 12.9, 35.1, 10.4, 9.8, 2.8),
    "AVUV": profile("AVUV", 0.0025, 0.0155, 20.4e9, 770, 15.3, 27.0, 5.9, 18.4, 3.9, 14.6),
    "IWM": profile("IWM", 0.0019, 0.0099, 75.2e9, 1957, 16.4, 17.6, 14.2, 10.2, 17.5, 5.0),
    "DFAS": profile("DFAS", 0.0026, 0.0101, 12.2e9, 2002, 20.1, 20.3, 13.0, 14.4, 9.7, 5.5),
}


def ask(*symbols: str, window: str = "1y", as_of: date = LAST, **parts: Any) -> Query:
    return Query(symbols, parse_window(window), as_of, **parts)


def comparison(
    *symbols: str,
    window: str = "1y",
    held: PricePanel | None = None,
    profiles: Mapping[str, FundProfile] = PROFILES,
    **parts: Any,
) -> Comparison:
    """Funds side by side: by default two of them over a year, with everything known."""
    query = ask(*(symbols or ("ISCB", "SPSM")), window=window, **parts)
    extra = [symbol for symbol in query.priced if symbol != BILL_SYMBOL]
    return compare(held if held is not None else market(extra), profiles, query)


LONG_NAMES = tuple(f"{symbol}-LONDON"[:12] for symbol in SYMBOLS)


def partial() -> Comparison:
    """No volume; of two funds one has no profile at all."""
    held = market(("ISCB", "SPSM"), volume=False)
    return comparison(held=held, profiles={"SPSM": PROFILES["SPSM"]})


def bare() -> Comparison:
    """Prices and nothing else."""
    held = market(("ISCB", "SPSM", "SPY"), volume=False)
    return comparison("ISCB", "SPSM", "SPY", held=held, profiles={}, market=True)


def some_sectors() -> Comparison:
    """Of three funds one has no sectors and no holdings."""
    dark = replace(PROFILES["SPSM"], sectors=None, holdings=None, holdings_count=None)
    profiles = {**PROFILES, "SPSM": dark}
    return comparison("ISCB", "SPSM", "SPY", window="3y", profiles=profiles, market=True)


def two_taxonomies() -> Comparison:
    """Sectors that are not compared, yields of two kinds."""
    other = Fact(SectorWeights("GICS", {"Industrials": 0.2, "Financials": 0.3}), "issuer", date(2026, 1, 2))
    odd = replace(PROFILES["SPSM"], sectors=other, yield_kind="SEC 30-day")
    return comparison(window="5y", profiles={**PROFILES, "SPSM": odd})


def two_currencies() -> Comparison:
    """A fund in euros beside one in dollars."""
    levels = dict(zip(("VWCE.DE", "SPY"), walks(LONG)[[0, 2]], strict=True))
    held = panel(levels, currencies=("EUR", "USD"))
    euro = replace(PROFILES["ISCB"], symbol="VWCE.DE", currency="EUR", index_changes=())
    return comparison("VWCE.DE", "SPY", held=held, profiles={"VWCE.DE": euro, "SPY": PROFILES["SPY"]})


def in_euros() -> Comparison:
    """Two funds in euros."""
    profiles = {symbol: replace(PROFILES[symbol], currency="EUR") for symbol in ("ISCB", "SPSM")}
    return comparison(held=market(("ISCB", "SPSM"), currencies=("EUR", "EUR")), profiles=profiles)


def unknown_currency() -> Comparison:
    """Prices of which nobody tells the currency, and a profile that does not either."""
    profiles = {**PROFILES, "SPSM": replace(PROFILES["SPSM"], currency=None)}
    held = market(("ISCB", "SPSM"), currencies=("USD", None))
    return comparison(held=held, profiles=profiles)


def alike() -> Comparison:
    """A month in which two funds were the same."""
    levels = walks(SHORT)[0]
    twin = {**PROFILES, "SPSM": replace(PROFILES["ISCB"], symbol="SPSM")}
    return comparison(window="1m", held=panel({"ISCB": levels, "SPSM": levels * 1.0}), profiles=twin)


def flat() -> Comparison:
    """Prices that never move."""
    level = np.full(SHORT, 100.0)
    return comparison(held=panel({"ISCB": level, "SPSM": level}), profiles={})


def young() -> Comparison:
    """Ten years asked, four years of common history."""
    levels = walks(LONG)[[0, 1]].copy()
    levels[0, :1650] = np.nan
    return comparison(window="10y", held=panel({"ISCB": levels[0], "SPSM": levels[1]}))


def extremes() -> Comparison:
    """One fund rises twelvefold, the other loses nearly everything, over two years."""
    drawn = walks(LONG)[0, -530:] / walks(LONG)[0, -530]
    up, down = np.geomspace(1, 12, 530) * drawn, np.geomspace(1, 2e-4, 530) * drawn
    held = panel({"MOON": up, "DUST": down})
    return comparison("MOON", "DUST", window="max", held=held, profiles={})


def rate_index() -> Comparison:
    """A fund beside the ten-year yield, and a stock."""
    levels = walks(LONG)
    yields = 4.0 * levels[1] / levels[1, -1]
    held = panel({"SPY": levels[2], "^TNX": yields, "AAPL": levels[3]})
    profiles = {
        "SPY": PROFILES["SPY"],
        "^TNX": FundProfile("^TNX", Kind.INDEX),
        "AAPL": FundProfile("AAPL", Kind.STOCK, dividend_yield=fact(0.0041), yield_kind="trailing 12 months"),
    }
    return comparison("SPY", "^TNX", "AAPL", held=held, profiles=profiles, market=True)


def too_long() -> Comparison:
    """Six funds with the longest names and sectors, over dates, with simulated prices."""
    held = panel(dict(zip(LONG_NAMES, walks(LONG), strict=True)), simulated=True)
    profiles = {
        name: replace(PROFILES[symbol], symbol=name) for name, symbol in zip(LONG_NAMES, SYMBOLS, strict=True)
    }
    dates, last = "2021-03-19..2024-12-31", LONG_NAMES[-1]
    return comparison(*LONG_NAMES, window=dates, held=held, profiles=profiles, benchmark=last)


WORLDS: Mapping[str, Callable[[], Comparison]] = {
    "pair": comparison,
    "pair_sample": lambda: comparison(held=market(("ISCB", "SPSM"), simulated=True)),
    "pair_ten_years": lambda: comparison(window="10y", rate=Rate(None), held=_with_bill()),
    "pair_year_to_date": lambda: comparison(window="ytd", as_of=date(2025, 9, 30)),
    "pair_all_history": lambda: comparison(window="max", rate=Rate(0.04)),
    "pair_outside_benchmark": lambda: comparison(benchmark="SPY"),
    "pair_first_is_benchmark": lambda: comparison(benchmark="ISCB"),
    "pair_one_month": lambda: comparison(window="1m"),
    "three": lambda: comparison("ISCB", "SPSM", "SPY", window="3y", market=True),
    "three_against_none": lambda: comparison("ISCB", "SPSM", "AVUV"),
    "one": lambda: comparison("ISCB"),
    "four_outside_benchmark": lambda: comparison("ISCB", "SPSM", "AVUV", "IWM", window="5y", benchmark="SPY"),
    "six": lambda: comparison(*SYMBOLS, market=True),
    "six_one_month": lambda: comparison(*SYMBOLS, window="1m", market=True),
    "partial": partial,
    "bare": bare,
    "some_sectors": some_sectors,
    "two_taxonomies": two_taxonomies,
    "two_currencies": two_currencies,
    "in_euros": in_euros,
    "unknown_currency": unknown_currency,
    "alike": alike,
    "flat": flat,
    "young": young,
    "extremes": extremes,
    "rate_index": rate_index,
    "too_long": too_long,
}
"""Every mood an answer can have, by name."""


def _with_bill() -> PricePanel:
    held = market(("ISCB", "SPSM"))
    nothing = np.full((1, LONG), np.nan)
    quotes = np.linspace(0.2, 4.2, LONG)[None, :]
    return PricePanel(
        held.sessions,
        (*held.symbols, BILL_SYMBOL),
        np.vstack([held.total_return, nothing]),
        np.vstack([held.close, quotes]),
        np.vstack([held.volume, nothing]),
        held.source,
        currencies=(*held.currencies, "USD"),
    )


def in_every_mood(test: Callable[[str], None]) -> Callable[[], None]:
    """Run a test in every mood, as one test: hundreds would take longer to set up than to run."""

    def run() -> None:
        for name in WORLDS:
            try:
                test(name)
            except AssertionError as failed:
                failed.add_note(f"in the mood {name!r}")
                raise

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@cache
def world(name: str) -> Comparison:
    """The comparison of that mood, computed once."""
    return WORLDS[name]()
